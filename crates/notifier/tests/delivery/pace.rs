//! Limits of domains, quiet hours, pause of the queue: as the loop keeps them.

use chrono::{Duration, TimeZone as _, Utc};
use delos_application::delivery;
use delos_domain::delivery::{PausePolicy, QuietHours, Rates};
use delos_notifier::{Worker, WorkerSettings};

use crate::house::{House, settings};
use crate::relay::{Scripted, Turn};

/// One line at a time, so that turns and messages go together.
fn alone() -> WorkerSettings {
    WorkerSettings {
        connections: 1,
        ..settings()
    }
}

async fn count(house: &House, status: &str) -> u32 {
    let sql = format!("select count(*) || '' from outbox_message where status = '{status}'");
    house.text(&sql).await.parse().unwrap()
}

#[tokio::test]
async fn a_domain_receives_its_share_and_holds_nobody_up() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Take]);
    for number in 0..15 {
        house
            .put_with(&House::invitation(), |message| {
                message.address = Some(format!("p{number}@slow.example"));
            })
            .await;
    }
    let other = house.put(&House::invitation()).await;
    let mut settings = settings();
    settings.pace.rates = Rates::parse(0, "slow.example=60").unwrap();
    let worker = Worker::new(house.context.clone(), relay.relay(), settings);
    worker.deliver_due().await;
    assert_eq!(house.state(other).await.status, "sent");
    assert_eq!(relay.taken().len(), 11, "ten seconds' worth, and the other");
    house.clock.forward(Duration::seconds(2));
    worker.deliver_due().await;
    assert_eq!(relay.taken().len(), 13);
    house.clock.forward(Duration::minutes(1));
    worker.deliver_due().await;
    assert_eq!(count(&house, "sent").await, 16);
    // Held back is not tried: nothing looks failed.
    assert_eq!(
        house
            .text("select count(*) || '' from outbox_message where attempt > 1 or last_error is not null")
            .await,
        "0"
    );
}

#[tokio::test]
async fn a_relay_that_refuses_makes_the_queue_pause_and_one_message_lifts_it() {
    let house = House::new().await;
    // 20 refusals; then the probe is refused too; then it is taken.
    let mut turns = vec![Turn::Dot("554 5.7.1 Listed"); 21];
    turns.push(Turn::Take);
    let relay = Scripted::start(&turns);
    for _ in 0..40 {
        house.put(&House::invitation()).await;
    }
    let worker = Worker::new(house.context.clone(), relay.relay(), alone());
    worker.deliver_due().await;
    assert_eq!(count(&house, "failed").await, 20);
    assert_eq!(
        count(&house, "ready").await,
        20,
        "the rest is kept from harm"
    );
    assert_eq!(count(&house, "sending").await, 0, "nothing is held");
    assert_eq!(worker.counters().counts().paused, 1);
    let pause =
        "select share || ' ' || tries || ' ' || cause from mail_pause where ended_at is null";
    assert_eq!(house.text(pause).await, "1000 20 dot: 554 5.7.1");

    house.clock.forward(Duration::minutes(9));
    worker.deliver_due().await;
    assert_eq!(relay.taken().len(), 20, "not yet");
    house.clock.forward(Duration::minutes(1));
    worker.deliver_due().await;
    assert_eq!(relay.taken().len(), 21, "one message tells");
    house.clock.forward(Duration::minutes(19));
    worker.deliver_due().await;
    assert_eq!(relay.taken().len(), 21, "twice as long");
    house.clock.forward(Duration::minutes(1));
    worker.deliver_due().await;
    assert_eq!(count(&house, "sent").await, 19, "and the queue goes on");
    assert_eq!(count(&house, "ready").await, 0);
    assert_eq!(
        house
            .text("select count(*) || '' from mail_pause where ended_at is null")
            .await,
        "0"
    );
}

#[tokio::test]
async fn wrong_addresses_do_not_make_the_queue_pause_until_half_of_them_are() {
    for (wrong, pauses) in [(10, false), (20, true)] {
        let house = House::new().await;
        let mut turns = vec![Turn::Rcpt("550 5.1.1 No such user"); wrong];
        // What is left is taken.
        turns.push(Turn::Take);
        let relay = Scripted::start(&turns);
        for _ in 0..30 {
            house.put(&House::invitation()).await;
        }
        let worker = Worker::new(house.context.clone(), relay.relay(), alone());
        worker.deliver_due().await;
        assert_eq!(worker.counters().counts().paused > 0, pauses, "{wrong}");
    }
}

#[tokio::test]
async fn a_pause_can_be_switched_off() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Dot("554 5.7.1 Listed")]);
    for _ in 0..40 {
        house.put(&House::invitation()).await;
    }
    let mut settings = alone();
    settings.pace.pause = PausePolicy {
        share: 1000,
        ..PausePolicy::default()
    };
    Worker::new(house.context.clone(), relay.relay(), settings)
        .deliver_due()
        .await;
    assert_eq!(count(&house, "failed").await, 40);
}

#[tokio::test]
async fn the_night_holds_what_can_wait_and_nothing_else() {
    let house = House::new().await;
    // 22:30 in Paris.
    house
        .clock
        .set(Utc.with_ymd_and_hms(2027, 3, 8, 21, 30, 0).unwrap());
    let now = house.context.now();
    let relay = Scripted::start(&[Turn::Take]);
    let far = house
        .put_with(&House::invitation(), |message| {
            message.sitting_at = Some(now + Duration::days(20));
        })
        .await;
    let near = house
        .put_with(&House::invitation(), |message| {
            message.sitting_at = Some(now + Duration::hours(30));
        })
        .await;
    let code = house
        .put_with(&House::invitation(), |message| message.priority = 0)
        .await;
    let mut settings = settings();
    settings.pace.quiet = Some(QuietHours::parse("21:00-07:00", chrono_tz::Europe::Paris).unwrap());
    let pace = settings.pace.clone();
    let worker = Worker::new(house.context.clone(), relay.relay(), settings);
    worker.deliver_due().await;
    assert_eq!(house.state(near).await.status, "sent");
    assert_eq!(house.state(code).await.status, "sent");
    assert_eq!(house.state(far).await.status, "ready");
    assert_eq!(
        delivery::next_due(&house.context, &pace).await.unwrap(),
        Some(Utc.with_ymd_and_hms(2027, 3, 9, 6, 0, 0).unwrap())
    );
    house
        .clock
        .set(Utc.with_ymd_and_hms(2027, 3, 9, 5, 59, 59).unwrap());
    worker.deliver_due().await;
    assert_eq!(house.state(far).await.status, "ready");
    house.clock.forward(Duration::seconds(1));
    worker.deliver_due().await;
    assert_eq!(house.state(far).await.status, "sent");
}

#[tokio::test]
async fn a_failed_try_about_a_near_sitting_is_told_at_once() {
    let house = House::new().await;
    let now = house.context.now();
    let relay = Scripted::start(&[Turn::Rcpt("450 4.2.0 Greylisted")]);
    for hours in [50, 500] {
        house
            .put_with(&House::invitation(), |message| {
                message.sitting_at = Some(now + Duration::hours(hours));
            })
            .await;
    }
    let worker = house.worker(relay.relay());
    worker.deliver_due().await;
    let counts = worker.counters().counts();
    assert_eq!((counts.retried, counts.pressing), (2, 1));
}
