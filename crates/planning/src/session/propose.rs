//! The greedy search and its orders.

use chrono::NaiveDate;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::regulation::PeriodTemplate;

use super::commissions::{Draft, Used, may_hear, may_sit_at};
use super::members::Choice;
use super::reasons::{Still, reason};
use super::{Commission, Day, PlacedSlot, Plan, Problem};
use crate::day::DayTable;

/// How many orders are tried.
const ORDERS: usize = 8;

/// The best plan of the orders tried.
pub fn propose(problem: &Problem) -> Plan {
    let mut table = DayTable::new(&problem.course, &problem.rules);
    let people = People::of(problem, &mut table);
    let mut best: Option<Attempt> = None;
    for order in 0..ORDERS {
        let attempt = Greedy::new(problem, &people, &mut table, order).run();
        if best
            .as_ref()
            .is_none_or(|old| attempt.score() < old.score())
        {
            best = Some(attempt);
        }
    }
    let Some(Attempt {
        drafts,
        waiting,
        used,
    }) = best
    else {
        return Plan::default();
    };
    let commissions = drafts
        .iter()
        .map(|draft| finish(problem, &mut table, draft))
        .collect();
    let mut left: Vec<usize> = people.fit_no_day.iter().copied().chain(waiting).collect();
    left.sort_unstable();
    let left_out = left
        .into_iter()
        .map(|place| {
            let candidate = &problem.candidates[place];
            let still = still_possible(problem, &people, &used, place);
            (candidate.key, reason(problem, &mut table, candidate, still))
        })
        .collect();
    Plan {
        commissions,
        left_out,
    }
}

/// What is known of the candidates before anybody is placed, by place in the problem's list.
struct People {
    /// Whose own chain fits in some day, hardest first.
    to_place: Vec<usize>,
    /// Place of each in `to_place`; of those who are not in it, 0.
    rank: Vec<usize>,
    /// Whose own chain fits in no day: no commission can promise to hear them.
    fit_no_day: Vec<usize>,
    /// Whether he can be the first whom a commission of the first template hears: his chain fits after the preparation.
    can_open: Vec<bool>,
    /// Whether he may sit at each centre.
    may_sit: Vec<Vec<bool>>,
}

impl People {
    fn of(problem: &Problem, table: &mut DayTable) -> Self {
        let prepared = problem
            .templates
            .first()
            .is_some_and(|template| is_prepared(problem, template));
        let mut to_place: Vec<usize> = (0..problem.candidates.len()).collect();
        // Whoever has extra time or needs access first: they fit in fewer places.
        to_place.sort_by_key(|place| {
            let one = &problem.candidates[*place];
            let extra = one.accommodation != delos_domain::candidate::Accommodation::NONE;
            (!one.needs_access, !extra, one.key)
        });
        let mut fits = |preparation, place: usize| {
            table.fits(preparation, &[problem.candidates[place].accommodation])
        };
        let can_open = (0..problem.candidates.len())
            .map(|place| fits(prepared, place))
            .collect();
        let (to_place, fit_no_day): (Vec<usize>, Vec<usize>) =
            to_place.into_iter().partition(|place| fits(false, *place));
        let mut rank = vec![0; problem.candidates.len()];
        for (at, place) in to_place.iter().enumerate() {
            rank[*place] = at;
        }
        let may_sit = problem
            .candidates
            .iter()
            .map(|one| {
                problem
                    .centres
                    .iter()
                    .map(|centre| may_sit_at(problem, one, centre))
                    .collect()
            })
            .collect();
        Self {
            to_place,
            rank,
            fit_no_day,
            can_open,
            may_sit,
        }
    }
}

