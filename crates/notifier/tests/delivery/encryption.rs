//! Encryption: offered or not, with a certificate that nobody signed.

use delos_notifier::{Relay, Tls, Worker};

use crate::house::{House, State, settings};
use crate::relay::{Cipher, Scripted, Turn};

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
        (Cipher::Offered, Tls::Required, false, "STARTTLS: "),
        (Cipher::Wrapped, Tls::Required, false, "connection: "),
        (Cipher::Wrapped, Tls::Opportunistic, false, "connection: "),
        // A password is not given to whoever answers.
        (
            Cipher::None,
            Tls::Opportunistic,
            true,
            "STARTTLS: not offered",
        ),
        (Cipher::Offered, Tls::Opportunistic, true, "STARTTLS: "),
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
