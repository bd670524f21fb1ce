//! `examinateurs.csv`.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::Datelike;

use crate::context::ExaminerContext;
use crate::findings::{Findings, Part};
use crate::layout::{Column, Field, Layout, column};
use crate::outcome::{
    Gathered, Shown, day, is_readable, missing, open, report, shown, text_of,
    warn_without_addresses,
};
use crate::places::{Academies, Fallback, belonging};
use crate::problem::Problem;
use crate::reading::{Reader, Value, dates, email, options, professional, text, whole};
use crate::report::FileKind;
use crate::sheet::{Line, Sheet};
use crate::source::Source;
use crate::values::{Import, ImportedExaminer};
use crate::words::squash;

const IDENTIFIER: Field = Field(0);
const FAMILY_NAME: Field = Field(1);
const GIVEN_NAMES: Field = Field(2);
const EMAIL: Field = Field(3);
const UAI: Field = Field(4);
const ACADEMY: Field = Field(5);
const QUALITY: Field = Field(6);
const OPTIONS: Field = Field(7);
const UNAVAILABLE: Field = Field(8);
const PERIODS: Field = Field(9);

const COLUMNS: &[Column] = &[
    column(
        "Identifiant",
        &["identifiant", "id", "numen", "identifiantexaminateur"],
    ),
    column("Nom", &["nom", "nomdefamille"]),
    column("Prénom", &["prenom", "prenoms"]),
    column(
        "Courriel",
        &["courriel", "email", "mail", "mel", "adresseelectronique"],
    ),
    column(
        "UAI",
        &["uai", "codeuai", "numerouai", "uairne", "rne", "coderne"],
    ),
    column("Académie", &["academie", "codeacademie", "nomdelacademie"]),
    column("Qualité", &["qualite", "fonction"]),
    column(
        "Options",
        &["options", "option", "specialites", "specialite"],
    ),
    column(
        "Indisponibilités",
        &[
            "indisponibilites",
            "indisponibilite",
            "datesdindisponibilite",
        ],
    ),
    column(
        "Périodes au plus",
        &[
            "periodesauplus",
            "periodesmaximum",
            "periodesmax",
            "maximumdeperiodes",
        ],
    ),
];

pub(crate) static LAYOUT: Layout = Layout {
    columns: COLUMNS,
    required: &[IDENTIFIER, FAMILY_NAME, GIVEN_NAMES, QUALITY, OPTIONS],
};

/// Reads a file of examiners.
pub fn read_examiners(source: &Source<'_>, context: &ExaminerContext) -> Import<ImportedExaminer> {
    let mut findings = Findings::default();
    let text = text_of(source, Part::Main, &mut findings);
    let opened = open(source, text.as_ref(), Part::Main, &LAYOUT, &mut findings);
    let mut gathered = Gathered::new();
    if let Some(sheet) = &opened.sheet
        && is_readable(sheet, Part::Main, lacking(sheet), &mut findings)
    {
        warn_without_addresses(sheet, Part::Main, EMAIL, &mut findings);
        let mut examiners = Examiners {
            context,
            academies: Academies::new(&context.academies),
            seen: HashMap::new(),
        };
        for record in sheet.raw_rows() {
            let line = sheet.line(record, &mut findings);
            let value = examiners.read(&line, &mut findings);
            if let Some(value) = value.filter(|_| !findings.row_is_blocked()) {
                let held = context.existing.get(&value.identifier);
                gathered.keep(line.number, value, held);
            }
        }
    }
    report(FileKind::Examiners, &opened, None, gathered, findings)
}

/// The columns that the file must have and lacks; one of UAI and Académie is enough.
fn lacking(sheet: &Sheet<'_>) -> Vec<&'static str> {
    let mut missing = missing(sheet, &LAYOUT);
    if !sheet.has(UAI) && !sheet.has(ACADEMY) {
        missing.push("UAI ou Académie");
    }
    missing
}

struct Examiners<'c> {
    context: &'c ExaminerContext,
    academies: Academies<'c>,
    /// First line of each identifier.
    seen: HashMap<String, u64>,
}

