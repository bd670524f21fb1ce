//! Reminds those who have not said that they have their convocation: at a person's click, and by itself ten days, then
//! three days before the sitting.

use std::collections::HashSet;

use chrono::{DateTime, Duration, Utc};
use delos_documents::convocation::Words;
use delos_documents::mail::{Payload, Reminder, ReminderDay};
use delos_domain::actor::Actor;
use delos_domain::ids::{IdentityId, MessageId, PlanId};
use delos_domain::scope::{Operation, RemindRecipients, Scope, SendReminders};
use delos_persistence::outbox::{self, NewMessage, OpenedMessage, Silent};
use delos_persistence::{Transaction, journal, sessions};

use crate::context::Context;
use crate::error::{CommandResult, Refusal, retrying};
use crate::live::Change;
use crate::outgoing::Outgoing;

/// Nobody is reminded twice within this time.
const APART: Duration = Duration::hours(24);
/// How long before the sitting the reminders leave by themselves, the furthest first.
pub const BY_ITSELF: [(Duration, &str); 2] =
    [(Duration::days(10), "d10"), (Duration::days(3), "d3")];
/// Whoever received his convocation a moment ago is left the time to read it.
const TIME_TO_READ: Duration = Duration::hours(48);
/// Most reminders of one transaction.
const MOST: usize = 500;
/// Further than any sitting of a session.
const ANY_DATE: Duration = Duration::days(1_000);

/// Reminds those of the perimeter, or of one plan, who have not; how many reminders leave.
///
/// Whoever was reminded within 24 hours, or whose convocation did not arrive, is left alone.
///
/// # Errors
/// Refuses with `nobody_to_remind`.
pub async fn remind_recipients(
    context: &Context,
    actor: &Actor,
    plan: Option<PlanId>,
) -> CommandResult<usize> {
    let scope = actor.scope::<RemindRecipients>(context.today())?;
    let count = retrying(|| async {
        let tx = context.db.write().await?;
        let now = context.now();
        let found = outbox::to_remind(&tx, &scope, plan, (now, now + ANY_DATE)).await?;
        let key = |id: MessageId| format!("reminder:{id}:{}", now.timestamp_millis());
        match put(context, tx, &scope, &found, key).await? {
            0 => Err(Refusal::new("nobody_to_remind").into()),
            count => Ok(count),
        }
    })
    .await?;
    context.signals.ring().await;
    Ok(count)
}

/// Reminds by itself, in every session, whoever is due; how many reminders leave. Each convocation has one reminder of
/// each sort at most, whoever runs this and however often.
///
/// # Errors
/// When the store fails.
pub async fn send_reminders(context: &Context) -> CommandResult<usize> {
    let mut sent = 0;
    for session in sessions::all(&context.db.read()).await? {
        let scope = Actor::System.system_scope::<SendReminders>(session.id)?;
        for (place, (before, code)) in BY_ITSELF.iter().enumerate() {
            // Past the next one's date, this one is no longer due.
            let nearest = BY_ITSELF
                .get(place + 1)
                .map_or(Duration::zero(), |next| next.0);
            sent += retrying(|| async {
                let tx = context.db.write().await?;
                let now = context.now();
                let window = (now + nearest, now + *before);
                let mut found = outbox::to_remind(&tx, &scope, None, window).await?;
                found.retain(|one| one.sent_at.is_some_and(|at| at <= now - TIME_TO_READ));
                let key = |id: MessageId| format!("reminder:{id}:{code}");
                let keys: Vec<_> = found.iter().map(|one| key(one.id)).collect();
                let there = outbox::existing_keys(&tx, &keys).await?;
                found.retain(|one| !there.contains(&key(one.id)));
                found.truncate(MOST);
                put(context, tx, &scope, &found, key).await
            })
            .await?;
        }
    }
    if sent > 0 {
        context.signals.ring().await;
    }
    Ok(sent)
}

