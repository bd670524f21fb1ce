//! An examiner's share of the dual function: the periods that pay him best.

#[cfg(test)]
mod tests;

use super::prices::{Answer, Layout, Offered};
use super::zone::{Person, Zone};

/// A centre where he may sit: what his first period there brings without its links, and what each other one does.
#[derive(Clone, Copy)]
struct Offer {
    centre: usize,
    first: f64,
    again: f64,
    /// Periods that he may still spend there, and whether he has spent one.
    left: u32,
    visited: bool,
}

/// A period that he may spend, and whether it is his first at its centre.
#[derive(Clone, Copy)]
struct Period {
    gain: f64,
    centre: usize,
    first: bool,
}

/// The best of a number of periods: what they bring, and how many of them are in each option.
type Best = (f64, Vec<usize>);

/// Adds every examiner's best answer. Each may choose as he likes, so the least over all is the sum of the leasts.
pub(super) fn add(offered: &Offered, answer: &mut Answer) {
    let zone = offered.zone;
    let seats = seats(offered);
    let mut visits = vec![0.0; seats.len()];
    let mut offers = Vec::new();
    let mut periods: Vec<Vec<Period>> = vec![Vec::new(); zone.options.len()];
    for one in &zone.people {
        let mut best: Vec<Best> = vec![(0.0, Vec::new())];
        for (option, periods) in periods.iter_mut().enumerate() {
            best_offers(offered, &seats, one, option, &mut offers);
            best_periods(offered, one, option, &mut offers, periods);
            best = joined(&best, periods, offered.links(option), one.most as usize);
        }
        let (mut net, mut most, mut load) = (0.0, None, 0.0);
        for (gain, counts) in &best {
            // k periods weigh load_sq × k².
            let here = gain - zone.weights.load_sq * load * load;
            if here > net {
                (net, most) = (here, Some(counts));
            }
            load += 1.0;
        }
        answer.add(-net);
        for (option, count) in most.into_iter().flatten().enumerate() {
            for period in &periods[option][..*count] {
                visits[zone.slot(period.centre, option)] += 1.0;
            }
            spend(offered, one, option, &periods[option][..*count], answer);
        }
    }
    for (group, guard) in guards(zone) {
        for centre in 0..zone.centres.len() {
            let there = visits[zone.slot(centre, zone.groups[group].option)];
            answer.missed[offered.layout.guard(guard, centre)] -= there;
        }
    }
}

/// The groups that are guarded, with their places among these.
fn guards(zone: &Zone) -> impl Iterator<Item = (usize, usize)> {
    let groups = zone.groups.iter().enumerate();
    groups.filter_map(|(group, one)| one.guard.map(|guard| (group, guard)))
}

/// By slot: what a period brings to who may examine anybody.
fn seats(offered: &Offered) -> Vec<f64> {
    let Offered {
        zone,
        layout,
        prices,
        ..
    } = *offered;
    let slots = 0..zone.centres.len() * zone.options.len();
    let mut seats: Vec<f64> = slots.map(|slot| prices[Layout::seat(slot)]).collect();
    for (group, guard) in guards(zone) {
        for centre in 0..zone.centres.len() {
            seats[zone.slot(centre, zone.groups[group].option)] +=
                prices[layout.guard(guard, centre)];
        }
    }
    seats
}

/// The offers of an option that can bring something.
fn best_offers(
    offered: &Offered,
    seats: &[f64],
    one: &Person,
    option: usize,
    offers: &mut Vec<Offer>,
) {
    offers.clear();
    if !one.sits[option] {
        return;
    }
    let Offered { layout, prices, .. } = *offered;
    let links = offered.links(option);
    for (centre, way) in one.ways.iter().enumerate() {
        let slot = offered.zone.slot(centre, option);
        let mut again = seats[slot] - way;
        for guard in refused(offered.zone, one, option) {
            again -= prices[layout.guard(guard, centre)];
        }
        if one.expert[option] {
            again += prices[layout.expert(slot)];
        }
        let mut first = again;
        if !one.barred[slot] {
            again += prices[layout.stranger(slot)];
            first = again + prices[layout.distinct(slot)];
        }
        let left = offered.ranges[slot].visits;
        if first + links > 0.0 && left > 0 {
            offers.push(Offer {
                centre,
                first,
                again,
                left,
                visited: false,
            });
        }
    }
    // Of the best `most` by their first period, one is always left to take: who brings less even with every link is
    // never taken.
    if offers.len() > one.most as usize {
        let (_, last, _) = offers
            .select_nth_unstable_by(one.most as usize - 1, |a, b| b.first.total_cmp(&a.first));
        let least = last.first;
        offers.retain(|offer| offer.first + links > least || offer.first >= least);
    }
}

