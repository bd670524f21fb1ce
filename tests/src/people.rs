//! Who works here: the administrator, an officer an authority, a head a school, each entering by his own link.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::files::{Row, rows};
use crate::house::House;
use crate::http::Visitor;
use crate::post;

/// Password of everybody: it guards invented people on this machine.
pub const PASSWORD: &str = "quatre mots au hasard";

/// The administrator, by the link that `delos init` printed.
pub fn administrator(house: &House) -> Result<Visitor> {
    enter(house, &house.printed)
}

/// The officer of the authority of a code.
pub fn officer(house: &House, admin: &mut Visitor, code: &str) -> Result<Visitor> {
    let session = admin.staff("Session", &json!({}))?;
    let all = session["authorities"].as_array().context("authorities")?;
    let authority = all
        .iter()
        .find(|one| one["code"] == code)
        .context("the authority")?;
    let email = format!("dec{code}@academie.example");
    account(
        house,
        admin,
        "AUTHORITY_OFFICER",
        &authority["id"],
        &email,
        ("Service", "Examens"),
    )
}

/// The heads of the schools of an officer's authority that may hear their own candidates, by UAI.
pub fn heads(house: &House, officer: &mut Visitor) -> Result<BTreeMap<String, Visitor>> {
    let schools = officer.staff("Schools", &json!({}))?;
    let named: BTreeMap<String, Row> = rows("etablissements.csv")?
        .into_iter()
        .map(|row| (row["UAI"].clone(), row))
        .collect();
    let mut heads = BTreeMap::new();
    for edge in schools["schools"]["edges"].as_array().context("schools")? {
        let school = &edge["node"];
        let uai = school["uai"].as_str().context("a UAI")?;
        if school["ccfHabilitated"] == true {
            let row = &named[uai];
            let (given, family) = row["Chef d'établissement"]
                .split_once(' ')
                .context("two names")?;
            let email = &row["Courriel du chef"];
            let head = account(
                house,
                officer,
                "HEAD_OF_SCHOOL",
                &school["id"],
                email,
                (family, given),
            )?;
            heads.insert(uai.to_owned(), head);
        }
    }
    Ok(heads)
}

/// Somebody to whom a mandate is given, and who enters by the link of his mail.
pub fn account(
    house: &House,
    grantor: &mut Visitor,
    role: &str,
    perimeter: &Value,
    email: &str,
    (family, given): (&str, &str),
) -> Result<Visitor> {
    let input = json!({
        "email": email, "familyName": family, "givenNames": given,
        "role": role, "perimeter": perimeter, "validUntil": "2027-12-31",
    });
    grantor.must("CreateAccount", &json!({"input": input}))?;
    let mail = post::to(house, email, 1)?;
    assert_eq!(mail["faults"], json!([]));
    enter(house, mail["text"].as_str().context("a text")?)
}

/// Enters by the one-time link that a text holds.
fn enter(house: &House, text: &str) -> Result<Visitor> {
    let token = text
        .split(&format!("{}/premier-acces#", house.address()))
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .context("no link")?;
    let mut visitor = house.visitor();
    let first = json!({"kind": "staff", "token": token, "password": PASSWORD});
    visitor.post("/auth/first-access", &first)?.expect(200)?;
    Ok(visitor)
}
