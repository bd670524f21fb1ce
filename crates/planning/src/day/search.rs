//! The search: starts in order on the coarsest grid that loses nothing, clashes as bit sets, kinds as a multiset,
//! floating phases placed as early as can be, the best end as bound.
//!
//! Among timetables that end at the bound, those whose starts come after the best found so far are cut at the first start
//! that differs; the others are walked, whatever kind comes first, so that the smallest is found.
//!
//! Why the floating phases may be placed greedily: they are all of one length. Were the earliest of them placed later
//! than it could be, moving it there would hinder no other; so the greedy placement ends first. Where a course has
//! floating phases of several lengths they are placed in order of release, which is a choice of ours.

use delos_domain::candidate::Accommodation;
use delos_domain::regulation::{Course, DayRules};

use super::{Slot, Timetable};

/// Words of a bit set: a day of 1 440 one-minute units.
const WORDS: usize = 23;

/// A set of time units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Units([u64; WORDS]);

impl Units {
    const NONE: Self = Self([0; WORDS]);

    fn range(start: usize, end: usize) -> Self {
        let mut units = Self::NONE;
        for unit in start..end.min(WORDS * 64) {
            units.0[unit / 64] |= 1 << (unit % 64);
        }
        units
    }

    fn meets(&self, other: &Self, words: usize) -> bool {
        self.0[..words]
            .iter()
            .zip(&other.0[..words])
            .any(|(a, b)| a & b != 0)
    }

    fn add(&mut self, other: &Self, words: usize) {
        for (a, b) in self.0[..words].iter_mut().zip(&other.0[..words]) {
            *a |= b;
        }
    }

    fn both(&self, other: &Self) -> Self {
        let mut units = *self;
        for (a, b) in units.0.iter_mut().zip(&other.0) {
            *a &= b;
        }
        units
    }

    /// Units of `start..end` that are not in the set.
    fn free(&self, start: usize, end: usize) -> usize {
        if start >= end {
            return 0;
        }
        let mut count = 0;
        for word in start / 64..=(end - 1) / 64 {
            let mut free = !self.0[word];
            if word == start / 64 {
                free &= u64::MAX << (start % 64);
            }
            if word == (end - 1) / 64 && !end.is_multiple_of(64) {
                free &= (1 << (end % 64)) - 1;
            }
            count += free.count_ones() as usize;
        }
        count
    }
}

/// A kind of candidate, his phases laid from unit 0.
struct Kind {
    /// Start of each phase; of a floating one, nothing.
    starts: Vec<Option<usize>>,
    /// End of the chain.
    end: usize,
    /// Commission's busy ranges.
    commission: Vec<(usize, usize)>,
    /// Units of the commission, floating phases included.
    work: usize,
    /// Earliest unit at which the commission is busy with him.
    first_work: usize,
    /// Range of the environment.
    environment: Option<(usize, usize)>,
}

/// A kind placed at a start.
struct Placed {
    commission: Units,
    environment: Option<Units>,
}

/// The day as units.
pub struct Model<'a> {
    course: &'a Course,
    rules: &'a DayRules,
    /// Minutes of a unit.
    unit: usize,
    words: usize,
    open: usize,
    close: usize,
    lunch: usize,
    window: (usize, usize),
    preparation: usize,
    /// Units between two possible starts.
    step: usize,
}

impl<'a> Model<'a> {
    /// The day of a course; none when its rules contradict themselves.
    pub fn new(course: &'a Course, rules: &'a DayRules, preparation: bool) -> Option<Self> {
        let grid = usize::from(rules.grid.max(1));
        let preparation = if preparation {
            usize::from(rules.preparation)
        } else {
            0
        };
        let lengths = course
            .phases
            .iter()
            .flat_map(|phase| [usize::from(phase.minutes), usize::from(phase.margin)]);
        let marks = [
            rules.open,
            rules.close,
            rules.lunch,
            rules.lunch_window.0,
            rules.lunch_window.1,
        ]
        .map(usize::from);
        let unit = lengths
            .chain(marks)
            .chain([preparation, grid])
            .fold(0, gcd)
            .max(1);
        let model = Self {
            course,
            rules,
            unit,
            words: (1440 / unit).div_ceil(64).min(WORDS),
            open: usize::from(rules.open) / unit,
            close: usize::from(rules.close) / unit,
            lunch: usize::from(rules.lunch) / unit,
            window: (
                usize::from(rules.lunch_window.0) / unit,
                usize::from(rules.lunch_window.1) / unit,
            ),
            preparation: preparation / unit,
            step: grid / unit,
        };
        (model.open < model.close && model.close <= 1440 / unit).then_some(model)
    }

