//! DKIM signatures (RFC 6376, and RFC 8463 for Ed25519), relaxed on headers and body.
//!
//! Invariant: one message has one signature, whenever it is made: no time stands in it, and both algorithms are
//! deterministic. The library's own signer writes the time of signing, and what is sent again would have other bytes.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest, Sha256};

/// Headers that are signed, those of them that a message has; `from` twice, so that nobody adds a second (RFC 6376, 8.15).
const SIGNED: [&str; 9] = [
    "from",
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "references",
    "mime-version",
    "content-type",
];
/// Characters of a line of the signature's header.
const WIDTH: usize = 72;

/// The key that signs for a domain.
pub struct Dkim {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// A key, a domain or a selector that cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDkim {
    /// Letters, digits, dashes and dots only.
    #[error("a domain or a selector is not one")]
    Name,
    /// A PEM file of an RSA key of 2048 to 4096 bits, or of an Ed25519 key.
    #[error("the key is no RSA key of 2048 bits or more, nor an Ed25519 key, in PEM")]
    Key,
}

/// A message was not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key signs nothing")]
pub struct Unsigned;

impl std::fmt::Debug for Dkim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dkim")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

impl Dkim {
    /// The signer of a domain under a selector, with the private key of a PEM file.
    ///
    /// # Errors
    /// [`BadDkim`].
    pub fn new(domain: &str, selector: &str, pem: &[u8]) -> Result<Self, BadDkim> {
        let is_name = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        if !is_name(domain) || !is_name(selector) {
            return Err(BadDkim::Name);
        }
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| BadDkim::Key)?;
        Ok(Self {
            domain: domain.to_owned(),
            selector: selector.to_owned(),
            key: Key::read(&der).ok_or(BadDkim::Key)?,
        })
    }

    /// The text of the `TXT` record at `SELECTOR._domainkey.DOMAIN`.
    pub fn record(&self) -> String {
        match &self.key {
            Key::Rsa(key) => format!(
                "v=DKIM1; k=rsa; p={}",
                STANDARD.encode(spki(key.public_key().as_ref()))
            ),
            Key::Ed25519(key) => format!(
                "v=DKIM1; k=ed25519; p={}",
                STANDARD.encode(key.public_key().as_ref())
            ),
        }
    }

    /// The header to put before a whole message, its end of line included.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<String, Unsigned> {
        let (head, body) = split(message);
        let headers = unfolded(head);
        let mut names = String::new();
        let mut signed = String::new();
        let mut left = headers.clone();
        for name in SIGNED {
            let found = left.iter().rposition(|(one, _)| one == name);
            // What is not there is named only where it must not be added.
            if found.is_none() && name != "from" {
                continue;
            }
            if !names.is_empty() {
                names.push(':');
            }
            names.push_str(name);
            if let Some(place) = found {
                let (name, value) = left.remove(place);
                let _ = write!(signed, "{name}:{value}\r\n");
            }
        }
        let body = STANDARD.encode(Sha256::digest(relaxed(body)));
        let tags = format!(
            "v=1; a={}; c=relaxed/relaxed; d={}; s={};\r\n h={};\r\n bh={};\r\n b=",
            self.key.algorithm(),
            self.domain,
            self.selector,
            folded(&names, ':'),
            body
        );
        let _ = write!(signed, "dkim-signature:{}", tidy(&tags));
        let signature = STANDARD.encode(self.key.sign(signed.as_bytes())?);
        let mut header = format!("DKIM-Signature: {tags}");
        for line in signature.as_bytes().chunks(WIDTH) {
            header.push_str("\r\n ");
            header.push_str(&String::from_utf8_lossy(line));
        }
        header.push_str("\r\n");
        Ok(header)
    }
}

