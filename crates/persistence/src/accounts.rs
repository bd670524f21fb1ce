//! Accounts, mandates, one-time codes and web sessions.
//!
//! Invariant: of a password, a code or a session's token only a hash is kept.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use delos_domain::ids::{
    AccountId, AuthorityId, CandidateId, CohortId, ExaminerId, MandateId, SchoolId, SessionId,
};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::scope::{Operation, Reach, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{access_code, account, candidate, examiner, identity, mandate, web_session};
use crate::error::{StoreError, corrupt};
use crate::identities::{self, IdentityRecord};
use crate::perimeter::{columns, condition};
use crate::schools::{Page, PageRequest, like};
use crate::search::holds;
use crate::sessions::one_row;

/// Somebody who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its id.
    pub id: AccountId,
    /// What is typed to sign in: an address, or `session/authority/number` for a candidate.
    pub login: String,
    /// Who he is.
    pub identity: IdentityRecord,
    /// The candidate, for a candidate's account.
    pub candidate: Option<CandidateId>,
    /// PHC string; none before the first access.
    pub password_hash: Option<String>,
    /// Shut.
    pub disabled: bool,
    /// Wrong passwords since the last right one.
    pub failures: i64,
    /// When the last wrong one was typed.
    pub failed_at: Option<DateTime<Utc>>,
    /// Version of the row.
    pub version: i64,
}

/// A login as it is kept: an address in lower case, however it is typed; a candidate's as it is.
fn folded(login: &str) -> String {
    if login.contains('@') {
        login.to_lowercase()
    } else {
        login.to_owned()
    }
}

/// The account of a login.
pub async fn by_login(
    access: &impl Access,
    login: &str,
) -> Result<Option<AccountRecord>, StoreError> {
    let rows = account::Entity::find()
        .filter(account::Column::Login.eq(folded(login)))
        .all(access.connection())
        .await?;
    Ok(records(access, rows).await?.pop())
}

/// The account of an id.
pub async fn by_id(
    access: &impl Access,
    id: AccountId,
) -> Result<Option<AccountRecord>, StoreError> {
    let rows = account::Entity::find_by_id(id.0)
        .all(access.connection())
        .await?;
    Ok(records(access, rows).await?.pop())
}

/// The names of these accounts' persons.
pub async fn names(
    access: &impl Access,
    ids: &[AccountId],
) -> Result<HashMap<AccountId, String>, StoreError> {
    let mut names = HashMap::new();
    for chunk in ids.chunks(10_000) {
        let rows = account::Entity::find()
            .filter(account::Column::Id.is_in(chunk.iter().map(|id| id.0)))
            .all(access.connection())
            .await?;
        let all = records(access, rows).await?;
        names.extend(
            all.into_iter()
                .map(|one| (one.id, one.identity.full_name())),
        );
    }
    Ok(names)
}

/// Candidates among these who have an account, with its id and whether it has a password.
pub async fn of_candidates(
    access: &impl Access,
    ids: &[CandidateId],
) -> Result<HashMap<CandidateId, (AccountId, bool)>, StoreError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(10_000) {
        let rows = account::Entity::find()
            .filter(account::Column::CandidateId.is_in(chunk.iter().map(|id| id.0)))
            .all(access.connection())
            .await?;
        found.extend(rows.into_iter().filter_map(|row| {
            Some((
                CandidateId(row.candidate_id?),
                (AccountId(row.id), row.password_hash.is_some()),
            ))
        }));
    }
    Ok(found)
}

/// Accounts that have a mandate inside the scope, by name.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    page: &PageRequest,
) -> Result<Page<AccountRecord>, StoreError> {
    let with_mandate = mandate::Entity::find()
        .select_only()
        .column(mandate::Column::AccountId)
        .filter(mandates_of_scope(scope))
        .into_query();
    let relation = account::Entity::belongs_to(identity::Entity)
        .from(account::Column::IdentityId)
        .to(identity::Column::Id);
    let mut query = account::Entity::find()
        .join(sea_orm::JoinType::InnerJoin, relation.into())
        .filter(account::Column::Kind.eq("staff"))
        .filter(account::Column::Id.in_subquery(with_mandate));
    if let Some(search) = &page.search {
        let any = Condition::any()
            .add(holds(identity::Column::Search, search))
            .add(like(account::Column::Login, search));
        query = query.filter(any);
    }
    let total = query.clone().count(access.connection()).await?;
    let rows = query
        .order_by_asc(identity::Column::FamilyName)
        .order_by_asc(account::Column::Login)
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

/// An account of staff that the scope may act upon: one that has, or had, a mandate inside it. Whoever lost his only
/// mandate stays in the list, and may be given another.
pub async fn inside<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: AccountId,
) -> Result<Option<AccountRecord>, StoreError> {
    let reached = mandate::Entity::find()
        .filter(mandates_of_scope(scope))
        .filter(mandate::Column::AccountId.eq(id.0))
        .count(access.connection())
        .await?;
    if reached == 0 {
        Ok(None)
    } else {
        by_id(access, id).await
    }
}

