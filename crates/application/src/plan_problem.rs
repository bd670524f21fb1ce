//! One owner's planning problem, read from the store; and plans carried to and fro between the engine and the rows.
//!
//! Keys of the engine are places in the lists read here, which are ordered by stable codes: same rows, same plan.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::candidate::Form;
use delos_domain::ids::{CommissionDayId, CommissionId, ExaminerId, SchoolId, SittingId};
use delos_domain::regulation::Regulation;
use delos_domain::session::SessionDates;
use delos_persistence::candidates::{self, CandidateFilter, CandidateRecord};
use delos_persistence::examiners::ExaminerRecord;
use delos_persistence::plans::{
    self, CommissionRecord, DayRecord, LeftOutRecord, PlanRecord, SittingRecord,
};
use delos_persistence::schools::SchoolRecord;
use delos_persistence::{Access, sessions};
use delos_planning::session::{
    Candidate, Centre, Commission, Day, Examiner, FixedCommission, PlacedSlot, Plan, Problem,
    Taken, periods_of,
};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// A problem with the rows that its keys stand for.
pub struct Stated {
    /// The problem.
    pub problem: Problem,
    /// Schools by key.
    pub schools: Vec<SchoolRecord>,
    /// Examiners by key.
    pub examiners: Vec<ExaminerRecord>,
    /// Candidates by key.
    pub candidates: Vec<CandidateRecord>,
}

/// Periods of a form: those of the session in the ponctuelle form, the CCF's period cut in pairs of working days.
pub fn periods(form: Form, dates: &SessionDates) -> Vec<Vec<NaiveDate>> {
    match form {
        Form::Ponctuelle => dates.ponctuelle.clone(),
        Form::Ccf => dates
            .ccf
            .map(|ccf| {
                periods_of(
                    ccf.first,
                    ccf.last.min(ccf.cut_off),
                    delos_domain::calendar::is_working_day,
                )
            })
            .unwrap_or_default(),
    }
}

/// Centres of a plan: the school itself in CCF, the authority's centres in the ponctuelle form.
pub async fn centres(access: &impl Access, plan: &PlanRecord) -> CommandResult<Vec<SchoolRecord>> {
    let all =
        delos_persistence::schools::of_authority(access, plan.session, plan.authority).await?;
    Ok(all
        .into_iter()
        .filter(|one| match plan.school {
            Some(school) => one.school.id == school,
            None => one.school.is_centre,
        })
        .collect())
}

/// Examiners of a plan: the school's own team in CCF, the authority's in the ponctuelle form.
pub async fn examiners(
    access: &impl Access,
    plan: &PlanRecord,
) -> CommandResult<Vec<ExaminerRecord>> {
    let all =
        delos_persistence::examiners::of_authority(access, plan.session, plan.authority).await?;
    Ok(all
        .into_iter()
        .filter(|one| plan.school.is_none() || one.school == plan.school)
        .collect())
}

/// The regulation of a plan's session.
pub async fn regulation(
    context: &Context,
    access: &impl Access,
    plan: &PlanRecord,
) -> CommandResult<Regulation> {
    let session = sessions::by_id(access, plan.session)
        .await?
        .ok_or(CommandError::NotFound)?;
    context
        .regulation(&session.regulation)
        .cloned()
        .ok_or(CommandError::NotFound)
}

