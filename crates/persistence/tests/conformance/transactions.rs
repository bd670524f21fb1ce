//! What a transaction promises.

use anyhow::Result;
use delos_domain::ids::SessionId;
use delos_persistence::sessions::{self, SessionRecord};
use uuid::Uuid;

use super::bench::Bench;

/// A session of this number.
fn session(number: u128) -> SessionRecord {
    SessionRecord {
        id: SessionId(Uuid::from_u128(number)),
        code: format!("{}", 2000 + number),
        regulation: "bts-sio-2024-e5".to_owned(),
        version: 1,
    }
}

pub async fn what_is_committed_is_read_by_others(bench: &Bench) -> Result<()> {
    let other = bench.another().await?;
    let tx = bench.db.write().await?;
    sessions::insert(&tx, &session(1)).await?;
    assert_eq!(sessions::by_code(&other.read(), "2001").await?, None);
    let outcome = tx.commit("done").await?.into_inner();
    assert_eq!(outcome, "done");
    for db in [&bench.db, &other] {
        assert_eq!(sessions::all(&db.read()).await?, [session(1)]);
    }
    Ok(())
}
