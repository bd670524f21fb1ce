//! One owner's planning problem, read from the store.
//!
//! Keys of the engine are places in the lists read here, which are ordered by stable codes: same rows, same plan.

mod geography;
mod rows;

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use delos_domain::candidate::Form;
use delos_domain::ids::{CandidateId, ExaminerId, SchoolId};
use delos_domain::regulation::{PeriodTemplate, Regulation};
use delos_domain::session::SessionDates;
use delos_persistence::candidates::{self, CandidateFilter, CandidateRecord};
use delos_persistence::closures::{self, ClosureRecord};
use delos_persistence::examiners::ExaminerRecord;
use delos_persistence::plans::{self, CommissionRecord, PlanRecord};
use delos_persistence::schools::SchoolRecord;
use delos_persistence::{Access, sessions, sittings};
use delos_planning::session::{
    Candidate, Centre, Examiner, FixedCommission, Point, Problem, Taken, Weights, periods_of,
};

pub use rows::{outdated, to_plan, to_rows};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::tracks_of::can_be_planned;

/// Part of the seats that a plan of the ponctuelle form keeps free in its last period, for each option.
const RESERVE: f64 = 0.03;

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

/// The first day, in the zones of these centres, of which nothing has passed.
pub async fn first_day(
    context: &Context,
    access: &impl Access,
    centres: &[SchoolRecord],
) -> CommandResult<NaiveDate> {
    let zones = delos_persistence::schools::zones(access).await?;
    Ok(zones
        .into_iter()
        .filter(|(academy, _)| centres.iter().any(|one| one.academy == *academy))
        .map(|(_, zone)| context.now().with_timezone(&zone).date_naive())
        .max()
        .unwrap_or_else(|| context.today()))
}

/// The days of a commission on which it interrogates: a template may give the preparation a day of its own.
pub fn interrogation_days(template: Option<&PeriodTemplate>, days: &[NaiveDate]) -> Vec<NaiveDate> {
    let alone = |place: usize| {
        template
            .and_then(|template| template.days.get(place))
            .is_some_and(|line| line.preparation && line.max == 0)
    };
    days.iter()
        .enumerate()
        .filter(|(place, _)| !alone(*place))
        .map(|(_, day)| *day)
        .collect()
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

/// Examiners of a plan: the school's own team in CCF, the authority's in the ponctuelle form. Where a commission has a
/// professional, whom no school has, the authority's professionals are of the team too.
pub async fn examiners(
    context: &Context,
    access: &impl Access,
    plan: &PlanRecord,
) -> CommandResult<Vec<ExaminerRecord>> {
    let all =
        delos_persistence::examiners::of_authority(access, plan.session, plan.authority).await?;
    let Some(school) = plan.school else {
        return Ok(all);
    };
    let professionals = regulation(context, access, plan)
        .await?
        .composition
        .get(&plan.form)
        .is_some_and(|composition| composition.professionals_min > 0);
    Ok(all
        .into_iter()
        .filter(|one| one.school == Some(school) || professionals && one.professional)
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

/// States the problem of a plan that the caller reached through a scope; `kept` are the commissions made by hand. Its
/// candidates are those to whom a date can be given, and those of its form and owner whom `placed` hears.
///
/// # Errors
/// Refuses with `commission_outdated` when a commission kept has a member or a centre gone.
pub async fn state(
    context: &Context,
    access: &impl Access,
    plan: &PlanRecord,
    kept: &[CommissionRecord],
    placed: &[CommissionRecord],
) -> CommandResult<Stated> {
    let regulation = regulation(context, access, plan).await?;
    let dates = sessions::dates_for(access, plan.session, Some(plan.authority)).await?;
    let schools =
        delos_persistence::schools::of_authority(access, plan.session, plan.authority).await?;
    let key_of = |id: SchoolId| schools.iter().position(|one| one.school.id == id);
    let centres = centres(access, plan).await?;
    let examiners = examiners(context, access, plan).await?;
    let filter = CandidateFilter {
        form: Some(plan.form),
        school: plan.school,
        ..CandidateFilter::default()
    };
    let mut people =
        candidates::of_authority(access, plan.session, plan.authority, &filter).await?;
    let heard: HashSet<CandidateId> = placed
        .iter()
        .flat_map(|one| &one.days)
        .flat_map(|day| &day.sittings)
        .map(|sitting| sitting.candidate)
        .collect();
    people.retain(|one| heard.contains(&one.candidate.id) || can_be_planned(one));
    let fixed = kept
        .iter()
        .map(|one| {
            let members = one
                .members
                .iter()
                .map(|id| examiners.iter().position(|x| x.id == *id))
                .collect::<Option<_>>();
            let (Some(members), Some(centre)) = (members, key_of(one.centre)) else {
                return Err(outdated(one.number));
            };
            Ok(FixedCommission {
                option: one.option,
                centre,
                members,
                days: one.days.iter().map(|day| day.day).collect(),
                template: one.template.clone(),
                sittings: Vec::new(),
            })
        })
        .collect::<Result<_, _>>()?;
    let closures = closures::of_authority(access, plan.session, plan.authority).await?;
    let displaced: HashSet<CandidateId> = sittings::displaced(access, plan.session, plan.authority)
        .await?
        .into_iter()
        .collect();
    let ccf = plan.form == Form::Ccf;
    // Where each school is, roughly; whoever has none, or one of an unknown department, is in the middle of the centres.
    let places: Vec<Option<Point>> = schools
        .iter()
        .map(|one| geography::point(&one.postal_code))
        .collect();
    let of = |one: &SchoolRecord| geography::point(&one.postal_code);
    let middle = geography::middle(&centres.iter().filter_map(of).collect::<Vec<_>>());
    let at = |key: Option<usize>| key.and_then(|key| places[key]).unwrap_or(middle);
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
                let key = key_of(one.school.id)?;
                Some(Centre {
                    key,
                    zone: 0,
                    at: at(Some(key)),
                    environments: one.school.environments,
                    accessible: one.school.accessible,
                    closed: closed(&closures, plan, one.school.id),
                })
            })
            .collect(),
        examiners: examiners
            .iter()
            .enumerate()
            .map(|(key, one)| Examiner {
                key,
                zone: 0,
                at: at(one.school.and_then(key_of)),
                school: one.school.and_then(key_of),
                professional: one.professional,
                options: one.options.clone(),
                unavailable: one.unavailable.iter().copied().collect(),
                // The column counts the ponctuelle form only; a head of school plans his own teachers freely.
                max_periods: one.max_periods.filter(|_| !ccf),
                conflicts: BTreeSet::new(),
            })
            .collect(),
        candidates: people
            .iter()
            .enumerate()
            .map(|(key, one)| Candidate {
                key,
                zone: 0,
                at: at(one.candidate.school.and_then(key_of)),
                school: one.candidate.school.and_then(key_of),
                option: one.candidate.option,
                accommodation: one.candidate.accommodation,
                needs_access: one.candidate.needs_access,
                displaced: displaced.contains(&one.candidate.id),
                teachers: BTreeSet::new(),
                unavailable: BTreeSet::new(),
            })
            .collect(),
        fixed,
        taken,
        own_centre: true,
        sixth: false,
        reserve: if ccf { 0.0 } else { RESERVE },
        weights: Weights::default(),
    };
    Ok(Stated {
        problem,
        schools,
        examiners,
        candidates: people,
    })
}

