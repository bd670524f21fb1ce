//! What would give a place to everybody where a plan leaves somebody out: the smallest changes of the problem, each one tried.
//!
//! A change is told only after the engine placed everybody of its zone with it. The least number is sought by halves, as
//! though more never hurt: the engine is a heuristic, so that fewer might do.

use std::collections::BTreeSet;

use delos_domain::calendar::is_working_day;
use delos_domain::candidate::{ExamOption, Form};

use crate::engine::{Budget, solve};
use crate::session::{Centre, Examiner, Plan, Point, Problem};

/// A change of the problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// More examiners of an option, teachers of no school of the session (in CCF, of the school).
    Examiners {
        /// Zone.
        zone: usize,
        /// Their option.
        option: ExamOption,
        /// The one period in which they are free, by its place; none: every period.
        period: Option<usize>,
        /// How many.
        count: usize,
    },
    /// More environments in a centre.
    Environments {
        /// Its key.
        centre: usize,
        /// How many.
        count: u16,
    },
    /// More periods after the last, of as many days, on the working days that follow.
    Periods {
        /// How many.
        count: usize,
    },
    /// A centre that becomes accessible.
    Access {
        /// Its key.
        centre: usize,
    },
}

/// Changes that together give everybody of a zone a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// The zone.
    pub zone: usize,
    /// The changes; several where none helps alone.
    pub changes: Vec<Change>,
}

/// Most helps of a zone that are told.
const TOLD: usize = 5;
/// Most examiners, environments and periods that are asked for.
const MOST: [usize; 3] = [40, 20, 4];

/// What would help each zone where the plan leaves somebody out, the least first. `cancelled` is asked before each trial:
/// what was found by then is told.
pub fn helps(problem: &Problem, plan: &Plan, cancelled: &dyn Fn() -> bool) -> Vec<Help> {
    let left: BTreeSet<usize> = plan.left_out.iter().map(|(key, _)| *key).collect();
    let left_of = |zone: usize| {
        let people = problem.candidates.iter();
        people.filter(move |one| one.zone == zone)
    };
    let zones: BTreeSet<usize> = problem
        .candidates
        .iter()
        .filter(|one| left.contains(&one.key))
        .map(|one| one.zone)
        .collect();
    let mut found = Vec::new();
    for zone in zones {
        let out = left_of(zone).filter(|one| left.contains(&one.key));
        let short: BTreeSet<ExamOption> = out.clone().map(|one| one.option).collect();
        let part = part_of(problem, zone);
        let trial = Trial {
            problem: &part,
            zone,
            out: out.count(),
            cancelled,
        };
        found.extend(trial.of_zone(&short));
    }
    found
}

/// A problem with a change.
pub fn with(problem: &Problem, change: &Change) -> Problem {
    let mut changed = problem.clone();
    match *change {
        Change::Examiners {
            zone,
            option,
            period,
            count,
        } => {
            // A key that nobody bears, nor anybody's teacher who is not of the session.
            let taught = problem.candidates.iter().flat_map(|one| &one.teachers);
            let keys = problem.examiners.iter().map(|one| &one.key).chain(taught);
            let next = keys.max().map_or(0, |key| key.saturating_add(1));
            let busy = problem.periods.iter().enumerate();
            let busy = busy.filter(|(place, _)| period.is_some_and(|free| free != *place));
            let unavailable: BTreeSet<_> = busy.flat_map(|(_, days)| days).copied().collect();
            let centres = || problem.centres.iter().filter(|one| one.zone == zone);
            let own = centres().next().filter(|_| problem.form == Form::Ccf);
            changed.examiners.extend((0..count).map(|more| Examiner {
                key: next + more,
                zone,
                at: middle(centres()),
                school: own.map(|one| one.key),
                professional: false,
                options: vec![option],
                unavailable: unavailable.clone(),
                max_periods: None,
                conflicts: BTreeSet::new(),
            }));
        }
        Change::Environments { centre, count } => {
            for one in changed.centres.iter_mut().filter(|one| one.key == centre) {
                one.environments = one.environments.saturating_add(count);
            }
        }
        Change::Periods { count } => {
            let length = problem.periods.last().map_or(0, Vec::len);
            for _ in 0..count {
                let last = changed.periods.iter().flatten().max().copied();
                let Some(last) = last.filter(|_| length > 0) else {
                    break;
                };
                let after = last.iter_days().skip(1).filter(|day| is_working_day(*day));
                changed.periods.push(after.take(length).collect());
            }
        }
        Change::Access { centre } => {
            for one in changed.centres.iter_mut().filter(|one| one.key == centre) {
                one.accessible = true;
            }
        }
    }
    changed
}

fn middle<'a>(centres: impl Iterator<Item = &'a Centre>) -> Point {
    let (mut sum, mut count) = (Point::default(), 0.0);
    for one in centres {
        sum.x += one.at.x;
        sum.y += one.at.y;
        count += 1.0;
    }
    Point {
        x: sum.x / f64::max(count, 1.0),
        y: sum.y / f64::max(count, 1.0),
    }
}

/// A zone by itself: what is sought in it takes no account of the others.
fn part_of(problem: &Problem, zone: usize) -> Problem {
    let mut part = problem.clone();
    part.candidates.retain(|one| one.zone == zone);
    part.centres.retain(|one| one.zone == zone);
    part.examiners.retain(|one| one.zone == zone);
    let centres: BTreeSet<usize> = part.centres.iter().map(|one| one.key).collect();
    part.fixed.retain(|one| centres.contains(&one.centre));
    part
}

