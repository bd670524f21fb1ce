//! « Proposer » on random problems: never a rule broken, everybody placed or listed with a reason, always the same plan.

mod annex;
mod world;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::calendar::is_working_day;
use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::ratio::TimeRatio;
use delos_planning::check::{About, violations};
use delos_planning::engine::propose;
use delos_planning::session::{
    Candidate, Centre, Examiner, FixedCommission, LeftOutReason, Point, Problem, periods_of,
};
use proptest::prelude::*;

use self::world::{candidate, day, examiner, problem};

#[test]
fn periods_are_two_working_days_side_by_side() {
    let periods = periods_of(day("2027-03-22"), day("2027-05-07"), is_working_day);
    assert_eq!(periods[0], [day("2027-03-22"), day("2027-03-23")]);
    // Easter Monday, week-ends and the Ascension are never inside a period.
    assert!(
        periods
            .iter()
            .all(|days| days.len() == 2 && days[1] == days[0].succ_opt().unwrap())
    );
    assert!(periods.iter().flatten().all(|one| is_working_day(*one)));
    assert!(periods_of(day("2027-05-07"), day("2027-05-07"), is_working_day).is_empty());
}

#[test]
fn a_school_s_candidates_are_spread_over_the_period() {
    let mut problem = problem(Form::Ccf);
    problem.examiners = (0..6)
        .map(|key| examiner(key, Some(0), &[ExamOption::Sisr, ExamOption::Slam]))
        .collect();
    problem.candidates = (0..26)
        .map(|key| {
            candidate(
                key,
                Some(0),
                if key < 13 {
                    ExamOption::Sisr
                } else {
                    ExamOption::Slam
                },
            )
        })
        .collect();
    let plan = propose(&problem).plan;
    assert_eq!(violations(&problem, &plan), []);
    assert_eq!(plan.left_out, []);
    let days: BTreeSet<_> = plan
        .commissions
        .iter()
        .map(|one| one.days[0].date)
        .collect();
    assert_eq!((plan.commissions.len(), days.len()), (4, 4));
}

#[test]
fn whoever_is_left_out_is_told_the_rule_that_stops_him() {
    let base = || {
        let mut problem = problem(Form::Ponctuelle);
        problem.examiners = (0..2)
            .map(|key| examiner(key, Some(1), &[ExamOption::Sisr]))
            .collect();
        problem.candidates = vec![candidate(0, Some(2), ExamOption::Sisr)];
        problem
    };
    let reason = |problem: &Problem| {
        propose(problem)
            .plan
            .left_out
            .first()
            .map(|(_, reason)| *reason)
    };
    assert_eq!(reason(&base()), None);
    let change = |change: fn(&mut Problem)| {
        let mut problem = base();
        change(&mut problem);
        reason(&problem)
    };
    assert_eq!(change(|p| p.periods.clear()), Some(LeftOutReason::NoPeriod));
    assert_eq!(change(|p| p.centres.clear()), Some(LeftOutReason::NoCentre));
    assert_eq!(
        change(|p| (p.candidates[0].needs_access, p.centres[0].accessible) = (true, false)),
        Some(LeftOutReason::NoAccessibleCentre)
    );
    assert_eq!(
        change(|p| p.centres[0].environments = 1),
        Some(LeftOutReason::TooFewEnvironments)
    );
    assert_eq!(
        change(|p| p.candidates[0].accommodation.preparation = TimeRatio::new(3, 1).unwrap()),
        Some(LeftOutReason::DayTooShort)
    );
    assert_eq!(
        change(|p| p.candidates[0].option = ExamOption::Slam),
        Some(LeftOutReason::TooFewExaminers)
    );
    assert_eq!(
        change(|p| p.candidates[0].school = Some(1)),
        Some(LeftOutReason::OwnSchoolExaminers)
    );
    assert_eq!(
        change(|p| p.examiners[0].unavailable = p.periods.iter().flatten().copied().collect()),
        Some(LeftOutReason::ExaminersTaken)
    );
    assert_eq!(
        change(|p| p.taken.environments = p
            .periods
            .iter()
            .flatten()
            .flat_map(|day| [(0, *day); 3])
            .collect()),
        Some(LeftOutReason::CentreFull)
    );
}

