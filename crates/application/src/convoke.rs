//! Convokes candidates and members of a published plan: one outbox message a recipient, in one transaction.
//!
//! In CCF the head of school convokes (annexe 9, « Modalités d'organisation »), in the ponctuelle form the authority.

mod letters;

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;
use delos_documents::mail::Payload;
use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::ids::{
    AccountId, CandidateId, ExaminerId, MandateId, MessageId, PlanId, SittingId,
};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::scope::{Convoke, ReadConvocation};
use delos_domain::tracks::Tracks;
use delos_domain::tracks::sitting::State;
use delos_persistence::accounts::{self, AccountRecord};
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::examiners::ExaminerRecord;
use delos_persistence::identities::IdentityRecord;
use delos_persistence::outbox::{self, About, NewMessage};
use delos_persistence::plans::{self, CommissionRecord, DayRecord, PlanRecord, SittingRecord};
use delos_persistence::{Transaction, envelope, journal};

use self::letters::Letters;
use crate::access_codes::{WITH_CONVOCATION, candidate_codes};
use crate::context::Context;
use crate::delivery;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::sign_in::candidate_login;
use crate::tracks_of::{self, TracksOf};
use crate::views::messages::{MessageView, compose};

/// What was convoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convoked {
    /// Candidates told.
    pub candidates: usize,
    /// Members told.
    pub members: usize,
    /// Candidates and members who have no address: their message waits on the list of failures, with its PDF to print,
    /// until there is one.
    pub without_address: usize,
}

/// Convokes whoever of the plan is not convoked yet.
///
/// # Errors
/// Refuses with `plan_not_published`, `conflict` (the plan has another version now), `nobody_to_convoke`,
/// `outside_ccf_period`, `after_cut_off`, `day_past` (a date that has passed), `sitting_without_candidate` and
/// `member_gone` (somebody whom the plan names is no longer there); or as a candidate's tracks refuse to convoke him
/// (`mark_kept`, `not_valid`, …), with his number and name.
pub async fn convoke(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
) -> CommandResult<Convoked> {
    retrying(|| convoke_all(context, actor, id, version)).await
}

async fn convoke_all(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
) -> CommandResult<Convoked> {
    let scope = actor.scope::<Convoke>(context.today())?;
    let tx = context.db.write().await?;
    let plan = plans::one(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    if plan.version != version {
        return Err(Refusal::new("conflict").into());
    }
    if !plan.is_published {
        return Err(Refusal::new("plan_not_published").into());
    }
    let commissions = plans::commissions(&tx, id).await?;
    let letters = Letters::load(context, &tx, &plan, &commissions).await?;
    check_days(&letters, &plan, &commissions, context)?;

    let mut people = tracks_of::load(&tx, &plan, &commissions).await?;
    people.retain(|one| one.tracks.sitting().state() == State::Planned);
    if people.is_empty() {
        return Err(Refusal::new("nobody_to_convoke").into());
    }
    let moved = tracks_of::after(&people, Tracks::convoke)?;
    let seats = seats(&plan, &commissions, &people)?;
    let waiting: Vec<&CandidateRecord> = people.iter().map(|one| &one.record).collect();
    let codes = open_accounts(context, &tx, &letters, &waiting).await?;

    let mut messages = Vec::new();
    for seat in &seats {
        let code = codes.get(&seat.sitting.candidate).cloned();
        messages.push(to_candidate(context, &plan, &letters, seat, code));
    }
    let candidates_told = messages.len();
    let members: BTreeSet<ExaminerId> = commissions
        .iter()
        .filter(|one| one.days.iter().any(|day| !day.sittings.is_empty()))
        .flat_map(|one| one.members.iter().copied())
        .collect();
    for member in members {
        let person = letters
            .examiner(member)
            .ok_or_else(|| Refusal::new("member_gone"))?;
        messages.push(to_member(context, &plan, &letters, &commissions, person));
    }
    let without_address = |messages: &[NewMessage]| {
        let none = messages.iter().filter(|one| one.address.is_none());
        none.count()
    };
    let done = Convoked {
        candidates: candidates_told - without_address(&messages[..candidates_told]),
        members: messages.len() - candidates_told - without_address(&messages[candidates_told..]),
        without_address: without_address(&messages),
    };
    outbox::insert(&tx, plan.session, &messages).await?;
    tracks_of::save(&tx, &plan, &moved).await?;
    plans::number_revisions(&tx, plan.id, FIRST).await?;
    plans::touch(&tx, &scope, &plan, None).await?;
    let mut subjects = vec![plan.id.0];
    subjects.extend(moved.iter().map(|one| one.candidate.0));
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), &scope, subjects),
    )
    .await?;
    let done = tx.commit(done).await?.into_inner();
    context.signals.ring().await;
    Ok(done)
}

