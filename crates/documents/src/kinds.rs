//! Every paper that the house prints, by the name that the command line gives it, each with its example.

/// A kind of paper. Names are those of the function of the paper; its annex number is the regulation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A candidate's convocation.
    Convocation,
    /// An examiner's convocation.
    ExaminerConvocation,
    /// Candidates to reach otherwise than by mail.
    Unreached,
    /// The grid of the assessment.
    Grid,
    /// The appreciation sheet.
    Appreciation,
    /// The recapitulative slip.
    Bordereau,
    /// The receipt of a transmission.
    Receipt,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Convocation,
        Self::ExaminerConvocation,
        Self::Unreached,
        Self::Grid,
        Self::Appreciation,
        Self::Bordereau,
        Self::Receipt,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Convocation => "convocation",
            Self::ExaminerConvocation => "convocation-examinateur",
            Self::Unreached => "non-joints",
            Self::Grid => "grille",
            Self::Appreciation => "appreciation",
            Self::Bordereau => "bordereau",
            Self::Receipt => "accuse-transmission",
        }
    }

    /// The kind of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its example: a file of JSON, from the root of the repository.
    pub fn example(self) -> String {
        format!("crates/documents/examples/{}.json", self.name())
    }
}
