//! The days on which a commission can sit: a span a period, one a commission made by hand, and parts of periods.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::calendar::is_working_day;
use delos_domain::regulation::PeriodTemplate;

use super::{DAYS, SEATS, Span};
use crate::session::Problem;

/// Every date that is of the problem, a preparation's own included.
pub(super) fn dates(problem: &Problem) -> Vec<NaiveDate> {
    let mut dates: BTreeSet<NaiveDate> = problem.periods.iter().flatten().copied().collect();
    dates.extend(problem.fixed.iter().flat_map(|one| &one.days));
    for period in &problem.periods {
        dates.extend(period.first().and_then(|first| day_before(*first)));
    }
    dates.into_iter().collect()
}

/// The last working day before a date.
fn day_before(date: NaiveDate) -> Option<NaiveDate> {
    let mut before = date.pred_opt()?;
    while !is_working_day(before) {
        before = before.pred_opt()?;
    }
    Some(before)
}

/// One span of the first template a period.
pub(super) fn spans(problem: &Problem, dates: &[NaiveDate]) -> Vec<Span> {
    let Some(template) = problem.templates.first() else {
        return Vec::new();
    };
    let alone = template
        .days
        .iter()
        .any(|day| day.preparation && day.max == 0);
    problem
        .periods
        .iter()
        .enumerate()
        .map(|(order, period)| {
            let mut days = Vec::new();
            if alone {
                days.extend(period.first().and_then(|first| day_before(*first)));
            }
            days.extend(period);
            Span {
                order,
                ..span(problem, template, &days, dates)
            }
        })
        .collect()
}

/// A template laid on dates; a date without line in the template is not used.
fn span(
    problem: &Problem,
    template: &PeriodTemplate,
    days: &[NaiveDate],
    dates: &[NaiveDate],
) -> Span {
    let at = |date: &NaiveDate| dates.binary_search(date).ok();
    let lines = || days.iter().zip(&template.days);
    let heard = || template.days.iter().filter(|day| day.max > 0);
    let prepared = problem.rules.preparation > 0 && heard().any(|day| day.preparation);
    let usual = heard().map(|day| day.max).max().unwrap_or(0);
    let granted = heard().map(|day| day.hard_max).max().unwrap_or(0);
    let most = if problem.sixth {
        granted.max(usual)
    } else {
        usual
    };
    let seats = u8::try_from(SEATS).unwrap_or(u8::MAX);
    Span {
        days: lines()
            .filter(|(_, line)| line.max > 0)
            .filter_map(|(date, _)| at(date))
            .take(DAYS)
            .collect(),
        held: lines().filter_map(|(date, _)| at(date)).collect(),
        booked: lines().filter_map(|(date, _)| at(date)).collect(),
        first: heard()
            .find(|day| day.preparation)
            .map_or(most, |day| day.max)
            .min(seats),
        usual: usual.min(seats),
        most: most.min(seats),
        prepared,
        clash: 0,
        order: 0,
        template: template.code.clone(),
    }
}

/// Every choice of days of each period on which an examiner of the zone is away, or a centre closed, on some days and not on
/// all.
pub(super) fn parts(
    problem: &Problem,
    key: usize,
    dates: &[NaiveDate],
    periods: &[Span],
) -> Vec<Span> {
    let examiners = || problem.examiners.iter().filter(|one| one.zone == key);
    let centres = || problem.centres.iter().filter(|one| one.zone == key);
    let mut parts = Vec::new();
    for (order, span) in periods.iter().enumerate() {
        let partly = |off: &dyn Fn(NaiveDate) -> bool| {
            let off = |day: &usize| off(dates[*day]);
            span.days.iter().any(off) && !span.days.iter().all(off)
        };
        let away = examiners().any(|one| partly(&|date| problem.is_away(one, date)));
        let shut = || centres().any(|one| partly(&|date| one.closed.contains(&date)));
        if !(away || shut()) {
            continue;
        }
        let all = (1_usize << span.days.len()) - 1;
        parts.extend((1..all).map(|choice| {
            let left = |day: &usize| {
                let place = span.days.iter().position(|other| other == day);
                place.is_none_or(|place| choice >> place & 1 == 1)
            };
            let kept = |days: &[usize]| days.iter().copied().filter(left).collect();
            Span {
                days: kept(&span.days),
                held: kept(&span.held),
                order,
                ..span.clone()
            }
        }));
    }
    parts
}

/// Adds the spans of the commissions made by hand in the zone, one for all that sit on the same days of the same template; the
/// place of each commission's, in their order.
pub(super) fn add_fixed(
    problem: &Problem,
    key: usize,
    dates: &[NaiveDate],
    spans: &mut Vec<Span>,
) -> Vec<usize> {
    let mut known: Vec<(&[NaiveDate], &str, usize)> = Vec::new();
    let mut places = Vec::new();
    for place in fixed_of(problem, key) {
        let one = &problem.fixed[place];
        let of_code = |template: &&PeriodTemplate| template.code == one.template;
        let template = problem.templates.iter().find(of_code);
        let Some(template) = template.or(problem.templates.first()) else {
            continue;
        };
        let alike = (one.days.as_slice(), template.code.as_str());
        let found = known.iter().find(|(days, code, _)| (*days, *code) == alike);
        if let Some((.., span)) = found {
            places.push(*span);
            continue;
        }
        let mut span = span(problem, template, &one.days, dates);
        let mut periods = problem.periods.iter().enumerate();
        let touched = |days: &[NaiveDate]| days.iter().any(|day| one.days.contains(day));
        let period = periods.find(|(_, days)| touched(days));
        if let Some((order, days)) = period {
            span.order = order;
            let days = days.iter().filter_map(|day| dates.binary_search(day).ok());
            span.booked.extend(days);
            span.booked.sort_unstable();
            span.booked.dedup();
        }
        known.push((alike.0, alike.1, spans.len()));
        places.push(spans.len());
        spans.push(span);
    }
    places
}

/// Places of the commissions made by hand in a zone.
pub(in crate::engine) fn fixed_of(problem: &Problem, key: usize) -> impl Iterator<Item = usize> {
    (0..problem.fixed.len()).filter(move |place| {
        let centre = problem.fixed[*place].centre;
        let mut centres = problem.centres.iter();
        centres.any(|one| one.key == centre && one.zone == key)
    })
}

/// Two spans clash when they share a day, or are of one period (M5).
pub(super) fn clashes(problem: &Problem, dates: &[NaiveDate], spans: &mut [Span]) {
    let periods: Vec<BTreeSet<usize>> = spans
        .iter()
        .map(|span| {
            let of =
                |days: &Vec<NaiveDate>| span.days.iter().any(|day| days.contains(&dates[*day]));
            (0..problem.periods.len())
                .filter(|period| of(&problem.periods[*period]))
                .collect()
        })
        .collect();
    for place in 0..spans.len() {
        let mut clash = 0;
        for (other, its) in spans.iter().enumerate() {
            let shared = spans[place].held.iter().any(|day| its.held.contains(day));
            if shared || !periods[place].is_disjoint(&periods[other]) {
                clash |= 1_u128 << other;
            }
        }
        spans[place].clash = clash;
    }
}
