//! What a person does about dates: looks at the free seats, gives one, confirms or declines one that was proposed.

use chrono::NaiveDate;
use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::ids::{CandidateId, CommissionId, SittingId};
use delos_domain::scope::{Convoke, Facts, Operation, Scope};
use delos_domain::tracks::sitting::State;
use delos_persistence::absences::{self, AbsenceState};
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::plans::{self, PlanRecord};
use delos_persistence::sittings;
use delos_persistence::waiting::{self, WaitingRecord};
use delos_persistence::{Access, Transaction, journal};
use delos_planning::replacement::{Opens, Placed, Seats, search as engine, with};

use super::search::Search;
use super::write;
use crate::context::Context;
use crate::convoke::convoke_planned;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::plan_commands::holding;
use crate::tracks_of;

/// Most seats shown.
const SHOWN: usize = 12;

/// A free seat, as a screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatView {
    /// The commission, or the one whose team would sit again.
    pub commission: CommissionId,
    /// Its number.
    pub number: u16,
    /// Name of its centre.
    pub centre: String,
    /// The day.
    pub day: NaiveDate,
    /// Start of the first phase, minutes after midnight.
    pub start: u16,
    /// Whether the team sits on that day already.
    pub opens_day: bool,
}

/// The seats that a candidate could have, best first, and what refuses the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeatsView {
    /// Free seats.
    pub free: Vec<SeatView>,
    /// Rule, number of the commission, day.
    pub refused: Vec<(&'static str, u16, NaiveDate)>,
}

/// The seats of his plan that a candidate could have; of one who has a date, those that he could have instead of it.
pub async fn seats_for(
    context: &Context,
    actor: &Actor,
    id: CandidateId,
) -> CommandResult<SeatsView> {
    let scope = actor.scope::<Convoke>(context.today())?;
    let reader = context.db.read();
    let (person, plan) = reached(&reader, &scope, id).await?;
    let (search, found) = find(context, &reader, &plan, &person, true).await?;
    let refused = found
        .refused
        .iter()
        .filter_map(|one| {
            let number = search.commissions.get(one.commission)?.number;
            Some((one.rule.code(), number, one.date))
        })
        .collect();
    let free = found
        .free
        .iter()
        .take(SHOWN)
        .filter_map(|seat| {
            let one = search.commissions.get(seat.commission)?;
            let centre = search
                .stated
                .schools
                .iter()
                .find(|s| s.school.id == one.centre)?;
            Some(SeatView {
                commission: one.id,
                number: one.number,
                centre: centre.name.clone(),
                day: seat.date,
                start: seat.starts.first().copied().unwrap_or_default(),
                opens_day: seat.opens != Opens::Nothing,
            })
        })
        .collect();
    Ok(SeatsView { free, refused })
}

/// Gives a candidate the seat of a commission on a day, and convokes him to it.
///
/// # Errors
/// Refuses with `seat_taken` when that seat is no longer free, `candidate_has_date`, `plan_not_published`, or as his
/// tracks do.
pub async fn place(
    context: &Context,
    actor: &Actor,
    id: CandidateId,
    commission: CommissionId,
    day: NaiveDate,
) -> CommandResult<()> {
    retrying(|| place_once(context, actor, id, commission, day)).await
}

async fn place_once(
    context: &Context,
    actor: &Actor,
    id: CandidateId,
    commission: CommissionId,
    day: NaiveDate,
) -> CommandResult<()> {
    let scope = actor.scope::<Convoke>(context.today())?;
    let tx = context.db.write().await?;
    let (_, plan) = reached(&tx, &scope, id).await?;
    seat(context, &tx, &scope, &plan, id, (commission, day)).await?;
    plans::touch(&tx, &scope, &plan, None).await?;
    tx.commit(()).await?.into_inner();
    context.dates_changed(plan.id).await;
    Ok(())
}

/// Gives a candidate who needs a date this seat, and convokes him to it, in a transaction under way. The plan's version is
/// the caller's to move.
///
/// # Errors
/// As [`place`].
pub(crate) async fn seat<O: Operation>(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<O>,
    plan: &PlanRecord,
    id: CandidateId,
    (commission, day): (CommissionId, NaiveDate),
) -> CommandResult<()> {
    let person = candidates::named(tx, &[id])
        .await?
        .pop()
        .ok_or(CommandError::NotFound)?;
    let (search, found) = find(context, tx, plan, &person, false).await?;
    let seat = found.free.into_iter().find(|seat| {
        let of = search.commissions.get(seat.commission);
        seat.date == day && of.is_some_and(|one| one.id == commission)
    });
    let seat = seat.ok_or_else(|| Refusal::new("seat_taken").with("day", day))?;
    let wanted = search.wanted.first().ok_or(CommandError::NotFound)?;
    let placed = Placed {
        plan: with(&search.content, wanted.candidate, &seat),
        seats: vec![Some(seat)],
        refused: vec![Vec::new()],
    };
    let seated = write::seats(context, tx, &search, &placed).await?;
    let commissions = plans::commissions(tx, plan.id).await?;
    convoke_planned(context, tx, scope, plan, &commissions, Some(&seated)).await?;
    Ok(())
}

/// Confirms the date that was found for somebody: he is convoked to it.
///
/// # Errors
/// As [`crate::convoke::convoke`].
pub async fn confirm(context: &Context, actor: &Actor, id: SittingId) -> CommandResult<()> {
    retrying(|| confirm_once(context, actor, id)).await
}