/// The guarded groups of an option that he may examine nobody of.
fn refused<'a>(zone: &'a Zone, one: &'a Person, option: usize) -> impl Iterator<Item = usize> + 'a {
    let groups = one.refuses.iter().map(|group| &zone.groups[*group]);
    groups
        .filter(move |group| group.option == option)
        .filter_map(|group| group.guard)
}

/// The periods of an option, best first, each with the links that it adds to those before it; his first centre counts
/// as a link at every level. The best k of them are the first k: see [`super::parts`].
fn best_periods(
    offered: &Offered,
    one: &Person,
    option: usize,
    offers: &mut [Offer],
    periods: &mut Vec<Period>,
) {
    periods.clear();
    let links = offered.links(option);
    for _ in 0..one.most {
        let mut best: Option<(f64, usize)> = None;
        for (place, offer) in offers.iter().enumerate() {
            let least = best.map_or(0.0, |(gain, _)| gain);
            if offer.left == 0 || offer.first.max(offer.again) + links <= least {
                continue;
            }
            let gain = if offer.visited {
                offer.again
            } else {
                let new = fresh(offered, option, periods, offer.centre);
                offer.first + new.map(|level| offered.link(option, level)).sum::<f64>()
            };
            if gain > least {
                best = Some((gain, place));
            }
        }
        let Some((gain, place)) = best else { break };
        let offer = &mut offers[place];
        periods.push(Period {
            gain,
            centre: offer.centre,
            first: !offer.visited,
        });
        offer.visited = true;
        offer.left -= 1;
    }
}

/// The levels at which a centre is in a part where none of these periods is.
fn fresh<'a>(
    offered: &'a Offered,
    option: usize,
    periods: &'a [Period],
    centre: usize,
) -> impl Iterator<Item = usize> + 'a {
    let levels = offered.parts[option].levels.iter().enumerate();
    let new = move |parts: &[usize]| {
        let mut there = periods.iter().map(|period| parts[period.centre]);
        there.all(|part| part != parts[centre])
    };
    levels
        .filter(move |(_, parts)| new(parts))
        .map(|(level, _)| level)
}

/// The best of each number of periods, with those of one more option. Its first centre links nothing.
fn joined(best: &[Best], periods: &[Period], links: f64, most: usize) -> Vec<Best> {
    let mut next: Vec<Best> = Vec::new();
    for (before, (gain, counts)) in best.iter().enumerate() {
        let mut gain = *gain;
        for here in 0..=periods.len().min(most - before) {
            if here > 0 {
                gain += periods[here - 1].gain - if here == 1 { links } else { 0.0 };
            }
            let total = before + here;
            if next.len() == total {
                next.push((f64::NEG_INFINITY, Vec::new()));
            }
            if gain > next[total].0 {
                let counts = counts.iter().copied().chain([here]).collect();
                next[total] = (gain, counts);
            }
        }
    }
    next
}

/// Takes what these periods give off what is missed.
fn spend(offered: &Offered, one: &Person, option: usize, periods: &[Period], answer: &mut Answer) {
    let layout = offered.layout;
    for (place, period) in periods.iter().enumerate() {
        let slot = offered.zone.slot(period.centre, option);
        answer.missed[Layout::seat(slot)] -= 1.0;
        if one.expert[option] {
            answer.missed[layout.expert(slot)] -= 1.0;
        }
        if !one.barred[slot] {
            answer.missed[layout.stranger(slot)] -= 1.0;
            answer.missed[layout.distinct(slot)] -= f64::from(u8::from(period.first));
        }
        for guard in refused(offered.zone, one, option) {
            answer.missed[layout.guard(guard, period.centre)] += 1.0;
        }
        if place > 0 && period.first {
            for level in fresh(offered, option, &periods[..place], period.centre) {
                answer.missed[layout.link(option, level)] -= 1.0;
            }
            for before in periods[..place].iter().filter(|before| before.first) {
                let pair = [option, before.centre, period.centre];
                answer.together.push(pair);
            }
        }
    }
}
