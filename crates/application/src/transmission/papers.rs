//! The slip and the receipt on paper, and every file that a transmission holds.

use chrono::{DateTime, Utc};
use delos_documents::assessment as paper;
use delos_documents::assessment::bordereau::{Bordereau, Outcome as Printed, Row, Signature};
use delos_documents::french;
use delos_documents::mail::Attachment;
use delos_domain::actor::Actor;
use delos_domain::bordereau::Outcome;
use delos_domain::calendar::local;
use delos_domain::candidate::Form;
use delos_domain::entry::{Paper, Sheet};
use delos_domain::ids::TransmissionId;
use delos_domain::marks::finalise;
use delos_domain::regulation::Regulation;
use delos_domain::scope::{OpensSealed, ReadBordereau, ReadTransmissions, Scope};
use delos_domain::tracks::dossier::NotValidReason;
use delos_persistence::{Reader, journal, transmissions};

use super::receipt::{Core, ROLE};
use super::{OnSlip, Slip};
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::views::forms::filled::{Filled, explained};

/// A form as the papers name it.
pub(crate) fn form_words(form: Form) -> &'static str {
    match form {
        Form::Ccf => "contrôle en cours de formation",
        Form::Ponctuelle => "forme ponctuelle",
    }
}

/// A candidate's line as it is printed.
pub(crate) fn row<O: OpensSealed>(scope: &Scope<O>, one: &OnSlip, regulation: &Regulation) -> Row {
    let line = &one.line;
    let who = &one.person.identity;
    let borne = who.usage_name.as_deref().unwrap_or(&who.family_name);
    Row {
        number: one.person.candidate.number.to_string(),
        name: format!("{borne} {}", who.given_names),
        option: one.person.candidate.option.code().to_owned(),
        commission: one.sitting.as_ref().map(|one| one.number.to_string()),
        outcome: match line.outcome {
            Outcome::Proposed(mark) => Printed::Proposed(mark.to_string()),
            Outcome::ForceMajeure => Printed::Proposed("0".to_owned()),
            Outcome::NotValid(_) => Printed::Nv,
            Outcome::Absent => Printed::Ab,
            Outcome::Kept => Printed::Kept(String::new()),
            Outcome::Missing => Printed::Missing,
        },
        grid: line.grid,
        sheet: line.sheet,
        visas: u8::try_from(line.visas).unwrap_or(u8::MAX),
        members: u8::try_from(line.members).unwrap_or(u8::MAX),
        remark: remark(scope, one, regulation),
    }
}

