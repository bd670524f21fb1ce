//! The best plan of a small session by looking at every one: rules and objective as FORMAT.md words them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use delos_domain::candidate::{Accommodation, ExamOption};
use delos_domain::regulation::OfOption;
use delos_planning::day::DayTable;
use delos_planning::session::{Candidate, Centre, Examiner, Problem};

/// A commission that could be, its days still open.
#[derive(Clone)]
struct Post<'a> {
    centre: &'a Centre,
    option: ExamOption,
    period: usize,
    members: Vec<&'a Examiner>,
    /// Days on which all members can and the centre is open.
    days: Vec<NaiveDate>,
    ways: f64,
}

/// The search.
struct Search<'a> {
    problem: &'a Problem,
    table: DayTable<'a>,
    posts: Vec<Post<'a>>,
    /// The least way of every candidate, weighed.
    least_ways: Vec<f64>,
    best: f64,
    splits: BTreeMap<(usize, Vec<usize>), Option<u32>>,
}

/// The objective of the best plan that places everybody; none when there is no such plan.
pub fn optimum(problem: &Problem) -> Option<f64> {
    let posts = posts(problem);
    let mut least_ways = Vec::new();
    for one in &problem.candidates {
        let open = posts.iter().filter(|post| may(problem, post, one));
        let ways = open.map(|post| problem.weights.cand_km * one.at.distance(post.centre.at));
        least_ways.push(ways.min_by(f64::total_cmp)?);
    }
    let mut search = Search {
        problem,
        table: DayTable::new(&problem.course, &problem.rules),
        posts,
        least_ways,
        best: f64::INFINITY,
        splits: BTreeMap::new(),
    };
    // Few commissions first: a plan found cuts off what cannot be better, and a larger set is never cheaper than its
    // parts.
    for most in 1..=2 * problem.examiners.len() {
        if !search.choose(0, most, &mut Vec::new()) {
            break;
        }
    }
    search.best.is_finite().then_some(search.best)
}

/// Every commission: any set of members that may sit together.
fn posts(problem: &Problem) -> Vec<Post<'_>> {
    let mut posts = Vec::new();
    for set in 1_usize..1 << problem.examiners.len() {
        let members: Vec<&Examiner> = (problem.examiners.iter().enumerate())
            .filter(|(place, _)| set >> place & 1 == 1)
            .map(|(_, one)| one)
            .collect();
        for option in [ExamOption::Sisr, ExamOption::Slam] {
            let with = members.iter().filter(|one| one.options.contains(&option));
            let asked = match problem.composition.of_option {
                OfOption::All => members.len(),
                OfOption::AtLeast(count) => usize::from(count),
            };
            if members.len() < usize::from(problem.composition.members_min) || with.count() < asked
            {
                continue;
            }
            for (period, days) in problem.periods.iter().enumerate() {
                for centre in &problem.centres {
                    let can = |day: &&NaiveDate| {
                        !centre.closed.contains(day)
                            && members.iter().all(|one| !one.unavailable.contains(day))
                    };
                    posts.push(Post {
                        centre,
                        option,
                        period,
                        members: members.clone(),
                        days: days.iter().filter(can).copied().collect(),
                        ways: members.iter().map(|one| one.at.distance(centre.at)).sum(),
                    });
                }
            }
        }
    }
    // Who can never hear anybody is still a commission that may link others.
    posts.retain(|post| !post.days.is_empty());
    posts
}