/// States the problem of a plan that the caller reached through a scope; `kept` are the commissions made by hand.
pub async fn state(
    context: &Context,
    access: &impl Access,
    plan: &PlanRecord,
    kept: &[CommissionRecord],
) -> CommandResult<Stated> {
    let regulation = regulation(context, access, plan).await?;
    let dates = sessions::dates_for(access, plan.session, Some(plan.authority)).await?;
    let schools =
        delos_persistence::schools::of_authority(access, plan.session, plan.authority).await?;
    let key_of = |id: SchoolId| schools.iter().position(|one| one.school.id == id);
    let centres = centres(access, plan).await?;
    let examiners = examiners(access, plan).await?;
    let filter = CandidateFilter {
        form: Some(plan.form),
        school: plan.school,
        ..CandidateFilter::default()
    };
    let mut people =
        candidates::of_authority(access, plan.session, plan.authority, &filter).await?;
    // Whoever keeps an earlier mark stands on the list and does not sit.
    people.retain(|one| !one.candidate.keeps_mark);
    let ccf = plan.form == Form::Ccf;
    let taken = taken(access, plan, &examiners, &centres, &schools).await?;
    let problem = Problem {
        form: plan.form,
        composition: regulation
            .composition
            .get(&plan.form)
            .copied()
            .ok_or(CommandError::NotFound)?,
        course: regulation.course,
        rules: regulation.day,
        templates: regulation.templates,
        periods: periods(plan.form, &dates),
        centres: centres
            .iter()
            .filter_map(|one| {
                Some(Centre {
                    key: key_of(one.school.id)?,
                    environments: one.school.environments,
                    accessible: one.school.accessible,
                    closed: BTreeSet::new(),
                })
            })
            .collect(),
        examiners: examiners
            .iter()
            .enumerate()
            .map(|(key, one)| Examiner {
                key,
                school: one.school.and_then(key_of),
                professional: one.professional,
                options: one.options.clone(),
                unavailable: one.unavailable.iter().copied().collect(),
                // The column counts the ponctuelle form only; a head of school plans his own teachers freely.
                max_periods: one.max_periods.filter(|_| !ccf),
            })
            .collect(),
        candidates: people
            .iter()
            .enumerate()
            .map(|(key, one)| Candidate {
                key,
                school: one.candidate.school.and_then(key_of),
                option: one.candidate.option,
                accommodation: one.candidate.accommodation,
                needs_access: one.candidate.needs_access,
            })
            .collect(),
        fixed: kept
            .iter()
            .filter_map(|one| {
                Some(FixedCommission {
                    option: one.option,
                    centre: key_of(one.centre)?,
                    members: one
                        .members
                        .iter()
                        .filter_map(|id| examiners.iter().position(|x| x.id == *id))
                        .collect(),
                    days: one.days.iter().map(|day| day.day).collect(),
                    template: one.template.clone(),
                })
            })
            .collect(),
        taken,
    };
    Ok(Stated {
        problem,
        schools,
        examiners,
        candidates: people,
    })
}

/// What other published plans hold of these examiners and centres.
async fn taken(
    access: &impl Access,
    plan: &PlanRecord,
    examiners: &[ExaminerRecord],
    centres: &[SchoolRecord],
    schools: &[SchoolRecord],
) -> CommandResult<Taken> {
    let mut taken = Taken::default();
    let names: Vec<String> = examiners
        .iter()
        .map(|one| examiner_resource(one.id))
        .collect();
    for (resource, day, _) in plans::occupied_by_others(access, plan.id, &names).await? {
        if let Some(key) = names.iter().position(|name| *name == resource) {
            taken.examiners.insert((key, day));
        }
    }
    for centre in centres {
        let Some(key) = schools
            .iter()
            .position(|one| one.school.id == centre.school.id)
        else {
            continue;
        };
        let names: Vec<String> = (1..=centre.school.environments)
            .map(|number| environment_resource(centre.school.id, number))
            .collect();
        let mut held: BTreeSet<(String, NaiveDate)> = BTreeSet::new();
        for (resource, day, _) in plans::occupied_by_others(access, plan.id, &names).await? {
            held.insert((resource, day));
        }
        taken
            .environments
            .extend(held.into_iter().map(|(_, day)| (key, day)));
    }
    Ok(taken)
}

/// Name of an examiner's occupancy.
pub fn examiner_resource(id: ExaminerId) -> String {
    format!("examiner:{id}")
}

/// Name of an environment's occupancy.
pub fn environment_resource(centre: SchoolId, number: u16) -> String {
    format!("environment:{centre}:{number}")
}

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

/// The engine's view of stored commissions: for the checker and the exchange format.
pub fn to_plan(stated: &Stated, commissions: &[CommissionRecord]) -> Plan {
    let schools = |id: SchoolId| stated.schools.iter().position(|one| one.school.id == id);
    let mut placed = BTreeSet::new();
    let commissions = commissions
        .iter()
        .filter_map(|one| {
            Some(Commission {
                fixed: None,
                option: one.option,
                centre: schools(one.centre)?,
                members: one
                    .members
                    .iter()
                    .filter_map(|id| stated.examiners.iter().position(|x| x.id == *id))
                    .collect(),
                template: one.template.clone(),
                days: one
                    .days
                    .iter()
                    .map(|day| Day {
                        date: day.day,
                        preparation: day.preparation,
                        lunch: day.lunch,
                        slots: day
                            .sittings
                            .iter()
                            .filter_map(|sitting| {
                                let candidate = stated
                                    .candidates
                                    .iter()
                                    .position(|c| c.candidate.id == sitting.candidate)?;
                                placed.insert(candidate);
                                Some(PlacedSlot {
                                    candidate,
                                    starts: sitting.starts.clone(),
                                    environment: sitting.environment,
                                })
                            })
                            .collect(),
                    })
                    .collect(),
            })
        })
        .collect();
    let left_out = (0..stated.candidates.len())
        .filter(|key| !placed.contains(key))
        .map(|key| (key, delos_planning::session::LeftOutReason::NoPeriod))
        .collect();
    Plan {
        commissions,
        left_out,
    }
}