/// What a candidate left out could still have, once everybody else is placed.
fn still_possible(problem: &Problem, people: &People, used: &Used, place: usize) -> Still {
    let anybody = vec![true; problem.candidates.len()];
    let mut still = Still {
        examiners: false,
        room: false,
        can_open: people.can_open[place],
    };
    for days in &problem.periods {
        let free: Vec<usize> = (0..problem.examiners.len())
            .filter(|one| used.is_free(problem, &problem.examiners[*one], days))
            .collect();
        let choice = Choice {
            problem,
            option: problem.candidates[place].option,
            used,
            free: &free,
            could: &[place],
            can_open: &anybody,
        };
        if choice.members(1).is_some() {
            still.examiners = true;
            still.room |= problem.centres.iter().enumerate().any(|(at, centre)| {
                people.may_sit[place][at] && used.has_room(problem, centre, days)
            });
        }
    }
    still
}

/// What one order led to.
struct Attempt {
    drafts: Vec<Draft>,
    /// Places of those left out.
    waiting: Vec<usize>,
    used: Used,
}

impl Attempt {
    /// Fewest left out, then fewest commissions.
    fn score(&self) -> (usize, usize) {
        (self.waiting.len(), self.drafts.len())
    }
}

struct Greedy<'a, 'b, 'c> {
    problem: &'a Problem,
    people: &'a People,
    table: &'b mut DayTable<'c>,
    order: usize,
    used: Used,
    drafts: Vec<Draft>,
    /// Places of the candidates who wait, hardest first.
    waiting: Vec<usize>,
}

impl<'a, 'b, 'c> Greedy<'a, 'b, 'c> {
    fn new(
        problem: &'a Problem,
        people: &'a People,
        table: &'b mut DayTable<'c>,
        order: usize,
    ) -> Self {
        Self {
            problem,
            people,
            table,
            order,
            used: Used::new(problem),
            drafts: Vec::new(),
            waiting: people.to_place.clone(),
        }
    }

    fn run(mut self) -> Attempt {
        for (place, fixed) in self.problem.fixed.iter().enumerate() {
            let template = self
                .problem
                .templates
                .iter()
                .find(|one| one.code == fixed.template)
                .or(self.problem.templates.first());
            let Some(template) = template else { continue };
            let members = fixed
                .members
                .iter()
                .filter_map(|key| {
                    self.problem
                        .examiners
                        .iter()
                        .position(|one| one.key == *key)
                })
                .collect();
            let draft = Draft {
                fixed: Some(place),
                option: fixed.option,
                centre: fixed.centre,
                members,
                template: template.code.clone(),
                days: Draft::days(template, &fixed.days),
            };
            self.used.take(self.problem, &draft);
            self.drafts.push(draft);
        }
        for place in 0..self.drafts.len() {
            self.fill(place);
        }
        // Each hears somebody at least, since one of those whom it promises to hear can open it.
        while let Some(draft) = self.next_commission() {
            self.used.take(self.problem, &draft);
            self.drafts.push(draft);
            if self.fill(self.drafts.len() - 1) == 0 {
                self.drafts.pop();
                break;
            }
        }
        Attempt {
            drafts: self.drafts,
            waiting: self.waiting,
            used: self.used,
        }
    }

    /// The commission that would hear the most of those who wait; in CCF, spread over the period (annexe 9).
    fn next_commission(&mut self) -> Option<Draft> {
        let problem = self.problem;
        let template = problem.templates.first()?;
        let capacity: usize = template.days.iter().map(|day| usize::from(day.max)).sum();
        // Who is free depends on the period only.
        let periods: Vec<(&Vec<NaiveDate>, Vec<usize>)> = self
            .periods()
            .into_iter()
            .map(|days| {
                let free = (0..problem.examiners.len())
                    .filter(|place| self.used.is_free(problem, &problem.examiners[*place], days))
                    .collect();
                (days, free)
            })
            .collect();
        let mut best: Option<((usize, usize, u16, usize), Draft)> = None;
        for option in self.options() {
            for (at, centre) in problem.centres.iter().enumerate() {
                let could: Vec<usize> = self
                    .waiting
                    .iter()
                    .copied()
                    .filter(|place| {
                        problem.candidates[*place].option == option
                            && self.people.may_sit[*place][at]
                    })
                    .collect();
                if could.is_empty() {
                    continue;
                }
                for (rank, (days, free)) in periods.iter().enumerate() {
                    let room: usize = days
                        .iter()
                        .zip(&template.days)
                        .map(|(_, day)| usize::from(day.max))
                        .sum();
                    if room == 0 || !self.used.has_room(problem, centre, days) {
                        continue;
                    }
                    let choice = Choice {
                        problem,
                        option,
                        used: &self.used,
                        free,
                        could: &could,
                        can_open: &self.people.can_open,
                    };
                    let Some((members, heard, load)) = choice.members(capacity) else {
                        continue;
                    };
                    // Most heard first; then the period preferred; then rested examiners; then the smaller centre key.
                    let score = (capacity - heard.min(room), rank, load, centre.key);
                    if best.as_ref().is_none_or(|(old, _)| score < *old) {
                        let draft = Draft {
                            fixed: None,
                            option,
                            centre: centre.key,
                            members,
                            template: template.code.clone(),
                            days: Draft::days(template, days),
                        };
                        best = Some((score, draft));
                    }
                }
            }
        }
        best.map(|(_, draft)| draft)
    }

