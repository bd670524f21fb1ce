//! What is said to help does: each change, made, gives everybody a place; one fewer does not, where that can be counted.

use std::collections::BTreeSet;

mod annex;
mod world;

use delos_domain::candidate::{ExamOption, Form};
use delos_planning::check::violations;
use delos_planning::engine::propose;
use delos_planning::helps::{Change, Help, helps, with};
use delos_planning::session::Problem;
use proptest::prelude::*;

use self::world::{candidate, examiner, problem};

/// A session of two periods: a commission hears eight candidates a period.
fn session(examiners: usize, candidates: usize, option: ExamOption) -> Problem {
    let mut problem = problem(Form::Ponctuelle);
    problem.periods.truncate(2);
    problem.examiners = (0..examiners)
        .map(|key| examiner(key, None, &[option]))
        .collect();
    problem.candidates = (0..candidates)
        .map(|key| candidate(key, None, option))
        .collect();
    problem
}

fn found(problem: &Problem) -> Vec<Help> {
    let plan = propose(problem).plan;
    assert!(!plan.left_out.is_empty(), "everybody is placed");
    helps(problem, &plan, &|| false)
}

fn changed(problem: &Problem, changes: &[Change]) -> Problem {
    let mut changed = problem.clone();
    for change in changes {
        changed = with(&changed, change);
    }
    changed
}

/// How many have no place once these changes are made; no rule is broken.
fn left_after(problem: &Problem, changes: &[Change]) -> usize {
    let changed = changed(problem, changes);
    let plan = propose(&changed).plan;
    assert_eq!(violations(&changed, &plan), []);
    plan.left_out.len()
}

#[test]
fn examiners_are_missing_in_a_period() {
    // Two examiners hear sixteen candidates in two periods; four are left.
    let problem = session(2, 20, ExamOption::Slam);
    let all = found(&problem);
    let examiners = |count| Change::Examiners {
        zone: 0,
        option: ExamOption::Slam,
        period: Some(0),
        count,
    };
    assert_eq!(
        all.iter().map(|one| &one.changes[..]).collect::<Vec<_>>(),
        [&[Change::Periods { count: 1 }][..], &[examiners(2)]]
    );
    for help in &all {
        assert_eq!(left_after(&problem, &help.changes), 0, "{help:?}");
    }
    assert_eq!(left_after(&problem, &[examiners(1)]), 4);
}

#[test]
fn environments_are_missing_in_a_centre() {
    let mut problem = session(8, 20, ExamOption::Sisr);
    problem.centres[0].environments = 2;
    let all = found(&problem);
    let environments = |count| Change::Environments { centre: 0, count };
    assert_eq!(
        all.iter().map(|one| &one.changes[..]).collect::<Vec<_>>(),
        [&[Change::Periods { count: 1 }][..], &[environments(2)]]
    );
    for help in &all {
        assert_eq!(left_after(&problem, &help.changes), 0, "{help:?}");
    }
    assert_eq!(left_after(&problem, &[environments(1)]), 4);
}

#[test]
fn a_centre_is_to_be_made_accessible() {
    let mut problem = session(2, 3, ExamOption::Sisr);
    problem.candidates[1].needs_access = true;
    problem.centres[0].accessible = false;
    let all = found(&problem);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].changes, [Change::Access { centre: 0 }]);
    assert_eq!(left_after(&problem, &all[0].changes), 0);
}

#[test]
fn what_helps_only_together_is_told_together() {
    // No examiner of either option; those who taught the candidates are not of the session.
    let mut problem = session(0, 3, ExamOption::Sisr);
    for one in &mut problem.candidates {
        one.teachers = BTreeSet::from([0, 1]);
    }
    problem
        .candidates
        .extend((3..6).map(|key| candidate(key, None, ExamOption::Slam)));
    let all = found(&problem);
    let of = |option| Change::Examiners {
        zone: 0,
        option,
        period: None,
        count: 2,
    };
    assert_eq!(all[0].changes, [of(ExamOption::Sisr), of(ExamOption::Slam)]);
    assert_eq!(left_after(&problem, &all[0].changes), 0);
    assert_eq!(left_after(&problem, &all[0].changes[..1]), 3);
}

#[test]
fn nothing_is_said_where_nothing_helps_or_nobody_waits() {
    // He is away for three months.
    let mut problem = session(4, 2, ExamOption::Sisr);
    problem.candidates[0].unavailable = (1..=30)
        .flat_map(|number| {
            [4, 5, 6].map(|month| chrono::NaiveDate::from_ymd_opt(2027, month, number).unwrap())
        })
        .collect::<BTreeSet<_>>();
    assert_eq!(found(&problem), []);
    problem.candidates.remove(0);
    let plan = propose(&problem).plan;
    assert_eq!(helps(&problem, &plan, &|| false), []);
}

#[test]
fn whoever_stops_is_told_nothing_unproved() {
    let problem = session(2, 20, ExamOption::Slam);
    let plan = propose(&problem).plan;
    assert_eq!(helps(&problem, &plan, &|| true), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is short, whatever is told places everybody.
    #[test]
    fn every_help_that_is_told_helps(
        examiners in prop::collection::vec((any::<bool>(), any::<bool>(), any::<bool>()), 0..6),
        candidates in prop::collection::vec((any::<bool>(), any::<bool>()), 1..24),
        environments in 1..5_u16,
        accessible in any::<bool>(),
        periods in 1..3_usize,
    ) {
        let mut problem = problem(Form::Ponctuelle);
        problem.periods.truncate(periods);
        problem.centres[0].environments = environments;
        problem.centres[0].accessible = accessible;
        let option = |slam| if slam { ExamOption::Slam } else { ExamOption::Sisr };
        for (key, (slam, both, late)) in examiners.into_iter().enumerate() {
            let other = if both { vec![option(slam), option(!slam)] } else { vec![option(slam)] };
            let mut one = examiner(key, None, &other);
            if late {
                one.unavailable.extend(problem.periods[0].iter().copied());
            }
            problem.examiners.push(one);
        }
        for (key, (slam, access)) in candidates.into_iter().enumerate() {
            let mut one = candidate(key, None, option(slam));
            one.needs_access = access && key % 5 == 0;
            problem.candidates.push(one);
        }
        let plan = propose(&problem).plan;
        for help in helps(&problem, &plan, &|| false) {
            prop_assert_eq!(left_after(&problem, &help.changes), 0, "{:?}", help);
        }
    }
}
