//! The recapitulative slip: what it holds of each candidate, what keeps it from going to the jury, and whether it may go.
//!
//! Annexe 9: « bordereau récapitulatif pour l’ensemble des candidats », with the grid and the appreciation sheet of each, at
//! the date fixed by the authority, under the head of school's responsibility.
//! Invariant: NV, AB and a kept mark are states, never numbers; a withheld result stays on the slip and keeps nothing back.

use chrono::NaiveDate;

use crate::ids::ExaminerId;
use crate::tracks::{Tracks, assessment, dossier, sitting};
use crate::visa::{ContentDigest, Visa, visas_missing};

/// What became of a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The final mark of what the commission proposes.
    Proposed(u8),
    /// Mark 0: force majeure is established, the diploma stays possible (code de l'éducation, D643-24).
    ForceMajeure,
    /// « Non valide », with its reason.
    NotValid(dossier::NotValidReason),
    /// Absent.
    Absent,
    /// A mark of an earlier session is kept.
    Kept,
    /// Nothing to say of him yet.
    Missing,
}

/// What keeps a candidate's line from going to the jury.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Blocking {
    /// His sitting is ahead, or he has none.
    NotInterrogated,
    /// What his absence entails is not ruled on.
    AbsenceNotRuled,
    /// Another date is due to him.
    NewDateDue,
    /// The commission has not ended.
    NotValidated,
    /// Nothing is written of him, and an appreciation is obligatory whatever the mark (annexe 9-6).
    AppreciationMissing,
    /// A member has not given his visa.
    VisaMissing,
    /// The head of school has not taken it under his responsibility.
    NotConsigned,
    /// What stands there is not what was put a visa to, or consigned.
    Altered,
}

impl Blocking {
    /// Every cause with its code.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::NotInterrogated, "not_interrogated"),
        (Self::AbsenceNotRuled, "absence_not_ruled"),
        (Self::NewDateDue, "new_date_due"),
        (Self::NotValidated, "not_validated"),
        (Self::AppreciationMissing, "appreciation_missing"),
        (Self::VisaMissing, "visa_missing"),
        (Self::NotConsigned, "not_consigned"),
        (Self::Altered, "altered"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        crate::school::code_of(&Self::ALL, self)
    }
}

/// What is known of a candidate.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Where he stands.
    pub tracks: Tracks,
    /// The final mark that follows from what stands there.
    pub final_mark: Option<u8>,
    /// Whether the appreciation is written.
    pub appreciation: bool,
    /// What a visa would cover now.
    pub content: Option<ContentDigest>,
    /// Members of his commission.
    pub members: &'a [ExaminerId],
    /// Visas that stand.
    pub visas: &'a [Visa],
    /// Whether the content is the one that was consigned; none when nothing was.
    pub as_consigned: Option<bool>,
}

/// A line of the slip.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What became of him.
    pub outcome: Outcome,
    /// Whether a grid goes with it.
    pub grid: bool,
    /// Whether an appreciation sheet goes with it.
    pub sheet: bool,
    /// Visas of what stands there now.
    pub visas: usize,
    /// Members whose visa is wanted; none where nobody was interrogated.
    pub members: usize,
    /// Whether a suspicion of fraud withholds the result.
    pub withheld: bool,
    /// What keeps it back, in order.
    pub blocking: Vec<Blocking>,
}

/// The line of a candidate.
pub fn line(known: &Known<'_>) -> Line {
    let tracks = known.tracks;
    let settled = |outcome| Line {
        outcome,
        grid: false,
        sheet: false,
        visas: 0,
        members: 0,
        withheld: tracks.is_withheld(),
        blocking: Vec::new(),
    };
    let waiting = |why| Line {
        blocking: vec![why],
        ..settled(Outcome::Missing)
    };
    if let dossier::State::NotValid(reason) = tracks.dossier() {
        return settled(Outcome::NotValid(reason));
    }
    if tracks.keeps_mark() {
        return settled(Outcome::Kept);
    }
    match tracks.sitting().state() {
        sitting::State::DeclaredAbsent => settled(Outcome::Absent),
        sitting::State::ForceMajeure => settled(Outcome::ForceMajeure),
        sitting::State::Absent => waiting(Blocking::AbsenceNotRuled),
        sitting::State::NewSittingDue => waiting(Blocking::NewDateDue),
        sitting::State::Sat => assessed(known),
        sitting::State::Unplanned
        | sitting::State::Planned
        | sitting::State::Convoked
        | sitting::State::Closed => waiting(Blocking::NotInterrogated),
    }
}

