//! What the relaxation keeps of one zone: how many, where, and what each way weighs; no dates.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use delos_domain::candidate::ExamOption;
use delos_domain::regulation::{OfOption, PeriodTemplate, TemplateDay};

use crate::session::{Candidate, Centre, Examiner, Point, Problem, Weights};

/// One zone. A slot is a centre and an option.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    pub key: usize,
    pub weights: Weights,
    /// Options that somebody takes.
    pub options: Vec<ExamOption>,
    /// Fewest members of a commission.
    pub members: u32,
    /// How many of them have its option; none when every one of them must.
    pub experts: Option<u32>,
    /// Candidates of a commission before the first who is one too many of a day.
    pub usual: u32,
    /// Most candidates of a commission.
    pub hard: u32,
    pub centres: Vec<Place>,
    pub groups: Vec<Group>,
    pub people: Vec<Person>,
    /// Candidates of each option.
    pub candidates: Vec<u32>,
    /// Schools of each option none of whose candidates is held to a centre.
    pub loose_schools: Vec<u32>,
    /// The ways of those who are held to their centre, weighed.
    pub ways: f64,
    /// What the cheapest plan is not above, if there is one that places everybody.
    pub ceiling: f64,
}

/// A centre.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub key: usize,
    /// Commissions that it can hold in all.
    pub rooms: u32,
    /// By option: candidates held there since it is their school.
    pub own: Vec<u32>,
    /// By option: teams of examiners that these must meet, whatever the others of their school do.
    pub teams: Vec<u32>,
}

/// Candidates who are alike and held to no centre.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub option: usize,
    pub count: u32,
    /// Whether they are of a school, which links those who examine them.
    pub school: bool,
    /// By centre: the way of one of them, weighed; infinite where he cannot sit.
    pub ways: Vec<f64>,
    /// Its place among the groups that somebody may examine nobody of.
    pub guard: Option<usize>,
}

/// An examiner.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Most commissions.
    pub most: u32,
    /// By option: whether he may sit in its commissions, and whether he has it.
    pub sits: Vec<bool>,
    pub expert: Vec<bool>,
    /// By slot: whether none of those held there may be examined by him (I1, I2, I3).
    pub barred: Vec<bool>,
    /// The groups none of whom may be examined by him.
    pub refuses: Vec<usize>,
    /// By centre: the way there and back, weighed.
    pub ways: Vec<f64>,
}

/// A zone's lines of a problem.
struct Lines<'a> {
    problem: &'a Problem,
    options: Vec<ExamOption>,
    centres: Vec<&'a Centre>,
    /// Places of the centres by key.
    places: BTreeMap<usize, usize>,
}

impl Zone {
    /// The zones of a problem that have somebody to hear, in the order of their keys.
    pub fn all(problem: &Problem) -> Vec<Self> {
        let keys: BTreeSet<usize> = problem.candidates.iter().map(|one| one.zone).collect();
        keys.into_iter()
            .map(|key| Self::new(problem, key))
            .collect()
    }

    fn new(problem: &Problem, key: usize) -> Self {
        let centres: Vec<&Centre> = problem.centres.iter().filter(|c| c.zone == key).collect();
        let candidates = problem.candidates.iter().filter(|one| one.zone == key);
        let options: BTreeSet<ExamOption> = candidates.clone().map(|one| one.option).collect();
        let places = centres.iter().enumerate();
        let lines = Lines {
            problem,
            options: options.into_iter().collect(),
            places: places.map(|(place, one)| (one.key, place)).collect(),
            centres,
        };
        let none = vec![0; lines.options.len()];
        let (usual, hard) = capacity(problem);
        let place = |one: &&Centre| Place {
            key: one.key,
            rooms: rooms(problem, one),
            own: none.clone(),
            teams: none.clone(),
        };
        let mut zone = Self {
            key,
            weights: problem.weights,
            options: lines.options.clone(),
            members: u32::from(problem.composition.members_min),
            experts: match problem.composition.of_option {
                OfOption::All => None,
                OfOption::AtLeast(count) => Some(u32::from(count)),
            },
            usual,
            hard,
            centres: lines.centres.iter().map(place).collect(),
            groups: Vec::new(),
            people: Vec::new(),
            candidates: none.clone(),
            loose_schools: none,
            ways: 0.0,
            ceiling: 0.0,
        };
        let refusals = zone.seat(&lines, &candidates.collect::<Vec<_>>());
        let examiners = problem.examiners.iter().filter(|one| one.zone == key);
        let people = examiners.map(|one| zone.person(&lines, one, &refusals));
        zone.people = people
            .filter(|one| one.most > 0 && one.sits.contains(&true))
            .collect();
        let mut guards = 0..;
        for group in 0..zone.groups.len() {
            if zone.people.iter().any(|one| one.refuses.contains(&group)) {
                zone.groups[group].guard = guards.next();
            }
        }
        zone.ceiling = zone.ceiling(problem);
        zone
    }

