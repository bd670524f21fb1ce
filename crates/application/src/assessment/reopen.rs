//! Two persons open an assessment again, with a reason, until it is consigned; its visas are void then.

use delos_domain::actor::Actor;
use delos_domain::ids::SittingId;
use delos_domain::scope::ReopenAssessment;
use delos_domain::tracks::assessment::Refused;
use delos_persistence::visas::{self, Asked};

use super::{Held, refusal};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;

/// Most characters of a reason.
const LONGEST_REASON: usize = 2_000;

/// Asks to open an assessment again: another person confirms it.
///
/// # Errors
/// Refuses with the code of the track, `assessment_reason_missing`, `text_too_long`.
pub async fn ask_reopening(
    context: &Context,
    actor: &Actor,
    id: SittingId,
    reason: &str,
) -> CommandResult<()> {
    retrying(|| ask_once(context, actor, id, reason)).await
}

async fn ask_once(
    context: &Context,
    actor: &Actor,
    id: SittingId,
    reason: &str,
) -> CommandResult<()> {
    let scope = actor.scope::<ReopenAssessment>(context.today())?;
    let by = scope.account().ok_or(CommandError::Forbidden)?;
    let reason = reason.trim();
    if reason.chars().count() > LONGEST_REASON {
        return Err(Refusal::new("text_too_long")
            .with("most", LONGEST_REASON)
            .into());
    }
    let tx = context.db.write().await?;
    let held = Held::load(context, &tx, &scope, id).await?;
    // Whoever would confirm is somebody else: that alone is not asked yet.
    match held.tracks.reopen_assessment([by, by], reason) {
        Err(delos_domain::tracks::Refused::Assessment(Refused::OnePersonAlone)) | Ok(_) => {}
        Err(refused) => return Err(refusal(refused).into()),
    }
    if reason.is_empty() {
        return Err(Refusal::new(Refused::ReasonMissing.code()).into());
    }
    let asked = Asked {
        id: context.ids.next(),
        by,
        reason: reason.to_owned(),
        at: context.now(),
    };
    visas::ask(&tx, &held.record.key, held.record.id, &asked).await?;
    held.log(context, &tx, &scope, None).await?;
    tx.commit(()).await?.into_inner();
    context.told(&[Change::Assessment(id)]);
    Ok(())
}

/// Confirms what another person asked: the assessment is open, its visas are void.
///
/// # Errors
/// Refuses with `reopening_not_asked` and the codes of the track, `assessment_one_person_alone` among them.
pub async fn confirm_reopening(
    context: &Context,
    actor: &Actor,
    id: SittingId,
) -> CommandResult<()> {
    retrying(|| confirm_once(context, actor, id)).await
}

async fn confirm_once(context: &Context, actor: &Actor, id: SittingId) -> CommandResult<()> {
    let scope = actor.scope::<ReopenAssessment>(context.today())?;
    let by = scope.account().ok_or(CommandError::Forbidden)?;
    let tx = context.db.write().await?;
    let held = Held::load(context, &tx, &scope, id).await?;
    let asked = visas::asked(&tx, &[held.record.id])
        .await?
        .remove(&held.record.id)
        .ok_or_else(|| Refusal::new("reopening_not_asked"))?;
    let after = held
        .tracks
        .reopen_assessment([asked.by, by], &asked.reason)
        .map_err(refusal)?;
    held.move_to(&tx, after).await?;
    visas::confirm(&tx, asked.id, by, context.now()).await?;
    visas::void(&tx, held.record.id, context.now()).await?;
    held.log(context, &tx, &scope, None).await?;
    tx.commit(()).await?.into_inner();
    context.told(&[
        Change::Assessment(id),
        Change::Sittings(held.sitting.plan, Some(held.sitting.day)),
    ]);
    Ok(())
}
