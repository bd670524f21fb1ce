//! The order of facts of a message: claimed, past the dot, concluded.

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Duration, Utc};
use delos_domain::delivery::Pace;
use delos_persistence::outbox::{self, Claimed, MessageFilter, Verdict};
use uuid::Uuid;

use super::bench::{Bench, done};
use super::claims::put;
use super::world::{self, SESSION, at, id};

/// Two workers.
const ALICE: Uuid = Uuid::from_u128(0xa11ce);
const BOB: Uuid = Uuid::from_u128(0xb0b);
/// How long each holds a message.
const LEASE: i64 = 60;

/// A house with messages that wait.
async fn house(bench: &Bench, messages: u128) -> Result<()> {
    world::lay(&bench.db).await?;
    put(&bench.db, messages).await
}

async fn claim(bench: &Bench, owner: Uuid, now: DateTime<Utc>) -> Result<Option<Claimed>> {
    let tx = bench.db.write().await?;
    let mut claimed = outbox::claim(
        &tx,
        owner,
        1,
        now,
        Duration::seconds(LEASE),
        &Pace::default(),
    )
    .await?;
    Ok(tx.commit(claimed.pop()).await?.into_inner())
}

async fn pass_the_dot(bench: &Bench, claimed: &Claimed, hash: &str, until: i64) -> Result<bool> {
    let tx = bench.db.write().await?;
    let passed = outbox::mark_past_dot(&tx, claimed, hash, at(until)).await?;
    Ok(tx.commit(passed).await?.into_inner())
}

async fn conclude(bench: &Bench, claimed: &Claimed, verdict: Verdict, now: i64) -> Result<()> {
    let tx = bench.db.write().await?;
    outbox::conclude(&tx, claimed, &verdict, at(now)).await?;
    done(tx).await
}

/// `status attempt past_dot ambiguous` of the only message.
async fn state(bench: &Bench, number: u128) -> Result<String> {
    let row = format!(
        "select status || ' ' || attempt || case when past_dot then ' past' else '' end
            || case when ambiguous then ' ambiguous' else '' end
            || case when lease_until is null then '' else ' leased' end
         from outbox_message where dedup_key = '1/{number}'"
    );
    bench.text(&row).await
}

pub async fn a_message_is_claimed_passes_the_dot_and_is_sent(bench: &Bench) -> Result<()> {
    house(bench, 1).await?;
    assert_eq!(state(bench, 1).await?, "ready 0");
    let claimed = claim(bench, ALICE, at(1))
        .await?
        .context("nothing claimed")?;
    assert_eq!(claimed.payload, b"payload of 1/1");
    assert_eq!((claimed.attempt, claimed.ambiguous), (1, false));
    assert_eq!(claimed.created_at, at(0));
    assert_eq!(state(bench, 1).await?, "sending 1 leased");
    ensure!(pass_the_dot(bench, &claimed, "hash", 100).await?);
    assert_eq!(state(bench, 1).await?, "sending 1 past leased");
    let next = outbox::next_due(&bench.db.read(), at(0), &Pace::default()).await?;
    assert_eq!(next, Some(at(100)), "the lease was renewed");
    conclude(
        bench,
        &claimed,
        Verdict::Sent(Some("queue-1".to_owned())),
        5,
    )
    .await?;
    assert_eq!(state(bench, 1).await?, "sent 1 past");
    let relay = "select relay_id || ' ' || first_hash from outbox_message";
    assert_eq!(bench.text(relay).await?, "queue-1 hash");
    let scope = world::officer::<delos_domain::scope::ReadMessages>(world::DIJON)?;
    let read = outbox::one(&bench.db.read(), &scope, claimed.id).await?;
    let (read, payload) = read.context("the message")?;
    assert_eq!((read.sent_at, payload), (Some(at(5)), claimed.payload));
    assert_eq!(claim(bench, BOB, at(9999)).await?.map(|one| one.id), None);
    assert_eq!(
        outbox::next_due(&bench.db.read(), at(0), &Pace::default()).await?,
        None
    );
    Ok(())
}

