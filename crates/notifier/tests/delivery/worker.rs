//! The loop: who sends what, once, and when.

use std::time::Duration;

use delos_application::delivery::{self, Verdict};
use delos_documents::examples;
use delos_documents::mail::Payload;
use delos_domain::delivery::Pace;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::house::{House, settings};
use crate::relay::{Scripted, Turn};

#[tokio::test]
async fn an_overtaken_revision_does_not_leave() {
    let house = House::new().await;
    let payload = Payload::CandidateConvocation(Box::new(examples::candidate()));
    let series = Some(Uuid::from_u128(42));
    let old = house
        .put_with(&payload, |message| message.series = series)
        .await;
    let new = house
        .put_with(&payload, |message| {
            message.series = series;
            message.revision = 2;
        })
        .await;
    let relay = Scripted::start(&[Turn::Take]);
    let worker = house.worker(relay.relay());
    worker.deliver_due().await;
    assert_eq!(house.state(old).await.status, "cancelled");
    assert_eq!(house.state(new).await.status, "sent");
    let taken = relay.taken();
    assert_eq!(taken.len(), 1);
    assert!(String::from_utf8_lossy(&taken[0]).contains(&format!("<{new}@delos.example>")));
    assert_eq!(worker.counters().counts().withheld, 1);
}

#[tokio::test]
async fn a_message_withdrawn_between_claim_and_dot_does_not_leave() {
    let house = House::new().await;
    house.put(&House::invitation()).await;
    let claimed = delivery::claim(
        &house.context,
        Uuid::from_u128(5),
        1,
        chrono::Duration::minutes(1),
        &Pace::default(),
    )
    .await
    .unwrap();
    house
        .set("update outbox_message set status = 'cancelled'")
        .await;
    assert!(
        !delivery::may_leave(
            &house.context,
            &claimed[0],
            "hash",
            chrono::Duration::minutes(1)
        )
        .await
        .unwrap()
    );
}

#[tokio::test]
async fn a_message_of_a_dead_worker_is_taken_again_and_flagged_only_past_the_dot() {
    let house = House::new().await;
    let (before, past) = (
        house.put(&House::invitation()).await,
        house.put(&House::invitation()).await,
    );
    let dead = Uuid::from_u128(5);
    let claimed = delivery::claim(
        &house.context,
        dead,
        2,
        chrono::Duration::minutes(1),
        &Pace::default(),
    )
    .await
    .unwrap();
    let mine = claimed.iter().find(|one| one.id == past).unwrap();
    // The dead worker's bytes were the same.
    assert!(
        delivery::may_leave(
            &house.context,
            mine,
            &hash_of(&house, past).await,
            chrono::Duration::minutes(10)
        )
        .await
        .unwrap()
    );

    let worker = house.worker(house.folder_relay());
    worker.deliver_due().await;
    assert_eq!(
        (
            house.state(before).await.status.as_str(),
            house.state(past).await.status.as_str()
        ),
        ("sending", "sending"),
        "the leases hold"
    );
    house.clock.forward(chrono::Duration::minutes(2));
    worker.deliver_due().await;
    assert_eq!(
        (
            house.state(before).await.status.as_str(),
            house.state(past).await.status.as_str()
        ),
        ("sent", "sending")
    );
    house.clock.forward(chrono::Duration::minutes(10));
    worker.deliver_due().await;
    let (before, past) = (house.state(before).await, house.state(past).await);
    assert_eq!((before.status.as_str(), before.ambiguous), ("sent", false));
    assert_eq!((past.status.as_str(), past.ambiguous), ("sent", true));

    // The dead worker comes back to life: its word no longer counts.
    delivery::conclude(&house.context, mine, &Verdict::GiveUp("late".to_owned()))
        .await
        .unwrap();
    assert!(
        !delivery::may_leave(&house.context, mine, "hash", chrono::Duration::minutes(1))
            .await
            .unwrap()
    );
}

/// The hash of a message's bytes, by delivering its twin in another house.
async fn hash_of(house: &House, id: delos_domain::ids::MessageId) -> String {
    let twin = House::new().await;
    twin.put_with(&House::invitation(), |message| {
        message.id = id;
        message.created_at = delos_application::Clock::now(&*house.clock);
    })
    .await;
    twin.worker(twin.folder_relay()).deliver_due().await;
    twin.text("select first_hash from outbox_message").await
}

