//! The outbox as people read it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use delos_domain::ids::{
    AccountId, AuthorityId, CandidateId, ExaminerId, MessageId, PlanId, SchoolId, SessionId,
};
use delos_domain::scope::{Operation, Scope};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::About;
use super::states::{self, Counts, State};
use crate::database::Access;
use crate::entities::{identity, outbox_message as outbox};
use crate::envelope::{self, Envelope};
use crate::error::{StoreError, corrupt};
use crate::identities::{self, IdentityRecord};
use crate::perimeter::{columns, condition};
use crate::schools::{Page, PageRequest, like};
use crate::search::holds;

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
    /// When the sitting, or the first day, that it is about begins.
    pub sitting_at: Option<DateTime<Utc>>,
    /// When its recipient said that he has it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it came back.
    pub bounced_at: Option<DateTime<Utc>>,
    /// What the relay that sent it back said.
    pub bounce: Option<String>,
    /// When a person took it off the list.
    pub settled_at: Option<DateTime<Utc>>,
    /// How.
    pub settlement: Option<String>,
}

impl MessageRecord {
    /// The state in which people see it.
    pub fn state(&self) -> State {
        State::of(
            &self.status,
            self.ambiguous,
            [
                self.bounced_at.is_some(),
                self.acknowledged_at.is_some(),
                self.settled_at.is_some(),
            ],
        )
    }
}

/// A message with its payload, opened.
#[derive(Clone, Debug)]
pub struct OpenedMessage {
    /// Its row.
    pub record: MessageRecord,
    /// Its payload.
    pub payload: Vec<u8>,
    /// Its calendar series.
    pub series: Option<Uuid>,
}

/// Which messages of a list.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// In this state.
    pub state: Option<State>,
    /// Of this plan.
    pub plan: Option<PlanId>,
    /// Of this kind.
    pub kind: Option<String>,
    /// About a sitting, or a first day, that begins between these instants (the second one left out).
    pub sitting: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Convocations in force that nobody has acknowledged.
    pub unacknowledged: bool,
    /// Not ended well, about a sitting that begins before this instant and after the other.
    pub pressing: Option<(DateTime<Utc>, DateTime<Utc>)>,
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
    let all = outbox::Entity::find()
        .filter(condition(scope, &columns))
        .filter(outbox::Column::CandidateId.eq(id.0))
        .filter(outbox::Column::Kind.eq(kind));
    // What is said of an absence is numbered a sitting at a time: of two sittings, only the instants tell the later.
    let all = if kind == "absence_decision" {
        all.order_by_desc(outbox::Column::CreatedAt)
    } else {
        all
    };
    let row = all
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
    let all = outbox::Entity::find()
        .filter(of_scope(scope))
        .filter(matching(filter));
    let rows: Vec<(String, bool, bool, bool, bool, i64)> =
        states::grouped(all.clone().select_only())
            .into_tuple()
            .all(access.connection())
            .await?;
    let mut counts = Counts::default();
    for (status, ambiguous, bounced, acknowledged, settled, n) in rows {
        counts.add(
            State::of(&status, ambiguous, [bounced, acknowledged, settled]),
            n,
        );
    }
    let waiting = all.filter(states::unacknowledged());
    counts.unacknowledged = number(waiting.count(access.connection()).await?);
    Ok(counts)
}

/// How many messages of each of these plans stand in each state, within the scope.
pub async fn counts_of_plans<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    plans: &[PlanId],
) -> Result<HashMap<PlanId, Counts>, StoreError> {
    let all = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::PlanId)
        .filter(of_scope(scope))
        .filter(outbox::Column::PlanId.is_in(plans.iter().map(|id| id.0)))
        .group_by(outbox::Column::PlanId);
    let rows: Vec<(Uuid, String, bool, bool, bool, bool, i64)> = states::grouped(all.clone())
        .into_tuple()
        .all(access.connection())
        .await?;
    let mut found: HashMap<PlanId, Counts> = HashMap::new();
    for (plan, status, ambiguous, bounced, acknowledged, settled, n) in rows {
        let state = State::of(&status, ambiguous, [bounced, acknowledged, settled]);
        found.entry(PlanId(plan)).or_default().add(state, n);
    }
    let rows: Vec<(Uuid, i64)> = all
        .column_as(outbox::Column::Id.count(), "n")
        .filter(states::unacknowledged())
        .into_tuple()
        .all(access.connection())
        .await?;
    for (plan, n) in rows {
        found.entry(PlanId(plan)).or_default().unacknowledged = n;
    }
    Ok(found)
}

/// What these messages of the scope are about.
pub async fn abouts<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    ids: &[MessageId],
) -> Result<Vec<About>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(1_000) {
        let rows = outbox::Entity::find()
            .filter(of_scope(scope))
            .filter(outbox::Column::Id.is_in(some.iter().map(|id| id.0)))
            .all(access.connection())
            .await?;
        found.extend(rows.iter().map(about));
    }
    Ok(found)
}

/// What a row is about.
pub(super) fn about(row: &outbox::Model) -> About {
    About {
        session: row.session_id.map(SessionId),
        authority: row.authority_id.map(AuthorityId),
        school: row.school_id.map(SchoolId),
        plan: row.plan_id.map(PlanId),
        candidate: row.candidate_id.map(CandidateId),
        examiner: row.examiner_id.map(ExaminerId),
        account: row.account_id.map(AccountId),
    }
}

fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Rows with their payloads, in their order.
pub(super) async fn opened(
    access: &impl Access,
    rows: Vec<outbox::Model>,
) -> Result<Vec<OpenedMessage>, StoreError> {
    let mut keys = HashMap::new();
    let mut payloads = Vec::with_capacity(rows.len());
    for row in &rows {
        if let std::collections::hash_map::Entry::Vacant(place) = keys.entry(row.key_id) {
            place.insert(envelope::key(access, row.key_id).await?);
        }
        let key = &keys[&row.key_id];
        payloads.push((
            key.open(row.id, &Envelope(row.payload.clone()))?,
            row.series,
        ));
    }
    let records = records(access, rows).await?;
    let all = records.into_iter().zip(payloads);
    Ok(all
        .map(|(record, (payload, series))| OpenedMessage {
            record,
            payload,
            series,
        })
        .collect())
}

pub(super) fn of_scope<O: Operation>(scope: &Scope<O>) -> Condition {
    condition(scope, &columns!(outbox, CandidateId))
}

fn matching(filter: &MessageFilter) -> Condition {
    Condition::all()
        .add_option(filter.state.map(State::condition))
        .add_option(filter.plan.map(|plan| outbox::Column::PlanId.eq(plan.0)))
        .add_option(
            filter
                .kind
                .as_ref()
                .map(|kind| outbox::Column::Kind.eq(kind)),
        )
        .add_option(filter.sitting.map(|(from, to)| {
            outbox::Column::SittingAt
                .gte(from)
                .and(outbox::Column::SittingAt.lt(to))
        }))
        .add_option(filter.unacknowledged.then(states::unacknowledged))
        .add_option(filter.pressing.map(|(after, before)| {
            Condition::all()
                .add(outbox::Column::SittingAt.gt(after))
                .add(outbox::Column::SittingAt.lt(before))
                .add(states::not_ended_well())
        }))
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
                about: about(&row),
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
                sitting_at: row.sitting_at,
                acknowledged_at: row.acknowledged_at,
                bounced_at: row.bounced_at,
                bounce: row.bounce,
                settled_at: row.settled_at,
                settlement: row.settlement,
            })
        })
        .collect()
}
