//! A session of the épreuve as the statistics see it: who was heard by whom, with which levels and which note.

/// How candidates are assigned to commissions (rules: in CCF the school's own teachers hear its candidates).
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A commission of the authority hears candidates of several schools.
    Ponctuel,
    /// Contrôle en cours de formation: commission, school and level of its candidates are one.
    Ccf,
}

/// A competence of a grid: a block of its lines.
#[derive(Clone, PartialEq, Debug)]
pub struct Competence {
    /// Stable code, e.g. `concevoir`.
    pub code: String,
    /// What it is called, in French.
    pub label: String,
    /// Its weight in the profile score, any positive number; equal by default (harmonisation.md §2.1).
    pub weight: f64,
}

/// A line of a grid: what a commission places on one of four levels.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// Stable code: the column of the file, or the line's code in the regulation.
    pub code: String,
    /// What it says, in French.
    pub label: String,
    /// Index of its competence in [`Grid::competences`].
    pub competence: usize,
}

/// A grid that some of the candidates are assessed by; the two options of E5 have one each.
#[derive(Clone, PartialEq, Debug)]
pub struct Grid {
    /// Stable code, e.g. `SISR`.
    pub code: String,
    /// Its blocks, in their order.
    pub competences: Vec<Competence>,
    /// Its lines, in their order.
    pub items: Vec<Item>,
}

/// A commission: the unit that is compared. Its place is what the file says; a level that is missing there is `None` everywhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Commission {
    /// Its académie.
    pub academy: Option<String>,
    /// Its centre d'examen.
    pub centre: Option<String>,
    /// Its own code.
    pub code: String,
}

/// One candidate who was heard and has a note. Whoever was absent, or has NV, is not here.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidate {
    /// As the file names him.
    pub code: String,
    /// Index in [`Session::commissions`].
    pub commission: usize,
    /// Option, when the file says it.
    pub option: Option<String>,
    /// Ponctuel or CCF, when the file says it.
    pub mode: Option<Mode>,
    /// Index in [`Session::grids`] of the grid he was assessed by; `None` when no line of any grid was filled.
    pub grid: Option<usize>,
    /// A level a line of his grid, 0 (non maîtrisé) to 3 (excellente maîtrise); `None` where it is not evaluated. Empty without grid.
    pub levels: Vec<Option<u8>>,
    /// The note proposed before penalties, 0 to 20 points.
    pub note: f64,
    /// Points taken off, when the file says it.
    pub penalty: Option<f64>,
    /// Place in the order of passing within his commission, when dates are known; serves drift.
    pub rank: Option<u32>,
}

/// A whole session. Commissions and candidates may come in any order: nothing depends on it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Session {
    /// The commissions, each once.
    pub commissions: Vec<Commission>,
    /// The candidates.
    pub candidates: Vec<Candidate>,
    /// The grids.
    pub grids: Vec<Grid>,
}

/// One grading of a shared dossier by one commission: the same work, seen by several.
#[derive(Clone, PartialEq, Debug)]
pub struct AnchorGrading {
    /// The dossier. The same dossier under two grids is two dossiers (the lines differ).
    pub dossier: String,
    /// Index in [`Session::commissions`].
    pub commission: usize,
    /// Index in [`Session::grids`].
    pub grid: Option<usize>,
    /// As for a candidate.
    pub levels: Vec<Option<u8>>,
    /// The note given to it, 0 to 20 points.
    pub note: Option<f64>,
}
