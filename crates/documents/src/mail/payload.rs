//! What a message says: one kind a case, each with its folder of templates.

use chrono::{DateTime, NaiveDate, Utc};
use minijinja::Value;
use serde::{Deserialize, Serialize};

use super::kinds::{
    AbsenceDecision, AccountInvitation, CandidateCancellation, CandidateCode, DayNotice,
    ExaminerCancellation, Reminder, SecondFactor, TaskFinished, TransmissionReceipt,
};
use super::templates;
use crate::DocumentError;
use crate::convocation::{CandidateConvocation, ExaminerConvocation, ExaminerDay, Place, Words};

/// What a message says: kept, serialised and enveloped, in its outbox row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Payload {
    /// A candidate is convoked, or convoked anew.
    CandidateConvocation(Box<CandidateConvocation>),
    /// A candidate's convocation is withdrawn.
    CandidateCancellation(Box<CandidateCancellation>),
    /// An examiner is convoked, or convoked anew.
    ExaminerConvocation(Box<ExaminerConvocation>),
    /// No day is left to an examiner.
    ExaminerCancellation(Box<ExaminerCancellation>),
    /// What an absence entails.
    AbsenceDecision(Box<AbsenceDecision>),
    /// What has changed of a centre's days.
    DayNotice(Box<DayNotice>),
    /// A convocation waits to be acknowledged.
    Reminder(Box<Reminder>),
    /// A school has transmitted.
    TransmissionReceipt(Box<TransmissionReceipt>),
    /// A long task has ended.
    TaskFinished(TaskFinished),
    /// Somebody receives an account.
    AccountInvitation(AccountInvitation),
    /// A candidate receives a new first-access code.
    CandidateCode(CandidateCode),
    /// What became of somebody's second factor.
    SecondFactor(SecondFactor),
}

/// When the clocks of a place show this.
fn instant(date: NaiveDate, minute: u16, place: &Place) -> DateTime<Utc> {
    let local = delos_domain::calendar::at_minute(date, minute);
    // An hour that the change of clocks skips is taken as UTC's: off by some hours, on the right day.
    let there = local.and_local_timezone(place.zone).earliest();
    there.map_or_else(|| local.and_utc(), |one| one.with_timezone(&Utc))
}

/// When an examiner is first expected on a day.
fn begins(day: &ExaminerDay) -> DateTime<Utc> {
    instant(day.date, day.preparation.unwrap_or(day.start), &day.centre)
}

/// When each line of a notice is about; one without an hour is about its whole day.
fn lines_of(notice: &DayNotice) -> impl Iterator<Item = DateTime<Utc>> {
    let lines = notice.lines.iter();
    lines.map(move |line| instant(line.date, line.hour.unwrap_or_default(), &notice.centre))
}

/// What stands for a one-time secret where it is not its recipient who reads.
const HIDDEN: &str = "•••••-•••••";

impl Payload {
    /// Every kind with its folder of templates, in the order in which they are shown.
    pub const KINDS: [(&'static str, &'static str); 12] = [
        ("candidate_convocation", "convocation_candidat"),
        ("candidate_cancellation", "annulation_candidat"),
        ("examiner_convocation", "convocation_examinateur"),
        ("examiner_cancellation", "annulation_examinateur"),
        ("absence_decision", "decision_absence"),
        ("day_notice", "avis_centre"),
        ("reminder", "rappel"),
        ("transmission_receipt", "accuse_transmission"),
        ("task_finished", "tache_terminee"),
        ("account_invitation", "premier_acces"),
        ("candidate_code", "code_candidat"),
        ("second_factor", "second_facteur"),
    ];