/// Revision of a convocation that has not changed yet.
const FIRST: u32 = 1;

/// One candidate in his place.
struct Seat<'a> {
    commission: &'a CommissionRecord,
    day: &'a DayRecord,
    sitting: &'a SittingRecord,
    person: &'a CandidateRecord,
}

/// Where each of these people sits.
///
/// # Errors
/// Refuses with `sitting_without_candidate`: whoever left the plan's form or school since is not convoked unseen.
fn seats<'a>(
    plan: &PlanRecord,
    commissions: &'a [CommissionRecord],
    people: &'a [TracksOf],
) -> Result<Vec<Seat<'a>>, Refusal> {
    let records: HashMap<CandidateId, &CandidateRecord> = people
        .iter()
        .map(|one| (one.record.candidate.id, &one.record))
        .collect();
    let mut seats = Vec::new();
    for commission in commissions {
        for day in &commission.days {
            for sitting in &day.sittings {
                let Some(person) = records.get(&sitting.candidate).copied() else {
                    continue;
                };
                let left = person.candidate.form != plan.form
                    || (plan.school.is_some() && person.candidate.school != plan.school);
                if left {
                    return Err(Refusal::new("sitting_without_candidate")
                        .with("candidate", &person.candidate.number)
                        .with("name", person.identity.full_name())
                        .with("commission", commission.number)
                        .with("day", day.day));
                }
                seats.push(Seat {
                    commission,
                    day,
                    sitting,
                    person,
                });
            }
        }
    }
    Ok(seats)
}

fn to_candidate(
    context: &Context,
    plan: &PlanRecord,
    letters: &Letters,
    seat: &Seat<'_>,
    code: Option<String>,
) -> NewMessage {
    let letter = letters.candidate(
        seat.person,
        seat.commission,
        seat.day,
        seat.sitting,
        FIRST,
        code,
    );
    NewMessage {
        about: About {
            candidate: Some(seat.sitting.candidate),
            ..about(plan)
        },
        dedup_key: format!("convocation:{}:{FIRST}", seat.sitting.id),
        series: Some(seat.sitting.series),
        priority: priority(seat.day.day, context),
        ..message(
            context,
            &Payload::CandidateConvocation(Box::new(letter)),
            &seat.person.identity,
        )
    }
}

fn to_member(
    context: &Context,
    plan: &PlanRecord,
    letters: &Letters,
    commissions: &[CommissionRecord],
    person: &ExaminerRecord,
) -> NewMessage {
    let letter = letters.examiner_letter(person, commissions, FIRST);
    NewMessage {
        about: About {
            examiner: Some(person.id),
            ..about(plan)
        },
        dedup_key: format!("convocation:{}:{}:{}", plan.id, person.id, plan.published),
        ..message(
            context,
            &Payload::ExaminerConvocation(Box::new(letter)),
            &person.identity,
        )
    }
}

/// A convocation to somebody: without an address it stands on a person's list from the first, to be printed.
fn message(context: &Context, payload: &Payload, to: &IdentityRecord) -> NewMessage {
    let now = context.now();
    NewMessage {
        id: MessageId(context.ids.next()),
        about: About::default(),
        dedup_key: String::new(),
        kind: payload.kind().to_owned(),
        identity: to.id,
        address: to.email.as_ref().map(ToString::to_string),
        subject: payload.subject(),
        payload: payload.to_bytes(),
        series: None,
        revision: FIRST,
        priority: BULK,
        not_before: now,
        created_at: now,
        references: None,
        sitting_at: delivery::sitting_at(payload),
    }
}

