//! The envelope sender of one message ("VERP"): what comes back to it names the message, and proves that it left from
//! here.
//!
//! `bounce+ID.MARK@domain`: the id in 32 hexadecimal digits, and the first 80 bits of the house's mark on it. Both are
//! read whatever the case: relays change it. The local part is 60 characters long, of the 64 that RFC 5321 allows.

use delos_domain::ids::MessageId;
use delos_persistence::{Access, Database};
use uuid::Uuid;

use crate::context::Context;
use crate::secrets::hex;

/// What the mark is made for.
const PURPOSE: &str = "delos-bounce-v1";
/// Before the id.
const PREFIX: &str = "bounce+";
/// Bytes of the mark that are kept.
const MARK: usize = 10;
/// Characters of an id and of a mark.
const ID_DIGITS: usize = 32;
const MARK_DIGITS: usize = 2 * MARK;
/// Marks looked at in one mail: more is somebody who guesses.
const MOST: usize = 50;

/// What names a message and proves it, without an address around it: the `ENVID` of RFC 3461.
pub fn envelope_id(context: &Context, id: MessageId) -> String {
    format!("{}.{}", id.0.simple(), mark(&context.db, id))
}

/// Where a message comes back to.
pub fn bounce_address(context: &Context, id: MessageId, domain: &str) -> String {
    format!("{PREFIX}{}@{domain}", envelope_id(context, id))
}

/// The message that a mail names and proves, wherever it stands in it: in the address that it was delivered to, in the
/// envelope's id of a report, in the headers of the message returned.
pub fn named_in(context: &Context, mail: &[u8]) -> Option<MessageId> {
    let mut tried = 0;
    let whole = ID_DIGITS + 1 + MARK_DIGITS;
    for (place, _) in mail.iter().enumerate().filter(|(_, byte)| **byte == b'.') {
        let Some(start) = place.checked_sub(ID_DIGITS) else {
            continue;
        };
        let Some((id, mark)) = mail.get(start..start + whole).and_then(read) else {
            continue;
        };
        tried += 1;
        if tried > MOST {
            return None;
        }
        if same(&self::mark(&context.db, id), &mark) {
            return Some(id);
        }
    }
    None
}

fn read(text: &[u8]) -> Option<(MessageId, String)> {
    let text = std::str::from_utf8(text).ok()?;
    let (id, mark) = text.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits(id) || !digits(mark) {
        return None;
    }
    let id = Uuid::try_parse(id).ok()?;
    Some((MessageId(id), mark.to_ascii_lowercase()))
}

fn mark(db: &Database, id: MessageId) -> String {
    hex(&db.read().master().mark(PURPOSE, id.0.as_bytes())[..MARK])
}

/// Without telling by its time how much is right.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one
            .bytes()
            .zip(other.bytes())
            .fold(0, |different, (a, b)| different | (a ^ b))
            == 0
}
