//! Whether the process lives, and whether it can serve.

use axum::extract::State;
use axum::http::StatusCode;
use delos_application::views::Room;

use crate::House;

/// The process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// The database answers too. A disk that is nearly full is told: the house still serves, and somebody should make room.
pub async fn ready(State(house): State<House>) -> (StatusCode, &'static str) {
    match house.context.db.ping().await {
        Ok(()) if house.context.db.room().is_some_and(Room::is_low) => {
            (StatusCode::OK, "ok, disk nearly full")
        }
        Ok(()) => (StatusCode::OK, "ok"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "database"),
    }
}
