//! The outbox: one row a recipient, written in the decision's own transaction.
//!
//! Order of facts for one message: `ready` → claimed (`sending`, a lease) → the relay has taken sender and recipient →
//! `past_dot` committed, the lease renewed → the message is given → `sent`. A row found `sending` with its lease run out
//! was certainly not sent when `past_dot` is not set; else it is `ambiguous`, and says so before it can leave again.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use delos_domain::ids::{
    AccountId, AuthorityId, CandidateId, ExaminerId, IdentityId, MessageId, PlanId, SchoolId,
    SessionId,
};
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockBehavior, LockType, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait as _, DatabaseBackend, EntityTrait, ExprTrait,
    JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{identity, outbox_message as outbox};
use crate::envelope::{self, Envelope};
use crate::error::{StoreError, corrupt};
use crate::identities::{self, IdentityRecord};
use crate::perimeter::{columns, condition};
use crate::schools::{Page, PageRequest, like};
use crate::series;
use crate::sessions::one_row;

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
    /// The address, as it is at the decision.
    pub address: String,
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

/// A message as stored.
#[derive(Clone, Debug)]
pub struct MessageRecord {
    /// Its id.
    pub id: MessageId,
    /// What it is about.
    pub about: About,
    /// Kind of its payload.
    pub kind: String,
    /// Who receives it.
    pub identity: IdentityRecord,
    /// Where.
    pub address: String,
    /// Subject line.
    pub subject: String,
    /// `ready`, `sending`, `sent`, `failed`, `cancelled`.
    pub status: String,
    /// Revision within its series.
    pub revision: u32,
    /// Tries so far.
    pub attempt: i64,
    /// Whether the relay may have taken it without our knowing.
    pub ambiguous: bool,
    /// Cause of the last failure.
    pub last_error: Option<String>,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// Not before this.
    pub not_before: DateTime<Utc>,
    /// When the relay took it.
    pub sent_at: Option<DateTime<Utc>>,
}

/// A message claimed by a worker.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Its id.
    pub id: MessageId,
    /// Who claims.
    pub owner: Uuid,
    /// Where it goes.
    pub address: String,
    /// Payload, opened.
    pub payload: Vec<u8>,
    /// Number of this try, from 1.
    pub attempt: i64,
    /// The relay may have taken an earlier try.
    pub ambiguous: bool,
    /// SHA-256 of the bytes of the first try.
    pub first_hash: Option<String>,
    /// When it was decided: the `Date` of the mail.
    pub created_at: DateTime<Utc>,
    /// When the first try began.
    pub first_tried_at: Option<DateTime<Utc>>,
    /// The message that it sends again.
    pub references: Option<MessageId>,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The relay took it, under this queue id.
    Sent(Option<String>),
    /// Certainly not taken: another try at this instant.
    Retry(DateTime<Utc>, String),
    /// Certainly not taken, and never will be: a person's list.
    GiveUp(String),
    /// The relay may have taken it: flagged, another try at this instant.
    Doubtful(DateTime<Utc>, String),
    /// The relay may have taken it, and it will not be tried again: a person decides.
    DoubtfulEnd(String),
}

/// Which messages of a list.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// `ready`, `sending`, `sent`, `doubtful`, `failed`, `cancelled`.
    pub state: Option<String>,
    /// Of this plan.
    pub plan: Option<PlanId>,
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
}

