//! A file with faults: every one is told by its line and column, and nothing is written.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use delos_tests::files::{confirm, hand_in, import, of_academy, rows};
use delos_tests::house::{Engine, House, REGULATION, sample};
use delos_tests::people::{administrator, officer};
use delos_tests::plans::list;
use delos_tests::post;
use serde_json::{Value, json};

use super::letters::{each, words};

/// The fourteen faults of the sample, where a careful reader listed them.
pub fn a_faulty_file_is_told_line_by_line_and_writes_nothing(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open(engine, "faults", REGULATION)? else {
        return Ok(());
    };
    let mut officer = officer(&house, &mut administrator(&house)?, "07")?;

    // A file that names schools of another authority is not this officer's to hand in.
    let whole = std::fs::read_to_string(sample("etablissements.csv"))?;
    let refused = hand_in(
        &mut officer,
        "schools",
        ("etablissements.csv", &whole),
        None,
    )?;
    assert_eq!(refused["staged"], json!(null));
    let lines: Vec<_> = each(&refused["report"]["errors"])
        .map(|one| &one["line"])
        .collect();
    assert_eq!(lines, [7, 8], "{}", refused["report"]);
    assert_eq!(
        list(&mut officer, "Schools", "schools")?,
        Vec::<Value>::new()
    );

    let own = of_academy("etablissements.csv", "Dijon")?;
    assert_eq!(
        import(&mut officer, "schools", ("etablissements.csv", &own), None)?,
        5
    );
    let faulty = std::fs::read_to_string(sample("candidats-fautifs.csv"))?;
    let checked = hand_in(
        &mut officer,
        "candidates",
        ("candidats-fautifs.csv", &faulty),
        None,
    )?;
    let told: BTreeSet<(u64, String)> = each(&checked["report"]["errors"])
        .map(|one| {
            (
                one["line"].as_u64().unwrap_or(0),
                words(&one["column"]).to_owned(),
            )
        })
        .collect();
    let mut expected = BTreeSet::new();
    for row in rows("candidats-fautifs.attendu.csv")? {
        expected.insert((row["ligne"].parse()?, row["colonne"].clone()));
    }
    assert_eq!(expected.len(), 14);
    assert_eq!(told, expected);
    assert_eq!(each(&checked["report"]["errors"]).count(), 14);
    for fault in each(&checked["report"]["errors"]) {
        for part in ["code", "message", "remedy"] {
            assert_ne!(words(&fault[part]), "", "{fault}");
        }
    }
    assert_eq!(
        (&checked["report"]["in_error"], &checked["staged"]),
        (&json!(14), &json!(null))
    );

    // The rows to correct can be taken home; confirming them all the same does nothing.
    let path = words(&checked["badRows"]);
    let rows = String::from_utf8(officer.get(path)?.expect(200)?.body)?;
    assert!(rows.contains("Yıldız") && rows.contains("SIRS"), "{rows}");
    let staged = path.split('/').nth(2).context("an id")?;
    let (state, task) = confirm(&mut officer, staged)?;
    assert_eq!(
        (state.as_str(), &task["task"]["detail"]),
        ("FAILED", &json!("import_faults"))
    );
    assert_eq!(
        list(&mut officer, "Candidates", "candidates")?,
        Vec::<Value>::new()
    );
    Ok(())
}
