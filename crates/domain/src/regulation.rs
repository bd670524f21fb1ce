//! The regulation of a session, as a value: everything that a new circular may change is data of this type.
//!
//! `delos-regulation` reads it from TOML and checks it; nothing else makes one outside tests.

#[cfg(test)]
pub(crate) mod example;
mod forms;

pub use forms::{
    AppreciationBox, AppreciationPart, AppreciationSheet, AssessmentForms, Block, Coverage,
    CrossReference, DescriptorRow, FormHead, Grid, GridBack, GridFront, Indicator, Line,
    PenaltyLine, Scale,
};

use std::collections::BTreeMap;

use crate::candidate::{Accommodation, ExamOption, Form};

/// One épreuve of one session, with all that its circular fixes.
#[derive(Clone, PartialEq, Debug)]
pub struct Regulation {
    /// Identifier of the set, e.g. `bts-sio-2024-e5`.
    pub id: String,
    /// Where it comes from, to be cited (circular, session, annexes).
    pub source: String,
    /// Diploma, e.g. « BTS Services informatiques aux organisations ».
    pub diploma: String,
    /// Code of the épreuve in this session, e.g. `E5`.
    pub exam_code: String,
    /// Unit, e.g. `U5`.
    pub unit: String,
    /// What each option is called, and what the épreuve is called in it.
    pub options: BTreeMap<ExamOption, OptionTitles>,
    /// Annex number of each document, by the document's function (`grille` → `9-5`).
    pub annexes: BTreeMap<String, String>,
    /// The phases of a candidate's course.
    pub course: Course,
    /// The day's geometry.
    pub day: DayRules,
    /// Templates of a period of days, the first being the usual one.
    pub templates: Vec<PeriodTemplate>,
    /// Composition of a commission, by form.
    pub composition: BTreeMap<Form, Composition>,
    /// What a convocation says.
    pub convocation: ConvocationTexts,
    /// What an absence entails, by form and kind.
    pub absences: Vec<AbsenceRule>,
    /// How a mark is rounded and penalised.
    pub mark: MarkRules,
    /// The grids and the appreciation sheet.
    pub assessment: AssessmentForms,
}

/// Names of an option.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OptionTitles {
    /// « Solutions d'infrastructure, systèmes et réseaux ».
    pub option: String,
    /// « Administration des systèmes et des réseaux ».
    pub exam: String,
}

/// The phases in their order; what day solver, convocation and screens read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Course {
    /// Phases in order. All but the `floating` ones follow each other without a wait.
    pub phases: Vec<Phase>,
}

/// One phase of a candidate's course.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says who is busy; none excludes another"
)]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phase {
    /// Short code, unique in the course (`T`, `E1`, `R`, `E2`, `H`).
    pub code: String,
    /// Its name for people, e.g. « Préparation sur table ».
    pub name: String,
    /// One sentence to the candidate; empty for a phase that he does not attend.
    pub explanation: String,
    /// Length in minutes, without extra time.
    pub minutes: u16,
    /// Margin in minutes reserved after it.
    pub margin: u16,
    /// Which ratio of an accommodation lengthens it.
    pub extra_time: ExtraTime,
    /// Whether the candidate attends it.
    pub candidate: bool,
    /// Whether the commission is busy with it (it does one thing at a time).
    pub commission: bool,
    /// Whether it occupies an environment (with its margin, until the next phase begins).
    pub environment: bool,
    /// Whether it may begin later than the end of the phase before (the commission's harmonisation H).
    pub floating: bool,
}

/// Which extra time applies to a phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExtraTime {
    /// None.
    None,
    /// The ratio of the preparations.
    Preparation,
    /// The ratio of the interviews.
    Interview,
}

impl Phase {
    /// Minutes for a candidate with this accommodation, rounded up to `grid`.
    pub fn minutes_for(&self, accommodation: Accommodation, grid: u16) -> u16 {
        match self.extra_time {
            ExtraTime::None => self.minutes,
            ExtraTime::Preparation => accommodation.preparation.lengthen(self.minutes, grid),
            ExtraTime::Interview => accommodation.interview.lengthen(self.minutes, grid),
        }
    }
}

