//! Long work of the perimeter.

use delos_domain::actor::Actor;
use delos_domain::ids::TaskId;
use delos_domain::scope::ReadTasks;
use delos_persistence::tasks::{self, TaskRecord};

use crate::context::Context;
use crate::error::CommandResult;

/// One task of the perimeter.
pub async fn one(
    context: &Context,
    actor: &Actor,
    id: TaskId,
) -> CommandResult<Option<TaskRecord>> {
    let scope = actor.scope::<ReadTasks>(context.today())?;
    Ok(tasks::one(&context.db.read(), &scope, id).await?)
}

/// The latest tasks of the perimeter.
pub async fn latest(context: &Context, actor: &Actor) -> CommandResult<Vec<TaskRecord>> {
    let scope = actor.scope::<ReadTasks>(context.today())?;
    Ok(tasks::latest(&context.db.read(), &scope).await?)
}
