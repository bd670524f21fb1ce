//! What may be disturbed is disturbed as little as can be, and nothing else is: others retimed, others moved.

use std::collections::{BTreeMap, BTreeSet};

mod annex;
mod world;

use chrono::NaiveDate;
use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::ratio::TimeRatio;
use delos_planning::check::violations;
use delos_planning::day::{DayTable, solve};
use delos_planning::replacement::{Allowed, Index, Opens, Refusals, Wanted, Way};
use delos_planning::session::{Commission, Day, PlacedSlot, Plan, Problem};
use proptest::prelude::*;

use self::world::{candidate, day, examiner, problem};

const THIRD: Accommodation = Accommodation {
    preparation: TimeRatio::THIRD_MORE,
    interview: TimeRatio::ONE,
};

/// Two commissions of one school, in two periods, each day holding so many candidates with the best times; one candidate
/// more, the last, has no seat. None when a day does not hold them.
fn world(counts: [[usize; 2]; 2], extra: impl Fn(usize) -> bool) -> Option<(Problem, Plan)> {
    let mut problem = problem(Form::Ccf);
    problem.sixth = true;
    problem.examiners = (0..4)
        .map(|key| examiner(key, Some(0), &[ExamOption::Sisr]))
        .collect();
    let heard: usize = counts.iter().flatten().sum();
    problem.candidates = (0..=heard)
        .map(|key| candidate(key, Some(0), ExamOption::Sisr))
        .collect();
    for one in &mut problem.candidates {
        if extra(one.key) {
            one.accommodation = THIRD;
        }
    }
    let mut plan = Plan::default();
    let mut next = 0;
    for (place, counts) in counts.iter().enumerate() {
        let mut days = Vec::new();
        for (rank, count) in counts.iter().enumerate() {
            let heard: Vec<usize> = (next..next + count).collect();
            next += count;
            let kinds: Vec<_> = heard
                .iter()
                .map(|key| problem.candidates[*key].accommodation)
                .collect();
            let times = solve(&problem.course, &problem.rules, &kinds, rank == 0)?;
            let slots = heard.iter().zip(times.slots).map(|(key, slot)| PlacedSlot {
                candidate: *key,
                starts: slot.starts,
                environment: slot.environment,
            });
            days.push(Day {
                date: problem.periods[place][rank],
                preparation: times.preparation,
                lunch: times.lunch,
                slots: slots.collect(),
            });
        }
        plan.commissions.push(Commission {
            fixed: None,
            option: ExamOption::Sisr,
            centre: 0,
            members: vec![2 * place, 2 * place + 1],
            template: "9-4".to_owned(),
            days,
        });
    }
    assert_eq!(violations(&problem, &plan), []);
    Some((problem, plan))
}

fn wanted(candidate: usize) -> Wanted {
    Wanted {
        candidate,
        former: None,
        first: day("2027-04-19"),
        last: None,
        declined: BTreeSet::new(),
    }
}

fn allowed(retimes: bool, moves: u8) -> Allowed {
    Allowed {
        retimes,
        moves,
        opens: Opens::Nothing,
    }
}

type Sits = BTreeMap<usize, (usize, NaiveDate, Vec<u16>)>;

/// Where and when each is heard.
fn sits(plan: &Plan) -> Sits {
    let mut sits = BTreeMap::new();
    for (place, one) in plan.commissions.iter().enumerate() {
        for day in &one.days {
            for slot in &day.slots {
                sits.insert(slot.candidate, (place, day.date, slot.starts.clone()));
            }
        }
    }
    sits
}

/// That a way changes what it says and nothing else, and breaks no rule.
fn keeps_its_word(problem: &Problem, plan: &Plan, way: &Way, key: usize) {
    let after = way.applied_to(plan);
    let mut without = plan.clone();
    for day in without.commissions.iter_mut().flat_map(|one| &mut one.days) {
        day.slots.retain(|slot| slot.candidate != key);
    }
    // A day that he alone was heard on may have had the preparation: that is of his leaving.
    let stood = violations(problem, &without);
    let broken: Vec<_> = violations(problem, &after)
        .into_iter()
        .filter(|fault| !stood.contains(fault))
        .collect();
    assert_eq!(broken, []);
    let (before, after) = (sits(plan), sits(&after));
    assert_eq!(
        after.len(),
        before.len() + usize::from(!before.contains_key(&key))
    );
    assert_eq!(after[&key].1, way.seat.date);
    assert_eq!(after[&key].2, way.seat.starts);
    for (other, (place, date, starts)) in before.iter().filter(|(other, _)| **other != key) {
        let (now_place, now_date, now_starts) = &after[other];
        let moved = (place, date) != (now_place, now_date);
        assert_eq!(moved, way.moved.contains(other), "{other} {way:?}");
        let retimed = !moved && starts != now_starts;
        assert_eq!(retimed, way.retimed.contains(other), "{other} {way:?}");
    }
}

