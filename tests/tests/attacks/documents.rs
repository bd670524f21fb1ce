//! Every attack on the two GraphQL doors: refused with a 4xx in less than a second, nothing of the inside told, and the
//! process stands as it stood.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use delos_tests::house::Mode;
use delos_tests::http::{Answer, Visitor, document_id};
use serde_json::{Value, json};

use super::bodies::{Attack, TARGETS};
use super::inside::Inside;

/// Longest wait for a refusal: generous, on a machine that does something else.
const AT_ONCE: Duration = Duration::from_secs(1);
/// Most memory that the process may ever hold, in megabytes.
const MOST_MEMORY: u64 = 300;

/// What only the inside says: words of Rust, of its libraries, of SQL.
const INSIDE: [&str; 22] = [
    "Err(",
    "Ok(",
    "Some(",
    "None,",
    "panicked",
    "::",
    "Error {",
    "rustc",
    "axum",
    "async-graphql",
    "async_graphql",
    "serde",
    "sqlx",
    "sea_orm",
    "SqlState",
    "select ",
    "insert into",
    "at line ",
    " --> ",
    "expected ",
    "Unknown ",
    "Invalid value",
];

/// The table, signed out and signed in, by both doors.
pub fn every_attack_is_refused_at_once(mode: Mode) -> Result<()> {
    let Some(mut inside) = Inside::open(mode, "attacks")? else {
        return Ok(());
    };
    let mut slowest = (Duration::ZERO, String::new());
    let mut count = 0;
    for target in &TARGETS {
        let own = match target.schema {
            "staff" => &inside.officer,
            _ => &inside.candidate,
        };
        // What follows is refused for what it is: the honest request passes.
        let honest = own
            .clone()
            .ask(target.schema, target.harmless, &json!({}))?;
        assert_eq!(honest.status, 200);

        let mut attacks = target.on_the_door()?;
        let mut from_inside = Vec::new();
        match mode {
            Mode::Production => {
                attacks.push(target.introspection());
                // Any document of one's own is unknown here, a faulty one too.
                attacks.extend(target.on_the_schema());
            }
            Mode::Development => from_inside.extend(target.on_the_schema()),
        }
        for attack in &attacks {
            for who in [Visitor::clone(own), inside.house.visitor()] {
                note(&mut slowest, attack, strike(who, attack)?);
                count += 1;
            }
        }
        for attack in &from_inside {
            note(&mut slowest, attack, strike(own.clone(), attack)?);
            count += 1;
        }
        let honest = own
            .clone()
            .ask(target.schema, target.harmless, &json!({}))?;
        assert_eq!(honest.status, 200);
    }
    for (operation, variables) in misfits() {
        let start = Instant::now();
        let answer = inside.officer.ask("staff", operation, &variables)?;
        let name = format!("{operation} {variables}");
        assert_eq!(
            (answer.status, code(&answer)?),
            (400, "invalid_request".to_owned()),
            "{name}"
        );
        check(&name, &answer, start.elapsed());
        count += 1;
    }
    let named = json!({"documentId": document_id("staff", "Me")?, "operationName": "Nobody"});
    let answer = inside.officer.post("/graphql/staff", &named)?;
    assert_eq!(
        (answer.status, code(&answer)?),
        (400, "invalid_request".to_owned())
    );

    // What a resolver foresees keeps its own code, and is an answer.
    let nowhere = json!({"candidate": "01a20ed9-7fb4-778c-b782-e76144ff75db"});
    let absent = inside
        .officer
        .document("staff", "RenewCandidateCode", &nowhere)?;
    assert_eq!(absent["errors"][0]["extensions"]["code"], "not_found");

    assert!(inside.house.is_alive()?);
    assert_eq!(inside.house.visitor().get("/readyz")?.status, 200);
    let peak = inside.house.peak_memory()?;
    println!(
        "{mode:?}: {count} attacks refused, the slowest in {} ms ({}), {peak} MB at most",
        slowest.0.as_millis(),
        slowest.1
    );
    assert!(peak <= MOST_MEMORY, "{peak} MB");
    Ok(())
}

/// Trusted documents whose variables are of another shape than theirs.
fn misfits() -> Vec<(&'static str, Value)> {
    let account = |role: &str, until: &str| {
        json!({"input": {"email": "a@b.fr", "familyName": "A", "givenNames": "B", "role": role,
            "perimeter": "1", "validUntil": until}})
    };
    vec![
        ("Candidates", json!({"filter": 5})),
        ("Candidates", json!({"filter": {"nothing": 1}})),
        ("Candidates", json!({"filter": {"option": "PASCAL"}})),
        ("Candidates", json!({"filter": {"search": ["a", "b"]}})),
        ("Candidates", json!({"after": {"a": 1}})),
        ("Plan", json!({})),
        ("Plan", json!({"id": null})),
        ("Plan", json!({"id": [1]})),
        ("Plan", json!({"id": {"$gt": ""}})),
        ("ClearPlan", json!({"plan": "1", "version": "un"})),
        ("ClearPlan", json!({"plan": "1", "version": 1.5})),
        (
            "ClearPlan",
            json!({"plan": "1", "version": 18_446_744_073_709_551_615_u64}),
        ),
        ("OpenPlan", json!({"form": "ORALE"})),
        ("ResendFailed", json!({"messages": [["a"]]})),
        ("CreateAccount", account("ROI", "2027-12-31")),
        ("CreateAccount", account("HEAD_OF_SCHOOL", "demain")),
        ("CreateAccount", json!({"input": {"email": "a@b.fr"}})),
        ("CreateAccount", json!({"input": null})),
        (
            "SetSessionDates",
            json!({"input": {"version": 1, "ponctuellePeriods": [["2027-02-30"]]}}),
        ),
    ]
}

fn strike(mut who: Visitor, attack: &Attack) -> Result<Duration> {
    let headers: Vec<_> = attack.headers.clone();
    let start = Instant::now();
    let answer = who
        .send(attack.method, &attack.path, &headers, &attack.body)
        .with_context(|| attack.name.clone())?;
    let took = start.elapsed();
    let text = String::from_utf8_lossy(&answer.body);
    assert!(
        attack.refused.contains(&answer.status),
        "{}: {} {text}",
        attack.name,
        answer.status
    );
    check(&attack.name, &answer, took);
    Ok(took)
}

/// A 4xx, at once, in French, with a code, and no word of the inside.
fn check(name: &str, answer: &Answer, took: Duration) {
    assert!(
        (400..500).contains(&answer.status),
        "{name}: {}",
        answer.status
    );
    assert!(took < AT_ONCE, "{name}: {took:?}");
    let text = String::from_utf8_lossy(&answer.body);
    for word in INSIDE {
        assert!(!text.contains(word), "{name} tells {word:?}: {text}");
    }
    let told = answer.json().unwrap_or_default();
    let sentence = told["message"].as_str().unwrap_or_default();
    assert!(
        sentence.ends_with('.') && told["code"].is_string(),
        "{name}: {text}"
    );
}

fn code(answer: &Answer) -> Result<String> {
    Ok(answer.json()?["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

fn note(slowest: &mut (Duration, String), attack: &Attack, took: Duration) {
    if took > slowest.0 {
        *slowest = (took, attack.name.clone());
    }
}
