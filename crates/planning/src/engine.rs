//! The session's engine: a first plan, then improvement by annealing with links and spread inside the evaluation of each
//! change, zone by zone.
//!
//! Invariant: the same problem, seed and budget give the same plan, on any number of threads, unless it was stopped or
//! hurried by its clock; then it says so.

mod anneal;
mod budget;
mod chance;
mod com;
mod construct;
mod days;
mod finish;
mod links;
mod moves;
mod polish;
mod reasons;
mod state;
mod zone;

use std::collections::BTreeSet;

use delos_domain::candidate::{ExamOption, Form};
use rayon::prelude::*;

pub use self::budget::{Budget, Progress, Watch};

use self::anneal::{Best, anneal};
use self::budget::Share;
use self::chance::Chance;
use self::com::WAITS;
use self::construct::{Fixed, construct, lay};
use self::days::DayMemo;
use self::polish::{is_small, polish};
use self::state::State;
use self::zone::{NONE, UNIT, Zone, fixed_of};
use crate::check::{Violation, violations};
use crate::session::{LeftOutReason, Plan, Problem};

/// What the engine found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The plan: commissions made by hand first; who is left out, with the rule that stops him.
    pub plan: Plan,
    /// Whether the whole budget was spent: then the same seed and budget give this plan again.
    pub whole: bool,
    /// What the checker, which shares no code with the engine, found: rules that commissions made by hand break.
    pub broken: Vec<Violation>,
}

/// Streams of chance of a zone: one for its first plan, and one for each of its chains.
const STREAMS: u64 = 256;

/// The first stream of a zone, whose key may be any number.
fn stream(zone: &Zone) -> u64 {
    (zone.key as u64 % (u64::MAX / STREAMS)) * STREAMS
}

/// The best plan found within the budget.
pub fn solve(problem: &Problem, budget: &Budget, watch: &dyn Watch) -> Outcome {
    let mut zones: Vec<Zone> = zones(problem)
        .into_iter()
        .map(|key| Zone::of(problem, key))
        .collect();
    // The largest first, so that no thread is left with it at the end.
    zones.sort_by_key(|zone| (std::cmp::Reverse(zone.people.len()), zone.key));
    let sizes: Vec<usize> = zones.iter().map(|zone| zone.people.len()).collect();
    let shares = budget.shares(&sizes, rayon::current_num_threads());
    // Every zone has a first plan before any is improved: whoever stops the engine early has a plan of everything.
    let firsts: Vec<Best> = zones
        .par_iter()
        .with_max_len(1)
        .map(|zone| first(problem, zone, budget, watch))
        .collect();
    // A zone by itself would leave cores idle: it may be annealed several times, and the best plan is kept.
    let chains = if zones.len() == 1 {
        budget.chains.max(1)
    } else {
        1
    };
    let runs: Vec<(usize, u8)> = (0..zones.len())
        .flat_map(|zone| (0..chains).map(move |chain| (zone, chain)))
        .collect();
    let ran: Vec<Run> = runs
        .par_iter()
        .with_max_len(1)
        .map(|(zone, chain)| {
            let (at, best) = (&zones[*zone], firsts[*zone].clone());
            improved(
                problem,
                at,
                best,
                &shares[*zone],
                (budget.seed, *chain),
                watch,
            )
        })
        .collect();
    let mut parts: Vec<(usize, Outcome)> = zones
        .iter()
        .zip(ran.chunks(usize::from(chains)))
        .filter_map(|(zone, runs)| {
            let whole = runs.iter().all(|run| run.whole);
            let run = runs.iter().min_by_key(|run| run.best.cost)?;
            let by_days = run.by_days.as_ref();
            let done = finished(problem, by_days.unwrap_or(zone), &run.best, whole);
            Some((zone.key, done))
        })
        .collect();
    parts.sort_by_key(|(key, _)| *key);
    let mut outcome = Outcome {
        whole: true,
        ..Outcome::default()
    };
    for (_, part) in parts {
        outcome.plan.commissions.extend(part.plan.commissions);
        outcome.plan.left_out.extend(part.plan.left_out);
        outcome.whole &= part.whole;
    }
    outcome
        .plan
        .commissions
        .sort_by_key(|one| (one.fixed.is_none(), one.fixed));
    outcome.plan.left_out.extend(without_zone(problem, &zones));
    outcome.plan.left_out.sort_unstable_by_key(|(key, _)| *key);
    outcome.broken = violations(problem, &outcome.plan);
    outcome
}

/// Most changes of an everyday proposal: somebody waits for it, and a request is answered within half a minute. SIEC's 3 500
/// candidates take some seconds.
const EVERYDAY: u64 = 3_000_000;

/// The everyday proposal for one owner, on one core: as many changes as there are candidates, a few thousand times. In CCF a
/// school has one centre and its own team, and little to choose: a plan is there in milliseconds.
pub fn propose(problem: &Problem) -> Outcome {
    let each = match problem.form {
        Form::Ccf => 1_000,
        Form::Ponctuelle => 5_000,
    };
    let budget = Budget {
        seed: 1,
        changes: (each * problem.candidates.len() as u64).min(EVERYDAY),
        seconds: None,
        chains: 1,
    };
    solve(problem, &budget, &())
}

/// Zones that have somebody to place, or a commission made by hand.
fn zones(problem: &Problem) -> BTreeSet<usize> {
    let mut zones: BTreeSet<usize> = problem.candidates.iter().map(|one| one.zone).collect();
    let fixed: BTreeSet<usize> = problem.fixed.iter().map(|one| one.centre).collect();
    zones.extend(
        problem
            .centres
            .iter()
            .filter(|one| fixed.contains(&one.key))
            .map(|one| one.zone),
    );
    zones
}

