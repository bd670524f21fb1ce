//! The bytes of a message.

use base64::Engine as _;
use delos_application::delivery;
use delos_documents::examples;
use delos_documents::mail::{AccountInvitation, Payload};
use delos_domain::delivery::Pace;
use delos_domain::ids::MessageId;
use uuid::Uuid;

use crate::house::House;
use crate::relay::{Scripted, Turn};

/// Delivers to the folder and reads what lies there.
async fn written(house: &House, id: MessageId) -> String {
    house.worker(house.folder_relay()).deliver_due().await;
    assert_eq!(house.state(id).await.error, "");
    String::from_utf8(std::fs::read(house.mail().join(format!("{id}.eml"))).unwrap()).unwrap()
}

fn headers(mail: &str) -> &str {
    mail.split_once("\r\n\r\n").unwrap().0
}

#[tokio::test]
async fn a_convocation_carries_text_html_invitation_pdf_and_calendar() {
    let house = House::new().await;
    let id = house
        .put(&Payload::CandidateConvocation(Box::new(
            examples::candidate(),
        )))
        .await;
    let mail = written(&house, id).await;
    let head = headers(&mail);
    for line in [
        "From: =?utf-8?b?RMOpbG9z?= <ne-pas-repondre@delos.example>",
        "To: mael.noel@ecole.example",
        "Date: Mon, 08 Mar 2027 09:30:00 +0000",
        &format!("Message-ID: <{id}@delos.example>"),
        "Auto-Submitted: auto-generated",
        &format!("boundary=\"delos-mixed-{}\"", id.0.simple()),
    ] {
        assert!(head.contains(line), "{line}\n{head}");
    }
    for part in [
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "Content-Type: text/calendar; method=REQUEST; charset=utf-8",
        "Content-Type: application/pdf",
        "Content-Disposition: attachment; filename=\"convocation-E5-2027-2210005814.pdf\"",
        "Content-Disposition: attachment; filename=\"convocation-E5-2027-2210005814.ics\"",
    ] {
        assert!(mail.replace("\r\n ", " ").contains(part), "{part}");
    }
    assert!(!head.contains("References:"));
    assert!(mail.is_ascii(), "a relay without 8BITMIME takes it");
    assert!(
        mail.split("\r\n")
            .all(|line| line.len() <= 998 && !line.contains(['\r', '\n']))
    );

    let encoded = mail
        .split("Content-Type: application/pdf")
        .nth(1)
        .unwrap()
        .split("\r\n\r\n")
        .nth(1)
        .unwrap()
        .replace("\r\n", "");
    let pdf = base64::engine::general_purpose::STANDARD
        .decode(encoded.split("--").next().unwrap())
        .unwrap();
    assert_eq!(
        pdf,
        delos_documents::pdf::candidate(&examples::candidate()).unwrap()
    );
}

#[tokio::test]
async fn the_same_row_gives_the_same_bytes_whenever_and_by_whomever_it_is_sent() {
    let house = House::new().await;
    let id = house
        .put(&Payload::ExaminerConvocation(
            Box::new(examples::examiner()),
        ))
        .await;
    let first = written(&house, id).await;
    house.clock.forward(chrono::Duration::days(2));
    house
        .set("update outbox_message set status = 'ready', sent_at = null")
        .await;
    let second = written(&house, id).await;
    assert_eq!(first, second);
    assert_eq!(house.state(id).await.status, "sent");
}

#[tokio::test]
async fn other_bytes_than_those_of_the_first_try_go_to_a_person() {
    let house = House::new().await;
    let id = house.put(&House::invitation()).await;
    house
        .set("update outbox_message set first_hash = 'another', ambiguous = 1")
        .await;
    house.worker(house.folder_relay()).deliver_due().await;
    let state = house.state(id).await;
    assert_eq!((state.status.as_str(), state.ambiguous), ("failed", true));
    assert!(state.error.contains("bytes_changed"));
    assert!(!house.mail().exists(), "nothing left");
}

#[tokio::test]
async fn a_message_sent_again_refers_to_the_former() {
    let house = House::new().await;
    let former = MessageId(Uuid::from_u128(77));
    let id = house
        .put_with(&House::invitation(), |message| {
            message.references = Some(former);
        })
        .await;
    let mail = written(&house, id).await;
    assert!(headers(&mail).contains(&format!("References: <{former}@delos.example>")));
}

#[tokio::test]
async fn what_people_typed_adds_no_header_and_no_recipient() {
    for name in [
        "Zoé\r\nBcc: tous@ecole.example",
        "Zoé\n.\nMAIL FROM:<x@y.example>",
        "=?utf-8?q?x?=",
        &"É".repeat(5_000),
    ] {
        let house = House::new().await;
        let mut convocation = examples::candidate();
        name.clone_into(&mut convocation.name);
        name.clone_into(&mut convocation.exam.code);
        let ids = [
            house
                .put(&Payload::CandidateConvocation(Box::new(convocation)))
                .await,
            house
                .put(&Payload::AccountInvitation(AccountInvitation {
                    session: name.to_owned(),
                    name: name.to_owned(),
                    ..examples::invitation()
                }))
                .await,
        ];
        for id in ids {
            let mail = written(&house, id).await;
            let head = headers(&mail);
            assert!(
                !head
                    .lines()
                    .any(|line| line.to_ascii_lowercase().starts_with("bcc")),
                "{head}"
            );
            assert_eq!(
                head.matches("\r\nTo: ").count() + usize::from(head.starts_with("To: ")),
                1,
                "{head}"
            );
            assert!(mail.is_ascii());
        }
    }
}

