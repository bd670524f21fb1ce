//! Streams of changes over HTTP: `text/event-stream`, an answer to the same guarded `POST` as every document.
//!
//! A subscription rather than a socket of its own: the trusted documents, the house's header, the origin and the cookie
//! are checked before it by what checks them everywhere.
//!
//! Invariant: a stream lives no longer than the session that opened it, nor than the mandate that it acts under: both are
//! looked at every few seconds, and looking keeps neither alive.
//! Invariant: streams are counted, by account and in all; the house's closing waits for none of them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_graphql::Request;
use async_graphql::parser::types::OperationType;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use delos_application::sign_in::{self, Person};
use delos_domain::ids::AccountId;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tokio::time::{Interval, MissedTickBehavior};

use crate::answer::Refused;
use crate::auth::SignedInPerson;
use crate::{House, cookie, graphql};

/// Between two looks at the session of a stream; each tells the other side that the stream lives.
const LOOK: Duration = Duration::from_secs(5);
/// Streams of one account: a page that is not seen closes its own.
const MOST_OF_ONE: usize = 8;
/// Streams in all.
const MOST: usize = 2_000;

/// The streams that are open.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<AccountId, usize>>>);

/// The place of a stream; it is free again once dropped.
struct Place {
    streams: Streams,
    account: AccountId,
}

impl Streams {
    /// How many are open.
    pub fn count(&self) -> usize {
        self.open().values().sum()
    }

    fn take(&self, account: AccountId) -> Option<Place> {
        let mut open = self.open();
        let own = open.get(&account).copied().unwrap_or_default();
        if own >= MOST_OF_ONE || open.values().sum::<usize>() >= MOST {
            return None;
        }
        open.insert(account, own + 1);
        drop(open);
        Some(Place {
            streams: self.clone(),
            account,
        })
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        match open.get_mut(&self.account) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                open.remove(&self.account);
            }
        }
    }
}

/// Staff listen.
pub async fn staff(
    State(house): State<House>,
    person: Result<SignedInPerson, Refused>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request = match graphql::prepare(&house, &house.documents.staff, body) {
        Ok(request) => request,
        Err(refused) => return refused.into_response(),
    };
    let SignedInPerson(person) = match person {
        Ok(person) => person,
        Err(refused) => return refused.into_response(),
    };
    if person.account.candidate.is_some() {
        return Refused::forbidden().into_response();
    }
    let schema = house.staff.clone();
    opened(&house, &headers, person, request, |request| {
        schema.execute_stream(request).boxed()
    })
}

/// A candidate listens.
pub async fn candidate(
    State(house): State<House>,
    person: Result<SignedInPerson, Refused>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request = match graphql::prepare(&house, &house.documents.candidate, body) {
        Ok(request) => request,
        Err(refused) => return refused.into_response(),
    };
    let SignedInPerson(person) = match person {
        Ok(person) => person,
        Err(refused) => return refused.into_response(),
    };
    if person.account.candidate.is_none() {
        return Refused::forbidden().into_response();
    }
    let schema = house.candidate.clone();
    opened(&house, &headers, person, request, |request| {
        schema.execute_stream(request).boxed()
    })
}

type Events = BoxStream<'static, async_graphql::Response>;

/// One stream.
struct Open {
    house: House,
    person: Person,
    token: String,
    events: Events,
    looks: Interval,
    ended: bool,
    _place: Place,
}

fn opened(
    house: &House,
    headers: &HeaderMap,
    person: Person,
    mut request: Request,
    execute: impl FnOnce(Request) -> Events,
) -> Response {
    // A question has its own address, with limits of its own.
    let listens = request.parsed_query().is_ok_and(|document| {
        let mut all = document.operations.iter();
        all.all(|(_, operation)| operation.node.ty == OperationType::Subscription)
    });
    if !listens {
        return Refused::new(
            StatusCode::BAD_REQUEST,
            "unknown_document",
            "Cette demande n’est pas de celles que l’application envoie.",
        )
        .into_response();
    }
    let Some(token) = cookie::token(&house.settings, headers) else {
        return Refused::signed_out().into_response();
    };
    let Some(place) = house.streams.take(person.account.id) else {
        return Refused::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_streams",
            "Trop de pages sont ouvertes en même temps : celle-ci se met à jour un peu moins vite.",
        )
        .into_response();
    };
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let open = Open {
        token: token.to_owned(),
        events: execute(request.data(person.clone())),
        house: house.clone(),
        person,
        looks,
        ended: false,
        _place: place,
    };
    let body = stream::unfold(open, async |mut open| {
        if open.ended {
            return None;
        }
        let part = open.next().await;
        Some((Ok::<_, Infallible>(Bytes::from(part)), open))
    });
    let mut response = Body::from_stream(body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    // A proxy that gathers an answer before it passes it on would hold every event back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Open {
    /// The next thing to send: an event, a sign of life, or the end.
    async fn next(&mut self) -> String {
        tokio::select! {
            biased;
            () = self.house.closing.cancelled() => self.end(),
            _ = self.looks.tick() => {
                if is_still_theirs(&self.house, &self.token, &self.person).await {
                    ":\n\n".to_owned()
                } else {
                    self.end()
                }
            }
            event = self.events.next() => match event {
                Some(event) if event.is_ok() => written(&event),
                // A document that does not fit, or no mandate: nothing more is said here than that it is over.
                _ => self.end(),
            },
        }
    }

    fn end(&mut self) -> String {
        self.ended = true;
        "event: complete\ndata:\n\n".to_owned()
    }
}

/// Whether the session lives and its person still acts under the same mandate.
async fn is_still_theirs(house: &House, token: &str, person: &Person) -> bool {
    match sign_in::still(&house.context, token).await {
        Ok(now) => now.is_some_and(|now| now.actor == person.actor),
        Err(error) => {
            tracing::debug!(%error, "a stream ends because its session cannot be looked at");
            false
        }
    }
}

fn written(event: &async_graphql::Response) -> String {
    match serde_json::to_string(event) {
        Ok(text) => format!("event: next\ndata: {text}\n\n"),
        Err(_) => ":\n\n".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(number: u128) -> AccountId {
        AccountId(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn an_account_has_so_many_streams_and_gets_their_places_back() {
        let streams = Streams::default();
        let mut held: Vec<_> = std::iter::from_fn(|| streams.take(account(1))).collect();
        assert_eq!(held.len(), MOST_OF_ONE);
        assert!(streams.take(account(2)).is_some());
        assert_eq!(streams.count(), MOST_OF_ONE);
        held.pop();
        assert!(streams.take(account(1)).is_some());
        drop(held);
        assert_eq!(streams.count(), 0);
    }

    #[test]
    fn all_together_have_so_many_streams() {
        let streams = Streams::default();
        let mut held = Vec::new();
        for number in 0.. {
            let Some(place) = streams.take(account(number)) else {
                break;
            };
            held.push(place);
        }
        assert_eq!(held.len(), MOST);
    }
}