/// Every day on which a centre is closed to a plan: a head of school closes his school to its own candidates, the authority
/// to everybody.
fn closed(closures: &[ClosureRecord], plan: &PlanRecord, centre: SchoolId) -> BTreeSet<NaiveDate> {
    closures
        .iter()
        .filter(|one| one.centre == centre && (one.school.is_none() || one.school == plan.school))
        .flat_map(|one| one.first.iter_days().take_while(|day| *day <= one.last))
        .collect()
}

/// What other published plans hold of these examiners and centres, read at once.
async fn taken(
    access: &impl Access,
    plan: &PlanRecord,
    examiners: &[ExaminerRecord],
    centres: &[SchoolRecord],
    schools: &[SchoolRecord],
) -> CommandResult<Taken> {
    let mut people: HashMap<String, usize> = HashMap::new();
    for (key, one) in examiners.iter().enumerate() {
        people.insert(examiner_resource(one.id), key);
    }
    let mut rooms: HashMap<String, usize> = HashMap::new();
    for (key, one) in schools.iter().enumerate() {
        if centres
            .iter()
            .any(|centre| centre.school.id == one.school.id)
        {
            rooms.extend(environments(one).map(|(_, name)| (name, key)));
        }
    }
    let names: Vec<String> = people.keys().chain(rooms.keys()).cloned().collect();
    let mut taken = Taken::default();
    for (resource, day) in plans::held_by_others(access, plan.id, &names).await? {
        if let Some(key) = people.get(&resource) {
            taken.examiners.insert((*key, day));
        } else if let Some(key) = rooms.get(&resource) {
            taken.environments.push((*key, day));
        }
    }
    taken.environments.sort_unstable();
    Ok(taken)
}

/// Every environment of a centre: its number and the name of its occupancy.
pub fn environments(centre: &SchoolRecord) -> impl Iterator<Item = (u16, String)> {
    let id = centre.school.id;
    (1..=centre.school.environments).map(move |number| (number, environment_resource(id, number)))
}

/// Name of an examiner's occupancy.
pub fn examiner_resource(id: ExaminerId) -> String {
    format!("examiner:{id}")
}

/// Name of an environment's occupancy.
pub fn environment_resource(centre: SchoolId, number: u16) -> String {
    format!("environment:{centre}:{number}")
}
