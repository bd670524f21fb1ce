//! What a head of school took under his responsibility: the whole content of an assessment as it stood then, by a digest
//! under the cohort's key.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use delos_domain::entry::Sheet;
use delos_domain::ids::{AccountId, AssessmentId};
use delos_domain::scope::{OpensSealed, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::assessments;
use crate::database::{Access, Transaction};
use crate::entities::consignment;
use crate::envelope::CohortKey;
use crate::error::StoreError;

/// An assessment that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsignmentRecord {
    /// Of which assessment.
    pub assessment: AssessmentId,
    /// The digest of everything that it held: levels too, which no visa covers.
    pub digest: String,
    /// Who kept it.
    pub by: Option<AccountId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The digest of a whole sheet under its key.
pub fn digest<O: OpensSealed>(
    scope: &Scope<O>,
    key: &CohortKey,
    assessment: AssessmentId,
    sheet: &Sheet,
) -> Result<String, StoreError> {
    let mut bytes = assessment.0.as_bytes().to_vec();
    bytes.extend(assessments::bytes(scope, sheet)?);
    Ok(hexadecimal(&key.digest("delos-consigned-v1", &bytes)))
}

/// Thirty-two bytes as they are written.
pub fn hexadecimal(bytes: &[u8; 32]) -> String {
    crate::visas::hexadecimal(&delos_domain::visa::ContentDigest(*bytes))
}

/// Writes that an assessment is kept.
///
/// # Errors
/// [`StoreError::Conflict`] when it is already.
pub async fn insert(tx: &Transaction, record: &ConsignmentRecord) -> Result<(), StoreError> {
    let row = consignment::ActiveModel {
        assessment_id: Set(record.assessment.0),
        digest: Set(record.digest.clone()),
        consigned_by: Set(record.by.map(|id| id.0)),
        consigned_at: Set(record.at),
    };
    consignment::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// What is kept of these assessments, which were reached through a scope.
pub async fn of(
    access: &impl Access,
    assessments: &[AssessmentId],
) -> Result<HashMap<AssessmentId, ConsignmentRecord>, StoreError> {
    let mut all = HashMap::new();
    for chunk in assessments.chunks(10_000) {
        let rows = consignment::Entity::find()
            .filter(consignment::Column::AssessmentId.is_in(chunk.iter().map(|id| id.0)))
            .all(access.connection())
            .await?;
        all.extend(rows.into_iter().map(|row| {
            let record = ConsignmentRecord {
                assessment: AssessmentId(row.assessment_id),
                digest: row.digest,
                by: row.consigned_by.map(AccountId),
                at: row.consigned_at,
            };
            (record.assessment, record)
        }));
    }
    Ok(all)
}
