//! Marks: what the commission proposes, and how it becomes final.
//!
//! The mark is the commission's judgement of a profile: nothing here computes one from levels. « Non valide » and
//! « absent » are states of the tracks, never numbers.

mod explanation;

pub use explanation::Explanation;

use crate::regulation::{MarkRules, PenaltyRule, Rounding};

/// A mark out of 20, in quarter points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Mark(u8);

/// Why a text is no mark.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum MarkFault {
    /// Nothing is written.
    #[error("no mark is written")]
    Empty,
    /// Not a number as people write marks.
    #[error("unreadable mark")]
    Unreadable,
    /// Finer than a quarter point.
    #[error("finer than a quarter point")]
    NotAQuarter,
    /// Above 20.
    #[error("above 20")]
    AboveTwenty,
}

impl MarkFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "mark_empty",
            Self::Unreadable => "mark_unreadable",
            Self::NotAQuarter => "mark_not_a_quarter",
            Self::AboveTwenty => "mark_above_twenty",
        }
    }
}

impl Mark {
    /// Quarter points of a mark of 20.
    pub const MAX_QUARTERS: u8 = 80;

    /// The mark of so many quarter points; none above 80.
    pub fn from_quarters(quarters: u8) -> Option<Self> {
        (quarters <= Self::MAX_QUARTERS).then_some(Self(quarters))
    }

    /// Its quarter points, 0 to 80.
    pub fn quarters(self) -> u8 {
        self.0
    }

    /// Reads `12`, `12,5`, `12.5`, `12,25`.
    ///
    /// # Errors
    /// [`MarkFault`] when it is empty, unreadable, finer than a quarter point, or above 20.
    pub fn parse(text: &str) -> Result<Self, MarkFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(MarkFault::Empty);
        }
        let (whole, fraction) = match text.split_once([',', '.']) {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return Err(MarkFault::Unreadable),
            None => (text, ""),
        };
        if !is_digits(whole) {
            return Err(MarkFault::Unreadable);
        }
        let quarters = match fraction.trim_end_matches('0') {
            "" => 0,
            "25" => 1,
            "5" => 2,
            "75" => 3,
            _ => return Err(MarkFault::NotAQuarter),
        };
        let points: u8 = whole.parse().map_err(|_| MarkFault::AboveTwenty)?;
        points
            .checked_mul(4)
            .and_then(|whole| whole.checked_add(quarters))
            .and_then(Self::from_quarters)
            .ok_or(MarkFault::AboveTwenty)
    }

    /// Rounded up to the whole point, 0 to 20 (annexe 9: « note globale sur 20 arrondie au point supérieur »).
    pub fn rounded_up(self) -> u8 {
        self.0.div_ceil(4)
    }
}

/// As people write it: `12`, `12,5`, `12,25`.
impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fraction = ["", ",25", ",5", ",75"][usize::from(self.0 % 4)];
        write!(f, "{}{fraction}", self.0 / 4)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A penalty that the commission applies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Penalty<'a> {
    /// Its code in the regulation.
    pub code: &'a str,
    /// Its whole points.
    pub points: u8,
    /// Why, where the regulation asks for it; empty when nothing is said.
    pub reason: &'a str,
}

/// Why penalties cannot be applied as asked; each names the penalty by its code.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PenaltyRefused {
    /// The regulation knows no such penalty.
    #[error("unknown penalty {0}")]
    Unknown(String),
    /// It is applied twice.
    #[error("penalty {0} is applied twice")]
    Twice(String),
    /// Its points are not what the regulation allows.
    #[error("penalty {code} is of {fewest} to {most} points")]
    Points {
        /// The penalty.
        code: String,
        /// Fewest points.
        fewest: u8,
        /// Most points.
        most: u8,
    },
    /// It needs a reason.
    #[error("penalty {0} needs a reason")]
    ReasonMissing(String),
    /// Two penalties exclude each other.
    #[error("penalties {0} and {1} exclude each other")]
    Excluded(String, String),
}

