//! How time passes: the worker's loop, the outbox → e-mail, tasks.
//!
//! Invariant: a message leaves only after its row says, committed, that it may have left (`past_dot`).
//! Invariant: what is sent again is byte for byte what was tried first, under the same Message-ID.
//! Invariant: nothing waits without a limit of time, and no message can stop the loop.
//! Invariant: logs hold ids and codes; never a name, an address or a text.

mod clerk;
mod counters;
mod dkim;
mod folder;
mod mime;
mod pulse;
mod relay;
mod settings;
mod smtp;
mod verdict;
mod worker;

pub use counters::{Counters, Counts};
pub use dkim::{BadDkim, Dkim};
pub use relay::{BadRelay, Relay};
pub use settings::{BadRoots, Root, Sender, Tls, WorkerSettings, roots};
pub use worker::{Worker, run_tasks};
