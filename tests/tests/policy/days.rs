//! Absences, closures, replacements and other dates: what is asked of them, and what is done.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use delos_domain::mandate::Role;
use delos_domain::policy::OperationName as Op;
use serde_json::{Value, json};

use super::acts::Done;
use super::asks::{Ask, Probe};
use super::matters::{Matter, NOWHERE, ask, words};
use super::requests::{act, among, named};
use delos_tests::http::Visitor;
use delos_tests::plans::view;

/// Nobody sits in August: a centre that is closed then moves nobody.
pub const IDLE: &str = "2027-08-02";
/// The notice that the far authority wants, and nobody else.
pub const FAR_NOTICE: i64 = 7;

/// A question that may be refused.
fn question(field: &str, arguments: &str, parameters: &str, variables: Value) -> Ask {
    let document = format!(
        "query A({parameters}) {{ {field}({arguments}) {{ __typename ... on Refusal {{ code }} }} }}"
    );
    Ask::staff(&document, variables)
}

/// The requests of the day's table. Its dates name nobody: they are those of one's own perimeter.
pub fn read_day(m: &Matter) -> Vec<Probe> {
    let table = "query A($date: NaiveDate!) { day(date: $date) { lines { id } } }";
    let list =
        |place, document: &str, mark: &str| among(place, Ask::staff(document, json!({})), mark);
    vec![
        list("Query.dayDates", "{ dayDates { date } }", NOWHERE),
        among(
            "Query.day",
            Ask::staff(table, json!({"date": m.day})),
            &m.sitting,
        ),
        list(
            "Query.waiting",
            "{ waiting { candidate { id } } }",
            &m.waiting,
        ),
        list("Query.closures", "{ closures { id } }", &m.closure),
        form(m, "/sittings/{id}/grid.pdf"),
        form(m, "/sittings/{id}/appreciation.pdf"),
    ]
}

/// A form on paper, headed for the candidate of a sitting.
fn form(m: &Matter, route: &'static str) -> Probe {
    named(route, "%PDF", m, |m| {
        Ask::Get(route.replace("{id}", &m.sitting))
    })
}

/// What an absence would entail.
fn preview(key: &str, id: &str, kind: &str) -> Ask {
    let variables = json!({key: id, "kind": kind});
    question(
        "absencePreview",
        &format!("{key}: ${key}, kind: $kind"),
        &format!("${key}: ID!, $kind: AbsenceKind!"),
        variables,
    )
}

/// An absence, with the consequence that the regulation has for it.
pub fn record(m: &Matter, key: &str, id: &str, kind: &str, piece: Option<&str>) -> Ask {
    let confirmed = match (kind, m.form) {
        ("FORCE_MAJEURE", _) => "ZERO_DIPLOMA_POSSIBLE",
        (_, "CCF") => "NEW_DATE",
        _ => "ABSENT",
    };
    let input = json!({key: id, "kind": kind, "confirmed": confirmed, "piece": piece});
    act(
        "recordAbsence",
        "input: $input",
        "$input: RecordAbsenceInput!",
        json!({"input": input}),
    )
}

fn withdraw(absence: &str) -> Ask {
    act(
        "withdrawAbsence",
        "absence: $id",
        "$id: ID!",
        json!({"id": absence}),
    )
}

/// The requests about an absence of a kind. A head of school records, so that he may hand a piece in and withdraw, but
/// force majeure he does not establish.
pub fn absences(m: &Matter, asker: Role, kind: &str) -> Vec<Probe> {
    let mut all = vec![
        named("Query.absencePreview", "", m, |m| {
            preview("sitting", &m.sitting, kind)
        }),
        named("Mutation.recordAbsence", "", m, |m| {
            record(m, "sitting", &m.sitting, kind, None)
        }),
    ];
    if kind != "FORCE_MAJEURE" || asker != Role::HeadOfSchool {
        all.push(named("Mutation.withdrawAbsence", "", m, |m| {
            withdraw(&m.absence)
        }));
        // Nothing is said of whom it is about until the absence is recorded.
        all.push(among("/absences/pieces", Ask::Piece, NOWHERE));
    }
    all
}

