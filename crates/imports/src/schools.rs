//! `etablissements.csv`.

use std::borrow::Cow;
use std::collections::HashMap;

use delos_domain::school::{SchoolKind, may_hold_ccf};
use delos_domain::uai::Uai;

use crate::context::SchoolContext;
use crate::findings::{Findings, Part};
use crate::layout::{Column, Field, Layout, column};
use crate::outcome::{
    Gathered, Shown, is_readable, missing, open, report, shown, text_of, yes_no as oui_non,
};
use crate::places::Academies;
use crate::problem::Problem;
use crate::reading::{Reader, Value, email, school_kind, text, uai, whole, yes_no};
use crate::report::FileKind;
use crate::sheet::Line;
use crate::source::Source;
use crate::values::{Import, ImportedSchool};

const UAI: Field = Field(0);
const NAME: Field = Field(1);
const ADDRESS: Field = Field(2);
const POSTAL_CODE: Field = Field(3);
const CITY: Field = Field(4);
const ACADEMY: Field = Field(5);
const KIND: Field = Field(6);
const CCF: Field = Field(7);
const CENTRE: Field = Field(8);
const ENVIRONMENTS: Field = Field(9);
const ACCESSIBLE: Field = Field(10);
const EMAIL: Field = Field(11);
const HEAD: Field = Field(12);
const HEAD_EMAIL: Field = Field(13);

const COLUMNS: &[Column] = &[
    column(
        "UAI",
        &["uai", "codeuai", "numerouai", "uairne", "rne", "coderne"],
    ),
    column(
        "Nom",
        &[
            "nom",
            "denomination",
            "nomdeletablissement",
            "etablissement",
        ],
    ),
    column("Adresse", &["adresse", "adresse1", "rue", "voie"]),
    column("Code postal", &["codepostal", "cp"]),
    column("Commune", &["commune", "ville", "localite"]),
    column("Académie", &["academie", "codeacademie", "nomdelacademie"]),
    column(
        "Statut",
        &["statut", "statutdeletablissement", "nature", "secteur"],
    ),
    column(
        "Habilité CCF",
        &[
            "habiliteccf",
            "habiliteauccf",
            "habilitationccf",
            "habilitationauccf",
        ],
    ),
    column(
        "Centre d’examen",
        &["centredexamen", "centre", "estcentre", "estcentredexamen"],
    ),
    column(
        "Environnements",
        &[
            "environnements",
            "nombredenvironnements",
            "nbenvironnements",
        ],
    ),
    column(
        "Accessible",
        &["accessible", "accessibilite", "accessiblepmr", "pmr"],
    ),
    column(
        "Courriel",
        &["courriel", "email", "mail", "mel", "adresseelectronique"],
    ),
    column(
        "Chef d’établissement",
        &["chefdetablissement", "chef", "nomduchef", "proviseur"],
    ),
    column(
        "Courriel du chef",
        &[
            "courrielduchef",
            "courrielduchefdetablissement",
            "emailduchef",
            "mailduchef",
            "melduchef",
        ],
    ),
];

pub(crate) static LAYOUT: Layout = Layout {
    columns: COLUMNS,
    required: &[UAI, NAME, ACADEMY, KIND],
};

/// Reads a file of schools.
pub fn read_schools(source: &Source<'_>, context: &SchoolContext) -> Import<ImportedSchool> {
    let mut findings = Findings::default();
    let text = text_of(source, Part::Main, &mut findings);
    let opened = open(source, text.as_ref(), Part::Main, &LAYOUT, &mut findings);
    let mut gathered = Gathered::new();
    if let Some(sheet) = &opened.sheet
        && is_readable(sheet, Part::Main, missing(sheet, &LAYOUT), &mut findings)
    {
        let mut schools = Schools {
            context,
            academies: Academies::new(&context.academies),
            seen: HashMap::new(),
        };
        for record in sheet.raw_rows() {
            let line = sheet.line(record, &mut findings);
            let value = schools.read(&line, &mut findings);
            if let Some(value) = value.filter(|_| !findings.row_is_blocked()) {
                let held = context.existing.get(&value.uai);
                gathered.keep(line.number, value, held);
            }
        }
    }
    report(FileKind::Schools, &opened, None, gathered, findings)
}

struct Schools<'c> {
    context: &'c SchoolContext,
    academies: Academies<'c>,
    /// First line of each UAI.
    seen: HashMap<Uai, u64>,
}

