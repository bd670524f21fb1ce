//! « Transmettre au jury »: everything of a slip at once, by the head alone, once; read-only afterwards.

use chrono::{DateTime, Utc};
use delos_documents::DocumentError;
use delos_documents::assessment as paper;
use delos_documents::assessment::ReceiptFile;
use delos_documents::assessment::bordereau::{Bordereau, Row};
use delos_documents::convocation::{Exam, Issuer, Words};
use delos_documents::mail::{Payload, TransmissionReceipt};
use delos_domain::actor::Actor;
use delos_domain::bordereau::{Outcome, Refused, Request, may_transmit};
use delos_domain::calendar::local;
use delos_domain::candidate::Form;
use delos_domain::ids::{MessageId, TransmissionId};
use delos_domain::scope::{Scope, TransmitToJury};
use delos_domain::sealed::Sealed;
use delos_domain::tracks::{assessment, sitting};
use delos_persistence::accounts::{self, AccountRecord};
use delos_persistence::consignments::hexadecimal;
use delos_persistence::envelope::{self, CohortKey};
use delos_persistence::outbox::{self, About, NewMessage};
use delos_persistence::transmissions::{self, Counts, SheetRecord, TransmissionRecord};
use delos_persistence::{Transaction, candidates, journal};

use super::papers::{self, Pair};
use super::receipt::{Core, code_of, digest};
use super::{OnSlip, Slip};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;
use crate::outgoing::Outgoing;
use crate::tracks_of;

/// Most characters of a reason.
const LONGEST_REASON: usize = 2_000;
/// Names of candidates that a refusal says.
const NAMED: usize = 5;
/// Priority of what somebody waits for, after what concerns a sitting.
const PRIORITY: i64 = 2;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Transmit {
    /// Of which form.
    pub form: Form,
    /// The session's code, typed to confirm.
    pub typed: String,
    /// Why it comes late, where it does.
    pub late_reason: String,
}

/// Sends a slip to the jury with everything that goes with it.
///
/// # Errors
/// Refuses with `transmission_done`, `transmission_empty`, `transmission_altered` and `transmission_incomplete` (with
/// names), `transmission_not_confirmed` (with what was to be typed), `transmission_late` (with the date),
/// `text_too_long`.
pub async fn transmit(
    context: &Context,
    actor: &Actor,
    asked: &Transmit,
) -> CommandResult<TransmissionId> {
    retrying(|| transmit_once(context, actor, asked)).await
}

/// What was made before the transaction: papers take long.
struct Made {
    rows: Vec<Row>,
    files: Vec<ReceiptFile>,
    late: bool,
    at: DateTime<Utc>,
    id: TransmissionId,
    core: Core,
}

async fn transmit_once(
    context: &Context,
    actor: &Actor,
    asked: &Transmit,
) -> CommandResult<TransmissionId> {
    let scope = actor.scope::<TransmitToJury>(context.today())?;
    let reason = asked.late_reason.trim();
    if reason.chars().count() > LONGEST_REASON {
        return Err(Refusal::new("text_too_long")
            .with("most", LONGEST_REASON)
            .into());
    }
    let before = Slip::load(context, &context.db.read(), &scope, asked.form).await?;
    let late = may(context, &before, asked)?;
    let key = envelope::session_key(&context.db.read(), scope.session().0).await?;
    let mut made = make(context, &scope, &before, (late, reason), &key).await?;

    let tx = context.db.write().await?;
    let slip = Slip::load(context, &tx, &scope, asked.form).await?;
    may(context, &slip, asked)?;
    // Papers were made of what was read before: it must be what is sent.
    let rows = papers::rows(&scope, &slip);
    if rows != made.rows || !same_contents(&before, &slip) {
        return Err(CommandError::Conflict);
    }
    let sheets = lines(context, &key, &slip, &rows)?;
    made.core.lines = sheets.iter().map(|one| one.hmac.clone()).collect();
    let receipt = made.core.bytes()?;
    let hmac = Core::hmac(&key, &receipt);
    let record = TransmissionRecord {
        id: made.id,
        session: slip.session.id,
        authority: slip.authority.id,
        school: (slip.form == Form::Ccf).then_some(slip.place.school.id),
        centre: slip.place.school.id,
        form: slip.form,
        number: made.core.number.clone(),
        made_by: scope.account(),
        made_at: made.at,
        due: slip.due,
        late: made.late,
        counts: counts(&slip),
        receipt,
        hmac,
    };
    transmissions::insert(&tx, &scope, &key, &record, &sheets).await?;
    for one in &slip.candidates {
        move_on(&tx, one).await?;
    }
    let told = mail(context, &tx, &slip, &record, &made).await?;
    let mut subjects = vec![record.id.0];
    subjects.extend(slip.candidates.iter().map(|one| one.person.candidate.id.0));
    let mut line = journal::Line::done(context.ids.next(), made.at, &scope, subjects);
    line.change = Some((String::new(), record.hmac.clone()));
    journal::add(&tx, line).await?;
    let id = tx.commit(record.id).await?.into_inner();
    context.signals.ring().await;
    let mut changes = Change::messages(&told);
    changes.extend(
        slip.candidates
            .iter()
            .filter(|one| one.standing)
            .filter_map(|one| one.sitting.as_ref())
            .map(|sitting| Change::Assessment(sitting.id)),
    );
    context.told(&changes);
    Ok(id)
}