impl Examiners<'_> {
    /// A row; none when a fault was told.
    fn read(&mut self, line: &Line<'_>, findings: &mut Findings) -> Option<ImportedExaminer> {
        let mut reader = Reader { line, findings };
        let identifier = reader.required(IDENTIFIER, text);
        let mut duplicate = false;
        if let Some(identifier) = &identifier {
            let first = *self.seen.entry(identifier.clone()).or_insert(line.number);
            duplicate = first != line.number;
            if duplicate {
                reader.tell(IDENTIFIER, Problem::IdentifierDuplicate { first });
            } else if self.context.taken_elsewhere.contains(identifier) {
                reader.tell(IDENTIFIER, Problem::IdentifierTaken);
            }
        }
        let held = identifier
            .as_ref()
            .and_then(|identifier| self.context.existing.get(identifier));
        let family_name = reader.required(FAMILY_NAME, text);
        let given_names = reader.required(GIVEN_NAMES, text);
        if let (Some(held), Some(family), Some(given)) = (held, &family_name, &given_names)
            && squash(&held.family_name) != squash(family)
            && squash(&held.given_names) != squash(given)
            && !duplicate
        {
            let known_as = format!("{} {}", held.given_names, held.family_name);
            reader.tell(IDENTIFIER, Problem::IdentifierOtherPerson { known_as });
        }
        let email_address = reader.optional(EMAIL, email);
        if email_address == Value::Empty {
            reader.tell(EMAIL, Problem::EmailMissing);
        }
        let schools = &self.context.schools;
        let belonging = belonging(
            &mut reader,
            (UAI, ACADEMY),
            &self.academies,
            schools,
            &mut Fallback::None,
        );
        let professional = reader.required(QUALITY, professional);
        if professional == Some(true) && belonging.is_some_and(|here| here.school.is_some()) {
            reader.tell(UAI, Problem::ProfessionalWithSchool);
        }
        let options = reader.required(OPTIONS, options);
        let unavailable = reader.optional(UNAVAILABLE, dates);
        if unavailable.read().is_some_and(|days| {
            days.iter()
                .any(|day| day.year() != self.context.session_year)
        }) {
            reader.tell(UNAVAILABLE, Problem::UnavailableOutsideSession);
        }
        let max_periods = reader.optional(PERIODS, |text| {
            whole(text, 1..=99).ok_or(Problem::PeriodsNumber)
        });
        let belonging = belonging?;
        Some(ImportedExaminer {
            identifier: identifier?,
            family_name: family_name?,
            given_names: given_names?,
            email: email_address.or_none(held.and_then(|held| held.email.clone())),
            school: belonging.school.map(|school| school.uai.clone()),
            academy: belonging.academy.to_owned(),
            authority: belonging.authority.to_owned(),
            professional: professional?,
            options: options?,
            unavailable: unavailable.or(held.map(|held| held.unavailable.clone()), Vec::new()),
            max_periods: max_periods.or_none(held.and_then(|held| held.max_periods)),
        })
    }
}

impl Shown for ImportedExaminer {
    fn key(&self) -> String {
        self.identifier.clone()
    }

    fn fields(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let label = |field| LAYOUT.label(field);
        let options: Vec<_> = self.options.iter().map(|option| option.code()).collect();
        let days: Vec<_> = self.unavailable.iter().map(|date| day(*date)).collect();
        let quality = if self.professional {
            "professionnel"
        } else {
            "professeur"
        };
        vec![
            (label(FAMILY_NAME), self.family_name.as_str().into()),
            (label(GIVEN_NAMES), self.given_names.as_str().into()),
            (label(EMAIL), shown(self.email.as_ref())),
            (label(UAI), shown(self.school.as_ref())),
            (label(ACADEMY), self.academy.as_str().into()),
            ("Autorité", self.authority.as_str().into()),
            (label(QUALITY), quality.into()),
            (label(OPTIONS), options.join(", ").into()),
            (label(UNAVAILABLE), days.join(", ").into()),
            (label(PERIODS), shown(self.max_periods.as_ref())),
        ]
    }
}
