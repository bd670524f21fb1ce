//! What is searched for is found on either database as people type it.

use anyhow::Result;
use delos_domain::scope::{ReadCandidates, ReadSchools};
use delos_persistence::candidates::{self, CandidateFilter};
use delos_persistence::schools::{self, PageRequest};

use super::bench::{Bench, done};
use super::world::{self, DIJON, candidate, officer, school};

fn page(search: &str) -> PageRequest {
    PageRequest {
        offset: 0,
        limit: 10,
        search: Some(search.to_owned()),
    }
}

async fn schools_found(bench: &Bench, search: &str) -> Result<u64> {
    let scope = officer::<ReadSchools>(DIJON)?;
    let found = schools::list(&bench.db.read(), &scope, &page(search)).await?;
    Ok(found.total)
}

async fn candidates_found(bench: &Bench, search: &str) -> Result<u64> {
    let scope = officer::<ReadCandidates>(DIJON)?;
    let filter = CandidateFilter::default();
    let found = candidates::list(&bench.db.read(), &scope, &filter, &page(search)).await?;
    Ok(found.total)
}

/// A school under a name with everything that a search forgets.
async fn lay(bench: &Bench) -> Result<()> {
    let tx = bench.db.write().await?;
    world::ground(&tx).await?;
    let mut one = school(1)?;
    one.name = String::from("ÉCOLE d’Œnologie 100 %");
    one.city = String::from("Nuits-Saint-Georges");
    schools::insert(&tx, &[one]).await?;
    let mut one = candidate(1, 1)?;
    one.identity.usage_name = Some("Nuñez".to_owned());
    candidates::insert(&tx, world::COHORT, &[one]).await?;
    done(tx).await
}

pub async fn a_name_is_found_however_it_is_typed(bench: &Bench) -> Result<()> {
    lay(bench).await?;
    for search in [
        "École",
        "école",
        "ECOLE D'OENO",
        "œnologie",
        "nuits-saint",
        "100 %",
        "0000001",
    ] {
        assert_eq!(schools_found(bench, search).await?, 1, "{search}");
    }
    for search in ["lycée", "é%e", "_cole", "100 \\%"] {
        assert_eq!(schools_found(bench, search).await?, 0, "{search}");
    }
    for search in ["Été", "ete-1", "noël 1 ÉTÉ", "NUNEZ", "0000001001"] {
        assert_eq!(candidates_found(bench, search).await?, 1, "{search}");
    }
    assert_eq!(candidates_found(bench, "hiver").await?, 0);

    // A name that changes is found under the new one alone.
    let scope = officer::<delos_domain::scope::ImportSchools>(DIJON)?;
    let mut one = schools::by_ids(&bench.db.read(), &[world::school_id(1)])
        .await?
        .remove(0);
    one.name = String::from("Lycée Ampère");
    let tx = bench.db.write().await?;
    schools::update(&tx, &scope, &one).await?;
    done::<anyhow::Error>(tx).await?;
    assert_eq!(schools_found(bench, "ampere").await?, 1);
    assert_eq!(schools_found(bench, "école").await?, 0);
    Ok(())
}

/// Rows written by an earlier release, or by one that runs beside a newer.
pub async fn a_row_of_before_is_found(bench: &Bench) -> Result<()> {
    lay(bench).await?;
    for table in ["school", "identity"] {
        let forget = format!("update {table} set search = null");
        bench.db.execute_for_test(&forget).await?;
    }
    assert_eq!(schools_found(bench, "école").await?, 0);
    bench.db.migrate().await?;
    assert_eq!(schools_found(bench, "école").await?, 1);
    assert_eq!(candidates_found(bench, "nunez").await?, 1);
    Ok(())
}
