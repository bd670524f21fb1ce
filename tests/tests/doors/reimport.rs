//! The same list handed in again, changed: what a date stands on stays, a draft lets go, the journal tells.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::letters::{each, words};
use delos_tests::files::{confirm, hand_in, import, import_academy, of_academy, rows};
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{administrator, heads, officer};
use delos_tests::plans::{list, propose, version, view};
use delos_tests::post;

/// The school in CCF whose candidates are on the plain list.
const SCHOOL: &str = "0717061P";
/// A candidate of it, on the plain list.
const NUMBER: &str = "2210005915";

/// The officer of an academy, whose schools, examiners and candidates are in.
fn entered(house: &House, admin: &mut Visitor, code: &str, academy: &str) -> Result<Visitor> {
    let mut officer = officer(house, admin, code)?;
    import_academy(&mut officer, academy)?;
    Ok(officer)
}

/// The row of a candidate under the header of the sample, some of its cells replaced.
fn one(number: &str, changes: &[(&str, &str)]) -> Result<String> {
    let all = of_academy("candidats.csv", "Dijon")?;
    let mut lines = all.lines();
    let header = lines.next().context("a header")?;
    let line = lines
        .find(|line| line.starts_with(number))
        .context("the candidate")?;
    let mut cells: Vec<&str> = line.split(';').collect();
    for (column, value) in changes {
        let place = header.split(';').position(|one| one == *column);
        cells[place.context("a column")?] = value;
    }
    Ok(format!("{header}\n{}\n", cells.join(";")))
}

fn again(officer: &mut Visitor, text: &str) -> Result<Value> {
    hand_in(officer, "candidates", ("candidats.csv", text), None)
}

/// Line, column, value and code of each fault.
fn told(faults: &Value) -> Vec<(u64, &str, &str, &str)> {
    each(faults)
        .map(|one| {
            let of = |name| words(&one[name]);
            let line = one["line"].as_u64().unwrap_or(0);
            (line, of("column"), of("value"), of("code"))
        })
        .collect()
}

fn counts(report: &Value) -> [u64; 4] {
    ["created", "updated", "unchanged", "in_error"].map(|name| report[name].as_u64().unwrap_or(99))
}

/// A candidate who has a date, then a convocation to it; and his namesake by number in another authority.
pub fn a_date_keeps_what_it_stands_on(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open(engine, "reimport-dates", REGULATION)? else {
        return Ok(());
    };
    let mut admin = administrator(&house)?;
    let mut dijon = entered(&house, &mut admin, "07", "Dijon")?;
    let mut all_heads = heads(&house, &mut dijon)?;
    let head = all_heads.get_mut(SCHOOL).context("the head")?;
    let plan = propose(head, "CCF")?;
    let read = version(head, &plan)?;
    head.must("PublishPlan", &json!({"plan": plan, "version": read}))?;
    let before = list(&mut dijon, "Candidates", "candidates")?;

    for operation in ["planned", "Convoke"] {
        if operation == "Convoke" {
            let read = version(head, &plan)?;
            head.must("Convoke", &json!({"plan": plan, "version": read}))?;
        }
        for (column, value) in [
            ("Option", "SLAM"),
            ("Forme", "ponctuelle"),
            ("UAI", "0213430P"),
            ("Tiers temps préparation", "4/3"),
            ("Tiers temps entretien", "4/3"),
            ("PMR", "oui"),
            ("Note conservée", "oui"),
        ] {
            let checked = again(&mut dijon, &one(NUMBER, &[(column, value)])?)?;
            let report = &checked["report"];
            assert_eq!(
                told(&report["errors"]),
                [(2, column, value, "already_planned")],
                "{operation}: {report}"
            );
            assert!(words(&report["errors"][0]["remedy"]).contains("annuler"));
            assert_eq!(counts(report), [0, 0, 0, 1], "{operation}, {column}");
            assert_eq!(report["updates"], json!([]));
            assert_eq!(checked["staged"], json!(null));
        }
    }
    let after = list(&mut dijon, "Candidates", "candidates")?;
    let placed = |all: &[Value]| -> Vec<Value> {
        let kept = ["number", "option", "form"];
        let of = |one: &Value| kept.map(|name| one[name].clone());
        all.iter().map(|one| json!(of(one))).collect()
    };
    assert_eq!(placed(&before), placed(&after));

    // An address is none of the plan's, and the same list again changes nothing.
    let checked = again(
        &mut dijon,
        &one(NUMBER, &[("Courriel", "autre@eleve.example")])?,
    )?;
    assert_eq!(counts(&checked["report"]), [0, 1, 0, 0]);
    let whole = of_academy("candidats.csv", "Dijon")?;
    let checked = again(&mut dijon, &whole)?;
    let rows_in_all = whole.lines().count() as u64 - 1;
    assert_eq!(counts(&checked["report"]), [0, 0, rows_in_all, 0]);

    // The same number in another authority is another candidate, who has no date.
    let mut island = entered(&house, &mut admin, "28", "La Réunion")?;
    let header = whole.lines().next().context("a header")?;
    let namesake = |third: &str| {
        format!(
            "{header}\n{NUMBER};Payet;Zoé;19/12/2006;;zoe@eleve.example;SISR;scolaire;ccf;9747185S;;{third};;;;30/06/2027\n"
        )
    };
    let file = namesake("");
    assert_eq!(
        import(&mut island, "candidates", ("candidats.csv", &file), None)?,
        1
    );
    let checked = again(&mut island, &namesake("4/3"))?;
    assert_eq!(told(&checked["report"]["errors"]), []);
    assert_eq!(counts(&checked["report"]), [0, 1, 0, 0]);
    let staged = checked["staged"].as_str().context("staged")?;
    assert_eq!(confirm(&mut island, staged)?.0, "DONE");
    Ok(())
}

