//! Candidates: what the exam needs to know of them. Names stand elsewhere, in the identity table alone.

use std::fmt;

use crate::ids::{AuthorityId, CandidateId, SchoolId};
use crate::ratio::TimeRatio;
use crate::school::{code_of, of_code};

/// A candidate's number: ten digits, unique per session and authority.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CandidateNumber(String);

impl CandidateNumber {
    /// Reads ten ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CandidateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The option of the diploma.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ExamOption {
    /// Solutions d'infrastructure, systèmes et réseaux.
    Sisr,
    /// Solutions logicielles et applications métiers.
    Slam,
}

impl ExamOption {
    /// Both options with their codes.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Sisr, "SISR"), (Self::Slam, "SLAM")];

    /// `SISR` or `SLAM`.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The option of a code, in either case.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, &code.to_uppercase())
    }
}

/// How the candidate was prepared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CandidateStatus {
    /// Voie scolaire.
    Scolaire,
    /// Apprentissage.
    Apprentice,
    /// Formation continue.
    AdultEducation,
    /// Candidat individuel.
    Individual,
    /// Enseignement à distance.
    Distance,
    /// Au titre de l'expérience professionnelle.
    Experience,
}

impl CandidateStatus {
    /// Every status with its code.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Scolaire, "scolaire"),
        (Self::Apprentice, "apprentissage"),
        (Self::AdultEducation, "formation_continue"),
        (Self::Individual, "individuel"),
        (Self::Distance, "a_distance"),
        (Self::Experience, "experience"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The status of a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, code)
    }
}

/// The form of assessment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Form {
    /// Contrôle en cours de formation: in the school, by its own team, convoked by its head.
    Ccf,
    /// Forme ponctuelle: on the session's days, convoked by the authority.
    Ponctuelle,
}

impl Form {
    /// Both forms with their codes.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::Ccf, "ccf"), (Self::Ponctuelle, "ponctuelle")];

    /// `ccf` or `ponctuelle`.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The form of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, code)
    }
}

/// Extra time granted, per kind of phase; (1, 1) is none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Accommodation {
    /// For the preparations (T and realisation).
    pub preparation: TimeRatio,
    /// For the interviews (E1 and E2), when the decision says so.
    pub interview: TimeRatio,
}

impl Accommodation {
    /// Nothing granted.
    pub const NONE: Self = Self {
        preparation: TimeRatio::ONE,
        interview: TimeRatio::ONE,
    };
}

/// A candidate as planning and policy see him.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// His id in the session.
    pub id: CandidateId,
    /// His authority.
    pub authority: AuthorityId,
    /// His school of training; none for individual and distance candidates.
    pub school: Option<SchoolId>,
    /// His number.
    pub number: CandidateNumber,
    /// His option.
    pub option: ExamOption,
    /// His form of assessment.
    pub form: Form,
    /// Extra time.
    pub accommodation: Accommodation,
    /// Whether he needs an accessible centre.
    pub needs_access: bool,
    /// Whether an earlier mark is kept (bénéfice de note): he stands on the list and does not sit.
    pub keeps_mark: bool,
}

/// What a date stands on: the timetable, the commission and the centre were chosen for it (annexe 9-4, rules.md).
/// `S` is how a school is named, by its id or by its UAI.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placing<S> {
    /// Which commission may hear him.
    pub option: ExamOption,
    /// Who plans him.
    pub form: Form,
    /// Whose examiners he may not meet, or whose plan he is of.
    pub school: Option<S>,
    /// How long his phases last.
    pub accommodation: Accommodation,
    /// Whether his centre is accessible.
    pub needs_access: bool,
    /// Whether he sits at all.
    pub keeps_mark: bool,
}

/// One of the things that a date stands on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PlacingFact {
    /// The option.
    Option,
    /// The form of assessment.
    Form,
    /// The school of training.
    School,
    /// Extra time for the preparations.
    PreparationTime,
    /// Extra time for the interviews.
    InterviewTime,
    /// The need of an accessible centre.
    Access,
    /// The mark that is kept.
    KeptMark,
}

