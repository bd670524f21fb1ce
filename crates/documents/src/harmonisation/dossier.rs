//! What the page is drawn from: the figures of `report.json`, as plain owned values.
//!
//! The names are the report's own, so that a report read as JSON is a dossier (`serde`); figures that the page does not
//! show are passed over. Units: points of the note, positive where a commission is severe, unless a name says logits.
//! Codes are the report's stable codes; their sentences are in [`super::sentences`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod commission;

pub use commission::{
    Adjustment, Commission, Distance, DistanceValue, Effect, FunnelPoint, Group, ItemUse, LevelUse,
    NoteCount, PenaltyRate, Severity, Signature,
};

/// The whole of it.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, Serialize)]
pub struct Dossier {
    /// What stands over the page, e.g. the session or the file's name; nothing for none.
    #[serde(default)]
    pub title: Option<String>,
    /// French names of the competences, by the code that [`Item::competence`] gives; a code without name is shown itself.
    #[serde(default)]
    pub competences: BTreeMap<String, String>,
    /// What was counted.
    pub input: Input,
    /// What was asked for.
    pub settings: Settings,
    /// Codes of what concerns the whole session.
    pub warnings: Vec<String>,
    /// The note at equal profile.
    pub model: Model,
    /// Every commission, in the order in which it is shown: academy, centre, code.
    pub commissions: Vec<Commission>,
    /// Every centre.
    pub centres: Vec<Group>,
    /// Every academy.
    pub academies: Vec<Group>,
    /// The funnel's common figures.
    pub funnel: Option<Funnel>,
    /// The lines of the grids.
    pub items: Vec<Item>,
    /// Who can be compared with whom on the grid.
    pub links: Links,
    /// Severity on the grid, in logits, where it is identified.
    pub grid_severity: Vec<GridSeverity>,
    /// Penalties of the session.
    pub penalties: Option<Penalties>,
    /// What each way of adjusting would do.
    pub what_if: Vec<Scenario>,
}

/// What was counted.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, Serialize)]
pub struct Input {
    /// Candidates in the statistics.
    pub candidates: usize,
    /// Commissions with one candidate at least.
    pub commissions: usize,
    /// Gradings of shared dossiers.
    pub anchor_gradings: usize,
    /// Lines of the files that were left out.
    pub rejected: Vec<RejectedLine>,
}

/// A line that was left out.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct RejectedLine {
    /// `grades` or `anchors`.
    pub file: String,
    /// Line, from 1 (the header's).
    pub line: u64,
    /// The column's header, when one cell is at fault.
    pub column: Option<String>,
    /// The reason and the remedy, in French.
    pub sentence: String,
}

/// What was asked for.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct Settings {
    /// A severity smaller than this matters to nobody, in points.
    pub tolerance: f64,
    /// Share of the flags that may be false.
    pub false_discovery: f64,
    /// Permutations behind each distance.
    pub permutations: u32,
    /// Seed of all chance.
    pub seed: u64,
    /// The regulation set whose grids were used.
    pub regulation: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tolerance: 1.0,
            false_discovery: 0.05,
            permutations: 999,
            seed: 1,
            regulation: None,
        }
    }
}

/// The mixed model of the note.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, Serialize)]
pub struct Model {
    /// REML criterion.
    pub criterion: Option<f64>,
    /// ML criterion.
    pub criterion_ml: Option<f64>,
    /// Variances, in points².
    pub components: Components,
    /// Coefficients by name.
    pub fixed: BTreeMap<String, Effect>,
    /// Mundlak's check.
    pub between_within: Option<BetweenWithin>,
    /// Reliability of a commission's mean at the median n.
    pub reliability: Option<f64>,
    /// Least visible difference, by n.
    pub detectable: Vec<Detectable>,
}

