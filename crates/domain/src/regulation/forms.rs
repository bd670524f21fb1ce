//! The forms on which a commission assesses, as values: the grid of an option and the appreciation sheet, word by word
//! as the circular prints them.
//!
//! Whatever prints, shows or checks a form reads it here; nothing else knows one of its words. Typographical marks that
//! a page draws by itself (boxes, « - » and « ▪ » before the items of a list, dotted lines) are left out.

use std::collections::BTreeMap;

use crate::candidate::{ExamOption, Form};

/// The forms of an épreuve.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssessmentForms {
    /// The grids: each option of the épreuve has exactly one, and two options may share it.
    pub grids: Vec<Grid>,
    /// The appreciation sheet, one for all options.
    pub appreciation: AppreciationSheet,
    /// What the texts ask of coverage.
    pub coverage: Coverage,
}

impl AssessmentForms {
    /// The grid of an option; none when the épreuve does not exist in it.
    pub fn grid(&self, option: ExamOption) -> Option<&Grid> {
        self.grids
            .iter()
            .find(|grid| grid.options.contains(&option))
    }
}

/// What every form opens with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FormHead {
    /// « SESSION », printed with the year after the diploma in capitals.
    pub session: String,
    /// The épreuve as the form names it, by option; each line once when options share it.
    pub exams: Vec<String>,
    /// « Nom, prénom : ».
    pub name: String,
    /// « N° candidat : ».
    pub candidate_number: String,
    /// « Date : ».
    pub date: String,
    /// « N° commission : ».
    pub commission: String,
    /// The box of each form, e.g. « Épreuve ponctuelle ».
    pub forms: BTreeMap<Form, String>,
    /// The box of each option, e.g. « OPTION SISR »; empty on a form that serves one option.
    pub options: BTreeMap<ExamOption, String>,
    /// « NOTE ».
    pub mark: String,
    /// « / 20 ».
    pub out_of: String,
}

/// One grid (annexe 9-5-A, 9-5-B or VI-3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grid {
    /// Stable code, e.g. `SISR`.
    pub code: String,
    /// The options that it assesses, in their order.
    pub options: Vec<ExamOption>,
    /// Its annex number with its letter, e.g. `9-5-A`.
    pub annex: String,
    /// What it opens with.
    pub head: FormHead,
    /// The recto.
    pub front: GridFront,
    /// The five values, with what each means.
    pub scale: Scale,
    /// The verso: blocks of lines.
    pub back: GridBack,
}

impl Grid {
    /// Every line that bears boxes, in the order of the form, with its block.
    pub fn lines(&self) -> impl Iterator<Item = (&Block, &Line)> {
        self.back
            .blocks
            .iter()
            .flat_map(|block| block.lines.iter().map(move |line| (block, line)))
    }

    /// The line of a code.
    pub fn line(&self, code: &str) -> Option<&Line> {
        self.lines()
            .map(|(_, line)| line)
            .find(|line| line.code == code)
    }
}

/// The recto of a grid: the proposed mark, the penalties, the final mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GridFront {
    /// « ANNEXE 9-5-A : Grille d’aide à l’évaluation (recto) ».
    pub title: String,
    /// « Noms des membres de la commission d’interrogation ».
    pub members: String,
    /// « Proposition de note suite à l’évaluation du profil de la personne candidate ».
    pub proposal: String,
    /// The paragraphs under it.
    pub proposal_notices: Vec<String>,
    /// « Liste des pénalités retenues ».
    pub penalties_title: String,
    /// The paragraphs under it.
    pub penalty_notices: Vec<String>,
    /// The penalties in the order of the regulation.
    pub penalties: Vec<PenaltyLine>,
    /// « NOTE FINALE ».
    pub final_mark: String,
    /// « Note à reporter sur la fiche d’appréciation destinée à la personne candidate ».
    pub report: String,
    /// Numbers that the notices print and that are stale.
    pub references: Vec<CrossReference>,
}

/// A penalty as the grid prints it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PenaltyLine {
    /// Its code in [`MarkRules`](super::MarkRules).
    pub code: String,
    /// Its label with its points, « … (jusqu’à 15 points de pénalité) ».
    pub text: String,
}

/// A cross-reference that the annex prints with the number of an earlier session: the print stays as it is, and a screen
/// can say what is meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrossReference {
    /// What is printed, e.g. « annexe 7-6 ».
    pub printed: String,
    /// The document meant, by its function (`appreciation`).
    pub document: String,
    /// Its number in this session, e.g. `9-6`.
    pub annex: String,
}

