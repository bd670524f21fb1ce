//! What an absence entails, after the table of the regulation.
//!
//! Annexe 9, « Cas de l'évaluation par contrôle en cours de formation »: a justified absence gets another date; an
//! unjustified or repeated one gets none, and the candidate is declared absent. In the ponctuelle form no other date
//! exists (ministerial answer of 13/02/2024); duly established force majeure leaves the diploma possible (code de
//! l'éducation, D643-24). A sitting cancelled by the centre or the authority is no absence and never comes here.

use chrono::{NaiveDate, NaiveDateTime};

use crate::candidate::Form;
use crate::regulation::{AbsenceConsequence, AbsenceKind, AbsenceRule};
use crate::school::{code_of, of_code};

impl AbsenceKind {
    /// Every kind with its code.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Justified, "justified"),
        (Self::Unjustified, "unjustified"),
        (Self::Repeated, "repeated"),
        (Self::ForceMajeure, "force_majeure"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The kind of a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, code)
    }
}

impl AbsenceConsequence {
    /// Every consequence with its code.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::NewDate, "new_date"),
        (Self::Absent, "absent"),
        (Self::ZeroDiplomaPossible, "zero_diploma_possible"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The consequence of a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, code)
    }
}

/// Why nothing can be decided.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// « Réitérée » is said of a candidate who was never absent before.
    #[error("no earlier absence is known")]
    NotRepeated,
    /// The regulation's table says nothing of it.
    #[error("the regulation has no rule for this absence")]
    NoRule,
    /// The hour of the sitting has not come: nobody can be absent without a reason yet.
    #[error("the sitting has not begun")]
    BeforeTheHour,
    /// Force majeure is established by the authority, not recorded by a school.
    #[error("force majeure is for the authority to establish")]
    NotEstablished,
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotRepeated => "absence_not_repeated",
            Self::NoRule => "absence_no_rule",
            Self::BeforeTheHour => "absence_before_the_hour",
            Self::NotEstablished => "absence_not_established",
        }
    }
}

/// The line of the table that applies to an absence of this `form` and `kind` after `previous` others (sittings
/// cancelled by the centre or the authority not counted).
///
/// An absence after another one is « réitérée », justified or not; established force majeure stays what it is.
///
/// # Errors
/// [`Refused::NotRepeated`] when a first absence is said to be a repeated one, [`Refused::NoRule`] when the table has
/// no such line.
pub fn decide(
    form: Form,
    kind: AbsenceKind,
    previous: u32,
    rules: &[AbsenceRule],
) -> Result<&AbsenceRule, Refused> {
    let kind = match kind {
        AbsenceKind::Repeated if previous == 0 => return Err(Refused::NotRepeated),
        AbsenceKind::Justified | AbsenceKind::Unjustified if previous > 0 => AbsenceKind::Repeated,
        kind => kind,
    };
    rules
        .iter()
        .find(|rule| rule.form == form && rule.kind == kind)
        .ok_or(Refused::NoRule)
}

/// An absence as somebody records it, with what its consequence depends on.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Form of assessment of the candidate.
    pub form: Form,
    /// What it is said to be.
    pub kind: AbsenceKind,
    /// Absences that still stand of earlier sittings.
    pub previous: u32,
    /// When the sitting begins, on the clocks of its centre.
    pub start: NaiveDateTime,
    /// Now, on the same clocks.
    pub now: NaiveDateTime,
    /// The last day on which the candidate may sit: in CCF the end of the period and the authority's cut-off date,
    /// whichever comes first; none when the session fixes none.
    pub last_day: Option<NaiveDate>,
    /// Whole days that a new convocation leaves before its date.
    pub notice: u16,
    /// Whether the authority itself says so.
    pub by_authority: bool,
}

/// What is decided of an absence.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ruling<'a> {
    /// The line of the regulation's table.
    pub rule: &'a AbsenceRule,
    /// Whether, and until when, another date is looked for.
    pub date: OtherDate,
}

/// Whether another date is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OtherDate {
    /// None exists.
    None,
    /// From the first of these days to the last (none: no last day is fixed).
    Between(NaiveDate, Option<NaiveDate>),
    /// One is due, but the last day on which he may sit is too near or has passed: a person decides.
    TooLate,
}

/// Rules on an absence.
///
/// A justified absence may be announced before the hour, and a justification may come after it; one without a reason
/// exists only once the hour of the sitting has come. A new convocation leaves `notice` whole days.
///
/// # Errors
/// [`Refused`].
pub fn rule(case: Case, rules: &[AbsenceRule]) -> Result<Ruling<'_>, Refused> {
    match case.kind {
        AbsenceKind::ForceMajeure if !case.by_authority => return Err(Refused::NotEstablished),
        AbsenceKind::Unjustified | AbsenceKind::Repeated if case.now < case.start => {
            return Err(Refused::BeforeTheHour);
        }
        _ => {}
    }
    let rule = decide(case.form, case.kind, case.previous, rules)?;
    let date = match rule.consequence {
        AbsenceConsequence::Absent | AbsenceConsequence::ZeroDiplomaPossible => OtherDate::None,
        AbsenceConsequence::NewDate => other_date(case.now.date(), case.notice, case.last_day),
    };
    Ok(Ruling { rule, date })
}

