//! Who is told of a decision: one message a recipient, written in the decision's own transaction.
//!
//! Invariant: revisions are numbered along the whole series, withdrawals included; whoever was told last decides the next
//! number, read in the transaction that writes it.
//! Invariant: a member is told when, and only when, his days differ from what he was told last.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use delos_documents::convocation::{Change, ExaminerConvocation, ExaminerDay};
use delos_documents::mail::{DayLine, Payload};
use delos_domain::delivery;
use delos_domain::ids::{
    AccountId, CandidateId, CommissionId, ExaminerId, MessageId, PlanId, SchoolId, SittingId,
};
use delos_persistence::candidates::CandidateRecord;
use delos_persistence::identities::IdentityRecord;
use delos_persistence::outbox::{self, About, Arrival, NewMessage, Told};
use delos_persistence::plans::{CommissionRecord, DayRecord, PlanRecord, SittingRecord};
use delos_persistence::sittings::DatedSitting;
use delos_persistence::{Transaction, accounts};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{CommandResult, Refusal};
use crate::letters::Letters;

/// Priority of a sitting within three days, and of what its recipient waits for.
pub const PRESSING: i64 = 0;
/// Priority of a change.
const CHANGE: i64 = 2;
/// Priority of the many.
const BULK: i64 = 5;
/// Kind of what is said of an absence.
const ABSENCE: &str = "absence_decision";

/// Messages of one decision about one plan, being written.
pub struct Telling<'a> {
    context: &'a Context,
    plan: &'a PlanRecord,
    letters: &'a Letters,
    /// The messages so far.
    pub messages: Vec<NewMessage>,
}

/// One candidate in his place.
#[derive(Clone, Copy)]
pub struct Seat<'a> {
    /// The commission that hears him.
    pub commission: &'a CommissionRecord,
    /// On which day.
    pub day: &'a DayRecord,
    /// When.
    pub sitting: &'a SittingRecord,
    /// Who.
    pub person: &'a CandidateRecord,
}

impl<'a> Telling<'a> {
    /// Nobody is told yet.
    pub fn new(context: &'a Context, plan: &'a PlanRecord, letters: &'a Letters) -> Self {
        Self {
            context,
            plan,
            letters,
            messages: Vec::new(),
        }
    }

    /// Convokes a candidate, with a one-time code when he needs one, and what his convocation said before.
    pub fn convoke(
        &mut self,
        seat: Seat<'_>,
        revision: u32,
        code: Option<String>,
        changed: Option<Change>,
    ) {
        let mut letter = self.letters.candidate(
            seat.person,
            seat.commission,
            seat.day,
            seat.sitting,
            revision,
            code,
        );
        letter.changed = changed;
        let payload = Payload::CandidateConvocation(Box::new(letter));
        let message = self.message(payload, &seat.person.identity, revision);
        self.messages.push(NewMessage {
            about: About {
                candidate: Some(seat.sitting.candidate),
                ..message.about
            },
            dedup_key: format!("convocation:{}:{revision}", seat.sitting.id),
            series: Some(seat.sitting.series),
            ..message
        });
    }

    /// Withdraws a candidate's convocation.
    pub fn withdraw(
        &mut self,
        person: &CandidateRecord,
        sitting: &DatedSitting,
        revision: u32,
        reason: &str,
        next: &str,
    ) {
        let letter = self
            .letters
            .cancellation(person, sitting, revision, reason, next);
        let payload = Payload::CandidateCancellation(Box::new(letter));
        let message = self.message(payload, &person.identity, revision);
        self.messages.push(NewMessage {
            about: About {
                candidate: Some(person.candidate.id),
                ..message.about
            },
            dedup_key: format!("cancellation:{}:{revision}", sitting.id),
            series: Some(sitting.series),
            ..message
        });
    }

    /// Tells a candidate what his absence entails; what he is told later of the same absence overtakes it.
    pub fn decide_absence(
        &mut self,
        person: &CandidateRecord,
        sitting: &DatedSitting,
        decision: Uuid,
        consequence: &str,
        next: &str,
    ) {
        let letter = self
            .letters
            .absence_decision(person, sitting.day, consequence, next);
        let payload = Payload::AbsenceDecision(Box::new(letter));
        let message = self.message(payload, &person.identity, 1);
        self.messages.push(NewMessage {
            about: About {
                candidate: Some(person.candidate.id),
                ..message.about
            },
            dedup_key: format!("absence:{decision}"),
            series: Some(absence_series(person.candidate.id, sitting.id)),
            priority: CHANGE,
            ..message
        });
    }

