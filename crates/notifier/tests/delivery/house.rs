//! A house with a fixed clock on a SQLite file, and messages to deliver.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeZone as _, Utc};
use delos_application::attempts::Attempts;
use delos_application::lanes::Lanes;
use delos_application::{Clock, Context, Entropy, Ids, Settings};
use delos_documents::examples;
use delos_documents::mail::{AccountInvitation, Payload};
use delos_domain::delivery::Pace;
use delos_domain::ids::{CohortId, IdentityId, MessageId, SessionId};
use delos_notifier::{Relay, Sender, Tls, Worker, WorkerSettings};
use delos_persistence::identities::{self, IdentityRecord};
use delos_persistence::outbox::{self, About, NewMessage};
use delos_persistence::sessions::{self, SessionRecord};
use delos_persistence::{Database, DatabaseAddress, MasterKey, envelope};
use delos_signals::Signals;
use uuid::Uuid;

/// A clock that goes when it is told.
pub struct Hands(Mutex<DateTime<Utc>>);

impl Clock for Hands {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

impl Hands {
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap() = now;
    }

    pub fn forward(&self, by: chrono::Duration) {
        *self.0.lock().unwrap() += by;
    }
}

struct Counted(AtomicU64);

impl Ids for Counted {
    fn next(&self) -> Uuid {
        Uuid::from_u128(
            0x0190_0000_0000_7000_8000_0000_0000_0000
                + u128::from(self.0.fetch_add(1, Ordering::SeqCst)),
        )
    }
}

struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

pub struct House {
    pub context: Context,
    pub clock: Arc<Hands>,
    pub folder: tempfile::TempDir,
    session: SessionId,
    pub identity: IdentityId,
}

/// State of a message's row.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    pub status: String,
    pub past_dot: bool,
    pub ambiguous: bool,
    pub attempt: u32,
    pub error: String,
}

impl House {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = DatabaseAddress::Sqlite(folder.path().join("delos.sqlite"));
        let db = Database::open(&address, MasterKey::new([1; 32]), true)
            .await
            .unwrap();
        let clock = Arc::new(Hands(Mutex::new(
            Utc.with_ymd_and_hms(2027, 3, 8, 9, 30, 0).unwrap(),
        )));
        let context = Context {
            db,
            clock: clock.clone(),
            ids: Arc::new(Counted(AtomicU64::new(1))),
            entropy: Arc::new(Sevens),
            regulations: Arc::new(BTreeMap::new()),
            signals: Signals::local(),
            lanes: Lanes::new(3),
            attempts: Attempts::default(),
            settings: Arc::new(Settings {
                public_url: "https://delos.example".to_owned(),
            }),
        };
        let (session, identity) = (
            SessionId(context.ids.next()),
            IdentityId(context.ids.next()),
        );
        let tx = context.db.write().await.unwrap();
        sessions::insert(
            &tx,
            &SessionRecord {
                id: session,
                code: "2027".to_owned(),
                regulation: "bts-sio-2024-e5".to_owned(),
                version: 1,
            },
        )
        .await
        .unwrap();
        let cohort = envelope::create_cohort(
            &tx,
            session.0,
            CohortId(context.ids.next()),
            [9; 32],
            context.now(),
        )
        .await
        .unwrap();
        let person = IdentityRecord {
            id: identity,
            family_name: "Noël".to_owned(),
            usage_name: None,
            given_names: "Maël".to_owned(),
            birth_date: None,
            national_number: None,
            email: None,
        };
        identities::insert(&tx, cohort.id, &[person]).await.unwrap();
        tx.commit(()).await.unwrap().into_inner();
        Self {
            context,
            clock,
            folder,
            session,
            identity,
        }
    }

    /// A short message without files.
    pub fn invitation() -> Payload {
        Payload::AccountInvitation(examples::invitation())
    }

    /// A message of several megabytes, more than a socket swallows unread.
    pub fn enormous() -> Payload {
        let name = "Un nom sans fin. ".repeat(60_000);
        Payload::AccountInvitation(AccountInvitation {
            name,
            ..examples::invitation()
        })
    }

    pub async fn put(&self, payload: &Payload) -> MessageId {
        self.put_with(payload, |_| {}).await
    }

    pub async fn put_with(
        &self,
        payload: &Payload,
        change: impl FnOnce(&mut NewMessage),
    ) -> MessageId {
        let id = MessageId(self.context.ids.next());
        let now = self.context.now();
        let mut message = NewMessage {
            id,
            about: About {
                session: Some(self.session),
                ..About::default()
            },
            dedup_key: id.to_string(),
            kind: payload.kind().to_owned(),
            identity: self.identity,
            address: Some("mael.noel@ecole.example".to_owned()),
            subject: payload.subject(),
            payload: payload.to_bytes(),
            series: None,
            revision: 1,
            priority: 5,
            not_before: now,
            created_at: now,
            references: None,
            sitting_at: None,
        };
        change(&mut message);
        let tx = self.context.db.write().await.unwrap();
        outbox::insert(&tx, self.session, &[message]).await.unwrap();
        tx.commit(()).await.unwrap().into_inner();
        id
    }

    pub async fn state(&self, id: MessageId) -> State {
        let sql = format!(
            "select status || '|' || past_dot || '|' || ambiguous || '|' || attempt || '|' || coalesce(last_error, '') from outbox_message where id = x'{}'",
            id.0.simple()
        );
        let text = self.context.db.text_for_test(&sql).await.unwrap();
        let cells: Vec<&str> = text.splitn(5, '|').collect();
        State {
            status: cells[0].to_owned(),
            past_dot: cells[1] == "1",
            ambiguous: cells[2] == "1",
            attempt: cells[3].parse().unwrap(),
            error: cells[4].to_owned(),
        }
    }

    pub async fn set(&self, sql: &str) {
        self.context.db.execute_for_test(sql).await.unwrap();
    }

    pub async fn text(&self, sql: &str) -> String {
        self.context.db.text_for_test(sql).await.unwrap()
    }

    pub fn worker(&self, relay: Relay) -> Worker {
        Worker::new(self.context.clone(), relay, settings())
    }

    pub fn mail(&self) -> std::path::PathBuf {
        self.folder.path().join("mail")
    }

    pub fn folder_relay(&self) -> Relay {
        Relay::Folder(self.mail())
    }
}

pub fn settings() -> WorkerSettings {
    WorkerSettings {
        sender: Sender {
            address: "ne-pas-repondre@delos.example".to_owned(),
            name: "Délos".to_owned(),
            host: "delos.example".to_owned(),
        },
        tls: Tls::Opportunistic,
        credentials: None,
        connections: 4,
        connect_timeout: Duration::from_secs(5),
        command_timeout: Duration::from_secs(5),
        dot_timeout: Duration::from_secs(5),
        retry_base: Duration::from_mins(5),
        pace: Pace::default(),
        bounce_domain: None,
        dkim: None,
        roots: Vec::new(),
    }
}
