//! Wrong passwords, and how long one waits after them: the same for an account and for a login that has none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest, Sha256};

/// Wrong passwords that cost nothing; each one more doubles the wait, up to a quarter of an hour.
const FREE_FAILURES: i64 = 5;
/// Logins remembered that have no account.
const MOST_LOGINS: usize = 50_000;
/// How long one of them is remembered once the memory is full.
const REMEMBERED: Duration = Duration::hours(1);

/// How long whoever typed so many wrong passwords, the last one then, still waits.
pub(crate) fn wait_after(
    failures: i64,
    failed_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Duration> {
    let over = failures - FREE_FAILURES;
    let failed_at = failed_at.filter(|_| over >= 0)?;
    let wait = Duration::seconds(15 << over.min(6)).min(Duration::minutes(15));
    let left = failed_at + wait - now;
    (left > Duration::zero()).then_some(left)
}

/// Wrong passwords for logins that have no account: without them the wait would tell which logins have one.
///
/// Limits: counted in this process and forgotten when it ends, where an account's are rows; at most fifty thousand
/// logins. When they are reached, those of the last hour are kept, and if these are too many all are forgotten.
#[derive(Clone, Default)]
pub struct Attempts(Arc<Mutex<HashMap<[u8; 32], Counted>>>);

#[derive(Clone, Copy)]
struct Counted {
    failures: i64,
    failed_at: DateTime<Utc>,
}

impl Attempts {
    /// How long this login still waits.
    pub(crate) fn wait(&self, login: &LoginKey, now: DateTime<Utc>) -> Option<Duration> {
        let counted = self.0.lock().ok()?.get(&login.0).copied()?;
        wait_after(counted.failures, Some(counted.failed_at), now)
    }

    /// Counts a wrong password.
    pub(crate) fn failed(&self, login: &LoginKey, now: DateTime<Utc>) {
        let Ok(mut logins) = self.0.lock() else {
            return;
        };
        if logins.len() >= MOST_LOGINS && !logins.contains_key(&login.0) {
            logins.retain(|_, counted| now - counted.failed_at < REMEMBERED);
            if logins.len() >= MOST_LOGINS {
                logins.clear();
            }
        }
        let counted = logins.entry(login.0).or_insert(Counted {
            failures: 0,
            failed_at: now,
        });
        counted.failures += 1;
        counted.failed_at = now;
    }
}

/// A login as it is remembered: nobody's address is kept to count.
pub(crate) struct LoginKey([u8; 32]);

impl LoginKey {
    /// The key of a login's words, in the form in which accounts are looked for.
    pub(crate) fn of(words: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for word in words {
            digest.update(word.len().to_be_bytes());
            digest.update(word.as_bytes());
        }
        Self(digest.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_login_without_an_account_waits_as_one_that_has_one() {
        let attempts = Attempts::default();
        let login = LoginKey::of(&["staff", "nobody@ecole.example"]);
        for number in 1..=12 {
            attempts.failed(&login, at(number));
            for second in [0, 14, 15, 29, 31, 899, 901] {
                let now = at(number + second);
                assert_eq!(
                    attempts.wait(&login, now),
                    wait_after(number, Some(at(number)), now)
                );
            }
        }
        let waits: Vec<_> = (1..=12)
            .map(|number| wait_after(number, Some(at(0)), at(0)).map_or(0, |w| w.num_seconds()))
            .collect();
        assert_eq!(
            waits,
            [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900],
            "seconds after each wrong password"
        );
        let other = LoginKey::of(&["staff", "somebody@ecole.example"]);
        assert_eq!(attempts.wait(&other, at(12)), None);
    }

    #[test]
    fn the_memory_of_logins_has_an_end() {
        let attempts = Attempts::default();
        let key = |number: usize| LoginKey::of(&[&number.to_string()]);
        for number in 0..MOST_LOGINS {
            attempts.failed(&key(number), at(if number < 10 { 0 } else { 4_000 }));
        }
        attempts.failed(&key(MOST_LOGINS), at(4_001));
        assert_eq!(attempts.0.lock().unwrap().len(), MOST_LOGINS - 9);
        for number in 0..2 * MOST_LOGINS {
            attempts.failed(&key(number), at(4_002));
            assert!(attempts.0.lock().unwrap().len() <= MOST_LOGINS);
        }
    }
}
