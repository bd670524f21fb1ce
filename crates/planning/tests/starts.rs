//! Of the timetables that end first, the one whose starts are smallest: every mix of kinds against a plain enumeration.

mod annex;

use delos_planning::day::{DayQuestion, EnvironmentReading, report};

use annex::{course, rules};

/// Lengths of T, E1, R, E2 in the annex, rounded up to five minutes: a third more everywhere, on preparations, none.
const KINDS: [[u16; 4]; 3] = [[40, 30, 80, 30], [40, 20, 80, 20], [30, 20, 60, 20]];
const MARGIN: u16 = 10;
const HARMONISATION: u16 = 10;
/// No candidate is through, harmonised included, in less.
const SHORTEST: u16 = 30 + 20 + 60 + MARGIN + 20 + HARMONISATION;
const READINGS: [EnvironmentReading; 3] = [
    EnvironmentReading::R,
    EnvironmentReading::RE2,
    EnvironmentReading::E1RE2,
];

type Range = (u16, u16);
/// End, starts of T in order, then T, E1, R, E2 of each candidate in that order.
type Answer = (u16, Vec<u16>, Vec<[u16; 4]>);

fn meet(a: Range, b: Range) -> bool {
    a.0 < b.1 && b.0 < a.1
}

struct Enumeration {
    reading: EnvironmentReading,
    lunch: u16,
    busy: Vec<Range>,
    held: Vec<Range>,
    released: Vec<u16>,
    chains: Vec<[u16; 4]>,
    best: Option<Answer>,
}

impl Enumeration {
    fn bound(&self) -> u16 {
        self.best.as_ref().map_or(1020, |best| best.0)
    }

    fn go(&mut self, left: &mut [u16; 3], from: u16) {
        if left.iter().all(|count| *count == 0) {
            self.leaf();
            return;
        }
        for start in (from..1020).step_by(5) {
            if start + SHORTEST > self.bound() {
                return;
            }
            for kind in 0..KINDS.len() {
                let [t, e1, r, e2] = KINDS[kind];
                let chain = [
                    start,
                    start + t,
                    start + t + e1,
                    start + t + e1 + r + MARGIN,
                ];
                let end = chain[3] + e2;
                let first = (chain[1], chain[2]);
                let second = (chain[3], end);
                let environment = match self.reading {
                    EnvironmentReading::R => (chain[2], chain[3]),
                    EnvironmentReading::RE2 => (chain[2], end),
                    EnvironmentReading::E1RE2 => (chain[1], end),
                };
                if left[kind] == 0
                    || end + HARMONISATION > self.bound()
                    || meet((start, end), (self.lunch, self.lunch + 60))
                    || self
                        .busy
                        .iter()
                        .any(|range| meet(*range, first) || meet(*range, second))
                    || self.would_be_third(environment)
                {
                    continue;
                }
                self.busy.extend([first, second]);
                self.held.push(environment);
                self.released.push(end);
                self.chains.push(chain);
                left[kind] -= 1;
                self.go(left, start);
                left[kind] += 1;
                self.chains.pop();
                self.released.pop();
                self.held.pop();
                self.busy.truncate(self.busy.len() - 2);
            }
        }
    }

    /// Whether two others are held at once during some of this range.
    fn would_be_third(&self, range: Range) -> bool {
        let within = |other: &Range| (other.0.max(range.0), other.1.min(range.1));
        self.held.iter().enumerate().any(|(place, a)| {
            meet(*a, range)
                && self.held[..place]
                    .iter()
                    .any(|b| meet(*b, range) && meet(within(a), within(b)))
        })
    }

    fn leaf(&mut self) {
        let mut released = self.released.clone();
        released.sort_unstable();
        let mut busy = self.busy.clone();
        let mut last = 0;
        for release in released {
            let mut at = release;
            while busy
                .iter()
                .any(|range| meet(*range, (at, at + HARMONISATION)))
            {
                at += 5;
            }
            busy.push((at, at + HARMONISATION));
            last = last.max(at + HARMONISATION);
        }
        let mut chains = self.chains.clone();
        chains.sort_unstable();
        let answer = (last, chains.iter().map(|chain| chain[0]).collect(), chains);
        if last <= 1020 && self.best.as_ref().is_none_or(|best| answer < *best) {
            self.best = Some(answer);
        }
    }
}

fn enumerated(reading: EnvironmentReading, counts: [u16; 3], prepared: bool) -> Option<Answer> {
    let mut all = Enumeration {
        reading,
        lunch: 0,
        busy: Vec::new(),
        held: Vec::new(),
        released: Vec::new(),
        chains: Vec::new(),
        best: None,
    };
    for lunch in (660..=780).step_by(5) {
        all.lunch = lunch;
        all.busy = vec![(lunch, lunch + 60)];
        if prepared {
            all.busy.push((480, 660));
        }
        all.go(&mut counts.clone(), if prepared { 660 } else { 480 });
    }
    all.best
}

fn found(reading: EnvironmentReading, counts: [u16; 3], prepared: bool) -> Option<Answer> {
    let question = DayQuestion {
        candidates: counts.iter().sum(),
        extra_time_preparation: counts[1],
        extra_time_all: counts[0],
        after_preparation: prepared,
        reading: Some(reading),
    };
    let report = report(&course(), &rules(), question).expect("a question of the annex");
    let day = report.timetable()?;
    let mut chains: Vec<[u16; 4]> = day
        .slots
        .iter()
        .map(|slot| slot.starts[..4].try_into().expect("four phases"))
        .collect();
    chains.sort_unstable();
    Some((
        day.end,
        chains.iter().map(|chain| chain[0]).collect(),
        chains,
    ))
}

#[test]
fn the_smallest_starts_of_every_mix_of_five_or_fewer_are_found() {
    let mut asked = 0;
    for reading in READINGS {
        for prepared in [false, true] {
            for everywhere in 0..=5 {
                for preparations in 0..=5 - everywhere {
                    for plain in 0..=5 - everywhere - preparations {
                        let counts = [everywhere, preparations, plain];
                        if counts == [0; 3] {
                            continue;
                        }
                        asked += 1;
                        assert_eq!(
                            found(reading, counts, prepared),
                            enumerated(reading, counts, prepared),
                            "{reading:?} {counts:?} after preparation: {prepared}"
                        );
                    }
                }
            }
        }
    }
    assert_eq!(asked, 330);
}

#[test]
fn the_kind_that_is_tried_first_does_not_decide() {
    let starts = |counts, prepared| found(EnvironmentReading::R, counts, prepared).unwrap().1;
    assert_eq!(starts([2, 1, 0], false), [480, 500, 560]);
    assert_eq!(starts([2, 1, 0], true), [720, 740, 800]);
}
