//! Plans of the perimeter: commissions, days, sittings, who is left out, where the convocations stand.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use delos_domain::actor::Actor;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::ids::{CandidateId, CommissionId, ExaminerId, PlanId};
use delos_domain::regulation::PeriodTemplate;
use delos_domain::scope::{EditPlan, Facts, ReadMessages, ReadPlan, Scope};
use delos_domain::tracks::sitting::State;
use delos_persistence::candidates::{self, CandidateFilter};
use delos_persistence::outbox::{self, Counts, MessageFilter};
use delos_persistence::plans::{self, PlanRecord, SittingRecord};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::{Reader, authorities, examiners, sessions};

use super::candidates::{CandidateView, with_relations};
use super::schools::{ExaminerView, by_id, with_schools};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::plan_problem;

/// A candidate without a place, the code of the rule that stops him, the values that its sentence names.
pub type LeftOut = (CandidateView, String, Vec<(String, String)>);

/// A plan as a screen shows it.
#[derive(Clone, Debug)]
pub struct PlanView {
    /// The row.
    pub record: PlanRecord,
    /// Its owner's name.
    pub owner: String,
    /// Whether the active mandate may change it.
    pub editable: bool,
    /// Commissions in order of number.
    pub commissions: Vec<CommissionView>,
    /// Who has no place, and the rule that stops him.
    pub left_out: Vec<LeftOut>,
    /// Candidates to place.
    pub candidates: usize,
    /// Candidates placed.
    pub placed: usize,
    /// What should be looked at before publishing.
    pub warnings: Vec<Refusal>,
    /// Where its convocations stand.
    pub counts: Counts,
    /// Candidates and members of the plan who have no address.
    pub without_address: usize,
}

/// A commission.
#[derive(Clone, Debug)]
pub struct CommissionView {
    /// Its id.
    pub id: CommissionId,
    /// Its number.
    pub number: u16,
    /// Its option.
    pub option: ExamOption,
    /// Where it sits.
    pub centre: SchoolRecord,
    /// The centre's zone.
    pub zone: Tz,
    /// Members in order.
    pub members: Vec<ExaminerView>,
    /// Made by hand.
    pub by_hand: bool,
    /// Days in order.
    pub days: Vec<DayView>,
}

/// A day of a commission.
#[derive(Clone, Debug)]
pub struct DayView {
    /// Local date.
    pub day: NaiveDate,
    /// Start of the preparation half-day.
    pub preparation: Option<u16>,
    /// Start of the pause.
    pub lunch: u16,
    /// Sittings, each with its candidate.
    pub sittings: Vec<(SittingRecord, CandidateView)>,
}

/// What can be chosen when a commission is added by hand.
#[derive(Clone, Debug)]
pub struct PlanChoices {
    /// Centres.
    pub centres: Vec<SchoolRecord>,
    /// Examiners.
    pub examiners: Vec<ExaminerView>,
    /// Periods of days.
    pub periods: Vec<Vec<NaiveDate>>,
    /// Templates.
    pub templates: Vec<PeriodTemplate>,
}

/// Plans of the perimeter with their whole content.
pub async fn all(context: &Context, actor: &Actor) -> CommandResult<Vec<PlanView>> {
    let scope = actor.scope::<ReadPlan>(context.today())?;
    let reader = context.db.read();
    let mut views = Vec::new();
    for record in plans::all(&reader, &scope).await? {
        views.push(view(context, actor, &scope, &reader, record).await?);
    }
    Ok(views)
}

/// Plans of the perimeter without commissions, left out and warnings: what a list shows, by counts of the whole list.
pub async fn summaries(context: &Context, actor: &Actor) -> CommandResult<Vec<PlanView>> {
    let scope = actor.scope::<ReadPlan>(context.today())?;
    let reader = context.db.read();
    let records = plans::all(&reader, &scope).await?;
    let ids: Vec<PlanId> = records.iter().map(|one| one.id).collect();
    let counted = plans::counts(&reader, &ids).await?;
    let to_place = plans::to_place(&reader, &scope).await?;
    let messages = match actor.scope::<ReadMessages>(context.today()) {
        Ok(scope) => outbox::counts_of_plans(&reader, &scope, &ids).await?,
        Err(_) => HashMap::new(),
    };
    let schools = by_id(&reader, records.iter().filter_map(|one| one.school)).await?;
    let authorities = authorities::all(&reader).await?;
    Ok(records
        .into_iter()
        .map(|record| {
            let counts = counted.get(&record.id).copied().unwrap_or_default();
            let candidates = to_place
                .iter()
                .filter(|(authority, school, form, _)| {
                    *authority == record.authority
                        && *form == record.form
                        && (record.school.is_none() || *school == record.school)
                })
                .map(|(.., n)| n)
                .sum();
            let owner = match record.school {
                Some(school) => schools.get(&school).map(|one| one.name.clone()),
                None => authorities
                    .iter()
                    .find(|one| one.id == record.authority)
                    .map(|one| one.name.clone()),
            };
            PlanView {
                owner: owner.unwrap_or_default(),
                editable: editable(context, actor, &record),
                commissions: Vec::new(),
                left_out: Vec::new(),
                candidates,
                placed: counts.placed,
                warnings: Vec::new(),
                counts: messages.get(&record.id).copied().unwrap_or_default(),
                without_address: counts.without_address,
                record,
            }
        })
        .collect())
}

