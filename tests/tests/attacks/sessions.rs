//! The cookie of a session: what a browser is told of it, and when its secret changes or dies.

use anyhow::{Context as _, Result};
use delos_tests::house::{Engine, House, Mode, REGULATION};
use delos_tests::http::{Answer, Visitor};
use delos_tests::people::{PASSWORD, administrator, officer};
use delos_tests::post;
use serde_json::{Value, json};

/// Sign-in, sign-in again, change of mandate, sign-out.
pub fn a_session_has_a_new_secret_whenever_rights_change() -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open_as(Mode::Production, Engine::Sqlite, "sessions", REGULATION)?
    else {
        return Ok(());
    };
    let mut admin = administrator(&house)?;
    let mut person = officer(&house, &mut admin, "07")?;
    let session = admin.staff("Session", &json!({}))?;
    let lent = find(&session["authorities"], "code", "28")?;
    let accounts = admin.staff("Accounts", &json!({}))?;
    let nodes = accounts["accounts"]["edges"]
        .as_array()
        .context("accounts")?;
    let nodes: Value = nodes.iter().map(|edge| edge["node"].clone()).collect();
    let account = find(&nodes, "email", "dec07@academie.example")?;
    let grant = json!({
        "account": account["id"], "role": "AUTHORITY_OFFICER", "perimeter": lent["id"], "validUntil": "2027-12-31",
    });
    admin.must("GrantMandate", &json!({"input": grant}))?;

    // A secret that somebody chose for the browser is not taken over.
    let login = json!({"email": "dec07@academie.example", "password": PASSWORD});
    let mut fixed = house.visitor();
    let planted = "__Host-delos=chosen-by-somebody-else";
    let headers = [
        ("content-type", "application/json"),
        ("x-delos", "1"),
        ("cookie", planted),
    ];
    let answer = fixed
        .send(
            "POST",
            "/auth/staff",
            &headers,
            login.to_string().as_bytes(),
        )?
        .expect(200)?;
    secure(&answer)?;
    assert_ne!(fixed.cookie(), Some(planted));

    // Signing in again: a new secret, and the one that the browser had opens nothing any more.
    let before = person.clone();
    let again = person.post("/auth/staff", &login)?.expect(200)?;
    secure(&again)?;
    replaced(&before, &person)?;
    // A wrong password ends nobody's session.
    let wrong =
        json!({"email": "dec07@academie.example", "password": "quatre autres mots au hasard"});
    assert_eq!(person.clone().post("/auth/staff", &wrong)?.status, 401);
    assert_eq!(kind(&person)?, "staff");

    let me = person.staff("Me", &json!({}))?;
    let active = &me["me"]["active"]["id"];
    let other = me["me"]["mandates"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["id"] != *active);
    let other = other.context("another mandate")?["id"].clone();
    let before = person.clone();
    let changed = person
        .post("/auth/mandate", &json!({"mandate": other}))?
        .expect(200)?;
    secure(&changed)?;
    replaced(&before, &person)?;
    assert_eq!(person.staff("Me", &json!({}))?["me"]["active"]["id"], other);

    // The other browser of the same person, signed in apart, is still in.
    assert_eq!(kind(&fixed)?, "staff");
    let before = person.clone();
    let out = person.post("/auth/sign-out", &json!({}))?.expect(200)?;
    let cookie = &out.headers["set-cookie"];
    assert_eq!(
        cookie,
        "__Host-delos=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"
    );
    assert_eq!(person.cookie(), None);
    dead(&before)?;
    Ok(())
}

/// `__Host-` asks for Secure, Path=/ and no Domain; scripts and other sites' forms never hold it.
fn secure(answer: &Answer) -> Result<()> {
    let cookie = answer.headers.get("set-cookie").context("no cookie")?;
    let (pair, attributes) = cookie.split_once("; ").context("attributes")?;
    let secret = pair.strip_prefix("__Host-delos=").context("the name")?;
    assert!(secret.len() >= 43, "256 bits: {} characters", secret.len());
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Lax; Secure");
    Ok(())
}

fn replaced(before: &Visitor, after: &Visitor) -> Result<()> {
    assert_ne!(before.cookie(), after.cookie());
    assert_eq!(kind(after)?, "staff");
    dead(before)
}

fn dead(visitor: &Visitor) -> Result<()> {
    assert_eq!(kind(visitor)?, json!(null));
    assert_eq!(visitor.clone().ask("staff", "Me", &json!({}))?.status, 401);
    Ok(())
}

fn kind(visitor: &Visitor) -> Result<Value> {
    Ok(visitor.clone().get("/auth/whoami")?.json()?["kind"].clone())
}

fn find(list: &Value, member: &str, value: &str) -> Result<Value> {
    let found = list
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one[member] == value);
    found.cloned().with_context(|| format!("no {value}"))
}
