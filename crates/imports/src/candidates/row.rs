//! One row of candidates.

use std::collections::HashMap;

use chrono::Datelike;
use delos_domain::candidate::{Accommodation, CandidateNumber, CandidateStatus, Form, PlacingFact};
use delos_domain::ratio::TimeRatio;
use delos_domain::school::{may_hold_ccf, may_use_ccf};

use super::people::{People, Said, compare};
use super::{
    ACADEMY, ACCESS, BIRTH_DATE, EMAIL, END_OF_TRAINING, FAMILY_NAME, FORM, GIVEN_NAMES, INE,
    INTERVIEW, KEEPS_MARK, LAYOUT, NUMBER, OPTION, PREPARATION, REGISTRATION, STATUS, UAI,
    USAGE_NAME, preamble,
};
use crate::context::{CandidateContext, CandidateKey};
use crate::findings::{At, Findings, Place};
use crate::layout::Field;
use crate::places::{Academies, Belonging, Fallback, belonging};
use crate::problem::Problem;
use crate::reading::{
    Reader, Value, birth_date, date, email, form, is_ine, number, option, ratio, status, text,
    yes_no,
};
use crate::sheet::{Line, Sheet};
use crate::values::ImportedCandidate;
use crate::words::squash;

/// Years between the end of a training and the session beyond which a date is looked at again.
const FAR: i32 = 5;

/// Reads rows of candidates, one after the other.
pub(super) struct Candidates<'c> {
    context: &'c CandidateContext,
    academies: Academies<'c>,
    people: People,
    /// The school of the whole list, as its preamble names it.
    list_school: Fallback<'c>,
    /// Lines of each number, with the authority when it is known.
    seen: HashMap<CandidateNumber, Vec<(u64, Option<&'c str>)>>,
}

impl<'c> Candidates<'c> {
    pub fn new(context: &'c CandidateContext, sheet: &Sheet<'_>) -> Self {
        Self {
            context,
            academies: Academies::new(&context.academies),
            people: People::new(context),
            list_school: list_school(context, sheet),
            seen: HashMap::new(),
        }
    }

    /// What the base holds under a number.
    pub fn held(&self, authority: &str, number: &CandidateNumber) -> Option<&'c ImportedCandidate> {
        self.context
            .existing
            .get(&(authority.to_owned(), number.clone()))
    }

    /// A row; none when a fault was told.
    pub fn read(&mut self, line: &Line<'_>, findings: &mut Findings) -> Option<ImportedCandidate> {
        let session_year = self.context.session_year;
        let mut reader = Reader { line, findings };
        let number = reader.required(NUMBER, number);
        let here = belonging(
            &mut reader,
            (UAI, ACADEMY),
            &self.academies,
            &self.context.schools,
            &mut self.list_school,
        );
        let authority = here.map(|here| here.authority);
        let is_first = number
            .as_ref()
            .is_some_and(|number| self.is_first(&mut reader, number, authority));
        let held = number
            .as_ref()
            .zip(authority)
            .and_then(|(number, authority)| self.held(authority, number));

        let family_name = reader.required(FAMILY_NAME, text);
        let usage_name = reader.optional(USAGE_NAME, text);
        let given_names = reader.required(GIVEN_NAMES, text);
        let birth_date = reader.required(BIRTH_DATE, |text| birth_date(text, session_year));
        let national_number = reader.optional(INE, |text| Ok(text.to_uppercase()));
        if national_number.read().is_some_and(|ine| !is_ine(ine)) {
            reader.tell(INE, Problem::IneShape);
        }
        if let (Some(number), Some(family), Some(given), Some(birth_date)) =
            (&number, &family_name, &given_names, birth_date)
            && is_first
        {
            let said = Said {
                family_name: family,
                given_names: given,
                birth_date,
                ine: national_number.read().map(String::as_str),
            };
            if let Some(problem) = held.and_then(|held| compare(held, &said)) {
                reader.tell(NUMBER, problem);
            } else if let Some(other) = self.people.other_number(&said, number) {
                let number = other.to_string();
                reader.tell(FAMILY_NAME, Problem::PersonTwice { number });
            }
        }

        let email_address = reader.optional(EMAIL, email);
        if email_address == Value::Empty {
            reader.tell(EMAIL, Problem::EmailMissing);
        }
        let option = reader.required(OPTION, option);
        let status = reader.required(STATUS, status);
        if let (Some(status), Some(here)) = (status, here)
            && here.school.is_none()
            && is_trained_in_a_school(status)
        {
            reader.tell(UAI, Problem::SchoolMissing);
        }
        let form = form_of(&mut reader, here, status, held);
        let preparation = reader.optional(PREPARATION, ratio);
        let interview = reader.optional(INTERVIEW, ratio);
        let needs_access = reader.optional(ACCESS, yes_no);
        let keeps_mark = reader.optional(KEEPS_MARK, yes_no);
        let end_of_training = reader.optional(END_OF_TRAINING, date);
        if end_of_training
            .read()
            .is_some_and(|end| (end.year() - session_year).abs() > FAR)
        {
            reader.tell(END_OF_TRAINING, Problem::EndOfTrainingImplausible);
        }
        if line
            .text(REGISTRATION)
            .is_some_and(|state| squash(state) != "inscrit")
        {
            reader.tell(REGISTRATION, Problem::RegistrationState);
        }

        let here = here?;
        let granted = held.map_or(Accommodation::NONE, |held| held.accommodation);
        let value = ImportedCandidate {
            number: number?,
            family_name: family_name?,
            usage_name: usage_name.or_none(held.and_then(|held| held.usage_name.clone())),
            given_names: given_names?,
            birth_date: birth_date?,
            national_number: national_number
                .or_none(held.and_then(|held| held.national_number.clone())),
            email: email_address.or_none(held.and_then(|held| held.email.clone())),
            option: option?,
            status: status?,
            form: form?,
            school: here.school.map(|school| school.uai.clone()),
            academy: here.academy.to_owned(),
            authority: here.authority.to_owned(),
            accommodation: Accommodation {
                preparation: preparation.or(Some(granted.preparation), TimeRatio::ONE),
                interview: interview.or(Some(granted.interview), TimeRatio::ONE),
            },
            needs_access: needs_access.or(held.map(|held| held.needs_access), false),
            keeps_mark: keeps_mark.or(held.map(|held| held.keeps_mark), false),
            end_of_training: end_of_training.or_none(held.and_then(|held| held.end_of_training)),
        };
        self.tell_what_moves(&mut reader, &value, held);
        Some(value)
    }

    /// A date keeps what it stands on; a place in a draft falls away with it. A number that another school has is not
    /// there to be taken.
    fn tell_what_moves(
        &self,
        reader: &mut Reader<'_, '_>,
        value: &ImportedCandidate,
        held: Option<&ImportedCandidate>,
    ) {
        let key: CandidateKey = (value.authority.clone(), value.number.clone());
        let Some(held) = held else {
            if self.context.taken_elsewhere.contains(&key) {
                reader.tell(NUMBER, Problem::NumberElsewhere);
            }
            return;
        };
        let changed = held.placing().changed(&value.placing());
        if self.context.placed.contains(&key) {
            for fact in changed {
                reader.tell(field_of(fact), Problem::AlreadyPlanned);
            }
        } else if let Some(first) = changed.first()
            && self.context.drafted.contains(&key)
        {
            reader.tell(field_of(*first), Problem::LeavesDraft);
        }
    }

    /// Whether a number is new in the file; told where it comes again. Two authorities may use the same one; as long as
    /// an authority is unknown, it counts as the same.
    fn is_first(
        &mut self,
        reader: &mut Reader<'_, '_>,
        number: &CandidateNumber,
        authority: Option<&'c str>,
    ) -> bool {
        let lines = self.seen.entry(number.clone()).or_default();
        let first = lines
            .iter()
            .find(|(_, other)| authority.is_none() || other.is_none() || *other == authority)
            .map(|(line, _)| *line);
        lines.push((reader.line.number, authority));
        if let Some(first) = first {
            reader.tell(NUMBER, Problem::NumberDuplicate { first });
        }
        first.is_none()
    }
}

