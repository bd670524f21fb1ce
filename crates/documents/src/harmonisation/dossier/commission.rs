//! A commission, a centre, an academy: what is known of each.

use serde::{Deserialize, Serialize};

/// An estimate with its standard error.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize, Serialize)]
pub struct Effect {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
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
