//! The simulated national session, whole, through the command.

use anyhow::{Context as _, Result, ensure};
use delos_tests::{post, services};

use super::files::{data, desk, harmonise, report};
use super::truth::nearness;

#[test]
fn a_national_session_is_compared_as_well_as_the_method_promises() -> Result<()> {
    let Some(desk) = desk("national")? else {
        return Ok(());
    };
    let grades = data("national-7/grades.csv.gz");
    harmonise(&desk, &grades, &["--seed", "7", "--threads", "1"])?.ends(0, &["900 commissions"]);
    let first = std::fs::read(desk.folder.join("report.json"))?;
    harmonise(&desk, &grades, &["--seed", "7", "--threads", "2"])?.ends(0, &[]);
    let second = std::fs::read(desk.folder.join("report.json"))?;
    assert!(
        first == second,
        "the same bytes on any number of threads were promised"
    );

    let written = report(&desk)?;
    let truth = std::fs::read_to_string(data("national-7/truth.csv"))?;
    let near = nearness(&written, &truth)?;
    println!("{near:?}");
    // One session alone (harmonisation.md §0); national-7 itself gives 0.2272, 0.9384, power 0.67, false flags 0.08.
    ensure!(near.rmse <= 0.245 && near.r >= 0.93, "{near:?}");
    ensure!((0.93..=0.97).contains(&near.coverage), "{near:?}");
    ensure!(near.coverage_outliers >= 0.88, "{near:?}");
    ensure!(near.power >= 0.5 && near.false_flags <= 0.09, "{near:?}");
    ensure!(near.flags > 20, "{near:?}");
    assert_eq!(
        written["links"]["components"], 900,
        "nobody shares a dossier: never « connected »"
    );
    assert!(
        written["grid_severity"]
            .as_array()
            .context("grid_severity")?
            .is_empty()
    );

    if services::python().is_none() {
        services::skip("no Python for the schema");
        return Ok(());
    }
    let schema = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/harmonisation/schema/report.json"
    );
    let out = desk.path("report.json");
    let said = post::python("python/report.py", &[schema, &out])?;
    assert!(said.starts_with("ok "), "{said}");
    Ok(())
}

#[test]
fn shared_dossiers_identify_the_grid_of_those_whom_they_link() -> Result<()> {
    let Some(desk) = desk("anchors")? else {
        return Ok(());
    };
    let anchors = data("national-7-anchors/anchors.csv.gz");
    harmonise(
        &desk,
        &data("national-7/grades.csv.gz"),
        &["--anchors", &anchors, "--permutations", "19"],
    )?
    .ends(0, &[]);
    let written = report(&desk)?;
    // One dossier has one grid: the two options stay two parts.
    assert_eq!(written["links"]["components"], 2);
    let severities = written["grid_severity"]
        .as_array()
        .context("grid_severity")?;
    assert_eq!(severities.len(), 900);
    Ok(())
}
