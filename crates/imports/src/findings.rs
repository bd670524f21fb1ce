//! Faults gathered while reading, then told in the order of the file.

use crate::problem::Problem;
use crate::report::{Fault, MAX_TOLD};
use crate::words::visible;

/// One of the two files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Part {
    Main,
    Complement,
}

/// Where in a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Place {
    /// The row, or the file.
    Whole,
    /// A column of the file.
    Column(usize),
    /// A column that the file lacks.
    Lacking(&'static str),
}

/// Where in the files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct At {
    pub part: Part,
    pub line: u64,
    pub place: Place,
}

struct Found {
    at: At,
    value: String,
    problem: Problem,
}

/// What was found so far.
#[derive(Default)]
pub(crate) struct Findings {
    errors: Vec<Found>,
    warnings: Vec<Found>,
    errors_untold: u64,
    warnings_untold: u64,
    row_blocked: bool,
}

/// Faults and warnings, told, with how many are not.
pub(crate) struct Told {
    pub errors: Vec<Fault>,
    pub warnings: Vec<Fault>,
    pub errors_untold: u64,
    pub warnings_untold: u64,
}

impl Findings {
    /// Notes a problem.
    pub fn add(&mut self, at: At, value: &str, problem: Problem) {
        let (told, untold) = if problem.blocks() {
            self.row_blocked = true;
            (&mut self.errors, &mut self.errors_untold)
        } else {
            (&mut self.warnings, &mut self.warnings_untold)
        };
        if told.len() < MAX_TOLD {
            told.push(Found {
                at,
                value: visible(value),
                problem,
            });
        } else {
            *untold += 1;
        }
    }

    /// Begins a row: nothing blocks it yet.
    pub fn begin_row(&mut self) {
        self.row_blocked = false;
    }

    /// Blocks the row for what was told of it before.
    pub fn block_row(&mut self) {
        self.row_blocked = true;
    }

    /// Whether something blocks the row begun last.
    pub fn row_is_blocked(&self) -> bool {
        self.row_blocked
    }

    /// Tells everything in the order of the files, with the headers as written; `files` names them when there are two.
    pub fn tell(self, headers: [&[String]; 2], files: Option<[&str; 2]>) -> Told {
        let tell = |mut found: Vec<Found>| {
            found.sort_by_key(|one| one.at);
            found
                .into_iter()
                .map(|Found { at, value, problem }| {
                    let (message, remedy) = problem.told();
                    let part = at.part as usize;
                    Fault {
                        file: files.map(|files| files[part].to_owned()),
                        line: at.line,
                        column: match at.place {
                            Place::Whole => String::new(),
                            Place::Column(index) => {
                                headers[part].get(index).cloned().unwrap_or_default()
                            }
                            Place::Lacking(label) => label.to_owned(),
                        },
                        value,
                        code: problem.code().into(),
                        message,
                        remedy,
                    }
                })
                .collect()
        };
        Told {
            errors: tell(self.errors),
            warnings: tell(self.warnings),
            errors_untold: self.errors_untold,
            warnings_untold: self.warnings_untold,
        }
    }
}
