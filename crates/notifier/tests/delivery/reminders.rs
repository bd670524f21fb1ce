//! Reminders that leave by themselves: ten days, then three days before the sitting, once each, and to nobody who has
//! answered or whom no mail reaches.

use chrono::Duration;
use delos_application::{acknowledge, delivery, remind};
use delos_documents::examples;
use delos_documents::mail::{Payload, compose};
use delos_domain::delivery::Pace;
use delos_domain::email::EmailAddress;
use delos_persistence::identities;
use uuid::Uuid;

use super::house::House;

/// A house in which somebody was convoked a month before his sitting, by a mail that was taken.
async fn convoked() -> House {
    let house = House::new().await;
    let tx = house.context.db.write().await.unwrap();
    let email = EmailAddress::parse("mael.noel@ecole.example").unwrap();
    identities::set_email(&tx, house.identity, &email)
        .await
        .unwrap();
    tx.commit(()).await.unwrap().into_inner();
    let payload = Payload::CandidateConvocation(Box::new(examples::candidate()));
    house
        .put_with(&payload, |message| {
            message.series = Some(Uuid::from_u128(7));
            message.sitting_at = payload.sitting_at();
        })
        .await;
    house.worker(house.folder_relay()).deliver_due().await;
    house
}

async fn due(house: &House) -> usize {
    remind::send_reminders(&house.context).await.unwrap()
}

#[tokio::test]
async fn whoever_has_not_answered_is_reminded_ten_days_then_three_days_before() {
    let house = convoked().await;
    assert_eq!(due(&house).await, 0, "a month before");
    house.clock.forward(Duration::days(22));
    let both = tokio::join!(due(&house), due(&house));
    assert_eq!(both.0 + both.1, 1, "two workers, one reminder");
    house.clock.forward(Duration::days(2));
    assert_eq!(due(&house).await, 0, "once");
    house.clock.forward(Duration::days(4));
    assert_eq!(due(&house).await, 1, "three days before");
    house.clock.forward(Duration::days(1));
    assert_eq!(due(&house).await, 0);
    house.clock.forward(Duration::days(30));
    assert_eq!(due(&house).await, 0, "it is over");
    let text = "select count(*) || '' from outbox_message where kind = 'reminder' and references_id is not null";
    assert_eq!(house.text(text).await, "2");
}

#[tokio::test]
async fn whoever_has_answered_or_was_not_reached_is_left_alone() {
    for change in [
        "update outbox_message set acknowledged_at = created_at",
        "update outbox_message set bounced_at = created_at",
        "update outbox_message set status = 'failed'",
        "update outbox_message set settled_at = created_at",
        "update identity set email = null",
    ] {
        let house = convoked().await;
        house.set(change).await;
        house.clock.forward(Duration::days(22));
        assert_eq!(due(&house).await, 0, "{change}");
    }
}

#[tokio::test]
async fn a_reminder_acknowledges_the_convocation_that_it_is_about() {
    let house = convoked().await;
    house.clock.forward(Duration::days(22));
    assert_eq!(due(&house).await, 1);
    let pace = Pace::default();
    let claimed = delivery::claim(
        &house.context,
        Uuid::from_u128(8),
        9,
        Duration::seconds(60),
        &pace,
    );
    let claimed = claimed.await.unwrap();
    let reminder = Payload::from_bytes(&claimed[0].payload).unwrap();
    let text = compose(&reminder).unwrap().text;
    let (_, rest) = text.split_once("/accuse-reception/").unwrap();
    let token = rest.split_whitespace().next().unwrap();
    acknowledge::by_signed_link(&house.context, token)
        .await
        .unwrap();
    let seen = acknowledge::look(&house.context, token).await.unwrap();
    assert!(seen.acknowledged_at.is_some() && !seen.outdated);
    house.clock.forward(Duration::days(6));
    assert_eq!(due(&house).await, 0);
}