impl<S: PartialEq> Placing<S> {
    /// What differs from `self` in `after`: a date given on `self` no longer holds for it, unless nothing does.
    pub fn changed(&self, after: &Self) -> Vec<PlacingFact> {
        let (granted, then) = (&self.accommodation, &after.accommodation);
        [
            (PlacingFact::Option, self.option != after.option),
            (PlacingFact::Form, self.form != after.form),
            (PlacingFact::School, self.school != after.school),
            (
                PlacingFact::PreparationTime,
                granted.preparation != then.preparation,
            ),
            (
                PlacingFact::InterviewTime,
                granted.interview != then.interview,
            ),
            (PlacingFact::Access, self.needs_access != after.needs_access),
            (PlacingFact::KeptMark, self.keeps_mark != after.keeps_mark),
        ]
        .into_iter()
        .filter_map(|(fact, differs)| differs.then_some(fact))
        .collect()
    }
}

impl Candidate {
    /// What a date of his stands on.
    pub fn placing(&self) -> Placing<SchoolId> {
        Placing {
            option: self.option,
            form: self.form,
            school: self.school,
            accommodation: self.accommodation,
            needs_access: self.needs_access,
            keeps_mark: self.keeps_mark,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_a_date_stands_on_is_told_when_it_changes() {
        let before = Placing {
            option: ExamOption::Sisr,
            form: Form::Ccf,
            school: Some(1),
            accommodation: Accommodation::NONE,
            needs_access: false,
            keeps_mark: false,
        };
        assert_eq!(before.changed(&before), []);
        let third = TimeRatio::THIRD_MORE;
        let granted = |preparation, interview| Accommodation {
            preparation,
            interview,
        };
        let one = TimeRatio::ONE;
        for (after, fact) in [
            (
                Placing {
                    option: ExamOption::Slam,
                    ..before
                },
                PlacingFact::Option,
            ),
            (
                Placing {
                    form: Form::Ponctuelle,
                    ..before
                },
                PlacingFact::Form,
            ),
            (
                Placing {
                    school: None,
                    ..before
                },
                PlacingFact::School,
            ),
            (
                Placing {
                    accommodation: granted(third, one),
                    ..before
                },
                PlacingFact::PreparationTime,
            ),
            (
                Placing {
                    accommodation: granted(one, third),
                    ..before
                },
                PlacingFact::InterviewTime,
            ),
            (
                Placing {
                    needs_access: true,
                    ..before
                },
                PlacingFact::Access,
            ),
            (
                Placing {
                    keeps_mark: true,
                    ..before
                },
                PlacingFact::KeptMark,
            ),
        ] {
            assert_eq!(before.changed(&after), [fact]);
            assert_eq!(after.changed(&before), [fact]);
        }
    }

    #[test]
    fn a_date_and_what_became_of_it_hold_the_candidate() {
        use crate::tracks::sitting::State;
        let free: Vec<_> = State::ALL
            .into_iter()
            .map(|(state, _)| state)
            .filter(|state| !state.holds_the_candidate())
            .collect();
        assert_eq!(free, [State::Unplanned, State::NewSittingDue]);
    }

    #[test]
    fn a_number_is_ten_digits() {
        assert_eq!(
            CandidateNumber::parse("2210005915").unwrap().to_string(),
            "2210005915"
        );
        for text in [
            "",
            "12345",
            "22100059155",
            "221000591A",
            "２２１０００５９１５",
        ] {
            assert_eq!(CandidateNumber::parse(text), None, "{text}");
        }
    }

    #[test]
    fn codes_read_back() {
        for (option, code) in ExamOption::ALL {
            assert_eq!(
                ExamOption::from_code(&option.code().to_lowercase()),
                Some(option)
            );
            assert_eq!(option.code(), code);
        }
        for (status, _) in CandidateStatus::ALL {
            assert_eq!(CandidateStatus::from_code(status.code()), Some(status));
        }
        for (form, _) in Form::ALL {
            assert_eq!(Form::from_code(form.code()), Some(form));
        }
        assert_eq!(ExamOption::from_code("SIRS"), None);
        assert_eq!(Form::from_code("oral"), None);
    }
}
