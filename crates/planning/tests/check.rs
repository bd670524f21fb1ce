//! Each rule of the checker alone catches a fault, says where it is, and what the plan costs is counted by hand.

mod annex;
mod world;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::regulation::OfOption;
use delos_planning::check::{
    About, Part, RULES, Terms, Violation, links, loads, objective, rule, violations,
};
use delos_planning::day::solve;
use delos_planning::session::{Commission, Day, PlacedSlot, Plan, Point, Problem};

use world::{candidate, day, examiner, problem};

fn first() -> NaiveDate {
    day("2027-04-19")
}

fn second() -> NaiveDate {
    day("2027-04-20")
}

/// A day on which these are heard, at the best times.
fn heard(problem: &Problem, date: NaiveDate, preparation: bool, keys: &[usize]) -> Day {
    let kinds = vec![Accommodation::NONE; keys.len()];
    let times = solve(&problem.course, &problem.rules, &kinds, preparation).expect("a day");
    let slots = keys.iter().zip(times.slots);
    Day {
        date,
        preparation: times.preparation,
        lunch: times.lunch,
        slots: slots
            .map(|(key, slot)| PlacedSlot {
                candidate: *key,
                starts: slot.starts,
                environment: slot.environment,
            })
            .collect(),
    }
}

/// Two commissions of one period in centre 0, of the two that there are, hear eight of twelve candidates of school 10;
/// the examiners are of school 20.
fn sound() -> (Problem, Plan) {
    let mut problem = problem(Form::Ponctuelle);
    let other = world_centre(&problem);
    problem.centres.push(other);
    problem.examiners = (0..5)
        .map(|key| examiner(key, Some(20), &[ExamOption::Sisr]))
        .collect();
    problem.candidates = (0..12)
        .map(|key| candidate(key, Some(10), ExamOption::Sisr))
        .collect();
    let commission = |members: [usize; 2], keys: [&[usize]; 2]| Commission {
        fixed: None,
        option: ExamOption::Sisr,
        centre: 0,
        members: members.to_vec(),
        template: "9-4".to_owned(),
        days: vec![
            heard(&problem, first(), true, keys[0]),
            heard(&problem, second(), false, keys[1]),
        ],
    };
    let plan = Plan {
        commissions: vec![
            commission([0, 1], [&[0, 1, 2], &[3, 4]]),
            commission([2, 3], [&[5, 6], &[7]]),
        ],
        left_out: Vec::new(),
    };
    (problem, plan)
}

fn world_centre(problem: &Problem) -> delos_planning::session::Centre {
    let mut centre = problem.centres[0].clone();
    centre.key = 1;
    centre
}

/// What makes a sound plan break one rule.
type Fault = fn(&mut Problem, &mut Plan);

/// The times of candidate 7, who is alone on his day.
fn alone(plan: &mut Plan) -> &mut Vec<u16> {
    &mut plan.commissions[1].days[1].slots[0].starts
}

/// Moves his phases from one on.
fn later(plan: &mut Plan, from: usize, minutes: i16) {
    for start in &mut alone(plan)[from..] {
        *start = start
            .checked_add_signed(minutes)
            .expect("a time of the day");
    }
}

