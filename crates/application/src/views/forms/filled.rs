//! The grid and the appreciation sheet with what the commission entered.
//!
//! Invariant: of an assessment that has ended the same content gives the same bytes, whoever asks and whenever: what a
//! receipt says of a file can be held against the file.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use delos_documents::assessment as paper;
use delos_documents::assessment::grid::Box5;
use delos_documents::mail::Attachment;
use delos_domain::actor::Actor;
use delos_domain::calendar::local;
use delos_domain::entry::{Paper, Sheet};
use delos_domain::ids::SittingId;
use delos_domain::marks::{Explanation, finalise};
use delos_domain::regulation::{AppreciationSheet, Grid, Regulation};
use delos_domain::scope::{Reach, ReadAssessment};
use delos_domain::tracks::assessment::State;
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::sittings::{self, DatedSitting};
use delos_persistence::{assessments, sessions};

use super::{Head, blank_grid, blank_sheet, file};
use crate::assessment::{regulation, zone_of};
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::transmission::Signed;
use crate::views::assessment::note_reading;

/// What a copy says that is of no validated assessment.
const DRAFT: &str = "PROJET : la commission n’a pas encore validé cette évaluation. Ce document ne vaut pas transmission.";

/// Everything that the filled papers of one candidate are made of.
pub(crate) struct Filled<'a> {
    /// Of which sitting.
    pub sitting: &'a DatedSitting,
    /// Whose.
    pub person: &'a CandidateRecord,
    /// Under which rules.
    pub regulation: &'a Regulation,
    /// Year of the session.
    pub session: &'a str,
    /// Zone of the centre.
    pub zone: Tz,
    /// Members, with the visas that stand.
    pub members: &'a [Signed],
    /// What was entered.
    pub sheet: &'a Sheet,
    /// Where the assessment stands.
    pub state: State,
    /// Now: what a draft bears.
    pub now: DateTime<Utc>,
}

/// The grid of a sitting's candidate as it was filled in.
pub async fn grid(context: &Context, actor: &Actor, id: SittingId) -> CommandResult<Attachment> {
    let (head, value) = read(context, actor, id, |filled| {
        Ok((filled.head(), filled.grid()?))
    })
    .await?;
    let made = context
        .lanes
        .short(move || paper::grid::grid(&value))
        .await?;
    file("grille", &head, made)
}

/// The appreciation sheet of a sitting's candidate as it was filled in.
pub async fn appreciation(
    context: &Context,
    actor: &Actor,
    id: SittingId,
) -> CommandResult<Attachment> {
    let (head, value) = read(context, actor, id, |filled| {
        Ok((filled.head(), filled.appreciation()))
    })
    .await?;
    let made = context
        .lanes
        .short(move || paper::appreciation::appreciation(&value))
        .await?;
    file("appreciation", &head, made)
}

