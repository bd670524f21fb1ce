//! The hunt: workers work, are killed and start again, while messages are withdrawn and troubles befall, until every
//! message has ended.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use delos_domain::ids::SessionId;
use delos_tests::campaign::outbox::{Outbox, Sending};
use delos_tests::campaign::workers::Workers;

use crate::dice::Dice;
use crate::options::Options;
use crate::troubles::Troubles;
use crate::withdrawals::Withdrawals;

/// How often the killer reads the outbox.
const POLL: Duration = Duration::from_millis(10);
/// How often it counts what has ended.
const COUNT: Duration = Duration::from_millis(250);
/// Longest silence before the campaign is given up.
const PATIENCE: Duration = Duration::from_mins(3);
/// The share of the kills that must fall while messages are under way, and past the dot.
const SHARE_WHILE_SENDING: f64 = 0.3;
const SHARE_PAST_DOT: f64 = 0.1;
/// How long a worker that wants a certificate goes on wanting it.
const STRICT: Duration = Duration::from_secs(1);
/// One message in so many is withdrawn.
const WITHDRAWN: usize = 20;
/// Deliveries that one worker may have under way: the setting `mail.connections`.
const CONNECTIONS: usize = 4;

/// How the kills went.
#[derive(Default)]
pub struct Kills {
    pub total: usize,
    pub while_sending: usize,
    pub past_dot: usize,
    /// Deliveries that the kills cut past the dot: a worker has several under way.
    pub cut_past_dot: usize,
}

/// A campaign under way.
pub struct Hunt {
    outbox: Outbox,
    session: SessionId,
    pub workers: Workers,
    pub troubles: Troubles,
    pub kills: Kills,
    pub withdrawals: Withdrawals,
    wanted: usize,
    to_withdraw: usize,
    underway: usize,
    dice: Dice,
    aiming_since: Option<Instant>,
    /// What went wrong on the way.
    faults: Vec<String>,
    /// Strict workers that were told to end and did.
    pub stopped: usize,
}

