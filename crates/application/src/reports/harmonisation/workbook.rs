//! The report's tables as a workbook.

use delos_documents::DocumentError;
use delos_documents::harmonisation::sentences;
use delos_documents::workbook::{Cell, Column, Kind, Sheet, Workbook, write};
use delos_harmonisation::report::{
    CommissionReport, Effect, GroupReport, Report, Scenario, Severity, Warning,
};
use serde::Serialize;

/// A workbook: commissions, centres, academies, habits, lines, shared dossiers, adjustments, rows left out.
///
/// # Errors
/// More rows than a sheet holds.
pub fn workbook(report: &Report) -> Result<Vec<u8>, DocumentError> {
    let mut sheets = vec![commissions(report)];
    if !report.centres.is_empty() {
        sheets.push(groups("Centres", &report.centres));
    }
    if !report.academies.is_empty() {
        sheets.push(groups("Académies", &report.academies));
    }
    sheets.push(signatures(report));
    if !report.items.is_empty() {
        sheets.extend([items(report), levels(report)]);
    }
    if !report.grid_severity.is_empty() {
        sheets.push(grid_severity(report));
    }
    sheets.push(scenarios(&report.what_if));
    if !report.input.rejected.is_empty() {
        sheets.push(rejected(report));
    }
    write(&Workbook {
        title: "Comparaison des commissions".to_owned(),
        sheets,
    })
}

fn columns(list: &[(&str, Kind)]) -> Vec<Column> {
    list.iter()
        .map(|(header, kind)| Column::new(*header, *kind))
        .collect()
}

/// A count; far below what a cell holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts of candidates")]
fn count(value: usize) -> Cell {
    Cell::Number(value as f64)
}

