//! What the convocations of one plan say: everything is read once, then each letter is a pure function of it.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use delos_documents::convocation::{
    CandidateConvocation, Change, Exam, ExaminerConvocation, ExaminerDay, Issuer, Phase, Place,
    Words,
};
use delos_documents::mail::{
    AbsenceDecision, CandidateCancellation, DayLine, DayNotice, ExaminerCancellation,
};
use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::ids::{ExaminerId, SchoolId};
use delos_domain::ratio::TimeRatio;
use delos_domain::regulation::{ExtraTime, Regulation};
use delos_domain::session::SessionDates;
use delos_domain::sitting::SittingTimes;
use delos_persistence::Access;
use delos_persistence::authorities::{self, AuthorityRecord};
use delos_persistence::candidates::CandidateRecord;
use delos_persistence::examiners::{self as people, ExaminerRecord};
use delos_persistence::plans::{CommissionRecord, DayRecord, PlanRecord, SittingRecord};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::sessions::{self, SessionRecord};
use delos_persistence::sittings::DatedSitting;

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::outgoing::Outgoing;
use crate::views::schools::by_id;

/// All that the letters of a plan are made of.
pub struct Letters {
    /// The session.
    pub session: SessionRecord,
    /// Its regulation.
    pub regulation: Regulation,
    /// Dates that hold for the authority.
    pub dates: SessionDates,
    /// The authority.
    pub authority: AuthorityRecord,
    /// What every message is given when it is decided.
    pub outgoing: Outgoing,
    form: Form,
    owner: Option<SchoolRecord>,
    schools: HashMap<SchoolId, SchoolRecord>,
    zones: HashMap<String, Tz>,
    examiners: HashMap<ExaminerId, ExaminerRecord>,
    public_url: String,
    issued_at: chrono::DateTime<chrono::Utc>,
}

impl Letters {
    /// Reads what the letters of a plan need.
    pub async fn load(
        context: &Context,
        access: &impl Access,
        plan: &PlanRecord,
        commissions: &[CommissionRecord],
    ) -> CommandResult<Self> {
        Self::load_with(context, access, plan, commissions, &[], &[]).await
    }

    /// [`Letters::load`], with examiners and centres besides those of the commissions.
    pub async fn load_with(
        context: &Context,
        access: &impl Access,
        plan: &PlanRecord,
        commissions: &[CommissionRecord],
        examiners: &[ExaminerId],
        centres: &[SchoolId],
    ) -> CommandResult<Self> {
        let session = sessions::by_id(access, plan.session)
            .await?
            .ok_or(CommandError::NotFound)?;
        let regulation = context
            .regulation(&session.regulation)
            .ok_or(CommandError::NotFound)?
            .clone();
        let authority = authorities::all(access)
            .await?
            .into_iter()
            .find(|one| one.id == plan.authority)
            .ok_or(CommandError::NotFound)?;
        let schools = by_id(
            access,
            commissions
                .iter()
                .map(|one| one.centre)
                .chain(centres.iter().copied())
                .chain(plan.school),
        )
        .await?;
        let mut members: Vec<ExaminerId> = commissions
            .iter()
            .flat_map(|one| one.members.iter().copied())
            .chain(examiners.iter().copied())
            .collect();
        members.sort_unstable();
        members.dedup();
        Ok(Self {
            dates: sessions::dates_for(access, plan.session, Some(plan.authority)).await?,
            owner: plan.school.and_then(|id| schools.get(&id).cloned()),
            form: plan.form,
            zones: schools::zones(access).await?.into_iter().collect(),
            examiners: people::by_ids(access, &members)
                .await?
                .into_iter()
                .map(|one| (one.id, one))
                .collect(),
            outgoing: Outgoing::load(context, access, Some(plan.authority)).await?,
            public_url: context.settings.public_url.clone(),
            issued_at: context.now(),
            session,
            regulation,
            authority,
            schools,
        })
    }
}

impl Letters {
    /// Zone of a centre's clocks.
    pub fn zone(&self, centre: SchoolId) -> Tz {
        self.schools
            .get(&centre)
            .and_then(|one| self.zones.get(&one.academy).copied())
            .unwrap_or(Tz::Europe__Paris)
    }

    /// A candidate's convocation is withdrawn.
    pub fn cancellation(
        &self,
        person: &CandidateRecord,
        sitting: &DatedSitting,
        revision: u32,
        reason: &str,
        next: &str,
    ) -> CandidateCancellation {
        CandidateCancellation {
            exam: self.exam(Some(person.candidate.option)),
            form: self.form_in_words(),
            number: person.candidate.number.to_string(),
            name: person.identity.full_name(),
            centre: self.place(sitting.centre),
            date: sitting.day,
            start: sitting.starts.first().copied().unwrap_or_default(),
            reason: reason.to_owned(),
            next: next.to_owned(),
            issuer: self.issuer(),
            revision,
            series: sitting.series,
            issued_at: self.issued_at,
            link: self.public_url.clone(),
            words: Words::default(),
        }
    }

