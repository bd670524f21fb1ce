//! A plan being improved: its commissions, its cost term by term, and small changes that can be taken back.
//!
//! Costs are exact integers, so that a change taken back leaves nothing behind and the same changes give the same cost on
//! any machine. The links (parts of the graph examiners–schools) are counted apart, once a move is otherwise worth it.

mod counts;
mod questions;

use super::com::{Com, Seat, WAITS};
use super::days::DayMemo;
use super::links::Links;
use super::zone::{DAYS, MEMBERS, NONE, SEATS, Zone};

/// A change that was made.
#[derive(Clone, Copy, Debug)]
enum Done {
    Put(u32),
    Taken(u32, Seat),
    Member(u16, u8, u16),
    Moved(u16, u16, u8),
    /// With what the place in the list was before: a commission closed in the same move comes back to it.
    Opened(u16, (u8, u16, u8)),
    Closed(u16),
}

/// What is kept of a plan so that it can come back.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    coms: Vec<Com>,
}

/// A plan of a zone.
pub(super) struct State<'z> {
    pub zone: &'z Zone,
    pub coms: Vec<Com>,
    /// Live commissions.
    pub live: Vec<u16>,
    /// Place of each in `live`.
    live_at: Vec<u16>,
    free: Vec<u16>,
    pub at: Vec<Seat>,
    /// Candidates without a place who could have one.
    pub waiting: Vec<u32>,
    waiting_at: Vec<u32>,
    /// Spans in which each examiner sits: a bit each.
    pub busy: Vec<u128>,
    pub load: Vec<u16>,
    /// Commissions of each examiner.
    pub sits: Vec<Vec<u16>>,
    /// Rooms held: `centre * dates + day`.
    held: Vec<u16>,
    /// Live commissions of `centre * 2 + option`.
    pub by_place: Vec<Vec<u16>>,
    used: Vec<u16>,
    /// Commissions that hear somebody of `school * 2 + option`.
    met: Vec<Vec<u16>>,
    placed: Vec<u16>,
    /// Seats of each option that are free in the last period.
    spare: [i64; 2],
    /// Everything but the links.
    cost: i64,
    pub links: Links,
    done: Vec<Done>,
    /// Options whose links a change may have touched.
    touched: [bool; 2],
    pub days: DayMemo<'z>,
}

impl<'z> State<'z> {
    /// Nobody placed; whoever fits in no day, or has no centre, waits for nothing.
    pub fn new(zone: &'z Zone, mut days: DayMemo<'z>) -> Self {
        let people = zone.people.len();
        let mut state = Self {
            zone,
            coms: Vec::new(),
            live: Vec::new(),
            live_at: Vec::new(),
            free: Vec::new(),
            at: vec![WAITS; people],
            waiting: Vec::new(),
            waiting_at: vec![u32::MAX; people],
            busy: vec![0; zone.examiners.len()],
            load: vec![0; zone.examiners.len()],
            sits: vec![Vec::new(); zone.examiners.len()],
            held: vec![0; zone.centres.len() * zone.dates.len()],
            by_place: vec![Vec::new(); zone.centres.len() * 2],
            used: vec![0; zone.centres.len()],
            met: vec![Vec::new(); zone.schools * 2],
            placed: vec![0; zone.schools * 2],
            spare: [0; 2],
            cost: zone.weights.reserve * zone.reserve.iter().sum::<i64>(),
            links: Links::new(zone.examiners.len(), zone.schools),
            done: Vec::new(),
            touched: [false; 2],
            days: days.clone(),
        };
        for (person, one) in (0_u32..).zip(&zone.people) {
            state.cost += zone.weights.unassigned;
            if !one.centres.is_empty() && days.fits_somewhere(one.kind) {
                state.waiting_at[person as usize] = u32::try_from(state.waiting.len()).unwrap_or(0);
                state.waiting.push(person);
            }
        }
        state
    }

    /// Everything, the links included.
    pub fn total(&self) -> i64 {
        self.cost + self.zone.weights.component * self.links.extra()
    }

    /// Everything but the links.
    pub fn cost(&self) -> i64 {
        self.cost
    }

    /// Begins a move: what follows can be taken back.
    pub fn begin(&mut self) {
        self.done.clear();
        self.touched = [false; 2];
    }

    /// Counts the links anew where the move may have changed them.
    pub fn count_links(&mut self) {
        for option in 0..2_u8 {
            if self.touched[usize::from(option)] {
                let of = |com: &&Com| com.option == option;
                let coms = self
                    .live
                    .iter()
                    .map(|com| &self.coms[usize::from(*com)])
                    .filter(of);
                self.links.count(
                    usize::from(option),
                    coms.map(|com| (&com.members[..], &com.schools[..])),
                );
            }
        }
    }

    /// The least that the links could cost after the move, less what they cost now.
    pub fn links_at_best(&self, most: i64) -> i64 {
        let of = |option: usize| {
            if self.touched[option] {
                self.links.parts(option).saturating_sub(1).min(most)
            } else {
                0
            }
        };
        -(of(0) + of(1)) * self.zone.weights.component
    }