    /// Tells the members of these commissions, and these others, whose days are not those that they were told last;
    /// how many.
    ///
    /// # Errors
    /// Refuses with `member_gone` when a member of a commission is no longer there.
    pub async fn members(
        &mut self,
        tx: &Transaction,
        commissions: &[CommissionRecord],
        touched: &BTreeSet<CommissionId>,
        others: &[ExaminerId],
        reason: &str,
    ) -> CommandResult<usize> {
        let mut members: BTreeSet<ExaminerId> = commissions
            .iter()
            .filter(|one| touched.contains(&one.id))
            .flat_map(|one| one.members.iter().copied())
            .collect();
        members.extend(others);
        let ids: Vec<ExaminerId> = members.into_iter().collect();
        let told = outbox::told_examiners(tx, self.plan.id, &ids).await?;
        let before = self.messages.len();
        for id in ids {
            let person = self
                .letters
                .examiner(id)
                .ok_or_else(|| Refusal::new("member_gone"))?;
            let last = told.get(&id);
            let revision = last.map_or(1, |last| last.revision + 1);
            let mut letter = self.letters.examiner_letter(person, commissions, revision);
            let days = last.and_then(|last| days_of(&last.payload));
            if days.as_ref().is_some_and(|days| same_days(days, &letter))
                || last.is_none() && letter.days.is_empty()
            {
                continue;
            }
            let mut gone = last.map_or_else(Vec::new, |last| removed(&held(last), &letter));
            // What is still to leave is overtaken by a withdrawal, which names the days that it would have told.
            if gone.is_empty() && letter.days.is_empty() {
                gone = days.unwrap_or_default();
            }
            let payload = if letter.days.is_empty() {
                let letter = self
                    .letters
                    .examiner_cancellation(person, gone, revision, reason);
                Payload::ExaminerCancellation(Box::new(letter))
            } else {
                letter.removed = gone;
                letter.changed = last.is_some().then(|| reason.to_owned());
                Payload::ExaminerConvocation(Box::new(letter))
            };
            let message = self.message(payload, &person.identity, revision);
            self.messages.push(NewMessage {
                about: About {
                    examiner: Some(id),
                    ..message.about
                },
                dedup_key: format!("convocation:{}:{id}:{revision}", self.plan.id),
                series: Some(member_series(self.plan.id, id)),
                ..message
            });
        }
        Ok(self.messages.len() - before)
    }

    /// Tells those who answer for a centre, but for whoever decides, what has changed of its days.
    pub async fn centre(
        &mut self,
        tx: &Transaction,
        centre: SchoolId,
        lines: &[DayLine],
        reason: &str,
        but: Option<AccountId>,
        decision: Uuid,
    ) -> CommandResult<()> {
        let today = self.context.today();
        for head in accounts::heads_of(tx, self.plan.session, centre, today).await? {
            if Some(head.id) == but {
                continue;
            }
            let letter =
                self.letters
                    .day_notice(head.identity.full_name(), centre, lines.to_vec(), reason);
            let payload = Payload::DayNotice(Box::new(letter));
            let message = self.message(payload, &head.identity, 1);
            self.messages.push(NewMessage {
                about: About {
                    account: Some(head.id),
                    ..message.about
                },
                // One decision may touch several plans of one centre: each tells of its own days.
                dedup_key: format!("notice:{decision}:{}:{centre}:{}", self.plan.id, head.id),
                priority: message.priority.min(CHANGE),
                ..message
            });
        }
        Ok(())
    }

    /// Puts the messages.
    pub async fn put(mut self, tx: &Transaction) -> CommandResult<usize> {
        // No revision stands in what is said of an absence: it is numbered here, along the series of its sitting.
        let absences = self.messages.iter().filter(|one| one.kind == ABSENCE);
        let series: Vec<Uuid> = absences.filter_map(|one| one.series).collect();
        let revisions = next_revisions(tx, series).await?;
        let absences = self.messages.iter_mut().filter(|one| one.kind == ABSENCE);
        for one in absences {
            let next = one.series.and_then(|series| revisions.get(&series));
            one.revision = next.copied().unwrap_or(1);
        }
        let count = self.messages.len();
        outbox::insert(tx, self.plan.session, &self.messages).await?;
        Ok(count)
    }

