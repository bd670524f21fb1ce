//! The second factor of staff: what opens the sealed operations to a person who knows more than a password.
//!
//! Invariant: a session is strong from a proof to its own end; the proof gives it another token.
//! Invariant: secrets and codes are told once, to their owner, and never written to a log.
//! Invariant: the wait after wrong codes is that of wrong passwords, whichever kind of code they are.

mod begin;
mod confirm;
mod notice;
mod prove;
mod renew_codes;
mod reset;
pub mod totp;

use chrono::{DateTime, Utc};
use delos_persistence::accounts;
use delos_persistence::second_factor::{self, FactorRecord};
use delos_persistence::{Transaction, journal};

use crate::attempts::wait_after;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::secrets::{new_token, token_hash};
use crate::sign_in::Person;

pub use begin::{NewFactor, begin};
pub use confirm::{Confirmed, confirm};
pub use prove::{Proof, prove};
pub use renew_codes::renew_codes;
pub(crate) use reset::RESET_SERVES;
pub use reset::{ask_reset, confirm_reset};

/// How many recovery codes are given at once.
const RECOVERY_CODES: usize = 10;

/// A second factor is staff's alone: nothing sealed ever opens to a candidate.
fn must_be_staff(person: &Person) -> CommandResult<()> {
    if person.account.candidate.is_some() {
        return Err(CommandError::Forbidden);
    }
    Ok(())
}

/// Refuses whoever still waits after wrong codes.
fn must_not_wait(factor: &FactorRecord, now: DateTime<Utc>) -> Result<(), Refusal> {
    match wait_after(factor.failures, factor.failed_at, now) {
        Some(wait) => {
            Err(Refusal::new("too_many_attempts").with("seconds", wait.num_seconds().max(1)))
        }
        None => Ok(()),
    }
}

/// Makes the session strong under a new token, which is given back.
async fn strengthen(context: &Context, tx: &Transaction, person: &Person) -> CommandResult<String> {
    let token = new_token(context);
    let hash = token_hash(&token);
    accounts::strengthen(tx, &person.web_session, &hash, context.now()).await?;
    Ok(token)
}

/// New recovery codes in the place of those that there are: as they are told, once.
async fn new_codes(
    context: &Context,
    tx: &Transaction,
    person: &Person,
) -> CommandResult<Vec<String>> {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| recovery_code(context))
        .collect();
    let rows: Vec<_> = codes
        .iter()
        .map(|code| (context.ids.next(), crate::secrets::fold_code(code)))
        .collect();
    second_factor::replace_codes(tx, person.account.id, &rows, context.now()).await?;
    Ok(codes)
}

/// Sixteen characters of an alphabet without look-alikes (80 bits), in four groups.
fn recovery_code(context: &Context) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let letters: Vec<char> = context
        .random::<16>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

/// One line about a person's own factor.
async fn log(
    context: &Context,
    tx: &Transaction,
    operation: &'static str,
    person: &Person,
    outcome: &str,
) -> CommandResult<()> {
    let line = journal::Line {
        id: context.ids.next(),
        at: context.now(),
        account: Some(person.account.id.0),
        mandate: person.web_session.mandate.map(|id| id.0),
        operation,
        session: None,
        subjects: vec![person.account.id.0],
        outcome: outcome.to_owned(),
        change: None,
    };
    journal::add(tx, line).await?;
    Ok(())
}
