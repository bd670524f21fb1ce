//! Gives a session its dates: the general ones, or what one authority says otherwise.

use chrono::NaiveDate;
use delos_domain::actor::Actor;
use delos_domain::ids::{AuthorityId, SessionId};
use delos_domain::scope::{Reach, SetSessionDates};
use delos_domain::session::{DatesFault, SessionDates};
use delos_persistence::sessions;
pub use delos_persistence::sessions::DatesRecord;
use delos_persistence::{authorities, envelope, journal};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};

/// Dates to write, all of those that the session has, in one go.
#[derive(Clone, Debug)]
pub struct SetSessionDatesInput {
    /// The session.
    pub session: SessionId,
    /// Version of the session that was read; none from the command line, which says the whole.
    pub version: Option<i64>,
    /// What to write: general dates (no authority) and authorities' own.
    pub records: Vec<DatesRecord>,
    /// Another regulation set, from the command line.
    pub regulation: Option<String>,
}

/// Writes the dates.
///
/// # Errors
/// [`CommandError::NotFound`] for dates that are not the actor's to write, or of no authority.
/// Refuses with the code of a [`DatesFault`], `unknown_regulation`, `no_working_day` (a day on which schools are shut).
pub async fn set_session_dates(
    context: &Context,
    actor: &Actor,
    input: &SetSessionDatesInput,
) -> CommandResult<()> {
    retrying(|| set_once(context, actor, input)).await
}

async fn set_once(
    context: &Context,
    actor: &Actor,
    input: &SetSessionDatesInput,
) -> CommandResult<()> {
    let scope = actor.scope_in::<SetSessionDates>(input.session, context.today())?;
    for record in &input.records {
        let allowed = match (scope.reach(), record.authority) {
            (Reach::Session, _) => true,
            (
                Reach::Authority {
                    authority,
                    own: true,
                    ..
                },
                Some(asked),
            ) => authority == asked,
            _ => false,
        };
        if !allowed {
            return Err(CommandError::NotFound);
        }
    }
    if let Some(regulation) = &input.regulation
        && context.regulation(regulation).is_none()
    {
        return Err(Refusal::new("unknown_regulation")
            .with("regulation", regulation)
            .into());
    }

    let tx = context.db.write().await?;
    let session = sessions::by_id(&tx, input.session)
        .await?
        .ok_or(CommandError::NotFound)?;
    let known = authorities::all(&tx).await?;
    let mut named = input.records.iter().filter_map(|record| record.authority);
    if named.any(|id| known.iter().all(|one| one.id != id)) {
        return Err(CommandError::NotFound);
    }
    if input
        .version
        .is_some_and(|version| version != session.version)
    {
        return Err(Refusal::new("conflict").into());
    }
    let before = sessions::dates(&tx, session.id).await?;
    let mut after = before.clone();
    for record in &input.records {
        after.retain(|old| old.authority != record.authority);
        after.push(record.clone());
    }
    check(&after)?;
    for record in &input.records {
        sessions::set_dates(&tx, context.ids.next(), session.id, record).await?;
    }
    sessions::touch(
        &tx,
        session.id,
        session.version,
        input.regulation.as_deref(),
    )
    .await?;
    let key = envelope::session_key(&tx, session.id.0).await?;
    let mut line = journal::Line::done(
        context.ids.next(),
        context.now(),
        &scope,
        vec![session.id.0],
    );
    line.change = Some((
        key.fingerprint(format!("{before:?}").as_bytes()),
        key.fingerprint(format!("{after:?}").as_bytes()),
    ));
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

/// Every date that would hold somewhere is checked together with those it stands among.
fn check(records: &[DatesRecord]) -> Result<(), Refusal> {
    let of = |authority: Option<AuthorityId>| {
        records
            .iter()
            .find(|record| record.authority == authority)
            .map(|record| record.dates.clone())
    };
    let general = of(None).unwrap_or_default();
    let mut all = vec![general.clone()];
    all.extend(
        records
            .iter()
            .filter(|record| record.authority.is_some())
            .map(|record| record.dates.clone().over(&general)),
    );
    for dates in &all {
        if let Some(fault) = dates.faults().first() {
            return Err(refusal(*fault));
        }
        if let Some(day) = shut(dates) {
            return Err(Refusal::new("no_working_day").with("day", day));
        }
    }
    Ok(())
}

fn refusal(fault: DatesFault) -> Refusal {
    Refusal::new(fault.code())
}

/// The first day of the ponctuelle form on which schools are shut.
fn shut(dates: &SessionDates) -> Option<NaiveDate> {
    dates
        .ponctuelle
        .iter()
        .flatten()
        .copied()
        .find(|day| !delos_domain::calendar::is_working_day(*day))
}
