//! Schools, and which of them examine their own candidates.

use crate::candidate::CandidateStatus;
use crate::ids::{AuthorityId, SchoolId};
use crate::uai::Uai;

/// What kind of school it is: it decides, with the habilitation and the candidate's status, whether he is in CCF.
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

/// Whether a candidate of this status, prepared by a school of this kind, may be assessed in CCF (annexe 9, « Cas de
/// l'évaluation par contrôle en cours de formation », « Seuls les candidats… »):
///
/// * voie scolaire: a public or contract private school;
/// * formation continue: an habilitated public school; a school of formation continue that is habilitated is one;
/// * apprenticeship: an habilitated CFA, or the habilitated section of a public or contract private school;
/// * nobody else.
///
/// The column « Habilité CCF » of the schools' file carries the authority's decision and is asked of every kind: without
/// it no candidate of the school is in CCF.
pub fn may_use_ccf(kind: SchoolKind, habilitated: bool, status: CandidateStatus) -> bool {
    use CandidateStatus::{AdultEducation, Apprentice, Distance, Experience, Individual, Scolaire};
    use SchoolKind as Kind;

    habilitated
        && match status {
            Scolaire => matches!(kind, Kind::Public | Kind::PrivateUnderContract),
            AdultEducation => matches!(kind, Kind::Public | Kind::AdultEducation),
            Apprentice => matches!(kind, Kind::Public | Kind::PrivateUnderContract | Kind::Cfa),
            Individual | Distance | Experience => false,
        }
}

/// Whether a school may examine some of its own candidates in CCF: those of one status at least ([`may_use_ccf`]).
pub fn may_hold_ccf(kind: SchoolKind, habilitated: bool) -> bool {
    CandidateStatus::ALL
        .iter()
        .any(|(status, _)| may_use_ccf(kind, habilitated, *status))
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
    fn every_kind_and_status_has_its_answer() {
        // In an habilitated school; a cross is CCF.
        let table = "
            kind               | scolaire | apprentissage | formation_continue | individuel | a_distance | experience
            public             | x        | x             | x                  | -          | -          | -
            prive_sous_contrat | x        | x             | -                  | -          | -          | -
            prive_hors_contrat | -        | -             | -                  | -          | -          | -
            cfa                | -        | x             | -                  | -          | -          | -
            formation_continue | -        | -             | x                  | -          | -          | -
            distance           | -        | -             | -                  | -          | -          | -";
        let cells = |line: &'static str| line.split('|').map(str::trim);
        let mut lines = table.trim().lines();
        let statuses: Vec<_> = cells(lines.next().unwrap())
            .skip(1)
            .map(|code| CandidateStatus::from_code(code).unwrap())
            .collect();
        let mut seen = std::collections::BTreeSet::new();
        for line in lines {
            let mut cells = cells(line);
            let code = cells.next().unwrap();
            let kind = SchoolKind::from_code(code).unwrap();
            let answers: Vec<bool> = cells.map(|cell| cell == "x").collect();
            assert_eq!(answers.len(), statuses.len(), "{code}");
            for (status, answer) in statuses.iter().zip(&answers) {
                assert_eq!(
                    may_use_ccf(kind, true, *status),
                    *answer,
                    "{code} {status:?}"
                );
                assert!(!may_use_ccf(kind, false, *status), "{code} {status:?}");
                seen.insert((code, status.code()));
            }
            assert_eq!(may_hold_ccf(kind, true), answers.contains(&true), "{code}");
            assert!(!may_hold_ccf(kind, false), "{code}");
        }
        assert_eq!(
            seen.len(),
            SchoolKind::ALL.len() * CandidateStatus::ALL.len()
        );
    }
}
