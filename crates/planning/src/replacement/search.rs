//! Seats for one candidate, nobody else touched.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::candidate::Form;

use super::index::Index;
use super::refusal::{self, NoSeat, SeatRule};
use super::{Allowed, Opens, Refusals, Seat, Seats, Wanted, Way, fit};
use crate::session::{Candidate, Commission, Day, PlacedSlot, Plan, Problem};

/// A team and a day, which no seat of a search may be on.
pub(super) type Barred = Option<(usize, NaiveDate)>;

/// What orders seats, the least first: what is opened, beyond the usual most, another commission, another centre, metres.
pub(super) type Rank = (Opens, bool, bool, bool, u64);

impl Index<'_> {
    /// Every seat for a candidate, best first, nobody else touched; and the rule that refuses each other one. One who is
    /// heard in the plan is asked for as though he were not: the rules are those that the plan without him keeps.
    pub fn seats(&mut self, wanted: &Wanted, allowed: Allowed, refusals: Refusals) -> Seats {
        let mark = self.mark();
        self.take_out(wanted.candidate);
        let mut seats = self.found(wanted, allowed, refusals, None);
        let mut free = Vec::with_capacity(seats.free.len());
        for seat in std::mem::take(&mut seats.free) {
            match self.refusal(wanted.candidate, &seat) {
                None => free.push(seat),
                Some(rule) => seats.refuse(refusals, seat.commission, seat.date, rule),
            }
        }
        seats.free = free;
        seats.refused.sort_by_key(|one| (one.commission, one.date));
        self.undo(mark);
        seats
    }

    /// Ways to give a candidate a seat, best first: nobody else touched; where there is none, with others of the day
    /// retimed; where there is none either, with others moved; each as far as it is allowed. One who is heard in the plan
    /// is asked for as though he were not: the rules are those that the plan without him keeps.
    pub fn ways(&mut self, wanted: &Wanted, allowed: Allowed) -> Vec<Way> {
        let mark = self.mark();
        self.take_out(wanted.candidate);
        let left = self.changed(mark);
        let begun = self.mark();
        let plain = self.found(wanted, allowed, Refusals::None, None).free;
        let mut ways: Vec<Way> = plain
            .into_iter()
            .filter_map(|seat| self.plain(wanted.candidate, seat))
            .collect();
        if ways.is_empty() && allowed.retimes {
            ways = self.retimed(wanted);
        }
        if ways.is_empty() && allowed.moves > 0 {
            ways = self.chained(wanted, allowed);
        }
        debug_assert_eq!(self.mark(), begun);
        self.undo(mark);
        // What he leaves changes too.
        for way in &mut ways {
            for (place, one) in &left {
                if !way.commissions.iter().any(|(other, _)| other == place) {
                    way.commissions.push((*place, one.clone()));
                }
            }
            way.commissions.sort_by_key(|(place, _)| *place);
        }
        ways
    }

    /// The best seat for a candidate who is not heard, if there is one.
    pub(super) fn best(
        &mut self,
        wanted: &Wanted,
        allowed: Allowed,
        barred: Barred,
    ) -> Option<Seat> {
        let found = self.found(wanted, allowed, Refusals::None, barred).free;
        let mut free = found.into_iter();
        free.find(|seat| self.refusal(wanted.candidate, seat).is_none())
    }

    fn plain(&mut self, candidate: usize, seat: Seat) -> Option<Way> {
        let change = seated(&self.plan, candidate, &seat)?;
        let commissions = vec![change];
        self.broken(&commissions).is_none().then_some(Way {
            seat,
            retimed: Vec::new(),
            moved: Vec::new(),
            commissions,
        })
    }

    /// The rule that a seat would break, by the checker.
    fn refusal(&self, candidate: usize, seat: &Seat) -> Option<SeatRule> {
        let Some(change) = seated(&self.plan, candidate, seat) else {
            return Some(SeatRule::Other);
        };
        self.broken(&[change]).map(SeatRule::of_code)
    }

    /// Seats that the search finds, best first, not yet checked.
    pub(super) fn found(
        &self,
        wanted: &Wanted,
        allowed: Allowed,
        refusals: Refusals,
        barred: Barred,
    ) -> Seats {
        let mut seats = Seats::default();
        let Some(candidate) = self.candidates.get(&wanted.candidate) else {
            return seats;
        };
        let all: Vec<usize>;
        let places = if refusals == Refusals::None {
            self.of(candidate.zone, candidate.option)
        } else {
            all = (0..self.plan.commissions.len()).collect();
            &all
        };
        for place in places {
            let one = &self.plan.commissions[*place];
            let mut dates: BTreeSet<NaiveDate> = one.days.iter().map(|day| day.date).collect();
            if allowed.opens != Opens::Nothing {
                dates.extend(self.problem.periods.iter().flatten());
            }
            for date in dates {
                if barred == Some((*place, date)) {
                    continue;
                }
                match self.seat(candidate, wanted, *place, date, allowed) {
                    Ok(seat) => seats.free.push(seat),
                    Err(Some(rule)) => seats.refuse(refusals, *place, date, rule),
                    Err(None) => {}
                }
            }
        }
        seats.free.sort_by_cached_key(|seat| {
            (
                self.rank(wanted, candidate, seat),
                seat.date,
                seat.starts.clone(),
                seat.commission,
            )
        });
        seats
    }

    /// How much a seat disturbs.
    pub(super) fn rank(&self, wanted: &Wanted, candidate: &Candidate, seat: &Seat) -> Rank {
        let one = &self.plan.commissions[seat.commission];
        let former = wanted
            .former
            .and_then(|place| self.plan.commissions.get(place));
        let day = one.days.iter().find(|day| day.date == seat.date);
        let beyond = seat.opens == Opens::Nothing
            && day.is_some_and(|day| day.slots.len() >= fit::most(self.problem, one, day).0);
        (
            seat.opens,
            beyond,
            Some(seat.commission) != wanted.former,
            Some(one.centre) != former.map(|former| former.centre),
            self.metres(candidate, one.centre),
        )
    }

    /// Metres from a candidate to a centre.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a distance is positive; a cast saturates"
    )]
    pub(super) fn metres(&self, candidate: &Candidate, centre: usize) -> u64 {
        let way = self.centres.get(&centre);
        way.map_or(0, |centre| {
            (candidate.at.distance(centre.at) * 1000.0).round() as u64
        })
    }

    /// The seat of a team on a day; `Err(None)` where the team has nothing to do with that day.
    pub(super) fn seat(
        &self,
        candidate: &Candidate,
        wanted: &Wanted,
        place: usize,
        date: NaiveDate,
        allowed: Allowed,
    ) -> Result<Seat, Option<SeatRule>> {
        let one = &self.plan.commissions[place];
        let day = one.days.iter().find(|day| day.date == date);
        let opens = self.opens((place, one), day, date).ok_or(None)?;
        if opens > allowed.opens {
            return Err(None);
        }
        refusal::of_date(wanted, candidate, date)?;
        self.of_team(candidate, one, date)?;
        if opens != Opens::Nothing {
            self.of_opening((place, one), opens, date)?;
        }
        let found = match day.filter(|day| !day.slots.is_empty()) {
            Some(day) => fit::among(self, one, day, candidate)?,
            None => fit::alone(
                self.problem,
                candidate,
                prepares(self.problem, one, opens, date),
            )?,
        };
        Ok(Seat {
            commission: place,
            opens,
            date,
            preparation: found.preparation,
            lunch: found.lunch,
            starts: found.starts,
            environment: found.environment,
        })
    }

    /// What a seat on this day would open; none where the team cannot sit on it for a reason of the calendar.
    fn opens(
        &self,
        (place, one): (usize, &Commission),
        day: Option<&Day>,
        date: NaiveDate,
    ) -> Option<Opens> {
        if day.is_some_and(|day| !day.slots.is_empty()) {
            return Some(Opens::Nothing);
        }
        let periods = &self.problem.periods;
        let period = periods.iter().find(|days| days.contains(&date))?;
        let sits_in = |own: &&Day| !own.slots.is_empty() && period.contains(&own.date);
        if one.days.iter().any(|own| sits_in(&own)) {
            // A day before the first would move the preparation half-day.
            let first = one.days.iter().find(|day| !day.slots.is_empty())?.date;
            return (date > first).then_some(if day.is_some() {
                Opens::Nothing
            } else {
                Opens::Day
            });
        }
        // A day of a period that lost all its candidates is one on which the team may sit again.
        if day.is_some() {
            return Some(Opens::Nothing);
        }
        if self.problem.form != Form::Ccf || period.first() != Some(&date) {
            return None;
        }
        // The team opens a period once, in the name of its first commission.
        let mut same_team = self.at(one.centre).iter().filter(|other| {
            let other = &self.plan.commissions[**other];
            other.members == one.members && other.option == one.option
        });
        let sits_then = |other: &usize| {
            let mut days = self.plan.commissions[*other].days.iter();
            days.any(|day| sits_in(&day))
        };
        let is_first = same_team.clone().all(|other| *other >= place);
        (is_first && !same_team.any(sits_then)).then_some(Opens::Period)
    }
}