    /// What a candidate's absence entails.
    pub fn absence_decision(
        &self,
        person: &CandidateRecord,
        day: NaiveDate,
        consequence: &str,
        next: &str,
    ) -> AbsenceDecision {
        AbsenceDecision {
            exam: self.exam(Some(person.candidate.option)),
            number: person.candidate.number.to_string(),
            name: person.identity.full_name(),
            date: day,
            consequence: consequence.to_owned(),
            next: next.to_owned(),
            issuer: self.issuer(),
            issued_at: self.issued_at,
            link: self.public_url.clone(),
            words: Words::default(),
        }
    }

    /// No day is left to an examiner.
    pub fn examiner_cancellation(
        &self,
        person: &ExaminerRecord,
        removed: Vec<ExaminerDay>,
        revision: u32,
        reason: &str,
    ) -> ExaminerCancellation {
        ExaminerCancellation {
            exam: self.exam(None),
            form: self.form_in_words(),
            identifier: person.identifier.clone(),
            name: person.identity.full_name(),
            removed,
            reason: reason.to_owned(),
            issuer: self.issuer(),
            revision,
            issued_at: self.issued_at,
            link: self.public_url.clone(),
            words: Words::default(),
        }
    }

    /// What has changed of a centre's days, to one who answers for it.
    pub fn day_notice(
        &self,
        name: String,
        centre: SchoolId,
        lines: Vec<DayLine>,
        reason: &str,
    ) -> DayNotice {
        DayNotice {
            name,
            exam: self.exam(None),
            centre: self.place(centre),
            lines,
            reason: reason.to_owned(),
            issuer: self.issuer(),
            issued_at: self.issued_at,
            link: self.public_url.clone(),
            words: Words::default(),
        }
    }

    /// What a convocation said before it changed.
    pub fn change(&self, former: &DatedSitting, reason: &str) -> Change {
        Change {
            former_date: former.day,
            former_start: former.starts.first().copied().unwrap_or_default(),
            former_centre: self.place(former.centre),
            reason: reason.to_owned(),
        }
    }

    /// A candidate's letter.
    pub fn candidate(
        &self,
        person: &CandidateRecord,
        commission: &CommissionRecord,
        day: &DayRecord,
        sitting: &SittingRecord,
        revision: u32,
        code: Option<String>,
    ) -> CandidateConvocation {
        let regulation = &self.regulation;
        let candidate = &person.candidate;
        let times = SittingTimes::new(
            &regulation.course,
            &regulation.day,
            day.day,
            candidate.accommodation,
            &sitting.starts,
        );
        let texts = &regulation.convocation;
        let of_form = |map: &std::collections::BTreeMap<Form, String>| {
            map.get(&self.form).cloned().unwrap_or_default()
        };
        CandidateConvocation {
            exam: self.exam(Some(candidate.option)),
            form: self.form_in_words(),
            number: candidate.number.to_string(),
            name: person.identity.full_name(),
            centre: self.place(commission.centre),
            date: day.day,
            arrival: times.arrival(&regulation.day),
            start: times.start(),
            end: times.candidate_end(&regulation.course),
            phases: times
                .phases
                .iter()
                .zip(&regulation.course.phases)
                .filter(|(_, phase)| phase.candidate)
                .map(|(planned, phase)| Phase {
                    name: phase.name.clone(),
                    explanation: phase.explanation.clone(),
                    start: planned.start,
                    end: planned.end,
                })
                .collect(),
            accommodations: self.accommodations(candidate.accommodation),
            bring: texts.bring.clone(),
            forbidden: texts.forbidden.clone(),
            inspection: texts.inspection.clone(),
            lateness: texts.lateness.clone(),
            absence: of_form(&texts.absence),
            tell: of_form(&texts.tell),
            issuer: self.issuer(),
            revision,
            series: sitting.series,
            issued_at: self.issued_at,
            code,
            link: self.public_url.clone(),
            changed: None,
            acknowledge: None,
            words: Words::default(),
        }
    }

    /// The examiners of the plan's commissions.
    pub fn examiner(&self, id: ExaminerId) -> Option<&ExaminerRecord> {
        self.examiners.get(&id)
    }

