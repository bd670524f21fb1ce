//! What nobody types by accident: the house answers it kindly, gives nothing away, and goes on.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use delos_tests::house::{ADMIN, Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{PASSWORD, administrator};

/// Cursors past every number, searches past every name, characters that no database takes.
pub fn what_nobody_types_is_refused_kindly(engine: Engine) -> Result<()> {
    let Some(house) = House::open(engine, "hostile", REGULATION)? else {
        return Ok(());
    };
    let mut admin = administrator(&house)?;
    let accounts =
        "query($after:String,$search:String){accounts(after:$after,search:$search){totalCount}}";
    let long = "é".repeat(20_000);
    for (variables, code) in [
        (json!({"after": "c9223372036854775807"}), "not_found"),
        (json!({"after": "c18446744073709551615"}), "not_found"),
        (json!({"after": "c1000000"}), "not_found"),
        (json!({"search": long}), "search_too_long"),
        (json!({"search": "a\u{0}b"}), "control_characters"),
    ] {
        let answer = admin.post(
            "/graphql/staff",
            &json!({"query": accounts, "variables": variables}),
        )?;
        let said = answer.json()?;
        let told = said["code"]
            .as_str()
            .or_else(|| said["errors"][0]["extensions"]["code"].as_str());
        assert_eq!(told, Some(code), "{said}");
        assert!(answer.status < 500, "{}", answer.status);
    }
    let found = admin.post(
        "/graphql/staff",
        &json!({"query": accounts, "variables": {"after": "c999999", "search": "é".repeat(200)}}),
    )?;
    assert_eq!(found.json()?["data"]["accounts"]["totalCount"], 0);
    for login in [
        json!({"email": "a\u{0}b@x.example", "password": PASSWORD}),
        json!({"email": "é".repeat(20_000), "password": PASSWORD}),
    ] {
        let answer = house.visitor().post("/auth/staff", &login)?.expect(401)?;
        assert_eq!(answer.json()?["code"], "bad_credentials");
    }
    let candidate = json!({"authority": "\u{0}", "number": "\u{0}", "password": PASSWORD});
    house
        .visitor()
        .post("/auth/candidate", &candidate)?
        .expect(401)?;
    Ok(())
}

/// Who has an account is told neither by what is answered nor by when one must wait.
pub fn nobody_learns_who_has_an_account(engine: Engine) -> Result<()> {
    let Some(house) = House::open(engine, "unknown", REGULATION)? else {
        return Ok(());
    };
    administrator(&house)?;
    let tries = |path: &str, body: Value| -> Result<Vec<(u16, Value)>> {
        (0..7)
            .map(|_| {
                let answer = house.visitor().post(path, &body)?;
                Ok((answer.status, answer.json()?["code"].clone()))
            })
            .collect()
    };
    let wrong = |email: &str| json!({"email": email, "password": "un mauvais mot de passe"});
    let known = tries("/auth/staff", wrong(ADMIN))?;
    assert_eq!(known[4], (401, json!("bad_credentials")));
    assert_eq!(known[5], (429, json!("too_many_attempts")));
    assert_eq!(tries("/auth/staff", wrong("nobody@delos.example"))?, known);
    let number = json!({
        "kind": "candidate", "authority": "07", "number": "2210009999",
        "code": "AAAAA-BBBBB", "password": PASSWORD,
    });
    let unknown = tries("/auth/first-access", number)?;
    assert_eq!(unknown[4], (401, json!("bad_code")));
    assert_eq!(unknown[5], (429, json!("too_many_attempts")));
    Ok(())
}

/// Somebody signs in again from the same browser, his address in capitals: the session before ends.
pub fn a_browser_holds_one_session(engine: Engine) -> Result<()> {
    let Some(house) = House::open(engine, "again", REGULATION)? else {
        return Ok(());
    };
    let mut browser = administrator(&house)?;
    let mut before = browser.clone();
    let mut elsewhere = house.visitor();
    let login = json!({"email": ADMIN.to_uppercase(), "password": PASSWORD});
    elsewhere.post("/auth/staff", &login)?.expect(200)?;
    assert_eq!(who(&mut before)?, "staff");
    browser.post("/auth/staff", &login)?.expect(200)?;
    assert_eq!(who(&mut browser)?, "staff");
    assert_eq!(who(&mut before)?, json!(null));
    assert_eq!(who(&mut elsewhere)?, "staff");
    Ok(())
}

fn who(visitor: &mut Visitor) -> Result<Value> {
    let answer = visitor.get("/auth/whoami")?.json()?;
    Ok(answer.get("kind").context("a kind")?.clone())
}
