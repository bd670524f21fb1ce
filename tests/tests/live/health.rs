//! How the mail service is, for people and for machines.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use delos_tests::house::{Engine, port};
use delos_tests::http::Visitor;
use serde_json::{Value, json};

use super::people::{authority, invite, lay};

fn service(visitor: &mut Visitor) -> Result<Value> {
    let mut data = visitor.staff("MailService", &json!({}))?;
    Ok(data["mailService"].take())
}

/// It works; then it is gone, with nothing to do; then with something to do, and its officer is told too.
pub fn the_mail_service_is_told_in_one_word(engine: Engine) -> Result<()> {
    let Some((mut house, mut people)) = lay(engine, "live-health")? else {
        return Ok(());
    };
    let begun = Instant::now();
    let seen = loop {
        let seen = service(&mut people.admin)?;
        // What it counted is told by its next beat.
        if seen["workers"][0]["sent"].as_i64() >= Some(2) {
            break seen;
        }
        ensure!(begun.elapsed() < Duration::from_secs(40), "{seen}");
        std::thread::sleep(Duration::from_millis(500));
    };
    assert_eq!(seen["health"], "WORKING", "{seen}");
    assert_eq!(seen["workers"][0]["alive"], true);
    assert_eq!(seen["counts"]["sent"], 2);
    assert_eq!(seen["sentLately"], 2);
    assert_eq!((&seen["due"], &seen["late"]), (&json!(0), &json!(0)));
    assert_eq!(seen["authorities"].as_array().map(Vec::len), Some(2));
    let own = service(&mut people.dijon)?;
    assert_eq!(own["authorities"].as_array().map(Vec::len), Some(1));
    assert_eq!(own["counts"]["sent"], 1);

    house.reopen(&["--no-worker"], &[])?;
    // Killed, it said nothing; that was long ago.
    house.write("update worker set seen_at = '2026-01-01 00:00:00+00:00'")?;
    assert_eq!(service(&mut people.admin)?["health"], "ABSENT");
    let dijon = authority(&mut people.admin, "07")?;
    invite(&mut people.admin, &dijon, "un@academie.example")?;
    let seen = service(&mut people.dijon)?;
    assert_eq!(seen["health"], "STOPPED", "{seen}");
    assert_eq!(seen["due"], 1);
    ensure!(seen["oldestDue"].is_string(), "{seen}");
    // Another authority has nothing that waits.
    assert_eq!(service(&mut people.reunion)?["health"], "ABSENT");

    let worker = house.worker("worker", &[])?;
    let begun = Instant::now();
    while service(&mut people.dijon)?["health"] != "WORKING" {
        ensure!(
            begun.elapsed() < Duration::from_secs(30),
            "it does not resume"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
    worker.terminate()?;
    let seen = service(&mut people.admin)?;
    assert_eq!(seen["health"], "ABSENT", "{seen}");
    ensure!(seen["workers"][0]["stoppedAt"].is_string(), "{seen}");
    Ok(())
}

/// On an address of their own, and only where one is given.
pub fn machines_read_the_house_in_numbers_elsewhere_than_people() -> Result<()> {
    let Some((house, people)) = lay(Engine::Sqlite, "live-numbers")? else {
        return Ok(());
    };
    let numbers = port()?;
    let listen = format!("127.0.0.1:{numbers}");
    let gateway = house.gateway("gateway-b", &[("DELOS_METRICS__LISTEN", &listen)])?;
    let mut there = people.dijon.at(gateway.port());
    there.staff("Messages", &json!({}))?;
    let text = String::from_utf8(Visitor::new(numbers).get("/metrics")?.expect(200)?.body)?;
    let value = |name: &str| -> Result<f64> {
        let line = text.lines().find(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(' '))
        });
        let word = line.and_then(|line| line.rsplit(' ').next());
        Ok(word
            .with_context(|| format!("no {name} in\n{text}"))?
            .parse()?)
    };
    ensure!((value("delos_workers_alive")? - 1.0).abs() < 0.1);
    ensure!((value("delos_outbox_messages{state=\"sent\"}")? - 2.0).abs() < 0.1);
    ensure!(value("delos_outbox_oldest_due_seconds")? < 60.0);
    let asked = "delos_http_requests_total{route=\"/graphql/staff\",status=\"2xx\"}";
    ensure!((value(asked)? - 1.0).abs() < 0.1);
    ensure!(text.contains("delos_claim_wait_seconds_bucket{") && text.contains("le=\"+Inf\""));
    for secret in ["@", "Dijon", "Examens", "academie"] {
        ensure!(!text.contains(secret), "{secret} in\n{text}");
    }
    // Whatever people's address answers to that path, it is none of it; and nothing else is answered there.
    for port in [gateway.port(), people.dijon.port()] {
        let answer = Visitor::new(port).get("/metrics")?;
        ensure!(!String::from_utf8_lossy(&answer.body).contains("delos_"));
    }
    for path in ["/", "/readyz", "/graphql/staff"] {
        assert_eq!(Visitor::new(numbers).get(path)?.status, 404, "{path}");
    }
    Ok(())
}