/// Decides a reminder of each of these that is still to remind of; nobody twice within a day.
async fn put<O: Operation>(
    context: &Context,
    tx: Transaction,
    scope: &Scope<O>,
    of: &[Silent],
    key: impl Fn(MessageId) -> String,
) -> CommandResult<usize> {
    let now = context.now();
    if of.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = of.iter().map(|one| one.id).collect();
    let mut of = outbox::hold_to_remind(&tx, scope, &ids).await?;
    // Read once the rows are held: who reminded of them a moment before is seen.
    let people: Vec<IdentityId> = of.iter().map(|one| one.record.identity.id).collect();
    let reminded = outbox::reminded_since(&tx, &people, now - APART).await?;
    let mut seen: HashSet<IdentityId> = reminded.into_iter().collect();
    of.retain(|one| seen.insert(one.record.identity.id));
    if of.is_empty() {
        return Ok(0);
    }
    let mut outgoing = std::collections::HashMap::new();
    let mut reminders = Vec::with_capacity(of.len());
    for one in &of {
        let authority = one.record.about.authority;
        if let std::collections::hash_map::Entry::Vacant(place) = outgoing.entry(authority) {
            place.insert(Outgoing::load(context, &tx, authority).await?);
        }
        let Some(mut payload) = reminder(one, now) else {
            continue;
        };
        outgoing[&authority].word(&mut payload);
        // It is the convocation that is acknowledged, not its reminder.
        outgoing[&authority].sign(&mut payload, one.record.id);
        reminders.push(NewMessage {
            id: MessageId(context.ids.next()),
            about: one.record.about,
            dedup_key: key(one.record.id),
            kind: payload.kind().to_owned(),
            identity: one.record.identity.id,
            address: one.record.identity.email.as_ref().map(ToString::to_string),
            subject: payload.subject(),
            sitting_at: payload.sitting_at(),
            payload: payload.to_bytes(),
            // What withdraws or moves the sitting overtakes its reminder too.
            series: one.series,
            revision: one.record.revision,
            priority: 3,
            not_before: now,
            created_at: now,
            references: Some(one.record.id),
        });
    }
    outbox::insert(&tx, scope.session(), &reminders).await?;
    let subjects = reminders.iter().map(|one| one.id.0).collect();
    let line = journal::Line::done(context.ids.next(), now, scope, subjects);
    journal::add(&tx, line).await?;
    let count = tx.commit(reminders.len()).await?.into_inner();
    context.told(&Change::messages(reminders.iter().map(|one| &one.about)));
    Ok(count)
}

/// What a convocation says again in its reminder; none when it is of no version that can be read.
fn reminder(of: &OpenedMessage, now: DateTime<Utc>) -> Option<Payload> {
    let (exam, form, number, name, days, issuer, link) =
        match Payload::from_bytes(&of.payload).ok()? {
            Payload::CandidateConvocation(value) => {
                let day = ReminderDay {
                    date: value.date,
                    arrival: value.arrival,
                    start: value.start,
                    centre: value.centre,
                };
                let (exam, form, issuer) = (value.exam, value.form, value.issuer);
                (
                    exam,
                    form,
                    value.number,
                    value.name,
                    vec![day],
                    issuer,
                    value.link,
                )
            }
            Payload::ExaminerConvocation(value) => {
                let days = value.days.into_iter().map(|day| ReminderDay {
                    date: day.date,
                    arrival: day.preparation.unwrap_or(day.start),
                    start: day.preparation.unwrap_or(day.start),
                    centre: day.centre,
                });
                let (exam, form, issuer) = (value.exam, value.form, value.issuer);
                (
                    exam,
                    form,
                    value.identifier,
                    value.name,
                    days.collect(),
                    issuer,
                    value.link,
                )
            }
            _ => return None,
        };
    Some(Payload::Reminder(Box::new(Reminder {
        exam,
        form,
        number,
        name,
        days,
        issuer,
        issued_at: now,
        link,
        acknowledge: None,
        words: Words::default(),
    })))
}
