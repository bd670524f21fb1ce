//! A member puts his visa to the exact content that he read; the last visa locks the assessment.

use delos_domain::actor::Actor;
use delos_domain::ids::SittingId;
use delos_domain::scope::{GiveVisa, Reach};
use delos_domain::tracks::assessment::{Refused, State};
use delos_domain::visa::{ContentDigest, Visa, give, visas_complete};
use delos_persistence::visas::{self, VisaRecord};

use super::{Held, members, refusal};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;

/// Gives the visa of the person who acts to what he read: `content` as the assessment's view told it.
///
/// # Errors
/// Refuses with `assessment_not_validated` and the other codes of the track, `visa_not_member`, `visa_content_changed`,
/// `visa_given`.
pub async fn give_visa(
    context: &Context,
    actor: &Actor,
    id: SittingId,
    content: &str,
) -> CommandResult<()> {
    retrying(|| give_once(context, actor, id, content)).await
}

async fn give_once(
    context: &Context,
    actor: &Actor,
    id: SittingId,
    content: &str,
) -> CommandResult<()> {
    let scope = actor.scope::<GiveVisa>(context.today())?;
    let (Reach::Examiner { examiner }, Some(account)) = (scope.reach(), scope.account()) else {
        return Err(CommandError::Forbidden);
    };
    let tx = context.db.write().await?;
    let held = Held::load(context, &tx, &scope, id).await?;
    match held.tracks.assessment() {
        State::Validated => {}
        State::Open => return Err(Refusal::new(Refused::NotValidated.code()).into()),
        State::VisasComplete => {
            return Err(Refusal::new(Refused::VisasAlreadyComplete.code()).into());
        }
        State::Consigned => return Err(Refusal::new(Refused::AlreadyConsigned.code()).into()),
        State::Transmitted => return Err(Refusal::new(Refused::AlreadyTransmitted.code()).into()),
        State::Closed => return Err(Refusal::new(Refused::Closed.code()).into()),
    }
    let now = held
        .content(&scope)
        .ok_or_else(|| CommandError::Broken("a validated assessment without a mark".to_owned()))?;
    // What is no digest is the digest of nothing that stands here.
    let seen = visas::read(content).unwrap_or(ContentDigest([0; 32]));
    let members = members(&tx, &held.sitting).await?;
    let standing = visas::standing(&tx, &[held.record.id]).await?;
    let mut given: Vec<Visa> = standing
        .into_values()
        .flatten()
        .map(|one| one.visa)
        .collect();
    let visa = give(&members, &given, examiner, seen, now)
        .map_err(|refused| Refusal::new(refused.code()))?;
    let record = VisaRecord {
        visa,
        given_at: context.now(),
    };
    visas::give(&tx, context.ids.next(), held.record.id, account, &record).await?;
    given.retain(|one| one.member != examiner);
    given.push(visa);
    if visas_complete(&members, &given, now) {
        let after = held.tracks.complete_visas().map_err(refusal)?;
        held.move_to(&tx, after).await?;
        visas::drop_asked(&tx, held.record.id, context.now()).await?;
    }
    held.log(context, &tx, &scope, None).await?;
    tx.commit(()).await?.into_inner();
    context.told(&[Change::Assessment(id)]);
    Ok(())
}
