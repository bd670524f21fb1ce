//! Puts the address of somebody right, from the message that did not reach him, and sends it again.

use delos_domain::actor::Actor;
use delos_domain::email::EmailAddress;
use delos_domain::ids::MessageId;
use delos_domain::scope::CorrectAddress;
use delos_persistence::{envelope, identities, journal, outbox};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;
use crate::resend_failed::again;

/// Writes the address of the recipient of a message that failed, was sent back or is doubtful, and sends it again as a new
/// message that refers to the former.
///
/// # Errors
/// Refuses with `bad_email`, `nothing_to_resend` (the message is not, or no longer, on the list), and
/// `address_of_account`: that of somebody of the staff is also how he signs in.
pub async fn correct_address(
    context: &Context,
    actor: &Actor,
    message: MessageId,
    address: &str,
) -> CommandResult<()> {
    let scope = actor.scope::<CorrectAddress>(context.today())?;
    let address = address.trim();
    let Ok(email) = EmailAddress::parse(address) else {
        let shown: String = address.chars().take(254).collect();
        return Err(Refusal::new("bad_email").with("email", shown).into());
    };
    let about = retrying(|| async {
        let tx = context.db.write().await?;
        outbox::one(&tx, &scope, message)
            .await?
            .ok_or(CommandError::NotFound)?;
        // Whoever corrects the address knows that the former one did not serve: no doubt holds the message back.
        let mut found = outbox::to_send_again(&tx, &scope, &[message], true).await?;
        let Some(one) = found.first_mut() else {
            return Err(Refusal::new("nothing_to_resend").into());
        };
        let about = one.record.about;
        if about.candidate.is_none() && about.examiner.is_none() {
            return Err(Refusal::new("address_of_account").into());
        }
        let before = one.record.identity.email.take();
        identities::set_email(&tx, one.record.identity.id, &email).await?;
        one.record.identity.email = Some(email.clone());
        let now = context.now();
        let key = envelope::session_key(&tx, scope.session().0).await?;
        let print = |email: Option<&EmailAddress>| {
            key.fingerprint(
                email
                    .map(EmailAddress::as_str)
                    .unwrap_or_default()
                    .as_bytes(),
            )
        };
        let sent = again(context, &tx, &scope, &found).await?;
        let mut subjects = vec![message.0];
        subjects.extend(sent.iter().map(|id| id.0));
        let mut line = journal::Line::done(context.ids.next(), now, &scope, subjects);
        line.change = Some((print(before.as_ref()), print(Some(&email))));
        journal::add(&tx, line).await?;
        Ok(tx.commit(about).await?.into_inner())
    })
    .await?;
    context.signals.ring().await;
    context.told(&Change::messages([&about]));
    Ok(())
}
