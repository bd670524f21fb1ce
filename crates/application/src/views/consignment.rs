//! The slip as a head of school reads it: every candidate, what is missing, what goes where and until when it is kept.

use chrono::{DateTime, NaiveDate, Utc};
use delos_documents::assessment::bordereau::Row;
use delos_domain::actor::Actor;
use delos_domain::bordereau::{Blocking, is_late};
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::ids::{CandidateId, SittingId};
use delos_domain::retention::keep_until;
use delos_domain::scope::{ConsignAssessment, ReadBordereau};
use delos_domain::tracks::assessment::State;

use super::transmissions::{TransmissionView, view};
use crate::context::Context;
use crate::error::CommandResult;
use crate::transmission::{Slip, note, row};

/// A slip.
#[derive(Clone, Debug)]
pub struct ConsignmentView {
    /// The form.
    pub form: Form,
    /// The session's code: what is typed to confirm.
    pub session: String,
    /// The épreuve's code.
    pub exam: String,
    /// Name of the school, or of the centre.
    pub school: String,
    /// Its code.
    pub uai: String,
    /// Its town.
    pub city: String,
    /// The authority's date.
    pub due: Option<NaiveDate>,
    /// Whether it is over.
    pub late: bool,
    /// Every candidate, by name.
    pub lines: Vec<LineView>,
    /// How many may be consigned now.
    pub to_consign: usize,
    /// What was transmitted.
    pub transmission: Option<TransmissionView>,
}

/// A candidate.
#[derive(Clone, Debug)]
pub struct LineView {
    /// Who.
    pub candidate: CandidateId,
    /// His sitting, where he was assessed: what his papers are asked by.
    pub sitting: Option<SittingId>,
    /// His option.
    pub option: ExamOption,
    /// As it is printed.
    pub row: Row,
    /// Where his assessment stands.
    pub state: State,
    /// What keeps his line back.
    pub blocking: Vec<Blocking>,
    /// Whether a suspicion withholds his result.
    pub withheld: bool,
    /// When it was taken under the head's responsibility.
    pub consigned_at: Option<DateTime<Utc>>,
    /// Until when its documents are kept, once they are.
    pub keep_until: Option<NaiveDate>,
}

/// The slip of a form; reading it stands in the journal.
pub async fn consignment(
    context: &Context,
    actor: &Actor,
    form: Form,
) -> CommandResult<ConsignmentView> {
    let scope = actor.scope::<ReadBordereau>(context.today())?;
    let slip = Slip::load(context, &context.db.read(), &scope, form).await?;
    let year = slip.session.code.parse().unwrap_or_default();
    let lines: Vec<LineView> = slip
        .candidates
        .iter()
        .map(|one| LineView {
            candidate: one.person.candidate.id,
            sitting: one
                .sitting
                .as_ref()
                .filter(|_| one.line.grid)
                .map(|sitting| sitting.id),
            option: one.person.candidate.option,
            row: row(&scope, one, slip.regulation),
            state: one.tracks.assessment(),
            blocking: one.line.blocking.clone(),
            withheld: one.line.withheld,
            consigned_at: one.consigned.as_ref().map(|kept| kept.at),
            keep_until: one
                .consigned
                .as_ref()
                .and_then(|_| keep_until(one.person.end_of_training, form, year)),
        })
        .collect();
    let may_consign = actor.scope::<ConsignAssessment>(context.today()).is_ok();
    let to_consign = lines
        .iter()
        .filter(|line| may_consign && line.blocking.contains(&Blocking::NotConsigned))
        .count();
    let today = slip.today(context);
    note(context, &scope, slip.place.school.id.0).await?;
    Ok(ConsignmentView {
        form,
        late: slip.done.is_none() && is_late(today, slip.due),
        transmission: slip.done.as_ref().map(view).transpose()?,
        session: slip.session.code,
        exam: slip.regulation.exam_code.clone(),
        school: slip.place.name,
        uai: slip.place.school.uai.to_string(),
        city: slip.place.city,
        due: slip.due,
        lines,
        to_consign,
    })
}
