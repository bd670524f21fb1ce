//! A mail that came back: a report of a mail system (RFC 3464), or a plain text that such a system wrote.
//!
//! Invariant: no bytes make reading panic; what a report says is kept as plain, short text.

use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

/// Largest mail read, in bytes: a report that returns a convocation whole is a tenth of it.
pub const LARGEST: usize = 4 * 1024 * 1024;
/// Parts looked at.
const PARTS: usize = 100;

/// What a report says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It did not arrive, and will not.
    Failed,
    /// It is late.
    Delayed,
    /// It arrived, or was handed on.
    Delivered,
    /// No report: a person's or a program's answer.
    Answer,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What became of the message.
    pub fate: Fate,
    /// Enhanced status code, e.g. `5.1.1` (RFC 3463).
    pub status: Option<String>,
    /// What the last system said.
    pub diagnostic: Option<String>,
}

/// A mail is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// No bytes.
    #[error("empty")]
    Empty,
    /// More than [`LARGEST`].
    #[error("too large")]
    TooLarge,
    /// No header at all.
    #[error("no mail")]
    NoMail,
}

impl Report {
    /// Status and diagnostic, in one short line.
    pub fn why(&self, most: usize) -> String {
        let status = self.status.as_deref().unwrap_or("bounce");
        let text = match &self.diagnostic {
            // Most systems repeat the status in their words.
            Some(said) if said.contains(status) => said.clone(),
            Some(said) => format!("{status} {said}"),
            None => status.to_owned(),
        };
        text.chars().take(most).collect()
    }
}

/// Reads a mail as it came.
///
/// # Errors
/// [`Unread`].
pub fn read(bytes: &[u8]) -> Result<Report, Unread> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Unread::Empty);
    }
    if bytes.len() > LARGEST {
        return Err(Unread::TooLarge);
    }
    let mail = MessageParser::default()
        .parse(bytes)
        .filter(|mail| !mail.headers().is_empty())
        .ok_or(Unread::NoMail)?;
    let mut fields = None;
    let mut text = None;
    for part in mail.parts.iter().take(PARTS) {
        let kind = part
            .content_type()
            .map(|kind| (kind.ctype(), kind.subtype().unwrap_or_default()));
        let is_status = kind.is_some_and(|(first, second)| {
            first.eq_ignore_ascii_case("message")
                && (second.eq_ignore_ascii_case("delivery-status")
                    || second.eq_ignore_ascii_case("global-delivery-status"))
        });
        if is_status {
            fields = fields.or_else(|| Some(plain(part.contents())));
        } else if let PartType::Text(words) = &part.body {
            text = text.or_else(|| Some(plain(words.as_bytes())));
        }
    }
    if let Some(fields) = fields {
        return Ok(of_status(&fields));
    }
    // A mailbox's own answer may come from nobody too (RFC 3834), and then says that it is one.
    let from = header(&mail, "From");
    let by_system = ["mailer-daemon", "postmaster", "mail delivery"]
        .iter()
        .any(|name| from.contains(name));
    let from_nobody = header(&mail, "Return-Path").trim() == "<>";
    let replied = header(&mail, "Auto-Submitted")
        .trim()
        .starts_with("auto-replied");
    if !by_system && (replied || !from_nobody) {
        return Ok(Report {
            fate: Fate::Answer,
            status: None,
            diagnostic: None,
        });
    }
    let text = text.unwrap_or_default();
    let status = text.split_whitespace().find_map(status_in);
    let late = status.as_deref().is_some_and(|code| code.starts_with('4'));
    Ok(Report {
        fate: if late { Fate::Delayed } else { Fate::Failed },
        diagnostic: status
            .as_deref()
            .and_then(|status| text.lines().find(|line| line.contains(status)))
            .map(tidy),
        status,
    })
}

/// A header as it stands, in lower case.
fn header(mail: &Message<'_>, name: &'static str) -> String {
    mail.header_raw(name).unwrap_or_default().to_lowercase()
}

/// The fields of a `message/delivery-status`. A report of several recipients is one of ours only by mistake (one
/// recipient a message); the worst that it says is kept.
fn of_status(fields: &str) -> Report {
    let mut report = Report {
        fate: Fate::Answer,
        status: None,
        diagnostic: None,
    };
    let (mut status, mut diagnostic) = (None, None);
    for (name, value) in unfolded(fields) {
        match name.as_str() {
            "action" => {
                let fate = match value.trim().to_ascii_lowercase().as_str() {
                    "failed" => Fate::Failed,
                    "delayed" => Fate::Delayed,
                    "delivered" | "relayed" | "expanded" => Fate::Delivered,
                    _ => continue,
                };
                if rank(fate) > rank(report.fate) {
                    report.fate = fate;
                }
            }
            "status" => {
                status = status.or_else(|| status_in(value.split(' ').next().unwrap_or("")));
            }
            "diagnostic-code" => {
                // `smtp; 550 5.1.1 …`: the kind says nothing to people.
                let words = value
                    .split_once(';')
                    .map_or(value.as_str(), |(_, words)| words);
                diagnostic =
                    diagnostic.or_else(|| Some(tidy(words)).filter(|text| !text.is_empty()));
            }
            _ => {}
        }
    }
    // An action that no standard knows: its status tells.
    if report.fate == Fate::Answer {
        report.fate = match status.as_deref().map(|code| &code[..1]) {
            Some("5") => Fate::Failed,
            Some("4") => Fate::Delayed,
            Some("2") => Fate::Delivered,
            _ => Fate::Answer,
        };
    }
    (report.status, report.diagnostic) = (status, diagnostic);
    report
}

