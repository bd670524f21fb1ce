//! The files of candidates: `candidats.csv`, or a Cyclades « liste simple », and the complement joined on Numéro.

mod complement;
mod people;
mod preamble;
mod row;

use std::borrow::Cow;

use delos_domain::candidate::CandidateStatus;
use delos_domain::ratio::TimeRatio;

use crate::context::CandidateContext;
use crate::findings::{Findings, Part};
use crate::layout::{Column, Field, Layout, column};
use crate::outcome::{
    Gathered, Shown, day, is_readable, missing, open, report, shown, text_of,
    warn_without_addresses, yes_no,
};
use crate::report::FileKind;
use crate::sheet::Sheet;
use crate::source::Source;
use crate::values::{Import, ImportedCandidate};

use complement::Complement;
use row::Candidates;

const NUMBER: Field = Field(0);
const FAMILY_NAME: Field = Field(1);
const USAGE_NAME: Field = Field(2);
const GIVEN_NAMES: Field = Field(3);
const BIRTH_DATE: Field = Field(4);
const INE: Field = Field(5);
const EMAIL: Field = Field(6);
const OPTION: Field = Field(7);
const STATUS: Field = Field(8);
const FORM: Field = Field(9);
const UAI: Field = Field(10);
const ACADEMY: Field = Field(11);
const PREPARATION: Field = Field(12);
const INTERVIEW: Field = Field(13);
const ACCESS: Field = Field(14);
const KEEPS_MARK: Field = Field(15);
const END_OF_TRAINING: Field = Field(16);
const REGISTRATION: Field = Field(17);

const COLUMNS: &[Column] = &[
    column(
        "Numéro",
        &[
            "numero",
            "numerocandidat",
            "numerodecandidat",
            "ncandidat",
            "nocandidat",
            "ndecandidat",
        ],
    ),
    column("Nom", &["nom", "nomdefamille", "nomdenaissance"]),
    column("Nom d’usage", &["nomdusage", "nomusage"]),
    column("Prénoms", &["prenoms", "prenom"]),
    column(
        "Naissance",
        &["naissance", "datedenaissance", "datenaissance", "neele"],
    ),
    column("INE", &["ine", "numeroine", "nine"]),
    column(
        "Courriel",
        &["courriel", "email", "mail", "mel", "adresseelectronique"],
    ),
    // Cyclades has one code for both options: its title tells them apart.
    column(
        "Option",
        &[
            "option",
            "specialite",
            "libellespecialite",
            "codespecialite",
        ],
    ),
    column(
        "Statut",
        &[
            "statut",
            "voie",
            "categoriecandidat",
            "categorie",
            "statutducandidat",
        ],
    ),
    column("Forme", &["forme", "formedevaluation"]),
    column(
        "UAI",
        &["uai", "codeuai", "numerouai", "uairne", "rne", "coderne"],
    ),
    column("Académie", &["academie", "codeacademie", "nomdelacademie"]),
    column(
        "Tiers temps préparation",
        &["tierstempspreparation", "tierstempsenpreparation"],
    ),
    column(
        "Tiers temps entretien",
        &["tierstempsentretien", "tierstempsentretiens"],
    ),
    column("PMR", &["pmr", "accessibilite"]),
    column(
        "Note conservée",
        &["noteconservee", "beneficedenote", "beneficedenotes"],
    ),
    column(
        "Fin de formation",
        &["findeformation", "datedefindeformation", "datefinformation"],
    ),
    column("État", &["etat", "etatdelinscription"]),
];

pub(crate) static LAYOUT: Layout = Layout {
    columns: COLUMNS,
    required: &[NUMBER, FAMILY_NAME, GIVEN_NAMES, BIRTH_DATE, OPTION, STATUS],
};

pub(crate) static COMPLEMENT: Layout = Layout {
    columns: COLUMNS,
    required: &[NUMBER],
};

