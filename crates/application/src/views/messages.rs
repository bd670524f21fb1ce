//! The outbox as people see it, each message recomposed from its row.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use delos_documents::mail::{Attachment, Composed, Payload};
use delos_domain::actor::Actor;
use delos_domain::ids::{MessageId, PlanId};
use delos_domain::scope::ReadMessages;
use delos_persistence::outbox::{self, Counts, MessageFilter, MessageRecord, State};
use delos_persistence::schools::{Page, PageRequest};
use delos_persistence::{Reader, authorities};

use super::session::authority_of;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// A message recomposed.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// Its row; none for a preview.
    pub record: Option<MessageRecord>,
    /// Subject, text and attachments.
    pub content: Composed,
}

/// Which messages a person asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// In this state.
    pub state: Option<State>,
    /// Of this kind.
    pub kind: Option<String>,
    /// About a sitting of this date, in the zone of the perimeter.
    pub day: Option<NaiveDate>,
    /// Convocations in force that nobody has acknowledged.
    pub unacknowledged: bool,
    /// Not with its recipient for sure, and about a sitting within three days.
    pub pressing: bool,
    /// Of this plan.
    pub plan: Option<PlanId>,
}

/// What is said to press.
const PRESSING: Duration = Duration::hours(72);

/// Messages of the perimeter with the counts of all of them by state.
pub async fn list(
    context: &Context,
    actor: &Actor,
    asked: &Asked,
    page: &PageRequest,
) -> CommandResult<(Page<MessageRecord>, Counts)> {
    let scope = actor.scope::<ReadMessages>(context.today())?;
    let reader = context.db.read();
    let now = context.now();
    let sitting = match asked.day {
        Some(day) => Some(window(&reader, actor, day).await?),
        None => None,
    };
    let filter = MessageFilter {
        state: asked.state,
        plan: asked.plan,
        kind: asked.kind.clone(),
        sitting,
        unacknowledged: asked.unacknowledged,
        pressing: asked.pressing.then_some((now, now + PRESSING)),
    };
    let page = outbox::list(&reader, &scope, &filter, page).await?;
    let all = MessageFilter {
        plan: asked.plan,
        ..MessageFilter::default()
    };
    let counts = outbox::counts(&reader, &scope, &all).await?;
    Ok((page, counts))
}

/// A date in the zone of the perimeter's centres: that of the authority's first academy, or of Paris for the session.
async fn window(
    reader: &Reader,
    actor: &Actor,
    day: NaiveDate,
) -> CommandResult<(DateTime<Utc>, DateTime<Utc>)> {
    let authority = actor.mandate().and_then(|one| authority_of(one.perimeter));
    let zone = match authority {
        Some(id) => authorities::all(reader)
            .await?
            .into_iter()
            .find(|one| one.id == id)
            .and_then(|one| one.academies.first().map(|academy| academy.timezone)),
        None => None,
    };
    let zone = zone.unwrap_or(chrono_tz::Europe::Paris);
    let begins = |day: NaiveDate| {
        let midnight = day.and_time(NaiveTime::MIN);
        let there = midnight.and_local_timezone(zone).earliest();
        there.map_or_else(|| midnight.and_utc(), |one| one.with_timezone(&Utc))
    };
    Ok((begins(day), begins(day + Duration::days(1))))
}

/// Most rows of a list that is taken away.
const MOST: u64 = 100_000;

/// What is filtered, as a CSV that a spreadsheet opens: exactly the rows of the screen, all its pages.
pub async fn csv(
    context: &Context,
    actor: &Actor,
    asked: &Asked,
    search: Option<String>,
) -> CommandResult<Attachment> {
    let page = PageRequest {
        search,
        limit: MOST,
        ..PageRequest::default()
    };
    let (found, _) = list(context, actor, asked, &page).await?;
    let lines: Vec<_> = found.items.iter().map(csv_line).collect();
    Ok(Attachment {
        name: "messages.csv".to_owned(),
        content_type: "text/csv; charset=utf-8".to_owned(),
        bytes: delos_documents::csv::table(&CSV_HEADER, &lines),
    })
}

const CSV_HEADER: [&str; 10] = [
    "Destinataire",
    "Adresse",
    "Message",
    "État",
    "Préparé (UTC)",
    "Accepté par le relais (UTC)",
    "Épreuve (UTC)",
    "Accusé de réception (UTC)",
    "Réglé (UTC)",
    "Cause",
];

fn csv_line(one: &MessageRecord) -> Vec<String> {
    let moment = |at: Option<DateTime<Utc>>| {
        at.map(|at| at.format("%Y-%m-%d %H:%M").to_string())
            .unwrap_or_default()
    };
    let cause = one.bounce.clone().or_else(|| one.last_error.clone());
    vec![
        one.identity.full_name(),
        one.address.clone(),
        one.subject.clone(),
        state_in_french(one.state()).to_owned(),
        moment(Some(one.created_at)),
        moment(one.sent_at),
        moment(one.sitting_at),
        moment(one.acknowledged_at),
        moment(one.settled_at),
        cause.unwrap_or_default(),
    ]
}

/// The state as the screens call it.
fn state_in_french(state: State) -> &'static str {
    match state {
        State::Ready => "Prête",
        State::Sending => "En cours",
        State::Sent => "Envoyée",
        State::Doubtful => "Douteuse",
        State::Failed => "En échec",
        State::Bounced => "Revenue",
        State::Settled => "Réglée",
        State::Cancelled => "Annulée",
    }
}

/// One message of the perimeter, recomposed from its row; its one-time code is not shown to others than its recipient.
pub async fn one(
    context: &Context,
    actor: &Actor,
    id: MessageId,
) -> CommandResult<Option<MessageView>> {
    let scope = actor.scope::<ReadMessages>(context.today())?;
    let Some((record, payload)) = outbox::one(&context.db.read(), &scope, id).await? else {
        return Ok(None);
    };
    let payload =
        Payload::from_bytes(&payload).map_err(|error| CommandError::Broken(error.to_string()))?;
    let content = compose(context, payload.for_other_eyes()).await?;
    Ok(Some(MessageView {
        record: Some(record),
        content,
    }))
}

/// One attachment of a message of the perimeter.
pub async fn attachment(
    context: &Context,
    actor: &Actor,
    id: MessageId,
    place: usize,
) -> CommandResult<Attachment> {
    let message = one(context, actor, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    message
        .content
        .attachments
        .into_iter()
        .nth(place)
        .ok_or(CommandError::NotFound)
}

/// Composes a payload on the short lane.
pub(crate) async fn compose(context: &Context, payload: Payload) -> CommandResult<Composed> {
    let composed = context
        .lanes
        .short(move || delos_documents::mail::compose(&payload))
        .await?;
    composed.map_err(|error| CommandError::Broken(error.to_string()))
}