/// A head's draft holds a candidate whom the authority then takes for its own form.
pub fn a_draft_lets_go_of_whom_an_import_changes(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open(engine, "reimport-drafts", REGULATION)? else {
        return Ok(());
    };
    let mut admin = administrator(&house)?;
    let mut dijon = entered(&house, &mut admin, "07", "Dijon")?;
    let mut all_heads = heads(&house, &mut dijon)?;
    let head = all_heads.get_mut(SCHOOL).context("the head")?;
    let plan = propose(head, "CCF")?;
    let before = view(head, &plan)?;

    let checked = again(&mut dijon, &one(NUMBER, &[("Forme", "ponctuelle")])?)?;
    let report = &checked["report"];
    assert_eq!(told(&report["errors"]), []);
    assert_eq!(
        told(&report["warnings"]),
        [(2, "Forme", "ponctuelle", "leaves_draft")]
    );
    assert_eq!(view(head, &plan)?, before, "a check writes nothing");
    let staged = checked["staged"].as_str().context("staged")?;
    assert_eq!(confirm(&mut dijon, staged)?.0, "DONE");

    let after = view(head, &plan)?;
    let number = |view: &Value, name: &str| view[name].as_u64().context("a number");
    for name in ["placedCount", "candidateCount"] {
        assert_eq!(number(&after, name)? + 1, number(&before, name)?, "{name}");
    }
    // What the head had on his screen is no longer the plan.
    let stale = json!({"plan": plan, "version": before["version"]});
    let refused = head.act("PublishPlan", &stale)?;
    assert_eq!(
        refused.map_err(|refusal| refusal["code"].clone()),
        Err(json!("conflict"))
    );

    // Both owners place whom they have, and publish.
    let own = propose(&mut dijon, "PONCTUELLE")?;
    let of_the_authority = view(&mut dijon, &own)?;
    assert_eq!(of_the_authority["leftOut"], json!([]));
    let ponctuelle = rows("candidats.csv")?
        .into_iter()
        .filter(|row| row["Forme"] == "ponctuelle" && row["UAI"].starts_with('0'))
        .count() as u64;
    assert!(number(&of_the_authority, "placedCount")? > ponctuelle);
    let read = version(&mut dijon, &own)?;
    dijon.must("PublishPlan", &json!({"plan": own, "version": read}))?;
    let read = version(head, &plan)?;
    head.must("PublishPlan", &json!({"plan": plan, "version": read}))?;
    Ok(())
}

/// Handed in, confirmed, written: each is a line, and the last one names what was created and what was updated.
pub fn an_import_leaves_a_line_for_each_of_its_acts(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open(engine, "reimport-journal", REGULATION)? else {
        return Ok(());
    };
    let mut admin = administrator(&house)?;
    let mut dijon = entered(&house, &mut admin, "07", "Dijon")?;
    let created = list(&mut dijon, "Candidates", "candidates")?.len();
    assert_eq!(lines(&house)?, [1, 1, created]);
    let changed = one(NUMBER, &[("Courriel", "autre@eleve.example")])?;
    import(&mut dijon, "candidates", ("candidats.csv", &changed), None)?;
    assert_eq!(lines(&house)?, [1, 1, created, 1, 1, 1]);
    let subjects = last_subjects(&house)?;
    let updated = list(&mut dijon, "Candidates", "candidates")?;
    let updated = updated.iter().find(|one| one["number"] == NUMBER);
    assert_eq!(subjects, words(&updated.context("the candidate")?["id"]));
    Ok(())
}

/// How many subjects each line of an import of candidates has, in order.
fn lines(house: &House) -> Result<Vec<usize>> {
    let all = house
        .read("select cast(count(*) as text) from journal where operation = 'ImportCandidates'")?;
    let all: usize = all.parse()?;
    (0..all)
        .map(|place| Ok(subjects(house, place)?.split_whitespace().count()))
        .collect()
}

fn last_subjects(house: &House) -> Result<String> {
    subjects(house, lines(house)?.len() - 1)
}

fn subjects(house: &House, place: usize) -> Result<String> {
    house.read(&format!(
        "select subjects from journal where operation = 'ImportCandidates' order by at, id limit 1 offset {place}"
    ))
}
