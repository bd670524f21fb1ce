//! What justifies an absence: handed in before it is recorded, read afterwards by whoever may.

use delos_domain::actor::Actor;
use delos_domain::ids::{AbsenceId, SessionId, StagedFileId};
use delos_domain::mandate::Perimeter;
use delos_domain::scope::{EstablishForceMajeure, ReadAbsencePiece, RecordAbsence};
use delos_persistence::absences::{self, Piece};
use delos_persistence::journal;
use delos_persistence::staged::{self, StagedFile};

use super::{PIECE_KIND, piece_type};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::import::Handed;

/// Most bytes of a piece.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

/// Whether the actor may hand a piece in at all: asked before its bytes are read.
///
/// # Errors
/// [`CommandError::Forbidden`].
pub fn may_hand_in(context: &Context, actor: &Actor) -> CommandResult<()> {
    session_of(context, actor).map(|_| ())
}

fn session_of(context: &Context, actor: &Actor) -> CommandResult<SessionId> {
    let today = context.today();
    Ok(match actor.scope::<RecordAbsence>(today) {
        Ok(scope) => scope.session(),
        Err(_) => actor.scope::<EstablishForceMajeure>(today)?.session(),
    })
}

/// Keeps a piece, enveloped, until its absence is recorded (a day at most).
///
/// # Errors
/// Refuses with `piece_empty`, `piece_too_large`, `piece_type` (neither PDF nor JPEG nor PNG, by its first bytes).
pub async fn stage_piece(
    context: &Context,
    actor: &Actor,
    file: Handed,
) -> CommandResult<StagedFileId> {
    let session = session_of(context, actor)?;
    if file.bytes.is_empty() {
        return Err(Refusal::new("piece_empty").into());
    }
    if file.bytes.len() > MOST_BYTES {
        return Err(Refusal::new("piece_too_large").with("most", "5 Mo").into());
    }
    let Some(content_type) = piece_type(&file.bytes) else {
        return Err(Refusal::new("piece_type").into());
    };
    let (authority, school) = match actor.mandate().map(|mandate| mandate.perimeter) {
        Some(Perimeter::Authority(authority)) => (Some(authority), None),
        Some(Perimeter::School(school, authority)) => (Some(authority), Some(school)),
        _ => return Err(CommandError::Forbidden),
    };
    let staged = StagedFile {
        id: StagedFileId(context.ids.next()),
        session,
        authority,
        school,
        account: actor.account(),
        kind: PIECE_KIND.to_owned(),
        // The name of a file may say who, and what the illness is: it is kept nowhere.
        name: neutral_name(content_type).to_owned(),
        content: file.bytes,
        complement: None,
        created_at: context.now(),
    };
    let tx = context.db.write().await?;
    staged::insert(&tx, &staged).await?;
    Ok(tx.commit(staged.id).await?.into_inner())
}

/// What a piece is called, whatever its file was.
fn neutral_name(content_type: &str) -> &'static str {
    match content_type {
        "application/pdf" => "justificatif.pdf",
        "image/png" => "justificatif.png",
        _ => "justificatif.jpg",
    }
}

/// What was said of an absence, and the piece; the reading stands in the journal.
///
/// # Errors
/// [`CommandError::NotFound`] outside the perimeter.
pub async fn papers(
    context: &Context,
    actor: &Actor,
    id: AbsenceId,
) -> CommandResult<(Option<String>, Option<Piece>)> {
    let scope = actor.scope::<ReadAbsencePiece>(context.today())?;
    let tx = context.db.write().await?;
    let found = absences::papers(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), &scope, vec![id.0]),
    )
    .await?;
    Ok(tx.commit(found).await?.into_inner())
}
