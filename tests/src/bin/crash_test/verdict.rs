//! What the outbox says against what the relay holds.
//!
//! Nothing here knows how either was read: the promise of the outbox as a pure function, so that each way of breaking
//! it can be planted in a test.

use std::collections::{BTreeMap, BTreeSet};

use delos_tests::relay::Accepted;

/// A row of the outbox at the end of the campaign.
#[derive(Clone, Debug)]
pub struct Row {
    /// The message's id, 32 hexadecimal digits.
    pub id: String,
    pub status: String,
    pub ambiguous: bool,
    /// SHA-256 of the bytes of the first try.
    pub first_hash: Option<String>,
}

/// What the campaign counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub messages: usize,
    pub accepted: usize,
    /// Mails accepted beyond the first of each message.
    pub duplicates: usize,
    /// Messages accepted more than once.
    pub doubled: usize,
    /// Messages flagged as possibly doubled.
    pub flagged: usize,
    /// What breaks the promise, in words.
    pub faults: Vec<String>,
}

/// Holds the promise against the facts: nothing lost, no duplicate unflagged, the same Message-ID and the same bytes,
/// no more duplicates than instants of doubt.
pub fn judge(rows: &[Row], accepted: &[Accepted], cut_by_kills: usize) -> Verdict {
    let mut verdict = Verdict {
        messages: rows.len(),
        accepted: accepted.len(),
        ..Verdict::default()
    };
    let mut by_message: BTreeMap<String, Vec<&Accepted>> = BTreeMap::new();
    for mail in accepted {
        if let Some(id) = mail.message_id.as_deref().and_then(message) {
            by_message.entry(id).or_default().push(mail);
        } else {
            verdict.faults.push(format!(
                "a mail without a Message-ID of ours: {:?}",
                mail.message_id
            ));
        }
        if mail.recipients.len() != 1 {
            verdict
                .faults
                .push(format!("a mail for {} recipients", mail.recipients.len()));
        }
    }
    let known: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    for id in by_message.keys().filter(|id| !known.contains(id.as_str())) {
        verdict.faults.push(format!(
            "the relay holds {id}, which the outbox does not know"
        ));
    }
    for row in rows {
        let mails = by_message.get(&row.id).map_or(&[][..], Vec::as_slice);
        verdict.flagged += usize::from(row.ambiguous);
        if row.status != "sent" {
            verdict
                .faults
                .push(format!("{} ended `{}`, not `sent`", row.id, row.status));
        }
        let Some(first) = mails.first() else {
            verdict
                .faults
                .push(format!("{} is lost: the relay never had it", row.id));
            continue;
        };
        if mails.len() > 1 {
            verdict.doubled += 1;
            verdict.duplicates += mails.len() - 1;
            if !row.ambiguous {
                verdict.faults.push(format!(
                    "{} was accepted {} times and is not flagged",
                    row.id,
                    mails.len()
                ));
            }
        }
        if mails.iter().any(|mail| mail.sha256 != first.sha256) {
            verdict
                .faults
                .push(format!("{} left with other bytes the second time", row.id));
        }
        if row.first_hash.is_none() {
            verdict.faults.push(format!(
                "{} left without the hash of its first bytes",
                row.id
            ));
        }
    }
    let cuts = accepted.iter().filter(|mail| !mail.acknowledged).count();
    if verdict.duplicates > cut_by_kills + cuts {
        let reason = format!(
            "{} duplicates for {cut_by_kills} deliveries cut by kills and {cuts} by the relay after the dot",
            verdict.duplicates
        );
        verdict.faults.push(reason);
    }
    verdict
}

/// The id in `<ID@host>`, as 32 hexadecimal digits.
fn message(message_id: &str) -> Option<String> {
    let (id, host) = message_id
        .strip_prefix('<')?
        .strip_suffix('>')?
        .split_once('@')?;
    let id: String = id.chars().filter(|character| *character != '-').collect();
    let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_id && !host.is_empty()).then(|| id.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Accepted, Row, judge};

    const ID: &str = "0193b7a0c0de7000800000000000000a";

    fn row() -> Row {
        Row {
            id: ID.into(),
            status: "sent".into(),
            ambiguous: false,
            first_hash: Some("h".into()),
        }
    }

    fn mail() -> Accepted {
        Accepted {
            number: 1,
            message_id: Some("<0193B7A0-c0de-7000-8000-00000000000a@delos.example>".into()),
            recipients: vec!["someone@ecole.example".into()],
            sha256: "h".into(),
            acknowledged: true,
        }
    }

    fn faults(rows: &[Row], accepted: &[Accepted], cut_by_kills: usize) -> usize {
        judge(rows, accepted, cut_by_kills).faults.len()
    }

    #[test]
    fn one_mail_a_message_keeps_the_promise() {
        assert_eq!(faults(&[row()], &[mail()], 0), 0);
    }

    #[test]
    fn a_flagged_duplicate_with_the_same_bytes_keeps_the_promise() {
        let flagged = Row {
            ambiguous: true,
            ..row()
        };
        let verdict = judge(&[flagged], &[mail(), mail()], 1);
        assert_eq!(
            (
                verdict.faults.len(),
                verdict.duplicates,
                verdict.doubled,
                verdict.flagged
            ),
            (0, 1, 1, 1)
        );
    }

    #[test]
    fn each_way_of_breaking_the_promise_is_one_fault() {
        let flagged = || Row {
            ambiguous: true,
            ..row()
        };
        assert_eq!(faults(&[row()], &[], 0), 1, "lost");
        assert_eq!(
            faults(&[row()], &[mail(), mail()], 1),
            1,
            "a duplicate without a flag"
        );
        assert_eq!(
            faults(&[flagged()], &[mail(), mail()], 0),
            1,
            "a duplicate that nothing explains"
        );
        let other_bytes = Accepted {
            sha256: "other".into(),
            ..mail()
        };
        assert_eq!(
            faults(&[flagged()], &[mail(), other_bytes], 1),
            1,
            "other bytes"
        );
        let other_id = Accepted {
            message_id: Some("<fresh@delos.example>".into()),
            ..mail()
        };
        assert_eq!(
            faults(&[flagged()], &[mail(), other_id], 1),
            1,
            "another Message-ID"
        );
        let unknown = Accepted {
            message_id: Some(format!("<{}@h>", ID.replace('a', "b"))),
            ..mail()
        };
        assert_eq!(
            faults(&[row()], &[mail(), unknown], 1),
            1,
            "a message that nobody decided"
        );
        let crowd = Accepted {
            recipients: vec!["a@b.example".into(), "c@d.example".into()],
            ..mail()
        };
        assert_eq!(faults(&[row()], &[crowd], 0), 1, "two recipients");
        let stuck = Row {
            status: "sending".into(),
            ..row()
        };
        assert_eq!(faults(&[stuck], &[mail()], 0), 1, "left in sending");
        let unhashed = Row {
            first_hash: None,
            ..row()
        };
        assert_eq!(faults(&[unhashed], &[mail()], 0), 1, "no hash");
    }

    #[test]
    fn a_cut_after_the_dot_explains_one_duplicate() {
        let flagged = Row {
            ambiguous: true,
            ..row()
        };
        let cut = Accepted {
            acknowledged: false,
            ..mail()
        };
        assert_eq!(faults(&[flagged], &[cut, mail()], 0), 0);
    }
}
