//! A whole day far from Paris: convoked in the centre's own hours, absent by its own clock, convoked again.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use delos_tests::files::import;
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{PASSWORD, account, administrator, officer};
use delos_tests::plans::job;
use delos_tests::post::{self, calendar_after, events};
use serde_json::{Value, json};

use super::letters::each;
use super::school_day::text;

/// A place, and how its hours are called.
struct Place {
    /// Code of its authority.
    authority: &'static str,
    academy: &'static str,
    uai: &'static str,
    zone: &'static str,
    /// Minutes from UTC.
    offset: i64,
    written: &'static str,
    said: &'static str,
}

const PLACES: [Place; 2] = [
    Place {
        authority: "40",
        academy: "Nouvelle-Calédonie",
        uai: "9830001J",
        zone: "Pacific/Noumea",
        offset: 660,
        written: "+11:00",
        said: "heure de la Nouvelle-Calédonie",
    },
    Place {
        authority: "33",
        academy: "Guyane",
        uai: "9730001N",
        zone: "America/Cayenne",
        offset: -180,
        written: "-03:00",
        said: "heure de la Guyane",
    },
];

/// Three on the first day, after the preparation; five on the second.
const CANDIDATES: usize = 8;

/// Nouméa and Cayenne.
pub fn a_day_far_from_paris_has_its_own_hours(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    for place in &PLACES {
        let name = format!("overseas {}", place.authority);
        let Some(house) = House::open(engine, &name, REGULATION)? else {
            return Ok(());
        };
        day_at(house, place).with_context(|| place.zone.to_owned())?;
    }
    Ok(())
}

fn day_at(mut house: House, place: &Place) -> Result<()> {
    let mut officer = officer(&house, &mut administrator(&house)?, place.authority)?;
    for (kind, name, file) in files(place)? {
        import(&mut officer, kind, (name, &file), None)?;
    }
    let confirmed = json!({"confirmsItself": true, "noticeDays": 2});
    officer.must("SetRescheduling", &confirmed)?;
    let schools = officer.staff("Schools", &json!({}))?;
    let school = &schools["schools"]["edges"][0]["node"]["id"];
    let who = ("Éluard", "Zoé");
    let mut head = account(
        &house,
        &mut officer,
        "HEAD_OF_SCHOOL",
        school,
        "chef@ecole.example",
        who,
    )?;
    let plan = job(&mut head, "CCF", ["--school", place.uai])?;
    let days = each(&plan.view["commissions"]).flat_map(|one| each(&one["days"]));
    let date = days.map(|day| text(&day["date"])).max().context("a day")?;

    let mut firsts = Vec::new();
    for number in 0..CANDIDATES {
        let mail = calendar_after(&house, &address(number), -1)?;
        let event = events(&mail)[0].clone();
        assert_eq!(
            (&event["zone"], &event["offset"]),
            (&json!(place.zone), &json!(place.offset)),
            "{event}"
        );
        let said = text(&mail["text"]);
        assert!(said.contains(place.said), "{said}");
        firsts.push(event);
    }

    // Nine o'clock there: the first have begun, the last have not.
    house.reopen(&["--at", &format!("{date}T09:00:00{}", place.written)], &[])?;
    let mut head = house.visitor();
    let login = json!({"email": "chef@ecole.example", "password": PASSWORD});
    head.post("/auth/staff", &login)?.expect(200)?;
    let table = head.staff("Day", &json!({"date": date}))?;
    let lines: Vec<&Value> = each(&table["day"]["lines"]).collect();
    let starts = |line: &Value| line["start"].as_i64().unwrap_or_default();
    let begun = *lines
        .iter()
        .min_by_key(|line| starts(line))
        .context("a line")?;
    let ahead = *lines
        .iter()
        .max_by_key(|line| starts(line))
        .context("a line")?;
    assert!(starts(begun) < 540 && starts(ahead) > 540, "{table}");
    let early = record(&mut head, ahead, "UNJUSTIFIED", "ABSENT")?;
    assert_eq!(
        early.expect_err("nobody is absent before the hour")["code"],
        "absence_before_the_hour"
    );
    record(&mut head, begun, "JUSTIFIED", "NEW_DATE")?
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;

    let number: usize = text(&begun["candidate"]["number"])[8..].parse()?;
    let first = &firsts[number];
    let sequence = first["sequence"].as_i64().unwrap_or_default();
    let mail = calendar_after(&house, &address(number), sequence)?;
    let again = events(&mail)[0];
    assert_eq!(again["uid"], first["uid"], "one series");
    assert!(text(&again["date"]) > date, "{again}");
    assert_eq!(
        (&again["zone"], &again["offset"]),
        (&json!(place.zone), &json!(place.offset))
    );
    Ok(())
}

fn record(
    head: &mut Visitor,
    line: &Value,
    kind: &str,
    confirmed: &str,
) -> Result<std::result::Result<Value, Value>> {
    let input = json!({"sitting": line["id"], "kind": kind, "confirmed": confirmed});
    head.act("RecordAbsence", &json!({"input": input}))
}

fn address(number: usize) -> String {
    format!("candidat{number}@eleve.example")
}

/// One school, its team and its candidates.
fn files(place: &Place) -> Result<[(&'static str, &'static str, String); 3]> {
    let Place { uai, academy, .. } = place;
    let schools = format!(
        "UAI;Nom;Adresse;Code postal;Commune;Académie;Statut;Habilité CCF;Centre d'examen;Environnements;Accessible;\
         Courriel;Chef d'établissement;Courriel du chef\n\
         {uai};Lycée du Bout du Monde;1 rue du Port;98800;Nouméa;{academy};public;oui;oui;8;oui;ce@ecole.example;\
         Zoé Éluard;chef@ecole.example\n"
    );
    let mut examiners =
        "Identifiant;Nom;Prénom;Courriel;UAI;Académie;Qualité;Options;Indisponibilités;Périodes au plus\n"
            .to_owned();
    for n in 0..4 {
        writeln!(
            examiners,
            "EX{n};Maître{n};Ève;ex{n}@ecole.example;{uai};{academy};professeur;SISR,SLAM;;"
        )?;
    }
    let mut candidates =
        "Numéro;Nom;Prénoms;Naissance;Courriel;Option;Statut;Forme;UAI;Fin de formation\n"
            .to_owned();
    for n in 0..CANDIDATES {
        writeln!(
            candidates,
            "22100000{n:02};Élève;Noé;0{}/03/2006;{};SISR;scolaire;ccf;{uai};30/06/2027",
            n + 1,
            address(n)
        )?;
    }
    Ok([
        ("schools", "etablissements.csv", schools),
        ("examiners", "examinateurs.csv", examiners),
        ("candidates", "candidats.csv", candidates),
    ])
}
