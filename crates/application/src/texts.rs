//! What an authority adds to a kind of message: a new version each time, the former ones kept.

use delos_documents::words::{self, Fault};
use delos_domain::actor::Actor;
use delos_domain::scope::EditTexts;
use delos_persistence::mail_texts::{self, MailTextRecord};
use delos_persistence::{envelope, journal};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};

/// A text to keep.
#[derive(Clone, Debug)]
pub struct EditTextInput {
    /// The kind of messages.
    pub kind: String,
    /// The version that was read; 0 when there was none.
    pub version: i64,
    /// Before what the house says.
    pub intro: String,
    /// After it.
    pub closing: String,
}

/// Keeps a text: messages decided from now on bear it; those decided before stay as they are.
///
/// # Errors
/// Refuses with `conflict` (somebody else wrote meanwhile) and as [`checked`].
pub async fn edit_text(
    context: &Context,
    actor: &Actor,
    input: &EditTextInput,
) -> CommandResult<()> {
    let scope = actor.scope::<EditTexts>(context.today())?;
    let (intro, closing) = checked(&input.kind, &input.intro, &input.closing)?;
    let tx = context.db.write().await?;
    let all = mail_texts::history(&tx, &scope).await?;
    let before = all.into_iter().find(|one| one.kind == input.kind);
    if before.as_ref().map_or(0, |one| one.version) != input.version {
        return Err(Refusal::new("conflict").into());
    }
    let now = context.now();
    let text = MailTextRecord {
        id: context.ids.next(),
        kind: input.kind.clone(),
        version: input.version + 1,
        intro,
        closing,
        edited_by: scope.account(),
        edited_at: now,
    };
    mail_texts::insert(&tx, &scope, &text).await?;
    let key = envelope::session_key(&tx, scope.session().0).await?;
    let print = |one: Option<&MailTextRecord>| {
        let whole = one.map(|one| format!("{}\u{0}{}", one.intro, one.closing));
        key.fingerprint(whole.unwrap_or_default().as_bytes())
    };
    let mut line = journal::Line::done(context.ids.next(), now, &scope, vec![text.id]);
    line.change = Some((print(before.as_ref()), print(Some(&text))));
    journal::add(&tx, line).await?;
    match tx.commit(()).await {
        Ok(done) => {
            done.into_inner();
            Ok(())
        }
        Err(error) => Err(CommandError::from(error)),
    }
}

/// Both parts as they are kept: line ends alike, nothing around.
///
/// # Errors
/// Refuses with `unknown_message_kind`, `text_too_long` (with the most characters), `text_invisible_character` and
/// `text_unknown_variable` (with what stands there and the variables of the kind).
pub fn checked(kind: &str, intro: &str, closing: &str) -> Result<(String, String), Refusal> {
    let part = |text: &str| {
        let text = text.replace("\r\n", "\n").trim().to_owned();
        words::check(kind, &text).map_err(|fault| refusal(kind, fault))?;
        Ok(text)
    };
    Ok((part(intro)?, part(closing)?))
}

fn refusal(kind: &str, fault: Fault) -> Refusal {
    match fault {
        Fault::UnknownKind => Refusal::new("unknown_message_kind"),
        Fault::TooLong => Refusal::new("text_too_long").with("most", words::LONGEST),
        Fault::Invisible => Refusal::new("text_invisible_character"),
        Fault::NoVariable(found) => {
            let known = words::variables(kind).unwrap_or_default();
            let names: Vec<_> = known
                .iter()
                .map(|one| format!("{{{{ {} }}}}", one.name))
                .collect();
            Refusal::new("text_unknown_variable")
                .with("found", found)
                .with("variables", names.join(", "))
        }
    }
}
