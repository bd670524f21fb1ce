//! One cell becomes one value.

use chrono::{Datelike, NaiveDate};
use delos_domain::candidate::{CandidateNumber, CandidateStatus, ExamOption, Form};
use delos_domain::email::EmailAddress;
use delos_domain::ratio::{RatioFault, TimeRatio};
use delos_domain::school::SchoolKind;
use delos_domain::uai::{Uai, UaiFault};

use crate::findings::Findings;
use crate::layout::Field;
use crate::problem::Problem;
use crate::sheet::{Cell, Line};
use crate::words::{squash, words};

/// What a field says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value<T> {
    /// The file does not speak of it.
    Absent,
    /// Nothing.
    Empty,
    /// A value that holds.
    Read(T),
    /// A fault was told.
    Wrong,
}

impl<T> Value<T> {
    /// The value, when there is one that holds.
    pub fn read(&self) -> Option<&T> {
        match self {
            Self::Read(value) => Some(value),
            _ => None,
        }
    }

    /// The value; what the base holds where the file does not speak of it, `empty` where it says nothing.
    pub fn or(self, held: Option<T>, empty: T) -> T {
        match self {
            Self::Absent => held.unwrap_or(empty),
            Self::Read(value) => value,
            Self::Empty | Self::Wrong => empty,
        }
    }

    /// As [`Value::or`], for what may be nothing.
    pub fn or_none(self, held: Option<T>) -> Option<T> {
        match self {
            Self::Absent => held,
            Self::Read(value) => Some(value),
            Self::Empty | Self::Wrong => None,
        }
    }
}

/// Reads the fields of one row, telling what does not hold.
pub(crate) struct Reader<'r, 't> {
    pub line: &'r Line<'t>,
    pub findings: &'r mut Findings,
}

impl Reader<'_, '_> {
    /// A field that may say nothing.
    pub fn optional<T>(
        &mut self,
        field: Field,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Value<T> {
        match &self.line.slot(field).cell {
            Cell::Absent => Value::Absent,
            Cell::Spoiled => Value::Wrong,
            Cell::Empty => Value::Empty,
            Cell::Text(text) => match parse(text) {
                Ok(value) => Value::Read(value),
                Err(problem) => {
                    self.tell(field, problem);
                    Value::Wrong
                }
            },
        }
    }

    /// A field that must say something; none when a fault was told.
    pub fn required<T>(
        &mut self,
        field: Field,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        match self.optional(field, parse) {
            Value::Read(value) => Some(value),
            Value::Wrong => None,
            Value::Absent | Value::Empty => {
                self.tell(field, Problem::Required);
                None
            }
        }
    }

    /// Tells a problem of a field.
    pub fn tell(&mut self, field: Field, problem: Problem) {
        let slot = self.line.slot(field);
        let value = match &slot.cell {
            Cell::Text(text) => text,
            _ => "",
        };
        self.findings.add(slot.at, value, problem);
    }
}

/// Most characters of a name or an address.
const MAX_TEXT: usize = 200;

/// Any text.
pub(crate) fn text(text: &str) -> Result<String, Problem> {
    if text.chars().nth(MAX_TEXT).is_some() {
        return Err(Problem::TooLong { most: MAX_TEXT });
    }
    Ok(text.to_owned())
}

/// A school code.
pub(crate) fn uai(text: &str) -> Result<Uai, Problem> {
    Uai::parse(text).map_err(|fault| match fault {
        UaiFault::Shape => Problem::UaiShape,
        UaiFault::Checksum { expected } => Problem::UaiChecksum { expected },
    })
}

/// A candidate's number.
pub(crate) fn number(text: &str) -> Result<CandidateNumber, Problem> {
    CandidateNumber::parse(text).ok_or(Problem::NumberShape)
}

/// An address.
pub(crate) fn email(text: &str) -> Result<EmailAddress, Problem> {
    EmailAddress::parse(text).map_err(|_| Problem::EmailInvalid)
}

/// Extra time.
pub(crate) fn ratio(text: &str) -> Result<TimeRatio, Problem> {
    TimeRatio::parse(text).map_err(|fault| match fault {
        RatioFault::Unreadable => Problem::RatioUnreadable,
        RatioFault::OutOfBounds => Problem::RatioOutOfBounds,
    })
}

/// `oui` or `non`, as people and spreadsheets write them.
pub(crate) fn yes_no(text: &str) -> Result<bool, Problem> {
    match squash(text).as_str() {
        "oui" | "o" | "x" | "vrai" | "true" | "yes" | "1" => Ok(true),
        "non" | "n" | "faux" | "false" | "no" | "0" => Ok(false),
        _ => Err(Problem::YesNoUnknown),
    }
}

/// A whole number within bounds.
pub(crate) fn whole(text: &str, bounds: std::ops::RangeInclusive<u16>) -> Option<u16> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|n| bounds.contains(n))
}

