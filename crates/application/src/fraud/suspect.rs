//! Somebody who was there says what he saw: the result is withheld, and nothing else changes.

use delos_domain::actor::Actor;
use delos_domain::ids::{SittingId, SuspicionId};
use delos_domain::scope::SuspectFraud;
use delos_persistence::suspicions::{self, SuspicionRecord};
use delos_persistence::{candidates, journal, sittings};

use super::LONGEST;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;
use crate::tracks_of;

/// Raises a suspicion about the candidate of a sitting.
///
/// # Errors
/// Refuses with `suspicion_reason_missing`, `text_too_long`, `not_interrogated`, `result_withheld`.
pub async fn suspect_fraud(
    context: &Context,
    actor: &Actor,
    sitting: SittingId,
    reason: &str,
) -> CommandResult<SuspicionId> {
    retrying(|| suspect_once(context, actor, sitting, reason)).await
}

async fn suspect_once(
    context: &Context,
    actor: &Actor,
    sitting: SittingId,
    reason: &str,
) -> CommandResult<SuspicionId> {
    let scope = actor.scope::<SuspectFraud>(context.today())?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::new("suspicion_reason_missing").into());
    }
    if reason.chars().count() > LONGEST {
        return Err(Refusal::new("text_too_long").with("most", LONGEST).into());
    }
    let tx = context.db.write().await?;
    let sitting = sittings::one(&tx, &scope, sitting)
        .await?
        .ok_or(CommandError::NotFound)?;
    let person = candidates::named(&tx, &[sitting.candidate])
        .await?
        .pop()
        .ok_or(CommandError::NotFound)?;
    let tracks = tracks_of::of(&person, sitting.revision).ok_or_else(|| {
        let id = sitting.candidate;
        CommandError::Broken(format!(
            "the states of candidate {id} contradict each other"
        ))
    })?;
    let after = tracks
        .suspect_fraud()
        .map_err(|refused| Refusal::new(refused.code()))?;
    let now = context.now();
    let record = SuspicionRecord {
        id: SuspicionId(context.ids.next()),
        session: sitting.session,
        authority: sitting.authority,
        school: sitting.school,
        centre: sitting.centre,
        candidate: sitting.candidate,
        sitting: sitting.id,
        reason: reason.to_owned(),
        raised_by: scope.account(),
        raised_at: now,
        ruling: None,
    };
    suspicions::insert(&tx, &record).await?;
    let after = tracks_of::codes(after, &person);
    candidates::save_states(&tx, sitting.candidate, &person.states, &after).await?;
    let subjects = vec![record.id.0, sitting.candidate.0];
    let line = journal::Line::done(context.ids.next(), now, &scope, subjects);
    journal::add(&tx, line).await?;
    let id = tx.commit(record.id).await?.into_inner();
    context.told(&[Change::Assessment(sitting.id)]);
    Ok(id)
}
