//! The bytes of a message: a pure function of its row and of the sender's settings.
//!
//! Invariant: the same row gives the same bytes on every try: Date, Message-ID and boundaries come from the row.
//! Invariant: 7-bit ASCII only, so that no relay needs 8BITMIME or SMTPUTF8.

use std::time::SystemTime;

use delos_application::delivery::{Attachment, Claimed, Composed};
use delos_domain::email::EmailAddress;
use delos_domain::ids::MessageId;
use lettre::address::{Address, AddressError};
use lettre::message::header::Header;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use crate::dkim::Dkim;
use crate::settings::Sender;

/// A message ready to leave.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// The message.
    pub id: MessageId,
    /// Envelope sender.
    pub from: Address,
    /// Envelope recipient: one a message, since a relay that refuses one recipient of several refuses them all.
    pub to: Address,
    /// What is given after `DATA`.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes, in hexadecimal.
    pub hash: String,
    /// What names the message in reports about it (RFC 3461), when they are waited for.
    pub envelope_id: Option<String>,
}

/// A message cannot be put in an envelope.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The recipient's address cannot be written to.
    #[error("address: cannot be written to")]
    Recipient,
    /// The sender's address in the settings is not one.
    #[error("sender: not an address")]
    Sender(#[source] AddressError),
    /// The mail library refuses it.
    #[error("envelope: refused")]
    Envelope(#[source] lettre::error::Error),
    /// The key of the signature signs nothing.
    #[error("signature: refused")]
    Signature(#[source] crate::dkim::Unsigned),
    /// A file's type is not one.
    #[error("attachment: not a type")]
    Type,
}

/// Puts a composed message in its envelope.
pub(crate) fn build(
    sender: &Sender,
    dkim: Option<&Dkim>,
    claimed: &Claimed,
    composed: Composed,
) -> Result<Mail, Fault> {
    // The domain's rule is stricter than the library's (a domain with a dot, no literal), and non-ASCII addresses
    // would need SMTPUTF8.
    EmailAddress::parse(&claimed.address).map_err(|_| Fault::Recipient)?;
    if !claimed.address.is_ascii() {
        return Err(Fault::Recipient);
    }
    let to: Address = claimed.address.parse().map_err(|_| Fault::Recipient)?;
    let from: Address = sender.address.parse().map_err(Fault::Sender)?;
    // A display name with a line break makes the library panic.
    let name = Some(printable(&sender.name)).filter(|name| !name.is_empty());

    let mut builder = Message::builder()
        .from(Mailbox::new(name, from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(printable(&composed.subject))
        .date(SystemTime::from(claimed.created_at))
        .message_id(Some(message_id(claimed.id, sender)))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    if let Some(former) = claimed.references {
        builder = builder.references(message_id(former, sender));
    }
    let message = builder
        .multipart(body(claimed.id, composed)?)
        .map_err(Fault::Envelope)?;
    let mut bytes = message.formatted();
    if let Some(dkim) = dkim {
        let signature = dkim.sign(&bytes).map_err(Fault::Signature)?;
        bytes.splice(0..0, signature.into_bytes());
    }
    let hash = Sha256::digest(&bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            use std::fmt::Write as _;
            let _ = write!(hex, "{byte:02x}");
            hex
        });
    Ok(Mail {
        id: claimed.id,
        from,
        to,
        bytes,
        hash,
        envelope_id: None,
    })
}

/// `<id@host>`: stable through every try.
fn message_id(id: MessageId, sender: &Sender) -> String {
    format!("<{id}@{}>", sender.host_name())
}

/// mixed(alternative(text, html, calendar), files); without files the alternative stands alone.
fn body(id: MessageId, composed: Composed) -> Result<MultiPart, Fault> {
    let boundary = |level: &str| format!("delos-{level}-{}", id.0.simple());
    let mut alternative = MultiPart::alternative()
        .boundary(boundary("alternative"))
        .singlepart(SinglePart::plain(composed.text))
        .singlepart(SinglePart::html(composed.html));
    if let Some((method, bytes)) = composed.calendar {
        // RFC 6047: the method of the type is that of the calendar inside.
        let content_type = ContentType::parse(&format!(
            "text/calendar; method={}; charset=utf-8",
            method.word()
        ))
        .map_err(|_| Fault::Type)?;
        alternative = alternative.singlepart(
            SinglePart::builder()
                .header(content_type)
                .body(base64(bytes)),
        );
    }
    if composed.attachments.is_empty() {
        return Ok(alternative);
    }
    let mut mixed = MultiPart::mixed()
        .boundary(boundary("mixed"))
        .multipart(alternative);
    for Attachment {
        name,
        content_type,
        bytes,
    } in composed.attachments
    {
        let content_type = ContentType::parse(&content_type).map_err(|_| Fault::Type)?;
        mixed = mixed.singlepart(
            SinglePart::builder()
                .header(FileName::new(&name))
                .header(content_type)
                .body(base64(bytes)),
        );
    }
    Ok(mixed)
}

/// `Content-Disposition` of a file whose name is short and plain. The library would cut it in numbered pieces
/// (RFC 2231), which some mail programs show as a file without a name.
#[derive(Clone)]
struct FileName(String);

impl FileName {
    fn new(name: &str) -> Self {
        Self(
            name.chars()
                .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
                .take(120)
                .collect(),
        )
    }
}

impl Header for FileName {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Disposition")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self::new(
            text.rsplit_once("filename=").map_or(text, |(_, name)| name),
        ))
    }

    fn display(&self) -> HeaderValue {
        let value = format!("attachment; filename=\"{}\"", self.0);
        HeaderValue::dangerous_new_pre_encoded(
            Self::name(),
            value.clone(),
            value.replace("; ", ";\r\n "),
        )
    }
}

/// Base64 whatever the bytes: line ends inside a calendar or a PDF stay as they are.
fn base64(bytes: Vec<u8>) -> Body {
    Body::new_with_encoding(bytes, ContentTransferEncoding::Base64).unwrap_or_else(Body::new)
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
