//! The signed link of a convocation's mail: looking changes nothing, since programs that read mails follow links too;
//! the gesture on the page does.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use delos_application::acknowledge::{self, LinkView};
use serde::{Deserialize, Serialize};

use crate::House;
use crate::answer::Refused;
use crate::auth::malformed;

/// What a link is about: nothing of the person.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    exam: String,
    session: String,
    dates: Vec<NaiveDate>,
    acknowledged_at: Option<DateTime<Utc>>,
    outdated: bool,
    candidate: bool,
}

/// What is sent by the page's button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gesture {
    token: String,
}

/// What the link is about.
pub async fn look(
    State(house): State<House>,
    Path(token): Path<String>,
) -> Result<Response, Refused> {
    let view: LinkView = acknowledge::look(&house.context, &token).await?;
    Ok(Json(Shown {
        exam: view.exam,
        session: view.session,
        dates: view.dates,
        acknowledged_at: view.acknowledged_at,
        outdated: view.outdated,
        candidate: view.is_candidate,
    })
    .into_response())
}

/// Records it.
pub async fn record(
    State(house): State<House>,
    body: Result<Json<Gesture>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(gesture) = body.map_err(|_| malformed())?;
    acknowledge::by_signed_link(&house.context, &gesture.token).await?;
    Ok(Json(serde_json::json!({ "recorded": true })).into_response())
}
