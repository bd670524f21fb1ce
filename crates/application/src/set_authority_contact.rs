//! Gives an authority the address that its candidates and examiners write to.

use delos_domain::actor::Actor;
use delos_domain::email::EmailAddress;
use delos_domain::ids::{AuthorityId, SessionId};
use delos_domain::scope::{Reach, SetSessionDates};
use delos_persistence::{authorities, envelope, journal};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// A contact to write. It is one value, given whole: the last who writes it is right, and nothing of another is lost.
#[derive(Clone, Debug)]
pub struct SetAuthorityContactInput {
    /// The session acted in: its officers give the contact with its dates.
    pub session: SessionId,
    /// The authority.
    pub authority: AuthorityId,
    /// The address; none: candidates are told the name alone.
    pub email: Option<EmailAddress>,
}

/// Writes the contact. Convocations already sent keep the one that they were sent with.
///
/// # Errors
/// [`CommandError::NotFound`] for an authority that does not exist or is another's.
pub async fn set_authority_contact(
    context: &Context,
    actor: &Actor,
    input: &SetAuthorityContactInput,
) -> CommandResult<()> {
    let scope = actor.scope_in::<SetSessionDates>(input.session, context.today())?;
    let allowed = match scope.reach() {
        Reach::Session => true,
        Reach::Authority {
            authority,
            own: true,
            ..
        } => authority == input.authority,
        _ => false,
    };
    if !allowed {
        return Err(CommandError::NotFound);
    }
    let tx = context.db.write().await?;
    let all = authorities::all(&tx).await?;
    let before = all
        .into_iter()
        .find(|one| one.id == input.authority)
        .ok_or(CommandError::NotFound)?
        .contact_email;
    let after = input.email.as_ref().map(EmailAddress::as_str);
    if before.as_deref() == after {
        return Ok(());
    }
    authorities::set_contact(&tx, input.authority, input.email.as_ref()).await?;
    let key = envelope::session_key(&tx, input.session.0).await?;
    let mut line = journal::Line::done(
        context.ids.next(),
        context.now(),
        &scope,
        vec![input.session.0, input.authority.0],
    );
    line.change = Some((
        key.fingerprint(format!("{before:?}").as_bytes()),
        key.fingerprint(format!("{after:?}").as_bytes()),
    ));
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}
