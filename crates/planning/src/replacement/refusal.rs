//! What refuses a seat.

use chrono::NaiveDate;
use delos_domain::candidate::Form;

use super::index::Index;
use super::{Opens, Wanted};
use crate::session::{Candidate, Centre, Commission};

/// A team and a day that have no seat for him.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSeat {
    /// The commission's place in the plan.
    pub commission: usize,
    /// The day.
    pub date: NaiveDate,
    /// The rule that refuses.
    pub rule: SeatRule,
}

/// The rule that refuses a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeatRule {
    /// The commission hears the other option.
    OtherOption,
    /// The commission sits in another zone.
    OtherZone,
    /// The day is too near, or has passed.
    NoNotice,
    /// Somebody declined that day for him.
    Declined,
    /// The day comes after the last on which he may sit.
    AfterLastDay,
    /// The candidate cannot on that day.
    CandidateUnavailable,
    /// The centre is closed.
    CentreClosed,
    /// It is another school's centre, and his own is open to him.
    OtherCentre,
    /// The centre is not accessible, and he needs it.
    NotAccessible,
    /// A member is of his own school (ponctuelle form).
    OwnSchool,
    /// A member teaches him (ponctuelle form).
    OwnStudent,
    /// A member withdrew from him.
    Withdrawn,
    /// A member cannot on that day.
    MemberUnavailable,
    /// A member sits elsewhere on that day, or in that period.
    MemberElsewhere,
    /// A member would sit in more periods than he accepts.
    MemberPeriods,
    /// The centre has no environment left.
    NoEnvironment,
    /// The commission hears as many as it may on that day.
    DayFull,
    /// His phases do not fit between what stands.
    NoRoom,
    /// Another rule of the plan.
    Other,
}

impl SeatRule {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherOption => "other_option",
            Self::OtherZone => "other_zone",
            Self::NoNotice => "no_notice",
            Self::Declined => "declined",
            Self::AfterLastDay => "after_last_day",
            Self::CandidateUnavailable => "candidate_unavailable",
            Self::CentreClosed => "centre_closed",
            Self::OtherCentre => "other_centre",
            Self::NotAccessible => "not_accessible",
            Self::OwnSchool => "own_school",
            Self::OwnStudent => "own_student",
            Self::Withdrawn => "withdrawn",
            Self::MemberUnavailable => "member_unavailable",
            Self::MemberElsewhere => "member_elsewhere",
            Self::MemberPeriods => "member_periods",
            Self::NoEnvironment => "no_environment",
            Self::DayFull => "day_full",
            Self::NoRoom => "no_room",
            Self::Other => "other_rule",
        }
    }

    /// The rule of a code of [`crate::check`].
    pub(super) fn of_code(code: &str) -> Self {
        match code {
            "X2" => Self::OtherOption,
            "X3" => Self::CandidateUnavailable,
            "X4" | "M7" => Self::OtherZone,
            "C2" => Self::CentreClosed,
            "O1" | "O2" => Self::OtherCentre,
            "A1" => Self::NotAccessible,
            "I1" => Self::OwnSchool,
            "I2" => Self::OwnStudent,
            "I3" => Self::Withdrawn,
            "M4" => Self::MemberUnavailable,
            "M5" | "M8" => Self::MemberElsewhere,
            "M6" => Self::MemberPeriods,
            "C3" | "C4" => Self::NoEnvironment,
            "K1" => Self::DayFull,
            "B1" | "V1" | "V2" | "L2" | "S6" => Self::NoRoom,
            _ => Self::Other,
        }
    }
}

/// Whether the day leaves enough notice and is not too late for him.
pub(super) fn of_date(
    wanted: &Wanted,
    candidate: &Candidate,
    date: NaiveDate,
) -> Result<(), SeatRule> {
    if date < wanted.first {
        return Err(SeatRule::NoNotice);
    }
    if wanted.last.is_some_and(|last| date > last) {
        return Err(SeatRule::AfterLastDay);
    }
    if wanted.declined.contains(&date) {
        return Err(SeatRule::Declined);
    }
    if candidate.unavailable.contains(&date) {
        return Err(SeatRule::CandidateUnavailable);
    }
    Ok(())
}

