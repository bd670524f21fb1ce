//! Somebody who works for two authorities acts for one at a time.

use anyhow::{Context as _, Result};
use delos_tests::files::{ended, hand_in, import, of_academy};
use delos_tests::house::{ADMIN, Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{administrator, officer};
use delos_tests::plans::list;
use delos_tests::post;
use serde_json::{Value, json};

use super::letters::{each, words};

/// An administrator who would be an officer too: by his account, and by his address.
pub fn nobody_gives_himself_a_mandate(engine: Engine) -> Result<()> {
    let Some(house) = House::open(engine, "own-mandate", REGULATION)? else {
        return Ok(());
    };
    let mut admin = administrator(&house)?;
    let session = admin.staff("Session", &json!({}))?;
    let authority = each(&session["authorities"]).next();
    let authority = &authority.context("an authority")?["id"];
    let own = list(&mut admin, "Accounts", "accounts")?;
    let own = own.iter().find(|one| one["email"] == ADMIN);
    let own = &own.context("his own account")?["id"];
    let by_account = json!({
        "account": own, "role": "AUTHORITY_OFFICER", "perimeter": authority,
        "validUntil": "2027-12-31",
    });
    let by_address = json!({
        "email": ADMIN.to_uppercase(), "familyName": "Autre", "givenNames": "Nom",
        "role": "AUTHORITY_OFFICER", "perimeter": authority, "validUntil": "2027-12-31",
    });
    for (operation, input) in [("GrantMandate", by_account), ("CreateAccount", by_address)] {
        let refused = admin.act(operation, &json!({"input": input}))?;
        assert_eq!(
            refused.map_err(|refusal| refusal["code"].clone()),
            Err(json!("own_mandate")),
            "{operation}"
        );
    }
    let me = admin.staff("Me", &json!({}))?;
    assert_eq!(each(&me["me"]["mandates"]).count(), 1);
    Ok(())
}

/// An officer of Dijon, to whom La Réunion is lent as well.
pub fn of_two_mandates_one_is_acted_under_at_a_time(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open(engine, "mandates", REGULATION)? else {
        return Ok(());
    };
    let mut admin = administrator(&house)?;
    let mut person = officer(&house, &mut admin, "07")?;
    let of_dijon = active(&mut person)?;
    let session = admin.staff("Session", &json!({}))?;
    let lent = each(&session["authorities"]).find(|one| one["code"] == "28");
    let accounts = list(&mut admin, "Accounts", "accounts")?;
    let account = accounts
        .iter()
        .find(|one| one["email"] == "dec07@academie.example");
    let grant = json!({
        "account": account.context("the account")?["id"], "role": "AUTHORITY_OFFICER",
        "perimeter": lent.context("the authority")?["id"], "validUntil": "2027-12-31",
    });
    admin.must("GrantMandate", &json!({"input": grant}))?;
    let again = admin.act("GrantMandate", &json!({"input": grant}))?;
    assert_eq!(
        again.map_err(|refusal| refusal["code"].clone()),
        Err(json!("mandate_exists"))
    );

    let own = of_academy("etablissements.csv", "Dijon")?;
    let checked = hand_in(&mut person, "schools", ("etablissements.csv", &own), None)?;
    let mandates = person.staff("Me", &json!({}))?["me"]["mandates"].clone();
    let of_reunion = each(&mandates)
        .map(|one| &one["id"])
        .find(|id| **id != of_dijon);
    let of_reunion = of_reunion.context("a second mandate")?;
    switch(&mut person, of_reunion)?;

    // What was handed in for Dijon is not La Réunion's to write.
    let task = person.must("ConfirmImport", &json!({"staged": checked["staged"]}))?;
    switch(&mut person, &of_dijon)?;
    assert_eq!(ended(&mut person, &task["id"])?.0, "FAILED");
    assert_eq!(
        list(&mut person, "Schools", "schools")?,
        Vec::<Value>::new()
    );

    import(&mut person, "schools", ("etablissements.csv", &own), None)?;
    switch(&mut person, of_reunion)?;
    assert_eq!(
        list(&mut person, "Schools", "schools")?,
        Vec::<Value>::new()
    );
    let other = of_academy("etablissements.csv", "La Réunion")?;
    import(&mut person, "schools", ("etablissements.csv", &other), None)?;
    let seen = list(&mut person, "Schools", "schools")?;
    assert!(seen.len() == 2 && seen.iter().all(|one| words(&one["uai"]).starts_with("974")));

    // Somebody else's mandate is nobody's; one's own, taken back, ends at once.
    let stranger = active(&mut admin)?;
    assert_eq!(
        person
            .post("/auth/mandate", &json!({"mandate": stranger}))?
            .status,
        404
    );
    admin.must("RevokeMandate", &json!({"mandate": of_reunion}))?;
    assert_eq!(person.get("/auth/whoami")?.json()?["kind"], json!(null));
    Ok(())
}

fn active(person: &mut Visitor) -> Result<Value> {
    Ok(person.staff("Me", &json!({}))?["me"]["active"]["id"].clone())
}

fn switch(person: &mut Visitor, mandate: &Value) -> Result<()> {
    person
        .post("/auth/mandate", &json!({"mandate": mandate}))?
        .expect(200)?;
    assert_eq!(active(person)?, *mandate);
    Ok(())
}
