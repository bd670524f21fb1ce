//! Convokes candidates and members of a published plan: one outbox message a recipient, in one transaction.
//!
//! In CCF the head of school convokes (annexe 9, « Modalités d'organisation »), in the ponctuelle form the authority.

mod letters;

use std::collections::{HashMap, HashSet};

use chrono::Duration;
use delos_documents::mail::Payload;
use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::ids::{
    AccountId, CandidateId, ExaminerId, MandateId, MessageId, PlanId, SittingId,
};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::scope::{Convoke, ReadConvocation};
use delos_domain::tracks::sitting::State;
use delos_persistence::accounts::{self, AccessCode, AccountRecord};
use delos_persistence::candidates::{self, CandidateFilter, CandidateRecord};
use delos_persistence::outbox::{self, About, NewMessage};
use delos_persistence::plans::{self, CommissionRecord, PlanRecord};
use delos_persistence::{Transaction, journal};

use self::letters::Letters;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::secrets::new_code;
use crate::sign_in::{candidate_code_hash, candidate_login};
use crate::views::messages::{MessageView, compose};

/// How long a candidate's first-access code serves after it was sent.
const CODE_DAYS: i64 = 120;

/// What was convoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convoked {
    /// Candidates told.
    pub candidates: usize,
    /// Members told.
    pub members: usize,
    /// Candidates and members who have no address: a paper goes to them.
    pub without_address: usize,
}

/// Convokes whoever of the plan is not convoked yet.
///
/// # Errors
/// Refuses with `plan_not_published`, `conflict` (the plan has another version now), `nobody_to_convoke`,
/// `outside_ccf_period`, `after_cut_off`, `day_past` (a date that has passed).
pub async fn convoke(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
) -> CommandResult<Convoked> {
    let scope = actor.scope::<Convoke>(context.today())?;
    let now = context.now();
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

    let people = people_of(&tx, &plan).await?;
    let waiting: Vec<&CandidateRecord> = people
        .values()
        .filter(|one| one.states.sitting == State::Planned.code())
        .collect();
    let members: HashSet<ExaminerId> = commissions
        .iter()
        .filter(|one| one.days.iter().any(|day| !day.sittings.is_empty()))
        .flat_map(|one| one.members.iter().copied())
        .collect();
    if waiting.is_empty() {
        return Err(Refusal::new("nobody_to_convoke").into());
    }
    let codes = open_accounts(context, &tx, &letters, &waiting).await?;

    let revision = 1;
    let mut messages = Vec::new();
    let mut without_address = 0;
    let mut told = 0;
    for commission in &commissions {
        for day in &commission.days {
            for sitting in &day.sittings {
                let Some(person) = people.get(&sitting.candidate) else {
                    continue;
                };
                if person.states.sitting != State::Planned.code() {
                    continue;
                }
                let Some(address) = &person.identity.email else {
                    without_address += 1;
                    continue;
                };
                let code = codes.get(&sitting.candidate).cloned();
                let payload = Payload::CandidateConvocation(Box::new(
                    letters.candidate(person, commission, day, sitting, revision, code),
                ));
                told += 1;
                messages.push(NewMessage {
                    id: MessageId(context.ids.next()),
                    about: About {
                        candidate: Some(sitting.candidate),
                        ..about(&plan)
                    },
                    dedup_key: format!("convocation:{}:{}", sitting.id, revision),
                    kind: payload.kind().to_owned(),
                    identity: person.identity.id,
                    address: address.to_string(),
                    subject: payload.subject(),
                    payload: payload.to_bytes(),
                    series: Some(sitting.series),
                    revision,
                    priority: priority(day.day, context),
                    not_before: now,
                    created_at: now,
                    references: None,
                });
            }
        }
    }
    let mut members_told = 0;
    let mut members: Vec<_> = members.into_iter().collect();
    members.sort_unstable();
    for member in members {
        let Some(person) = letters.examiner(member) else {
            continue;
        };
        let Some(address) = &person.identity.email else {
            without_address += 1;
            continue;
        };
        let payload = Payload::ExaminerConvocation(Box::new(letters.examiner_letter(
            person,
            &commissions,
            revision,
        )));
        members_told += 1;
        messages.push(NewMessage {
            id: MessageId(context.ids.next()),
            about: About {
                examiner: Some(member),
                ..about(&plan)
            },
            dedup_key: format!("convocation:{}:{}:{}", plan.id, member, plan.published),
            kind: payload.kind().to_owned(),
            identity: person.identity.id,
            address: address.to_string(),
            subject: payload.subject(),
            payload: payload.to_bytes(),
            series: None,
            revision,
            priority: 5,
            not_before: now,
            created_at: now,
            references: None,
        });
    }
    outbox::insert(&tx, plan.session, &messages).await?;
    let ids: Vec<CandidateId> = waiting.iter().map(|one| one.candidate.id).collect();
    candidates::move_sitting_state(
        &tx,
        &plan,
        &ids,
        State::Planned.code(),
        State::Convoked.code(),
    )
    .await?;
    plans::number_revisions(&tx, plan.id, revision).await?;
    plans::touch(&tx, &scope, &plan, None).await?;
    let mut subjects = vec![plan.id.0];
    subjects.extend(ids.iter().map(|id| id.0));
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), now, &scope, subjects),
    )
    .await?;
    let done = tx
        .commit(Convoked {
            candidates: told,
            members: members_told,
            without_address,
        })
        .await?
        .into_inner();
    context.signals.ring().await;
    Ok(done)
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

/// The candidates whom the plan may hear, by id.
async fn people_of(
    tx: &Transaction,
    plan: &PlanRecord,
) -> CommandResult<HashMap<CandidateId, CandidateRecord>> {
    let filter = CandidateFilter {
        form: Some(plan.form),
        school: plan.school,
        ..CandidateFilter::default()
    };
    let found = candidates::of_authority(tx, plan.session, plan.authority, &filter).await?;
    Ok(found
        .into_iter()
        .map(|one| (one.candidate.id, one))
        .collect())
}

/// Gives every candidate an account under his own mandate, and a one-time code to those who have no password yet.
async fn open_accounts(
    context: &Context,
    tx: &Transaction,
    letters: &Letters,
    people: &[&CandidateRecord],
) -> CommandResult<HashMap<CandidateId, String>> {
    let now = context.now();
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

    let mut codes = HashMap::new();
    let mut rows = Vec::new();
    for person in people.iter().filter(|one| one.identity.email.is_some()) {
        let account = match existing.get(&person.candidate.id) {
            Some((_, true)) => continue,
            Some((id, false)) => accounts::by_id(tx, *id)
                .await?
                .ok_or(CommandError::NotFound)?,
            None => match new_accounts
                .iter()
                .find(|account| account.candidate == Some(person.candidate.id))
            {
                Some(account) => account.clone(),
                None => continue,
            },
        };
        let code = new_code(context);
        rows.push(AccessCode {
            id: context.ids.next(),
            account: account.id,
            hash: candidate_code_hash(tx, &account, &code).await?,
            created_at: now,
            expires_at: now + Duration::days(CODE_DAYS),
        });
        codes.insert(person.candidate.id, code);
    }
    accounts::insert_codes(tx, &rows).await?;
    Ok(codes)
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

/// A sitting within three days leaves before a bulk mail.
fn priority(day: chrono::NaiveDate, context: &Context) -> i64 {
    if day - context.today() <= Duration::days(3) {
        0
    } else {
        5
    }
}