/// Whether a slip may go; says whether it is late.
fn may(context: &Context, slip: &Slip<'_>, asked: &Transmit) -> Result<bool, Refusal> {
    let lines = slip.lines();
    let request = Request {
        lines: &lines,
        transmitted: slip.done.is_some(),
        today: slip.today(context),
        due: slip.due,
        reason: &asked.late_reason,
        typed: &asked.typed,
        code: &slip.session.code,
    };
    may_transmit(&request).map_err(|refused| {
        let refusal = Refusal::new(refused.code());
        match refused {
            Refused::Already => match &slip.done {
                Some(done) => refusal.with("number", &done.number),
                None => refusal,
            },
            Refused::NotConfirmed => refusal.with("code", &slip.session.code),
            Refused::Late => match slip.due {
                Some(due) => refusal.with("day", due),
                None => refusal,
            },
            Refused::Altered => named(refusal, slip, |line| {
                line.blocking
                    .contains(&delos_domain::bordereau::Blocking::Altered)
            }),
            Refused::Incomplete => named(refusal, slip, |line| !line.blocking.is_empty()),
            Refused::Empty => refusal,
        }
    })
}

/// With how many candidates, and the first of them by name.
fn named(
    refusal: Refusal,
    slip: &Slip<'_>,
    which: impl Fn(&delos_domain::bordereau::Line) -> bool,
) -> Refusal {
    let names: Vec<String> = slip
        .candidates
        .iter()
        .filter(|one| which(&one.line))
        .map(|one| one.person.identity.full_name())
        .collect();
    let said = names.iter().take(NAMED).cloned().collect::<Vec<_>>();
    refusal
        .with("count", names.len())
        .with("names", said.join(", "))
}

/// Whether two readings hold the same contents.
fn same_contents(before: &Slip<'_>, now: &Slip<'_>) -> bool {
    let contents = |slip: &Slip<'_>| -> Vec<_> {
        slip.candidates
            .iter()
            .map(|one| (one.person.candidate.id, one.content, one.consigned.clone()))
            .collect()
    };
    contents(before) == contents(now)
}