    /// Of a plan that places everybody, commissions that hear nobody can be taken away, and members that no rule asks
    /// for: what is left has no more commissions than candidates, and none of its terms is above these.
    fn ceiling(&self, problem: &Problem) -> f64 {
        let (weights, rules) = (self.weights, &problem.composition);
        let farthest = |ways: &[f64]| {
            let near = ways.iter().copied().filter(|way| way.is_finite());
            near.fold(0.0, f64::max)
        };
        let asked = [
            rules.teachers_min,
            rules.professionals_min,
            rules.members_min,
        ];
        let members: u32 = asked.into_iter().map(u32::from).sum();
        let members = f64::from(members + self.experts.unwrap_or(0));
        let candidates = f64::from(self.candidates.iter().sum::<u32>());
        let way = self.people.iter().map(|one| farthest(&one.ways));
        let load = f64::from(self.people.iter().map(|one| one.most).max().unwrap_or(0));
        let member = way.fold(0.0, f64::max) + weights.load_sq * load;
        let each = weights.commission + weights.centre + weights.overload + weights.component;
        let guests = self.groups.iter();
        let guests: f64 = guests
            .map(|one| f64::from(one.count) * farthest(&one.ways))
            .sum();
        let all =
            self.ways + guests + candidates * (each + 2.0 * weights.spread + members * member);
        // For what is rounded.
        1.0 + 1.001 * all
    }

    /// The slot of a centre and an option.
    pub fn slot(&self, centre: usize, option: usize) -> usize {
        centre * self.options.len() + option
    }

    /// Holds to their centre those who are held there, and groups the others. Answers who may not examine whom.
    fn seat<'a>(&mut self, lines: &Lines<'a>, candidates: &[&'a Candidate]) -> Refusals<'a> {
        let mut refusals = Refusals::new(lines.problem);
        let problem = lines.problem;
        // Of each school and option: those held to it, and the others.
        let mut schools: BTreeMap<(usize, usize), (u32, u32)> = BTreeMap::new();
        // Alike: of one option, school and way, and of the same needs.
        let mut groups: BTreeMap<_, (Point, Vec<&Candidate>)> = BTreeMap::new();
        for one in candidates {
            let Some(option) = lines.options.iter().position(|known| *known == one.option) else {
                continue;
            };
            self.candidates[option] += 1;
            let own = one.school.and_then(|school| lines.places.get(&school));
            let held = own.filter(|place| is_held(problem, one, lines.centres[**place]));
            if let Some(&place) = held {
                self.centres[place].own[option] += 1;
                self.ways += self.weights.cand_km * one.at.distance(lines.centres[place].at);
                refusals.add(one, Heard::At(self.slot(place, option)));
            } else {
                let from = [one.at.x.to_bits(), one.at.y.to_bits()];
                let alike = (option, one.school, from, one.needs_access);
                groups
                    .entry(alike)
                    .or_insert((one.at, Vec::new()))
                    .1
                    .push(*one);
            }
            if let Some(school) = one.school {
                let counts = schools.entry((school, option)).or_default();
                counts.0 += u32::from(held.is_some());
                counts.1 += u32::from(held.is_none());
            }
        }
        // Nothing keeps a file from a school with candidates of two zones: what they meet counts together.
        let outside = problem.candidates.iter().filter(|one| one.zone != self.key);
        let outside: BTreeSet<_> = outside
            .filter_map(|one| Some((one.school?, one.option)))
            .collect();
        for ((school, option), (held, free)) in schools {
            match lines.places.get(&school) {
                // They should meet min(2, n div 4) teams (FORMAT.md). Each of those who are free may meet one
                // elsewhere, which counts as well.
                Some(_) if held > 0 && outside.contains(&(school, lines.options[option])) => {}
                Some(place) if held > 0 => {
                    let teams = ((held + free) / 4).min(2);
                    self.centres[*place].teams[option] = teams.saturating_sub(free);
                }
                _ => self.loose_schools[option] += 1,
            }
        }
        for ((option, school, _, needs_access), (from, alike)) in groups {
            for one in &alike {
                refusals.add(one, Heard::Group(self.groups.len()));
            }
            let way = |centre: &&Centre| {
                if needs_access && !centre.accessible {
                    f64::INFINITY
                } else {
                    self.weights.cand_km * from.distance(centre.at)
                }
            };
            self.groups.push(Group {
                option,
                count: count(alike.len()),
                school: school.is_some(),
                ways: lines.centres.iter().map(way).collect(),
                guard: None,
            });
        }
        refusals
    }

    fn person(&self, lines: &Lines, one: &Examiner, refusals: &Refusals) -> Person {
        let problem = lines.problem;
        let free = |day: &NaiveDate| !problem.is_away(one, *day);
        let periods = problem.periods.iter();
        let periods = count(periods.filter(|days| days.iter().any(free)).count());
        let options = lines.options.iter();
        let expert: Vec<bool> = options.map(|known| one.options.contains(known)).collect();
        let refuses =
            |heard, count: u32| count > 0 && refusals.counts.get(&(one.key, heard)) == Some(&count);
        let own = self.centres.iter().flat_map(|centre| &centre.own);
        let barred = own
            .enumerate()
            .map(|(slot, own)| refuses(Heard::At(slot), *own));
        let groups = self.groups.iter().enumerate();
        let groups = groups.filter(|(group, known)| refuses(Heard::Group(*group), known.count));
        let way = |centre: &&Centre| problem.weights.exam_km * 2.0 * one.at.distance(centre.at);
        Person {
            most: periods.min(one.max_periods.map_or(u32::MAX, u32::from)),
            sits: expert
                .iter()
                .map(|has| *has || self.experts.is_some())
                .collect(),
            expert,
            barred: barred.collect(),
            refuses: groups.map(|(group, _)| group).collect(),
            ways: lines.centres.iter().map(way).collect(),
        }
    }
}

/// Who is heard together, as far as the relaxation tells: those held at a slot, or a group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Heard {
    At(usize),
    Group(usize),
}

