//! The table of outcomes.

use std::time::Duration;

use delos_notifier::{Relay, Worker};

use crate::house::{House, State, settings};
use crate::relay::{Cipher, Scripted, Turn, certificate};

/// Offers one message to a relay that does this, and tells how its row ends.
async fn ends(turn: Turn) -> (State, Scripted) {
    let house = House::new().await;
    let relay = Scripted::start(&[turn]);
    let message = match turn {
        Turn::CutInData(_) => house.put(&House::enormous()).await,
        _ => house.put(&House::invitation()).await,
    };
    let mut settings = settings();
    settings.command_timeout = Duration::from_secs(2);
    settings.dot_timeout = Duration::from_secs(if matches!(turn, Turn::CutInData(_)) {
        30
    } else {
        2
    });
    Worker::new(house.context.clone(), relay.relay(), settings)
        .deliver_due()
        .await;
    (house.state(message).await, relay)
}

fn retried(state: &State, cause: &str) {
    assert_eq!(
        (
            state.status.as_str(),
            state.past_dot,
            state.ambiguous,
            state.attempt
        ),
        ("ready", false, false, 1),
        "{state:?}"
    );
    assert!(state.error.contains(cause), "{state:?}");
}

fn given_up(state: &State, cause: &str) {
    assert_eq!(
        (
            state.status.as_str(),
            state.past_dot,
            state.ambiguous,
            state.attempt
        ),
        ("failed", false, false, 1),
        "{state:?}"
    );
    assert!(state.error.contains(cause), "{state:?}");
}

fn doubtful(state: &State, cause: &str) {
    assert_eq!(
        (
            state.status.as_str(),
            state.past_dot,
            state.ambiguous,
            state.attempt
        ),
        ("ready", false, true, 1),
        "{state:?}"
    );
    assert!(state.error.contains(cause), "{state:?}");
}

#[tokio::test]
async fn an_accepted_message_is_sent_under_the_relay_s_queue_id() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Take]);
    let message = house.put(&House::invitation()).await;
    let worker = house.worker(relay.relay());
    worker.deliver_due().await;
    assert_eq!(house.state(message).await.status, "sent");
    assert_eq!(
        house.text("select relay_id from outbox_message").await,
        "Q42"
    );
    assert_eq!(relay.taken().len(), 1);
    assert_eq!(worker.counters().counts().sent, 1);
}

#[tokio::test]
async fn a_relay_that_cannot_take_it_now_is_tried_again() {
    for (turn, cause) in [
        (Turn::Greet("421 4.3.2 Closing"), "421"),
        (Turn::Greet("554 5.3.2 No service here"), "554"),
        (Turn::Greet("not a greeting"), "greeting"),
        (Turn::Mail("451 4.3.0 Later"), "MAIL: 451"),
        (Turn::Mail("530 5.7.0 Authenticate first"), "MAIL: 530"),
        (
            Turn::Rcpt("450 4.2.0 Greylisted"),
            "RCPT: 450 4.2.0 Greylisted",
        ),
        (Turn::Rcpt("452 4.2.2 Full"), "RCPT: 452"),
        (Turn::Rcpt("421 4.7.0 Too fast"), "RCPT: 421"),
        (Turn::Silent(""), "greeting: no answer in time"),
        (Turn::Silent("EHLO"), "greeting: no answer in time"),
        (Turn::Silent("MAIL"), "MAIL: no answer in time"),
        (Turn::Silent("RCPT"), "RCPT: no answer in time"),
        (Turn::Silent("DATA"), "DATA: no answer in time"),
        (Turn::Mail("blah"), "MAIL: "),
        (Turn::Rcpt("blah"), "RCPT: "),
        (Turn::Data("blah"), "DATA: "),
        (Turn::Mail("450 4.7.1 Later"), "MAIL: 450"),
        (Turn::Mail("421 4.3.2 Closing"), "MAIL: 421"),
        (Turn::Data("421 4.3.2 Closing"), "DATA: 421"),
        (Turn::Dot("421 4.3.2 Closing"), "dot: 421"),
        (Turn::Dot("450 4.7.1 Later"), "dot: 450"),
        (Turn::Data("530 5.7.0 Authenticate first"), "DATA: 530"),
        (Turn::Rcpt("538 5.7.11 Encrypt first"), "RCPT: 538"),
        (Turn::Data("451 4.3.0 Later"), "DATA: 451"),
        (Turn::Data("250 out of step"), "out of step"),
        (Turn::Dot("451 4.3.0 Later"), "dot: 451"),
        (Turn::Dot("452 4.3.1 No room"), "dot: 452"),
    ] {
        let (state, _) = ends(turn).await;
        retried(&state, cause);
    }
}

