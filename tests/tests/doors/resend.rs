//! A convocation that the relay refuses: seen with its cause, its address put right by an import, sent again, and its
//! new code opens.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::letters::words;
use delos_tests::files::{import, of_academy, rows};
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{PASSWORD, administrator, officer};
use delos_tests::plans::{list, propose, version};
use delos_tests::post;

/// A ponctuelle candidate of La Réunion.
const NUMBER: &str = "2210006293";
/// His address, as imported first.
const WRONG: &str = "mael.ruiz.293@eleve.example";
/// His address, put right.
const RIGHT: &str = "mael.ruiz@maison.example";

/// One refused, one without an address, everybody else told; then both are told.
pub fn what_the_relay_refuses_is_put_right_and_sent_again(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let refuse = format!("{WRONG}=550");
    let relay = ["--refuse", refuse.as_str()];
    let Some(house) = House::open_with_relay(engine, "resend", REGULATION, &relay)? else {
        return Ok(());
    };
    let mut officer = officer(&house, &mut administrator(&house)?, "28")?;
    for (kind, name) in [
        ("schools", "etablissements.csv"),
        ("examiners", "examinateurs.csv"),
    ] {
        import(
            &mut officer,
            kind,
            (name, &of_academy(name, "La Réunion")?),
            None,
        )?;
    }
    let whole = of_academy("candidats.csv", "La Réunion")?;
    let other = other_ponctuelle(&whole)?;
    let first = whole.replace(&other, "");
    import(&mut officer, "candidates", ("candidats.csv", &first), None)?;

    let id = propose(&mut officer, "PONCTUELLE")?;
    let read = version(&mut officer, &id)?;
    officer.must("PublishPlan", &json!({"plan": id, "version": read}))?;
    let read = version(&mut officer, &id)?;
    let told = officer.must("Convoke", &json!({"plan": id, "version": read}))?;
    assert_eq!(told["withoutAddress"], 1);
    let failed = failures(&mut officer)?;
    let causes: Vec<_> = failed.iter().map(|one| words(&one["lastError"])).collect();
    assert!(causes.contains(&"no_address"), "{causes:?}");
    assert!(
        causes.iter().any(|cause| cause.starts_with("RCPT: 550")),
        "{causes:?}"
    );

    // Nowhere to send it yet: said, and nothing lost.
    let ids: Vec<&Value> = failed.iter().map(|one| &one["id"]).collect();
    let nowhere = failed
        .iter()
        .find(|one| one["lastError"] == "no_address")
        .context("the one without an address")?;
    let refusal = officer.act("ResendFailed", &json!({"messages": [nowhere["id"]]}))?;
    assert_eq!(
        refusal.map_err(|refusal| refusal["code"].clone()),
        Err(json!("no_address"))
    );

    import(
        &mut officer,
        "candidates",
        ("candidats.csv", &whole.replace(WRONG, RIGHT)),
        None,
    )?;
    let again = officer.must("ResendFailed", &json!({"messages": ids}))?;
    assert_eq!(again["count"], 2);
    for address in [RIGHT, other.as_str()] {
        let mail = post::to(&house, address, 1)?;
        let code = post::word_after(&mail, "qui sert une fois :")?;
        assert!(!code.contains('•'), "{code}");
        if address == RIGHT {
            let first = json!({"kind": "candidate", "authority": "28", "number": NUMBER, "code": code, "password": PASSWORD});
            house
                .visitor()
                .post("/auth/first-access", &first)?
                .expect(200)?;
        }
    }
    let nothing = officer.act("ResendFailed", &json!({"messages": ids}))?;
    assert_eq!(
        nothing.map_err(|refusal| refusal["code"].clone()),
        Err(json!("nothing_to_resend"))
    );
    Ok(())
}

/// The address of another candidate of the list in the ponctuelle form.
pub fn other_ponctuelle(list: &str) -> Result<String> {
    rows("candidats.csv")?
        .into_iter()
        .filter(|row| row["Forme"] == "ponctuelle" && row["Note conservée"].is_empty())
        .filter(|row| list.contains(&row["Numéro"]))
        .map(|row| row["Courriel"].clone())
        .find(|address| !address.is_empty() && address != WRONG)
        .context("another candidate")
}

/// Waits until nothing is under way, then reads what failed.
fn failures(officer: &mut Visitor) -> Result<Vec<Value>> {
    let start = std::time::Instant::now();
    loop {
        let all = list(officer, "Messages", "messages")?;
        let under_way = |one: &&Value| matches!(words(&one["state"]), "READY" | "SENDING");
        if !all.iter().any(|one| under_way(&one)) {
            return Ok(all
                .into_iter()
                .filter(|one| one["state"] == "FAILED")
                .collect());
        }
        anyhow::ensure!(start.elapsed().as_secs() < 120, "messages still under way");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}
