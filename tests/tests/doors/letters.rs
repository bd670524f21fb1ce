//! What each mail must say, held against the plan that its recipient's convocation comes from.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use delos_tests::files::{Row, rows};
use serde_json::{Value, json};

use super::french;

/// « Présentez-vous » comes so many minutes before the first phase.
const ARRIVAL: u64 = 20;
/// The phases that a candidate attends.
const ATTENDED: [&str; 6] = ["T", "E1", "R", "E2", "P1", "P2"];

/// One candidate's sitting, as a plan has it.
#[derive(Clone, Debug)]
pub struct Sitting {
    pub id: String,
    pub date: String,
    pub zone: String,
    pub centre: Row,
    /// Start of each phase attended, then the end of the last.
    pub hours: Vec<u64>,
}

/// Schools of the samples by name.
pub fn places() -> Result<BTreeMap<String, Row>> {
    Ok(rows("etablissements.csv")?
        .into_iter()
        .map(|row| (row["Nom"].clone(), row))
        .collect())
}

/// The sittings of a plan, by candidate's number.
pub fn sittings(plan: &Value) -> Result<BTreeMap<String, Sitting>> {
    let places = places()?;
    let mut found = BTreeMap::new();
    for commission in each(&plan["commissions"]) {
        let centre = &places[words(&commission["centre"]["name"])];
        for day in each(&commission["days"]) {
            for sitting in each(&day["sittings"]) {
                let attended: Vec<&Value> = each(&sitting["phases"])
                    .filter(|phase| ATTENDED.contains(&words(&phase["code"])))
                    .collect();
                let mut hours: Vec<u64> = attended
                    .iter()
                    .filter_map(|one| one["start"].as_u64())
                    .collect();
                hours.extend(attended.last().and_then(|one| one["end"].as_u64()));
                let sitting_of = Sitting {
                    id: words(&sitting["id"]).to_owned(),
                    date: words(&day["date"]).to_owned(),
                    zone: words(&sitting["timezone"]).to_owned(),
                    centre: centre.clone(),
                    hours,
                };
                let number = words(&sitting["candidate"]["number"]);
                assert!(
                    found.insert(number.to_owned(), sitting_of).is_none(),
                    "{number} twice"
                );
            }
        }
    }
    Ok(found)
}

/// A candidate's mail: text, PDF and calendar say the same sitting, in the centre's own hours.
pub fn check_candidate(mail: &Value, number: &str, sitting: &Sitting, exam: &str) -> Result<()> {
    assert_eq!(
        mail["subject"],
        format!("Convocation à l’épreuve {exam}, session 2027")
    );
    let [pdf, ics] = files(mail)?;
    assert_eq!(mail["invitation"], ics["events"]);
    let (start, end) = (sitting.hours[0], *sitting.hours.last().context("hours")?);
    let event = &ics["events"][0];
    assert_eq!(each(&ics["events"]).count(), 1);
    assert_eq!(event["method"], "REQUEST");
    assert_eq!(
        (&event["sequence"], &event["status"]),
        (&json!(0), &json!("CONFIRMED"))
    );
    assert_eq!(event["summary"], format!("Épreuve {exam}"));
    assert_eq!(
        (&event["date"], &event["start"]),
        (&json!(sitting.date), &json!(start - ARRIVAL))
    );
    assert_eq!(event["minutes"], end - start + ARRIVAL);
    check_place(event, &sitting.zone, &sitting.centre);

    let mut said = place(&sitting.centre);
    said.push(number.to_owned());
    said.push(exam.to_owned());
    said.push(french::date(&sitting.date)?);
    said.push(format!(
        "Présentez-vous à {}",
        french::hour(start - ARRIVAL)
    ));
    let phases = &sitting.hours[..sitting.hours.len() - 1];
    said.extend(phases.iter().map(|minute| french::hour(*minute)));
    says(&pdf["text"], &said, exam);
    says(&mail["text"], &said, exam);
    Ok(())
}

/// An examiner's days in a plan, by date and first minute: the zone and the centre.
pub type Days = BTreeMap<(String, u64), (String, Row)>;