#[tokio::test]
async fn a_relay_that_will_never_take_it_hands_it_to_a_person() {
    for (turn, cause) in [
        (Turn::Mail("552 5.3.4 Too big"), "MAIL: 552"),
        (Turn::Mail("550 5.7.1 Not from you"), "MAIL: 550"),
        (Turn::Mail("554 5.7.1 Blocked"), "MAIL: 554"),
        (Turn::Rcpt("551 5.1.6 Moved"), "RCPT: 551"),
        (Turn::Rcpt("552 5.2.2 Mailbox full"), "RCPT: 552"),
        (Turn::Rcpt("554 5.7.1 Blocked"), "RCPT: 554"),
        (Turn::Data("550 5.7.1 Refused"), "DATA: 550"),
        (
            Turn::Rcpt("550 5.1.1 Nobody of this name"),
            "RCPT: 550 5.1.1 Nobody of this name",
        ),
        (Turn::Data("554 5.7.1 Refused"), "DATA: 554"),
        (Turn::Dot("550 5.7.1 Refused"), "dot: 550"),
        (Turn::Dot("552 5.3.4 Too big"), "dot: 552"),
        (Turn::Dot("554 5.7.1 Refused"), "dot: 554"),
    ] {
        let (state, _) = ends(turn).await;
        given_up(&state, cause);
    }
}

/// Our account or our settings are wrong, never the message: it waits until they are right.
#[tokio::test]
async fn a_relay_that_refuses_our_account_is_tried_again() {
    for (turn, cause) in [
        (Turn::Auth("535 5.7.8 Bad password"), "AUTH: 535"),
        (Turn::Auth("454 4.7.0 Later"), "AUTH: 454"),
        (Turn::Auth("blah"), "AUTH: "),
        (Turn::Take, "STARTTLS: not offered"),
    ] {
        let house = House::new().await;
        let relay = Scripted::encrypting(
            &[turn],
            if matches!(turn, Turn::Take) {
                Cipher::None
            } else {
                Cipher::Wrapped
            },
        );
        let message = house.put(&House::invitation()).await;
        let mut settings = settings();
        settings.roots = vec![certificate().cert.der().clone()];
        settings.credentials = Some(("delos".to_owned(), "secret".to_owned()));
        let scheme = if matches!(turn, Turn::Take) {
            "smtp"
        } else {
            "smtps"
        };
        let address = Relay::from_setting(&format!("{scheme}://localhost:{}", relay.port)).unwrap();
        Worker::new(house.context.clone(), address, settings)
            .deliver_due()
            .await;
        retried(&house.state(message).await, cause);
    }
}

/// Whatever a relay does, a hand is free again within the limits of time, all in all: those before the dot, and that of
/// the dot.
#[tokio::test]
async fn no_relay_holds_a_hand_longer_than_the_limits() {
    let cases = [
        Turn::Silent(""),
        Turn::Silent("EHLO"),
        Turn::Silent("MAIL"),
        Turn::Silent("RCPT"),
        Turn::Silent("DATA"),
        Turn::SilentAfterDot,
        // A byte a second: every answer takes longer than any limit.
        Turn::Slow(1_000),
    ];
    let held = cases.map(|turn| {
        tokio::spawn(async move {
            let house = House::new().await;
            let relay = Scripted::start(&[turn]);
            let message = house.put(&House::invitation()).await;
            let mut settings = settings();
            settings.connect_timeout = Duration::from_secs(1);
            settings.command_timeout = Duration::from_secs(2);
            settings.dot_timeout = Duration::from_secs(2);
            let before = std::time::Instant::now();
            Worker::new(house.context.clone(), relay.relay(), settings)
                .deliver_due()
                .await;
            let state = house.state(message).await;
            assert_eq!(
                (state.status.as_str(), state.ambiguous),
                ("ready", matches!(turn, Turn::SilentAfterDot)),
                "{turn:?} {state:?}"
            );
            // 1 + 2 before the dot, 2 for it, 2 for the goodbye; the rest is the machine's.
            assert!(before.elapsed() < Duration::from_secs(15), "{turn:?}");
        })
    });
    for one in held {
        one.await.unwrap();
    }
}

