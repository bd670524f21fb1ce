//! Why a candidate has no place: the rule that stops him, from the most general to the most particular.

use delos_domain::candidate::Form;
use delos_domain::regulation::OfOption;

use super::{Candidate, Centre, Problem};
use crate::day::DayTable;

/// The rule that stops a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOutReason {
    /// The session gives no day to this form yet.
    NoPeriod,
    /// No centre is open to him.
    NoCentre,
    /// He needs an accessible centre, and none is.
    NoAccessibleCentre,
    /// A centre has too few environments for a commission.
    TooFewEnvironments,
    /// His phases, lengthened, fit in no day.
    DayTooShort,
    /// Too few examiners have the option.
    TooFewExaminers,
    /// The examiners of the option are of his own school (ponctuelle form).
    OwnSchoolExaminers,
    /// Examiners could, but they are taken or unavailable in every period.
    ExaminersTaken,
    /// Examiners are there, but the centre is full in every period.
    CentreFull,
    /// His phases, lengthened, do not fit after the preparation half-day, and nobody else opens a commission for him.
    OnlySecondDay,
}

impl LeftOutReason {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoPeriod => "no_period",
            Self::NoCentre => "no_centre",
            Self::NoAccessibleCentre => "no_accessible_centre",
            Self::TooFewEnvironments => "too_few_environments",
            Self::DayTooShort => "day_too_short",
            Self::TooFewExaminers => "too_few_examiners",
            Self::OwnSchoolExaminers => "own_school_examiners",
            Self::ExaminersTaken => "examiners_taken",
            Self::CentreFull => "centre_full",
            Self::OnlySecondDay => "only_second_day",
        }
    }
}

/// What is still there for a candidate whom the search did not place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Still {
    /// Whether some period has examiners who could sit for him.
    pub examiners: bool,
    /// Whether one of these periods has room in a centre of his.
    pub room: bool,
    /// Whether he can be the first whom a commission hears.
    pub can_open: bool,
}

/// The rule that stops a candidate whom the search did not place.
pub(crate) fn reason(
    problem: &Problem,
    table: &mut DayTable,
    candidate: &Candidate,
    still: Still,
) -> LeftOutReason {
    let needed = u16::from(problem.rules.environments);
    let open: Vec<_> = problem
        .centres
        .iter()
        .filter(|centre| may_sit_at(problem, candidate, centre))
        .collect();
    if problem.periods.is_empty() {
        return LeftOutReason::NoPeriod;
    }
    if problem.centres.is_empty() {
        return LeftOutReason::NoCentre;
    }
    if candidate.needs_access && !problem.centres.iter().any(|centre| centre.accessible) {
        return LeftOutReason::NoAccessibleCentre;
    }
    if open.is_empty() {
        return LeftOutReason::NoCentre;
    }
    if open.iter().all(|centre| centre.environments < needed) {
        return LeftOutReason::TooFewEnvironments;
    }
    let preparation = problem
        .templates
        .first()
        .and_then(|template| template.days.first())
        .is_some_and(|day| day.preparation);
    if !table.fits(preparation, &[candidate.accommodation])
        && !table.fits(false, &[candidate.accommodation])
    {
        return LeftOutReason::DayTooShort;
    }
    let of_option = |examiner: &&super::Examiner| examiner.options.contains(&candidate.option);
    let members = usize::from(problem.composition.members_min);
    let wanted = match problem.composition.of_option {
        OfOption::All => members,
        OfOption::AtLeast(n) => usize::from(n),
    };
    let with_option = problem.examiners.iter().filter(of_option).count();
    if with_option < wanted || problem.examiners.len() < members {
        return LeftOutReason::TooFewExaminers;
    }
    let strangers = problem
        .examiners
        .iter()
        .filter(of_option)
        .filter(|examiner| {
            problem.composition.own_school
                || candidate.school.is_none()
                || examiner.school != candidate.school
        });
    if strangers.count() < wanted {
        return LeftOutReason::OwnSchoolExaminers;
    }
    match still {
        Still {
            examiners: false, ..
        } => LeftOutReason::ExaminersTaken,
        Still {
            room: true,
            can_open: false,
            ..
        } => LeftOutReason::OnlySecondDay,
        _ => LeftOutReason::CentreFull,
    }
}

/// Whether a candidate may sit at a centre: accessible to him, and his own when his school is a centre that he can reach
/// (annexe 9: « L'épreuve se déroule dans l'établissement de formation », save force majeure).
fn may_sit_at(problem: &Problem, candidate: &Candidate, centre: &Centre) -> bool {
    if candidate.needs_access && !centre.accessible {
        return false;
    }
    let own = problem
        .centres
        .iter()
        .find(|one| Some(one.key) == candidate.school);
    match own {
        Some(own) if !candidate.displaced && (!candidate.needs_access || own.accessible) => {
            own.key == centre.key
        }
        _ => problem.form == Form::Ponctuelle || Some(centre.key) == candidate.school,
    }
}
