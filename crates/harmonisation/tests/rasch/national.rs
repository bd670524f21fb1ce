//! The simulated sessions read as sessions.

use std::collections::BTreeMap;

use delos_harmonisation::session::{
    AnchorGrading, Candidate, Commission, Competence, Grid, Item, Mode, Session,
};

use super::data::table;

/// A row of the truth that a simulation knows.
pub struct Truth {
    pub grid_severity: f64,
    pub kind: String,
}

pub fn session() -> Session {
    let (header, rows) = table("national-7/grades.csv.gz");
    let mut session = Session {
        grids: grids(&header),
        ..Session::default()
    };
    let mut places = BTreeMap::new();
    for row in &rows {
        let next = session.commissions.len();
        let commission = *places.entry(row[3].clone()).or_insert(next);
        if commission == next {
            session.commissions.push(Commission {
                academy: Some(row[1].clone()),
                centre: Some(row[2].clone()),
                code: row[3].clone(),
            });
        }
        let (grid, levels) = cells(&session.grids, &header, row);
        session.candidates.push(Candidate {
            code: row[0].clone(),
            commission,
            option: Some(row[4].clone()),
            mode: Some(if row[5] == "CCF" {
                Mode::Ccf
            } else {
                Mode::Ponctuel
            }),
            grid: Some(grid),
            levels,
            note: row[header.len() - 3].parse().unwrap(),
            penalty: row[header.len() - 2].parse().ok(),
            rank: None,
        });
    }
    session
}

fn grids(header: &[String]) -> Vec<Grid> {
    ["SISR", "SLAM"]
        .iter()
        .map(|option| {
            let mut grid = Grid {
                code: (*option).to_owned(),
                competences: Vec::new(),
                items: Vec::new(),
            };
            for name in header.iter().filter(|name| name.starts_with(option)) {
                let block = name[5..6].to_owned();
                if grid
                    .competences
                    .last()
                    .is_none_or(|last| last.code != block)
                {
                    grid.competences.push(Competence {
                        code: block,
                        label: String::new(),
                        weight: 1.0,
                    });
                }
                grid.items.push(Item {
                    code: name.clone(),
                    label: String::new(),
                    competence: grid.competences.len() - 1,
                });
            }
            grid
        })
        .collect()
}

fn cells(grids: &[Grid], header: &[String], row: &[String]) -> (usize, Vec<Option<u8>>) {
    let grid = usize::from(row[4] == "SLAM");
    let levels = header
        .iter()
        .zip(row)
        .filter(|(name, _)| name.starts_with(&grids[grid].code))
        .map(|(_, cell)| cell.parse().ok())
        .collect();
    (grid, levels)
}

pub fn anchors(session: &Session) -> Vec<AnchorGrading> {
    let (header, rows) = table("national-7-anchors/anchors.csv.gz");
    rows.iter()
        .map(|row| {
            let (grid, levels) = cells(&session.grids, &header, row);
            AnchorGrading {
                dossier: row[0].clone(),
                commission: session
                    .commissions
                    .iter()
                    .position(|one| one.code == row[3])
                    .unwrap(),
                grid: Some(grid),
                levels,
                note: row[header.len() - 3].parse().ok(),
            }
        })
        .collect()
}

/// By commission's code.
pub fn truth(name: &str) -> BTreeMap<String, Truth> {
    let (header, rows) = table(name);
    let column = |wanted: &str| header.iter().position(|name| name == wanted).unwrap();
    let (severity, kind) = (column("grid_severity"), column("kind"));
    rows.iter()
        .map(|row| {
            (
                row[0].clone(),
                Truth {
                    grid_severity: row[severity].parse().unwrap(),
                    kind: row[kind].clone(),
                },
            )
        })
        .collect()
}