async fn confirm_once(context: &Context, actor: &Actor, id: SittingId) -> CommandResult<()> {
    let scope = actor.scope::<Convoke>(context.today())?;
    let tx = context.db.write().await?;
    let sitting = sittings::one(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let plan = plans::one(&tx, &scope, sitting.plan)
        .await?
        .ok_or(CommandError::NotFound)?;
    let commissions = plans::commissions(&tx, plan.id).await?;
    let only = [sitting.candidate];
    convoke_planned(context, &tx, &scope, &plan, &commissions, Some(&only)).await?;
    plans::touch(&tx, &scope, &plan, None).await?;
    tx.commit(()).await?.into_inner();
    context.dates_changed(plan.id).await;
    Ok(())
}

/// Declines the date that was found for somebody: he waits again, on a person's list.
///
/// # Errors
/// Refuses as his tracks do when he was told of the date.
pub async fn decline(context: &Context, actor: &Actor, id: SittingId) -> CommandResult<()> {
    retrying(|| decline_once(context, actor, id)).await
}

async fn decline_once(context: &Context, actor: &Actor, id: SittingId) -> CommandResult<()> {
    let scope = actor.scope::<Convoke>(context.today())?;
    let tx = context.db.write().await?;
    let sitting = sittings::one(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let plan = plans::one(&tx, &scope, sitting.plan)
        .await?
        .ok_or(CommandError::NotFound)?;
    let person = candidates::named(&tx, &[sitting.candidate])
        .await?
        .pop()
        .ok_or(CommandError::NotFound)?;
    let all = absences::of_candidates(&tx, &[person.candidate.id]).await?;
    let absent = all
        .values()
        .flatten()
        .any(|one| one.state == AbsenceState::Standing);
    let history = sittings::history(&tx, &[person.candidate.id]).await?;
    let past = history
        .get(&person.candidate.id)
        .and_then(|all| all.first());
    // Whoever never had a date is the planning's.
    let cause = past
        .map(|past| past.cause.clone())
        .ok_or_else(|| Refusal::new("first_date"))?;
    let tracks = tracks_of::of(&person, sitting.revision).ok_or(CommandError::Conflict)?;
    let moved = if absent {
        tracks.defer_sitting()
    } else {
        tracks.unplan()
    };
    let moved = moved.map_err(|refused| Refusal::new(refused.code()))?;
    sittings::take_back(&tx, &sitting).await?;
    candidates::save_states(
        &tx,
        person.candidate.id,
        &person.states,
        &tracks_of::codes(moved, &person),
    )
    .await?;
    let waits = WaitingRecord {
        reasons: format!("declined {} {}", sitting.number, sitting.day),
        ..WaitingRecord::new(&plan, person.candidate.id, cause, context.now())
    };
    waiting::put(&tx, &waits).await?;
    waiting::decline(&tx, person.candidate.id, sitting.day).await?;
    let commissions = plans::commissions(&tx, plan.id).await?;
    holding::refresh(context, &tx, &plan, &commissions, &[sitting.day]).await?;
    let subjects = vec![plan.id.0, person.candidate.id.0, sitting.id.0];
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), &scope, subjects),
    )
    .await?;
    plans::touch(&tx, &scope, &plan, None).await?;
    tx.commit(()).await?.into_inner();
    context.dates_changed(plan.id).await;
    Ok(())
}

/// Searches the plan for a candidate alone; where `instead`, as though he had no date in it.
async fn find(
    context: &Context,
    access: &impl Access,
    plan: &PlanRecord,
    person: &CandidateRecord,
    instead: bool,
) -> CommandResult<(Search, Seats)> {
    let waits = WaitingRecord::new(plan, person.candidate.id, "", context.now());
    let mut search = Search::read_as(context, access, plan, &[waits], instead).await?;
    // A date that was declined is no longer proposed; a person may still give it.
    for wanted in &mut search.wanted {
        wanted.declined.clear();
    }
    let Some(wanted) = search.wanted.first() else {
        let state = State::from_code(&person.states.sitting);
        return Err(match state {
            Some(State::Planned | State::Convoked) => Refusal::new("candidate_has_date"),
            _ => Refusal::new("no_date_due"),
        }
        .into());
    };
    let found = engine(&search.stated.problem, &search.content, wanted);
    Ok((search, found))
}

/// A candidate whose date is the scope's to give, and the published plan that hears him.
///
/// A candidate of the ponctuelle form whom a school trains (one that may not hear its own) is a matter of the authority,
/// though his row bears his school: what counts is whose plan hears him, as for his sitting.
async fn reached(
    access: &impl Access,
    scope: &Scope<Convoke>,
    id: CandidateId,
) -> CommandResult<(CandidateRecord, PlanRecord)> {
    let person = candidates::named(access, &[id])
        .await?
        .pop()
        .ok_or(CommandError::NotFound)?;
    let school = person
        .candidate
        .school
        .filter(|_| person.candidate.form == Form::Ccf);
    let facts = Facts {
        session: person.session,
        authority: person.candidate.authority,
        school,
        centre: None,
        members: Vec::new(),
        candidate: Some(id),
        phase: None,
    };
    if !scope.allows(&facts) {
        return Err(CommandError::NotFound);
    }
    let plan = plans::of_owner(access, scope, person.candidate.authority, school)
        .await?
        .ok_or(CommandError::NotFound)?;
    if !plan.is_published {
        return Err(Refusal::new("plan_not_published").into());
    }
    Ok((person, plan))
}
