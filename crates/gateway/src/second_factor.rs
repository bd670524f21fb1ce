//! The second factor: enrolled, confirmed, shown; what is told once is told here.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use delos_application::second_factor::{self, Proof};
use qrcode::{Color, EcLevel, QrCode};
use serde::{Deserialize, Serialize};

use crate::answer::Refused;
use crate::auth::{SignedInPerson, malformed};
use crate::{House, cookie};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    code: String,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum ProveRequest {
    Code { code: String },
    Recovery { code: String },
}

#[derive(Serialize)]
struct Begun {
    uri: String,
    secret: String,
    /// The picture that an application reads: dark squares as an SVG path.
    picture: Picture,
    /// The house's clock, by which codes are counted.
    at: DateTime<Utc>,
}

#[derive(Serialize)]
struct Picture {
    /// Squares on a side.
    size: usize,
    /// One line `M x y h width v1 h-width z` a run of dark squares.
    path: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Codes {
    recovery_codes: Vec<String>,
}

#[derive(Serialize)]
struct Strong {
    strong: bool,
}

/// Begins to add an application: its secret, told once.
pub async fn begin(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    let new = second_factor::begin(&house.context, &person.0).await?;
    let picture = picture(&new.uri)?;
    Ok(Json(Begun {
        uri: new.uri,
        secret: new.secret,
        picture,
        at: new.at,
    })
    .into_response())
}

/// Ends it by a first code: recovery codes, told once, and a new token.
pub async fn confirm(
    State(house): State<House>,
    person: SignedInPerson,
    body: Result<Json<ConfirmRequest>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(body) = body.map_err(|_| malformed())?;
    let confirmed = second_factor::confirm(&house.context, &person.0, &body.code).await?;
    let codes = Codes {
        recovery_codes: confirmed.recovery_codes,
    };
    Ok(with_token(&house, &confirmed.token, codes))
}

/// Shows the factor: the session is strong, under a new token.
pub async fn prove(
    State(house): State<House>,
    person: SignedInPerson,
    body: Result<Json<ProveRequest>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(body) = body.map_err(|_| malformed())?;
    let proof = match body {
        ProveRequest::Code { code } => Proof::Code(code),
        ProveRequest::Recovery { code } => Proof::Recovery(code),
    };
    let token = second_factor::prove(&house.context, &person.0, &proof).await?;
    Ok(with_token(&house, &token, Strong { strong: true }))
}

/// New recovery codes, told once.
pub async fn renew_codes(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    let recovery_codes = second_factor::renew_codes(&house.context, &person.0).await?;
    Ok(Json(Codes { recovery_codes }).into_response())
}

fn with_token(house: &House, token: &str, body: impl Serialize) -> Response {
    let cookie = cookie::set(&house.settings, token);
    ([(header::SET_COOKIE, cookie)], Json(body)).into_response()
}

/// The picture of an address, as a path: a page draws it without a library, and no style is needed that the policy of
/// contents would refuse.
fn picture(uri: &str) -> Result<Picture, Refused> {
    use std::fmt::Write as _;
    // M: a photographed screen reflects; the address fits all the same.
    let code = QrCode::with_error_correction_level(uri, EcLevel::M)
        .map_err(|error| Refused::incident(&error))?;
    let size = code.width();
    let colors = code.into_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let _ = write!(path, "M{x} {y}h{width}v1h-{width}z", width = run.len());
            }
            x += run.len();
        }
    }
    Ok(Picture { size, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_the_address_s_square_by_square() {
        let uri = "otpauth://totp/D%C3%A9los:zoe%40lycee.example?secret=MZXW6YTBOI";
        let picture = picture(uri).unwrap();
        let code = QrCode::with_error_correction_level(uri, EcLevel::M).unwrap();
        let mut drawn = vec![false; picture.size * picture.size];
        for run in picture.path.split('M').skip(1) {
            let numbers: Vec<usize> = run
                .split(|c: char| !c.is_ascii_digit())
                .filter_map(|text| text.parse().ok())
                .collect();
            let (x, y, width) = (numbers[0], numbers[1], numbers[2]);
            drawn[y * picture.size + x..][..width].fill(true);
        }
        let dark: Vec<bool> = code
            .to_colors()
            .iter()
            .map(|one| *one == Color::Dark)
            .collect();
        assert_eq!(drawn, dark);
    }

    #[test]
    fn a_long_address_has_a_picture_too() {
        let uri = format!(
            "otpauth://totp/D%C3%A9los:{}?secret=A",
            "%C3%A9".repeat(250)
        );
        assert!(picture(&uri).is_ok());
    }
}