#[test]
fn a_commission_made_by_hand_is_kept_and_filled_first() {
    let mut problem = problem(Form::Ccf);
    problem.examiners = (0..4)
        .map(|key| examiner(key, Some(0), &[ExamOption::Sisr]))
        .collect();
    problem.candidates = (0..12)
        .map(|key| candidate(key, Some(0), ExamOption::Sisr))
        .collect();
    let days = vec![day("2027-04-20"), day("2027-04-21"), day("2027-04-22")];
    problem.fixed = vec![FixedCommission {
        option: ExamOption::Sisr,
        centre: 0,
        members: vec![2, 3],
        days: days.clone(),
        template: "lot-de-dix".to_owned(),
        sittings: Vec::new(),
    }];
    let plan = propose(&problem).plan;
    assert_eq!(violations(&problem, &plan), []);
    assert_eq!(plan.left_out, []);
    assert_eq!(
        (plan.commissions[0].fixed, &plan.commissions[0].members),
        (Some(0), &vec![2, 3])
    );
    let heard: Vec<_> = plan.commissions[0]
        .days
        .iter()
        .map(|day| (day.date, day.slots.len()))
        .collect();
    assert_eq!(heard, [(days[0], 0), (days[1], 5), (days[2], 5)]);
    assert_eq!(plan.commissions.len(), 2);
}

#[test]
fn one_who_fits_in_no_day_does_not_keep_the_others_out() {
    let mut problem = problem(Form::Ccf);
    problem.examiners = (0..4)
        .map(|key| examiner(key, Some(0), &[ExamOption::Sisr, ExamOption::Slam]))
        .collect();
    problem.candidates = vec![
        candidate(0, Some(0), ExamOption::Sisr),
        candidate(1, Some(0), ExamOption::Sisr),
        candidate(2, Some(0), ExamOption::Slam),
        candidate(3, Some(0), ExamOption::Sisr),
    ];
    for one in &mut problem.candidates[..2] {
        one.accommodation.preparation = TimeRatio::new(3, 1).unwrap();
    }
    let plan = propose(&problem).plan;
    assert_eq!(violations(&problem, &plan), []);
    assert_eq!(
        plan.left_out,
        [
            (0, LeftOutReason::DayTooShort),
            (1, LeftOutReason::DayTooShort)
        ]
    );
}

#[test]
fn one_who_cannot_come_after_the_preparation_comes_on_the_second_day_of_others() {
    let mut problem = problem(Form::Ccf);
    problem.examiners = (0..2)
        .map(|key| examiner(key, Some(0), &[ExamOption::Sisr]))
        .collect();
    // 300 minutes before the harmonisation: he is through before the latest pause, or not at all.
    let mut slow = candidate(0, Some(0), ExamOption::Sisr);
    slow.accommodation.preparation = TimeRatio::new(11, 4).unwrap();
    problem.candidates = vec![slow];
    let alone = propose(&problem).plan;
    assert_eq!(alone.commissions, []);
    assert_eq!(alone.left_out, [(0, LeftOutReason::OnlySecondDay)]);

    problem
        .candidates
        .push(candidate(1, Some(0), ExamOption::Sisr));
    let plan = propose(&problem).plan;
    assert_eq!(violations(&problem, &plan), []);
    assert_eq!(plan.left_out, []);
    let heard: Vec<_> = plan.commissions[0]
        .days
        .iter()
        .map(|day| day.slots[0].candidate)
        .collect();
    assert_eq!(heard, [1, 0]);
}