/// Who may not examine whom (I1, I2, I3).
struct Refusals<'a> {
    problem: &'a Problem,
    /// Examiners by school.
    at_home: BTreeMap<usize, Vec<usize>>,
    /// Examiners who have withdrawn, by candidate.
    withdrawn: BTreeMap<usize, Vec<usize>>,
    /// How many of those heard together an examiner may not examine.
    counts: BTreeMap<(usize, Heard), u32>,
}

impl<'a> Refusals<'a> {
    fn new(problem: &'a Problem) -> Self {
        let (mut at_home, mut withdrawn) = (BTreeMap::new(), BTreeMap::new());
        for one in &problem.examiners {
            if let Some(school) = one.school {
                at_home.entry(school).or_insert_with(Vec::new).push(one.key);
            }
            for candidate in &one.conflicts {
                withdrawn
                    .entry(*candidate)
                    .or_insert_with(Vec::new)
                    .push(one.key);
            }
        }
        Self {
            problem,
            at_home,
            withdrawn,
            counts: BTreeMap::new(),
        }
    }

    fn add(&mut self, one: &Candidate, heard: Heard) {
        let mut gone: BTreeSet<usize> = BTreeSet::new();
        gone.extend(self.withdrawn.get(&one.key).into_iter().flatten());
        if !self.problem.composition.own_school {
            gone.extend(&one.teachers);
            let school = one.school.and_then(|school| self.at_home.get(&school));
            gone.extend(school.into_iter().flatten());
        }
        for examiner in gone {
            *self.counts.entry((examiner, heard)).or_default() += 1;
        }
    }
}

/// A number of lines.
pub(super) fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}

/// Whether O1 holds him to this centre, his school, whatever the plan. A centre that closes on a day may lose him for
/// that period: he is then free, which only lowers the bound.
fn is_held(problem: &Problem, one: &Candidate, own: &Centre) -> bool {
    let mut days = problem.periods.iter().flatten();
    let closes = days.any(|day| own.closed.contains(day));
    problem.own_centre && !one.displaced && !closes && (own.accessible || !one.needs_access)
}

/// Candidates of a commission: usual and most. Of the template of what is proposed and of those of the commissions made
/// by hand, the lines of the one that holds most, no more of them than the longest period has days: what the geometry
/// of the day seats is never more.
fn capacity(problem: &Problem) -> (u32, u32) {
    let longest = problem.periods.iter().map(Vec::len).max().unwrap_or(0);
    let most = |line: fn(&TemplateDay) -> u8| {
        let of = |template: &PeriodTemplate| {
            let mut lines: Vec<u32> = template.days.iter().map(|day| line(day).into()).collect();
            lines.sort_unstable_by(|a, b| b.cmp(a));
            lines.iter().take(longest).sum::<u32>()
        };
        let templates = problem.templates.iter().enumerate();
        let used = templates.filter(|(place, template)| {
            *place == 0
                || problem
                    .fixed
                    .iter()
                    .any(|one| one.template == template.code)
        });
        used.map(|(_, template)| of(template)).max().unwrap_or(0)
    };
    let usual = most(|day| day.max);
    if problem.sixth {
        (usual, most(|day| day.hard_max.max(day.max)))
    } else {
        (usual, usual)
    }
}

/// Commissions that a centre can hold in all: those of each period's best day.
fn rooms(problem: &Problem, centre: &Centre) -> u32 {
    let best = |days: &Vec<NaiveDate>| {
        let rooms = days.iter().map(|day| at_once(problem, centre, *day));
        rooms.max().unwrap_or(0)
    };
    problem
        .periods
        .iter()
        .map(best)
        .fold(0, u32::saturating_add)
}

/// Commissions that a centre can hold on a day.
pub(super) fn at_once(problem: &Problem, centre: &Centre, day: NaiveDate) -> u32 {
    if centre.closed.contains(&day) {
        return 0;
    }
    let taken = problem.taken.environments.iter();
    let taken = taken.filter(|held| **held == (centre.key, day)).count();
    let left = usize::from(centre.environments).saturating_sub(taken);
    // A course without environments can be held by as many as there are candidates.
    let rooms = left.checked_div(usize::from(problem.rules.environments));
    count(rooms.unwrap_or(problem.candidates.len()))
}
