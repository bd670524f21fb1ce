//! What the convocations of one plan say: everything is read once, then each letter is a pure function of it.

use std::collections::HashMap;

use chrono_tz::Tz;
use delos_documents::convocation::{CandidateConvocation, Contact, ExaminerConvocation, ExaminerDay, Place, PlannedPhase};
use delos_domain::candidate::{Accommodation, Form};
use delos_domain::ids::{ExaminerId, SchoolId};
use delos_domain::ratio::TimeRatio;
use delos_domain::regulation::{ExtraTime, Regulation};
use delos_domain::session::SessionDates;
use delos_domain::sitting::SittingTimes;
use delos_persistence::authorities::{self, AuthorityRecord};
use delos_persistence::candidates::CandidateRecord;
use delos_persistence::examiners::{self, ExaminerRecord};
use delos_persistence::plans::{CommissionRecord, DayRecord, PlanRecord, SittingRecord};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::sessions::{self, SessionRecord};
use delos_persistence::Access;

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::views::schools::by_id;

/// All that the letters of a plan are made of.
pub struct Letters {
    /// The session.
    pub session: SessionRecord,
    /// Its regulation.
    pub regulation: Regulation,
    /// Dates that hold for the authority.
    pub dates: SessionDates,
    /// The authority.
    pub authority: AuthorityRecord,
    form: Form,
    owner: Option<SchoolRecord>,
    schools: HashMap<SchoolId, SchoolRecord>,
    zones: HashMap<String, Tz>,
    examiners: HashMap<ExaminerId, ExaminerRecord>,
    public_url: String,
    issued_at: chrono::DateTime<chrono::Utc>,
}

impl Letters {
    /// Reads what the letters of a plan need.
    pub async fn load(context: &Context, access: &impl Access, plan: &PlanRecord, commissions: &[CommissionRecord]) -> CommandResult<Self> {
        let session = sessions::by_id(access, plan.session).await?.ok_or(CommandError::NotFound)?;
        let regulation = context.regulation(&session.regulation).ok_or(CommandError::NotFound)?.clone();
        let authority = authorities::all(access).await?.into_iter().find(|one| one.id == plan.authority).ok_or(CommandError::NotFound)?;
        let schools = by_id(access, commissions.iter().map(|one| one.centre).chain(plan.school)).await?;
        let mut members: Vec<ExaminerId> = commissions.iter().flat_map(|one| one.members.iter().copied()).collect();
        members.sort_unstable();
        members.dedup();
        Ok(Self {
            dates: sessions::dates_for(access, plan.session, Some(plan.authority)).await?,
            owner: plan.school.and_then(|id| schools.get(&id).cloned()),
            form: plan.form,
            zones: schools::zones(access).await?.into_iter().collect(),
            examiners: examiners::by_ids(access, &members).await?.into_iter().map(|one| (one.id, one)).collect(),
            public_url: context.settings.public_url.clone(),
            issued_at: context.now(),
            session,
            regulation,
            authority,
            schools,
        })
    }
}
