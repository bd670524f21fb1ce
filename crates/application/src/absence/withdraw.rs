//! An absence that was recorded by error is withdrawn: the candidate is convoked as before.

use delos_documents::sentences;
use delos_domain::actor::Actor;
use delos_domain::ids::AbsenceId;
use delos_domain::regulation::AbsenceKind;
use delos_domain::scope::{EstablishForceMajeure, Operation, RecordAbsence, Scope};
use delos_persistence::candidates::CandidateRecord;
use delos_persistence::{absences, candidates, journal, plans};
use delos_planning::check::violations;

use super::About;
use super::case::Known;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::letters::Letters;
use crate::plan_commands::holding;
use crate::plan_problem::{self, to_plan};
use crate::reschedule::take_out;
use crate::tell::{Seat, Telling, next_revisions};
use crate::tracks_of;

/// Withdraws an absence: where his date is still ahead his seat is his again, and he is told so.
///
/// # Errors
/// Refuses with `absence_over`, `absence_followed` (he is convoked to another date already), `seat_taken` (somebody has
/// his seat by now), `absence_not_established` (force majeure, and no authority asks), or as his tracks do.
///
/// Force majeure is withdrawn by whom it was established by: the authority, of its schools' candidates too.
pub async fn withdraw(context: &Context, actor: &Actor, id: AbsenceId) -> CommandResult<()> {
    let today = context.today();
    if let Ok(scope) = actor.scope::<EstablishForceMajeure>(today) {
        let found = absences::one(&context.db.read(), &scope, id).await?;
        if found.is_some_and(|one| one.ruled_as == AbsenceKind::ForceMajeure) {
            return retrying(|| withdraw_once(context, &scope, id)).await;
        }
    }
    let scope = actor.scope::<RecordAbsence>(today)?;
    retrying(|| withdraw_once(context, &scope, id)).await
}

async fn withdraw_once<O: Operation>(
    context: &Context,
    scope: &Scope<O>,
    id: AbsenceId,
) -> CommandResult<()> {
    let tx = context.db.write().await?;
    let known = Known::read(context, &tx, scope, About::Absence(id)).await?;
    known.check_established(scope.role())?;
    let tracks = known
        .open_again(context, &tx)
        .await?
        .appear()
        .map_err(|refused| CommandError::from(known.refused(refused)))?;
    absences::withdraw(&tx, id).await?;
    let ahead = known.is_ahead(context);
    // What told him not to come is overtaken by a convocation that says that he is to.
    let tracks = if ahead {
        tracks
            .revise_convocation()
            .map_err(|refused| CommandError::from(known.refused(refused)))?
    } else {
        tracks
    };
    candidates::save_states(
        &tx,
        known.person.candidate.id,
        &known.person.states,
        &tracks_of::codes(tracks, &known.person),
    )
    .await?;
    let plan = &known.plan;
    let commissions = plans::commissions(&tx, plan.id).await?;
    let letters = Letters::load_with(
        context,
        &tx,
        plan,
        &commissions,
        &[],
        &[known.sitting.centre],
    )
    .await?;
    let mut telling = Telling::new(context, plan, &letters);
    let decision = context.ids.next();
    telling.decide_absence(
        &known.person,
        &known.sitting,
        decision,
        sentences::ABSENCE_WITHDRAWN,
        sentences::ABSENCE_WITHDRAWN_FOLLOWS,
    );
    if ahead {
        let stated = plan_problem::state(context, &tx, plan, &[], &commissions).await?;
        let content = to_plan(&tx, plan, &stated, &commissions).await?;
        // What the plan breaks without him is no matter of his seat.
        let mut without = content.clone();
        let his = |one: &CandidateRecord| one.candidate.id == known.person.candidate.id;
        if let Some(key) = stated.candidates.iter().position(his) {
            take_out(&mut without, key);
        }
        let stood = violations(&stated.problem, &without);
        let broken = violations(&stated.problem, &content);
        if broken.iter().any(|fault| !stood.contains(fault)) {
            return Err(Refusal::new("seat_taken")
                .with("day", known.sitting.day)
                .into());
        }
        holding::refresh(context, &tx, plan, &commissions, &[known.sitting.day]).await?;
        let revisions = next_revisions(&tx, [known.sitting.series]).await?;
        let revision = revisions.get(&known.sitting.series).copied().unwrap_or(1);
        let place = commissions.iter().find_map(|commission| {
            let day = commission
                .days
                .iter()
                .find(|day| day.id == known.sitting.commission_day)?;
            let sitting = day.sittings.iter().find(|one| one.id == known.sitting.id)?;
            Some((commission, day, sitting))
        });
        let (commission, day, sitting) = place.ok_or(CommandError::Conflict)?;
        let seat = Seat {
            commission,
            day,
            sitting,
            person: &known.person,
        };
        let changed = letters.change(&known.sitting, sentences::CONVOKED_AGAIN);
        telling.convoke(seat, revision, None, Some(changed));
        plans::number_revisions(&tx, plan.id, &[sitting.id], tracks.sitting().revision()).await?;
        telling
            .members(
                &tx,
                &commissions,
                &[commission.id].into(),
                &[],
                sentences::CANDIDATES_CHANGED,
            )
            .await?;
    }
    telling.put(&tx).await?;
    let subjects = vec![
        id.0,
        known.person.candidate.id.0,
        known.sitting.id.0,
        plan.id.0,
    ];
    journal::add(
        &tx,
        journal::Line::done(decision, context.now(), scope, subjects),
    )
    .await?;
    plans::move_on(&tx, plan).await?;
    tx.commit(()).await?.into_inner();
    context.dates_changed(plan.id).await;
    Ok(())
}