#[tokio::test]
async fn a_control_character_in_a_name_breaks_neither_the_mail_nor_the_loop() {
    let house = House::new().await;
    let name = "Zoé\u{0}\u{7f}\u{2028}\u{1b}".to_owned();
    let mut convocation = examples::candidate();
    convocation.name.clone_from(&name);
    let refused = house
        .put(&Payload::CandidateConvocation(Box::new(convocation)))
        .await;
    let plain = house
        .put(&Payload::AccountInvitation(AccountInvitation {
            name,
            ..examples::invitation()
        }))
        .await;
    let mail = written(&house, plain).await;
    assert!(mail.is_ascii() && !mail.contains(['\u{0}', '\u{1b}']));
    // The typesetter may refuse it: then it waits for another try, and does not leave crippled.
    let state = house.state(refused).await;
    assert!(
        state.status == "sent" || state.error.starts_with("composition: "),
        "{state:?}"
    );
}

#[tokio::test]
async fn a_line_of_a_single_dot_does_not_end_the_message() {
    let house = House::new().await;
    let relay = Scripted::start(&[Turn::Take]);
    let name =
        "Zoé\n.\nMAIL FROM:<x@y.example>\nRCPT TO:<tous@ecole.example>\nDATA\n.\n".to_owned();
    let ids = [
        house
            .put(&Payload::AccountInvitation(AccountInvitation {
                name,
                ..examples::invitation()
            }))
            .await,
        house.put(&House::invitation()).await,
    ];
    house.worker(relay.relay()).deliver_due().await;
    for id in ids {
        assert_eq!(house.state(id).await.status, "sent");
    }
    let taken: Vec<String> = relay
        .taken()
        .into_iter()
        .map(|mail| String::from_utf8(mail).unwrap())
        .collect();
    assert_eq!(taken.len(), 2);
    assert!(
        taken
            .iter()
            .all(|mail| mail.ends_with(&format!("delos-alternative-{}--\r\n\r\n", id_of(mail)))),
        "each came whole"
    );
}

/// The id in a mail's Message-ID, without its dashes.
fn id_of(mail: &str) -> String {
    let line = mail
        .lines()
        .find(|line| line.starts_with("Message-ID: <"))
        .unwrap();
    line.trim_start_matches("Message-ID: <")
        .split('@')
        .next()
        .unwrap()
        .replace('-', "")
}

#[tokio::test]
async fn an_address_that_cannot_be_written_to_is_given_up() {
    for address in [
        "x@y.example\r\nBcc: tous@ecole.example",
        "a@[127.0.0.1]",
        "é@ecole.example",
        "-oQ/tmp@b",
        "pas une adresse",
        "",
    ] {
        let house = House::new().await;
        let id = house
            .put_with(&House::invitation(), |message| {
                message.address = Some(address.to_owned());
            })
            .await;
        house.worker(house.folder_relay()).deliver_due().await;
        let state = house.state(id).await;
        assert_eq!(state.status, "failed", "{address:?} {state:?}");
        assert!(!house.mail().exists());
    }
}

#[tokio::test]
async fn a_payload_that_cannot_be_composed_is_parked_at_the_third_try() {
    let house = House::new().await;
    let id = house
        .put_with(&House::invitation(), |message| {
            message.payload = b"{\"kind\":\"another\"}".to_vec();
        })
        .await;
    let good = house.put(&House::invitation()).await;
    let worker = house.worker(house.folder_relay());
    for attempt in 1..=3 {
        assert_eq!(
            house.state(id).await.status,
            "ready",
            "before try {attempt}"
        );
        worker.deliver_due().await;
        house.clock.forward(chrono::Duration::hours(1));
    }
    let state = house.state(id).await;
    assert_eq!(
        (state.status.as_str(), state.attempt, state.past_dot),
        ("failed", 3, false)
    );
    assert!(state.error.starts_with("composition"), "{state:?}");
    assert_eq!(house.state(good).await.status, "sent");
}

#[tokio::test]
async fn trying_serves_until_two_days_before_the_sitting() {
    let house = House::new().await;
    house
        .put(&Payload::CandidateConvocation(Box::new(
            examples::candidate(),
        )))
        .await;
    let claimed = delivery::claim(
        &house.context,
        Uuid::from_u128(5),
        1,
        chrono::Duration::minutes(1),
        &Pace::default(),
    )
    .await
    .unwrap();
    let letter = delivery::compose(&house.context, &claimed[0])
        .await
        .unwrap()
        .unwrap();
    // The sitting is on 8 April 2027 in Dijon: the day begins at 22:00 UTC of the eve.
    assert_eq!(
        letter.not_after.unwrap().to_rfc3339(),
        "2027-04-05T22:00:00+00:00"
    );
}
