//! The first access: a one-time link or code, and the password that one chooses.

use delos_domain::email::EmailAddress;
use delos_persistence::accounts::{self, AccountRecord};

use super::{Login, SignedIn, candidate_code_hash, find, log, must_not_wait, open_session};
use crate::context::Context;
use crate::error::{CommandResult, Refusal};
use crate::secrets::{check_password, hash_password, token_hash};

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
    let login = match proof {
        FirstAccess::Link { .. } => None,
        FirstAccess::Code {
            authority, number, ..
        } => Some(Login::Candidate {
            authority: authority.clone(),
            number: number.clone(),
        }),
    };
    let candidate = match &login {
        Some(login) => {
            let account = find(context, login).await?;
            must_not_wait(context, login, account.as_ref(), now)?;
            account
        }
        None => None,
    };
    // The hash takes its time outside any transaction, and takes it whether or not there is such a candidate.
    let hash = hash_password(context, password.clone()).await?;

    let tx = context.db.write().await?;
    let used = match (proof, &candidate) {
        (FirstAccess::Link { token }, _) => {
            accounts::use_code(&tx, &token_hash(token), None, now).await?
        }
        (FirstAccess::Code { code, .. }, Some(account)) => {
            let code_hash = candidate_code_hash(&tx, account, code).await?;
            accounts::use_code(&tx, &code_hash, Some(account.id), now).await?
        }
        (FirstAccess::Code { .. }, None) => None,
    };
    let account = match used {
        Some(id) => accounts::by_id(&tx, id).await?,
        None => None,
    };
    let Some(account) = account.filter(|account| !account.disabled) else {
        match (&login, &candidate) {
            (Some(_), Some(account)) => {
                accounts::count_failure(&tx, account.id, Some(now)).await?;
            }
            (Some(login), None) => context.attempts.failed(&login.key(), now),
            (None, _) => {}
        }
        log(context, &tx, "FirstAccess", candidate.as_ref(), "bad_code").await?;
        tx.commit(()).await?.into_inner();
        return Err(Refusal::new("bad_code").into());
    };
    // Whose it is, is known now: nothing is committed, the link serves again.
    check_password(&password, &words_about(&account))?;
    accounts::set_password(&tx, &account, &hash).await?;
    let signed = open_session(context, &tx, &account, None, None).await?;
    log(context, &tx, "FirstAccess", Some(&account), "done").await?;
    Ok(tx.commit(signed).await?.into_inner())
}

/// What anybody who knows a person tries first: names, number, address.
fn words_about(account: &AccountRecord) -> Vec<&str> {
    let identity = &account.identity;
    let mut words = vec![
        identity.family_name.as_str(),
        identity.given_names.as_str(),
        account.login.as_str(),
    ];
    words.extend(identity.usage_name.as_deref());
    words.extend(identity.national_number.as_deref());
    words.extend(identity.email.as_ref().map(EmailAddress::as_str));
    words
}
