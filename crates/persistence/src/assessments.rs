//! What a commission enters of a candidate: one sealed sheet a sitting.
//!
//! A sitting was reached through a scope before its assessment is named here; what it holds opens by a scope that the policy
//! gives to no candidate.
//! Invariant: whoever changes an assessment first holds its row: a save, a validation and a visa come one after the other.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use delos_domain::entry::{Field, Kept, Sheet};
use delos_domain::ids::{AccountId, AssessmentId, CandidateId, SittingId};
use delos_domain::scope::{OpensSealed, Scope};
use delos_domain::sealed::Sealed;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{assessment, assessment_save};
use crate::envelope::{self, CohortKey, Envelope};
use crate::error::{StoreError, corrupt};
use crate::sessions::one_row;
use crate::sittings::DatedSitting;

/// An assessment as it is kept.
#[derive(Clone)]
pub struct AssessmentRecord {
    /// Its id.
    pub id: AssessmentId,
    /// Of which sitting.
    pub sitting: SittingId,
    /// Whose.
    pub candidate: CandidateId,
    /// What was typed.
    pub sheet: Sealed<Sheet>,
    /// The key that it is kept under.
    pub key: CohortKey,
}

/// Holds the assessment of a sitting until the transaction ends; makes it when there is none.
pub async fn hold(
    tx: &Transaction,
    sitting: &DatedSitting,
    new: AssessmentId,
) -> Result<AssessmentRecord, StoreError> {
    let key = envelope::session_key(tx, sitting.session.0).await?;
    let row = assessment::ActiveModel {
        id: Set(new.0),
        sitting_id: Set(sitting.id.0),
        candidate_id: Set(sitting.candidate.0),
        key_id: Set(key.id.0),
        content: Set(sealed(&key, new, &Sheet::default())?),
        version: Set(0),
    };
    let there = OnConflict::column(assessment::Column::SittingId)
        .do_nothing()
        .to_owned();
    assessment::Entity::insert(row)
        .on_conflict(there)
        .exec_without_returning(tx.connection())
        .await?;
    let row = assessment::Entity::find()
        .filter(assessment::Column::SittingId.eq(sitting.id.0))
        .lock_exclusive()
        .one(tx.connection())
        .await?
        .ok_or_else(|| corrupt("an assessment that was just made"))?;
    let key = if row.key_id == key.id.0 {
        key
    } else {
        envelope::key(tx, row.key_id).await?
    };
    record(&key, &row)
}

/// The assessments of these sittings, which were reached through a scope; a sitting of which nothing was typed has none.
pub async fn of_sittings(
    access: &impl Access,
    sittings: &[SittingId],
) -> Result<HashMap<SittingId, AssessmentRecord>, StoreError> {
    let mut keys: HashMap<Uuid, CohortKey> = HashMap::new();
    let mut all = HashMap::new();
    for chunk in sittings.chunks(10_000) {
        let rows = assessment::Entity::find()
            .filter(assessment::Column::SittingId.is_in(chunk.iter().map(|id| id.0)))
            .all(access.connection())
            .await?;
        for row in rows {
            let key = match keys.entry(row.key_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(envelope::key(access, row.key_id).await?),
            };
            let one = record(key, &row)?;
            all.insert(one.sitting, one);
        }
    }
    Ok(all)
}

/// Which fields of an earlier save with this key were in conflict; none when no save had it.
pub async fn earlier_save(
    tx: &Transaction,
    id: AssessmentId,
    key: Uuid,
) -> Result<Option<Vec<String>>, StoreError> {
    let row = assessment_save::Entity::find_by_id((id.0, key))
        .one(tx.connection())
        .await?;
    Ok(row.map(|row| row.conflicts.lines().map(str::to_owned).collect()))
}

/// Notes that a save was answered, with the fields that were in conflict.
pub async fn note_save(
    tx: &Transaction,
    id: AssessmentId,
    key: Uuid,
    conflicts: &[String],
) -> Result<(), StoreError> {
    let row = assessment_save::ActiveModel {
        assessment_id: Set(id.0),
        save_key: Set(key),
        conflicts: Set(conflicts.join("\n")),
    };
    assessment_save::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Writes a sheet in the place of the one that was held.
///
/// # Errors
/// [`StoreError::Conflict`] when another was written since.
pub async fn write<O: OpensSealed>(
    tx: &Transaction,
    scope: &Scope<O>,
    held: &AssessmentRecord,
    sheet: &Sheet,
) -> Result<(), StoreError> {
    let updated = assessment::Entity::update_many()
        .col_expr(
            assessment::Column::Content,
            Expr::value(sealed(&held.key, held.id, sheet)?),
        )
        .col_expr(assessment::Column::Version, Expr::value(sheet.version))
        .filter(assessment::Column::Id.eq(held.id.0))
        .filter(assessment::Column::Version.eq(held.sheet.open(scope).version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// A field as the envelope holds it: code, value, version, who.
type Written = BTreeMap<String, (String, i64, Uuid)>;

/// The bytes of a sheet: what the envelope holds, and what the journal's fingerprints are of.
pub fn bytes<O: OpensSealed>(_: &Scope<O>, sheet: &Sheet) -> Result<Vec<u8>, StoreError> {
    plain(sheet)
}

fn plain(sheet: &Sheet) -> Result<Vec<u8>, StoreError> {
    let written: Written = sheet
        .fields
        .iter()
        .map(|(field, kept)| {
            let value = (kept.value.clone(), kept.version, kept.by.0);
            (field.to_string(), value)
        })
        .collect();
    serde_json::to_vec(&written).map_err(corrupt)
}

fn sealed(key: &CohortKey, id: AssessmentId, sheet: &Sheet) -> Result<Vec<u8>, StoreError> {
    key.seal(id.0, &plain(sheet)?).map(|envelope| envelope.0)
}

fn record(key: &CohortKey, row: &assessment::Model) -> Result<AssessmentRecord, StoreError> {
    let plain = key.open(row.id, &Envelope(row.content.clone()))?;
    let written: Written = serde_json::from_slice(&plain).map_err(corrupt)?;
    let fields = written
        .into_iter()
        .map(|(code, (value, version, by))| {
            let field = Field::parse(&code).ok_or_else(|| corrupt("a field of a sheet"))?;
            let by = AccountId(by);
            Ok((field, Kept { value, version, by }))
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(AssessmentRecord {
        id: AssessmentId(row.id),
        sitting: SittingId(row.sitting_id),
        candidate: CandidateId(row.candidate_id),
        key: key.clone(),
        sheet: Sealed::new(Sheet {
            version: row.version,
            fields,
        }),
    })
}
