//! Seats that were found, written: sittings, and the days and commissions that they open.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::ids::{CandidateId, CommissionDayId, CommissionId, SittingId};
use delos_domain::tracks::Tracks;
use delos_persistence::plans::{self, CommissionRecord, DayRecord};
use delos_persistence::sittings::{self, DatedSitting};
use delos_persistence::{Transaction, candidates};
use delos_planning::replacement::Placed;
use delos_planning::session::{Commission, Day, PlacedSlot};

use super::search::Search;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::plan_commands::holding;
use crate::tracks_of;

/// Writes what differs between the plan that was read and the one in which everybody is placed who could be; who was.
///
/// # Errors
/// [`CommandError::Conflict`] when somebody is no longer as he was read; refuses as the candidates' tracks do.
pub async fn seats(
    context: &Context,
    tx: &Transaction,
    search: &Search,
    placed: &Placed,
) -> CommandResult<Vec<CandidateId>> {
    let mut writing = Writing {
        context,
        tx,
        search,
        days: BTreeSet::new(),
        seated: Vec::new(),
    };
    let mut number = search
        .commissions
        .iter()
        .map(|one| one.number)
        .max()
        .unwrap_or(0);
    for (place, after) in placed.plan.commissions.iter().enumerate() {
        if let Some(before) = search.commissions.get(place) {
            writing.commission(before, after).await?;
        } else {
            number += 1;
            writing.new_commission(number, after).await?;
        }
    }
    if writing.seated.is_empty() {
        return Ok(Vec::new());
    }
    let days: Vec<NaiveDate> = writing.days.iter().copied().collect();
    let seated = writing.seated;
    for id in &seated {
        let person = search
            .people
            .iter()
            .find(|one| one.candidate.id == *id)
            .ok_or(CommandError::Conflict)?;
        let planned = tracks_of::of(person, 0)
            .ok_or(CommandError::Conflict)
            .map(Tracks::plan)?
            .map_err(|refused| {
                Refusal::new(refused.code())
                    .with("candidate", &person.candidate.number)
                    .with("name", person.identity.full_name())
            })?;
        let codes = tracks_of::codes(planned, person);
        candidates::save_states(tx, *id, &person.states, &codes).await?;
    }
    let commissions = plans::commissions(tx, search.plan.id).await?;
    match holding::refresh(context, tx, &search.plan, &commissions, &days).await {
        // Another plan took somebody between the search and its writing: searched again, with what it took.
        Err(CommandError::Refused(refusal)) if refusal.code == "already_taken" => {
            Err(CommandError::Conflict)
        }
        other => other.map(|()| seated),
    }
}

struct Writing<'a> {
    context: &'a Context,
    tx: &'a Transaction,
    search: &'a Search,
    days: BTreeSet<NaiveDate>,
    seated: Vec<CandidateId>,
}

impl Writing<'_> {
    async fn commission(
        &mut self,
        before: &CommissionRecord,
        after: &Commission,
    ) -> CommandResult<()> {
        for day in &after.days {
            let stood = before.days.iter().find(|one| one.day == day.date);
            let new: Vec<&PlacedSlot> = day
                .slots
                .iter()
                .filter(|slot| {
                    let id = self.candidate(slot);
                    !stood
                        .is_some_and(|stood| stood.sittings.iter().any(|s| Some(s.candidate) == id))
                })
                .collect();
            if new.is_empty() {
                continue;
            }
            let record = if let Some(stood) = stood {
                let mut record = stood.clone();
                if stood.sittings.is_empty() {
                    record.preparation = day.preparation;
                    record.lunch = day.lunch;
                    plans::open_day(self.tx, &record).await?;
                }
                record
            } else {
                let record = self.day(day);
                plans::insert_day(self.tx, before.id, &record).await?;
                record
            };
            for slot in new {
                self.sitting(before, &record, slot).await?;
            }
        }
        Ok(())
    }

    /// The same team in another period: a commission more.
    async fn new_commission(&mut self, number: u16, after: &Commission) -> CommandResult<()> {
        let stated = &self.search.stated;
        let days: Vec<DayRecord> = after.days.iter().map(|day| self.day(day)).collect();
        let record = CommissionRecord {
            id: CommissionId(self.context.ids.next()),
            number,
            option: after.option,
            centre: stated.schools[after.centre].school.id,
            template: after.template.clone(),
            by_hand: false,
            members: after
                .members
                .iter()
                .map(|key| stated.examiners[*key].id)
                .collect(),
            days,
        };
        plans::insert_commission(self.tx, &self.search.plan, &record).await?;
        for (day, after) in record.days.iter().zip(&after.days) {
            for slot in &after.slots {
                self.sitting(&record, day, slot).await?;
            }
        }
        Ok(())
    }

    fn day(&self, day: &Day) -> DayRecord {
        DayRecord {
            id: CommissionDayId(self.context.ids.next()),
            day: day.date,
            preparation: day.preparation,
            lunch: day.lunch,
            sittings: Vec::new(),
        }
    }

    fn candidate(&self, slot: &PlacedSlot) -> Option<CandidateId> {
        let person = self.search.stated.candidates.get(slot.candidate)?;
        Some(person.candidate.id)
    }

    async fn sitting(
        &mut self,
        commission: &CommissionRecord,
        day: &DayRecord,
        slot: &PlacedSlot,
    ) -> CommandResult<()> {
        let plan = &self.search.plan;
        let candidate = self.candidate(slot).ok_or(CommandError::Conflict)?;
        // A candidate's calendar series outlives his dates.
        let series = self
            .search
            .history
            .get(&candidate)
            .and_then(|past| past.first())
            .map_or_else(|| self.context.ids.next(), |past| past.sitting.series);
        let sitting = DatedSitting {
            id: SittingId(self.context.ids.next()),
            plan: plan.id,
            session: plan.session,
            authority: plan.authority,
            school: plan.school,
            centre: commission.centre,
            commission: commission.id,
            commission_day: day.id,
            number: commission.number,
            candidate,
            day: day.day,
            starts: slot.starts.clone(),
            environment: slot.environment,
            revision: 0,
            series,
            version: 1,
        };
        sittings::insert(self.tx, &sitting).await?;
        self.days.insert(day.day);
        self.seated.push(candidate);
        Ok(())
    }
}