/// The requests that show what justifies an absence.
pub fn pieces(m: &Matter) -> Vec<Probe> {
    let document = "query A($id: ID!) { absencePapers(absence: $id) { reason href } }";
    vec![
        named("Query.absencePapers", "/piece", m, |m| {
            Ask::staff(document, json!({"id": m.absence}))
        }),
        named("/absences/{id}/piece", "%PDF", m, |m| {
            Ask::Get(format!("/absences/{}/piece", m.absence))
        }),
    ]
}

fn closing(school: &str, first: &str, last: &str) -> Value {
    json!({"input": {"centre": school, "first": first, "last": last, "reason": format!("Inondation {school}")}})
}

fn closure_preview(m: &Matter) -> Ask {
    question(
        "closurePreview",
        "input: $input",
        "$input: CloseCentreInput!",
        closing(&m.school, IDLE, IDLE),
    )
}

pub fn close(school: &str, first: &str, last: &str) -> Ask {
    act(
        "closeCentre",
        "input: $input",
        "$input: CloseCentreInput!",
        closing(school, first, last),
    )
}

/// The requests that close a centre.
pub fn closures(m: &Matter) -> Vec<Probe> {
    vec![
        named("Query.closurePreview", "", m, closure_preview),
        named("Mutation.closeCentre", "", m, |m| {
            close(&m.school, IDLE, IDLE)
        }),
    ]
}

fn substitutes(commission: &str, member: &str) -> Ask {
    let document = "query A($commission: ID!, $member: ID!) \
                    { substitutes(commission: $commission, member: $member) { id } }";
    Ask::staff(
        document,
        json!({"commission": commission, "member": member}),
    )
}

fn replace(commission: &str, member: &str, by: Option<&str>) -> Ask {
    act(
        "replaceMember",
        "commission: $commission, member: $member, by: $by",
        "$commission: ID!, $member: ID!, $by: ID",
        json!({"commission": commission, "member": member, "by": by}),
    )
}

/// The requests that put somebody in a member's place.
pub fn replacements(m: &Matter) -> Vec<Probe> {
    vec![
        named("Query.substitutes", "", m, |m| {
            substitutes(&m.commission, &m.member)
        }),
        named("Mutation.replaceMember", "", m, |m| {
            replace(&m.commission, &m.member, None)
        }),
    ]
}

pub fn set_rescheduling(notice: i64) -> Ask {
    act(
        "setRescheduling",
        "confirmsItself: false, noticeDays: $notice",
        "$notice: Int!",
        json!({"notice": notice}),
    )
}

/// How new dates are given is said of one's own authority: the far one's notice is not told.
pub fn rescheduling() -> Vec<Probe> {
    let read = Ask::staff("{ rescheduling { noticeDays } }", json!({}));
    vec![
        among(
            "Query.rescheduling",
            read,
            &format!("\"noticeDays\":{FAR_NOTICE}"),
        ),
        among("Mutation.setRescheduling", set_rescheduling(5), NOWHERE),
    ]
}

fn free_seats(candidate: &str) -> Ask {
    let document = "query A($id: ID!) { freeSeats(candidate: $id) \
                    { __typename ... on Refusal { code } ... on Seats { free { commissionId date } } } }";
    Ask::staff(document, json!({"id": candidate}))
}

fn place(candidate: &str, commission: &str, date: &str) -> Ask {
    act(
        "placeCandidate",
        "candidate: $candidate, commission: $commission, date: $date",
        "$candidate: ID!, $commission: ID!, $date: NaiveDate!",
        json!({"candidate": candidate, "commission": commission, "date": date}),
    )
}

fn of_seat(field: &str, sitting: &str) -> Ask {
    act(field, "sitting: $id", "$id: ID!", json!({"id": sitting}))
}

/// The requests that give one candidate another date.
pub fn seats(m: &Matter) -> Vec<Probe> {
    vec![
        named("Query.freeSeats", "", m, |m| free_seats(&m.candidate)),
        named("Mutation.placeCandidate", "", m, |m| {
            place(&m.candidate, &m.commission, &m.day)
        }),
        named("Mutation.confirmSeat", "", m, |m| {
            of_seat("confirmSeat", &m.sitting)
        }),
        named("Mutation.declineSeat", "", m, |m| {
            of_seat("declineSeat", &m.sitting)
        }),
    ]
}

