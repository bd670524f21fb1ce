//! Accounts of the perimeter, and what can be given to whom.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use delos_domain::actor::Actor;
use delos_domain::ids::AccountId;
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::scope::{GrantMandate, ReadAccounts, ResetSecondFactor};
use delos_persistence::accounts;
use delos_persistence::schools::{self, Page, PageRequest};
use delos_persistence::{Reader, authorities, examiners, second_factor};
use uuid::Uuid;

use super::me::{MandateView, in_words};
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::second_factor::RESET_SERVES;

/// An account with its mandates.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// Full name.
    pub name: String,
    /// What is typed to sign in.
    pub login: String,
    /// Whether a password has been set.
    pub active: bool,
    /// Its mandates of the session, the revoked ones last.
    pub mandates: Vec<MandateView>,
    /// Its second factor, for whoever may reset it.
    pub second_factor: Option<AccountFactor>,
}

/// The second factor of somebody else's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFactor {
    /// Whether there is one.
    pub enrolled: bool,
    /// The reset that waits for a second person.
    pub reset: Option<AskedReset>,
}

/// A reset that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedReset {
    /// Who asks.
    pub by: String,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Whether it is oneself: somebody else confirms.
    pub own: bool,
}

/// A role that can be given, with what it can cover.
#[derive(Clone, Debug)]
pub struct GrantableRole {
    /// The role.
    pub role: Role,
    /// Ids and names of what it can cover.
    pub perimeters: Vec<(Uuid, String)>,
}

/// Accounts of the perimeter.
pub async fn list(
    context: &Context,
    actor: &Actor,
    page: &PageRequest,
) -> CommandResult<Page<AccountView>> {
    let scope = actor.scope::<ReadAccounts>(context.today())?;
    let reader = context.db.read();
    let found = accounts::list(&reader, &scope, page).await?;
    let ids: Vec<_> = found.items.iter().map(|account| account.id).collect();
    let mut mandates = accounts::mandates_of(&reader, &ids).await?;
    mandates.retain(|mandate| mandate.session == scope.session());
    mandates.sort_by_key(|mandate| mandate.revoked);
    let words = in_words(&reader, &mandates).await?;
    let factors = factors(context, &reader, actor, &ids).await?;
    let items = found
        .items
        .into_iter()
        .map(|account| AccountView {
            id: account.id,
            name: account.identity.full_name(),
            login: account.login,
            active: account.password_hash.is_some(),
            mandates: mandates
                .iter()
                .zip(&words)
                .filter(|(one, _)| one.account == account.id)
                .map(|(_, view)| view.clone())
                .collect(),
            second_factor: factors.get(&account.id).cloned(),
        })
        .collect();
    Ok(Page {
        items,
        total: found.total,
        offset: found.offset,
    })
}

/// One account of the perimeter.
pub async fn one(context: &Context, actor: &Actor, id: AccountId) -> CommandResult<AccountView> {
    let scope = actor.scope::<ReadAccounts>(context.today())?;
    let reader = context.db.read();
    let account = accounts::inside(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let mut mandates = accounts::mandates_of(&reader, &[id]).await?;
    mandates.retain(|mandate| mandate.session == scope.session());
    mandates.sort_by_key(|mandate| mandate.revoked);
    Ok(AccountView {
        id,
        name: account.identity.full_name(),
        login: account.login,
        active: account.password_hash.is_some(),
        mandates: in_words(&reader, &mandates).await?,
        second_factor: factors(context, &reader, actor, &[id]).await?.remove(&id),
    })
}

/// The second factors of accounts of the perimeter; none for whoever may not reset them.
async fn factors(
    context: &Context,
    reader: &Reader,
    actor: &Actor,
    ids: &[AccountId],
) -> CommandResult<HashMap<AccountId, AccountFactor>> {
    let Ok(scope) = actor.scope::<ResetSecondFactor>(context.today()) else {
        return Ok(HashMap::new());
    };
    let enrolled = second_factor::enrolled(reader, ids).await?;
    let mut resets = second_factor::resets(reader, ids).await?;
    let now = context.now();
    resets
        .retain(|account, reset| enrolled.contains(account) && now - reset.asked_at < RESET_SERVES);
    let mut names = HashMap::new();
    for reset in resets.values() {
        if let Some(account) = accounts::by_id(reader, reset.asked_by).await? {
            names.insert(account.id, account.identity.full_name());
        }
    }
    let factor = |id: &AccountId| AccountFactor {
        enrolled: enrolled.contains(id),
        reset: resets.get(id).map(|reset| AskedReset {
            by: names.get(&reset.asked_by).cloned().unwrap_or_default(),
            at: reset.asked_at,
            own: scope.account() == Some(reset.asked_by),
        }),
    };
    Ok(ids.iter().map(|id| (*id, factor(id))).collect())
}

/// What the active mandate may give, one level down.
pub async fn grantable(context: &Context, actor: &Actor) -> CommandResult<Vec<GrantableRole>> {
    let scope = actor.scope::<GrantMandate>(context.today())?;
    let own = actor.mandate().ok_or(CommandError::Forbidden)?;
    let reader = context.db.read();
    let mut found = Vec::new();
    for &role in own.role.may_grant() {
        let perimeters = match (role, own.perimeter) {
            (Role::NationalReader, _) => vec![(own.session.0, "Toute la session".to_owned())],
            (Role::HeadOfSchool | Role::CentreStaff, _) => schools::all(&reader, &scope)
                .await?
                .into_iter()
                .map(|s| (s.school.id.0, format!("{} ({})", s.name, s.school.uai)))
                .collect(),
            (Role::Examiner, _) => examiners::all(&reader, &scope)
                .await?
                .into_iter()
                .map(|e| {
                    (
                        e.id.0,
                        format!("{} ({})", e.identity.full_name(), e.identifier),
                    )
                })
                .collect(),
            (_, Perimeter::Authority(own)) => named(&reader, |id| id == own).await?,
            _ => named(&reader, |_| true).await?,
        };
        found.push(GrantableRole { role, perimeters });
    }
    Ok(found)
}

async fn named(
    reader: &delos_persistence::Reader,
    wanted: impl Fn(delos_domain::ids::AuthorityId) -> bool,
) -> CommandResult<Vec<(Uuid, String)>> {
    let all = authorities::all(reader).await?;
    Ok(all
        .into_iter()
        .filter(|authority| wanted(authority.id))
        .map(|authority| (authority.id.0, authority.name))
        .collect())
}
