//! Messages of the outbox and tasks.

use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use chrono::{DateTime, Utc};
use delos_application::views::messages::MessageView;
use delos_application::views::{Counts, MessageRecord, Page, TaskRecord};

use super::connection;
use super::plans::{ConvocationCounts, counts};
use crate::graphql::refusal::Refusal;

/// State of a message: prête, en cours, envoyée, douteuse, en échec, annulée.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum MessageState {
    /// Prête.
    Ready,
    /// En cours.
    Sending,
    /// Envoyée.
    Sent,
    /// Douteuse: the relay may have taken it twice, or not at all.
    Doubtful,
    /// En échec.
    Failed,
    /// Annulée.
    Cancelled,
}

impl MessageState {
    /// The code of the store's filter.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Doubtful => "doubtful",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn of(record: &MessageRecord) -> Self {
        match (record.status.as_str(), record.ambiguous) {
            ("sent" | "failed", true) => Self::Doubtful,
            ("sent", false) => Self::Sent,
            ("failed", false) => Self::Failed,
            ("sending", _) => Self::Sending,
            ("cancelled", _) => Self::Cancelled,
            _ => Self::Ready,
        }
    }
}

/// A message of the outbox.
#[derive(SimpleObject)]
pub struct Message {
    id: ID,
    kind: String,
    recipient: String,
    address: String,
    subject: String,
    state: MessageState,
    attempts: i64,
    /// Cause of the last failure, in the relay's words.
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    not_before: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
}

/// A page of messages, with the counts of all of the perimeter's.
#[derive(SimpleObject)]
pub struct MessageConnection {
    #[graphql(flatten)]
    page: MessagePage,
    counts: ConvocationCounts,
}

connection!(MessagePage, MessageEdge, Message);

impl MessageConnection {
    /// A page and the counts beside it.
    pub fn new(page: Page<MessageRecord>, all: Counts) -> Self {
        Self {
            page: MessagePage::new(page, Into::into),
            counts: counts(all, 0),
        }
    }
}

/// Which messages of a list.
#[derive(InputObject, Default)]
pub struct MessageFilter {
    pub state: Option<MessageState>,
    pub search: Option<String>,
}

/// A message recomposed from its outbox row.
#[derive(SimpleObject)]
pub struct MessageContent {
    message: Option<Message>,
    subject: String,
    text: String,
    attachments: Vec<Attachment>,
}

/// A file of a message.
#[derive(SimpleObject)]
pub struct Attachment {
    name: String,
    content_type: String,
    /// Bytes.
    size: i64,
    /// Where to download it.
    href: String,
}

/// How many messages leave again.
#[derive(SimpleObject)]
pub struct Resent {
    count: i64,
}

/// How many messages leave again, or why not.
#[derive(Union)]
pub enum ResendResult {
    Resent(Resent),
    Refusal(Refusal),
}

impl Resent {
    /// So many.
    pub fn new(count: usize) -> Self {
        Self {
            count: i64::try_from(count).unwrap_or(i64::MAX),
        }
    }
}

/// Where long work stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum TaskState {
    Ready,
    Running,
    Done,
    Failed,
    Cancelled,
}

/// Long or unattended work.
#[derive(SimpleObject)]
pub struct Task {
    id: ID,
    kind: String,
    state: TaskState,
    done: i64,
    total: i64,
    /// Stable code of the step, or of the refusal that ended it.
    detail: Option<String>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// The task put, or why not.
#[derive(Union)]
pub enum TaskResult {
    Task(Task),
    Refusal(Refusal),
}

impl From<MessageRecord> for Message {
    fn from(record: MessageRecord) -> Self {
        Self {
            state: MessageState::of(&record),
            id: ID(record.id.to_string()),
            kind: record.kind,
            recipient: record.identity.full_name(),
            address: record.address,
            subject: record.subject,
            attempts: record.attempt,
            last_error: record.last_error,
            created_at: record.created_at,
            not_before: record.not_before,
            sent_at: record.sent_at,
        }
    }
}

impl MessageContent {
    /// A message, its attachments downloadable at these addresses.
    pub fn new(view: MessageView, href: impl Fn(usize, &str) -> String) -> Self {
        let attachments = view
            .content
            .attachments
            .iter()
            .enumerate()
            .map(|(place, one)| Attachment {
                name: one.name.clone(),
                content_type: one.content_type.clone(),
                size: i64::try_from(one.bytes.len()).unwrap_or(i64::MAX),
                href: href(place, &one.name),
            })
            .collect();
        Self {
            message: view.record.map(Into::into),
            subject: view.content.subject,
            text: view.content.text,
            attachments,
        }
    }
}

impl From<TaskRecord> for Task {
    fn from(record: TaskRecord) -> Self {
        Self {
            id: ID(record.id.to_string()),
            kind: record.kind,
            state: match record.state.as_str() {
                "running" => TaskState::Running,
                "done" => TaskState::Done,
                "failed" => TaskState::Failed,
                "cancelled" => TaskState::Cancelled,
                _ => TaskState::Ready,
            },
            done: record.done,
            total: record.total,
            detail: record.detail,
            created_at: record.created_at,
            ended_at: record.ended_at,
        }
    }
}