#[rustfmt::skip]
const FAULTS: &[(&str, Fault)] = &[
    ("C1", |_, plan| plan.commissions[0].centre = 99),
    ("C2", |problem, _| _ = problem.centres[0].closed.insert(first())),
    ("C3", |problem, _| problem.centres[0].environments = 2),
    ("C4", |problem, _| problem.taken.environments.push((0, first()))),
    ("M1", |_, plan| plan.commissions[0].members.truncate(1)),
    ("M1", |problem, _| problem.composition.professionals_min = 1),
    ("M1", |problem, _| {
        problem.composition.teachers_min = 2;
        problem.examiners[0].professional = true;
    }),
    ("M2", |problem, plan| {
        problem.composition.of_option = OfOption::AtLeast(1);
        plan.commissions[0].members.push(99);
    }),
    ("M3", |problem, _| problem.examiners[0].options = vec![ExamOption::Slam]),
    ("M4", |problem, _| _ = problem.examiners[0].unavailable.insert(first())),
    ("M5", |_, plan| plan.commissions[1].members = vec![0, 3]),
    ("M6", |problem, _| problem.examiners[0].max_periods = Some(0)),
    ("M7", |problem, _| problem.examiners[0].zone = 1),
    ("M8", |problem, _| _ = problem.taken.examiners.insert((0, first()))),
    ("D0", |problem, plan| plan.commissions[0].days.push(heard(problem, second(), false, &[8]))),
    ("D1", |_, plan| plan.commissions[0].days[1].date = day("2027-04-21")),
    ("K1", |problem, plan| {
        plan.commissions[1].days[1] = heard(problem, second(), false, &[7, 8, 9, 10, 11, 6]);
        plan.commissions[1].days[0].slots.pop();
    }),
    ("K1", |problem, plan| plan.commissions[0].days[0] = heard(problem, first(), true, &[0, 1, 2, 8])),
    ("P1", |_, plan| plan.commissions[0].days[0].preparation = None),
    ("P2", |_, plan| {
        let day = &mut plan.commissions[1].days[0];
        day.lunch = 780;
        day.slots.truncate(1);
        day.slots[0].starts = vec![640, 670, 690, 760, 840];
    }),
    ("P3", |_, plan| plan.commissions[0].days[0].preparation = Some(475)),
    ("L1", |_, plan| plan.commissions[0].days[0].lunch = 600),
    ("L2", |_, plan| {
        plan.commissions[1].days[1].lunch = 660;
        *alone(plan) = vec![600, 630, 650, 720, 740];
    }),
    ("X0", |_, plan| plan.commissions[0].days[0].slots[0].candidate = 99),
    ("X1", |_, plan| plan.commissions[1].days[1].slots[0].candidate = 0),
    ("X2", |problem, _| problem.candidates[0].option = ExamOption::Slam),
    ("X3", |problem, _| _ = problem.candidates[0].unavailable.insert(first())),
    ("X4", |problem, _| problem.candidates[0].zone = 1),
    ("I1", |problem, _| problem.examiners[0].school = Some(10)),
    ("I2", |problem, _| _ = problem.candidates[0].teachers.insert(0)),
    ("I3", |problem, _| _ = problem.examiners[0].conflicts.insert(0)),
    ("A1", |problem, _| {
        problem.candidates[0].needs_access = true;
        problem.centres[0].accessible = false;
    }),
    ("O1", |problem, _| problem.candidates[0].school = Some(1)),
    ("O2", |problem, _| problem.form = Form::Ccf),
    ("S0", |_, plan| _ = alone(plan).pop()),
    ("S1", |_, plan| later(plan, 1, 5)),
    ("S2", |_, plan| later(plan, 2, 5)),
    ("S3", |_, plan| later(plan, 3, -5)),
    ("S4", |_, plan| later(plan, 3, -15)),
    ("S4", |_, plan| later(plan, 3, 5)),
    ("S5", |_, plan| alone(plan)[4] = 540),
    ("S6", |_, plan| alone(plan)[4] = 1015),
    ("S6", |_, plan| later(plan, 0, -5)),
    ("S7", |_, plan| later(plan, 0, 1)),
    ("V1", |_, plan| plan.commissions[1].days[1].slots[0].environment = Some(3)),
    ("V1", |_, plan| plan.commissions[1].days[1].slots[0].environment = None),
    ("V2", |_, plan| {
        for slot in &mut plan.commissions[1].days[0].slots {
            slot.environment = Some(1);
        }
    }),
    ("B1", |_, plan| {
        let slots = &mut plan.commissions[1].days[0].slots;
        slots[1].starts = slots[0].starts.clone();
    }),
];

#[test]
fn each_rule_alone_catches_a_fault() {
    let (problem, plan) = sound();
    assert_eq!(violations(&problem, &plan), []);
    for (code, fault) in FAULTS {
        let (mut problem, mut plan) = sound();
        fault(&mut problem, &mut plan);
        let found = violations(&problem, &plan);
        let codes: BTreeSet<_> = found.iter().map(|one| one.code).collect();
        // Outside the margin is not at its end either.
        let expected = if *code == "S4" {
            vec!["S3", "S4"]
        } else {
            vec![*code]
        };
        assert!(codes.iter().eq(&expected), "{code}: {found:?}");
    }
    for rule in RULES {
        assert!(
            FAULTS.iter().any(|(code, _)| *code == rule.code),
            "{}",
            rule.code
        );
    }
}