#[tokio::test]
async fn a_hundred_messages_leave_once_each_over_four_lines() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Take]);
    for _ in 0..100 {
        house.put(&House::invitation()).await;
    }
    let worker = house.worker(relay.relay());
    worker.deliver_due().await;
    assert_eq!(worker.counters().counts().sent, 100);
    let ids: std::collections::BTreeSet<String> = relay
        .taken()
        .iter()
        .map(|mail| {
            String::from_utf8_lossy(mail)
                .lines()
                .find(|line| line.starts_with("Message-ID"))
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!((relay.taken().len(), ids.len()), (100, 100));
    assert!(
        relay.connections() <= 4,
        "{} connections",
        relay.connections()
    );
}

#[tokio::test]
async fn a_line_that_the_relay_closed_meanwhile_says_nothing_of_the_next_message() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::TakeAndClose]);
    let ids = [
        house.put(&House::invitation()).await,
        house.put(&House::invitation()).await,
        house.put(&House::invitation()).await,
    ];
    let mut settings = settings();
    settings.connections = 1;
    delos_notifier::Worker::new(house.context.clone(), relay.relay(), settings)
        .deliver_due()
        .await;
    for id in ids {
        let state = house.state(id).await;
        assert_eq!(
            (state.status.as_str(), state.attempt),
            ("sent", 1),
            "{state:?}"
        );
    }
    assert_eq!(relay.connections(), 3);
}

#[tokio::test]
async fn after_a_refusal_the_line_carries_the_next_message() {
    let house = House::new().await;
    let relay = Scripted::start(&[
        Turn::Rcpt("550 5.1.1 Nobody"),
        Turn::Dot("554 5.7.1 No"),
        Turn::Take,
    ]);
    for _ in 0..3 {
        house.put(&House::invitation()).await;
    }
    let mut settings = settings();
    settings.connections = 1;
    let worker = delos_notifier::Worker::new(house.context.clone(), relay.relay(), settings);
    worker.deliver_due().await;
    let counts = worker.counters().counts();
    assert_eq!((counts.failed, counts.sent, relay.connections()), (2, 1, 1));
}

#[tokio::test]
async fn the_loop_hears_the_bell_and_stops_when_told() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Slow(3)]);
    let worker = house.worker(relay.relay());
    let counters = worker.counters();
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker.run(stop.clone()));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let id = house.put(&House::invitation()).await;
    house.context.signals.ring().await;
    // In hand by then, not finished: the relay is slow.
    tokio::time::sleep(Duration::from_millis(400)).await;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(20), running)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(house.state(id).await.status, "sent");
    assert_eq!(counters.counts().sent, 1);
}

#[tokio::test]
async fn a_stop_gives_back_what_was_not_begun() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Slow(10)]);
    for _ in 0..12 {
        house.put(&House::invitation()).await;
    }
    let mut settings = settings();
    settings.connections = 2;
    let worker = delos_notifier::Worker::new(house.context.clone(), relay.relay(), settings);
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker.run(stop.clone()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(30), running)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        house
            .text("select count(*) || '' from outbox_message where status = 'sending'")
            .await,
        "0"
    );
    assert_eq!(
        house
            .text("select count(*) || '' from outbox_message where status = 'sent'")
            .await,
        relay.taken().len().to_string()
    );
    assert_ne!(
        house
            .text("select count(*) || '' from outbox_message where status = 'ready'")
            .await,
        "0"
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_tried_again() {
    let house = House::new().await;
    let blocked = house.folder.path().join("a-file");
    std::fs::write(&blocked, "not a folder").unwrap();
    let id = house.put(&House::invitation()).await;
    house
        .worker(delos_notifier::Relay::Folder(blocked.join("mail")))
        .deliver_due()
        .await;
    let state = house.state(id).await;
    assert_eq!(
        (state.status.as_str(), state.past_dot, state.ambiguous),
        ("ready", false, false),
        "{state:?}"
    );
    assert!(state.error.starts_with("folder: "), "{state:?}");
}
