//! Texts kept once each.

use std::borrow::Cow;
use std::collections::HashMap;

/// Texts by number, in the order of their first appearance.
#[derive(Default)]
pub(super) struct Texts<'t> {
    numbers: HashMap<Cow<'t, str>, u32>,
}

/// A count as a number that fits: files are bounded far below.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl<'t> Texts<'t> {
    /// The number of a text.
    pub fn number(&mut self, text: Cow<'t, str>) -> u32 {
        let next = number(self.numbers.len());
        *self.numbers.entry(text).or_insert(next)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The texts, by number.
    pub fn into_list(self) -> Vec<Box<str>> {
        let mut list = vec![Box::default(); self.numbers.len()];
        for (text, number) in self.numbers {
            list[number as usize] = text.into();
        }
        list
    }
}

/// Numbers given anew, so that only those used are left, in the order of their first use.
pub(super) struct Renumbered {
    new: Vec<Option<u32>>,
    /// The former numbers, by new number.
    pub former: Vec<u32>,
}

impl Renumbered {
    /// None of `count` numbers used yet.
    pub fn new(count: usize) -> Self {
        Self {
            new: vec![None; count],
            former: Vec::new(),
        }
    }

    /// The new number of one that is used.
    pub fn used(&mut self, former: u32) -> u32 {
        let next = number(self.former.len());
        match self.new.get_mut(former as usize) {
            Some(Some(number)) => *number,
            Some(slot) => {
                *slot = Some(next);
                self.former.push(former);
                next
            }
            None => former,
        }
    }
}