#[test]
fn each_rule_has_one_name_a_sentence_and_a_source() {
    let codes: BTreeSet<_> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), RULES.len());
    for one in RULES {
        assert!(
            one.says.ends_with('.') && !one.says.contains('\''),
            "{one:?}"
        );
        assert!(one.source.starts_with("annexe") || one.source == "planification");
        assert_eq!(rule(one.code).map(|rule| rule.says), Some(one.says));
    }
    assert!(rule("Z9").is_none());
}

#[test]
fn a_fault_says_where_it_is() {
    let told = |fault: Fault| {
        let (mut problem, mut plan) = sound();
        fault(&mut problem, &mut plan);
        violations(&problem, &plan)
    };
    let at = |code, commission, day, about| {
        vec![Violation {
            code,
            commission,
            day,
            about,
        }]
    };
    assert_eq!(
        told(|problem, _| _ = problem.candidates[3].teachers.insert(1)),
        at("I2", 0, Some(second()), About::Candidate(3))
    );
    assert_eq!(
        told(|problem, _| _ = problem.examiners[2].unavailable.insert(first())),
        at("M4", 1, Some(first()), About::Examiner(2))
    );
    assert_eq!(
        told(|problem, _| problem.centres[0].environments = 3),
        at("C3", 1, Some(first()), About::Centre(0))
    );
    assert_eq!(
        told(|_, plan| plan.commissions[1].days[1].lunch = 840),
        at("L1", 1, Some(second()), About::Commission)
    );
}

#[test]
fn what_is_granted_or_beyond_reach_breaks_no_rule() {
    let allowed = |fault: Fault, leave: Fault| {
        let (mut problem, mut plan) = sound();
        fault(&mut problem, &mut plan);
        assert_ne!(violations(&problem, &plan), []);
        leave(&mut problem, &mut plan);
        assert_eq!(violations(&problem, &plan), []);
    };
    let sixth: Fault = |problem, plan| {
        plan.commissions[1].days[1] = heard(problem, second(), false, &[7, 8, 9, 10, 11, 6]);
        plan.commissions[1].days[0].slots.pop();
    };
    allowed(sixth, |problem, _| problem.sixth = true);
    // His own centre: closed on a day of the commission, not accessible to him, closed to him alone, or not asked for.
    let away: Fault = |problem, _| problem.candidates[0].school = Some(1);
    allowed(away, |problem, _| {
        problem.centres[1].closed.insert(second());
    });
    allowed(away, |problem, _| {
        problem.candidates[0].needs_access = true;
        problem.centres[1].accessible = false;
    });
    allowed(away, |problem, _| problem.candidates[0].displaced = true);
    allowed(away, |problem, _| problem.own_centre = false);
    // In CCF the school's own team examines.
    let own: Fault = |problem, _| problem.examiners[0].school = Some(10);
    allowed(own, |problem, _| problem.composition.own_school = true);
    // A day that lost its candidates keeps nobody there.
    let closed: Fault = |problem, _| {
        problem.centres[0].closed.insert(second());
        problem.examiners[0].unavailable.insert(second());
    };
    allowed(closed, |_, plan| {
        for one in &mut plan.commissions {
            one.days[1].slots.clear();
        }
    });
    // By hand, on any days.
    let apart: Fault = |_, plan| plan.commissions[0].days[1].date = day("2027-04-21");
    allowed(apart, |_, plan| plan.commissions[0].fixed = Some(0));
}

