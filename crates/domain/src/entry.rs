//! What a commission types, field by field, and how the entries of several members become one sheet.
//!
//! Invariant: a save is always accepted while the assessment is open; each of its entries has an answer of its own, and one
//! that is refused or in conflict changes nothing.
//! Invariant: nobody's value is replaced by somebody who had not seen it: an entry says which version of the sheet its
//! author had before his eyes (`base`), and a field that changed since to another value is a conflict. Two members on
//! different lines never disturb each other.

mod field;

use std::collections::BTreeMap;

pub use field::{EntryRefused, Field, LONGEST_TEXT};

use crate::appreciation::Written;
use crate::candidate::ExamOption;
use crate::grid::{Assessed, KeyDigit, Profile};
use crate::ids::AccountId;
use crate::marks::{Mark, Penalty, whole_points};
use crate::regulation::{AppreciationSheet, AssessmentForms, Grid, MarkRules, Regulation};

/// What a commission fills in for the candidates of one option, under one regulation.
#[derive(Clone, Copy, Debug)]
pub struct Paper<'a> {
    /// Grids and appreciation sheet.
    pub forms: &'a AssessmentForms,
    /// Penalties that exist.
    pub rules: &'a MarkRules,
    /// The option, which chooses the grid.
    pub option: ExamOption,
}

impl<'a> Paper<'a> {
    /// The paper of an option.
    pub fn of(regulation: &'a Regulation, option: ExamOption) -> Self {
        Self {
            forms: &regulation.assessment,
            rules: &regulation.mark,
            option,
        }
    }

    /// The grid of the option, where there is one.
    pub fn grid(&self) -> Option<&'a Grid> {
        self.forms.grid(self.option)
    }
}

/// A field as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its value, as [`Field::read`] wrote it; empty once it was taken away.
    pub value: String,
    /// The version of the sheet that it came with.
    pub version: i64,
    /// Who typed it.
    pub by: AccountId,
}

/// Everything that the commission has typed of one candidate.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Grows by one with each save that changes something; 0 before the first.
    pub version: i64,
    /// The fields that somebody has touched.
    pub fields: BTreeMap<Field, Kept>,
}

/// One entry of a save.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// Code of the field.
    pub field: &'a str,
    /// What was typed; nothing takes the value away.
    pub value: &'a str,
    /// The version of the sheet that its author had before his eyes.
    pub base: i64,
}

/// What became of an entry.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is kept.
    Saved,
    /// Somebody else changed the field since: both values are to be seen, and one chosen.
    Conflict,
    /// It cannot be a value of this field.
    Refused(EntryRefused),
}

impl Sheet {
    /// The sheet after a save, and the answer to each entry in their order. Of two entries of one field the last counts.
    #[must_use]
    pub fn saved(
        &self,
        entries: &[Entry<'_>],
        by: AccountId,
        paper: &Paper<'_>,
    ) -> (Self, Vec<Answer>) {
        let mut next = self.clone();
        let version = self.version + 1;
        let answers = entries
            .iter()
            .map(|entry| {
                let (field, value) = match Field::read(entry.field, entry.value, paper) {
                    Ok(read) => read,
                    Err(refused) => return Answer::Refused(refused),
                };
                let before = self.fields.get(&field);
                if before.map_or("", |kept| &kept.value) == value {
                    // What stands there already needs no choice; an earlier entry of this save is taken back by it.
                    match before {
                        Some(kept) => next.fields.insert(field, kept.clone()),
                        None => next.fields.remove(&field),
                    };
                    return Answer::Saved;
                }
                if before.is_some_and(|kept| kept.version > entry.base) {
                    return Answer::Conflict;
                }
                next.fields.insert(field, Kept { value, version, by });
                Answer::Saved
            })
            .collect();
        if next.fields != self.fields {
            next.version = version;
        }
        (next, answers)
    }

    /// Whether nothing is entered: nothing was, or everything was taken away again.
    pub fn is_blank(&self) -> bool {
        self.fields.values().all(|kept| kept.value.is_empty())
    }

    fn value(&self, field: &Field) -> &str {
        self.fields.get(field).map_or("", |kept| &kept.value)
    }

    /// What is ticked on the grid. A line of another grid is left out: none can be kept.
    pub fn profile<'a>(&self, grid: &'a Grid) -> Profile<'a> {
        let mut profile = Profile::blank(grid);
        for (field, kept) in &self.fields {
            if let (Field::Level(line), Some(value)) = (field, level(&kept.value)) {
                let _ = profile.set(line, value);
            }
        }
        profile
    }

    /// The mark that is proposed.
    pub fn mark(&self) -> Option<Mark> {
        Mark::parse(self.value(&Field::Mark)).ok()
    }

    /// The penalties that are applied, with their reasons.
    pub fn penalties(&self) -> Vec<Penalty<'_>> {
        let applied = self.fields.iter().filter_map(|(field, kept)| match field {
            Field::Penalty(code) => {
                let points = whole_points(&kept.value)
                    .ok()
                    .filter(|points| *points > 0)?;
                Some((code, points))
            }
            _ => None,
        });
        applied
            .map(|(code, points)| Penalty {
                code,
                points,
                reason: self.value(&Field::PenaltyReason(code.clone())),
            })
            .collect()
    }

    /// Texts and boxes of the appreciation sheet.
    pub fn written(&self, sheet: &AppreciationSheet) -> Written {
        let texts = self.fields.iter().filter_map(|(field, kept)| match field {
            Field::Text(code) => Some((code.as_str(), kept.value.as_str())),
            _ => None,
        });
        let boxes = self.fields.iter().filter_map(|(field, kept)| match field {
            Field::Box(code) if !kept.value.is_empty() => Some(code.as_str()),
            _ => None,
        });
        // Every code was one of the sheet when it was kept.
        Written::new(sheet, texts, boxes).unwrap_or_default()
    }

    /// Whether it is stated that the appreciation says the defect of coverage.
    pub fn coverage_stated(&self) -> bool {
        !self.value(&Field::CoverageStated).is_empty()
    }
}

/// The value of a key that was typed.
fn level(value: &str) -> Option<Assessed> {
    let digit = value.parse().ok()?;
    KeyDigit::new(digit).ok().map(Assessed::from)
}

#[cfg(test)]
mod tests;