/// The convocation of one sitting as it would leave: without a code, which is made when it leaves.
pub async fn preview(
    context: &Context,
    actor: &Actor,
    id: SittingId,
) -> CommandResult<Option<MessageView>> {
    let scope = actor.scope::<ReadConvocation>(context.today())?;
    let reader = context.db.read();
    let Some((plan, candidate)) = plans::plan_of_sitting(&reader, &scope, id).await? else {
        return Ok(None);
    };
    let Some(plan) = plans::one(&reader, &scope, plan).await? else {
        return Ok(None);
    };
    let Some(person) = candidates::one(&reader, &scope, candidate).await? else {
        return Ok(None);
    };
    let commissions = plans::commissions(&reader, plan.id).await?;
    let letters = Letters::load(context, &reader, &plan, &commissions).await?;
    let found = commissions
        .iter()
        .flat_map(|commission| commission.days.iter().map(move |day| (commission, day)))
        .find_map(|(commission, day)| {
            day.sittings
                .iter()
                .find(|sitting| sitting.id == id)
                .map(|sitting| (commission, day, sitting))
        });
    let Some((commission, day, sitting)) = found else {
        return Ok(None);
    };
    let letter = letters.candidate(
        &person,
        commission,
        day,
        sitting,
        sitting.revision.max(1),
        None,
    );
    let content = compose(context, Payload::CandidateConvocation(Box::new(letter))).await?;
    Ok(Some(MessageView {
        record: None,
        content,
    }))
}

/// A date that the form does not allow, or that has passed, is refused with its reason.
fn check_days(
    letters: &Letters,
    plan: &PlanRecord,
    commissions: &[CommissionRecord],
    context: &Context,
) -> Result<(), Refusal> {
    for day in commissions
        .iter()
        .flat_map(|one| &one.days)
        .filter(|day| !day.sittings.is_empty())
    {
        if plan.form == Form::Ccf {
            letters
                .dates
                .check_ccf_day(day.day)
                .map_err(|refused| Refusal::new(refused.code()).with("day", day.day))?;
        }
        if day.day < context.today() {
            return Err(Refusal::new("day_past").with("day", day.day));
        }
    }
    Ok(())
}

/// Gives every candidate an account under his own mandate, and a one-time code to those who have no password yet.
async fn open_accounts(
    context: &Context,
    tx: &Transaction,
    letters: &Letters,
    people: &[&CandidateRecord],
) -> CommandResult<HashMap<CandidateId, String>> {
    let ids: Vec<CandidateId> = people.iter().map(|one| one.candidate.id).collect();
    let existing = accounts::of_candidates(tx, &ids).await?;
    let mut new_accounts = Vec::new();
    let mut mandates = Vec::new();
    for person in people
        .iter()
        .filter(|one| !existing.contains_key(&one.candidate.id))
    {
        let account = AccountRecord {
            id: AccountId(context.ids.next()),
            login: candidate_login(
                &letters.session.code,
                &letters.authority.code,
                &person.candidate.number,
            ),
            identity: person.identity.clone(),
            candidate: Some(person.candidate.id),
            password_hash: None,
            disabled: false,
            failures: 0,
            failed_at: None,
            version: 1,
        };
        mandates.push(Mandate {
            id: MandateId(context.ids.next()),
            account: account.id,
            role: Role::Candidate,
            perimeter: Perimeter::Candidate(person.candidate.id, person.candidate.authority),
            session: person.session,
            valid_from: context.today(),
            valid_until: accounts::end_of_session_year(&letters.session.code)
                .unwrap_or_else(|| context.today()),
            revoked: false,
        });
        new_accounts.push(account);
    }
    accounts::insert_candidates(tx, &new_accounts).await?;
    accounts::insert_mandates(tx, &mandates, None).await?;

    // Whoever has chosen a password needs no code; whoever has no address gets one when his message is sent.
    let mut waiting: HashMap<AccountId, CandidateId> = HashMap::new();
    for person in people.iter().filter(|one| one.identity.email.is_some()) {
        let id = person.candidate.id;
        let opened = new_accounts.iter().find(|one| one.candidate == Some(id));
        match (existing.get(&id), opened) {
            (Some((account, false)), _) => waiting.insert(*account, id),
            (None, Some(account)) => waiting.insert(account.id, id),
            _ => None,
        };
    }
    let key = envelope::session_key(tx, letters.session.id.0).await?;
    let of: Vec<AccountId> = waiting.keys().copied().collect();
    let codes = candidate_codes(context, tx, &key, &of, WITH_CONVOCATION).await?;
    Ok(codes
        .into_iter()
        .filter_map(|(account, code)| Some((*waiting.get(&account)?, code)))
        .collect())
}

fn about(plan: &PlanRecord) -> About {
    About {
        session: Some(plan.session),
        authority: Some(plan.authority),
        school: plan.school,
        plan: Some(plan.id),
        ..About::default()
    }
}

/// Priority of the many.
const BULK: i64 = 5;

/// A sitting within three days leaves before a bulk mail.
fn priority(day: chrono::NaiveDate, context: &Context) -> i64 {
    if day - context.today() <= Duration::days(3) {
        0
    } else {
        BULK
    }
}