    /// Fills a commission with those who wait; how many it hears now.
    ///
    /// Whoever fits only on a day without preparation is tried again once others have opened the commission.
    fn fill(&mut self, draft: usize) -> usize {
        let problem = self.problem;
        let Some(at) = problem
            .centres
            .iter()
            .position(|centre| centre.key == self.drafts[draft].centre)
        else {
            return 0;
        };
        let waiting = std::mem::take(&mut self.waiting);
        let mut refused_closed = Vec::new();
        for place in waiting {
            let opened = self.drafts[draft].heard() > 0;
            if self.may_join(draft, at, place) && self.seat(draft, place) {
                if !opened {
                    let again = std::mem::take(&mut refused_closed);
                    for place in again {
                        if !self.seat(draft, place) {
                            self.waiting.push(place);
                        }
                    }
                }
            } else if !opened && self.may_join(draft, at, place) {
                refused_closed.push(place);
            } else {
                self.waiting.push(place);
            }
        }
        self.waiting.append(&mut refused_closed);
        let people = self.people;
        self.waiting.sort_by_key(|place| people.rank[*place]);
        self.drafts[draft].heard()
    }

    /// Whether a commission at the centre of place `at` may hear a candidate.
    fn may_join(&self, draft: usize, at: usize, place: usize) -> bool {
        let (problem, one) = (self.problem, &self.drafts[draft]);
        let candidate = &problem.candidates[place];
        candidate.option == one.option
            && self.people.may_sit[place][at]
            && one
                .members
                .iter()
                .all(|member| may_hear(problem, &problem.examiners[*member], candidate))
    }

    /// Seats a candidate on the first day that holds him.
    fn seat(&mut self, draft: usize, place: usize) -> bool {
        let problem = self.problem;
        let one = &mut self.drafts[draft];
        let prepared = has_preparation(problem, one);
        let mut somebody = false;
        for day in &mut one.days {
            // The preparation stands on the first day that has a candidate.
            let preparation = prepared && !somebody;
            somebody |= !day.candidates.is_empty();
            if day.candidates.len() >= day.max {
                continue;
            }
            let mut kinds: Vec<_> = day
                .candidates
                .iter()
                .map(|place| problem.candidates[*place].accommodation)
                .collect();
            kinds.push(problem.candidates[place].accommodation);
            if self.table.fits(preparation, &kinds) {
                day.candidates.push(place);
                return true;
            }
        }
        false
    }

