//! A candidate who enters by the code of his mail and reads his own exam.

use anyhow::Result;
use delos_tests::house::House;
use delos_tests::http::Visitor;
use delos_tests::people::PASSWORD;
use delos_tests::post;
use serde_json::{Value, json};

use super::letters::{Sitting, each};

/// Enters by the code, comes back by the password, reads and downloads his own convocation, and nothing of the staff's.
pub fn check(
    house: &House,
    authority: &str,
    number: &str,
    address: &str,
    sitting: &Sitting,
) -> Result<()> {
    let mail = post::to(house, address, 1)?;
    let code = post::word_after(&mail, "qui sert une fois :")?;
    let first = |code: &str| json!({"kind": "candidate", "authority": authority, "number": number, "code": code, "password": PASSWORD});
    let wrong = house
        .visitor()
        .post("/auth/first-access", &first("AAAAA-AAAAA"))?;
    assert_eq!(wrong.status, 401);
    // Typed in small letters, without the dash.
    let typed = code.to_lowercase().replace('-', " ");
    house
        .visitor()
        .post("/auth/first-access", &first(&typed))?
        .expect(200)?;
    let again = house.visitor().post("/auth/first-access", &first(&code))?;
    assert_eq!(again.status, 401, "a code serves once");

    let mut candidate = house.visitor();
    let login = json!({"authority": authority, "number": number, "password": PASSWORD});
    candidate.post("/auth/candidate", &login)?.expect(200)?;
    let exam = candidate.candidate("MyExam")?;
    let exam = &exam["myExam"];
    let convocation = &exam["convocation"];
    assert_eq!(
        (&exam["number"], &exam["state"]),
        (&json!(number), &json!("CONVOKED"))
    );
    assert_eq!(convocation["date"], sitting.date);
    assert_eq!(convocation["timezone"], sitting.zone);
    assert_eq!(convocation["start"], sitting.hours[0]);
    assert_eq!(convocation["end"].as_u64(), sitting.hours.last().copied());
    for (field, column) in [
        ("uai", "UAI"),
        ("name", "Nom"),
        ("address", "Adresse"),
        ("postalCode", "Code postal"),
        ("city", "Commune"),
    ] {
        assert_eq!(convocation["centre"][field], sitting.centre[column]);
    }
    let starts = each(&convocation["phases"]).filter_map(|phase| phase["start"].as_u64());
    assert_eq!(
        starts.collect::<Vec<_>>(),
        sitting.hours[..sitting.hours.len() - 1]
    );

    let [pdf, ics] = downloads(house, &mut candidate, number)?;
    assert_eq!(
        pdf["text"], mail["files"][0]["text"],
        "the paper is the one that was sent"
    );
    let mut published = mail["files"][1]["events"].clone();
    published[0]["method"] = json!("PUBLISH");
    assert_eq!(ics["events"], published);

    let staff = candidate.document("staff", "Candidates", &json!({}));
    assert!(staff.is_err(), "{staff:?}");
    let sitting_path = format!("/sittings/{}/convocation.pdf", sitting.id);
    assert_eq!(candidate.get(&sitting_path)?.status, 403);
    assert_eq!(
        house.visitor().get("/candidate/convocation.pdf")?.status,
        401
    );
    Ok(())
}

fn downloads(house: &House, candidate: &mut Visitor, number: &str) -> Result<[Value; 2]> {
    let mut read = Vec::new();
    for (end, kind) in [
        ("pdf", "application/pdf"),
        ("ics", "text/calendar; charset=utf-8"),
    ] {
        let answer = candidate
            .get(&format!("/candidate/convocation.{end}"))?
            .expect(200)?;
        assert_eq!(answer.headers["content-type"], kind);
        assert_eq!(answer.headers["cache-control"], "no-store");
        let file = house.folder.join(format!("{number}.{end}"));
        std::fs::write(&file, &answer.body)?;
        read.push(file);
    }
    let mut read = post::read(&read)?.into_iter();
    let mut next = || {
        let file = read.next().unwrap_or_default();
        assert_eq!(file["faults"], json!([]));
        file
    };
    Ok([next(), next()])
}
