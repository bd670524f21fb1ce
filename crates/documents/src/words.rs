//! What an authority adds to a kind of message: plain paragraphs with variables of a closed list, nothing else.
//!
//! Invariant: a text is data. It is never handed to the template engine: the names between double braces are replaced
//! here, once, and what replaces them is not read again.

use crate::mail::Payload;

/// A variable that a text may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// What stands between the braces.
    pub name: &'static str,
    /// What it stands for, in French.
    pub meaning: &'static str,
    /// Where it stands in the payload, the first that is there.
    places: &'static [&'static str],
}

/// Why a text cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such kind.
    UnknownKind,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// A character that nobody sees, or that turns the reading order round.
    Invisible,
    /// Braces around something that is no variable of the kind; what stood there.
    NoVariable(String),
}

/// Most characters of a paragraph before, or after, what the house says.
pub const LONGEST: usize = 2_000;

const NAME: Variable = Variable {
    name: "nom",
    meaning: "prénom et nom du destinataire",
    places: &["/name"],
};
const NUMBER: Variable = Variable {
    name: "numero",
    meaning: "numéro de candidat, ou identifiant d’examinateur",
    places: &["/number", "/identifier"],
};
const EXAM: Variable = Variable {
    name: "epreuve",
    meaning: "code de l’épreuve",
    places: &["/exam/code", "/exam_code"],
};
const SESSION: Variable = Variable {
    name: "session",
    meaning: "année de la session",
    places: &["/exam/session", "/session"],
};
const DATE: Variable = Variable {
    name: "date",
    meaning: "date de l’épreuve (la première, s’il y en a plusieurs)",
    places: &["/date", "/days/0/date", "/removed/0/date", "/lines/0/date"],
};
const HOUR: Variable = Variable {
    name: "heure",
    meaning: "heure de début",
    places: &["/start", "/days/0/start"],
};
const CENTRE: Variable = Variable {
    name: "centre",
    meaning: "nom du lieu d’examen",
    places: &[
        "/centre/name",
        "/days/0/centre/name",
        "/removed/0/centre/name",
    ],
};
const CONTACT: Variable = Variable {
    name: "contact",
    meaning: "à qui poser une question",
    places: &["/issuer/contact"],
};
const AUTHORITY: Variable = Variable {
    name: "autorite",
    meaning: "nom de votre académie ou service",
    places: &["/issuer/authority", "/authority"],
};

/// The variables of a kind; none of them is a code, a link or a reason. None when there is no such kind.
pub fn variables(kind: &str) -> Option<&'static [Variable]> {
    Some(match kind {
        "candidate_convocation" | "candidate_cancellation" | "reminder" => &[
            NAME, NUMBER, EXAM, SESSION, DATE, HOUR, CENTRE, CONTACT, AUTHORITY,
        ],
        "examiner_convocation" | "examiner_cancellation" => &[
            NAME, NUMBER, EXAM, SESSION, DATE, CENTRE, CONTACT, AUTHORITY,
        ],
        "absence_decision" => &[NAME, NUMBER, EXAM, SESSION, DATE, CONTACT, AUTHORITY],
        "day_notice" => &[NAME, EXAM, SESSION, DATE, CENTRE, CONTACT, AUTHORITY],
        "transmission_receipt" => &[NAME, EXAM, SESSION, CONTACT, AUTHORITY],
        "task_finished" | "account_invitation" | "second_factor" => &[NAME, SESSION],
        "candidate_code" => &[NAME, NUMBER, EXAM, AUTHORITY],
        _ => return None,
    })
}

