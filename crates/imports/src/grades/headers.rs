//! The columns of a file of grades, in French and in English.

use crate::layout::{Column, Field, Layout, column};

pub(super) const CANDIDATE: Field = Field(0);
pub(super) const COMMISSION: Field = Field(1);
pub(super) const NOTE: Field = Field(2);
pub(super) const ACADEMY: Field = Field(3);
pub(super) const CENTRE: Field = Field(4);
pub(super) const OPTION: Field = Field(5);
pub(super) const MODE: Field = Field(6);
pub(super) const PENALTY: Field = Field(7);
pub(super) const DATE: Field = Field(8);
pub(super) const HOUR: Field = Field(9);
pub(super) const ORDER: Field = Field(10);
/// Known, and not read: severity is measured before penalties (harmonisation.md §1).
pub(super) const FINAL_NOTE: Field = Field(11);

/// The first name of a field that a file has wins: where it gives the exam centre and the school of origin, the centre is read.
pub(crate) static LAYOUT: Layout = Layout {
    columns: &COLUMNS,
    required: &[CANDIDATE, COMMISSION, NOTE],
};

static COLUMNS: [Column; 12] = [
    column(
        "candidat",
        &[
            "candidat",
            "candidate",
            "numerodecandidat",
            "numerocandidat",
            "numeroducandidat",
            "numcandidat",
            "ncandidat",
            "ndecandidat",
            "nducandidat",
            "nocandidat",
            "nodecandidat",
            "codecandidat",
            "idcandidat",
            "identifiantcandidat",
            "candidatenumber",
            "candidateid",
            "dossier",
            "numerodedossier",
            "numerodossier",
            "ndossier",
            "ndedossier",
            "copie",
        ],
    ),
    column(
        "commission",
        &[
            "commission",
            "numerodecommission",
            "numerocommission",
            "numcommission",
            "ncommission",
            "ndecommission",
            "nocommission",
            "codecommission",
            "idcommission",
            "commissionid",
            "commissionnumber",
            "commissiondinterrogation",
            "jury",
            "numerodejury",
            "numerojury",
            "njury",
            "ndejury",
            "codejury",
            "juryid",
            "rater",
        ],
    ),
    column(
        "note",
        &[
            "note",
            "noteproposee",
            "propositiondenote",
            "noteavantpenalite",
            "noteavantpenalites",
            "notehorspenalite",
            "notehorspenalites",
            "notebrute",
            "notesur20",
            "note20",
            "mark",
            "proposedmark",
            "rawmark",
            "grade",
            "proposedgrade",
        ],
    ),
    column(
        "académie",
        &[
            "academie",
            "academy",
            "codeacademie",
            "codedelacademie",
            "nomacademie",
            "nomdelacademie",
            "libelleacademie",
            "academycode",
        ],
    ),
    column(
        "centre",
        &[
            "centre",
            "center",
            "centredexamen",
            "centreexamen",
            "codecentre",
            "codeducentre",
            "numerodecentre",
            "ncentre",
            "uaicentre",
            "uaiducentre",
            "examcentre",
            "examcenter",
            "etablissement",
            "codeetablissement",
            "uaietablissement",
            "uai",
            "codeuai",
            "lycee",
            "school",
        ],
    ),
    column(
        "option",
        &["option", "specialite", "parcours", "speciality"],
    ),
    column(
        "mode",
        &[
            "mode",
            "modalite",
            "forme",
            "form",
            "modedevaluation",
            "modeevaluation",
            "modalitedevaluation",
            "modaliteevaluation",
            "formedevaluation",
            "formeevaluation",
            "formedepreuve",
            "formeepreuve",
            "formedelepreuve",
        ],
    ),
    column(
        "pénalité",
        &[
            "penalite",
            "penalites",
            "penalty",
            "penalties",
            "pointsdepenalite",
            "totaldespenalites",
            "totalpenalites",
            "penaltypoints",
        ],
    ),
    column(
        "date de passage",
        &[
            "datedepassage",
            "datepassage",
            "date",
            "datedelepreuve",
            "dateepreuve",
            "datedepreuve",
            "dateheuredepassage",
            "dateetheuredepassage",
            "jourdepassage",
            "jour",
            "examdate",
        ],
    ),
    column(
        "heure de passage",
        &[
            "heuredepassage",
            "heurepassage",
            "heure",
            "horaire",
            "time",
            "examtime",
        ],
    ),
    column(
        "ordre de passage",
        &[
            "ordredepassage",
            "ordrepassage",
            "ordre",
            "rangdepassage",
            "rang",
            "order",
            "rank",
        ],
    ),
    column(
        "note finale",
        &[
            "notefinale",
            "notefinal",
            "finalnote",
            "finalmark",
            "finalgrade",
            "notedefinitive",
            "notearretee",
            "noteaprespenalite",
            "noteaprespenalites",
        ],
    ),
];

/// Names of columns that people leave beside marks and that are no line of a grid, even where they hold digits.
const BESIDE: [&str; 40] = [
    "nom",
    "prenom",
    "prenoms",
    "nomdenaissance",
    "nomdusage",
    "nomdefamille",
    "civilite",
    "sexe",
    "genre",
    "sex",
    "gender",
    "age",
    "naissance",
    "datedenaissance",
    "ine",
    "id",
    "index",
    "ligne",
    "row",
    "session",
    "annee",
    "year",
    "examen",
    "epreuve",
    "statut",
    "categorie",
    "ville",
    "departement",
    "region",
    "salle",
    "examinateur",
    "examinateurs",
    "appreciation",
    "observation",
    "observations",
    "commentaire",
    "commentaires",
    "remarque",
    "remarques",
    "groupe",
];

/// Whether a header, squashed, is that of a column which is no line of a grid.
pub(super) fn is_beside(squashed: &str) -> bool {
    BESIDE.contains(&squashed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::squash;

    #[test]
    fn names_beside_marks_are_squashed_and_none_is_a_field() {
        let index = LAYOUT.index();
        for name in BESIDE {
            assert_eq!(name, squash(name));
            assert!(!index.contains_key(name), "{name}");
        }
    }
}
