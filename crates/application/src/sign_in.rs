//! Signing in and out, first access, and the web session that every request is resumed from.

use chrono::{DateTime, Duration, Utc};
use delos_domain::actor::Actor;
use delos_domain::candidate::CandidateNumber;
use delos_domain::ids::{AccountId, MandateId};
use delos_domain::mandate::{Mandate, Role};
use delos_persistence::accounts::{self, AccountRecord, WebSession};
use delos_persistence::{Transaction, authorities, envelope, journal, sessions};

use crate::access_codes;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::secrets::{check_password, hash_password, new_token, token_hash, verify_password};

/// How long a session of staff lives unused, and in all.
const STAFF_IDLE: Duration = Duration::minutes(30);
const STAFF_ABSOLUTE: Duration = Duration::hours(12);
/// How long a candidate's lives unused.
const CANDIDATE_IDLE: Duration = Duration::minutes(20);
/// Wrong passwords that cost nothing; each one more doubles the wait, up to a quarter of an hour.
const FREE_FAILURES: i64 = 5;

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
}

/// Signs in with a password.
///
/// # Errors
/// Refuses with `bad_credentials` (whatever was wrong), `too_many_attempts`.
pub async fn sign_in(
    context: &Context,
    login: &Login,
    password: String,
) -> CommandResult<SignedIn> {
    let now = context.now();
    let found = find(context, login).await?;
    if let Some(account) = &found
        && let Some(wait) = wait_of(account, now)
    {
        return Err(Refusal::new("too_many_attempts")
            .with("seconds", wait.num_seconds())
            .into());
    }
    let usable = found.filter(|account| !account.disabled);
    let right = verify_password(
        context,
        password,
        usable
            .as_ref()
            .and_then(|account| account.password_hash.clone()),
    )
    .await?;

    let tx = context.db.write().await?;
    let Some(account) = usable else {
        drop(tx);
        return Err(Refusal::new("bad_credentials").into());
    };
    if !right {
        accounts::count_failure(&tx, account.id, Some(now)).await?;
        log(context, &tx, "SignIn", &account, "bad_credentials").await?;
        tx.commit(()).await?.into_inner();
        return Err(Refusal::new("bad_credentials").into());
    }
    accounts::count_failure(&tx, account.id, None).await?;
    let signed = open_session(context, &tx, &account, None).await?;
    log(context, &tx, "SignIn", &account, "done").await?;
    Ok(tx.commit(signed).await?.into_inner())
}

/// What a first access is proved by.
#[derive(Clone, Debug)]
pub enum FirstAccess {
    /// The token of a one-time link.
    Link {
        /// The token.
        token: String,
    },
    /// A candidate's one-time code.
    Code {
        /// Code of his authority.
        authority: String,
        /// His number.
        number: String,
        /// The code of his convocation.
        code: String,
    },
}