/// Kinds of a day's candidates.
fn kinds(problem: &Problem, day: &Day) -> Vec<Accommodation> {
    let keys = day.slots.iter().map(|slot| slot.candidate);
    keys.map(|key| problem.candidates[key].accommodation)
        .collect()
}

/// Whether a day holds these candidates, times and pause being free.
fn holds(table: &mut DayTable, day: &Day, kinds: &[Accommodation]) -> bool {
    let first = day.preparation.is_some();
    kinds.len() <= (if first { 3 } else { 6 }) && table.fits(first, kinds)
}

/// Whether he fits on a day that stands, a plain enumeration of starts and environments, those of `without` taken off.
fn fits(
    problem: &Problem,
    plan: &Plan,
    (place, at): (usize, usize),
    key: usize,
    without: &[usize],
) -> bool {
    let mut plan = plan.clone();
    let slots = &mut plan.commissions[place].days[at].slots;
    slots.retain(|slot| !without.contains(&slot.candidate));
    let his = problem.candidates[key].accommodation;
    (480..1020).step_by(5).any(|start: u16| {
        let mut next = start;
        let mut starts = Vec::new();
        for phase in &problem.course.phases {
            starts.push(next);
            if !phase.floating {
                next += phase.minutes_for(his, problem.rules.grid) + phase.margin;
            }
        }
        (1..=2).any(|environment| {
            let mut chain = plan.clone();
            let slot = |starts: Vec<u16>| PlacedSlot {
                candidate: key,
                starts,
                environment: Some(environment),
            };
            // The chain alone first: what floats is put where it breaks nothing else than its own room.
            (next..1020).step_by(5).any(|floating| {
                let mut starts = starts.clone();
                if let Some(last) = starts.last_mut() {
                    *last = floating;
                }
                let slots = &mut chain.commissions[place].days[at].slots;
                slots.push(slot(starts));
                let fits = violations(problem, &chain).is_empty();
                chain.commissions[place].days[at].slots.pop();
                fits
            })
        })
    })
}

#[test]
fn a_day_holds_him_with_others_retimed_when_and_only_when_a_day_solved_anew_does() {
    for (counts, every) in [
        ([[3, 5], [3, 5]], 99),
        ([[3, 5], [3, 4]], 2),
        ([[2, 5], [3, 5]], 3),
        ([[3, 5], [3, 5]], 4),
    ] {
        let (problem, plan) = world(counts, |key| key % every == 0).unwrap();
        let key = problem.candidates.len() - 1;
        let mut index = Index::new(&problem, &plan);
        let plain = index
            .seats(&wanted(key), allowed(false, 0), Refusals::None)
            .free;
        let ways = index.ways(&wanted(key), allowed(true, 0));
        assert_eq!(index.plan(), &plan);
        let mut table = DayTable::new(&problem.course, &problem.rules);
        for (place, one) in plan.commissions.iter().enumerate() {
            for (at, day) in one.days.iter().enumerate() {
                let mut all = kinds(&problem, day);
                all.push(problem.candidates[key].accommodation);
                let could = holds(&mut table, day, &all);
                let way = ways
                    .iter()
                    .find(|way| (way.seat.commission, way.seat.date) == (place, day.date));
                assert_eq!(
                    plain
                        .iter()
                        .any(|seat| (seat.commission, seat.date) == (place, day.date)),
                    could && fits(&problem, &plan, (place, at), key, &[])
                );
                if plain.is_empty() {
                    assert_eq!(
                        way.is_some(),
                        could,
                        "{counts:?} {every} {place} {}",
                        day.date
                    );
                }
            }
        }
        for way in &ways {
            keeps_its_word(&problem, &plan, way, key);
            assert_eq!(way.moved, Vec::<usize>::new());
        }
        assert!(ways.is_sorted_by_key(|way| way.retimed.len()));
    }
}

