//! The queue of mail as an administrator acts on it.

use async_graphql::{ID, SimpleObject};
use delos_application::lift_pause;

/// The end of a pause of the queue.
#[derive(SimpleObject)]
pub struct PauseLifted {
    /// The session acted in, whose journal says so: the queue itself is one for the whole house.
    session: ID,
    /// Whether the queue paused until then.
    paused: bool,
}

impl From<lift_pause::Lifted> for PauseLifted {
    fn from(lifted: lift_pause::Lifted) -> Self {
        Self {
            session: ID(lifted.session.to_string()),
            paused: lifted.paused,
        }
    }
}
