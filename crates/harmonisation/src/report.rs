//! The report: what `delos harmonise` writes as `report.json`, and what every screen and page is drawn from.
//!
//! Units: points of the note (0 to 20) unless a name says logits; a severity is positive where the commission is severe.
//! Warnings and names are stable codes; their French sentences are the documents' affair.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::session::Mode;

/// Version of the format, the first field of every report.
pub const FORMAT: &str = "delos-harmonisation/1";

/// The JSON Schema of a report (draft 7, which every validator reads), indented, as it is committed in `schema/report.json`.
pub fn schema() -> String {
    let schema = schemars::generate::SchemaSettings::draft07()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Report>();
    let mut text = format!("{:#}", schema.as_value());
    text.push('\n');
    text
}

/// The whole report.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// What was counted in the input.
    pub input: Input,
    /// What was asked for.
    pub settings: Settings,
    /// What concerns the whole session.
    pub warnings: Vec<Warning>,
    /// The note at equal profile, across the session.
    pub model: Model,
    /// Every commission, by academy, centre and code; never by severity.
    pub commissions: Vec<CommissionReport>,
    /// Every centre, where the file has centres.
    pub centres: Vec<GroupReport>,
    /// Every academy, where the file has academies.
    pub academies: Vec<GroupReport>,
    /// The funnel's common figures.
    pub funnel: Option<Funnel>,
    /// What the competences are called, by their code.
    pub competences: BTreeMap<String, String>,
    /// The lines of the grids.
    pub items: Vec<ItemReport>,
    /// Who can be compared with whom on the grid.
    pub links: Links,
    /// Severity on the grid, in logits; only commissions where it is identified.
    pub grid_severity: Vec<GridSeverity>,
    /// Penalties, where the file has them.
    pub penalties: Option<Penalties>,
    /// What each way of adjusting would do; nothing is changed.
    pub what_if: Vec<Scenario>,
}

/// What was counted.
#[derive(Clone, PartialEq, Default, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Input {
    /// Rows of the grades, blank ones not counted.
    pub rows: u64,
    /// Candidates in the statistics.
    pub candidates: usize,
    /// Candidates without note, who are not in the statistics: NV, AB, dispensed.
    pub without_note: WithoutNote,
    /// Rows that were left out because they are at fault.
    pub left_out: u64,
    /// Commissions with one candidate at least.
    pub commissions: usize,
    /// Gradings of shared dossiers.
    pub anchor_gradings: usize,
    /// Faults of the files, each with its line and its reason.
    pub rejected: Vec<RejectedLine>,
    /// Faults beyond those.
    pub rejected_untold: u64,
}

/// Candidates who have no note.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct WithoutNote {
    /// AB.
    pub absent: u64,
    /// NV.
    pub not_validated: u64,
    /// Dispensed.
    pub exempt: u64,
}

/// A line of a file that could not be read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RejectedLine {
    /// `grades` or `anchors`.
    pub file: String,
    /// Line, from 1 (the header's).
    pub line: u64,
    /// The column's header, when one cell is at fault.
    pub column: Option<String>,
    /// Stable code of the reason, e.g. `note_outside`.
    pub code: String,
    /// The reason and the remedy, in French; never the value.
    pub sentence: String,
}

/// What was asked for; all of it shown beside the figures.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Settings {
    /// δ: a severity smaller than this matters to nobody, in points.
    pub tolerance: f64,
    /// q: the share of flags that may be false.
    pub false_discovery: f64,
    /// Permutations behind each distance.
    pub permutations: u32,
    /// Seed of all chance.
    pub seed: u64,
    /// The regulation set whose grids were used, if one was named.
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

/// A caution, by a stable code. The French sentence of each is in the documents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Fewer than five candidates: shown in grey, never flagged alone.
    FewCandidates,
    /// One candidate: no spread can be known.
    OneCandidate,
    /// Commission, school and level are one (CCF): only the coherence of note and profile is compared.
    CcfConfounded,
    /// The commission heard both modes.
    MixedModes,
    /// The commission heard several options.
    MixedOptions,
    /// All its notes are the same.
    EqualNotes,
    /// No grid was filled: its notes are compared without a profile.
    NoGrid,
    /// The whole session has one commission: nothing to compare.
    OneCommission,
    /// No grid columns: notes are compared without their profile, which is a comparison of candidates as much as of commissions.
    NoProfile,
    /// Every variance between commissions is zero: they do not differ more than chance explains.
    NoVariance,
    /// All notes are the same, or fewer candidates than parameters: no model.
    NoModel,
    /// Between and within commissions, note and profile do not go together alike (Mundlak): part of the grid is contaminated.
    BetweenWithinDiffer,
    /// A line's levels are never all used (separation): its thresholds were bounded.
    SeparatedItem,
    /// Anchors link only some of the commissions.
    PartlyLinked,
    /// All candidates are in CCF.
    CcfSession,
    /// Columns of the model say the same (each option has its own mode, say): one of them left it.
    ConfoundedColumn,
}