/// Variances of the levels; absent where a level left the model.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, Serialize)]
pub struct Components {
    /// Between academies.
    pub academy: Option<f64>,
    /// Between centres of an academy.
    pub centre: Option<f64>,
    /// Between commissions of a centre.
    pub commission: Option<f64>,
    /// Between candidates of a commission.
    pub residual: Option<f64>,
}

/// Slope between commissions less slope within.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct BetweenWithin {
    /// Slope within commissions.
    pub within: f64,
    /// Slope between less slope within.
    pub difference: f64,
    /// Its standard error.
    pub se: f64,
}

/// What a commission of n candidates allows to see.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct Detectable {
    /// Candidates.
    pub n: u32,
    /// Points.
    pub points: f64,
}

/// What is common to the funnel.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct Funnel {
    /// Centre line.
    pub target: f64,
    /// Residual standard deviation.
    pub sigma: f64,
    /// Ordinary variation between commissions, a standard deviation.
    pub tau: f64,
    /// Mean of squared z, winsorised.
    pub over_dispersion: f64,
}

/// A line of a grid over the whole session.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct Item {
    /// The grid's code.
    pub grid: String,
    /// The line's code.
    pub item: String,
    /// What it says.
    pub label: String,
    /// Competence's code.
    pub competence: String,
    /// Evaluated cells.
    pub n: usize,
    /// Difficulty, in logits.
    pub difficulty: Option<f64>,
    /// Thresholds, in logits.
    pub thresholds: Option<[f64; 3]>,
    /// Σ(x−E)²/ΣV over the session.
    pub infit: Option<f64>,
    /// Mean level, 0 to 3.
    pub mean_level: Option<f64>,
    /// Share of cells that are « non évalué ».
    pub not_evaluated: f64,
}

/// Links between commissions by shared dossiers.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, Serialize)]
pub struct Links {
    /// Connected parts of the commissions.
    pub components: usize,
    /// Commissions that share a dossier with another.
    pub linked_commissions: usize,
    /// Shared dossiers.
    pub dossiers: usize,
    /// Share of the pairs of commissions that can be compared.
    pub comparable_pairs: f64,
    /// Size of each part with two commissions at least.
    pub sizes: Vec<usize>,
    /// Median standard error of a contrast, in points.
    pub median_contrast_se: Option<f64>,
    /// What some more shared dossiers would give.
    pub with_more: Vec<MoreDossiers>,
}

/// A what-if of the design.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct MoreDossiers {
    /// Dossiers more.
    pub dossiers: usize,
    /// Median standard error of a contrast then, in points.
    pub median_contrast_se: f64,
    /// Connected parts then.
    pub components: usize,
}

/// Severity on the grid, where it is identified.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct GridSeverity {
    /// Commission.
    pub commission: String,
    /// Its academy.
    pub academy: Option<String>,
    /// Its centre.
    pub centre: Option<String>,
    /// Number of its connected part.
    pub component: usize,
    /// In logits, positive is severe, centred inside its part.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
}

/// Penalties of the session.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct Penalties {
    /// Candidates with a penalty.
    pub penalised: usize,
    /// Share of the candidates.
    pub rate: f64,
}

/// What a way of adjusting would do.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct Scenario {
    /// Code of the way.
    pub way: String,
    /// Commissions whose notes would move.
    pub commissions: usize,
    /// Candidates whose final note would rise.
    pub up: usize,
    /// Candidates whose final note would fall.
    pub down: usize,
    /// Candidates who would cross a threshold.
    pub crossings: Vec<Crossing>,
    /// Standard deviation of the severities that would be left.
    pub severity_sd_left: Option<f64>,
    /// Mean note before, after.
    pub mean: [f64; 2],
    /// Median distance to the academy before, after.
    pub median_wasserstein: Option<[f64; 2]>,
    /// Notes after: value and count, ascending.
    pub notes: Vec<NoteCount>,
}

/// Candidates who would cross a threshold.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct Crossing {
    /// Points.
    pub threshold: f64,
    /// Upwards.
    pub up: usize,
    /// Downwards.
    pub down: usize,
}