#[test]
fn an_examiner_sits_in_one_commission_a_period() {
    let mut problem = problem(Form::Ponctuelle);
    problem.periods.truncate(1);
    let days = problem.periods[0].clone();
    problem.examiners = (0..2)
        .map(|key| examiner(key, None, &[ExamOption::Sisr]))
        .collect();
    problem.candidates = (0..9)
        .map(|key| candidate(key, None, ExamOption::Sisr))
        .collect();
    let by_hand = |day: NaiveDate| FixedCommission {
        option: ExamOption::Sisr,
        centre: 0,
        members: vec![0, 1],
        days: vec![day],
        template: "9-4".to_owned(),
        sittings: Vec::new(),
    };
    problem.fixed = vec![by_hand(days[0])];
    let plan = propose(&problem).plan;
    assert_eq!(violations(&problem, &plan), []);
    assert_eq!(plan.commissions.len(), 1);
    assert_eq!(plan.left_out.len(), 6);
    assert!(
        plan.left_out
            .iter()
            .all(|(_, reason)| *reason == LeftOutReason::ExaminersTaken)
    );

    problem.fixed.push(by_hand(days[1]));
    let found: Vec<_> = violations(&problem, &propose(&problem).plan)
        .into_iter()
        .map(|fault| (fault.code, fault.commission, fault.about))
        .collect();
    assert_eq!(
        found,
        [("M5", 1, About::Examiner(0)), ("M5", 1, About::Examiner(1))]
    );
}

#[test]
fn the_commission_that_is_one_too_many_is_named() {
    let mut problem = problem(Form::Ponctuelle);
    problem.centres[0].environments = 2;
    problem.examiners = (0..4)
        .map(|key| examiner(key, None, &[ExamOption::Sisr]))
        .collect();
    problem.examiners[0].max_periods = Some(1);
    let by_hand = |period: usize, members: [usize; 2]| FixedCommission {
        option: ExamOption::Sisr,
        centre: 0,
        members: members.to_vec(),
        days: problem.periods[period].clone(),
        template: "9-4".to_owned(),
        sittings: Vec::new(),
    };
    problem.fixed = vec![by_hand(0, [0, 1]), by_hand(1, [0, 2]), by_hand(1, [1, 3])];
    let found: Vec<_> = violations(&problem, &propose(&problem).plan)
        .into_iter()
        .map(|fault| (fault.code, fault.commission, fault.about))
        .collect();
    assert_eq!(
        found,
        [("M6", 1, About::Examiner(0)), ("C3", 2, About::Centre(0))]
    );
}

#[test]
fn a_lot_of_ten_is_proposed_beside_three_then_five() {
    // Lots are of three days: the preparation's, then two of five candidates.
    for (template, days, most, first) in [("9-4", 2, 8, 3), ("lot-de-dix", 3, 10, 0)] {
        let mut problem = problem(Form::Ponctuelle);
        problem.templates.retain(|one| one.code == template);
        let all: Vec<NaiveDate> = problem.periods.iter().flatten().copied().collect();
        problem.periods = all
            .chunk_by(|one, other| one.succ_opt() == Some(*other))
            .flat_map(|week| week.chunks_exact(days))
            .map(<[NaiveDate]>::to_vec)
            .collect();
        assert!(problem.periods.len() >= 2, "{template}");
        problem.examiners = (0..6)
            .map(|key| examiner(key, None, &[ExamOption::Sisr]))
            .collect();
        problem.candidates = (0..24)
            .map(|key| candidate(key, None, ExamOption::Sisr))
            .collect();
        let plan = propose(&problem).plan;
        assert_eq!(violations(&problem, &plan), [], "{template}");
        assert_eq!(plan.left_out, [], "{template}");
        // As few commissions as can be, each within its template.
        assert_eq!(
            plan.commissions.len(),
            24_usize.div_ceil(most),
            "{template}"
        );
        for one in &plan.commissions {
            let heard: Vec<usize> = one.days.iter().map(|day| day.slots.len()).collect();
            assert!(heard.iter().sum::<usize>() <= most, "{template}: {heard:?}");
            let held = one.days.iter().find(|day| day.preparation.is_some());
            let prepared = held.map_or(0, |day| day.slots.len());
            assert!(prepared <= first, "{template}: {heard:?}");
        }
    }
}

