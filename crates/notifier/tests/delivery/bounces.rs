//! Where a message comes back to, and what is made of it.

use delos_application::CommandError;
use delos_application::record_bounce::{Recorded, record_bounce};
use delos_notifier::Worker;

use crate::house::{House, settings};
use crate::relay::{Scripted, Turn};

const POSTFIX: &str = include_str!("../../../imports/tests/data/bounces/postfix.eml");
const DELAYED: &str = include_str!("../../../imports/tests/data/bounces/delayed.eml");
const PLAIN: &str = include_str!("../../../imports/tests/data/bounces/plain.eml");
const ABSENT: &str = include_str!("../../../imports/tests/data/bounces/absent.eml");
/// What the reports of the samples are addressed to.
const NAMED: &str = "01900000000070008000000000000003.0123456789abcdef0123";

/// Sends one message under a bounce domain; its envelope's id.
async fn sent(house: &House, relay: &Scripted) -> String {
    house.put(&House::invitation()).await;
    let mut settings = settings();
    settings.bounce_domain = Some("retours.delos.example".to_owned());
    Worker::new(house.context.clone(), relay.relay(), settings)
        .deliver_due()
        .await;
    let from = relay.told("MAIL").pop().unwrap();
    let address = from.split(['<', '>']).nth(1).unwrap().to_owned();
    let (local, domain) = address.split_once('@').unwrap();
    assert_eq!(domain, "retours.delos.example");
    assert!(local.len() <= 64, "{local}");
    local.strip_prefix("bounce+").unwrap().to_owned()
}

async fn code(house: &House, mail: &str) -> Result<Recorded, &'static str> {
    match record_bounce(&house.context, mail.as_bytes()).await {
        Ok(recorded) => Ok(recorded),
        Err(CommandError::Refused(refusal)) => Err(refusal.code),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_relay_that_reports_is_asked_to_and_others_are_not() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Reports]);
    let id = sent(&house, &relay).await;
    assert_eq!(
        relay.told("MAIL"),
        [format!(
            "MAIL FROM:<bounce+{id}@retours.delos.example> RET=HDRS ENVID={id}"
        )]
    );
    assert_eq!(
        relay.told("RCPT"),
        [
            "RCPT TO:<mael.noel@ecole.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;mael.noel@ecole.example"
        ]
    );
    assert_eq!(relay.taken().len(), 1);
    // The sender that people see, and write to, stays the house's.
    assert!(String::from_utf8_lossy(&relay.taken()[0]).contains("<ne-pas-repondre@delos.example>"));

    let plain = Scripted::start(&[Turn::Take]);
    let id = sent(&House::new().await, &plain).await;
    assert_eq!(
        plain.told("MAIL"),
        [format!("MAIL FROM:<bounce+{id}@retours.delos.example>")]
    );
    assert_eq!(plain.told("RCPT"), ["RCPT TO:<mael.noel@ecole.example>"]);
}

#[tokio::test]
async fn a_message_that_came_back_is_marked_and_nothing_else_changes() {
    for (sample, why) in [
        (
            POSTFIX,
            "550 5.1.1 <mael.noel@ecole.example>: Recipient address rejected: User unknown in local recipient table",
        ),
        (
            PLAIN,
            "550 5.2.1 The email account that you tried to reach is disabled",
        ),
    ] {
        let house = House::new().await;
        let relay = Scripted::start(&[Turn::Take]);
        let id = sent(&house, &relay).await;
        let before = house
            .text("select status || attempt || ambiguous || sent_at from outbox_message")
            .await;
        // Relays change the case of what they quote.
        let mail = sample.replace(NAMED, &id.to_uppercase());
        assert_eq!(code(&house, &mail).await, Ok(Recorded::Marked));
        assert_eq!(house.text("select bounce from outbox_message").await, why);
        assert_eq!(code(&house, &mail).await, Ok(Recorded::Already));
        house.worker(relay.relay()).deliver_due().await;
        assert_eq!(relay.taken().len(), 1, "never sent again for that");
        assert_eq!(
            house
                .text("select status || attempt || ambiguous || sent_at from outbox_message")
                .await,
            before
        );
        assert_eq!(
            house
                .text("select count(*) || '' from journal where operation = 'RecordBounce'")
                .await,
            "1"
        );
    }
}

#[tokio::test]
async fn what_says_nothing_of_a_failure_writes_nothing() {
    let house = House::new().await;
    let id = sent(&house, &Scripted::start(&[Turn::Take])).await;
    for (sample, recorded) in [
        (DELAYED, Ok(Recorded::StillTried)),
        (ABSENT, Ok(Recorded::Answer)),
        ("", Err("bounce_unread")),
        ("\r\nrien", Err("bounce_unread")),
        ("Subject: x\r\n\r\nrien", Err("bounce_unknown")),
    ] {
        assert_eq!(
            code(&house, &sample.replace(NAMED, &id)).await,
            recorded,
            "{sample}"
        );
    }
    let delivered = POSTFIX.replace("Action: failed", "Action: delivered");
    assert_eq!(
        code(&house, &delivered.replace(NAMED, &id)).await,
        Ok(Recorded::Arrived)
    );
    let huge = format!("{POSTFIX}{}", "x".repeat(5_000_000));
    assert_eq!(code(&house, &huge).await, Err("bounce_too_large"));
    assert_eq!(
        house
            .text("select count(*) || '' from outbox_message where bounced_at is not null")
            .await,
        "0"
    );
}

#[tokio::test]
async fn a_forged_mark_names_nothing() {
    let house = House::new().await;
    let id = sent(&house, &Scripted::start(&[Turn::Take])).await;
    let (message, mark) = id.split_once('.').unwrap();
    let flipped = if mark.starts_with('0') { "1" } else { "0" };
    let forged = [
        NAMED.to_owned(),
        format!("{message}.{flipped}{}", &mark[1..]),
        format!("{message}.{}", "0".repeat(20)),
        message.to_owned(),
        // The mark of one message on another.
        format!("{}.{mark}", "0".repeat(32)),
    ];
    for named in &forged {
        let mail = POSTFIX.replace(NAMED, named);
        assert_eq!(code(&house, &mail).await, Err("bounce_unknown"), "{named}");
    }
    // So many guesses in one mail that the right one is among the last: nobody looks at them all.
    let guesses: Vec<String> = (0..200)
        .map(|n| format!("X: {message}.{n:020}\r\n"))
        .collect();
    let guesses = guesses.concat();
    let mail = format!("{guesses}{}", POSTFIX.replace(NAMED, &id));
    assert_eq!(code(&house, &mail).await, Err("bounce_unknown"));
    // Another process of the house knows the mark; a house of another key does not.
    let mail = POSTFIX.replace(NAMED, &id);
    assert_eq!(code(&house, &mail).await, Ok(Recorded::Marked));
}