    /// The best timetable for these candidates.
    pub fn solve(&self, candidates: &[Accommodation]) -> Option<Timetable> {
        let mut kinds: Vec<Accommodation> = Vec::new();
        let mut counts: Vec<usize> = Vec::new();
        for one in candidates {
            if let Some(place) = kinds.iter().position(|kind| kind == one) {
                counts[place] += 1;
            } else {
                kinds.push(*one);
                counts.push(1);
            }
        }
        let laid: Vec<Kind> = kinds.iter().map(|kind| self.lay(*kind)).collect();
        let step = self.coarsest(&laid);
        let begin = self.open + self.preparation;
        let mut best: Option<Found> = None;
        let mut lunch = self.window.0;
        while lunch + self.lunch <= self.window.1 {
            let pause = Units::range(lunch, lunch + self.lunch);
            let half_day = Units::range(self.open, begin);
            if !pause.meets(&half_day, self.words) {
                let mut busy = pause;
                busy.add(&half_day, self.words);
                let placements = self.placements(&laid, begin, lunch, step);
                let mut search = Search {
                    model: self,
                    kinds: &laid,
                    placements: &placements,
                    step,
                    lunch,
                    taken: Vec::with_capacity(candidates.len()),
                    best,
                };
                let mut left = counts.clone();
                search.go(
                    &mut left,
                    candidates.len(),
                    begin,
                    0,
                    &busy,
                    &[Units::NONE; MOST_ENVIRONMENTS],
                );
                best = search.best;
            }
            lunch += step;
        }
        best.map(|found| self.timetable(&found, &laid, &kinds, candidates))
    }

    fn lay(&self, kind: Accommodation) -> Kind {
        let mut laid = Kind {
            starts: Vec::new(),
            end: 0,
            commission: Vec::new(),
            work: 0,
            first_work: usize::MAX,
            environment: None,
        };
        let mut at = 0;
        let mut held: Option<(usize, usize)> = None;
        for phase in &self.course.phases {
            let length = usize::from(phase.minutes_for(kind, self.rules.grid)).div_ceil(self.unit);
            if phase.commission {
                laid.work += length;
            }
            if phase.floating {
                laid.starts.push(None);
                continue;
            }
            laid.starts.push(Some(at));
            if phase.commission {
                laid.commission.push((at, at + length));
                laid.first_work = laid.first_work.min(at);
            }
            let margin = usize::from(phase.margin) / self.unit;
            if phase.environment {
                // The margin is the environment's too: it is held until the next phase begins.
                held = Some((held.map_or(at, |(start, _)| start), at + length + margin));
            }
            at += length;
            laid.end = at;
            at += margin;
        }
        if laid.first_work == usize::MAX {
            laid.first_work = laid.end;
        }
        laid.environment = held.filter(|_| self.rules.environments > 0);
        laid
    }

    /// The widest step between starts that loses no optimum: starts are sums of lengths, counted from the opening.
    fn coarsest(&self, kinds: &[Kind]) -> usize {
        let lengths = kinds.iter().flat_map(|kind| {
            let ends = kind
                .commission
                .iter()
                .flat_map(|(start, end)| [*start, *end]);
            ends.chain(
                kind.environment
                    .iter()
                    .flat_map(|(start, end)| [*start, *end]),
            )
            .chain([kind.end])
        });
        let floats = self.floats();
        let marks = [
            self.open,
            self.close,
            self.lunch,
            self.window.0,
            self.window.1,
            self.preparation,
        ];
        let common = lengths.chain(floats).chain(marks).fold(0, gcd).max(1);
        if common.is_multiple_of(self.step) {
            common
        } else {
            self.step
        }
    }

    /// Lengths of the floating phases, in units.
    fn floats(&self) -> Vec<usize> {
        let floating = self.course.phases.iter().filter(|phase| phase.floating);
        floating
            .map(|phase| usize::from(phase.minutes).div_ceil(self.unit))
            .collect()
    }

