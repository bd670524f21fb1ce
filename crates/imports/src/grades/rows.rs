//! The rows of a file of grades, one after another.

use std::borrow::Cow;
use std::collections::HashMap;

use delos_domain::candidate::Form;

use super::cells::{self, NoNote, NoteCell};
use super::columns::GridColumn;
use super::headers::{
    ACADEMY, CANDIDATE, CENTRE, COMMISSION, DATE, HOUR, MODE, NOTE, OPTION, ORDER, PENALTY,
};
use super::lists::{Closed, Lists};
use super::passages::{self, Passage, Passing};
use super::texts::number;
use super::{Grade, GradeGrid, WithoutNote};
use crate::findings::{At, Findings, Part, Place};
use crate::layout::Field;
use crate::problem::{GradeProblem, Problem};
use crate::reading;
use crate::records::Record;
use crate::sheet::{Cell, content, forbidden};

/// Most characters of the name of a candidate, a commission or a place.
const MAX_NAME: usize = 200;

/// What the rows are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A candidate is heard once.
    Candidates,
    /// A dossier is graded by several commissions, once each.
    Anchors,
    /// A dossier is to be graded by several commissions: there is no mark yet.
    Design,
}

/// What each column is.
pub(super) struct Plan<'p> {
    pub kind: Kind,
    /// Cells that every row must have.
    pub width: usize,
    /// The column of each field of the layout that is read.
    pub fields: &'p [Option<usize>],
    pub grids: &'p [GradeGrid],
    /// By grid and line.
    pub columns: &'p [GridColumn],
}

/// What the rows said.
#[derive(Default)]
pub(super) struct Told {
    pub rows: Vec<Grade>,
    pub levels: Vec<Option<u8>>,
    pub lists: Closed,
    pub left_out: u64,
    pub without_note: WithoutNote,
}

/// Where one candidate, or one grading of a dossier, stands: what makes it one, then the commission and the line of the first.
type Heard = HashMap<(u32, Option<(u32, Option<u32>)>), (u32, u64)>;

/// Reads every row; what does not hold is told, and left out.
pub(super) fn read<'t>(
    records: impl Iterator<Item = Record<'t>>,
    plan: &Plan<'_>,
    findings: &mut Findings,
) -> Told {
    let mut reader = Reader {
        plan,
        findings,
        scratch: Vec::with_capacity(plan.columns.len()),
        lists: Lists::default(),
        forms: HashMap::new(),
        heard: Heard::new(),
        passages: Vec::new(),
        read: Told::default(),
    };
    for record in records {
        reader.row(record);
    }
    reader.finish()
}

struct Reader<'r, 't> {
    plan: &'r Plan<'r>,
    findings: &'r mut Findings,
    /// The levels of the row, a grid column each.
    scratch: Vec<Option<u8>>,
    lists: Lists<'t>,
    forms: HashMap<Cow<'t, str>, Result<Form, Problem>>,
    heard: Heard,
    passages: Vec<Passing>,
    read: Told,
}

