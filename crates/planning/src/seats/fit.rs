//! Where his phases fit: between those that stand on a day, or alone on a day that opens.

use delos_domain::candidate::Accommodation;

use super::refusal::SeatRule;
use super::solve;
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
struct Chain {
    starts: Vec<u16>,
    work: Ranges,
    environment: Option<(u16, u16)>,
    end: u16,
}

fn chain(problem: &Problem, accommodation: Accommodation, start: u16) -> Chain {
    let mut at = start;
    let mut chain = Chain {
        starts: Vec::new(),
        work: Vec::new(),
        environment: None,
        end: start,
    };
    for phase in &problem.course.phases {
        let length = phase.minutes_for(accommodation, problem.rules.grid);
        chain.starts.push(at);
        if phase.floating {
            continue;
        }
        if phase.commission {
            chain.work.push((at, at + length));
        }
        chain.end = at + length;
        if phase.environment {
            let from = chain.environment.map_or(at, |(from, _)| from);
            chain.environment = Some((from, at + length + phase.margin));
        }
        at += length + phase.margin;
    }
    chain
}

/// The earliest times among those who sit on that day.
pub(super) fn among(
    problem: &Problem,
    one: &Commission,
    day: &Day,
    candidate: &Candidate,
) -> Result<Times, SeatRule> {
    if day.slots.len() >= most(problem, one, day) {
        return Err(SeatRule::DayFull);
    }
    let rules = &problem.rules;
    let lunch = (day.lunch, day.lunch + rules.lunch);
    let mut busy: Ranges = vec![lunch];
    let mut open = rules.open;
    if let Some(start) = day.preparation {
        busy.push((start, start + rules.preparation));
        open = open.max(start + rules.preparation);
    }
    let mut held: Vec<Ranges> = vec![Vec::new(); usize::from(rules.environments)];
    for slot in &day.slots {
        let other = problem
            .candidates
            .iter()
            .find(|other| other.key == slot.candidate);
        let accommodation = other.map_or(Accommodation::NONE, |other| other.accommodation);
        let first = slot.starts.first().copied().unwrap_or(rules.open);
        let its = chain(problem, accommodation, first);
        busy.extend(its.work);
        for (phase, start) in problem.course.phases.iter().zip(&slot.starts) {
            if phase.floating && phase.commission {
                busy.push((*start, start + phase.minutes_for(accommodation, rules.grid)));
            }
        }
        if let (Some(range), Some(number)) = (its.environment, slot.environment)
            && let Some(ranges) = held.get_mut(usize::from(number).saturating_sub(1))
        {
            ranges.push(range);
        }
    }
    let step = rules.grid.max(1);
    let mut start = open.div_ceil(step) * step;
    while start < rules.close {
        if let Some(times) = at(problem, candidate, start, (lunch, &busy, &held)) {
            return Ok(Times {
                preparation: day.preparation,
                lunch: day.lunch,
                ..times
            });
        }
        start += step;
    }
    Err(SeatRule::NoRoom)
}

/// His times from this start, if they fit.
fn at(
    problem: &Problem,
    candidate: &Candidate,
    start: u16,
    (lunch, busy, held): ((u16, u16), &Ranges, &[Ranges]),
) -> Option<Times> {
    let rules = &problem.rules;
    let mut his = chain(problem, candidate.accommodation, start);
    let crosses = start < lunch.1 && his.end > lunch.0;
    if his.end > rules.close || crosses || !his.work.iter().all(|(a, b)| is_free(busy, *a, *b)) {
        return None;
    }
    let environment = match his.environment {
        Some((from, to)) if rules.environments > 0 => {
            let free = held.iter().position(|ranges| is_free(ranges, from, to))?;
            u8::try_from(free + 1).ok()
        }
        _ => None,
    };
    // What floats comes as soon as the commission is free after the chain.
    let mut busy = busy.clone();
    busy.extend(&his.work);
    let step = usize::from(rules.grid.max(1));
    for (place, phase) in problem.course.phases.iter().enumerate() {
        if !phase.floating {
            continue;
        }
        let length = phase.minutes_for(candidate.accommodation, rules.grid);
        let from = his.end.next_multiple_of(rules.grid.max(1));
        let free = (from..=rules.close.saturating_sub(length))
            .step_by(step)
            .find(|start| is_free(&busy, *start, start + length))?;
        busy.push((free, free + length));
        his.starts[place] = free;
    }
    Some(Times {
        preparation: None,
        lunch: lunch.0,
        starts: his.starts,
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

/// Most candidates of the usual case on that day: after the preparation fewer (annexe 9-4).
fn most(problem: &Problem, one: &Commission, day: &Day) -> usize {
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
    line.map_or(0, |line| usize::from(line.max))
}
