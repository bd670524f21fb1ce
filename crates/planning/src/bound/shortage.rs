//! Why nobody can place everybody: what is counted short before anything is priced.

use delos_domain::candidate::ExamOption;

use super::centres::needed;
use super::zone::{Person, Zone, count};

/// What there is too little of. Counts are of the whole session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Centres that candidates could sit in: `needed` of them have none.
    Centres,
    /// Seats in a commission: its template has none.
    Seats,
    /// Commissions that the rooms can hold.
    Rooms,
    /// Periods of examiners.
    Examiners,
    /// Different examiners for one commission.
    Members,
}

/// A shortage of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// What is short.
    pub lack: Lack,
    /// In which option; none: in all together.
    pub option: Option<ExamOption>,
    /// At which centre, by key; none: in the whole zone.
    pub centre: Option<usize>,
    /// How many are needed at least.
    pub needed: u32,
    /// How many there are at most.
    pub available: u32,
}

/// The shortages of a zone. None is no proof that everybody can be placed.
pub(super) fn shortages(zone: &Zone) -> Vec<Shortage> {
    let mut found = Vec::new();
    let mut say = |lack, option: Option<usize>, centre, needed, available| {
        if needed > available {
            found.push(Shortage {
                lack,
                option: option.map(|option| zone.options[option]),
                centre,
                needed,
                available,
            });
        }
    };
    let mut all = 0;
    for (option, candidates) in zone.candidates.iter().enumerate() {
        let at = Some(option);
        let groups = zone.groups.iter().filter(|one| one.option == option);
        let nowhere = groups.filter(|one| one.ways.iter().all(|way| way.is_infinite()));
        say(
            Lack::Centres,
            at,
            None,
            nowhere.map(|one| one.count).sum(),
            0,
        );
        if zone.hard == 0 {
            say(Lack::Seats, at, None, *candidates, 0);
        }
        let held = zone
            .centres
            .iter()
            .map(|one| needed(one.own[option], zone.hard));
        let commissions = needed(*candidates, zone.hard).max(held.sum());
        all += commissions;
        let sits = |one: &&Person| one.sits[option];
        let expert = |one: &&Person| one.expert[option];
        let members = commissions.saturating_mul(zone.members);
        say(Lack::Examiners, at, None, members, periods(zone, sits));
        if let Some(experts) = zone.experts {
            let experts = commissions.saturating_mul(experts);
            say(Lack::Examiners, at, None, experts, periods(zone, expert));
        }
        for (place, centre) in zone.centres.iter().enumerate() {
            if centre.own[option] == 0 {
                continue;
            }
            let slot = zone.slot(place, option);
            let free = |one: &&Person| one.sits[option] && !one.barred[slot];
            let there = count(zone.people.iter().filter(free).count());
            say(Lack::Members, at, Some(centre.key), zone.members, there);
            let members = needed(centre.own[option], zone.hard).saturating_mul(zone.members);
            say(
                Lack::Examiners,
                at,
                Some(centre.key),
                members,
                periods(zone, free),
            );
        }
    }
    for centre in &zone.centres {
        let held = centre.own.iter().map(|own| needed(*own, zone.hard)).sum();
        say(Lack::Rooms, None, Some(centre.key), held, centre.rooms);
    }
    let rooms = zone.centres.iter().map(|centre| centre.rooms);
    say(
        Lack::Rooms,
        None,
        None,
        all,
        rooms.fold(0, u32::saturating_add),
    );
    let members = all.saturating_mul(zone.members);
    say(
        Lack::Examiners,
        None,
        None,
        members,
        periods(zone, |_| true),
    );
    found
}

fn periods(zone: &Zone, may: impl Fn(&&Person) -> bool) -> u32 {
    let people = zone.people.iter().filter(may);
    people.fold(0, |sum, one| sum.saturating_add(one.most))
}