impl Search<'_> {
    /// Looks at every set of `most` commissions with those chosen; false when none of them was cheap enough to look at.
    fn choose(&mut self, from: usize, most: usize, chosen: &mut Vec<usize>) -> bool {
        let weights = self.problem.weights;
        let load = f64::from(self.problem.composition.members_min) * weights.load_sq;
        let missing = most - chosen.len();
        let ways: f64 = self.least_ways.iter().sum();
        let cost = self.fixed(chosen);
        if cost + ways + number(missing) * (weights.commission + load) >= self.best {
            return false;
        }
        if missing == 0 {
            self.assign(0, chosen, &mut vec![Vec::new(); most], cost);
            return true;
        }
        let mut looked = false;
        for next in from..self.posts.len() {
            if !self.clashes(chosen, next) {
                chosen.push(next);
                looked |= self.choose(next, most, chosen);
                chosen.pop();
            }
        }
        looked
    }

    /// M5, M6 and C3.
    fn clashes(&self, chosen: &[usize], next: usize) -> bool {
        let post = &self.posts[next];
        let others = || chosen.iter().map(|place| &self.posts[*place]);
        let sits = |other: &Post, key| other.members.iter().any(|one| one.key == key);
        let beside = others()
            .filter(|other| other.period == post.period && other.centre.key == post.centre.key)
            .count();
        2 * (beside + 1) > usize::from(post.centre.environments)
            || post.members.iter().any(|one| {
                let mut there = others().filter(|other| sits(other, one.key));
                let count = there.clone().count() + 1;
                there.any(|other| other.period == post.period)
                    || one
                        .max_periods
                        .is_some_and(|most| count > usize::from(most))
            })
    }

    /// What commissions weigh, whoever they hear.
    fn fixed(&self, chosen: &[usize]) -> f64 {
        let weights = self.problem.weights;
        let mut loads: BTreeMap<usize, usize> = BTreeMap::new();
        let mut centres = BTreeSet::new();
        let mut cost = 0.0;
        for post in chosen.iter().map(|place| &self.posts[*place]) {
            cost += weights.commission + weights.exam_km * 2.0 * post.ways;
            centres.insert(post.centre.key);
            for one in &post.members {
                *loads.entry(one.key).or_default() += 1;
            }
        }
        let load: usize = loads.values().map(|load| load * load).sum();
        cost + weights.centre * number(centres.len()) + weights.load_sq * number(load)
    }

    /// Every way to give the candidates from this one on to the commissions.
    fn assign(&mut self, from: usize, chosen: &[usize], heard: &mut Vec<Vec<usize>>, cost: f64) {
        if cost + self.least_ways[from..].iter().sum::<f64>() >= self.best {
            return;
        }
        let Some(one) = self.problem.candidates.get(from) else {
            self.finish(chosen, heard, cost);
            return;
        };
        for (place, post) in chosen.iter().enumerate() {
            let post = &self.posts[*post];
            if heard[place].len() < 9 && may(self.problem, post, one) {
                let way = self.problem.weights.cand_km * one.at.distance(post.centre.at);
                heard[place].push(from);
                self.assign(from + 1, chosen, heard, cost + way);
                heard[place].pop();
            }
        }
    }

    /// What depends on who hears whom: teams met, parts of the graph, days.
    fn finish(&mut self, chosen: &[usize], heard: &[Vec<usize>], mut cost: f64) {
        let weights = self.problem.weights;
        let mut nodes: BTreeMap<ExamOption, Vec<BTreeSet<(bool, usize)>>> = BTreeMap::new();
        let mut met: BTreeMap<_, (usize, BTreeSet<Vec<usize>>)> = BTreeMap::new();
        for (place, heard) in chosen.iter().zip(heard) {
            let post = &self.posts[*place];
            let members: Vec<usize> = post.members.iter().map(|one| one.key).collect();
            let mut node: BTreeSet<_> = members.iter().map(|key| (false, *key)).collect();
            for one in heard.iter().map(|one| &self.problem.candidates[*one]) {
                if let Some(school) = one.school {
                    node.insert((true, school));
                    let entry = met.entry((school, one.option)).or_default();
                    entry.0 += 1;
                    entry.1.insert(members.clone());
                }
            }
            nodes.entry(post.option).or_default().push(node);
        }
        for (count, teams) in met.values() {
            let missed = (count / 4).min(2).saturating_sub(teams.len());
            cost += weights.spread * number(missed);
        }
        for sets in nodes.into_values() {
            let mut parts: Vec<BTreeSet<(bool, usize)>> = Vec::new();
            for mut set in sets {
                while let Some(same) = parts.iter().position(|part| !part.is_disjoint(&set)) {
                    set.extend(parts.swap_remove(same));
                }
                parts.push(set);
            }
            cost += weights.component * number(parts.len() - 1);
        }
        for (place, heard) in chosen.iter().zip(heard) {
            if cost >= self.best {
                return;
            }
            let Some(beyond) = self.split(*place, heard) else {
                return;
            };
            cost += weights.overload * f64::from(beyond);
        }
        self.best = self.best.min(cost);
    }

    /// The fewest candidates beyond the usual of a day, over the ways to split these over the days; none when there is
    /// no way.
    fn split(&mut self, place: usize, heard: &[usize]) -> Option<u32> {
        let key = (place, heard.to_vec());
        if let Some(known) = self.splits.get(&key) {
            return *known;
        }
        let (problem, post) = (self.problem, self.posts[place].clone());
        let mut best: Option<u32> = None;
        for set in 0_usize..1 << heard.len() {
            let days = problem.periods[post.period].iter().enumerate();
            let days: Vec<(NaiveDate, Vec<&Candidate>)> = days
                .map(|(rank, day)| {
                    let here = heard.iter().enumerate();
                    let here = here.filter(|(at, _)| set >> at & 1 == rank);
                    (
                        *day,
                        here.map(|(_, one)| &problem.candidates[*one]).collect(),
                    )
                })
                .filter(|(_, who): &(_, Vec<_>)| !who.is_empty())
                .collect();
            if let Some(beyond) = self.fits(&post, &days) {
                best = Some(best.map_or(beyond, |best| best.min(beyond)));
            }
        }
        self.splits.insert(key, best);
        best
    }

    /// How many are beyond the usual on these days; none when they do not fit.
    fn fits(&mut self, post: &Post, days: &[(NaiveDate, Vec<&Candidate>)]) -> Option<u32> {
        let problem = self.problem;
        let lines = &problem.templates[0].days;
        let mut beyond = 0;
        for (rank, (day, who)) in days.iter().enumerate() {
            let most = match rank {
                0 => lines[0].max,
                _ if problem.sixth => lines[1].hard_max,
                _ => lines[1].max,
            };
            let kinds: Vec<Accommodation> = who.iter().map(|one| one.accommodation).collect();
            let here = |one: &&Candidate| {
                let days = days.iter().map(|(day, _)| *day);
                !one.unavailable.contains(day) && is_home(problem, post, one, days)
            };
            let fits = post.days.contains(day)
                && who.len() <= usize::from(most)
                && who.iter().all(here)
                && self.table.fits(rank == 0, &kinds);
            if !fits {
                return None;
            }
            if rank > 0 {
                beyond += whole(who.len()).saturating_sub(lines[1].max.into());
            }
        }
        Some(beyond)
    }
}

