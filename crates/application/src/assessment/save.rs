//! A partial save: what a member has typed since the last, each entry with an answer of its own.

use delos_domain::actor::Actor;
use delos_domain::entry::{Answer, Entry, EntryRefused};
use delos_domain::ids::SittingId;
use delos_domain::marks::PenaltyRefused;
use delos_domain::scope::EditAssessment;
use delos_persistence::assessments;
use uuid::Uuid;

use super::{Held, must_be_open};
use crate::context::Context;
use crate::error::{CommandResult, Refusal, retrying};
use crate::live::Change;

/// Most entries of a save: several times what a sheet has fields.
const MOST_ENTRIES: usize = 200;

/// A save.
#[derive(Clone)]
pub struct Save {
    /// Of which sitting.
    pub sitting: SittingId,
    /// The key that its post gave it: sent twice, it is written once and answered alike.
    pub key: Uuid,
    /// What was typed.
    pub entries: Vec<NewEntry>,
}

/// One entry.
#[derive(Clone)]
pub struct NewEntry {
    /// Code of the field.
    pub field: String,
    /// What was typed.
    pub value: String,
    /// The version that its author had before his eyes.
    pub base: i64,
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryAnswer {
    /// It is kept.
    Saved,
    /// Somebody else changed the field since.
    Conflict,
    /// It cannot be a value of this field.
    Refused(Refusal),
}

/// A save that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The version of the sheet after it.
    pub version: i64,
    /// What became of each entry, in their order.
    pub entries: Vec<EntryAnswer>,
}

/// Writes what can be written of a save.
///
/// # Errors
/// Refuses the whole with `assessment_already_validated`, `assessment_already_consigned`,
/// `assessment_already_transmitted`, `assessment_closed`, `too_many_entries`: nothing of it is written.
pub async fn save(context: &Context, actor: &Actor, save: &Save) -> CommandResult<Saved> {
    retrying(|| save_once(context, actor, save)).await
}

async fn save_once(context: &Context, actor: &Actor, save: &Save) -> CommandResult<Saved> {
    let scope = actor.scope::<EditAssessment>(context.today())?;
    if save.entries.len() > MOST_ENTRIES {
        return Err(Refusal::new("too_many_entries").into());
    }
    let tx = context.db.write().await?;
    let held = Held::load(context, &tx, &scope, save.sitting).await?;
    let id = held.record.id;
    if let Some(conflicts) = assessments::earlier_save(&tx, id, save.key).await? {
        // The answer was lost on its way: it is given again, and nothing is written twice.
        return Ok(Saved {
            version: held.record.sheet.open(&scope).version,
            entries: again(&held, save, &conflicts),
        });
    }
    must_be_open(held.tracks)?;
    let entries: Vec<Entry<'_>> = save.entries.iter().map(entry).collect();
    let by = scope
        .account()
        .ok_or(crate::error::CommandError::Forbidden)?;
    let sheet = held.record.sheet.open(&scope);
    let (next, answers) = sheet.saved(&entries, by, &held.paper());
    let conflicts: Vec<String> = save
        .entries
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| **answer == Answer::Conflict)
        .map(|(entry, _)| entry.field.clone())
        .collect();
    assessments::note_save(&tx, id, save.key, &conflicts).await?;
    let changed = next.version != sheet.version;
    if changed {
        assessments::write(&tx, &scope, &held.record, &next).await?;
        let mark = |sheet| {
            let bytes = assessments::bytes(&scope, sheet)?;
            Ok::<_, delos_persistence::StoreError>(held.record.key.fingerprint(&bytes))
        };
        let change = (mark(sheet)?, mark(&next)?);
        held.log(context, &tx, &scope, Some(change)).await?;
    }
    let saved = Saved {
        version: next.version,
        entries: answers.into_iter().map(told).collect(),
    };
    let saved = tx.commit(saved).await?.into_inner();
    if changed {
        context.told(&[Change::Assessment(save.sitting)]);
    }
    Ok(saved)
}

fn entry(new: &NewEntry) -> Entry<'_> {
    Entry {
        field: &new.field,
        value: &new.value,
        base: new.base,
    }
}

/// What a save was answered.
fn again(held: &Held<'_>, save: &Save, conflicts: &[String]) -> Vec<EntryAnswer> {
    let paper = held.paper();
    let answer =
        |new: &NewEntry| match delos_domain::entry::Field::read(&new.field, &new.value, &paper) {
            Err(refused) => EntryAnswer::Refused(why(&refused)),
            Ok(_) if conflicts.contains(&new.field) => EntryAnswer::Conflict,
            Ok(_) => EntryAnswer::Saved,
        };
    save.entries.iter().map(answer).collect()
}

fn told(answer: Answer) -> EntryAnswer {
    match answer {
        Answer::Saved => EntryAnswer::Saved,
        Answer::Conflict => EntryAnswer::Conflict,
        Answer::Refused(refused) => EntryAnswer::Refused(why(&refused)),
    }
}

fn why(refused: &EntryRefused) -> Refusal {
    let refusal = Refusal::new(refused.code());
    match refused {
        EntryRefused::Penalty(PenaltyRefused::Points { fewest, most, .. }) => {
            refusal.with("fewest", fewest).with("most", most)
        }
        EntryRefused::TooLong => refusal.with("most", delos_domain::entry::LONGEST_TEXT),
        _ => refusal,
    }
}
