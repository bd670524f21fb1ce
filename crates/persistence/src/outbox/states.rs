//! In which state people see a message: one function of its row, and the same thing in SQL.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ExprTrait, QuerySelect, Select};

use crate::entities::outbox_message as outbox;
use crate::series;

/// The state in which people see a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Waits.
    Ready,
    /// Under way.
    Sending,
    /// Taken by the relay, without a doubt.
    Sent,
    /// Perhaps taken twice, or perhaps not at all: a person decides.
    Doubtful,
    /// Given up: a person's list.
    Failed,
    /// Taken, then sent back: a person's list.
    Bounced,
    /// Off the list: a person said how it was dealt with, or its recipient that he has it.
    Settled,
    /// Withdrawn, or replaced.
    Cancelled,
}

impl State {
    /// The state of a row: its status, whether the relay may have taken it without our knowing; then whether it came back,
    /// was acknowledged, was settled.
    pub(crate) fn of(
        status: &str,
        ambiguous: bool,
        [bounced, acknowledged, settled]: [bool; 3],
    ) -> Self {
        let in_difficulty = ambiguous || bounced || status == "failed";
        match status {
            "cancelled" => Self::Cancelled,
            "sending" => Self::Sending,
            "sent" | "failed" if settled || (acknowledged && in_difficulty) => Self::Settled,
            "sent" | "failed" if bounced => Self::Bounced,
            "sent" | "failed" if ambiguous => Self::Doubtful,
            "sent" => Self::Sent,
            "failed" => Self::Failed,
            _ => Self::Ready,
        }
    }

    /// The rows in this state.
    pub(super) fn condition(self) -> Condition {
        use outbox::Column;
        let ended = Column::Status.is_in(["sent", "failed"]);
        match self {
            Self::Ready => Condition::all().add(Column::Status.eq("ready")),
            Self::Sending => Condition::all().add(Column::Status.eq("sending")),
            Self::Cancelled => Condition::all().add(Column::Status.eq("cancelled")),
            Self::Settled => Condition::all().add(ended).add(
                Condition::any().add(Column::SettledAt.is_not_null()).add(
                    Condition::all()
                        .add(Column::AcknowledgedAt.is_not_null())
                        .add(in_difficulty()),
                ),
            ),
            Self::Bounced => open(ended).add(Column::BouncedAt.is_not_null()),
            Self::Doubtful => open(ended)
                .add(Column::BouncedAt.is_null())
                .add(Column::Ambiguous.eq(true)),
            Self::Failed => open(Column::Status.eq("failed"))
                .add(Column::BouncedAt.is_null())
                .add(Column::Ambiguous.eq(false)),
            // What was acknowledged and never in difficulty is sent all the same.
            Self::Sent => Condition::all()
                .add(Column::Status.eq("sent"))
                .add(Column::SettledAt.is_null())
                .add(Column::BouncedAt.is_null())
                .add(Column::Ambiguous.eq(false)),
        }
    }
}

fn in_difficulty() -> Condition {
    Condition::any()
        .add(outbox::Column::Ambiguous.eq(true))
        .add(outbox::Column::BouncedAt.is_not_null())
        .add(outbox::Column::Status.eq("failed"))
}

/// Neither settled nor acknowledged.
fn open(rows: SimpleExpr) -> Condition {
    Condition::all()
        .add(rows)
        .add(outbox::Column::SettledAt.is_null())
        .add(outbox::Column::AcknowledgedAt.is_null())
}

/// On a person's list: failed, doubtful or come back, and neither settled nor acknowledged.
pub(super) fn on_the_list() -> Condition {
    open(outbox::Column::Status.is_in(["sent", "failed"])).add(in_difficulty())
}

/// On a person's list, or late to leave: a try of it failed, or it has waited for a day. Its recipient may be told
/// otherwise before it does.
pub(super) fn on_the_list_or_late(now: DateTime<Utc>) -> Condition {
    let waited = Condition::any()
        .add(outbox::Column::LastError.is_not_null())
        .add(outbox::Column::CreatedAt.lt(now - LATE));
    let late = open(outbox::Column::Status.is_in(["ready", "sending"])).add(waited);
    Condition::any().add(on_the_list()).add(late)
}

/// What has not left within this time is late.
const LATE: Duration = Duration::hours(24);

/// Not with its recipient for sure: on a person's list, or not yet gone.
pub(super) fn not_ended_well() -> Condition {
    Condition::any()
        .add(outbox::Column::Status.is_in(["ready", "sending"]))
        .add(on_the_list())
}

/// Kinds that ask their recipient to say that he has them.
pub(super) const CONVOCATIONS: [&str; 2] = ["candidate_convocation", "examiner_convocation"];

/// Kinds that tell somebody when he is expected, or no longer is.
pub(super) const TELL_OF_DATES: [&str; 4] = [
    "candidate_convocation",
    "candidate_cancellation",
    "examiner_convocation",
    "examiner_cancellation",
];

/// Convocations in force that nobody has acknowledged, nor a person settled.
pub(super) fn unacknowledged() -> Condition {
    open(outbox::Column::Status.is_in(["ready", "sending", "sent", "failed"]))
        .add(outbox::Column::Kind.is_in(CONVOCATIONS))
        .add(series::is_latest())
}

/// Groups rows by all that makes their state, in the order of [`State::of`]'s arguments, then how many.
pub(crate) fn grouped(rows: Select<outbox::Entity>) -> Select<outbox::Entity> {
    use outbox::Column;
    let there = |column: Column| -> SimpleExpr { Expr::col(column).is_not_null() };
    rows.column(Column::Status)
        .column(Column::Ambiguous)
        .expr_as(there(Column::BouncedAt), "bounced")
        .expr_as(there(Column::AcknowledgedAt), "acknowledged")
        .expr_as(there(Column::SettledAt), "settled")
        .column_as(Column::Id.count(), "n")
        .group_by(Column::Status)
        .group_by(Column::Ambiguous)
        .group_by(there(Column::BouncedAt))
        .group_by(there(Column::AcknowledgedAt))
        .group_by(there(Column::SettledAt))
}

/// How many messages stand in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting.
    pub ready: i64,
    /// Under way.
    pub sending: i64,
    /// Taken by the relay, without a doubt.
    pub sent: i64,
    /// Perhaps taken twice, or perhaps not at all.
    pub doubtful: i64,
    /// Given up.
    pub failed: i64,
    /// Sent back.
    pub bounced: i64,
    /// Dealt with by a person, or acknowledged all the same.
    pub settled: i64,
    /// Convocations in force that nobody has acknowledged.
    pub unacknowledged: i64,
}

impl Counts {
    pub(crate) fn add(&mut self, state: State, n: i64) {
        match state {
            State::Ready => self.ready += n,
            State::Sending => self.sending += n,
            State::Sent => self.sent += n,
            State::Doubtful => self.doubtful += n,
            State::Failed => self.failed += n,
            State::Bounced => self.bounced += n,
            State::Settled => self.settled += n,
            State::Cancelled => {}
        }
    }
}
