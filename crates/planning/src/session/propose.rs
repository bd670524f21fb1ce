//! The greedy search and its orders.

use chrono::NaiveDate;
use delos_domain::candidate::{ExamOption, Form};

use super::commissions::{Draft, Used, is_composed, may_hear, may_sit_at};
use super::reasons::reason;
use super::{Commission, Day, PlacedSlot, Plan, Problem};
use crate::day::DayTable;

/// How many orders are tried.
const ORDERS: usize = 8;

/// The best plan of the orders tried.
pub fn propose(problem: &Problem) -> Plan {
    let mut table = DayTable::new(&problem.course, &problem.rules);
    let mut best: Option<Attempt> = None;
    for order in 0..ORDERS {
        let attempt = Greedy::new(problem, &mut table, order).run();
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
    let left_out = waiting
        .into_iter()
        .map(|place| {
            let candidate = &problem.candidates[place];
            let free = problem.periods.iter().any(|days| {
                problem
                    .examiners
                    .iter()
                    .filter(|one| {
                        one.options.contains(&candidate.option)
                            && may_hear(problem, one, candidate)
                            && used.is_free(one, days)
                    })
                    .count()
                    >= usize::from(problem.composition.members_min)
            });
            (candidate.key, reason(problem, &mut table, candidate, free))
        })
        .collect();
    Plan {
        commissions,
        left_out,
    }
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
    table: &'b mut DayTable<'c>,
    order: usize,
    used: Used,
    drafts: Vec<Draft>,
    /// Places of the candidates who wait, hardest first.
    waiting: Vec<usize>,
}

impl<'a, 'b, 'c> Greedy<'a, 'b, 'c> {
    fn new(problem: &'a Problem, table: &'b mut DayTable<'c>, order: usize) -> Self {
        let mut waiting: Vec<usize> = (0..problem.candidates.len()).collect();
        // Whoever has extra time or needs access first: they fit in fewer places.
        waiting.sort_by_key(|place| {
            let one = &problem.candidates[*place];
            let extra = one.accommodation != delos_domain::candidate::Accommodation::NONE;
            (!one.needs_access, !extra, one.key)
        });
        Self {
            problem,
            table,
            order,
            used: Used::new(problem),
            drafts: Vec::new(),
            waiting,
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
        while let Some(draft) = self.next_commission() {
            self.used.take(self.problem, &draft);
            self.drafts.push(draft);
            let heard = self.fill(self.drafts.len() - 1);
            if heard == 0 {
                // It promised somebody and could hear nobody: no other will do better.
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
        let mut best: Option<((usize, usize, u16, usize), Draft)> = None;
        for (rank, period) in self.periods().into_iter().enumerate() {
            for option in self.options() {
                for centre in problem
                    .centres
                    .iter()
                    .filter(|centre| self.used.has_room(problem, centre, period))
                {
                    let could: Vec<usize> = self
                        .waiting
                        .iter()
                        .copied()
                        .filter(|place| {
                            problem.candidates[*place].option == option
                                && may_sit_at(problem, &problem.candidates[*place], centre)
                        })
                        .collect();
                    if could.is_empty() {
                        continue;
                    }
                    let Some((members, heard, load)) =
                        self.members(option, period, &could, capacity)
                    else {
                        continue;
                    };
                    let room: usize = period
                        .iter()
                        .zip(&template.days)
                        .map(|(_, day)| usize::from(day.max))
                        .sum();
                    // Most heard first; then the period preferred; then rested examiners; then the smaller centre key.
                    let score = (capacity - heard.min(room), rank, load, centre.key);
                    if best.as_ref().is_none_or(|(old, _)| score < *old) {
                        let draft = Draft {
                            fixed: None,
                            option,
                            centre: centre.key,
                            members,
                            template: template.code.clone(),
                            days: Draft::days(template, period),
                        };
                        best = Some((score, draft));
                    }
                }
            }
        }
        best.map(|(_, draft)| draft)
    }

    /// The members who would hear the most of `could`, then those who have sat the least.
    fn members(
        &self,
        option: ExamOption,
        days: &[NaiveDate],
        could: &[usize],
        capacity: usize,
    ) -> Option<(Vec<usize>, usize, u16)> {
        let problem = self.problem;
        let free: Vec<usize> = (0..problem.examiners.len())
            .filter(|place| self.used.is_free(&problem.examiners[*place], days))
            .collect();
        let size = usize::from(problem.composition.members_min).max(1);
        let mut best: Option<(usize, u16, Vec<usize>)> = None;
        let mut chosen = Vec::with_capacity(size);
        choose(&free, size, 0, &mut chosen, &mut |members| {
            let people: Vec<_> = members
                .iter()
                .map(|place| &problem.examiners[*place])
                .collect();
            if !is_composed(problem, &people, option) {
                return;
            }
            let heard = could
                .iter()
                .filter(|place| {
                    people
                        .iter()
                        .all(|one| may_hear(problem, one, &problem.candidates[**place]))
                })
                .count();
            if heard == 0 {
                return;
            }
            let load = people.iter().map(|one| self.used.load(one.key)).sum();
            let score = (capacity - heard.min(capacity), load, members.to_vec());
            if best.as_ref().is_none_or(|old| score < *old) {
                best = Some(score);
            }
        });
        best.map(|(missing, load, members)| (members, capacity - missing, load))
    }

    /// Fills a commission with those who wait; how many it hears now.
    fn fill(&mut self, draft: usize) -> usize {
        let problem = self.problem;
        let Some(centre) = problem
            .centres
            .iter()
            .find(|centre| centre.key == self.drafts[draft].centre)
        else {
            return 0;
        };
        let waiting = std::mem::take(&mut self.waiting);
        for place in waiting {
            let candidate = &problem.candidates[place];
            let one = &mut self.drafts[draft];
            let may = candidate.option == one.option
                && may_sit_at(problem, candidate, centre)
                && one
                    .members
                    .iter()
                    .all(|member| may_hear(problem, &problem.examiners[*member], candidate));
            let mut placed = false;
            if may {
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
                    kinds.push(candidate.accommodation);
                    if self.table.fits(preparation, &kinds) {
                        day.candidates.push(place);
                        placed = true;
                        break;
                    }
                }
            }
            if !placed {
                self.waiting.push(place);
            }
        }
        self.drafts[draft].heard()
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

/// Calls `each` with every choice of `size` among `from`, in lexicographic order.
fn choose(
    from: &[usize],
    size: usize,
    start: usize,
    chosen: &mut Vec<usize>,
    each: &mut impl FnMut(&[usize]),
) {
    if chosen.len() == size {
        each(chosen);
        return;
    }
    for place in start..from.len() {
        chosen.push(from[place]);
        choose(from, size, place + 1, chosen, each);
        chosen.pop();
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
    problem.rules.preparation > 0
        && !alone
        && problem
            .templates
            .iter()
            .find(|one| one.code == draft.template)
            .is_some_and(|one| one.days.iter().any(|day| day.preparation))
}