#[tokio::test]
async fn a_line_cut_before_the_dot_is_no_doubt() {
    let (state, relay) = ends(Turn::CutInData(10_000)).await;
    retried(&state, "dot: ");
    assert!(relay.taken().is_empty());
}

#[tokio::test]
async fn what_is_not_answered_after_the_dot_is_a_doubt() {
    for (turn, cause) in [
        (Turn::CutAfterDot, "dot: "),
        (Turn::SilentAfterDot, "dot: no answer in time"),
        (Turn::Dot("blah"), "dot: "),
        (Turn::Dot("354 out of step"), "out of step"),
    ] {
        let (state, relay) = ends(turn).await;
        doubtful(&state, cause);
        assert_eq!(relay.taken().len(), 1, "{turn:?}");
    }
}

#[tokio::test]
async fn a_slow_relay_is_waited_for() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Slow(2)]);
    let message = house.put(&House::invitation()).await;
    house.worker(relay.relay()).deliver_due().await;
    assert_eq!(house.state(message).await.status, "sent");
}

#[tokio::test]
async fn a_relay_slower_than_the_lease_does_not_hold_the_worker() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Slow(150)]);
    let message = house.put(&House::invitation()).await;
    let mut settings = settings();
    settings.connect_timeout = Duration::from_millis(500);
    settings.command_timeout = Duration::from_millis(500);
    let before = std::time::Instant::now();
    Worker::new(house.context.clone(), relay.relay(), settings)
        .deliver_due()
        .await;
    assert!(before.elapsed() < Duration::from_secs(10));
    retried(&house.state(message).await, "no answer in time");
}

#[tokio::test]
async fn a_relay_that_is_not_there_is_tried_again() {
    let house = House::new().await;
    let message = house.put(&House::invitation()).await;
    // Bound, then free again: nothing listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    house
        .worker(Relay::from_setting(&format!("smtp://127.0.0.1:{port}")).unwrap())
        .deliver_due()
        .await;
    retried(&house.state(message).await, "connection: ");
}

#[tokio::test]
async fn a_doubtful_message_leaves_again_with_the_same_bytes_and_stays_flagged() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::CutAfterDot, Turn::Rcpt("450 4.2.0 Later"), Turn::Take]);
    let message = house.put(&House::invitation()).await;
    for _ in 0..3 {
        house.worker(relay.relay()).deliver_due().await;
        house.clock.forward(chrono::Duration::minutes(11));
    }
    let state = house.state(message).await;
    assert_eq!(
        (state.status.as_str(), state.ambiguous, state.attempt),
        ("sent", true, 3)
    );
    let taken = relay.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0], taken[1]);
    assert!(
        String::from_utf8(taken[0].clone())
            .unwrap()
            .contains(&format!("Message-ID: <{message}@delos.example>"))
    );
}

#[tokio::test]
async fn tries_follow_the_curve_and_end_in_a_person_s_hands() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Rcpt("450 4.2.0 Greylisted")]);
    // An access code: its payload has no date, so two hours of trying.
    let code =
        delos_documents::mail::Payload::CandidateCode(delos_documents::mail::CandidateCode {
            name: "Maël Noël".to_owned(),
            number: "2210005814".to_owned(),
            exam_code: "E5".to_owned(),
            authority: "Rectorat de Dijon".to_owned(),
            code: "ABCDE-FGH23".to_owned(),
            link: "https://delos.example".to_owned(),
            words: delos_documents::convocation::Words::default(),
        });
    let message = house.put(&code).await;
    let worker = house.worker(relay.relay());
    let mut waits = Vec::new();
    while house.state(message).await.status == "ready" {
        let sql = "select cast(round((julianday(not_before) - julianday(first_tried_at)) * 1440) as integer) || '' from outbox_message";
        worker.deliver_due().await;
        if house.state(message).await.status == "ready" {
            waits.push(house.text(sql).await.parse::<i64>().unwrap());
        }
        house.clock.forward(chrono::Duration::minutes(1));
    }
    // 5, then 10, 20 and 40 minutes after the try before (which begins within a minute); the last as the two hours end.
    assert_eq!(
        waits
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        5,
        "{waits:?}"
    );
    let state = house.state(message).await;
    assert_eq!((state.status.as_str(), state.attempt), ("failed", 6));
    assert!(
        state.error.contains("too late for another try: RCPT: 450"),
        "{state:?}"
    );
}