    /// Every kind at every start that the pause and the hours allow.
    fn placements(
        &self,
        kinds: &[Kind],
        begin: usize,
        lunch: usize,
        step: usize,
    ) -> Vec<Vec<Option<Placed>>> {
        let floats: usize = self.floats().iter().sum();
        kinds
            .iter()
            .map(|kind| {
                (0..=self.close)
                    .map(|start| {
                        let on_grid = start >= begin
                            && (start - self.open).is_multiple_of(step)
                            && (start * self.unit)
                                .is_multiple_of(usize::from(self.rules.grid.max(1)));
                        let end = start + kind.end;
                        let crosses = start < lunch + self.lunch && end > lunch;
                        if !on_grid || crosses || end + floats > self.close {
                            return None;
                        }
                        let mut commission = Units::NONE;
                        for (from, to) in &kind.commission {
                            commission.add(&Units::range(start + from, start + to), WORDS);
                        }
                        let environment = kind
                            .environment
                            .map(|(from, to)| Units::range(start + from, start + to));
                        Some(Placed {
                            commission,
                            environment,
                        })
                    })
                    .collect()
            })
            .collect()
    }

    fn timetable(
        &self,
        found: &Found,
        kinds: &[Kind],
        accommodations: &[Accommodation],
        candidates: &[Accommodation],
    ) -> Timetable {
        let minutes = |units: usize| u16::try_from(units * self.unit).unwrap_or(u16::MAX);
        // Environments: the smallest that is free, in the order in which they are taken.
        let mut by_environment: Vec<usize> = (0..found.taken.len()).collect();
        let held = |place: usize| {
            let (kind, start) = found.taken[place];
            kinds[kind]
                .environment
                .map(|(from, to)| (start + from, start + to))
        };
        by_environment.sort_by_key(|place| held(*place));
        let mut free_from = vec![0; usize::from(self.rules.environments)];
        let mut environments = vec![None; found.taken.len()];
        for place in by_environment {
            if let Some((from, to)) = held(place)
                && let Some(number) = free_from.iter().position(|free| *free <= from)
            {
                free_from[number] = to;
                environments[place] = u8::try_from(number + 1).ok();
            }
        }
        let mut slots: Vec<Option<Slot>> = vec![None; candidates.len()];
        for (place, (kind, start)) in found.taken.iter().enumerate() {
            let mut floats = found.floats[place].iter();
            let starts =
                kinds[*kind]
                    .starts
                    .iter()
                    .map(|laid| {
                        minutes(laid.map_or_else(
                            || floats.next().copied().unwrap_or(0),
                            |laid| start + laid,
                        ))
                    })
                    .collect();
            // Candidates of one kind are served in the order in which they were given.
            let whose = (0..candidates.len())
                .find(|one| slots[*one].is_none() && candidates[*one] == accommodations[*kind]);
            if let Some(whose) = whose {
                slots[whose] = Some(Slot {
                    starts,
                    environment: environments[place],
                });
            }
        }
        Timetable {
            preparation: (self.preparation > 0).then(|| minutes(self.open)),
            lunch: minutes(found.lunch),
            end: minutes(found.end),
            slots: slots.into_iter().flatten().collect(),
        }
    }
}

/// Most environments of a commission that the search counts.
const MOST_ENVIRONMENTS: usize = DayRules::MOST_ENVIRONMENTS as usize;

/// Kind and start of each candidate, by start.
type Taken = Vec<(usize, usize)>;

/// The best timetable found so far.
struct Found {
    end: usize,
    /// Starts of the candidates, in ascending order.
    starts: Vec<usize>,
    /// Starts of every phase of each, in the same order: decides between those whose `starts` are equal.
    phases: Vec<Vec<usize>>,
    taken: Taken,
    floats: Vec<Vec<usize>>,
    lunch: usize,
}

struct Search<'a> {
    model: &'a Model<'a>,
    kinds: &'a [Kind],
    placements: &'a [Vec<Option<Placed>>],
    step: usize,
    lunch: usize,
    taken: Taken,
    best: Option<Found>,
}