/// A date: day, month and year of four digits, or ISO; a midnight that a spreadsheet added is left out.
pub(crate) fn date(text: &str) -> Result<NaiveDate, Problem> {
    let day = ["T", " "]
        .iter()
        .find_map(|mark| {
            let (day, hour) = text.split_once(*mark)?;
            let hour = hour.trim_start().trim_end_matches('Z');
            let midnight = hour.len() >= 4 && hour.chars().all(|c| matches!(c, '0' | ':' | '.'));
            midnight.then_some(day)
        })
        .unwrap_or(text);
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let number = |part: &str, most: usize| {
        let digits =
            !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit());
        digits
            .then(|| part.parse::<u32>().ok())
            .flatten()
            .ok_or(Problem::DateUnreadable)
    };
    let [first, month, last] = parts[..] else {
        return Err(Problem::DateUnreadable);
    };
    let (year, day) = match (first.len(), last.len()) {
        (4, _) => (first, last),
        (_, 4) => (last, first),
        _ => return Err(Problem::DateUnreadable),
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    i32::try_from(year)
        .ok()
        .filter(|year| *year >= 1)
        .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
        .ok_or(Problem::DateImpossible)
}

/// A date of birth of somebody who may sit the session: 14 to 99 years old in its year.
pub(crate) fn birth_date(text: &str, session_year: i32) -> Result<NaiveDate, Problem> {
    let born = date(text)?;
    if (14..=99).contains(&(session_year - born.year())) {
        Ok(born)
    } else {
        Err(Problem::BirthDateImplausible)
    }
}

/// Several dates.
pub(crate) fn dates(text: &str) -> Result<Vec<NaiveDate>, Problem> {
    let mut dates = text
        .split([',', ';', '|'])
        .flat_map(|part| {
            // A blank separates dates too, unless an hour follows it.
            let single = date(part.trim()).is_ok();
            let parts = if single {
                vec![part.trim()]
            } else {
                part.split_whitespace().collect()
            };
            parts
                .into_iter()
                .filter(|part| !matches!(*part, "et" | ""))
                .map(date)
        })
        .collect::<Result<Vec<_>, _>>()?;
    dates.sort_unstable();
    dates.dedup();
    Ok(dates)
}

/// The option that a text names: its code, its title, or a speciality such as
/// `SERVICES INFORMATIQUES AUX ORGANISATIONS ; OPTION SISR`.
pub(crate) fn option(text: &str) -> Result<ExamOption, Problem> {
    let mut found = Vec::new();
    let mut others = Vec::new();
    for word in words(text) {
        match ExamOption::from_code(&word) {
            Some(option) => found.push(option),
            None => others.push(word),
        }
    }
    let title = others.concat();
    for (option, name) in [
        (
            ExamOption::Sisr,
            "solutionsdinfrastructuresystemesetreseaux",
        ),
        (
            ExamOption::Slam,
            "solutionslogiciellesetapplicationsmetiers",
        ),
    ] {
        if title.contains(name) {
            found.push(option);
            others = words(&title.replace(name, " "));
        }
    }
    found.dedup();
    let ordinary = |word: &String| {
        [
            "services",
            "informatiques",
            "informatique",
            "aux",
            "organisations",
            "option",
            "opt",
        ]
        .contains(&word.as_str())
            || ["bts", "sio", "specialite", "parcours", "a", "b"].contains(&word.as_str())
            || word.bytes().all(|b| b.is_ascii_digit())
            || ["optiona", "optionb", "btssio"].contains(&word.as_str())
    };
    match found[..] {
        [option] if others.iter().all(ordinary) => Ok(option),
        _ => Err(Problem::OptionUnknown),
    }
}

