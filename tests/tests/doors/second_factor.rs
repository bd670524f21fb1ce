//! The second factor through the front door: enrolled, shown, lost, and taken away by two persons.

use std::thread;

use anyhow::{Context as _, Result};
use delos_tests::factor::Telephone;
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{PASSWORD, account, administrator, officer};
use delos_tests::plans::list;
use delos_tests::post;
use serde_json::{Value, json};

use super::letters::each;

const OFFICER: &str = "dec07@academie.example";

/// From a password alone to a session that is strong, and to no other.
pub fn a_second_factor_makes_one_session_strong(engine: Engine) -> Result<()> {
    let Some((house, _, mut person)) = open(engine, "second-factor")? else {
        return Ok(());
    };
    assert_eq!(
        state(&mut person)?,
        json!({"enrolled": false, "strong": false, "recoveryCodes": 0})
    );
    // Nothing to show yet, and nothing to confirm.
    assert_eq!(prove(&mut person, "000000")?, (409, json!("factor_none")));
    assert_eq!(confirm(&mut person, "000000")?, (409, json!("factor_none")));

    let first = Telephone::begin(&mut person)?;
    let mut telephone = Telephone::begin(&mut person)?;
    // What was begun proves nothing, and what was begun before it nothing any more.
    assert_eq!(state(&mut person)?["enrolled"], false);
    assert_eq!(
        confirm(&mut person, &first.around(0)?)?,
        (401, json!("factor_code_wrong"))
    );
    let before = person.clone();
    let code = telephone.fresh()?;
    let answer = person.post("/auth/second-factor/confirm", &json!({"code": code}))?;
    let answer = answer.expect(200)?;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let codes = answer.json()?["recoveryCodes"].clone();
    assert_eq!(each(&codes).count(), 10);
    for code in each(&codes) {
        let code = code.as_str().context("a code")?;
        assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");
    }
    assert_eq!(
        state(&mut person)?,
        json!({"enrolled": true, "strong": true, "recoveryCodes": 10})
    );
    // Another secret for the session: whoever had seen the cookie before has nothing.
    gone(&before)?;
    // It is told by mail, and no secret is in it nor in what the process says.
    post::saying(
        &house,
        OFFICER,
        "une application d’authentification a été ajoutée",
        1,
    )?;

    // Somebody else who has the password puts no telephone of his own in its place.
    let mut other = signed_in(&house)?;
    assert_eq!(state(&mut other)?["strong"], false);
    let refused = other.post("/auth/second-factor/begin", &json!({}))?;
    assert_eq!(refused.json()?["code"], "factor_already");
    // Nor does he replace the recovery codes.
    let refused = other.post("/auth/second-factor/recovery-codes", &json!({}))?;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()?["code"], "second_factor_needed");

    // A code serves once, in whatever session.
    assert_eq!(
        prove(&mut other, &telephone.last())?,
        (409, json!("factor_code_used"))
    );
    let before = other.clone();
    telephone.prove(&mut other)?;
    assert_eq!(state(&mut other)?["strong"], true);
    gone(&before)?;
    assert_eq!(
        prove(&mut signed_in(&house)?, &telephone.last())?,
        (409, json!("factor_code_used"))
    );
    // A step later is taken, two are not.
    let mut third = signed_in(&house)?;
    assert_eq!(
        prove(&mut third, &telephone.around(3)?)?,
        (401, json!("factor_code_wrong"))
    );
    telephone.prove(&mut third)?;

    // A change of mandate takes the proof along; signing in again does not.
    let active = third.staff("Me", &json!({}))?["me"]["active"]["id"].clone();
    third
        .post("/auth/mandate", &json!({"mandate": active}))?
        .expect(200)?;
    assert_eq!(state(&mut third)?["strong"], true);
    third.post("/auth/staff", &login())?.expect(200)?;
    assert_eq!(state(&mut third)?["strong"], false);
    for secret in [codes[0].as_str().context("a code")?, &telephone.last()] {
        assert!(!house.log()?.contains(secret), "the log tells a secret");
    }
    Ok(())
}

