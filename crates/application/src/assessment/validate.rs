//! The commission ends an assessment: from then on nothing of it changes, and its members give their visas.

use delos_domain::actor::Actor;
use delos_domain::appreciation::{Assessment, Lacking, lacking};
use delos_domain::entry::{Paper, Sheet};
use delos_domain::ids::SittingId;
use delos_domain::marks::PenaltyRefused;
use delos_domain::scope::EditAssessment;
use delos_domain::tracks::{Tracks, sitting};

use super::{Held, must_be_open, refusal};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;

/// Ends the assessment of a sitting, as the person has it before his eyes.
///
/// # Errors
/// Refuses with the code of a track, `assessment_changed` (somebody has typed since), `assessment_incomplete`.
pub async fn validate(
    context: &Context,
    actor: &Actor,
    id: SittingId,
    version: i64,
) -> CommandResult<()> {
    retrying(|| validate_once(context, actor, id, version)).await
}

async fn validate_once(
    context: &Context,
    actor: &Actor,
    id: SittingId,
    version: i64,
) -> CommandResult<()> {
    let scope = actor.scope::<EditAssessment>(context.today())?;
    let tx = context.db.write().await?;
    let held = Held::load(context, &tx, &scope, id).await?;
    must_be_open(held.tracks)?;
    let sheet = held.record.sheet.open(&scope);
    if sheet.version != version {
        return Err(Refusal::new("assessment_changed").into());
    }
    let lacks = what_lacks(sheet, &held.paper())?;
    if !lacks.is_empty() {
        let codes: Vec<&str> = lacks.iter().map(|one| one.code).collect();
        let refusal = Refusal::new("assessment_incomplete").with("lacking", codes.join(" "));
        return Err(refusal.into());
    }
    let sat = heard(context, &tx, &held).await?;
    let after = sat
        .propose_mark()
        .and_then(Tracks::validate_assessment)
        .map_err(refusal)?;
    held.move_to(&tx, after).await?;
    held.log(context, &tx, &scope, None).await?;
    tx.commit(()).await?.into_inner();
    context.told(&[
        Change::Assessment(id),
        Change::Sittings(held.sitting.plan, Some(held.sitting.day)),
    ]);
    Ok(())
}

/// The tracks of somebody who was interrogated. Whoever recorded no phase interrogated him all the same, once his day has
/// come.
async fn heard(
    context: &Context,
    tx: &delos_persistence::Transaction,
    held: &Held<'_>,
) -> CommandResult<Tracks> {
    let day_has_come = held.clock(context, tx).await?.date() >= held.sitting.day;
    if held.tracks.sitting().state() == sitting::State::Convoked && day_has_come {
        return Ok(held.tracks.sit().map_err(refusal)?);
    }
    Ok(held.tracks)
}

/// Everything that keeps a sheet from being validated, as refusals.
///
/// # Errors
/// [`CommandError::NotFound`] when the regulation has no grid for the option.
pub(crate) fn what_lacks(sheet: &Sheet, paper: &Paper<'_>) -> CommandResult<Vec<Refusal>> {
    let grid = paper.grid().ok_or(CommandError::NotFound)?;
    let profile = sheet.profile(grid);
    let penalties = sheet.penalties();
    let written = sheet.written(&paper.forms.appreciation);
    let assessment = Assessment {
        profile: &profile,
        proposed: sheet.mark(),
        penalties: &penalties,
        written: &written,
        coverage_stated: sheet.coverage_stated(),
    };
    let all = lacking(&assessment, paper.forms, paper.rules);
    Ok(all.iter().map(why).collect())
}

fn why(lacks: &Lacking<'_>) -> Refusal {
    let refusal = Refusal::new(lacks.code());
    match lacks {
        Lacking::Mark => refusal,
        Lacking::Text(code) => refusal.with("text", code),
        Lacking::Coverage(gaps) => {
            let blocks: Vec<&str> = gaps.iter().map(|gap| gap.block.label.as_str()).collect();
            refusal.with("blocks", blocks.join(" ; "))
        }
        Lacking::Penalty(refused) => match refused {
            PenaltyRefused::Points {
                code, fewest, most, ..
            } => refusal
                .with("penalty", code)
                .with("fewest", fewest)
                .with("most", most),
            PenaltyRefused::Excluded(one, other) => {
                refusal.with("penalty", one).with("other", other)
            }
            PenaltyRefused::Unknown(code)
            | PenaltyRefused::Twice(code)
            | PenaltyRefused::ReasonMissing(code) => refusal.with("penalty", code),
        },
    }
}
