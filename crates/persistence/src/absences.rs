//! Absences, as they are recorded, ruled on, looked at anew and withdrawn. Reasons and pieces are enveloped.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use delos_domain::ids::{
    AbsenceId, AccountId, AuthorityId, CandidateId, SchoolId, SessionId, SittingId,
};
use delos_domain::regulation::{AbsenceConsequence, AbsenceKind};
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::{Access, Transaction};
use crate::entities::absence;
use crate::envelope::{self, Envelope};
use crate::error::{StoreError, corrupt};
use crate::perimeter::{columns, condition};
use crate::sessions::one_row;

/// An absence without its reason and its piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsenceRecord {
    /// Its id.
    pub id: AbsenceId,
    /// Its session.
    pub session: SessionId,
    /// Its authority.
    pub authority: AuthorityId,
    /// The school, in CCF.
    pub school: Option<SchoolId>,
    /// Where the sitting was to take place.
    pub centre: SchoolId,
    /// Who.
    pub candidate: CandidateId,
    /// From which sitting.
    pub sitting: SittingId,
    /// Local date of the sitting.
    pub day: NaiveDate,
    /// What it was said to be.
    pub kind: AbsenceKind,
    /// What it counts as (a justified one after another is « réitérée »).
    pub ruled_as: AbsenceKind,
    /// What follows.
    pub consequence: AbsenceConsequence,
    /// Whether it still stands, was replaced by a later ruling, or withdrawn as an error.
    pub state: AbsenceState,
    /// Name of the piece that justifies it, when one was handed in.
    pub piece: Option<String>,
    /// Who recorded it.
    pub recorded_by: Option<AccountId>,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Version of the row.
    pub version: i64,
}

/// Where a recorded absence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsenceState {
    /// It stands.
    Standing,
    /// A later ruling on the same sitting took its place.
    Replaced,
    /// It was an error: the candidate was there.
    Withdrawn,
}

impl AbsenceState {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Standing, "standing"),
        (Self::Replaced, "replaced"),
        (Self::Withdrawn, "withdrawn"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(one, _)| *one == self)
            .map_or("", |(_, code)| code)
    }
}

/// What justifies an absence.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece {
    /// File name.
    pub name: String,
    /// MIME type, of those that are taken.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Piece").finish_non_exhaustive()
    }
}

