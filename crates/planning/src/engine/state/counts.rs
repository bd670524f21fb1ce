//! Each small change with all that it counts: cost, loads, rooms, teams met, links that may have changed.

use super::State;
use crate::engine::com::{Com, Seat, WAITS};
use crate::engine::zone::NONE;

impl State<'_> {
    pub(super) fn insert(&mut self, person: usize, seat: Seat) {
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
        self.keep(seat.com, false);
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
        self.keep(seat.com, true);
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

    pub(super) fn remove(&mut self, person: usize) {
        let zone = self.zone;
        let one = &zone.people[person];
        let seat = self.at[person];
        self.at[person] = WAITS;
        self.waiting_at[person] = u32::try_from(self.waiting.len()).unwrap_or(0);
        self.waiting.push(u32::try_from(person).unwrap_or(0));
        self.keep(seat.com, false);
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
        self.keep(seat.com, true);
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

    pub(super) fn replace(&mut self, com: u16, slot: u8, who: u16) {
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

    pub(super) fn relocate(&mut self, com: u16, centre: u16, span: u8) {
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

    pub(super) fn shut(&mut self, com: u16) {
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

    pub(super) fn reopen(&mut self, com: u16) {
        self.free.pop();
        self.reopen_free(com);
    }

    pub(super) fn reopen_free(&mut self, com: u16) {
        let at = usize::from(com);
        self.coms[at].live = true;
        self.live_at[at] = u16::try_from(self.live.len()).unwrap_or(NONE);
        self.live.push(com);
        self.cost += self.zone.weights.commission;
        self.hold(com, true);
    }

    /// Counts the free seats of a commission of the last period among those that are kept, or no longer.
    fn keep(&mut self, com: u16, counts: bool) {
        let one = &self.coms[usize::from(com)];
        if usize::from(one.span) + 1 != self.zone.periods {
            return;
        }
        let option = usize::from(one.option);
        let seats = self.zone.spans[usize::from(one.span)].usual_seats();
        let free = i64::try_from(seats.saturating_sub(one.heard())).unwrap_or(0);
        let lacks = |state: &Self| (state.zone.reserve[option] - state.spare[option]).max(0);
        let before = lacks(self);
        self.spare[option] += if counts { free } else { -free };
        self.cost += (lacks(self) - before) * self.zone.weights.reserve;
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
        self.keep(com, holds);
        let dates = self.zone.dates.len();
        for day in &self.zone.spans[span].booked {
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
    /// nearer they are, and so do the two ends of the period: whoever is absent early enough still has a later date.
    fn crowding(&self, com: u16) -> i64 {
        let one = &self.coms[usize::from(com)];
        let centre = usize::from(one.centre);
        let others = self.by_place[centre * 2]
            .iter()
            .chain(&self.by_place[centre * 2 + 1]);
        let near = |apart: usize| {
            let apart = i64::try_from(apart).unwrap_or(i64::MAX - 1);
            self.zone.weights.load * 4 / (1 + apart)
        };
        let order = |com: &Com| self.zone.spans[usize::from(com.span)].order;
        let between: i64 = others
            .filter(|other| **other != com)
            .map(|other| near(order(&self.coms[usize::from(*other)]).abs_diff(order(one))))
            .sum();
        let after = self.zone.periods.saturating_sub(order(one) + 1);
        between + near(order(one)) + near(after)
    }
}