    /// Stable name of the kind.
    pub fn kind(&self) -> &'static str {
        Self::KINDS[self.place()].0
    }

    /// Folder of its templates.
    pub(super) fn folder(&self) -> &'static str {
        Self::KINDS[self.place()].1
    }

    fn place(&self) -> usize {
        match self {
            Self::CandidateConvocation(_) => 0,
            Self::CandidateCancellation(_) => 1,
            Self::ExaminerConvocation(_) => 2,
            Self::ExaminerCancellation(_) => 3,
            Self::AbsenceDecision(_) => 4,
            Self::DayNotice(_) => 5,
            Self::Reminder(_) => 6,
            Self::TransmissionReceipt(_) => 7,
            Self::TaskFinished(_) => 8,
            Self::AccountInvitation(_) => 9,
            Self::CandidateCode(_) => 10,
            Self::SecondFactor(_) => 11,
        }
    }

    /// What its templates read.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::CandidateConvocation(value) => Value::from_serialize(value),
            Self::CandidateCancellation(value) => Value::from_serialize(value),
            Self::ExaminerConvocation(value) => Value::from_serialize(value),
            Self::ExaminerCancellation(value) => Value::from_serialize(value),
            Self::AbsenceDecision(value) => Value::from_serialize(value),
            Self::DayNotice(value) => Value::from_serialize(value),
            Self::Reminder(value) => Value::from_serialize(value),
            Self::TransmissionReceipt(value) => Value::from_serialize(value),
            Self::TaskFinished(value) => Value::from_serialize(value),
            Self::AccountInvitation(value) => Value::from_serialize(value),
            Self::CandidateCode(value) => Value::from_serialize(value),
            Self::SecondFactor(value) => Value::from_serialize(value),
        }
    }

    /// The subject line: it names the exam, never the person.
    pub fn subject(&self) -> String {
        let line = templates::render(self.folder(), "subject.txt", &self.value(), "");
        let line = line.unwrap_or_else(|_| "Message de Délos".to_owned());
        line.trim().chars().filter(|c| !c.is_control()).collect()
    }

    /// What the authority adds to it.
    pub fn words_mut(&mut self) -> &mut Words {
        match self {
            Self::CandidateConvocation(value) => &mut value.words,
            Self::CandidateCancellation(value) => &mut value.words,
            Self::ExaminerConvocation(value) => &mut value.words,
            Self::ExaminerCancellation(value) => &mut value.words,
            Self::AbsenceDecision(value) => &mut value.words,
            Self::DayNotice(value) => &mut value.words,
            Self::Reminder(value) => &mut value.words,
            Self::TransmissionReceipt(value) => &mut value.words,
            Self::TaskFinished(value) => &mut value.words,
            Self::AccountInvitation(value) => &mut value.words,
            Self::CandidateCode(value) => &mut value.words,
            Self::SecondFactor(value) => &mut value.words,
        }
    }

    /// The signed link of what waits for an acknowledgement; none for another kind.
    pub fn acknowledge_mut(&mut self) -> Option<&mut Option<String>> {
        match self {
            Self::CandidateConvocation(value) => Some(&mut value.acknowledge),
            Self::ExaminerConvocation(value) => Some(&mut value.acknowledge),
            Self::Reminder(value) => Some(&mut value.acknowledge),
            _ => None,
        }
    }

    /// The first instant of the sitting, or of the first day, that it announces, takes back or tells of; none for another
    /// kind.
    pub fn sitting_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::CandidateConvocation(value) => {
                Some(instant(value.date, value.start, &value.centre))
            }
            Self::CandidateCancellation(value) => {
                Some(instant(value.date, value.start, &value.centre))
            }
            Self::ExaminerConvocation(value) => value.days.iter().map(begins).min(),
            Self::ExaminerCancellation(value) => value.removed.iter().map(begins).min(),
            Self::DayNotice(value) => lines_of(value).min(),
            Self::Reminder(value) => {
                let each = value
                    .days
                    .iter()
                    .map(|day| instant(day.date, day.start, &day.centre));
                each.min()
            }
            _ => None,
        }
    }

    /// Every instant that it is about, what it takes back as well as what it announces: whoever is no longer expected
    /// tomorrow must know it as soon as whoever is.
    pub fn instants(&self) -> Vec<DateTime<Utc>> {
        match self {
            Self::CandidateConvocation(value) => {
                let former = value
                    .changed
                    .as_ref()
                    .map(|one| instant(one.former_date, one.former_start, &one.former_centre));
                self.sitting_at().into_iter().chain(former).collect()
            }
            Self::ExaminerConvocation(value) => {
                let all = value.days.iter().chain(&value.removed);
                all.map(begins).collect()
            }
            Self::ExaminerCancellation(value) => value.removed.iter().map(begins).collect(),
            Self::DayNotice(value) => lines_of(value).collect(),
            _ => self.sitting_at().into_iter().collect(),
        }
    }

    /// As stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Every member of the payload is a text, a number or a list of them: it cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Of a store.
    ///
    /// # Errors
    /// When the bytes are no payload of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        Ok(serde_json::from_slice(bytes)?)
    }

    /// The same message once it has ended: one-time codes and links are hidden.
    #[must_use]
    pub fn without_secrets(mut self) -> Self {
        match &mut self {
            Self::CandidateConvocation(value) if value.code.is_some() => {
                value.code = Some(HIDDEN.to_owned());
            }
            Self::AccountInvitation(value) => HIDDEN.clone_into(&mut value.link),
            Self::CandidateCode(value) => HIDDEN.clone_into(&mut value.code),
            _ => {}
        }
        self
    }

    /// The same message for somebody else's eyes: whoever looks at it may not acknowledge it in its recipient's name.
    #[must_use]
    pub fn for_other_eyes(self) -> Self {
        let mut hidden = self.without_secrets();
        if let Some(Some(link)) = hidden.acknowledge_mut() {
            HIDDEN.clone_into(link);
        }
        hidden
    }
}