/// A kind of change, whose number is sought.
#[derive(Clone, Copy)]
struct Sought {
    change: Change,
    most: usize,
}

impl Sought {
    /// The change in that number; none where there is none of it.
    fn by(self, number: usize) -> Option<Change> {
        (number > 0).then_some(match self.change {
            Change::Examiners {
                zone,
                option,
                period,
                ..
            } => Change::Examiners {
                zone,
                option,
                period,
                count: number,
            },
            Change::Environments { centre, .. } => Change::Environments {
                centre,
                count: u16::try_from(number).unwrap_or(u16::MAX),
            },
            Change::Periods { .. } => Change::Periods { count: number },
            access @ Change::Access { .. } => access,
        })
    }
}

/// A zone whose helps are sought.
struct Trial<'a> {
    problem: &'a Problem,
    zone: usize,
    out: usize,
    cancelled: &'a dyn Fn() -> bool,
}

impl Trial<'_> {
    fn of_zone(&self, short: &BTreeSet<ExamOption>) -> Vec<Help> {
        let mut found: Vec<(usize, Vec<Change>)> = Vec::new();
        let mut keep = |least: Option<(usize, Vec<Change>)>| found.extend(least);
        for option in short {
            keep(self.examiners(*option));
        }
        for centre in &self.problem.centres {
            keep(self.least(&[self.environments(centre.key)]));
        }
        keep(self.least(&[self.periods()]));
        for centre in self.problem.centres.iter().filter(|one| !one.accessible) {
            let change = Change::Access { centre: centre.key };
            keep(self.least(&[Sought { change, most: 1 }]));
        }
        if found.is_empty() {
            let everywhere = short.iter().map(|option| self.sought(*option, None));
            let examiners: Vec<Sought> = everywhere.collect();
            let beside = |other: Sought| [&examiners[..], &[other]].concat();
            let mut keep = |least: Option<(usize, Vec<Change>)>| found.extend(least);
            keep(self.least(&examiners));
            for centre in &self.problem.centres {
                keep(self.least(&beside(self.environments(centre.key))));
            }
            keep(self.least(&beside(self.periods())));
        }
        found.sort_by_key(|(number, changes)| (changes.len(), *number));
        found
            .into_iter()
            .take(TOLD)
            .map(|(_, changes)| Help {
                zone: self.zone,
                changes,
            })
            .collect()
    }

    /// Examiners of an option in the period where the fewest do; in every period where no one period is enough.
    fn examiners(&self, option: ExamOption) -> Option<(usize, Vec<Change>)> {
        // Without any in every period, there is no use in looking at each.
        let everywhere = self.least(&[self.sought(option, None)])?;
        let mut best: Option<(usize, Vec<Change>)> = None;
        for period in 0..self.problem.periods.len() {
            let mut sought = self.sought(option, Some(period));
            // Only fewer than in the best one are of interest.
            if let Some((number, _)) = &best {
                sought.most = number - 1;
            }
            if sought.most > 0
                && let Some(fewer) = self.least(&[sought])
            {
                best = Some(fewer);
            }
            if best.as_ref().is_some_and(|one| one.0 <= everywhere.0) {
                break;
            }
        }
        best.filter(|one| one.0 <= everywhere.0)
            .or(Some(everywhere))
    }

    fn sought(&self, option: ExamOption, period: Option<usize>) -> Sought {
        let members = usize::from(self.problem.composition.members_min).max(1);
        Sought {
            change: Change::Examiners {
                zone: self.zone,
                option,
                period,
                count: 1,
            },
            most: (self.out * members).min(MOST[0]),
        }
    }

    fn environments(&self, centre: usize) -> Sought {
        Sought {
            change: Change::Environments { centre, count: 1 },
            most: (self.out * 2).min(MOST[1]),
        }
    }

    fn periods(&self) -> Sought {
        Sought {
            change: Change::Periods { count: 1 },
            most: if self.problem.form == Form::Ccf {
                // The rector's period is not the school's to lengthen.
                0
            } else {
                MOST[2]
            },
        }
    }

    /// The least of these changes, one after the other, that place everybody; with how many they are in all.
    fn least(&self, sought: &[Sought]) -> Option<(usize, Vec<Change>)> {
        let mut numbers: Vec<usize> = sought.iter().map(|one| one.most).collect();
        if numbers.iter().all(|number| *number == 0) || !self.places(sought, &numbers) {
            return None;
        }
        for at in 0..numbers.len() {
            let mut below = 0;
            // `numbers[at]` places everybody; `below` is not known to.
            while below < numbers[at] {
                let mut tried = numbers.clone();
                tried[at] = below.midpoint(numbers[at]);
                if self.places(sought, &tried) {
                    numbers = tried;
                } else {
                    below = tried[at] + 1;
                }
            }
        }
        let changes = sought.iter().zip(&numbers);
        let changes: Vec<Change> = changes
            .filter_map(|(one, number)| one.by(*number))
            .collect();
        Some((numbers.iter().sum(), changes))
    }

    fn places(&self, sought: &[Sought], numbers: &[usize]) -> bool {
        if (self.cancelled)() {
            return false;
        }
        let mut changed = None;
        for (one, number) in sought.iter().zip(numbers) {
            if let Some(change) = one.by(*number) {
                changed = Some(with(changed.as_ref().unwrap_or(self.problem), &change));
            }
        }
        let problem = changed.as_ref().unwrap_or(self.problem);
        let people = problem.candidates.len() as u64;
        let budget = Budget {
            seed: 1,
            changes: (500 * people).min(60_000),
            seconds: None,
            chains: 1,
        };
        solve(problem, &budget, &()).plan.left_out.is_empty()
    }
}
