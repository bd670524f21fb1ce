//! Random sessions of a few people, by their seed.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::ratio::TimeRatio;
use delos_domain::regulation::OfOption;
use delos_planning::session::{Candidate, Centre, Examiner, Point, Problem};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::world::{candidate, day, examiner, problem};

/// Chance, by its seed.
struct Dice(ChaCha8Rng);

impl Dice {
    /// A whole number below another.
    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.0.next_u32()).expect("32 bits") % most
    }

    /// Whether one in so many.
    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn place(&mut self) -> Point {
        let mut at = || f64::from(self.0.next_u32() % 80);
        Point { x: at(), y: at() }
    }

    fn option(&mut self) -> ExamOption {
        [ExamOption::Sisr, ExamOption::Sisr, ExamOption::Slam][self.below(3)]
    }

    /// One time in so many, a few of these days.
    fn days(&mut self, many: usize, days: &[NaiveDate]) -> BTreeSet<NaiveDate> {
        let some = self.one_in(many);
        days.iter()
            .filter(|_| self.one_in(3) && some)
            .copied()
            .collect()
    }

    /// The place of a school, or somewhere.
    fn home(&mut self, school: Option<usize>, schools: &[Point]) -> Point {
        school.map_or_else(|| self.place(), |school| schools[school])
    }
}

/// One zone, two or three centres and a school that is none, two to nine candidates, four or five examiners, one or two
/// periods; all that the format can say.
pub fn session(seed: u64) -> Problem {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
    let mut small = problem(Form::Ponctuelle);
    small.templates.truncate(1);
    small.periods = vec![vec![day("2027-05-03"), day("2027-05-04")]];
    if dice.one_in(2) {
        let next = vec![day("2027-05-06"), day("2027-05-07")];
        small.periods.push(next);
    }
    let days: Vec<NaiveDate> = small.periods.iter().flatten().copied().collect();
    let centres = 2 + dice.below(2);
    // The last is a school without centre.
    let schools: Vec<Point> = (0..=centres).map(|_| dice.place()).collect();
    small.centres = (0..centres)
        .map(|key| Centre {
            key,
            zone: 0,
            at: schools[key],
            environments: [2, 2, 4][dice.below(3)],
            accessible: !dice.one_in(5),
            closed: dice.days(10, &days),
        })
        .collect();
    small.examiners = (0..4 + dice.below(2))
        .map(|key| {
            let school = (!dice.one_in(5)).then(|| dice.below(schools.len()));
            let both = [ExamOption::Sisr, ExamOption::Slam];
            let options = if dice.one_in(2) {
                &both[..]
            } else {
                &[dice.option()]
            };
            Examiner {
                at: dice.home(school, &schools),
                unavailable: dice.days(4, &days),
                max_periods: Some(if dice.one_in(3) { 1 } else { 2 }),
                conflicts: (0..1).filter(|_| dice.one_in(12)).collect(),
                ..examiner(key, school, options)
            }
        })
        .collect();
    let crowded = dice.below(schools.len());
    small.candidates = (0..2 + dice.below(8))
        .map(|key| {
            let school = match dice.below(8) {
                0 => None,
                1 | 2 => Some(dice.below(schools.len())),
                _ => Some(crowded),
            };
            let option = if dice.one_in(4) {
                dice.option()
            } else {
                ExamOption::Sisr
            };
            let at_home = small.examiners.iter().filter(|one| one.school == school);
            let teachers: BTreeSet<usize> = at_home.map(|one| one.key).collect();
            let (third, one) = (TimeRatio::THIRD_MORE, TimeRatio::ONE);
            let (preparation, interview) =
                [(one, one), (third, one), (third, third)][dice.below(10).saturating_sub(7)];
            Candidate {
                at: dice.home(school, &schools),
                needs_access: dice.one_in(12),
                accommodation: Accommodation {
                    preparation,
                    interview,
                },
                teachers: if dice.one_in(10) {
                    BTreeSet::from([dice.below(4)])
                } else {
                    teachers
                },
                unavailable: dice.days(10, &days),
                ..candidate(key, school, option)
            }
        })
        .collect();
    if dice.one_in(4) {
        small.composition.own_school = true;
        small.composition.of_option = OfOption::AtLeast(1);
    }
    small.own_centre = !dice.one_in(8);
    small.sixth = !dice.one_in(4);
    // Other weights, under which more commissions than candidates need can pay; and other teams.
    let weights = &mut small.weights;
    for weight in [
        &mut weights.commission,
        &mut weights.component,
        &mut weights.spread,
        &mut weights.load_sq,
        &mut weights.centre,
    ] {
        *weight *= [0.5, 1.0, 1.0, 4.0][dice.below(4)];
    }
    small.composition.members_min = [2, 2, 2, 1, 3][dice.below(5)];
    small
}
