//! What changed, told to whoever looks at it: by commands after their commit, to screens through their reader's scope.
//!
//! Invariant: only ids are told; a screen reads again by its ordinary view. An id outside the reader's perimeter is not
//! told to him.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::actor::Actor;
use delos_domain::ids::{CandidateId, PlanId, SittingId, TaskId};
use delos_domain::mandate::Perimeter;
use delos_domain::scope::{
    ReadAssessment, ReadDay, ReadMessages, ReadOwnExam, ReadPlan, ReadTasks,
};
use delos_persistence::outbox::About;
use delos_persistence::{Reader, changes, sittings, tasks};
use delos_signals::{Event, Heard};
use uuid::Uuid;

pub use delos_signals::Topic;

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// Something that a command changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Messages about this plan, account or candidate.
    Messages(Uuid),
    /// This task.
    Task(TaskId),
    /// Sittings of this plan, on that day or on any.
    Sittings(PlanId, Option<NaiveDate>),
    /// What the candidates of this plan read of their exam.
    Exams(PlanId),
    /// What this candidate reads of his.
    Exam(CandidateId),
    /// What the commission of this sitting has entered or recorded.
    Assessment(SittingId),
}

impl Change {
    /// Messages that were put or changed, by what they are about.
    pub fn messages<'a>(all: impl IntoIterator<Item = &'a About>) -> Vec<Self> {
        let about: BTreeSet<Uuid> = all.into_iter().filter_map(about).collect();
        about.into_iter().map(Self::Messages).collect()
    }
}

/// By what a message is told: its plan, or else its account, or else its candidate.
fn about(about: &About) -> Option<Uuid> {
    let plan = about.plan.map(|id| id.0);
    plan.or(about.account.map(|id| id.0))
        .or(about.candidate.map(|id| id.0))
}

impl From<Change> for Event {
    fn from(change: Change) -> Self {
        let (topic, id, day) = match change {
            Change::Messages(about) => (Topic::Messages, about, None),
            Change::Task(task) => (Topic::Tasks, task.0, None),
            Change::Sittings(plan, day) => (Topic::Sittings, plan.0, day),
            Change::Exams(plan) => (Topic::Exams, plan.0, None),
            Change::Exam(candidate) => (Topic::Exams, candidate.0, None),
            Change::Assessment(sitting) => (Topic::Assessments, sitting.0, None),
        };
        Self { topic, id, day }
    }
}

impl Context {
    /// Rings the bell, and tells whoever is looking that dates of a plan have changed, with the messages about them.
    pub async fn dates_changed(&self, plan: PlanId) {
        self.signals.ring().await;
        self.told(&[
            Change::Messages(plan.0),
            Change::Sittings(plan, None),
            Change::Exams(plan),
        ]);
    }

    /// Tells whoever is looking what a command has changed: after its commit, beside the bell. Best effort; never waits.
    pub fn told(&self, changes: &[Change]) {
        for change in changes {
            self.signals.tell((*change).into());
        }
    }
}

/// What is told to one reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What kind of thing changed.
    pub topic: Topic,
    /// Which one; none: any of them may have, something was not heard.
    pub id: Option<Uuid>,
    /// On which day, where only one is meant.
    pub day: Option<NaiveDate>,
}

/// What changes for one reader, from the moment it was made.
pub struct Changes {
    context: Context,
    actor: Actor,
    topics: Vec<Topic>,
    listener: delos_signals::Listener,
    missed: Vec<Topic>,
}

/// Listens for an actor to these topics.
pub fn changes(context: &Context, actor: &Actor, topics: &[Topic]) -> Changes {
    Changes {
        context: context.clone(),
        actor: actor.clone(),
        topics: topics.to_vec(),
        listener: context.signals.listen(),
        missed: Vec::new(),
    }
}

impl Changes {
    /// The next change of something that the actor reaches; none once nobody can tell anything any more.
    pub async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some(topic) = self.missed.pop() {
                return Some(Told {
                    topic,
                    id: None,
                    day: None,
                });
            }
            match self.listener.next().await? {
                Heard::Missed => self.missed.clone_from(&self.topics),
                Heard::Changed(event) if !self.topics.contains(&event.topic) => {}
                Heard::Changed(event) => {
                    match reaches(&self.context, &self.actor, event.topic, event.id).await {
                        Ok(true) => {
                            return Some(Told {
                                topic: event.topic,
                                id: Some(event.id),
                                day: event.day,
                            });
                        }
                        Ok(false) => {}
                        // Not told: the reader's next look finds it.
                        Err(error) => tracing::debug!(%error, "a change could not be looked at"),
                    }
                }
            }
        }
    }
}

/// Whether the actor reaches what an event is about, by the view that would read it again.
async fn reaches(context: &Context, actor: &Actor, topic: Topic, id: Uuid) -> CommandResult<bool> {
    let reader = context.db.read();
    let found = match topic {
        Topic::Messages => of_messages(context, &reader, actor, id).await,
        Topic::Tasks => of_tasks(context, &reader, actor, TaskId(id)).await,
        Topic::Sittings => of_sittings(context, &reader, actor, PlanId(id)).await,
        Topic::Exams => of_exams(context, &reader, actor, id).await,
        Topic::Assessments => of_assessments(context, &reader, actor, SittingId(id)).await,
    };
    match found {
        Err(CommandError::Forbidden | CommandError::SecondFactor) => Ok(false),
        other => other,
    }
}

async fn of_messages(
    context: &Context,
    reader: &Reader,
    actor: &Actor,
    id: Uuid,
) -> CommandResult<bool> {
    let scope = actor.scope::<ReadMessages>(context.today())?;
    Ok(changes::of_messages(reader, &scope, id).await?)
}

async fn of_tasks(
    context: &Context,
    reader: &Reader,
    actor: &Actor,
    id: TaskId,
) -> CommandResult<bool> {
    let scope = actor.scope::<ReadTasks>(context.today())?;
    Ok(tasks::one(reader, &scope, id).await?.is_some())
}

/// A plan's reader, or whoever reads the day of one of its sittings: the centre does not read the plan.
async fn of_sittings(
    context: &Context,
    reader: &Reader,
    actor: &Actor,
    id: PlanId,
) -> CommandResult<bool> {
    let today = context.today();
    if let Ok(scope) = actor.scope::<ReadPlan>(today)
        && changes::of_plan(reader, &scope, id).await?
    {
        return Ok(true);
    }
    let scope = actor.scope::<ReadDay>(today)?;
    Ok(changes::of_sittings(reader, &scope, id).await?)
}

async fn of_assessments(
    context: &Context,
    reader: &Reader,
    actor: &Actor,
    id: SittingId,
) -> CommandResult<bool> {
    let scope = actor.scope::<ReadAssessment>(context.today())?;
    Ok(sittings::one(reader, &scope, id).await?.is_some())
}

async fn of_exams(
    context: &Context,
    reader: &Reader,
    actor: &Actor,
    id: Uuid,
) -> CommandResult<bool> {
    let scope = actor.scope::<ReadOwnExam>(context.today())?;
    let own = actor.mandate().is_some_and(
        |mandate| matches!(mandate.perimeter, Perimeter::Candidate(candidate, _) if candidate.0 == id),
    );
    Ok(own || changes::of_sittings(reader, &scope, PlanId(id)).await?)
}
