//! What is delicate is enveloped: encrypted under its cohort's key, itself wrapped by the master key.
//!
//! Destroying a cohort's row makes everything under its key unreadable, in backups too.

use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use delos_domain::ids::CohortId;
use hmac::{Hmac, Mac};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use sha2::Sha256;
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::cohort;
use crate::error::{StoreError, corrupt};

/// The key that wraps the cohorts' keys: 32 bytes from the environment or a file, never in the database.
#[derive(Clone)]
pub struct MasterKey(Arc<[u8; 32]>);

impl MasterKey {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(bytes))
    }

    /// The house's own mark on a value, for one purpose: HMAC-SHA-256 under the master key. It stays the same from one
    /// process and one start to the next, and nobody else can make it.
    pub fn mark(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0[..]) else {
            return [0; 32];
        };
        mac.update(purpose.as_bytes());
        // No purpose holds a zero byte, so that no purpose and value are another purpose and value.
        mac.update(&[0]);
        mac.update(value);
        mac.finalize().into_bytes().into()
    }
}

/// A cohort's key, opened.
#[derive(Clone)]
pub struct CohortKey {
    /// The cohort: what `key_id` columns hold.
    pub id: CohortId,
    bytes: [u8; 32],
}

/// Bytes that only the cohort's key opens: a nonce of 24 bytes, then the ciphertext with its tag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Envelope(pub(crate) Vec<u8>);

impl CohortKey {
    /// Encrypts `plain` for the row `row` (bound as associated data: an envelope moved to another row does not open).
    pub fn seal(&self, row: Uuid, plain: &[u8]) -> Result<Envelope, StoreError> {
        seal(&self.bytes, row, plain).map(Envelope)
    }

    /// Decrypts what [`CohortKey::seal`] made for the same row.
    pub fn open(&self, row: Uuid, envelope: &Envelope) -> Result<Vec<u8>, StoreError> {
        open(&self.bytes, row, &envelope.0)
    }

    /// HMAC-SHA-256 of a value, for one purpose: nobody without the key can make it, or guess the value from it.
    pub fn digest(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        let mut mac = keyed(&self.bytes, purpose.as_bytes());
        // No purpose holds a zero byte, so that no purpose and value are another purpose and value.
        mac.update(&[0]);
        mac.update(value);
        mac.finalize().into_bytes().into()
    }

    /// HMAC-SHA-256 of a value, in hexadecimal: what the journal keeps of a before and an after.
    pub fn fingerprint(&self, value: &[u8]) -> String {
        use std::fmt::Write as _;
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.bytes) else {
            return String::new();
        };
        mac.update(b"delos-journal-v1");
        mac.update(value);
        mac.finalize()
            .into_bytes()
            .iter()
            .fold(String::with_capacity(64), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }
}

/// What signs the links by which recipients say that they have a message: a key derived from the master key for this
/// alone. A link opens nothing but this one gesture.
#[derive(Clone)]
pub struct AcknowledgementKey([u8; 32]);

/// Bytes of a signature: 128 bits.
const SIGNED: usize = 16;

impl AcknowledgementKey {
    /// The key of a store.
    pub fn of(access: &impl Access) -> Self {
        let derived = keyed(&access.master().0, b"delos-acknowledgement-v1").finalize();
        Self(derived.into_bytes().into())
    }

