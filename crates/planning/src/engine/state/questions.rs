//! What can be asked of a plan: who is free, who may join whom, what a day holds.

use super::State;
use crate::engine::zone::{NONE, SEATS};

impl State<'_> {
    /// Whether a place holds one more commission in a span.
    pub fn has_room(&self, centre: u16, span: u8) -> bool {
        self.rooms_left(centre, span, 1)
    }

    /// Whether the rooms that a commission holds are there.
    pub fn is_held(&self, com: u16) -> bool {
        let one = &self.coms[usize::from(com)];
        self.rooms_left(one.centre, one.span, 0)
    }

    /// Whether a place has so many rooms more on the days of a span; those on which nobody sits may have none at all.
    fn rooms_left(&self, centre: u16, span: u8, more: u16) -> bool {
        let dates = self.zone.dates.len();
        let span = &self.zone.spans[usize::from(span)];
        !span.days.is_empty()
            && span.booked.iter().all(|day| {
                let at = usize::from(centre) * dates + day;
                let rooms = self.zone.rooms[at];
                self.held[at].saturating_add(more) <= rooms
                    || rooms == 0 && !span.held.contains(day)
            })
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
            let one = &self.coms[usize::from(com)];
            if self.zone.is_off(person, one.centre, span.days[day]) {
                continue;
            }
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
                !self.zone.is_off(person, one.centre, span.days[day])
                    && self.zone.may_sit(person, one.centre, usize::from(one.span))
            })
        })
    }
}