/// The mixed model of the note (nested; harmonisation.md §2.2).
#[derive(Clone, PartialEq, Debug, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Model {
    /// REML criterion, −2 log restricted likelihood, as lme4 prints it; absent where there is no model.
    pub criterion: Option<f64>,
    /// ML criterion of the same model, maximised on its own.
    pub criterion_ml: Option<f64>,
    /// Variances, in points².
    pub components: Components,
    /// Coefficients of x = (1, S on 0–20, SLAM 0/1, CCF 0/1), without the constant columns.
    pub fixed: BTreeMap<String, Effect>,
    /// The check of between against within (Mundlak), where there is a profile.
    pub between_within: Option<BetweenWithin>,
    /// Reliability of a commission's mean, τ²/(τ²+σ²/n), at the median n.
    pub reliability: Option<f64>,
    /// Least difference that 80 % of the time would be seen at z = 3, by n (harmonisation.md §2.10).
    pub detectable: Vec<Detectable>,
}

/// Variances of the levels; a level that left the model is absent, one on the boundary is 0.
#[derive(Clone, PartialEq, Debug, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
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
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Effect {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error (of prediction, for a BLUP).
    pub se: f64,
}

/// Mundlak's check: the profile's slope between commissions less the slope within.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BetweenWithin {
    /// Slope of the note on the profile within commissions.
    pub within: f64,
    /// Slope between less slope within.
    pub difference: f64,
    /// Its standard error.
    pub se: f64,
}

/// What a commission of n candidates allows to see.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Detectable {
    /// Candidates.
    pub n: u32,
    /// Points.
    pub points: f64,
}

/// Posterior of a severity under the scale mixture (harmonisation.md §2.3).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Severity {
    /// Posterior mean, in points; positive is severe.
    pub estimate: f64,
    /// Posterior standard deviation.
    pub se: f64,
    /// 2.5 % quantile.
    pub lower: f64,
    /// 97.5 % quantile.
    pub upper: f64,
    /// P(|v| < δ | data).
    pub p_within_tolerance: f64,
    /// Probability that the sign of the estimate is wrong.
    pub p_wrong_sign: f64,
    /// Whether it is in the largest set whose mean of `p_within_tolerance` is at most q.
    pub flagged: bool,
}

/// One commission.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CommissionReport {
    /// Its code.
    pub commission: String,
    /// Its academy, if known.
    pub academy: Option<String>,
    /// Its centre, if known.
    pub centre: Option<String>,
    /// Its option, when all its candidates have the same.
    pub option: Option<String>,
    /// Its mode, when all its candidates have the same.
    pub mode: Option<Mode>,
    /// Candidates.
    pub n: usize,
    /// Mean of the notes as given.
    pub mean_note: f64,
    /// Mean of the profile scores, 0 to 20.
    pub mean_score: Option<f64>,
    /// Severity of the note at equal profile, against the session.
    pub severity: Option<Severity>,
    /// The same by the Gaussian model, against the session (sum of the levels).
    pub blup: Option<Effect>,
    /// The same against its academy (centre and commission only).
    pub blup_in_academy: Option<Effect>,
    /// Its point in the funnel.
    pub funnel: Option<FunnelPoint>,
    /// Level of its candidates less severity of its grid, in logits: a mixture that no method can separate without links.
    pub apparent_level: Option<Effect>,
    /// Its own slope of the note on the profile.
    pub slope: Option<Effect>,
    /// Use of the four levels.
    pub levels: Option<LevelUse>,
    /// Its lines: mean level less what is expected of these candidates.
    pub items: Vec<ItemUse>,
    /// Distance of its notes to those of its academy, with what chance alone gives; absent in CCF.
    pub distance: Option<Distance>,
    /// Its notes as given: value and count, ascending.
    pub notes: Vec<NoteCount>,
    /// Penalties.
    pub penalties: Option<PenaltyRate>,
    /// The signatures, each against the commissions' own spread.
    pub signatures: Vec<Signature>,
    /// The habit that the signatures name, if they name one.
    pub habit: Option<Habit>,
    /// What each way of adjusting would give, in points to add to the note.
    pub adjustment: Option<Adjustment>,
    /// Cautions.
    pub warnings: Vec<Warning>,
}