fn assessed(known: &Known<'_>) -> Line {
    use assessment::State;
    let state = known.tracks.assessment();
    let ended = !matches!(state, State::Open | State::Closed);
    let missing = known.content.map_or(known.members.len(), |content| {
        visas_missing(known.members, known.visas, content).len()
    });
    let of_another = |visa: &Visa| Some(visa.content) != known.content;
    let altered = known.visas.iter().any(of_another) || known.as_consigned == Some(false);
    let mut blocking = Vec::new();
    if !ended {
        blocking.push(Blocking::NotValidated);
    }
    if !known.appreciation {
        blocking.push(Blocking::AppreciationMissing);
    }
    let visas_missing = missing > 0 || known.members.is_empty();
    if ended && altered {
        blocking.push(Blocking::Altered);
    } else {
        match state {
            State::Validated => blocking.push(Blocking::VisaMissing),
            _ if ended && visas_missing => blocking.push(Blocking::VisaMissing),
            State::VisasComplete => blocking.push(Blocking::NotConsigned),
            // Its state says that it is kept, and no trace of what was kept is left.
            State::Consigned | State::Transmitted if known.as_consigned.is_none() => {
                blocking.push(Blocking::Altered);
            }
            _ => {}
        }
    }
    let outcome = match known.final_mark.filter(|_| ended) {
        Some(mark) => Outcome::Proposed(mark),
        None => Outcome::Missing,
    };
    if outcome == Outcome::Missing && blocking.is_empty() {
        blocking.push(Blocking::Altered);
    }
    blocking.sort_unstable();
    Line {
        outcome,
        grid: ended,
        sheet: ended && known.appreciation,
        visas: known.members.len() - missing,
        members: known.members.len(),
        withheld: known.tracks.is_withheld(),
        blocking,
    }
}

/// What is asked when a slip is to go to the jury.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Its lines.
    pub lines: &'a [Line],
    /// Whether this place has transmitted this form.
    pub transmitted: bool,
    /// The day, on the clocks of the school.
    pub today: NaiveDate,
    /// The authority's date; none while it has fixed none.
    pub due: Option<NaiveDate>,
    /// Why it comes late, where it does.
    pub reason: &'a str,
    /// What was typed to confirm.
    pub typed: &'a str,
    /// What was to be typed: the session's code.
    pub code: &'a str,
}

/// Why a slip does not go.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// It went already.
    #[error("transmitted already")]
    Already,
    /// It holds nobody.
    #[error("no candidate")]
    Empty,
    /// A content is not what was consigned.
    #[error("a content was altered")]
    Altered,
    /// Something is missing.
    #[error("incomplete")]
    Incomplete,
    /// What was typed is not what was to be typed.
    #[error("not confirmed")]
    NotConfirmed,
    /// The authority's date is over, and no reason is given.
    #[error("late without a reason")]
    Late,
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Already => "transmission_done",
            Self::Empty => "transmission_empty",
            Self::Altered => "transmission_altered",
            Self::Incomplete => "transmission_incomplete",
            Self::NotConfirmed => "transmission_not_confirmed",
            Self::Late => "transmission_late",
        }
    }
}

/// Whether a day comes after the authority's.
pub fn is_late(today: NaiveDate, due: Option<NaiveDate>) -> bool {
    due.is_some_and(|due| today > due)
}

/// Whether a slip may go; says whether it is late.
///
/// # Errors
/// [`Refused`], in the order of its kinds: nobody is asked for a reason of what could not go anyway.
pub fn may_transmit(request: &Request<'_>) -> Result<bool, Refused> {
    if request.transmitted {
        return Err(Refused::Already);
    }
    if request.lines.is_empty() {
        return Err(Refused::Empty);
    }
    let blocked = |why: Blocking| request.lines.iter().any(|one| one.blocking.contains(&why));
    if blocked(Blocking::Altered) {
        return Err(Refused::Altered);
    }
    if request.lines.iter().any(|one| !one.blocking.is_empty()) {
        return Err(Refused::Incomplete);
    }
    if request.typed.trim() != request.code {
        return Err(Refused::NotConfirmed);
    }
    let late = is_late(request.today, request.due);
    if late && request.reason.trim().is_empty() {
        return Err(Refused::Late);
    }
    Ok(late)
}

#[cfg(test)]
mod tests;