/// Whoever is beyond what a zone can hold.
fn without_zone<'a>(
    problem: &'a Problem,
    zones: &'a [Zone],
) -> impl Iterator<Item = (usize, LeftOutReason)> + 'a {
    let known: BTreeSet<usize> = zones
        .iter()
        .flat_map(|zone| &zone.people)
        .map(|one| one.place)
        .collect();
    let others = problem
        .candidates
        .iter()
        .enumerate()
        .filter(move |(place, _)| !known.contains(place));
    others.map(|(_, one)| (one.key, LeftOutReason::CentreFull))
}

/// A zone's plan with nobody placed but by hand.
fn begun<'z>(problem: &'z Problem, zone: &'z Zone) -> State<'z> {
    let days = DayMemo::new(&problem.course, &problem.rules, &zone.kinds);
    State::new(zone, days)
}

/// The first plan of a zone.
fn first(problem: &Problem, zone: &Zone, budget: &Budget, watch: &dyn Watch) -> Best {
    let mut state = begun(problem, zone);
    lay(&mut state, &fixed(problem, zone));
    construct(&mut state, &mut Chance::new(budget.seed, stream(zone)));
    let kept = Best::of(&state);
    // Once over, so that everything is counted.
    state.restore(&kept.kept);
    let best = Best::of(&state);
    tell(watch, zone, 0.0, &best, &state);
    best
}

/// How an improvement ended.
struct Run {
    best: Best,
    whole: bool,
    /// The zone of the plan, where it is not that of whole periods.
    by_days: Option<Zone>,
}

/// The best plan of a zone from its first one. Commissions sit through whole periods, which keeps the choice small; then, where
/// somebody has no place or the zone is small, also on parts of periods.
fn improved(
    problem: &Problem,
    zone: &Zone,
    mut best: Best,
    share: &Share,
    (seed, chain): (u64, u8),
    watch: &dyn Watch,
) -> Run {
    let mut chance = Chance::new(seed, stream(zone) + u64::from(chain) + 1);
    let mut better = |state: &mut State, best: &mut Best, share: &Share, least: f64| {
        let zone = state.zone;
        let mut told = |spent: f64, best: &Best, state: &State| {
            tell(watch, zone, spent.max(least), best, state);
        };
        let whole = anneal(state, best, &mut chance, share, watch, &mut told);
        state.restore(&best.kept);
        if polish(state, watch) {
            *best = Best::of(state);
        }
        whole
    };
    let mut state = begun(problem, zone);
    let mut whole = better(&mut state, &mut best, share, 0.0);
    let again = !state.waiting.is_empty() || is_small(&state);
    let by_days = again.then(|| Zone::by_days(problem, zone.key)).flatten();
    if let Some(zone) = &by_days {
        let mut state = begun(problem, zone);
        state.restore(&best.kept);
        construct(&mut state, &mut Chance::new(seed, stream(zone)));
        best = Best::of(&state);
        whole &= better(&mut state, &mut best, &share.again(), 1.0);
    }
    Run {
        best,
        whole,
        by_days,
    }
}

/// A zone's plan with its timetables, and why whoever is left out is.
fn finished(problem: &Problem, zone: &Zone, best: &Best, whole: bool) -> Outcome {
    let mut state = begun(problem, zone);
    state.restore(&best.kept);
    state.settle();
    let commissions = finish::commissions(problem, &state);
    let left_out = reasons::left_out(problem, &mut state);
    Outcome {
        plan: Plan {
            commissions,
            left_out,
        },
        whole,
        broken: Vec::new(),
    }
}

fn tell(watch: &dyn Watch, zone: &Zone, spent: f64, best: &Best, state: &State) {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let objective = best.cost as f64 / UNIT;
    watch.progress(Progress {
        zone: zone.key,
        spent,
        objective,
        waiting: state.at.iter().filter(|seat| **seat == WAITS).count(),
    });
}

/// The commissions made by hand of a zone, in its places.
fn fixed(problem: &Problem, zone: &Zone) -> Vec<Fixed> {
    let places = fixed_of(problem, zone.key).enumerate();
    places
        .filter_map(|(at, place)| {
            let one = &problem.fixed[place];
            let centre = zone
                .centres
                .iter()
                .position(|centre| problem.centres[*centre].key == one.centre)?;
            let member = |key: &usize| {
                let of = |who: &zone::Who| problem.examiners[who.place].key == *key;
                zone.examiners
                    .iter()
                    .position(of)
                    .and_then(|who| u16::try_from(who).ok())
            };
            let span = zone
                .by_hand
                .get(at)
                .filter(|span| **span < zone.spans.len())?;
            let span = u8::try_from(*span).ok()?;
            let days = &zone.spans[usize::from(span)].days;
            let sits = |(candidate, date): &(usize, chrono::NaiveDate)| {
                let of = |one: &zone::Person| problem.candidates[one.place].key == *candidate;
                let person = zone.people.iter().position(of)?;
                Some((
                    person,
                    days.iter().position(|day| zone.dates[*day] == *date)?,
                ))
            };
            Some(Fixed {
                place,
                centre: u16::try_from(centre).unwrap_or(NONE),
                option: u8::from(one.option == ExamOption::ALL[1].0),
                span,
                members: one.members.iter().filter_map(member).collect(),
                people: one.sittings.iter().filter_map(sits).collect(),
            })
        })
        .collect()
}
