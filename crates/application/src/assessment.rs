//! The assessment of one sitting: what its commission types, ends, puts its visas to, and opens again.
//!
//! Invariant: whoever changes an assessment holds its row, then reads where the candidate stands: what is written was
//! allowed at the moment of writing.

mod phases;
mod reopen;
mod save;
mod validate;
mod visa;

pub use phases::{NewEvent, record_phases};
pub use reopen::{ask_reopening, confirm_reopening};
pub use save::{EntryAnswer, NewEntry, Save, Saved, save};
pub use validate::validate;
pub(crate) use validate::what_lacks;
pub use visa::give_visa;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use delos_domain::calendar::local;
use delos_domain::entry::{Paper, Sheet};
use delos_domain::ids::{AssessmentId, ExaminerId, SittingId};
use delos_domain::regulation::Regulation;
use delos_domain::scope::{OpensSealed, Operation, Scope};
use delos_domain::tracks::{Refused, Tracks, assessment};
use delos_domain::visa::{ContentDigest, VisaContent};
use delos_persistence::assessments::{self, AssessmentRecord};
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::envelope::CohortKey;
use delos_persistence::sittings::{self, DatedSitting};
use delos_persistence::{Access, Transaction, journal, plans, schools, sessions, visas};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::tracks_of;

/// A sitting whose assessment is held until the transaction ends.
pub(crate) struct Held<'c> {
    pub sitting: DatedSitting,
    pub person: CandidateRecord,
    pub tracks: Tracks,
    pub regulation: &'c Regulation,
    pub record: AssessmentRecord,
}

impl<'c> Held<'c> {
    /// Holds the assessment of a sitting that the scope reaches.
    pub async fn load<O: Operation>(
        context: &'c Context,
        tx: &Transaction,
        scope: &Scope<O>,
        id: SittingId,
    ) -> CommandResult<Self> {
        let sitting = sittings::one(tx, scope, id)
            .await?
            .ok_or(CommandError::NotFound)?;
        let new = AssessmentId(context.ids.next());
        let record = assessments::hold(tx, &sitting, new).await?;
        // After the row is held: somebody may just have ended the assessment.
        let person = candidates::named(tx, &[sitting.candidate])
            .await?
            .pop()
            .ok_or(CommandError::NotFound)?;
        let tracks = tracks_of::of(&person, sitting.revision).ok_or_else(|| {
            let id = sitting.candidate;
            CommandError::Broken(format!(
                "the states of candidate {id} contradict each other"
            ))
        })?;
        let regulation = regulation(context, tx, &sitting).await?;
        Ok(Self {
            sitting,
            person,
            tracks,
            regulation,
            record,
        })
    }

    /// The paper that is filled in.
    pub fn paper(&self) -> Paper<'c> {
        Paper::of(self.regulation, self.person.candidate.option)
    }

    /// What a visa covers, as it stands; none without a mark.
    pub fn content<O: OpensSealed>(&self, scope: &Scope<O>) -> Option<ContentDigest> {
        content(
            &self.record.key,
            self.regulation,
            self.record.id,
            self.record.sheet.open(scope),
        )
    }

    /// Writes the states that the domain answered.
    pub async fn move_to(&self, tx: &Transaction, after: Tracks) -> CommandResult<()> {
        let before = &self.person.states;
        let after = tracks_of::codes(after, &self.person);
        Ok(candidates::save_states(tx, self.sitting.candidate, before, &after).await?)
    }

    /// Adds the command's line to the journal.
    pub async fn log<O: Operation>(
        &self,
        context: &Context,
        tx: &Transaction,
        scope: &Scope<O>,
        change: Option<(String, String)>,
    ) -> CommandResult<()> {
        let subjects = vec![self.sitting.id.0, self.record.id.0];
        let mut line = journal::Line::done(context.ids.next(), context.now(), scope, subjects);
        line.change = change;
        Ok(journal::add(tx, line).await?)
    }

    /// Now, on the clocks of the centre.
    pub async fn clock(
        &self,
        context: &Context,
        access: &impl Access,
    ) -> CommandResult<NaiveDateTime> {
        let zone = zone_of(access, &self.sitting).await?;
        Ok(local(context.now(), zone))
    }
}

/// The zone of the centre of a sitting.
pub(crate) async fn zone_of(access: &impl Access, sitting: &DatedSitting) -> CommandResult<Tz> {
    let centre = schools::by_ids(access, &[sitting.centre]).await?.pop();
    let zones = schools::zones(access).await?;
    let found = centre.and_then(|centre| {
        let mut zones = zones.into_iter();
        zones.find(|(academy, _)| *academy == centre.academy)
    });
    Ok(found.map_or(Tz::Europe__Paris, |(_, zone)| zone))
}

/// The regulation of a sitting's session.
pub(crate) async fn regulation<'c>(
    context: &'c Context,
    access: &impl Access,
    sitting: &DatedSitting,
) -> CommandResult<&'c Regulation> {
    let session = sessions::by_id(access, sitting.session)
        .await?
        .ok_or(CommandError::NotFound)?;
    context
        .regulation(&session.regulation)
        .ok_or(CommandError::NotFound)
}

/// The members of a sitting's commission, in their order.
pub(crate) async fn members(
    access: &impl Access,
    sitting: &DatedSitting,
) -> CommandResult<Vec<ExaminerId>> {
    let mut all = plans::members(access, &[sitting.commission]).await?;
    Ok(all.remove(&sitting.commission).unwrap_or_default())
}

/// What a visa covers of a sheet; none without a mark.
pub(crate) fn content(
    key: &CohortKey,
    regulation: &Regulation,
    assessment: AssessmentId,
    sheet: &Sheet,
) -> Option<ContentDigest> {
    let proposed = sheet.mark()?;
    let written = sheet.written(&regulation.assessment.appreciation);
    let content = VisaContent {
        regulation: &regulation.id,
        assessment: assessment.0,
        written: &written,
        penalties: &sheet.penalties(),
        proposed,
    };
    Some(visas::digest(key, &content.bytes()))
}

/// Refuses to write in an assessment that is no longer open.
fn must_be_open(tracks: Tracks) -> Result<(), Refusal> {
    use assessment::State;
    let refused = match tracks.assessment() {
        State::Open => return Ok(()),
        State::Validated | State::VisasComplete => assessment::Refused::AlreadyValidated,
        State::Consigned => assessment::Refused::AlreadyConsigned,
        State::Transmitted => assessment::Refused::AlreadyTransmitted,
        State::Closed => assessment::Refused::Closed,
    };
    Err(Refusal::new(refused.code()))
}

fn refusal(refused: Refused) -> Refusal {
    Refusal::new(refused.code())
}