impl Hunt {
    pub fn new(
        options: &Options,
        outbox: Outbox,
        session: SessionId,
        workers: Workers,
        troubles: Troubles,
    ) -> Self {
        Self {
            outbox,
            session,
            workers,
            troubles,
            kills: Kills::default(),
            withdrawals: Withdrawals::default(),
            wanted: options.kills,
            to_withdraw: options.messages / WITHDRAWN,
            underway: options.workers * CONNECTIONS,
            // A state of zeros would stay there for ever.
            dice: Dice(options.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            aiming_since: None,
            faults: Vec::new(),
            stopped: 0,
        }
    }

    /// Lets the workers work and kills them, until every message has ended.
    pub async fn run(&mut self, messages: usize) -> Result<()> {
        let mut ended = 0;
        let mut last_progress = Instant::now();
        let mut last_count = Instant::now();
        loop {
            self.look_after_the_workers().await?;
            let sending = self.outbox.sending().await?;
            self.workers
                .learn(sending.iter().map(|row| row.owner.as_str()));

            if last_count.elapsed() > COUNT {
                last_count = Instant::now();
                let (now, total) = self.outbox.progress().await?;
                if now != ended {
                    ended = now;
                    last_progress = Instant::now();
                }
                if ended == total {
                    return Ok(());
                }
                if last_progress.elapsed() > PATIENCE {
                    self.faults.push(format!(
                        "nothing has ended for {} s: {ended} of {total}; {}; {}",
                        PATIENCE.as_secs(),
                        self.workers.described(),
                        self.outbox.described().await?
                    ));
                    return Ok(());
                }
                if self
                    .troubles
                    .befall(ended, &self.outbox, self.underway)
                    .await?
                {
                    self.workers.make_one_strict();
                }
                self.withdraw(ended, messages).await?;
            }

            // The kills are spread over the campaign: the k-th waits for its part of the messages.
            let due = ended >= self.kills.total * messages / (self.wanted + 1);
            if self.kills.total < self.wanted && due {
                self.aim(&sending, ended).await?;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Starts those that are due, and hears of those that ended.
    async fn look_after_the_workers(&mut self) -> Result<()> {
        let ended = self.workers.ended()?;
        if ended > 0 {
            if !self.troubles.excuses() {
                bail!(
                    "a worker ended by itself; its log: {}",
                    self.workers.log().display()
                );
            }
            self.troubles.told.ended += ended;
            // Those that died nameless leave names that nobody else may be given.
            let sending = self.outbox.sending().await?;
            self.workers
                .bury(sending.iter().map(|row| row.owner.as_str()));
        }
        self.stopped += self.workers.stop_strict(STRICT)?;
        self.workers.start_due()
    }

    /// Withdraws the part of the messages that is due.
    async fn withdraw(&mut self, ended: usize, messages: usize) -> Result<()> {
        let part = (ended + messages / 50) * 11 / 10;
        let due = (self.to_withdraw * part / messages).min(self.to_withdraw);
        let mut tries = 0;
        while self.withdrawals.total() < due && tries < 8 {
            tries += 1;
            self.withdrawals
                .one(&self.outbox, self.session, &mut self.dice)
                .await?;
            self.troubles.ring();
        }
        Ok(())
    }

    async fn aim(&mut self, sending: &[Sending], ended: usize) -> Result<()> {
        let mut named = self.workers.named();
        named.retain(|at| !self.workers.is_strict(*at));
        if named.is_empty() {
            return Ok(());
        }
        let since = *self.aiming_since.get_or_insert_with(Instant::now);
        // Two kills in three are aimed past the dot, where doubt is; the third falls on anyone at any moment.
        let aimed = self.kills.total % 3 != 2 && since.elapsed() < Duration::from_secs(2);
        let at_the_dot = named.iter().copied().find(|at| {
            let owner = self.workers.all[*at].owner.as_deref();
            sending
                .iter()
                .any(|row| row.past_dot && Some(row.owner.as_str()) == owner)
        });
        let target = if aimed {
            at_the_dot
        } else {
            let at = self.dice.below(named.len() as u64);
            usize::try_from(at).ok().map(|at| named[at])
        };
        match target {
            Some(target) => self.kill(target, ended).await,
            None => Ok(()),
        }
    }

    async fn kill(&mut self, target: usize, ended: usize) -> Result<()> {
        let pause = Duration::from_millis(20 + self.dice.below(101));
        let process = self.workers.process(target).unwrap_or_default();
        let owner = self.workers.kill(target, pause)?;
        self.kills.total += 1;
        self.aiming_since = None;
        // What it held when it died, it still holds: nobody else may touch a lease that runs.
        let mut left = self.outbox.sending().await?;
        left.retain(|row| row.owner == owner);
        let past: Vec<&Sending> = left.iter().filter(|row| row.past_dot).collect();
        self.kills.while_sending += usize::from(!left.is_empty());
        self.kills.past_dot += usize::from(!past.is_empty());
        self.kills.cut_past_dot += past.len();
        let names: Vec<&str> = past.iter().map(|row| &row.id[row.id.len() - 8..]).collect();
        println!(
            "kill {:>3} at {ended:>5} ended: worker {target} (process {process}) held {} sending, {} past the dot{}{}",
            self.kills.total,
            left.len() - past.len(),
            past.len(),
            if names.is_empty() { "" } else { ": …" },
            names.join(" …"),
        );
        Ok(())
    }

    /// What the campaign was to do and did not.
    pub fn shortcomings(&self, wanted: usize) -> Vec<String> {
        let mut faults = self.faults.clone();
        let kills = &self.kills;
        if kills.total < wanted {
            faults.push(format!("{} kills, not {wanted}", kills.total));
        }
        for (what, count, least) in [
            ("while sending", kills.while_sending, SHARE_WHILE_SENDING),
            ("past the dot", kills.past_dot, SHARE_PAST_DOT),
        ] {
            if share(count, kills.total) < least {
                faults.push(format!("{count} kills of {} {what}", kills.total));
            }
        }
        if self.troubles.disk.is_some() && self.troubles.told.refused_by_the_disk == 0 {
            faults.push("the full disk refused nothing".to_owned());
        }
        if self.withdrawals.total() < self.to_withdraw / 2 {
            faults.push(format!("{:?} only", self.withdrawals));
        }
        faults
    }
}

/// A part of a whole.
#[expect(
    clippy::cast_precision_loss,
    reason = "a share of a few thousand kills"
)]
pub fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
