//! Encryption: offered or not, with a certificate that nobody signed.

use delos_notifier::{Relay, Tls, Worker};

use crate::house::{House, State, settings};
use crate::relay::{Cipher, Scripted, Turn, certificate};

/// Offers one message to such a relay under such settings.
async fn ends(cipher: Cipher, tls: Tls, password: bool) -> (State, usize) {
    let house = House::new().await;
    let relay = Scripted::encrypting(&[Turn::Take], cipher);
    let message = house.put(&House::invitation()).await;
    let mut settings = settings();
    settings.tls = tls;
    settings.credentials = password.then(|| ("delos".to_owned(), "secret".to_owned()));
    let scheme = if cipher == Cipher::Wrapped {
        "smtps"
    } else {
        "smtp"
    };
    let address = Relay::from_setting(&format!("{scheme}://localhost:{}", relay.port)).unwrap();
    Worker::new(house.context.clone(), address, settings)
        .deliver_due()
        .await;
    (house.state(message).await, relay.taken().len())
}

#[tokio::test]
async fn what_is_offered_is_taken_when_nothing_more_is_asked() {
    for (cipher, tls) in [
        (Cipher::Offered, Tls::Opportunistic),
        (Cipher::Offered, Tls::None),
        (Cipher::None, Tls::Opportunistic),
        (Cipher::None, Tls::None),
    ] {
        let (state, taken) = ends(cipher, tls, false).await;
        assert_eq!(
            (state.status.as_str(), taken),
            ("sent", 1),
            "{cipher:?} {tls:?} {state:?}"
        );
    }
}

#[tokio::test]
async fn required_encryption_sends_nothing_in_clear_nor_to_an_unknown_certificate() {
    for (cipher, tls, password, cause) in [
        (Cipher::None, Tls::Required, false, "STARTTLS: not offered"),
        (Cipher::Offered, Tls::Required, false, "certificate: "),
        (Cipher::Wrapped, Tls::Required, false, "certificate: "),
        (Cipher::Wrapped, Tls::Opportunistic, false, "certificate: "),
        // A password is not given to whoever answers.
        (
            Cipher::None,
            Tls::Opportunistic,
            true,
            "STARTTLS: not offered",
        ),
        (Cipher::Offered, Tls::Opportunistic, true, "certificate: "),
    ] {
        let (state, taken) = ends(cipher, tls, password).await;
        assert_eq!(
            (state.status.as_str(), state.ambiguous, taken),
            ("ready", false, 0),
            "{cipher:?} {tls:?} {state:?}"
        );
        assert!(state.error.starts_with(cause), "{state:?}");
    }
}

/// An authority of one's own vouches for the relay, and only under the relay's name.
#[tokio::test]
async fn an_authority_of_the_house_vouches_for_its_relay() {
    for (cipher, host, sent) in [
        (Cipher::Offered, "localhost", true),
        (Cipher::Wrapped, "localhost", true),
        // Another name than that of the certificate.
        (Cipher::Offered, "127.0.0.1", false),
        (Cipher::Wrapped, "127.0.0.1", false),
    ] {
        let house = House::new().await;
        let relay = Scripted::encrypting(&[Turn::Take], cipher);
        let message = house.put(&House::invitation()).await;
        let mut settings = settings();
        settings.tls = Tls::Required;
        settings.roots = delos_notifier::roots(certificate().cert.pem().as_bytes()).unwrap();
        let scheme = if cipher == Cipher::Wrapped {
            "smtps"
        } else {
            "smtp"
        };
        let address = Relay::from_setting(&format!("{scheme}://{host}:{}", relay.port)).unwrap();
        Worker::new(house.context.clone(), address, settings)
            .deliver_due()
            .await;
        let state = house.state(message).await;
        if sent {
            assert_eq!(state.status, "sent", "{cipher:?} {state:?}");
        } else {
            assert_eq!(
                (state.status.as_str(), state.ambiguous),
                ("ready", false),
                "{state:?}"
            );
            assert!(state.error.starts_with("certificate: "), "{state:?}");
            assert!(relay.taken().is_empty());
        }
    }
    for pem in [
        "",
        "secret",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert!(delos_notifier::roots(pem.as_bytes()).is_err(), "{pem}");
    }
}
