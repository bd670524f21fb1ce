//! From what was observed to what is written: the table of outcomes, and the curve of tries.

use chrono::{DateTime, Duration, Utc};
use delos_application::delivery::{Claimed, Verdict};
use delos_domain::delivery::{self, Blame, QuietHours};

/// Why a try did not succeed: what a person reads, and whom it accuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    /// Phase, and the relay's words or ours.
    pub text: String,
    /// Whom the answer accuses, where there was one.
    pub blame: Blame,
}

impl Cause {
    /// A cause that accuses nobody.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            blame: Blame::Nobody,
        }
    }
}

/// What was observed of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The relay took it, under this queue id.
    Sent(Option<String>),
    /// The row did not let it leave: withdrawn, overtaken, or another worker's. There is nothing to write.
    Withheld,
    /// The relay does not have it, and may take it later.
    Retry(Cause),
    /// The relay does not have it, and will not take it.
    GiveUp(Cause),
    /// Nobody can tell whether the relay has it.
    Doubtful(Cause),
}

/// A first try and at least two hours of trying, whatever the date of the sitting.
const AT_LEAST: Duration = Duration::hours(2);
/// The wait doubles up to this many times the first: 5 minutes lead to 4 hours.
const LONGEST: i32 = 48;

/// How tries follow one another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curve {
    /// The wait after the first try; it doubles.
    pub base: Duration,
    /// Hours in which nothing is tried: they are no time of trying.
    pub quiet: Option<QuietHours>,
}

impl Curve {
    /// The wait after the try of this number, from 1.
    pub fn wait(self, attempt: i64) -> Duration {
        let doublings = u32::try_from((attempt - 1).clamp(0, 10)).unwrap_or(0);
        self.base * LONGEST.min(2_i32.saturating_pow(doublings))
    }

    /// What is written of an outcome; nothing for a message that was withheld.
    pub fn verdict(
        self,
        outcome: Outcome,
        claimed: &Claimed,
        not_after: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Option<Verdict> {
        let again = now + self.wait(claimed.attempt);
        let first = claimed.first_tried_at.unwrap_or(now);
        let held = match self.quiet {
            Some(quiet) if !delivery::is_near(claimed.sitting_at, now, delivery::NEVER_HELD) => {
                quiet.within(first, now)
            }
            _ => Duration::zero(),
        };
        let enough = first + AT_LEAST + held;
        let last = not_after.map_or(enough, |limit| limit.max(enough));
        // The last try is made at the end of the time of trying, however long the wait before it would have been.
        let next = (now < last).then(|| again.min(last));
        let late = |cause: Cause| format!("too late for another try: {}", cause.text);
        Some(match outcome {
            Outcome::Withheld => return None,
            Outcome::Sent(queue) => Verdict::Sent(queue),
            Outcome::GiveUp(cause) => Verdict::GiveUp(cause.text),
            Outcome::Retry(cause) => match next {
                Some(at) => Verdict::Retry(at, cause.text),
                None => Verdict::GiveUp(late(cause)),
            },
            Outcome::Doubtful(cause) => match next {
                Some(at) => Verdict::Doubtful(at, cause.text),
                None => Verdict::DoubtfulEnd(late(cause)),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use delos_domain::ids::MessageId;
    use uuid::Uuid;

    use super::*;

    const CURVE: Curve = Curve {
        base: Duration::minutes(5),
        quiet: None,
    };

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 3, 8, 9, 0, 0).unwrap()
    }

    fn tried(attempt: i64, first: DateTime<Utc>) -> Claimed {
        Claimed {
            id: MessageId(Uuid::from_u128(1)),
            owner: Uuid::from_u128(2),
            address: "a@ecole.example".to_owned(),
            payload: Vec::new(),
            attempt,
            ambiguous: false,
            first_hash: None,
            created_at: first,
            first_tried_at: Some(first),
            references: None,
            not_before: first,
            about: None,
            sitting_at: None,
            probe: false,
        }
    }

    #[test]
    fn the_wait_doubles_from_five_minutes_up_to_four_hours() {
        let waits: Vec<i64> = (1..=9)
            .map(|attempt| CURVE.wait(attempt).num_minutes())
            .collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 240, 240, 240]);
        assert_eq!(CURVE.wait(i64::MAX).num_minutes(), 240);
    }

    #[test]
    fn tries_last_until_the_later_of_the_limit_and_two_hours() {
        let retry = || Outcome::Retry(Cause::new("451"));
        let soon = Some(now() - Duration::days(1));
        assert!(
            matches!(CURVE.verdict(retry(), &tried(1, now()), soon, now()), Some(Verdict::Retry(at, _)) if at == now() + Duration::minutes(5))
        );
        // The next wait would end after two hours: one more try is made as they end, and none after it.
        let begun = now() - Duration::minutes(75);
        assert!(
            matches!(CURVE.verdict(retry(), &tried(5, begun), soon, now()), Some(Verdict::Retry(at, _)) if at == begun + AT_LEAST)
        );
        let end = begun + AT_LEAST;
        assert!(matches!(
            CURVE.verdict(retry(), &tried(6, begun), soon, end),
            Some(Verdict::GiveUp(_))
        ));
        let far = Some(now() + Duration::days(20));
        assert!(matches!(
            CURVE.verdict(retry(), &tried(30, now() - Duration::days(5)), far, now()),
            Some(Verdict::Retry(..))
        ));
        let doubtful = Outcome::Doubtful(Cause::new("silence"));
        assert!(matches!(
            CURVE.verdict(doubtful.clone(), &tried(1, now()), None, now()),
            Some(Verdict::Doubtful(..))
        ));
        assert!(matches!(
            CURVE.verdict(doubtful, &tried(6, now() - Duration::hours(3)), None, now()),
            Some(Verdict::DoubtfulEnd(_))
        ));
        assert_eq!(
            CURVE.verdict(Outcome::Withheld, &tried(1, now()), None, now()),
            None
        );
    }

    #[test]
    fn a_night_is_no_time_of_trying() {
        let night = QuietHours::parse("21:00-07:00", chrono_tz::Europe::Paris).unwrap();
        let curve = Curve {
            quiet: Some(night),
            ..CURVE
        };
        // First tried at 20:50 in Paris; now 07:10, ten hours of night later.
        let first = Utc.with_ymd_and_hms(2027, 3, 7, 19, 50, 0).unwrap();
        let now = Utc.with_ymd_and_hms(2027, 3, 8, 6, 10, 0).unwrap();
        let retry = || Outcome::Retry(Cause::new("451"));
        assert!(matches!(
            curve.verdict(retry(), &tried(3, first), None, now),
            Some(Verdict::Retry(..))
        ));
        assert!(matches!(
            CURVE.verdict(retry(), &tried(3, first), None, now),
            Some(Verdict::GiveUp(_))
        ));
        // A near sitting is tried through the night: its hours count.
        let near = Claimed {
            sitting_at: Some(now + Duration::hours(20)),
            ..tried(3, first)
        };
        assert!(matches!(
            curve.verdict(retry(), &near, None, now),
            Some(Verdict::GiveUp(_))
        ));
    }
}
