//! What a head of school keeps and sends to the jury: the recapitulative slip of his school (CCF), or of the centre that he
//! heads (ponctuelle form).
//!
//! Annexe 9: marks and grids are « consignées … sous la responsabilité du chef d’établissement », and transmitted at the
//! authority's date.
//! Invariant: what is shown, printed and sent is one reading, [`Slip`]; nothing of it is computed twice.

mod check;
mod consign;
mod papers;
mod receipt;
mod transmit;

pub use check::{Checked, check_receipt};
pub use consign::consign;
pub use papers::{bordereau_csv, bordereau_pdf, receipt_pdf};
pub(crate) use papers::{note, row};
pub(crate) use receipt::{Core, code_of};
pub use transmit::{Transmit, transmit};

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use delos_domain::bordereau::{self, Known};
use delos_domain::calendar::local;
use delos_domain::candidate::Form;
use delos_domain::entry::{Paper, Sheet};
use delos_domain::ids::{AssessmentId, CandidateId, ExaminerId, SchoolId};
use delos_domain::marks::finalise;
use delos_domain::regulation::{AppreciationSheet, Regulation};
use delos_domain::scope::{OpensSealed, Reach, Scope};
use delos_domain::tracks::Tracks;
use delos_domain::visa::{ContentDigest, Visa};
use delos_persistence::assessments::{self, AssessmentRecord};
use delos_persistence::authorities::{self, AuthorityRecord};
use delos_persistence::candidates::{self, CandidateFilter, CandidateRecord};
use delos_persistence::consignments::{self, ConsignmentRecord};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::search::fold;
use delos_persistence::sessions::{self, SessionRecord};
use delos_persistence::sittings::{self, DatedSitting, Ended, SittingFilter};
use delos_persistence::transmissions::{self, TransmissionRecord};
use delos_persistence::visas::{self, VisaRecord};
use delos_persistence::{Access, examiners, plans};

use crate::assessment::content;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::tracks_of;

/// A member, and the visa of his that stands.
#[derive(Clone)]
pub(crate) struct Signed {
    /// Full name.
    pub name: String,
    /// When he gave it.
    pub given_at: Option<DateTime<Utc>>,
}

/// The slip of a place and form, as it stands.
pub(crate) struct Slip<'c> {
    pub session: SessionRecord,
    pub regulation: &'c Regulation,
    pub authority: AuthorityRecord,
    /// Whose head answers for it: the school in CCF, the centre in the ponctuelle form.
    pub place: SchoolRecord,
    pub zone: Tz,
    pub form: Form,
    /// The authority's date.
    pub due: Option<NaiveDate>,
    /// By name.
    pub candidates: Vec<OnSlip>,
    /// What was transmitted.
    pub done: Option<TransmissionRecord>,
}

/// A candidate of a slip.
pub(crate) struct OnSlip {
    pub person: CandidateRecord,
    /// His sitting, or the last one that he had.
    pub sitting: Option<DatedSitting>,
    /// Whether that sitting stands.
    pub standing: bool,
    pub tracks: Tracks,
    pub record: Option<AssessmentRecord>,
    pub members: Vec<Signed>,
    pub content: Option<ContentDigest>,
    pub consigned: Option<ConsignmentRecord>,
    pub line: bordereau::Line,
}

impl<'c> Slip<'c> {
    /// Reads the slip of the place whose head asks.
    ///
    /// # Errors
    /// [`CommandError::Forbidden`] to whoever heads no school.
    pub async fn load<O: OpensSealed>(
        context: &'c Context,
        access: &impl Access,
        scope: &Scope<O>,
        form: Form,
    ) -> CommandResult<Self> {
        let Reach::School {
            school, authority, ..
        } = scope.reach()
        else {
            return Err(CommandError::Forbidden);
        };
        let place = schools::by_ids(access, &[school])
            .await?
            .pop()
            .ok_or(CommandError::NotFound)?;
        let authority = authorities::all(access)
            .await?
            .into_iter()
            .find(|one| one.id == authority)
            .ok_or(CommandError::NotFound)?;
        let session = sessions::by_id(access, scope.session())
            .await?
            .ok_or(CommandError::NotFound)?;
        let regulation = context
            .regulation(&session.regulation)
            .ok_or(CommandError::NotFound)?;
        let dates = sessions::dates_for(access, session.id, Some(authority.id)).await?;
        let zone = authority
            .academies
            .iter()
            .find(|one| one.code == place.academy)
            .map_or(Tz::Europe__Paris, |one| one.timezone);
        Ok(Self {
            done: transmissions::of_place(access, scope, school, form).await?,
            candidates: candidates_of(access, scope, school, form, regulation).await?,
            session,
            regulation,
            authority,
            place,
            zone,
            form,
            due: dates.transmission,
        })
    }