/// The geometry of a commission's day. Times are minutes after midnight, local to the centre.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayRules {
    /// Starts lie on multiples of it; lengthened durations are rounded up to it.
    pub grid: u16,
    /// Opening.
    pub open: u16,
    /// Closing: the last phase ends by then.
    pub close: u16,
    /// Length of the pause.
    pub lunch: u16,
    /// The pause lies inside this window (start, end).
    pub lunch_window: (u16, u16),
    /// Length of the preparation half-day (P); 0 when the épreuve has none.
    pub preparation: u16,
    /// Environments that a commission uses at once; 0 when the course occupies none.
    pub environments: u8,
    /// How long before his first phase a candidate is asked to be there.
    pub arrival: u16,
}

impl DayRules {
    /// Most environments that a commission uses at once: as many as a day is solved for (annexe 9-4 has two).
    pub const MOST_ENVIRONMENTS: u8 = 4;
}

/// How many candidates on each day of a period (annexe 9: at most five a day; 9-4: three after the preparation).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeriodTemplate {
    /// Stable code, e.g. `9-4`.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Days in order.
    pub days: Vec<TemplateDay>,
}

/// One day of a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TemplateDay {
    /// Whether it begins with the preparation half-day.
    pub preparation: bool,
    /// Most candidates in the usual case.
    pub max: u8,
    /// Most candidates by an explicit, logged decision of the authority.
    pub hard_max: u8,
}

/// Who sits in a commission (II.D).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Composition {
    /// Fewest members.
    pub members_min: u8,
    /// How many members teach the option.
    pub of_option: OfOption,
    /// Fewest teachers among them (`professeur`).
    pub teachers_min: u8,
    /// Fewest professionals among them.
    pub professionals_min: u8,
    /// Whether a member may examine candidates of his own school.
    pub own_school: bool,
}

/// How many members must have the option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfOption {
    /// Every one of them.
    All,
    /// At least so many.
    AtLeast(u8),
}

/// Sentences of a convocation; every one is printed as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConvocationTexts {
    /// What the candidate brings.
    pub bring: Vec<String>,
    /// What is forbidden.
    pub forbidden: Vec<String>,
    /// That connections may be inspected.
    pub inspection: String,
    /// Lateness.
    pub lateness: String,
    /// What an absence entails, by form.
    pub absence: BTreeMap<Form, String>,
    /// Whom to tell of an impediment, by form.
    pub tell: BTreeMap<Form, String>,
    /// What an examiner is told besides his days.
    pub examiner: Vec<String>,
}

/// One line of the absence table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AbsenceRule {
    /// In which form.
    pub form: Form,
    /// Which absence.
    pub kind: AbsenceKind,
    /// What follows.
    pub consequence: AbsenceConsequence,
    /// The consequence in a French sentence, said before confirming.
    pub sentence: String,
    /// The text that founds it.
    pub source: String,
}

/// Kinds of absence that the texts tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AbsenceKind {
    /// Justified.
    Justified,
    /// Not justified.
    Unjustified,
    /// A second one.
    Repeated,
    /// Force majeure, established by the authority.
    ForceMajeure,
}

/// What an absence entails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AbsenceConsequence {
    /// Another date is offered.
    NewDate,
    /// Declared absent: no replacement, the diploma cannot be delivered.
    Absent,
    /// Mark 0, the diploma still possible (code de l'éducation, D643-24).
    ZeroDiplomaPossible,
}

/// How a mark is made final.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarkRules {
    /// The order of rounding and penalties.
    pub rounding: Rounding,
    /// Penalties that exist.
    pub penalties: Vec<PenaltyRule>,
}

/// Orders of rounding and penalties that are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    /// Proposed mark → rounded up to the whole point → minus penalties → floor 0.
    UpThenPenalties,
}

/// One penalty of the regulation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PenaltyRule {
    /// Stable code, e.g. `one_realisation_missing`.
    pub code: String,
    /// Its wording in the annex.
    pub label: String,
    /// Fewest and most whole points.
    pub points: (u8, u8),
    /// Whether a reason is asked for.
    pub reason: bool,
    /// Codes that exclude it.
    pub excludes: Vec<String>,
}