#[test]
fn a_lot_of_ten_prepares_on_a_day_of_its_own() {
    let lot = |preparation: Option<Day>| {
        let (problem, mut plan) = sound();
        plan.commissions.truncate(1);
        let one = &mut plan.commissions[0];
        one.template = "lot-de-dix".to_owned();
        one.days = preparation.into_iter().collect();
        one.days
            .push(heard(&problem, day("2027-04-21"), false, &[0, 1, 2, 3, 4]));
        one.days
            .push(heard(&problem, day("2027-04-22"), false, &[5, 6, 7, 8, 9]));
        violations(&problem, &plan)
    };
    let alone = |date: NaiveDate, start: u16| {
        Some(Day {
            date,
            preparation: Some(start),
            lunch: 660,
            slots: Vec::new(),
        })
    };
    let codes = |found: Vec<Violation>| -> Vec<&str> { found.iter().map(|one| one.code).collect() };
    assert_eq!(lot(alone(second(), 480)), []);
    assert_eq!(codes(lot(None)), ["P1"]);
    assert_eq!(codes(lot(alone(day("2027-04-23"), 480))), ["P1"]);
    assert_eq!(codes(lot(alone(second(), 470))), ["P3"]);
    assert_eq!(codes(lot(alone(second(), 900))), ["P3"]);
}

#[test]
fn no_time_of_a_plan_is_too_late_to_be_judged() {
    let (problem, mut plan) = sound();
    for day in plan.commissions.iter_mut().flat_map(|one| &mut one.days) {
        (day.preparation, day.lunch) = (Some(u16::MAX), u16::MAX);
        for slot in &mut day.slots {
            slot.starts.fill(u16::MAX);
        }
    }
    assert_ne!(violations(&problem, &plan), []);
}

#[test]
fn a_plan_is_priced_term_by_term() {
    let (mut problem, mut plan) = sound();
    // Ten kilometres to the centre: 8 candidates once, 4 members there and back.
    problem.centres[0].at = Point { x: 6.0, y: 8.0 };
    problem.sixth = true;
    plan.commissions[1].days[1] = heard(&problem, second(), false, &[7, 8, 9, 10, 11, 6]);
    plan.commissions[1].days[0].slots.pop();
    let terms = Terms {
        unassigned: 0,
        commission: 2,
        centre: 1,
        cand_km: 120.0,
        exam_km: 80.0,
        overload: 1,
        load_sq: 4,
        spread: 0,
        component: 0,
        total: 200.0 + 30.0 + 120.0 + 16.0 + 20.0 + 20.0,
    };
    assert_eq!(objective(&problem, &plan), terms);

    // One team alone meets a school of five, and one more who is of no school links nobody.
    plan.commissions.truncate(1);
    plan.commissions[0].days[1].slots.truncate(1);
    let terms = objective(&problem, &plan);
    assert_eq!((terms.unassigned, terms.spread), (8, 0));
    plan.commissions[0].days[1] = heard(&problem, second(), false, &[3, 4, 5, 6, 7]);
    let terms = objective(&problem, &plan);
    assert_eq!((terms.unassigned, terms.spread), (4, 1));
}

#[test]
fn who_is_linked_to_whom_is_told() {
    let (mut problem, plan) = sound();
    for one in &mut problem.candidates[5..] {
        one.school = Some(11);
    }
    let found = links(&problem, &plan);
    assert_eq!(
        (found.len(), found[0].zone, found[0].option),
        (1, 0, ExamOption::Sisr)
    );
    let part = |examiners: [usize; 2], school| Part {
        examiners: examiners.to_vec(),
        schools: vec![school],
    };
    assert_eq!(found[0].parts, [part([0, 1], 10), part([2, 3], 11)]);
    assert_eq!(objective(&problem, &plan).component, 1);
    problem.candidates[7].school = Some(10);
    assert_eq!(links(&problem, &plan)[0].parts.len(), 1);
}

#[test]
fn loads_are_counted() {
    let (problem, plan) = sound();
    let loads = loads(&problem, &plan);
    assert_eq!(loads.commissions, [5, 3]);
    let examiners = loads.examiners.iter();
    let told: Vec<_> = examiners
        .map(|one| (one.key, one.periods, one.candidates))
        .collect();
    assert_eq!(told, [(0, 1, 5), (1, 1, 5), (2, 1, 3), (3, 1, 3)]);
    let centre = loads.centres[0];
    assert_eq!(
        (
            loads.centres.len(),
            centre.key,
            centre.commissions,
            centre.candidates
        ),
        (1, 0, 2, 8)
    );
}
