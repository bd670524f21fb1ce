//! The first day: the house opens, its administrator enters by the link that was printed.

use anyhow::{Context as _, Result};
use delos_tests::house::{ADMIN, Engine, House, REGULATION};
use delos_tests::people::PASSWORD;
use serde_json::json;

/// The printed link opens once, the password then does, and nothing else.
pub fn a_house_opens_and_its_administrator_signs_in(engine: Engine) -> Result<()> {
    let Some(house) = House::open(engine, "opening", REGULATION)? else {
        return Ok(());
    };
    let token = house
        .printed
        .split(&format!("{}/premier-acces#", house.address()))
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .context("no link was printed")?;
    let first = json!({"kind": "staff", "token": token, "password": PASSWORD});
    let mut admin = house.visitor();
    admin.post("/auth/first-access", &first)?.expect(200)?;
    let me = admin.staff("Me", &json!({}))?;
    assert_eq!(me["me"]["email"], ADMIN);
    assert_eq!(me["me"]["active"]["id"], me["me"]["mandates"][0]["id"]);

    let again = house.visitor().post("/auth/first-access", &first)?;
    assert_eq!(
        (again.status, again.json()?["code"].clone()),
        (401, json!("bad_code"))
    );

    let mut admin = house.visitor();
    let wrong = json!({"email": ADMIN, "password": "quatre autres mots au hasard"});
    assert_eq!(admin.post("/auth/staff", &wrong)?.status, 401);
    assert_eq!(admin.get("/auth/whoami")?.json()?["kind"], json!(null));
    let right = json!({"email": ADMIN, "password": PASSWORD});
    admin.post("/auth/staff", &right)?.expect(200)?;
    assert_eq!(admin.get("/auth/whoami")?.json()?["kind"], "staff");
    let session = admin.staff("Session", &json!({}))?;
    assert_eq!(session["session"]["regulation"]["id"], REGULATION);
    assert_eq!(session["session"]["general"]["ccfFirst"], "2027-03-22");

    admin.post("/auth/sign-out", &json!({}))?.expect(200)?;
    let closed = admin.document("staff", "Me", &json!({}));
    assert!(closed.is_err(), "{closed:?}");
    Ok(())
}
