//! Candidates whom no mail has reached for sure and whose sitting is near: a list to print, a centre at a time.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use delos_documents::mail::{Attachment, Payload};
use delos_documents::paper::{self, UnreachedCentre as PaperCentre, UnreachedLine as PaperLine};
use delos_domain::actor::Actor;
use delos_domain::ids::MessageId;
use delos_domain::scope::ReadUnreached;
use delos_persistence::outbox::{self, State};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// Ten days before the sitting, or at once when it is nearer: the post and the telephone still have the time.
pub const NEAR: Duration = Duration::days(10);
/// A sitting of this morning is still looked for at noon.
const OVER: Duration = Duration::hours(12);

/// A centre with those who are expected there.
#[derive(Clone, Debug)]
pub struct UnreachedCentre {
    /// Name.
    pub name: String,
    /// Code.
    pub uai: String,
    /// Town.
    pub city: String,
    /// Whom to reach, the nearest sitting first.
    pub lines: Vec<UnreachedLine>,
}

/// A candidate to reach otherwise.
#[derive(Clone, Debug)]
pub struct UnreachedLine {
    /// The convocation, or its withdrawal, that did not arrive for sure: the PDF of a convocation is its first attachment.
    pub message: MessageId,
    /// Ten digits.
    pub number: String,
    /// Full name.
    pub name: String,
    /// Local date.
    pub date: NaiveDate,
    /// When to be there, or when the withdrawn sitting was to begin, in minutes.
    pub arrival: u16,
    /// IANA zone of the centre.
    pub zone: String,
    /// Why: `no_address`, `failed`, `bounced`, `doubtful`, `not_yet` (it waits, or a try of it failed), or `withdrawn`: it is
    /// the withdrawal of his convocation that did not arrive for sure.
    pub why: &'static str,
}

/// Whom to reach otherwise, by centre.
pub async fn unreached(context: &Context, actor: &Actor) -> CommandResult<Vec<UnreachedCentre>> {
    let scope = actor.scope::<ReadUnreached>(context.today())?;
    let now = context.now();
    let near = (now - OVER, now + NEAR);
    let found = outbox::unreached(&context.db.read(), &scope, now, near).await?;
    let mut centres: BTreeMap<(String, String), UnreachedCentre> = BTreeMap::new();
    for one in found {
        let (number, name, date, arrival, centre, withdrawn) =
            match Payload::from_bytes(&one.payload) {
                Ok(Payload::CandidateConvocation(value)) => (
                    value.number,
                    value.name,
                    value.date,
                    value.arrival,
                    value.centre,
                    false,
                ),
                Ok(Payload::CandidateCancellation(value)) => (
                    value.number,
                    value.name,
                    value.date,
                    value.start,
                    value.centre,
                    true,
                ),
                _ => continue,
            };
        let line = UnreachedLine {
            message: one.record.id,
            number,
            name,
            date,
            arrival,
            zone: centre.zone.name().to_owned(),
            why: match one.record.state() {
                // Whoever telephones must not ask him to come, whatever became of the message.
                _ if withdrawn => "withdrawn",
                State::Bounced => "bounced",
                State::Doubtful => "doubtful",
                State::Ready | State::Sending => "not_yet",
                _ if one.record.address.is_empty() => "no_address",
                _ => "failed",
            },
        };
        centres
            .entry((centre.name.clone(), centre.uai.clone()))
            .or_insert_with(|| UnreachedCentre {
                name: centre.name,
                uai: centre.uai,
                city: centre.city,
                lines: Vec::new(),
            })
            .lines
            .push(line);
    }
    Ok(centres.into_values().collect())
}

/// How many there are.
pub(crate) async fn count(context: &Context, actor: &Actor) -> CommandResult<usize> {
    let all = unreached(context, actor).await?;
    Ok(all.iter().map(|one| one.lines.len()).sum())
}

/// The list on paper: a centre a page, a box to tick a line.
pub async fn pdf(context: &Context, actor: &Actor) -> CommandResult<Attachment> {
    let centres = unreached(context, actor).await?;
    let list = paper::Unreached {
        printed_at: context.now(),
        centres: centres
            .into_iter()
            .map(|centre| PaperCentre {
                name: centre.name,
                uai: centre.uai,
                city: centre.city,
                lines: centre
                    .lines
                    .into_iter()
                    .map(|line| PaperLine {
                        number: line.number,
                        name: line.name,
                        date: line.date,
                        arrival: line.arrival,
                        zone: line.zone,
                        why: in_french(line.why).to_owned(),
                    })
                    .collect(),
            })
            .collect(),
    };
    let made = context.lanes.short(move || paper::unreached(&list)).await?;
    let bytes = made.map_err(|error| CommandError::Broken(error.to_string()))?;
    Ok(Attachment {
        name: "candidats-non-joints.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        bytes,
    })
}

/// The reason as it is printed.
fn in_french(why: &str) -> &'static str {
    match why {
        "no_address" => "Pas d’adresse",
        "bounced" => "Message revenu",
        "doubtful" => "Réception douteuse",
        "not_yet" => "Pas encore remis",
        "withdrawn" => "Annulation à annoncer",
        _ => "Message non parti",
    }
}
