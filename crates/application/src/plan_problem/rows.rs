//! Plans carried to and fro between the engine and the rows.

use std::collections::BTreeSet;

use delos_domain::ids::{CandidateId, CommissionDayId, CommissionId, SchoolId, SittingId};
use delos_persistence::Access;
use delos_persistence::candidates;
use delos_persistence::plans::{
    CommissionRecord, DayRecord, LeftOutRecord, PlanRecord, SittingRecord,
};
use delos_planning::session::{Commission, Day, PlacedSlot, Plan};

use super::Stated;
use crate::context::Context;
use crate::error::{CommandResult, Refusal};

/// The rows of an engine's plan; commissions kept by hand keep their id.
pub fn to_rows(
    context: &Context,
    stated: &Stated,
    plan: &Plan,
    kept: &[CommissionRecord],
    before: &[CommissionRecord],
) -> (Vec<CommissionRecord>, Vec<LeftOutRecord>) {
    // A candidate's calendar series outlives his dates.
    let series = |candidate| {
        before
            .iter()
            .flat_map(|one| &one.days)
            .flat_map(|day| &day.sittings)
            .find(|sitting| sitting.candidate == candidate)
            .map(|sitting| sitting.series)
    };
    let commissions = (1_u16..)
        .zip(&plan.commissions)
        .map(|(number, one)| {
            let hand = one.fixed.and_then(|place| kept.get(place));
            CommissionRecord {
                id: hand.map_or_else(|| CommissionId(context.ids.next()), |hand| hand.id),
                number,
                option: one.option,
                centre: stated.schools[one.centre].school.id,
                template: one.template.clone(),
                by_hand: hand.is_some(),
                members: one
                    .members
                    .iter()
                    .map(|key| stated.examiners[*key].id)
                    .collect(),
                days: one
                    .days
                    .iter()
                    .map(|day| DayRecord {
                        id: CommissionDayId(context.ids.next()),
                        day: day.date,
                        preparation: day.preparation,
                        lunch: day.lunch,
                        sittings: day
                            .slots
                            .iter()
                            .map(|slot| {
                                let candidate = stated.candidates[slot.candidate].candidate.id;
                                SittingRecord {
                                    id: SittingId(context.ids.next()),
                                    candidate,
                                    starts: slot.starts.clone(),
                                    environment: slot.environment,
                                    revision: 0,
                                    series: series(candidate).unwrap_or_else(|| context.ids.next()),
                                    version: 1,
                                }
                            })
                            .collect(),
                    })
                    .collect(),
            }
        })
        .collect();
    let left = plan
        .left_out
        .iter()
        .map(|(key, reason)| LeftOutRecord {
            candidate: stated.candidates[*key].candidate.id,
            code: reason.code().to_owned(),
            facts: String::new(),
        })
        .collect();
    (commissions, left)
}

/// What of stored commissions has no place in the problem any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outdated {
    /// A sitting, in the commission of this number, of a candidate who is not the plan's to hear.
    Sitting(CandidateId, u16),
    /// The commission of this number has a member or a centre that the plan has no more.
    Commission(u16),
}

/// The engine's view of stored commissions: for the checker and the exchange format.
///
/// # Errors
/// Refuses with `sitting_without_candidate` (a candidate who left the school or the form since he was placed),
/// `commission_outdated` (a member or a centre gone): nothing is passed over in silence.
pub async fn to_plan(
    access: &impl Access,
    plan: &PlanRecord,
    stated: &Stated,
    commissions: &[CommissionRecord],
) -> CommandResult<Plan> {
    match carried(stated, commissions) {
        Ok(carried) => Ok(carried),
        Err(Outdated::Commission(number)) => Err(outdated(number).into()),
        Err(Outdated::Sitting(id, number)) => {
            let placed = candidates::placed_by(access, plan.id).await?;
            let candidate = placed
                .iter()
                .find(|one| one.candidate.id == id)
                .map(|one| one.candidate.number.to_string())
                .unwrap_or_default();
            Err(Refusal::new("sitting_without_candidate")
                .with("candidate", candidate)
                .with("commission", number)
                .into())
        }
    }
}

/// A commission has a member or a centre that its plan has no more.
pub fn outdated(number: u16) -> Refusal {
    Refusal::new("commission_outdated").with("commission", number)
}

fn carried(stated: &Stated, commissions: &[CommissionRecord]) -> Result<Plan, Outdated> {
    let school = |id: SchoolId| stated.schools.iter().position(|one| one.school.id == id);
    let mut placed = BTreeSet::new();
    let mut carried = Vec::with_capacity(commissions.len());
    for one in commissions {
        let gone = Outdated::Commission(one.number);
        let mut days = Vec::with_capacity(one.days.len());
        for day in &one.days {
            let mut slots = Vec::with_capacity(day.sittings.len());
            for sitting in &day.sittings {
                let candidate = stated
                    .candidates
                    .iter()
                    .position(|c| c.candidate.id == sitting.candidate)
                    .ok_or(Outdated::Sitting(sitting.candidate, one.number))?;
                placed.insert(candidate);
                slots.push(PlacedSlot {
                    candidate,
                    starts: sitting.starts.clone(),
                    environment: sitting.environment,
                });
            }
            days.push(Day {
                date: day.day,
                preparation: day.preparation,
                lunch: day.lunch,
                slots,
            });
        }
        carried.push(Commission {
            fixed: None,
            option: one.option,
            centre: school(one.centre).ok_or(gone)?,
            members: one
                .members
                .iter()
                .map(|id| stated.examiners.iter().position(|x| x.id == *id))
                .collect::<Option<_>>()
                .ok_or(gone)?,
            template: one.template.clone(),
            days,
        });
    }
    let left_out = (0..stated.candidates.len())
        .filter(|key| !placed.contains(key))
        .map(|key| (key, delos_planning::session::LeftOutReason::NoPeriod))
        .collect();
    Ok(Plan {
        commissions: carried,
        left_out,
    })
}