impl Index<'_> {
    /// Whether the team and its centre may hear him on that day.
    pub(super) fn of_team(
        &self,
        candidate: &Candidate,
        one: &Commission,
        date: NaiveDate,
    ) -> Result<(), SeatRule> {
        if candidate.option != one.option {
            return Err(SeatRule::OtherOption);
        }
        let centre = self.centres.get(&one.centre).ok_or(SeatRule::OtherCentre)?;
        if candidate.zone != centre.zone {
            return Err(SeatRule::OtherZone);
        }
        if centre.closed.contains(&date) {
            return Err(SeatRule::CentreClosed);
        }
        if candidate.needs_access && !centre.accessible {
            return Err(SeatRule::NotAccessible);
        }
        if !self.may_sit_at(candidate, centre, one, date) {
            return Err(SeatRule::OtherCentre);
        }
        for key in &one.members {
            let Some(member) = self.examiners.get(key) else {
                continue;
            };
            if let Some(rule) = self.of_member(candidate, member) {
                return Err(rule);
            }
            if member.unavailable.contains(&date) {
                return Err(SeatRule::MemberUnavailable);
            }
            if self.problem.taken.examiners.contains(&(*key, date)) {
                return Err(SeatRule::MemberElsewhere);
            }
        }
        Ok(())
    }

    /// Why an examiner may not hear him (I1, I2, I3).
    pub(super) fn of_member(
        &self,
        candidate: &Candidate,
        member: &crate::session::Examiner,
    ) -> Option<SeatRule> {
        let strangers = !self.problem.composition.own_school;
        if strangers && candidate.school.is_some() && member.school == candidate.school {
            return Some(SeatRule::OwnSchool);
        }
        if strangers && candidate.teachers.contains(&member.key) {
            return Some(SeatRule::OwnStudent);
        }
        member
            .conflicts
            .contains(&candidate.key)
            .then_some(SeatRule::Withdrawn)
    }

    /// Whether it is his own centre, or his own does not keep him: it is closed on a day of the commission, out of reach, or
    /// force majeure moved him (annexe 9).
    fn may_sit_at(
        &self,
        candidate: &Candidate,
        centre: &Centre,
        one: &Commission,
        date: NaiveDate,
    ) -> bool {
        let Some(school) = candidate.school else {
            return true;
        };
        if school == centre.key || candidate.displaced {
            return true;
        }
        if self.problem.form == Form::Ccf {
            return false;
        }
        let own = self.centres.get(&school).filter(|own| {
            let mut heard = one.days.iter().filter(|day| !day.slots.is_empty());
            (own.accessible || !candidate.needs_access)
                && !own.closed.contains(&date)
                && !heard.any(|day| own.closed.contains(&day.date))
        });
        !self.problem.own_centre || own.is_none()
    }

    /// Whether a day can be opened for the team: nobody of it sits elsewhere then or in that period, or too often, and the
    /// centre has environments left.
    pub(super) fn of_opening(
        &self,
        (place, one): (usize, &Commission),
        opens: Opens,
        date: NaiveDate,
    ) -> Result<(), SeatRule> {
        let periods = &self.problem.periods;
        let period = periods.iter().find(|days| days.contains(&date));
        let is_other = |other: usize| other != place || opens == Opens::Period;
        let sits = |other: usize, same: &dyn Fn(NaiveDate) -> bool| {
            let mut days = self.plan.commissions[other].days.iter();
            is_other(other) && days.any(|day| !day.slots.is_empty() && same(day.date))
        };
        let then =
            |other: NaiveDate| other == date || period.is_some_and(|days| days.contains(&other));
        for member in &one.members {
            let mut others = self.sits(*member).iter();
            if others.any(|other| sits(*other, &then)) {
                return Err(SeatRule::MemberElsewhere);
            }
        }
        if opens == Opens::Period {
            for member in one.members.iter().filter_map(|key| self.examiners.get(key)) {
                let most = member.max_periods.map_or(usize::MAX, usize::from);
                if self.sits(member.key).len() >= most {
                    return Err(SeatRule::MemberPeriods);
                }
            }
        }
        let needed = usize::from(self.problem.rules.environments);
        let others = self.at(one.centre).iter();
        let held = others.filter(|other| sits(**other, &|day| day == date));
        let taken = self
            .taken
            .get(&one.centre)
            .map_or(0, |days| days.iter().filter(|day| **day == date).count());
        let there = self
            .centres
            .get(&one.centre)
            .map_or(0, |centre| usize::from(centre.environments));
        if held.count() * needed + taken + needed > there {
            return Err(SeatRule::NoEnvironment);
        }
        Ok(())
    }
}
