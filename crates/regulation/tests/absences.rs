//! The absence decision as one table over the shipped regulation: form, kind, history and dates → what follows, with the
//! text that founds it. Every combination stands in it.

#![expect(clippy::unwrap_used, reason = "the words of the table are fixed")]

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveDateTime};
use delos_domain::absence::{Case, OtherDate, rule};
use delos_domain::candidate::Form;
use delos_domain::regulation::AbsenceKind;

const JUSTIFIED: &str = "Annexe 9 : « une autre date d’évaluation lui sera proposée »";
const NO_DATE: &str =
    "Annexe 9 : « En cas d’absence injustifiée ou réitérée, il n’y a pas de date de remplacement »";
const NO_OTHER: &str = "Réponse ministérielle du 13 février 2024";
const DECREE: &str = "Code de l’éducation, article D643-24";

/// form | kind | earlier absences | hour of the sitting | last day | who | what follows
///
/// `early` is before the hour, `late` after it; `open` leaves days for another date, `shut` leaves none.
const TABLE: &str = "
    # CCF: the first justified absence has another date, told before or after the hour.
    ccf        justified     0 any   open school    | new date      | JUSTIFIED
    ccf        justified     0 any   open authority | new date      | JUSTIFIED
    # … which a person finds when the cut-off date leaves none.
    ccf        justified     0 any   shut any       | new date late | JUSTIFIED
    # A second one is réitérée, justified or not: no replacement, AB.
    ccf        justified     1 any   any  any       | AB            | NO_DATE
    ccf        unjustified   0 late  any  any       | AB            | NO_DATE
    ccf        unjustified   1 late  any  any       | AB            | NO_DATE
    ccf        repeated      1 late  any  any       | AB            | NO_DATE
    # Ponctuelle: no other date exists, whatever the reason.
    ponctuelle justified     0 any   any  any       | AB            | NO_OTHER
    ponctuelle justified     1 any   any  any       | AB            | NO_OTHER
    ponctuelle unjustified   0 late  any  any       | AB            | NO_OTHER
    ponctuelle unjustified   1 late  any  any       | AB            | NO_OTHER
    ponctuelle repeated      1 late  any  any       | AB            | NO_OTHER
    # Force majeure that the authority establishes: mark 0, the diploma stays possible.
    ccf        force_majeure any any any authority  | zero          | DECREE
    ponctuelle force_majeure any any any authority  | zero          | DECREE
    any        force_majeure any any any school     | !absence_not_established |
    # Nobody is absent without a reason before the hour; a first absence is not réitérée.
    any        unjustified   any early any any      | !absence_before_the_hour |
    any        repeated      any early any any      | !absence_before_the_hour |
    any        repeated      0 late  any  any       | !absence_not_repeated    |
";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Every combination of the six columns.
fn combinations() -> Vec<[&'static str; 6]> {
    let mut all = Vec::new();
    for form in ["ccf", "ponctuelle"] {
        for (_, kind) in AbsenceKind::ALL {
            for earlier in ["0", "1"] {
                for hour in ["early", "late"] {
                    for last in ["open", "shut"] {
                        for who in ["school", "authority"] {
                            all.push([form, kind, earlier, hour, last, who]);
                        }
                    }
                }
            }
        }
    }
    all
}

fn case([form, kind, earlier, hour, last, who]: [&str; 6]) -> Case {
    let start = day("2027-04-05").and_hms_opt(9, 30, 0).unwrap();
    let now: NaiveDateTime = if hour == "early" {
        start - Days::new(1)
    } else {
        start
    };
    let last_day = if last == "open" {
        "2027-05-07"
    } else {
        "2027-04-08"
    };
    Case {
        form: Form::from_code(form).unwrap(),
        kind: AbsenceKind::from_code(kind).unwrap(),
        previous: earlier.parse().unwrap(),
        start,
        now,
        last_day: Some(day(last_day)),
        notice: 5,
        by_authority: who == "authority",
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

#[test]
fn every_absence_has_the_consequence_of_the_table() {
    let mut told = BTreeSet::new();
    for id in delos_regulation::ids() {
        let set = delos_regulation::load(id).unwrap();
        for combination in combinations() {
            let lines: Vec<_> = TABLE
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .filter(|line| {
                    let columns = words(line.split('|').next().unwrap());
                    columns
                        .iter()
                        .zip(combination)
                        .all(|(column, value)| *column == "any" || *column == value)
                })
                .collect();
            assert_eq!(lines.len(), 1, "{combination:?}: {lines:?}");
            told.insert(lines[0]);
            let [_, follows, source] = lines[0].split('|').map(str::trim).collect::<Vec<_>>()[..]
            else {
                panic!("not three columns: {}", lines[0]);
            };
            let case = case(combination);
            match rule(case, &set.absences) {
                Err(refused) => {
                    assert_eq!(follows, format!("!{}", refused.code()), "{combination:?}");
                }
                Ok(ruling) => {
                    let consequence = match (ruling.rule.consequence.code(), ruling.date) {
                        ("new_date", OtherDate::Between(first, last)) => {
                            assert_eq!(first, case.now.date() + Days::new(5));
                            assert_eq!(last, case.last_day);
                            "new date"
                        }
                        ("new_date", OtherDate::TooLate) => "new date late",
                        ("absent", OtherDate::None) => "AB",
                        ("zero_diploma_possible", OtherDate::None) => "zero",
                        other => panic!("{combination:?}: {other:?}"),
                    };
                    assert_eq!(follows, consequence, "{combination:?}");
                    let text = match source {
                        "JUSTIFIED" => JUSTIFIED,
                        "NO_DATE" => NO_DATE,
                        "NO_OTHER" => NO_OTHER,
                        "DECREE" => DECREE,
                        other => panic!("{other}"),
                    };
                    // Another épreuve says of which session the annex is that it follows.
                    let source = ruling.rule.source.replace(", session 2024 :", " :");
                    assert_eq!(source, text, "{id}: {combination:?}");
                }
            }
        }
    }
    // Every line says something.
    let lines = TABLE
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    assert_eq!(told.len(), lines.count());
}