    /// Takes the move back.
    pub fn undo(&mut self) {
        while let Some(done) = self.done.pop() {
            match done {
                Done::Put(person) => self.remove(person as usize),
                Done::Taken(person, seat) => self.insert(person as usize, seat),
                Done::Member(com, slot, old) => self.replace(com, slot, old),
                Done::Moved(com, centre, span) => self.relocate(com, centre, span),
                Done::Opened(com, (option, centre, span)) => {
                    self.shut(com);
                    let one = &mut self.coms[usize::from(com)];
                    (one.option, one.centre, one.span) = (option, centre, span);
                }
                Done::Closed(com) => self.reopen(com),
            }
        }
    }

    /// Puts a candidate who waits in a commission.
    pub fn put(&mut self, person: usize, com: u16, day: usize) {
        let seat = Seat {
            com,
            day: u8::try_from(day).unwrap_or(0),
        };
        self.insert(person, seat);
        self.done
            .push(Done::Put(u32::try_from(person).unwrap_or(0)));
    }

    /// Takes a candidate out of his commission.
    pub fn take(&mut self, person: usize) -> Seat {
        let seat = self.at[person];
        self.remove(person);
        self.done
            .push(Done::Taken(u32::try_from(person).unwrap_or(0), seat));
        seat
    }

    /// Gives a place in a commission to another examiner, or to nobody.
    pub fn member(&mut self, com: u16, slot: usize, who: u16) {
        let old = self.coms[usize::from(com)].members[slot];
        let slot = u8::try_from(slot).unwrap_or(0);
        self.replace(com, slot, who);
        self.done.push(Done::Member(com, slot, old));
    }

    /// Moves a commission to another centre or span, its members with it.
    pub fn shift(&mut self, com: u16, centre: u16, span: u8) {
        let one = &self.coms[usize::from(com)];
        self.done.push(Done::Moved(com, one.centre, one.span));
        self.relocate(com, centre, span);
    }

    /// Opens a commission without members.
    pub fn open(&mut self, centre: u16, option: u8, span: u8) -> u16 {
        let com = self.free.pop().unwrap_or_else(|| {
            self.live_at.push(NONE);
            self.coms.push(Com {
                live: false,
                fixed: None,
                keeps_members: false,
                keeps_place: false,
                option,
                centre,
                span,
                members: [NONE; MEMBERS],
                team: 0,
                count: [0; DAYS],
                seats: [[0; SEATS]; DAYS],
                schools: Vec::new(),
            });
            u16::try_from(self.coms.len() - 1).unwrap_or(NONE)
        });
        let one = &mut self.coms[usize::from(com)];
        let before = (one.option, one.centre, one.span);
        (one.option, one.centre, one.span) = (option, centre, span);
        self.reopen_free(com);
        self.done.push(Done::Opened(com, before));
        com
    }

    /// Closes a commission that hears nobody and has no member.
    pub fn close(&mut self, com: u16) {
        self.shut(com);
        self.done.push(Done::Closed(com));
    }

    /// Fills the first days first: whoever is absent later leaves no day of preparation without candidates.
    pub fn settle(&mut self) {
        for com in self.live.clone() {
            let later = |one: &Com| {
                (1..DAYS)
                    .flat_map(|day| one.on(day).to_vec())
                    .collect::<Vec<_>>()
            };
            for person in later(&self.coms[usize::from(com)]) {
                let person = person as usize;
                if self.zone.people[person].pinned {
                    continue;
                }
                self.begin();
                let from = self.take(person);
                let day = self.seat_for(person, com);
                if let Some(day) = day.filter(|day| *day < usize::from(from.day)) {
                    self.put(person, com, day);
                } else {
                    self.undo();
                }
            }
        }
        self.begin();
    }

    /// What is kept so that this plan can come back.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            coms: self.coms.clone(),
        }
    }

    /// The plan of a snapshot.
    pub fn restore(&mut self, kept: &Snapshot) {
        self.begin();
        for com in self.live.clone() {
            self.empty(com);
            self.shut(com);
        }
        // Those made by hand keep their place in the list.
        self.coms.clear();
        self.free.clear();
        self.live_at.clear();
        for (com, one) in (0..NONE).zip(&kept.coms) {
            self.coms.push(Com {
                live: false,
                members: [NONE; MEMBERS],
                team: 0,
                count: [0; DAYS],
                schools: Vec::new(),
                ..one.clone()
            });
            self.live_at.push(NONE);
            if !one.live {
                self.free.push(com);
                continue;
            }
            self.reopen_free(com);
            for slot in 0..MEMBERS {
                self.replace(com, u8::try_from(slot).unwrap_or(0), one.members[slot]);
            }
            for day in 0..DAYS {
                for person in one.on(day) {
                    self.insert(
                        *person as usize,
                        Seat {
                            com,
                            day: u8::try_from(day).unwrap_or(0),
                        },
                    );
                }
            }
        }
        self.touched = [true; 2];
        self.count_links();
        self.begin();
    }

    /// Takes everybody out of a commission, its members too, for good.
    fn empty(&mut self, com: u16) {
        for person in self.coms[usize::from(com)].people().collect::<Vec<_>>() {
            self.remove(person);
        }
        for slot in 0..MEMBERS {
            self.replace(com, u8::try_from(slot).unwrap_or(0), NONE);
        }
    }
}