/// The school of a list, or what is wrong with the one that its preamble names.
fn list_school<'c>(context: &'c CandidateContext, sheet: &Sheet<'_>) -> Fallback<'c> {
    let (line, value, problem) = match preamble::school(sheet) {
        preamble::Named::Nothing => return Fallback::None,
        preamble::Named::One(line, uai) => match context.schools.get(&uai) {
            Some(school) => return Fallback::School(school),
            None => (line, uai.to_string(), Problem::UaiUnknown),
        },
        preamble::Named::Several(line, all) => {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            let named = all.join(", ");
            (line, named.clone(), Problem::UaiSeveral { named })
        }
        preamble::Named::Misspelt(line, value, expected) => {
            (line, value, Problem::UaiChecksum { expected })
        }
    };
    let at = At {
        place: Place::Lacking(LAYOUT.label(UAI)),
        ..sheet.at(line, UAI)
    };
    Fallback::Faulty(Some((at, value, problem)))
}

/// The column that says what a date stands on.
fn field_of(fact: PlacingFact) -> Field {
    match fact {
        PlacingFact::Option => OPTION,
        PlacingFact::Form => FORM,
        PlacingFact::School => UAI,
        PlacingFact::PreparationTime => PREPARATION,
        PlacingFact::InterviewTime => INTERVIEW,
        PlacingFact::Access => ACCESS,
        PlacingFact::KeptMark => KEEPS_MARK,
    }
}

/// Voie scolaire, apprentissage and formation continue are in a school.
fn is_trained_in_a_school(status: CandidateStatus) -> bool {
    matches!(
        status,
        CandidateStatus::Scolaire | CandidateStatus::Apprentice | CandidateStatus::AdultEducation
    )
}

/// The form: what the file says, when the school and the status allow it; else what they make of it. None when a fault
/// was told, here or of what it depends on.
fn form_of(
    reader: &mut Reader<'_, '_>,
    here: Option<Belonging<'_>>,
    status: Option<CandidateStatus>,
    held: Option<&ImportedCandidate>,
) -> Option<Form> {
    let form = match reader.optional(FORM, form) {
        Value::Wrong => return None,
        Value::Read(form) => Some(form),
        // A file without the column leaves the form as it was.
        Value::Absent => held.map(|held| held.form),
        Value::Empty => None,
    };
    if form == Some(Form::Ponctuelle) {
        return form;
    }
    let school = here?.school;
    // Of two reasons against CCF, the school's is told: the status may be right.
    let against = match school {
        None => Some(Problem::CcfWithoutSchool),
        Some(school) if !may_hold_ccf(school.kind, school.ccf_habilitated) => {
            Some(Problem::CcfNotHabilitated)
        }
        Some(school) if may_use_ccf(school.kind, school.ccf_habilitated, status?) => None,
        Some(_) => Some(Problem::CcfStatus),
    };
    match (form, against) {
        (Some(Form::Ccf), Some(problem)) => {
            reader.tell(FORM, problem);
            None
        }
        (_, None) => Some(Form::Ccf),
        (_, Some(_)) => Some(Form::Ponctuelle),
    }
}
