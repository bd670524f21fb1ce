//! Messages of the outbox and tasks.

use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use delos_application::delivery::Composed;
use delos_application::views;
use delos_application::views::messages::{Asked, MessageView};
use delos_application::views::{Counts, MessageRecord, Page, State, TaskRecord};

use super::connection;
use super::plans::{ConvocationCounts, counts};
use crate::graphql::refusal::Refusal;

/// State of a message: prête, en cours, envoyée, douteuse, en échec, revenue, réglée, annulée.
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
    /// Revenue: the relay took it, another sent it back.
    Bounced,
    /// Réglée: a person said how, or the recipient that he has it.
    Settled,
    /// Annulée.
    Cancelled,
}

impl From<State> for MessageState {
    fn from(state: State) -> Self {
        match state {
            State::Ready => Self::Ready,
            State::Sending => Self::Sending,
            State::Sent => Self::Sent,
            State::Doubtful => Self::Doubtful,
            State::Failed => Self::Failed,
            State::Bounced => Self::Bounced,
            State::Settled => Self::Settled,
            State::Cancelled => Self::Cancelled,
        }
    }
}

impl From<MessageState> for State {
    fn from(state: MessageState) -> Self {
        match state {
            MessageState::Ready => Self::Ready,
            MessageState::Sending => Self::Sending,
            MessageState::Sent => Self::Sent,
            MessageState::Doubtful => Self::Doubtful,
            MessageState::Failed => Self::Failed,
            MessageState::Bounced => Self::Bounced,
            MessageState::Settled => Self::Settled,
            MessageState::Cancelled => Self::Cancelled,
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
    /// When the sitting, or the first day, that it is about begins.
    sitting_at: Option<DateTime<Utc>>,
    /// When its recipient said that he has it.
    acknowledged_at: Option<DateTime<Utc>>,
    /// When it came back.
    bounced_at: Option<DateTime<Utc>>,
    /// What the relay that sent it back said.
    bounce: Option<String>,
    /// When a person took it off the list.
    settled_at: Option<DateTime<Utc>>,
    /// How: `phoned`, `handed`, `printed`, `confirmed`, `sent_again`.
    settlement: Option<String>,
    /// Whether it asks its recipient to say that he has it.
    is_convocation: bool,
    /// Whether the address of its recipient can be put right from here.
    address_is_free: bool,
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
    /// Stable code of a kind, e.g. `candidate_convocation`.
    pub kind: Option<String>,
    /// About a sitting of this date, in the perimeter's time.
    pub day: Option<NaiveDate>,
    /// Convocations in force that nobody has acknowledged.
    #[graphql(default)]
    pub unacknowledged: bool,
    /// Not with its recipient for sure, and about a sitting within three days.
    #[graphql(default)]
    pub pressing: bool,
    pub search: Option<String>,
}

impl MessageFilter {
    /// As the view takes it, the search apart.
    pub fn asked(self) -> Asked {
        Asked {
            state: self.state.map(Into::into),
            kind: self.kind,
            day: self.day,
            unacknowledged: self.unacknowledged,
            pressing: self.pressing,
            plan: None,
        }
    }
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

/// How many messages are off the list.
#[derive(SimpleObject)]
pub struct Settled {
    count: i64,
}

/// How many messages are off the list, or why not.
#[derive(Union)]
pub enum SettleResult {
    Settled(Settled),
    Refusal(Refusal),
}

impl Settled {
    /// So many.
    pub fn new(count: usize) -> Self {
        Self {
            count: i64::try_from(count).unwrap_or(i64::MAX),
        }
    }
}

/// Candidates of a centre whom no mail has reached for sure, and whose sitting is near.
#[derive(SimpleObject)]
pub struct UnreachedCentre {
    name: String,
    uai: String,
    city: String,
    lines: Vec<UnreachedCandidate>,
}

/// A candidate to reach otherwise.
#[derive(SimpleObject)]
pub struct UnreachedCandidate {
    /// The convocation that did not arrive for sure.
    message: ID,
    number: String,
    name: String,
    date: NaiveDate,
    /// Minutes after midnight, in the centre's local time.
    arrival: i32,
    /// IANA zone of the centre.
    timezone: String,
    /// `no_address`, `failed`, `bounced`, `doubtful`, `not_yet` (still tried) or `withdrawn` (his sitting was cancelled).
    why: String,
    /// Where his convocation is downloaded to be printed.
    href: String,
}

impl From<views::unreached::UnreachedCentre> for UnreachedCentre {
    fn from(centre: views::unreached::UnreachedCentre) -> Self {
        let line = |one: views::unreached::UnreachedLine| UnreachedCandidate {
            href: format!("/messages/{}/attachments/0", one.message),
            message: ID(one.message.to_string()),
            number: one.number,
            name: one.name,
            date: one.date,
            arrival: one.arrival.into(),
            timezone: one.zone,
            why: one.why.to_owned(),
        };
        Self {
            name: centre.name,
            uai: centre.uai,
            city: centre.city,
            lines: centre.lines.into_iter().map(line).collect(),
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
            state: record.state().into(),
            is_convocation: record.kind.ends_with("_convocation"),
            address_is_free: record.about.candidate.is_some() || record.about.examiner.is_some(),
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
            sitting_at: record.sitting_at,
            acknowledged_at: record.acknowledged_at,
            bounced_at: record.bounced_at,
            bounce: record.bounce,
            settled_at: record.settled_at,
            settlement: record.settlement,
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

impl MessageContent {
    /// An example, whose files are nowhere to download.
    pub fn example(content: Composed) -> Self {
        Self {
            message: None,
            subject: content.subject,
            text: content.text,
            attachments: Vec::new(),
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
