//! What is delicate opens only with its key, in its place, as it was sealed.

use anyhow::{Context as _, Result, ensure};
use delos_domain::ids::{AccountId, CohortId, StagedFileId};
use delos_domain::scope::ReadMessages;
use delos_persistence::envelope;
use delos_persistence::staged::{self, StagedFile};
use delos_persistence::{Database, MasterKey, StoreError, outbox};
use uuid::Uuid;

use super::bench::{Bench, done};
use super::claims::put;
use super::world::{self, DIJON, SESSION, at, id};

/// The payload of a message, opened.
async fn payload(db: &Database, number: u128) -> Result<Vec<u8>, StoreError> {
    let scope = world::officer::<ReadMessages>(DIJON)
        .map_err(|refused| StoreError::Corrupt(refused.to_string()))?;
    let found = outbox::one(&db.read(), &scope, world::message(1, number).id).await?;
    Ok(found.map(|(_, payload)| payload).unwrap_or_default())
}

fn is_corrupt<T>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Corrupt(_)))
}

/// A column of bytes as hexadecimal digits.
async fn hex(bench: &Bench, column: &str, of: &str) -> Result<String> {
    let digits = if bench.db.is_sqlite() {
        format!("lower(hex({column}))")
    } else {
        format!("encode({column}, 'hex')")
    };
    bench.text(&format!("select {digits} from {of}")).await
}

/// Puts other bytes in a column.
async fn put_hex(bench: &Bench, column: &str, of: &str, digits: &str) -> Result<()> {
    let bytes = if bench.db.is_sqlite() {
        format!("x'{digits}'")
    } else {
        format!("decode('{digits}', 'hex')")
    };
    let (table, row) = of.split_once(" where ").context("a table and a row")?;
    let update = format!("update {table} set {column} = {bytes} where {row}");
    Ok(bench.db.execute_for_test(&update).await?)
}

/// What a staged file is for is known to whoever handed it in, be its bytes as they may.
pub async fn a_staged_file_is_known_without_being_opened(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let account = AccountId(id(0xac, 1));
    let file = StagedFile {
        id: StagedFileId(id(0xf1, 1)),
        session: SESSION,
        authority: Some(DIJON),
        school: None,
        account: Some(account),
        kind: "candidates".to_owned(),
        name: "candidats.csv".to_owned(),
        content: "Numéro;Nom".into(),
        complement: None,
        created_at: at(0),
    };
    let tx = bench.db.write().await?;
    staged::insert(&tx, &file).await?;
    done::<anyhow::Error>(tx).await?;
    put_hex(
        bench,
        "content",
        "staged_file where name = 'candidats.csv'",
        "00",
    )
    .await?;
    let reader = bench.db.read();
    let head = staged::head(&reader, file.id, Some(account)).await?;
    assert_eq!(head, Some(file.head()));
    assert!(is_corrupt(
        &staged::one(&reader, file.id, Some(account)).await
    ));
    for other in [None, Some(AccountId(id(0xac, 2)))] {
        assert_eq!(staged::head(&reader, file.id, other).await?, None);
    }
    Ok(())
}

pub async fn what_is_sealed_opens(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let key = envelope::session_key(&bench.db.read(), SESSION.0).await?;
    let row = id(1, 1);
    let long: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    for plain in [&b""[..], b"0", "Noël\0".as_bytes(), &long] {
        let sealed = key.seal(row, plain)?;
        assert_eq!(key.open(row, &sealed)?, plain);
        ensure!(key.seal(row, plain)? != sealed, "one nonce served twice");
    }
    put(&bench.db, 1).await?;
    assert_eq!(payload(&bench.db, 1).await?, b"payload of 1/1");
    // What the database holds says nothing.
    let stored = hex(bench, "payload", "outbox_message").await?;
    assert_eq!(stored.len(), 2 * (24 + 14 + 16));
    let clear: Vec<_> = b"payload"
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    ensure!(!stored.contains(&clear.concat()));
    let wrapped = hex(bench, "wrapped_key", "cohort").await?;
    ensure!(!wrapped.contains(&"09".repeat(8)), "a key in clear");
    Ok(())
}

