//! What follows a convocation: acknowledged by its link or in one's space, reminded of, put right, settled; and the words
//! that an authority adds to it.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::letters::words;
use super::resend::other_ponctuelle;
use delos_tests::files::{import, of_academy};
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{PASSWORD, administrator, officer};
use delos_tests::plans::{list, propose, version};
use delos_tests::post;

/// A ponctuelle candidate of La Réunion, whose address the relay refuses.
const WRONG: &str = "mael.ruiz.293@eleve.example";
/// His address, put right.
const RIGHT: &str = "mael.ruiz@maison.example";

/// A house of La Réunion whose ponctuelle plan is published, its officer and its plan.
fn planned(engine: Engine, name: &str) -> Result<Option<(House, Visitor, Value)>> {
    if !post::readers() {
        return Ok(None);
    }
    let refuse = format!("{WRONG}=550");
    let relay = ["--refuse", refuse.as_str()];
    let Some(house) = House::open_with_relay(engine, name, REGULATION, &relay)? else {
        return Ok(None);
    };
    let mut officer = officer(&house, &mut administrator(&house)?, "28")?;
    for (kind, name) in [
        ("schools", "etablissements.csv"),
        ("examiners", "examinateurs.csv"),
        ("candidates", "candidats.csv"),
    ] {
        let mut text = of_academy(name, "La Réunion")?;
        if kind == "candidates" {
            // One has no address.
            text = text.replace(&other_ponctuelle(&text)?, "");
        }
        import(&mut officer, kind, (name, &text), None)?;
    }
    let plan = propose(&mut officer, "PONCTUELLE")?;
    let read = version(&mut officer, &plan)?;
    officer.must("PublishPlan", &json!({"plan": plan, "version": read}))?;
    Ok(Some((house, officer, plan)))
}

fn convoke(officer: &mut Visitor, plan: &Value) -> Result<()> {
    let read = version(officer, plan)?;
    officer.must("Convoke", &json!({"plan": plan, "version": read}))?;
    Ok(())
}

