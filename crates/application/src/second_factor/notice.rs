//! The mail that tells the owner of a second factor what has become of it, whoever did it.

use delos_documents::convocation::Words;
use delos_documents::mail::{FactorEvent, Payload, SecondFactor};
use delos_domain::ids::{AccountId, MessageId};
use delos_domain::mandate::{Mandate, Perimeter};
use delos_persistence::accounts::AccountRecord;
use delos_persistence::outbox::{self, About, NewMessage};
use delos_persistence::{Transaction, sessions};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::live::Change;
use crate::outgoing::Outgoing;
use crate::sign_in::Person;

/// Tells a person of what was done with his factor in his own session. Whoever has no mandate has no session whose outbox
/// would hold the mail: the journal alone knows, and nothing sealed opens to him.
pub(super) async fn own(
    context: &Context,
    tx: &Transaction,
    person: &Person,
    event: FactorEvent,
) -> CommandResult<()> {
    let active = person.web_session.mandate;
    let mandate = person
        .mandates
        .iter()
        .find(|mandate| Some(mandate.id) == active)
        .or(person.mandates.first());
    match mandate {
        Some(mandate) => put(context, tx, &person.account, mandate, event).await,
        None => Ok(()),
    }
}

/// Puts the mail; somebody without an address has a row on the list of failures, as everybody.
pub(super) async fn put(
    context: &Context,
    tx: &Transaction,
    account: &AccountRecord,
    mandate: &Mandate,
    event: FactorEvent,
) -> CommandResult<()> {
    let now = context.now();
    let session = sessions::by_id(tx, mandate.session)
        .await?
        .ok_or(CommandError::NotFound)?;
    let (authority, school) = match mandate.perimeter {
        Perimeter::Authority(a) | Perimeter::Examiner(_, a) | Perimeter::Candidate(_, a) => {
            (Some(a), None)
        }
        Perimeter::School(s, a) => (Some(a), Some(s)),
        Perimeter::Session => (None, None),
    };
    let id = MessageId(context.ids.next());
    let mut payload = Payload::SecondFactor(SecondFactor {
        name: account.identity.full_name(),
        session: session.code,
        event,
        at: now.with_timezone(&chrono_tz::Europe::Paris).naive_local(),
        words: Words::default(),
    });
    Outgoing::load(context, tx, authority)
        .await?
        .word(&mut payload);
    let message = NewMessage {
        id,
        about: About {
            session: Some(mandate.session),
            authority,
            school,
            account: Some(account.id),
            ..About::default()
        },
        dedup_key: format!("second-factor:{id}"),
        kind: payload.kind().to_owned(),
        identity: account.identity.id,
        address: account.identity.email.as_ref().map(ToString::to_string),
        subject: payload.subject(),
        payload: payload.to_bytes(),
        series: None,
        revision: 0,
        // Whoever did not do it must know at once: quiet hours do not hold it.
        priority: 0,
        not_before: now,
        created_at: now,
        references: None,
        sitting_at: None,
    };
    Ok(outbox::insert(tx, mandate.session, &[message]).await?)
}

/// Wakes the worker once the mail is committed.
pub(super) async fn told(context: &Context, account: AccountId) {
    context.signals.ring().await;
    context.told(&[Change::Messages(account.0)]);
}
