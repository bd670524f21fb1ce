//! The commission's forms on paper, with one candidate's head and nothing else: what a centre prints beforehand, and what
//! is left when its network drops; [`filled`] with what the commission entered.

pub mod filled;

use chrono::{DateTime, Utc};
use delos_documents::assessment as paper;
use delos_documents::mail::Attachment;
use delos_domain::actor::Actor;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::ids::SittingId;
use delos_domain::regulation::{
    AppreciationSheet, Block, DescriptorRow, FormHead, Grid, Indicator, Line, Regulation,
};
use delos_domain::scope::ReadDay;
use delos_persistence::candidates::CandidateRecord;
use delos_persistence::sittings::DatedSitting;
use delos_persistence::{candidates, examiners, plans, sessions, sittings};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// Whom a form is for.
struct Head {
    regulation: Regulation,
    /// Year of the session.
    session: String,
    option: ExamOption,
    number: String,
    members: Vec<String>,
    identity: paper::Identity,
}

/// The grid of a sitting's candidate (annexe 9-5), to fill in by hand.
pub async fn grid(context: &Context, actor: &Actor, id: SittingId) -> CommandResult<Attachment> {
    let head = read(context, actor, id).await?;
    let form = head.regulation.assessment.grid(head.option);
    let value = blank_grid(&head, form.ok_or(CommandError::NotFound)?, context.now());
    let made = context
        .lanes
        .short(move || paper::grid::grid(&value))
        .await?;
    file("grille", &head, made)
}

/// The appreciation sheet of a sitting's candidate (annexe 9-6), to fill in by hand.
pub async fn appreciation(
    context: &Context,
    actor: &Actor,
    id: SittingId,
) -> CommandResult<Attachment> {
    let head = read(context, actor, id).await?;
    let value = blank_sheet(&head, context.now());
    let made = context
        .lanes
        .short(move || paper::appreciation::appreciation(&value))
        .await?;
    file("appreciation", &head, made)
}

fn file(
    kind: &str,
    head: &Head,
    made: Result<Vec<u8>, delos_documents::DocumentError>,
) -> CommandResult<Attachment> {
    let bytes = made.map_err(|error| CommandError::Broken(error.to_string()))?;
    Ok(Attachment {
        name: head.file_name(kind),
        content_type: "application/pdf".to_owned(),
        bytes,
    })
}

