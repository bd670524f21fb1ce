//! How a worker is told to work.

use std::sync::Arc;
use std::time::Duration;

use delos_domain::delivery::Pace;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::dkim::Dkim;

/// Who writes, and under which host the Message-IDs stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Address of the `From` header and of the envelope.
    pub address: String,
    /// Name before the address; may be empty.
    pub name: String,
    /// Host of the Message-IDs; also the name given to the relay.
    pub host: String,
}

impl Sender {
    /// The host, as it may stand in a header and a command.
    pub(crate) fn host_name(&self) -> String {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        self.host.chars().filter(plain).collect()
    }
}

/// Whether the talk with the relay is encrypted. `smtps` always is, with a certificate that is the relay's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Never.
    None,
    /// When the relay offers it, without looking at its certificate (unless there is a password to protect).
    Opportunistic,
    /// Always, with a certificate that is the relay's.
    Required,
}

impl Tls {
    /// Reads `none`, `opportunistic` or `required`.
    pub fn from_setting(setting: &str) -> Option<Self> {
        match setting {
            "none" => Some(Self::None),
            "opportunistic" => Some(Self::Opportunistic),
            "required" => Some(Self::Required),
            _ => None,
        }
    }
}

/// Settings of a worker. The leases follow from the limits of time: a try always ends before its lease.
#[derive(Clone)]
pub struct WorkerSettings {
    /// Who writes.
    pub sender: Sender,
    /// Encryption.
    pub tls: Tls,
    /// Account and password at the relay.
    pub credentials: Option<(String, String)>,
    /// Messages under way at once.
    pub connections: usize,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for the answer to a command.
    pub command_timeout: Duration,
    /// Longest wait from `DATA` to the answer to the final dot.
    pub dot_timeout: Duration,
    /// Wait before the second try; it doubles, up to 48 times itself.
    pub retry_base: Duration,
    /// Limits of each domain, quiet hours, pause of the queue.
    pub pace: Pace,
    /// Domain whose mail `delos bounce` is given; none: what does not arrive comes back to the sender's address.
    pub bounce_domain: Option<String>,
    /// Who signs the messages; none: the relay does.
    pub dkim: Option<Arc<Dkim>>,
    /// Authorities that vouch for the relay besides those that everybody knows.
    pub roots: Vec<Root>,
}

/// The certificate of an authority.
pub type Root = CertificateDer<'static>;

/// A file of authorities that holds none, or something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no certificate in PEM")]
pub struct BadRoots;

/// The authorities of a PEM file.
///
/// # Errors
/// [`BadRoots`].
pub fn roots(pem: &[u8]) -> Result<Vec<Root>, BadRoots> {
    let all: Result<Vec<Root>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let mut store = rustls::RootCertStore::empty();
    match all {
        Ok(all) if !all.is_empty() && store.add_parsable_certificates(all.clone()).1 == 0 => {
            Ok(all)
        }
        _ => Err(BadRoots),
    }
}

impl std::fmt::Debug for WorkerSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerSettings")
            .field("sender", &self.sender)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

impl WorkerSettings {
    /// The pace, with the longest wait and lease that follow from the limits of time.
    pub(crate) fn pace(&self) -> Pace {
        let mut pace = self.pace.clone();
        pace.longest_wait = span(self.retry_base.saturating_mul(48));
        pace.longest_lease = span(self.lease_claim().max(self.lease_after_dot()));
        pace
    }

    /// From the claim to the commit of `past_dot`, all in all.
    pub(crate) fn before_dot(&self) -> Duration {
        self.connect_timeout + self.command_timeout
    }

    /// A message of a worker that died before the dot is taken again after this.
    pub fn lease_claim(&self) -> Duration {
        with_margin(self.before_dot())
    }

    /// A message of a worker that died past the dot is taken again, flagged, after this.
    pub fn lease_after_dot(&self) -> Duration {
        with_margin(self.dot_timeout)
    }
}

/// Clocks of two machines differ, and a commit takes its time.
fn with_margin(limit: Duration) -> Duration {
    limit + limit / 10 + Duration::from_secs(2)
}

/// A duration for the calendar; settings of centuries are those of a century.
pub(crate) fn span(duration: Duration) -> chrono::Duration {
    chrono::Duration::from_std(duration).unwrap_or_else(|_| chrono::Duration::days(36_500))
}
