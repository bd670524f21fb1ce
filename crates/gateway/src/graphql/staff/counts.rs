//! How many candidates each school of an answer has: one question, however many schools.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader};
use delos_application::sign_in::Person;
use delos_application::{CommandError, Context, views};
use delos_domain::actor::Actor;
use delos_domain::ids::SchoolId;

/// Most schools of one question.
const BATCH: usize = 500;

/// Counts candidates as one person sees them.
pub struct CandidateCounts {
    context: Context,
    actor: Option<Actor>,
}

/// The counts of a request: nothing is remembered from one to the next, nor shared between perimeters.
pub fn candidate_counts(context: &Context, person: &Person) -> DataLoader<CandidateCounts> {
    let counts = CandidateCounts {
        context: context.clone(),
        actor: person.actor.clone(),
    };
    DataLoader::new(counts, tokio::spawn).max_batch_size(BATCH)
}

impl Loader<SchoolId> for CandidateCounts {
    type Value = i64;
    type Error = Arc<CommandError>;

    async fn load(&self, ids: &[SchoolId]) -> Result<HashMap<SchoolId, i64>, Self::Error> {
        let actor = self.actor.as_ref().ok_or(CommandError::Forbidden)?;
        let counts = views::schools::candidate_counts(&self.context, actor, ids).await?;
        Ok(ids
            .iter()
            .map(|id| (*id, counts.get(id).copied().unwrap_or(0)))
            .collect())
    }
}
