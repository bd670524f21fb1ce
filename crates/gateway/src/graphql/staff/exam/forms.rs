//! The words of the annexes and the numbers of the regulation, as a commission's screens need them.

use async_graphql::{Enum, SimpleObject};
use delos_domain::regulation::{self, Regulation};

use super::super::people::ExamOption;

/// Grids, appreciation sheet and penalties of one regulation.
#[derive(SimpleObject)]
pub struct AssessmentForms {
    /// The grids.
    grids: Vec<GridForm>,
    /// The appreciation sheet.
    appreciation: AppreciationForm,
    /// What must have been assessed, else the appreciation says so.
    coverage: CoverageDemand,
    /// The penalties that exist.
    penalties: Vec<PenaltyRule>,
}

/// What must have been assessed.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "regulation::Coverage")]
pub enum CoverageDemand {
    /// Nothing.
    Nothing,
    /// One line at least of each competence.
    Competences,
    /// Every line.
    Lines,
}

/// A grid.
#[derive(SimpleObject)]
pub struct GridForm {
    /// Its code.
    code: String,
    /// The options that it is for.
    options: Vec<ExamOption>,
    /// Its title.
    title: String,
    /// The five values of a line, lowest first; the first is no level.
    levels: Vec<String>,
    /// What each value means: rows of five cells.
    descriptors: Vec<Vec<Option<String>>>,
    /// The blocks.
    blocks: Vec<GridBlock>,
    /// Heading of the proposal.
    proposal: String,
    /// What is printed about it.
    notices: Vec<String>,
    /// What is printed about penalties.
    penalty_notices: Vec<String>,
    /// Heading of the final mark.
    final_mark: String,
}

/// A block of a grid.
#[derive(SimpleObject)]
pub struct GridBlock {
    /// Its code.
    code: String,
    /// Its words.
    label: String,
    /// Whether the block is its own single line.
    boxes: bool,
    /// Whether it stands apart from the competences to cover.
    apart: bool,
    /// Its lines.
    lines: Vec<GridLine>,
    /// Its indicators.
    indicators: Vec<GridIndicator>,
}

/// A line of a grid.
#[derive(SimpleObject)]
pub struct GridLine {
    /// Its code.
    code: String,
    /// Its words.
    label: String,
    /// What is said below it.
    sub_lines: Vec<String>,
}

/// An indicator.
#[derive(SimpleObject)]
pub struct GridIndicator {
    /// Its words.
    text: String,
    /// What details it.
    details: Vec<String>,
}

/// The appreciation sheet.
#[derive(SimpleObject)]
pub struct AppreciationForm {
    /// Its title.
    title: String,
    /// Its parts.
    parts: Vec<AppreciationPart>,
    /// Heading of the appreciation.
    appreciation: String,
    /// Whether the appreciation must be written.
    required: bool,
    /// Its boxes.
    boxes: Vec<AppreciationBox>,
}

/// A part of the sheet.
#[derive(SimpleObject)]
pub struct AppreciationPart {
    /// Its code.
    code: String,
    /// Its title.
    title: String,
    /// Heading of its observations.
    observations: String,
    /// The phase of the course that it is about.
    phase: String,
    /// Whether it must be written.
    required: bool,
}

/// A box of the sheet.
#[derive(SimpleObject)]
pub struct AppreciationBox {
    /// Its code.
    code: String,
    /// Its words.
    label: String,
    /// The penalty that ticks it.
    penalty: String,
}

/// A penalty that exists.
#[derive(SimpleObject)]
pub struct PenaltyRule {
    /// Its code.
    code: String,
    /// Its words.
    label: String,
    /// Fewest points.
    fewest: i32,
    /// Most points.
    most: i32,
    /// Whether a reason is asked for.
    needs_reason: bool,
    /// Penalties that it excludes.
    excludes: Vec<String>,
}

/// The forms of a regulation.
pub fn forms(of: &Regulation) -> AssessmentForms {
    let forms = &of.assessment;
    let sheet = &forms.appreciation;
    AssessmentForms {
        grids: forms.grids.iter().map(grid).collect(),
        appreciation: AppreciationForm {
            title: sheet.title.clone(),
            parts: sheet
                .parts
                .iter()
                .map(|part| AppreciationPart {
                    code: part.code.clone(),
                    title: part.title.clone(),
                    observations: part.observations.clone(),
                    phase: part.phase.clone(),
                    required: part.required,
                })
                .collect(),
            appreciation: sheet.appreciation.clone(),
            required: sheet.required,
            boxes: sheet
                .boxes
                .iter()
                .map(|one| AppreciationBox {
                    code: one.code.clone(),
                    label: one.label.clone(),
                    penalty: one.penalty.clone(),
                })
                .collect(),
        },
        coverage: forms.coverage.into(),
        penalties: of
            .mark
            .penalties
            .iter()
            .map(|rule| PenaltyRule {
                code: rule.code.clone(),
                label: rule.label.clone(),
                fewest: i32::from(rule.points.0),
                most: i32::from(rule.points.1),
                needs_reason: rule.reason,
                excludes: rule.excludes.clone(),
            })
            .collect(),
    }
}

fn grid(of: &regulation::Grid) -> GridForm {
    GridForm {
        code: of.code.clone(),
        options: of.options.iter().map(|option| (*option).into()).collect(),
        title: of.back.title.clone(),
        levels: of.scale.labels.to_vec(),
        descriptors: of
            .scale
            .descriptors
            .iter()
            .map(|row| row.cells.to_vec())
            .collect(),
        blocks: of.back.blocks.iter().map(block).collect(),
        proposal: of.front.proposal.clone(),
        notices: of.front.proposal_notices.clone(),
        penalty_notices: of.front.penalty_notices.clone(),
        final_mark: of.front.final_mark.clone(),
    }
}

fn block(of: &regulation::Block) -> GridBlock {
    GridBlock {
        code: of.code.clone(),
        label: of.label.clone(),
        boxes: of.boxes,
        apart: of.apart,
        lines: of
            .lines
            .iter()
            .map(|line| GridLine {
                code: line.code.clone(),
                label: line.label.clone(),
                sub_lines: line.sub_lines.clone(),
            })
            .collect(),
        indicators: of
            .indicators
            .iter()
            .map(|one| GridIndicator {
                text: one.text.clone(),
                details: one.details.clone(),
            })
            .collect(),
    }
}
