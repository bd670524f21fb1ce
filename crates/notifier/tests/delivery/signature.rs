//! DKIM: the signature that an independent reader verifies, and that never changes.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use delos_documents::examples;
use delos_documents::mail::Payload;
use delos_notifier::{BadDkim, Dkim, Worker};

use crate::house::{House, settings};

/// Keys made for these tests alone.
const RSA: &str = include_str!("../data/rsa.pem");
const ED25519: &str = include_str!("../data/ed25519.pem");
const SHORT: &str = include_str!("../data/rsa-1024.pem");

/// What `dkimpy` says: it finds the record by our answer, never by the network.
const VERIFY: &str = r"
import sys, dkim
if 'ed25519' in sys.argv[1]:
    try:
        import nacl
    except ImportError:
        print('unable')
        sys.exit()
record = sys.argv[1].encode()
ok = dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda name, timeout=5: record if name == b's1._domainkey.delos.example.' else None)
print('valid' if ok else 'invalid')
";

#[expect(
    clippy::disallowed_methods,
    reason = "whoever starts the tests says in the environment where Python is"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn verified(mail: &[u8], record: &str) -> Option<String> {
    let Some(python) = variable("DELOS_TEST_PYTHON") else {
        println!("skipped: signature: no DELOS_TEST_PYTHON");
        assert_ne!(
            variable("CI").as_deref(),
            Some("true"),
            "no DELOS_TEST_PYTHON"
        );
        return None;
    };
    let mut child = Command::new(python)
        .args(["-c", VERIFY, record])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(mail).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    // Ed25519 needs PyNaCl, a library of C: with it both kinds of keys are verified, without it RSA's alone.
    (said != "unable").then_some(said)
}

#[tokio::test]
async fn a_signature_is_valid_stays_the_same_and_covers_what_people_read() {
    for pem in [RSA, ED25519] {
        let house = House::new().await;
        let signer = Arc::new(Dkim::new("delos.example", "s1", pem.as_bytes()).unwrap());
        let id = house
            .put(&Payload::CandidateConvocation(Box::new(
                examples::candidate(),
            )))
            .await;
        let mut settings = settings();
        settings.dkim = Some(signer.clone());
        let mut tries = Vec::new();
        for _ in 0..2 {
            Worker::new(
                house.context.clone(),
                house.folder_relay(),
                settings.clone(),
            )
            .deliver_due()
            .await;
            assert_eq!(house.state(id).await.error, "");
            tries.push(std::fs::read(house.mail().join(format!("{id}.eml"))).unwrap());
            house.clock.forward(chrono::Duration::days(1));
            house
                .set("update outbox_message set status = 'ready', sent_at = null, not_before = created_at")
                .await;
        }
        assert_eq!(tries[0], tries[1], "the same bytes a day later");
        let mail = String::from_utf8(tries.remove(0)).unwrap();
        assert!(mail.starts_with("DKIM-Signature: v=1; a="));
        let signature = &mail[..mail.find("From: ").unwrap()];
        assert!(
            !signature.contains(" t="),
            "no time stands in it: {signature}"
        );
        assert!(
            mail.split("\r\n")
                .all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])),
            "the lines of a mail"
        );
        let record = signer.record();
        let Some(said) = verified(mail.as_bytes(), &record) else {
            continue;
        };
        assert_eq!(said, "valid", "{record}\n{}", &mail[..800]);
        for (from, to) in [
            ("Subject: ", "Subject: Faux "),
            ("To: mael", "To: autre"),
            ("\r\n\r\n--", "\r\n\r\nFaux\r\n--"),
        ] {
            let spoilt = mail.replacen(from, to, 1);
            assert_ne!(spoilt, mail);
            assert_eq!(
                verified(spoilt.as_bytes(), &record).as_deref(),
                Some("invalid"),
                "{to}"
            );
        }
        let second = mail.replacen("From: ", "From: Faux <x@y.example>\r\nFrom: ", 1);
        assert_eq!(
            verified(second.as_bytes(), &record).as_deref(),
            Some("invalid")
        );
    }
}

#[test]
fn a_key_that_receivers_refuse_is_refused() {
    assert_eq!(
        Dkim::new("delos.example", "s1", SHORT.as_bytes()).err(),
        Some(BadDkim::Key)
    );
}