/// Whether a commission may hear a candidate, whatever the days (X2, A1, I1, I2, I3, O1).
fn may(problem: &Problem, post: &Post, one: &Candidate) -> bool {
    let free = problem.composition.own_school;
    let mut days = post.days.iter();
    one.option == post.option
        && (post.centre.accessible || !one.needs_access)
        && post.members.iter().all(|member| {
            (free || member.school.is_none() || member.school != one.school)
                && (free || !one.teachers.contains(&member.key))
                && !member.conflicts.contains(&one.key)
        })
        && days.any(|day| is_home(problem, post, one, [*day].into_iter()))
}

/// O1: he sits in his school where it is a centre, unless it is closed on one of these days or out of his reach.
fn is_home(
    problem: &Problem,
    post: &Post,
    one: &Candidate,
    mut days: impl Iterator<Item = NaiveDate>,
) -> bool {
    let mut centres = problem.centres.iter();
    let own = centres.find(|centre| Some(centre.key) == one.school);
    own.is_none_or(|own| {
        !problem.own_centre
            || own.key == post.centre.key
            || (one.needs_access && !own.accessible)
            || days.any(|day| own.closed.contains(&day))
    })
}

fn number(count: usize) -> f64 {
    f64::from(whole(count))
}

fn whole(count: usize) -> u32 {
    u32::try_from(count).expect("a few")
}
