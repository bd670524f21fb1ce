//! Downloads: convocations and attachments, each through its view's scope.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use delos_application::views::Attachment;
use delos_application::views::messages::Asked;
use delos_application::{CommandError, absence, convoke, transmission, views};
use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::ids::{AbsenceId, MessageId, SittingId};
use serde::Deserialize;

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

/// The grid of a sitting's candidate, to fill in by hand.
pub async fn sitting_grid(
    State(house): State<House>,
    person: SignedInPerson,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::not_found())?;
    let file = views::forms::grid(&house.context, staff(&person)?, id).await?;
    Ok(download(file))
}

/// The appreciation sheet of a sitting's candidate, to fill in by hand.
pub async fn sitting_appreciation(
    State(house): State<House>,
    person: SignedInPerson,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::not_found())?;
    let file = views::forms::appreciation(&house.context, staff(&person)?, id).await?;
    Ok(download(file))
}

/// The grid of a sitting's candidate as its commission filled it in.
pub async fn sitting_grid_filled(
    State(house): State<House>,
    person: SignedInPerson,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::not_found())?;
    let file = views::forms::filled::grid(&house.context, staff(&person)?, id).await?;
    Ok(download(file))
}

/// The appreciation sheet of a sitting's candidate as its commission filled it in.
pub async fn sitting_appreciation_filled(
    State(house): State<House>,
    person: SignedInPerson,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::not_found())?;
    let file = views::forms::filled::appreciation(&house.context, staff(&person)?, id).await?;
    Ok(download(file))
}

/// The recapitulative slip of a school, in PDF.
pub async fn bordereau_ccf_pdf(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    let file = transmission::bordereau_pdf(&house.context, staff(&person)?, Form::Ccf).await?;
    Ok(download(file))
}

/// The recapitulative slip of a school, as a table.
pub async fn bordereau_ccf_csv(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    let file = transmission::bordereau_csv(&house.context, staff(&person)?, Form::Ccf).await?;
    Ok(download(file))
}

/// The recapitulative slip of a centre, in PDF.
pub async fn bordereau_ponctuelle_pdf(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    let actor = staff(&person)?;
    let file = transmission::bordereau_pdf(&house.context, actor, Form::Ponctuelle).await?;
    Ok(download(file))
}

/// The recapitulative slip of a centre, as a table.
pub async fn bordereau_ponctuelle_csv(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    let actor = staff(&person)?;
    let file = transmission::bordereau_csv(&house.context, actor, Form::Ponctuelle).await?;
    Ok(download(file))
}

/// The receipt of a transmission: no mark stands in it.
pub async fn receipt(
    State(house): State<House>,
    person: SignedInPerson,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id = id.parse().map_err(|_| Refused::not_found())?;
    let file = transmission::receipt_pdf(&house.context, staff(&person)?, id).await?;
    Ok(download(file))
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

/// Which messages are taken away: the filters of the screen, in its own words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    etat: Option<String>,
    nature: Option<String>,
    jour: Option<NaiveDate>,
    #[serde(default)]
    accuse: String,
    #[serde(default)]
    presse: String,
    q: Option<String>,
}

/// The messages that a screen shows, all its pages.
pub async fn messages_csv(
    State(house): State<House>,
    person: SignedInPerson,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Refused> {
    let actor = staff(&person)?;
    let Query(wanted) = wanted.map_err(|_| Refused::not_found())?;
    let text = |text: Option<String>| {
        text.filter(|text| !text.is_empty() && text.chars().count() <= 200)
            .map(|text| text.chars().filter(|c| !c.is_control()).collect())
    };
    let asked = Asked {
        state: match wanted.etat.as_deref() {
            None | Some("") => None,
            Some(code) => Some(state(code).ok_or_else(Refused::not_found)?),
        },
        kind: text(wanted.nature),
        day: wanted.jour,
        unacknowledged: !wanted.accuse.is_empty(),
        pressing: !wanted.presse.is_empty(),
        plan: None,
    };
    let file = views::messages::csv(&house.context, actor, &asked, text(wanted.q)).await?;
    Ok(download(file))
}

fn state(code: &str) -> Option<views::State> {
    Some(match code {
        "READY" => views::State::Ready,
        "SENDING" => views::State::Sending,
        "SENT" => views::State::Sent,
        "DOUBTFUL" => views::State::Doubtful,
        "FAILED" => views::State::Failed,
        "BOUNCED" => views::State::Bounced,
        "SETTLED" => views::State::Settled,
        "CANCELLED" => views::State::Cancelled,
        _ => return None,
    })
}

/// The list of candidates to reach otherwise, to print.
pub async fn unreached_pdf(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    Ok(download(
        views::unreached::pdf(&house.context, staff(&person)?).await?,
    ))
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
