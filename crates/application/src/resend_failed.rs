//! Sends failed messages again: each as a new message that refers to the former.

use std::collections::HashMap;

use delos_documents::mail::Payload;
use delos_domain::actor::Actor;
use delos_domain::ids::{AccountId, CandidateId, MessageId};
use delos_domain::scope::ResendMessage;
use delos_persistence::outbox::{self, FailedMessage, NewMessage};
use delos_persistence::{Transaction, accounts, envelope, journal};

use crate::access_codes::{WITH_CONVOCATION, candidate_codes, staff_link};
use crate::context::Context;
use crate::delivery;
use crate::delivery::forget_secrets;
use crate::error::{CommandError, CommandResult, Refusal, retrying};

/// Most messages of one request.
const MOST: usize = 5_000;

/// Sends again those of `ids` that have failed without a doubt and have an address now; how many leave.
///
/// A one-time code or link was blanked when its message ended: the new message bears a new one.
///
/// # Errors
/// Refuses with `nothing_to_resend`, `no_address` (there is nowhere to send any of them) and `too_many`.
pub async fn resend_failed(
    context: &Context,
    actor: &Actor,
    ids: &[MessageId],
) -> CommandResult<usize> {
    retrying(|| resend(context, actor, ids)).await
}

async fn resend(context: &Context, actor: &Actor, ids: &[MessageId]) -> CommandResult<usize> {
    let scope = actor.scope::<ResendMessage>(context.today())?;
    if ids.len() > MOST {
        return Err(Refusal::new("too_many").with("most", MOST).into());
    }
    let tx = context.db.write().await?;
    let mut failed = outbox::failed(&tx, &scope, ids).await?;
    if failed.is_empty() {
        return Err(Refusal::new("nothing_to_resend").into());
    }
    failed.retain(|one| address(one).is_some());
    if failed.is_empty() {
        return Err(Refusal::new("no_address").into());
    }
    let codes = new_codes(context, &tx, scope.session().0, &failed).await?;
    let mut again = Vec::with_capacity(failed.len());
    for old in &failed {
        outbox::supersede(&tx, &scope, old.record.id).await?;
        forget_secrets(&tx, old.record.id, &old.payload).await?;
        let payload = renewed(context, &tx, old, &codes).await?;
        again.push(anew(context, old, payload));
    }
    outbox::insert(&tx, scope.session(), &again).await?;
    let subjects = again.iter().map(|message| message.id.0).collect();
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), &scope, subjects),
    )
    .await?;
    let count = tx.commit(again.len()).await?.into_inner();
    context.signals.ring().await;
    Ok(count)
}

/// Where it goes now: the address may have been put right since.
fn address(one: &FailedMessage) -> Option<String> {
    let known = one.record.identity.email.as_ref().map(ToString::to_string);
    known.or_else(|| Some(one.record.address.clone()).filter(|address| !address.is_empty()))
}

fn anew(context: &Context, old: &FailedMessage, payload: Vec<u8>) -> NewMessage {
    let now = context.now();
    let sitting_at = Payload::from_bytes(&payload)
        .ok()
        .as_ref()
        .and_then(delivery::sitting_at);
    NewMessage {
        id: MessageId(context.ids.next()),
        about: old.record.about,
        dedup_key: format!("again:{}", old.record.id),
        kind: old.record.kind.clone(),
        identity: old.record.identity.id,
        address: address(old),
        subject: old.record.subject.clone(),
        payload,
        series: old.series,
        revision: old.record.revision,
        priority: 1,
        not_before: now,
        created_at: now,
        references: Some(old.record.id),
        sitting_at,
    }
}

/// New codes for the candidates who are convoked again, or asked for a code, and have no password yet: the old one was
/// blanked with its message, or never made because there was nowhere to send it.
async fn new_codes(
    context: &Context,
    tx: &Transaction,
    session: uuid::Uuid,
    failed: &[FailedMessage],
) -> CommandResult<HashMap<CandidateId, String>> {
    let bears_one = |one: &&FailedMessage| {
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

/// The payload with what was blanked made anew; a candidate who has chosen his password needs no code any more.
async fn renewed(
    context: &Context,
    tx: &Transaction,
    old: &FailedMessage,
    codes: &HashMap<CandidateId, String>,
) -> CommandResult<Vec<u8>> {
    let Ok(mut payload) = Payload::from_bytes(&old.payload) else {
        return Err(CommandError::Broken("a payload of no version".to_owned()));
    };
    let code = old.record.about.candidate.and_then(|id| codes.get(&id));
    match &mut payload {
        Payload::CandidateConvocation(value) => value.code = code.cloned(),
        Payload::CandidateCode(value) => {
            if let Some(code) = code {
                value.code.clone_from(code);
            }
        }
        Payload::AccountInvitation(value) => {
            if let Some(account) = old.record.about.account {
                (value.link, value.expires_on) = staff_link(context, tx, account).await?;
            }
        }
        Payload::ExaminerConvocation(_) => {}
    }
    Ok(payload.to_bytes())
}
