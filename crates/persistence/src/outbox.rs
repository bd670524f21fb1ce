//! The outbox: one row a recipient, written in the decision's own transaction.
//!
//! Order of facts for one message: `ready` → claimed (`sending`, a lease) → the relay has taken sender and recipient →
//! `past_dot` committed, the lease renewed → the message is given → `sent`. A row found `sending` with its lease run out
//! was certainly not sent when `past_dot` is not set; else it is `ambiguous`, and says so before it can leave again.

mod afterwards;
mod claiming;
mod delivery;
pub mod pause;
mod people;
mod rates;
mod reading;
mod states;
mod told;

pub use afterwards::{PressingMessage, pressing, record_bounce, session_of};
pub use claiming::{claim, next_due};
pub use delivery::{Claimed, Verdict, conclude, give_back, keep_after_end, mark_past_dot};
pub use people::{
    Acknowledgeable, Silent, acknowledge, acknowledgeable, existing_keys, hold_to_remind,
    in_force_about_candidate, reminded_since, settle, supersede, to_remind, to_send_again,
    unreached,
};
pub use reading::{
    MessageFilter, MessageRecord, OpenedMessage, abouts, counts, counts_of_plans,
    latest_about_candidate, list, one,
};
pub(crate) use states::grouped;
pub use states::{Counts, State};

pub use told::{Arrival, Told, revisions, told_examiners};

use chrono::{DateTime, Utc};
use delos_domain::ids::{
    AccountId, AuthorityId, CandidateId, ExaminerId, IdentityId, MessageId, PlanId, SchoolId,
    SessionId,
};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::database::{Access as _, Transaction};
use crate::entities::outbox_message as outbox;
use crate::envelope;
use crate::error::StoreError;
use crate::series;

/// A message to put.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its id: the Message-ID is made of it.
    pub id: MessageId,
    /// Its perimeter and what it is about.
    pub about: About,
    /// At most one message has this key.
    pub dedup_key: String,
    /// Kind of the payload, e.g. `candidate_convocation`.
    pub kind: String,
    /// Whose address.
    pub identity: IdentityId,
    /// The address, as it is at the decision; none: the message is on a person's list from the first, to be printed,
    /// or sent once there is one.
    pub address: Option<String>,
    /// The subject line: it names the exam, never the person.
    pub subject: String,
    /// All that composing needs, serialised.
    pub payload: Vec<u8>,
    /// The calendar series that it belongs to.
    pub series: Option<Uuid>,
    /// Revision within the series.
    pub revision: u32,
    /// 0 leaves first.
    pub priority: i64,
    /// Not before this.
    pub not_before: DateTime<Utc>,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// The message that it sends again.
    pub references: Option<MessageId>,
    /// The first instant of the sitting, or of the first day, that it announces or takes back: what makes it pressing.
    pub sitting_at: Option<DateTime<Utc>>,
}

/// What a message is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its session.
    pub session: Option<SessionId>,
    /// Its authority.
    pub authority: Option<AuthorityId>,
    /// Its school, in CCF.
    pub school: Option<SchoolId>,
    /// The plan that convoked.
    pub plan: Option<PlanId>,
    /// The candidate.
    pub candidate: Option<CandidateId>,
    /// The examiner.
    pub examiner: Option<ExaminerId>,
    /// The account.
    pub account: Option<AccountId>,
}

/// Cause of failure of a message whose recipient has no address.
pub const NO_ADDRESS: &str = "no_address";

/// Puts messages; a second one of the same key is a conflict.
pub async fn insert(
    tx: &Transaction,
    session: SessionId,
    messages: &[NewMessage],
) -> Result<(), StoreError> {
    let key = envelope::session_key(tx, session.0).await?;
    for chunk in messages.chunks(200) {
        series::hold_older(tx.connection(), chunk).await?;
        let rows = chunk
            .iter()
            .map(|one| {
                Ok(outbox::ActiveModel {
                    id: Set(one.id.0),
                    session_id: Set(one.about.session.map(|id| id.0)),
                    authority_id: Set(one.about.authority.map(|id| id.0)),
                    school_id: Set(one.about.school.map(|id| id.0)),
                    plan_id: Set(one.about.plan.map(|id| id.0)),
                    candidate_id: Set(one.about.candidate.map(|id| id.0)),
                    examiner_id: Set(one.about.examiner.map(|id| id.0)),
                    account_id: Set(one.about.account.map(|id| id.0)),
                    dedup_key: Set(one.dedup_key.clone()),
                    kind: Set(one.kind.clone()),
                    identity_id: Set(one.identity.0),
                    address: Set(one.address.clone().unwrap_or_default()),
                    subject: Set(one.subject.clone()),
                    payload: Set(key.seal(one.id.0, &one.payload)?.0),
                    key_id: Set(key.id.0),
                    series: Set(one.series),
                    revision: Set(i64::from(one.revision)),
                    priority: Set(one.priority),
                    not_before: Set(one.not_before),
                    status: Set(status(one).to_owned()),
                    attempt: Set(0),
                    lease_until: Set(None),
                    lease_owner: Set(None),
                    past_dot: Set(false),
                    ambiguous: Set(false),
                    first_hash: Set(None),
                    last_error: Set(one.address.is_none().then(|| NO_ADDRESS.to_owned())),
                    relay_id: Set(None),
                    created_at: Set(one.created_at),
                    first_tried_at: Set(None),
                    sent_at: Set(None),
                    references_id: Set(one.references.map(|id| id.0)),
                    domain: Set(domain(one.address.as_deref())),
                    sitting_at: Set(one.sitting_at),
                    acknowledged_at: Set(None),
                    acknowledged_by: Set(None),
                    bounced_at: Set(None),
                    bounce: Set(None),
                    settled_at: Set(None),
                    settled_by: Set(None),
                    settlement: Set(None),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        outbox::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
        series::drop_overtaken(tx.connection(), chunk).await?;
    }
    Ok(())
}

/// What stands after the last `@`, in lower case: relays limit how much a domain receives.
fn domain(address: Option<&str>) -> String {
    address
        .and_then(|address| address.rsplit_once('@'))
        .map(|(_, domain)| domain.to_lowercase())
        .unwrap_or_default()
}

fn status(message: &NewMessage) -> &'static str {
    if message.address.is_some() {
        "ready"
    } else {
        "failed"
    }
}
