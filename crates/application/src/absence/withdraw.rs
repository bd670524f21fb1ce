//! An absence that was recorded by error is withdrawn: the candidate is convoked as before, or, where he was told not to
//! come and the hour has passed, keeps or is given another date.

use delos_documents::sentences;
use delos_domain::actor::Actor;
use delos_domain::ids::AbsenceId;
use delos_domain::regulation::{AbsenceConsequence, AbsenceKind};
use delos_domain::scope::{EstablishForceMajeure, Operation, RecordAbsence, Scope};
use delos_persistence::absences::AbsenceState;
use delos_persistence::candidates::CandidateRecord;
use delos_persistence::plans::CommissionRecord;
use delos_persistence::sittings::{self, DatedSitting, Ended};
use delos_persistence::waiting::{self, WaitingRecord};
use delos_persistence::{Transaction, absences, candidates, journal, plans};
use delos_planning::check::violations;

use super::case::Known;
use super::{About, tell_centres, tell_commissions};
use crate::context::Context;
use crate::convoke::ABSENCE_REVIEWED;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::letters::Letters;
use crate::plan_problem::{self, to_plan};
use crate::reschedule::{self, take_out};
use crate::tell::{Seat, Telling, next_revisions};
use crate::tracks_of;

/// Withdraws an absence: where his date is still ahead his seat is his again, and he is told so. The date to which he was
/// convoked since is given back.
///
/// # Errors
/// Refuses with `absence_over`, `absence_followed` (the date to which he was convoked since has begun), `seat_taken` (somebody has
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
    if known.told_not_to_come && !known.is_ahead(context) {
        let plan = known.plan.id;
        give_another_date(context, &tx, scope, &known, id).await?;
        tx.commit(()).await?.into_inner();
        context.dates_changed(plan).await;
        return Ok(());
    }
    let told = |refused| CommandError::from(known.refused(refused));
    let opened = known.open_again(context, &tx).await?;
    let given_back = opened.given_back.as_ref();
    let tracks = opened.tracks.appear().map_err(told)?;
    absences::withdraw(&tx, id).await?;
    let ahead = known.is_ahead(context);
    // What told him not to come is overtaken by a convocation that says that he is to.
    let tracks = if ahead {
        tracks.revise_convocation().map_err(told)?
    } else {
        tracks
    };
    let (person, sitting, plan) = (&known.person, &known.sitting, &known.plan);
    let codes = tracks_of::codes(tracks, person);
    candidates::save_states(&tx, person.candidate.id, &person.states, &codes).await?;
    let commissions = plans::commissions(&tx, plan.id).await?;
    let both = || std::iter::once(sitting).chain(given_back);
    let centres: Vec<_> = both().map(|one| one.centre).collect();
    let letters = Letters::load_with(context, &tx, plan, &commissions, &[], &centres).await?;
    let mut telling = Telling::new(context, plan, &letters);
    let decision = context.ids.next();
    let next = match (given_back, ahead) {
        (None, _) => sentences::ABSENCE_WITHDRAWN_FOLLOWS,
        (Some(_), true) => sentences::ABSENCE_WITHDRAWN_FIRST_DATE,
        (Some(_), false) => sentences::ABSENCE_WITHDRAWN_NO_OTHER_DATE,
    };
    telling.decide_absence(
        person,
        sitting,
        decision,
        sentences::ABSENCE_WITHDRAWN,
        next,
    );
    let revisions = next_revisions(&tx, [sitting.series]).await?;
    let revision = revisions.get(&sitting.series).copied().unwrap_or(1);
    if ahead {
        check_seat(context, &tx, &known, &commissions).await?;
        let seat = seat(&known, &commissions)?;
        // Both dates are of one calendar series: one revision moves him back.
        let former = given_back.unwrap_or(sitting);
        let changed = letters.change(former, sentences::CONVOKED_AGAIN);
        telling.convoke(seat, revision, None, Some(changed));
        let number = tracks.sitting().revision();
        plans::number_revisions(&tx, plan.id, &[sitting.id], number).await?;
    } else if let Some(since) = given_back {
        telling.withdraw(person, since, revision, sentences::ABSENCE_WITHDRAWN, next);
    }
    let changed: Vec<&DatedSitting> = both().filter(|one| ahead || one.id != sitting.id).collect();
    tell_commissions(context, &tx, plan, &mut telling, &commissions, &changed).await?;
    let lines = both().map(|one| {
        let what = if one.id == sitting.id {
            "absence retirée"
        } else {
            "passage annulé"
        };
        (one, what)
    });
    let why = sentences::ABSENCE_WITHDRAWN_FOR_CENTRE;
    let said = (why, scope.account(), decision);
    tell_centres(&mut telling, &tx, person, lines, said).await?;
    telling.put(&tx).await?;
    let mut subjects = vec![id.0, person.candidate.id.0, plan.id.0];
    subjects.extend(both().map(|one| one.id.0));
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

