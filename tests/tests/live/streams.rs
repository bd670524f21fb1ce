//! Streams of changes: who hears what, and until when.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use delos_tests::house::Engine;
use delos_tests::services;
use delos_tests::streams::{Heard, Stream, topics};
use serde_json::json;

use super::people::{authority, invite, lay, outbox};

/// A change is heard elsewhere within this.
const SOON: Duration = Duration::from_secs(2);
/// Long enough for whatever is told to have come.
const LONG: Duration = Duration::from_secs(4);
/// A stream whose session or mandate is over ends within this.
const SECONDS: Duration = Duration::from_secs(12);

/// Two gateways on one PostgreSQL and one Redis, no worker: what an administrator does at one is heard at the other, by
/// whom it concerns and by nobody else.
pub fn a_change_at_one_gateway_is_heard_at_another() -> Result<()> {
    let Some(redis) = services::redis() else {
        services::skip("no Redis");
        return Ok(());
    };
    let Some((mut house, mut people)) = lay(Engine::Postgres, "live-two")? else {
        return Ok(());
    };
    let settings = [("DELOS_REDIS__URL", redis.as_str())];
    house.reopen(&["--no-worker"], &settings)?;
    let other = house.gateway("gateway-b", &settings)?;
    let port = other.port();

    let dijon = Stream::open(
        &people.dijon.at(port),
        "staff",
        "Changed",
        &topics(&["MESSAGES"]),
    )?;
    let reunion = Stream::open(
        &people.reunion.at(port),
        "staff",
        "Changed",
        &topics(&["MESSAGES", "TASKS", "SITTINGS"]),
    )?;
    // The administrator reads no messages: nothing of them is told to him.
    let admin = Stream::open(
        &people.admin.at(port),
        "staff",
        "Changed",
        &topics(&["MESSAGES"]),
    )?;
    let deaf = Stream::open(
        &people.dijon.at(port),
        "staff",
        "Changed",
        &topics(&["TASKS"]),
    )?;
    ensure!(
        dijon.lives(SECONDS) && reunion.lives(SECONDS),
        "no sign of life"
    );

    let of_dijon = authority(&mut people.admin, "07")?;
    let of_reunion = authority(&mut people.admin, "28")?;
    let begun = Instant::now();
    invite(&mut people.admin, &of_dijon, "un@academie.example")?;
    let heard = dijon.next(LONG).context("nothing was heard")?;
    let took = begun.elapsed();
    println!("from the act at one gateway to its event at the other, by Redis: {took:?}");
    ensure!(took < SOON, "heard after {took:?}");
    let Heard::Next(event) = heard else {
        anyhow::bail!("{heard:?}");
    };
    assert_eq!(event["data"]["changed"]["topic"], "MESSAGES");
    ensure!(event["data"]["changed"]["id"].is_string(), "{event}");
    // Ids and a day, and no name, address or text.
    let text = event.to_string();
    ensure!(!text.contains('@') && !text.contains("Nouvelle"), "{text}");
    assert_eq!(reunion.ids(LONG), Vec::<String>::new());

    invite(&mut people.admin, &of_reunion, "deux@academie.example")?;
    assert_eq!(reunion.ids(LONG).len(), 1);
    assert_eq!(dijon.ids(LONG), Vec::<String>::new());
    assert_eq!(admin.ids(LONG), Vec::<String>::new());
    assert_eq!(deaf.ids(LONG), Vec::<String>::new());
    Ok(())
}

/// Nothing is heard from elsewhere, and nothing is missed: the page's next look shows it.
pub fn without_redis_the_next_look_finds_what_was_not_heard() -> Result<()> {
    let Some((mut house, mut people)) = lay(Engine::Postgres, "live-alone")? else {
        return Ok(());
    };
    house.reopen(&["--no-worker"], &[])?;
    let other = house.gateway("gateway-b", &[])?;
    let mut there = people.dijon.at(other.port());
    let here = Stream::open(&people.dijon, "staff", "Changed", &topics(&["MESSAGES"]))?;
    let elsewhere = Stream::open(&there, "staff", "Changed", &topics(&["MESSAGES"]))?;
    let before = outbox(&mut there)?;
    let of_dijon = authority(&mut people.admin, "07")?;
    invite(&mut people.admin, &of_dijon, "un@academie.example")?;
    assert_eq!(here.ids(SOON).len(), 1, "the same gateway");
    assert_eq!(elsewhere.ids(SOON), Vec::<String>::new(), "another one");
    assert_eq!(outbox(&mut there)?, before + 1);
    Ok(())
}

/// What a stream says last: the mail that leaves meanwhile is told before.
fn end_of(stream: &Stream) -> Option<Heard> {
    let begun = Instant::now();
    loop {
        match stream.next(SECONDS.checked_sub(begun.elapsed())?) {
            Some(Heard::Next(_)) => {}
            other => return other,
        }
    }
}

/// Signed out, or without the mandate: within seconds nothing more is told.
pub fn a_stream_ends_with_its_session_and_with_its_mandate() -> Result<()> {
    let Some((_house, mut people)) = lay(Engine::Sqlite, "live-ends")? else {
        return Ok(());
    };
    let signed_out = Stream::open(&people.reunion, "staff", "Changed", &topics(&["MESSAGES"]))?;
    let revoked = Stream::open(&people.dijon, "staff", "Changed", &topics(&["MESSAGES"]))?;
    people
        .reunion
        .post("/auth/sign-out", &json!({}))?
        .expect(200)?;
    let begun = Instant::now();
    assert_eq!(end_of(&signed_out), Some(Heard::Complete));
    println!(
        "a stream whose session is over ended after {:?}",
        begun.elapsed()
    );
    let again = Stream::open(&people.reunion, "staff", "Changed", &topics(&["MESSAGES"]));
    ensure!(again.is_err_and(|error| error.to_string().starts_with("401")));

    let accounts = people
        .admin
        .staff("Accounts", &json!({"search": "dec07"}))?;
    let mandate = &accounts["accounts"]["edges"][0]["node"]["mandates"][0]["id"];
    people
        .admin
        .must("RevokeMandate", &json!({"mandate": mandate}))?;
    let begun = Instant::now();
    assert_eq!(end_of(&revoked), Some(Heard::Complete));
    println!(
        "a stream whose mandate was taken back ended after {:?}",
        begun.elapsed()
    );
    Ok(())
}

/// A gateway that is asked to end does so at once, and tells its streams.
pub fn a_house_that_closes_waits_for_no_stream() -> Result<()> {
    let Some((house, people)) = lay(Engine::Sqlite, "live-closes")? else {
        return Ok(());
    };
    let gateway = house.gateway("gateway-b", &[])?;
    let stream = Stream::open(
        &people.dijon.at(gateway.port()),
        "staff",
        "Changed",
        &topics(&["MESSAGES"]),
    )?;
    let took = gateway.terminate()?;
    println!("a gateway with an open stream ended in {took:?}");
    ensure!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(stream.next(SOON), Some(Heard::Complete));
    Ok(())
}