/// Recovery codes serve once each, and those that are renewed no more; wrong codes make one wait.
pub fn a_recovery_code_serves_once_and_wrong_codes_wait(engine: Engine) -> Result<()> {
    let Some((house, mut admin, mut person)) = open(engine, "recovery")? else {
        return Ok(());
    };
    let telephone = person.strong()?;
    let first = &telephone.recovery_codes[0];
    let typed = first.to_lowercase().replace('-', " ");
    let mut other = signed_in(&house)?;
    assert_eq!(recover(&mut other, &typed)?, (200, Value::Null));
    assert_eq!(state(&mut other)?["strong"], true);
    assert_eq!(state(&mut other)?["recoveryCodes"], 9);
    post::saying(&house, OFFICER, "un de vos codes de secours a servi", 1)?;
    let mut third = signed_in(&house)?;
    assert_eq!(
        recover(&mut third, first)?,
        (401, json!("factor_code_wrong"))
    );

    let renewed = other.post("/auth/second-factor/recovery-codes", &json!({}))?;
    let renewed = renewed.expect(200)?.json()?["recoveryCodes"].clone();
    assert_eq!(
        recover(&mut third, &telephone.recovery_codes[1])?,
        (401, json!("factor_code_wrong"))
    );
    let new = renewed[1].as_str().context("a code")?;
    assert_eq!(recover(&mut third, new)?, (200, Value::Null));

    // Five wrong ones cost nothing; then even a right one waits, in every session of the account.
    for _ in 0..5 {
        assert_eq!(
            prove(&mut third, "12345")?,
            (401, json!("factor_code_wrong"))
        );
    }
    let new = renewed[2].as_str().context("a code")?;
    assert_eq!(recover(&mut other, new)?, (429, json!("too_many_attempts")));
    assert_eq!(
        prove(&mut third, &telephone.around(1)?)?,
        (429, json!("too_many_attempts"))
    );
    assert_eq!(state(&mut other)?["strong"], true);

    // A new link changes the password, and leaves the factor: whoever reads the owner's mail is not the owner yet.
    let id = id_of(&mut admin, OFFICER)?;
    admin.must("RenewAccess", &json!({"account": id}))?;
    // The first link was that of his opening.
    let mail = post::saying(&house, OFFICER, "/premier-acces#", 2)?;
    let token = post::word_after(&mail, "/premier-acces#")?;
    let mut thief = house.visitor();
    let first =
        json!({"kind": "staff", "token": token, "password": "quatre autres mots au hasard"});
    thief.post("/auth/first-access", &first)?.expect(200)?;
    assert_eq!(
        state(&mut thief)?,
        json!({"enrolled": true, "strong": false, "recoveryCodes": 9})
    );
    let refused = thief.post("/auth/second-factor/begin", &json!({}))?;
    assert_eq!(refused.json()?["code"], "factor_already");
    gone(&other)
}

/// Twenty requests show one code at the same time, in sessions of their own.
pub fn of_many_who_show_one_code_one_is_let_in(engine: Engine) -> Result<()> {
    let Some((house, _, mut person)) = open(engine, "one-code")? else {
        return Ok(());
    };
    let mut telephone = person.strong()?;
    let code = telephone.fresh()?;
    let sessions: Vec<Visitor> = (0..4).map(|_| signed_in(&house)).collect::<Result<_>>()?;
    let racers: Vec<_> = (0..20)
        .map(|racer| {
            let (mut visitor, code) = (sessions[racer % 4].clone(), code.clone());
            thread::spawn(move || prove(&mut visitor, &code))
        })
        .collect();
    let mut ended = Vec::new();
    for racer in racers {
        ended.push(racer.join().expect("a thread")?);
    }
    let let_in = ended.iter().filter(|(status, _)| *status == 200).count();
    assert_eq!(let_in, 1, "{ended:?}");
    for (status, code) in &ended {
        assert!(
            *status == 200 || *code == "factor_code_used" || *code == "signed_out",
            "{status} {code}"
        );
    }
    // The factor is none the worse: the wrong tries were no wrong codes.
    let mut again = signed_in(&house)?;
    telephone.prove(&mut again)?;
    Ok(())
}