/// Makes every paper, and what the receipt says of them.
async fn make(
    context: &Context,
    scope: &Scope<TransmitToJury>,
    slip: &Slip<'_>,
    (late, reason): (bool, &str),
    key: &CohortKey,
) -> CommandResult<Made> {
    let at = context.now();
    let rows = papers::rows(scope, slip);
    let late_reason = late.then(|| reason.to_owned());
    let suffix = match slip.form {
        Form::Ccf => "CCF",
        Form::Ponctuelle => "PONCTUELLE",
    };
    let uai = slip.place.school.uai.to_string();
    let core = Core {
        number: format!("T-{uai}-{}-{suffix}", slip.session.code),
        session: slip.session.code.clone(),
        diploma: slip.regulation.diploma.clone(),
        exam: slip.regulation.exam_code.clone(),
        form: papers::form_words(slip.form).to_owned(),
        school: slip.place.name.clone(),
        uai,
        city: slip.place.city.clone(),
        authority: slip.authority.name.clone(),
        sender: sender(context, scope, slip).await?,
        recipient: format!("Jury, par {}", slip.authority.name),
        transmitted_at: local(at, slip.zone),
        zone: slip.zone,
        candidates: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        due: slip.due,
        late,
        remarks: match (&late_reason, slip.due) {
            (Some(reason), Some(due)) => vec![papers::late_words(due, reason)],
            _ => Vec::new(),
        },
        late_reason,
        joined: papers::joined(slip.regulation),
        files: Vec::new(),
        lines: Vec::new(),
        made_at: at,
    };
    let value = papers::bordereau(slip, rows.clone(), at, Some(&core));
    let pairs = papers::files_of(context, scope, slip)?;
    let name = papers::slip_name(slip);
    let made = context
        .lanes
        .long(move || render(&name, &value, &pairs))
        .await?;
    let files = made
        .map_err(|error| CommandError::Broken(error.to_string()))?
        .into_iter()
        .map(|(name, bytes)| {
            Ok(ReceiptFile {
                hmac: digest(&hexadecimal(
                    &key.digest("delos-transmitted-file-v1", &bytes),
                ))?,
                bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
                name,
            })
        })
        .collect::<CommandResult<Vec<_>>>()?;
    Ok(Made {
        rows,
        late,
        at,
        id: TransmissionId(context.ids.next()),
        core: Core {
            files: files.clone(),
            ..core
        },
        files,
    })
}

fn render(
    name: &str,
    slip: &Bordereau,
    pairs: &[Pair],
) -> Result<Vec<(String, Vec<u8>)>, DocumentError> {
    let mut files = vec![
        (format!("{name}.pdf"), paper::bordereau::bordereau(slip)?),
        (format!("{name}.csv"), paper::bordereau::csv(slip)),
    ];
    for ([grid_name, sheet_name], grid, sheet) in pairs {
        files.push((grid_name.clone(), paper::grid::grid(grid)?));
        files.push((
            sheet_name.clone(),
            paper::appreciation::appreciation(sheet)?,
        ));
    }
    Ok(files)
}

/// Who sends: the account that acts, or the head whom the school names.
async fn sender(
    context: &Context,
    scope: &Scope<TransmitToJury>,
    slip: &Slip<'_>,
) -> CommandResult<String> {
    let account = match scope.account() {
        Some(id) => accounts::by_id(&context.db.read(), id).await?,
        None => None,
    };
    let named = account.map(|one| one.identity.full_name());
    Ok(named
        .or_else(|| slip.place.head_name.clone())
        .unwrap_or_else(|| format!("Direction, {}", slip.place.name)))
}

/// Each line as it is kept, with the HMAC of what it says and of the content that it stands for.
fn lines(
    context: &Context,
    key: &CohortKey,
    slip: &Slip<'_>,
    rows: &[Row],
) -> CommandResult<Vec<SheetRecord>> {
    slip.candidates
        .iter()
        .zip(rows)
        .map(|(one, row)| {
            let line =
                serde_json::to_vec(row).map_err(|error| CommandError::Broken(error.to_string()))?;
            let mut of = one.person.candidate.id.0.as_bytes().to_vec();
            // Its length first: no line and content are another line and content.
            of.extend(u64::try_from(line.len()).unwrap_or(u64::MAX).to_be_bytes());
            of.extend(&line);
            of.extend(one.content.iter().flat_map(|content| content.0));
            let kept = one.consigned.as_ref();
            of.extend(kept.iter().flat_map(|kept| kept.digest.bytes()));
            Ok(SheetRecord {
                candidate: one.person.candidate.id,
                line_id: context.ids.next(),
                line: Sealed::new(line),
                hmac: hexadecimal(&key.digest("delos-transmitted-line-v1", &of)),
            })
        })
        .collect()
}

