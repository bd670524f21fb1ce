//! What a plan costs and asks of each, what of it does not hold, what it lets harmonisation compare; and the search that is
//! at work on it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use delos_domain::actor::Actor;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::ids::PlanId;
use delos_domain::scope::ReadPlan;
use delos_persistence::Access;
use delos_persistence::plans::{self, CommissionRecord, PlanRecord};
use delos_persistence::proposals::{self, ProposalRecord};
use delos_persistence::tasks::{self, TaskRecord};
use delos_planning::bound::{LEAVES_OUT, gap};
use delos_planning::check::{Term, links, loads, objective, violations};
use delos_planning::session::{Plan, Problem};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::plan_commands::drafting::Drafting;
use crate::plan_commands::rule_broken;
use crate::plan_problem::{self, Stated, to_plan};
use crate::proposal::{Change, Found, Progress, helps_of, read};

/// Most problems that are told: whoever mends some sees the next ones.
const MOST_PROBLEMS: usize = 50;

/// Longest time for what would help a school.
const AT_ONCE: Duration = Duration::from_secs(2);

/// What a plan costs and asks of each.
#[derive(Clone, Debug, Default)]
pub struct PlanReport {
    /// Candidates to place.
    pub candidates: usize,
    /// Candidates placed.
    pub placed: usize,
    /// The terms of the objective.
    pub terms: Vec<Term>,
    /// Their sum, in points.
    pub total: f64,
    /// How far it may be from the best, where a search has measured it.
    pub gap: Option<Gap>,
    /// What would give everybody a place, where somebody has none: each is a change or several together.
    pub helps: Vec<Vec<Change>>,
    /// What does not hold: the rules broken, with whom they are about.
    pub problems: Vec<Refusal>,
    /// What is asked of each examiner who sits, the most first.
    pub examiners: Vec<ExaminerLoad>,
    /// What is asked of each centre.
    pub centres: Vec<CentreLoad>,
    /// Who is linked to whom, by option.
    pub links: Vec<OptionLinks>,
}

/// How far a plan may be from the best possible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// What no plan that places everybody can cost less than, in points.
    pub bound: f64,
    /// The part of it by which this plan may be above the best.
    pub part: f64,
    /// What the bound leaves out, a sentence each.
    pub leaves_out: &'static [&'static str],
}

/// What a plan asks of an examiner.
#[derive(Clone, Debug, PartialEq)]
pub struct ExaminerLoad {
    /// His full name.
    pub name: String,
    /// Commissions in which he sits, one a period.
    pub periods: usize,
    /// Candidates whom he hears.
    pub candidates: usize,
    /// Kilometres there and back, once a period.
    pub kilometres: f64,
}

/// What a plan asks of a centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CentreLoad {
    /// Its name.
    pub name: String,
    /// Commissions that sit there.
    pub commissions: usize,
    /// Candidates heard there.
    pub candidates: usize,
}

/// Who is linked to whom in an option: parts whose marks nothing compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionLinks {
    /// The option.
    pub option: ExamOption,
    /// Examiners and schools of each part, the largest first.
    pub parts: Vec<(usize, usize)>,
}

/// The search of a plan.
#[derive(Clone, Debug)]
pub struct ProposalView {
    /// The row.
    pub record: ProposalRecord,
    /// Its task.
    pub task: TaskRecord,
    /// How far it is.
    pub progress: Option<Progress>,
    /// What it found.
    pub found: Option<Found>,
    /// Whether the plan still holds what it found.
    pub current: bool,
}

/// What a plan of the perimeter costs and asks of each.
pub async fn report(
    context: &Context,
    actor: &Actor,
    id: PlanId,
) -> CommandResult<Option<PlanReport>> {
    let scope = actor.scope::<ReadPlan>(context.today())?;
    let reader = context.db.read();
    let Some(record) = plans::one(&reader, &scope, id).await? else {
        return Ok(None);
    };
    let commissions = plans::commissions(&reader, id).await?;
    let stated = plan_problem::state(context, &reader, &record, &[], &commissions).await?;
    let candidates = stated.problem.candidates.len();
    let plan = match to_plan(&reader, &record, &stated, &commissions).await {
        Ok(plan) => plan,
        // Somebody left: what the plan costs is not known before that is mended.
        Err(CommandError::Refused(refusal)) => {
            return Ok(Some(PlanReport {
                candidates,
                problems: vec![refusal],
                ..PlanReport::default()
            }));
        }
        Err(error) => return Err(error),
    };
    let found = found(&reader, &record).await?;
    // A school's plan is small: what would help is looked for at once, as the plan was.
    let school = record.form == Form::Ccf && !record.is_published && !plan.left_out.is_empty();
    let drafting = if school {
        Some(Drafting::read(context, &reader, record).await?)
    } else {
        None
    };
    let job = move || {
        let helps = drafting.map_or(found.helps, |one| {
            let begun = Instant::now();
            helps_of(&one.stated, &plan, &|| begun.elapsed() > AT_ONCE)
        });
        PlanReport {
            helps,
            ..told(&stated, &plan, &commissions, found.bound)
        }
    };
    Ok(Some(context.lanes.short(job).await?))
}

