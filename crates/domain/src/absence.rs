//! What an absence entails, after the table of the regulation.
//!
//! Annexe 9, « Cas de l'évaluation par contrôle en cours de formation »: a justified absence gets another date; an
//! unjustified or repeated one gets none, and the candidate is declared absent. In the ponctuelle form no other date
//! exists (ministerial answer of 13/02/2024); duly established force majeure leaves the diploma possible (code de
//! l'éducation, D643-24). A sitting cancelled by the centre or the authority is no absence and never comes here.

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
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotRepeated => "absence_not_repeated",
            Self::NoRule => "absence_no_rule",
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
    }
}
