//! Seats in a plan that stands: nobody is moved, no rule is broken, and none that a plain enumeration finds is missed.

#![expect(clippy::unwrap_used, reason = "the places are of the problem itself")]

use std::collections::BTreeSet;

mod annex;
mod world;

use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::ratio::TimeRatio;
use delos_planning::check::violations;
use delos_planning::engine::propose;
use delos_planning::replacement::{NoSeat, Opens, Seat, SeatRule, Wanted, place_all, search, with};
use delos_planning::session::{Commission, PlacedSlot, Plan, Problem};
use proptest::prelude::*;

use self::world::{candidate, day, examiner, problem};

/// A school of `count` candidates of one option, planned; the last `out` of them lost their date.
fn planned(count: usize, out: usize, extra: impl Fn(usize) -> bool) -> (Problem, Plan) {
    let mut problem = problem(Form::Ccf);
    problem.examiners = (0..4)
        .map(|key| examiner(key, Some(0), &[ExamOption::Sisr]))
        .collect();
    problem.candidates = (0..count)
        .map(|key| candidate(key, Some(0), ExamOption::Sisr))
        .collect();
    for one in &mut problem.candidates {
        if extra(one.key) {
            one.accommodation = Accommodation {
                preparation: TimeRatio::THIRD_MORE,
                interview: TimeRatio::ONE,
            };
        }
    }
    let mut plan = propose(&problem).plan;
    assert_eq!(plan.left_out, []);
    for day in plan.commissions.iter_mut().flat_map(|one| &mut one.days) {
        day.slots.retain(|slot| slot.candidate < count - out);
    }
    (problem, plan)
}

fn wanted(candidate: usize) -> Wanted {
    Wanted {
        candidate,
        former: None,
        first: day("2027-04-19"),
        last: Some(day("2027-05-07")),
        declined: BTreeSet::new(),
    }
}

/// Whether a plain enumeration finds a place for him on a day on which others sit: every start on the grid, every
/// environment, every start of what floats.
fn enumerated(
    problem: &Problem,
    plan: &Plan,
    place: usize,
    date: chrono::NaiveDate,
    key: usize,
) -> bool {
    let person = problem
        .candidates
        .iter()
        .find(|one| one.key == key)
        .unwrap();
    let before = violations(problem, plan).len();
    (480..1020).step_by(5).any(|start: u16| {
        let mut at = start;
        let mut starts = Vec::new();
        for phase in &problem.course.phases {
            starts.push(at);
            if !phase.floating {
                at += phase.minutes_for(person.accommodation, problem.rules.grid) + phase.margin;
            }
        }
        (1..=2).any(|environment| {
            (at..1020).step_by(5).any(|floating| {
                let mut starts = starts.clone();
                *starts.last_mut().unwrap() = floating;
                let mut tried = plan.clone();
                let one: &mut Commission = &mut tried.commissions[place];
                let day = one.days.iter_mut().find(|day| day.date == date).unwrap();
                day.slots.push(PlacedSlot {
                    candidate: key,
                    starts,
                    environment: Some(environment),
                });
                violations(problem, &tried).len() <= before
            })
        })
    })
}

fn on(seats: &[Seat], place: usize, date: chrono::NaiveDate) -> Option<&Seat> {
    seats
        .iter()
        .find(|seat| seat.commission == place && seat.date == date)
}

#[test]
fn what_the_search_finds_and_refuses_is_what_an_enumeration_finds_and_refuses() {
    for (count, out) in [(8, 1), (7, 2), (6, 3), (5, 1)] {
        let (problem, plan) = planned(count, out, |key| key % 3 == 0);
        let key = count - 1;
        let found = search(&problem, &plan, &wanted(key));
        for (place, one) in plan.commissions.iter().enumerate() {
            for day in one.days.iter().filter(|day| !day.slots.is_empty()) {
                assert_eq!(
                    on(&found.free, place, day.date).is_some(),
                    enumerated(&problem, &plan, place, day.date, key),
                    "{count} candidates, {out} out, commission {place}, {}",
                    day.date
                );
            }
        }
    }
}

