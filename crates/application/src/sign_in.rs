//! Signing in and out, first access, and the web session that every request is resumed from.

mod first_access;

use chrono::{DateTime, Duration, Utc};
use delos_domain::actor::Actor;
use delos_domain::candidate::CandidateNumber;
use delos_domain::email::EmailAddress;
use delos_domain::ids::{AccountId, MandateId};
use delos_domain::mandate::{Mandate, Role};
use delos_persistence::accounts::{self, AccountRecord, WebSession};
use delos_persistence::{Transaction, authorities, envelope, journal, sessions};

use crate::access_codes;
use crate::attempts::{LoginKey, wait_after};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::secrets::{new_token, token_hash, verify_password};

pub use first_access::{FirstAccess, first_access};

/// How long a session of staff lives unused, and in all.
pub(crate) const STAFF_IDLE: Duration = Duration::minutes(30);
pub(crate) const STAFF_ABSOLUTE: Duration = Duration::hours(12);
/// How long a candidate's lives unused.
const CANDIDATE_IDLE: Duration = Duration::minutes(20);
/// How long noting that somebody is still there may take.
const TOUCH: std::time::Duration = std::time::Duration::from_secs(1);

/// Who signs in.
#[derive(Clone, Debug)]
pub enum Login {
    /// Staff, by address.
    Staff {
        /// The address.
        email: String,
    },
    /// A candidate, by authority and number.
    Candidate {
        /// Code of the authority.
        authority: String,
        /// His number.
        number: String,
    },
}

/// Opens the door: the token goes to the browser's cookie, only its hash is kept.
#[derive(Debug)]
pub struct SignedIn {
    /// The new token.
    pub token: String,
    /// Whether a candidate signed in.
    pub candidate: bool,
}

/// A request's person.
#[derive(Clone, Debug)]
pub struct Person {
    /// His web session.
    pub web_session: WebSession,
    /// His account.
    pub account: AccountRecord,
    /// Mandates that hold today.
    pub mandates: Vec<Mandate>,
    /// Who he acts as; none without a mandate.
    pub actor: Option<Actor>,
    /// Whether a second factor was shown in this session.
    pub strong: bool,
}

/// Signs in with a password. What is unknown costs and waits as what is known: nobody learns who has an account.
///
/// # Errors
/// Refuses with `bad_credentials` (whatever was wrong), `too_many_attempts`.
pub async fn sign_in(
    context: &Context,
    login: &Login,
    password: String,
) -> CommandResult<SignedIn> {
    let now = context.now();
    let usable = find(context, login).await?;
    must_not_wait(context, login, usable.as_ref(), now)?;
    let hash = usable
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let right = verify_password(context, password, hash.clone()).await?;

    let tx = context.db.write().await?;
    let Some(account) = usable else {
        context.attempts.failed(&login.key(), now);
        log(context, &tx, "SignIn", None, "bad_credentials").await?;
        tx.commit(()).await?.into_inner();
        return Err(Refusal::new("bad_credentials").into());
    };
    // As it stands now: the password may have been changed, or the account shut, while this one was being checked; and
    // of many that were checked at once those after the last free one do not count, right or wrong.
    let account = accounts::by_id(&tx, account.id)
        .await?
        .filter(|current| !current.disabled && current.password_hash == hash)
        .ok_or_else(|| Refusal::new("bad_credentials"))?;
    must_not_wait(context, login, Some(&account), now)?;
    if !right {
        accounts::count_failure(&tx, account.id, Some(now)).await?;
        log(context, &tx, "SignIn", Some(&account), "bad_credentials").await?;
        tx.commit(()).await?.into_inner();
        return Err(Refusal::new("bad_credentials").into());
    }
    accounts::count_failure(&tx, account.id, None).await?;
    let signed = open_session(context, &tx, &account, None, None).await?;
    log(context, &tx, "SignIn", Some(&account), "done").await?;
    Ok(tx.commit(signed).await?.into_inner())
}

/// Refuses whoever still waits after wrong passwords.
fn must_not_wait(
    context: &Context,
    login: &Login,
    account: Option<&AccountRecord>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let wait = match account {
        Some(account) => wait_after(account.failures, account.failed_at, now),
        None => context.attempts.wait(&login.key(), now),
    };
    match wait {
        Some(wait) => {
            Err(Refusal::new("too_many_attempts").with("seconds", wait.num_seconds().max(1)))
        }
        None => Ok(()),
    }
}

