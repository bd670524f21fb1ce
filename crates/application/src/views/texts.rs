//! What an authority adds to its messages, with the versions before, and each kind as it would be sent.

use delos_documents::examples;
use delos_documents::mail::{Composed, Payload};
use delos_documents::words::{self, Variable};
use delos_domain::actor::Actor;
use delos_domain::scope::ReadTexts;
use delos_persistence::accounts;
use delos_persistence::mail_texts::{self, MailTextRecord};

use super::messages::compose;
use crate::context::Context;
use crate::error::CommandResult;
use crate::texts::checked;

/// A kind of message with its text.
#[derive(Clone, Debug)]
pub struct TextView {
    /// The kind.
    pub kind: &'static str,
    /// The variables that its text may name.
    pub variables: &'static [Variable],
    /// Its versions, the latest first; none: the house's words alone.
    pub versions: Vec<VersionView>,
}

/// A version of a text.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// As it is kept.
    pub record: MailTextRecord,
    /// Who wrote it.
    pub author: Option<String>,
}

/// Every kind of message, in the order in which they are shown.
pub async fn texts(context: &Context, actor: &Actor) -> CommandResult<Vec<TextView>> {
    let scope = actor.scope::<ReadTexts>(context.today())?;
    let reader = context.db.read();
    let mut names = std::collections::HashMap::new();
    let mut versions = Vec::new();
    for record in mail_texts::history(&reader, &scope).await? {
        let author = match record.edited_by {
            None => None,
            Some(account) => {
                if let std::collections::hash_map::Entry::Vacant(place) = names.entry(account) {
                    let found = accounts::by_id(&reader, account).await?;
                    place.insert(found.map(|one| one.identity.full_name()));
                }
                names[&account].clone()
            }
        };
        versions.push(VersionView { record, author });
    }
    let of_kind = |kind: &'static str| TextView {
        kind,
        variables: words::variables(kind).unwrap_or_default(),
        versions: versions
            .iter()
            .filter(|one| one.record.kind == kind)
            .cloned()
            .collect(),
    };
    Ok(Payload::KINDS
        .iter()
        .map(|(kind, _)| of_kind(kind))
        .collect())
}

/// A kind as it would be sent with these words, about invented people.
///
/// # Errors
/// Refuses as [`checked`].
pub async fn preview(
    context: &Context,
    actor: &Actor,
    kind: &str,
    intro: &str,
    closing: &str,
) -> CommandResult<Composed> {
    actor.scope::<ReadTexts>(context.today())?;
    let (intro, closing) = checked(kind, intro, closing)?;
    let example = examples::every_kind()
        .into_iter()
        .find(|one| one.kind() == kind);
    // A kind that passed the check has its example.
    let mut payload = example.ok_or(crate::error::CommandError::NotFound)?;
    let filled = (
        words::fill(&intro, &payload),
        words::fill(&closing, &payload),
    );
    let place = payload.words_mut();
    (place.intro, place.closing) = filled;
    compose(context, payload.for_other_eyes()).await
}