/// One centre or one academy.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct GroupReport {
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
    /// Cautions.
    pub warnings: Vec<Warning>,
}

/// Count of one value of the note.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NoteCount {
    /// Points.
    pub note: f64,
    /// Candidates.
    pub count: usize,
}

/// What is common to the funnel (Spiegelhalter 2005, additive form).
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Funnel {
    /// Centre line, in points.
    pub target: f64,
    /// Residual standard deviation: limits without over-dispersion are target ± z·σ/√n.
    pub sigma: f64,
    /// Ordinary variation between commissions, a standard deviation; limits are target ± z·√(σ²/n+τ²).
    pub tau: f64,
    /// φ: mean of squared z, winsorised at 10 %.
    pub over_dispersion: f64,
}

/// One commission in the funnel.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FunnelPoint {
    /// −mean residual less the median of all: positive is severe.
    pub value: f64,
    /// Its standard error, σ/√n.
    pub se: f64,
    /// (value − target)/√(se²+τ²).
    pub z: f64,
    /// Beyond the 95 % limit.
    pub outside_95: bool,
    /// Beyond the 99.8 % limit.
    pub outside_998: bool,
}

/// Use of the levels by a commission, against what its candidates' levels make one expect.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LevelUse {
    /// Cells on levels 0, 1, 2, 3.
    pub observed: [u32; 4],
    /// Expected, of the same total.
    pub expected: [f64; 4],
    /// Share of cells that are « non évalué ».
    pub not_evaluated: f64,
}

/// A line of the grid in a commission.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ItemUse {
    /// The line's code.
    pub item: String,
    /// Evaluated cells.
    pub n: usize,
    /// Mean level less expected; absent where nothing is evaluated.
    pub excess: Option<f64>,
    /// Share of cells that are « non évalué ».
    pub not_evaluated: f64,
}

/// Distances between two sets of notes, with their reference by permutation inside the academy (harmonisation.md §2.6).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Distance {
    /// Candidates it is compared with.
    pub others: usize,
    /// ∫|F−G|, in points.
    pub wasserstein: DistanceValue,
    /// √(2E|X−Y|−E|X−X'|−E|Y−Y'|).
    pub energy: DistanceValue,
    /// sup|F−G|.
    pub kolmogorov: DistanceValue,
}

/// A distance beside what chance alone would give.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DistanceValue {
    /// The distance.
    pub value: f64,
    /// Its mean when the candidates are shared out at random.
    pub null_mean: f64,
    /// Its 95 % quantile then.
    pub null_q95: f64,
    /// (1 + permutations at least as far)/(1 + permutations).
    pub p: f64,
}

/// One signature.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Signature {
    /// Its name.
    pub name: SignatureName,
    /// The figure itself (infit, ratio, share, …).
    pub value: f64,
    /// Against the empirical null (median and MAD over commissions).
    pub z: f64,
    /// p-value adjusted by Benjamini–Hochberg over the commissions.
    pub p_adjusted: f64,
    /// Whether it is unusual at 5 %.
    pub flagged: bool,
}

/// The signatures (harmonisation.md §2.5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureName {
    /// Σ(x−E)²/ΣV: low is too regular, high is erratic.
    Infit,
    /// Observed over expected of the top level.
    TopUse,
    /// Observed over expected of the lowest level.
    BottomUse,
    /// Observed over expected of both extremes.
    ExtremeUse,
    /// Spread of the candidates' measures.
    Spread,
    /// Mean share of a candidate's most used level.
    ModalShare,
    /// Slope of the note on the profile.
    NoteSlope,
    /// Residual standard deviation of the note.
    Noise,
    /// Share of « non évalué ».
    NotEvaluated,
    /// Notes of 8, 10 and 12.
    DigitPreference,
    /// Residual against the order of passing.
    Drift,
}

/// A habit that a set of signatures names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Habit {
    /// Avoids « Excellente maîtrise ».
    AvoidsTop,
    /// One impression fills the grid.
    Halo,
    /// Keeps to the middle levels.
    CentralTendency,
}