impl Counts {
    fn add(&mut self, status: &str, ambiguous: bool, n: i64) {
        match (status, ambiguous) {
            ("sent" | "failed", true) => self.doubtful += n,
            ("ready", _) => self.ready += n,
            ("sending", _) => self.sending += n,
            ("sent", false) => self.sent += n,
            ("failed", false) => self.failed += n,
            _ => {}
        }
    }
}

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
                    address: Set(one.address.clone()),
                    subject: Set(one.subject.clone()),
                    payload: Set(key.seal(one.id.0, &one.payload)?.0),
                    key_id: Set(key.id.0),
                    series: Set(one.series),
                    revision: Set(i64::from(one.revision)),
                    priority: Set(one.priority),
                    not_before: Set(one.not_before),
                    status: Set("ready".to_owned()),
                    attempt: Set(0),
                    lease_until: Set(None),
                    lease_owner: Set(None),
                    past_dot: Set(false),
                    ambiguous: Set(false),
                    first_hash: Set(None),
                    last_error: Set(None),
                    relay_id: Set(None),
                    created_at: Set(one.created_at),
                    first_tried_at: Set(None),
                    sent_at: Set(None),
                    references_id: Set(one.references.map(|id| id.0)),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        outbox::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Claims up to `most` messages that may leave now, the most pressing first; a revision waits while an older one is
