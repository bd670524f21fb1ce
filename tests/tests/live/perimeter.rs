//! Whatever is told between the processes, an id outside the perimeter of a stream's reader does not leave by it.

use std::time::Duration;

use anyhow::{Context as _, Result};
use delos_signals::{Event, Signals, Topic};
use delos_tests::files::{import, of_academy, rows};
use delos_tests::house::Engine;
use delos_tests::people::PASSWORD;
use delos_tests::plans::{propose, version, view};
use delos_tests::streams::{Heard, Stream, topics};
use delos_tests::{post, services};
use serde_json::{Value, json};
use uuid::Uuid;

use super::people::lay;

/// Long enough for whatever is told to have come.
const LONG: Duration = Duration::from_secs(4);

/// This test tells, as another process would, of things of La Réunion: its officer hears them, its candidate hears of his
/// own exam, and nobody of elsewhere hears anything.
pub fn an_id_outside_the_perimeter_is_told_to_nobody() -> Result<()> {
    let Some(redis) = services::redis() else {
        services::skip("no Redis");
        return Ok(());
    };
    if !post::readers() {
        return Ok(());
    }
    let Some((mut house, mut people)) = lay(Engine::Sqlite, "live-perimeter")? else {
        return Ok(());
    };
    for (kind, name) in [
        ("schools", "etablissements.csv"),
        ("examiners", "examinateurs.csv"),
        ("candidates", "candidats.csv"),
    ] {
        let own = of_academy(name, "La Réunion")?;
        import(&mut people.reunion, kind, (name, &own), None)?;
    }
    let plan = propose(&mut people.reunion, "PONCTUELLE")?;
    for operation in ["PublishPlan", "Convoke"] {
        let version = version(&mut people.reunion, &plan)?;
        people
            .reunion
            .must(operation, &json!({"plan": plan, "version": version}))?;
    }
    let convoked = view(&mut people.reunion, &plan)?;
    let all = convoked["commissions"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|one| one["days"].as_array().into_iter().flatten())
        .flat_map(|day| day["sittings"].as_array().into_iter().flatten())
        .map(|sitting| sitting["candidate"].clone());
    let all: Vec<Value> = all.collect();
    let [own, other, ..] = &all[..] else {
        anyhow::bail!("two candidates: {all:?}")
    };
    let row = rows("candidats.csv")?
        .into_iter()
        .find(|row| own["number"] == row["Numéro"].as_str())
        .context("a candidate of the file")?;
    let code = post::word_after(
        &post::to(&house, &row["Courriel"], 1)?,
        "qui sert une fois :",
    )?;
    let mut candidate = house.visitor();
    let first = json!({"kind": "candidate", "authority": "28", "number": own["number"], "code": code, "password": PASSWORD});
    candidate.post("/auth/first-access", &first)?.expect(200)?;
    let task: Uuid = house
        .read("select lower(hex(id)) from task limit 1")?
        .parse()?;

    house.reopen(&["--no-worker"], &[("DELOS_REDIS__URL", &redis)])?;
    let every = topics(&["MESSAGES", "TASKS", "SITTINGS"]);
    let reunion = Stream::open(&people.reunion, "staff", "Changed", &every)?;
    let dijon = Stream::open(&people.dijon, "staff", "Changed", &every)?;
    let admin = Stream::open(&people.admin, "staff", "Changed", &every)?;
    let exam = Stream::open(&candidate, "candidate", "MyExamChanged", &json!({}))?;

    let id = |value: &Value| -> Result<Uuid> { Ok(value.as_str().context("an id")?.parse()?) };
    let (plan, own, other) = (id(&plan)?, id(&own["id"])?, id(&other["id"])?);
    let nowhere = Uuid::from_u128(0x404);
    let day = chrono::NaiveDate::from_ymd_opt(2027, 5, 18);
    tell(
        &redis,
        &[
            (Topic::Messages, plan, None),
            (Topic::Messages, own, None),
            (Topic::Messages, nowhere, None),
            (Topic::Tasks, task, None),
            (Topic::Tasks, plan, None),
            (Topic::Sittings, plan, day),
            (Topic::Sittings, nowhere, None),
            (Topic::Exams, own, None),
            (Topic::Exams, other, None),
            (Topic::Exams, plan, None),
            (Topic::Exams, nowhere, None),
        ],
    )?;
    let mut heard = reunion.ids(LONG);
    heard.sort();
    // A candidate of a school of training is the school's matter; the messages of a plan of one's own are one's own.
    heard.retain(|one| *one != own.to_string());
    let mut wanted = [plan, plan, task].map(|id| id.to_string());
    wanted.sort();
    assert_eq!(heard, wanted);
    assert_eq!(dijon.ids(Duration::ZERO), Vec::<String>::new());
    assert_eq!(admin.ids(Duration::ZERO), Vec::<String>::new());
    let mut told = Vec::new();
    while let Some(one) = exam.next(Duration::from_millis(500)) {
        told.push(one);
    }
    // His own, and his plan's: twice the same words, whatever happened.
    let changed = Heard::Next(json!({"data": {"myExamChanged": true}}));
    assert_eq!(told, [changed.clone(), changed]);
    Ok(())
}

/// Tells these through Redis, as another process of the house.
fn tell(redis: &str, events: &[(Topic, Uuid, Option<chrono::NaiveDate>)]) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?
        .block_on(async {
            let signals = Signals::redis(redis, Uuid::from_u128(0x7e57))?;
            // The gateway listens by then.
            tokio::time::sleep(Duration::from_secs(1)).await;
            for (topic, id, day) in events {
                signals.tell(Event {
                    topic: *topic,
                    id: *id,
                    day: *day,
                });
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(())
        })
}
