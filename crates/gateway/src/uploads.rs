//! Files handed in: streamed, counted, never longer than an import may be.

use axum::Json;
use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use delos_application::absence;
use delos_application::import::{self, Handed, ImportKind};
use delos_application::views::Attachment;
use delos_domain::ids::StagedFileId;
use serde::Serialize;

use crate::House;
use crate::answer::Refused;
use crate::auth::SignedInPerson;
use crate::files::download;

/// Most bytes of one file.
pub const LARGEST: usize = 20 * 1024 * 1024;
/// Most characters of its name.
const LONGEST_NAME: usize = 120;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    staged: Option<String>,
    report: serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    bad_rows: Option<String>,
}

#[derive(Serialize)]
struct Kept {
    staged: String,
}

/// Reads the files, checks them without writing anything, keeps them for the confirmation.
pub async fn stage(
    State(house): State<House>,
    person: SignedInPerson,
    Path(kind): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Refused> {
    let kind = ImportKind::from_code(&kind).ok_or_else(Refused::not_found)?;
    let actor = person.0.actor.as_ref().ok_or_else(Refused::forbidden)?;
    import::may(&house.context, actor, kind)?;
    let mut form = form.map_err(|_| malformed())?;
    let mut file = None;
    let mut complement = None;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("file") if file.is_none() => file = Some(read(field).await?),
            Some("complement") if complement.is_none() => complement = Some(read(field).await?),
            _ => return Err(malformed()),
        }
    }
    let file = file.ok_or_else(malformed)?;
    // A browser sends an empty part where no complement was chosen.
    let complement = complement.filter(|handed| !handed.bytes.is_empty());
    let done = import::stage(&house.context, actor, kind, file, complement).await?;
    let bad_rows = done
        .faulty
        .then(|| format!("/imports/{}/bad-rows.csv", done.id));
    let staged = (!done.faulty).then(|| done.id.to_string());
    Ok(Json(Checked {
        staged,
        report: done.report,
        bad_rows,
    })
    .into_response())
}

/// Keeps a piece that justifies an absence, until it is recorded.
pub async fn piece(
    State(house): State<House>,
    person: SignedInPerson,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Refused> {
    let actor = person.0.actor.as_ref().ok_or_else(Refused::forbidden)?;
    absence::may_hand_in(&house.context, actor)?;
    let mut form = form.map_err(|_| malformed())?;
    let mut file = None;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("file") if file.is_none() => file = Some(read(field).await?),
            _ => return Err(malformed()),
        }
    }
    let file = file.ok_or_else(malformed)?;
    let staged = absence::stage_piece(&house.context, actor, file).await?;
    Ok(Json(Kept {
        staged: staged.to_string(),
    })
    .into_response())
}

/// The rows in error of a staged file, each with what is wrong.
pub async fn bad_rows(
    State(house): State<House>,
    person: SignedInPerson,
    Path(staged): Path<String>,
) -> Result<Response, Refused> {
    let staged: StagedFileId = staged.parse().map_err(|_| Refused::not_found())?;
    let actor = person.0.actor.as_ref().ok_or_else(Refused::forbidden)?;
    let (name, bytes) = import::bad_rows(&house.context, actor, staged).await?;
    Ok(download(Attachment {
        name,
        content_type: "text/csv; charset=utf-8".to_owned(),
        bytes,
    }))
}

async fn read(mut field: Field<'_>) -> Result<Handed, Refused> {
    let name = shown(field.file_name().unwrap_or("fichier.csv"));
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(Refused::file_too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Handed { name, bytes })
}

/// A file's name as reports show it; it never names a place on a disk, here or on the sender's.
fn shown(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_NAME)
        .collect();
    if plain.trim_matches(['.', ' ']).is_empty() {
        "fichier.csv".to_owned()
    } else {
        plain
    }
}

/// A form that ends too soon, is no form, or has more bytes than its limit.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`map_err` hands the error over"
)]
fn broken(error: MultipartError) -> Refused {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refused::file_too_large()
    } else {
        malformed()
    }
}

fn malformed() -> Refused {
    Refused::new(
        StatusCode::BAD_REQUEST,
        "malformed",
        "Choisissez un fichier, puis recommencez.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        for (sent, name) in [
            ("../../x", "x"),
            ("C:\\Users\\moi\\liste.csv", "liste.csv"),
            ("été\r\n2027.csv", "été2027.csv"),
            ("..", "fichier.csv"),
            ("a/", "fichier.csv"),
            ("", "fichier.csv"),
        ] {
            assert_eq!(shown(sent), name, "{sent:?}");
        }
        assert_eq!(shown(&"é".repeat(4_096)).chars().count(), LONGEST_NAME);
    }
}
