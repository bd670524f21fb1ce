//! A zone's plan as commissions with their timetables.

use super::state::State;
use super::zone::Zone;
use crate::day::DayTable;
use crate::session::{Commission, Day, PlacedSlot, Problem};
use delos_domain::candidate::ExamOption;

/// The commissions of a zone, those made by hand in their order, then by centre, option, span and team.
pub(super) fn commissions(problem: &Problem, state: &State) -> Vec<Commission> {
    let mut table = DayTable::new(&problem.course, &problem.rules);
    let mut live = state.live.clone();
    live.sort_by_key(|com| {
        let one = &state.coms[usize::from(*com)];
        (
            one.fixed.is_none(),
            one.fixed,
            one.centre,
            one.option,
            one.span,
            one.team,
        )
    });
    live.into_iter()
        .map(|com| commission(problem, state, &mut table, com))
        .collect()
}

fn commission(problem: &Problem, state: &State, table: &mut DayTable, com: u16) -> Commission {
    let zone: &Zone = state.zone;
    let one = &state.coms[usize::from(com)];
    let span = &zone.spans[usize::from(one.span)];
    let mut prepared = !span.prepared;
    let mut days = Vec::new();
    for date in &span.held {
        let Some(day) = span.days.iter().position(|other| other == date) else {
            // The preparation has this day for itself.
            let after = problem.rules.open + problem.rules.preparation;
            days.push(Day {
                date: zone.dates[*date],
                preparation: Some(problem.rules.open),
                lunch: problem.rules.lunch_window.0.max(after),
                slots: Vec::new(),
            });
            continue;
        };
        let mut people: Vec<usize> = one
            .on(day)
            .iter()
            .map(|person| zone.people[*person as usize].place)
            .collect();
        people.sort_unstable();
        if people.is_empty() {
            if one.fixed.is_some() {
                days.push(empty(problem, zone.dates[*date]));
            }
            continue;
        }
        let opens = !prepared;
        prepared = true;
        let kinds: Vec<_> = people
            .iter()
            .map(|place| problem.candidates[*place].accommodation)
            .collect();
        // Every day was asked for before anybody was put there; were one refused, the checker would say so.
        let Some(solved) = table.day(opens, &kinds) else {
            continue;
        };
        let mut slots: Vec<PlacedSlot> = solved
            .slots
            .iter()
            .zip(&people)
            .map(|(slot, place)| PlacedSlot {
                candidate: problem.candidates[*place].key,
                starts: slot.starts.clone(),
                environment: slot.environment,
            })
            .collect();
        slots.sort_by(|a, b| a.starts.cmp(&b.starts));
        days.push(Day {
            date: zone.dates[*date],
            preparation: solved.preparation,
            lunch: solved.lunch,
            slots,
        });
    }
    let mut members: Vec<usize> = one.members[..zone.size]
        .iter()
        .filter_map(|who| zone.examiners.get(usize::from(*who)))
        .map(|who| problem.examiners[who.place].key)
        .collect();
    let by_hand = one.fixed.map(|place| &problem.fixed[place].members);
    match by_hand {
        Some(given) if !given.is_empty() => members.clone_from(given),
        _ => members.sort_unstable(),
    }
    Commission {
        fixed: one.fixed,
        option: ExamOption::ALL[usize::from(one.option)].0,
        centre: problem.centres[zone.centres[usize::from(one.centre)]].key,
        members,
        template: span.template.clone(),
        days,
    }
}

/// A day of a commission made by hand on which nobody is heard.
fn empty(problem: &Problem, date: chrono::NaiveDate) -> Day {
    Day {
        date,
        preparation: None,
        lunch: problem.rules.lunch_window.0,
        slots: Vec::new(),
    }
}