/// Uses up a one-time link or code, sets the password, signs in.
///
/// # Errors
/// Refuses with `bad_code`, `too_many_attempts`, or a password's refusal.
pub async fn first_access(
    context: &Context,
    proof: &FirstAccess,
    password: String,
) -> CommandResult<SignedIn> {
    let now = context.now();
    check_password(&password, &[])?;
    let candidate = match proof {
        FirstAccess::Link { .. } => None,
        FirstAccess::Code {
            authority, number, ..
        } => {
            let login = Login::Candidate {
                authority: authority.clone(),
                number: number.clone(),
            };
            let account = find(context, &login)
                .await?
                .ok_or_else(|| Refusal::new("bad_code"))?;
            if let Some(wait) = wait_of(&account, now) {
                return Err(Refusal::new("too_many_attempts")
                    .with("seconds", wait.num_seconds())
                    .into());
            }
            Some(account)
        }
    };
    // The hash takes its time outside any transaction.
    let hash = hash_password(context, password).await?;

    let tx = context.db.write().await?;
    let code_hash = match (proof, &candidate) {
        (FirstAccess::Link { token }, _) => token_hash(token),
        (FirstAccess::Code { code, .. }, Some(account)) => {
            candidate_code_hash(&tx, account, code).await?
        }
        (FirstAccess::Code { .. }, None) => return Err(Refusal::new("bad_code").into()),
    };
    let Some(id) = accounts::use_code(
        &tx,
        &code_hash,
        candidate.as_ref().map(|account| account.id),
        now,
    )
    .await?
    else {
        if let Some(account) = &candidate {
            accounts::count_failure(&tx, account.id, Some(now)).await?;
            log(context, &tx, "FirstAccess", account, "bad_code").await?;
            tx.commit(()).await?.into_inner();
        }
        return Err(Refusal::new("bad_code").into());
    };
    let account = accounts::by_id(&tx, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    if account.disabled {
        return Err(Refusal::new("bad_code").into());
    }
    accounts::set_password(&tx, &account, &hash).await?;
    let signed = open_session(context, &tx, &account, None).await?;
    log(context, &tx, "FirstAccess", &account, "done").await?;
    Ok(tx.commit(signed).await?.into_inner())
}

/// The person of a token, if its session still lives.
pub async fn resume(context: &Context, token: &str) -> CommandResult<Option<Person>> {
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
    let actor = active.map(|mandate| Actor::Person {
        account: account.id,
        mandate,
    });
    // One write a minute is enough to know that somebody is still there.
    if now - session.seen_at > Duration::minutes(1) {
        let tx = context.db.write().await?;
        accounts::touch_session(&tx, session.id, now).await?;
        tx.commit(()).await?.into_inner();
    }
    Ok(Some(Person {
        web_session: session,
        account,
        mandates,
        actor,
    }))
}

/// Ends the session.
pub async fn sign_out(context: &Context, person: &Person) -> CommandResult<()> {
    let tx = context.db.write().await?;
    accounts::end_session(&tx, person.web_session.id).await?;
    log(context, &tx, "SignOut", &person.account, "done").await?;
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
    accounts::end_session(&tx, person.web_session.id).await?;
    let signed = open_session(context, &tx, &person.account, Some(mandate)).await?;
    log(context, &tx, "SwitchMandate", &person.account, "done").await?;
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

async fn find(context: &Context, login: &Login) -> CommandResult<Option<AccountRecord>> {
    let reader = context.db.read();
    match login {
        Login::Staff { email } => {
            let found = accounts::by_login(&reader, &fold_email(email)).await?;
            Ok(found.filter(|account| account.candidate.is_none()))
        }
        Login::Candidate { authority, number } => {
            let Some(number) = CandidateNumber::parse(number.trim()) else {
                return Ok(None);
            };
            if !authorities::all(&reader)
                .await?
                .iter()
                .any(|one| one.code == *authority)
            {
                return Ok(None);
            }
            for session in sessions::all(&reader).await? {
                if let Some(account) =
                    accounts::by_login(&reader, &candidate_login(&session.code, authority, &number))
                        .await?
                {
                    return Ok(Some(account));
                }
            }
            Ok(None)
        }
    }
}

/// An address as logins are kept: the domain in lower case.
pub(crate) fn fold_email(email: &str) -> String {
    delos_domain::email::EmailAddress::parse(email.trim())
        .map_or_else(|_| email.trim().to_owned(), |email| email.to_string())
}

/// How long an account still waits after wrong passwords.
fn wait_of(account: &AccountRecord, now: DateTime<Utc>) -> Option<Duration> {
    let over = account.failures - FREE_FAILURES;
    let failed_at = account.failed_at.filter(|_| over >= 0)?;
    let wait = Duration::seconds(15 << over.min(6)).min(Duration::minutes(15));
    let left = failed_at + wait - now;
    (left > Duration::zero()).then_some(left)
}

async fn open_session(
    context: &Context,
    tx: &Transaction,
    account: &AccountRecord,
    mandate: Option<MandateId>,
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
    account: &AccountRecord,
    outcome: &str,
) -> CommandResult<()> {
    let line = journal::Line {
        id: context.ids.next(),
        at: context.now(),
        account: Some(account.id.0),
        mandate: None,
        operation,
        session: None,
        subjects: vec![account.id.0],
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