/// between its dot and the relay's answer.
///
/// A message whose lease has run out is claimed again; it becomes `ambiguous` in the same statement when its last try
/// had passed the dot: the flag stands before the next try can begin.
pub async fn claim(
    tx: &Transaction,
    owner: Uuid,
    most: u64,
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<Vec<Claimed>, StoreError> {
    let connection = tx.connection();
    let due = Condition::any()
        .add(
            Condition::all()
                .add(outbox::Column::Status.eq("ready"))
                .add(outbox::Column::NotBefore.lte(now)),
        )
        .add(
            Condition::all()
                .add(outbox::Column::Status.eq("sending"))
                .add(outbox::Column::LeaseUntil.lt(now)),
        );
    let mut query = outbox::Entity::find()
        .filter(due)
        .filter(series::is_free())
        .order_by_asc(outbox::Column::Priority)
        .order_by_asc(outbox::Column::NotBefore)
        .order_by_asc(outbox::Column::Id)
        .limit(most);
    if connection.get_database_backend() == DatabaseBackend::Postgres {
        query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let rows = query.all(connection).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    let mut keys = std::collections::HashMap::new();
    for row in rows {
        let ambiguous = row.ambiguous || row.past_dot;
        let updated = outbox::Entity::update_many()
            .col_expr(outbox::Column::Status, Expr::value("sending"))
            .col_expr(outbox::Column::Attempt, Expr::value(row.attempt + 1))
            .col_expr(outbox::Column::LeaseUntil, Expr::value(Some(now + lease)))
            .col_expr(outbox::Column::LeaseOwner, Expr::value(Some(owner)))
            .col_expr(outbox::Column::PastDot, Expr::value(false))
            .col_expr(outbox::Column::Ambiguous, Expr::value(ambiguous))
            .col_expr(
                outbox::Column::FirstTriedAt,
                Expr::value(Some(row.first_tried_at.unwrap_or(now))),
            )
            .filter(outbox::Column::Id.eq(row.id))
            .filter(outbox::Column::Attempt.eq(row.attempt))
            .exec(connection)
            .await?;
        if updated.rows_affected == 0 {
            continue;
        }
        if let std::collections::hash_map::Entry::Vacant(e) = keys.entry(row.key_id) {
            e.insert(envelope::key(tx, row.key_id).await?);
        }
        let key = keys
            .get(&row.key_id)
            .ok_or_else(|| corrupt("the cohort's key was destroyed"))?;
        claimed.push(Claimed {
            id: MessageId(row.id),
            owner,
            address: row.address,
            payload: key.open(row.id, &Envelope(row.payload))?,
            attempt: row.attempt + 1,
            ambiguous,
            first_hash: row.first_hash,
            created_at: row.created_at,
            first_tried_at: row.first_tried_at,
            references: row.references_id.map(MessageId),
        });
    }
    Ok(claimed)
}

/// Writes, before the dot, that from here on the relay may have the message. False when the message is no longer this
/// worker's, was withdrawn, or is overtaken by a later revision of its series: then it must not leave.
pub async fn mark_past_dot(
    tx: &Transaction,
    claimed: &Claimed,
    hash: &str,
    until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let connection = tx.connection();
    let Some(row) = outbox::Entity::find()
        .filter(own(claimed))
        .lock_exclusive()
        .one(connection)
        .await?
    else {
        return Ok(false);
    };
    if series::is_overtaken(connection, &row).await? {
        outbox::Entity::update_many()
            .col_expr(outbox::Column::Status, Expr::value("cancelled"))
            .col_expr(
                outbox::Column::LeaseUntil,
                Expr::value(None::<DateTime<Utc>>),
            )
            .filter(outbox::Column::Id.eq(row.id))
            .exec(connection)
            .await?;
        return Ok(false);
    }
    let updated = outbox::Entity::update_many()
        .col_expr(outbox::Column::PastDot, Expr::value(true))
        .col_expr(outbox::Column::LeaseUntil, Expr::value(Some(until)))
        .col_expr(
            outbox::Column::FirstHash,
            Expr::value(Some(row.first_hash.unwrap_or_else(|| hash.to_owned()))),
        )
        .filter(own(claimed))
        .exec(connection)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Writes how a try ended. Nothing happens when the message is no longer this worker's.
pub async fn conclude(
    tx: &Transaction,
    claimed: &Claimed,
    verdict: &Verdict,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut update = outbox::Entity::update_many()
        .col_expr(
            outbox::Column::LeaseUntil,
            Expr::value(None::<DateTime<Utc>>),
        )
        .col_expr(outbox::Column::LeaseOwner, Expr::value(None::<Uuid>))
        .filter(own(claimed));
    let text = |value: &str| Expr::value(Some(value.chars().take(400).collect::<String>()));
    update = match verdict {
        Verdict::Sent(relay) => update
            .col_expr(outbox::Column::Status, Expr::value("sent"))
            .col_expr(outbox::Column::SentAt, Expr::value(Some(now)))
            .col_expr(outbox::Column::RelayId, Expr::value(relay.clone())),
        Verdict::Retry(at, cause) => update
            .col_expr(outbox::Column::Status, Expr::value("ready"))
            .col_expr(outbox::Column::PastDot, Expr::value(false))
            .col_expr(outbox::Column::NotBefore, Expr::value(*at))
            .col_expr(outbox::Column::LastError, text(cause)),
        Verdict::GiveUp(cause) => update
            .col_expr(outbox::Column::Status, Expr::value("failed"))
            .col_expr(outbox::Column::PastDot, Expr::value(false))
            .col_expr(outbox::Column::LastError, text(cause)),
        Verdict::Doubtful(at, cause) => update
            .col_expr(outbox::Column::Status, Expr::value("ready"))
            .col_expr(outbox::Column::PastDot, Expr::value(false))
            .col_expr(outbox::Column::Ambiguous, Expr::value(true))
            .col_expr(outbox::Column::NotBefore, Expr::value(*at))
            .col_expr(outbox::Column::LastError, text(cause)),
        Verdict::DoubtfulEnd(cause) => update
            .col_expr(outbox::Column::Status, Expr::value("failed"))
            .col_expr(outbox::Column::Ambiguous, Expr::value(true))
            .col_expr(outbox::Column::LastError, text(cause)),
    };
    update.exec(tx.connection()).await?;
    Ok(())
}

/// When the next message may leave, or its lease runs out; none when nothing waits.
pub async fn next_due(access: &impl Access) -> Result<Option<DateTime<Utc>>, StoreError> {
    let ready = outbox::Entity::find()
        .filter(outbox::Column::Status.eq("ready"))
        .order_by_asc(outbox::Column::NotBefore)
        .one(access.connection())
        .await?;
    let leased = outbox::Entity::find()
        .filter(outbox::Column::Status.eq("sending"))
        .order_by_asc(outbox::Column::LeaseUntil)
        .one(access.connection())
        .await?;
    Ok([
        ready.map(|row| row.not_before),
        leased.and_then(|row| row.lease_until),
    ]
    .into_iter()
    .flatten()
    .min())
}

/// Messages of the scope, latest first.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    filter: &MessageFilter,
    page: &PageRequest,
) -> Result<Page<MessageRecord>, StoreError> {
    let relation = outbox::Entity::belongs_to(identity::Entity)
        .from(outbox::Column::IdentityId)
        .to(identity::Column::Id);
    let mut query = outbox::Entity::find()
        .join(JoinType::InnerJoin, relation.into())
        .filter(of_scope(scope))
        .filter(matching(filter));
    if let Some(search) = &page.search {
        let any = Condition::any()
            .add(like(identity::Column::FamilyName, search))
            .add(like(identity::Column::GivenNames, search))
            .add(like(outbox::Column::Address, search));
        query = query.filter(any);
    }
    let total = query.clone().count(access.connection()).await?;
    let rows = query
        .order_by_desc(outbox::Column::CreatedAt)
        .order_by_asc(identity::Column::FamilyName)
        .order_by_asc(outbox::Column::Id)
        .offset(page.offset)
        .limit(page.limit)
        .all(access.connection())
        .await?;
    Ok(Page {
        items: records(access, rows).await?,
        total,
        offset: page.offset,
    })
}

/// A message of the scope with its payload.
pub async fn one<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: MessageId,
) -> Result<Option<(MessageRecord, Vec<u8>)>, StoreError> {
    let Some(row) = outbox::Entity::find_by_id(id.0)
        .filter(of_scope(scope))
        .one(access.connection())
        .await?
    else {
        return Ok(None);
    };
    let key = envelope::key(access, row.key_id).await?;
    let payload = key.open(row.id, &Envelope(row.payload.clone()))?;
    Ok(records(access, vec![row])
        .await?
        .pop()
        .map(|record| (record, payload)))
}

/// The latest message of a kind about a candidate that the scope reaches, with its payload.
pub async fn latest_about_candidate<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: CandidateId,
    kind: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let columns = columns!(outbox, CandidateId);
    let row = outbox::Entity::find()
        .filter(condition(scope, &columns))
        .filter(outbox::Column::CandidateId.eq(id.0))
        .filter(outbox::Column::Kind.eq(kind))
        .order_by_desc(outbox::Column::Revision)
        .order_by_desc(outbox::Column::CreatedAt)
        .one(access.connection())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let key = envelope::key(access, row.key_id).await?;
    Ok(Some(key.open(row.id, &Envelope(row.payload))?))
}