/// A line of a grid over the whole session (partial credit model, harmonisation.md §2.4).
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ItemReport {
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
    /// Difficulty `δ_j` = `Δ_j3`/3, in logits; absent where it is not estimable.
    pub difficulty: Option<f64>,
    /// Thresholds `τ_jm` = `Δ_jm` − `Δ_j(m−1)` − `δ_j`, in logits, for m = 1, 2, 3.
    pub thresholds: Option<[f64; 3]>,
    /// Σ(x−E)²/ΣV over the session.
    pub infit: Option<f64>,
    /// Mean level, 0 to 3.
    pub mean_level: Option<f64>,
    /// Share of cells that are « non évalué ».
    pub not_evaluated: f64,
}

/// Links between commissions by shared dossiers.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Links {
    /// Connected parts of the commissions (each commission without a shared dossier is a part of its own).
    pub components: usize,
    /// Commissions that share a dossier with another.
    pub linked_commissions: usize,
    /// Shared dossiers.
    pub dossiers: usize,
    /// Share of the pairs of commissions that can be compared.
    pub comparable_pairs: f64,
    /// Size of each part with two commissions at least, descending.
    pub sizes: Vec<usize>,
    /// Median standard error of a contrast between two linked commissions, in points of one grading.
    pub median_contrast_se: Option<f64>,
    /// What some more shared dossiers for everybody would give: the same median.
    pub with_more: Vec<MoreDossiers>,
}

/// A what-if of the design.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MoreDossiers {
    /// Dossiers more, graded by every commission of the same grid.
    pub dossiers: usize,
    /// Median standard error of a contrast, in points.
    pub median_contrast_se: f64,
    /// Connected parts then.
    pub components: usize,
}

/// Severity on the grid, where it is identified.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct GridSeverity {
    /// Commission.
    pub commission: String,
    /// Its academy.
    pub academy: Option<String>,
    /// Its centre.
    pub centre: Option<String>,
    /// Number of its connected part: estimates are comparable inside one part only.
    pub component: usize,
    /// In logits, positive is severe, centred inside its part.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
}

/// Penalties of the session.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Penalties {
    /// Candidates with a penalty.
    pub penalised: usize,
    /// Share of the candidates.
    pub rate: f64,
}

/// Penalties of a commission: a point in a binomial funnel.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PenaltyRate {
    /// Candidates with a penalty.
    pub penalised: usize,
    /// Share of its candidates.
    pub rate: f64,
    /// Two-sided exact binomial p-value (mid-p) against the session's rate.
    pub p: f64,
    /// Whether it is unusual at 5 % after Benjamini–Hochberg.
    pub flagged: bool,
}

/// Points to add to each note of a commission, by each way of adjusting.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Adjustment {
    /// The posterior mean where flagged, else 0; by steps of a half, within ±3.
    pub full: f64,
    /// The same from the interval's lower bound.
    pub full_lower: f64,
    /// The same from the interval's upper bound.
    pub full_upper: f64,
    /// Only what is beyond the tolerance.
    pub soft: f64,
    /// Brings back to the mean of its academy.
    pub academy: f64,
}

/// A way of adjusting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Nothing.
    None,
    /// [`Adjustment::full`], moves up only.
    FullUp,
    /// [`Adjustment::full`].
    Full,
    /// [`Adjustment::soft`].
    Soft,
    /// [`Adjustment::academy`].
    Academy,
}

/// What a way of adjusting would do.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Scenario {
    /// The way.
    pub way: Way,
    /// Commissions whose notes would move.
    pub commissions: usize,
    /// Candidates whose final note would rise.
    pub up: usize,
    /// Candidates whose final note would fall.
    pub down: usize,
    /// Candidates who would cross 8, 10, 12, 14, 16: upwards and downwards.
    pub crossings: Vec<Crossing>,
    /// Standard deviation of the commissions' severities that would be left, in points, by the posterior.
    pub severity_sd_left: Option<f64>,
    /// Mean of the final marks (after penalties): before, after.
    pub mean: [f64; 2],
    /// Median of the commissions' distances to their academy, before and after, in points.
    pub median_wasserstein: Option<[f64; 2]>,
    /// Final marks (after penalties) then: value and count, ascending.
    pub notes: Vec<NoteCount>,
}

/// Candidates who would cross a threshold.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Crossing {
    /// Points.
    pub threshold: f64,
    /// Upwards.
    pub up: usize,
    /// Downwards.
    pub down: usize,
}