/// One or both options.
pub(crate) fn options(text: &str) -> Result<Vec<ExamOption>, Problem> {
    let mut found = Vec::new();
    for word in words(text) {
        match (ExamOption::from_code(&word), word.as_str()) {
            (Some(option), _) => found.push(option),
            // « les deux »
            (None, "les") if found.is_empty() => {
                found.extend(ExamOption::ALL.map(|(option, _)| option));
            }
            (None, "et" | "ou" | "option" | "options" | "deux") => {}
            _ => return Err(Problem::OptionUnknown),
        }
    }
    found.sort_unstable();
    found.dedup();
    if found.is_empty() {
        Err(Problem::OptionUnknown)
    } else {
        Ok(found)
    }
}

/// The status that a text names: `apprentissage`, `à distance (CNED)`, `SCOLAIRE BTS (620)`. Every word must be known,
/// and those that name a status must agree.
pub(crate) fn status(text: &str) -> Result<CandidateStatus, Problem> {
    let mut found = Vec::new();
    for word in words(text) {
        found.push(match word.as_str() {
            "distance" | "cned" | "ead" => CandidateStatus::Distance,
            "experience" => CandidateStatus::Experience,
            "individuel" | "individuelle" | "libre" => CandidateStatus::Individual,
            "apprentissage" | "apprenti" | "apprentie" | "apprentis" => CandidateStatus::Apprentice,
            "continue" | "fc" | "fpc" | "greta" | "stagiaire" => CandidateStatus::AdultEducation,
            "scolaire" | "eleve" | "etudiant" | "etudiante" | "lyceen" | "lyceenne" => {
                CandidateStatus::Scolaire
            }
            "voie" | "bts" | "sio" | "candidat" | "candidate" | "formation" | "enseignement"
            | "professionnelle" | "prof" | "de" | "d" | "la" | "l" | "en" | "a" | "au" | "par"
            | "titre" | "statut" | "sous" | "contrat" | "ans" | "annees" => continue,
            other if other.bytes().all(|b| b.is_ascii_digit()) => continue,
            _ => return Err(Problem::StatusUnknown),
        });
    }
    // « formation à distance », « scolaire à distance »: distance says more.
    if found.contains(&CandidateStatus::Distance) {
        return Ok(CandidateStatus::Distance);
    }
    found.dedup();
    match found[..] {
        [status] => Ok(status),
        _ => Err(Problem::StatusUnknown),
    }
}

/// The form of assessment.
pub(crate) fn form(text: &str) -> Result<Form, Problem> {
    match squash(text).as_str() {
        "ccf" | "controleencoursdeformation" | "enccf" => Ok(Form::Ccf),
        "ponctuelle" | "ponctuel" | "formeponctuelle" | "epreuveponctuelle" => Ok(Form::Ponctuelle),
        _ => Err(Problem::FormUnknown),
    }
}

/// The kind of a school.
pub(crate) fn school_kind(text: &str) -> Result<SchoolKind, Problem> {
    match squash(text).as_str() {
        "public" | "publique" | "etablissementpublic" | "lyceepublic" => Ok(SchoolKind::Public),
        "privesouscontrat"
        | "souscontrat"
        | "privesc"
        | "priveesouscontrat"
        | "etablissementprivesouscontrat" => Ok(SchoolKind::PrivateUnderContract),
        "privehorscontrat"
        | "horscontrat"
        | "privehc"
        | "priveehorscontrat"
        | "etablissementprivehorscontrat" => Ok(SchoolKind::PrivateOutOfContract),
        "cfa" | "centredeformationdapprentis" | "sectiondapprentissage" | "apprentissage" => {
            Ok(SchoolKind::Cfa)
        }
        "formationcontinue" | "greta" | "fc" | "etablissementdeformationcontinue" => {
            Ok(SchoolKind::AdultEducation)
        }
        "distance" | "adistance" | "enseignementadistance" | "cned" => Ok(SchoolKind::Distance),
        _ => Err(Problem::KindUnknown),
    }
}

/// Whether an examiner is a professional.
pub(crate) fn professional(text: &str) -> Result<bool, Problem> {
    match squash(text).as_str() {
        "professeur" | "professeure" | "enseignant" | "enseignante" | "prof" => Ok(false),
        "professionnel" | "professionnelle" | "pro" => Ok(true),
        _ => Err(Problem::QualityUnknown),
    }
}

/// Whether a text has the shape of an INE: nine digits and two letters, or ten digits and one letter.
pub(crate) fn is_ine(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 11
        && bytes[..9].iter().all(u8::is_ascii_digit)
        && bytes[9].is_ascii_alphanumeric()
        && bytes[10].is_ascii_alphabetic()
}

#[cfg(test)]
mod tests;