/// The days on which an examiner sits.
pub fn days_of(plan: &Value, examiner: &Value) -> Result<Days> {
    let places = places()?;
    let mut days = BTreeMap::new();
    for commission in each(&plan["commissions"]) {
        if each(&commission["members"]).any(|one| one["id"] == examiner["id"]) {
            for day in each(&commission["days"]).filter(|day| each(&day["sittings"]).count() > 0) {
                let first =
                    each(&day["sittings"]).filter_map(|one| one["phases"][0]["start"].as_u64());
                let start = day["prepStart"]
                    .as_u64()
                    .or(first.min())
                    .context("a start")?;
                let zone = words(&day["sittings"][0]["timezone"]).to_owned();
                let centre = places[words(&commission["centre"]["name"])].clone();
                days.insert((words(&day["date"]).to_owned(), start), (zone, centre));
            }
        }
    }
    Ok(days)
}

/// An examiner's mail: one event and one paragraph a day on which he sits.
pub fn check_examiner(mail: &Value, identifier: &str, days: &Days, exam: &str) -> Result<()> {
    assert_eq!(
        mail["subject"],
        format!("Convocation en commission, épreuve {exam}, session 2027")
    );
    assert_eq!(mail["invitation"], json!([]));
    let [pdf, ics] = files(mail)?;
    let mut said = vec![identifier.to_owned()];
    assert_eq!(each(&ics["events"]).count(), days.len());
    for (event, ((date, start), (zone, centre))) in each(&ics["events"]).zip(days) {
        assert_eq!(
            (&event["date"], &event["start"]),
            (&json!(date), &json!(start))
        );
        assert_eq!(event["method"], "PUBLISH");
        check_place(event, zone, centre);
        said.extend(place(centre));
        said.extend([french::date(date)?, french::hour(*start)]);
    }
    says(&pdf["text"], &said, exam);
    says(&mail["text"], &said, exam);
    Ok(())
}

/// An event is at its centre, at the centre's own hours.
fn check_place(event: &Value, zone: &str, centre: &Row) {
    let offset = event["offset"].as_i64();
    if centre["Académie"] == "La Réunion" {
        assert_eq!((zone, offset), ("Indian/Reunion", Some(240)));
    } else {
        let last_sunday_of_march = "2027-03-28";
        let summer = words(&event["date"]) >= last_sunday_of_march;
        assert_eq!(
            (zone, offset),
            ("Europe/Paris", Some(if summer { 120 } else { 60 }))
        );
    }
    assert_eq!(event["zone"], zone);
    for part in place(centre) {
        assert!(
            words(&event["location"]).contains(&part),
            "{part} in {event}"
        );
    }
}

fn place(centre: &Row) -> Vec<String> {
    ["Nom", "Adresse", "Code postal", "Commune"]
        .map(|column| centre[column].clone())
        .to_vec()
}

/// A text holds every one of these, whatever the letters' case, and names no other épreuve.
fn says(text: &Value, parts: &[String], exam: &str) {
    let other = if exam == "E5" { "E6" } else { "E5" };
    assert!(
        words(text)
            .split(|c: char| !c.is_alphanumeric())
            .all(|word| word != other),
        "{text}"
    );
    let plain = words(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    for part in parts {
        assert!(
            plain.contains(&part.to_lowercase()),
            "« {part} » in « {plain} »"
        );
    }
}

/// The PDF and the calendar of a mail, which both bear a name.
fn files(mail: &Value) -> Result<[&Value; 2]> {
    let all: Vec<&Value> = each(&mail["files"]).collect();
    let [pdf, ics] = all[..].try_into().context("two files")?;
    for (file, kind, end) in [
        (pdf, "application/pdf", ".pdf"),
        (ics, "text/calendar", ".ics"),
    ] {
        assert_eq!(file["type"], kind);
        assert!(words(&file["name"]).ends_with(end), "{file}");
    }
    Ok([pdf, ics])
}

/// The items of a list.
pub fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A text.
pub fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