    /// The signature of a message's link: the first 128 bits of an HMAC-SHA-256, in hexadecimal.
    pub fn sign(&self, message: Uuid) -> String {
        use std::fmt::Write as _;
        let whole = keyed(&self.0, message.as_bytes()).finalize().into_bytes();
        let bytes = whole.iter().take(SIGNED);
        bytes.fold(String::with_capacity(SIGNED * 2), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// Whether a signature is that of a message; compared in constant time.
    pub fn verifies(&self, message: Uuid, signature: &str) -> bool {
        let digits: Option<Vec<u8>> = signature
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let Some(digits) = digits.filter(|digits| digits.len() == SIGNED * 2) else {
            return false;
        };
        let bytes: Vec<u8> = digits.chunks(2).map(|two| two[0] << 4 | two[1]).collect();
        keyed(&self.0, message.as_bytes())
            .verify_truncated_left(&bytes)
            .is_ok()
    }
}

/// What guards second factors: keys derived from the master key for this alone. Accounts outlive the sessions in which
/// they act, so no cohort's key is theirs: its destruction would take their owners' keys away.
pub struct FactorKey {
    secrets: [u8; 32],
    codes: [u8; 32],
}

impl FactorKey {
    /// The key of a store.
    pub fn of(access: &impl Access) -> Self {
        let derived = |purpose: &[u8]| keyed(&access.master().0, purpose).finalize().into_bytes();
        Self {
            secrets: derived(b"delos-second-factor-v1").into(),
            codes: derived(b"delos-recovery-code-v1").into(),
        }
    }

    /// Encrypts a secret for its account: moved to another one it does not open.
    pub fn seal(&self, account: Uuid, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal(&self.secrets, account, secret)
    }

    /// Decrypts what [`FactorKey::seal`] made for the same account.
    pub fn open(&self, account: Uuid, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        open(&self.secrets, account, sealed)
    }

    /// What is kept of a recovery code: an HMAC-SHA-256 in hexadecimal, another one for each account.
    pub fn code_hash(&self, account: Uuid, code: &str) -> String {
        use std::fmt::Write as _;
        let mut value = account.as_bytes().to_vec();
        value.extend_from_slice(code.as_bytes());
        let whole = keyed(&self.codes, &value).finalize().into_bytes();
        whole
            .iter()
            .fold(String::with_capacity(64), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }
}

fn keyed(key: &[u8; 32], value: &[u8]) -> Hmac<Sha256> {
    // A key of 32 bytes fits in a block of SHA-256: taken as it is, filled up with zeros.
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block);
    mac.update(value);
    mac
}

/// Makes the cohort of a session, its key being `bytes`.
pub async fn create_cohort(
    tx: &Transaction,
    session: Uuid,
    id: CohortId,
    bytes: [u8; 32],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<CohortKey, StoreError> {
    let wrapped = seal(&tx.master().0, id.0, &bytes)?;
    let row = cohort::ActiveModel {
        id: Set(id.0),
        session_id: Set(session),
        wrapped_key: Set(wrapped),
        created_at: Set(now),
    };
    cohort::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(CohortKey { id, bytes })
}

/// The key of a session's (newest) cohort.
pub async fn session_key(access: &impl Access, session: Uuid) -> Result<CohortKey, StoreError> {
    let row = cohort::Entity::find()
        .filter(cohort::Column::SessionId.eq(session))
        .order_by_desc(cohort::Column::CreatedAt)
        .one(access.connection())
        .await?
        .ok_or_else(|| corrupt("the session has no cohort"))?;
    unwrap(access, &row)
}

/// The key of a `key_id` column.
pub async fn key(access: &impl Access, id: Uuid) -> Result<CohortKey, StoreError> {
    key_if_kept(access, id)
        .await?
        .ok_or_else(|| corrupt("the cohort's key was destroyed"))
}

/// The key of a `key_id` column; none once it was destroyed.
pub async fn key_if_kept(access: &impl Access, id: Uuid) -> Result<Option<CohortKey>, StoreError> {
    let row = cohort::Entity::find_by_id(id)
        .one(access.connection())
        .await?;
    row.map(|row| unwrap(access, &row)).transpose()
}

fn unwrap(access: &impl Access, row: &cohort::Model) -> Result<CohortKey, StoreError> {
    let bytes = open(&access.master().0, row.id, &row.wrapped_key)?;
    let bytes = bytes
        .try_into()
        .map_err(|_| corrupt("a cohort's key has another length"))?;
    Ok(CohortKey {
        id: CohortId(row.id),
        bytes,
    })
}

fn seal(key: &[u8; 32], row: Uuid, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let nonce = XNonce::generate();
    let payload = Payload {
        msg: plain,
        aad: row.as_bytes(),
    };
    let sealed = XChaCha20Poly1305::new(&Key::from(*key))
        .encrypt(&nonce, payload)
        .map_err(|_| corrupt("encryption failed"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open(key: &[u8; 32], row: Uuid, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let (nonce, sealed) = sealed
        .split_at_checked(24)
        .ok_or_else(|| corrupt("an envelope is too short"))?;
    let nonce = XNonce::try_from(nonce).map_err(|_| corrupt("an envelope is too short"))?;
    let payload = Payload {
        msg: sealed,
        aad: row.as_bytes(),
    };
    XChaCha20Poly1305::new(&Key::from(*key))
        .decrypt(&nonce, payload)
        .map_err(|_| corrupt("an envelope does not open"))
}
