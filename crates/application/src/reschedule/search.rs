//! The search for seats, stated from the rows.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use delos_domain::ids::CandidateId;
use delos_persistence::Access;
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::plans::{self, CommissionRecord, PlanRecord};
use delos_persistence::sittings::{self, Ended, PastSitting};
use delos_persistence::waiting::{self, WaitingRecord};
use delos_persistence::{authorities, sessions};
use delos_planning::replacement::{NoSeat, Wanted};
use delos_planning::session::Plan;

use crate::absence::last_day;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::plan_problem::{self, Stated, to_plan};

/// Everything that a search for seats of one plan reads.
pub struct Search {
    /// The plan.
    pub plan: PlanRecord,
    /// Its commissions, in the order of the engine's.
    pub commissions: Vec<CommissionRecord>,
    /// The problem.
    pub stated: Stated,
    /// The plan as the engine sees it.
    pub content: Plan,
    /// Who needs a seat, in the order of `wanted`.
    pub people: Vec<CandidateRecord>,
    /// What each needs.
    pub wanted: Vec<Wanted>,
    /// Their earlier sittings, the latest first.
    pub history: HashMap<CandidateId, Vec<PastSitting>>,
}

impl Search {
    /// Reads what is needed for those who wait. Whoever can be given no date any more is not among them.
    pub async fn read(
        context: &Context,
        access: &impl Access,
        plan: &PlanRecord,
        waiting: &[WaitingRecord],
    ) -> CommandResult<Self> {
        Self::read_as(context, access, plan, waiting, false).await
    }

    /// [`Search::read`]; where `instead`, as though those who wait had no date in the plan.
    pub async fn read_as(
        context: &Context,
        access: &impl Access,
        plan: &PlanRecord,
        waiting: &[WaitingRecord],
        instead: bool,
    ) -> CommandResult<Self> {
        let commissions = plans::commissions(access, plan.id).await?;
        let stated = plan_problem::state(context, access, plan, &[], &commissions).await?;
        let mut content = to_plan(access, plan, &stated, &commissions).await?;
        let ids: Vec<CandidateId> = waiting.iter().map(|one| one.candidate).collect();
        let history = sittings::history(access, &ids).await?;
        let mut declined = waiting::declined(access, &ids).await?;
        let dates = sessions::dates_for(access, plan.session, Some(plan.authority)).await?;
        let authority = authorities::all(access)
            .await?
            .into_iter()
            .find(|one| one.id == plan.authority)
            .ok_or(CommandError::NotFound)?;
        let centres = plan_problem::centres(access, plan).await?;
        let today = plan_problem::first_day(context, access, &centres).await?;
        let first = today + Days::new(u64::from(authority.notice_days));
        let last = last_day(plan.form, &dates);
        let mut people = Vec::new();
        let mut wanted = Vec::new();
        for person in candidates::named(access, &ids).await? {
            let key = stated
                .candidates
                .iter()
                .position(|one| one.candidate.id == person.candidate.id);
            let mut taken_out = None;
            if let (true, Some(key)) = (instead, key) {
                taken_out = take_out(&mut content, key);
            }
            // Whoever could not come on a day is not expected on it again, nor before.
            let missed = taken_out.map(|(_, day)| day).or_else(|| {
                history
                    .get(&person.candidate.id)?
                    .iter()
                    .filter(|past| past.ended == Ended::Absent)
                    .map(|past| past.sitting.day)
                    .max()
            });
            let first = missed.map_or(first, |day| first.max(day + Days::new(1)));
            // He found a place otherwise, or may have none any more.
            let Some(key) = key.filter(|key| !is_placed(&content, *key)) else {
                continue;
            };
            let former = history
                .get(&person.candidate.id)
                .and_then(|past| past.first())
                .and_then(|past| {
                    let id = past.sitting.commission;
                    commissions.iter().position(|one| one.id == id)
                });
            let declined = declined.remove(&person.candidate.id).unwrap_or_default();
            people.push(person);
            wanted.push(Wanted {
                declined,
                candidate: key,
                former: taken_out.map(|(place, _)| place).or(former),
                first,
                last,
            });
        }
        Ok(Self {
            plan: plan.clone(),
            commissions,
            stated,
            content,
            people,
            wanted,
            history,
        })
    }

    /// What refuses each seat, a line each: the rule, the commission's number, the date.
    pub fn reasons(&self, refused: &[NoSeat]) -> String {
        let lines: Vec<String> = refused
            .iter()
            .map(|one| {
                let number = self.commissions.get(one.commission).map_or(0, |c| c.number);
                format!("{} {number} {}", one.rule.code(), one.date)
            })
            .collect();
        lines.join("\n")
    }
}

/// Takes a candidate out of the plan; the place of the commission that was to hear him, and the day.
pub fn take_out(content: &mut Plan, candidate: usize) -> Option<(usize, NaiveDate)> {
    let mut found = None;
    for (place, one) in content.commissions.iter_mut().enumerate() {
        for day in &mut one.days {
            let before = day.slots.len();
            day.slots.retain(|slot| slot.candidate != candidate);
            if day.slots.len() < before {
                found = Some((place, day.date));
            }
        }
    }
    found
}

fn is_placed(content: &Plan, candidate: usize) -> bool {
    content
        .commissions
        .iter()
        .flat_map(|one| &one.days)
        .flat_map(|day| &day.slots)
        .any(|slot| slot.candidate == candidate)
}

/// A line of [`WaitingRecord::reasons`].
pub fn reason(line: &str) -> Option<(String, u16, Option<NaiveDate>)> {
    let mut words = line.split_whitespace();
    let rule = words.next()?.to_owned();
    let number = words.next()?.parse().ok()?;
    Some((rule, number, words.next().and_then(|day| day.parse().ok())))
}
