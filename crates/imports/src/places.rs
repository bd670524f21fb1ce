//! Which academy, and which school, a row belongs to.

use std::collections::HashMap;

use delos_domain::uai::Uai;

use crate::context::{Academy, KnownSchool};
use crate::findings::At;
use crate::layout::Field;
use crate::problem::Problem;
use crate::reading::{Reader, Value, uai};
use crate::words::squash;

/// Academies by every name that people give them.
pub(crate) struct Academies<'c> {
    by_code: HashMap<&'c str, &'c Academy>,
    by_name: HashMap<String, &'c Academy>,
}

/// Caen and Rouen make Normandie since 2020; their codes are still met (rules.md, « UAI »).
const MERGED: [(&str, &str); 4] = [("05", "70"), ("21", "70"), ("caen", "70"), ("rouen", "70")];

impl<'c> Academies<'c> {
    /// Ready to be looked up.
    pub fn new(academies: &'c [Academy]) -> Self {
        let by_code = academies
            .iter()
            .map(|one| (one.code.as_str(), one))
            .collect();
        let by_name = academies
            .iter()
            .map(|one| (short_name(&one.name), one))
            .collect();
        Self { by_code, by_name }
    }

    /// The academy of a code.
    pub fn by_code(&self, code: &str) -> Option<&'c Academy> {
        self.by_code.get(code).copied()
    }

    /// The academy of a name or a code, as people write them.
    pub fn named(&self, text: &str) -> Option<&'c Academy> {
        let name = short_name(text);
        let code = if name.bytes().all(|b| b.is_ascii_digit()) {
            format!("{name:0>2}")
        } else {
            name.clone()
        };
        let merged = MERGED
            .iter()
            .find(|(former, _)| *former == code)
            .map(|(_, now)| *now);
        self.by_code(merged.unwrap_or(&code))
            .or_else(|| self.by_name.get(&name).copied())
    }
}

/// A name without what may be said around it: « académie de », an article, a remark in brackets.
fn short_name(text: &str) -> String {
    let name = squash(text.split('(').next().unwrap_or_default());
    let mut name = name.as_str();
    for prefix in [
        "academiede",
        "academied",
        "rectoratde",
        "rectoratd",
        "vicerectoratde",
    ] {
        if let Some(rest) = name.strip_prefix(prefix) {
            name = rest;
            break;
        }
    }
    // `la` is no prefix of any other academy's name.
    name.strip_prefix("la")
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name)
        .to_owned()
}

/// Where a person of a file belongs.
#[derive(Clone, Copy)]
pub(crate) struct Belonging<'c> {
    pub school: Option<&'c KnownSchool>,
    pub academy: &'c str,
    pub authority: &'c str,
}

/// Where people belong whose row names neither school nor academy.
pub(crate) enum Fallback<'c> {
    /// Nowhere: their academy is obligatory.
    None,
    /// In the school of the whole file.
    School(&'c KnownSchool),
    /// In the school of the whole file, with which something is wrong: where, what stands there, and what is wrong,
    /// until it was told.
    Faulty(Option<(At, String, Problem)>),
}

/// Reads « UAI » and « Académie »: the authority is that of the school's academy, else of the column; `fallback` stands
/// where both are empty, and what is wrong with it is told once, at the first row that needs it. None when a fault was
/// told.
pub(crate) fn belonging<'c>(
    reader: &mut Reader<'_, '_>,
    (uai_field, academy_field): (Field, Field),
    academies: &Academies<'c>,
    schools: &'c HashMap<Uai, KnownSchool>,
    fallback: &mut Fallback<'c>,
) -> Option<Belonging<'c>> {
    let school = reader.optional(uai_field, |text| {
        let uai = uai(text)?;
        schools.get(&uai).ok_or(Problem::UaiUnknown)
    });
    let academy = reader.optional(academy_field, |text| {
        academies.named(text).ok_or(Problem::AcademyUnknown)
    });
    let school = match (school, academy) {
        (Value::Wrong, _) | (Value::Absent | Value::Empty, Value::Wrong) => return None,
        (Value::Read(school), academy) => {
            if let Some(academy) = academy
                .read()
                .filter(|academy| academy.code != school.academy)
            {
                let _: &Academy = academy;
                let name = academies
                    .by_code(&school.academy)
                    .map_or_else(|| school.academy.clone(), |academy| academy.name.clone());
                reader.tell(academy_field, Problem::AcademyDiffers { academy: name });
            }
            school
        }
        (Value::Absent | Value::Empty, Value::Read(academy)) => {
            return Some(Belonging {
                school: None,
                academy: &academy.code,
                authority: &academy.authority,
            });
        }
        (Value::Absent | Value::Empty, Value::Absent | Value::Empty) => match fallback {
            Fallback::School(school) => school,
            Fallback::None => {
                reader.tell(academy_field, Problem::AcademyRequired);
                return None;
            }
            Fallback::Faulty(fault) => {
                if let Some((at, value, problem)) = fault.take() {
                    reader.findings.add(at, &value, problem);
                }
                return None;
            }
        },
    };
    Some(Belonging {
        school: Some(school),
        academy: &school.academy,
        authority: &school.authority,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn academy(code: &str, name: &str) -> Academy {
        Academy {
            code: code.to_owned(),
            name: name.to_owned(),
            authority: code.to_owned(),
            uai_prefixes: Vec::new(),
        }
    }

    #[test]
    fn an_academy_is_known_by_its_name_and_by_its_code() {
        let all = [
            academy("02", "Aix-Marseille"),
            academy("07", "Dijon"),
            academy("28", "La Réunion"),
            academy("40", "Nouvelle-Calédonie (vice-rectorat)"),
            academy("70", "Normandie"),
        ];
        let academies = Academies::new(&all);
        for (text, code) in [
            ("Dijon", "07"),
            ("DIJON", "07"),
            ("07", "07"),
            ("7", "07"),
            ("académie de Dijon", "07"),
            ("Rectorat d'Aix-Marseille", "02"),
            ("aix marseille", "02"),
            ("La Réunion", "28"),
            ("Réunion", "28"),
            ("Académie de La Réunion", "28"),
            ("Nouvelle-Calédonie", "40"),
            ("Caen", "70"),
            ("21", "70"),
        ] {
            assert_eq!(
                academies.named(text).map(|one| one.code.as_str()),
                Some(code),
                "{text}"
            );
        }
        for text in ["", "Dijonnais", "99", "SIEC", "La", "Académie de"] {
            assert!(academies.named(text).is_none(), "{text}");
        }
    }
}