/// He was told not to come, and the hour has passed: nobody may say that he missed it. It is no absence, and the other date
/// that he has, or waits for, is his; whoever had none to come is given one.
async fn give_another_date<O: Operation>(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<O>,
    known: &Known,
    id: AbsenceId,
) -> CommandResult<()> {
    let (person, sitting, plan) = (&known.person, &known.sitting, &known.plan);
    let consequence = known.absence.as_ref().map(|one| one.consequence);
    let due = consequence == Some(AbsenceConsequence::NewDate);
    if let (true, Some(past)) = (due, &known.past) {
        absences::end(tx, id, AbsenceState::Replaced).await?;
        sittings::ended_otherwise(tx, past, Ended::Cancelled, ABSENCE_REVIEWED).await?;
    } else {
        let opened = known.open_again(context, tx).await?;
        let cancelled = opened.tracks.cancel_sitting();
        let tracks = cancelled.map_err(|refused| known.refused(refused))?;
        let codes = tracks_of::codes(tracks, person);
        candidates::save_states(tx, person.candidate.id, &person.states, &codes).await?;
        sittings::end(
            tx,
            sitting,
            Ended::Cancelled,
            ABSENCE_REVIEWED,
            context.now(),
        )
        .await?;
        let waits = WaitingRecord::new(plan, person.candidate.id, ABSENCE_REVIEWED, context.now());
        waiting::put(tx, &waits).await?;
        reschedule::ask(context, tx, scope, plan).await?;
    }
    absences::withdraw(tx, id).await?;
    let commissions = plans::commissions(tx, plan.id).await?;
    let letters =
        Letters::load_with(context, tx, plan, &commissions, &[], &[sitting.centre]).await?;
    let mut telling = Telling::new(context, plan, &letters);
    let decision = context.ids.next();
    let convoked = known.since.as_ref().is_some_and(|one| one.revision > 0);
    let next = if convoked {
        sentences::ABSENCE_WITHDRAWN_FOLLOWS
    } else {
        sentences::NEW_DATE_FOLLOWS
    };
    telling.decide_absence(
        person,
        sitting,
        decision,
        sentences::ABSENCE_WITHDRAWN,
        next,
    );
    let lines = std::iter::once((sitting, "absence retirée"));
    let why = sentences::ABSENCE_WITHDRAWN_FOR_CENTRE;
    let said = (why, scope.account(), decision);
    tell_centres(&mut telling, tx, person, lines, said).await?;
    telling.put(tx).await?;
    let subjects = vec![id.0, person.candidate.id.0, sitting.id.0, plan.id.0];
    journal::add(
        tx,
        journal::Line::done(decision, context.now(), scope, subjects),
    )
    .await?;
    plans::move_on(tx, plan).await?;
    Ok(())
}

/// Refuses when somebody has his seat by now. What the plan breaks without him is no matter of his seat.
async fn check_seat(
    context: &Context,
    tx: &Transaction,
    known: &Known,
    commissions: &[CommissionRecord],
) -> CommandResult<()> {
    let plan = &known.plan;
    let stated = plan_problem::state(context, tx, plan, &[], commissions).await?;
    let content = to_plan(tx, plan, &stated, commissions).await?;
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
    Ok(())
}

/// His place in the plan.
fn seat<'a>(known: &'a Known, commissions: &'a [CommissionRecord]) -> CommandResult<Seat<'a>> {
    let found = commissions.iter().find_map(|commission| {
        let day = commission
            .days
            .iter()
            .find(|day| day.id == known.sitting.commission_day)?;
        let sitting = day.sittings.iter().find(|one| one.id == known.sitting.id)?;
        Some(Seat {
            commission,
            day,
            sitting,
            person: &known.person,
        })
    });
    found.ok_or(CommandError::Conflict)
}
