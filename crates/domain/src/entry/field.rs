//! The fields of a sheet, by their codes, and what each takes.

use std::fmt;

use super::Paper;
use crate::grid::{KeyDigit, LevelUnknown, LineUnknown};
use crate::marks::{Mark, MarkFault, NotWholePoints, PenaltyRefused, whole_points};
use crate::regulation::{MarkRules, PenaltyRule};

/// Most characters of a text: more than a sheet holds, and few enough for a slow line.
pub const LONGEST_TEXT: usize = 10_000;

/// A field that a commission fills in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// A line of the grid (annexe 9-5), by its code: the key that was typed, 0 to 4.
    Level(String),
    /// The mark that is proposed, in quarter points.
    Mark,
    /// A penalty, by its code: whole points.
    Penalty(String),
    /// Why that penalty.
    PenaltyReason(String),
    /// A text of the appreciation sheet (annexe 9-6), by its code.
    Text(String),
    /// A box of that sheet.
    Box(String),
    /// Whether it is stated that the appreciation says the defect of coverage (annexe 9-5).
    CoverageStated,
    /// What the commission notes for itself; printed nowhere.
    Note,
    /// What was inspected of the connections (the candidate is told that they may be).
    Inspected,
    /// Whether the questions were extended to the mastery of the environment.
    Extended,
    /// How they were.
    ExtendedWhy,
}

/// Why an entry cannot be a value of its field.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EntryRefused {
    /// No such field.
    #[error("no such field")]
    FieldUnknown,
    /// A line of another grid.
    #[error(transparent)]
    Line(LineUnknown),
    /// No level.
    #[error(transparent)]
    Level(LevelUnknown),
    /// No mark.
    #[error(transparent)]
    Mark(MarkFault),
    /// No such penalty, or points that it does not take.
    #[error(transparent)]
    Penalty(PenaltyRefused),
    /// A fraction of a point.
    #[error(transparent)]
    Points(NotWholePoints),
    /// No such text of the sheet.
    #[error("the sheet has no such text")]
    Text,
    /// No such box of the sheet.
    #[error("the sheet has no such box")]
    Box,
    /// Neither ticked nor not.
    #[error("neither ticked nor not")]
    Tick,
    /// Longer than any sheet.
    #[error("a text is of {LONGEST_TEXT} characters at most")]
    TooLong,
}

impl EntryRefused {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FieldUnknown | Self::Tick => "field_unknown",
            Self::Line(refused) => refused.code(),
            Self::Level(refused) => refused.code(),
            Self::Mark(refused) => refused.code(),
            Self::Penalty(refused) => refused.code(),
            Self::Points(refused) => refused.code(),
            Self::Text => "appreciation_text_unknown",
            Self::Box => "appreciation_box_unknown",
            Self::TooLong => "text_too_long",
        }
    }
}

impl Field {
    /// The field of a code, whatever the regulation has.
    pub fn parse(code: &str) -> Option<Self> {
        let (kind, of) = code.split_once('.').unwrap_or((code, ""));
        let of = of.to_owned();
        Some(match (kind, of.is_empty()) {
            ("level", false) => Self::Level(of),
            ("penalty", false) => Self::Penalty(of),
            ("penalty_reason", false) => Self::PenaltyReason(of),
            ("text", false) => Self::Text(of),
            ("box", false) => Self::Box(of),
            _ => match code {
                "mark" => Self::Mark,
                "coverage_stated" => Self::CoverageStated,
                "note" => Self::Note,
                "inspected" => Self::Inspected,
                "extended" => Self::Extended,
                "extended_why" => Self::ExtendedWhy,
                _ => return None,
            },
        })
    }