impl Seats {
    fn refuse(&mut self, asked: Refusals, commission: usize, date: NaiveDate, rule: SeatRule) {
        match asked {
            Refusals::None => {}
            Refusals::Counted => *self.counted.entry(rule).or_default() += 1,
            Refusals::Named => self.refused.push(NoSeat {
                commission,
                date,
                rule,
            }),
        }
    }
}

/// Whether the day begins with the preparation half-day.
fn prepares(problem: &Problem, one: &Commission, opens: Opens, date: NaiveDate) -> bool {
    let template = problem
        .templates
        .iter()
        .find(|line| line.code == one.template);
    let prepared = template.is_some_and(|template| {
        let mut alone = template.days.iter();
        template.days.iter().any(|day| day.preparation)
            && !alone.any(|day| day.preparation && day.max == 0)
    });
    let first = one.days.iter().find(|day| !day.slots.is_empty());
    prepared && (opens == Opens::Period || first.is_none_or(|first| first.date >= date))
}

/// The commission that a seat changes or adds, with its place; none where the plan has no such commission.
pub(super) fn seated(plan: &Plan, candidate: usize, seat: &Seat) -> Option<(usize, Commission)> {
    let mut one = plan.commissions.get(seat.commission)?.clone();
    let slot = PlacedSlot {
        candidate,
        starts: seat.starts.clone(),
        environment: seat.environment,
    };
    let opened = Day {
        date: seat.date,
        preparation: seat.preparation,
        lunch: seat.lunch,
        slots: vec![slot.clone()],
    };
    match seat.opens {
        Opens::Nothing => {
            if let Some(day) = one.days.iter_mut().find(|day| day.date == seat.date) {
                if day.slots.is_empty() {
                    *day = opened;
                } else {
                    day.slots.push(slot);
                    day.slots.sort_by(|a, b| a.starts.cmp(&b.starts));
                }
            }
        }
        Opens::Day => {
            one.days.push(opened);
            one.days.sort_by_key(|day| day.date);
        }
        Opens::Period => {
            one.fixed = None;
            one.days = vec![opened];
            return Some((plan.commissions.len(), one));
        }
    }
    Some((seat.commission, one))
}