impl Search<'_> {
    /// Places what is left, from `from` on; kinds below `first_kind` were tried at `from` already.
    fn go(
        &mut self,
        left: &mut [usize],
        remaining: usize,
        from: usize,
        first_kind: usize,
        commission: &Units,
        environments: &[Units; MOST_ENVIRONMENTS],
    ) {
        if remaining == 0 {
            self.leaf(commission);
            return;
        }
        let floats: usize = self.model.floats().iter().sum();
        let mut start = from;
        let mut first_kind = first_kind;
        loop {
            let mut latest = self.latest(start);
            if !self.may_still_fit(left, start, commission, latest) {
                return;
            }
            for kind in first_kind..self.kinds.len() {
                if left[kind] == 0 || start + self.kinds[kind].end + floats > latest {
                    continue;
                }
                let Some(Some(placed)) = self.placements[kind].get(start) else {
                    continue;
                };
                if placed.commission.meets(commission, self.model.words) {
                    continue;
                }
                let mut held = *environments;
                if let Some(range) = placed.environment
                    && !take(
                        &mut held,
                        range,
                        usize::from(self.model.rules.environments),
                        self.model.words,
                    )
                {
                    continue;
                }
                let mut busy = *commission;
                busy.add(&placed.commission, self.model.words);
                left[kind] -= 1;
                self.taken.push((kind, start));
                self.go(left, remaining - 1, start, kind, &busy, &held);
                self.taken.pop();
                left[kind] += 1;
                latest = self.latest(start);
            }
            first_kind = 0;
            start += self.step;
            if start >= self.model.close {
                return;
            }
        }
    }

    /// The latest end that can still be better, the next candidate beginning at `start`: that of the best found, or a
    /// unit earlier when the starts are already behind its own.
    fn latest(&self, start: usize) -> usize {
        let Some(best) = &self.best else {
            return self.model.close;
        };
        let starts = self.taken.iter().map(|(_, start)| *start).chain([start]);
        if starts.gt(best.starts[..=self.taken.len()].iter().copied()) {
            best.end.saturating_sub(1)
        } else {
            best.end
        }
    }

    /// Whether the commission has time left for those not placed, were they to begin at `start` or later and all to
    /// be over by `end`.
    fn may_still_fit(&self, left: &[usize], start: usize, commission: &Units, end: usize) -> bool {
        let mut work = 0;
        let mut first = usize::MAX;
        let mut shortest = usize::MAX;
        for (kind, count) in self.kinds.iter().zip(left) {
            if *count > 0 {
                work += count * kind.work;
                first = first.min(kind.first_work);
                shortest = shortest.min(kind.end);
            }
        }
        if work == 0 && shortest == usize::MAX {
            return true;
        }
        start + shortest <= end && commission.free(start + first, end) >= work
    }

    /// Everybody is placed: the floating phases are put as early as can be.
    fn leaf(&mut self, commission: &Units) {
        let lengths = self.model.floats();
        let mut released: Vec<(usize, usize)> = self
            .taken
            .iter()
            .enumerate()
            .map(|(place, (kind, start))| (start + self.kinds[*kind].end, place))
            .collect();
        released.sort_unstable();
        let bound = self.best.as_ref().map_or(self.model.close, |best| best.end);
        let mut end = released.last().map_or(self.model.open, |(end, _)| *end);
        let mut floats = vec![Vec::new(); self.taken.len()];
        let mut busy = *commission;
        let mut from = 0;
        for (release, place) in released {
            let mut at = release.max(from);
            for length in &lengths {
                loop {
                    if at + length > bound {
                        return;
                    }
                    let range = Units::range(at, at + length);
                    if !range.meets(&busy, self.model.words) {
                        busy.add(&range, self.model.words);
                        break;
                    }
                    at += 1;
                }
                floats[place].push(at);
                at += length;
            }
            if !lengths.is_empty() {
                from = floats[place][0];
                end = end.max(at);
            }
        }
        if end > bound {
            return;
        }
        let starts: Vec<usize> = self.taken.iter().map(|(_, start)| *start).collect();
        let phases = self.phases(&floats);
        if self
            .best
            .as_ref()
            .is_none_or(|best| (end, &starts, &phases) < (best.end, &best.starts, &best.phases))
        {
            self.best = Some(Found {
                end,
                starts,
                phases,
                taken: self.taken.clone(),
                floats,
                lunch: self.lunch,
            });
        }
    }

    /// Starts of every phase of each candidate taken, the floating ones at `floats`; in order, so that of two who
    /// begin together it does not matter who was taken first.
    fn phases(&self, floats: &[Vec<usize>]) -> Vec<Vec<usize>> {
        let mut phases: Vec<Vec<usize>> = self
            .taken
            .iter()
            .zip(floats)
            .map(|((kind, start), floats)| {
                let mut floats = floats.iter().copied();
                self.kinds[*kind]
                    .starts
                    .iter()
                    .filter_map(|laid| laid.map(|laid| start + laid).or_else(|| floats.next()))
                    .collect()
            })
            .collect();
        phases.sort_unstable();
        phases
    }
}

/// Holds one more environment during a range, if one of `most` is free throughout.
fn take(held: &mut [Units; MOST_ENVIRONMENTS], range: Units, most: usize, words: usize) -> bool {
    let most = most.min(MOST_ENVIRONMENTS);
    if most == 0 || held[most - 1].meets(&range, words) {
        return false;
    }
    // Level k holds the units during which more than k environments are held.
    let mut carried = range;
    for level in held.iter_mut().take(most) {
        let both = level.both(&carried);
        level.add(&carried, WORDS);
        carried = both;
    }
    true
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
