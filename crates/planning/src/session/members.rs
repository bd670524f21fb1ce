//! Who sits in a commission: of the members who would hear the most, those who have sat the least.

use std::collections::BTreeMap;

use delos_domain::candidate::ExamOption;

use super::Problem;
use super::commissions::{Used, is_composed};

/// The members of a commission to be chosen.
pub struct Choice<'a> {
    pub problem: &'a Problem,
    pub option: ExamOption,
    pub used: &'a Used,
    /// Places of the examiners who are free on its days.
    pub free: &'a [usize],
    /// Places of the candidates whom its centre could hear.
    pub could: &'a [usize],
    /// By place of candidate, whether he can be the first heard.
    pub can_open: &'a [bool],
}

/// Candidates by school: how many, and how many who can be the first heard.
#[derive(Clone, Copy, Default)]
struct Counts {
    all: usize,
    openers: usize,
}

/// A free examiner.
#[derive(Clone, Copy)]
struct Free {
    /// His place in the problem's list.
    place: usize,
    load: u16,
    /// His school, where he may not hear its candidates and it has some.
    school: Option<usize>,
    /// These candidates.
    own: Counts,
}

impl Choice<'_> {
    /// The members who would hear the most, one of them able to open; then those who have sat the least, then the first
    /// in order. With them how many they would hear, `capacity` at most, and how much they have sat.
    ///
    /// Whom examiners may hear depends on their schools only, and whether they make a commission on their option and
    /// their kind: of examiners alike in these, only the least used are looked at. This loses nothing and keeps the
    /// number of choices small, however many examiners there are.
    pub fn members(&self, capacity: usize) -> Option<(Vec<usize>, usize, u16)> {
        let problem = self.problem;
        let size = usize::from(problem.composition.members_min).max(1);
        let by_school = self.by_school();
        let total = by_school
            .values()
            .fold(Counts::default(), |sum, one| Counts {
                all: sum.all + one.all,
                openers: sum.openers + one.openers,
            });
        let distinct = self.distinct(size, &by_school);
        let mut best: Option<(usize, u16, Vec<usize>)> = None;
        let mut chosen = Vec::with_capacity(size);
        choose(&distinct, size, 0, &mut chosen, &mut |members| {
            let mut heard = total;
            for (place, one) in members.iter().enumerate() {
                let counted = |other: &Free| one.school.is_some() && other.school == one.school;
                if !members[..place].iter().any(counted) {
                    heard.all -= one.own.all;
                    heard.openers -= one.own.openers;
                }
            }
            if heard.openers == 0 {
                return;
            }
            let missing = capacity - heard.all.min(capacity);
            let load = members.iter().map(|one| one.load).sum();
            let places = || members.iter().map(|one| one.place);
            let better = best.as_ref().is_none_or(|old| {
                (missing, load)
                    .cmp(&(old.0, old.1))
                    .then_with(|| places().cmp(old.2.iter().copied()))
                    .is_lt()
            });
            if !better {
                return;
            }
            let people: Vec<_> = places().map(|place| &problem.examiners[place]).collect();
            if is_composed(problem, &people, self.option) {
                best = Some((missing, load, places().collect()));
            }
        });
        best.map(|(missing, load, members)| (members, capacity - missing, load))
    }

    /// Candidates who could be heard, by school; those of no school under a key that no examiner has.
    fn by_school(&self) -> BTreeMap<usize, Counts> {
        let mut by_school: BTreeMap<usize, Counts> = BTreeMap::new();
        for place in self.could {
            let school = self.problem.candidates[*place].school.unwrap_or(usize::MAX);
            let counts = by_school.entry(school).or_default();
            counts.all += 1;
            counts.openers += usize::from(self.can_open[*place]);
        }
        by_school
    }

    /// Of the free examiners who are alike for this choice the `size` least used, in order.
    fn distinct(&self, size: usize, by_school: &BTreeMap<usize, Counts>) -> Vec<Free> {
        let problem = self.problem;
        let mut alike: BTreeMap<_, Vec<(u16, usize)>> = BTreeMap::new();
        for place in self.free {
            let one = &problem.examiners[*place];
            let own = one
                .school
                .filter(|key| !problem.composition.own_school && by_school.contains_key(key));
            let kind = (own, one.professional, one.options.contains(&self.option));
            alike
                .entry(kind)
                .or_default()
                .push((self.used.load(one.key), *place));
        }
        let mut free: Vec<Free> = Vec::new();
        for ((school, ..), mut ones) in alike {
            ones.sort_unstable();
            ones.truncate(size);
            let own = school.and_then(|key| by_school.get(&key));
            free.extend(ones.into_iter().map(|(load, place)| Free {
                place,
                load,
                school,
                own: own.copied().unwrap_or_default(),
            }));
        }
        free.sort_unstable_by_key(|one| one.place);
        free
    }
}

/// Calls `each` with every choice of `size` among `from`, in lexicographic order.
fn choose<T: Copy>(
    from: &[T],
    size: usize,
    start: usize,
    chosen: &mut Vec<T>,
    each: &mut impl FnMut(&[T]),
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
