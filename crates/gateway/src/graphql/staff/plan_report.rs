//! What a plan costs and asks of each, and the search that is at work on it.

use async_graphql::{Enum, ID, SimpleObject};
use chrono::NaiveDate;
use delos_application::proposal::{Change, Found, Moves};
use delos_application::views::plan_report::{
    CentreLoad as CentreView, ExaminerLoad as ExaminerView, Gap, OptionLinks as LinksView,
    PlanReport as ReportView, ProposalView,
};

use super::messages::Task;
use super::people::ExamOption;
use super::plans::number;
use crate::graphql::refusal::Refusal;

/// What a plan costs and asks of each, computed from the plan as it stands.
#[derive(SimpleObject)]
pub struct PlanReport {
    /// Candidates to place.
    candidates: i64,
    /// Candidates placed.
    placed: i64,
    /// The terms of the objective (fonction de coût), in the order in which a planner weighs them.
    terms: Vec<PlanTerm>,
    /// Their sum, in points.
    total: f64,
    /// How far it may be from the best possible (écart), where a search has measured it.
    gap: Option<PlanGap>,
    /// What would give everybody a place, where somebody has none, the least first: any of them does.
    helps: Vec<PlanHelp>,
    /// What of the plan does not hold.
    problems: Vec<Refusal>,
    /// Examiners who sit, the most asked first.
    examiners: Vec<ExaminerLoad>,
    centres: Vec<CentreLoad>,
    /// What harmonisation can compare.
    links: Vec<OptionLinks>,
}

/// A term of the objective.
#[derive(SimpleObject)]
pub struct PlanTerm {
    /// Its stable code.
    code: String,
    /// What it counts, in French.
    label: String,
    /// How many; kilometres where it is measured.
    amount: f64,
    /// Points for each.
    weight: f64,
    /// Points in all.
    points: f64,
    /// Whether it is measured, not counted.
    measured: bool,
}

/// How far a plan may be from the best possible.
#[derive(SimpleObject)]
pub struct PlanGap {
    /// What no plan that places everybody can cost less than (borne prouvée), in points.
    bound: f64,
    /// The part of the bound by which the plan may be above the best, in per cent.
    percent: f64,
    /// What the bound leaves out, in French.
    leaves_out: Vec<String>,
}

/// Changes of what there is that together give everybody a place: each was tried.
#[derive(SimpleObject)]
pub struct PlanHelp {
    changes: Vec<HelpChange>,
}

/// What there would be more of.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum HelpKind {
    /// Examiners of an option.
    Examiners,
    /// Environments in a centre.
    Environments,
    /// Periods after the last.
    Periods,
    /// An accessible centre.
    Access,
}

/// A change of what there is.
#[derive(SimpleObject)]
pub struct HelpChange {
    kind: HelpKind,
    /// How many more.
    count: i64,
    option: Option<String>,
    /// First day of the one period in which the examiners are needed; none: in every period.
    from: Option<NaiveDate>,
    centre: Option<String>,
}

/// What a plan asks of an examiner.
#[derive(SimpleObject)]
pub struct ExaminerLoad {
    name: String,
    /// Commissions in which he sits, one a period.
    periods: i64,
    candidates: i64,
    /// There and back, once a period.
    kilometres: f64,
}

/// What a plan asks of a centre.
#[derive(SimpleObject)]
pub struct CentreLoad {
    name: String,
    commissions: i64,
    candidates: i64,
}

/// Who is linked to whom in an option: marks of two parts have nobody in common by whom to compare them.
#[derive(SimpleObject)]
pub struct OptionLinks {
    option: ExamOption,
    /// The parts, the largest first.
    parts: Vec<LinkedPart>,
}

/// Examiners and schools linked to each other and to nobody else.
#[derive(SimpleObject)]
pub struct LinkedPart {
    examiners: i64,
    schools: i64,
}

/// The latest search of a plan.
#[derive(SimpleObject)]
pub struct PlanProposal {
    /// The plan's.
    id: ID,
    task: Task,
    /// Seconds that it may take.
    seconds: i64,
    /// Whether somebody asked that it stop with the best plan found.
    stop_asked: bool,
    /// How far the search is; none before its first plan.
    progress: Option<ProposalProgress>,
    /// What it found; the plan holds it unless it was changed since.
    found: Option<ProposalFound>,
    /// Whether the plan still holds what it found.
    current: bool,
}

/// How far a search is.
#[derive(SimpleObject)]
pub struct ProposalProgress {
    /// Seconds since it began.
    seconds: f64,
    candidates: i64,
    /// Candidates whom the best plan so far places.
    placed: i64,
    /// What it costs, in points.
    objective: f64,
}