/// Waits until nothing is under way, then reads all messages.
fn settled(officer: &mut Visitor) -> Result<Vec<Value>> {
    let start = std::time::Instant::now();
    loop {
        let all = list(officer, "Messages", "messages")?;
        if !all
            .iter()
            .any(|one| matches!(words(&one["state"]), "READY" | "SENDING"))
        {
            return Ok(all);
        }
        ensure!(start.elapsed().as_secs() < 120, "messages still under way");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

fn unacknowledged(officer: &mut Visitor) -> Result<Value> {
    Ok(officer.staff("Messages", &json!({"filter": null, "after": null}))?["messages"]["counts"]["unacknowledged"].take())
}

fn refusal(outcome: std::result::Result<Value, Value>) -> Value {
    outcome.err().unwrap_or_default()["code"].take()
}

/// The whole of it, on one plan.
pub fn whoever_has_his_convocation_says_so_and_the_others_are_reached(
    engine: Engine,
) -> Result<()> {
    let Some((house, mut officer, plan)) = planned(engine, "answers")? else {
        return Ok(());
    };
    convoke(&mut officer, &plan)?;
    let all = settled(&mut officer)?;
    let before = unacknowledged(&mut officer)?.as_i64().context("a count")?;
    let reached: Vec<&Value> = all
        .iter()
        .filter(|one| one["kind"] == "candidate_convocation" && one["state"] == "SENT")
        .collect();
    ensure!(reached.len() >= 2, "{all:?}");

    // By the link of the mail: looking changes nothing, the gesture does, once.
    let mail = post::to(&house, words(&reached[0]["address"]), 1)?;
    let link = post::word_after(&mail, "en ouvrant cette page :")?;
    let (_, token) = link.split_once("/accuse-reception/").context("a link")?;
    let mut anybody = house.visitor();
    let page = anybody
        .get(&format!("/accuse-reception/{token}"))?
        .expect(200)?;
    ensure!(!String::from_utf8_lossy(&page.body).contains(words(&reached[0]["recipient"])));
    let shown = anybody
        .get(&format!("/acknowledgements/{token}"))?
        .expect(200)?;
    let shown = shown.json()?;
    assert_eq!(
        (&shown["exam"], &shown["acknowledgedAt"]),
        (&json!("E5"), &Value::Null)
    );
    assert_eq!(
        shown.as_object().map(serde_json::Map::len),
        Some(6),
        "nothing of the person"
    );
    assert_eq!(
        unacknowledged(&mut officer)?,
        before,
        "a look is no gesture"
    );
    anybody.get("/acknowledgements")?.expect(405)?;
    for forged in [
        format!("{token}0"),
        token.replace('.', ".0"),
        "x.y".to_owned(),
        token[..36].to_owned(),
    ] {
        anybody
            .post("/acknowledgements", &json!({"token": forged}))?
            .expect(404)?;
        anybody
            .get(&format!("/acknowledgements/{forged}"))?
            .expect(404)?;
    }
    for _ in 0..2 {
        anybody
            .post("/acknowledgements", &json!({"token": token}))?
            .expect(200)?;
    }
    assert_eq!(unacknowledged(&mut officer)?, before - 1);
    let journal =
        "select cast(count(*) as text) from journal where operation = 'AcknowledgeByLink'";
    assert_eq!(house.read(journal)?.trim(), "1");

    // In one's space.
    let mail = post::to(&house, words(&reached[1]["address"]), 1)?;
    let code = post::word_after(&mail, "qui sert une fois :")?;
    let number = post::word_after(&mail, "Candidat n°")?;
    let number = number.trim_end_matches('.');
    let mut candidate = house.visitor();
    let first = json!({"kind": "candidate", "authority": "28", "number": number, "code": code, "password": PASSWORD});
    candidate.post("/auth/first-access", &first)?.expect(200)?;
    let gesture = |candidate: &mut Visitor, revision: i64| -> Result<Value> {
        let answer = candidate.document(
            "candidate",
            "AcknowledgeConvocation",
            &json!({"revision": revision}),
        )?;
        Ok(answer["data"]["acknowledgeConvocation"].clone())
    };
    assert_eq!(gesture(&mut candidate, 7)?["code"], "convocation_outdated");
    let done = gesture(&mut candidate, 1)?;
    ensure!(done["convocation"]["acknowledgedAt"].is_string(), "{done}");
    assert_eq!(unacknowledged(&mut officer)?, before - 2);

    // Who has not is reminded of, once a day.
    let filter = json!({"filter": {"unacknowledged": true}, "after": null});
    let waiting = officer.staff("Messages", &filter)?["messages"]["totalCount"].clone();
    assert_eq!(waiting, before - 2);
    let reminded = officer.must("RemindRecipients", &json!({"plan": plan}))?;
    ensure!(reminded["count"].as_i64() > Some(0), "{reminded}");
    let twice = officer.act("RemindRecipients", &json!({"plan": null}))?;
    assert_eq!(refusal(twice), "nobody_to_remind");
    let all = settled(&mut officer)?;
    let reminders = all.iter().filter(|one| one["kind"] == "reminder");
    assert_eq!(
        Some(reminders.clone().count()),
        reminded["count"].as_u64().and_then(|n| n.try_into().ok())
    );
    ensure!(
        reminders
            .clone()
            .all(|one| one["address"] != WRONG && one["address"] != reached[0]["address"])
    );

    // The address that the relay refuses: a bad one changes nothing, the right one sends a new message.
    let failed = all
        .iter()
        .find(|one| one["state"] == "FAILED" && one["address"] == WRONG)
        .context("the refused one")?;
    let correct = |address: &str| json!({"message": failed["id"], "address": address});
    for bad in [
        "",
        "pas une adresse",
        "a@b",
        "x@y.example\r\nBcc: z@y.example",
    ] {
        assert_eq!(
            refusal(officer.act("CorrectAddress", &correct(bad))?),
            "bad_email",
            "{bad:?}"
        );
    }
    officer.must("CorrectAddress", &correct(RIGHT))?;
    let mail = post::to(&house, RIGHT, 1)?;
    ensure!(
        words(&mail["references"]).contains(words(&failed["id"])),
        "{mail}"
    );
    let gone = officer.act("CorrectAddress", &correct(RIGHT))?;
    assert_eq!(refusal(gone), "nothing_to_resend");

    // Whoever has no address at all is told by telephone, and leaves the list; the list is taken away as it is shown.
    let nowhere = all.iter().find(|one| one["lastError"] == "no_address");
    let nowhere = nowhere.context("one without an address")?;
    let settle = |how: &str| json!({"messages": [nowhere["id"]], "how": how});
    assert_eq!(
        refusal(officer.act("SettleMessages", &settle("guessed"))?),
        "unknown_settlement"
    );
    assert_eq!(
        officer.must("SettleMessages", &settle("phoned"))?["count"],
        1
    );
    assert_eq!(
        refusal(officer.act("SettleMessages", &settle("phoned"))?),
        "nothing_to_settle"
    );
    let csv = officer
        .get("/messages/list.csv?etat=SETTLED")?
        .expect(200)?;
    let csv = String::from_utf8(csv.body)?;
    assert_eq!(csv.lines().count(), 2, "{csv}");
    ensure!(csv.contains(words(&nowhere["recipient"])));
    officer
        .get("/messages/list.csv?etat=nothing")?
        .expect(404)?;
    Ok(())
}

/// Words are data, versions are kept, and what was decided before does not change.
pub fn an_authority_adds_its_words_and_nothing_else(engine: Engine) -> Result<()> {
    let Some((house, mut officer, plan)) = planned(engine, "words")? else {
        return Ok(());
    };
    let edit = |version: i64, intro: &str| json!({"input": {"kind": "candidate_convocation", "version": version, "intro": intro, "closing": "À bientôt."}});
    for hostile in [
        "{{7*7}}",
        "{% include \"page.html\" %}",
        "{{ code }}",
        "{# rien #}",
        "{nom}",
    ] {
        let refused = officer
            .act("EditMailText", &edit(0, hostile))?
            .err()
            .context("taken")?;
        assert_eq!(refused["code"], "text_unknown_variable", "{hostile}");
        ensure!(
            refused["facts"].to_string().contains("{{ nom }}"),
            "{refused}"
        );
    }
    let long = officer.act("EditMailText", &edit(0, &"a".repeat(2_001)))?;
    assert_eq!(refusal(long), "text_too_long");
    let turned = officer.act("EditMailText", &edit(0, "a\u{202e}b"))?;
    assert_eq!(refusal(turned), "text_invisible_character");
    officer.must(
        "EditMailText",
        &edit(0, "Bonjour {{ nom }}, <b>venez</b> le {{ date }}."),
    )?;
    assert_eq!(
        refusal(officer.act("EditMailText", &edit(0, "Deux à la fois."))?),
        "conflict"
    );
    let preview =
        json!({"kind": "candidate_convocation", "intro": "Bonjour {{ nom }}.", "closing": ""});
    let seen = officer.staff("MailTextPreview", &preview)?;
    ensure!(
        words(&seen["mailTextPreview"]["text"]).contains("Bonjour Anne-Élisabeth"),
        "{seen}"
    );

    convoke(&mut officer, &plan)?;
    officer.must("EditMailText", &edit(1, "Une autre version."))?;
    let all = settled(&mut officer)?;
    let one = all
        .iter()
        .find(|one| one["kind"] == "candidate_convocation" && one["state"] == "SENT")
        .context("one that left")?;
    let mail = post::to(&house, words(&one["address"]), 1)?;
    let text = words(&mail["text"]);
    ensure!(
        text.contains(&format!(
            "Bonjour {}, <b>venez</b> le",
            words(&one["recipient"])
        )),
        "{text}"
    );
    ensure!(text.contains("À bientôt.") && !text.contains("Une autre version."));
    let texts = officer.staff("MailTexts", &json!({}))?;
    let kinds = texts["mailTexts"]["texts"].as_array().context("kinds")?;
    let convocation = kinds
        .iter()
        .find(|one| one["kind"] == "candidate_convocation");
    let versions = &convocation.context("the kind")?["versions"];
    assert_eq!(versions.as_array().map(Vec::len), Some(2));
    assert_eq!(versions[0]["intro"], "Une autre version.");
    Ok(())
}
