//! A file of grades in the columns of the reference sessions, read plainly: the command's own reader forgives much more.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read;
use std::path::Path;

use delos_harmonisation::session::{
    AnchorGrading, Candidate, Commission, Competence, Grid, Item, Mode, Session,
};
use flate2::read::GzDecoder;

type Fault = Box<dyn Error + Send + Sync>;

/// The file, compressed or not.
pub fn text(path: &Path) -> Result<String, Fault> {
    let bytes = std::fs::read(path)?;
    let mut text = String::new();
    if path.extension().is_some_and(|end| end == "gz") {
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?;
    } else {
        text = String::from_utf8(bytes)?;
    }
    Ok(text)
}

/// The candidates; grids are the columns `OPTION_Letter…`, a competence a letter.
pub fn session(text: &str) -> Result<Session, Fault> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers()?)?;
    let mut session = Session {
        grids: columns.grids.clone(),
        ..Session::default()
    };
    let mut known: BTreeMap<Commission, usize> = BTreeMap::new();
    for row in reader.records() {
        let row = row?;
        let cell = |index: usize| row.get(index).unwrap_or_default();
        let place = columns.place(&row);
        let next = known.len();
        let commission = *known.entry(place.clone()).or_insert(next);
        if commission == next {
            session.commissions.push(place);
        }
        let grid = columns.grid(&row);
        session.candidates.push(Candidate {
            code: cell(columns.candidate).to_owned(),
            commission,
            option: Some(cell(columns.option).to_owned()),
            mode: Some(if cell(columns.mode).eq_ignore_ascii_case("ccf") {
                Mode::Ccf
            } else {
                Mode::Ponctuel
            }),
            grid,
            levels: columns.levels(&row, grid),
            note: cell(columns.note).parse()?,
            penalty: cell(columns.penalty).parse().ok(),
            rank: None,
        });
    }
    Ok(session)
}

/// Gradings of shared dossiers by the commissions of `session`; those of others are left out.
pub fn anchors(text: &str, session: &Session) -> Result<Vec<AnchorGrading>, Fault> {
    let known: BTreeMap<&Commission, usize> = session
        .commissions
        .iter()
        .enumerate()
        .map(|(index, commission)| (commission, index))
        .collect();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers()?)?;
    let mut gradings = Vec::new();
    for row in reader.records() {
        let row = row?;
        let Some(commission) = known.get(&columns.place(&row)) else {
            continue;
        };
        let grid = columns.grid(&row);
        gradings.push(AnchorGrading {
            dossier: row.get(columns.candidate).unwrap_or_default().to_owned(),
            commission: *commission,
            grid,
            levels: columns.levels(&row, grid),
            note: row.get(columns.note).and_then(|note| note.parse().ok()),
        });
    }
    Ok(gradings)
}

struct Columns {
    candidate: usize,
    academy: usize,
    centre: usize,
    commission: usize,
    option: usize,
    mode: usize,
    note: usize,
    penalty: usize,
    grids: Vec<Grid>,
    /// Of each grid, the column of each line.
    lines: Vec<Vec<usize>>,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, Fault> {
        let column = |name: &str| {
            header
                .iter()
                .position(|other| other == name)
                .ok_or_else(|| Fault::from(format!("no column {name}")))
        };
        let mut grids: Vec<Grid> = Vec::new();
        let mut lines: Vec<Vec<usize>> = Vec::new();
        for (index, name) in header.iter().enumerate() {
            let Some((option, line)) = name.split_once('_') else {
                continue;
            };
            if option.chars().any(|letter| !letter.is_ascii_uppercase()) {
                continue;
            }
            let known = grids.iter().position(|grid| grid.code == option);
            let grid = known.unwrap_or(grids.len());
            if known.is_none() {
                grids.push(Grid {
                    code: option.to_owned(),
                    competences: Vec::new(),
                    items: Vec::new(),
                });
                lines.push(Vec::new());
            }
            let letter: String = line.chars().take(1).collect();
            let competences = &mut grids[grid].competences;
            let competence = competences
                .iter()
                .position(|one| one.code == letter)
                .unwrap_or(competences.len());
            if competence == competences.len() {
                competences.push(Competence {
                    code: letter.clone(),
                    label: letter,
                    weight: 1.0,
                });
            }
            grids[grid].items.push(Item {
                code: name.to_owned(),
                label: name.to_owned(),
                competence,
            });
            lines[grid].push(index);
        }
        Ok(Self {
            candidate: column("candidate")?,
            academy: column("academy")?,
            centre: column("centre")?,
            commission: column("commission")?,
            option: column("option")?,
            mode: column("mode")?,
            note: column("note")?,
            penalty: column("penalty")?,
            grids,
            lines,
        })
    }

    fn place(&self, row: &csv::StringRecord) -> Commission {
        let cell = |index: usize| row.get(index).unwrap_or_default().to_owned();
        Commission {
            academy: Some(cell(self.academy)),
            centre: Some(cell(self.centre)),
            code: cell(self.commission),
        }
    }

    fn grid(&self, row: &csv::StringRecord) -> Option<usize> {
        let option = row.get(self.option)?;
        let grid = self.grids.iter().position(|grid| grid.code == option)?;
        self.lines[grid]
            .iter()
            .any(|column| row.get(*column).is_some_and(|cell| !cell.is_empty()))
            .then_some(grid)
    }

    fn levels(&self, row: &csv::StringRecord, grid: Option<usize>) -> Vec<Option<u8>> {
        grid.map_or_else(Vec::new, |grid| {
            self.lines[grid]
                .iter()
                .map(|column| row.get(*column).and_then(|cell| cell.parse().ok()))
                .collect()
        })
    }
}