async fn read(context: &Context, actor: &Actor, id: SittingId) -> CommandResult<Head> {
    let scope = actor.scope::<ReadDay>(context.today())?;
    let reader = context.db.read();
    let sitting = sittings::one(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let person = candidates::named(&reader, &[sitting.candidate])
        .await?
        .pop()
        .ok_or(CommandError::NotFound)?;
    let commissions = plans::commissions(&reader, sitting.plan).await?;
    let commission = commissions.iter().find(|one| one.id == sitting.commission);
    let ids = commission.map_or(&[][..], |one| &one.members);
    let members = examiners::by_ids(&reader, ids).await?;
    let session = sessions::by_id(&reader, sitting.session)
        .await?
        .ok_or(CommandError::NotFound)?;
    let regulation = context
        .regulation(&session.regulation)
        .ok_or(CommandError::NotFound)?;
    // In the order of the commission.
    let members = ids
        .iter()
        .filter_map(|id| members.iter().find(|one| one.id == *id))
        .map(|one| one.identity.full_name())
        .collect();
    Ok(Head::of(
        regulation,
        session.code,
        &sitting,
        &person,
        members,
    ))
}

impl Head {
    fn of(
        regulation: &Regulation,
        session: String,
        sitting: &DatedSitting,
        person: &CandidateRecord,
        members: Vec<String>,
    ) -> Self {
        Self {
            regulation: regulation.clone(),
            session,
            option: person.candidate.option,
            number: person.candidate.number.to_string(),
            members,
            identity: paper::Identity {
                name: Some(person.identity.full_name()),
                number: Some(person.candidate.number.to_string()),
                form: Some(match person.candidate.form {
                    Form::Ccf => paper::Form::Ccf,
                    Form::Ponctuelle => paper::Form::Ponctuelle,
                }),
                commission: Some(sitting.number.to_string()),
                options: Vec::new(),
                date: Some(sitting.day),
            },
        }
    }

    /// The name of its file of a kind.
    fn file_name(&self, kind: &str) -> String {
        let code = &self.regulation.exam_code;
        format!("{kind}-{code}-{}-{}.pdf", self.session, self.number)
    }

    fn diploma(&self) -> String {
        self.regulation.diploma.to_uppercase()
    }

    /// « SESSION 2027 ».
    fn session_line(&self, head: &FormHead) -> String {
        format!("{} {}", head.session, self.session)
    }

    /// The identity, with the boxes of the options where the form has some.
    fn identity(&self, head: &FormHead) -> paper::Identity {
        let tick = |(option, label): (&ExamOption, &String)| paper::Tick {
            label: label.clone(),
            ticked: *option == self.option,
        };
        paper::Identity {
            options: head.options.iter().map(tick).collect(),
            ..self.identity.clone()
        }
    }
}

fn blank_grid(head: &Head, grid: &Grid, made_at: DateTime<Utc>) -> paper::Grid {
    let (front, back) = (&grid.front, &grid.back);
    paper::Grid {
        form: paper::GridForm {
            diploma: head.diploma(),
            session: head.session_line(&grid.head),
            recto: front.title.clone(),
            subtitles: grid.head.exams.clone(),
            verso: back.title.clone(),
            proposal: front.proposal.clone(),
            notices: front.proposal_notices.clone(),
            mark: grid.head.mark.clone(),
            penalties: front.penalties_title.clone(),
            penalty_notices: front.penalty_notices.clone(),
            final_mark: front.final_mark.clone(),
            report: front.report.clone(),
            descriptors_title: grid.scale.title.clone(),
            levels: grid.scale.labels.clone(),
            descriptors: grid.scale.descriptors.iter().map(row).collect(),
            competences: back.competences.clone().unwrap_or_default(),
            levels_title: back.levels.clone(),
            indicators: back.indicators.clone(),
        },
        identity: head.identity(&grid.head),
        members: head.members.clone(),
        statement: None,
        mark: None,
        final_mark: None,
        explanation: None,
        penalties: front
            .penalties
            .iter()
            .map(|one| paper::Penalty {
                label: one.text.clone(),
                points: String::new(),
                applied: None,
                reason: None,
            })
            .collect(),
        blocks: back.blocks.iter().map(block).collect(),
        made_at,
    }
}

fn row(row: &DescriptorRow) -> [String; 5] {
    row.cells.clone().map(Option::unwrap_or_default)
}

fn block(block: &Block) -> paper::Block {
    paper::Block {
        // Where the boxes stand in the block's own row, its words are those of its line.
        label: (!block.boxes).then(|| block.label.clone()),
        lines: block.lines.iter().map(line).collect(),
        indicators: block.indicators.iter().map(indicator).collect(),
    }
}

fn line(line: &Line) -> paper::Line {
    paper::Line {
        label: line.label.clone(),
        sublines: line.sub_lines.clone(),
        ticked: None,
    }
}

fn indicator(one: &Indicator) -> paper::Indicator {
    paper::Indicator {
        text: one.text.clone(),
        points: one.details.clone(),
    }
}

fn blank_sheet(head: &Head, made_at: DateTime<Utc>) -> paper::Appreciation {
    let sheet: &AppreciationSheet = &head.regulation.assessment.appreciation;
    paper::Appreciation {
        form: paper::AppreciationForm {
            diploma: head.diploma(),
            session: head.session_line(&sheet.head),
            title: sheet.title.clone(),
            subtitles: sheet.head.exams.clone(),
            appreciation: sheet.appreciation.clone(),
            mark: sheet.head.mark.clone(),
            visa: sheet.visas.clone(),
        },
        identity: head.identity(&sheet.head),
        statement: None,
        parts: sheet
            .parts
            .iter()
            .map(|part| paper::Part {
                title: part.title.clone(),
                heading: part.observations.clone(),
                observations: String::new(),
            })
            .collect(),
        appreciation: String::new(),
        boxes: sheet
            .boxes
            .iter()
            .map(|one| paper::Tick {
                label: one.label.clone(),
                ticked: false,
            })
            .collect(),
        mark: None,
        visas: head
            .members
            .iter()
            .map(|name| paper::Visa {
                name: name.clone(),
                given_at: None,
            })
            .collect(),
        made_at,
    }
}
