//! Downloads: convocations and attachments, each through its view's scope.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use delos_application::views::Attachment;
use delos_application::{CommandError, absence, convoke, views};
use delos_domain::actor::Actor;
use delos_domain::ids::{AbsenceId, MessageId, SittingId};

use crate::House;
use crate::answer::Refused;
use crate::auth::SignedInPerson;

/// The convocation of a sitting as it would leave, in PDF.
pub async fn sitting_pdf(
    State(house): State<House>,
    person: SignedInPerson,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    sitting(&house, &person, &id, "application/pdf").await
}

/// The calendar entry of a sitting as it would leave.
pub async fn sitting_ics(
    State(house): State<House>,
    person: SignedInPerson,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    sitting(&house, &person, &id, "text/calendar").await
}

async fn sitting(
    house: &House,
    person: &SignedInPerson,
    id: &str,
    kind: &str,
) -> Result<Response, Refused> {
    let id: SittingId = id.parse().map_err(|_| Refused::not_found())?;
    let message = convoke::preview(&house.context, staff(person)?, id)
        .await?
        .ok_or_else(Refused::not_found)?;
    let found = message
        .content
        .attachments
        .into_iter()
        .find(|one| one.content_type.starts_with(kind));
    found.map(download).ok_or_else(Refused::not_found)
}

/// One attachment of a message.
pub async fn attachment(
    State(house): State<House>,
    person: SignedInPerson,
    Path((id, place)): Path<(String, usize)>,
) -> Result<Response, Refused> {
    let id: MessageId = id.parse().map_err(|_| Refused::not_found())?;
    Ok(download(
        views::messages::attachment(&house.context, staff(&person)?, id, place).await?,
    ))
}

/// The piece that justifies an absence; reading it stands in the journal.
pub async fn piece(
    State(house): State<House>,
    person: SignedInPerson,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id: AbsenceId = id.parse().map_err(|_| Refused::not_found())?;
    let (_, piece) = absence::papers(&house.context, staff(&person)?, id).await?;
    let piece = piece.ok_or_else(Refused::not_found)?;
    Ok(download(Attachment {
        name: piece.name,
        content_type: piece.content_type,
        bytes: piece.bytes,
    }))
}

/// The candidate's own convocation, in PDF.
pub async fn own_pdf(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    Ok(download(
        views::own_exam::pdf(&house.context, own(&person)?).await?,
    ))
}

/// The candidate's own calendar entry.
pub async fn own_ics(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    Ok(download(
        views::own_exam::ics(&house.context, own(&person)?).await?,
    ))
}

fn staff(person: &SignedInPerson) -> Result<&Actor, Refused> {
    if person.0.account.candidate.is_some() {
        return Err(Refused::forbidden());
    }
    person.0.actor.as_ref().ok_or_else(Refused::forbidden)
}

fn own(person: &SignedInPerson) -> Result<&Actor, Refused> {
    if person.0.account.candidate.is_none() {
        return Err(Refused::forbidden());
    }
    person
        .0
        .actor
        .as_ref()
        .ok_or_else(|| CommandError::Forbidden.into())
}

/// A file to keep: never shown inside our own pages.
pub fn download(file: Attachment) -> Response {
    let plain: String = file
        .name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_str(&file.content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let sandbox = HeaderValue::from_static("sandbox; default-src 'none'");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, sandbox),
    ];
    (headers, file.bytes).into_response()
}
