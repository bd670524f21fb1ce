//! What rows name again and again: candidates, commissions with their places, options.

use std::borrow::Cow;
use std::collections::HashMap;

use delos_domain::candidate::ExamOption;

use super::texts::{Renumbered, Texts, number};
use super::{Grade, GradeCommission};
use crate::reading;
use crate::words::squash;

/// A commission: academy, centre, code.
type CommissionKey = (Option<u32>, Option<u32>, u32);

/// The lists, while rows are read.
#[derive(Default)]
pub(super) struct Lists<'t> {
    pub candidates: Texts<'t>,
    pub options: Options<'t>,
    places: Texts<'t>,
    commissions: HashMap<CommissionKey, u32>,
}

/// The lists, once every row is read.
#[derive(Default)]
pub(super) struct Closed {
    pub commissions: Vec<GradeCommission>,
    pub candidates: Vec<Box<str>>,
    pub options: Vec<Box<str>>,
}

impl<'t> Lists<'t> {
    /// The number of a commission.
    pub fn commission(
        &mut self,
        academy: Option<Cow<'t, str>>,
        centre: Option<Cow<'t, str>>,
        code: Cow<'t, str>,
    ) -> u32 {
        let key = (
            academy.map(|text| self.places.number(text)),
            centre.map(|text| self.places.number(text)),
            self.places.number(code),
        );
        let next = number(self.commissions.len());
        *self.commissions.entry(key).or_insert(next)
    }

    /// The lists of what the rows kept name, in the order of their first row; the rows follow.
    pub fn close(mut self, rows: &mut [Grade]) -> Closed {
        let mut candidates = Renumbered::new(self.candidates.len());
        let mut commissions = Renumbered::new(self.commissions.len());
        let mut options = Renumbered::new(self.options.names.len());
        for row in rows {
            row.candidate = candidates.used(row.candidate);
            row.commission = commissions.used(row.commission);
            row.option = row.option.map(|option| options.used(option));
        }
        let take = |list: &mut [Box<str>], former: &[u32]| -> Vec<Box<str>> {
            former
                .iter()
                .map(|former| std::mem::take(&mut list[*former as usize]))
                .collect()
        };
        let places = self.places.into_list();
        let mut keys = vec![(None, None, 0); self.commissions.len()];
        for (key, number) in self.commissions {
            keys[number as usize] = key;
        }
        let place = |number: u32| places[number as usize].clone();
        Closed {
            commissions: commissions
                .former
                .iter()
                .map(|former| {
                    let (academy, centre, code) = keys[*former as usize];
                    GradeCommission {
                        academy: academy.map(place),
                        centre: centre.map(place),
                        code: place(code),
                    }
                })
                .collect(),
            candidates: take(&mut self.candidates.into_list(), &candidates.former),
            options: take(&mut self.options.names, &options.former),
        }
    }
}

/// Options by every spelling that the file has of them.
#[derive(Default)]
pub(super) struct Options<'t> {
    spellings: HashMap<Cow<'t, str>, u32>,
    numbers: HashMap<String, u32>,
    names: Vec<Box<str>>,
}

impl<'t> Options<'t> {
    /// What an option is called.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", |name| name)
    }

    /// The number of an option.
    pub fn number(&mut self, text: Cow<'t, str>) -> u32 {
        if let Some(number) = self.spellings.get(&text) {
            return *number;
        }
        let name = match reading::option(&text) {
            Ok(option) => option_code(option).to_owned(),
            Err(_) => text.clone().into_owned(),
        };
        let next = number(self.names.len());
        // Letters and digits alone tell options apart; a name without any is itself.
        let key = Some(squash(&name))
            .filter(|key| !key.is_empty())
            .unwrap_or_else(|| name.clone());
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.names.push(name.into());
        }
        self.spellings.insert(text, number);
        number
    }
}

fn option_code(option: ExamOption) -> &'static str {
    ExamOption::ALL
        .into_iter()
        .find_map(|(one, code)| (one == option).then_some(code))
        .unwrap_or_default()
}
