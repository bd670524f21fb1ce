//! One-time codes of candidates and one-time links of staff: made here, kept as hashes, each in the place of the
//! earlier ones of its account.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use delos_domain::ids::AccountId;
use delos_persistence::accounts::{self, AccessCode};
use delos_persistence::envelope::CohortKey;
use delos_persistence::{StoreError, Transaction};

use crate::context::Context;
use crate::secrets::{fold_code, new_code, new_token, token_hash};

/// How long a code sent with a convocation serves: from a month before the exam to after the results.
pub(crate) const WITH_CONVOCATION: Duration = Duration::days(120);
/// How long a code that was asked for serves.
pub(crate) const ASKED_FOR: Duration = Duration::days(30);
/// How long an invitation's link serves.
const INVITATION: Duration = Duration::days(14);

/// What is kept of a candidate's code: an HMAC under his cohort's key, since a code has 50 bits only.
pub(crate) fn candidate_code_hash(key: &CohortKey, account: AccountId, code: &str) -> String {
    key.fingerprint(format!("{account}:{}", fold_code(code)).as_bytes())
}

/// A new code for each candidate's account.
pub(crate) async fn candidate_codes(
    context: &Context,
    tx: &Transaction,
    key: &CohortKey,
    of: &[AccountId],
    serves: Duration,
) -> Result<HashMap<AccountId, String>, StoreError> {
    let now = context.now();
    let codes: HashMap<_, _> = of.iter().map(|id| (*id, new_code(context))).collect();
    let rows: Vec<_> = codes
        .iter()
        .map(|(account, code)| AccessCode {
            id: context.ids.next(),
            account: *account,
            hash: candidate_code_hash(key, *account, code),
            created_at: now,
            expires_at: now + serves,
        })
        .collect();
    accounts::insert_codes(tx, &rows).await?;
    Ok(codes)
}

/// A new link for an account of staff, and the last day on which it serves (in Paris).
pub(crate) async fn staff_link(
    context: &Context,
    tx: &Transaction,
    account: AccountId,
) -> Result<(String, NaiveDate), StoreError> {
    let now = context.now();
    let token = new_token(context);
    let code = AccessCode {
        id: context.ids.next(),
        account,
        hash: token_hash(&token),
        created_at: now,
        expires_at: now + INVITATION,
    };
    accounts::insert_codes(tx, std::slice::from_ref(&code)).await?;
    let last = code.expires_at.with_timezone(&chrono_tz::Europe::Paris);
    let link = format!("{}/premier-acces#{token}", context.settings.public_url);
    Ok((link, last.date_naive()))
}
