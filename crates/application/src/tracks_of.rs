//! The tracks of a plan's candidates: made of their columns, moved by the domain, written back from what it answers.
//!
//! Invariant: a command that plans, convokes or moves candidates writes no state that [`Tracks`] did not give it.

use std::collections::{BTreeMap, HashMap};

use delos_domain::ids::CandidateId;
use delos_domain::tracks::sitting::{self, Standing};
use delos_domain::tracks::{Columns, Refused, Tracks, assessment, dossier, mark};
use delos_persistence::candidates::{self, CandidateRecord, TrackCodes};
use delos_persistence::plans::{CommissionRecord, PlanRecord};
use delos_persistence::{Access, Transaction};

use crate::error::{CommandError, CommandResult, Refusal};

/// A candidate with his tracks.
#[derive(Clone, Debug)]
pub struct TracksOf {
    /// As he is now, whatever the plan took him for.
    pub record: CandidateRecord,
    /// His tracks.
    pub tracks: Tracks,
}

/// A candidate's tracks before and after an event.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    /// Whose.
    pub candidate: CandidateId,
    /// As read.
    pub before: Tracks,
    /// As the domain answered.
    pub after: Tracks,
}

/// The tracks of everybody whom these commissions of a plan hear, in their order; the plan was reached through a scope.
///
/// # Errors
/// A broken promise when somebody's columns are such that no course of events leads to them.
pub async fn load(
    access: &impl Access,
    plan: &PlanRecord,
    commissions: &[CommissionRecord],
) -> CommandResult<Vec<TracksOf>> {
    let people = candidates::placed_by(access, plan.id).await?;
    let mut people: HashMap<CandidateId, CandidateRecord> = people
        .into_iter()
        .map(|one| (one.candidate.id, one))
        .collect();
    let mut all = Vec::with_capacity(people.len());
    for sitting in commissions
        .iter()
        .flat_map(|one| &one.days)
        .flat_map(|day| &day.sittings)
    {
        if let Some(record) = people.remove(&sitting.candidate) {
            let tracks = of(&record, sitting.revision).ok_or_else(|| {
                CommandError::Broken(format!(
                    "the states of candidate {} contradict each other",
                    record.candidate.id
                ))
            })?;
            all.push(TracksOf { record, tracks });
        }
    }
    Ok(all)
}

/// What an event makes of everybody's tracks; nothing when the domain refuses it to one of them.
///
/// # Errors
/// Refuses with the code of the track, and the number and name of the candidate.
pub fn after(
    all: &[TracksOf],
    event: impl Fn(Tracks) -> Result<Tracks, Refused>,
) -> Result<Vec<Moved>, Refusal> {
    all.iter()
        .map(|one| {
            let after = event(one.tracks).map_err(|refused| {
                Refusal::new(refused.code())
                    .with("candidate", &one.record.candidate.number)
                    .with("name", one.record.identity.full_name())
            })?;
            Ok(Moved {
                candidate: one.record.candidate.id,
                before: one.tracks,
                after,
            })
        })
        .collect()
}

/// Writes the sittings' track of everybody moved: of a plan's events the others know nothing.
///
/// # Errors
/// [`CommandError::Conflict`] when somebody is no longer where he was read.
pub async fn save(tx: &Transaction, plan: &PlanRecord, moved: &[Moved]) -> CommandResult<()> {
    let mut alike: BTreeMap<(&str, &str), Vec<CandidateId>> = BTreeMap::new();
    for one in moved {
        let states = (
            one.before.sitting().state().code(),
            one.after.sitting().state().code(),
        );
        alike.entry(states).or_default().push(one.candidate);
    }
    for ((from, to), ids) in alike {
        candidates::move_sitting_state(tx, plan, &ids, from, to).await?;
    }
    Ok(())
}

/// The columns of these tracks, of a candidate whose dossier they do not touch.
pub fn codes(tracks: Tracks, record: &CandidateRecord) -> TrackCodes {
    TrackCodes {
        dossier: record.states.dossier.clone(),
        sitting: tracks.sitting().state().code().to_owned(),
        assessment: tracks.assessment().code().to_owned(),
        mark: tracks.mark().code().to_owned(),
        withheld: tracks.is_withheld(),
    }
}

/// Whether a plan may give a candidate a date.
pub fn can_be_planned(record: &CandidateRecord) -> bool {
    of(record, 0).is_some_and(|tracks| tracks.plan().is_ok())
}

/// The tracks of a candidate's columns; none when they contradict each other.
pub fn of(record: &CandidateRecord, revision: u32) -> Option<Tracks> {
    let states = &record.states;
    let columns = Columns {
        dossier: dossier::State::from_code(&states.dossier)?,
        sitting: Standing::new(sitting::State::from_code(&states.sitting)?, revision)?,
        assessment: assessment::State::from_code(&states.assessment)?,
        mark: mark::State::from_code(&states.mark)?,
        keeps_mark: record.candidate.keeps_mark,
        withheld: states.withheld,
    };
    Tracks::new(columns).ok()
}
