//! Visas of a commission's members, and what opens an assessment again: by two persons, with a reason.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use delos_domain::ids::{AccountId, AssessmentId, ExaminerId};
use delos_domain::visa::{ContentDigest, Visa};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{reopening, visa};
use crate::envelope::{self, CohortKey, Envelope};
use crate::error::{StoreError, corrupt};
use crate::sessions::one_row;

/// A visa that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisaRecord {
    /// Whose, and of what.
    pub visa: Visa,
    /// When it was given.
    pub given_at: DateTime<Utc>,
}

/// A reopening that one person asked for and nobody else has confirmed.
#[derive(Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its id.
    pub id: Uuid,
    /// Who asked.
    pub by: AccountId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The digest of a content under the cohort's key.
pub fn digest(key: &CohortKey, content: &[u8]) -> ContentDigest {
    ContentDigest(key.digest("delos-visa-v1", content))
}

/// The visas that stand of these assessments, which were reached through a scope.
pub async fn standing(
    access: &impl Access,
    assessments: &[AssessmentId],
) -> Result<HashMap<AssessmentId, Vec<VisaRecord>>, StoreError> {
    let mut all: HashMap<AssessmentId, Vec<VisaRecord>> = HashMap::new();
    for chunk in assessments.chunks(10_000) {
        let rows = visa::Entity::find()
            .filter(visa::Column::AssessmentId.is_in(chunk.iter().map(|id| id.0)))
            .filter(visa::Column::VoidAt.is_null())
            .order_by_asc(visa::Column::GivenAt)
            .all(access.connection())
            .await?;
        for row in rows {
            let one = VisaRecord {
                visa: Visa {
                    member: ExaminerId(row.examiner_id),
                    content: ContentDigest(bytes(&row.digest)?),
                },
                given_at: row.given_at,
            };
            let id = AssessmentId(row.assessment_id);
            all.entry(id).or_default().push(one);
        }
    }
    Ok(all)
}

/// Writes a visa; the one that its member gave before, to another content, is void.
pub async fn give(
    tx: &Transaction,
    id: Uuid,
    assessment: AssessmentId,
    account: AccountId,
    given: &VisaRecord,
) -> Result<(), StoreError> {
    visa::Entity::update_many()
        .col_expr(visa::Column::VoidAt, Expr::value(given.given_at))
        .filter(visa::Column::AssessmentId.eq(assessment.0))
        .filter(visa::Column::ExaminerId.eq(given.visa.member.0))
        .filter(visa::Column::VoidAt.is_null())
        .exec(tx.connection())
        .await?;
    let row = visa::ActiveModel {
        id: Set(id),
        assessment_id: Set(assessment.0),
        examiner_id: Set(given.visa.member.0),
        account_id: Set(account.0),
        digest: Set(hexadecimal(&given.visa.content)),
        given_at: Set(given.given_at),
        void_at: Set(None),
    };
    visa::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Voids every visa of an assessment: its content is about to change.
pub async fn void(
    tx: &Transaction,
    assessment: AssessmentId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    visa::Entity::update_many()
        .col_expr(visa::Column::VoidAt, Expr::value(now))
        .filter(visa::Column::AssessmentId.eq(assessment.0))
        .filter(visa::Column::VoidAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The reopenings of these assessments that wait for a second person.
pub async fn asked(
    access: &impl Access,
    assessments: &[AssessmentId],
) -> Result<HashMap<AssessmentId, Asked>, StoreError> {
    let mut all = HashMap::new();
    for chunk in assessments.chunks(10_000) {
        let rows = reopening::Entity::find()
            .filter(reopening::Column::AssessmentId.is_in(chunk.iter().map(|id| id.0)))
            .filter(reopening::Column::ConfirmedAt.is_null())
            .filter(reopening::Column::DroppedAt.is_null())
            .all(access.connection())
            .await?;
        for row in rows {
            let key = envelope::key(access, row.key_id).await?;
            let reason = key.open(row.id, &Envelope(row.reason))?;
            let one = Asked {
                id: row.id,
                by: AccountId(row.asked_by),
                reason: String::from_utf8(reason).map_err(corrupt)?,
                at: row.asked_at,
            };
            all.insert(AssessmentId(row.assessment_id), one);
        }
    }
    Ok(all)
}

/// Writes that somebody asks for a reopening; an earlier demand of his that nobody confirmed is dropped.
pub async fn ask(
    tx: &Transaction,
    key: &CohortKey,
    assessment: AssessmentId,
    asked: &Asked,
) -> Result<(), StoreError> {
    drop_asked(tx, assessment, asked.at).await?;
    let row = reopening::ActiveModel {
        id: Set(asked.id),
        assessment_id: Set(assessment.0),
        reason: Set(key.seal(asked.id, asked.reason.as_bytes())?.0),
        key_id: Set(key.id.0),
        asked_by: Set(asked.by.0),
        asked_at: Set(asked.at),
        confirmed_by: Set(None),
        confirmed_at: Set(None),
        dropped_at: Set(None),
    };
    reopening::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Drops what was asked and not confirmed.
pub async fn drop_asked(
    tx: &Transaction,
    assessment: AssessmentId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    reopening::Entity::update_many()
        .col_expr(reopening::Column::DroppedAt, Expr::value(now))
        .filter(reopening::Column::AssessmentId.eq(assessment.0))
        .filter(reopening::Column::ConfirmedAt.is_null())
        .filter(reopening::Column::DroppedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Writes who confirmed a reopening.
///
/// # Errors
/// [`StoreError::Conflict`] when it does not wait any more.
pub async fn confirm(
    tx: &Transaction,
    id: Uuid,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let updated = reopening::Entity::update_many()
        .col_expr(reopening::Column::ConfirmedBy, Expr::value(by.0))
        .col_expr(reopening::Column::ConfirmedAt, Expr::value(now))
        .filter(reopening::Column::Id.eq(id))
        .filter(reopening::Column::ConfirmedAt.is_null())
        .filter(reopening::Column::DroppedAt.is_null())
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// A digest as it is written, and as a screen hands it back.
pub fn hexadecimal(digest: &ContentDigest) -> String {
    use std::fmt::Write as _;
    let start = String::with_capacity(64);
    digest.0.iter().fold(start, |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The digest of these 64 digits; none for another text.
pub fn read(text: &str) -> Option<ContentDigest> {
    bytes(text).ok().map(ContentDigest)
}

fn bytes(text: &str) -> Result<[u8; 32], StoreError> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks_exact(2).map(|pair| {
        let byte = digit(pair[0])? * 16 + digit(pair[1])?;
        u8::try_from(byte).ok()
    });
    let bytes: Option<Vec<u8>> = pairs.collect();
    let whole = bytes.filter(|_| text.len() == 64);
    whole
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| corrupt("a digest of another length"))
}
