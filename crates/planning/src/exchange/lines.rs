//! What the formats hold, name by name.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A problem as written (`e5-planning/1`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Instance {
    pub(super) format: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) params: Params,
    pub(super) days: Vec<DayLine>,
    pub(super) zones: Vec<Zone>,
    pub(super) establishments: Vec<Establishment>,
    pub(super) examiners: Vec<ExaminerLine>,
    pub(super) candidates: Vec<CandidateLine>,
}

/// A plan as written (`e5-solution/1`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Solution {
    #[serde(default = "Solution::format")]
    pub(super) format: String,
    pub(super) commissions: Vec<CommissionLine>,
    #[serde(default)]
    pub(super) unassigned: Vec<usize>,
    /// What is proved of it; no part of the format, whose readers pass over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// What is proved of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// What the plan costs, in points.
    pub objective: f64,
    /// What no plan that places everybody can be below, in points.
    pub bound: f64,
    /// The part of the bound by which the plan may be above the best: 0.004 is 0.4 %.
    pub gap: f64,
    /// Whether more work could not have raised the bound.
    pub settled: bool,
    /// What the bound does not price, in French.
    pub leaves_out: Vec<String>,
}

impl Solution {
    pub(super) fn format() -> String {
        "e5-solution/1".to_owned()
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Params {
    pub grid: u16,
    pub open: u16,
    pub close: u16,
    #[serde(rename = "T")]
    pub t: u16,
    #[serde(rename = "E1")]
    pub e1: u16,
    #[serde(rename = "R")]
    pub r: u16,
    #[serde(rename = "E2")]
    pub e2: u16,
    pub margin: u16,
    #[serde(rename = "H")]
    pub h: u16,
    pub lunch: u16,
    pub lunch_window: [u16; 2],
    pub prep: u16,
    pub env_mode: String,
    pub margin_mode: String,
    pub lunch_mode: String,
    #[serde(rename = "H_mode")]
    pub h_mode: String,
    pub cap_rank1: u8,
    pub cap_rank2: u8,
    pub cap_rank2_max: u8,
    pub min_members: u8,
    pub force_own_centre: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_school: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub option_members: Option<u8>,
    pub weights: BTreeMap<String, f64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct DayLine {
    pub id: usize,
    pub date: NaiveDate,
    pub period: usize,
    pub rank: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Zone {
    pub id: usize,
    #[serde(default)]
    pub name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Establishment {
    pub id: usize,
    pub zone: usize,
    pub x: f64,
    pub y: f64,
    pub centre: bool,
    #[serde(default)]
    pub environments: u16,
    #[serde(default)]
    pub closed_days: Vec<usize>,
    pub pmr: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ExaminerLine {
    pub id: usize,
    pub zone: usize,
    pub est: Option<usize>,
    pub options: Vec<String>,
    #[serde(default)]
    pub role: String,
    pub x: f64,
    pub y: f64,
    pub days: Vec<usize>,
    pub max_periods: u16,
    #[serde(default)]
    pub conflicts: Vec<usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CandidateLine {
    pub id: usize,
    pub zone: usize,
    pub est: Option<usize>,
    pub x: f64,
    pub y: f64,
    pub option: String,
    pub accommodation: AccommodationLine,
    pub pmr: bool,
    #[serde(default)]
    pub teachers: Vec<usize>,
    #[serde(default)]
    pub unavailable: Vec<usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AccommodationLine {
    pub prep: [u16; 2],
    pub interview: [u16; 2],
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CommissionLine {
    #[serde(default)]
    pub id: usize,
    pub centre: usize,
    pub option: String,
    pub period: usize,
    #[serde(default)]
    pub members: Vec<usize>,
    #[serde(default)]
    pub days: Vec<CommissionDay>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CommissionDay {
    pub day: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prep: Option<u16>,
    pub lunch: u16,
    pub slots: Vec<BTreeMap<String, usize>>,
}