/// The person of a token, if its session still lives; its use is noted, and keeps it alive.
pub async fn resume(context: &Context, token: &str) -> CommandResult<Option<Person>> {
    let now = context.now();
    let Some(person) = still(context, token).await? else {
        return Ok(None);
    };
    // One write a minute is enough to know that somebody is still there. Whoever only reads is served though nothing can
    // be written (a full disk) or the writer is long at work: the next request notes it.
    let session = &person.web_session;
    if now - session.seen_at > Duration::minutes(1) {
        match tokio::time::timeout(TOUCH, touch(context, session, now)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a session's use was not noted"),
            Err(_) => tracing::debug!("a session's use was not noted: the writer is at work"),
        }
    }
    Ok(Some(person))
}

/// The person of a token, if its session still lives. Nothing is noted: a page that looks again by itself does not keep
/// alive the session of somebody who has gone.
pub async fn still(context: &Context, token: &str) -> CommandResult<Option<Person>> {
    let now = context.now();
    let reader = context.db.read();
    let Some(session) = accounts::session_by_hash(&reader, &token_hash(token)).await? else {
        return Ok(None);
    };
    let Some(account) = accounts::by_id(&reader, session.account).await? else {
        return Ok(None);
    };
    let idle = if account.candidate.is_some() {
        CANDIDATE_IDLE
    } else {
        STAFF_IDLE
    };
    if account.disabled || now - session.seen_at > idle || now - session.created_at > STAFF_ABSOLUTE
    {
        return Ok(None);
    }
    let today = context.today();
    let mut mandates = accounts::mandates_of(&reader, &[account.id]).await?;
    mandates.retain(|mandate| mandate.holds_on(today));
    let active = mandates
        .iter()
        .find(|mandate| Some(mandate.id) == session.mandate)
        .cloned();
    // A change of mandate begins another session, and the proof goes with it: no longer than a session lives in all.
    let strong = session
        .strong_at
        .is_some_and(|proved| now - proved <= STAFF_ABSOLUTE);
    let actor = active.map(|mandate| Actor::Person {
        account: account.id,
        mandate,
        strong,
    });
    Ok(Some(Person {
        web_session: session,
        account,
        mandates,
        actor,
        strong,
    }))
}

