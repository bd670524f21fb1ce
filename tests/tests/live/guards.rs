//! A stream is a document like another: what refuses one refuses the other.

use anyhow::{Result, ensure};
use delos_tests::house::Engine;
use delos_tests::http::{Visitor, document_id};
use delos_tests::streams::{Stream, topics};
use serde_json::{Value, json};

use super::people::lay;

/// Streams that one account may hold.
const MOST: usize = 8;

pub fn a_stream_passes_the_guards_of_every_document() -> Result<()> {
    let Some((_house, people)) = lay(Engine::Sqlite, "live-guards")? else {
        return Ok(());
    };
    let mut dijon = people.dijon.clone();
    let body = json!({
        "documentId": document_id("staff", "Changed")?,
        "variables": {"topics": ["MESSAGES"]},
    });
    let bytes = serde_json::to_vec(&body)?;
    let json_of_ours = [("content-type", "application/json"), ("x-delos", "1")];
    for (headers, status) in [
        (vec![("content-type", "application/json")], 403),
        (vec![("content-type", "text/plain"), ("x-delos", "1")], 415),
        (
            [&json_of_ours[..], &[("origin", "https://ailleurs.example")]].concat(),
            403,
        ),
        (
            [&json_of_ours[..], &[("sec-fetch-site", "cross-site")]].concat(),
            403,
        ),
    ] {
        let answer = dijon.send("POST", "/graphql/staff/live", &headers, &bytes)?;
        assert_eq!(answer.status, status, "{headers:?}");
    }
    assert_eq!(dijon.get("/graphql/staff/live")?.status, 405);

    let refused = |visitor: &Visitor, path: &str, body: &Value, start: &str| -> Result<()> {
        let answer = Stream::ask(visitor, path, body);
        let said = answer.err().map(|error| error.to_string());
        ensure!(
            said.as_deref().is_some_and(|said| said.starts_with(start)),
            "{path} {body}: {said:?}"
        );
        Ok(())
    };
    let nobody = Visitor::new(dijon.port());
    refused(&nobody, "/graphql/staff/live", &body, "401")?;
    refused(&dijon, "/graphql/candidate/live", &body, "400")?;
    let of_candidates = json!({"documentId": document_id("candidate", "MyExamChanged")?});
    refused(&dijon, "/graphql/candidate/live", &of_candidates, "403")?;
    // A question is not asked here, nor a stream there.
    let question = json!({"documentId": document_id("staff", "Me")?});
    refused(&dijon, "/graphql/staff/live", &question, "400")?;
    refused(
        &dijon,
        "/graphql/staff/live",
        &json!({"documentId": "?"}),
        "400",
    )?;
    let there = dijon.post("/graphql/staff", &body)?;
    assert_eq!(
        there.status,
        400,
        "{}",
        String::from_utf8_lossy(&there.body)
    );

    // Variables that do not fit end the stream without a word of the executor's.
    let wrong = Stream::open(&dijon, "staff", "Changed", &json!({"topics": ["NOTHING"]}))?;
    let said = wrong.next(std::time::Duration::from_secs(5));
    assert_eq!(said, Some(delos_tests::streams::Heard::Complete));
    drop(wrong);

    let mut held = Vec::new();
    while let Ok(stream) = Stream::open(&dijon, "staff", "Changed", &topics(&["TASKS"])) {
        held.push(stream);
        ensure!(held.len() <= MOST, "more than {MOST} streams");
    }
    ensure!(held.len() >= MOST - 1, "{} streams only", held.len());
    refused(&dijon, "/graphql/staff/live", &body, "429")?;
    // The others are not kept out by it.
    Stream::open(&people.reunion, "staff", "Changed", &topics(&["TASKS"]))?;
    Ok(())
}

/// Half an hour of nobody is half an hour, however often the page has looked.
pub fn a_page_that_looks_by_itself_keeps_no_session_alive() -> Result<()> {
    let Some((house, people)) = lay(Engine::Postgres, "live-idle")? else {
        return Ok(());
    };
    let mut dijon = people.dijon.clone();
    let body = json!({"documentId": document_id("staff", "Messages")?, "variables": {}});
    let bytes = serde_json::to_vec(&body)?;
    let mut ask = |by: &str| -> Result<u16> {
        let headers = [("content-type", "application/json"), ("x-delos", by)];
        Ok(dijon
            .send("POST", "/graphql/staff", &headers, &bytes)?
            .status)
    };
    let old = "select count(*)::text from web_session where seen_at < now() - interval '9 minutes'";
    house.write("update web_session set seen_at = seen_at - interval '10 minutes'")?;
    let all = house.read(old)?;
    assert_eq!(ask("look")?, 200);
    assert_eq!(house.read(old)?, all, "a look was noted as a use");
    assert_eq!(ask("1")?, 200);
    let left: u32 = house.read(old)?.parse()?;
    assert_eq!(left + 1, all.parse::<u32>()?, "a use was not noted");
    house.write("update web_session set seen_at = seen_at - interval '31 minutes'")?;
    assert_eq!(ask("look")?, 401);
    Ok(())
}