/// Writes an absence, with what was said of it and what justifies it.
pub async fn insert(
    tx: &Transaction,
    record: &AbsenceRecord,
    reason: Option<&str>,
    piece: Option<&Piece>,
) -> Result<(), StoreError> {
    let key = envelope::session_key(tx, record.session.0).await?;
    let seal = |bytes: &[u8]| key.seal(record.id.0, bytes).map(|sealed| sealed.0);
    let row = absence::ActiveModel {
        id: Set(record.id.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.authority.0),
        school_id: Set(record.school.map(|id| id.0)),
        centre_id: Set(record.centre.0),
        candidate_id: Set(record.candidate.0),
        sitting_id: Set(record.sitting.0),
        day: Set(record.day),
        kind: Set(record.kind.code().to_owned()),
        ruled_as: Set(record.ruled_as.code().to_owned()),
        consequence: Set(record.consequence.code().to_owned()),
        state: Set(record.state.code().to_owned()),
        reason: Set(reason.map(|text| seal(text.as_bytes())).transpose()?),
        // A neutral name: that of the person's file, which may say what the illness is, was kept nowhere.
        piece_name: Set(piece.map(|piece| piece.name.clone())),
        piece_type: Set(piece.map(|piece| piece.content_type.clone())),
        piece: Set(piece.map(|piece| seal(&piece.bytes)).transpose()?),
        key_id: Set(key.id.0),
        recorded_by: Set(record.recorded_by.map(|id| id.0)),
        recorded_at: Set(record.recorded_at),
        version: Set(1),
    };
    absence::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Takes a standing absence out of what stands.
///
/// # Errors
/// [`StoreError::Conflict`] when it no longer stands.
pub async fn end(tx: &Transaction, id: AbsenceId, state: AbsenceState) -> Result<(), StoreError> {
    let updated = absence::Entity::update_many()
        .col_expr(absence::Column::State, Expr::value(state.code()))
        .filter(absence::Column::Id.eq(id.0))
        .filter(absence::Column::State.eq(AbsenceState::Standing.code()))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Writes that an absence, which a withdrawal has just looked at anew, was an error.
///
/// # Errors
/// [`StoreError::Conflict`] when it stands, or was withdrawn already.
pub async fn withdraw(tx: &Transaction, id: AbsenceId) -> Result<(), StoreError> {
    let updated = absence::Entity::update_many()
        .col_expr(
            absence::Column::State,
            Expr::value(AbsenceState::Withdrawn.code()),
        )
        .filter(absence::Column::Id.eq(id.0))
        .filter(absence::Column::State.eq(AbsenceState::Replaced.code()))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// The absences of these candidates, who were reached through a scope, the latest first, whatever their state.
pub async fn of_candidates(
    access: &impl Access,
    candidates: &[CandidateId],
) -> Result<HashMap<CandidateId, Vec<AbsenceRecord>>, StoreError> {
    let mut found: HashMap<CandidateId, Vec<AbsenceRecord>> = HashMap::new();
    for chunk in candidates.chunks(10_000) {
        let rows = absence::Entity::find()
            .filter(absence::Column::CandidateId.is_in(chunk.iter().map(|id| id.0)))
            .order_by_desc(absence::Column::RecordedAt)
            .order_by_desc(absence::Column::Id)
            .all(access.connection())
            .await?;
        for row in &rows {
            let one = record(row)?;
            found.entry(one.candidate).or_default().push(one);
        }
    }
    Ok(found)
}

/// An absence that the scope reaches.
pub async fn one<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: AbsenceId,
) -> Result<Option<AbsenceRecord>, StoreError> {
    let row = absence::Entity::find_by_id(id.0)
        .filter(condition(scope, &columns!(absence, CandidateId, CentreId)))
        .one(access.connection())
        .await?;
    row.as_ref().map(record).transpose()
}

/// The reason and the piece of an absence that the scope reaches; nothing when it does not exist.
pub async fn papers<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: AbsenceId,
) -> Result<Option<(Option<String>, Option<Piece>)>, StoreError> {
    let Some(row) = absence::Entity::find_by_id(id.0)
        .filter(condition(scope, &columns!(absence, CandidateId, CentreId)))
        .one(access.connection())
        .await?
    else {
        return Ok(None);
    };
    let key = envelope::key(access, row.key_id).await?;
    let open = |sealed: Vec<u8>| key.open(row.id, &Envelope(sealed));
    let reason = row.reason.map(open).transpose()?;
    let reason = reason
        .map(|bytes| String::from_utf8(bytes).map_err(corrupt))
        .transpose()?;
    let piece = match (row.piece, row.piece_name, row.piece_type) {
        (Some(sealed), Some(name), Some(content_type)) => Some(Piece {
            name,
            content_type,
            bytes: open(sealed)?,
        }),
        _ => None,
    };
    Ok(Some((reason, piece)))
}

fn record(row: &absence::Model) -> Result<AbsenceRecord, StoreError> {
    let kind = |code: &str| AbsenceKind::from_code(code).ok_or_else(|| corrupt(code));
    Ok(AbsenceRecord {
        id: AbsenceId(row.id),
        session: SessionId(row.session_id),
        authority: AuthorityId(row.authority_id),
        school: row.school_id.map(SchoolId),
        centre: SchoolId(row.centre_id),
        candidate: CandidateId(row.candidate_id),
        sitting: SittingId(row.sitting_id),
        day: row.day,
        kind: kind(&row.kind)?,
        ruled_as: kind(&row.ruled_as)?,
        consequence: AbsenceConsequence::from_code(&row.consequence)
            .ok_or_else(|| corrupt(&row.consequence))?,
        state: AbsenceState::ALL
            .iter()
            .find(|(_, code)| *code == row.state)
            .map(|(state, _)| *state)
            .ok_or_else(|| corrupt(&row.state))?,
        piece: row.piece_name.clone(),
        recorded_by: row.recorded_by.map(AccountId),
        recorded_at: row.recorded_at,
        version: row.version,
    })
}