    /// Periods in the order in which they are tried: spread out in CCF, in order in the ponctuelle form.
    fn periods(&self) -> Vec<&'a Vec<NaiveDate>> {
        let count = self.problem.periods.len();
        let mut order: Vec<usize> = (0..count).collect();
        match self.problem.form {
            Form::Ccf => {
                let taken: Vec<usize> = self
                    .drafts
                    .iter()
                    .filter_map(|draft| {
                        self.problem.periods.iter().position(|days| {
                            days.first() == draft.days.first().map(|day| &day.date)
                        })
                    })
                    .collect();
                // As far as can be from the periods that have a commission already; the first one in the middle.
                let distance = |period: usize| {
                    taken
                        .iter()
                        .map(|other| period.abs_diff(*other))
                        .min()
                        .unwrap_or(count - period.abs_diff(count / 2))
                };
                order.sort_by_key(|period| (std::cmp::Reverse(distance(*period)), *period));
            }
            Form::Ponctuelle => order.rotate_left(if count == 0 {
                0
            } else {
                (self.order / 2) % count
            }),
        }
        order
            .into_iter()
            .map(|period| &self.problem.periods[period])
            .collect()
    }

    /// Options, the one with fewer examiners first, or last in every other order.
    fn options(&self) -> Vec<ExamOption> {
        let mut options: Vec<ExamOption> =
            ExamOption::ALL.iter().map(|(option, _)| *option).collect();
        options.sort_by_key(|option| {
            self.problem
                .examiners
                .iter()
                .filter(|one| one.options.contains(option))
                .count()
        });
        if self.order % 2 == 1 {
            options.reverse();
        }
        options
    }
}

/// The timetable of each day of a commission.
fn finish(problem: &Problem, table: &mut DayTable, draft: &Draft) -> Commission {
    let mut prepared = !has_preparation(problem, draft);
    let days = draft
        .days
        .iter()
        .filter(|day| {
            draft.fixed.is_some() || !day.candidates.is_empty() || day.is_preparation_only()
        })
        .map(|day| {
            if day.is_preparation_only() {
                let preparation = Some(problem.rules.open);
                return Day {
                    date: day.date,
                    preparation,
                    lunch: problem
                        .rules
                        .lunch_window
                        .0
                        .max(problem.rules.open + problem.rules.preparation),
                    slots: Vec::new(),
                };
            }
            let preparation = !prepared && !day.candidates.is_empty();
            prepared |= preparation;
            let kinds: Vec<_> = day
                .candidates
                .iter()
                .map(|place| problem.candidates[*place].accommodation)
                .collect();
            let solved = table.day(preparation, &kinds);
            let mut slots: Vec<PlacedSlot> = Vec::new();
            if let Some(solved) = &solved {
                for (slot, place) in solved.slots.iter().zip(&day.candidates) {
                    slots.push(PlacedSlot {
                        candidate: problem.candidates[*place].key,
                        starts: slot.starts.clone(),
                        environment: slot.environment,
                    });
                }
            }
            slots.sort_by(|a, b| a.starts.cmp(&b.starts));
            let (lunch, preparation) = match solved {
                Some(solved) => (solved.lunch, solved.preparation),
                None => (problem.rules.lunch_window.0, None),
            };
            Day {
                date: day.date,
                preparation,
                lunch,
                slots,
            }
        })
        .collect();
    Commission {
        fixed: draft.fixed,
        option: draft.option,
        centre: draft.centre,
        members: draft
            .members
            .iter()
            .map(|place| problem.examiners[*place].key)
            .collect(),
        template: draft.template.clone(),
        days,
    }
}

/// Whether the preparation is part of the first day that has a candidate; in a template where it has a day of its own
/// (« lot de dix »), it is part of none.
fn has_preparation(problem: &Problem, draft: &Draft) -> bool {
    let alone = draft
        .days
        .iter()
        .any(super::commissions::DraftDay::is_preparation_only);
    !alone
        && problem
            .templates
            .iter()
            .find(|one| one.code == draft.template)
            .is_some_and(|one| {
                problem.rules.preparation > 0 && one.days.iter().any(|day| day.preparation)
            })
}

/// The same of a whole period of a template.
fn is_prepared(problem: &Problem, template: &PeriodTemplate) -> bool {
    let has = |alone: bool| {
        template
            .days
            .iter()
            .any(|day| day.preparation && (day.max == 0) == alone)
    };
    problem.rules.preparation > 0 && has(false) && !has(true)
}
