//! Where a candidate stands, as the policy sees it: a pure function of the state columns.

use super::{Tracks, assessment, mark, sitting};
use crate::school::{code_of, of_code};

/// The phases of a candidate's course, in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// No live convocation yet, or a new sitting is due.
    Preparation,
    /// Convoked; an absence that is not ruled on yet counts here.
    Convoked,
    /// Nothing more will be examined: interrogated, declared absent, mark 0 or not valid.
    Evaluated,
    /// The assessment is before the jury.
    Transmitted,
    /// The jury has adopted the mark.
    Deliberated,
    /// The results are out.
    Published,
}

/// States of one column, any of which puts the candidate in a phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Column {
    /// Of the sittings track.
    Sitting(&'static [sitting::State]),
    /// Of the assessment track.
    Assessment(&'static [assessment::State]),
    /// Of the mark track.
    Mark(&'static [mark::State]),
}

/// The whole definition of [`Phase::of`], so that it can be written in SQL too: the first line that holds gives the
/// phase; when none does, it is [`Phase::Preparation`].
pub const LADDER: [(Phase, Column); 5] = [
    (
        Phase::Published,
        Column::Mark(&[mark::State::Communicable, mark::State::Released]),
    ),
    (Phase::Deliberated, Column::Mark(&[mark::State::Adopted])),
    (
        Phase::Transmitted,
        Column::Assessment(&[assessment::State::Transmitted]),
    ),
    (
        Phase::Evaluated,
        Column::Sitting(&[
            sitting::State::Sat,
            sitting::State::DeclaredAbsent,
            sitting::State::ForceMajeure,
            sitting::State::Closed,
        ]),
    ),
    (
        Phase::Convoked,
        Column::Sitting(&[sitting::State::Convoked, sitting::State::Absent]),
    ),
];

impl Phase {
    /// Every phase with its code, in order.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Preparation, "preparation"),
        (Self::Convoked, "convoked"),
        (Self::Evaluated, "evaluated"),
        (Self::Transmitted, "transmitted"),
        (Self::Deliberated, "deliberated"),
        (Self::Published, "published"),
    ];

    /// The phase of these tracks.
    pub fn of(tracks: &Tracks) -> Self {
        Self::of_states(tracks.sitting().state(), tracks.assessment(), tracks.mark())
    }

    /// The phase of these columns.
    pub fn of_states(
        sitting: sitting::State,
        assessment: assessment::State,
        mark: mark::State,
    ) -> Self {
        LADDER
            .iter()
            .find(|(_, column)| match column {
                Column::Sitting(states) => states.contains(&sitting),
                Column::Assessment(states) => states.contains(&assessment),
                Column::Mark(states) => states.contains(&mark),
            })
            .map_or(Self::Preparation, |(phase, _)| *phase)
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The phase of a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assessment::State as A;
    use mark::State as M;
    use sitting::State as S;

    #[test]
    fn every_combination_of_columns_has_its_phase() {
        for (sitting, _) in S::ALL {
            for (assessment, _) in A::ALL {
                for (mark, _) in M::ALL {
                    let expected = match (mark, assessment, sitting) {
                        (M::Communicable | M::Released, _, _) => Phase::Published,
                        (M::Adopted, _, _) => Phase::Deliberated,
                        (_, A::Transmitted, _) => Phase::Transmitted,
                        (_, _, S::Sat | S::DeclaredAbsent | S::ForceMajeure | S::Closed) => {
                            Phase::Evaluated
                        }
                        (_, _, S::Convoked | S::Absent) => Phase::Convoked,
                        (_, _, S::Unplanned | S::Planned | S::NewSittingDue) => Phase::Preparation,
                    };
                    assert_eq!(
                        Phase::of_states(sitting, assessment, mark),
                        expected,
                        "{sitting:?} {assessment:?} {mark:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn codes_read_back() {
        for (phase, code) in Phase::ALL {
            assert_eq!(phase.code(), code);
            assert_eq!(Phase::from_code(code), Some(phase));
        }
        assert_eq!(Phase::from_code("published "), None);
        assert!(Phase::ALL.is_sorted());
    }
}
