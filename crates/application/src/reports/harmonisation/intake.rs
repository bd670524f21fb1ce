//! Files of grades as the statistics take them.

use delos_domain::candidate::Form;
use delos_domain::regulation::Regulation;
use delos_harmonisation::report::{Input, RejectedLine, WithoutNote};
use delos_harmonisation::session::{
    AnchorGrading, Candidate, Commission, Competence, Grid, Item, Mode, Session,
};
use delos_imports::{
    GradeCommission, GradeCompetence, GradeFile, GradeGrid, GradeItem, GridColumns, read_anchors,
    read_grades,
};

/// What was read of one file or two.
pub struct Intake {
    /// The session.
    pub session: Session,
    /// Shared dossiers.
    pub anchors: Vec<AnchorGrading>,
    rows: u64,
    left_out: u64,
    without_note: WithoutNote,
    faults: Vec<TextFault>,
    untold: u64,
}

/// A fault of a row, for people.
pub struct TextFault {
    /// Whether it stands in the shared dossiers.
    pub anchors: bool,
    /// Line, from 1.
    pub line: u64,
    /// The column's header, when one cell is at fault.
    pub column: Option<String>,
    /// Stable code.
    pub code: String,
    /// What is wrong and what to do, in French; the value does not stand in it.
    pub sentence: String,
}

/// A file that cannot be read at all.
#[derive(Debug)]
pub struct RefusedFile {
    /// Whether it is the one of the shared dossiers.
    pub anchors: bool,
    /// Why, in French.
    pub reason: String,
}

/// Reads grades, and shared dossiers when there are some. With a regulation, the grids are its own.
///
/// # Errors
/// A file as a whole cannot be read.
pub fn read(
    grades: &[u8],
    anchors: Option<&[u8]>,
    regulation: Option<&Regulation>,
) -> Result<Intake, RefusedFile> {
    let columns = regulation.map_or(GridColumns::Headers, grids_of);
    let refused = |anchors: bool| {
        move |refused: delos_imports::GradesRefused| RefusedFile {
            anchors,
            reason: refused.to_string(),
        }
    };
    let file = read_grades(grades, &columns).map_err(refused(false))?;
    let mut intake = Intake::of(&file);
    drop(file);
    if let Some(anchors) = anchors {
        // The dossiers' lines are those of the candidates' grids: the columns are read as theirs.
        let columns = regulation.map_or_else(|| known(&intake.session.grids), grids_of);
        let file = read_anchors(anchors, &columns).map_err(refused(true))?;
        intake.left_out += file.left_out;
        intake.tell(true, &file);
        intake.add(&file);
    }
    Ok(intake)
}

impl Intake {
    /// What a file of grades says, without shared dossiers.
    pub fn of(file: &GradeFile) -> Self {
        let mut intake = Self {
            session: session(file),
            anchors: Vec::new(),
            rows: file.rows_read,
            left_out: file.left_out,
            without_note: WithoutNote {
                absent: file.without_note.absent,
                not_validated: file.without_note.not_validated,
                exempt: file.without_note.exempt,
            },
            faults: Vec::new(),
            untold: 0,
        };
        intake.tell(false, file);
        intake
    }

    /// The rows that were left out, in the order of the files.
    pub fn faults(&self) -> &[TextFault] {
        &self.faults
    }

    fn tell(&mut self, anchors: bool, file: &GradeFile) {
        self.untold += file.faults_untold;
        self.faults
            .extend(file.faults.iter().map(|fault| TextFault {
                anchors,
                line: fault.line,
                column: (!fault.column.is_empty()).then(|| fault.column.clone()),
                code: fault.code.to_string(),
                sentence: format!("{} {}", fault.message, fault.remedy),
            }));
    }

    /// Adds the shared dossiers; a row whose commission may be several is told and left out.
    fn add(&mut self, file: &GradeFile) {
        let commissions = places(file, &mut self.session);
        for row in &file.rows {
            if commissions
                .get(row.commission as usize)
                .is_some_and(Option::is_none)
            {
                self.left_out += 1;
                self.faults.push(TextFault {
                    anchors: true,
                    line: row.line,
                    column: None,
                    code: "commission_ambiguous".to_owned(),
                    sentence: "Plusieurs commissions du fichier de notes ont ce code. Ajoutez les colonnes « centre » et « académie »."
                        .to_owned(),
                });
            }
        }
        self.anchors = gradings(file, &commissions, &mut self.session);
    }

    /// Writes into a report what was read and what was not.
    pub(super) fn count(&self, input: &mut Input) {
        input.rows = self.rows;
        input.left_out = self.left_out;
        input.without_note = self.without_note;
        input.rejected_untold = self.untold;
        input.rejected = self
            .faults
            .iter()
            .map(|fault| RejectedLine {
                file: if fault.anchors { "anchors" } else { "grades" }.to_owned(),
                line: fault.line,
                column: fault.column.clone(),
                code: fault.code.clone(),
                sentence: fault.sentence.clone(),
            })
            .collect();
    }
}

fn commission(one: &GradeCommission) -> Commission {
    Commission {
        academy: one.academy.as_deref().map(str::to_owned),
        centre: one.centre.as_deref().map(str::to_owned),
        code: one.code.to_string(),
    }
}

