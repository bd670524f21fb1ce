//! The outbox as people read it, and what of it they send again.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use delos_domain::ids::{
    AccountId, AuthorityId, CandidateId, ExaminerId, MessageId, PlanId, SchoolId, SessionId,
};
use delos_domain::scope::{Operation, Scope};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::About;
use crate::database::{Access, Transaction};
use crate::entities::{identity, outbox_message as outbox};
use crate::envelope::{self, Envelope};
use crate::error::{StoreError, corrupt};
use crate::identities::{self, IdentityRecord};
use crate::perimeter::{columns, condition};
use crate::schools::{Page, PageRequest, like};
use crate::search::holds;
use crate::series;
use crate::sessions::one_row;

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
    /// Where; empty when nobody knew an address.
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
    pub(crate) fn add(&mut self, status: &str, ambiguous: bool, n: i64) {
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
            .add(holds(identity::Column::Search, search))
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

/// A failed message that a person sends again.
#[derive(Clone, Debug)]
pub struct FailedMessage {
    /// Its row.
    pub record: MessageRecord,
    /// Its payload, opened.
    pub payload: Vec<u8>,
    /// Its calendar series.
    pub series: Option<Uuid>,
}

/// Failed messages of the scope, those of `ids`, that a person may send again: none that the relay may have taken
/// (a second one would be a duplicate that nobody flagged), none that a later revision of its series has overtaken.
pub async fn failed<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    ids: &[MessageId],
) -> Result<Vec<FailedMessage>, StoreError> {
    let rows = outbox::Entity::find()
        .filter(of_scope(scope))
        .filter(outbox::Column::Status.eq("failed"))
        .filter(outbox::Column::Ambiguous.eq(false))
        .filter(series::is_latest())
        .filter(outbox::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(access.connection())
        .await?;
    let mut opened = Vec::with_capacity(rows.len());
    for row in &rows {
        let key = envelope::key(access, row.key_id).await?;
        opened.push(key.open(row.id, &Envelope(row.payload.clone()))?);
    }
    let series: Vec<_> = rows.iter().map(|row| row.series).collect();
    // `records` keeps the order of its rows.
    let records = records(access, rows).await?;
    Ok(records
        .into_iter()
        .zip(opened)
        .zip(series)
        .map(|((record, payload), series)| FailedMessage {
            record,
            payload,
            series,
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
