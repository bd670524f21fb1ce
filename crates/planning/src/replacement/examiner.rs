//! A lost examiner: who can sit in his place, commission by commission and in all of them together.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use delos_domain::regulation::OfOption;

use super::index::Index;
use crate::session::{Commission, Examiner, Plan, Problem};

/// The answer for a lost examiner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lost {
    /// His commissions that still have to hear somebody, in the order of the plan.
    pub vacancies: Vec<Vacancy>,
    /// Who replaces him in each of them, all together: in as many as can be, then with the fewest kilometres.
    pub together: Vec<Option<usize>>,
    /// Kilometres there and back of those who replace him together.
    pub kilometres: f64,
}

/// One of his commissions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vacancy {
    /// Its place in the plan.
    pub commission: usize,
    /// Who can replace him, nearest first.
    pub ranked: Vec<Stand>,
    /// How many examiners each rule refuses.
    pub refused: BTreeMap<MemberRule, usize>,
}

/// Somebody who can replace him.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stand {
    /// His key.
    pub examiner: usize,
    /// Kilometres there and back.
    pub kilometres: f64,
    /// Periods in which he sits already.
    pub periods: usize,
}

/// The rule that keeps an examiner from a commission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberRule {
    /// He is of another zone.
    OtherZone,
    /// The commission would have too few members of its option, teachers or professionals.
    Composition,
    /// He cannot on one of its days.
    Unavailable,
    /// He sits elsewhere on one of its days, or in its period.
    Elsewhere,
    /// He would sit in more periods than he accepts.
    Periods,
    /// He is of the school of one of its candidates (ponctuelle form).
    OwnSchool,
    /// He teaches one of its candidates (ponctuelle form).
    OwnStudent,
    /// He withdrew from one of its candidates.
    Withdrawn,
    /// Another rule of the plan.
    Other,
}

impl MemberRule {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherZone => "other_zone",
            Self::Composition => "composition",
            Self::Unavailable => "unavailable",
            Self::Elsewhere => "elsewhere",
            Self::Periods => "periods",
            Self::OwnSchool => "own_school",
            Self::OwnStudent => "own_student",
            Self::Withdrawn => "withdrawn",
            Self::Other => "other_rule",
        }
    }
}

/// Who can replace an examiner in each of his commissions that hear somebody from `first` on: a member of a commission that
/// has begun by then is one who could have been there on all of its days.
pub fn lose(problem: &Problem, plan: &Plan, examiner: usize, first: NaiveDate) -> Lost {
    Index::new(problem, plan).lose(examiner, first)
}

