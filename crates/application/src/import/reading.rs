//! A file against the base.

use std::sync::Arc;

use delos_imports::{
    Import, ImportedCandidate, ImportedExaminer, ImportedSchool, Report, Source, read_candidates,
    read_examiners, read_schools,
};

use super::Handed;
use super::base::{Base, HeldCandidates, HeldExaminers, HeldSchools};
use crate::context::Context;
use crate::error::CommandResult;

/// A file read, with what the base held when it was.
pub struct Reading<T, H> {
    pub import: Import<T>,
    pub held: H,
}

/// A file read against the base.
pub enum Read {
    Schools(Reading<ImportedSchool, HeldSchools>),
    Examiners(Reading<ImportedExaminer, HeldExaminers>),
    Candidates(Reading<ImportedCandidate, HeldCandidates>),
}

impl Read {
    /// The report alone.
    pub fn report(self) -> Report {
        match self {
            Self::Schools(read) => read.import.report,
            Self::Examiners(read) => read.import.report,
            Self::Candidates(read) => read.import.report,
        }
    }

    /// Whether what was decided still stands on what the base holds now.
    pub fn stands_on(&self, now: &Base) -> bool {
        match (self, now) {
            (Self::Schools(read), Base::Schools(now)) => read.held.is_same(now),
            (Self::Examiners(read), Base::Examiners(now)) => read.held.is_same(now),
            (Self::Candidates(read), Base::Candidates(now)) => read.held.is_same(now),
            _ => false,
        }
    }
}

/// Reads a file against what the base holds.
pub async fn read(
    context: &Context,
    base: Base,
    file: &Handed,
    complement: Option<&Handed>,
) -> CommandResult<Read> {
    let (file, complement) = (file.clone(), complement.cloned());
    Ok(match base {
        Base::Schools(held) => {
            let known = Arc::clone(&held.known);
            let import = context
                .lanes
                .long(move || read_schools(&Source::new(&file.name, &file.bytes), &known))
                .await?;
            Read::Schools(Reading { import, held })
        }
        Base::Examiners(held) => {
            let known = Arc::clone(&held.known);
            let import = context
                .lanes
                .long(move || read_examiners(&Source::new(&file.name, &file.bytes), &known))
                .await?;
            Read::Examiners(Reading { import, held })
        }
        Base::Candidates(held) => {
            let known = Arc::clone(&held.known);
            let import = context.lanes.long(move || {
                let second = complement
                    .as_ref()
                    .map(|one| Source::new(&one.name, &one.bytes));
                read_candidates(
                    &Source::new(&file.name, &file.bytes),
                    second.as_ref(),
                    &known,
                )
            });
            let import = import.await?;
            Read::Candidates(Reading { import, held })
        }
    })
}
