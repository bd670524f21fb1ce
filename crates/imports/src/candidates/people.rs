//! Who is who: the same person under two numbers, another person under the same one.

use std::collections::HashMap;

use chrono::NaiveDate;
use delos_domain::candidate::CandidateNumber;

use crate::context::CandidateContext;
use crate::problem::Problem;
use crate::reading::is_ine;
use crate::values::ImportedCandidate;
use crate::words::{squash, words};

/// A person, as two files would write him: names without case, accents nor marks, and date of birth.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Person {
    family_name: String,
    given_names: String,
    birth_date: NaiveDate,
}

impl Person {
    fn new(family_name: &str, given_names: &str, birth_date: NaiveDate) -> Self {
        Self {
            family_name: squash(family_name),
            given_names: squash(given_names),
            birth_date,
        }
    }

    fn of(held: &ImportedCandidate) -> Self {
        Self::new(&held.family_name, &held.given_names, held.birth_date)
    }
}

/// Who a row says that somebody is.
pub(super) struct Said<'a> {
    pub family_name: &'a str,
    pub given_names: &'a str,
    pub birth_date: NaiveDate,
    pub ine: Option<&'a str>,
}

impl Said<'_> {
    pub fn person(&self) -> Person {
        Person::new(self.family_name, self.given_names, self.birth_date)
    }
}

/// Numbers under which people and INE were met, in the base or higher in the file.
pub(super) struct People {
    by_person: HashMap<Person, CandidateNumber>,
    by_ine: HashMap<String, CandidateNumber>,
}

impl People {
    /// Those of the base.
    pub fn new(context: &CandidateContext) -> Self {
        let mut by_person = HashMap::new();
        let mut by_ine = HashMap::new();
        // Of several, the least number is told, so that the same files give the same report.
        let keep_least = |held: &mut CandidateNumber, number: &CandidateNumber| {
            if *number < *held {
                *held = number.clone();
            }
        };
        for held in context.existing.values() {
            by_person
                .entry(Person::of(held))
                .and_modify(|kept| keep_least(kept, &held.number))
                .or_insert_with(|| held.number.clone());
            if let Some(ine) = &held.national_number {
                by_ine
                    .entry(ine.clone())
                    .and_modify(|kept| keep_least(kept, &held.number))
                    .or_insert_with(|| held.number.clone());
            }
        }
        Self { by_person, by_ine }
    }

    /// Another number under which the person was met, if any; from now on he is met under this one too.
    pub fn other_number(
        &mut self,
        said: &Said<'_>,
        number: &CandidateNumber,
    ) -> Option<CandidateNumber> {
        let met = self
            .by_person
            .entry(said.person())
            .or_insert_with(|| number.clone());
        let other = (met != number).then(|| met.clone());
        let by_ine = said.ine.and_then(|ine| {
            let met = self
                .by_ine
                .entry(ine.to_owned())
                .or_insert_with(|| number.clone());
            (met != number).then(|| met.clone())
        });
        other.or(by_ine)
    }
}

/// Whether the base holds somebody else under this number. The same INE, or second names that one of the two files leaves
/// out, make a single difference a correction; twins share all but their given names and their INE.
pub(super) fn compare(held: &ImportedCandidate, said: &Said<'_>) -> Option<Problem> {
    let names = squash(&held.family_name) != squash(said.family_name);
    let given_names = squash(&held.given_names) != squash(said.given_names);
    let birth_date = held.birth_date != said.birth_date;
    let ine = match (held.national_number.as_deref(), said.ine) {
        (Some(before), Some(now)) if before == now => Ine::Same,
        // One that was mistyped is no other person's.
        (Some(before), Some(now)) if is_ine(before) && is_ine(now) => Ine::Other,
        _ => Ine::Unknown,
    };
    let known_as = || {
        format!(
            "{} {}, né(e) le {}",
            held.given_names,
            held.family_name,
            held.birth_date.format("%d/%m/%Y")
        )
    };
    let differences = usize::from(names) + usize::from(given_names) + usize::from(birth_date);
    let completed = || given_names && one_begins_the_other(&held.given_names, said.given_names);
    match (differences, ine) {
        (0, Ine::Same | Ine::Unknown) => None,
        (1, Ine::Same) => Some(Problem::IdentityCorrected {
            known_as: known_as(),
        }),
        (1, Ine::Unknown) if completed() => Some(Problem::IdentityCorrected {
            known_as: known_as(),
        }),
        _ => Some(Problem::NumberOtherPerson {
            known_as: known_as(),
        }),
    }
}

/// What two INE say.
#[derive(Clone, Copy)]
enum Ine {
    Same,
    Other,
    /// One of them is missing, or has not the shape of one.
    Unknown,
}

/// « Amélie » and « Amélie, Rose »: the first given name is the same, and one of the two lists goes on.
fn one_begins_the_other(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let shared = one.len().min(other.len());
    shared > 0 && one[..shared] == other[..shared]
}