async fn touch(context: &Context, session: &WebSession, now: DateTime<Utc>) -> CommandResult<()> {
    let tx = context.db.write().await?;
    accounts::touch_session(&tx, session.id, now).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

/// Ends the session that a browser held before somebody signed in from it again; a token that opens nothing ends nothing.
pub async fn leave(context: &Context, token: &str) -> CommandResult<()> {
    let reader = context.db.read();
    let Some(session) = accounts::session_by_hash(&reader, &token_hash(token)).await? else {
        return Ok(());
    };
    let account = accounts::by_id(&reader, session.account).await?;
    retrying(|| async {
        let tx = context.db.write().await?;
        accounts::end_session(&tx, session.id).await?;
        log(context, &tx, "SignOut", account.as_ref(), "replaced").await?;
        tx.commit(()).await?.into_inner();
        Ok(())
    })
    .await
}

/// Ends the session.
pub async fn sign_out(context: &Context, person: &Person) -> CommandResult<()> {
    let tx = context.db.write().await?;
    accounts::end_session(&tx, person.web_session.id).await?;
    log(context, &tx, "SignOut", Some(&person.account), "done").await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

/// Acts under another of one's mandates: a new session, the old one ends.
///
/// # Errors
/// [`CommandError::NotFound`] for a mandate that is not one's own or does not hold today.
pub async fn switch_mandate(
    context: &Context,
    person: &Person,
    mandate: MandateId,
) -> CommandResult<SignedIn> {
    if !person.mandates.iter().any(|one| one.id == mandate) {
        return Err(CommandError::NotFound);
    }
    let tx = context.db.write().await?;
    // As it stands now: a reset of the second factor may have ended it meanwhile.
    let current = accounts::session_by_hash(&tx, &person.web_session.token_hash).await?;
    let strong_at = current.and_then(|session| session.strong_at);
    accounts::end_session(&tx, person.web_session.id).await?;
    let signed = open_session(context, &tx, &person.account, Some(mandate), strong_at).await?;
    log(context, &tx, "SwitchMandate", Some(&person.account), "done").await?;
    Ok(tx.commit(signed).await?.into_inner())
}

/// A candidate's login in the accounts table.
pub fn candidate_login(session: &str, authority: &str, number: &CandidateNumber) -> String {
    format!("{session}/{authority}/{number}")
}

/// What is kept of a code that a candidate types.
async fn candidate_code_hash(
    tx: &Transaction,
    account: &AccountRecord,
    code: &str,
) -> CommandResult<String> {
    let session = account.login.split('/').next().unwrap_or_default();
    let session = sessions::by_code(tx, session)
        .await?
        .ok_or(CommandError::NotFound)?;
    let key = envelope::session_key(tx, session.id.0).await?;
    Ok(access_codes::candidate_code_hash(&key, account.id, code))
}

impl Login {
    /// What wrong passwords are counted by when no account has this login.
    fn key(&self) -> LoginKey {
        match self {
            Self::Staff { email } => LoginKey::of(&["staff", &email.trim().to_lowercase()]),
            Self::Candidate { authority, number } => {
                LoginKey::of(&["candidate", authority, number.trim()])
            }
        }
    }
}

/// The account of a login, unless it is shut. What is no login at all (no address, no number) never reaches the store.
async fn find(context: &Context, login: &Login) -> CommandResult<Option<AccountRecord>> {
    let found = match login {
        Login::Staff { email } => {
            let Ok(email) = EmailAddress::parse(email.trim()) else {
                return Ok(None);
            };
            let found = accounts::by_login(&context.db.read(), email.as_str()).await?;
            found.filter(|account| account.candidate.is_none())
        }
        Login::Candidate { authority, number } => {
            let Some(number) = CandidateNumber::parse(number.trim()) else {
                return Ok(None);
            };
            of_candidate(context, authority, &number).await?
        }
    };
    Ok(found.filter(|account| !account.disabled))
}

async fn of_candidate(
    context: &Context,
    authority: &str,
    number: &CandidateNumber,
) -> CommandResult<Option<AccountRecord>> {
    let reader = context.db.read();
    if !authorities::all(&reader)
        .await?
        .iter()
        .any(|one| one.code == authority)
    {
        return Ok(None);
    }
    for session in sessions::all(&reader).await? {
        let login = candidate_login(&session.code, authority, number);
        if let Some(account) = accounts::by_login(&reader, &login).await? {
            return Ok(Some(account));
        }
    }
    Ok(None)
}

async fn open_session(
    context: &Context,
    tx: &Transaction,
    account: &AccountRecord,
    mandate: Option<MandateId>,
    strong_at: Option<DateTime<Utc>>,
) -> CommandResult<SignedIn> {
    let now = context.now();
    let today = context.today();
    let mandates = accounts::mandates_of(tx, &[account.id]).await?;
    let mut holding = mandates.iter().filter(|one| one.holds_on(today));
    let mandate = match mandate {
        Some(chosen) => holding.find(|one| one.id == chosen).map(|one| one.id),
        None => holding.next().map(|one| one.id),
    };
    let token = new_token(context);
    let session = WebSession {
        id: context.ids.next(),
        token_hash: token_hash(&token),
        account: account.id,
        mandate,
        created_at: now,
        seen_at: now,
        strong_at,
    };
    accounts::insert_session(tx, &session).await?;
    Ok(SignedIn {
        token,
        candidate: account.candidate.is_some(),
    })
}

async fn log(
    context: &Context,
    tx: &Transaction,
    operation: &'static str,
    account: Option<&AccountRecord>,
    outcome: &str,
) -> CommandResult<()> {
    let line = journal::Line {
        id: context.ids.next(),
        at: context.now(),
        account: account.map(|account| account.id.0),
        mandate: None,
        operation,
        session: None,
        subjects: account.map(|account| account.id.0).into_iter().collect(),
        outcome: outcome.to_owned(),
        change: None,
    };
    journal::add(tx, line).await?;
    Ok(())
}

/// The role that a person acts in, for the gateway's choice of schema.
pub fn role_of(person: &Person) -> Option<Role> {
    person
        .actor
        .as_ref()
        .and_then(Actor::mandate)
        .map(|mandate| mandate.role)
}

/// The account of a person: what logs name.
pub fn account_of(person: &Person) -> AccountId {
    person.account.id
}
