//! A plan being improved: its commissions, its cost term by term, and small changes that can be taken back.
//!
//! Costs are exact integers, so that a change taken back leaves nothing behind and the same changes give the same cost on
//! any machine. The links (parts of the graph examiners–schools) are counted apart, once a move is otherwise worth it.

use super::days::DayMemo;
use super::links::Links;
use super::zone::{DAYS, MEMBERS, NONE, SEATS, Zone};

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
    fn has_nodes(&self) -> bool {
        self.has_others(NONE, NONE)
    }

    /// The same, these two examiners aside.
    fn has_others(&self, one: u16, other: u16) -> bool {
        !self.schools.is_empty()
            || self
                .members
                .iter()
                .any(|who| *who != NONE && *who != one && *who != other)
    }

    /// What a candidate gains there: a commission made by hand is there to be filled first.
    fn favour(&self) -> i64 {
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
            cost: 0,
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

    /// Whether a place holds one more commission in a span.
    pub fn has_room(&self, centre: u16, span: u8) -> bool {
        let dates = self.zone.dates.len();
        let span = &self.zone.spans[usize::from(span)];
        !span.days.is_empty()
            && span.held.iter().all(|day| {
                let at = usize::from(centre) * dates + day;
                self.held[at] < self.zone.rooms[at]
            })
    }

    /// Whether the rooms that a commission holds are there.
    pub fn is_held(&self, com: u16) -> bool {
        let one = &self.coms[usize::from(com)];
        let dates = self.zone.dates.len();
        let span = &self.zone.spans[usize::from(one.span)];
        let at = |day: &usize| usize::from(one.centre) * dates + day;
        !span.days.is_empty()
            && span
                .held
                .iter()
                .map(at)
                .all(|at| self.held[at] <= self.zone.rooms[at])
    }

    /// Whether an examiner can sit in one more span.
    pub fn is_free(&self, who: u16, span: u8) -> bool {
        let at = usize::from(who);
        let one = &self.zone.examiners[at];
        one.can >> span & 1 == 1
            && self.busy[at] & self.zone.spans[usize::from(span)].clash == 0
            && self.load[at] < one.most
    }

    /// Whether an examiner may hear everybody whom a commission hears.
    pub fn may_hear_all(&self, who: u16, com: u16) -> bool {
        self.coms[usize::from(com)]
            .people()
            .all(|person| self.zone.may_hear(who, person))
    }

    /// Whether a commission may hear a candidate at all, seats aside.
    pub fn may_join(&self, person: usize, com: u16) -> bool {
        let one = &self.coms[usize::from(com)];
        one.live
            && one.option == self.zone.people[person].option
            && self.zone.may_sit(person, one.centre, usize::from(one.span))
            && one
                .members
                .iter()
                .all(|who| *who == NONE || self.zone.may_hear(*who, person))
    }

    /// The day of a commission on which a candidate fits best: without the authority's grant if that can be.
    pub fn seat_for(&mut self, person: usize, com: u16) -> Option<usize> {
        let span = &self.zone.spans[usize::from(self.coms[usize::from(com)].span)];
        let mut granted = None;
        for day in 0..span.days.len() {
            if self.zone.people[person].off.contains(&span.days[day]) {
                continue;
            }
            let one = &self.coms[usize::from(com)];
            if one.count[day] >= span.most {
                continue;
            }
            if !self.fits_with(com, day, person) {
                continue;
            }
            if self.coms[usize::from(com)].count[day] < span.usual {
                return Some(day);
            }
            granted = granted.or(Some(day));
        }
        granted
    }

    /// Whether the days of a commission hold their candidates, this one besides on this day.
    fn fits_with(&mut self, com: u16, day: usize, person: usize) -> bool {
        let one = &mut self.coms[usize::from(com)];
        let place = usize::from(one.count[day]);
        one.seats[day][place] = u32::try_from(person).unwrap_or(0);
        one.count[day] += 1;
        let fits = self.fits(com);
        self.coms[usize::from(com)].count[day] -= 1;
        fits
    }

    /// Whether the days of a commission hold their candidates.
    pub fn fits(&mut self, com: u16) -> bool {
        let one = &self.coms[usize::from(com)];
        let span = &self.zone.spans[usize::from(one.span)];
        let mut prepared = !span.prepared;
        for day in 0..span.days.len() {
            let count = one.count[day];
            if count == 0 {
                continue;
            }
            let opens = !prepared;
            prepared = true;
            if count > if opens { span.first } else { span.most } {
                return false;
            }
            let mut kinds = [0; SEATS];
            for (kind, person) in kinds.iter_mut().zip(one.on(day)) {
                *kind = self.zone.people[*person as usize].kind;
            }
            if !self.days.fits(opens, &mut kinds[..usize::from(count)]) {
                return false;
            }
        }
        true
    }

    /// Whether everybody whom a commission hears is there on its days and may sit at its centre then.
    pub fn suits(&self, com: u16) -> bool {
        let one = &self.coms[usize::from(com)];
        let span = &self.zone.spans[usize::from(one.span)];
        (0..span.days.len()).all(|day| {
            one.on(day).iter().all(|person| {
                let person = *person as usize;
                !self.zone.people[person].off.contains(&span.days[day])
                    && self.zone.may_sit(person, one.centre, usize::from(one.span))
            })
        })
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

    fn insert(&mut self, person: usize, seat: Seat) {
        let zone = self.zone;
        let one = &zone.people[person];
        let waits = self.waiting_at[person] as usize;
        if let Some(last) = self.waiting.pop()
            && last as usize != person
        {
            self.waiting[waits] = last;
            self.waiting_at[last as usize] = self.waiting_at[person];
        }
        self.at[person] = seat;
        let com = &mut self.coms[usize::from(seat.com)];
        let day = usize::from(seat.day);
        let place = usize::from(com.count[day]);
        com.seats[day][place] = u32::try_from(person).unwrap_or(0);
        com.count[day] += 1;
        self.cost += zone.way(person, com.centre) - zone.weights.unassigned - com.favour();
        let span = &zone.spans[usize::from(com.span)];
        if com.count[day] > span.usual {
            self.cost += zone.weights.overload;
        }
        if one.school == NONE {
            return;
        }
        let met = usize::from(one.school) * 2 + usize::from(one.option);
        self.cost -= self.missing(met);
        let com = &mut self.coms[usize::from(seat.com)];
        if let Some((_, count)) = com
            .schools
            .iter_mut()
            .find(|(school, _)| *school == one.school)
        {
            *count += 1;
        } else {
            let elsewhere = !self.met[met].is_empty();
            let alone = !com.has_nodes();
            com.schools.push((one.school, 1));
            self.met[met].push(seat.com);
            self.joined(one.option, elsewhere, alone);
        }
        self.placed[met] += 1;
        self.cost += self.missing(met);
    }

    fn remove(&mut self, person: usize) {
        let zone = self.zone;
        let one = &zone.people[person];
        let seat = self.at[person];
        self.at[person] = WAITS;
        self.waiting_at[person] = u32::try_from(self.waiting.len()).unwrap_or(0);
        self.waiting.push(u32::try_from(person).unwrap_or(0));
        let com = &mut self.coms[usize::from(seat.com)];
        let day = usize::from(seat.day);
        let span = &zone.spans[usize::from(com.span)];
        if com.count[day] > span.usual {
            self.cost -= zone.weights.overload;
        }
        let place = com
            .on(day)
            .iter()
            .position(|other| *other as usize == person)
            .unwrap_or(0);
        com.count[day] -= 1;
        com.seats[day][place] = com.seats[day][usize::from(com.count[day])];
        self.cost -= zone.way(person, com.centre) - zone.weights.unassigned - com.favour();
        if one.school == NONE {
            return;
        }
        let met = usize::from(one.school) * 2 + usize::from(one.option);
        self.cost -= self.missing(met);
        let com = &mut self.coms[usize::from(seat.com)];
        if let Some(at) = com
            .schools
            .iter()
            .position(|(school, _)| *school == one.school)
        {
            com.schools[at].1 -= 1;
            if com.schools[at].1 == 0 {
                com.schools.swap_remove(at);
                let alone = !com.has_nodes();
                self.met[met].retain(|other| *other != seat.com);
                self.left(one.option, !self.met[met].is_empty(), alone);
            }
        }
        self.placed[met] -= 1;
        self.cost += self.missing(met);
    }

    /// What the teams cost that the candidates of a school and option do not meet.
    fn missing(&self, met: usize) -> i64 {
        let wanted = (self.placed[met] / 4).min(2);
        if wanted == 0 {
            return 0;
        }
        let team = |com: &u16| self.coms[usize::from(*com)].team;
        let coms = &self.met[met];
        let found = match coms.first().map(team) {
            None => 0,
            Some(first) if coms.iter().any(|com| team(com) != first) => 2,
            Some(_) => 1,
        };
        i64::from(wanted.saturating_sub(found)) * self.zone.weights.spread
    }

    /// What every school of a commission costs by the teams that it does not meet.
    fn missing_of(&self, com: u16) -> i64 {
        let one = &self.coms[usize::from(com)];
        let met = |school: u16| usize::from(school) * 2 + usize::from(one.option);
        one.schools
            .iter()
            .map(|(school, _)| self.missing(met(*school)))
            .sum()
    }

    /// Whether an examiner sits in a commission of an option.
    fn sits_in(&self, who: u16, option: u8) -> bool {
        let coms = &self.sits[usize::from(who)];
        coms.iter()
            .any(|com| self.coms[usize::from(*com)].option == option)
    }

    /// After somebody joined a commission, or a school did: the links must be counted if two parts may have become one, or
    /// a new part has begun. A leaf of the graph changes nothing.
    fn joined(&mut self, option: u8, elsewhere: bool, alone: bool) {
        let option = usize::from(option);
        self.touched[option] |= if elsewhere {
            !alone && self.links.parts(option) > 1
        } else {
            alone
        };
    }

    /// After somebody left a commission, or a school did: a part may have become two, or be gone.
    fn left(&mut self, option: u8, elsewhere: bool, alone: bool) {
        self.touched[usize::from(option)] |= elsewhere || alone;
    }

    fn replace(&mut self, com: u16, slot: u8, who: u16) {
        let zone = self.zone;
        let at = usize::from(com);
        if self.coms[at].members[usize::from(slot)] == who {
            return;
        }
        self.cost -= self.missing_of(com);
        let one = &mut self.coms[at];
        let (centre, span) = (one.centre, one.span);
        let old = std::mem::replace(&mut one.members[usize::from(slot)], who);
        let option = one.option;
        let mut sorted = one.members;
        sorted.sort_unstable();
        one.team = sorted
            .iter()
            .fold(0, |team, who| team << 16 | u64::from(*who));
        if old != NONE {
            let load = &mut self.load[usize::from(old)];
            self.cost -= zone.travel(old, centre) + zone.weights.load * (2 * i64::from(*load) - 1);
            *load -= 1;
            self.busy[usize::from(old)] &= !(1 << span);
            self.sits[usize::from(old)].retain(|other| *other != com);
            let alone = !self.coms[at].has_others(NONE, who);
            self.left(option, self.sits_in(old, option), alone);
        }
        if who != NONE {
            let load = &mut self.load[usize::from(who)];
            *load += 1;
            self.cost += zone.travel(who, centre) + zone.weights.load * (2 * i64::from(*load) - 1);
            self.busy[usize::from(who)] |= 1 << span;
            let elsewhere = self.sits_in(who, option);
            let alone = !self.coms[at].has_others(who, NONE);
            self.joined(option, elsewhere, alone);
            self.sits[usize::from(who)].push(com);
        }
        self.cost += self.missing_of(com);
    }

    fn relocate(&mut self, com: u16, centre: u16, span: u8) {
        let at = usize::from(com);
        let members = self.coms[at].members;
        self.hold(com, false);
        let ways = |state: &Self| -> i64 {
            let one = &state.coms[at];
            let zone = state.zone;
            let members = one.members.iter().filter(|who| **who != NONE);
            let travel: i64 = members.map(|who| zone.travel(*who, one.centre)).sum();
            travel
                + one
                    .people()
                    .map(|person| zone.way(person, one.centre))
                    .sum::<i64>()
        };
        let before = ways(self);
        let old = self.coms[at].span;
        self.coms[at].centre = centre;
        self.coms[at].span = span;
        self.cost += ways(self) - before;
        for who in members.iter().filter(|who| **who != NONE) {
            let busy = &mut self.busy[usize::from(*who)];
            *busy = *busy & !(1 << old) | 1 << span;
        }
        self.hold(com, true);
    }

    fn shut(&mut self, com: u16) {
        self.hold(com, false);
        let at = usize::from(com);
        self.coms[at].live = false;
        let place = usize::from(self.live_at[at]);
        self.live.swap_remove(place);
        if let Some(moved) = self.live.get(place) {
            self.live_at[usize::from(*moved)] = u16::try_from(place).unwrap_or(NONE);
        }
        self.free.push(com);
        self.cost -= self.zone.weights.commission;
    }

    fn reopen(&mut self, com: u16) {
        self.free.pop();
        self.reopen_free(com);
    }

    fn reopen_free(&mut self, com: u16) {
        let at = usize::from(com);
        self.coms[at].live = true;
        self.live_at[at] = u16::try_from(self.live.len()).unwrap_or(NONE);
        self.live.push(com);
        self.cost += self.zone.weights.commission;
        self.hold(com, true);
    }

    /// Takes the rooms of a commission, or gives them back; the centre's own cost with the first and the last.
    fn hold(&mut self, com: u16, holds: bool) {
        let one = &self.coms[usize::from(com)];
        let (centre, option, span) = (
            usize::from(one.centre),
            usize::from(one.option),
            usize::from(one.span),
        );
        if self.zone.spread_out {
            let crowd = self.crowding(com);
            self.cost += if holds { crowd } else { -crowd };
        }
        let dates = self.zone.dates.len();
        for day in &self.zone.spans[span].held {
            let held = &mut self.held[centre * dates + day];
            *held = if holds { *held + 1 } else { *held - 1 };
        }
        let place = &mut self.by_place[centre * 2 + option];
        if holds {
            place.push(com);
            self.used[centre] += 1;
            if self.used[centre] == 1 {
                self.cost += self.zone.weights.centre;
            }
        } else {
            place.retain(|other| *other != com);
            self.used[centre] -= 1;
            if self.used[centre] == 0 {
                self.cost -= self.zone.weights.centre;
            }
        }
    }

    /// In CCF a school's commissions are spread over its period (annexe 9): two of them repel each other, the more the
    /// nearer they are.
    fn crowding(&self, com: u16) -> i64 {
        let one = &self.coms[usize::from(com)];
        let centre = usize::from(one.centre);
        let others = self.by_place[centre * 2]
            .iter()
            .chain(&self.by_place[centre * 2 + 1]);
        others
            .filter(|other| **other != com)
            .map(|other| {
                let apart = self.coms[usize::from(*other)].span.abs_diff(one.span);
                self.zone.weights.load * 4 / (1 + i64::from(apart))
            })
            .sum()
    }
}