/// The five values and what each means (« Tableau d’aide à l’appréciation des niveaux de maîtrise »).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scale {
    /// Its title.
    pub title: String,
    /// The labels: not assessed, then the four levels upwards.
    pub labels: [String; Scale::VALUES],
    /// What each value means, row by row.
    pub descriptors: Vec<DescriptorRow>,
}

impl Scale {
    /// How many values a line takes: « Non évalué » and four levels.
    pub const VALUES: usize = 5;
}

/// One row of descriptors, a cell a value; none where the cell above goes on (« Non évalué » has one for all rows).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DescriptorRow {
    /// The cells, in the order of the labels.
    pub cells: [Option<String>; Scale::VALUES],
}

/// The verso of a grid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GridBack {
    /// Its title.
    pub title: String,
    /// « Niveaux de maîtrise », over the columns of boxes.
    pub levels: String,
    /// « Compétences », over the lines; none where the annex prints nothing there.
    pub competences: Option<String>,
    /// « Indicateurs de performance ».
    pub indicators: String,
    /// The blocks in order.
    pub blocks: Vec<Block>,
}

/// A block of a grid: one competence of the diploma.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Stable code, unique in the regulation, e.g. `SISR_C`.
    pub code: String,
    /// Its words.
    pub label: String,
    /// Whether the boxes stand in the block's own row. It has then exactly one line, of the same code and words.
    pub boxes: bool,
    /// Whether it is no competence of the diploma's bloc: coverage does not ask for it.
    pub apart: bool,
    /// The lines that bear boxes, one at least.
    pub lines: Vec<Line>,
    /// Its performance indicators.
    pub indicators: Vec<Indicator>,
}

/// A line with its five boxes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Stable code, unique in the regulation, e.g. `SISR_C1`.
    pub code: String,
    /// Its words.
    pub label: String,
    /// What it is made of, when it is assessed as a whole.
    pub sub_lines: Vec<String>,
}

/// A performance indicator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Indicator {
    /// Its words.
    pub text: String,
    /// The items under it.
    pub details: Vec<String>,
}

/// The appreciation sheet (annexe 9-6 or VI-4), which a candidate may be given after a réclamation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppreciationSheet {
    /// Its annex number, e.g. `9-6`.
    pub annex: String,
    /// « ANNEXE 9-6 : Fiche d’appréciation destinée à la personne candidate ».
    pub title: String,
    /// What it opens with.
    pub head: FormHead,
    /// One part a phase of the épreuve.
    pub parts: Vec<AppreciationPart>,
    /// The title of the appreciation.
    pub appreciation: String,
    /// Whether the appreciation is obligatory at validation.
    pub required: bool,
    /// The boxes under the appreciation.
    pub boxes: Vec<AppreciationBox>,
    /// « Visa des membres de la commission d’interrogation ».
    pub visas: String,
}

impl AppreciationSheet {
    /// The code of the appreciation among the sheet's texts; no part bears it.
    pub const APPRECIATION: &'static str = "appreciation";

    /// The code of each text that the commission writes and whether it is obligatory, in the order of the sheet.
    pub fn texts(&self) -> impl Iterator<Item = (&str, bool)> {
        self.parts
            .iter()
            .map(|part| (part.code.as_str(), part.required))
            .chain([(Self::APPRECIATION, self.required)])
    }
}

/// A part of the appreciation sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppreciationPart {
    /// Stable code, e.g. `phase1`.
    pub code: String,
    /// « Phase 1 : Entretien d’explicitation (20 minutes maximum) ».
    pub title: String,
    /// « Observations ».
    pub observations: String,
    /// The phase of the course that it is about.
    pub phase: String,
    /// Whether its observations are obligatory at validation.
    pub required: bool,
}

/// A box of the appreciation sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppreciationBox {
    /// Stable code.
    pub code: String,
    /// Its words.
    pub label: String,
    /// The penalty of the regulation that ticks it.
    pub penalty: String,
}

/// What must have been assessed, else the appreciation says so.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Coverage {
    /// Nothing is asked.
    Nothing,
    /// Every competence of the bloc: one line at least of each block that does not stand apart.
    Competences,
    /// Every line of those blocks.
    Lines,
}
