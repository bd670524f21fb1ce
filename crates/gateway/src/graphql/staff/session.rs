//! The session, its dates and its authorities.

use async_graphql::{ID, InputObject, SimpleObject, Union};
use chrono::NaiveDate;
use delos_application::views::session::SessionView;
use delos_domain::regulation;
use delos_domain::session as domain;

use crate::graphql::refusal::Refusal;

/// A session of the exam.
#[derive(SimpleObject)]
pub struct Session {
    id: ID,
    /// Year, e.g. 2027.
    code: String,
    regulation: RegulationSummary,
    /// The dates that hold for the active perimeter.
    dates: SessionDates,
    /// The general dates.
    general: SessionDates,
    /// What each authority says otherwise.
    overrides: Vec<AuthorityDates>,
    version: i64,
}

/// What the screens need of the regulation set.
#[derive(SimpleObject)]
pub struct RegulationSummary {
    id: String,
    diploma: String,
    exam_code: String,
    unit: String,
    phases: Vec<PhaseSummary>,
    templates: Vec<TemplateSummary>,
}

/// A phase of the course.
#[derive(SimpleObject)]
pub struct PhaseSummary {
    code: String,
    name: String,
    minutes: i32,
    margin: i32,
    candidate: bool,
    commission: bool,
    environment: bool,
}

/// A template of a period of days.
#[derive(SimpleObject)]
pub struct TemplateSummary {
    code: String,
    name: String,
    days: Vec<TemplateDay>,
}

/// A day of a template.
#[derive(SimpleObject)]
pub struct TemplateDay {
    preparation: bool,
    max: i32,
}

/// Dates of a session, local to each authority.
#[derive(SimpleObject)]
pub struct SessionDates {
    deposit: Option<NaiveDate>,
    ccf_first: Option<NaiveDate>,
    ccf_last: Option<NaiveDate>,
    ccf_cut_off: Option<NaiveDate>,
    /// Days of the ponctuelle form, period by period.
    ponctuelle_periods: Vec<Vec<NaiveDate>>,
    transmission: Option<NaiveDate>,
    harmonisation: Option<NaiveDate>,
    deliberation: Option<NaiveDate>,
    results: Option<NaiveDate>,
}

/// What one authority says otherwise.
#[derive(SimpleObject)]
pub struct AuthorityDates {
    authority: Authority,
    dates: SessionDates,
}

/// A rectorat, or SIEC.
#[derive(SimpleObject)]
pub struct Authority {
    id: ID,
    code: String,
    name: String,
    academies: Vec<Academy>,
}

/// An academy.
#[derive(SimpleObject)]
pub struct Academy {
    code: String,
    name: String,
    timezone: String,
}

/// Dates to write.
#[derive(InputObject)]
pub struct SessionDatesInput {
    /// Null: the general dates.
    pub authority: Option<ID>,
    pub version: i64,
    pub deposit: Option<NaiveDate>,
    pub ccf_first: Option<NaiveDate>,
    pub ccf_last: Option<NaiveDate>,
    pub ccf_cut_off: Option<NaiveDate>,
    pub ponctuelle_periods: Vec<Vec<NaiveDate>>,
    pub transmission: Option<NaiveDate>,
    pub harmonisation: Option<NaiveDate>,
    pub deliberation: Option<NaiveDate>,
    pub results: Option<NaiveDate>,
}

impl SessionDatesInput {
    /// The dates as the domain knows them; a CCF period with a date missing is none.
    pub fn dates(self) -> Result<domain::SessionDates, delos_application::Refusal> {
        let ccf = match (self.ccf_first, self.ccf_last, self.ccf_cut_off) {
            (Some(first), Some(last), Some(cut_off)) => Some(domain::CcfPeriod {
                first,
                last,
                cut_off,
            }),
            (None, None, None) => None,
            _ => return Err(delos_application::Refusal::new("ccf_incomplete")),
        };
        Ok(domain::SessionDates {
            deposit: self.deposit,
            ccf,
            ponctuelle: self.ponctuelle_periods,
            transmission: self.transmission,
            harmonisation: self.harmonisation,
            deliberation: self.deliberation,
            results: self.results,
        })
    }
}

/// The session as it is now, or why not.
#[derive(Union)]
pub enum SetSessionDatesResult {
    Session(Box<Session>),
    Refusal(Refusal),
}

impl From<SessionView> for Session {
    fn from(view: SessionView) -> Self {
        Self {
            id: ID(view.session.id.to_string()),
            code: view.session.code,
            regulation: view.regulation.into(),
            dates: view.dates.into(),
            general: view.general.into(),
            overrides: view
                .overrides
                .into_iter()
                .map(|(authority, dates)| AuthorityDates {
                    authority: authority.into(),
                    dates: dates.into(),
                })
                .collect(),
            version: view.session.version,
        }
    }
}

impl From<regulation::Regulation> for RegulationSummary {
    fn from(regulation: regulation::Regulation) -> Self {
        Self {
            id: regulation.id,
            diploma: regulation.diploma,
            exam_code: regulation.exam_code,
            unit: regulation.unit,
            phases: regulation
                .course
                .phases
                .into_iter()
                .map(|phase| PhaseSummary {
                    code: phase.code,
                    name: phase.name,
                    minutes: phase.minutes.into(),
                    margin: phase.margin.into(),
                    candidate: phase.candidate,
                    commission: phase.commission,
                    environment: phase.environment,
                })
                .collect(),
            templates: regulation.templates.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<regulation::PeriodTemplate> for TemplateSummary {
    fn from(template: regulation::PeriodTemplate) -> Self {
        let days = template
            .days
            .iter()
            .map(|day| TemplateDay {
                preparation: day.preparation,
                max: day.max.into(),
            })
            .collect();
        Self {
            code: template.code,
            name: template.name,
            days,
        }
    }
}

impl From<domain::SessionDates> for SessionDates {
    fn from(dates: domain::SessionDates) -> Self {
        Self {
            deposit: dates.deposit,
            ccf_first: dates.ccf.map(|ccf| ccf.first),
            ccf_last: dates.ccf.map(|ccf| ccf.last),
            ccf_cut_off: dates.ccf.map(|ccf| ccf.cut_off),
            ponctuelle_periods: dates.ponctuelle,
            transmission: dates.transmission,
            harmonisation: dates.harmonisation,
            deliberation: dates.deliberation,
            results: dates.results,
        }
    }
}

impl From<delos_application::views::session::AuthorityRecord> for Authority {
    fn from(record: delos_application::views::session::AuthorityRecord) -> Self {
        Self {
            id: ID(record.id.to_string()),
            code: record.code,
            name: record.name,
            academies: record
                .academies
                .into_iter()
                .map(|one| Academy {
                    code: one.code,
                    name: one.name,
                    timezone: one.timezone.name().to_owned(),
                })
                .collect(),
        }
    }
}