/// Whether the active mandate may change a plan.
fn editable(context: &Context, actor: &Actor, record: &PlanRecord) -> bool {
    let facts = Facts {
        session: record.session,
        authority: record.authority,
        school: record.school,
        centre: None,
        members: Vec::new(),
        candidate: None,
        phase: None,
    };
    actor
        .scope::<EditPlan>(context.today())
        .is_ok_and(|scope| scope.allows(&facts))
}

/// One plan of the perimeter.
pub async fn one(context: &Context, actor: &Actor, id: PlanId) -> CommandResult<Option<PlanView>> {
    let scope = actor.scope::<ReadPlan>(context.today())?;
    let reader = context.db.read();
    match plans::one(&reader, &scope, id).await? {
        Some(record) => Ok(Some(view(context, actor, &scope, &reader, record).await?)),
        None => Ok(None),
    }
}

async fn view(
    context: &Context,
    actor: &Actor,
    scope: &Scope<ReadPlan>,
    reader: &Reader,
    record: PlanRecord,
) -> CommandResult<PlanView> {
    let commissions = plans::commissions(reader, record.id).await?;
    let left = plans::left_out(reader, record.id).await?;
    let filter = CandidateFilter {
        form: Some(record.form),
        school: record.school,
        ..CandidateFilter::default()
    };
    let people = candidates::all(reader, scope, &filter).await?;
    let to_place = people
        .iter()
        .filter(|one| !one.candidate.keeps_mark && one.states.sitting != State::Closed.code())
        .count();
    let people = with_relations(context, reader, record.session, people).await?;
    let people: HashMap<CandidateId, CandidateView> = people
        .into_iter()
        .map(|one| (one.record.candidate.id, one))
        .collect();

    let mut member_ids: Vec<ExaminerId> = commissions
        .iter()
        .flat_map(|one| one.members.iter().copied())
        .collect();
    member_ids.sort_unstable();
    member_ids.dedup();
    let members = with_schools(reader, examiners::by_ids(reader, &member_ids).await?).await?;
    let members: HashMap<ExaminerId, ExaminerView> = members
        .into_iter()
        .map(|one| (one.examiner.id, one))
        .collect();
    let centres = by_id(reader, commissions.iter().map(|one| one.centre)).await?;
    let zones: HashMap<_, _> = schools::zones(reader).await?.into_iter().collect();

    let placed: usize = commissions
        .iter()
        .flat_map(|one| &one.days)
        .map(|day| day.sittings.len())
        .sum();
    let placed_without_address = commissions
        .iter()
        .flat_map(|one| &one.days)
        .flat_map(|day| &day.sittings)
        .filter(|sitting| {
            people
                .get(&sitting.candidate)
                .is_some_and(|one| one.record.identity.email.is_none())
        })
        .count();
    let members_without_address = members
        .values()
        .filter(|one| one.examiner.identity.email.is_none())
        .count();
    let mut warnings = warnings(&commissions, to_place, placed);
    for one in commissions.iter().filter(|_| !record.is_published) {
        let gone = one
            .days
            .iter()
            .flat_map(|day| &day.sittings)
            .any(|sitting| {
                people
                    .get(&sitting.candidate)
                    .is_none_or(|person| person.record.candidate.keeps_mark)
            });
        if gone {
            warnings.push(Refusal::new("sittings_outdated").with("commission", one.number));
        }
    }

    let views = commissions
        .into_iter()
        .map(|one| {
            let centre = centres
                .get(&one.centre)
                .cloned()
                .ok_or(CommandError::NotFound)?;
            let zone = zones
                .get(&centre.academy)
                .copied()
                .ok_or(CommandError::NotFound)?;
            let days = one
                .days
                .into_iter()
                .map(|day| DayView {
                    day: day.day,
                    preparation: day.preparation,
                    lunch: day.lunch,
                    sittings: day
                        .sittings
                        .into_iter()
                        .filter_map(|sitting| {
                            people
                                .get(&sitting.candidate)
                                .cloned()
                                .map(|candidate| (sitting, candidate))
                        })
                        .collect(),
                })
                .collect();
            Ok(CommissionView {
                id: one.id,
                number: one.number,
                option: one.option,
                centre,
                zone,
                members: one
                    .members
                    .iter()
                    .filter_map(|id| members.get(id).cloned())
                    .collect(),
                by_hand: one.by_hand,
                days,
            })
        })
        .collect::<CommandResult<Vec<_>>>()?;

    let counts = match actor.scope::<ReadMessages>(context.today()) {
        Ok(scope) => {
            outbox::counts(
                reader,
                &scope,
                &MessageFilter {
                    plan: Some(record.id),
                    ..MessageFilter::default()
                },
            )
            .await?
        }
        Err(_) => Counts::default(),
    };
    let owner = match record.school {
        Some(school) => by_id(reader, [school])
            .await?
            .remove(&school)
            .map(|school| school.name)
            .unwrap_or_default(),
        None => authorities::all(reader)
            .await?
            .into_iter()
            .find(|one| one.id == record.authority)
            .map(|one| one.name)
            .unwrap_or_default(),
    };
    let editable = editable(context, actor, &record);
    Ok(PlanView {
        owner,
        editable,
        commissions: views,
        left_out: left
            .into_iter()
            .filter_map(|one| {
                Some((
                    people.get(&one.candidate)?.clone(),
                    one.code,
                    facts_of(&one.facts),
                ))
            })
            .collect(),
        candidates: to_place,
        placed,
        warnings,
        counts,
        without_address: placed_without_address + members_without_address,
        record,
    })
}