/// What is allowed of days, really done; none when the requests are all there is to it.
pub fn acts(operation: Op, person: &mut Visitor, about: &mut Matter) -> Result<Option<Done>> {
    Ok(Some(match operation {
        Op::RecordAbsence => record_again(person, about)?,
        Op::EstablishForceMajeure => establish(person, about)?,
        Op::CloseCentre => {
            let (preview, done) = (closure_preview(about), close(&about.school, IDLE, IDLE));
            vec![
                (
                    "Query.closurePreview",
                    preview.of(person)?,
                    "ClosurePreview".to_owned(),
                ),
                ("Mutation.closeCentre", done.of(person)?, "Done".to_owned()),
            ]
        }
        Op::ReplaceMember => replace_somebody(person, about)?,
        Op::SetRescheduling => {
            let set = set_rescheduling(5).of(person)?;
            let read = rescheduling().remove(0);
            vec![
                ("Mutation.setRescheduling", set, "Done".to_owned()),
                (
                    read.place,
                    read.ask.of(person)?,
                    "\"noticeDays\":5".to_owned(),
                ),
            ]
        }
        _ => return Ok(None),
    }))
}

/// A piece is handed in; its id.
fn hand_in(person: &mut Visitor, done: &mut Done) -> Result<String> {
    let kept = Ask::Piece.of(person)?;
    let staged = words(&kept.json()["staged"]);
    done.push(("/absences/pieces", kept, "\"staged\":\"".to_owned()));
    Ok(staged)
}

/// The absence that stands of a sitting, as the day's table shows it.
pub fn absence_of(person: &mut Visitor, m: &Matter) -> Result<String> {
    let table = "query A($date: NaiveDate!) { day(date: $date) { lines { id absence { id } } } }";
    let seen = ask(person, table, &json!({"date": m.spare_day}))?;
    let lines = seen["day"]["lines"].as_array().context("lines")?;
    let line = lines.iter().find(|one| one["id"] == m.spare.as_str());
    let id = words(&line.context("the sitting")?["absence"]["id"]);
    anyhow::ensure!(!id.is_empty(), "no absence of {}", m.spare);
    Ok(id)
}

/// An absence was an error; then it was none.
fn record_again(person: &mut Visitor, about: &mut Matter) -> Result<Done> {
    let mut done = Done::new();
    let piece = hand_in(person, &mut done)?;
    let mut note = |place, reply, mark: &str| done.push((place, reply, mark.to_owned()));
    let reply = withdraw(&about.absence).of(person)?;
    note("Mutation.withdrawAbsence", reply, "Done");
    let reply = preview("sitting", &about.spare, "JUSTIFIED").of(person)?;
    note("Query.absencePreview", reply, "AbsencePreview");
    let reply = record(about, "sitting", &about.spare, "JUSTIFIED", Some(&piece)).of(person)?;
    note("Mutation.recordAbsence", reply, "Done");
    about.absence = absence_of(person, about)?;
    Ok(done)
}

/// An absence is found to be force majeure; then it was an error.
fn establish(person: &mut Visitor, about: &Matter) -> Result<Done> {
    let mut done = Done::new();
    let piece = hand_in(person, &mut done)?;
    let mut note = |place, reply, mark: &str| done.push((place, reply, mark.to_owned()));
    let kind = "FORCE_MAJEURE";
    let reply = preview("absence", &about.absence, kind).of(person)?;
    note("Query.absencePreview", reply, "AbsencePreview");
    let reply = record(about, "absence", &about.absence, kind, Some(&piece)).of(person)?;
    note("Mutation.recordAbsence", reply, "Done");
    let established = absence_of(person, about)?;
    let reply = withdraw(&established).of(person)?;
    note("Mutation.withdrawAbsence", reply, "Done");
    Ok(done)
}

