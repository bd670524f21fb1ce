//! What changes, as a subscription: ids alone. The screen reads again by its ordinary document.

use async_graphql::{Context, Enum, ID, SimpleObject, Subscription};
use chrono::NaiveDate;
use delos_application::live::{self, Told};
use delos_application::sign_in::Person;
use delos_application::{CommandError, Context as House};
use delos_domain::actor::Actor;
use futures_util::stream::{self, BoxStream, StreamExt as _};

use crate::graphql::refusal::error;

/// What kind of thing changed.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum Topic {
    /// Messages of the outbox: the id is the plan's, the account's or the candidate's that they are about.
    Messages,
    /// Long work: the id is the task's.
    Tasks,
    /// Sittings: the id is the plan's.
    Sittings,
    /// What a commission enters of a sitting, or records of its phases: the id is the sitting's.
    Assessments,
}

impl From<Topic> for live::Topic {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::Messages => Self::Messages,
            Topic::Tasks => Self::Tasks,
            Topic::Sittings => Self::Sittings,
            Topic::Assessments => Self::Assessments,
        }
    }
}

/// Something of the perimeter changed: what, never how.
#[derive(SimpleObject)]
pub struct Change {
    topic: Topic,
    /// Null: any of the topic may have changed.
    id: Option<ID>,
    /// Null: on any day.
    day: Option<NaiveDate>,
}

/// What staff are told.
pub struct StaffSubscription;

#[Subscription(name = "Subscription")]
impl StaffSubscription {
    /// What changes within the active mandate's perimeter, from now on.
    async fn changed(
        &self,
        ctx: &Context<'_>,
        topics: Vec<Topic>,
    ) -> async_graphql::Result<BoxStream<'static, Change>> {
        let wanted: Vec<live::Topic> = topics.iter().map(|topic| (*topic).into()).collect();
        let told = told(ctx.data::<House>()?, actor(ctx)?, &wanted);
        let changes = told.filter_map(async |told| {
            let topic = match told.topic {
                live::Topic::Messages => Topic::Messages,
                live::Topic::Tasks => Topic::Tasks,
                live::Topic::Sittings => Topic::Sittings,
                live::Topic::Assessments => Topic::Assessments,
                live::Topic::Exams => return None,
            };
            Some(Change {
                topic,
                id: told.id.map(|id| ID(id.to_string())),
                day: told.day,
            })
        });
        Ok(changes.boxed())
    }
}

/// What a candidate is told.
pub struct CandidateSubscription;

#[Subscription(name = "Subscription")]
impl CandidateSubscription {
    /// One's own exam changed: a convocation, another date. Always true.
    async fn my_exam_changed(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<BoxStream<'static, bool>> {
        let told = told(ctx.data::<House>()?, actor(ctx)?, &[live::Topic::Exams]);
        Ok(told.map(|_| true).boxed())
    }
}

/// Who acts; an error without an active mandate.
fn actor<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Actor> {
    ctx.data::<Person>()?
        .actor
        .as_ref()
        .ok_or_else(|| error(CommandError::Forbidden))
}

fn told(house: &House, actor: &Actor, topics: &[live::Topic]) -> BoxStream<'static, Told> {
    let changes = live::changes(house, actor, topics);
    stream::unfold(changes, async |mut changes| {
        let told = changes.next().await?;
        Some((told, changes))
    })
    .boxed()
}