/// Reads an assessment as its commission and the head of school may; whoever has not written it leaves a line.
async fn read<T>(
    context: &Context,
    actor: &Actor,
    id: SittingId,
    make: impl FnOnce(&Filled<'_>) -> CommandResult<T>,
) -> CommandResult<T> {
    let scope = actor.scope::<ReadAssessment>(context.today())?;
    let reader = context.db.read();
    let sitting = sittings::one(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let person = candidates::named(&reader, &[sitting.candidate])
        .await?
        .pop()
        .ok_or(CommandError::NotFound)?;
    let session = sessions::by_id(&reader, sitting.session)
        .await?
        .ok_or(CommandError::NotFound)?;
    let regulation = regulation(context, &reader, &sitting).await?;
    let record = assessments::of_sittings(&reader, &[id]).await?.remove(&id);
    let blank = Sheet::default();
    let sheet = record
        .as_ref()
        .map_or(&blank, |record| record.sheet.open(&scope));
    let members = crate::transmission::signed(&reader, &sitting, record.as_ref()).await?;
    let filled = Filled {
        zone: zone_of(&reader, &sitting).await?,
        sitting: &sitting,
        person: &person,
        regulation,
        session: &session.code,
        members: &members,
        sheet,
        state: State::from_code(&person.states.assessment)
            .ok_or_else(|| CommandError::Broken("an unknown state".to_owned()))?,
        now: context.now(),
    };
    let made = make(&filled)?;
    if !matches!(scope.reach(), Reach::Examiner { .. }) {
        note_reading(context, &scope, &sitting).await?;
    }
    Ok(made)
}

impl Filled<'_> {
    /// Whether the commission has ended.
    fn ended(&self) -> bool {
        !matches!(self.state, State::Open | State::Closed)
    }

    /// When the paper was made: with the last visa, where there is one.
    fn made_at(&self) -> DateTime<Utc> {
        let last = self.members.iter().filter_map(|one| one.given_at).max();
        last.filter(|_| self.ended()).unwrap_or(self.now)
    }

    fn head(&self) -> Head {
        let names = self.members.iter().map(|one| one.name.clone()).collect();
        let session = self.session.to_owned();
        Head::of(self.regulation, session, self.sitting, self.person, names)
    }

    /// The names of both files: grid, sheet.
    pub fn file_names(&self) -> [String; 2] {
        let head = self.head();
        [head.file_name("grille"), head.file_name("appreciation")]
    }

    fn statement(&self) -> Option<String> {
        (!self.ended()).then(|| DRAFT.to_owned())
    }

    /// The grid.
    pub fn grid(&self) -> CommandResult<paper::Grid> {
        let forms = Paper::of(self.regulation, self.person.candidate.option);
        let form = forms.grid().ok_or(CommandError::NotFound)?;
        let head = self.head();
        let mut value = blank_grid(&head, form, self.made_at());
        value.statement = self.statement();
        self.tick(form, &mut value);
        let penalties = self.sheet.penalties();
        for (line, printed) in form.front.penalties.iter().zip(&mut value.penalties) {
            if let Some(applied) = penalties.iter().find(|one| one.code == line.code) {
                printed.applied = Some(applied.points);
                let reason = applied.reason.trim();
                printed.reason = (!reason.is_empty()).then(|| reason.to_owned());
            }
        }
        if let Some(proposed) = self.sheet.mark() {
            value.mark = Some(proposed.to_string());
            if let Ok(made) = finalise(proposed, &penalties, forms.rules) {
                value.final_mark = Some(made.value.to_string());
                value.explanation = Some(explained(&made.explained(&penalties, forms.rules)));
            }
        }
        Ok(value)
    }

    /// A box a line; of an assessment that has ended a line that nobody touched is « Non évalué ».
    fn tick(&self, form: &Grid, value: &mut paper::Grid) {
        let profile = self.sheet.profile(form);
        let untouched: Vec<&str> = profile.untouched().collect();
        let lines = value.blocks.iter_mut().flat_map(|block| &mut block.lines);
        for ((_, line), printed) in form.lines().zip(lines) {
            if self.ended() || !untouched.contains(&line.code.as_str()) {
                let column = profile.value(&line.code).column();
                printed.ticked = u8::try_from(column)
                    .ok()
                    .and_then(|place| Box5::try_from(place).ok());
            }
        }
    }

    /// The appreciation sheet, with the final mark: what 9-6 carries.
    pub fn appreciation(&self) -> paper::Appreciation {
        let form: &AppreciationSheet = &self.regulation.assessment.appreciation;
        let written = self.sheet.written(form);
        let penalties = self.sheet.penalties();
        let mut value = blank_sheet(&self.head(), self.made_at());
        value.statement = self.statement();
        for (part, printed) in form.parts.iter().zip(&mut value.parts) {
            written
                .text(&part.code)
                .clone_into(&mut printed.observations);
        }
        written
            .text(AppreciationSheet::APPRECIATION)
            .clone_into(&mut value.appreciation);
        for (one, printed) in form.boxes.iter().zip(&mut value.boxes) {
            printed.ticked = written.boxes().any(|code| code == one.code)
                || penalties.iter().any(|penalty| penalty.code == one.penalty);
        }
        value.mark = self.sheet.mark().and_then(|proposed| {
            let made = finalise(proposed, &penalties, &self.regulation.mark).ok()?;
            Some(made.value.to_string())
        });
        value.visas = self
            .members
            .iter()
            .map(|one| paper::Visa {
                name: one.name.clone(),
                given_at: one.given_at.map(|at| self.local(at)),
            })
            .collect();
        value
    }

    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        local(at, self.zone)
    }
}

/// « 13,5 arrondi au point supérieur : 14 ; pénalité de 10 points : il reste 4. »
pub(crate) fn explained(steps: &Explanation<'_>) -> String {
    let mut sentence = match steps.rounded {
        Some(rounded) => format!("{} arrondi au point supérieur : {rounded}", steps.proposed),
        None => format!("Note proposée : {}", steps.proposed),
    };
    if steps.total > 0 {
        let (what, points) = (
            if steps.penalties.len() > 1 {
                "pénalités"
            } else {
                "pénalité"
            },
            if steps.total > 1 { "points" } else { "point" },
        );
        let end = if steps.floored {
            "la note s’arrête à 0".to_owned()
        } else {
            format!("il reste {}", steps.value)
        };
        let taken = format!(" ; {what} de {} {points} : {end}", steps.total);
        sentence.push_str(&taken);
    }
    sentence.push('.');
    sentence
}
