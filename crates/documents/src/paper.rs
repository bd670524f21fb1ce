//! Lists that are printed.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{DocumentError, french, pdf};

static UNREACHED: pdf::Template =
    pdf::Template::new(|| pdf::template(include_str!("../typst/non-joints.typ")));

/// Candidates to reach otherwise than by mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unreached {
    /// When it is printed.
    pub printed_at: DateTime<Utc>,
    /// A section each.
    pub centres: Vec<UnreachedCentre>,
}

/// A centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnreachedCentre {
    /// Name.
    pub name: String,
    /// Code.
    pub uai: String,
    /// Town.
    pub city: String,
    /// Whom to reach.
    pub lines: Vec<UnreachedLine>,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnreachedLine {
    /// Ten digits.
    pub number: String,
    /// Full name.
    pub name: String,
    /// Local date.
    pub date: NaiveDate,
    /// When to be there.
    pub arrival: u16,
    /// IANA zone of the centre.
    pub zone: String,
    /// Why no mail reached him.
    pub why: String,
}

/// The list in PDF: a centre a page, a box to tick a line.
///
/// # Errors
/// [`DocumentError::Typeset`] when the template refuses the value.
pub fn unreached(list: &Unreached) -> Result<Vec<u8>, DocumentError> {
    #[derive(Serialize)]
    struct Line<'a> {
        number: &'a str,
        name: &'a str,
        date: String,
        hour: String,
        why: &'a str,
    }
    #[derive(Serialize)]
    struct Centre<'a> {
        name: &'a str,
        uai: &'a str,
        city: &'a str,
        hours: String,
        lines: Vec<Line<'a>>,
    }
    #[derive(Serialize)]
    struct Data<'a> {
        printed: String,
        centres: Vec<Centre<'a>>,
    }
    let data = Data {
        printed: french::moment(
            list.printed_at
                .with_timezone(&chrono_tz::Europe::Paris)
                .naive_local(),
        ),
        centres: list
            .centres
            .iter()
            .map(|centre| Centre {
                name: &centre.name,
                uai: &centre.uai,
                city: &centre.city,
                hours: centre
                    .lines
                    .first()
                    .map(|line| french::hours_of(&line.zone))
                    .unwrap_or_default(),
                lines: centre
                    .lines
                    .iter()
                    .map(|line| Line {
                        number: &line.number,
                        name: &line.name,
                        date: french::date(line.date),
                        hour: french::hour(line.arrival),
                        why: &line.why,
                    })
                    .collect(),
            })
            .collect(),
    };
    pdf::render(&UNREACHED, &data, list.printed_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_typeset_whatever_people_are_called() {
        let line = |name: &str| UnreachedLine {
            number: "2210005814".to_owned(),
            name: name.to_owned(),
            date: "2027-04-08".parse().unwrap(),
            arrival: 490,
            zone: "Indian/Reunion".to_owned(),
            why: "Pas d’adresse".to_owned(),
        };
        let centre = |name: &str| UnreachedCentre {
            name: name.to_owned(),
            uai: "0213430P".to_owned(),
            city: "Dijon".to_owned(),
            lines: vec![line("#panic() $x$"); 60],
        };
        let mut list = Unreached {
            printed_at: DateTime::default(),
            centres: vec![centre("Lycée A"), centre("#eval(\"1\")")],
        };
        assert!(unreached(&list).unwrap().starts_with(b"%PDF-"));
        list.centres.clear();
        assert!(unreached(&list).unwrap().starts_with(b"%PDF-"));
    }
}