#[test]
fn each_refusal_names_its_rule() {
    let (problem, plan) = planned(8, 1, |_| false);
    let refused = |problem: &Problem, wanted: &Wanted| {
        let found = search(problem, &plan, wanted);
        assert_eq!(found.free, []);
        let mut rules: Vec<SeatRule> = found.refused.iter().map(|one| one.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    };
    let change = |change: fn(&mut Problem)| {
        let mut problem = problem.clone();
        change(&mut problem);
        refused(&problem, &wanted(7))
    };
    assert_eq!(
        change(|p| p.candidates[7].option = ExamOption::Slam),
        [SeatRule::OtherOption]
    );
    assert_eq!(
        change(|p| (p.candidates[7].needs_access, p.centres[0].accessible) = (true, false)),
        [SeatRule::NotAccessible]
    );
    assert_eq!(
        change(|p| p.centres[0].closed = p.periods.iter().flatten().copied().collect()),
        [SeatRule::CentreClosed]
    );
    assert_eq!(
        change(|p| {
            let days: Vec<_> = p.periods.iter().flatten().copied().collect();
            for one in &mut p.examiners {
                one.unavailable.extend(&days);
            }
        }),
        [SeatRule::MemberUnavailable]
    );
    assert_eq!(
        change(|p| p.candidates[7].school = Some(9)),
        [SeatRule::OtherCentre]
    );
    let late = Wanted {
        first: day("2027-06-01"),
        ..wanted(7)
    };
    assert_eq!(refused(&problem, &late), [SeatRule::NoNotice]);
    let early = Wanted {
        last: Some(day("2027-04-01")),
        ..wanted(7)
    };
    assert_eq!(refused(&problem, &early), [SeatRule::AfterLastDay]);
    let declined = search(&problem, &plan, &wanted(7)).free;
    let declined = Wanted {
        declined: declined.iter().map(|seat| seat.date).collect(),
        ..wanted(7)
    };
    let seats = search(&problem, &plan, &declined);
    assert_eq!(seats.free, []);
    let named = |seat: &&NoSeat| seat.rule == SeatRule::Declined;
    assert!(seats.refused.iter().any(|seat| named(&seat)), "{seats:?}");
}

#[test]
fn the_days_of_a_commission_that_lost_all_its_candidates_open_again() {
    let (problem, mut plan) = planned(8, 1, |_| false);
    let place = 0;
    let dates: Vec<_> = plan.commissions[place]
        .days
        .iter()
        .map(|d| d.date)
        .collect();
    for day in &mut plan.commissions[place].days {
        day.slots.clear();
    }
    let seats = search(&problem, &plan, &wanted(7));
    for date in dates {
        let seat = on(&seats.free, place, date);
        let seat = seat.unwrap_or_else(|| panic!("{date}: {:?}", seats.refused));
        let after = with(&plan, 7, seat);
        let before = violations(&problem, &plan);
        let broken = violations(&problem, &after);
        assert!(
            broken.iter().all(|fault| before.contains(fault)),
            "{broken:?}"
        );
    }
}

#[test]
fn a_team_opens_another_period_only_in_ccf() {
    let (mut problem, plan) = planned(8, 1, |_| false);
    let opens = |problem: &Problem| {
        let found = search(problem, &plan, &wanted(7));
        found.free.iter().any(|seat| seat.opens == Opens::Period)
    };
    assert!(opens(&problem));
    problem.form = Form::Ponctuelle;
    assert!(!opens(&problem));
}

/// The most that any order of placing can place.
fn most(problem: &Problem, plan: &Plan, left: &[usize]) -> usize {
    let mut best = 0;
    for (at, key) in left.iter().enumerate() {
        let mut others = left.to_vec();
        others.remove(at);
        for seat in search(problem, plan, &wanted(*key)).free {
            best = best.max(1 + most(problem, &with(plan, *key, &seat), &others));
            if best == left.len() {
                return best;
            }
        }
    }
    best
}

#[test]
fn as_many_are_placed_as_an_exhaustive_search_places() {
    for (count, out) in [(8, 2), (8, 3), (6, 2), (5, 3)] {
        let (mut problem, plan) = planned(count, out, |key| key % 2 == 0);
        // Nothing can be opened: what is free is between those who sit.
        problem.periods = plan
            .commissions
            .iter()
            .map(|one| one.days.iter().map(|day| day.date).collect())
            .collect();
        let left: Vec<usize> = (count - out..count).collect();
        let asked: Vec<Wanted> = left.iter().map(|key| wanted(*key)).collect();
        let placed = place_all(&problem, &plan, &asked);
        let seated = placed.seats.iter().flatten().count();
        assert_eq!(
            seated,
            most(&problem, &plan, &left),
            "{count} candidates, {out} out"
        );
        assert_eq!(violations(&problem, &placed.plan), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whoever_is_placed_breaks_no_rule_and_moves_nobody(
        count in 3_usize..12,
        out in 1_usize..4,
        extra in prop::collection::vec(any::<bool>(), 12),
    ) {
        let out = out.min(count - 1);
        let (problem, plan) = planned(count, out, |key| extra[key]);
        let asked: Vec<Wanted> = (count - out..count).map(wanted).collect();
        let placed = place_all(&problem, &plan, &asked);
        // Whoever lost his date may leave a day of preparation with nobody to hear: that was so before.
        let before = violations(&problem, &plan);
        for broken in violations(&problem, &placed.plan) {
            prop_assert!(before.contains(&broken), "{broken:?}");
        }
        let slots = |plan: &Plan| -> Vec<(usize, Vec<u16>)> {
            let all = plan.commissions.iter().flat_map(|one| &one.days).flat_map(|day| &day.slots);
            all.map(|slot| (slot.candidate, slot.starts.clone())).collect()
        };
        let after = slots(&placed.plan);
        for slot in slots(&plan) {
            prop_assert!(after.contains(&slot), "{:?} was moved", slot);
        }
        prop_assert_eq!(after.len(), count - out + placed.seats.iter().flatten().count());
        for (seat, refused) in placed.seats.iter().zip(&placed.refused) {
            prop_assert!(seat.is_some() || !refused.is_empty());
        }
    }
}
