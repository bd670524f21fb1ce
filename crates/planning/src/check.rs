//! A plan looked at anew, rule by rule, and priced, by code that shares nothing with what proposed it.
//!
//! The codes and the terms are those of the exchange format's judge (`e5-planning/1`), and the two agree on every plan of
//! that format, but for what the platform adds: [`RULES`] says which. A day on which a commission hears nobody is as
//! though it were not written, save that the commission keeps its place in the period (C3, M5); a commission at a place
//! that is no centre (C1) is not looked at further, and hears nobody.

mod compare;
mod counts;
mod ground;
mod loads;
mod objective;
mod rules;
mod times;

use chrono::NaiveDate;

use self::ground::{Ground, Heard, Held, Team};
use self::times::Times;
use crate::session::{Examiner, Plan, Problem};

pub use self::compare::{Comparison, compare};
pub use self::loads::{CentreLoad, ExaminerLoad, Links, Loads, Part, links, loads};
pub use self::objective::{Term, Terms, objective};
pub use self::rules::{RULES, rule};

/// A rule that plans respect.
#[derive(Debug)]
pub struct Rule {
    /// Its code.
    pub code: &'static str,
    /// What it says, for whoever plans.
    pub says: &'static str,
    /// Where it is written; « planification » where no text writes it and the format does.
    pub source: &'static str,
    check: Check,
}

/// What a rule looks at; it answers whether the rule is broken there.
#[derive(Clone, Copy, Debug)]
enum Check {
    /// The plan: it names the commission, the day and whom it is about by itself.
    Plan(fn(&Ground, &mut dyn FnMut(Place, About))),
    /// A commission.
    Team(fn(&Problem, &Team) -> bool),
    /// A day on which a commission is there, to prepare or to hear.
    Date(fn(&Team, NaiveDate) -> bool),
    /// A member.
    Member(fn(&Team, &Examiner) -> bool),
    /// A member on such a day.
    MemberDate(fn(&Problem, &Examiner, NaiveDate) -> bool),
    /// A day on which somebody is heard.
    Day(fn(&Problem, &Team, &Held) -> bool),
    /// A candidate who is heard.
    Candidate(fn(&Problem, &Team, &Held, &Heard) -> bool),
    /// His times.
    Times(fn(&Problem, &Held, &Times) -> bool),
}

/// A commission's place in the plan, and a day.
type Place = (usize, Option<NaiveDate>);

/// A rule that a plan breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Code of the rule.
    pub code: &'static str,
    /// Place of the commission in the plan; where a rule counts several of them, that of the first which is too many.
    pub commission: usize,
    /// The day, where the rule is of one.
    pub day: Option<NaiveDate>,
    /// Who or what it is about.
    pub about: About,
}

/// Who or what a rule is about, by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The commission itself.
    Commission,
    /// A candidate.
    Candidate(usize),
    /// An examiner.
    Examiner(usize),
    /// A centre.
    Centre(usize),
}

/// Every rule that a plan breaks, by commission, then in the order of [`RULES`].
pub fn violations(problem: &Problem, plan: &Plan) -> Vec<Violation> {
    let ground = Ground::of(problem, plan);
    let mut found = Vec::new();
    for rule in RULES {
        rule.check.run(&ground, &mut |(commission, day), about| {
            found.push(Violation {
                code: rule.code,
                commission,
                day,
                about,
            });
        });
    }
    found.sort_by_key(|one| one.commission);
    found
}

impl Check {
    /// Tells every place where the rule is broken.
    fn run(self, ground: &Ground, say: &mut dyn FnMut(Place, About)) {
        if let Self::Plan(check) = self {
            return check(ground, say);
        }
        for team in &ground.teams {
            self.run_on(ground.problem, team, say);
        }
    }

    fn run_on(self, problem: &Problem, team: &Team, say: &mut dyn FnMut(Place, About)) {
        let heard = || {
            let days = team.days.iter();
            days.flat_map(|held| held.heard.iter().map(move |heard| (held, heard)))
        };
        match self {
            Self::Plan(_) => {}
            Self::Team(broken) => {
                if broken(problem, team) {
                    say((team.place, None), About::Commission);
                }
            }
            Self::Date(broken) => {
                for date in team.dates.iter().filter(|date| broken(team, **date)) {
                    say((team.place, Some(*date)), About::Centre(team.centre.key));
                }
            }
            Self::Member(broken) => {
                for member in team.members.iter().filter(|one| broken(team, one)) {
                    say((team.place, None), About::Examiner(member.key));
                }
            }
            Self::MemberDate(broken) => {
                for member in &team.members {
                    let days = team.dates.iter();
                    for date in days.filter(|date| broken(problem, member, **date)) {
                        say((team.place, Some(*date)), About::Examiner(member.key));
                    }
                }
            }
            Self::Day(broken) => {
                for held in team.days.iter().filter(|one| broken(problem, team, one)) {
                    say((team.place, Some(held.day.date)), About::Commission);
                }
            }
            Self::Candidate(broken) => {
                for (held, heard) in heard().filter(|(day, one)| broken(problem, team, day, one)) {
                    let about = About::Candidate(heard.candidate.key);
                    say((team.place, Some(held.day.date)), about);
                }
            }
            Self::Times(broken) => {
                for (held, heard) in heard() {
                    let times = heard.times.as_ref();
                    if times.is_some_and(|times| broken(problem, held, times)) {
                        let about = About::Candidate(heard.candidate.key);
                        say((team.place, Some(held.day.date)), about);
                    }
                }
            }
        }
    }
}
