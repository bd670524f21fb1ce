//! What a plan holds once published: its examiners, and environments of its centres.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use delos_domain::candidate::Accommodation;
use delos_domain::ids::SchoolId;
use delos_persistence::plans::{self, CommissionRecord, DayRecord, Occupancy, PlanRecord};
use delos_persistence::schools::SchoolRecord;
use delos_persistence::{StoreError, Transaction};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::plan_problem::{self, Stated, examiner_resource};

/// Minutes of a tick of occupancy.
const TICK: u16 = 5;

/// Examiners and environments, each day from the first minute to the end of the last phase.
///
/// A commission's environments are numbers of the centre: the first that no other plan holds on that day and no earlier
/// commission of this one has. Read in the transaction that takes them; the key of the rows decides between two who take
/// the same at once.
///
/// # Errors
/// Refuses with `already_taken` when other plans hold so many that too few are left.
pub async fn of(
    tx: &Transaction,
    plan: &PlanRecord,
    stated: &Stated,
    commissions: &[CommissionRecord],
) -> CommandResult<Vec<Occupancy>> {
    let needed = usize::from(stated.problem.rules.environments);
    let mut free = free_environments(tx, plan, stated, commissions).await?;
    let mut taken = Vec::new();
    for one in commissions {
        for day in one
            .days
            .iter()
            .filter(|day| !day.sittings.is_empty() || day.preparation.is_some())
        {
            let mut resources: Vec<String> = one
                .members
                .iter()
                .map(|member| examiner_resource(*member))
                .collect();
            let rooms = free.entry((one.centre, day.day)).or_default();
            if rooms.len() < needed {
                let centre = stated.schools.iter().find(|c| c.school.id == one.centre);
                return Err(Refusal::new("already_taken")
                    .with("what", centre.map_or("", |centre| &centre.name))
                    .with("day", day.day)
                    .into());
            }
            resources.extend(rooms.drain(..needed));
            let (first, last) = hours(stated, day);
            for resource in resources {
                for tick in first / TICK..last.div_ceil(TICK) {
                    taken.push(Occupancy {
                        resource: resource.clone(),
                        day: day.day,
                        tick,
                    });
                }
            }
        }
    }
    Ok(taken)
}

/// Holds anew what a published plan holds on these days, after some of its sittings have changed.
///
/// # Errors
/// Refuses with `already_taken` when another published plan has an examiner or an environment at that time by now.
pub async fn refresh(
    context: &Context,
    tx: &Transaction,
    plan: &PlanRecord,
    commissions: &[CommissionRecord],
    days: &[NaiveDate],
) -> CommandResult<()> {
    let stated = plan_problem::state(context, tx, plan, &[], commissions).await?;
    let of_days: Vec<CommissionRecord> = commissions
        .iter()
        // A commission that nobody is convoked to any more prepares nothing: its examiners are free.
        .filter(|one| one.days.iter().any(|day| !day.sittings.is_empty()))
        .map(|one| CommissionRecord {
            days: one
                .days
                .iter()
                .filter(|day| days.contains(&day.day))
                .cloned()
                .collect(),
            ..one.clone()
        })
        .filter(|one| !one.days.is_empty())
        .collect();
    let taken = of(tx, plan, &stated, &of_days).await?;
    match plans::occupy_days(tx, plan.id, days, &taken).await {
        Err(StoreError::Conflict) => {
            let day = days.first().map(ToString::to_string).unwrap_or_default();
            Err(Refusal::new("already_taken")
                .with("what", "un examinateur ou un environnement")
                .with("day", day)
                .into())
        }
        other => Ok(other?),
    }
}

/// Names of the environments of each centre that no other plan holds, by day, in order of number.
async fn free_environments(
    tx: &Transaction,
    plan: &PlanRecord,
    stated: &Stated,
    commissions: &[CommissionRecord],
) -> CommandResult<BTreeMap<(SchoolId, NaiveDate), Vec<String>>> {
    let days: BTreeSet<(SchoolId, NaiveDate)> = commissions
        .iter()
        .flat_map(|one| one.days.iter().map(|day| (one.centre, day.day)))
        .collect();
    let centres: BTreeMap<SchoolId, &SchoolRecord> = stated
        .schools
        .iter()
        .map(|one| (one.school.id, one))
        .collect();
    let names: Vec<String> = days
        .iter()
        .map(|(centre, _)| *centre)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|centre| centres.get(&centre))
        .flat_map(|centre| plan_problem::environments(centre))
        .map(|(_, name)| name)
        .collect();
    let held: BTreeSet<(String, NaiveDate)> = plans::held_by_others(tx, plan.id, &names)
        .await?
        .into_iter()
        .collect();
    days.into_iter()
        .map(|(id, day)| -> CommandResult<_> {
            let centre = centres.get(&id).ok_or(CommandError::NotFound)?;
            let free = plan_problem::environments(centre)
                .map(|(_, name)| name)
                .filter(|name| !held.contains(&(name.clone(), day)))
                .collect();
            Ok(((id, day), free))
        })
        .collect()
}

/// The first and the last minute of a commission's day: each phase as long as its candidate has it.
fn hours(stated: &Stated, day: &DayRecord) -> (u16, u16) {
    let rules = &stated.problem.rules;
    let mut first = day.preparation.unwrap_or(u16::MAX);
    let mut last = day.preparation.map_or(0, |start| start + rules.preparation);
    for sitting in &day.sittings {
        let accommodation = stated
            .candidates
            .iter()
            .find(|one| one.candidate.id == sitting.candidate)
            .map_or(Accommodation::NONE, |one| one.candidate.accommodation);
        for (phase, start) in stated.problem.course.phases.iter().zip(&sitting.starts) {
            first = first.min(*start);
            last = last.max(start + phase.minutes_for(accommodation, rules.grid));
        }
    }
    (first.min(last), last)
}

/// What clashes, in words: the examiner or the centre, and the day.
pub async fn clash(
    context: &Context,
    plan: &PlanRecord,
    taken: &[Occupancy],
    stated: &plan_problem::Stated,
) -> CommandResult<Refusal> {
    let reader = context.db.read();
    let mut names: Vec<String> = taken.iter().map(|one| one.resource.clone()).collect();
    names.sort_unstable();
    names.dedup();
    let held = plans::occupied_by_others(&reader, plan.id, &names).await?;
    let ours = |resource: &str, day, tick| {
        taken
            .iter()
            .any(|one| one.resource == resource && one.day == day && one.tick == tick)
    };
    let Some((resource, day, _)) = held
        .into_iter()
        .find(|(resource, day, tick)| ours(resource, *day, *tick))
    else {
        return Ok(Refusal::new("conflict"));
    };
    let what = stated
        .examiners
        .iter()
        .find(|one| examiner_resource(one.id) == resource)
        .map(|one| one.identity.full_name())
        .or_else(|| {
            stated
                .schools
                .iter()
                .find(|one| resource.contains(&one.school.id.to_string()))
                .map(|one| one.name.clone())
        })
        .unwrap_or_default();
    Ok(Refusal::new("already_taken")
        .with("what", what)
        .with("day", day))
}
