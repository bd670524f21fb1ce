//! Lays the ground: academies and authorities, an undated session with its key, the first administrator.

use std::collections::BTreeMap;

use delos_domain::actor::Actor;
use delos_domain::email::EmailAddress;
use delos_domain::ids::{AccountId, AuthorityId, CohortId, IdentityId, MandateId, SessionId};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::scope::InitHouse;
use delos_persistence::accounts::{self, AccessCode, AccountRecord};
use delos_persistence::authorities::{self, AcademyRecord, AuthorityRecord};
use delos_persistence::identities::IdentityRecord;
use delos_persistence::sessions::{self, SessionRecord};
use delos_persistence::{envelope, journal};

use crate::academies;
use crate::context::Context;
use crate::error::{CommandResult, Refusal};
use crate::secrets::{new_token, token_hash};

/// How long the first administrator's link serves.
const LINK_DAYS: i64 = 7;

/// What `delos init` asks for.
#[derive(Clone, Debug)]
pub struct InitHouseInput {
    /// Address of the first administrator.
    pub admin_email: EmailAddress,
    /// Year of the session.
    pub session: String,
    /// Its regulation set.
    pub regulation: String,
}

/// What was laid.
#[derive(Clone, Debug)]
pub struct House {
    /// The session.
    pub session: SessionId,
    /// The administrator's one-time token: his link is `{public_url}/premier-acces#{token}`.
    pub token: String,
}

/// Lays the ground of a session. Authorities are laid once; a second session finds them.
///
/// # Errors
/// Refuses with `unknown_regulation`, `session_code`, `session_exists`.
pub async fn init_house(context: &Context, input: &InitHouseInput) -> CommandResult<House> {
    if context.regulation(&input.regulation).is_none() {
        return Err(Refusal::new("unknown_regulation")
            .with("regulation", &input.regulation)
            .into());
    }
    if input.session.len() != 4 || !input.session.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::new("session_code")
            .with("session", &input.session)
            .into());
    }
    let now = context.now();
    let session = SessionId(context.ids.next());
    let scope = Actor::System.system_scope::<InitHouse>(session)?;
    let token = new_token(context);

    let tx = context.db.write().await?;
    if sessions::by_code(&tx, &input.session).await?.is_some() {
        return Err(Refusal::new("session_exists")
            .with("session", &input.session)
            .into());
    }
    if authorities::all(&tx).await?.is_empty() {
        for authority in published_authorities(context)? {
            authorities::insert(&tx, &authority).await?;
        }
    }
    sessions::insert(
        &tx,
        &SessionRecord {
            id: session,
            code: input.session.clone(),
            regulation: input.regulation.clone(),
            version: 1,
        },
    )
    .await?;
    let cohort = envelope::create_cohort(
        &tx,
        session.0,
        CohortId(context.ids.next()),
        context.random(),
        now,
    )
    .await?;

    let account = if let Some(account) = accounts::by_login(&tx, input.admin_email.as_str()).await?
    {
        account.id
    } else {
        let account = AccountRecord {
            id: AccountId(context.ids.next()),
            login: input.admin_email.to_string(),
            identity: IdentityRecord {
                id: IdentityId(context.ids.next()),
                family_name: "Administration".to_owned(),
                usage_name: None,
                given_names: "Délos".to_owned(),
                birth_date: None,
                national_number: None,
                email: Some(input.admin_email.clone()),
            },
            candidate: None,
            password_hash: None,
            disabled: false,
            failures: 0,
            failed_at: None,
            version: 1,
        };
        accounts::insert(&tx, cohort.id, &account).await?;
        account.id
    };
    let mandate = Mandate {
        id: MandateId(context.ids.next()),
        account,
        role: Role::PlatformAdministrator,
        perimeter: Perimeter::Session,
        session,
        valid_from: context.today(),
        valid_until: accounts::end_of_session_year(&input.session)
            .unwrap_or_else(|| context.today()),
        revoked: false,
    };
    accounts::insert_mandates(&tx, &[mandate], None).await?;
    let code = AccessCode {
        id: context.ids.next(),
        account,
        hash: token_hash(&token),
        created_at: now,
        expires_at: now + chrono::Duration::days(LINK_DAYS),
    };
    accounts::insert_codes(&tx, &[code]).await?;
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), now, &scope, vec![session.0, account.0]),
    )
    .await?;
    Ok(tx.commit(House { session, token }).await?.into_inner())
}

/// The authorities of the published list: SIEC for its three academies, a rectorat for each other.
fn published_authorities(context: &Context) -> CommandResult<Vec<AuthorityRecord>> {
    let mut found: BTreeMap<String, AuthorityRecord> = BTreeMap::new();
    for one in academies::published()? {
        let academy = AcademyRecord {
            code: one.code.to_owned(),
            name: one.name.to_owned(),
            timezone: one.timezone,
        };
        let (key, title) = if one.of_siec {
            (
                "SIEC".to_owned(),
                "SIEC (Créteil, Paris, Versailles)".to_owned(),
            )
        } else if one.name.contains('(') {
            (one.code.to_owned(), one.name.to_owned())
        } else {
            (
                one.code.to_owned(),
                format!("Rectorat {}", of_the(one.name)),
            )
        };
        found
            .entry(key.clone())
            .or_insert_with(|| AuthorityRecord {
                id: AuthorityId(context.ids.next()),
                code: key,
                name: title,
                contact_email: None,
                confirms_itself: false,
                notice_days: 5,
                academies: Vec::new(),
            })
            .academies
            .push(academy);
    }
    Ok(found.into_values().collect())
}

/// « de Dijon », « d'Amiens », « de La Réunion ».
fn of_the(name: &str) -> String {
    let vowel = name.starts_with(|c| "AEIOUYÉÈÎÔ".contains(c));
    if vowel {
        format!("d’{name}")
    } else {
        format!("de {name}")
    }
}
