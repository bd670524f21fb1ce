//! What a list costs: counted by the database's own log, at ten rows and at a thousand.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use delos_persistence::{Database, DatabaseAddress, MasterKey};
use delos_tests::files::{import, of_academy};
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{administrator, officer};
use delos_tests::plans::{propose, version};
use delos_tests::{post, services};
use serde_json::json;

/// Rows of a long page.
const MANY: usize = 1_000;

/// Lists with their relations, each with its field: `$first` is the length of the page.
const LISTS: [(&str, &str); 3] = [
    (
        "candidates",
        "{ candidates(first: $first) { totalCount edges { node { id number familyName email
            school { id name candidateCount } sitting { id date phases { start } centre { id name city } } } } } }",
    ),
    (
        "examiners",
        "{ examiners(first: $first) { totalCount edges { node { id name school { id name candidateCount } } } } }",
    ),
    (
        "messages",
        "{ messages(first: $first) { totalCount counts { ready sent failed } edges { node { id recipient state } } } }",
    ),
];

/// A thousand candidates and as many examiners, by the doors that people use.
pub fn a_list_costs_the_same_statements_whatever_its_length(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(log) = std::env::var_os("DELOS_TEST_POSTGRES_LOG") else {
        services::skip("no log of PostgreSQL");
        return Ok(());
    };
    let Some(mut house) = House::open(engine, "statements", REGULATION)? else {
        return Ok(());
    };
    let mut officer = officer(&house, &mut administrator(&house)?, "07")?;
    let schools = of_academy("etablissements.csv", "Dijon")?;
    import(
        &mut officer,
        "schools",
        ("etablissements.csv", &schools),
        None,
    )?;
    // Those of the samples have a date; the others, whose names come after, none yet.
    for (kind, name) in [
        ("examiners", "examinateurs.csv"),
        ("candidates", "candidats.csv"),
    ] {
        let own = of_academy(name, "Dijon")?;
        import(&mut officer, kind, (name, &own), None)?;
    }
    let plan = propose(&mut officer, "PONCTUELLE")?;
    for operation in ["PublishPlan", "Convoke"] {
        let version = version(&mut officer, &plan)?;
        officer.must(operation, &json!({"plan": plan, "version": version}))?;
    }
    let examiners = many_examiners();
    let examiners = ("examinateurs.csv", examiners.as_str());
    import(&mut officer, "examiners", examiners, None)?;
    let candidates = many_candidates();
    let candidates = ("candidats.csv", candidates.as_str());
    import(&mut officer, "candidates", candidates, None)?;

    // From here on the server writes every statement of this base, and nobody asks but this test.
    trace(house.database())?;
    house.reopen(&["--no-worker"], &[])?;
    let mut told = Vec::new();
    for (list, query) in LISTS {
        let mut counts = Vec::new();
        for first in [10, MANY] {
            let (rows, related, statements) = ask(&house, &log, &mut officer, list, query, first)?;
            // A thousand messages take a thousand sittings: those of the samples are a page and more.
            let enough = if list == "messages" { 11 } else { MANY };
            assert!(rows == first || rows >= enough, "{list}: {rows} rows");
            assert!(related > 0, "{list}: no relation to load");
            counts.push((rows, related, statements));
        }
        let [(_, _, few), (_, _, many)] = counts[..] else {
            bail!("two pages")
        };
        told.push(format!("{list}: {counts:?}"));
        assert_eq!(few, many, "{list}: statements at 10 and at {MANY} rows");
        assert!(few > 0, "the log is not read");
    }
    println!(
        "rows, rows with every relation, statements: {}",
        told.join("; ")
    );
    Ok(())
}

/// Asks for a page; its rows, how many of them have every relation, and the statements that the server ran for it.
fn ask(
    house: &House,
    log: &std::ffi::OsStr,
    officer: &mut Visitor,
    list: &str,
    query: &str,
    first: usize,
) -> Result<(usize, usize, usize)> {
    let query = query.replace("$first", &first.to_string());
    let mut fewest = usize::MAX;
    let (mut rows, mut related) = (0, 0);
    // A request now and then renews its session: the fewest of three is the page's own cost.
    for _ in 0..3 {
        let before = statements(log, house.database())?;
        let answer = officer
            .post("/graphql/staff", &json!({"query": query}))?
            .expect(200)?
            .json()?;
        let edges = answer["data"][list]["edges"]
            .as_array()
            .with_context(|| answer.to_string())?;
        rows = edges.len();
        related = edges
            .iter()
            .filter(|edge| {
                edge["node"]
                    .as_object()
                    .is_some_and(|node| node.values().all(|one| !one.is_null()))
            })
            .count();
        fewest = fewest.min(statements(log, house.database())? - before);
    }
    Ok((rows, related, fewest))
}

/// Statements that the server has run in a base so far. The driver's own question whether a connection lives is none.
fn statements(log: &std::ffi::OsStr, database: &str) -> Result<usize> {
    let name = name(database)?;
    let text = std::fs::read(log)?;
    let text = String::from_utf8_lossy(&text);
    Ok(text
        .lines()
        .filter(|line| line.contains(&format!("] {name} LOG:  ")))
        .filter(|line| line.contains("  execute ") || line.contains("  statement: "))
        .filter(|line| !line.contains("SQLx ping"))
        .count())
}

fn trace(database: &str) -> Result<()> {
    let server = std::env::var("DELOS_TEST_POSTGRES").context("a PostgreSQL")?;
    let address = DatabaseAddress::parse(&server).context("an address")?;
    let order = format!(
        "alter database {} set log_statement = 'all'",
        name(database)?
    );
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let door = Database::open(&address, MasterKey::new([0; 32]), false).await?;
            Ok(door.execute_for_test(&order).await?)
        })
}

fn name(database: &str) -> Result<&str> {
    database.rsplit('/').next().context("a base")
}

fn many_candidates() -> String {
    let mut text =
        "Numéro;Nom;Prénoms;Naissance;INE;Courriel;Option;Statut;Forme;UAI;Académie\n".to_owned();
    for number in 0..MANY + 50 {
        let option = ["SISR", "SLAM"][number % 2];
        let school = ["0213430P", "0717061P"][number % 3 % 2];
        let _ = writeln!(
            text,
            "23{number:08};Zola{number};Alix;0{}/0{}/2006;;c{number}@eleve.example;{option};scolaire;ponctuelle;{school};",
            number % 9 + 1,
            number / 9 % 9 + 1
        );
    }
    text
}

fn many_examiners() -> String {
    let mut text = "Identifiant;Nom;Prénom;Courriel;UAI;Académie;Qualité;Options;Indisponibilités;Périodes au plus\n".to_owned();
    for number in 0..MANY + 50 {
        let option = ["SISR", "SLAM"][number % 2];
        let school = ["0213430P", "0717061P"][number % 3 % 2];
        let _ = writeln!(
            text,
            "EX{number:05};Zola{number};Camille;e{number}@prof.example;{school};;professeur;{option};;3"
        );
    }
    text
}