pub async fn a_lease_that_ends_before_the_dot_leaves_no_doubt(bench: &Bench) -> Result<()> {
    house(bench, 1).await?;
    let dead = claim(bench, ALICE, at(0))
        .await?
        .context("nothing claimed")?;
    let early = claim(bench, BOB, at(LEASE)).await?;
    ensure!(early.is_none(), "the lease still holds");
    let heir = claim(bench, BOB, at(LEASE + 1))
        .await?
        .context("not taken again")?;
    assert_eq!((heir.id, heir.attempt), (dead.id, 2));
    ensure!(!heir.ambiguous, "certainly not sent: no doubt");
    assert_eq!(heir.first_tried_at, Some(at(0)));
    assert_eq!(state(bench, 1).await?, "sending 2 leased");
    Ok(())
}

pub async fn a_lease_that_ends_past_the_dot_is_a_doubt(bench: &Bench) -> Result<()> {
    house(bench, 1).await?;
    let dead = claim(bench, ALICE, at(0))
        .await?
        .context("nothing claimed")?;
    ensure!(pass_the_dot(bench, &dead, "first", LEASE).await?);
    let heir = claim(bench, BOB, at(LEASE + 1))
        .await?
        .context("not taken again")?;
    ensure!(heir.ambiguous, "the relay may have it");
    assert_eq!(heir.first_hash.as_deref(), Some("first"));
    assert_eq!(state(bench, 1).await?, "sending 2 ambiguous leased");
    // Whatever becomes of it, the doubt stays and the hash of the first bytes too.
    ensure!(pass_the_dot(bench, &heir, "second", 200).await?);
    conclude(bench, &heir, Verdict::Sent(None), 70).await?;
    assert_eq!(state(bench, 1).await?, "sent 2 past ambiguous");
    let hash = "select first_hash from outbox_message";
    assert_eq!(bench.text(hash).await?, "first");
    let scope = world::officer::<delos_domain::scope::ReadMessages>(world::DIJON)?;
    let counts = outbox::counts(&bench.db.read(), &scope, &MessageFilter::default()).await?;
    assert_eq!((counts.doubtful, counts.sent), (1, 0));
    Ok(())
}

pub async fn a_worker_who_lost_his_lease_writes_nothing(bench: &Bench) -> Result<()> {
    house(bench, 1).await?;
    let late = claim(bench, ALICE, at(0))
        .await?
        .context("nothing claimed")?;
    let heir = claim(bench, BOB, at(LEASE + 1))
        .await?
        .context("not taken again")?;
    ensure!(!pass_the_dot(bench, &late, "late", 999).await?);
    conclude(bench, &late, Verdict::Sent(None), 70).await?;
    assert_eq!(state(bench, 1).await?, "sending 2 leased");
    conclude(bench, &heir, Verdict::GiveUp("550".to_owned()), 71).await?;
    ensure!(!pass_the_dot(bench, &heir, "late", 999).await?);
    assert_eq!(state(bench, 1).await?, "failed 2");
    Ok(())
}

pub async fn a_try_ends_by_its_verdict(bench: &Bench) -> Result<()> {
    let again = at(500);
    let cause = || "é".repeat(900);
    let table = [
        (Verdict::Retry(again, cause()), "ready 1"),
        (Verdict::GiveUp(cause()), "failed 1"),
        (Verdict::Doubtful(again, cause()), "ready 1 ambiguous"),
        (Verdict::DoubtfulEnd(cause()), "failed 1 past ambiguous"),
    ];
    house(bench, 4).await?;
    for (number, (verdict, expected)) in (1..).zip(table) {
        let claimed = claim(bench, ALICE, at(1))
            .await?
            .context("nothing claimed")?;
        ensure!(pass_the_dot(bench, &claimed, "hash", 400).await?);
        conclude(bench, &claimed, verdict, 2).await?;
        assert_eq!(state(bench, number).await?, expected);
    }
    ensure!(
        claim(bench, BOB, at(499)).await?.is_none(),
        "before its time"
    );
    let mut doubts = Vec::new();
    while let Some(claimed) = claim(bench, BOB, again).await? {
        doubts.push((claimed.attempt, claimed.ambiguous));
    }
    assert_eq!(doubts, [(2, false), (2, true)]);
    Ok(())
}