impl<'t> Reader<'_, 't> {
    fn row(&mut self, mut record: Record<'t>) {
        self.findings.begin_row();
        let line = record.number;
        if !self.has_its_cells(&record) {
            self.read.left_out += 1;
            return;
        }
        let candidate = self.name(&mut record, CANDIDATE, Some(GradeProblem::CandidateMissing));
        let code = self.name(
            &mut record,
            COMMISSION,
            Some(GradeProblem::CommissionMissing),
        );
        let academy = self.name(&mut record, ACADEMY, Some(GradeProblem::AcademyMissing));
        let centre = self.name(&mut record, CENTRE, Some(GradeProblem::CentreMissing));
        let option = self.name(&mut record, OPTION, Some(GradeProblem::OptionMissing));
        let form = self.form(&mut record);
        let grid = self.levels(&mut record);
        let note = self.note(&mut record, grid.is_some());
        let penalty = self.value(&mut record, PENALTY, cells::penalty).flatten();
        let passage = self.passage(&mut record);

        let option = option.map(|text| self.lists.options.number(text));
        let candidate = candidate.map(|text| self.lists.candidates.number(text));
        let commission = code.map(|code| self.lists.commission(academy, centre, code));
        let (Some(candidate), Some(commission)) = (candidate, commission) else {
            self.read.left_out += 1;
            return;
        };
        self.once(line, candidate, commission, grid);
        let (Some(note), false) = (note, self.findings.row_is_blocked()) else {
            self.read.left_out += 1;
            return;
        };
        let note = match note {
            NoteCell::Points(points) => Some(points),
            NoteCell::Empty => None,
            NoteCell::Without(why) => {
                let counts = &mut self.read.without_note;
                *match why {
                    NoNote::Absent => &mut counts.absent,
                    NoNote::NotValidated => &mut counts.not_validated,
                    NoNote::Exempt => &mut counts.exempt,
                } += 1;
                return;
            }
        };
        self.warn_of_other_option(line, option, grid);
        let levels = self.read.levels.len();
        if let Some(grid) = grid {
            let columns = self.plan.columns.iter().zip(&self.scratch);
            let of_grid = columns.filter(|(column, _)| column.grid == grid as usize);
            self.read.levels.extend(of_grid.map(|(_, level)| *level));
        }
        if let Some(passage) = passage {
            self.passages.push(Passing {
                commission,
                passage,
                row: self.read.rows.len(),
            });
        }
        self.read.rows.push(Grade {
            line,
            candidate,
            commission,
            option,
            form,
            grid,
            note,
            penalty,
            rank: None,
            levels,
        });
    }

    fn tell(&mut self, line: u64, place: Place, value: &str, problem: Problem) {
        let at = At {
            part: Part::Main,
            line,
            place,
        };
        self.findings.add(at, value, problem);
    }

    /// Whether the row has the cells of the header, none of them swallowed by a quote; else the fault is told.
    fn has_its_cells(&mut self, record: &Record<'t>) -> bool {
        let (expected, found) = (self.plan.width, record.width);
        if let Some(column) = record.unclosed {
            let place = if column < expected {
                Place::Column(column)
            } else {
                Place::Whole
            };
            let value = record.cells.get(column).map_or("", |cell| cell.trim());
            self.tell(record.number, place, value, Problem::UnclosedQuote);
            return false;
        }
        let beyond = record
            .cells
            .iter()
            .skip(expected)
            .find(|cell| !cell.trim().is_empty());
        if beyond.is_some() || found > record.cells.len() {
            let value = beyond.map_or("", |cell| cell.trim());
            let problem = Problem::TooManyCells { expected, found };
            self.tell(record.number, Place::Whole, value, problem);
            return false;
        }
        if found < expected {
            let problem = Problem::TooFewCells { expected, found };
            self.tell(record.number, Place::Whole, "", problem);
            return false;
        }
        true
    }

    /// The cell of a field. `Absent` when the file does not have it, `Spoiled` when a fault of it was told.
    fn cell(&mut self, record: &mut Record<'t>, field: Field) -> Cell<'t> {
        match self.plan.fields[field.0] {
            None => Cell::Absent,
            Some(column) => self.cell_of(record, column),
        }
    }

    fn cell_of(&mut self, record: &mut Record<'t>, column: usize) -> Cell<'t> {
        let cell = std::mem::take(&mut record.cells[column]);
        if let Some(problem) = forbidden(&cell) {
            let value = cell.trim();
            self.tell(record.number, Place::Column(column), value, problem);
            return Cell::Spoiled;
        }
        content(cell)
    }

    fn tell_field(&mut self, line: u64, field: Field, value: &str, problem: Problem) {
        let place = self.plan.fields[field.0].map_or(Place::Whole, Place::Column);
        self.tell(line, place, value, problem);
    }

    /// A name. When its column is read and the cell says nothing, that is told.
    fn name(
        &mut self,
        record: &mut Record<'t>,
        field: Field,
        missing: Option<GradeProblem>,
    ) -> Option<Cow<'t, str>> {
        match self.cell(record, field) {
            Cell::Absent | Cell::Spoiled => None,
            Cell::Empty => {
                if let Some(missing) = missing {
                    self.tell_field(record.number, field, "", Problem::Grade(missing));
                }
                None
            }
            Cell::Text(text) if text.chars().nth(MAX_NAME).is_some() => {
                let problem = Problem::TooLong { most: MAX_NAME };
                self.tell_field(record.number, field, &text, problem);
                None
            }
            Cell::Text(text) => Some(text),
        }
    }

    /// A cell that may say nothing.
    fn value<T>(
        &mut self,
        record: &mut Record<'t>,
        field: Field,
        parse: impl FnOnce(&str) -> Result<T, GradeProblem>,
    ) -> Option<T> {
        match self.cell(record, field) {
            Cell::Text(text) => match parse(&text) {
                Ok(value) => Some(value),
                Err(problem) => {
                    self.tell_field(record.number, field, &text, Problem::Grade(problem));
                    None
                }
            },
            Cell::Absent | Cell::Spoiled | Cell::Empty => None,
        }
    }

    fn form(&mut self, record: &mut Record<'t>) -> Option<Form> {
        let text = self.name(record, MODE, Some(GradeProblem::ModeMissing))?;
        let form = self
            .forms
            .entry(text.clone())
            .or_insert_with(|| reading::form(&text));
        if let Ok(form) = form {
            return Some(*form);
        }
        let problem = Problem::Grade(GradeProblem::ModeUnknown);
        self.tell_field(record.number, MODE, &text, problem);
        None
    }

    /// The mark, or the lack of it; none when a fault was told.
    fn note(&mut self, record: &mut Record<'t>, has_levels: bool) -> Option<NoteCell> {
        let (read, text) = match self.cell(record, NOTE) {
            Cell::Text(text) => (cells::note(&text), text),
            Cell::Empty | Cell::Absent => (Ok(NoteCell::Empty), Cow::Borrowed("")),
            Cell::Spoiled => return None,
        };
        let read = match read {
            Ok(NoteCell::Empty) if self.plan.kind == Kind::Design => Ok(NoteCell::Empty),
            Ok(NoteCell::Empty) if self.plan.kind == Kind::Candidates || !has_levels => {
                Err(GradeProblem::NoteMissing)
            }
            read => read,
        };
        match read {
            Ok(read) => Some(read),
            Err(problem) => {
                self.tell_field(record.number, NOTE, &text, Problem::Grade(problem));
                None
            }
        }
    }

    /// Reads the levels into `scratch`; gives the grid that has some.
    fn levels(&mut self, record: &mut Record<'t>) -> Option<u32> {
        self.scratch.clear();
        let plan = self.plan;
        let mut filled: Option<usize> = None;
        let mut told = false;
        for one in plan.columns {
            let level = match record.cells[one.column].as_bytes() {
                // Most cells.
                [] => None,
                [digit @ b'0'..=b'3'] => Some(digit - b'0'),
                _ => match self.cell_of(record, one.column) {
                    Cell::Text(text) => cells::level(&text).unwrap_or_else(|problem| {
                        let place = Place::Column(one.column);
                        self.tell(record.number, place, &text, Problem::Grade(problem));
                        None
                    }),
                    Cell::Absent | Cell::Spoiled | Cell::Empty => None,
                },
            };
            self.scratch.push(level);
            if level.is_none() {
                continue;
            }
            match filled {
                None => filled = Some(one.grid),
                Some(grid) if grid != one.grid && !told => {
                    told = true;
                    let problem = GradeProblem::TwoGrids {
                        first: plan.grids[grid].code.clone(),
                        second: plan.grids[one.grid].code.clone(),
                    };
                    let place = Place::Column(one.column);
                    self.tell(record.number, place, "", Problem::Grade(problem));
                }
                Some(_) => {}
            }
        }
        filled.map(number)
    }

    /// When the candidate passed; none unless the row says all that its file says of it.
    fn passage(&mut self, record: &mut Record<'t>) -> Option<Passage> {
        let fields = self.plan.fields;
        let has = |field: Field| fields[field.0].is_some();
        if !has(DATE) && !has(HOUR) && !has(ORDER) {
            return None;
        }
        let day = self.value(record, DATE, cells::day);
        let hour = self.value(record, HOUR, cells::hour);
        let order = self.value(record, ORDER, cells::order);
        let complete = has(DATE) == day.is_some()
            && has(HOUR) == hour.is_some()
            && has(ORDER) == order.is_some();
        complete.then(|| {
            (
                day.map(|(day, _)| day),
                hour.or(day.and_then(|(_, hour)| hour)),
                order,
            )
        })
    }

    /// Tells that a candidate, or a grading of a dossier, stands twice.
    fn once(&mut self, line: u64, candidate: u32, commission: u32, grid: Option<u32>) {
        let key = match self.plan.kind {
            Kind::Candidates => (candidate, None),
            // The same dossier under two grids is two dossiers: their lines differ.
            Kind::Anchors | Kind::Design => (candidate, Some((commission, grid))),
        };
        let (elsewhere, first) = *self.heard.entry(key).or_insert((commission, line));
        if first == line {
            return;
        }
        let problem = if elsewhere == commission {
            GradeProblem::CandidateTwice { first }
        } else {
            GradeProblem::CandidateElsewhere { first }
        };
        self.tell_field(line, CANDIDATE, "", Problem::Grade(problem));
    }

    /// Warns when the option names another grid than the one that is filled.
    fn warn_of_other_option(&mut self, line: u64, option: Option<u32>, grid: Option<u32>) {
        let (Some(option), Some(grid)) = (option, grid) else {
            return;
        };
        let grids = self.plan.grids;
        let filled = &grids[grid as usize].code;
        let option = self.lists.options.name(option);
        if filled != option && grids.iter().any(|one| one.code == option) {
            let option = option.to_owned();
            let problem = GradeProblem::OtherOption {
                grid: filled.clone(),
            };
            self.tell_field(line, OPTION, &option, Problem::Grade(problem));
        }
    }

    /// Ranks, and lists without what only rows left out named.
    fn finish(mut self) -> Told {
        passages::rank(self.passages, &mut self.read.rows);
        let lists = self.lists.close(&mut self.read.rows);
        self.read.rows.shrink_to_fit();
        self.read.levels.shrink_to_fit();
        Told { lists, ..self.read }
    }
}
