//! What a campaign prints when it has ended.

use std::time::Duration;

use delos_tests::relay::Relay;

use crate::hunt::{Hunt, share};
use crate::verdict::Verdict;

/// Faults that are printed one by one.
const FAULTS: usize = 20;

/// Everything but the last line.
pub fn print(verdict: &Verdict, hunt: &Hunt, relay: &Relay, pauses: usize, wall: Duration) {
    let told = hunt.troubles.told;
    println!(
        "{} messages, {} mails accepted by the relay; {} duplicates of {} messages, {} flagged; {} refused for good",
        verdict.messages,
        verdict.accepted,
        verdict.duplicates,
        verdict.doubled,
        verdict.flagged,
        verdict.refused,
    );
    println!(
        "{} cancelled and {} overtaken meanwhile, {} of them before they had left; {} deliveries cut past the dot",
        hunt.withdrawals.cancelled,
        hunt.withdrawals.overtaken,
        verdict.withdrawn,
        hunt.kills.cut_past_dot
    );
    println!(
        "{} restarts of PostgreSQL (immediate), {} kills and {} flushes of Redis, {} writes refused by a full disk, \
         {} strict workers stopped kindly of {}, {} workers ended by themselves while the database was away",
        told.restarts,
        told.redis_kills,
        told.redis_flushes,
        told.refused_by_the_disk,
        hunt.stopped,
        told.strict,
        told.ended
    );
    let struck: Vec<String> = relay
        .faults()
        .iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    println!(
        "relay: {}; the queue paused {pauses} times",
        struck.join(", ")
    );
    #[expect(clippy::cast_precision_loss, reason = "a rate to one decimal")]
    let rate = verdict.messages as f64 / wall.as_secs_f64();
    println!("{:.1} s, {rate:.0} messages a second", wall.as_secs_f64());
    for fault in verdict.faults.iter().take(FAULTS) {
        println!("fault: {fault}");
    }
    if verdict.faults.len() > FAULTS {
        println!("… and {} more", verdict.faults.len() - FAULTS);
    }
}

/// The last line: what must be nothing, and what must not be too little.
pub fn last_line(verdict: &Verdict, hunt: &Hunt) -> String {
    let kills = &hunt.kills;
    format!(
        "lost {}, unflagged duplicates {}, other bytes {}, past the dot after a withdrawal {}, kills {} \
         ({:.0} % while sending, {:.0} % past the dot), messages {}, flagged duplicates {}, other faults {}",
        verdict.lost,
        verdict.unflagged,
        verdict.other_bytes,
        verdict.past_after_withdrawal,
        kills.total,
        share(kills.while_sending, kills.total) * 100.0,
        share(kills.past_dot, kills.total) * 100.0,
        verdict.messages,
        verdict.duplicates - verdict.unflagged.min(verdict.duplicates),
        verdict.faults.len()
            - (verdict.lost
                + verdict.unflagged
                + verdict.other_bytes
                + verdict.past_after_withdrawal)
                .min(verdict.faults.len()),
    )
}