#[test]
fn nobody_is_retimed_who_need_not_be() {
    // Two on the second day, the later one at every hour that the rules let through: he who comes has room between them,
    // or at most one of them has other times.
    let (problem, standing) = world([[1, 4], [3, 6]], |_| false).unwrap();
    let key = problem.candidates.len() - 1;
    let mut crowded = 0;
    for late in (0..300).step_by(5) {
        let mut plan = standing.clone();
        let slots = &mut plan.commissions[0].days[1].slots;
        for start in &mut slots[3].starts {
            *start += late;
        }
        if !violations(&problem, &plan).is_empty() {
            continue;
        }
        let mut index = Index::new(&problem, &plan);
        let here = Wanted {
            last: Some(plan.commissions[0].days[1].date),
            declined: BTreeSet::from([plan.commissions[0].days[0].date]),
            ..wanted(key)
        };
        let ways = index.ways(&here, allowed(true, 0));
        let best = ways.first().unwrap();
        keeps_its_word(&problem, &plan, best, key);
        let fits = fits(&problem, &plan, (0, 1), key, &[]);
        assert_eq!(
            best.retimed.is_empty() && best.seat.lunch == plan.commissions[0].days[1].lunch,
            fits
        );
        println!("{late} {fits} {:?} {}", best.retimed, best.seat.lunch);
        crowded += usize::from(!fits);
    }
    println!("{crowded}");
}

/// The fewest others to move so that he has a seat, at most two: every choice of a day for him, of somebody who leaves it
/// for another day, and so on.
fn fewest(
    problem: &Problem,
    plan: &Plan,
    key: usize,
    moves: usize,
    barred: &[(usize, NaiveDate)],
) -> Option<usize> {
    let mut index = Index::new(problem, plan);
    let free = index
        .seats(&wanted(key), allowed(false, 0), Refusals::None)
        .free;
    if free
        .iter()
        .any(|seat| !barred.contains(&(seat.commission, seat.date)))
    {
        return Some(0);
    }
    if moves == 0 {
        return None;
    }
    let mut best = None;
    for (place, one) in plan.commissions.iter().enumerate() {
        for (at, day) in one.days.iter().enumerate() {
            if barred.contains(&(place, day.date)) {
                continue;
            }
            for slot in &day.slots {
                let mut without = plan.clone();
                without.commissions[place].days[at]
                    .slots
                    .retain(|other| other != slot);
                let mut index = Index::new(problem, &without);
                let free = index
                    .seats(&wanted(key), allowed(false, 0), Refusals::None)
                    .free;
                let Some(seat) = free
                    .iter()
                    .find(|seat| (seat.commission, seat.date) == (place, day.date))
                else {
                    continue;
                };
                let with = delos_planning::replacement::with(&without, key, seat);
                let mut barred = barred.to_vec();
                barred.push((place, day.date));
                let rest = fewest(problem, &with, slot.candidate, moves - 1, &barred);
                best = best.into_iter().chain(rest.map(|rest| rest + 1)).min();
            }
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn as_few_are_moved_as_an_enumeration_moves(
        counts in prop::array::uniform2((1_usize..4, 3_usize..6)),
        extra in prop::collection::vec(prop::bool::weighted(0.3), 20),
        off in prop::collection::vec((0_usize..20, 0_usize..4), 0..4),
    ) {
        let counts = counts.map(|(first, second)| [first, second]);
        let world = world(counts, |key| extra[key]);
        prop_assume!(world.is_some());
        let (mut problem, plan) = world.unwrap();
        let key = problem.candidates.len() - 1;
        let days: Vec<NaiveDate> = problem.periods[..2].iter().flatten().copied().collect();
        for (who, at) in off {
            if let Some(one) = problem.candidates.get_mut(who) {
                one.unavailable.insert(days[at]);
            }
        }
        // He can on one day only, so that others have to leave it.
        problem.candidates[key].unavailable.extend(&days[1..]);
        let plan = {
            // Whoever cannot is not heard there.
            let mut plan = plan;
            for day in plan.commissions.iter_mut().flat_map(|one| &mut one.days) {
                let date = day.date;
                day.slots.retain(|slot| !problem.candidates[slot.candidate].unavailable.contains(&date));
            }
            plan
        };
        prop_assume!(violations(&problem, &plan).is_empty());
        let mut index = Index::new(&problem, &plan);
        let expected = fewest(&problem, &plan, key, 2, &[]);
        let ways = index.ways(&wanted(key), allowed(false, 2));
        prop_assert_eq!(index.plan(), &plan);
        let found = ways.first().map(|way| way.moved.len());
        prop_assert_eq!(found, expected);
        for way in &ways {
            keeps_its_word(&problem, &plan, way, key);
            prop_assert_eq!(&way.retimed, &Vec::<usize>::new());
        }
        // Whoever is heard may ask too: he leaves his seat.
        let other = Wanted { declined: BTreeSet::from([days[1]]), ..wanted(0) };
        for way in index.ways(&other, allowed(true, 2)) {
            keeps_its_word(&problem, &plan, &way, 0);
        }
    }
}
