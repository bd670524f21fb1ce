//! The changes that are tried: each makes a plan that keeps every rule, or says that it cannot.

mod candidates;
mod commissions;
mod members;

use self::candidates::{move_candidate, seat_one, swap_candidates};
use self::commissions::{dissolve, open, other_centre, other_span};
use self::members::{other_member, other_team, swap_members};
use super::chance::Chance;
use super::state::State;
use super::zone::MEMBERS;

pub(super) use self::candidates::dismiss;
pub(super) use self::commissions::{begin_with, has_team};
pub(super) use self::members::fill_team;

/// Tries one change; whether one was made. Unless it was, what was begun must be undone.
pub(super) fn change(state: &mut State, chance: &mut Chance) -> bool {
    if !state.waiting.is_empty() && chance.below(4) == 0 {
        return seat_one(state, chance).unwrap_or(false);
    }
    let made = match chance.below(100) {
        0..50 => other_member(state, chance),
        50..62 => other_span(state, chance),
        62..72 => swap_members(state, chance),
        72..86 => move_candidate(state, chance),
        86..91 => swap_candidates(state, chance),
        91..93 => other_centre(state, chance),
        93..96 => dissolve(state, chance),
        96..98 => open(state, chance),
        _ => other_team(state, chance),
    };
    made.unwrap_or(false)
}

const _: () = assert!(MEMBERS == 4, "a team's number holds four members");
