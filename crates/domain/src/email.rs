//! An address that a convocation can be sent to.

use std::fmt;

/// A checked address: one `@`, a domain with a dot, no literal, no quotes, at most 254 bytes, printable ASCII.
///
/// Stricter than RFC 5321 on purpose: what mail libraries accept as addresses (`a@b`, `a@[127.0.0.1]`,
/// `"a b"@b.fr`, `-oQ/tmp@b.fr`) never reaches a relay from here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EmailAddress(String);

/// The text is no address that we would send to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an address")]
pub struct EmailFault;

impl EmailAddress {
    /// Reads an address; the domain is folded to lower case.
    ///
    /// # Errors
    /// [`EmailFault`] when any of the rules above is broken.
    pub fn parse(text: &str) -> Result<Self, EmailFault> {
        let (local, domain) = text.split_once('@').ok_or(EmailFault)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && local
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b))
            && !local.starts_with(['.', '-'])
            && !local.ends_with('.')
            && !local.contains("..");
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let domain_ok = domain.contains('.')
            && domain.split('.').all(label_ok)
            && domain
                .rsplit('.')
                .next()
                .is_some_and(|top| top.len() >= 2 && top.bytes().any(|b| b.is_ascii_alphabetic()));
        if local_ok && domain_ok && text.len() <= 254 {
            Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
        } else {
            Err(EmailFault)
        }
    }

    /// The address as sent to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.rsplit('@').next().unwrap_or_default()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_pass() {
        for text in [
            "ce.0213430p@ecole.example",
            "o'brien+e5@eleve.example",
            "a@b.fr",
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(
            EmailAddress::parse("a@B.Example").unwrap().domain(),
            "b.example"
        );
    }

    #[test]
    fn hostile_or_broken_addresses_do_not() {
        for text in [
            "",
            "a",
            "@b.fr",
            "a@",
            "a@b",
            "a@b@c.fr",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "\"a b\"@b.fr",
            "-oQ/tmp@b.fr",
            "a b@c.fr",
            "a@b.fr\r\nBcc: x@y.fr",
            "a@b..fr",
            "a@-b.fr",
            "a.@b.fr",
            "a..b@c.fr",
            "é@b.fr",
            "pas une adresse",
            "a@b.f",
        ] {
            assert_eq!(EmailAddress::parse(text), Err(EmailFault), "{text:?}");
        }
        let long = format!("a@{}.fr", "b.".repeat(130));
        assert_eq!(EmailAddress::parse(&long), Err(EmailFault));
    }
}
