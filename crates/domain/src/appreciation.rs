//! What a commission writes on the appreciation sheet, and what an assessment lacks before it may be validated.
//!
//! Invariant: nothing here refuses a partial save. What lacks matters at validation alone, and is told all at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::grid::{CoverageGap, Profile, coverage};
use crate::marks::{Mark, Penalty, PenaltyRefused, penalties_refused};
use crate::regulation::{AppreciationSheet, AssessmentForms, MarkRules};

/// A text or a box that the sheet does not have.
#[derive(Clone, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum NotOnTheSheet {
    /// A text.
    #[error("the sheet has no text {0}")]
    Text(String),
    /// A box.
    #[error("the sheet has no box {0}")]
    Box(String),
}

impl NotOnTheSheet {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "appreciation_text_unknown",
            Self::Box(_) => "appreciation_box_unknown",
        }
    }
}

/// The texts and boxes of one sheet, by their codes.
///
/// Invariant: every code is of the sheet that it was made for, and an empty text is not kept: nothing written and nothing
/// said are the same.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Written {
    texts: BTreeMap<String, String>,
    boxes: BTreeSet<String>,
}

impl Written {
    /// What is written on this sheet; the last text of a code counts.
    ///
    /// # Errors
    /// [`NotOnTheSheet`], the first text or box that the sheet does not have.
    pub fn new<'c>(
        sheet: &AppreciationSheet,
        texts: impl IntoIterator<Item = (&'c str, &'c str)>,
        boxes: impl IntoIterator<Item = &'c str>,
    ) -> Result<Self, NotOnTheSheet> {
        let mut written = Self::default();
        for (code, text) in texts {
            if !sheet.texts().any(|(known, _)| known == code) {
                return Err(NotOnTheSheet::Text(code.to_owned()));
            }
            if text.is_empty() {
                written.texts.remove(code);
            } else {
                written.texts.insert(code.to_owned(), text.to_owned());
            }
        }
        for code in boxes {
            if !sheet.boxes.iter().any(|known| known.code == code) {
                return Err(NotOnTheSheet::Box(code.to_owned()));
            }
            written.boxes.insert(code.to_owned());
        }
        Ok(written)
    }

    /// The text of a code; empty when nothing is written.
    pub fn text(&self, code: &str) -> &str {
        self.texts.get(code).map_or("", String::as_str)
    }

    /// The texts that say something, by code.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .map(|(code, text)| (code.as_str(), text.as_str()))
    }

    /// The boxes that are ticked.
    pub fn boxes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.boxes.iter().map(String::as_str)
    }
}

/// The boxes that these penalties tick, in the order of the sheet.
pub fn prefilled<'s>(sheet: &'s AppreciationSheet, penalties: &[Penalty<'_>]) -> Vec<&'s str> {
    sheet
        .boxes
        .iter()
        .filter(|one| penalties.iter().any(|penalty| penalty.code == one.penalty))
        .map(|one| one.code.as_str())
        .collect()
}

/// An assessment as its commission has left it.
#[derive(Clone, Copy, Debug)]
pub struct Assessment<'a> {
    /// What is ticked on the grid.
    pub profile: &'a Profile<'a>,
    /// The mark that it proposes.
    pub proposed: Option<Mark>,
    /// The penalties that it applies.
    pub penalties: &'a [Penalty<'a>],
    /// What it writes on the sheet.
    pub written: &'a Written,
    /// Whether it has stated that the appreciation says the defect of coverage.
    pub coverage_stated: bool,
}

/// What an assessment lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lacking<'a> {
    /// No mark is proposed.
    Mark,
    /// A penalty is not what the regulation allows.
    Penalty(PenaltyRefused),
    /// An obligatory text is empty (annexe 9: « obligatoirement remplie et explicite pour tous les candidats »).
    Text(&'a str),
    /// Something is left uncovered, and nobody has stated that the appreciation says so (annexe 9-5: « l’appréciation
    /// littérale fera apparaitre ce défaut de couverture »).
    Coverage(Vec<CoverageGap<'a>>),
}

impl Lacking<'_> {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Mark => "mark_missing",
            Self::Penalty(refused) => refused.code(),
            Self::Text(_) => "appreciation_empty",
            Self::Coverage(_) => "coverage_unsaid",
        }
    }
}

/// Everything that keeps an assessment from being validated, in the order of the forms; nothing when it may be.
///
/// Levels are asked of nobody: « Non évalué » is a value, and what it leaves uncovered is told by coverage.
pub fn lacking<'a>(
    assessment: &Assessment<'a>,
    forms: &'a AssessmentForms,
    rules: &MarkRules,
) -> Vec<Lacking<'a>> {
    let mut lacking = Vec::new();
    if assessment.proposed.is_none() {
        lacking.push(Lacking::Mark);
    }
    lacking.extend(
        penalties_refused(assessment.penalties, rules)
            .into_iter()
            .map(Lacking::Penalty),
    );
    lacking.extend(
        forms
            .appreciation
            .texts()
            .filter(|(code, required)| *required && is_blank(assessment.written.text(code)))
            .map(|(code, _)| Lacking::Text(code)),
    );
    let gaps = coverage(assessment.profile, forms.coverage);
    if !gaps.is_empty() && !assessment.coverage_stated {
        lacking.push(Lacking::Coverage(gaps));
    }
    lacking
}

/// A text that says nothing: no letter and no digit, so neither spaces, which can be invisible ones, nor « … » nor « - ».
fn is_blank(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests;
