//! What refuses a seat.

use chrono::NaiveDate;
use delos_domain::candidate::Form;

use super::Wanted;
use crate::session::{Candidate, Commission, Plan, Problem};

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
    /// The day is too near, or has passed.
    NoNotice,
    /// Somebody declined that day for him.
    Declined,
    /// The day comes after the last on which he may sit.
    AfterLastDay,
    /// The centre is closed.
    CentreClosed,
    /// It is another school's centre, and his own is open to him.
    OtherCentre,
    /// The centre is not accessible, and he needs it.
    NotAccessible,
    /// A member is of his own school (ponctuelle form).
    OwnSchool,
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
            Self::NoNotice => "no_notice",
            Self::Declined => "declined",
            Self::AfterLastDay => "after_last_day",
            Self::CentreClosed => "centre_closed",
            Self::OtherCentre => "other_centre",
            Self::NotAccessible => "not_accessible",
            Self::OwnSchool => "own_school",
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
            "C2" => Self::CentreClosed,
            "O1" | "O2" => Self::OtherCentre,
            "A1" => Self::NotAccessible,
            "I1" => Self::OwnSchool,
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

/// Whether the day leaves enough notice and is not too late.
pub(super) fn of_date(wanted: &Wanted, date: NaiveDate) -> Result<(), SeatRule> {
    if date < wanted.first {
        return Err(SeatRule::NoNotice);
    }
    if wanted.last.is_some_and(|last| date > last) {
        return Err(SeatRule::AfterLastDay);
    }
    if wanted.declined.contains(&date) {
        return Err(SeatRule::Declined);
    }
    Ok(())
}

/// Whether the team and its centre may hear him on that day.
pub(super) fn of_team(
    problem: &Problem,
    candidate: &Candidate,
    one: &Commission,
    date: NaiveDate,
) -> Result<(), SeatRule> {
    if candidate.option != one.option {
        return Err(SeatRule::OtherOption);
    }
    let centre = problem
        .centres
        .iter()
        .find(|centre| centre.key == one.centre);
    let Some(centre) = centre else {
        return Err(SeatRule::OtherCentre);
    };
    if centre.closed.contains(&date) {
        return Err(SeatRule::CentreClosed);
    }
    if candidate.needs_access && !centre.accessible {
        return Err(SeatRule::NotAccessible);
    }
    let own_centre = candidate
        .school
        .filter(|_| !candidate.displaced)
        .filter(|school| {
            problem.form == Form::Ccf
                || problem
                    .centres
                    .iter()
                    .any(|one| one.key == *school && (one.accessible || !candidate.needs_access))
        });
    if own_centre.is_some_and(|school| school != one.centre) {
        return Err(SeatRule::OtherCentre);
    }
    let members = problem
        .examiners
        .iter()
        .filter(|examiner| one.members.contains(&examiner.key));
    for member in members {
        if !problem.composition.own_school
            && candidate.school.is_some()
            && member.school == candidate.school
        {
            return Err(SeatRule::OwnSchool);
        }
        if member.unavailable.contains(&date) {
            return Err(SeatRule::MemberUnavailable);
        }
        if problem.taken.examiners.contains(&(member.key, date)) {
            return Err(SeatRule::MemberElsewhere);
        }
    }
    Ok(())
}

/// Whether a day can be opened for the team: nobody of it sits elsewhere then, and the centre has environments left.
pub(super) fn of_opening(
    problem: &Problem,
    plan: &Plan,
    one: &Commission,
    date: NaiveDate,
) -> Result<(), SeatRule> {
    let that_day = || {
        plan.commissions.iter().filter(|other| {
            other
                .days
                .iter()
                .any(|day| day.date == date && !day.slots.is_empty())
        })
    };
    if that_day().any(|other| {
        other
            .members
            .iter()
            .any(|member| one.members.contains(member))
    }) {
        return Err(SeatRule::MemberElsewhere);
    }
    let needed = usize::from(problem.rules.environments);
    let held = that_day()
        .filter(|other| other.centre == one.centre)
        .count()
        * needed;
    let elsewhere = problem
        .taken
        .environments
        .iter()
        .filter(|taken| **taken == (one.centre, date))
        .count();
    let there = problem
        .centres
        .iter()
        .find(|centre| centre.key == one.centre)
        .map_or(0, |centre| usize::from(centre.environments));
    if held + elsewhere + needed > there {
        return Err(SeatRule::NoEnvironment);
    }
    Ok(())
}