    /// The day on the clocks of the place.
    pub fn today(&self, context: &Context) -> NaiveDate {
        local(context.now(), self.zone).date()
    }

    /// The lines, in the slip's order.
    pub fn lines(&self) -> Vec<bordereau::Line> {
        self.candidates.iter().map(|one| one.line.clone()).collect()
    }
}

/// Whose slip it is, and their sittings: of the school in CCF; in the ponctuelle form those whom the centre hosts, or whose
/// last sitting it hosted when they did not come.
async fn candidates_of<O: OpensSealed>(
    access: &impl Access,
    scope: &Scope<O>,
    school: SchoolId,
    form: Form,
    regulation: &Regulation,
) -> CommandResult<Vec<OnSlip>> {
    let of_form = |one: &DatedSitting| one.school.is_none() == (form == Form::Ponctuelle);
    let mut last: HashMap<CandidateId, (DatedSitting, bool)> = HashMap::new();
    for past in sittings::over(access, scope).await? {
        if past.ended == Ended::Absent && of_form(&past.sitting) {
            last.insert(past.sitting.candidate, (past.sitting, false));
        }
    }
    for one in sittings::list(access, scope, &SittingFilter::default()).await? {
        if of_form(&one) {
            last.insert(one.candidate, (one, true));
        }
    }
    let mut people = match form {
        Form::Ccf => {
            let filter = CandidateFilter {
                form: Some(form),
                school: Some(school),
                ..CandidateFilter::default()
            };
            candidates::all(access, scope, &filter).await?
        }
        Form::Ponctuelle => hosted(access, &mut last).await?,
    };
    people.sort_by_cached_key(|one| {
        let who = &one.identity;
        let borne = who.usage_name.as_deref().unwrap_or(&who.family_name);
        (
            fold(borne),
            fold(&who.given_names),
            one.candidate.number.clone(),
        )
    });
    Reading::load(access, &last)
        .await?
        .all(scope, people, &mut last, regulation)
}

/// Those whom a centre hosts; whoever was absent here and sits elsewhere since is elsewhere's.
async fn hosted(
    access: &impl Access,
    last: &mut HashMap<CandidateId, (DatedSitting, bool)>,
) -> CommandResult<Vec<CandidateRecord>> {
    let absent: Vec<CandidateId> = last
        .iter()
        .filter(|(_, (_, standing))| !standing)
        .map(|(id, _)| *id)
        .collect();
    for id in absent {
        if sittings::of_candidate(access, id).await?.is_some() {
            last.remove(&id);
        }
    }
    let ids: Vec<CandidateId> = last.keys().copied().collect();
    Ok(candidates::named(access, &ids).await?)
}

/// What assessments are read from, each table asked once.
struct Reading {
    records: HashMap<delos_domain::ids::SittingId, AssessmentRecord>,
    visas: HashMap<AssessmentId, Vec<VisaRecord>>,
    consigned: HashMap<AssessmentId, ConsignmentRecord>,
    members: HashMap<delos_domain::ids::CommissionId, Vec<ExaminerId>>,
    names: HashMap<ExaminerId, String>,
}

impl Reading {
    async fn load(
        access: &impl Access,
        last: &HashMap<CandidateId, (DatedSitting, bool)>,
    ) -> CommandResult<Self> {
        let standing = || last.values().filter(|(_, standing)| *standing);
        let ids: Vec<_> = standing().map(|(one, _)| one.id).collect();
        let records = assessments::of_sittings(access, &ids).await?;
        let of: Vec<AssessmentId> = records.values().map(|one| one.id).collect();
        let mut members = HashMap::new();
        let plans: BTreeSet<_> = standing().map(|(one, _)| one.plan).collect();
        for plan in plans {
            let commissions = plans::commissions(access, plan).await?;
            members.extend(commissions.into_iter().map(|one| (one.id, one.members)));
        }
        let all: BTreeSet<ExaminerId> = members.values().flatten().copied().collect();
        let all: Vec<ExaminerId> = all.into_iter().collect();
        let names = examiners::by_ids(access, &all).await?;
        Ok(Self {
            visas: visas::standing(access, &of).await?,
            consigned: consignments::of(access, &of).await?,
            records,
            members,
            names: names
                .into_iter()
                .map(|one| (one.id, one.identity.full_name()))
                .collect(),
        })
    }

