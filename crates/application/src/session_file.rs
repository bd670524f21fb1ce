//! The file of a session's dates and contacts (`delos session set FILE.toml`), read into the commands' inputs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use delos_domain::email::EmailAddress;
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
    pub authority: BTreeMap<String, OfAuthority>,
}

/// What an authority's table holds: the dates that differ, and where its candidates and examiners write.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfAuthority {
    /// E-mail address of its exam service; an earlier one stays where the file says none.
    contact: Option<String>,
    deposit: Option<Day>,
    ccf_period: Option<Period>,
    #[serde(default)]
    ponctuelle_periods: Vec<Vec<Day>>,
    transmission: Option<Day>,
    harmonisation: Option<Day>,
    deliberation: Option<Day>,
    results: Option<Day>,
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
        for (name, table) in &self.authority {
            let authority = known(authorities, name)?;
            let dates = table.dates().dates();
            // A table that gives the contact alone says nothing of the dates.
            if table.contact.is_none() || dates != SessionDates::default() {
                records.push(DatesRecord {
                    authority: Some(authority),
                    dates,
                });
            }
        }
        Ok(records)
    }

    /// The contacts that the file gives.
    ///
    /// # Errors
    /// `unknown_authority` as for the dates, `bad_email` with what is no address.
    pub fn contacts(
        &self,
        authorities: &[AuthorityRecord],
    ) -> Result<Vec<(AuthorityId, EmailAddress)>, Refusal> {
        let mut contacts = Vec::new();
        for (name, table) in &self.authority {
            if let Some(text) = &table.contact {
                let email = EmailAddress::parse(text)
                    .map_err(|_| Refusal::new("bad_email").with("email", text))?;
                contacts.push((known(authorities, name)?, email));
            }
        }
        Ok(contacts)
    }
}

fn known(authorities: &[AuthorityRecord], name: &str) -> Result<AuthorityId, Refusal> {
    named(authorities, name).ok_or_else(|| Refusal::new("unknown_authority").with("name", name))
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

impl OfAuthority {
    fn dates(&self) -> Dates {
        Dates {
            deposit: self.deposit,
            ccf_period: self.ccf_period,
            ponctuelle_periods: self.ponctuelle_periods.clone(),
            transmission: self.transmission,
            harmonisation: self.harmonisation,
            deliberation: self.deliberation,
            results: self.results,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn authorities() -> Vec<AuthorityRecord> {
        [(1, "07", "Rectorat de Dijon"), (2, "28", "La Réunion")]
            .into_iter()
            .map(|(id, code, name)| AuthorityRecord {
                id: AuthorityId(uuid::Uuid::from_u128(id)),
                code: code.to_owned(),
                name: name.to_owned(),
                contact_email: None,
                confirms_itself: false,
                notice_days: 5,
                academies: Vec::new(),
            })
            .collect()
    }

    fn file(of_authorities: &serde_json::Value) -> SessionFile {
        let whole = serde_json::json!({
            "dates": { "deposit": "2027-03-19" },
            "authority": of_authorities,
        });
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn a_contact_is_an_address_and_says_nothing_of_the_dates() {
        let file = file(&serde_json::json!({
            "07": { "contact": "dec@dijon.example" },
            "La Réunion": { "contact": "dec@reunion.example", "transmission": "2027-05-26" },
        }));
        let contacts = file.contacts(&authorities()).unwrap();
        let contacts: Vec<(u128, &str)> = contacts
            .iter()
            .map(|(id, email)| (id.0.as_u128(), email.as_str()))
            .collect();
        assert_eq!(
            contacts,
            [(1, "dec@dijon.example"), (2, "dec@reunion.example")]
        );
        let records = file.records(&authorities()).unwrap();
        let of: Vec<Option<u128>> = records
            .iter()
            .map(|record| record.authority.map(|id| id.0.as_u128()))
            .collect();
        assert_eq!(of, [None, Some(2)]);
    }

    #[test]
    fn a_contact_that_is_no_address_or_nobody_s_is_refused() {
        for (tables, code) in [
            (
                serde_json::json!({ "07": { "contact": "la dec" } }),
                "bad_email",
            ),
            (
                serde_json::json!({ "Atlantide": { "contact": "a@b.fr" } }),
                "unknown_authority",
            ),
        ] {
            let refused = file(&tables).contacts(&authorities()).unwrap_err();
            assert_eq!(refused.code, code);
        }
    }
}
