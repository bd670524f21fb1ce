//! What a list asks of the database does not grow with its rows, as the server itself counts.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use delos_persistence::{Database, DatabaseAddress, MasterKey};
use delos_tests::services;
use serde_json::{Value, json};

use super::files::{import, of_academy};
use super::house::{Engine, House, REGULATION};
use super::letters::each;
use super::people::{administrator, officer};
use super::post;

/// Calls of the question that counts the candidates of schools.
const COUNTS: &str = "select coalesce(sum(calls), 0)::text from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database())
    and query ilike '%from \"candidate\"%' and query ilike '%count(%group by%'";

/// Candidates of each school of a list: one question, whether the list has two rows or all of them.
pub fn the_candidates_of_all_schools_are_counted_at_once() -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open(Engine::Postgres, "statements", REGULATION)? else {
        return Ok(());
    };
    let mut admin = administrator(&house)?;
    let mut person = officer(&house, &mut admin, "07")?;
    for (kind, file) in [
        ("schools", "etablissements.csv"),
        ("examiners", "examinateurs.csv"),
        ("candidates", "candidats.csv"),
    ] {
        let own = of_academy(file, "Dijon")?;
        import(&mut person, kind, (file, &own), None)?;
    }
    let file = std::fs::read_to_string(house.folder.join("house/delos.toml"))?;
    let url = file.split('"').nth(1).context("the address")?;
    let address = DatabaseAddress::parse(url).context("an address")?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let server = Database::open(&address, MasterKey::new([0; 32]), false).await?;
        let counted = server
            .execute_for_test("create extension if not exists pg_stat_statements")
            .await;
        if counted.is_err() {
            services::skip("the server does not count statements");
            return Ok(());
        }
        for (first, least) in [(2, 1), (200, 4)] {
            let query = format!(
                "{{candidates(first:{first}){{edges{{node{{school{{uai candidateCount}}}}}}}}}}"
            );
            let before: u64 = server.text_for_test(COUNTS).await?.parse()?;
            let answer = person.post("/graphql/staff", &json!({"query": query}))?;
            let found: Value = answer.expect(200)?.json()?;
            // Some are trained nowhere.
            let rows: Vec<_> = each(&found["data"]["candidates"]["edges"])
                .map(|row| &row["node"]["school"])
                .filter(|school| !school.is_null())
                .collect();
            let schools: BTreeSet<_> = rows.iter().map(|one| one["uai"].to_string()).collect();
            assert!(schools.len() >= least, "{schools:?}");
            assert!(
                rows.iter()
                    .all(|row| row["candidateCount"].as_i64() > Some(0)),
                "{found}"
            );
            let after: u64 = server.text_for_test(COUNTS).await?.parse()?;
            assert_eq!(after - before, 1, "for {} schools", schools.len());
        }
        Ok(())
    })
}
