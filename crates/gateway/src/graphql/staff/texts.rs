//! What an authority adds to its messages.

use async_graphql::{InputObject, SimpleObject, Union};
use chrono::{DateTime, Utc};
use delos_application::texts::EditTextInput;
use delos_application::views::texts::{TextView, VersionView};

use super::messages::MessageContent;
use crate::graphql::refusal::Refusal;

/// A kind of message with what the authority adds to it.
#[derive(SimpleObject)]
pub struct MailText {
    /// Stable code of the kind.
    kind: String,
    /// What its text may name.
    variables: Vec<TextVariable>,
    /// The latest first; none: the house's words alone.
    versions: Vec<TextVersion>,
}

/// A variable of a text.
#[derive(SimpleObject)]
pub struct TextVariable {
    name: String,
    meaning: String,
}

/// A version of a text.
#[derive(SimpleObject)]
pub struct TextVersion {
    version: i64,
    /// Before what the house says.
    intro: String,
    /// After it.
    closing: String,
    author: Option<String>,
    edited_at: DateTime<Utc>,
}

/// A text to keep.
#[derive(InputObject)]
pub struct EditTextForm {
    kind: String,
    /// The version that was read; 0 when there was none.
    version: i64,
    intro: String,
    closing: String,
}

/// Every kind's text, or why the new one is not kept.
#[derive(Union)]
pub enum EditTextResult {
    Texts(MailTexts),
    Refusal(Refusal),
}

/// Every kind's text.
#[derive(SimpleObject)]
pub struct MailTexts {
    texts: Vec<MailText>,
}

/// A message as it would be sent, or why its text cannot be.
#[derive(Union)]
pub enum PreviewResult {
    Content(Box<MessageContent>),
    Refusal(Refusal),
}

impl MailTexts {
    /// Every kind's.
    pub fn new(all: Vec<TextView>) -> Self {
        Self {
            texts: all.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<TextView> for MailText {
    fn from(view: TextView) -> Self {
        Self {
            kind: view.kind.to_owned(),
            variables: view
                .variables
                .iter()
                .map(|one| TextVariable {
                    name: one.name.to_owned(),
                    meaning: one.meaning.to_owned(),
                })
                .collect(),
            versions: view.versions.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<VersionView> for TextVersion {
    fn from(view: VersionView) -> Self {
        Self {
            version: view.record.version,
            intro: view.record.intro,
            closing: view.record.closing,
            author: view.author,
            edited_at: view.record.edited_at,
        }
    }
}

impl From<EditTextForm> for EditTextInput {
    fn from(form: EditTextForm) -> Self {
        Self {
            kind: form.kind,
            version: form.version,
            intro: form.intro,
            closing: form.closing,
        }
    }
}