/// The days between which another date is looked for.
pub fn other_date(today: NaiveDate, notice: u16, last_day: Option<NaiveDate>) -> OtherDate {
    let first = today + chrono::Days::new(u64::from(notice));
    match last_day {
        Some(last) if last < first => OtherDate::TooLate,
        last => OtherDate::Between(first, last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AbsenceConsequence::{Absent, NewDate, ZeroDiplomaPossible};
    use AbsenceKind::{ForceMajeure, Justified, Repeated, Unjustified};
    use Form::{Ccf, Ponctuelle};

    fn table() -> Vec<AbsenceRule> {
        [
            (Ccf, Justified, NewDate),
            (Ccf, Unjustified, Absent),
            (Ccf, Repeated, Absent),
            (Ccf, ForceMajeure, ZeroDiplomaPossible),
            (Ponctuelle, Justified, Absent),
            (Ponctuelle, Unjustified, Absent),
            (Ponctuelle, Repeated, Absent),
            (Ponctuelle, ForceMajeure, ZeroDiplomaPossible),
        ]
        .map(|(form, kind, consequence)| AbsenceRule {
            form,
            kind,
            consequence,
            sentence: format!("{} {}", form.code(), kind.code()),
            source: String::new(),
        })
        .into()
    }

    #[test]
    fn every_absence_has_its_consequence() {
        let table = table();
        for (form, kind, previous, line, consequence) in [
            (Ccf, Justified, 0, Justified, NewDate),
            (Ccf, Justified, 1, Repeated, Absent),
            (Ccf, Justified, 2, Repeated, Absent),
            (Ccf, Unjustified, 0, Unjustified, Absent),
            (Ccf, Unjustified, 1, Repeated, Absent),
            (Ccf, Repeated, 1, Repeated, Absent),
            (Ccf, ForceMajeure, 0, ForceMajeure, ZeroDiplomaPossible),
            (Ccf, ForceMajeure, 1, ForceMajeure, ZeroDiplomaPossible),
            (Ponctuelle, Justified, 0, Justified, Absent),
            (Ponctuelle, Justified, 1, Repeated, Absent),
            (Ponctuelle, Unjustified, 0, Unjustified, Absent),
            (Ponctuelle, Unjustified, 1, Repeated, Absent),
            (Ponctuelle, Repeated, 1, Repeated, Absent),
            (
                Ponctuelle,
                ForceMajeure,
                0,
                ForceMajeure,
                ZeroDiplomaPossible,
            ),
            (
                Ponctuelle,
                ForceMajeure,
                1,
                ForceMajeure,
                ZeroDiplomaPossible,
            ),
        ] {
            let rule = decide(form, kind, previous, &table).unwrap();
            assert_eq!(
                (rule.form, rule.kind, rule.consequence),
                (form, line, consequence),
                "{form:?} {kind:?} {previous}"
            );
        }
    }

    #[test]
    fn a_first_absence_is_not_repeated() {
        for form in [Ccf, Ponctuelle] {
            assert_eq!(
                decide(form, Repeated, 0, &table()),
                Err(Refused::NotRepeated)
            );
        }
    }

    #[test]
    fn what_the_table_does_not_hold_is_not_decided() {
        let mut table = table();
        table.retain(|rule| rule.form == Ccf && rule.kind != ForceMajeure);
        assert_eq!(decide(Ccf, ForceMajeure, 0, &table), Err(Refused::NoRule));
        assert_eq!(
            decide(Ponctuelle, Justified, 0, &table),
            Err(Refused::NoRule)
        );
        assert!(decide(Ccf, Justified, 0, &table).is_ok());
    }

    #[test]
    fn the_table_may_offer_another_date_where_a_circular_does() {
        let mut table = table();
        table[4].consequence = NewDate;
        let rule = decide(Ponctuelle, Justified, 0, &table).unwrap();
        assert_eq!(rule.consequence, NewDate);
    }

    #[test]
    fn codes_read_back() {
        for (kind, code) in AbsenceKind::ALL {
            assert_eq!(kind.code(), code);
            assert_eq!(AbsenceKind::from_code(code), Some(kind));
        }
        for (consequence, code) in AbsenceConsequence::ALL {
            assert_eq!(consequence.code(), code);
            assert_eq!(AbsenceConsequence::from_code(code), Some(consequence));
        }
        assert_eq!(AbsenceKind::from_code("maladie"), None);
        assert_eq!(AbsenceConsequence::from_code("zero"), None);
        assert_eq!(Refused::NotRepeated.code(), "absence_not_repeated");
        assert_eq!(Refused::NoRule.code(), "absence_no_rule");
        assert_eq!(Refused::BeforeTheHour.code(), "absence_before_the_hour");
        assert_eq!(Refused::NotEstablished.code(), "absence_not_established");
    }
}