pub async fn what_was_tampered_with_does_not_open(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(&bench.db, 1).await?;
    let of = "outbox_message where dedup_key = '1/1'";
    let sealed = hex(bench, "payload", of).await?;
    // A digit of the nonce, of the ciphertext, of the tag; the first and the last of each.
    for place in [0, 47, 48, 75, 76, sealed.len() - 1] {
        let digit = if &sealed[place..=place] == "0" {
            "1"
        } else {
            "0"
        };
        let tampered = [&sealed[..place], digit, &sealed[place + 1..]].concat();
        put_hex(bench, "payload", of, &tampered).await?;
        let opened = payload(&bench.db, 1).await;
        ensure!(is_corrupt(&opened), "digit {place}: {opened:?}");
    }
    for cut in [
        "",
        &sealed[..20],
        &sealed[..48],
        &sealed[..sealed.len() - 2],
    ] {
        put_hex(bench, "payload", of, cut).await?;
        let opened = payload(&bench.db, 1).await;
        ensure!(is_corrupt(&opened), "cut to {cut:?}: {opened:?}");
    }
    put_hex(bench, "payload", of, &sealed).await?;
    assert_eq!(payload(&bench.db, 1).await?, b"payload of 1/1");
    Ok(())
}

pub async fn what_was_moved_to_another_row_does_not_open(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let key = envelope::session_key(&bench.db.read(), SESSION.0).await?;
    let sealed = key.seal(id(1, 1), b"mark")?;
    let moved = key.open(id(1, 2), &sealed);
    ensure!(is_corrupt(&moved), "{moved:?}");

    put(&bench.db, 2).await?;
    let first = "outbox_message where dedup_key = '1/1'";
    let second = "outbox_message where dedup_key = '1/2'";
    let sealed = hex(bench, "payload", first).await?;
    put_hex(bench, "payload", second, &sealed).await?;
    let moved = payload(&bench.db, 2).await;
    ensure!(is_corrupt(&moved), "{moved:?}");
    assert_eq!(payload(&bench.db, 1).await?, b"payload of 1/1");

    // Nor a cohort's key under another cohort's name.
    let tx = bench.db.write().await?;
    let other = CohortId(Uuid::from_u128(0xc1));
    envelope::create_cohort(&tx, SESSION.0, other, [3; 32], at(1)).await?;
    done::<anyhow::Error>(tx).await?;
    let wrapped = hex(bench, "wrapped_key", "cohort order by created_at limit 1").await?;
    put_hex(
        bench,
        "wrapped_key",
        "cohort where created_at = (select max(created_at) from cohort)",
        &wrapped,
    )
    .await?;
    let moved = envelope::session_key(&bench.db.read(), SESSION.0).await;
    ensure!(moved.is_err(), "a key moved to another cohort opened");
    Ok(())
}

pub async fn another_master_key_opens_nothing(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(&bench.db, 1).await?;
    let thief = Database::open(&bench.address, MasterKey::new([8; 32]), false).await?;
    let opened = payload(&thief, 1).await;
    ensure!(is_corrupt(&opened), "{opened:?}");
    let key = envelope::session_key(&thief.read(), SESSION.0).await;
    ensure!(key.is_err(), "another master key opened a cohort's");
    let tx = thief.write().await?;
    let put = outbox::insert(&tx, SESSION, &[world::message(1, 2)]).await;
    ensure!(is_corrupt(&put), "{put:?}");
    Ok(())
}

pub async fn a_destroyed_key_takes_what_it_sealed(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(&bench.db, 1).await?;
    let tx = bench.db.write().await?;
    let newer = CohortId(Uuid::from_u128(0xc1));
    envelope::create_cohort(&tx, SESSION.0, newer, [3; 32], at(1)).await?;
    outbox::insert(&tx, SESSION, &[world::message(1, 2)]).await?;
    done::<anyhow::Error>(tx).await?;
    assert_eq!(payload(&bench.db, 2).await?, b"payload of 1/2");
    // Somebody's key is never destroyed while his name is there.
    let all = bench.db.execute_for_test("delete from cohort").await;
    ensure!(all.is_err(), "people without a key");
    let newest = "delete from cohort where created_at = (select max(created_at) from cohort)";
    bench.db.execute_for_test(newest).await?;
    let gone = payload(&bench.db, 2).await;
    ensure!(is_corrupt(&gone), "{gone:?}");
    assert_eq!(payload(&bench.db, 1).await?, b"payload of 1/1");
    Ok(())
}