/// Mandates that a scope reaches: a session scope reaches all of the session's, an authority its own and its schools',
/// a school its own and those of its examiners, which name no school.
fn mandates_of_scope<O: Operation>(scope: &Scope<O>) -> Condition {
    let session = Condition::all()
        .add(mandate::Column::SessionId.eq(scope.session().0))
        .add(mandate::Column::Role.ne(Role::Candidate.code()));
    match scope.reach() {
        Reach::Session => session,
        Reach::Authority { authority, .. } => {
            session.add(mandate::Column::AuthorityId.eq(authority.0))
        }
        Reach::School { .. } => {
            let of_school = examiner::Entity::find()
                .select_only()
                .column(examiner::Column::Id)
                .filter(condition(scope, &columns!(examiner)))
                .into_query();
            let own = Condition::any()
                .add(condition(scope, &columns!(mandate)))
                .add(mandate::Column::ExaminerId.in_subquery(of_school));
            session.add(own)
        }
        _ => session.add(condition(scope, &columns!(mandate))),
    }
}

/// Writes a new account with its identity.
pub async fn insert(
    tx: &Transaction,
    cohort: CohortId,
    record: &AccountRecord,
) -> Result<(), StoreError> {
    identities::insert(tx, cohort, std::slice::from_ref(&record.identity)).await?;
    account::Entity::insert(row(record))
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Writes accounts of candidates, whose identities stand already.
pub async fn insert_candidates(
    tx: &Transaction,
    records: &[AccountRecord],
) -> Result<(), StoreError> {
    for chunk in records.chunks(500) {
        account::Entity::insert_many(chunk.iter().map(row))
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

fn row(record: &AccountRecord) -> account::ActiveModel {
    account::ActiveModel {
        id: Set(record.id.0),
        kind: Set(if record.candidate.is_some() {
            "candidate"
        } else {
            "staff"
        }
        .to_owned()),
        login: Set(folded(&record.login)),
        identity_id: Set(record.identity.id.0),
        candidate_id: Set(record.candidate.map(|id| id.0)),
        password_hash: Set(record.password_hash.clone()),
        disabled: Set(record.disabled),
        failures: Set(0),
        failed_at: Set(None),
        version: Set(1),
    }
}

/// Sets a password; every web session of the account ends.
pub async fn set_password(
    tx: &Transaction,
    record: &AccountRecord,
    hash: &str,
) -> Result<(), StoreError> {
    let updated = account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(hash))
        .col_expr(account::Column::Failures, Expr::value(0_i64))
        .col_expr(account::Column::Version, Expr::value(record.version + 1))
        .filter(account::Column::Id.eq(record.id.0))
        .filter(account::Column::Version.eq(record.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)?;
    end_sessions(tx, record.id).await
}

/// Counts a wrong password (`failed`), or forgets those counted.
pub async fn count_failure(
    tx: &Transaction,
    id: AccountId,
    failed: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let failures = match failed {
        Some(_) => Expr::col(account::Column::Failures).add(1),
        None => Expr::value(0_i64),
    };
    account::Entity::update_many()
        .col_expr(account::Column::Failures, failures)
        .col_expr(account::Column::FailedAt, Expr::value(failed))
        .filter(account::Column::Id.eq(id.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// A one-time code or link.
#[derive(Clone, Debug)]
pub struct AccessCode {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: AccountId,
    /// Hash of the code.
    pub hash: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it serves.
    pub expires_at: DateTime<Utc>,
}

/// Writes codes; the earlier ones of the same accounts no longer serve.
pub async fn insert_codes(tx: &Transaction, codes: &[AccessCode]) -> Result<(), StoreError> {
    for chunk in codes.chunks(1000) {
        access_code::Entity::update_many()
            .col_expr(access_code::Column::Used, Expr::value(true))
            .filter(access_code::Column::AccountId.is_in(chunk.iter().map(|code| code.account.0)))
            .exec(tx.connection())
            .await?;
        let rows = chunk.iter().map(|code| access_code::ActiveModel {
            id: Set(code.id),
            account_id: Set(code.account.0),
            code_hash: Set(code.hash.clone()),
            created_at: Set(code.created_at),
            expires_at: Set(code.expires_at),
            used: Set(false),
        });
        access_code::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Uses up a code that still serves; the account that it opens, or none.
pub async fn use_code(
    tx: &Transaction,
    hash: &str,
    account: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>, StoreError> {
    let mut query = access_code::Entity::find()
        .filter(access_code::Column::CodeHash.eq(hash))
        .filter(access_code::Column::Used.eq(false))
        .filter(access_code::Column::ExpiresAt.gt(now));
    if let Some(account) = account {
        query = query.filter(access_code::Column::AccountId.eq(account.0));
    }
    let Some(row) = query.one(tx.connection()).await? else {
        return Ok(None);
    };
    let updated = access_code::Entity::update_many()
        .col_expr(access_code::Column::Used, Expr::value(true))
        .filter(access_code::Column::Id.eq(row.id))
        .filter(access_code::Column::Used.eq(false))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)?;
    Ok(Some(AccountId(row.account_id)))
}

/// Mandates of an account, in every session.
pub async fn mandates_of(
    access: &impl Access,
    ids: &[AccountId],
) -> Result<Vec<Mandate>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = mandate::Entity::find()
        .filter(mandate::Column::AccountId.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(mandate::Column::ValidFrom)
        .order_by_asc(mandate::Column::Id)
        .all(access.connection())
        .await?;
    rows.iter().map(mandate_record).collect()
}

/// One mandate that the scope reaches.
pub async fn mandate_inside<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: MandateId,
) -> Result<Option<Mandate>, StoreError> {
    let row = mandate::Entity::find()
        .filter(mandates_of_scope(scope))
        .filter(mandate::Column::Id.eq(id.0))
        .one(access.connection())
        .await?;
    row.as_ref().map(mandate_record).transpose()
}

/// Writes mandates.
pub async fn insert_mandates(
    tx: &Transaction,
    mandates: &[Mandate],
    granted_by: Option<MandateId>,
) -> Result<(), StoreError> {
    for chunk in mandates.chunks(500) {
        let rows = chunk.iter().map(|one| {
            let (authority, school, examiner, candidate) = match one.perimeter {
                Perimeter::Session => (None, None, None, None),
                Perimeter::Authority(a) => (Some(a), None, None, None),
                Perimeter::School(s, a) => (Some(a), Some(s), None, None),
                Perimeter::Examiner(e, a) => (Some(a), None, Some(e), None),
                Perimeter::Candidate(c, a) => (Some(a), None, None, Some(c)),
            };
            mandate::ActiveModel {
                id: Set(one.id.0),
                account_id: Set(one.account.0),
                session_id: Set(one.session.0),
                role: Set(one.role.code().to_owned()),
                authority_id: Set(authority.map(|id| id.0)),
                school_id: Set(school.map(|id| id.0)),
                examiner_id: Set(examiner.map(|id| id.0)),
                candidate_id: Set(candidate.map(|id| id.0)),
                valid_from: Set(one.valid_from),
                valid_until: Set(one.valid_until),
                granted_by: Set(granted_by.map(|id| id.0)),
                revoked: Set(one.revoked),
                version: Set(1),
            }
        });
        mandate::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Takes a mandate back; the web sessions acting under it end.
pub async fn revoke<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    id: MandateId,
) -> Result<(), StoreError> {
    let updated = mandate::Entity::update_many()
        .col_expr(mandate::Column::Revoked, Expr::value(true))
        .col_expr(
            mandate::Column::Version,
            Expr::col(mandate::Column::Version).add(1),
        )
        .filter(mandates_of_scope(scope))
        .filter(mandate::Column::Id.eq(id.0))
        .filter(mandate::Column::Revoked.eq(false))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)?;
    web_session::Entity::delete_many()
        .filter(web_session::Column::MandateId.eq(id.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// A session of the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSession {
    /// Its id.
    pub id: Uuid,
    /// Hash of its token.
    pub token_hash: String,
    /// Whose.
    pub account: AccountId,
    /// The mandate acted under.
    pub mandate: Option<MandateId>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub seen_at: DateTime<Utc>,
    /// When a second factor was shown in it, if one was.
    pub strong_at: Option<DateTime<Utc>>,
}

/// Writes a new web session.
pub async fn insert_session(tx: &Transaction, one: &WebSession) -> Result<(), StoreError> {
    let row = web_session::ActiveModel {
        id: Set(one.id),
        token_hash: Set(one.token_hash.clone()),
        account_id: Set(one.account.0),
        mandate_id: Set(one.mandate.map(|id| id.0)),
        created_at: Set(one.created_at),
        seen_at: Set(one.seen_at),
        strong_at: Set(one.strong_at),
    };
    web_session::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The web session of a token's hash.
pub async fn session_by_hash(
    access: &impl Access,
    hash: &str,
) -> Result<Option<WebSession>, StoreError> {
    let row = web_session::Entity::find()
        .filter(web_session::Column::TokenHash.eq(hash))
        .one(access.connection())
        .await?;
    Ok(row.map(|row| WebSession {
        id: row.id,
        token_hash: row.token_hash,
        account: AccountId(row.account_id),
        mandate: row.mandate_id.map(MandateId),
        created_at: row.created_at,
        seen_at: row.seen_at,
        strong_at: row.strong_at,
    }))
}

/// A second factor was shown in a session: it goes on under another token, and the one that it had opens nothing more.
///
/// # Errors
/// [`StoreError::Conflict`] when it ended, or went on under another token, meanwhile.
pub async fn strengthen(
    tx: &Transaction,
    session: &WebSession,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let updated = web_session::Entity::update_many()
        .col_expr(web_session::Column::TokenHash, Expr::value(token_hash))
        .col_expr(web_session::Column::StrongAt, Expr::value(Some(now)))
        .filter(web_session::Column::Id.eq(session.id))
        .filter(web_session::Column::TokenHash.eq(&session.token_hash))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Ends the sessions of an account in which a second factor was shown.
pub async fn end_strong_sessions(tx: &Transaction, account: AccountId) -> Result<(), StoreError> {
    web_session::Entity::delete_many()
        .filter(web_session::Column::AccountId.eq(account.0))
        .filter(web_session::Column::StrongAt.is_not_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Notes that a session was used.
pub async fn touch_session(
    tx: &Transaction,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    web_session::Entity::update_many()
        .col_expr(web_session::Column::SeenAt, Expr::value(now))
        .filter(web_session::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Ends one session.
pub async fn end_session(tx: &Transaction, id: Uuid) -> Result<(), StoreError> {
    web_session::Entity::delete_by_id(id)
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Forgets the sessions that no longer open anything, and the codes that were used or have expired; how many rows.
pub async fn sweep(
    tx: &Transaction,
    unused_since: DateTime<Utc>,
    begun_before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let sessions = web_session::Entity::delete_many()
        .filter(
            Condition::any()
                .add(web_session::Column::SeenAt.lt(unused_since))
                .add(web_session::Column::CreatedAt.lt(begun_before)),
        )
        .exec(tx.connection())
        .await?;
    let codes = access_code::Entity::delete_many()
        .filter(
            Condition::any()
                .add(access_code::Column::Used.eq(true))
                .add(access_code::Column::ExpiresAt.lt(now)),
        )
        .exec(tx.connection())
        .await?;
    Ok(sessions.rows_affected + codes.rows_affected)
}

/// Ends every session of an account.
pub async fn end_sessions(tx: &Transaction, account: AccountId) -> Result<(), StoreError> {
    web_session::Entity::delete_many()
        .filter(web_session::Column::AccountId.eq(account.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Heads of school of the scope who have a mandate, by school.
pub async fn schools_with_head<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<SchoolId>, StoreError> {
    let rows = mandate::Entity::find()
        .filter(mandates_of_scope(scope))
        .filter(mandate::Column::Role.eq(Role::HeadOfSchool.code()))
        .filter(mandate::Column::Revoked.eq(false))
        .all(access.connection())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.school_id.map(SchoolId))
        .collect())
}

/// Those who answer for a school in a session: the accounts of its heads whose mandate stands on `today`.
pub async fn heads_of(
    access: &impl Access,
    session: SessionId,
    school: SchoolId,
    today: NaiveDate,
) -> Result<Vec<AccountRecord>, StoreError> {
    let heads = mandate::Entity::find()
        .select_only()
        .column(mandate::Column::AccountId)
        .filter(mandate::Column::SessionId.eq(session.0))
        .filter(mandate::Column::SchoolId.eq(school.0))
        .filter(mandate::Column::Role.eq(Role::HeadOfSchool.code()))
        .filter(mandate::Column::Revoked.eq(false))
        .filter(mandate::Column::ValidFrom.lte(today))
        .filter(mandate::Column::ValidUntil.gte(today))
        .into_query();
    let rows = account::Entity::find()
        .filter(account::Column::Id.in_subquery(heads))
        .filter(account::Column::Disabled.eq(false))
        .order_by_asc(account::Column::Login)
        .all(access.connection())
        .await?;
    records(access, rows).await
}

/// Authority and school of an examiner of the session: what a head's mandate cannot say by itself.
pub async fn examiner_school(
    access: &impl Access,
    session: SessionId,
    id: ExaminerId,
) -> Result<Option<(AuthorityId, Option<SchoolId>)>, StoreError> {
    let row = examiner::Entity::find_by_id(id.0)
        .filter(examiner::Column::SessionId.eq(session.0))
        .one(access.connection())
        .await?;
    Ok(row.map(|row| (AuthorityId(row.authority_id), row.school_id.map(SchoolId))))
}

/// The candidate of an authority and number in a session: who signs in.
pub async fn candidate_by_number(
    access: &impl Access,
    session: SessionId,
    authority: AuthorityId,
    number: &str,
) -> Result<Option<CandidateId>, StoreError> {
    let row = candidate::Entity::find()
        .filter(candidate::Column::SessionId.eq(session.0))
        .filter(candidate::Column::AuthorityId.eq(authority.0))
        .filter(candidate::Column::Number.eq(number))
        .one(access.connection())
        .await?;
    Ok(row.map(|row| CandidateId(row.id)))
}

async fn records(
    access: &impl Access,
    rows: Vec<account::Model>,
) -> Result<Vec<AccountRecord>, StoreError> {
    let people =
        identities::by_ids(access, rows.iter().map(|row| row.identity_id).collect()).await?;
    let people: HashMap<_, _> = people
        .into_iter()
        .map(|person| (person.id.0, person))
        .collect();
    rows.into_iter()
        .map(|row| {
            let identity = people
                .get(&row.identity_id)
                .cloned()
                .ok_or_else(|| corrupt("an account without identity"))?;
            Ok(AccountRecord {
                id: AccountId(row.id),
                login: row.login,
                identity,
                candidate: row.candidate_id.map(CandidateId),
                password_hash: row.password_hash,
                disabled: row.disabled,
                failures: row.failures,
                failed_at: row.failed_at,
                version: row.version,
            })
        })
        .collect()
}

fn mandate_record(row: &mandate::Model) -> Result<Mandate, StoreError> {
    let authority = row.authority_id.map(AuthorityId);
    let perimeter = match (authority, row.school_id, row.examiner_id, row.candidate_id) {
        (None, None, None, None) => Perimeter::Session,
        (Some(a), None, None, None) => Perimeter::Authority(a),
        (Some(a), Some(s), None, None) => Perimeter::School(SchoolId(s), a),
        (Some(a), None, Some(e), None) => Perimeter::Examiner(ExaminerId(e), a),
        (Some(a), None, None, Some(c)) => Perimeter::Candidate(CandidateId(c), a),
        _ => return Err(corrupt("a mandate with two perimeters")),
    };
    Ok(Mandate {
        id: MandateId(row.id),
        account: AccountId(row.account_id),
        role: Role::from_code(&row.role).ok_or_else(|| corrupt(&row.role))?,
        perimeter,
        session: SessionId(row.session_id),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        revoked: row.revoked,
    })
}

/// A date far enough for a mandate without a chosen end: the last day of the school year after the session's.
pub fn end_of_session_year(code: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(code.parse().ok()?, 12, 31)
}
