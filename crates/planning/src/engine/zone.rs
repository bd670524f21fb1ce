//! A zone's problem as dense lists: nobody leaves his zone, so each is solved by itself.

mod people;
mod spans;

use std::collections::HashMap;

use chrono::NaiveDate;
use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::regulation::OfOption;

use self::people::{examiners, kinds, people, schools};
pub(super) use self::spans::fixed_of;
use self::spans::{add_fixed, clashes, dates, parts, spans};
use crate::session::{Candidate, Problem, Weights};

/// No examiner, school or commission.
pub(super) const NONE: u16 = u16::MAX;
/// Most members of a commission.
pub(super) const MEMBERS: usize = 4;
/// Most days of a span on which candidates are heard.
pub(super) const DAYS: usize = 3;
/// Most candidates of a day: of annexe 9-4 six fit and never seven; a shorter course holds more.
pub(super) const SEATS: usize = 12;
/// Most spans of a zone: one bit each.
const SPANS: usize = 128;
/// What an objective's point is counted in, so that sums are exact and undone exactly.
pub(super) const UNIT: f64 = 1000.0;

/// Days on which a commission sits: a period, a part of one, or those of a commission made by hand.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// Days of interrogation, in order.
    pub days: Vec<usize>,
    /// Every day on which its members are held.
    pub held: Vec<usize>,
    /// Every day on which its rooms are: a part of a period has them through the period, as the exchange format counts.
    pub booked: Vec<usize>,
    /// Most candidates of the first day that has some, where the preparation is part of it.
    pub first: u8,
    /// Most candidates of a day.
    pub usual: u8,
    /// Most candidates of a day with those whom the authority grants.
    pub most: u8,
    /// Whether the preparation is part of the first day that has a candidate.
    pub prepared: bool,
    /// Spans in which whoever sits here cannot sit: a bit each.
    pub clash: u128,
    /// Its place in time among the spans: that of its period.
    pub order: usize,
    /// Code of its template.
    pub template: String,
}

impl Span {
    /// Candidates of a commission in the usual case.
    pub fn usual_seats(&self) -> usize {
        let later = self.days.len().saturating_sub(1);
        usize::from(if self.prepared {
            self.first
        } else {
            self.usual
        }) + later * usize::from(self.usual)
    }
}

/// A candidate.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Place in the problem's list.
    pub place: usize,
    pub school: u16,
    pub option: u8,
    /// Place of his accommodation among the kinds.
    pub kind: u8,
    /// Centres that he can reach, nearest first.
    pub centres: Vec<u16>,
    /// His own centre, where he sits unless it is closed then.
    pub home: Option<u16>,
    /// Examiners who may not hear him besides those of his school.
    pub barred: Vec<u16>,
    /// Days on which he cannot.
    pub off: Vec<usize>,
    /// Whether he stays in the commission made by hand in which he sits.
    pub pinned: bool,
}

/// An examiner.
#[derive(Clone, Debug)]
pub(super) struct Who {
    /// Place in the problem's list.
    pub place: usize,
    pub school: u16,
    /// Whether he has each option.
    pub has: [bool; 2],
    pub professional: bool,
    /// Most periods.
    pub most: u16,
    /// Spans in which he can sit: a bit each.
    pub can: u128,
}

/// A zone.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    pub key: usize,
    pub spans: Vec<Span>,
    /// How many spans, the first ones, are the periods; then come those of commissions made by hand, then parts of periods.
    pub periods: usize,
    /// The span of each commission made by hand, in their order.
    pub by_hand: Vec<usize>,
    /// Spans in which a commission may be opened.
    pub open: Vec<u8>,
    pub dates: Vec<NaiveDate>,
    /// Place of each centre in the problem's list.
    pub centres: Vec<usize>,
    /// Commissions that a centre holds on a day: `centre * dates + day`.
    pub rooms: Vec<u16>,
    /// Whether a centre is closed on one of a span's days: `centre * spans + span`.
    pub shut: Vec<bool>,
    /// Whether a centre is closed on a day: `centre * dates + day`.
    closed: Vec<bool>,
    pub people: Vec<Person>,
    /// Candidates who have a choice of centres.
    pub movers: Vec<u32>,
    pub examiners: Vec<Who>,
    pub schools: usize,
    pub kinds: Vec<Accommodation>,
    /// Cost of an examiner's way: `examiner * centres + centre`.
    pub travel: Vec<i64>,
    /// Cost of a candidate's way: `person * centres + centre`.
    pub way: Vec<i64>,
    /// Examiners of an option, nearest first: `centre * 2 + option`.
    pub near: Vec<Vec<u16>>,
    pub size: usize,
    /// Whether a commission needs more members than one has here: then there is none.
    pub too_many: bool,
    pub of_option: usize,
    pub teachers: usize,
    pub professionals: usize,
    pub own_school: bool,
    /// Whether commissions of one school are to be spread over the period (CCF, annexe 9).
    pub spread_out: bool,
    pub weights: Costs,
    /// Seats of each option that are to stay free in the last period.
    pub reserve: [i64; 2],
}

