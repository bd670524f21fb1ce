//! An assessment as its commission reads it, and the head of school who keeps it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use delos_domain::actor::Actor;
use delos_domain::entry::{Paper, Sheet};
use delos_domain::ids::{AccountId, AssessmentId, CommissionId, ExaminerId, SittingId};
use delos_domain::marks::finalise;
use delos_domain::regulation::Regulation;
use delos_domain::scope::{EditAssessment, Facts, Reach, ReadAssessment, Scope};
use delos_domain::tracks::assessment::State;
use delos_persistence::assessments::{self, AssessmentRecord};
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::examiners::{self, ExaminerRecord};
use delos_persistence::sittings::{self, DatedSitting};
use delos_persistence::visas::{self, Asked, VisaRecord};
use delos_persistence::{Reader, accounts, journal, plans};

use crate::assessment::{content, regulation, what_lacks};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};

/// A field as it is kept.
#[derive(Clone)]
pub struct FieldView {
    /// Its code.
    pub field: String,
    /// Its value; empty once it was taken away.
    pub value: String,
    /// The version that it came with.
    pub version: i64,
    /// Who typed it.
    pub by: String,
    /// Whether the reader did.
    pub mine: bool,
}

/// A member and his visa.
#[derive(Clone)]
pub struct MemberVisa {
    /// The member.
    pub name: String,
    /// Whether he is the reader.
    pub mine: bool,
    /// When he gave it, to what stands there now.
    pub given_at: Option<DateTime<Utc>>,
}

/// How the proposal becomes final.
#[derive(Clone)]
pub struct FinalView {
    /// The proposal as it is written.
    pub proposed: String,
    /// Rounded up to the whole point.
    pub rounded: u8,
    /// Penalties with their points, in the order of the regulation.
    pub penalties: Vec<(String, u8)>,
    /// The final mark.
    pub value: u8,
    /// Whether the penalties take more than there is.
    pub floored: bool,
}

