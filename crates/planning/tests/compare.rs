//! What changes from one plan to another: who keeps everything, who changes hour, who moves, who gains or loses a place.

mod annex;
mod world;

use delos_domain::candidate::{ExamOption, Form};
use delos_planning::check::{Comparison, compare, objective};
use delos_planning::engine::propose;
use delos_planning::session::{Plan, Problem};

use self::world::{candidate, examiner, problem};

fn planned() -> (Problem, Plan) {
    let mut problem = problem(Form::Ponctuelle);
    problem.examiners = (0..4)
        .map(|key| examiner(key, None, &[ExamOption::Sisr]))
        .collect();
    problem.candidates = (0..12)
        .map(|key| candidate(key, None, ExamOption::Sisr))
        .collect();
    let plan = propose(&problem).plan;
    assert_eq!(plan.left_out, []);
    (problem, plan)
}

#[test]
fn a_plan_and_itself_in_another_order_are_the_same() {
    let (problem, plan) = planned();
    let mut other = plan.clone();
    other.commissions.reverse();
    for one in &mut other.commissions {
        one.members.reverse();
    }
    let terms = objective(&problem, &plan);
    assert_eq!(
        compare(&problem, &plan, &other),
        Comparison {
            kept: 12,
            before: terms,
            after: terms,
            ..Comparison::default()
        }
    );
}

#[test]
fn each_change_is_told_once() {
    let (problem, before) = planned();
    let mut after = before.clone();
    // One changes hour, one day of a commission has another, one is left out, and one has a place who had none.
    let slots = &mut after.commissions[0].days[0].slots;
    let (retimed, lost) = (slots[0].candidate, slots[1].candidate);
    for start in &mut slots[0].starts {
        *start += 5;
    }
    slots.remove(1);
    let mut before = before;
    let without = &mut before.commissions[1].days[0].slots;
    let placed = without.remove(0).candidate;
    let told = compare(&problem, &before, &after);
    assert_eq!(
        (&told.retimed[..], &told.lost[..], &told.placed[..]),
        (&[retimed][..], &[lost][..], &[placed][..])
    );
    assert_eq!((told.moved.len(), told.kept), (0, 9));
    assert_eq!(told.before.unassigned, 1);

    // Other members make it another commission for all of whom it hears.
    let mut others = after.clone();
    let heard: usize = others.commissions[0]
        .days
        .iter()
        .map(|day| day.slots.len())
        .sum();
    others.commissions[0].members = (0..4)
        .filter(|key| !others.commissions[0].members.contains(key))
        .collect();
    let told = compare(&problem, &after, &others);
    assert_eq!((told.moved.len(), told.kept), (heard, 11 - heard));
}
