//! Where his phases fit: between those that stand on a day, or alone on a day that opens. Minutes after midnight.

use delos_domain::candidate::Accommodation;

use super::index::Index;
use super::refusal::SeatRule;
use crate::day::solve;
use crate::session::{Candidate, Commission, Day, Problem};

/// His times on a day.
pub(super) struct Times {
    pub preparation: Option<u16>,
    pub lunch: u16,
    pub starts: Vec<u16>,
    pub environment: Option<u8>,
}

/// Ranges of minutes, the end excluded.
type Ranges = Vec<(u16, u16)>;

fn is_free(ranges: &Ranges, start: u16, end: u16) -> bool {
    ranges.iter().all(|(from, to)| end <= *from || *to <= start)
}

/// One candidate's phases from a start of the first: each phase's start (of a floating one, where the chain ends), what
/// the commission does, and from when to when he holds his environment.
#[derive(Clone)]
pub(super) struct Chain {
    pub starts: Vec<u16>,
    work: Ranges,
    environment: Option<(u16, u16)>,
    pub end: u16,
}

fn chain(problem: &Problem, accommodation: Accommodation, start: u16) -> Chain {
    let mut at = start;
    let mut chain = Chain {
        starts: Vec::with_capacity(problem.course.phases.len()),
        work: Vec::with_capacity(2),
        environment: None,
        end: start,
    };
    for phase in &problem.course.phases {
        chain.starts.push(at);
        if phase.floating {
            continue;
        }
        let end = at.saturating_add(phase.minutes_for(accommodation, problem.rules.grid));
        if phase.commission {
            chain.work.push((at, end));
        }
        chain.end = end;
        at = end.saturating_add(phase.margin);
        if phase.environment {
            let from = chain
                .environment
                .map_or(chain.starts[chain.starts.len() - 1], |(from, _)| from);
            chain.environment = Some((from, at));
        }
    }
    chain
}

/// A day as it stands: what the commission does, and who holds which environment.
#[derive(Clone)]
pub(super) struct Board<'a> {
    problem: &'a Problem,
    lunch: (u16, u16),
    /// Whether those who stand leave the commission free during the pause.
    pub pauses: bool,
    /// First minute at which somebody may begin.
    open: u16,
    busy: Ranges,
    held: Vec<Ranges>,
}

impl<'a> Board<'a> {
    /// A day with its preparation, its pause at `lunch`, and those who stand: their extra time, starts and environment.
    pub fn of<'s>(
        problem: &'a Problem,
        preparation: Option<u16>,
        lunch: u16,
        stand: impl Iterator<Item = (Accommodation, &'s [u16], Option<u8>)>,
    ) -> Self {
        let rules = &problem.rules;
        let lunch = (lunch, lunch.saturating_add(rules.lunch));
        let mut board = Self {
            problem,
            lunch,
            pauses: true,
            open: rules.open,
            busy: vec![lunch],
            held: vec![Vec::new(); usize::from(rules.environments)],
        };
        let apart = |start: u16, end: u16| end <= lunch.0 || lunch.1 <= start;
        if let Some(start) = preparation {
            let end = start.saturating_add(rules.preparation);
            board.pauses &= apart(start, end);
            board.busy.push((start, end));
            board.open = board.open.max(end);
        }
        for (accommodation, starts, environment) in stand {
            let first = starts.first().copied().unwrap_or(rules.open);
            let chain = chain(problem, accommodation, first);
            board.pauses &= apart(first, chain.end);
            board.hold(&chain, environment);
            for (phase, start) in problem.course.phases.iter().zip(starts) {
                if phase.floating && phase.commission {
                    let end = start.saturating_add(phase.minutes_for(accommodation, rules.grid));
                    board.pauses &= apart(*start, end);
                    board.busy.push((*start, end));
                }
            }
        }
        board
    }

    /// Starts on the grid, the earliest first.
    pub fn starts(&self) -> impl Iterator<Item = u16> + use<> {
        let step = self.problem.rules.grid.max(1);
        let first = self.open.div_ceil(step).saturating_mul(step);
        (first..self.problem.rules.close).step_by(usize::from(step))
    }

    /// His chain from this start, if the commission is free for it and it does not cross the pause.
    pub fn chain(&self, accommodation: Accommodation, start: u16) -> Option<Chain> {
        let his = chain(self.problem, accommodation, start);
        let crosses = start < self.lunch.1 && his.end > self.lunch.0;
        let fits = his.end <= self.problem.rules.close && !crosses && self.is_free_for(&his);
        fits.then_some(his)
    }

    /// Every chain of his that fits.
    pub fn chains(&self, accommodation: Accommodation) -> Vec<Chain> {
        self.starts()
            .filter_map(|start| self.chain(accommodation, start))
            .collect()
    }

