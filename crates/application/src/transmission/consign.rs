//! The head of school takes assessments under his responsibility: those whose visas are complete, one or all.

use delos_domain::actor::Actor;
use delos_domain::bordereau::Blocking;
use delos_domain::candidate::Form;
use delos_domain::ids::CandidateId;
use delos_domain::scope::ConsignAssessment;
use delos_domain::tracks::assessment::{Refused, State};
use delos_persistence::consignments::{self, ConsignmentRecord};

use super::Slip;
use crate::assessment::Held;
use crate::context::Context;
use crate::error::{CommandResult, Refusal, retrying};
use crate::live::Change;

/// Consigns what a slip holds: one candidate's, or everything whose visas are complete. How many were.
///
/// # Errors
/// Refuses with `nothing_to_consign`, the codes of the track for one candidate (`assessment_visas_missing`,
/// `assessment_already_consigned`…), `transmission_altered` when a content is not what its visas are of.
pub async fn consign(
    context: &Context,
    actor: &Actor,
    form: Form,
    candidate: Option<CandidateId>,
) -> CommandResult<usize> {
    retrying(|| consign_once(context, actor, form, candidate)).await
}

async fn consign_once(
    context: &Context,
    actor: &Actor,
    form: Form,
    candidate: Option<CandidateId>,
) -> CommandResult<usize> {
    let scope = actor.scope::<ConsignAssessment>(context.today())?;
    let tx = context.db.write().await?;
    let slip = Slip::load(context, &tx, &scope, form).await?;
    let asked = slip.candidates.iter().filter(|one| match candidate {
        Some(id) => one.person.candidate.id == id,
        None => {
            one.tracks.assessment() == State::VisasComplete
                && one.line.blocking.contains(&Blocking::NotConsigned)
        }
    });
    let mut done = Vec::new();
    for one in asked {
        let name = one.person.identity.full_name();
        let Some(sitting) = one.sitting.as_ref().filter(|_| one.standing) else {
            return Err(Refusal::new("not_interrogated").with("name", name).into());
        };
        // Held: nobody opens it again while it is written.
        let held = Held::load(context, &tx, &scope, sitting.id).await?;
        let after = held
            .tracks
            .consign_assessment()
            .map_err(|refused| Refusal::new(refused.code()).with("name", &name))?;
        // Held, it is what the slip read, or somebody came between: then everything is read again.
        let now = held.content(&scope);
        if now != one.content {
            return Err(crate::error::CommandError::Conflict);
        }
        if one.line.blocking.contains(&Blocking::Altered) {
            return Err(Refusal::new("transmission_altered")
                .with("names", name)
                .into());
        }
        if one.line.blocking.contains(&Blocking::VisaMissing) {
            return Err(Refusal::new(Refused::VisasMissing.code())
                .with("name", name)
                .into());
        }
        let record = &held.record;
        let sheet = record.sheet.open(&scope);
        let digest = consignments::digest(&scope, &record.key, record.id, sheet)?;
        let kept = ConsignmentRecord {
            assessment: record.id,
            digest: digest.clone(),
            by: scope.account(),
            at: context.now(),
        };
        consignments::insert(&tx, &kept).await?;
        held.move_to(&tx, after).await?;
        held.log(context, &tx, &scope, Some((String::new(), digest)))
            .await?;
        done.push(sitting.id);
    }
    if done.is_empty() {
        return Err(Refusal::new("nothing_to_consign").into());
    }
    let count = tx.commit(done.len()).await?.into_inner();
    let changes: Vec<Change> = done.into_iter().map(Change::Assessment).collect();
    context.told(&changes);
    Ok(count)
}