impl PenaltyRefused {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "penalty_unknown",
            Self::Twice(_) => "penalty_twice",
            Self::Points { .. } => "penalty_points",
            Self::ReasonMissing(_) => "penalty_reason_missing",
            Self::Excluded(..) => "penalty_excluded",
        }
    }
}

/// A text is no whole number of points.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("a penalty is a whole number of points")]
pub struct NotWholePoints;

impl NotWholePoints {
    /// The stable code.
    pub fn code(self) -> &'static str {
        "penalty_not_whole_points"
    }
}

/// Reads the points of a penalty: a whole number, a fraction being refused even when it is zero (`10,0`).
///
/// # Errors
/// [`NotWholePoints`] otherwise.
pub fn whole_points(text: &str) -> Result<u8, NotWholePoints> {
    let text = text.trim();
    if !is_digits(text) {
        return Err(NotWholePoints);
    }
    text.parse().map_err(|_| NotWholePoints)
}

/// How a proposal became final: every number that the sentence « 13,5 → arrondi au point supérieur 14 ;
/// pénalité 10 → 4 » needs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FinalMark {
    /// What the commission proposes, kept unrounded.
    pub proposed: Mark,
    /// The proposal rounded up to the whole point.
    pub rounded: u8,
    /// All penalties together.
    pub penalty: u16,
    /// « NOTE FINALE » of annexe 9-5, carried by 9-6: never below 0.
    pub value: u8,
}

/// The final mark of a proposal and its penalties.
///
/// # Errors
/// [`PenaltyRefused`], the first that holds in the order of `penalties`.
pub fn finalise(
    proposed: Mark,
    penalties: &[Penalty<'_>],
    rules: &MarkRules,
) -> Result<FinalMark, PenaltyRefused> {
    if let Some(refused) = penalties_refused(penalties, rules).into_iter().next() {
        return Err(refused);
    }
    let Rounding::UpThenPenalties = rules.rounding;
    let rounded = proposed.rounded_up();
    let penalty = penalties.iter().map(|one| u16::from(one.points)).sum();
    Ok(FinalMark {
        proposed,
        rounded,
        penalty,
        value: u8::try_from(u16::from(rounded).saturating_sub(penalty)).unwrap_or(0),
    })
}

/// What is wrong with penalties, one fault a penalty at most, in their order: whoever applies them reads all at once.
pub fn penalties_refused(penalties: &[Penalty<'_>], rules: &MarkRules) -> Vec<PenaltyRefused> {
    penalties
        .iter()
        .enumerate()
        .filter_map(|(i, penalty)| check(penalty, &penalties[..i], &rules.penalties).err())
        .collect()
}

fn check(
    penalty: &Penalty<'_>,
    earlier: &[Penalty<'_>],
    rules: &[PenaltyRule],
) -> Result<(), PenaltyRefused> {
    let named = |code: &str| rules.iter().find(|rule| rule.code == code);
    let code = || penalty.code.to_owned();
    let rule = named(penalty.code).ok_or_else(|| PenaltyRefused::Unknown(code()))?;
    let (fewest, most) = rule.points;
    if !(fewest..=most).contains(&penalty.points) {
        return Err(PenaltyRefused::Points {
            code: code(),
            fewest,
            most,
        });
    }
    if rule.reason && penalty.reason.trim().is_empty() {
        return Err(PenaltyRefused::ReasonMissing(code()));
    }
    for other in earlier {
        if other.code == penalty.code {
            return Err(PenaltyRefused::Twice(code()));
        }
        // An exclusion holds both ways, whichever of the two lines of the regulation says it.
        let excludes = |rule: &PenaltyRule, code: &str| rule.excludes.iter().any(|one| one == code);
        if excludes(rule, other.code)
            || named(other.code).is_some_and(|rule| excludes(rule, penalty.code))
        {
            return Err(PenaltyRefused::Excluded(other.code.to_owned(), code()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
