//! What is asked over HTTP, and what an answer says of the policy.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use delos_tests::http::{Answer, Part, Visitor};

/// One request.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A GraphQL document with its variables, of the staff's or the candidates' schema.
    Document(&'static str, String, Value),
    /// A page or a file.
    Get(String),
    /// Files handed in: the kind, then names and texts.
    Upload(&'static str, Vec<(&'static str, String)>),
    /// A paper that justifies an absence, handed in.
    Piece,
}

impl Ask {
    /// A document of the staff's schema.
    pub fn staff(document: &str, variables: Value) -> Self {
        Self::Document("staff", document.to_owned(), variables)
    }

    /// Asks.
    pub fn of(&self, visitor: &mut Visitor) -> Result<Reply> {
        let answer = match self {
            Self::Document(schema, document, variables) => visitor.post(
                &format!("/graphql/{schema}"),
                &json!({"query": document, "variables": variables}),
            )?,
            Self::Get(path) => visitor.get(path)?,
            Self::Piece => {
                let part = Part {
                    name: "file",
                    file: "certificat.pdf",
                    bytes: b"%PDF-1.7 a paper",
                };
                visitor.upload("/absences/pieces", &[part])?
            }
            Self::Upload(kind, files) => {
                let parts: Vec<Part<'_>> = files
                    .iter()
                    .map(|(name, text)| Part {
                        name,
                        file: "fichier.csv",
                        bytes: text.as_bytes(),
                    })
                    .collect();
                visitor.upload(&format!("/imports/{kind}"), &parts)?
            }
        };
        Ok(Reply(answer))
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply(Answer);

impl Reply {
    /// Its body as JSON; null for what is none.
    pub fn json(&self) -> Value {
        self.0.json().unwrap_or_default()
    }

    /// The only field of a GraphQL answer.
    pub fn field(&self) -> Value {
        let body = self.json();
        let fields = body["data"].as_object();
        let field = fields.and_then(|fields| fields.values().next());
        field.cloned().unwrap_or_default()
    }

    /// The stable code of an answer that is no success: of HTTP, of a GraphQL error, of a refusal.
    pub fn code(&self) -> Option<String> {
        let body = self.json();
        let field = self.field();
        let refusal = field["__typename"] == "Refusal";
        let code = [
            &body["errors"][0]["extensions"]["code"],
            if refusal {
                &field["code"]
            } else {
                &Value::Null
            },
            if self.0.status == 200 {
                &Value::Null
            } else {
                &body["code"]
            },
        ];
        code.into_iter().find_map(Value::as_str).map(str::to_owned)
    }

    /// Whether it succeeded.
    pub fn succeeds(&self) -> bool {
        self.0.status == 200 && self.code().is_none() && self.json().get("errors").is_none()
    }

    /// Whether a text stands anywhere in it, headers included: a file's name is in one.
    pub fn tells(&self, text: &str) -> bool {
        let body = String::from_utf8_lossy(&self.0.body);
        body.contains(text) || self.0.headers.values().any(|value| value.contains(text))
    }

    /// Whether it is the same as another, to the last byte.
    pub fn is(&self, other: &Self) -> bool {
        self.0.status == other.0.status && self.0.body == other.0.body
    }

    /// As a person who looks for a fault reads it.
    pub fn shown(&self) -> String {
        let body = String::from_utf8_lossy(&self.0.body);
        let start: String = body.chars().take(600).collect();
        format!("{} {start}", self.0.status)
    }
}

/// What tells a sight of the thing asked about from none.
#[derive(Clone, Debug)]
pub enum Sight {
    /// Named by its id: hidden, it is answered like an id that does not exist, which this request names.
    Named(Ask),
    /// One among others, or said without an id: hidden, it is not there.
    Among,
    /// What a file names: hidden, the file has the faults that this one has, which names nothing that exists.
    InFile(Ask),
}

/// One request that a line comes to.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The field or route.
    pub place: &'static str,
    /// The request.
    pub ask: Ask,
    /// What only an answer about the thing holds.
    pub mark: String,
    /// How its absence shows.
    pub sight: Sight,
}

/// The role never does this, and is told so.
pub fn check_forbidden(reply: &Reply) -> Result<()> {
    if reply.code().as_deref() != Some("forbidden") || !reply.field().is_null() {
        bail!("not forbidden: {}", reply.shown());
    }
    Ok(())
}

/// Done, or shown.
pub fn check_allowed(reply: &Reply, mark: &str) -> Result<()> {
    if !reply.succeeds() || !reply.tells(mark) {
        bail!("not allowed ({mark}): {}", reply.shown());
    }
    Ok(())
}

/// Nothing tells that the thing exists; `ghost` answers to what does not.
pub fn check_hidden(probe: &Probe, reply: &Reply, ghost: Option<&Reply>) -> Result<()> {
    let code = reply.code();
    let hidden = match (&probe.sight, ghost) {
        (Sight::Named(_), Some(ghost)) => {
            // A list of ids of which none is there is refused by a rule, whoever asks.
            let absent = matches!(
                code.as_deref(),
                Some(
                    "not_found"
                        | "nothing_to_resend"
                        | "nothing_to_settle"
                        | "nobody_to_remind"
                        | "nothing_to_consign"
                )
            );
            reply.is(ghost) && (absent || reply.succeeds() && reply.field().is_null())
        }
        (Sight::InFile(_), Some(ghost)) => {
            reply.json()["staged"].is_null()
                && !faults(reply).is_empty()
                && faults(reply) == faults(ghost)
        }
        // One's own is shown; or there is nothing of one's own; or what was named is another's form.
        _ => {
            let known = ["not_found", "form_not_yours", "unknown_message_kind"];
            !reply.tells(&probe.mark)
                && (reply.succeeds() || code.is_some_and(|code| known.contains(&code.as_str())))
        }
    };
    if !hidden {
        let ghost = ghost.map(Reply::shown).unwrap_or_default();
        bail!(
            "not hidden ({}): {}\nnowhere: {ghost}",
            probe.mark,
            reply.shown()
        );
    }
    Ok(())
}

/// The faults of a file, but for the values that it said, and for the one that cannot be kept from anybody: a school's
/// code is its own all over the country, so one that another authority has entered is not to be entered twice.
fn faults(reply: &Reply) -> Vec<Value> {
    let report = reply.json();
    let faults = report["report"]["errors"].as_array().cloned();
    faults
        .unwrap_or_default()
        .into_iter()
        .filter(|fault| fault["code"] != "uai_taken")
        .map(|mut fault| {
            fault["value"] = Value::Null;
            fault
        })
        .collect()
}
