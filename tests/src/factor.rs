//! Somebody's telephone: the codes that his application shows, by the house's clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use delos_application::second_factor::totp;
use serde_json::{Value, json};

use crate::http::Visitor;

/// Seconds of a step, and those at its end in which a code of the step before is no longer shown: it could come too late.
const STEP: u64 = 30;
const LATE: u64 = 25;

/// An application that knows one secret.
#[derive(Clone, Debug)]
pub struct Telephone {
    secret: Vec<u8>,
    /// Seconds that the house's clock is before this machine's, or behind.
    ahead: i64,
    /// The last step whose code it gave.
    given: i64,
    /// The recovery codes that came with it.
    pub recovery_codes: Vec<String>,
}

impl Telephone {
    /// Begins an enrolment: the secret as the house shows it.
    pub fn begin(visitor: &mut Visitor) -> Result<Self> {
        let begun = visitor.post("/auth/second-factor/begin", &json!({}))?;
        let begun = begun.expect(200)?.json()?;
        let secret = begun["secret"].as_str().context("a secret")?;
        let at: DateTime<Utc> = begun["at"].as_str().context("an instant")?.parse()?;
        Ok(Self {
            secret: totp::from_base32(secret).context("base 32")?,
            ahead: at.timestamp() - i64::try_from(seconds()?)?,
            given: 0,
            recovery_codes: Vec::new(),
        })
    }

    /// The code of a step counted from now, given already or not.
    pub fn around(&self, away: i64) -> Result<String> {
        Ok(totp::code(&self.secret, self.step()? + away))
    }

    /// A code that was not given before; waits for one when all that the house would take were.
    pub fn fresh(&mut self) -> Result<String> {
        loop {
            let now = self.step()?;
            let into = u64::try_from(self.now()?)? % STEP;
            // The step before serves as well, unless it would be two steps old when it comes.
            let first = if into < LATE { now - 1 } else { now };
            let step = first.max(self.given + 1);
            if step <= now + 1 {
                self.given = step;
                return Ok(totp::code(&self.secret, step));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The code that was given last.
    pub fn last(&self) -> String {
        totp::code(&self.secret, self.given)
    }

    /// Shows a code that was not given before.
    pub fn prove(&mut self, visitor: &mut Visitor) -> Result<()> {
        let proof = json!({"kind": "code", "code": self.fresh()?});
        visitor
            .post("/auth/second-factor/prove", &proof)?
            .expect(200)?;
        Ok(())
    }

    fn now(&self) -> Result<i64> {
        Ok(i64::try_from(seconds()?)? + self.ahead)
    }

    fn step(&self) -> Result<i64> {
        let now = DateTime::from_timestamp(self.now()?, 0).context("an instant")?;
        Ok(totp::step(now))
    }
}

impl Visitor {
    /// Enrols and is strong: for any member of the staff who is signed in and has no second factor. His telephone shows
    /// it again in another session ([`Telephone::prove`]).
    pub fn strong(&mut self) -> Result<Telephone> {
        let mut telephone = Telephone::begin(self)?;
        let code = json!({"code": telephone.fresh()?});
        let answer = self.post("/auth/second-factor/confirm", &code)?;
        let codes = answer.expect(200)?.json()?;
        let codes = codes["recoveryCodes"].as_array().context("codes")?;
        telephone.recovery_codes = codes
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let me = self.staff("Me", &json!({}))?;
        ensure!(
            me["me"]["secondFactor"]["strong"] == true,
            "not strong: {me}"
        );
        Ok(telephone)
    }
}

fn seconds() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
