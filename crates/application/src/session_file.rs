//! The file of a session's dates (`delos session set FILE.toml`), read into the command's input.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use delos_domain::ids::AuthorityId;
use delos_domain::session::{CcfPeriod, SessionDates};
use delos_persistence::authorities::AuthorityRecord;
use delos_persistence::sessions::DatesRecord;
use serde::Deserialize;

use crate::error::Refusal;

/// The file as people write it; unknown keys are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionFile {
    /// Regulation set.
    pub regulation: Option<String>,
    /// General dates.
    pub dates: Dates,
    /// What an authority, or one of its academies, says otherwise.
    #[serde(default)]
    pub authority: BTreeMap<String, Dates>,
}

/// Dates of the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dates {
    deposit: Option<Day>,
    ccf_period: Option<Period>,
    #[serde(default)]
    ponctuelle_periods: Vec<Vec<Day>>,
    transmission: Option<Day>,
    harmonisation: Option<Day>,
    deliberation: Option<Day>,
    results: Option<Day>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Period {
    first: Day,
    last: Day,
    cut_off: Day,
}

/// A date, written bare (TOML's own) by `delos`, which hands it in as text.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
struct Day(NaiveDate);

impl SessionFile {
    /// The records that the file stands for.
    ///
    /// # Errors
    /// `unknown_authority` with the name that no authority and no academy bears.
    pub fn records(&self, authorities: &[AuthorityRecord]) -> Result<Vec<DatesRecord>, Refusal> {
        let mut records = vec![DatesRecord {
            authority: None,
            dates: self.dates.dates(),
        }];
        for (name, dates) in &self.authority {
            let authority = named(authorities, name)
                .ok_or_else(|| Refusal::new("unknown_authority").with("name", name))?;
            records.push(DatesRecord {
                authority: Some(authority),
                dates: dates.dates(),
            });
        }
        Ok(records)
    }
}

/// The authority of a name or code: its own, or those of its academies.
pub fn named(authorities: &[AuthorityRecord], name: &str) -> Option<AuthorityId> {
    let wanted = name.to_lowercase();
    let is = |text: &str| text.to_lowercase() == wanted;
    authorities
        .iter()
        .find(|a| {
            is(&a.code)
                || is(&a.name)
                || a.academies
                    .iter()
                    .any(|academy| is(&academy.name) || is(&academy.code))
        })
        .map(|a| a.id)
}

impl Dates {
    fn dates(&self) -> SessionDates {
        SessionDates {
            deposit: self.deposit.map(|day| day.0),
            ccf: self.ccf_period.map(|p| CcfPeriod {
                first: p.first.0,
                last: p.last.0,
                cut_off: p.cut_off.0,
            }),
            ponctuelle: self
                .ponctuelle_periods
                .iter()
                .map(|days| days.iter().map(|day| day.0).collect())
                .collect(),
            transmission: self.transmission.map(|day| day.0),
            harmonisation: self.harmonisation.map(|day| day.0),
            deliberation: self.deliberation.map(|day| day.0),
            results: self.results.map(|day| day.0),
        }
    }
}