/// Annexe 9: in CCF « les évaluations des candidats sont étalées dans la période »; and nobody should be forgotten.
fn warnings(
    commissions: &[plans::CommissionRecord],
    to_place: usize,
    placed: usize,
) -> Vec<Refusal> {
    let mut warnings = Vec::new();
    let mut days: Vec<NaiveDate> = commissions
        .iter()
        .flat_map(|one| &one.days)
        .filter(|day| !day.sittings.is_empty())
        .map(|day| day.day)
        .collect();
    days.sort_unstable();
    days.dedup();
    if days.len() == 1 && placed > 5 {
        warnings.push(Refusal::new("everybody_on_one_day").with("day", days[0]));
    }
    if placed < to_place {
        warnings.push(Refusal::new("not_everybody_placed").with("count", to_place - placed));
    }
    warnings
}

/// `name=value` lines as pairs.
fn facts_of(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// What can be chosen for a commission of this plan.
pub async fn choices(
    context: &Context,
    actor: &Actor,
    id: PlanId,
) -> CommandResult<Option<PlanChoices>> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    let reader = context.db.read();
    let Some(record) = plans::one(&reader, &scope, id).await? else {
        return Ok(None);
    };
    let session = sessions::by_id(&reader, record.session)
        .await?
        .ok_or(CommandError::NotFound)?;
    let regulation = context
        .regulation(&session.regulation)
        .ok_or(CommandError::NotFound)?;
    let dates = sessions::dates_for(&reader, record.session, Some(record.authority)).await?;
    let centres = plan_problem::centres(&reader, &record).await?;
    let first = plan_problem::first_day(context, &reader, &centres).await?;
    let mut periods = plan_problem::periods(record.form, &dates);
    periods.retain(|days| days.iter().all(|day| *day >= first));
    let examiners = with_schools(
        &reader,
        plan_problem::examiners(context, &reader, &record).await?,
    )
    .await?;
    Ok(Some(PlanChoices {
        centres,
        examiners,
        periods,
        templates: regulation.templates.clone(),
    }))
}

/// The form that the active mandate plans in: CCF for a head of school, ponctuelle for an authority.
pub fn own_form(actor: &Actor) -> Option<Form> {
    use delos_domain::mandate::Role;
    match actor.mandate()?.role {
        Role::HeadOfSchool => Some(Form::Ccf),
        Role::AuthorityOfficer => Some(Form::Ponctuelle),
        _ => None,
    }
}
