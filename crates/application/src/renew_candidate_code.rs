//! A new first-access code for a candidate of the perimeter, sent by mail; the ones before no longer serve.

use delos_documents::convocation::Words;
use delos_documents::mail::{CandidateCode, Payload};
use delos_domain::actor::Actor;
use delos_domain::ids::{CandidateId, MessageId};
use delos_domain::scope::RenewCandidateCode;
use delos_persistence::outbox::{self, About, NewMessage};
use delos_persistence::{accounts, authorities, candidates, envelope, journal, sessions};

use crate::access_codes::{ASKED_FOR, candidate_codes};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;
use crate::outgoing::Outgoing;

/// Makes and sends the code.
///
/// # Errors
/// Refuses with `no_account` (he is not convoked yet) and `no_address`.
pub async fn renew_candidate_code(
    context: &Context,
    actor: &Actor,
    id: CandidateId,
) -> CommandResult<()> {
    retrying(|| renew(context, actor, id)).await
}

async fn renew(context: &Context, actor: &Actor, id: CandidateId) -> CommandResult<()> {
    let scope = actor.scope::<RenewCandidateCode>(context.today())?;
    let now = context.now();
    let tx = context.db.write().await?;
    let candidate = candidates::one(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let address = candidate
        .identity
        .email
        .clone()
        .ok_or_else(|| Refusal::new("no_address"))?;
    let existing = accounts::of_candidates(&tx, &[id]).await?;
    let (account, _) = existing
        .get(&id)
        .ok_or_else(|| Refusal::new("no_account"))?;
    let session = sessions::by_id(&tx, scope.session())
        .await?
        .ok_or(CommandError::NotFound)?;
    let regulation = context
        .regulation(&session.regulation)
        .ok_or(CommandError::NotFound)?;
    let authority = authorities::all(&tx)
        .await?
        .into_iter()
        .find(|one| one.id == candidate.candidate.authority)
        .ok_or(CommandError::NotFound)?;
    let key = envelope::session_key(&tx, scope.session().0).await?;
    let code = candidate_codes(context, &tx, &key, &[*account], ASKED_FOR)
        .await?
        .remove(account)
        .unwrap_or_default();
    let message = MessageId(context.ids.next());
    let mut payload = Payload::CandidateCode(CandidateCode {
        name: candidate.identity.full_name(),
        number: candidate.candidate.number.to_string(),
        exam_code: regulation.exam_code.clone(),
        authority: authority.name,
        code,
        link: context.settings.public_url.clone(),
        words: Words::default(),
    });
    let of = candidate.candidate.authority;
    Outgoing::load(context, &tx, Some(of))
        .await?
        .word(&mut payload);
    let new = NewMessage {
        id: message,
        about: About {
            session: Some(scope.session()),
            authority: Some(candidate.candidate.authority),
            school: candidate.candidate.school,
            candidate: Some(id),
            account: Some(*account),
            ..About::default()
        },
        dedup_key: format!("code:{message}"),
        kind: payload.kind().to_owned(),
        identity: candidate.identity.id,
        address: Some(address.to_string()),
        subject: payload.subject(),
        payload: payload.to_bytes(),
        series: None,
        revision: 0,
        // Somebody waits for it before a screen: quiet hours do not hold it.
        priority: 0,
        not_before: now,
        created_at: now,
        references: None,
        sitting_at: None,
    };
    outbox::insert(&tx, scope.session(), &[new]).await?;
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), now, &scope, vec![id.0]),
    )
    .await?;
    tx.commit(()).await?.into_inner();
    context.signals.ring().await;
    context.told(&[Change::Messages(id.0)]);
    Ok(())
}