fn remark<O: OpensSealed>(
    scope: &Scope<O>,
    one: &OnSlip,
    regulation: &Regulation,
) -> Option<String> {
    let mut said = Vec::new();
    match one.line.outcome {
        Outcome::NotValid(NotValidReason::NoDossier) => {
            said.push("Non valide : absence de dossier.".to_owned());
        }
        Outcome::NotValid(NotValidReason::Late) => {
            said.push("Non valide : dossier déposé hors délai.".to_owned());
        }
        Outcome::ForceMajeure => {
            said.push("Force majeure établie : note 0, diplôme possible.".to_owned());
        }
        Outcome::Proposed(_) => {
            let sheet = one.record.as_ref().map(|record| record.sheet.open(scope));
            said.extend(sheet.and_then(|sheet| penalties(sheet, one, regulation)));
        }
        Outcome::Absent | Outcome::Kept | Outcome::Missing => {}
    }
    if one.line.withheld {
        said.push("Résultat suspendu : suspicion de fraude.".to_owned());
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// How the mark became final, where penalties took of it.
fn penalties(sheet: &Sheet, one: &OnSlip, regulation: &Regulation) -> Option<String> {
    let rules = Paper::of(regulation, one.person.candidate.option).rules;
    let applied = sheet.penalties();
    let made = finalise(sheet.mark()?, &applied, rules).ok()?;
    (made.penalty > 0).then(|| explained(&made.explained(&applied, rules)))
}

/// The papers that the house does not hold yet, and that go with the slip all the same.
pub(super) fn joined(regulation: &Regulation) -> Vec<String> {
    [
        ("expression-des-besoins", "expressions des besoins"),
        ("environnement", "fiches de l’environnement"),
    ]
    .iter()
    .filter_map(|(function, words)| {
        let number = regulation.annexes.get(*function)?;
        Some(format!(
            "Annexe {number}, {words} : jointes avec les papiers."
        ))
    })
    .collect()
}

/// The slip as it stands, or as it was transmitted.
pub(super) fn bordereau(
    slip: &Slip<'_>,
    rows: Vec<Row>,
    at: DateTime<Utc>,
    sent: Option<&Core>,
) -> Bordereau {
    let moment = local(at, slip.zone);
    Bordereau {
        diploma: slip.regulation.diploma.clone(),
        session: slip.session.code.clone(),
        exam: slip.regulation.exam_code.clone(),
        form: form_words(slip.form).to_owned(),
        authority: slip.authority.name.clone(),
        school: slip.place.name.clone(),
        uai: slip.place.school.uai.to_string(),
        city: slip.place.city.clone(),
        drawn_at: moment,
        due: slip.due,
        rows,
        joined: joined(slip.regulation),
        remarks: match sent {
            Some(core) => core.remarks.clone(),
            None => not_sent(slip),
        },
        signature: sent.map(|core| Signature {
            name: core.sender.clone(),
            role: ROLE.to_owned(),
            signed_at: Some(moment),
        }),
        checkpoint: None,
        made_at: at,
    }
}

/// What is said of a slip that has not gone.
fn not_sent(slip: &Slip<'_>) -> Vec<String> {
    let blocked = slip
        .candidates
        .iter()
        .filter(|one| !one.line.blocking.is_empty())
        .count();
    let mut said = vec!["Document de travail : rien n’est encore transmis au jury.".to_owned()];
    match blocked {
        0 => {}
        1 => said.push("Incomplet : il manque quelque chose pour un candidat.".to_owned()),
        n => said.push(format!(
            "Incomplet : il manque quelque chose pour {n} candidats."
        )),
    }
    said
}

/// What is said of a transmission that comes late.
pub(super) fn late_words(due: chrono::NaiveDate, reason: &str) -> String {
    format!(
        "Transmis en retard : la date fixée était le {}. Motif : {}",
        french::date(due),
        reason.trim()
    )
}

/// The slip of a form, in PDF; reading it stands in the journal.
pub async fn bordereau_pdf(
    context: &Context,
    actor: &Actor,
    form: Form,
) -> CommandResult<Attachment> {
    let (name, value) = read(context, actor, form).await?;
    let made = context
        .lanes
        .short(move || paper::bordereau::bordereau(&value))
        .await?;
    let bytes = made.map_err(|error| CommandError::Broken(error.to_string()))?;
    Ok(Attachment {
        name: format!("{name}.pdf"),
        content_type: "application/pdf".to_owned(),
        bytes,
    })
}

/// The slip of a form as a table; reading it stands in the journal.
pub async fn bordereau_csv(
    context: &Context,
    actor: &Actor,
    form: Form,
) -> CommandResult<Attachment> {
    let (name, value) = read(context, actor, form).await?;
    Ok(Attachment {
        name: format!("{name}.csv"),
        content_type: "text/csv; charset=utf-8".to_owned(),
        bytes: paper::bordereau::csv(&value),
    })
}

async fn read(context: &Context, actor: &Actor, form: Form) -> CommandResult<(String, Bordereau)> {
    let scope = actor.scope::<ReadBordereau>(context.today())?;
    let reader = context.db.read();
    let slip = Slip::load(context, &reader, &scope, form).await?;
    let value = match &slip.done {
        None => {
            let rows = rows(&scope, &slip);
            bordereau(&slip, rows, context.now(), None)
        }
        Some(done) => sent(&reader, &scope, &slip, done).await?,
    };
    note(context, &scope, slip.place.school.id.0).await?;
    Ok((slip_name(&slip), value))
}

/// The slip as it was transmitted, whatever has changed since.
async fn sent(
    reader: &Reader,
    scope: &Scope<ReadBordereau>,
    slip: &Slip<'_>,
    done: &transmissions::TransmissionRecord,
) -> CommandResult<Bordereau> {
    let core = Core::read(&done.receipt)?;
    let rows = transmissions::sheets(reader, done.id)
        .await?
        .iter()
        .map(|sheet| {
            serde_json::from_slice(sheet.line.open(scope))
                .map_err(|error| CommandError::Broken(error.to_string()))
        })
        .collect::<CommandResult<Vec<Row>>>()?;
    let mut value = bordereau(slip, rows, done.made_at, Some(&core));
    value.due = core.due;
    value.school.clone_from(&core.school);
    value.city.clone_from(&core.city);
    value.joined = core.joined;
    Ok(value)
}

/// The lines as they are printed.
pub(super) fn rows<O: OpensSealed>(scope: &Scope<O>, slip: &Slip<'_>) -> Vec<Row> {
    let all = slip.candidates.iter();
    all.map(|one| row(scope, one, slip.regulation)).collect()
}

/// The name of a slip's file, without its end.
pub(super) fn slip_name(slip: &Slip<'_>) -> String {
    format!(
        "bordereau-{}-{}-{}-{}",
        slip.regulation.exam_code,
        slip.session.code,
        slip.place.school.uai,
        slip.form.code()
    )
}

/// Whoever reads what is sealed is noted.
pub(crate) async fn note(
    context: &Context,
    scope: &Scope<ReadBordereau>,
    place: uuid::Uuid,
) -> CommandResult<()> {
    let tx = context.db.write().await?;
    let line = journal::Line::done(context.ids.next(), context.now(), scope, vec![place]);
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

/// What one candidate's papers are made of: grid, sheet, with the names of their files.
pub(crate) type Pair = ([String; 2], paper::Grid, paper::Appreciation);

/// The filled papers of everybody who was assessed, in the slip's order.
pub(crate) fn files_of<O: OpensSealed>(
    context: &Context,
    scope: &Scope<O>,
    slip: &Slip<'_>,
) -> CommandResult<Vec<Pair>> {
    let mut all = Vec::new();
    for one in &slip.candidates {
        let (Some(sitting), Some(record)) = (&one.sitting, &one.record) else {
            continue;
        };
        if !one.line.grid {
            continue;
        }
        let filled = Filled {
            sitting,
            person: &one.person,
            regulation: slip.regulation,
            session: &slip.session.code,
            zone: slip.zone,
            members: &one.members,
            sheet: record.sheet.open(scope),
            state: one.tracks.assessment(),
            now: context.now(),
        };
        all.push((filled.file_names(), filled.grid()?, filled.appreciation()));
    }
    Ok(all)
}

/// The receipt of a transmission, in PDF.
pub async fn receipt_pdf(
    context: &Context,
    actor: &Actor,
    id: TransmissionId,
) -> CommandResult<Attachment> {
    let scope = actor.scope::<ReadTransmissions>(context.today())?;
    let record = transmissions::one(&context.db.read(), &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let receipt = Core::read(&record.receipt)?.receipt(&record.hmac)?;
    let made = context
        .lanes
        .short(move || paper::receipt::receipt(&receipt))
        .await?;
    let bytes = made.map_err(|error| CommandError::Broken(error.to_string()))?;
    Ok(Attachment {
        name: format!("accuse-{}.pdf", record.number),
        content_type: "application/pdf".to_owned(),
        bytes,
    })
}
