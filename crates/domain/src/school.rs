//! Schools, and which of them examine their own candidates.

use crate::ids::{AuthorityId, SchoolId};
use crate::uai::Uai;

/// What kind of school it is: it decides, with the habilitation, whether its candidates are in CCF.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SchoolKind {
    /// Établissement public.
    Public,
    /// Établissement privé sous contrat.
    PrivateUnderContract,
    /// Établissement privé hors contrat.
    PrivateOutOfContract,
    /// Centre de formation d'apprentis, or section d'apprentissage.
    Cfa,
    /// Établissement de formation continue.
    AdultEducation,
    /// Enseignement à distance.
    Distance,
}

impl SchoolKind {
    /// Every kind, with the code it is stored and written under.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Public, "public"),
        (Self::PrivateUnderContract, "prive_sous_contrat"),
        (Self::PrivateOutOfContract, "prive_hors_contrat"),
        (Self::Cfa, "cfa"),
        (Self::AdultEducation, "formation_continue"),
        (Self::Distance, "distance"),
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

/// A school as planning and imports see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct School {
    /// Its id in the session.
    pub id: SchoolId,
    /// Its code.
    pub uai: Uai,
    /// The authority of its academy.
    pub authority: AuthorityId,
    /// Its kind.
    pub kind: SchoolKind,
    /// Whether it is habilitated to CCF.
    pub ccf_habilitated: bool,
    /// Whether it hosts the exam.
    pub is_centre: bool,
    /// How many environments it can prepare at once (two a simultaneous commission).
    pub environments: u16,
    /// Whether a wheelchair can reach the rooms.
    pub accessible: bool,
}

/// Whether a school may examine its own candidates in CCF (annexe 9, « Cas de l'évaluation par contrôle en cours de
/// formation »): voie scolaire in a public or contract school, formation continue in an habilitated public school,
/// apprenticeship in an habilitated CFA or section; the file's column « Habilité CCF » carries the decision.
pub fn may_use_ccf(kind: SchoolKind, habilitated: bool) -> bool {
    habilitated
        && !matches!(
            kind,
            SchoolKind::PrivateOutOfContract | SchoolKind::Distance
        )
}

pub(crate) fn code_of<T: PartialEq + Copy>(table: &[(T, &'static str)], value: T) -> &'static str {
    table
        .iter()
        .find(|(v, _)| *v == value)
        .map_or("", |(_, code)| code)
}

pub(crate) fn of_code<T: Copy>(table: &[(T, &'static str)], code: &str) -> Option<T> {
    table.iter().find(|(_, c)| *c == code).map(|(v, _)| *v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_code() {
        for (kind, code) in SchoolKind::ALL {
            assert_eq!(kind.code(), code);
            assert_eq!(SchoolKind::from_code(code), Some(kind));
        }
        assert_eq!(SchoolKind::from_code("autre"), None);
    }

    #[test]
    fn ccf_needs_a_habilitation_and_a_kind_that_can_have_one() {
        for (kind, _) in SchoolKind::ALL {
            assert!(!may_use_ccf(kind, false));
            let never = matches!(
                kind,
                SchoolKind::PrivateOutOfContract | SchoolKind::Distance
            );
            assert_eq!(may_use_ccf(kind, true), !never);
        }
    }
}