/// What a search has found of the plan as it stands.
async fn found(access: &impl Access, plan: &PlanRecord) -> CommandResult<Found> {
    let latest = proposals::of_plan(access, plan.id).await?;
    let found = latest
        .filter(|one| one.saved_version == Some(plan.version))
        .and_then(|one| read(&one.outcome?));
    Ok(found.unwrap_or_default())
}

fn told(
    stated: &Stated,
    plan: &Plan,
    commissions: &[CommissionRecord],
    bound: Option<f64>,
) -> PlanReport {
    let problem = &stated.problem;
    let terms = objective(problem, plan);
    let number = |place: usize| commissions.get(place).map_or(0, |one| one.number);
    let problems = violations(problem, plan);
    let load = loads(problem, plan);
    let mut examiners: Vec<ExaminerLoad> = load
        .examiners
        .iter()
        .filter_map(|one| {
            Some(ExaminerLoad {
                name: stated.examiners.get(one.key)?.identity.full_name(),
                periods: one.periods,
                candidates: one.candidates,
                kilometres: one.kilometres,
            })
        })
        .collect();
    examiners.sort_by(|a, b| {
        let most = (b.periods, b.candidates).cmp(&(a.periods, a.candidates));
        most.then_with(|| a.name.cmp(&b.name))
    });
    PlanReport {
        candidates: problem.candidates.len(),
        placed: problem.candidates.len() - terms.unassigned,
        terms: terms.each(&problem.weights).to_vec(),
        total: terms.total,
        gap: bound.filter(|_| terms.unassigned == 0).map(|bound| Gap {
            bound,
            part: gap(terms.total, bound),
            leaves_out: &LEAVES_OUT,
        }),
        helps: Vec::new(),
        problems: problems
            .iter()
            .take(MOST_PROBLEMS)
            .map(|one| rule_broken(one, number(one.commission), stated))
            .collect(),
        examiners,
        centres: load
            .centres
            .iter()
            .filter_map(|one| {
                Some(CentreLoad {
                    name: stated.schools.get(one.key)?.name.clone(),
                    commissions: one.commissions,
                    candidates: one.candidates,
                })
            })
            .collect(),
        links: options(problem, plan),
    }
}

/// Links of each option: a plan of the platform is one zone.
fn options(problem: &Problem, plan: &Plan) -> Vec<OptionLinks> {
    let mut all: BTreeMap<ExamOption, Vec<(usize, usize)>> = BTreeMap::new();
    for one in links(problem, plan) {
        let parts = one.parts.iter();
        all.entry(one.option)
            .or_default()
            .extend(parts.map(|part| (part.examiners.len(), part.schools.len())));
    }
    all.into_iter()
        .map(|(option, parts)| OptionLinks { option, parts })
        .collect()
}

/// The latest search of a plan of the perimeter; none where nobody asked for one.
pub async fn proposal(
    context: &Context,
    actor: &Actor,
    id: PlanId,
) -> CommandResult<Option<ProposalView>> {
    let scope = actor.scope::<ReadPlan>(context.today())?;
    let reader = context.db.read();
    let Some(plan) = plans::one(&reader, &scope, id).await? else {
        return Ok(None);
    };
    let Some(record) = proposals::of_plan(&reader, id).await? else {
        return Ok(None);
    };
    let task = tasks::state_of(&reader, record.task)
        .await?
        .ok_or(CommandError::NotFound)?;
    Ok(Some(ProposalView {
        progress: record.progress.as_deref().and_then(read),
        found: record.outcome.as_deref().and_then(read),
        current: record.saved_version == Some(plan.version),
        record,
        task,
    }))
}
