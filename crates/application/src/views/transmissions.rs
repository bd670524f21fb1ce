//! What was transmitted, as the authority and the heads of school read it: who has, when, what it held, never a mark.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use delos_domain::actor::Actor;
use delos_domain::bordereau::is_late;
use delos_domain::candidate::Form;
use delos_domain::fraud::Outcome;
use delos_domain::ids::{AccountId, CandidateId, SchoolId, SuspicionId, TransmissionId};
use delos_domain::mandate::Role;
use delos_domain::scope::{ReadCandidates, ReadSchools, ReadTransmissions, RuleOnFraud};
use delos_persistence::candidates::{self, CandidateFilter, CandidateRecord};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::transmissions::{self, Counts, TransmissionRecord};
use delos_persistence::{accounts, sessions, suspicions};

use super::session::authority_of;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::transmission::{Core, code_of};

/// A transmission.
#[derive(Clone, Debug)]
pub struct TransmissionView {
    /// Its id: the receipt is asked by it.
    pub id: TransmissionId,
    /// The receipt's number.
    pub number: String,
    /// The code by which it is checked.
    pub code: String,
    /// The school, or the centre.
    pub school: String,
    /// Its code.
    pub uai: String,
    /// The form.
    pub form: Form,
    /// Who transmitted.
    pub sender: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// IANA zone of the place.
    pub zone: String,
    /// The authority's date then.
    pub due: Option<NaiveDate>,
    /// Whether it came after that date.
    pub late: bool,
    /// Why, as it was said.
    pub late_reason: Option<String>,
    /// What it held.
    pub counts: Counts,
    /// How many files.
    pub files: usize,
}

/// A school that has not transmitted yet.
#[derive(Clone, Debug)]
pub struct AwaitedView {
    /// Name.
    pub school: String,
    /// Code.
    pub uai: String,
    /// Town.
    pub city: String,
    /// Candidates in CCF.
    pub candidates: usize,
}

/// Who has transmitted, and who has not.
#[derive(Clone, Debug)]
pub struct TransmissionsView {
    /// The authority's date.
    pub due: Option<NaiveDate>,
    /// Whether it is over.
    pub late: bool,
    /// The latest first.
    pub made: Vec<TransmissionView>,
    /// Schools in CCF that are awaited, by name; for the authority alone.
    pub awaited: Vec<AwaitedView>,
}

/// A transmission as it is told.
pub(crate) fn view(record: &TransmissionRecord) -> CommandResult<TransmissionView> {
    let core = Core::read(&record.receipt)?;
    Ok(TransmissionView {
        id: record.id,
        number: record.number.clone(),
        code: code_of(&record.hmac),
        school: core.school,
        uai: core.uai,
        form: record.form,
        sender: core.sender,
        made_at: record.made_at,
        zone: core.zone.name().to_owned(),
        due: record.due,
        late: record.late,
        late_reason: core.late_reason,
        counts: record.counts,
        files: core.files.len(),
    })
}

/// Transmissions of the perimeter.
pub async fn transmissions(context: &Context, actor: &Actor) -> CommandResult<TransmissionsView> {
    let scope = actor.scope::<ReadTransmissions>(context.today())?;
    let mandate = actor.mandate().ok_or(CommandError::Forbidden)?;
    let reader = context.db.read();
    let authority = authority_of(mandate.perimeter);
    let due = sessions::dates_for(&reader, mandate.session, authority)
        .await?
        .transmission;
    let records = transmissions::list(&reader, &scope).await?;
    let mut awaited = Vec::new();
    if mandate.role == Role::AuthorityOfficer {
        let sent: HashSet<SchoolId> = records.iter().filter_map(|one| one.school).collect();
        let filter = CandidateFilter {
            form: Some(Form::Ccf),
            ..CandidateFilter::default()
        };
        let people = actor.scope::<ReadCandidates>(context.today())?;
        let mut counts: HashMap<SchoolId, usize> = HashMap::new();
        for one in candidates::all(&reader, &people, &filter).await? {
            if let Some(school) = one.candidate.school {
                *counts.entry(school).or_default() += 1;
            }
        }
        let all = schools::all(&reader, &actor.scope::<ReadSchools>(context.today())?).await?;
        for school in all {
            let id = school.school.id;
            if let Some(candidates) = counts.get(&id).filter(|_| !sent.contains(&id)) {
                awaited.push(AwaitedView {
                    uai: school.school.uai.to_string(),
                    school: school.name,
                    city: school.city,
                    candidates: *candidates,
                });
            }
        }
        awaited.sort_by(|a, b| a.school.cmp(&b.school).then(a.uai.cmp(&b.uai)));
    }
    Ok(TransmissionsView {
        due,
        late: is_late(context.today(), due),
        made: records.iter().map(view).collect::<CommandResult<_>>()?,
        awaited,
    })
}

/// A suspicion of fraud.
#[derive(Clone)]
pub struct SuspicionView {
    /// Its id.
    pub id: SuspicionId,
    /// Of whom: ten digits.
    pub number: String,
    /// His name.
    pub name: String,
    /// The school in CCF, the centre otherwise.
    pub school: String,
    /// What was seen.
    pub reason: String,
    /// Who raised it.
    pub raised_by: String,
    /// When.
    pub raised_at: DateTime<Utc>,
    /// How it ended: what was found, in which words, when.
    pub ruling: Option<(Outcome, String, DateTime<Utc>)>,
}

/// Suspicions to rule on, then those that were.
pub async fn suspicions_of(context: &Context, actor: &Actor) -> CommandResult<Vec<SuspicionView>> {
    let scope = actor.scope::<RuleOnFraud>(context.today())?;
    let reader = context.db.read();
    let all = suspicions::list(&reader, &scope).await?;
    let ids: Vec<CandidateId> = all.iter().map(|one| one.candidate).collect();
    let people: HashMap<CandidateId, CandidateRecord> = candidates::named(&reader, &ids)
        .await?
        .into_iter()
        .map(|one| (one.candidate.id, one))
        .collect();
    let who: Vec<AccountId> = all.iter().filter_map(|one| one.raised_by).collect();
    let names = accounts::names(&reader, &who).await?;
    let centres: Vec<SchoolId> = all.iter().map(|one| one.centre).collect();
    let centres: HashMap<SchoolId, SchoolRecord> = super::schools::by_id(&reader, centres).await?;
    Ok(all
        .into_iter()
        .filter_map(|one| {
            let person = people.get(&one.candidate)?;
            Some(SuspicionView {
                id: one.id,
                number: person.candidate.number.to_string(),
                name: person.identity.full_name(),
                school: centres
                    .get(&one.school.unwrap_or(one.centre))
                    .or_else(|| centres.get(&one.centre))
                    .map(|school| school.name.clone())
                    .unwrap_or_default(),
                reason: one.reason,
                raised_by: one
                    .raised_by
                    .and_then(|id| names.get(&id).cloned())
                    .unwrap_or_default(),
                raised_at: one.raised_at,
                ruling: one.ruling.map(|one| (one.outcome, one.text, one.at)),
            })
        })
        .collect())
}