/// The stable code of a value, as the report writes it.
fn code(value: impl Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn severity(one: Option<&Severity>) -> Vec<Cell> {
    let of = |value: fn(&Severity) -> f64| one.map(value).into();
    vec![
        of(|one| one.estimate),
        of(|one| one.se),
        of(|one| one.lower),
        of(|one| one.upper),
        of(|one| one.p_within_tolerance),
        one.map(|one| one.flagged).into(),
    ]
}

const SEVERITY: [(&str, Kind); 6] = [
    ("Sévérité à profil égal (points)", Kind::Signed(2)),
    ("Erreur type", Kind::Decimals(2)),
    ("De (95 %)", Kind::Signed(2)),
    ("À (95 %)", Kind::Signed(2)),
    ("Probabilité d’être dans la tolérance", Kind::Percent(1)),
    ("Signalée", Kind::Text),
];

fn effect(one: Option<Effect>) -> [Cell; 2] {
    [
        one.map(|one| one.estimate).into(),
        one.map(|one| one.se).into(),
    ]
}

fn warnings(list: &[Warning]) -> Cell {
    let told: Vec<String> = list
        .iter()
        .map(|one| sentences::warning(&code(one)))
        .collect();
    Cell::Text(told.join(" "))
}

const PLACE: [(&str, Kind); 3] = [
    ("Académie", Kind::Text),
    ("Centre", Kind::Text),
    ("Commission", Kind::Text),
];

fn place(one: &CommissionReport) -> Vec<Cell> {
    vec![
        one.academy.clone().into(),
        one.centre.clone().into(),
        one.commission.clone().into(),
    ]
}

fn commissions(report: &Report) -> Sheet {
    let mut list = PLACE.to_vec();
    list.extend([
        ("Option", Kind::Text),
        ("Mode", Kind::Text),
        ("Candidats", Kind::Whole),
        ("Note moyenne", Kind::Decimals(2)),
        ("Score de profil moyen", Kind::Decimals(2)),
    ]);
    list.extend(SEVERITY);
    list.extend([
        ("Niveau apparent (logits)", Kind::Signed(2)),
        ("Erreur type du niveau", Kind::Decimals(2)),
        ("Distance à l’académie (points)", Kind::Decimals(2)),
        ("Distance due au hasard (95 %)", Kind::Decimals(2)),
        ("Taux de pénalité", Kind::Percent(1)),
        ("Ajustement entier (points)", Kind::Signed(1)),
        ("Ajustement adouci (points)", Kind::Signed(1)),
        ("Réserves", Kind::Text),
    ]);
    Sheet {
        name: "Commissions".to_owned(),
        columns: columns(&list),
        frozen_columns: 3,
        rows: report
            .commissions
            .iter()
            .map(|one| {
                let mut row = place(one);
                row.extend([
                    one.option.clone().into(),
                    one.mode.map(|mode| sentences::mode(&code(mode))).into(),
                    count(one.n),
                    one.mean_note.into(),
                    one.mean_score.into(),
                ]);
                row.extend(severity(one.severity.as_ref()));
                row.extend(effect(one.apparent_level));
                row.extend([
                    one.distance.map(|one| one.wasserstein.value).into(),
                    one.distance.map(|one| one.wasserstein.null_q95).into(),
                    one.penalties.map(|one| one.rate).into(),
                    one.adjustment.map(|one| one.full).into(),
                    one.adjustment.map(|one| one.soft).into(),
                    warnings(&one.warnings),
                ]);
                row
            })
            .collect(),
    }
}

fn groups(name: &str, groups: &[GroupReport]) -> Sheet {
    let mut list = vec![
        ("Académie", Kind::Text),
        ("Centre", Kind::Text),
        ("Commissions", Kind::Whole),
        ("Candidats", Kind::Whole),
        ("Note moyenne", Kind::Decimals(2)),
    ];
    list.extend(SEVERITY);
    list.extend([
        ("Niveau apparent (logits)", Kind::Signed(2)),
        ("Erreur type du niveau", Kind::Decimals(2)),
    ]);
    Sheet {
        name: name.to_owned(),
        columns: columns(&list),
        frozen_columns: 2,
        rows: groups
            .iter()
            .map(|one| {
                let mut row = vec![
                    one.academy.clone().into(),
                    one.centre.clone().into(),
                    count(one.commissions),
                    count(one.n),
                    one.mean_note.into(),
                ];
                row.extend(severity(one.severity.as_ref()));
                row.extend(effect(one.apparent_level));
                row
            })
            .collect(),
    }
}

fn signatures(report: &Report) -> Sheet {
    let mut list = PLACE.to_vec();
    list.extend([
        ("Signe", Kind::Text),
        ("Valeur", Kind::Decimals(3)),
        ("z", Kind::Signed(2)),
        ("p corrigée", Kind::Decimals(4)),
        ("Inhabituel", Kind::Text),
        ("Habitude nommée", Kind::Text),
    ]);
    let rows = report.commissions.iter().flat_map(|one| {
        one.signatures.iter().map(move |signature| {
            let mut row = place(one);
            row.extend([
                sentences::signature(&code(signature.name)).into(),
                signature.value.into(),
                signature.z.into(),
                signature.p_adjusted.into(),
                signature.flagged.into(),
                one.habit.map(|habit| sentences::habit(&code(habit))).into(),
            ]);
            row
        })
    });
    Sheet {
        name: "Habitudes".to_owned(),
        columns: columns(&list),
        rows: rows.collect(),
        frozen_columns: 3,
    }
}

fn items(report: &Report) -> Sheet {
    Sheet {
        name: "Lignes de la grille".to_owned(),
        columns: columns(&[
            ("Grille", Kind::Text),
            ("Ligne", Kind::Text),
            ("Intitulé", Kind::Text),
            ("Cases évaluées", Kind::Whole),
            ("Niveau moyen (0 à 3)", Kind::Decimals(2)),
            ("Non évalué", Kind::Percent(1)),
            ("Difficulté (logits)", Kind::Signed(2)),
            ("Infit", Kind::Decimals(2)),
        ]),
        frozen_columns: 2,
        rows: report
            .items
            .iter()
            .map(|one| {
                vec![
                    one.grid.clone().into(),
                    one.item.clone().into(),
                    one.label.clone().into(),
                    count(one.n),
                    one.mean_level.into(),
                    one.not_evaluated.into(),
                    one.difficulty.into(),
                    one.infit.into(),
                ]
            })
            .collect(),
    }
}

fn levels(report: &Report) -> Sheet {
    let mut list = PLACE.to_vec();
    list.extend([
        ("Ligne", Kind::Text),
        ("Cases évaluées", Kind::Whole),
        ("Niveau moyen moins l’attendu", Kind::Signed(2)),
        ("Non évalué", Kind::Percent(1)),
    ]);
    let rows = report.commissions.iter().flat_map(|one| {
        one.items.iter().map(move |item| {
            let mut row = place(one);
            row.extend([
                item.item.clone().into(),
                count(item.n),
                item.excess.into(),
                item.not_evaluated.into(),
            ]);
            row
        })
    });
    Sheet {
        name: "Niveaux".to_owned(),
        columns: columns(&list),
        rows: rows.collect(),
        frozen_columns: 3,
    }
}

fn grid_severity(report: &Report) -> Sheet {
    let mut list = PLACE.to_vec();
    list.extend([
        ("Groupe comparable", Kind::Whole),
        ("Sévérité de grille (logits)", Kind::Signed(2)),
        ("Erreur type", Kind::Decimals(2)),
    ]);
    Sheet {
        name: "Sévérité de grille".to_owned(),
        columns: columns(&list),
        frozen_columns: 3,
        rows: report
            .grid_severity
            .iter()
            .map(|one| {
                vec![
                    one.academy.clone().into(),
                    one.centre.clone().into(),
                    one.commission.clone().into(),
                    count(one.component + 1),
                    one.estimate.into(),
                    one.se.into(),
                ]
            })
            .collect(),
    }
}

fn scenarios(list: &[Scenario]) -> Sheet {
    Sheet {
        name: "Effets d’un ajustement".to_owned(),
        columns: columns(&[
            ("Façon d’ajuster", Kind::Text),
            ("Commissions touchées", Kind::Whole),
            ("Candidats qui montent", Kind::Whole),
            ("Candidats qui descendent", Kind::Whole),
            ("Franchissent 10 en montant", Kind::Whole),
            ("Franchissent 10 en descendant", Kind::Whole),
            ("Note moyenne avant", Kind::Decimals(2)),
            ("Note moyenne après", Kind::Decimals(2)),
            ("Écart type des sévérités restant", Kind::Decimals(2)),
        ]),
        frozen_columns: 1,
        rows: list
            .iter()
            .map(|one| {
                let (way, _) = sentences::way(&code(one.way));
                let ten = one
                    .crossings
                    .iter()
                    .find(|crossing| (crossing.threshold - 10.0).abs() < 0.01);
                vec![
                    way.into(),
                    count(one.commissions),
                    count(one.up),
                    count(one.down),
                    ten.map_or(Cell::Empty, |ten| count(ten.up)),
                    ten.map_or(Cell::Empty, |ten| count(ten.down)),
                    one.mean[0].into(),
                    one.mean[1].into(),
                    one.severity_sd_left.into(),
                ]
            })
            .collect(),
    }
}

fn rejected(report: &Report) -> Sheet {
    Sheet {
        name: "Lignes laissées de côté".to_owned(),
        columns: columns(&[
            ("Fichier", Kind::Text),
            ("Ligne", Kind::Whole),
            ("Colonne", Kind::Text),
            ("Raison", Kind::Text),
        ]),
        frozen_columns: 0,
        rows: report
            .input
            .rejected
            .iter()
            .map(|one| {
                let file = match one.file.as_str() {
                    "anchors" => "dossiers communs",
                    _ => "notes",
                };
                #[expect(clippy::cast_precision_loss, reason = "a line of a file")]
                let line = Cell::Number(one.line as f64);
                vec![
                    file.into(),
                    line,
                    one.column.clone().into(),
                    one.sentence.clone().into(),
                ]
            })
            .collect(),
    }
}