/// Whether a text may be kept for a kind.
///
/// # Errors
/// The first [`Fault`].
pub fn check(kind: &str, text: &str) -> Result<(), Fault> {
    let known = variables(kind).ok_or(Fault::UnknownKind)?;
    if text.chars().count() > LONGEST {
        return Err(Fault::TooLong);
    }
    if text.chars().any(is_invisible) {
        return Err(Fault::Invisible);
    }
    for piece in pieces(text) {
        match piece {
            Piece::Plain(text) if text.contains(['{', '}']) => {
                let at = text.find(['{', '}']).unwrap_or_default();
                return Err(Fault::NoVariable(text[at..].chars().take(40).collect()));
            }
            Piece::Name(name) if !known.iter().any(|one| one.name == name) => {
                return Err(Fault::NoVariable(name.chars().take(40).collect()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The text with its variables replaced by what the payload says.
pub fn fill(text: &str, payload: &Payload) -> String {
    let known = variables(payload.kind()).unwrap_or_default();
    // A payload is texts, numbers and lists of them: it serialises.
    let whole = serde_json::to_value(payload).unwrap_or_default();
    let value = |name: &str| {
        let one = known.iter().find(|one| one.name == name)?;
        let found = one.places.iter().find_map(|place| {
            let found = whole.pointer(&format!("/value{place}"))?;
            (!found.is_null()).then_some(found)
        })?;
        Some(match (found.as_str(), found.as_u64()) {
            (Some(text), _) => text
                .parse()
                .map_or_else(|_| text.to_owned(), crate::french::date),
            (None, Some(minute)) => crate::french::hour(u16::try_from(minute).unwrap_or_default()),
            _ => return None,
        })
    };
    pieces(text)
        .map(|piece| match piece {
            Piece::Plain(text) => text.to_owned(),
            Piece::Name(name) => value(name).unwrap_or_default(),
        })
        .collect()
}

enum Piece<'a> {
    Plain(&'a str),
    Name(&'a str),
}

/// The text cut at each `{{ … }}`.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let braced = |text: &'_ str| {
            let inside = text.strip_prefix("{{")?;
            inside.find("}}").map(|end| end + 4)
        };
        let piece = match (rest.find("{{"), braced(rest)) {
            (Some(0), Some(end)) => {
                let (name, after) = rest.split_at(end);
                rest = after;
                Piece::Name(name[2..end - 2].trim())
            }
            // What opens and never closes is plain, up to its end.
            (Some(0) | None, _) => Piece::Plain(std::mem::take(&mut rest)),
            (Some(start), _) => {
                let (plain, after) = rest.split_at(start);
                rest = after;
                Piece::Plain(plain)
            }
        };
        Some(piece)
    })
}

/// Control characters save the line's end; marks of direction and joiners, which show another text than the one kept.
fn is_invisible(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;

    #[test]
    fn every_variable_of_every_kind_has_a_value_in_its_example() {
        for payload in examples::every_kind() {
            let known = variables(payload.kind()).unwrap();
            for one in known {
                let filled = fill(&format!("<{{{{ {} }}}}>", one.name), &payload);
                assert!(
                    filled.len() > 2,
                    "{} {}: {filled}",
                    payload.kind(),
                    one.name
                );
            }
        }
        assert_eq!(variables("nothing"), None);
    }

    #[test]
    fn a_text_is_filled_as_a_french_reader_expects() {
        let payload = Payload::CandidateConvocation(Box::new(examples::candidate()));
        let text = "Le {{date}} à {{ heure }}, {{ centre }} ({{ numero }}).";
        assert_eq!(check("candidate_convocation", text), Ok(()));
        assert_eq!(
            fill(text, &payload),
            "Le jeudi 8 avril 2027 à 8\u{a0}h\u{a0}30, Lycée Joséphine-Baker (2210005814)."
        );
    }

    #[test]
    fn what_is_no_variable_is_refused() {
        let kind = "candidate_convocation";
        for (hostile, shown) in [
            ("{{7*7}}", "7*7"),
            ("{{ c.code }}", "c.code"),
            ("{{ code }}", "code"),
            ("{{ link }}", "link"),
            ("{{}}", ""),
            ("{{ nom | upper }}", "nom | upper"),
            ("{{ self.__class__ }}", "self.__class__"),
            ("{{{{ nom }}}}", "{{ nom"),
            ("{% include \"page.html\" %}", "{% include \"page.html\" %}"),
            (
                "{% for i in range(1000000) %}{% endfor %}",
                "{% for i in range(1000000) %}{% endfor %",
            ),
            ("{# rien #}", "{# rien #}"),
            ("{{ nom", "{{ nom"),
            ("nom }}", "}}"),
            ("{nom}", "{nom}"),
            ("#{nom}", "{nom}"),
            ("${nom}", "{nom}"),
        ] {
            assert_eq!(
                check(kind, hostile),
                Err(Fault::NoVariable(shown.to_owned())),
                "{hostile}"
            );
        }
        for invisible in [
            "a\0b",
            "a\u{7}b",
            "a\rb",
            "a\tb",
            "a\u{202e}b",
            "a\u{200b}b",
            "a\u{85}b",
        ] {
            assert_eq!(
                check(kind, invisible),
                Err(Fault::Invisible),
                "{invisible:?}"
            );
        }
        assert_eq!(check(kind, &"a".repeat(1 << 20)), Err(Fault::TooLong));
        assert_eq!(check(kind, &"é".repeat(LONGEST)), Ok(()));
        assert_eq!(check("nothing", ""), Err(Fault::UnknownKind));
        // The hour of an examiner's day is no single one.
        assert!(check("examiner_convocation", "{{ heure }}").is_err());
    }

    #[test]
    fn html_is_escaped_and_a_filled_name_is_not_read_again() {
        let mut value = examples::candidate();
        value.name = "{{ numero }} <i>".to_owned();
        let mut payload = Payload::CandidateConvocation(Box::new(value));
        let text = "<script>alert(1)</script> {{ nom }}";
        assert_eq!(check("candidate_convocation", text), Ok(()));
        let filled = fill(text, &payload);
        assert_eq!(filled, "<script>alert(1)</script> {{ numero }} <i>");
        payload.words_mut().intro = filled;
        let composed = crate::mail::compose(&payload).unwrap();
        assert!(!composed.html.contains("<script>") && !composed.html.contains("<i>"));
    }
}
