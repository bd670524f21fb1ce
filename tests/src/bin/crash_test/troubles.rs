//! What befalls the house besides the kills: its database stops, its Redis dies, its disk is full, a worker wants a
//! certificate that the relay does not have.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::cluster::Cluster;
use crate::disk::Disk;
use crate::redis::Redis;
use delos_tests::campaign::outbox::Outbox;

/// What may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Restart,
    RedisDies,
    RedisForgets,
    DiskFull,
    Strict,
}

/// How long Redis is away.
const REDIS_AWAY: Duration = Duration::from_millis(800);
/// How long the disk is full.
const FULL: Duration = Duration::from_secs(3);
/// How long after a trouble its consequences are excused.
const ECHO: Duration = Duration::from_secs(4);

/// What befalls, in its order, and by whom.
pub struct Troubles {
    /// What is to come: from how many ended messages on.
    plan: VecDeque<(usize, Trouble)>,
    pub cluster: Option<Cluster>,
    pub redis: Option<Redis>,
    pub disk: Option<Disk>,
    excused_until: Option<Instant>,
    /// What happened.
    pub told: Told,
}

/// What happened, to be counted and told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    pub restarts: usize,
    pub redis_kills: usize,
    pub redis_flushes: usize,
    /// Statements of the campaign's own that a full disk refused.
    pub refused_by_the_disk: usize,
    pub strict: usize,
    /// Workers that ended by themselves while the database was away.
    pub ended: usize,
    /// Deliveries past the dot when the database went away, or could go meanwhile: each may be a doubt.
    pub doubts: usize,
}

impl Troubles {
    /// Spreads them over a campaign of so many messages.
    pub fn spread(
        messages: usize,
        restarts: usize,
        cluster: Option<Cluster>,
        redis: Option<Redis>,
        disk: Option<Disk>,
    ) -> Self {
        let mut plan = Vec::new();
        let mut often = |trouble, times: usize, shift: usize| {
            // Between a twentieth and nine tenths of the way, each kind beside the others.
            for time in 0..times {
                let part = (time * 100 + shift) * 85 / (times * 100) + 5;
                plan.push((messages * part / 100, trouble));
            }
        };
        let repeated = (restarts / 2).max(2);
        if cluster.is_some() {
            often(Trouble::Restart, restarts, 60);
        }
        if redis.is_some() {
            often(Trouble::RedisDies, repeated, 20);
            often(Trouble::RedisForgets, repeated, 45);
        }
        if disk.is_some() {
            often(Trouble::DiskFull, (restarts / 4).max(1), 40);
        }
        often(Trouble::Strict, repeated, 10);
        plan.sort_by_key(|(at, _)| *at);
        Self {
            plan: plan.into(),
            cluster,
            redis,
            disk,
            excused_until: None,
            told: Told::default(),
        }
    }

    /// None at all, for a campaign that looks at one guard.
    pub fn none() -> Self {
        Self {
            plan: VecDeque::new(),
            cluster: None,
            redis: None,
            disk: None,
            excused_until: None,
            told: Told::default(),
        }
    }

    /// Whether a worker that ends by itself just now has a reason.
    pub fn excuses(&self) -> bool {
        self.excused_until
            .is_some_and(|until| Instant::now() < until)
    }

    /// Rings the bell, if there is one.
    pub fn ring(&self) {
        if let Some(redis) = &self.redis {
            redis.ring();
        }
    }

    /// Lets happen what is due once `ended` messages have ended; true when the next worker to start must be strict.
    ///
    /// `underway` is how many deliveries there can be at once.
    pub async fn befall(&mut self, ended: usize, outbox: &Outbox, underway: usize) -> Result<bool> {
        if self.excuses() || self.plan.front().is_none_or(|(at, _)| *at > ended) {
            return Ok(false);
        }
        let Some((_, trouble)) = self.plan.pop_front() else {
            return Ok(false);
        };
        match trouble {
            Trouble::Restart => {
                if let Some(cluster) = &mut self.cluster {
                    let away = cluster.restart()?;
                    self.told.restarts += 1;
                    self.told.doubts += underway;
                    println!(
                        "PostgreSQL stopped (immediate) and back after {} ms, at {ended} ended",
                        away.as_millis()
                    );
                }
                self.excused_until = Some(Instant::now() + ECHO);
            }
            Trouble::RedisDies => {
                if let Some(redis) = &mut self.redis {
                    redis.kill(REDIS_AWAY)?;
                    self.told.redis_kills += 1;
                }
            }
            Trouble::RedisForgets => {
                if let Some(redis) = &self.redis {
                    redis.flush()?;
                    self.told.redis_flushes += 1;
                }
            }
            Trouble::DiskFull => {
                let refused = self.fill_the_disk(outbox).await?;
                self.told.refused_by_the_disk += refused;
                self.told.doubts += underway;
                println!(
                    "disk full for {} s: {refused} writes of the campaign refused, at {ended} ended",
                    FULL.as_secs()
                );
                self.excused_until = Some(Instant::now() + ECHO);
            }
            Trouble::Strict => {
                self.told.strict += 1;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Leaves no room for a while; how many writes of the campaign's own were refused meanwhile.
    async fn fill_the_disk(&self, outbox: &Outbox) -> Result<usize> {
        let Some(disk) = &self.disk else { return Ok(0) };
        // What SQLite may write again in its log without a byte more would hide that there is none.
        let truncate = "pragma wal_checkpoint(truncate)";
        let filling = if outbox.is_sqlite() {
            "insert into campaign_ballast values (randomblob(40000))"
        } else {
            "insert into campaign_ballast select string_agg(md5(random()::text), '') from generate_series(1, 3000)"
        };
        disk.fill()?;
        let since = Instant::now();
        let mut refused = 0;
        while since.elapsed() < FULL {
            if outbox.is_sqlite() {
                let _ = outbox.database.execute_for_test(truncate).await;
                let _ = disk.fill();
            }
            refused += usize::from(outbox.database.execute_for_test(filling).await.is_err());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        disk.relieve()?;
        Ok(refused)
    }
}