fn rank(fate: Fate) -> u8 {
    match fate {
        Fate::Answer => 0,
        Fate::Delivered => 1,
        Fate::Delayed => 2,
        Fate::Failed => 3,
    }
}

/// Names in lower case, with values whose folds are undone.
fn unfolded(fields: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in fields.lines().take(1_000) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = found.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            found.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    found
}

/// `5.1.1`, also as `#5.1.1` or `(5.1.1)`.
fn status_in(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_ascii_digit());
    let parts: Vec<&str> = word.split('.').collect();
    let [class, subject, detail] = parts.as_slice() else {
        return None;
    };
    let number = |text: &str| {
        (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    (matches!(*class, "2" | "4" | "5") && number(subject) && number(detail))
        .then(|| word.to_owned())
}

/// One line without control characters.
fn tidy(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(1_000)
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POSTFIX: &str = include_str!("../tests/data/bounces/postfix.eml");
    const DELAYED: &str = include_str!("../tests/data/bounces/delayed.eml");
    const PLAIN: &str = include_str!("../tests/data/bounces/plain.eml");
    const ABSENT: &str = include_str!("../tests/data/bounces/absent.eml");

    #[test]
    fn a_report_says_what_became_of_the_message() {
        for (mail, fate, why) in [
            (
                POSTFIX,
                Fate::Failed,
                "550 5.1.1 <mael.noel@ecole.example>: Recipient address rejected: User unknown in local recipient table",
            ),
            (
                DELAYED,
                Fate::Delayed,
                "4.4.1 connect to mx.ecole.example[192.0.2.1]:25: Connection timed out",
            ),
            (
                PLAIN,
                Fate::Failed,
                "550 5.2.1 The email account that you tried to reach is disabled",
            ),
            (ABSENT, Fate::Answer, "bounce"),
        ] {
            let report = read(mail.replace('\n', "\r\n").as_bytes()).unwrap();
            assert_eq!((report.fate, report.why(200).as_str()), (fate, why));
            assert_eq!(read(mail.as_bytes()).unwrap(), report, "bare line feeds");
        }
    }

    #[test]
    fn what_is_no_mail_is_told() {
        for (bytes, unread) in [
            (Vec::new(), Unread::Empty),
            (b" \r\n\r\n".to_vec(), Unread::Empty),
            (vec![b'a'; LARGEST + 1], Unread::TooLarge),
            (b"\r\nno header at all".to_vec(), Unread::NoMail),
        ] {
            assert_eq!(read(&bytes), Err(unread));
        }
    }

    #[test]
    fn a_report_keeps_short_plain_text() {
        let hostile = POSTFIX.replace(
            "User unknown",
            &format!("User\u{1b}[2J unknown {}", "x".repeat(5_000)),
        );
        let why = read(hostile.as_bytes()).unwrap().why(200);
        assert_eq!(why.chars().count(), 200);
        assert!(!why.contains(char::is_control));
    }

    #[test]
    fn a_mail_of_parts_within_parts_is_read_in_time() {
        let mut mail = String::from("From: MAILER-DAEMON@x.example\r\n");
        for level in 0..20_000 {
            use std::fmt::Write as _;
            let _ = write!(
                mail,
                "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
            );
        }
        let before = std::time::Instant::now();
        let _ = read(mail.as_bytes());
        assert!(before.elapsed() < std::time::Duration::from_secs(20));
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            let _ = read(&bytes);
        }

        /// A report, cut and spoilt anywhere.
        #[test]
        fn no_spoilt_report_makes_reading_panic(
            cut in 0_usize..4_000, at in 0_usize..4_000, bytes in proptest::collection::vec(any::<u8>(), 0..40)
        ) {
            let mut mail = POSTFIX.as_bytes().to_vec();
            mail.truncate(cut);
            let at = at.min(mail.len());
            mail.splice(at..at, bytes);
            if let Ok(report) = read(&mail) {
                prop_assert!(report.why(200).chars().count() <= 200);
                prop_assert!(!report.why(200).contains(char::is_control));
            }
        }
    }
}
