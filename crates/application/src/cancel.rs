//! Sittings cancelled by the centre or the authority: no absence. Those concerned wait for another date, and everybody is
//! told in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use delos_documents::mail::DayLine;
use delos_documents::sentences;
use delos_domain::ids::{AccountId, CommissionId, ExaminerId, SchoolId};
use delos_domain::scope::{Operation, Scope};
use delos_domain::tracks::sitting::State;
use delos_persistence::candidates;
use delos_persistence::plans::{self, PlanRecord};
use delos_persistence::sittings::{self, DatedSitting, Ended};
use delos_persistence::waiting::{self, WaitingRecord};
use delos_persistence::{Transaction, journal};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::letters::Letters;
use crate::plan_commands::holding;
use crate::reschedule;
use crate::tell::{Telling, next_revisions};
use crate::tracks_of;

/// Why sittings are cancelled.
pub(crate) struct Why<'a> {
    /// Stable code, kept with each sitting.
    pub cause: &'static str,
    /// The sentence that everybody concerned reads.
    pub sentence: &'a str,
    /// Members of commissions who are told besides: those who are no longer in one.
    pub also: &'a [ExaminerId],
    /// Who decides, and is not told what he knows.
    pub by: Option<AccountId>,
    /// Id of the decision, so that nobody is told of it twice.
    pub decision: Uuid,
}

/// Cancels these sittings of one published plan that somebody is planned for or convoked to; those of candidates who have
/// sat, or whose absence was ruled on, stay as they are. How many were cancelled. The plan's version is moved.
pub(crate) async fn sittings_of_plan<O: Operation>(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<O>,
    plan: &PlanRecord,
    sittings: &[DatedSitting],
    why: &Why<'_>,
) -> CommandResult<usize> {
    let ids: Vec<_> = sittings.iter().map(|one| one.candidate).collect();
    let people: BTreeMap<_, _> = candidates::named(tx, &ids)
        .await?
        .into_iter()
        .map(|one| (one.candidate.id, one))
        .collect();
    let mut cancelled = Vec::new();
    for one in sittings {
        let person = people.get(&one.candidate).ok_or(CommandError::NotFound)?;
        let tracks = tracks_of::of(person, one.revision).ok_or(CommandError::Conflict)?;
        let state = tracks.sitting().state();
        if !matches!(state, State::Planned | State::Convoked) {
            continue;
        }
        let after = tracks
            .cancel_sitting()
            .map_err(|refused| Refusal::new(refused.code()))?;
        candidates::save_states(
            tx,
            one.candidate,
            &person.states,
            &tracks_of::codes(after, person),
        )
        .await?;
        sittings::end(tx, one, Ended::Cancelled, why.cause, context.now()).await?;
        let waits = WaitingRecord::new(plan, one.candidate, why.cause, context.now());
        waiting::put(tx, &waits).await?;
        cancelled.push((one, person, tracks.sitting().has_live_convocation()));
    }
    if cancelled.is_empty() {
        return Ok(0);
    }
    let centres: BTreeSet<SchoolId> = cancelled.iter().map(|(one, ..)| one.centre).collect();
    let days: BTreeSet<NaiveDate> = cancelled.iter().map(|(one, ..)| one.day).collect();
    let touched: BTreeSet<CommissionId> =
        cancelled.iter().map(|(one, ..)| one.commission).collect();
    let commissions = plans::commissions(tx, plan.id).await?;
    let days: Vec<NaiveDate> = days.into_iter().collect();
    holding::refresh(context, tx, plan, &commissions, &days).await?;
    let around: Vec<SchoolId> = centres.iter().copied().collect();
    let letters = Letters::load_with(context, tx, plan, &commissions, why.also, &around).await?;
    let mut telling = Telling::new(context, plan, &letters);
    let revisions = next_revisions(tx, cancelled.iter().map(|(one, ..)| one.series)).await?;
    let mut lines: BTreeMap<SchoolId, Vec<DayLine>> = BTreeMap::new();
    for (one, person, told) in &cancelled {
        if *told {
            let revision = revisions.get(&one.series).copied().unwrap_or(1);
            telling.withdraw(
                person,
                one,
                revision,
                why.sentence,
                sentences::NEW_DATE_FOLLOWS,
            );
        }
        lines.entry(one.centre).or_default().push(DayLine {
            date: one.day,
            hour: one.starts.first().copied(),
            commission: Some(one.number),
            candidate: Some(person.candidate.number.to_string()),
            what: "passage annulé".to_owned(),
        });
    }
    telling
        .members(tx, &commissions, &touched, why.also, why.sentence)
        .await?;
    for (centre, lines) in &lines {
        telling
            .centre(tx, *centre, lines, why.sentence, why.by, why.decision)
            .await?;
    }
    telling.put(tx).await?;
    reschedule::ask(context, tx, scope, plan).await?;
    let mut subjects = vec![why.decision, plan.id.0];
    subjects.extend(cancelled.iter().map(|(one, ..)| one.candidate.0));
    journal::add(
        tx,
        journal::Line::done(context.ids.next(), context.now(), scope, subjects),
    )
    .await?;
    plans::move_on(tx, plan).await?;
    Ok(cancelled.len())
}
