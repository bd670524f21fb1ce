//! Mails: subject, text, HTML and attachments, composed from a frozen payload.

use std::sync::LazyLock;

use chrono::NaiveDate;
use minijinja::{AutoEscape, Environment, Value};
use serde::{Deserialize, Serialize};

use crate::convocation::{CandidateConvocation, ExaminerConvocation};
use crate::ics::{self, Method};
use crate::{DocumentError, french, pdf};

/// What a message says: kept, serialised and enveloped, in its outbox row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Payload {
    /// A candidate is convoked.
    CandidateConvocation(Box<CandidateConvocation>),
    /// An examiner is convoked.
    ExaminerConvocation(Box<ExaminerConvocation>),
    /// Somebody receives an account.
    AccountInvitation(AccountInvitation),
    /// A candidate receives a new first-access code.
    CandidateCode(CandidateCode),
}

/// An account's one-time link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountInvitation {
    /// Full name.
    pub name: String,
    /// Role, as people call it.
    pub role: String,
    /// Year of the session.
    pub session: String,
    /// The link.
    pub link: String,
    /// Last day on which it serves.
    pub expires_on: NaiveDate,
}

/// A candidate's new code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateCode {
    /// Full name.
    pub name: String,
    /// Ten digits.
    pub number: String,
    /// Code of the épreuve.
    pub exam_code: String,
    /// The authority to choose in the list.
    pub authority: String,
    /// The code.
    pub code: String,
    /// Where the house is reached.
    pub link: String,
}

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

/// What stands for a one-time secret where it is not its recipient who reads.
const HIDDEN: &str = "•••••-•••••";

impl Payload {
    /// Stable name of the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CandidateConvocation(_) => "candidate_convocation",
            Self::ExaminerConvocation(_) => "examiner_convocation",
            Self::AccountInvitation(_) => "account_invitation",
            Self::CandidateCode(_) => "candidate_code",
        }
    }

    /// The subject line: it names the exam, never the person.
    pub fn subject(&self) -> String {
        let text = match self {
            Self::CandidateConvocation(value) if value.revision > 1 => {
                format!(
                    "Convocation modifiée : épreuve {}, session {}",
                    value.exam.code, value.exam.session
                )
            }
            Self::CandidateConvocation(value) => format!(
                "Convocation à l’épreuve {}, session {}",
                value.exam.code, value.exam.session
            ),
            Self::ExaminerConvocation(value) => {
                format!(
                    "Convocation en commission, épreuve {}, session {}",
                    value.exam.code, value.exam.session
                )
            }
            Self::AccountInvitation(value) => {
                format!("Votre accès à Délos, session {}", value.session)
            }
            Self::CandidateCode(value) => {
                format!("Votre code d’accès, épreuve {}", value.exam_code)
            }
        };
        text.chars().filter(|c| !c.is_control()).collect()
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

    /// The same message for somebody else's eyes: one-time codes and links are hidden.
    #[must_use]
    pub fn without_secrets(mut self) -> Self {
        match &mut self {
            Self::CandidateConvocation(value) => {
                if value.code.is_some() {
                    value.code = Some(HIDDEN.to_owned());
                }
            }
            Self::AccountInvitation(value) => HIDDEN.clone_into(&mut value.link),
            Self::CandidateCode(value) => HIDDEN.clone_into(&mut value.code),
            Self::ExaminerConvocation(_) => {}
        }
        self
    }
}

