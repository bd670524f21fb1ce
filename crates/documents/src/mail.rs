//! Mails: subject, text, HTML and attachments, composed from a frozen payload.

mod kinds;
mod payload;
mod templates;

pub use self::kinds::{
    AbsenceDecision, AccountInvitation, CandidateCancellation, CandidateCode, DayLine, DayNotice,
    ExaminerCancellation, FactorEvent, Reminder, ReminderDay, SecondFactor, TaskFinished,
    TransmissionReceipt, TransmittedFile,
};
pub use self::payload::Payload;

use crate::convocation::{Exam, ExaminerDay};
use crate::ics::{self, Method};
use crate::{DocumentError, pdf};

/// A message ready to be put in an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// Calendar part with its method, shown by mail programs as an invitation.
    pub calendar: Option<(Method, Vec<u8>)>,
    /// Files.
    pub attachments: Vec<Attachment>,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// MIME type.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Composes a message.
///
/// # Errors
/// When its PDF cannot be typeset.
pub fn compose(payload: &Payload) -> Result<Composed, DocumentError> {
    let subject = payload.subject();
    let value = payload.value();
    let render = |part| templates::render(payload.folder(), part, &value, &subject);
    let (text, html) = (render("text.txt")?, render("html.html")?);
    let (calendar, attachments) = files(payload)?;
    Ok(Composed {
        text: clean(&text),
        html: clean(&html),
        subject,
        calendar,
        attachments,
    })
}

type Files = (Option<(Method, Vec<u8>)>, Vec<Attachment>);

/// What goes with the words.
fn files(payload: &Payload) -> Result<Files, DocumentError> {
    Ok(match payload {
        Payload::CandidateConvocation(value) => {
            let name = file_name(&value.exam, &value.number);
            let entry = ics::candidate(value, Method::Request);
            (
                Some((Method::Request, entry.clone())),
                pair(&name, pdf::candidate(value)?, entry),
            )
        }
        Payload::CandidateCancellation(value) => {
            let name = file_name(&value.exam, &value.number);
            let entry = ics::withdrawal(value);
            let file = withdrawal(format!("{name}-annulation.ics"), entry.clone());
            (Some((Method::Cancel, entry)), vec![file])
        }
        Payload::ExaminerConvocation(value) => {
            let name = file_name(&value.exam, &value.identifier);
            let entry = ics::examiner(value, Method::Publish);
            let mut all = pair(&name, pdf::examiner(value)?, entry);
            let code = &value.exam.code;
            all.extend(value.removed.iter().map(|day| {
                let entry = ics::withdrawn_day(day, code, value.revision, value.issued_at);
                withdrawal(day_name(&name, day), entry)
            }));
            (None, all)
        }
        Payload::ExaminerCancellation(value) => {
            let name = file_name(&value.exam, &value.identifier);
            let code = &value.exam.code;
            let each = value.removed.iter().map(|day| {
                let entry = ics::withdrawn_day(day, code, value.revision, value.issued_at);
                withdrawal(day_name(&name, day), entry)
            });
            (None, each.collect())
        }
        _ => (None, Vec::new()),
    })
}

fn file_name(exam: &Exam, who: &str) -> String {
    format!(
        "convocation-{}-{}-{}",
        plain(&exam.code),
        plain(&exam.session),
        plain(who)
    )
}

fn day_name(name: &str, day: &ExaminerDay) -> String {
    format!("{name}-annulation-{}-{}.ics", day.date, day.commission)
}

/// A calendar file that withdraws says so in its type too (RFC 6047, § 2.4).
fn withdrawal(name: String, bytes: Vec<u8>) -> Attachment {
    Attachment {
        name,
        content_type: "text/calendar; method=CANCEL; charset=utf-8".to_owned(),
        bytes,
    }
}

fn pair(name: &str, pdf: Vec<u8>, calendar: Vec<u8>) -> Vec<Attachment> {
    vec![
        Attachment {
            name: format!("{name}.pdf"),
            content_type: "application/pdf".to_owned(),
            bytes: pdf,
        },
        Attachment {
            name: format!("{name}.ics"),
            content_type: "text/calendar; charset=utf-8".to_owned(),
            bytes: calendar,
        },
    ]
}

/// Part of a file name: letters, digits and dashes.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect()
}

/// No control character but the line's end.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect()
}

#[cfg(test)]
mod tests;