/// Weights in exact units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Costs {
    pub unassigned: i64,
    pub commission: i64,
    pub centre: i64,
    pub overload: i64,
    pub load: i64,
    pub spread: i64,
    pub component: i64,
    /// A seat of the reserve that is not free.
    pub reserve: i64,
}

impl Costs {
    fn of(weights: &Weights) -> Self {
        Self {
            unassigned: exact(weights.unassigned),
            commission: exact(weights.commission),
            centre: exact(weights.centre),
            overload: exact(weights.overload),
            load: exact(weights.load_sq),
            spread: exact(weights.spread),
            component: exact(weights.component),
            // Dearer than a commission and a centre more: the reserve is there wherever it can be.
            reserve: exact(weights.commission * 1.5 + weights.centre),
        }
    }
}

/// Parts of the periods of a zone, given its dates and periods.
type Parts = fn(&Problem, usize, &[NaiveDate], &[Span]) -> Vec<Span>;

/// Most points of one cost: with more, sums over a nation would not be exact.
const MOST: f64 = 1e8;

/// A cost in exact units.
#[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
fn exact(points: f64) -> i64 {
    (points.clamp(-MOST, MOST) * UNIT).round() as i64
}

impl Zone {
    /// The zone of a key, whose commissions sit on all the days of a period, as long as somebody is heard on them.
    pub fn of(problem: &Problem, key: usize) -> Self {
        Self::with(problem, key, |_, _, _, _| Vec::new())
    }

    /// The same, whose commissions may also sit on a part of a period's days, where an examiner is away, or a centre closed,
    /// on the others; none where there is no such day.
    pub fn by_days(problem: &Problem, key: usize) -> Option<Self> {
        let zone = Self::with(problem, key, parts);
        (zone.open.len() > zone.periods).then_some(zone)
    }

    fn with(problem: &Problem, key: usize, parts: Parts) -> Self {
        let dates = dates(problem);
        let mut spans = spans(problem, &dates);
        let (periods, parts) = (spans.len(), parts(problem, key, &dates, &spans));
        let by_hand = add_fixed(problem, key, &dates, &mut spans);
        let whole = spans.len();
        spans.extend(parts);
        spans.truncate(SPANS);
        let open = (0..spans.len()).filter(|span| *span < periods || *span >= whole);
        let open = open.filter_map(|span| u8::try_from(span).ok()).collect();
        clashes(problem, &dates, &mut spans);
        let centres: Vec<usize> = (0..problem.centres.len())
            .filter(|place| problem.centres[*place].zone == key)
            .take(usize::from(NONE))
            .collect();
        let schools = schools(problem, key);
        let examiners = examiners(problem, key, &schools, &spans, &dates);
        let kinds = kinds(problem, key);
        let people = people(problem, key, &centres, &schools, &examiners, &kinds, &dates);
        let mut travel = Vec::with_capacity(examiners.len() * centres.len());
        for one in &examiners {
            let at = problem.examiners[one.place].at;
            let cost = |centre: &usize| {
                2.0 * at.distance(problem.centres[*centre].at) * problem.weights.exam_km
            };
            travel.extend(centres.iter().map(|centre| exact(cost(centre))));
        }
        let mut way = Vec::with_capacity(people.len() * centres.len());
        for one in &people {
            let at = problem.candidates[one.place].at;
            let cost =
                |centre: &usize| at.distance(problem.centres[*centre].at) * problem.weights.cand_km;
            way.extend(centres.iter().map(|centre| exact(cost(centre))));
        }
        let composition = &problem.composition;
        let size = usize::from(composition.members_min).clamp(1, MEMBERS);
        let of_option = match composition.of_option {
            OfOption::All => size,
            OfOption::AtLeast(count) => usize::from(count),
        };
        let mut near = Vec::new();
        for centre in 0..centres.len() {
            for option in 0..2 {
                let mut list: Vec<u16> = (0..examiners.len())
                    .filter(|who| of_option < size || examiners[*who].has[option])
                    .filter_map(|who| u16::try_from(who).ok())
                    .collect();
                list.sort_by_key(|who| (travel[usize::from(*who) * centres.len() + centre], *who));
                near.push(list);
            }
        }
        Self {
            key,
            rooms: rooms(problem, &centres, &dates),
            shut: shut(problem, &centres, &spans, &dates),
            closed: closed(problem, &centres, &dates),
            spans,
            periods,
            by_hand,
            open,
            dates,
            centres,
            movers: (0..)
                .zip(&people)
                .filter(|(_, one)| one.home.is_none() && one.centres.len() > 1)
                .map(|(at, _)| at)
                .collect(),
            people,
            examiners,
            schools: schools.len(),
            kinds,
            travel,
            way,
            near,
            size,
            too_many: usize::from(composition.members_min) > MEMBERS,
            of_option,
            teachers: usize::from(composition.teachers_min),
            professionals: usize::from(composition.professionals_min),
            own_school: composition.own_school,
            spread_out: problem.form == Form::Ccf,
            reserve: reserve(problem, key),
            weights: Costs::of(&problem.weights),
        }
    }