pub async fn a_decision_puts_one_message(bench: &Bench) -> Result<()> {
    house(bench, 1).await?;
    let mut twin = world::message(1, 1);
    twin.id = delos_domain::ids::MessageId(id(0x3e, 99));
    let tx = bench.db.write().await?;
    let twice = outbox::insert(&tx, SESSION, &[world::message(1, 2), twin]).await;
    ensure!(
        matches!(twice, Err(delos_persistence::StoreError::Conflict)),
        "{twice:?}"
    );
    drop(tx);
    assert_eq!(bench.rows("outbox_message").await?, 1);
    Ok(())
}

pub async fn a_message_without_an_address_waits_for_a_person(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let mut message = world::message(1, 1);
    message.address = None;
    let tx = bench.db.write().await?;
    outbox::insert(&tx, SESSION, &[message]).await?;
    done::<anyhow::Error>(tx).await?;
    assert_eq!(state(bench, 1).await?, "failed 0");
    assert_eq!(claim(bench, ALICE, at(9)).await?.map(|one| one.id), None);
    let failed = failed(bench).await?;
    assert_eq!(failed.len(), 1, "a person may send it once there is one");
    let cause = failed[0].record.last_error.as_deref();
    assert_eq!(cause, Some(outbox::NO_ADDRESS));
    Ok(())
}

pub async fn a_payload_that_no_key_opens_holds_nobody_up(bench: &Bench) -> Result<()> {
    house(bench, 2).await?;
    let broken = "update outbox_message set payload = (select payload from outbox_message
        where dedup_key = '1/2') where dedup_key = '1/1'";
    bench.db.execute_for_test(broken).await?;
    let tx = bench.db.write().await?;
    let claimed = outbox::claim(
        &tx,
        ALICE,
        9,
        at(1),
        Duration::seconds(LEASE),
        &Pace::default(),
    )
    .await?;
    let claimed = tx.commit(claimed).await?.into_inner();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].payload, b"payload of 1/2");
    assert_eq!(state(bench, 1).await?, "failed 1");
    Ok(())
}

pub async fn what_an_ended_message_keeps_is_told_once_it_has_ended(bench: &Bench) -> Result<()> {
    house(bench, 1).await?;
    let claimed = claim(bench, ALICE, at(1))
        .await?
        .context("nothing claimed")?;
    let keep = async |text: &'static [u8]| -> Result<Vec<u8>> {
        let tx = bench.db.write().await?;
        outbox::keep_after_end(&tx, claimed.id, text).await?;
        done::<anyhow::Error>(tx).await?;
        let scope = world::officer::<delos_domain::scope::ReadMessages>(world::DIJON)?;
        let read = outbox::one(&bench.db.read(), &scope, claimed.id).await?;
        Ok(read.context("the message")?.1)
    };
    assert_eq!(
        keep(b"without the code").await?,
        b"payload of 1/1",
        "what may still leave keeps its bytes"
    );
    ensure!(pass_the_dot(bench, &claimed, "hash", 100).await?);
    conclude(bench, &claimed, Verdict::Sent(None), 2).await?;
    assert_eq!(keep(b"without the code").await?, b"without the code");
    Ok(())
}

pub async fn a_doubt_is_not_sent_again_as_a_failure(bench: &Bench) -> Result<()> {
    house(bench, 2).await?;
    for verdict in [
        Verdict::DoubtfulEnd("silence".to_owned()),
        Verdict::GiveUp("550".to_owned()),
    ] {
        let claimed = claim(bench, ALICE, at(1))
            .await?
            .context("nothing claimed")?;
        conclude(bench, &claimed, verdict, 2).await?;
    }
    let failed = failed(bench).await?;
    let keys: Vec<_> = failed.iter().map(|one| one.record.id).collect();
    assert_eq!(keys, [world::message(1, 2).id]);
    assert_eq!(failed[0].payload, b"payload of 1/2");
    Ok(())
}

/// Those of the first two messages that an officer may send again.
async fn failed(bench: &Bench) -> Result<Vec<outbox::OpenedMessage>> {
    let scope = world::head::<delos_domain::scope::ResendMessage>(1)?;
    let ids = [1, 2].map(|number| world::message(1, number).id);
    Ok(outbox::to_send_again(&bench.db.read(), &scope, &ids, false).await?)
}
