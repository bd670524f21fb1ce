//! The discipline commission has ruled: the result is no longer withheld, and its decision is kept in words.

use delos_domain::actor::Actor;
use delos_domain::fraud::Outcome;
use delos_domain::ids::SuspicionId;
use delos_domain::scope::RuleOnFraud;
use delos_persistence::suspicions::{self, Ruling};
use delos_persistence::{candidates, journal};

use super::LONGEST;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;
use crate::tracks_of;

/// Records how a suspicion ended.
///
/// # Errors
/// Refuses with `suspicion_ruling_missing`, `text_too_long`, `suspicion_ruled`.
pub async fn rule_on_fraud(
    context: &Context,
    actor: &Actor,
    id: SuspicionId,
    outcome: Outcome,
    ruling: &str,
) -> CommandResult<()> {
    retrying(|| rule_once(context, actor, id, outcome, ruling)).await
}

async fn rule_once(
    context: &Context,
    actor: &Actor,
    id: SuspicionId,
    outcome: Outcome,
    ruling: &str,
) -> CommandResult<()> {
    let scope = actor.scope::<RuleOnFraud>(context.today())?;
    let text = ruling.trim();
    if text.is_empty() {
        return Err(Refusal::new("suspicion_ruling_missing").into());
    }
    if text.chars().count() > LONGEST {
        return Err(Refusal::new("text_too_long").with("most", LONGEST).into());
    }
    let tx = context.db.write().await?;
    let record = suspicions::one(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    if record.ruling.is_some() {
        return Err(Refusal::new("suspicion_ruled").into());
    }
    let person = candidates::named(&tx, &[record.candidate])
        .await?
        .pop()
        .ok_or(CommandError::NotFound)?;
    // Withheld, he was interrogated: whichever revision his convocation had.
    let tracks = tracks_of::of(&person, 1).ok_or_else(|| {
        let id = record.candidate;
        CommandError::Broken(format!(
            "the states of candidate {id} contradict each other"
        ))
    })?;
    let after = tracks
        .end_withholding()
        .map_err(|refused| Refusal::new(refused.code()))?;
    let now = context.now();
    let ruling = Ruling {
        outcome,
        text: text.to_owned(),
        by: scope.account(),
        at: now,
    };
    suspicions::rule(&tx, &record, context.ids.next(), &ruling).await?;
    let after = tracks_of::codes(after, &person);
    candidates::save_states(&tx, record.candidate, &person.states, &after).await?;
    let subjects = vec![record.id.0, record.candidate.0];
    let line = journal::Line::done(context.ids.next(), now, &scope, subjects);
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    context.told(&[Change::Assessment(record.sitting)]);
    Ok(())
}
