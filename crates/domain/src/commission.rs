//! Who may sit together in a commission (annexe II.D): the regulation's numbers, and one decision for the hand and for
//! « Proposer ».

use crate::regulation::{Composition, OfOption};

/// A member, as the composition sees him.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    /// Whether he teaches the option of the commission.
    pub of_option: bool,
    /// Whether he is a professional; else a teacher.
    pub professional: bool,
}

/// What a commission lacks; each with how many there must be at least.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// Members.
    #[error("fewer than {0} members")]
    TooFewMembers(usize),
    /// Members of the option.
    #[error("fewer than {0} members of the option")]
    TooFewOfOption(usize),
    /// Teachers.
    #[error("fewer than {0} teachers")]
    TooFewTeachers(usize),
    /// Professionals.
    #[error("fewer than {0} professionals")]
    TooFewProfessionals(usize),
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooFewMembers(_) => "too_few_members",
            Self::TooFewOfOption(_) => "too_few_of_option",
            Self::TooFewTeachers(_) => "too_few_teachers",
            Self::TooFewProfessionals(_) => "too_few_professionals",
        }
    }

    /// How many there must be at least.
    pub fn least(self) -> usize {
        match self {
            Self::TooFewMembers(least)
            | Self::TooFewOfOption(least)
            | Self::TooFewTeachers(least)
            | Self::TooFewProfessionals(least) => least,
        }
    }
}

/// Whether these members make a commission.
///
/// # Errors
/// The first thing that lacks: members, then members of the option, teachers, professionals.
pub fn decide(composition: &Composition, members: &[Member]) -> Result<(), Refused> {
    let professionals = members.iter().filter(|one| one.professional).count();
    let of_option = match composition.of_option {
        OfOption::All => members.len(),
        OfOption::AtLeast(least) => usize::from(least),
    };
    let needs = [
        (
            members.len(),
            Refused::TooFewMembers(usize::from(composition.members_min)),
        ),
        (
            members.iter().filter(|one| one.of_option).count(),
            Refused::TooFewOfOption(of_option),
        ),
        (
            members.len() - professionals,
            Refused::TooFewTeachers(usize::from(composition.teachers_min)),
        ),
        (
            professionals,
            Refused::TooFewProfessionals(usize::from(composition.professionals_min)),
        ),
    ];
    match needs
        .into_iter()
        .find(|(there, lacking)| *there < lacking.least())
    {
        Some((_, lacking)) => Err(lacking),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Refused::{TooFewMembers, TooFewOfOption, TooFewProfessionals, TooFewTeachers};

    /// `T` a teacher of the option, `t` of the other one; `P` and `p` professionals.
    fn members(text: &str) -> Vec<Member> {
        text.chars()
            .map(|one| Member {
                of_option: one.is_uppercase(),
                professional: one.eq_ignore_ascii_case(&'p'),
            })
            .collect()
    }

    fn composition(of_option: OfOption, teachers_min: u8, professionals_min: u8) -> Composition {
        Composition {
            members_min: 2,
            of_option,
            teachers_min,
            professionals_min,
            own_school: true,
        }
    }

    #[test]
    fn what_lacks_first_is_told() {
        let one = OfOption::AtLeast(1);
        for (of_option, teachers, professionals, sitting, expected) in [
            // Two teachers, at least one of the option (II.D, CCF).
            (one, 2, 0, "Tt", Ok(())),
            (one, 2, 0, "TTt", Ok(())),
            (one, 2, 0, "TtP", Ok(())),
            (one, 2, 0, "", Err(TooFewMembers(2))),
            (one, 2, 0, "T", Err(TooFewMembers(2))),
            (one, 2, 0, "t", Err(TooFewMembers(2))),
            (one, 2, 0, "tt", Err(TooFewOfOption(1))),
            (one, 2, 0, "tp", Err(TooFewOfOption(1))),
            (one, 2, 0, "TP", Err(TooFewTeachers(2))),
            // A professional of the option counts for the option.
            (one, 2, 0, "ttP", Ok(())),
            // All of the option.
            (OfOption::All, 2, 0, "TT", Ok(())),
            (OfOption::All, 2, 0, "TTt", Err(TooFewOfOption(3))),
            // A teacher and a professional (the support épreuve).
            (one, 1, 1, "Tp", Ok(())),
            (one, 1, 1, "Tt", Err(TooFewProfessionals(1))),
            (one, 1, 1, "PP", Err(TooFewTeachers(1))),
        ] {
            assert_eq!(
                decide(
                    &composition(of_option, teachers, professionals),
                    &members(sitting)
                ),
                expected,
                "{sitting}: {of_option:?}, {teachers} teachers, {professionals} professionals"
            );
        }
    }

    #[test]
    fn every_refusal_has_its_code_and_its_number() {
        for (refused, code) in [
            (TooFewMembers(2), "too_few_members"),
            (TooFewOfOption(2), "too_few_of_option"),
            (TooFewTeachers(2), "too_few_teachers"),
            (TooFewProfessionals(2), "too_few_professionals"),
        ] {
            assert_eq!((refused.code(), refused.least()), (code, 2));
        }
    }
}