/// Reads a file of candidates, plain or a Cyclades « liste simple », and the complement joined on the number, if any:
/// where the first file says nothing, the complement speaks.
pub fn read_candidates(
    main: &Source<'_>,
    complement: Option<&Source<'_>>,
    context: &CandidateContext,
) -> Import<ImportedCandidate> {
    let mut findings = Findings::default();
    let text = text_of(main, Part::Main, &mut findings);
    let second_text =
        complement.and_then(|source| text_of(source, Part::Complement, &mut findings));
    let list = open(main, text.as_ref(), Part::Main, &LAYOUT, &mut findings);
    let second = complement.map(|source| {
        open(
            source,
            second_text.as_ref(),
            Part::Complement,
            &COMPLEMENT,
            &mut findings,
        )
    });
    let mut gathered = Gathered::new();
    let second_sheet = second.as_ref().and_then(|opened| opened.sheet.as_ref());
    if let Some(sheet) = &list.sheet
        && are_readable(sheet, second_sheet, complement.is_some(), &mut findings)
    {
        if second_sheet.is_none_or(|second| !second.has(EMAIL)) {
            warn_without_addresses(sheet, Part::Main, EMAIL, &mut findings);
        }
        let mut complement = second_sheet.map(|second| Complement::read(second, &mut findings));
        let mut candidates = Candidates::new(context, sheet);
        for record in sheet.raw_rows() {
            let mut line = sheet.line(record, &mut findings);
            if let Some(complement) = &mut complement {
                complement.join(&mut line, &mut findings);
            }
            let value = candidates.read(&line, &mut findings);
            if let Some(value) = value.filter(|_| !findings.row_is_blocked()) {
                let held = candidates.held(&value.authority, &value.number);
                gathered.keep(line.number, value, held);
            }
        }
        if let Some(complement) = complement {
            complement.tell_unmatched(&mut findings);
        }
    }
    report(
        FileKind::Candidates,
        &list,
        second.as_ref(),
        gathered,
        findings,
    )
}

/// Whether both files can be read: together they have the obligatory columns, and each has rows.
fn are_readable(
    sheet: &Sheet<'_>,
    second: Option<&Sheet<'_>>,
    wants_second: bool,
    findings: &mut Findings,
) -> bool {
    let has = |field| sheet.has(field) || second.is_some_and(|second| second.has(field));
    let mut lacking: Vec<&str> = missing(sheet, &LAYOUT);
    lacking.retain(|label| {
        *label == LAYOUT.label(NUMBER)
            || !LAYOUT
                .required
                .iter()
                .any(|field| LAYOUT.label(*field) == *label && has(*field))
    });
    if !has(UAI) && !has(ACADEMY) && preamble::school(sheet) == preamble::Named::Nothing {
        lacking.push("UAI ou Académie");
    }
    let readable = is_readable(sheet, Part::Main, lacking, findings);
    match second {
        Some(second) => {
            let lacking = missing(second, &COMPLEMENT);
            is_readable(second, Part::Complement, lacking, findings) && readable
        }
        None => readable && !wants_second,
    }
}

/// A status as people write it.
fn status_name(status: CandidateStatus) -> &'static str {
    match status {
        CandidateStatus::Scolaire => "scolaire",
        CandidateStatus::Apprentice => "apprentissage",
        CandidateStatus::AdultEducation => "formation continue",
        CandidateStatus::Individual => "individuel",
        CandidateStatus::Distance => "à distance",
        CandidateStatus::Experience => "expérience",
    }
}

impl Shown for ImportedCandidate {
    fn key(&self) -> String {
        self.number.to_string()
    }

    fn fields(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let label = |field| LAYOUT.label(field);
        let ratio = |ratio: TimeRatio| -> Cow<'_, str> {
            if ratio == TimeRatio::ONE {
                "".into()
            } else {
                ratio.to_string().into()
            }
        };
        vec![
            (label(FAMILY_NAME), self.family_name.as_str().into()),
            (label(USAGE_NAME), shown(self.usage_name.as_ref())),
            (label(GIVEN_NAMES), self.given_names.as_str().into()),
            (label(BIRTH_DATE), day(self.birth_date).into()),
            (label(INE), shown(self.national_number.as_ref())),
            (label(EMAIL), shown(self.email.as_ref())),
            (label(OPTION), self.option.code().into()),
            (label(STATUS), status_name(self.status).into()),
            (label(FORM), self.form.code().into()),
            (label(UAI), shown(self.school.as_ref())),
            (label(ACADEMY), self.academy.as_str().into()),
            (label(PREPARATION), ratio(self.accommodation.preparation)),
            (label(INTERVIEW), ratio(self.accommodation.interview)),
            (label(ACCESS), yes_no(self.needs_access)),
            (label(KEEPS_MARK), yes_no(self.keeps_mark)),
            (
                label(END_OF_TRAINING),
                shown(self.end_of_training.map(day).as_ref())
                    .into_owned()
                    .into(),
            ),
        ]
    }
}
