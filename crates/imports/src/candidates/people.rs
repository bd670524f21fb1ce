//! Who is who: the same person under two numbers, another person under the same one.

use std::collections::HashMap;

use chrono::NaiveDate;
use delos_domain::candidate::CandidateNumber;

use crate::context::CandidateContext;
use crate::problem::Problem;
use crate::values::ImportedCandidate;
use crate::words::squash;

/// A person, as two files would write him: names without case, accents nor marks, and date of birth.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Person {
    family_name: String,
    given_names: String,
    birth_date: NaiveDate,
}

impl Person {
    pub fn new(family_name: &str, given_names: &str, birth_date: NaiveDate) -> Self {
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
        person: Person,
        ine: Option<&str>,
        number: &CandidateNumber,
    ) -> Option<CandidateNumber> {
        let met = self
            .by_person
            .entry(person)
            .or_insert_with(|| number.clone());
        let other = (met != number).then(|| met.clone());
        let by_ine = ine.and_then(|ine| {
            let met = self
                .by_ine
                .entry(ine.to_owned())
                .or_insert_with(|| number.clone());
            (met != number).then(|| met.clone())
        });
        other.or(by_ine)
    }
}

/// Whether the base holds somebody else under this number: another name or another date of birth. One of the two alone,
/// with the same INE, is a correction.
pub(super) fn compare(
    held: &ImportedCandidate,
    person: &Person,
    ine: Option<&str>,
) -> Option<Problem> {
    let before = Person::of(held);
    let other_names =
        before.family_name != person.family_name && before.given_names != person.given_names;
    let family_name = before.family_name != person.family_name;
    let birth_date = before.birth_date != person.birth_date;
    if !family_name && !birth_date {
        return None;
    }
    let known_as = format!(
        "{} {}, né(e) le {}",
        held.given_names,
        held.family_name,
        held.birth_date.format("%d/%m/%Y")
    );
    let same_ine = ine.is_some() && ine == held.national_number.as_deref();
    if same_ine && !(family_name && birth_date) && !other_names {
        Some(Problem::IdentityCorrected { known_as })
    } else {
        Some(Problem::NumberOtherPerson { known_as })
    }
}
