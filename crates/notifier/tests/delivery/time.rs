//! The clock: jumps, a 29 February, both nights of change. No lease lives for ever; nothing is lost, nothing early.

use chrono::{DateTime, Duration, Utc};
use delos_application::{Clock as _, delivery};
use delos_domain::delivery::{Pace, QuietHours};
use delos_notifier::Worker;
use uuid::Uuid;

use crate::house::{House, settings};
use crate::relay::{Scripted, Turn};

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Instants around which a clock is not to be trusted.
const NIGHTS: [&str; 4] = [
    "2027-03-28T00:58:00Z",
    "2027-10-31T00:58:00Z",
    "2028-02-28T23:58:00Z",
    "2027-12-31T22:58:00Z",
];

/// The clock jumps while a worker holds a message, before or past its dot, and the worker is dead: the message leaves,
/// flagged where it must be, within a quarter of an hour of the right clock or of the jump.
#[tokio::test]
async fn a_lease_outlives_no_jump_of_the_clock() {
    for begin in NIGHTS {
        for jump in [
            Duration::hours(1),
            Duration::hours(-1),
            Duration::days(1),
            Duration::days(-1),
            Duration::days(-29),
        ] {
            for past in [false, true] {
                let house = House::new().await;
                house.clock.set(utc(begin));
                let id = house.put(&House::invitation()).await;
                let lease = Duration::minutes(11);
                let claimed = delivery::claim(
                    &house.context,
                    Uuid::from_u128(5),
                    1,
                    lease,
                    &Pace::default(),
                )
                .await
                .unwrap();
                if past {
                    let hash = hash_of(&house, id).await;
                    assert!(
                        delivery::may_leave(&house.context, &claimed[0], &hash, lease)
                            .await
                            .unwrap()
                    );
                }
                house.clock.forward(jump);
                let relay = Scripted::start(&[Turn::Take]);
                let worker = house.worker(relay.relay());
                // An hour back is an hour of patience more, and a day back none.
                let back = if jump < Duration::zero() && jump > Duration::hours(-2) {
                    -jump
                } else {
                    Duration::zero()
                };
                for _ in 0..=(back + Duration::minutes(15)).num_minutes() {
                    worker.deliver_due().await;
                    house.clock.forward(Duration::minutes(1));
                }
                let state = house.state(id).await;
                assert_eq!(
                    (state.status.as_str(), state.ambiguous),
                    ("sent", past),
                    "{begin} {jump} {state:?}"
                );
                assert_eq!(relay.taken().len(), 1, "{begin} {jump}");
            }
        }
    }
}

/// The hash of a message's bytes, by delivering its twin in another house.
async fn hash_of(house: &House, id: delos_domain::ids::MessageId) -> String {
    let twin = House::new().await;
    twin.put_with(&House::invitation(), |message| {
        message.id = id;
        message.created_at = house.clock.now();
    })
    .await;
    twin.clock.set(house.clock.now());
    twin.worker(twin.folder_relay()).deliver_due().await;
    twin.text("select first_hash from outbox_message").await
}

/// A try put off by a clock that was a day ahead is made by the right one.
#[tokio::test]
async fn what_a_wrong_clock_put_off_is_tried_by_the_right_one() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Rcpt("450 4.2.0 Later"), Turn::Take]);
    let id = house.put(&House::invitation()).await;
    let worker = house.worker(relay.relay());
    house.clock.forward(Duration::days(1));
    worker.deliver_due().await;
    assert_eq!(house.state(id).await.status, "ready");
    house.clock.forward(Duration::days(-1));
    worker.deliver_due().await;
    assert_eq!(house.state(id).await.status, "sent");
}

/// What is not to leave before an instant does not, however the clock gets there.
#[tokio::test]
async fn nothing_leaves_before_its_time() {
    for begin in NIGHTS {
        let house = House::new().await;
        house.clock.set(utc(begin));
        let relay = Scripted::start(&[Turn::Take]);
        let at = utc(begin) + Duration::hours(30);
        let id = house
            .put_with(&House::invitation(), |message| message.not_before = at)
            .await;
        let worker = house.worker(relay.relay());
        for step in [
            Duration::hours(1),
            Duration::hours(-1),
            Duration::hours(29),
            Duration::days(-1),
            Duration::days(1),
            Duration::minutes(59),
        ] {
            house.clock.forward(step);
            worker.deliver_due().await;
            assert!(relay.taken().is_empty(), "{begin}");
        }
        house.clock.set(at);
        worker.deliver_due().await;
        assert_eq!(house.state(id).await.status, "sent", "{begin}");
    }
}

/// Minute by minute through both nights of change: what the night holds leaves at seven on the wall, once.
#[tokio::test]
async fn quiet_hours_end_at_seven_on_the_wall_whatever_the_night() {
    for (evening, seven, hours) in [
        ("2027-03-27T19:00:00Z", "2027-03-28T05:00:00Z", 10),
        ("2027-10-30T18:00:00Z", "2027-10-31T06:00:00Z", 12),
        ("2028-02-28T19:00:00Z", "2028-02-29T06:00:00Z", 11),
    ] {
        let house = House::new().await;
        house.clock.set(utc(evening) + Duration::hours(1));
        let relay = Scripted::start(&[Turn::Take]);
        house.put(&House::invitation()).await;
        let mut settings = settings();
        settings.pace.quiet =
            Some(QuietHours::parse("21:00-07:00", chrono_tz::Europe::Paris).unwrap());
        let worker = Worker::new(house.context.clone(), relay.relay(), settings);
        let mut left = None;
        for _ in 0..=hours * 12 {
            worker.deliver_due().await;
            if left.is_none() && !relay.taken().is_empty() {
                left = Some(house.clock.now());
            }
            house.clock.forward(Duration::minutes(5));
        }
        assert_eq!(left, Some(utc(seven)), "{evening}");
        assert_eq!(relay.taken().len(), 1);
    }
}