/// Two persons take a factor away: one asks, another confirms; neither is the owner, and the owner can object.
pub fn two_persons_take_a_lost_factor_away(engine: Engine) -> Result<()> {
    let Some((house, mut admin, mut person)) = open(engine, "lost")? else {
        return Ok(());
    };
    let session = admin.staff("Session", &json!({}))?;
    let of = |code: &str| {
        each(&session["authorities"])
            .find(|one| one["code"] == code)
            .map(|one| one["id"].clone())
            .context("an authority")
    };
    let mut colleague = account(
        &house,
        &mut admin,
        "AUTHORITY_OFFICER",
        &of("07")?,
        "colleague@academie.example",
        ("Une", "Collègue"),
    )?;
    let mut far = officer(&house, &mut admin, "28")?;
    let id = id_of(&mut admin, OFFICER)?;
    let ask = |who: &mut Visitor| reset(who, "AskFactorReset", &id);
    let done = |who: &mut Visitor| reset(who, "ConfirmFactorReset", &id);

    assert_eq!(ask(&mut admin)?, "factor_none");
    let mut telephone = person.strong()?;
    let mut weak = signed_in(&house)?;
    assert_eq!(done(&mut admin)?, "factor_reset_not_asked");
    assert_eq!(ask(&mut person)?, "factor_reset_other_person");
    assert_eq!(ask(&mut far)?, "not_found");
    assert_eq!(ask(&mut colleague)?, "");
    assert_eq!(done(&mut colleague)?, "factor_reset_other_person");
    assert_eq!(done(&mut person)?, "factor_reset_other_person");
    assert_eq!(done(&mut far)?, "not_found");
    let shown = factor_of(&mut admin, OFFICER)?;
    assert_eq!(shown["reset"]["askedBy"], "Collègue Une");
    assert_eq!(shown["reset"]["own"], false);
    assert_eq!(factor_of(&mut colleague, OFFICER)?["reset"]["own"], true);
    post::saying(
        &house,
        OFFICER,
        "a demandé que votre second facteur soit retiré",
        1,
    )?;

    // Whoever still has his telephone shows it: the request falls.
    telephone.prove(&mut weak)?;
    assert_eq!(done(&mut admin)?, "factor_reset_not_asked");
    let mut weak = signed_in(&house)?;
    assert_eq!(ask(&mut colleague)?, "");
    assert_eq!(ask(&mut admin)?, "");
    // The first request stands: whoever asked it does not confirm it because somebody asked after him.
    assert_eq!(done(&mut colleague)?, "factor_reset_other_person");
    assert_eq!(done(&mut admin)?, "");

    // What was strong has ended, what was not goes on, and he enrols again.
    gone(&person)?;
    assert_eq!(state(&mut weak)?["enrolled"], false);
    assert_eq!(done(&mut admin)?, "factor_none");
    let old = telephone.recovery_codes[0].clone();
    assert_eq!(recover(&mut weak, &old)?, (409, json!("factor_none")));
    post::saying(&house, OFFICER, "a été retiré par deux personnes", 1)?;
    weak.strong()?;
    assert_eq!(recover(&mut weak, &old)?, (401, json!("factor_code_wrong")));
    let lines = house.read(
        "select cast(count(*) as text) from journal where operation = 'ResetSecondFactor' and outcome in ('asked', 'done')",
    )?;
    assert_eq!(lines, "3");
    Ok(())
}

/// A house with its administrator and an officer; nothing when this machine cannot read mail.
fn open(engine: Engine, name: &str) -> Result<Option<(House, Visitor, Visitor)>> {
    if !post::readers() {
        return Ok(None);
    }
    let Some(house) = House::open(engine, name, REGULATION)? else {
        return Ok(None);
    };
    let mut admin = administrator(&house)?;
    let person = officer(&house, &mut admin, "07")?;
    Ok(Some((house, admin, person)))
}

fn login() -> Value {
    json!({"email": OFFICER, "password": PASSWORD})
}

/// The officer in a session of its own.
fn signed_in(house: &House) -> Result<Visitor> {
    let mut visitor = house.visitor();
    visitor.post("/auth/staff", &login())?.expect(200)?;
    Ok(visitor)
}

fn state(visitor: &mut Visitor) -> Result<Value> {
    Ok(visitor.staff("Me", &json!({}))?["me"]["secondFactor"].clone())
}

/// The status of an answer, and its code when it is a refusal.
fn said(visitor: &mut Visitor, act: &str, body: &Value) -> Result<(u16, Value)> {
    let answer = visitor.post(&format!("/auth/second-factor/{act}"), body)?;
    Ok((answer.status, answer.json()?["code"].clone()))
}

fn prove(visitor: &mut Visitor, code: &str) -> Result<(u16, Value)> {
    said(visitor, "prove", &json!({"kind": "code", "code": code}))
}

fn recover(visitor: &mut Visitor, code: &str) -> Result<(u16, Value)> {
    said(visitor, "prove", &json!({"kind": "recovery", "code": code}))
}

fn confirm(visitor: &mut Visitor, code: &str) -> Result<(u16, Value)> {
    said(visitor, "confirm", &json!({"code": code}))
}

/// Its session is no more.
fn gone(visitor: &Visitor) -> Result<()> {
    let who = visitor.clone().get("/auth/whoami")?.json()?;
    assert_eq!(who["kind"], Value::Null);
    Ok(())
}

fn account_of(visitor: &mut Visitor, email: &str) -> Result<Value> {
    let all = list(visitor, "Accounts", "accounts")?;
    let one = all.into_iter().find(|one| one["email"] == email);
    one.with_context(|| format!("no account of {email}"))
}

fn id_of(visitor: &mut Visitor, email: &str) -> Result<Value> {
    Ok(account_of(visitor, email)?["id"].clone())
}

fn factor_of(visitor: &mut Visitor, email: &str) -> Result<Value> {
    Ok(account_of(visitor, email)?["secondFactor"].clone())
}

/// One half of a reset: the code of what refuses it, or nothing.
fn reset(visitor: &mut Visitor, operation: &str, account: &Value) -> Result<String> {
    let answer = visitor.document("staff", operation, &json!({"account": account}))?;
    let error = &answer["errors"][0]["extensions"]["code"];
    let refusal = answer["data"].as_object().and_then(|fields| {
        let field = fields.values().next()?;
        field["code"].as_str()
    });
    Ok(error.as_str().or(refusal).unwrap_or_default().to_owned())
}