impl Key {
    fn read(der: &PrivateKeyDer<'_>) -> Option<Self> {
        let rsa = |key: RsaKeyPair| {
            // Receivers ask for 1024 bits at least, and ours for twice that: some of them already refuse less.
            (key.public().modulus_len() >= 256).then(|| Self::Rsa(Box::new(key)))
        };
        match der {
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der())
                .ok()
                .and_then(rsa),
            PrivateKeyDer::Pkcs8(key) => {
                let bytes = key.secret_pkcs8_der();
                if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes) {
                    return Some(Self::Ed25519(Box::new(key)));
                }
                RsaKeyPair::from_pkcs8(bytes).ok().and_then(rsa)
            }
            _ => None,
        }
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa-sha256",
            Self::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, Unsigned> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                // PKCS#1 v1.5 draws nothing; the random bytes only blind the computing.
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    text,
                    &mut signature,
                )
                .map_err(|_| Unsigned)?;
                Ok(signature)
            }
            // RFC 8463: the hash is signed, not the text.
            Self::Ed25519(key) => Ok(key.sign(&Sha256::digest(text)).as_ref().to_vec()),
        }
    }
}

/// Headers with their last line ended, and the body.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    match message.windows(4).position(|four| four == b"\r\n\r\n") {
        Some(place) => (&message[..place + 2], &message[place + 4..]),
        None => (message, &[]),
    }
}

/// Relaxed headers (RFC 6376, 3.4.2): names in lower case, folds undone, one space where there were several.
fn unfolded(head: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(head);
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push_str(line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.to_owned()));
        }
    }
    for (_, value) in &mut headers {
        *value = tidy(value);
    }
    headers
}

fn tidy(value: &str) -> String {
    value
        .split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A relaxed body (3.4.4): blanks at the end of a line and empty lines at the end of all do not count.
fn relaxed(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut empty = 0;
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut words = Vec::with_capacity(line.len());
        for byte in line {
            match byte {
                b' ' | b'\t' if words.last() == Some(&b' ') => {}
                b' ' | b'\t' => words.push(b' '),
                other => words.push(*other),
            }
        }
        if words.last() == Some(&b' ') {
            words.pop();
        }
        if words.is_empty() {
            empty += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty) {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(&words);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// A long list on several lines, cut after `at`.
fn folded(list: &str, at: char) -> String {
    let mut out = String::new();
    let mut width = 0;
    for piece in list.split_inclusive(at) {
        if width + piece.len() > WIDTH {
            out.push_str("\r\n  ");
            width = 0;
        }
        out.push_str(piece);
        width += piece.len();
    }
    out
}

/// `SubjectPublicKeyInfo` of an RSA key: the form that the DNS record holds.
fn spki(pkcs1: &[u8]) -> Vec<u8> {
    // rsaEncryption (1.2.840.113549.1.1.1), with null parameters.
    const ALGORITHM: [u8; 15] = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let mut bits = vec![0];
    bits.extend_from_slice(pkcs1);
    let whole = [ALGORITHM.to_vec(), der(0x03, &bits)].concat();
    der(0x30, &whole)
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    if content.len() < 128 {
        out.extend_from_slice(if length.is_empty() { &[0] } else { &length });
    } else {
        out.push(0x80 | u8::try_from(length.len()).unwrap_or(8));
        out.extend_from_slice(&length);
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_relaxed_as_the_standard_shows() {
        // RFC 6376, 3.4.5.
        for (body, relaxed_body) in [
            (&b" C \r\nD \t E\r\n\r\n\r\n"[..], &b" C\r\nD E\r\n"[..]),
            (b"", b""),
            (b"\r\n\r\n", b""),
            (b"A\r\n\r\nB", b"A\r\n\r\nB\r\n"),
        ] {
            assert_eq!(relaxed(body), relaxed_body);
        }
        assert_eq!(
            unfolded(b"A: X\r\nB : Y\t\r\n\tZ  \r\n"),
            [
                ("a".to_owned(), "X".to_owned()),
                ("b".to_owned(), "Y Z".to_owned())
            ]
        );
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for pem in [
            "",
            "secret",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            assert_eq!(
                Dkim::new("delos.example", "s1", pem.as_bytes()).err(),
                Some(BadDkim::Key),
                "{pem}"
            );
        }
        assert_eq!(
            Dkim::new("delos.example\r\nx", "s1", b"").err(),
            Some(BadDkim::Name)
        );
    }
}
