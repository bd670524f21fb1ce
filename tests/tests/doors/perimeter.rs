//! Outside one's perimeter nothing exists: not by list, not by id, not by download.

use anyhow::{Context as _, Result};
use delos_tests::http::Visitor;
use delos_tests::plans::{Published, list};
use delos_tests::post;
use serde_json::{Value, json};

use super::letters::{each, sittings, words};

/// A head asks by id for what is another school's, down to the refusal of what does not exist at all.
pub fn check(head: &mut Visitor, own: &Published, other: &Published) -> Result<()> {
    let mine = sittings(&own.view)?;
    let theirs = sittings(&other.view)?;
    let mine = &mine.values().next().context("a sitting")?.id;
    let theirs = &theirs.values().next().context("a sitting")?.id;
    let nowhere = "01a20ed9-7fb4-778c-b782-e76144ff75db";

    for kind in ["pdf", "ics"] {
        let path = |id: &str| format!("/sittings/{id}/convocation.{kind}");
        head.get(&path(mine))?.expect(200)?;
        let denied = head.get(&path(theirs))?.expect(404)?;
        let absent = head.get(&path(nowhere))?.expect(404)?;
        assert_eq!(denied.json()?["code"], "not_found");
        assert_eq!(denied.body, absent.body, "a refusal tells nothing");
    }
    let preview = |id: &str| json!({"sitting": id});
    let seen = head.staff("ConvocationPreview", &preview(mine))?;
    assert_ne!(seen["convocationPreview"], json!(null));
    for id in [theirs.as_str(), nowhere] {
        let seen = head.staff("ConvocationPreview", &preview(id))?;
        assert_eq!(seen["convocationPreview"], json!(null));
    }

    let plan = &other.view["id"];
    let seen = head.staff("Plan", &json!({"id": plan}))?;
    assert_eq!(seen["plan"], json!(null));
    let version = other.view["version"].clone();
    let commission = &other.view["commissions"][0]["id"];
    for (operation, variables) in [
        ("ProposePlan", json!({"plan": plan, "version": version})),
        ("PublishPlan", json!({"plan": plan, "version": version})),
        ("ClearPlan", json!({"plan": plan, "version": version})),
        ("Convoke", json!({"plan": plan, "version": version})),
        (
            "RemoveCommission",
            json!({"commission": commission, "version": version}),
        ),
        (
            "RenewCandidateCode",
            json!({"candidate": candidate(&other.view)}),
        ),
    ] {
        let answer = head.document("staff", operation, &variables)?;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "not_found",
            "{operation}: {answer}"
        );
    }

    let school = &own.owner[1];
    let listed = list(head, "Candidates", "candidates")?;
    assert_eq!(
        Some(listed.len() as u64),
        own.view["candidateCount"].as_u64()
    );
    let numbers = sittings(&own.view)?;
    assert!(
        listed
            .iter()
            .all(|one| numbers.contains_key(words(&one["number"]))),
        "{school}"
    );
    let schools = list(head, "Schools", "schools")?;
    assert!(schools.iter().all(|one| one["uai"] == school.as_str()));
    let plans = head.staff("Plans", &json!({}))?;
    assert_eq!(each(&plans["plans"]).count(), 1);
    Ok(())
}

/// Whoever reads a candidate's message reads all of it but his code.
pub fn check_code_is_hidden(head: &mut Visitor, mail: &Value) -> Result<()> {
    let code = post::word_after(mail, "qui sert une fois :")?;
    let messages = list(head, "Messages", "messages")?;
    let to = &mail["to"][0];
    let row = messages
        .iter()
        .find(|one| one["address"] == *to)
        .context("the message")?;
    let shown = head.staff("Message", &json!({"id": row["id"]}))?;
    let text = words(&shown["message"]["text"]);
    assert!(text.contains("qui sert une fois : •••••-•••••"), "{text}");
    assert!(!shown.to_string().contains(&code));
    Ok(())
}

fn candidate(plan: &Value) -> &Value {
    &plan["commissions"][0]["days"][0]["sittings"][0]["candidate"]["id"]
}
