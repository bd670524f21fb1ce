//! The session of the active mandate with its dates.

use delos_domain::actor::Actor;
use delos_domain::ids::AuthorityId;
use delos_domain::mandate::Perimeter;
use delos_domain::regulation::Regulation;
use delos_domain::scope::{ReadAuthorities, ReadSession};
use delos_domain::session::SessionDates;
use delos_persistence::authorities;
pub use delos_persistence::authorities::AuthorityRecord;
use delos_persistence::sessions::{self, SessionRecord};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// A session as a screen shows it.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// The row.
    pub session: SessionRecord,
    /// Its regulation.
    pub regulation: Regulation,
    /// Dates that hold for the perimeter acted in.
    pub dates: SessionDates,
    /// General dates.
    pub general: SessionDates,
    /// What each authority says otherwise: the whole session's for the administrator, one's own for the others.
    pub overrides: Vec<(AuthorityRecord, SessionDates)>,
}

/// The authority that a mandate stands in, if any.
pub(crate) fn authority_of(perimeter: Perimeter) -> Option<AuthorityId> {
    match perimeter {
        Perimeter::Session => None,
        Perimeter::Authority(a)
        | Perimeter::School(_, a)
        | Perimeter::Examiner(_, a)
        | Perimeter::Candidate(_, a) => Some(a),
    }
}

/// The session of the active mandate.
pub async fn session(context: &Context, actor: &Actor) -> CommandResult<SessionView> {
    let scope = actor.scope::<ReadSession>(context.today())?;
    let mandate = actor.mandate().ok_or(CommandError::Forbidden)?;
    let reader = context.db.read();
    let session = sessions::by_id(&reader, scope.session())
        .await?
        .ok_or(CommandError::NotFound)?;
    let regulation = context
        .regulation(&session.regulation)
        .ok_or(CommandError::NotFound)?
        .clone();
    let all = sessions::dates(&reader, session.id).await?;
    let names = authorities::all(&reader).await?;
    let general = all
        .iter()
        .find(|record| record.authority.is_none())
        .map(|record| record.dates.clone())
        .unwrap_or_default();
    let own = authority_of(mandate.perimeter);
    let overrides: Vec<_> = all
        .into_iter()
        .filter_map(|record| {
            let id = record
                .authority
                .filter(|id| own.is_none_or(|own| own == *id))?;
            Some((
                names.iter().find(|name| name.id == id)?.clone(),
                record.dates,
            ))
        })
        .collect();
    let dates = match own {
        Some(_) => overrides.first().map_or_else(
            || general.clone(),
            |(_, dates)| dates.clone().over(&general),
        ),
        None => general.clone(),
    };
    Ok(SessionView {
        session,
        regulation,
        dates,
        general,
        overrides,
    })
}

/// Authorities that the mandate may know of: all of them for the administrator, one's own for the others.
pub async fn authorities_of(
    context: &Context,
    actor: &Actor,
) -> CommandResult<Vec<AuthorityRecord>> {
    actor.scope::<ReadAuthorities>(context.today())?;
    let own = actor
        .mandate()
        .and_then(|mandate| authority_of(mandate.perimeter));
    let mut all = authorities::all(&context.db.read()).await?;
    all.retain(|authority| own.is_none_or(|own| own == authority.id));
    Ok(all)
}

/// Codes and names of every authority: the list that candidates choose from before signing in.
pub async fn public_authorities(context: &Context) -> CommandResult<Vec<(String, String)>> {
    Ok(authorities::all(&context.db.read())
        .await?
        .into_iter()
        .map(|authority| (authority.code, authority.name))
        .collect())
}

/// The session of a year: for the command line, which names sessions so.
pub async fn by_code(context: &Context, code: &str) -> CommandResult<SessionRecord> {
    let found = sessions::by_code(&context.db.read(), code).await?;
    found.ok_or_else(|| {
        crate::Refusal::new("unknown_session")
            .with("session", code)
            .into()
    })
}

/// Every authority: for the command line.
pub async fn all_authorities(context: &Context) -> CommandResult<Vec<AuthorityRecord>> {
    Ok(authorities::all(&context.db.read()).await?)
}