fn random_problem() -> impl Strategy<Value = Problem> {
    let option = prop_oneof![Just(ExamOption::Sisr), Just(ExamOption::Slam)];
    let ratio = prop_oneof![4 => Just(TimeRatio::ONE), 1 => Just(TimeRatio::THIRD_MORE)];
    let people = prop::collection::vec(
        (
            0..4_usize,
            option.clone(),
            ratio.clone(),
            ratio,
            any::<bool>(),
        ),
        0..30,
    );
    let teachers = prop::collection::vec(
        (
            0..5_usize,
            option,
            any::<bool>(),
            prop::option::of(1..3_u16),
            0..4_usize,
        ),
        0..10,
    );
    let centres = prop::collection::vec((0..7_u16, any::<bool>()), 1..4);
    (any::<bool>(), people, teachers, centres, 0..6_usize).prop_map(
        |(ccf, people, teachers, centres, periods)| {
            let mut problem = problem(if ccf { Form::Ccf } else { Form::Ponctuelle });
            problem.periods.truncate(periods);
            let days: Vec<NaiveDate> = problem.periods.iter().flatten().copied().collect();
            problem.centres = centres
                .into_iter()
                .enumerate()
                .map(|(key, (environments, accessible))| Centre {
                    key,
                    zone: 0,
                    at: Point::default(),
                    environments,
                    accessible,
                    closed: BTreeSet::new(),
                })
                .take(if ccf { 1 } else { 3 })
                .collect();
            problem.candidates = people
                .into_iter()
                .enumerate()
                .map(
                    |(key, (school, option, preparation, interview, needs_access))| Candidate {
                        key,
                        zone: 0,
                        at: Point::default(),
                        school: if ccf {
                            Some(0)
                        } else {
                            (school < 3).then_some(school)
                        },
                        option,
                        accommodation: Accommodation {
                            preparation,
                            interview,
                        },
                        needs_access: needs_access && key % 5 == 0,
                        displaced: false,
                        teachers: BTreeSet::new(),
                        unavailable: BTreeSet::new(),
                    },
                )
                .collect();
            problem.examiners = teachers
                .into_iter()
                .enumerate()
                .map(|(key, (school, option, both, max_periods, off))| Examiner {
                    key,
                    zone: 0,
                    at: Point::default(),
                    school: if ccf {
                        Some(0)
                    } else {
                        (school < 4).then_some(school)
                    },
                    professional: !ccf && school == 4,
                    options: if both {
                        vec![ExamOption::Sisr, ExamOption::Slam]
                    } else {
                        vec![option]
                    },
                    unavailable: days
                        .iter()
                        .copied()
                        .skip(off * 2)
                        .take(usize::from(off > 1))
                        .collect(),
                    max_periods: max_periods.filter(|_| !ccf),
                    conflicts: BTreeSet::new(),
                })
                .collect();
            problem
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_never_breaks_a_rule_and_forgets_nobody(problem in random_problem()) {
        let plan = propose(&problem).plan;
        prop_assert_eq!(violations(&problem, &plan), vec![]);
        let placed = plan.commissions.iter().flat_map(|one| &one.days).map(|day| day.slots.len()).sum::<usize>();
        prop_assert_eq!(placed + plan.left_out.len(), problem.candidates.len());
        prop_assert_eq!(propose(&problem).plan, plan);
    }
}

#[test]
fn one_commission_of_a_school_leaves_days_after_it_for_whoever_is_absent() {
    let mut problem = problem(Form::Ccf);
    problem.examiners = (0..2)
        .map(|key| examiner(key, Some(0), &[ExamOption::Sisr]))
        .collect();
    problem.candidates = (0..5)
        .map(|key| candidate(key, Some(0), ExamOption::Sisr))
        .collect();
    let plan = propose(&problem).plan;
    let first = plan.commissions[0].days[0].date;
    let place = problem
        .periods
        .iter()
        .position(|days| days.contains(&first))
        .expect("a period");
    let last = problem.periods.len() - 1;
    assert!(place > 0 && place < last, "period {place} of {last}");
}
