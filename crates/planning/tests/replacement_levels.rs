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

/// A day of candidates without extra time and without preparation, in steps of five minutes from opening, a bit each: what
/// keeps the commission, and each environment.
#[derive(Clone, Copy)]
struct Bits {
    pause: u32,
    work: u128,
    held: [u128; 2],
}

/// So many steps from one on.
fn span(from: u32, steps: u32) -> u128 {
    ((1 << steps) - 1) << from
}

impl Bits {
    /// T 6 steps, E1 4, R 12 and 2 of margin, E2 4; none where it does not fit.
    fn with(self, start: u32, environment: usize) -> Option<Self> {
        let work = span(start + 6, 4) | span(start + 24, 4);
        let held = span(start + 10, 18);
        let crosses = start < self.pause + 12 && start + 28 > self.pause;
        (!crosses && self.work & work == 0 && self.held[environment] & held == 0).then(|| {
            let mut then = self;
            then.work |= work;
            then.held[environment] |= held;
            then
        })
    }

    /// Whether so many more fit, none starting before `from`; `ends` are the ends of those laid already.
    fn holds(self, from: u32, count: usize, ends: &mut Vec<u32>) -> bool {
        if count == 0 {
            // H takes 2 steps, in the order in which the chains end.
            let mut work = self.work;
            return ends.iter().all(|end| {
                let start = (*end..=106).find(|start| work & span(*start, 2) == 0);
                work |= start.map_or(0, |start| span(start, 2));
                start.is_some()
            });
        }
        (from..=80).any(|start| {
            (0..2).any(|environment| {
                let Some(then) = self.with(start, environment) else {
                    return false;
                };
                ends.push(start + 28);
                let holds = then.holds(start, count - 1, ends);
                ends.pop();
                holds
            })
        })
    }
}

/// The fewest of a day who must have other times so that one more fits: every choice of them, every pause.
fn fewest_retimed(day: &Day) -> Option<usize> {
    let step = |minutes: u16| u32::from((minutes - 480) / 5);
    let count = day.slots.len();
    let could = |freed: u32| {
        (36..=60).any(|pause| {
            let mut bits = Bits {
                pause,
                work: span(pause, 12),
                held: [0; 2],
            };
            let mut stay = (0..count).filter(|at| freed >> at & 1 == 0);
            let stands = stay.all(|at| {
                let slot = &day.slots[at];
                let environment = usize::from(slot.environment.unwrap_or(1)) - 1;
                let last = span(step(slot.starts[4]), 2);
                let then = bits.with(step(slot.starts[0]), environment);
                let Some(then) = then.filter(|then| then.work & last == 0) else {
                    return false;
                };
                bits = then;
                bits.work |= last;
                true
            });
            let more = usize::try_from(freed.count_ones()).unwrap_or(0) + 1;
            stands && bits.holds(0, more, &mut Vec::new())
        })
    };
    (0..=count).find(|size| {
        let choices = 0..1_u32 << count;
        let mut of_size = choices.filter(|freed| freed.count_ones() as usize == *size);
        of_size.any(could)
    })
}

#[test]
fn as_few_are_retimed_as_an_enumeration_retimes() {
    // Days as they are solved, and with one of their candidates later by any number of minutes that the rules let through.
    let mut seen = BTreeMap::new();
    for count in 2..=5 {
        let (problem, standing) = world([[1, count], [3, 6]], |_| false).expect("days");
        let key = problem.candidates.len() - 1;
        for (who, late) in
            (0..count).flat_map(|who| (0..300).step_by(5).map(move |late| (who, late)))
        {
            let mut plan = standing.clone();
            let slot = &mut plan.commissions[0].days[1].slots[who];
            for start in &mut slot.starts {
                *start += late;
            }
            if !violations(&problem, &plan).is_empty() || (who > 0 && late == 0) {
                continue;
            }
            let day = &plan.commissions[0].days[1];
            let here = Wanted {
                last: Some(day.date),
                declined: BTreeSet::from([plan.commissions[0].days[0].date]),
                ..wanted(key)
            };
            let mut index = Index::new(&problem, &plan);
            let ways = index.ways(&here, allowed(true, 0));
            let found = ways.first().map(|way| way.retimed.len());
            let fewest = fewest_retimed(day);
            // With five the tries may be spent: then everybody is as the day is solved anew.
            let spent = count == 5 && found == Some(5);
            assert!(
                found == fewest || (spent && fewest >= Some(3)),
                "{count} {who} {late} {found:?} {fewest:?}"
            );
            for way in &ways {
                keeps_its_word(&problem, &plan, way, key);
            }
            *seen.entry(found).or_insert(0) += 1;
        }
    }
    println!("{seen:?}");
    assert!(seen.keys().len() > 1, "{seen:?}");
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
        // The enumeration lets nobody come back to a day that a chain has left; a second who is moved may.
        if expected.is_some() {
            prop_assert_eq!(found, expected);
        } else {
            prop_assert!(found.is_none_or(|moved| moved == 2));
        }
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
