//! Which candidates one day holds, asked millions of times: by their kinds, each answer kept.

use std::collections::HashMap;

use delos_domain::candidate::Accommodation;
use delos_domain::regulation::{Course, DayRules};

use super::zone::SEATS;
use crate::day::DayTable;

/// Days that were asked for.
#[derive(Clone)]
pub(super) struct DayMemo<'a> {
    table: DayTable<'a>,
    kinds: &'a [Accommodation],
    /// Whether so many candidates without extra time fit, on a day with the preparation or without.
    plain: [[Option<bool>; SEATS + 1]; 2],
    known: HashMap<(bool, u128), bool>,
}

impl<'a> DayMemo<'a> {
    /// Nothing asked yet; the first of the kinds is without extra time.
    pub fn new(course: &'a Course, rules: &'a DayRules, kinds: &'a [Accommodation]) -> Self {
        Self {
            table: DayTable::new(course, rules),
            kinds,
            plain: [[None; SEATS + 1]; 2],
            known: HashMap::new(),
        }
    }

    /// Whether candidates of these kinds fit in one day; the kinds come back in order.
    pub fn fits(&mut self, preparation: bool, kinds: &mut [u8]) -> bool {
        if kinds.iter().all(|kind| *kind == 0) {
            let known = self.plain[usize::from(preparation)][kinds.len()];
            return known.unwrap_or_else(|| {
                let fits = self.ask(preparation, kinds);
                self.plain[usize::from(preparation)][kinds.len()] = Some(fits);
                fits
            });
        }
        kinds.sort_unstable();
        let key = kinds
            .iter()
            .fold(0_u128, |key, kind| key << 8 | (u128::from(*kind) + 1));
        if let Some(known) = self.known.get(&(preparation, key)) {
            return *known;
        }
        let fits = self.ask(preparation, kinds);
        self.known.insert((preparation, key), fits);
        fits
    }

    /// Whether a candidate of this kind fits in some day.
    pub fn fits_somewhere(&mut self, kind: u8) -> bool {
        self.fits(false, &mut [kind]) || self.fits(true, &mut [kind])
    }

    fn ask(&mut self, preparation: bool, kinds: &[u8]) -> bool {
        let kinds: Vec<_> = kinds
            .iter()
            .map(|kind| self.kinds[usize::from(*kind)])
            .collect();
        self.table.fits(preparation, &kinds)
    }
}
