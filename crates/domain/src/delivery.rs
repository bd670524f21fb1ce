//! When a message may leave: what presses, quiet hours, how much a domain receives, when the whole queue pauses.
//!
//! Invariant: nothing here holds a message whose sitting is near; a limit delays, and never drops.

mod pause;
mod quiet;
mod rate;

pub use pause::{Blame, PausePolicy, Tally};
pub use quiet::{BadQuietHours, QuietHours};
pub use rate::{BadRate, Rate, Rates};

use chrono::{DateTime, Duration, Utc};

/// A sitting this near makes its message leave first, and a failed try a person's matter at once.
pub const PRESSING: Duration = Duration::hours(72);
/// Quiet hours never hold a message whose sitting is this near.
pub const NEVER_HELD: Duration = Duration::hours(48);
/// A sitting of earlier today still presses: its message may say that it is taken back, or that the day goes on.
const JUST_BEGUN: Duration = Duration::days(1);

/// How messages follow one another: what a worker asks of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How much each domain receives.
    pub rates: Rates,
    /// When nothing but what presses leaves.
    pub quiet: Option<QuietHours>,
    /// When the whole queue pauses.
    pub pause: PausePolicy,
    /// The longest wait between two tries of one message: an instant further away was written by a clock that was wrong.
    pub longest_wait: Duration,
    /// The longest lease of a message: one that ends later was written by such a clock too, and nobody holds it.
    pub longest_lease: Duration,
}

impl Default for Pace {
    /// No limit, no quiet hours, the pause of the house, four hours between two tries at most.
    fn default() -> Self {
        Self {
            rates: Rates::default(),
            quiet: None,
            pause: PausePolicy::default(),
            longest_wait: Duration::hours(4),
            longest_lease: Duration::minutes(15),
        }
    }
}

/// The sittings that are within `reach` of `now`, as the bounds of their first instant.
pub fn near(now: DateTime<Utc>, reach: Duration) -> (DateTime<Utc>, DateTime<Utc>) {
    (now - JUST_BEGUN, now + reach)
}

/// Whether a message's sitting is within `reach` of `now`.
pub fn is_near(sitting: Option<DateTime<Utc>>, now: DateTime<Utc>, reach: Duration) -> bool {
    let (first, last) = near(now, reach);
    sitting.is_some_and(|at| first <= at && at <= last)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn a_sitting_presses_from_three_days_before_to_the_day_after_it_began() {
        let now = Utc.with_ymd_and_hms(2027, 4, 8, 9, 0, 0).unwrap();
        for (hours, presses, held) in [
            (-25, false, true),
            (-24, true, false),
            (0, true, false),
            (48, true, false),
            (49, true, true),
            (72, true, true),
            (73, false, true),
        ] {
            let sitting = Some(now + Duration::hours(hours));
            assert_eq!(is_near(sitting, now, PRESSING), presses, "{hours}");
            assert_eq!(!is_near(sitting, now, NEVER_HELD), held, "{hours}");
        }
        assert!(!is_near(None, now, PRESSING));
    }
}
