//! A task that lasts longer than one waits before a screen: whoever asked for it is told by mail how it ended.

use anyhow::{Context as _, Result};
use chrono::{Duration, Utc};
use delos_tests::files::{ended, hand_in, import, of_academy};
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::people::{PASSWORD, administrator, officer};
use delos_tests::post;
use serde_json::json;

const OFFICER: &str = "dec07@academie.example";

/// A short one tells nobody; one that waited for its worker tells its officer, and nobody else.
pub fn whoever_no_longer_waits_is_told_that_his_import_has_ended(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(mut house) = House::open(engine, "long task", REGULATION)? else {
        return Ok(());
    };
    let mut visitor = officer(&house, &mut administrator(&house)?, "07")?;
    let schools = of_academy("etablissements.csv", "Dijon")?;
    import(
        &mut visitor,
        "schools",
        ("etablissements.csv", &schools),
        None,
    )?;
    let told = |house: &House| -> Result<usize> {
        let mails = house.relay.accepted()?;
        Ok(mails
            .iter()
            .filter(|mail| mail.recipients == [OFFICER])
            .count())
    };
    assert_eq!(told(&house)?, 1, "his access alone");

    house.reopen(&["--no-worker"], &[])?;
    let login = json!({"email": OFFICER, "password": PASSWORD});
    let mut visitor = house.visitor();
    visitor.post("/auth/staff", &login)?.expect(200)?;
    let examiners = of_academy("examinateurs.csv", "Dijon")?;
    let checked = hand_in(
        &mut visitor,
        "examiners",
        ("examinateurs.csv", &examiners),
        None,
    )?;
    let task = visitor.must("ConfirmImport", &json!({"staged": checked["staged"]}))?;

    let later = (Utc::now() + Duration::minutes(3)).to_rfc3339();
    house.reopen(&["--at", &later], &[])?;
    let mut visitor = house.visitor();
    visitor.post("/auth/staff", &login)?.expect(200)?;
    let (state, _) = ended(&mut visitor, &task["id"])?;
    assert_eq!(state, "DONE");
    let mail = post::to(&house, OFFICER, 2)?;
    let subject = mail["subject"].as_str().context("a subject")?;
    assert_eq!(subject, "Import d’examinateurs : terminé, session 2027");
    let rows = checked["report"]["rows"].as_u64().context("rows")?;
    let text = mail["text"].as_str().context("a text")?;
    assert!(text.contains(&format!("{rows} faits")), "{text}");
    Ok(())
}