impl Schools<'_> {
    /// A row; none when a fault was told.
    fn read(&mut self, line: &Line<'_>, findings: &mut Findings) -> Option<ImportedSchool> {
        let mut reader = Reader { line, findings };
        let uai = reader.required(UAI, uai);
        if let Some(uai) = &uai {
            let first = *self.seen.entry(uai.clone()).or_insert(line.number);
            if first != line.number {
                reader.tell(UAI, Problem::UaiDuplicate { first });
            } else if self.context.taken_elsewhere.contains(uai) {
                reader.tell(UAI, Problem::UaiTaken);
            }
        }
        let held = uai.as_ref().and_then(|uai| self.context.existing.get(uai));
        let name = reader.required(NAME, text);
        let address = reader.optional(ADDRESS, text);
        let postal_code = reader.optional(POSTAL_CODE, text);
        if let Value::Read(code) = &postal_code
            && !(code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()))
        {
            reader.tell(POSTAL_CODE, Problem::PostalCode);
        }
        let city = reader.optional(CITY, text);
        let academy = reader.required(ACADEMY, |text| {
            self.academies.named(text).ok_or(Problem::AcademyUnknown)
        });
        if let (Some(uai), Some(academy)) = (&uai, academy)
            && !academy.uai_prefixes.is_empty()
            && !academy
                .uai_prefixes
                .iter()
                .any(|prefix| uai.as_str().starts_with(prefix))
        {
            let academy = academy.name.clone();
            reader.tell(UAI, Problem::UaiOtherAcademy { academy });
        }
        if let (Some(held), Some(academy)) = (held, academy)
            && held.authority != academy.authority
            && self.context.in_use.contains(&held.uai)
        {
            reader.tell(ACADEMY, Problem::SchoolInUse);
        }
        let kind = reader.required(KIND, school_kind);
        let ccf = reader.optional(CCF, yes_no);
        let centre = reader.optional(CENTRE, yes_no);
        let environments = reader.optional(ENVIRONMENTS, |text| {
            whole(text, 0..=999).ok_or(Problem::EnvironmentsNumber)
        });
        let accessible = reader.optional(ACCESSIBLE, yes_no);
        let email_address = reader.optional(EMAIL, email);
        let head_name = reader.optional(HEAD, text);
        let head_email = reader.optional(HEAD_EMAIL, email);
        if kind.is_some_and(|kind| ccf.read() == Some(&true) && !may_hold_ccf(kind, true)) {
            reader.tell(CCF, Problem::HabilitationImpossible);
        }
        let environments_wrong = environments == Value::Wrong;
        let environments = environments.or(held.map(|held| held.environments), 0);
        if centre.read() == Some(&true) && environments == 0 && !environments_wrong {
            reader.tell(ENVIRONMENTS, Problem::CentreWithoutEnvironment);
        }
        let academy = academy?;
        Some(ImportedSchool {
            uai: uai?,
            name: name?,
            address: address.or(held.map(|held| held.address.clone()), String::new()),
            postal_code: postal_code.or(held.map(|held| held.postal_code.clone()), String::new()),
            city: city.or(held.map(|held| held.city.clone()), String::new()),
            academy: academy.code.clone(),
            authority: academy.authority.clone(),
            kind: kind?,
            ccf_habilitated: ccf.or(held.map(|held| held.ccf_habilitated), false),
            is_centre: centre.or(held.map(|held| held.is_centre), false),
            environments,
            accessible: accessible.or(held.map(|held| held.accessible), false),
            email: email_address.or_none(held.and_then(|held| held.email.clone())),
            head_name: head_name.or_none(held.and_then(|held| held.head_name.clone())),
            head_email: head_email.or_none(held.and_then(|held| held.head_email.clone())),
        })
    }
}

/// A kind of school as people write it.
fn kind_name(kind: SchoolKind) -> &'static str {
    match kind {
        SchoolKind::Public => "public",
        SchoolKind::PrivateUnderContract => "privé sous contrat",
        SchoolKind::PrivateOutOfContract => "privé hors contrat",
        SchoolKind::Cfa => "CFA",
        SchoolKind::AdultEducation => "formation continue",
        SchoolKind::Distance => "distance",
    }
}

impl Shown for ImportedSchool {
    fn key(&self) -> String {
        self.uai.to_string()
    }

    fn fields(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let label = |field| LAYOUT.label(field);
        vec![
            (label(NAME), self.name.as_str().into()),
            (label(ADDRESS), self.address.as_str().into()),
            (label(POSTAL_CODE), self.postal_code.as_str().into()),
            (label(CITY), self.city.as_str().into()),
            (label(ACADEMY), self.academy.as_str().into()),
            ("Autorité", self.authority.as_str().into()),
            (label(KIND), kind_name(self.kind).into()),
            (label(CCF), oui_non(self.ccf_habilitated)),
            (label(CENTRE), oui_non(self.is_centre)),
            (label(ENVIRONMENTS), self.environments.to_string().into()),
            (label(ACCESSIBLE), oui_non(self.accessible)),
            (label(EMAIL), shown(self.email.as_ref())),
            (label(HEAD), shown(self.head_name.as_ref())),
            (label(HEAD_EMAIL), shown(self.head_email.as_ref())),
        ]
    }
}
