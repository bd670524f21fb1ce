//! How many messages a domain receives: a bucket of tokens, kept as one instant (the "generic cell rate algorithm").

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

/// So many messages a minute, of which ten seconds' worth may leave at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(u32);

/// A setting that says no rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rates are written gmail.com=60,orange.fr=120, in messages a minute, 0 for no limit")]
pub struct BadRate;

/// Most messages a minute that mean a limit: above, the clock of the databases is too coarse, and no relay counts.
const MOST: u32 = 60_000;

impl Rate {
    /// A rate; none for 0, which is no limit.
    ///
    /// # Errors
    /// [`BadRate`] above 60 000.
    pub fn per_minute(messages: u32) -> Result<Option<Self>, BadRate> {
        if messages > MOST {
            return Err(BadRate);
        }
        Ok((messages > 0).then_some(Self(messages)))
    }

    /// Between two messages of a steady flow.
    fn interval(self) -> Duration {
        Duration::microseconds(60_000_000 / i64::from(self.0))
    }

    /// What a bucket holds.
    fn depth(self) -> Duration {
        let most = (self.0 / 6).max(1);
        self.interval() * i32::try_from(most).unwrap_or(i32::MAX)
    }

    /// How many of `wanted` messages may leave now, and the instant at which the bucket is full again. `full_at` is
    /// what was kept; one further away than a whole bucket was written by a clock that was wrong.
    pub fn take(
        self,
        full_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        wanted: u32,
    ) -> (u32, DateTime<Utc>) {
        let full_at = self.believed(full_at, now);
        let room = now + self.depth() - full_at;
        let interval = self.interval();
        let there =
            room.num_microseconds().unwrap_or(0) / interval.num_microseconds().unwrap_or(1).max(1);
        let taken = u32::try_from(there.max(0)).unwrap_or(u32::MAX).min(wanted);
        let spent = interval * i32::try_from(taken).unwrap_or(i32::MAX);
        (taken, full_at + spent)
    }

    /// When the next message may leave.
    pub fn next(self, full_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
        now.max(self.believed(full_at, now) + self.interval() - self.depth())
    }

    fn believed(self, full_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
        full_at.map_or(now, |at| at.clamp(now, now + self.depth()))
    }
}

/// The rate of every domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    default: Option<Rate>,
    domains: BTreeMap<String, Option<Rate>>,
}

impl Rates {
    /// `default` messages a minute to each domain (0: no limit), other than to those of `domains`, written
    /// `gmail.com=60,orange.fr=0`.
    ///
    /// # Errors
    /// [`BadRate`] for anything else, or a domain given twice.
    pub fn parse(default: u32, domains: &str) -> Result<Self, BadRate> {
        let mut rates = Self {
            default: Rate::per_minute(default)?,
            domains: BTreeMap::new(),
        };
        for part in domains
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (domain, rate) = part.split_once('=').ok_or(BadRate)?;
            let (domain, rate) = (domain.trim().to_lowercase(), rate.trim());
            let rate = Rate::per_minute(rate.parse().map_err(|_| BadRate)?)?;
            let known = domain.contains('.') && !domain.contains(['@', ' ', '=']);
            if !known || rates.domains.insert(domain, rate).is_some() {
                return Err(BadRate);
            }
        }
        Ok(rates)
    }

    /// The rate of a domain; none when it has no limit.
    pub fn of(&self, domain: &str) -> Option<Rate> {
        self.domains.get(domain).copied().unwrap_or(self.default)
    }

    /// Whether no domain has a limit.
    pub fn are_free(&self) -> bool {
        self.default.is_none() && self.domains.values().all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 3, 8, 9, 0, 0).unwrap()
    }

    fn rate(messages: u32) -> Rate {
        Rate::per_minute(messages).unwrap().unwrap()
    }

    #[test]
    fn rates_are_read_or_refused() {
        let rates = Rates::parse(600, "gmail.com=60, Orange.FR=0,").unwrap();
        assert_eq!(rates.of("gmail.com"), Some(rate(60)));
        assert_eq!(rates.of("orange.fr"), None);
        assert_eq!(rates.of("ecole.example"), Some(rate(600)));
        assert!(Rates::parse(0, "").unwrap().are_free());
        assert!(Rates::parse(0, "a.fr=0").unwrap().are_free());
        for text in [
            "gmail.com",
            "gmail=60",
            "gmail.com=-1",
            "gmail.com=60,gmail.com=1",
            "=60",
            "a@b.fr=2",
            "a.fr=99999999",
        ] {
            assert!(Rates::parse(0, text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_bucket_gives_ten_seconds_worth_at_once_then_one_an_interval() {
        let sixty = rate(60);
        let (first, full_at) = sixty.take(None, now(), 99);
        assert_eq!(first, 10);
        assert_eq!(sixty.take(Some(full_at), now(), 99).0, 0);
        assert_eq!(
            sixty.next(Some(full_at), now()),
            now() + Duration::seconds(1)
        );
        let later = now() + Duration::seconds(3);
        assert_eq!(sixty.take(Some(full_at), later, 99).0, 3);
        assert_eq!(
            sixty.take(Some(full_at), now() + Duration::hours(1), 99).0,
            10
        );
        assert_eq!(rate(1).take(None, now(), 99).0, 1);
    }

    #[test]
    fn a_clock_that_went_back_empties_no_bucket_for_longer_than_its_depth() {
        let sixty = rate(60);
        let tomorrow = Some(now() + Duration::days(1));
        assert_eq!(sixty.take(tomorrow, now(), 1).0, 0);
        assert!(sixty.next(tomorrow, now()) <= now() + Duration::seconds(1));
    }

    proptest! {
        /// Over any minute, whatever is asked and when, no more leaves than the rate and one bucket.
        #[test]
        fn no_minute_has_more_than_the_rate_and_a_bucket(
            messages in 1_u32..5_000, asked in proptest::collection::vec((0_i64..2_000, 1_u32..50), 1..60)
        ) {
            let rate = rate(messages);
            let (mut at, mut full_at, mut total) = (now(), None, 0_u32);
            for (wait, wanted) in asked {
                at += Duration::milliseconds(wait);
                if at > now() + Duration::minutes(1) { break; }
                let (taken, full) = rate.take(full_at, at, wanted);
                prop_assert!(taken <= wanted);
                if taken < wanted {
                    prop_assert_eq!(rate.take(Some(full), rate.next(Some(full), at), 1).0, 1);
                }
                (full_at, total) = (Some(full), total + taken);
            }
            prop_assert!(total <= messages + (messages / 6).max(1) + 1);
        }
    }
}
