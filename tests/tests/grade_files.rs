//! Files of grades damaged at random: sixty seconds in a run of the tests, an hour by hand
//! (`DELOS_TEST_FUZZ_SECONDS=3600 cargo test -p delos-tests --release --test grade_files -- --nocapture`).

use anyhow::{Result, ensure};
use delos_application::reports::harmonisation::{self, Intake, Settings};
use delos_tests::grade_campaign::Campaign;

#[test]
fn any_damage_to_a_file_of_grades_is_told_by_line_and_nothing_panics() -> Result<()> {
    let campaign = Campaign::asked()?;
    // What can be read is analysed to its last page.
    let tally = campaign.run(&|file, number| {
        let settings = Settings {
            permutations: 9,
            seed: number,
            ..Settings::default()
        };
        let report = harmonisation::report(&Intake::of(file), settings, &|_| {});
        let json = String::from_utf8(harmonisation::json(&report)?)?;
        ensure!(
            !json.contains("\"estimate\": null"),
            "an estimate is no number"
        );
        let page = harmonisation::page(&report)?;
        // A centre may be called so; a figure may not.
        ensure!(
            !page.contains("data-value=\"NaN"),
            "the page has what is no number"
        );
        harmonisation::workbook(&report)?;
        Ok(())
    })?;
    println!("{tally:?}");
    ensure!(tally.files > 0, "no file was drawn");
    // Most damage leaves something to read: a campaign of files that are all refused would show nothing.
    ensure!(
        tally.read * 3 > tally.files && tally.faults > 0,
        "{tally:?}"
    );
    Ok(())
}

#[test]
fn the_file_of_a_number_is_always_the_same_and_another_number_has_another() -> Result<()> {
    let campaign = Campaign::asked()?;
    let again = Campaign::asked()?;
    for number in 0..50 {
        assert_eq!(campaign.file(number), again.file(number));
    }
    let others = (0..50).filter(|number| campaign.file(*number) != campaign.file(number + 1));
    assert!(others.count() > 45);
    Ok(())
}