impl Index<'_> {
    /// As [`lose`].
    pub fn lose(&self, examiner: usize, first: NaiveDate) -> Lost {
        let still = |place: &&usize| {
            let mut days = self.plan.commissions[**place].days.iter();
            days.any(|day| day.date >= first && !day.slots.is_empty())
        };
        let vacancies: Vec<Vacancy> = self
            .sits(examiner)
            .iter()
            .filter(still)
            .map(|place| self.vacancy(*place, examiner))
            .collect();
        let together = self.together(&vacancies);
        let kilometres = vacancies.iter().zip(&together).filter_map(|(one, by)| {
            let mut ranked = one.ranked.iter();
            ranked.find(|stand| Some(stand.examiner) == *by)
        });
        Lost {
            kilometres: kilometres.map(|stand| stand.kilometres).sum(),
            together,
            vacancies,
        }
    }

    fn vacancy(&self, place: usize, lost: usize) -> Vacancy {
        let one = &self.plan.commissions[place];
        let mut vacancy = Vacancy {
            commission: place,
            ..Vacancy::default()
        };
        for other in &self.problem.examiners {
            if one.members.contains(&other.key) {
                continue;
            }
            match self.replaces(one, lost, other) {
                Some(rule) => *vacancy.refused.entry(rule).or_default() += 1,
                None => vacancy.ranked.push(Stand {
                    examiner: other.key,
                    kilometres: self.kilometres(other, one.centre),
                    periods: self.sits(other.key).len(),
                }),
            }
        }
        vacancy.ranked.sort_by(|a, b| {
            let nearer = a.kilometres.total_cmp(&b.kilometres);
            nearer.then((a.periods, a.examiner).cmp(&(b.periods, b.examiner)))
        });
        // The checker's word on each; it agrees, or whoever it refuses is told apart.
        vacancy.ranked.retain(|stand| {
            let change = (place, replaced(one, lost, stand.examiner));
            let refused = self.broken(&[change]).is_some();
            if refused {
                *vacancy.refused.entry(MemberRule::Other).or_default() += 1;
            }
            !refused
        });
        vacancy
    }

    fn kilometres(&self, examiner: &Examiner, centre: usize) -> f64 {
        let centre = self.centres.get(&centre);
        centre.map_or(0.0, |centre| 2.0 * examiner.at.distance(centre.at))
    }

    /// Why an examiner cannot sit in the place of another.
    fn replaces(&self, one: &Commission, lost: usize, other: &Examiner) -> Option<MemberRule> {
        let zone = self.centres.get(&one.centre).map(|centre| centre.zone);
        if zone.is_some_and(|zone| zone != other.zone) {
            return Some(MemberRule::OtherZone);
        }
        if !self.composed(&replaced(one, lost, other.key)) {
            return Some(MemberRule::Composition);
        }
        let mut days = one.days.iter();
        if days.any(|day| other.unavailable.contains(&day.date)) {
            return Some(MemberRule::Unavailable);
        }
        let periods = &self.problem.periods;
        let same = |date: NaiveDate| {
            one.days.iter().any(|day| {
                let mut of_both = periods.iter();
                day.date == date
                    || of_both.any(|days| days.contains(&date) && days.contains(&day.date))
            })
        };
        let mut sits = self.sits(other.key).iter();
        let mut taken = one.days.iter();
        if sits.any(|place| {
            let mut days = self.plan.commissions[*place].days.iter();
            days.any(|day| same(day.date))
        }) || taken.any(|day| {
            self.problem
                .taken
                .examiners
                .contains(&(other.key, day.date))
        }) {
            return Some(MemberRule::Elsewhere);
        }
        if self.load(other) == 0 {
            return Some(MemberRule::Periods);
        }
        let mut heard = one.days.iter().flat_map(|day| &day.slots);
        heard.find_map(|slot| {
            let candidate = self.candidates.get(&slot.candidate)?;
            self.of_member(candidate, other).map(|rule| match rule {
                super::SeatRule::OwnSchool => MemberRule::OwnSchool,
                super::SeatRule::OwnStudent => MemberRule::OwnStudent,
                _ => MemberRule::Withdrawn,
            })
        })
    }

    /// Commissions more that he accepts.
    fn load(&self, examiner: &Examiner) -> usize {
        let most = examiner.max_periods.map_or(usize::MAX, usize::from);
        most.saturating_sub(self.sits(examiner.key).len())
    }

    /// Whether the members make a commission (II.D).
    fn composed(&self, one: &Commission) -> bool {
        let composition = &self.problem.composition;
        let members = || one.members.iter().filter_map(|key| self.examiners.get(key));
        let with_option = members().filter(|one_of| one_of.options.contains(&one.option));
        let professionals = members().filter(|one| one.professional).count();
        let enough = match composition.of_option {
            OfOption::All => one.members.len(),
            OfOption::AtLeast(count) => usize::from(count),
        };
        with_option.count() >= enough
            && professionals >= usize::from(composition.professionals_min)
            && one.members.len() - professionals >= usize::from(composition.teachers_min)
    }

    /// One replacement a vacancy, nobody beyond what he accepts nor twice in a period: as many vacancies as can be, then the
    /// fewest kilometres. Exact, vacancy after vacancy: those of one examiner are few.
    fn together(&self, vacancies: &[Vacancy]) -> Vec<Option<usize>> {
        let mut best = Best {
            given: vec![None; vacancies.len()],
            ..Best::default()
        };
        self.give_vacancies(vacancies, &mut Vec::new(), 0.0, &mut best);
        best.given
    }

    fn give_vacancies(
        &self,
        vacancies: &[Vacancy],
        given: &mut Vec<Option<usize>>,
        kilometres: f64,
        best: &mut Best,
    ) {
        let count = given.iter().flatten().count();
        let Some(vacancy) = vacancies.get(given.len()) else {
            if count > best.count
                || (count == best.count && (!best.found || kilometres < best.kilometres))
            {
                *best = Best {
                    found: true,
                    count,
                    kilometres,
                    given: given.clone(),
                    tried: best.tried,
                };
            }
            return;
        };
        // The best that the others could add: each its nearest.
        let rest = &vacancies[given.len()..];
        let most = count + rest.iter().filter(|one| !one.ranked.is_empty()).count();
        let nearest = rest.iter().filter_map(|one| one.ranked.first());
        let least = kilometres + nearest.map(|stand| stand.kilometres).sum::<f64>();
        let worse = most < best.count || (most == best.count && least >= best.kilometres);
        best.tried += 1;
        if best.found && (worse || best.tried > TRIED) {
            return;
        }
        for stand in &vacancy.ranked {
            if self.takes(vacancies, given, vacancy, stand.examiner) {
                given.push(Some(stand.examiner));
                self.give_vacancies(vacancies, given, kilometres + stand.kilometres, best);
                given.pop();
            }
        }
        given.push(None);
        self.give_vacancies(vacancies, given, kilometres, best);
        given.pop();
    }

    /// Whether somebody who was given some of these can have one more.
    fn takes(
        &self,
        vacancies: &[Vacancy],
        given: &[Option<usize>],
        vacancy: &Vacancy,
        examiner: usize,
    ) -> bool {
        let his = || {
            let all = vacancies.iter().zip(given);
            all.filter(|(_, by)| **by == Some(examiner))
                .map(|(one, _)| &self.plan.commissions[one.commission])
        };
        let Some(one) = self.examiners.get(&examiner) else {
            return false;
        };
        let dates = &self.plan.commissions[vacancy.commission].days;
        let clashes = |other: &Commission| {
            let mut pairs = other
                .days
                .iter()
                .flat_map(|a| dates.iter().map(move |b| (a.date, b.date)));
            pairs.any(|(a, b)| {
                let mut periods = self.problem.periods.iter();
                a == b || periods.any(|days| days.contains(&a) && days.contains(&b))
            })
        };
        his().count() < self.load(one) && !his().any(clashes)
    }
}

/// Most choices that are looked at for all vacancies together: far more than an examiner's few need.
const TRIED: usize = 1_000_000;

#[derive(Default)]
struct Best {
    found: bool,
    count: usize,
    kilometres: f64,
    given: Vec<Option<usize>>,
    tried: usize,
}

/// The commission with one member for another.
fn replaced(one: &Commission, lost: usize, by: usize) -> Commission {
    let mut one = one.clone();
    for member in &mut one.members {
        if *member == lost {
            *member = by;
        }
    }
    one.members.sort_unstable();
    one
}