    /// An examiner's letter: every day on which he sits.
    pub fn examiner_letter(
        &self,
        person: &ExaminerRecord,
        commissions: &[CommissionRecord],
        revision: u32,
    ) -> ExaminerConvocation {
        let regulation = &self.regulation;
        let floats = regulation
            .course
            .phases
            .iter()
            .map(|phase| phase.minutes)
            .collect::<Vec<_>>();
        let mut days: Vec<ExaminerDay> = commissions
            .iter()
            .filter(|one| one.members.contains(&person.id))
            .flat_map(|one| one.days.iter().map(move |day| (one, day)))
            // A half-day of preparation is for the candidates whom the commission hears then or later.
            .filter(|(one, day)| {
                !day.sittings.is_empty()
                    || day.preparation.is_some()
                        && one
                            .days
                            .iter()
                            .any(|other| other.day >= day.day && !other.sittings.is_empty())
            })
            .map(|(one, day)| {
                let start = day
                    .sittings
                    .iter()
                    .filter_map(|sitting| sitting.starts.first())
                    .min()
                    .copied();
                let ends = day.sittings.iter().flat_map(|sitting| {
                    sitting
                        .starts
                        .iter()
                        .zip(&floats)
                        .map(|(start, minutes)| start + minutes)
                });
                let preparation_end = day
                    .preparation
                    .map(|start| start + regulation.day.preparation);
                ExaminerDay {
                    date: day.day,
                    centre: self.place(one.centre),
                    commission: one.number,
                    option: one.option.code().to_owned(),
                    preparation: day.preparation,
                    start: start.or(day.preparation).unwrap_or(regulation.day.open),
                    end: ends
                        .max()
                        .or(preparation_end)
                        .unwrap_or(regulation.day.close),
                    candidates: u16::try_from(day.sittings.len()).unwrap_or(u16::MAX),
                    others: one
                        .members
                        .iter()
                        .filter(|id| **id != person.id)
                        .filter_map(|id| self.examiners.get(id))
                        .map(|other| other.identity.full_name())
                        .collect(),
                    series: day.id.0,
                }
            })
            .collect();
        days.sort_by_key(|day| (day.date, day.commission));
        ExaminerConvocation {
            exam: self.exam(None),
            form: self.form_in_words(),
            identifier: person.identifier.clone(),
            name: person.identity.full_name(),
            days,
            notes: regulation.convocation.examiner.clone(),
            issuer: self.issuer(),
            revision,
            issued_at: self.issued_at,
            link: self.public_url.clone(),
            removed: Vec::new(),
            changed: None,
            acknowledge: None,
            words: Words::default(),
        }
    }

    fn exam(&self, option: Option<ExamOption>) -> Exam {
        let titles = option.and_then(|option| {
            self.regulation
                .options
                .get(&option)
                .map(|titles| (option, titles))
        });
        Exam {
            session: self.session.code.clone(),
            regulation: self.regulation.id.clone(),
            diploma: self.regulation.diploma.clone(),
            option: titles
                .map(|(option, titles)| format!("Option {} – {}", option.code(), titles.option))
                .unwrap_or_default(),
            code: self.regulation.exam_code.clone(),
            title: titles
                .map(|(_, titles)| titles.exam.clone())
                .unwrap_or_default(),
        }
    }

    fn form_in_words(&self) -> String {
        match self.form {
            Form::Ccf => "contrôle en cours de formation",
            Form::Ponctuelle => "forme ponctuelle",
        }
        .to_owned()
    }

    fn place(&self, id: SchoolId) -> Place {
        let school = self.schools.get(&id);
        let text = |field: fn(&SchoolRecord) -> String| school.map(field).unwrap_or_default();
        Place {
            name: text(|one| one.name.clone()),
            uai: text(|one| one.school.uai.to_string()),
            address: text(|one| one.address.clone()),
            postal_code: text(|one| one.postal_code.clone()),
            city: text(|one| one.city.clone()),
            room: None,
            zone: self.zone(id),
        }
    }

    /// What was granted, never why.
    fn accommodations(&self, granted: Accommodation) -> Vec<String> {
        let names = |kind: ExtraTime| {
            let phases = self
                .regulation
                .course
                .phases
                .iter()
                .filter(|phase| phase.candidate && phase.extra_time == kind);
            phases
                .map(|phase| phase.name.to_lowercase())
                .collect::<Vec<_>>()
                .join(", ")
        };
        [
            (granted.preparation, ExtraTime::Preparation),
            (granted.interview, ExtraTime::Interview),
        ]
        .into_iter()
        .filter(|(ratio, _)| *ratio != TimeRatio::ONE)
        .map(|(ratio, kind)| match ratio {
            TimeRatio::THIRD_MORE => format!("Tiers temps : {}", names(kind)),
            other => format!("Temps majoré ({other}) : {}", names(kind)),
        })
        .collect()
    }

    fn issuer(&self) -> Issuer {
        match &self.owner {
            Some(school) => Issuer {
                authority: self.authority.name.clone(),
                signatory: match &school.head_name {
                    Some(head) => format!("{head}, chef d’établissement"),
                    None => format!("Le chef d’établissement, {}", school.name),
                },
                contact: school.name.clone(),
                email: school.email.clone().or_else(|| school.head_email.clone()),
            },
            None => Issuer {
                authority: self.authority.name.clone(),
                signatory: format!("Le service des examens, {}", self.authority.name),
                contact: format!("Service des examens, {}", self.authority.name),
                email: self.authority.contact_email.clone(),
            },
        }
    }
}