macro_rules! templates {
    ($($folder:literal),+) => {
        [$(
            (concat!($folder, "/text.txt"), include_str!(concat!("../templates/", $folder, "/text.txt"))),
            (concat!($folder, "/html.html"), include_str!(concat!("../templates/", $folder, "/html.html"))),
        )+]
    };
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| {
        if std::path::Path::new(name)
            .extension()
            .is_some_and(|kind| kind == "html")
        {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("date", |text: String| -> String {
        text.parse().map_or(text, french::date)
    });
    environment.add_filter("hour", french::hour);
    environment.add_filter("minutes", french::minutes);
    for (name, source) in templates!(
        "convocation_candidat",
        "convocation_examinateur",
        "premier_acces",
        "code_candidat"
    ) {
        // The templates are part of the program; a test composes every one of them.
        let added = environment.add_template(name, source);
        debug_assert!(added.is_ok(), "{name}: {added:?}");
    }
    environment
});

/// Composes a message.
///
/// # Errors
/// When its PDF cannot be typeset.
pub fn compose(payload: &Payload) -> Result<Composed, DocumentError> {
    let subject = payload.subject();
    let (folder, value) = match payload {
        Payload::CandidateConvocation(value) => {
            ("convocation_candidat", Value::from_serialize(value))
        }
        Payload::ExaminerConvocation(value) => {
            ("convocation_examinateur", Value::from_serialize(value))
        }
        Payload::AccountInvitation(value) => ("premier_acces", Value::from_serialize(value)),
        Payload::CandidateCode(value) => ("code_candidat", Value::from_serialize(value)),
    };
    let render = |part: &str| -> Result<String, DocumentError> {
        Ok(TEMPLATES
            .get_template(&format!("{folder}/{part}"))?
            .render(minijinja::context! { c => value, subject => subject })?)
    };
    let (calendar, attachments) = match payload {
        Payload::CandidateConvocation(value) => {
            let name = format!(
                "convocation-{}-{}-{}",
                plain(&value.exam.code),
                plain(&value.exam.session),
                plain(&value.number)
            );
            let entry = ics::candidate(value, Method::Request);
            (
                Some((Method::Request, entry.clone())),
                pair(&name, pdf::candidate(value)?, entry),
            )
        }
        Payload::ExaminerConvocation(value) => {
            let name = format!(
                "convocation-{}-{}-{}",
                plain(&value.exam.code),
                plain(&value.exam.session),
                plain(&value.identifier)
            );
            let entry = ics::examiner(value, Method::Publish);
            (None, pair(&name, pdf::examiner(value)?, entry))
        }
        Payload::AccountInvitation(_) | Payload::CandidateCode(_) => (None, Vec::new()),
    };
    Ok(Composed {
        text: clean(&render("text.txt")?),
        html: clean(&render("html.html")?),
        subject,
        calendar,
        attachments,
    })
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
mod tests {
    use super::*;
    use crate::examples;

    fn every_kind() -> Vec<Payload> {
        let mut with_code = examples::candidate();
        with_code.code = Some("ABCDE-FGH23".to_owned());
        vec![
            Payload::CandidateConvocation(Box::new(with_code)),
            Payload::ExaminerConvocation(Box::new(examples::examiner())),
            Payload::AccountInvitation(examples::invitation()),
            Payload::CandidateCode(CandidateCode {
                name: "Maël Noël".to_owned(),
                number: "2210005814".to_owned(),
                exam_code: "E5".to_owned(),
                authority: "Rectorat de Dijon".to_owned(),
                code: "ABCDE-FGH23".to_owned(),
                link: "https://delos.example".to_owned(),
            }),
        ]
    }

    #[test]
    fn every_kind_reads_back_and_composes_the_same_bytes_twice() {
        for payload in every_kind() {
            assert_eq!(Payload::from_bytes(&payload.to_bytes()).unwrap(), payload);
            let composed = compose(&payload).unwrap();
            assert!(
                !composed.text.trim().is_empty() && composed.html.contains("<html lang=\"fr\">")
            );
            assert_eq!(compose(&payload).unwrap(), composed);
        }
    }

    #[test]
    fn the_texts_are_those_of_the_snapshots() {
        for payload in every_kind() {
            let composed = compose(&payload).unwrap();
            let text = format!(
                "{}\n\n{}\n{}",
                composed.subject, composed.text, composed.html
            );
            crate::pdf::tests::assert_snapshot(&format!("{}.mail", payload.kind()), &text);
        }
    }

    #[test]
    fn hostile_names_are_data() {
        let mut value = examples::candidate();
        value.name =
            "<script>alert(1)</script>\r\nBcc: tous@ecole.example {{ c.number }}".to_owned();
        let composed = compose(&Payload::CandidateConvocation(Box::new(value))).unwrap();
        assert!(!composed.html.contains("<script>"));
        assert!(!composed.subject.contains(['\r', '\n']));
        assert!(composed.text.contains("{{ c.number }}"));
        assert!(!composed.text.contains('\r'));
    }

    #[test]
    fn secrets_are_hidden_from_other_eyes() {
        for payload in every_kind() {
            let composed = compose(&payload.without_secrets()).unwrap();
            assert!(
                !composed.text.contains("ABCDE") && !composed.text.contains("#secret"),
                "{}",
                composed.text
            );
        }
    }
}