    /// Whether the commission is free for a chain.
    pub fn is_free_for(&self, his: &Chain) -> bool {
        let mut work = his.work.iter();
        work.all(|(start, end)| is_free(&self.busy, *start, *end))
    }

    /// Environments that are free for a chain; one that is none where it needs none.
    pub fn environments(&self, his: &Chain) -> Vec<Option<u8>> {
        match his.environment {
            Some((from, to)) if !self.held.is_empty() => (1..)
                .zip(&self.held)
                .filter(|(_, ranges)| is_free(ranges, from, to))
                .map(|(number, _)| Some(number))
                .collect(),
            _ => vec![None],
        }
    }

    /// Takes what a chain needs.
    pub fn hold(&mut self, his: &Chain, environment: Option<u8>) {
        self.busy.extend(&his.work);
        if let (Some(range), Some(number)) = (his.environment, environment)
            && let Some(ranges) = self.held.get_mut(usize::from(number).saturating_sub(1))
        {
            ranges.push(range);
        }
    }

    /// Gives what floats of a chain its start: as soon as the commission is free. Whether it could.
    pub fn float(&mut self, his: &mut Chain, accommodation: Accommodation) -> bool {
        let rules = &self.problem.rules;
        let step = rules.grid.max(1);
        for (place, phase) in self.problem.course.phases.iter().enumerate() {
            if !phase.floating {
                continue;
            }
            let length = phase.minutes_for(accommodation, rules.grid);
            let from = his.end.div_ceil(step).saturating_mul(step);
            let mut starts = (from..=rules.close.saturating_sub(length)).step_by(usize::from(step));
            let Some(start) = starts.find(|start| is_free(&self.busy, *start, start + length))
            else {
                return false;
            };
            if phase.commission {
                self.busy.push((start, start + length));
            }
            his.starts[place] = start;
        }
        true
    }

    /// The earliest times for one more.
    pub fn earliest(&self, accommodation: Accommodation) -> Option<(Vec<u16>, Option<u8>)> {
        self.starts().find_map(|start| {
            let mut his = self.chain(accommodation, start)?;
            let environment = self.environments(&his).into_iter().next()?;
            let mut then = self.clone();
            then.hold(&his, environment);
            then.float(&mut his, accommodation)
                .then_some((his.starts, environment))
        })
    }
}

impl<'a> Index<'a> {
    /// A day as it stands.
    pub(super) fn board(&self, day: &Day) -> Board<'a> {
        let stand = day.slots.iter().map(|slot| {
            let his = self.accommodation(slot.candidate);
            (his, &slot.starts[..], slot.environment)
        });
        Board::of(self.problem, day.preparation, day.lunch, stand)
    }

    /// A candidate's extra time.
    pub(super) fn accommodation(&self, candidate: usize) -> Accommodation {
        let one = self.candidates.get(&candidate);
        one.map_or(Accommodation::NONE, |one| one.accommodation)
    }
}

/// The earliest times among those who sit on that day.
pub(super) fn among(
    index: &Index,
    one: &Commission,
    day: &Day,
    candidate: &Candidate,
) -> Result<Times, SeatRule> {
    if day.slots.len() >= most(index.problem, one, day).1 {
        return Err(SeatRule::DayFull);
    }
    let (starts, environment) = index
        .board(day)
        .earliest(candidate.accommodation)
        .ok_or(SeatRule::NoRoom)?;
    Ok(Times {
        preparation: day.preparation,
        lunch: day.lunch,
        starts,
        environment,
    })
}

/// The best times of a day on which he is alone.
pub(super) fn alone(
    problem: &Problem,
    candidate: &Candidate,
    preparation: bool,
) -> Result<Times, SeatRule> {
    let day = solve(
        &problem.course,
        &problem.rules,
        &[candidate.accommodation],
        preparation,
    )
    .ok_or(SeatRule::NoRoom)?;
    let slot = day.slots.into_iter().next().ok_or(SeatRule::NoRoom)?;
    Ok(Times {
        preparation: day.preparation,
        lunch: day.lunch,
        starts: slot.starts,
        environment: slot.environment,
    })
}

/// Most candidates of a day in the usual case, and with those whom the authority has granted: after the preparation fewer
/// (annexe 9-4).
pub(super) fn most(problem: &Problem, one: &Commission, day: &Day) -> (usize, usize) {
    let template = problem
        .templates
        .iter()
        .find(|line| line.code == one.template);
    let lines = template.map_or(&[][..], |template| &template.days);
    let line = if day.preparation.is_some() {
        lines.iter().find(|line| line.preparation && line.max > 0)
    } else {
        lines.iter().max_by_key(|line| line.max)
    };
    line.map_or((0, 0), |line| {
        let usual = usize::from(line.max);
        let granted = if problem.sixth {
            usual.max(usize::from(line.hard_max))
        } else {
            usual
        };
        (usual, granted)
    })
}