    /// Whether an examiner may hear a candidate (I1, I2, I3).
    pub fn may_hear(&self, who: u16, person: usize) -> bool {
        let (one, person) = (&self.examiners[usize::from(who)], &self.people[person]);
        (self.own_school || one.school == NONE || one.school != person.school)
            && !person.barred.contains(&who)
    }

    /// Whether a candidate cannot be heard at a centre on a day: he is away, or it is not his own, which is open then (O1).
    /// Another day of the commission on which his own is closed would do, but its candidates may leave that day.
    pub fn is_off(&self, person: usize, centre: u16, date: usize) -> bool {
        let one = &self.people[person];
        let open = |home: u16| !self.closed[usize::from(home) * self.dates.len() + date];
        one.off.contains(&date) || one.home.is_some_and(|home| home != centre && open(home))
    }

    /// Whether a candidate may sit at a centre on some day of a span (A1, O1).
    pub fn may_sit(&self, person: usize, centre: u16, span: usize) -> bool {
        let one = &self.people[person];
        match one.home {
            Some(home) if home == centre => true,
            Some(home) => {
                self.shut[usize::from(home) * self.spans.len() + span]
                    && one.centres.contains(&centre)
            }
            None => one.centres.contains(&centre),
        }
    }

    /// Whether these members make a commission of an option (M1, M3).
    pub fn composed(&self, members: &[u16], option: usize) -> bool {
        let (mut with, mut professionals) = (0, 0);
        for who in members {
            let one = &self.examiners[usize::from(*who)];
            with += usize::from(one.has[option]);
            professionals += usize::from(one.professional);
        }
        !self.too_many
            && with >= self.of_option.min(members.len())
            && members.len() - professionals >= self.teachers
            && professionals >= self.professionals
    }

    /// Cost of a member's way.
    pub fn travel(&self, who: u16, centre: u16) -> i64 {
        self.travel[usize::from(who) * self.centres.len() + usize::from(centre)]
    }

    /// Cost of a candidate's way.
    pub fn way(&self, person: usize, centre: u16) -> i64 {
        self.way[person * self.centres.len() + usize::from(centre)]
    }
}

/// Commissions that each centre holds on each day beside those of other plans.
fn rooms(problem: &Problem, centres: &[usize], dates: &[NaiveDate]) -> Vec<u16> {
    let mut taken: HashMap<(usize, NaiveDate), u16> = HashMap::new();
    for held in &problem.taken.environments {
        *taken.entry(*held).or_default() += 1;
    }
    let each = u16::from(problem.rules.environments);
    let mut rooms = Vec::new();
    for place in centres {
        let centre = &problem.centres[*place];
        rooms.extend(dates.iter().map(|date| {
            if centre.closed.contains(date) {
                return 0;
            }
            let held = taken.get(&(centre.key, *date)).copied().unwrap_or(0);
            // A course that needs no environment is held by the centre's rooms only: as many as are asked for.
            centre
                .environments
                .saturating_sub(held)
                .checked_div(each)
                .unwrap_or(u16::MAX)
        }));
    }
    rooms
}

/// Whether each centre is closed on one of a span's days.
fn shut(problem: &Problem, centres: &[usize], spans: &[Span], dates: &[NaiveDate]) -> Vec<bool> {
    let mut shut = Vec::new();
    for place in centres {
        let closed = &problem.centres[*place].closed;
        shut.extend(
            spans
                .iter()
                .map(|span| span.days.iter().any(|day| closed.contains(&dates[*day]))),
        );
    }
    shut
}

/// Whether each centre is closed on each day.
fn closed(problem: &Problem, centres: &[usize], dates: &[NaiveDate]) -> Vec<bool> {
    let of = |place: &usize| &problem.centres[*place].closed;
    let days = |place| dates.iter().map(move |date| of(place).contains(date));
    centres.iter().flat_map(days).collect()
}

/// Seats of each option that are to stay free in the last period.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a part of a number of candidates; a cast saturates"
)]
fn reserve(problem: &Problem, key: usize) -> [i64; 2] {
    ExamOption::ALL.map(|(option, _)| {
        let of = |one: &&Candidate| one.zone == key && one.option == option;
        let count = problem.candidates.iter().filter(of).count();
        (count as f64 * problem.reserve.clamp(0.0, 1.0)).ceil() as i64
    })
}
