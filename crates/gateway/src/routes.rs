//! Every route of the house, in one table: the router is built from it, and whoever must look at every route reads it.

use axum::routing::{MethodRouter, get, post};

use crate::{House, acknowledgements, auth, files, graphql, health, live, second_factor, uploads};

/// What a request must look like before its handler sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `POST` of `application/json` from our own pages, 64 kB at most.
    Json,
    /// `POST` of `multipart/form-data` from our own pages, as large as two files of an import.
    Form,
    /// `GET`: nothing changes.
    Reading,
}

/// One route.
pub struct Route {
    /// Its path, as the router matches it: `{name}` stands for a segment.
    pub path: &'static str,
    /// What passes.
    pub door: Door,
    /// Whether it answers nobody who is not signed in.
    pub signed_in: bool,
    pub(crate) handler: fn() -> MethodRouter<House>,
}

impl Route {
    /// The only method that it answers (`HEAD` too where it reads).
    pub fn method(&self) -> &'static str {
        match self.door {
            Door::Json | Door::Form => "POST",
            Door::Reading => "GET",
        }
    }

    const fn open(path: &'static str, door: Door, handler: fn() -> MethodRouter<House>) -> Self {
        Self {
            path,
            door,
            signed_in: false,
            handler,
        }
    }

    const fn closed(path: &'static str, door: Door, handler: fn() -> MethodRouter<House>) -> Self {
        Self {
            path,
            door,
            signed_in: true,
            handler,
        }
    }
}

/// The table. What no line of it takes is a page or a file of the front end.
pub const ROUTES: &[Route] = &[
    Route::closed("/graphql/staff", Door::Json, || post(graphql::staff)),
    Route::closed("/graphql/candidate", Door::Json, || {
        post(graphql::candidate)
    }),
    Route::closed("/graphql/staff/live", Door::Json, || post(live::staff)),
    Route::closed("/graphql/candidate/live", Door::Json, || {
        post(live::candidate)
    }),
    Route::open("/auth/staff", Door::Json, || post(auth::staff)),
    Route::open("/auth/candidate", Door::Json, || post(auth::candidate)),
    Route::open("/auth/first-access", Door::Json, || {
        post(auth::first_access)
    }),
    Route::closed("/auth/sign-out", Door::Json, || post(auth::sign_out)),
    Route::closed("/auth/mandate", Door::Json, || post(auth::switch_mandate)),
    Route::closed("/auth/second-factor/begin", Door::Json, || {
        post(second_factor::begin)
    }),
    Route::closed("/auth/second-factor/confirm", Door::Json, || {
        post(second_factor::confirm)
    }),
    Route::closed("/auth/second-factor/prove", Door::Json, || {
        post(second_factor::prove)
    }),
    Route::closed("/auth/second-factor/recovery-codes", Door::Json, || {
        post(second_factor::renew_codes)
    }),
    Route::open("/auth/whoami", Door::Reading, || get(auth::whoami)),
    Route::open("/auth/authorities", Door::Reading, || {
        get(auth::authorities)
    }),
    Route::closed("/imports/{kind}", Door::Form, || post(uploads::stage)),
    Route::closed("/imports/{staged}/bad-rows.csv", Door::Reading, || {
        get(uploads::bad_rows)
    }),
    Route::closed("/absences/pieces", Door::Form, || post(uploads::piece)),
    Route::closed("/absences/{id}/piece", Door::Reading, || get(files::piece)),
    Route::closed("/sittings/{id}/convocation.pdf", Door::Reading, || {
        get(files::sitting_pdf)
    }),
    Route::closed("/sittings/{id}/convocation.ics", Door::Reading, || {
        get(files::sitting_ics)
    }),
    Route::closed("/sittings/{id}/grid.pdf", Door::Reading, || {
        get(files::sitting_grid)
    }),
    Route::closed("/sittings/{id}/appreciation.pdf", Door::Reading, || {
        get(files::sitting_appreciation)
    }),
    Route::closed("/messages/{id}/attachments/{place}", Door::Reading, || {
        get(files::attachment)
    }),
    Route::closed("/messages/list.csv", Door::Reading, || {
        get(files::messages_csv)
    }),
    Route::closed("/messages/unreached.pdf", Door::Reading, || {
        get(files::unreached_pdf)
    }),
    Route::open("/acknowledgements/{token}", Door::Reading, || {
        get(acknowledgements::look)
    }),
    Route::open("/acknowledgements", Door::Json, || {
        post(acknowledgements::record)
    }),
    Route::closed("/candidate/convocation.pdf", Door::Reading, || {
        get(files::own_pdf)
    }),
    Route::closed("/candidate/convocation.ics", Door::Reading, || {
        get(files::own_ics)
    }),
    Route::open("/healthz", Door::Reading, || get(health::alive)),
    Route::open("/readyz", Door::Reading, || get(health::ready)),
];
