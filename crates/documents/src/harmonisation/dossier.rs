//! What the page is drawn from: the figures of `report.json`, as plain owned values.
//!
//! The names are the report's own, so that a report read as JSON is a dossier (`serde`); figures that the page does not
//! show are passed over. Units: points of the note, positive where a commission is severe, unless a name says logits.
//! Codes are the report's stable codes; their sentences are in [`super::sentences`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
    /// Code of the reason.
    pub code: String,
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

/// An estimate with its standard error.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct Effect {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
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

/// Posterior of a severity.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct Severity {
    /// Mean.
    pub estimate: f64,
    /// Standard deviation.
    pub se: f64,
    /// 2.5 % quantile.
    pub lower: f64,
    /// 97.5 % quantile.
    pub upper: f64,
    /// Probability of lying within the tolerance.
    pub p_within_tolerance: f64,
    /// Probability that the sign is wrong.
    pub p_wrong_sign: f64,
    /// Whether it is to be looked at.
    pub flagged: bool,
}

/// One commission.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, Serialize)]
pub struct Commission {
    /// Its code.
    pub commission: String,
    /// Its academy, if known.
    pub academy: Option<String>,
    /// Its centre, if known.
    pub centre: Option<String>,
    /// Its option, when all its candidates have the same.
    pub option: Option<String>,
    /// `ponctuel` or `ccf`, when all its candidates have the same.
    pub mode: Option<String>,
    /// Candidates.
    pub n: usize,
    /// Mean of the notes as given.
    pub mean_note: f64,
    /// Mean of the profile scores, 0 to 20.
    pub mean_score: Option<f64>,
    /// Severity of the note at equal profile.
    pub severity: Option<Severity>,
    /// The same by the Gaussian model.
    pub blup: Option<Effect>,
    /// The same against its academy.
    pub blup_in_academy: Option<Effect>,
    /// Its point in the funnel.
    pub funnel: Option<FunnelPoint>,
    /// Level of its candidates less severity of its grid, in logits.
    pub apparent_level: Option<Effect>,
    /// Its own slope of the note on the profile.
    pub slope: Option<Effect>,
    /// Use of the four levels.
    pub levels: Option<LevelUse>,
    /// Its lines.
    pub items: Vec<ItemUse>,
    /// Distance of its notes to those of its academy.
    pub distance: Option<Distance>,
    /// Its notes: value and count, ascending.
    pub notes: Vec<NoteCount>,
    /// Penalties.
    pub penalties: Option<PenaltyRate>,
    /// The signatures.
    pub signatures: Vec<Signature>,
    /// Code of the habit that they name.
    pub habit: Option<String>,
    /// Points to add, by each way of adjusting.
    pub adjustment: Option<Adjustment>,
    /// Codes of cautions.
    pub warnings: Vec<String>,
}

/// One centre or one academy.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, Serialize)]
pub struct Group {
    /// Academy.
    pub academy: Option<String>,
    /// Centre; absent for an academy.
    pub centre: Option<String>,
    /// Commissions.
    pub commissions: usize,
    /// Candidates.
    pub n: usize,
    /// Mean of the notes as given.
    pub mean_note: f64,
    /// As for a commission.
    pub severity: Option<Severity>,
    /// As for a commission.
    pub blup: Option<Effect>,
    /// As for a commission.
    pub apparent_level: Option<Effect>,
    /// Notes: value and count, ascending.
    pub notes: Vec<NoteCount>,
    /// Codes of cautions.
    pub warnings: Vec<String>,
}

/// Count of one value of the note.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct NoteCount {
    /// Points.
    pub note: f64,
    /// Candidates.
    pub count: usize,
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

/// One commission in the funnel.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct FunnelPoint {
    /// −mean residual less the median of all.
    pub value: f64,
    /// Its standard error.
    pub se: f64,
    /// (value − target)/√(se²+τ²).
    pub z: f64,
    /// Beyond the 95 % limit.
    pub outside_95: bool,
    /// Beyond the 99.8 % limit.
    pub outside_998: bool,
}

/// Use of the levels.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct LevelUse {
    /// Cells on levels 0 to 3.
    pub observed: [u32; 4],
    /// Expected, of the same total.
    pub expected: [f64; 4],
    /// Share of cells that are « non évalué ».
    pub not_evaluated: f64,
}

/// A line of the grid in a commission.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct ItemUse {
    /// The line's code.
    pub item: String,
    /// Evaluated cells.
    pub n: usize,
    /// Mean level less expected.
    pub excess: Option<f64>,
    /// Share of cells that are « non évalué ».
    pub not_evaluated: f64,
}

/// Distances between two sets of notes.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct Distance {
    /// Candidates it is compared with.
    pub others: usize,
    /// ∫|F−G|, in points.
    pub wasserstein: DistanceValue,
    /// Energy distance.
    pub energy: DistanceValue,
    /// sup|F−G|.
    pub kolmogorov: DistanceValue,
}

/// A distance beside what chance alone would give.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct DistanceValue {
    /// The distance.
    pub value: f64,
    /// Its mean when the candidates are shared out at random.
    pub null_mean: f64,
    /// Its 95 % quantile then.
    pub null_q95: f64,
    /// Share of the permutations at least as far.
    pub p: f64,
}

/// One signature.
#[derive(Clone, PartialEq, Debug, Deserialize, Serialize)]
pub struct Signature {
    /// Code of its name.
    pub name: String,
    /// The figure itself.
    pub value: f64,
    /// Against the empirical null.
    pub z: f64,
    /// p-value, adjusted.
    pub p_adjusted: f64,
    /// Whether it is unusual at 5 %.
    pub flagged: bool,
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

/// Penalties of a commission.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct PenaltyRate {
    /// Candidates with a penalty.
    pub penalised: usize,
    /// Share of its candidates.
    pub rate: f64,
    /// Two-sided p-value against the session's rate.
    pub p: f64,
    /// Whether it is unusual at 5 %.
    pub flagged: bool,
}

/// Points to add to each note of a commission.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct Adjustment {
    /// The whole of the severity, where flagged.
    pub full: f64,
    /// From the interval's lower bound.
    pub full_lower: f64,
    /// From the interval's upper bound.
    pub full_upper: f64,
    /// Only what is beyond the tolerance.
    pub soft: f64,
    /// Back to the mean of its academy.
    pub academy: f64,
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
