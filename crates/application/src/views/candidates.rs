//! Candidates of the perimeter, with their school and sitting: the same number of questions whatever the page.

use std::collections::HashMap;

use chrono_tz::Tz;
use delos_domain::actor::Actor;
use delos_domain::scope::ReadCandidates;
use delos_persistence::candidates::{self, CandidateFilter, CandidateRecord};
use delos_persistence::plans::{self, PlacedSitting};
use delos_persistence::schools::{self, Page, PageRequest, SchoolRecord};
use delos_persistence::{Access, sessions};

use super::schools::by_id;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// A candidate with what a list shows of him.
#[derive(Clone, Debug)]
pub struct CandidateView {
    /// The candidate.
    pub record: CandidateRecord,
    /// His school of training.
    pub school: Option<SchoolRecord>,
    /// His sitting, planned or convoked.
    pub sitting: Option<SittingView>,
}

/// A sitting with its centre.
#[derive(Clone, Debug)]
pub struct SittingView {
    /// Where it stands.
    pub placed: PlacedSitting,
    /// The centre.
    pub centre: SchoolRecord,
    /// The centre's zone.
    pub zone: Tz,
    /// Code, start and end of each phase, in minutes after midnight.
    pub phases: Vec<(String, u16, u16)>,
}

/// Candidates of the perimeter.
pub async fn list(
    context: &Context,
    actor: &Actor,
    filter: &CandidateFilter,
    page: &PageRequest,
) -> CommandResult<Page<CandidateView>> {
    let scope = actor.scope::<ReadCandidates>(context.today())?;
    let reader = context.db.read();
    let found = candidates::list(&reader, &scope, filter, page).await?;
    let items = with_relations(context, &reader, scope.session(), found.items).await?;
    Ok(Page {
        items,
        total: found.total,
        offset: found.offset,
    })
}

/// Candidates with their schools and sittings.
pub(crate) async fn with_relations(
    context: &Context,
    access: &impl Access,
    session: delos_domain::ids::SessionId,
    found: Vec<CandidateRecord>,
) -> CommandResult<Vec<CandidateView>> {
    let ids: Vec<_> = found.iter().map(|record| record.candidate.id).collect();
    let mut placed = plans::sittings_of(access, &ids, false).await?;
    let school_ids = found
        .iter()
        .filter_map(|record| record.candidate.school)
        .chain(placed.values().map(|one| one.centre));
    let schools = by_id(access, school_ids).await?;
    let zones: HashMap<_, _> = schools::zones(access).await?.into_iter().collect();
    let session = sessions::by_id(access, session)
        .await?
        .ok_or(CommandError::NotFound)?;
    let regulation = context
        .regulation(&session.regulation)
        .ok_or(CommandError::NotFound)?;
    Ok(found
        .into_iter()
        .map(|record| {
            let sitting = placed.remove(&record.candidate.id).and_then(|placed| {
                let centre = schools.get(&placed.centre)?.clone();
                let zone = zones.get(&centre.academy).copied()?;
                let phases = regulation
                    .course
                    .phases
                    .iter()
                    .zip(&placed.sitting.starts)
                    .map(|(phase, &start)| {
                        (
                            phase.code.clone(),
                            start,
                            start
                                + phase.minutes_for(
                                    record.candidate.accommodation,
                                    regulation.day.grid,
                                ),
                        )
                    })
                    .collect();
                Some(SittingView {
                    placed,
                    centre,
                    zone,
                    phases,
                })
            });
            CandidateView {
                school: record
                    .candidate
                    .school
                    .and_then(|id| schools.get(&id).cloned()),
                sitting,
                record,
            }
        })
        .collect())
}