    fn all<O: OpensSealed>(
        mut self,
        scope: &Scope<O>,
        people: Vec<CandidateRecord>,
        last: &mut HashMap<CandidateId, (DatedSitting, bool)>,
        regulation: &Regulation,
    ) -> CommandResult<Vec<OnSlip>> {
        people
            .into_iter()
            .map(|person| {
                let last = last.remove(&person.candidate.id);
                self.one(scope, person, last, regulation)
            })
            .collect()
    }

    fn one<O: OpensSealed>(
        &mut self,
        scope: &Scope<O>,
        person: CandidateRecord,
        last: Option<(DatedSitting, bool)>,
        regulation: &Regulation,
    ) -> CommandResult<OnSlip> {
        let (sitting, standing) = match last {
            Some((sitting, standing)) => (Some(sitting), standing),
            None => (None, false),
        };
        let revision = sitting.as_ref().map_or(1, |one| one.revision);
        // A date that is to come again has no revision; one that is over had one.
        let tracks = [revision, 1, 0]
            .into_iter()
            .find_map(|revision| tracks_of::of(&person, revision))
            .ok_or_else(|| {
                let id = person.candidate.id;
                CommandError::Broken(format!(
                    "the states of candidate {id} contradict each other"
                ))
            })?;
        let record = sitting
            .as_ref()
            .and_then(|one| self.records.remove(&one.id));
        let blank = Sheet::default();
        let sheet = record
            .as_ref()
            .map_or(&blank, |record| record.sheet.open(scope));
        let written = sheet.written(&regulation.assessment.appreciation);
        let text = written.text(AppreciationSheet::APPRECIATION);
        let digest = record
            .as_ref()
            .and_then(|record| content(&record.key, regulation, record.id, sheet));
        let given = record
            .as_ref()
            .and_then(|record| self.visas.remove(&record.id))
            .unwrap_or_default();
        let members: Vec<ExaminerId> = sitting
            .as_ref()
            .filter(|_| standing)
            .and_then(|one| self.members.get(&one.commission))
            .cloned()
            .unwrap_or_default();
        let visas: Vec<Visa> = given.iter().map(|one| one.visa).collect();
        let consigned = record
            .as_ref()
            .and_then(|record| self.consigned.remove(&record.id));
        let as_consigned = match (&record, &consigned) {
            (Some(record), Some(kept)) => {
                let now = consignments::digest(scope, &record.key, record.id, sheet)?;
                Some(now == kept.digest)
            }
            _ => None,
        };
        let line = bordereau::line(&Known {
            tracks,
            final_mark: final_value(sheet, &person, regulation),
            appreciation: !text.trim().is_empty() || !regulation.assessment.appreciation.required,
            content: digest,
            members: &members,
            visas: &visas,
            as_consigned,
        });
        let members = signed_of(&members, &given, digest, &self.names);
        Ok(OnSlip {
            person,
            sitting,
            standing,
            tracks,
            members,
            content: digest,
            consigned,
            line,
            record,
        })
    }
}

fn final_value(sheet: &Sheet, person: &CandidateRecord, regulation: &Regulation) -> Option<u8> {
    let paper = Paper::of(regulation, person.candidate.option);
    let made = finalise(sheet.mark()?, &sheet.penalties(), paper.rules).ok()?;
    Some(made.value)
}

/// The members with the visas of what stands there now.
fn signed_of(
    members: &[ExaminerId],
    given: &[VisaRecord],
    content: Option<ContentDigest>,
    names: &HashMap<ExaminerId, String>,
) -> Vec<Signed> {
    members
        .iter()
        .map(|id| Signed {
            name: names.get(id).cloned().unwrap_or_default(),
            given_at: given
                .iter()
                .find(|one| one.visa.member == *id && Some(one.visa.content) == content)
                .map(|one| one.given_at),
        })
        .collect()
}

/// The members of a sitting's commission with their visas that stand: a visa is void as soon as anything changes, so that
/// one that stands is of what stands there.
pub(crate) async fn signed(
    access: &impl Access,
    sitting: &DatedSitting,
    record: Option<&AssessmentRecord>,
) -> CommandResult<Vec<Signed>> {
    let members = crate::assessment::members(access, sitting).await?;
    let names: HashMap<ExaminerId, String> = examiners::by_ids(access, &members)
        .await?
        .into_iter()
        .map(|one| (one.id, one.identity.full_name()))
        .collect();
    let of: Vec<AssessmentId> = record.iter().map(|one| one.id).collect();
    let given: Vec<VisaRecord> = visas::standing(access, &of)
        .await?
        .into_values()
        .flatten()
        .collect();
    Ok(members
        .iter()
        .map(|id| Signed {
            name: names.get(id).cloned().unwrap_or_default(),
            given_at: given
                .iter()
                .find(|one| one.visa.member == *id)
                .map(|one| one.given_at),
        })
        .collect())
}