fn counts(slip: &Slip<'_>) -> Counts {
    let mut counts = Counts::default();
    for one in &slip.candidates {
        counts.candidates += 1;
        match one.line.outcome {
            Outcome::Proposed(_) | Outcome::ForceMajeure => counts.proposed += 1,
            Outcome::NotValid(_) => counts.not_valid += 1,
            Outcome::Absent => counts.absent += 1,
            Outcome::Kept => counts.kept += 1,
            Outcome::Missing => {}
        }
        counts.withheld += u32::from(one.line.withheld);
    }
    counts
}

/// Whoever was assessed moves on; the others must still stand where the slip says.
async fn move_on(tx: &Transaction, one: &OnSlip) -> CommandResult<()> {
    let before = &one.person.states;
    let assessed = one.tracks.sitting().state() == sitting::State::Sat
        && one.tracks.assessment() == assessment::State::Consigned;
    let after = if assessed {
        let after = one
            .tracks
            .transmit_assessment()
            .map_err(|refused| Refusal::new(refused.code()))?;
        tracks_of::codes(after, &one.person)
    } else {
        before.clone()
    };
    Ok(candidates::save_states(tx, one.person.candidate.id, before, &after).await?)
}

/// The receipt to whoever heads the school, and to the authority's officers: no mark in it.
async fn mail(
    context: &Context,
    tx: &Transaction,
    slip: &Slip<'_>,
    record: &TransmissionRecord,
    made: &Made,
) -> CommandResult<Vec<About>> {
    let today = context.today();
    let place = slip.place.school.id;
    let heads = accounts::heads_of(tx, slip.session.id, place, today).await?;
    let officers = accounts::officers_of(tx, slip.session.id, slip.authority.id, today).await?;
    let outgoing = Outgoing::load(context, tx, Some(slip.authority.id)).await?;
    let public = &context.settings.public_url;
    let recipients = heads
        .iter()
        .map(|one| (one, format!("{public}/bordereau")))
        .chain(
            officers
                .iter()
                .map(|one| (one, format!("{public}/transmissions"))),
        );
    let mut messages = Vec::new();
    for (account, link) in recipients {
        let id = MessageId(context.ids.next());
        let mut payload = receipt_of(slip, record, made, account, link);
        outgoing.freeze(&mut payload, id);
        messages.push(NewMessage {
            id,
            about: About {
                session: Some(slip.session.id),
                authority: Some(slip.authority.id),
                school: record.school,
                account: Some(account.id),
                ..About::default()
            },
            dedup_key: format!("transmission:{}:{}", record.id, account.id),
            kind: payload.kind().to_owned(),
            identity: account.identity.id,
            address: account.identity.email.as_ref().map(ToString::to_string),
            subject: payload.subject(),
            payload: payload.to_bytes(),
            series: None,
            revision: 0,
            priority: PRIORITY,
            not_before: made.at,
            created_at: made.at,
            references: None,
            sitting_at: None,
        });
    }
    outbox::insert(tx, slip.session.id, &messages).await?;
    Ok(messages.iter().map(|one| one.about).collect())
}

fn receipt_of(
    slip: &Slip<'_>,
    record: &TransmissionRecord,
    made: &Made,
    account: &AccountRecord,
    link: String,
) -> Payload {
    Payload::TransmissionReceipt(Box::new(TransmissionReceipt {
        name: account.identity.full_name(),
        exam: Exam {
            session: slip.session.code.clone(),
            regulation: slip.regulation.id.clone(),
            diploma: slip.regulation.diploma.clone(),
            option: String::new(),
            code: slip.regulation.exam_code.clone(),
            title: String::new(),
        },
        school: slip.place.name.clone(),
        number: record.number.clone(),
        code: code_of(&record.hmac),
        candidates: record.counts.candidates,
        transmitted_at: made.core.transmitted_at,
        zone: slip.zone,
        late_since: slip.due.filter(|_| made.late),
        hash: record.hmac.clone(),
        files: u32::try_from(made.files.len()).unwrap_or(u32::MAX),
        issuer: Issuer {
            authority: slip.authority.name.clone(),
            signatory: format!("Le service des examens, {}", slip.authority.name),
            contact: format!("Service des examens, {}", slip.authority.name),
            email: slip.authority.contact_email.clone(),
        },
        issued_at: made.at,
        link,
        words: Words::default(),
    }))
}
