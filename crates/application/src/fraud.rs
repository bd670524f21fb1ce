//! A suspicion of fraud: raised by the commission or the head of school, ruled on by the discipline commission, whose
//! decision the authority records. The candidate finishes; his result is withheld meanwhile.

mod rule;
mod suspect;

pub use rule::rule_on_fraud;
pub use suspect::suspect_fraud;

/// Most characters of a reason or a ruling.
const LONGEST: usize = 2_000;
