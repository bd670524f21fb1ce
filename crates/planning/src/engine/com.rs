//! A commission being filled, and where a candidate sits.

use super::zone::{DAYS, MEMBERS, NONE, SEATS};

/// Schools of a commission and how many of its candidates are of each.
type Schools = Vec<(u16, u8)>;

/// A commission.
#[derive(Clone, Debug)]
pub(super) struct Com {
    pub live: bool,
    /// Its place among those made by hand.
    pub fixed: Option<usize>,
    /// Whether its members stay.
    pub keeps_members: bool,
    /// Whether its centre and days stay, and itself with them.
    pub keeps_place: bool,
    pub option: u8,
    pub centre: u16,
    pub span: u8,
    pub members: [u16; MEMBERS],
    /// Its members in order, as one number: two commissions of one team have the same.
    pub team: u64,
    pub count: [u8; DAYS],
    pub seats: [[u32; SEATS]; DAYS],
    pub schools: Schools,
}

impl Com {
    /// Candidates heard.
    pub fn heard(&self) -> usize {
        self.count.iter().map(|count| usize::from(*count)).sum()
    }

    /// Candidates of a day.
    pub fn on(&self, day: usize) -> &[u32] {
        &self.seats[day][..usize::from(self.count[day])]
    }

    /// Whether it has a member or a school: a node of the graph of links.
    pub fn has_nodes(&self) -> bool {
        self.has_others(NONE, NONE)
    }

    /// The same, these two examiners aside.
    pub fn has_others(&self, one: u16, other: u16) -> bool {
        !self.schools.is_empty()
            || self
                .members
                .iter()
                .any(|who| *who != NONE && *who != one && *who != other)
    }

    /// What a candidate gains there: a commission made by hand is there to be filled first.
    pub fn favour(&self) -> i64 {
        if self.keeps_place { 2_000 } else { 0 }
    }

    /// Every candidate.
    pub fn people(&self) -> impl Iterator<Item = usize> {
        (0..DAYS)
            .flat_map(|day| self.on(day))
            .map(|one| *one as usize)
    }
}

/// Where a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub com: u16,
    pub day: u8,
}

/// Nowhere.
pub(super) const WAITS: Seat = Seat { com: NONE, day: 0 };