/// How many messages of the scope stand in each state.
pub async fn counts<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    filter: &MessageFilter,
) -> Result<Counts, StoreError> {
    let rows: Vec<(String, bool, i64)> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Status)
        .column(outbox::Column::Ambiguous)
        .column_as(outbox::Column::Id.count(), "n")
        .filter(of_scope(scope))
        .filter(matching(filter))
        .group_by(outbox::Column::Status)
        .group_by(outbox::Column::Ambiguous)
        .into_tuple()
        .all(access.connection())
        .await?;
    let mut counts = Counts::default();
    for (status, ambiguous, n) in rows {
        counts.add(&status, ambiguous, n);
    }
    Ok(counts)
}

/// How many messages of each of these plans stand in each state, within the scope.
pub async fn counts_of_plans<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    plans: &[PlanId],
) -> Result<HashMap<PlanId, Counts>, StoreError> {
    let rows: Vec<(Uuid, String, bool, i64)> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::PlanId)
        .column(outbox::Column::Status)
        .column(outbox::Column::Ambiguous)
        .column_as(outbox::Column::Id.count(), "n")
        .filter(of_scope(scope))
        .filter(outbox::Column::PlanId.is_in(plans.iter().map(|id| id.0)))
        .group_by(outbox::Column::PlanId)
        .group_by(outbox::Column::Status)
        .group_by(outbox::Column::Ambiguous)
        .into_tuple()
        .all(access.connection())
        .await?;
    let mut found: HashMap<PlanId, Counts> = HashMap::new();
    for (plan, status, ambiguous, n) in rows {
        found
            .entry(PlanId(plan))
            .or_default()
            .add(&status, ambiguous, n);
    }
    Ok(found)
}