/// The first member whose place somebody could take leaves it to him.
fn replace_somebody(person: &mut Visitor, about: &Matter) -> Result<Done> {
    let seen = view(person, &json!(about.plan))?;
    for commission in seen["commissions"].as_array().context("commissions")? {
        let id = words(&commission["id"]);
        for member in commission["members"].as_array().context("members")? {
            let member = words(&member["id"]);
            let found = substitutes(&id, &member).of(person)?;
            // The last one: the first ones are of the school that asks, whose members have a part of their own.
            let listed = found.field();
            let last = listed.as_array().and_then(|all| all.last());
            if let Some(by) = last.and_then(|one| one["id"].as_str()) {
                let reply = replace(&id, &member, Some(by)).of(person)?;
                return Ok(vec![
                    ("Query.substitutes", found, by.to_owned()),
                    ("Mutation.replaceMember", reply, "Done".to_owned()),
                ]);
            }
        }
    }
    anyhow::bail!("nobody could take anybody's place in {}", about.plan)
}

/// A day of a centre is lost: of those who sat then one takes the date that is found, another is given one by hand.
pub fn give_dates(person: &mut Visitor, about: &mut Matter) -> Result<Done> {
    let seen = view(person, &json!(about.plan))?;
    let commissions = seen["commissions"].as_array().context("commissions")?;
    let mut days: Vec<(String, String)> = Vec::new();
    let heard = |one: &Value| {
        let days = one["days"].as_array().into_iter().flatten();
        days.map(|day| day["sittings"].as_array().map_or(0, Vec::len))
            .sum::<usize>()
    };
    for one in commissions {
        // Where another commission of the option has a seat left: of eight, fewer are taken.
        let elsewhere = |other: &Value| {
            other["id"] != one["id"] && other["option"] == one["option"] && heard(other) < 8
        };
        for day in one["days"].as_array().into_iter().flatten() {
            if commissions.iter().any(elsewhere) {
                days.push((words(&one["centre"]["id"]), words(&day["date"])));
            }
        }
    }
    days.retain(|(_, day)| *day != about.day);
    let (centre, day) = days
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1))
        .context("a day")?;
    let closed = close(&centre, &day, &day).of(person)?;
    let mut done = vec![("Mutation.closeCentre", closed, "Done".to_owned())];
    let mut note = |place, reply, mark: &str| done.push((place, reply, mark.to_owned()));
    let waiting = searched(person)?;
    let found: Vec<(String, String)> = waiting
        .iter()
        .filter(|one| one["proposed"].is_object())
        .map(|one| {
            let sitting = &one["proposed"]["sitting"];
            (words(sitting), words(&one["candidate"]["id"]))
        })
        .collect();
    let (declined, candidate) = found
        .last()
        .with_context(|| format!("no date: {waiting:?}"))?;
    // In the ponctuelle form, whose days are few, there may be a seat for one alone.
    if let [(first, _), _, ..] = &found[..] {
        let reply = of_seat("confirmSeat", first).of(person)?;
        note("Mutation.confirmSeat", reply, "Done");
    }
    let reply = of_seat("declineSeat", declined).of(person)?;
    note("Mutation.declineSeat", reply, "Done");
    let free = free_seats(candidate).of(person)?;
    let seat = free.field()["free"][0].clone();
    note("Query.freeSeats", free, "commissionId");
    let (commission, date) = (words(&seat["commissionId"]), words(&seat["date"]));
    let reply = place(candidate, &commission, &date).of(person)?;
    note("Mutation.placeCandidate", reply, "Done");
    about.read_plan(person)?;
    Ok(done)
}

/// Those who wait for a date, once the worker has looked for all of them.
fn searched(person: &mut Visitor) -> Result<Vec<Value>> {
    let start = Instant::now();
    loop {
        let document =
            "{ waiting { searched proposed { sitting } candidate { id } reasons { rule } } }";
        let seen = ask(person, document, &json!({}))?;
        let all = seen["waiting"].as_array().context("a list")?;
        if !all.is_empty() && all.iter().all(|one| one["searched"] == true) {
            return Ok(all.clone());
        }
        anyhow::ensure!(start.elapsed().as_secs() < 60, "not searched: {all:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