    /// The field of a code and the value to keep of what was typed in it, on this paper.
    ///
    /// # Errors
    /// [`EntryRefused`], which names what is not understood.
    pub fn read(
        code: &str,
        typed: &str,
        paper: &Paper<'_>,
    ) -> Result<(Self, String), EntryRefused> {
        let field = Self::parse(code).ok_or(EntryRefused::FieldUnknown)?;
        let value = match &field {
            Self::Level(line) => {
                if paper.grid().and_then(|grid| grid.line(line)).is_none() {
                    return Err(EntryRefused::Line(LineUnknown(line.clone())));
                }
                key(typed)?
            }
            Self::Mark => mark(typed)?,
            Self::Penalty(code) => points(code, typed, paper.rules)?,
            Self::PenaltyReason(code) => {
                rule(code, paper.rules)?;
                text(typed)?
            }
            Self::Text(code) => {
                let mut texts = paper.forms.appreciation.texts();
                if !texts.any(|(known, _)| known == code) {
                    return Err(EntryRefused::Text);
                }
                text(typed)?
            }
            Self::Box(code) => {
                let boxes = &paper.forms.appreciation.boxes;
                if !boxes.iter().any(|known| known.code == *code) {
                    return Err(EntryRefused::Box);
                }
                tick(typed)?
            }
            Self::CoverageStated | Self::Extended => tick(typed)?,
            Self::Note | Self::Inspected | Self::ExtendedWhy => text(typed)?,
        };
        Ok((field, value))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(code) => write!(f, "level.{code}"),
            Self::Mark => f.write_str("mark"),
            Self::Penalty(code) => write!(f, "penalty.{code}"),
            Self::PenaltyReason(code) => write!(f, "penalty_reason.{code}"),
            Self::Text(code) => write!(f, "text.{code}"),
            Self::Box(code) => write!(f, "box.{code}"),
            Self::CoverageStated => f.write_str("coverage_stated"),
            Self::Note => f.write_str("note"),
            Self::Inspected => f.write_str("inspected"),
            Self::Extended => f.write_str("extended"),
            Self::ExtendedWhy => f.write_str("extended_why"),
        }
    }
}

fn key(typed: &str) -> Result<String, EntryRefused> {
    if typed.is_empty() {
        return Ok(String::new());
    }
    let digit = typed.parse().map_err(|_| LevelUnknown);
    let key = digit.and_then(KeyDigit::new).map_err(EntryRefused::Level)?;
    Ok(key.digit().to_string())
}

fn mark(typed: &str) -> Result<String, EntryRefused> {
    match Mark::parse(typed) {
        Ok(mark) => Ok(mark.to_string()),
        Err(MarkFault::Empty) => Ok(String::new()),
        Err(fault) => Err(EntryRefused::Mark(fault)),
    }
}

fn rule<'r>(code: &str, rules: &'r MarkRules) -> Result<&'r PenaltyRule, EntryRefused> {
    let mut all = rules.penalties.iter();
    all.find(|rule| rule.code == code)
        .ok_or_else(|| EntryRefused::Penalty(PenaltyRefused::Unknown(code.to_owned())))
}

fn points(code: &str, typed: &str, rules: &MarkRules) -> Result<String, EntryRefused> {
    let (fewest, most) = rule(code, rules)?.points;
    if typed.trim().is_empty() {
        return Ok(String::new());
    }
    let points = whole_points(typed).map_err(EntryRefused::Points)?;
    // None is no penalty, whatever the fewest.
    if points == 0 {
        return Ok(String::new());
    }
    if !(fewest..=most).contains(&points) {
        return Err(EntryRefused::Penalty(PenaltyRefused::Points {
            code: code.to_owned(),
            fewest,
            most,
        }));
    }
    Ok(points.to_string())
}

fn text(typed: &str) -> Result<String, EntryRefused> {
    if typed.chars().count() > LONGEST_TEXT {
        return Err(EntryRefused::TooLong);
    }
    Ok(typed.to_owned())
}

fn tick(typed: &str) -> Result<String, EntryRefused> {
    match typed {
        "" | "1" => Ok(typed.to_owned()),
        _ => Err(EntryRefused::Tick),
    }
}
