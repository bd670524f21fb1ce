//! Who takes the messages: an SMTP relay, or a folder.

use std::path::PathBuf;

use crate::settings::WorkerSettings;
use crate::smtp::{self, Endpoint};

/// Who takes the messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relay {
    /// An SMTP relay.
    Smtp {
        /// Its host name or address.
        host: String,
        /// Its port.
        port: u16,
        /// TLS from the first byte (`smtps`), rather than `STARTTLS`.
        wrapped: bool,
    },
    /// A folder that receives one `.eml` file a message.
    Folder(PathBuf),
}

/// A relay's setting that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a relay is smtp://host:port, smtps://host:port or folder:PATH")]
pub struct BadRelay;

impl Relay {
    /// Reads `smtp://host[:port]` (25 by default), `smtps://host[:port]` (465) or `folder:PATH`.
    ///
    /// # Errors
    /// [`BadRelay`] for anything else. Credentials never stand in the address.
    pub fn from_setting(setting: &str) -> Result<Self, BadRelay> {
        if let Some(path) = setting.strip_prefix("folder:") {
            return if path.is_empty() {
                Err(BadRelay)
            } else {
                Ok(Self::Folder(path.into()))
            };
        }
        let (rest, wrapped) = match (
            setting.strip_prefix("smtp://"),
            setting.strip_prefix("smtps://"),
        ) {
            (Some(rest), _) => (rest, false),
            (None, Some(rest)) => (rest, true),
            (None, None) => return Err(BadRelay),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = split(rest).ok_or(BadRelay)?;
        let port = match port {
            Some(port) => port.parse().map_err(|_| BadRelay)?,
            None if wrapped => 465,
            None => 25,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
        if host.is_empty() || !host.chars().all(plain) {
            return Err(BadRelay);
        }
        Ok(Self::Smtp {
            host: host.to_owned(),
            port,
            wrapped,
        })
    }
}

impl Relay {
    /// Greets the relay, with encryption and credentials as the settings say, and leaves: nothing is sent. A folder
    /// needs no greeting.
    ///
    /// # Errors
    /// The phase and what the relay, or the network, said.
    pub async fn greets(&self, settings: &WorkerSettings) -> Result<(), String> {
        match self {
            Self::Folder(_) => Ok(()),
            Self::Smtp {
                host,
                port,
                wrapped,
            } => {
                smtp::greet(&Endpoint {
                    host,
                    port: *port,
                    wrapped: *wrapped,
                    settings,
                })
                .await
            }
        }
    }
}

/// Host and port; an IPv6 address stands in brackets.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return if rest.is_empty() {
            Some((host, None))
        } else {
            Some((host, Some(rest.strip_prefix(':')?)))
        };
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => Some((host, Some(port))),
        Some(_) => None,
        None => Some((text, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_read_or_refused() {
        let smtp = |host: &str, port, wrapped| {
            Ok(Relay::Smtp {
                host: host.to_owned(),
                port,
                wrapped,
            })
        };
        for (setting, relay) in [
            (
                "smtp://relay.example:2525",
                smtp("relay.example", 2525, false),
            ),
            ("smtp://relay.example", smtp("relay.example", 25, false)),
            ("smtps://relay.example/", smtp("relay.example", 465, true)),
            ("smtp://[::1]:2525", smtp("::1", 2525, false)),
            ("smtp://127.0.0.1:1", smtp("127.0.0.1", 1, false)),
            ("folder:mail/out", Ok(Relay::Folder("mail/out".into()))),
            ("folder:", Err(BadRelay)),
            ("smtp://", Err(BadRelay)),
            ("smtp://me:secret@relay.example", Err(BadRelay)),
            ("smtp://relay.example:99999", Err(BadRelay)),
            ("smtp://relay example", Err(BadRelay)),
            ("sendmail", Err(BadRelay)),
            ("http://relay.example", Err(BadRelay)),
        ] {
            assert_eq!(Relay::from_setting(setting), relay, "{setting}");
        }
    }
}