/// Failed messages of the scope, those of `ids`, that a person sends again.
pub async fn failed<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    ids: &[MessageId],
) -> Result<Vec<(MessageRecord, Vec<u8>)>, StoreError> {
    let rows = outbox::Entity::find()
        .filter(of_scope(scope))
        .filter(outbox::Column::Status.eq("failed"))
        .filter(outbox::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(access.connection())
        .await?;
    let mut opened = Vec::with_capacity(rows.len());
    for row in &rows {
        let key = envelope::key(access, row.key_id).await?;
        opened.push(key.open(row.id, &Envelope(row.payload.clone()))?);
    }
    let mut payloads: HashMap<_, _> = rows.iter().map(|row| row.id).zip(opened).collect();
    let records = records(access, rows).await?;
    Ok(records
        .into_iter()
        .filter_map(|record| {
            payloads
                .remove(&record.id.0)
                .map(|payload| (record, payload))
        })
        .collect())
}

/// Takes a failed message off the list, since another replaces it.
pub async fn supersede<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    id: MessageId,
) -> Result<(), StoreError> {
    let updated = outbox::Entity::update_many()
        .col_expr(outbox::Column::Status, Expr::value("cancelled"))
        .filter(of_scope(scope))
        .filter(outbox::Column::Id.eq(id.0))
        .filter(outbox::Column::Status.eq("failed"))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

fn of_scope<O: Operation>(scope: &Scope<O>) -> Condition {
    condition(scope, &columns!(outbox, CandidateId))
}

fn matching(filter: &MessageFilter) -> Condition {
    let state: Option<SimpleExpr> = filter.state.as_deref().map(|state| match state {
        "doubtful" => outbox::Column::Ambiguous
            .eq(true)
            .and(outbox::Column::Status.is_in(["sent", "failed"])),
        "sent" | "failed" => outbox::Column::Status
            .eq(state)
            .and(outbox::Column::Ambiguous.eq(false)),
        other => outbox::Column::Status.eq(other),
    });
    Condition::all()
        .add_option(state)
        .add_option(filter.plan.map(|plan| outbox::Column::PlanId.eq(plan.0)))
}

fn own(claimed: &Claimed) -> Condition {
    Condition::all()
        .add(outbox::Column::Id.eq(claimed.id.0))
        .add(outbox::Column::Status.eq("sending"))
        .add(outbox::Column::LeaseOwner.eq(claimed.owner))
        .add(outbox::Column::Attempt.eq(claimed.attempt))
}

async fn records(
    access: &impl Access,
    rows: Vec<outbox::Model>,
) -> Result<Vec<MessageRecord>, StoreError> {
    let people =
        identities::by_ids(access, rows.iter().map(|row| row.identity_id).collect()).await?;
    let people: HashMap<_, _> = people
        .into_iter()
        .map(|person| (person.id.0, person))
        .collect();
    rows.into_iter()
        .map(|row| {
            Ok(MessageRecord {
                id: MessageId(row.id),
                about: About {
                    session: row.session_id.map(SessionId),
                    authority: row.authority_id.map(AuthorityId),
                    school: row.school_id.map(SchoolId),
                    plan: row.plan_id.map(PlanId),
                    candidate: row.candidate_id.map(CandidateId),
                    examiner: row.examiner_id.map(ExaminerId),
                    account: row.account_id.map(AccountId),
                },
                kind: row.kind,
                identity: people
                    .get(&row.identity_id)
                    .cloned()
                    .ok_or_else(|| corrupt("a message without recipient"))?,
                address: row.address,
                subject: row.subject,
                status: row.status,
                revision: u32::try_from(row.revision).map_err(corrupt)?,
                attempt: row.attempt,
                ambiguous: row.ambiguous,
                last_error: row.last_error,
                created_at: row.created_at,
                not_before: row.not_before,
                sent_at: row.sent_at,
            })
        })
        .collect()
}