/// A reopening that waits for a second person.
#[derive(Clone)]
pub struct ReopeningView {
    /// Who asked.
    pub by: String,
    /// Whether the reader did.
    pub mine: bool,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// An assessment.
#[derive(Clone)]
pub struct AssessmentView {
    /// Of which sitting.
    pub sitting: SittingId,
    /// Grows with each save; 0 when nothing was typed.
    pub version: i64,
    /// Where it stands.
    pub state: State,
    /// What was touched.
    pub fields: Vec<FieldView>,
    /// The members, in the order of the commission.
    pub visas: Vec<MemberVisa>,
    /// What a visa covers, once validated.
    pub content: Option<String>,
    /// How the mark becomes final.
    pub final_mark: Option<FinalView>,
    /// What keeps it from being validated, while it is open.
    pub lacking: Vec<Refusal>,
    /// What waits for a second person.
    pub reopening: Option<ReopeningView>,
    /// Whether the reader may write in it now.
    pub editable: bool,
}

/// The assessment of a sitting; that somebody looked at it stands in the journal when he is not of its commission.
pub async fn one(context: &Context, actor: &Actor, id: SittingId) -> CommandResult<AssessmentView> {
    let scope = actor.scope::<ReadAssessment>(context.today())?;
    let reader = context.db.read();
    let sitting = sittings::one(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let person = candidates::named(&reader, &[sitting.candidate])
        .await?
        .pop()
        .ok_or(CommandError::NotFound)?;
    let regulation = regulation(context, &reader, &sitting).await?;
    let read = Readings::load(&reader, &scope, std::slice::from_ref(&sitting)).await?;
    let view = read.view(context, actor, &scope, (&sitting, &person, regulation))?;
    if !matches!(scope.reach(), Reach::Examiner { .. }) {
        note_reading(context, &scope, &sitting).await?;
    }
    Ok(view)
}

/// Whoever reads what is sealed without having written it is noted.
pub(crate) async fn note_reading(
    context: &Context,
    scope: &Scope<ReadAssessment>,
    sitting: &DatedSitting,
) -> CommandResult<()> {
    let tx = context.db.write().await?;
    let line = journal::Line::done(context.ids.next(), context.now(), scope, vec![sitting.id.0]);
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

/// Everything that the assessments of some sittings are read from, each table asked once.
pub(crate) struct Readings {
    records: HashMap<SittingId, AssessmentRecord>,
    visas: HashMap<AssessmentId, Vec<VisaRecord>>,
    asked: HashMap<AssessmentId, Asked>,
    names: HashMap<AccountId, String>,
    members: HashMap<SittingId, Vec<ExaminerId>>,
    examiners: HashMap<ExaminerId, ExaminerRecord>,
}

impl Readings {
    /// Reads the assessments of sittings of one session, which the scope reached.
    pub async fn load(
        reader: &Reader,
        scope: &Scope<ReadAssessment>,
        sittings: &[DatedSitting],
    ) -> CommandResult<Self> {
        let ids: Vec<SittingId> = sittings.iter().map(|one| one.id).collect();
        let records = assessments::of_sittings(reader, &ids).await?;
        let of: Vec<AssessmentId> = records.values().map(|one| one.id).collect();
        let visas = visas::standing(reader, &of).await?;
        let asked = visas::asked(reader, &of).await?;
        let mut who: BTreeSet<AccountId> = asked.values().map(|one| one.by).collect();
        for record in records.values() {
            who.extend(record.sheet.open(scope).fields.values().map(|one| one.by));
        }
        let who: Vec<AccountId> = who.into_iter().collect();
        let names = accounts::names(reader, &who).await?;
        let commissions: BTreeSet<CommissionId> =
            sittings.iter().map(|one| one.commission).collect();
        let commissions: Vec<CommissionId> = commissions.into_iter().collect();
        let of_commission = plans::members(reader, &commissions).await?;
        let members: HashMap<SittingId, Vec<ExaminerId>> = sittings
            .iter()
            .filter_map(|one| Some((one.id, of_commission.get(&one.commission)?.clone())))
            .collect();
        let all: BTreeSet<ExaminerId> = members.values().flatten().copied().collect();
        let all: Vec<ExaminerId> = all.into_iter().collect();
        let examiners = examiners::by_ids(reader, &all).await?;
        Ok(Self {
            records,
            visas,
            asked,
            names,
            members,
            examiners: examiners.into_iter().map(|one| (one.id, one)).collect(),
        })
    }

    /// The names of a sitting's members, in their order.
    pub fn members(&self, sitting: SittingId) -> Vec<String> {
        let ids = self.members.get(&sitting).into_iter().flatten();
        ids.filter_map(|id| self.examiners.get(id))
            .map(|one| one.identity.full_name())
            .collect()
    }

    /// The assessment of a sitting that nothing may have been typed of.
    pub fn view(
        &self,
        context: &Context,
        actor: &Actor,
        scope: &Scope<ReadAssessment>,
        (sitting, person, regulation): (&DatedSitting, &CandidateRecord, &Regulation),
    ) -> CommandResult<AssessmentView> {
        let blank = Sheet::default();
        let record = self.records.get(&sitting.id);
        let sheet = record.map_or(&blank, |record| record.sheet.open(scope));
        let state = State::from_code(&person.states.assessment)
            .ok_or_else(|| CommandError::Broken("an unknown state".to_owned()))?;
        let paper = Paper::of(regulation, person.candidate.option);
        let me = scope.account();
        let name = |id: &AccountId| self.names.get(id).cloned().unwrap_or_default();
        let digest = record
            .filter(|_| state != State::Open)
            .and_then(|record| content(&record.key, regulation, record.id, sheet));
        let given: Vec<&VisaRecord> = record
            .and_then(|record| self.visas.get(&record.id))
            .into_iter()
            .flatten()
            .filter(|one| Some(one.visa.content) == digest)
            .collect();
        let own = match scope.reach() {
            Reach::Examiner { examiner } => Some(examiner),
            _ => None,
        };
        let members = self.members.get(&sitting.id).into_iter().flatten();
        let visas = members
            .filter_map(|id| self.examiners.get(id))
            .map(|one| MemberVisa {
                name: one.identity.full_name(),
                mine: own == Some(one.id),
                given_at: given
                    .iter()
                    .find(|visa| visa.visa.member == one.id)
                    .map(|visa| visa.given_at),
            })
            .collect();
        let asked = record.and_then(|record| self.asked.get(&record.id));
        Ok(AssessmentView {
            sitting: sitting.id,
            version: sheet.version,
            state,
            fields: sheet
                .fields
                .iter()
                .map(|(field, kept)| FieldView {
                    field: field.to_string(),
                    value: kept.value.clone(),
                    version: kept.version,
                    by: name(&kept.by),
                    mine: Some(kept.by) == me,
                })
                .collect(),
            visas,
            content: digest.as_ref().map(visas::hexadecimal),
            final_mark: final_mark(sheet, &paper),
            lacking: match state {
                State::Open => what_lacks(sheet, &paper)?,
                _ => Vec::new(),
            },
            reopening: asked.map(|one| ReopeningView {
                by: name(&one.by),
                mine: Some(one.by) == me,
                reason: one.reason.clone(),
                at: one.at,
            }),
            editable: state == State::Open && self.may_edit(context, actor, sitting),
        })
    }

    fn may_edit(&self, context: &Context, actor: &Actor, sitting: &DatedSitting) -> bool {
        let facts = Facts {
            session: sitting.session,
            authority: sitting.authority,
            school: sitting.school,
            centre: Some(sitting.centre),
            members: self.members.get(&sitting.id).cloned().unwrap_or_default(),
            candidate: Some(sitting.candidate),
            phase: None,
        };
        actor
            .scope::<EditAssessment>(context.today())
            .is_ok_and(|scope| scope.allows(&facts))
    }
}

/// How the mark of a sheet becomes final; none without a mark, or with penalties that cannot be applied.
pub(crate) fn final_mark(sheet: &Sheet, paper: &Paper<'_>) -> Option<FinalView> {
    let penalties = sheet.penalties();
    let made = finalise(sheet.mark()?, &penalties, paper.rules).ok()?;
    let steps = made.explained(&penalties, paper.rules);
    Some(FinalView {
        proposed: made.proposed.to_string(),
        rounded: made.rounded,
        penalties: steps
            .penalties
            .iter()
            .map(|(code, points)| ((*code).to_owned(), *points))
            .collect(),
        value: made.value,
        floored: steps.floored,
    })
}
