//! What the outbox says against what the relay holds.
//!
//! Nothing here knows how either was read: the promise of the outbox as a pure function, so that each way of breaking
//! it can be planted in a test.

use std::collections::{BTreeMap, BTreeSet};

use delos_tests::campaign::outbox::Row;
use delos_tests::relay::{Accepted, Refused};

use crate::trace::{Fact, What};

/// What is known of a campaign once it has ended.
pub struct Facts<'a> {
    /// The outbox.
    pub rows: &'a [Row],
    /// The relay's mailbox.
    pub accepted: &'a [Accepted],
    /// What the relay will never take.
    pub refused: &'a Refused,
    /// The order of the commits.
    pub trace: &'a [Fact],
    /// Deliveries that a kill, or a database that went away, may have cut past the dot.
    pub doubts: usize,
}

/// What the campaign counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Messages of the outbox.
    pub messages: usize,
    /// Mails that the relay took.
    pub accepted: usize,
    /// Mails accepted beyond the first of each message.
    pub duplicates: usize,
    /// Messages accepted more than once.
    pub doubled: usize,
    /// Messages flagged as possibly doubled.
    pub flagged: usize,
    /// Messages withdrawn or overtaken before they had left.
    pub withdrawn: usize,
    /// Messages that the relay refused for good.
    pub refused: usize,
    /// Messages that were to arrive and never did.
    pub lost: usize,
    /// Messages accepted more than once that nothing flags.
    pub unflagged: usize,
    /// Messages of which the relay has two versions under one Message-ID, or one that is not the first try's.
    pub other_bytes: usize,
    /// Messages that passed the dot after they had been withdrawn or overtaken.
    pub past_after_withdrawal: usize,
    /// What breaks the promise, in words.
    pub faults: Vec<String>,
}

/// Holds the promise against the facts: nothing lost, no duplicate unflagged, the same Message-ID and the same bytes,
/// nothing past the dot once withdrawn, no more duplicates than instants of doubt, each message in its right state.
pub fn judge(facts: &Facts<'_>) -> Verdict {
    let mut verdict = Verdict {
        messages: facts.rows.len(),
        accepted: facts.accepted.len(),
        ..Verdict::default()
    };
    let by_message = sort(facts, &mut verdict);
    let crossings = crossings(facts.trace);
    for row in facts.rows {
        let mails = by_message.get(&row.id).map_or(&[][..], Vec::as_slice);
        let crossed = crossings.get(row.id.as_str()).copied().unwrap_or_default();
        judge_row(row, mails, crossed, facts.refused, &mut verdict);
    }
    judge_order(facts.rows, &by_message, &mut verdict);
    let cuts = facts
        .accepted
        .iter()
        .filter(|mail| !mail.acknowledged)
        .count();
    if verdict.duplicates > facts.doubts + cuts {
        let reason = format!(
            "{} duplicates for {} deliveries that may have been cut past the dot and {cuts} that the relay cut there",
            verdict.duplicates, facts.doubts
        );
        verdict.faults.push(reason);
    }
    verdict
}

/// The mails of each message.
fn sort<'a>(facts: &Facts<'a>, verdict: &mut Verdict) -> BTreeMap<String, Vec<&'a Accepted>> {
    let mut by_message: BTreeMap<String, Vec<&Accepted>> = BTreeMap::new();
    for mail in facts.accepted {
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
    let known: BTreeSet<&str> = facts.rows.iter().map(|row| row.id.as_str()).collect();
    for id in by_message.keys().filter(|id| !known.contains(id.as_str())) {
        verdict.faults.push(format!(
            "the relay holds {id}, which the outbox does not know"
        ));
    }
    by_message
}

/// What the trace says of one message.
#[derive(Clone, Copy, Default)]
struct Crossed {
    /// How many times it passed the dot.
    times: usize,
    is_withdrawn: bool,
    after_withdrawal: bool,
}

fn crossings(trace: &[Fact]) -> BTreeMap<&str, Crossed> {
    let mut crossings: BTreeMap<&str, Crossed> = BTreeMap::new();
    for fact in trace {
        let crossed = crossings.entry(fact.message.as_str()).or_default();
        match fact.what {
            What::PastDot => {
                crossed.times += 1;
                crossed.after_withdrawal |= crossed.is_withdrawn;
            }
            What::Withdrawn => crossed.is_withdrawn = true,
        }
    }
    crossings
}

fn judge_row(
    row: &Row,
    mails: &[&Accepted],
    crossed: Crossed,
    refused: &Refused,
    verdict: &mut Verdict,
) {
    let mut fault = |text: String| verdict.faults.push(text);
    let id = &row.id;
    let is_refused = refused.addresses.contains(&row.address.to_lowercase())
        || refused
            .message_ids
            .iter()
            .any(|refused| message(refused).as_deref() == Some(id));
    verdict.flagged += usize::from(row.ambiguous);
    match row.status.as_str() {
        "sent" => {}
        "failed" if is_refused => verdict.refused += 1,
        "cancelled" if crossed.is_withdrawn => verdict.withdrawn += 1,
        other => fault(format!("{id} ended `{other}`, without a reason")),
    }
    if mails.is_empty() && (row.status == "sent" || !(is_refused || crossed.is_withdrawn)) {
        verdict.lost += 1;
        fault(format!("{id} is lost: the relay never had it"));
    }
    if mails.len() > crossed.times {
        fault(format!(
            "{id} was accepted {} times and passed the dot {} times",
            mails.len(),
            crossed.times
        ));
    }
    if crossed.after_withdrawal {
        verdict.past_after_withdrawal += 1;
        fault(format!("{id} passed the dot after it was withdrawn"));
    }
    if mails.len() > 1 {
        verdict.doubled += 1;
        verdict.duplicates += mails.len() - 1;
        if !row.ambiguous {
            verdict.unflagged += 1;
            fault(format!(
                "{id} was accepted {} times and is not flagged",
                mails.len()
            ));
        }
    }
    if !mails.is_empty() {
        let first = row.first_hash.as_deref();
        let differs = |mail: &&Accepted| {
            mail.sha256 != mails[0].sha256
                || first.is_some_and(|first| first != mail.sha256 && first != mail.sha256_given)
        };
        if mails.iter().any(differs) {
            verdict.other_bytes += 1;
            fault(format!("{id} left with other bytes than the first time"));
        }
        if row.first_hash.is_none() {
            fault(format!("{id} left without the hash of its first bytes"));
        }
    }
}

/// No revision arrives after the one that replaces it.
fn judge_order(rows: &[Row], by_message: &BTreeMap<String, Vec<&Accepted>>, verdict: &mut Verdict) {
    let mut series: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if let Some(name) = &row.series {
            series.entry(name).or_default().push(row);
        }
    }
    for mut revisions in series.into_values().filter(|rows| rows.len() > 1) {
        revisions.sort_by_key(|row| row.revision);
        let mut last = 0;
        for row in revisions {
            let numbers = || {
                let mails = by_message.get(&row.id).into_iter().flatten();
                mails.map(|mail| mail.number)
            };
            if numbers().min().is_some_and(|first| first < last) {
                verdict.faults.push(format!(
                    "revision {} ({}) arrived before the end of the one it replaces",
                    row.revision, row.id
                ));
            }
            last = last.max(numbers().max().unwrap_or_default());
        }
    }
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
mod tests;
