//! Who acts in a world, on what, and when.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Days, NaiveDate, Utc};
use delos_application::{CommandError, Context};
use delos_domain::actor::Actor;
use delos_domain::calendar::at_minute;
use delos_domain::ids::{AccountId, AuthorityId, ExaminerId, MandateId, SessionId};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::scope::ReadDay;
use delos_persistence::sittings::{self, DatedSitting, SittingFilter};
use delos_tests::house::Engine;
use uuid::Uuid;

/// Paris: where the school of the house is.
pub fn instant(day: NaiveDate, minute: u16) -> DateTime<Utc> {
    let local = at_minute(day, minute).and_local_timezone(chrono_tz::Europe::Paris);
    local.earliest().map(|at| at.to_utc()).unwrap_or_default()
}

/// An actor of the session, with a second factor.
pub fn acting(
    role: Role,
    perimeter: Perimeter,
    (session, from): (SessionId, NaiveDate),
    account: Uuid,
) -> Actor {
    let account = AccountId(account);
    Actor::Person {
        account,
        mandate: Mandate {
            id: MandateId(account.0),
            account,
            role,
            perimeter,
            session,
            valid_from: from - Days::new(30),
            valid_until: from + Days::new(300),
            revoked: false,
        },
        strong: true,
    }
}

/// Every sitting of the house, by date and hour.
pub async fn all_sittings(context: &Context, head: &Actor) -> Result<Vec<DatedSitting>> {
    let scope = head.scope::<ReadDay>(context.today())?;
    let filter = SittingFilter::default();
    let mut all = sittings::list(&context.db.read(), &scope, &filter).await?;
    all.sort_by_key(|one| (one.day, one.starts.clone(), one.number, one.environment));
    Ok(all)
}

/// A member of the commission of a sitting.
pub async fn examiner(
    context: &Context,
    (session, authority): (SessionId, AuthorityId),
    one: &DatedSitting,
    place: usize,
) -> Result<Actor> {
    let members = members(context, one).await?;
    let member = members[place % members.len()];
    Ok(acting(
        Role::Examiner,
        Perimeter::Examiner(member, authority),
        (session, context.today()),
        member.0,
    ))
}

/// The members of the commission of a sitting.
pub async fn members(context: &Context, one: &DatedSitting) -> Result<Vec<ExaminerId>> {
    let reader = context.db.read();
    let all = delos_persistence::plans::commissions(&reader, one.plan).await?;
    let own = all.into_iter().find(|c| c.id == one.commission);
    Ok(own.context("the commission")?.members)
}

/// An id as a statement of this database names it.
pub fn id_in(engine: Engine, id: Uuid) -> String {
    match engine {
        Engine::Sqlite => format!("x'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'"),
    }
}

/// A command that had to succeed.
pub fn told(error: CommandError) -> anyhow::Error {
    match error {
        CommandError::Refused(refusal) => anyhow::anyhow!("refused: {refusal:?}"),
        other => other.into(),
    }
}