    /// A message to somebody about the plan: without an address it stands on a person's list from the first.
    fn message(&self, mut payload: Payload, to: &IdentityRecord, revision: u32) -> NewMessage {
        let now = self.context.now();
        let id = MessageId(self.context.ids.next());
        self.letters.outgoing.freeze(&mut payload, id);
        NewMessage {
            id,
            about: About {
                session: Some(self.plan.session),
                authority: Some(self.plan.authority),
                school: self.plan.school,
                plan: Some(self.plan.id),
                ..About::default()
            },
            dedup_key: String::new(),
            kind: payload.kind().to_owned(),
            identity: to.id,
            address: to.email.as_ref().map(ToString::to_string),
            subject: payload.subject(),
            payload: payload.to_bytes(),
            series: None,
            revision,
            priority: self.priority(&payload, revision),
            not_before: now,
            created_at: now,
            references: None,
            sitting_at: payload.sitting_at(),
        }
    }

    /// What is about a sitting within three days, be it to take it back, leaves before a change; a change before the many.
    fn priority(&self, payload: &Payload, revision: u32) -> i64 {
        let now = self.context.now();
        let near = |at: DateTime<Utc>| delivery::is_near(Some(at), now, delivery::PRESSING);
        if payload.instants().into_iter().any(near) {
            PRESSING
        } else if revision > 1 {
            CHANGE
        } else {
            BULK
        }
    }
}

/// The next revision of each of these series.
pub async fn next_revisions(
    tx: &Transaction,
    series: impl IntoIterator<Item = Uuid>,
) -> CommandResult<HashMap<Uuid, u32>> {
    let series: Vec<Uuid> = series.into_iter().collect();
    let last = outbox::revisions(tx, &series).await?;
    Ok(series
        .into_iter()
        .map(|one| (one, last.get(&one).map_or(1, |last| last + 1)))
        .collect())
}

/// The series of what a member is told of his days in a plan: always the same of the same two.
fn member_series(plan: PlanId, member: ExaminerId) -> Uuid {
    series_of(b"delos-member-series", plan.0, member.0)
}

/// The series of what a candidate is told of his absence from a sitting.
fn absence_series(candidate: CandidateId, sitting: SittingId) -> Uuid {
    series_of(b"delos-absence-series", candidate.0, sitting.0)
}

fn series_of(what: &[u8], one: Uuid, other: Uuid) -> Uuid {
    let digest = Sha256::new()
        .chain_update(what)
        .chain_update(one.as_bytes())
        .chain_update(other.as_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The days that may stand in a member's calendar: those of the last message that reached him, and of whatever may have
/// since.
fn held(told: &Told) -> Vec<ExaminerDay> {
    let mut held: Vec<ExaminerDay> = Vec::new();
    for (arrival, payload) in &told.arrived {
        let Some(days) = days_of(payload) else {
            continue;
        };
        let named: BTreeSet<Uuid> = days.iter().map(|day| day.series).collect();
        held.retain(|day| *arrival == Arrival::Possible && !named.contains(&day.series));
        held.extend(days);
    }
    held
}

/// The days that a message tells a member.
fn days_of(payload: &[u8]) -> Option<Vec<ExaminerDay>> {
    match Payload::from_bytes(payload) {
        Ok(Payload::ExaminerConvocation(value)) => Some(value.days),
        Ok(Payload::ExaminerCancellation(_)) => Some(Vec::new()),
        _ => None,
    }
}

fn same_days(told: &[ExaminerDay], now: &ExaminerConvocation) -> bool {
    told == now.days
}

/// Days held before that are not among the days now.
fn removed(told: &[ExaminerDay], now: &ExaminerConvocation) -> Vec<ExaminerDay> {
    let kept: BTreeSet<Uuid> = now.days.iter().map(|day| day.series).collect();
    told.iter()
        .filter(|day| !kept.contains(&day.series))
        .cloned()
        .collect()
}