/// What a search found.
#[derive(SimpleObject)]
pub struct ProposalFound {
    /// Seconds that it took.
    seconds: f64,
    /// Whether somebody stopped it.
    stopped: bool,
    candidates: i64,
    placed: i64,
    /// What changed from the plan before, where there was one.
    change: Option<PlanChange>,
}

/// What changed from the plan before.
#[derive(SimpleObject)]
pub struct PlanChange {
    /// Candidates heard elsewhere, another day or by others.
    moved: i64,
    /// Candidates heard at another hour only.
    retimed: i64,
    /// Candidates who had no place and have one.
    placed: i64,
    /// Candidates who had one and have none.
    lost: i64,
    /// What the plan before cost, in points.
    before: f64,
}

impl From<ReportView> for PlanReport {
    fn from(view: ReportView) -> Self {
        Self {
            candidates: number(view.candidates),
            placed: number(view.placed),
            terms: view
                .terms
                .iter()
                .map(|one| PlanTerm {
                    code: one.code.to_owned(),
                    label: one.says.to_owned(),
                    amount: one.amount,
                    weight: one.weight,
                    points: one.points(),
                    measured: one.measured,
                })
                .collect(),
            total: view.total,
            gap: view.gap.map(Into::into),
            helps: view
                .helps
                .into_iter()
                .map(|changes| PlanHelp {
                    changes: changes.into_iter().map(Into::into).collect(),
                })
                .collect(),
            problems: view.problems.into_iter().map(Into::into).collect(),
            examiners: view.examiners.into_iter().map(Into::into).collect(),
            centres: view.centres.into_iter().map(Into::into).collect(),
            links: view.links.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Change> for HelpChange {
    fn from(change: Change) -> Self {
        let none = Self {
            kind: HelpKind::Access,
            count: 1,
            option: None,
            from: None,
            centre: None,
        };
        match change {
            Change::Examiners {
                count,
                option,
                from,
            } => Self {
                kind: HelpKind::Examiners,
                count: number(count),
                option: Some(option),
                from,
                ..none
            },
            Change::Environments { count, centre } => Self {
                kind: HelpKind::Environments,
                count: count.into(),
                centre: Some(centre),
                ..none
            },
            Change::Periods { count } => Self {
                kind: HelpKind::Periods,
                count: number(count),
                ..none
            },
            Change::Access { centre } => Self {
                centre: Some(centre),
                ..none
            },
        }
    }
}

impl From<Gap> for PlanGap {
    fn from(gap: Gap) -> Self {
        Self {
            bound: gap.bound,
            percent: gap.part * 100.0,
            leaves_out: gap.leaves_out.iter().map(|one| (*one).to_owned()).collect(),
        }
    }
}

impl From<ExaminerView> for ExaminerLoad {
    fn from(view: ExaminerView) -> Self {
        Self {
            name: view.name,
            periods: number(view.periods),
            candidates: number(view.candidates),
            kilometres: view.kilometres,
        }
    }
}

impl From<CentreView> for CentreLoad {
    fn from(view: CentreView) -> Self {
        Self {
            name: view.name,
            commissions: number(view.commissions),
            candidates: number(view.candidates),
        }
    }
}

impl From<LinksView> for OptionLinks {
    fn from(view: LinksView) -> Self {
        Self {
            option: view.option.into(),
            parts: view
                .parts
                .into_iter()
                .map(|(examiners, schools)| LinkedPart {
                    examiners: number(examiners),
                    schools: number(schools),
                })
                .collect(),
        }
    }
}

impl From<ProposalView> for PlanProposal {
    fn from(view: ProposalView) -> Self {
        Self {
            id: ID(view.record.plan.to_string()),
            task: view.task.into(),
            seconds: view.record.seconds,
            stop_asked: view.record.stop_asked,
            progress: view.progress.map(|one| ProposalProgress {
                seconds: one.seconds,
                candidates: number(one.candidates),
                placed: number(one.placed),
                objective: one.objective,
            }),
            found: view.found.map(Into::into),
            current: view.current,
        }
    }
}

impl From<Found> for ProposalFound {
    fn from(found: Found) -> Self {
        Self {
            seconds: found.seconds,
            stopped: found.stopped,
            candidates: number(found.candidates),
            placed: number(found.placed),
            change: found.change.map(Into::into),
        }
    }
}

impl From<Moves> for PlanChange {
    fn from(change: Moves) -> Self {
        Self {
            moved: number(change.moved),
            retimed: number(change.retimed),
            placed: number(change.placed),
            lost: number(change.lost),
            before: change.before,
        }
    }
}
