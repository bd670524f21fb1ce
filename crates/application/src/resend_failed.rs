//! Sends again what did not arrive for sure: each as a new message that refers to the former.

use std::collections::HashMap;

use delos_documents::mail::Payload;
use delos_domain::actor::Actor;
use delos_domain::ids::{AccountId, CandidateId, MessageId};
use delos_domain::scope::{Operation, ResendMessage, Scope};
use delos_persistence::outbox::{self, NewMessage, OpenedMessage};
use delos_persistence::{Transaction, accounts, envelope, journal};

use crate::access_codes::{WITH_CONVOCATION, candidate_codes, staff_link};
use crate::context::Context;
use crate::delivery::forget_secrets;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;
use crate::outgoing::Outgoing;

/// Most messages of one request.
const MOST: usize = 5_000;

/// Sends again those of `ids` that have failed, or came back, and have an address now; how many leave. With
/// `even_doubtful`, those too that the relay may have taken: their recipients may get them twice, and the person who asks
/// knows it.
///
/// A one-time code or link was blanked when its message ended: the new message bears a new one.
///
/// # Errors
/// Refuses with `nothing_to_resend`, `no_address` (there is nowhere to send any of them) and `too_many`.
pub async fn resend_failed(
    context: &Context,
    actor: &Actor,
    ids: &[MessageId],
    even_doubtful: bool,
) -> CommandResult<usize> {
    retrying(|| resend(context, actor, ids, even_doubtful)).await
}

async fn resend(
    context: &Context,
    actor: &Actor,
    ids: &[MessageId],
    even_doubtful: bool,
) -> CommandResult<usize> {
    let scope = actor.scope::<ResendMessage>(context.today())?;
    if ids.len() > MOST {
        return Err(Refusal::new("too_many").with("most", MOST).into());
    }
    let tx = context.db.write().await?;
    let mut found = outbox::to_send_again(&tx, &scope, ids, even_doubtful).await?;
    if found.is_empty() {
        return Err(Refusal::new("nothing_to_resend").into());
    }
    found.retain(|one| address(one).is_some());
    if found.is_empty() {
        return Err(Refusal::new("no_address").into());
    }
    let sent = again(context, &tx, &scope, &found).await?;
    if sent.is_empty() {
        return Err(Refusal::new("nothing_to_resend").into());
    }
    let subjects = sent.iter().map(|id| id.0).collect();
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), &scope, subjects),
    )
    .await?;
    let count = tx.commit(sent.len()).await?.into_inner();
    context.signals.ring().await;
    context.told(&Change::messages(found.iter().map(|one| &one.record.about)));
    Ok(count)
}

/// Puts, in the place of each of these, a new message that refers to it. A code stays as it is once its candidate has a
/// password: there is nothing to tell him any more.
pub(crate) async fn again<O: Operation>(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<O>,
    of: &[OpenedMessage],
) -> CommandResult<Vec<MessageId>> {
    let codes = new_codes(context, tx, scope.session().0, of).await?;
    let outgoing = Outgoing::load(context, tx, None).await?;
    let mut again = Vec::with_capacity(of.len());
    for old in of {
        let Some(mut payload) = renewed(context, tx, old, &codes).await? else {
            continue;
        };
        outbox::supersede(tx, scope, old.record.id, context.now()).await?;
        forget_secrets(tx, old.record.id, &old.payload).await?;
        let id = MessageId(context.ids.next());
        if !matches!(payload, Payload::Reminder(_)) {
            // It acknowledges itself; a reminder, the convocation that it is about.
            outgoing.sign(&mut payload, id);
        }
        again.push(anew(context, old, id, &payload));
    }
    outbox::insert(tx, scope.session(), &again).await?;
    Ok(again.into_iter().map(|one| one.id).collect())
}

/// Where it goes now: the address may have been put right since.
fn address(one: &OpenedMessage) -> Option<String> {
    let known = one.record.identity.email.as_ref().map(ToString::to_string);
    known.or_else(|| Some(one.record.address.clone()).filter(|address| !address.is_empty()))
}

fn anew(context: &Context, old: &OpenedMessage, id: MessageId, payload: &Payload) -> NewMessage {
    let now = context.now();
    NewMessage {
        id,
        about: old.record.about,
        dedup_key: format!("again:{}", old.record.id),
        kind: old.record.kind.clone(),
        identity: old.record.identity.id,
        address: address(old),
        subject: old.record.subject.clone(),
        payload: payload.to_bytes(),
        series: old.series,
        revision: old.record.revision,
        priority: 1,
        not_before: now,
        created_at: now,
        references: Some(old.record.id),
        sitting_at: old.record.sitting_at.or_else(|| payload.sitting_at()),
    }
}

/// New codes for the candidates who are convoked again, or asked for a code, and have no password yet: the old one was
/// blanked with its message, or never made because there was nowhere to send it.
async fn new_codes(
    context: &Context,
    tx: &Transaction,
    session: uuid::Uuid,
    failed: &[OpenedMessage],
) -> CommandResult<HashMap<CandidateId, String>> {
    let bears_one = |one: &&OpenedMessage| {
        matches!(
            Payload::from_bytes(&one.payload),
            Ok(Payload::CandidateConvocation(_) | Payload::CandidateCode(_))
        )
    };
    let candidates: Vec<CandidateId> = failed
        .iter()
        .filter(bears_one)
        .filter_map(|one| one.record.about.candidate)
        .collect();
    if candidates.is_empty() {
        return Ok(HashMap::new());
    }
    let found = accounts::of_candidates(tx, &candidates).await?;
    let waiting: HashMap<AccountId, CandidateId> = found
        .into_iter()
        .filter(|(_, (_, has_password))| !has_password)
        .map(|(candidate, (account, _))| (account, candidate))
        .collect();
    let key = envelope::session_key(tx, session).await?;
    let of: Vec<AccountId> = waiting.keys().copied().collect();
    let codes = candidate_codes(context, tx, &key, &of, WITH_CONVOCATION).await?;
    Ok(codes
        .into_iter()
        .filter_map(|(account, code)| Some((*waiting.get(&account)?, code)))
        .collect())
}

/// The payload with what was blanked made anew; none when nothing is left of it: a candidate who has chosen his password
/// needs no code any more.
async fn renewed(
    context: &Context,
    tx: &Transaction,
    old: &OpenedMessage,
    codes: &HashMap<CandidateId, String>,
) -> CommandResult<Option<Payload>> {
    let Ok(mut payload) = Payload::from_bytes(&old.payload) else {
        return Err(CommandError::Broken("a payload of no version".to_owned()));
    };
    let code = old.record.about.candidate.and_then(|id| codes.get(&id));
    match &mut payload {
        Payload::CandidateConvocation(value) => value.code = code.cloned(),
        Payload::CandidateCode(value) => match code {
            Some(code) => value.code.clone_from(code),
            None => return Ok(None),
        },
        Payload::AccountInvitation(value) => {
            if let Some(account) = old.record.about.account {
                (value.link, value.expires_on) = staff_link(context, tx, account).await?;
            }
        }
        _ => {}
    }
    Ok(Some(payload))
}