fn session(file: &GradeFile) -> Session {
    Session {
        commissions: file.commissions.iter().map(commission).collect(),
        candidates: file
            .rows
            .iter()
            .filter_map(|row| {
                Some(Candidate {
                    code: file.candidates.get(row.candidate as usize)?.to_string(),
                    commission: row.commission as usize,
                    option: row
                        .option
                        .and_then(|option| file.options.get(option as usize))
                        .map(ToString::to_string),
                    mode: row.form.map(|form| match form {
                        Form::Ponctuelle => Mode::Ponctuel,
                        Form::Ccf => Mode::Ccf,
                    }),
                    grid: row.grid.map(|grid| grid as usize),
                    levels: file.levels(row).to_vec(),
                    note: row.note?,
                    penalty: row.penalty,
                    rank: row.rank,
                })
            })
            .collect(),
        grids: file.grids.iter().map(grid).collect(),
    }
}

fn grid(one: &GradeGrid) -> Grid {
    Grid {
        code: one.code.clone(),
        competences: one
            .competences
            .iter()
            .map(|competence| Competence {
                code: competence.code.clone(),
                label: competence.label.clone(),
                weight: 1.0,
            })
            .collect(),
        items: one
            .items
            .iter()
            .map(|item| Item {
                code: item.code.clone(),
                label: item.label.clone(),
                competence: item.competence,
            })
            .collect(),
    }
}

/// Where the commissions of the dossiers stand among those of the candidates. One that heard no candidate is added; one
/// whose file does not say its place is found by its code, and is nowhere when several have that code.
fn places(file: &GradeFile, session: &mut Session) -> Vec<Option<usize>> {
    file.commissions
        .iter()
        .map(|one| {
            let one = commission(one);
            let said =
                |given: &Option<String>, held: &Option<String>| given.is_none() || given == held;
            let mut known = session.commissions.iter().enumerate().filter(|(_, other)| {
                other.code == one.code
                    && said(&one.centre, &other.centre)
                    && said(&one.academy, &other.academy)
            });
            match (known.next(), known.next()) {
                (Some((place, _)), None) => Some(place),
                (Some(_), Some(_)) => None,
                (None, _) => {
                    session.commissions.push(one);
                    Some(session.commissions.len() - 1)
                }
            }
        })
        .collect()
}

/// The dossiers; a line that no candidate's grid has is left aside.
fn gradings(
    file: &GradeFile,
    commissions: &[Option<usize>],
    session: &mut Session,
) -> Vec<AnchorGrading> {
    // A grid of the dossiers may lack some of the candidates' lines, and begins with others: lines are matched by code.
    let grids: Vec<(usize, Vec<Option<usize>>)> = file
        .grids
        .iter()
        .map(|one| {
            let place = session
                .grids
                .iter()
                .position(|other| other.code == one.code)
                .unwrap_or_else(|| {
                    session.grids.push(grid(one));
                    session.grids.len() - 1
                });
            let lines = session.grids[place]
                .items
                .iter()
                .map(|item| one.items.iter().position(|other| other.code == item.code))
                .collect();
            (place, lines)
        })
        .collect();
    file.rows
        .iter()
        .filter_map(|row| {
            let held = row.grid.and_then(|grid| grids.get(grid as usize));
            let levels = file.levels(row);
            Some(AnchorGrading {
                dossier: file.candidates.get(row.candidate as usize)?.to_string(),
                commission: (*commissions.get(row.commission as usize)?)?,
                grid: held.map(|(place, _)| *place),
                levels: held.map_or_else(Vec::new, |(_, lines)| {
                    lines
                        .iter()
                        .map(|line| line.and_then(|line| levels.get(line).copied().flatten()))
                        .collect()
                }),
                note: row.note,
            })
        })
        .collect()
}

/// The lines of a regulation's grids as the columns of a file.
fn grids_of(regulation: &Regulation) -> GridColumns {
    GridColumns::Known(
        regulation
            .assessment
            .grids
            .iter()
            .map(|grid| GradeGrid {
                code: grid.code.clone(),
                competences: grid
                    .back
                    .blocks
                    .iter()
                    .map(|block| GradeCompetence {
                        code: block.code.clone(),
                        label: block.label.clone(),
                    })
                    .collect(),
                items: grid
                    .back
                    .blocks
                    .iter()
                    .enumerate()
                    .flat_map(|(competence, block)| {
                        block.lines.iter().map(move |line| GradeItem {
                            code: line.code.clone(),
                            label: line.label.clone(),
                            competence,
                        })
                    })
                    .collect(),
            })
            .collect(),
    )
}

fn known(grids: &[Grid]) -> GridColumns {
    if grids.is_empty() {
        return GridColumns::Headers;
    }
    GridColumns::Known(
        grids
            .iter()
            .map(|grid| GradeGrid {
                code: grid.code.clone(),
                competences: grid
                    .competences
                    .iter()
                    .map(|one| GradeCompetence {
                        code: one.code.clone(),
                        label: one.label.clone(),
                    })
                    .collect(),
                items: grid
                    .items
                    .iter()
                    .map(|one| GradeItem {
                        code: one.code.clone(),
                        label: one.label.clone(),
                        competence: one.competence,
                    })
                    .collect(),
            })
            .collect(),
    )
}
