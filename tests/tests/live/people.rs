//! Who looks on: two officers of two authorities; and what changes before their eyes.

use anyhow::{Context as _, Result};
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{administrator, officer};
use serde_json::{Value, json};

/// The administrator, and the officers of Dijon and La Réunion.
pub struct People {
    pub admin: Visitor,
    pub dijon: Visitor,
    pub reunion: Visitor,
}

/// A house with its people in it; its mail is sent by the process that serves it.
pub fn lay(engine: Engine, name: &str) -> Result<Option<(House, People)>> {
    // Their links are read out of their mails.
    if delos_tests::services::python().is_none() {
        delos_tests::services::skip("no Python readers");
        return Ok(None);
    }
    let Some(house) = House::open(engine, name, REGULATION)? else {
        return Ok(None);
    };
    let mut admin = administrator(&house)?;
    let dijon = officer(&house, &mut admin, "07")?;
    let reunion = officer(&house, &mut admin, "28")?;
    let people = People {
        admin,
        dijon,
        reunion,
    };
    Ok(Some((house, people)))
}

/// The authority of a code.
pub fn authority(admin: &mut Visitor, code: &str) -> Result<Value> {
    let session = admin.staff("Session", &json!({}))?;
    let all = session["authorities"].as_array().context("authorities")?;
    let found = all.iter().find(|one| one["code"] == code);
    Ok(found.context("the authority")?["id"].clone())
}

/// Somebody is given an account in an authority: one message more in its outbox.
pub fn invite(admin: &mut Visitor, authority: &Value, email: &str) -> Result<()> {
    let input = json!({
        "email": email, "familyName": "Nouvelle", "givenNames": "Personne",
        "role": "AUTHORITY_OFFICER", "perimeter": authority, "validUntil": "2027-12-31",
    });
    admin.must("CreateAccount", &json!({"input": input}))?;
    Ok(())
}

/// How many messages an officer's outbox holds.
pub fn outbox(officer: &mut Visitor) -> Result<u64> {
    let page = officer.staff("Messages", &json!({}))?;
    page["messages"]["totalCount"].as_u64().context("a count")
}
