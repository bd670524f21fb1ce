//! The cookie that holds the session's token.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::GatewaySettings;

fn name(settings: &GatewaySettings) -> &'static str {
    if settings.secure_cookies {
        "__Host-delos"
    } else {
        "delos"
    }
}

/// The token of a request.
pub fn token<'a>(settings: &GatewaySettings, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = name(settings);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, token)| token)
}

/// The header that gives a token to the browser; an empty one takes it back.
pub fn set(settings: &GatewaySettings, token: &str) -> HeaderValue {
    let secure = if settings.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let age = if token.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!(
        "{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{age}",
        name(settings)
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
