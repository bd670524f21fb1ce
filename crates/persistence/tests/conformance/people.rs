//! What people do about a message: acknowledged once, reminded of, settled, sent again in the knowledge of the risk.

use anyhow::{Context as _, Result, ensure};
use chrono::Duration;
use delos_domain::actor::Actor;
use delos_domain::delivery::Pace;
use delos_domain::ids::MessageId;
use delos_domain::scope::{
    AcknowledgeByLink, CorrectAddress, ReadMessages, ReadUnreached, RemindRecipients,
    ResendMessage, SettleMessage,
};
use delos_persistence::envelope::AcknowledgementKey;
use delos_persistence::outbox::{self, Counts, MessageFilter, NewMessage, State, Verdict};
use delos_persistence::{Database, StoreError};
use uuid::Uuid;

use super::bench::{Bench, done};
use super::world::{self, DIJON, SESSION, at, id};

/// A convocation of school 1 for a sitting in two days, in the state that the verdict leaves it in.
async fn ended(bench: &Bench, number: u32, verdict: &Verdict) -> Result<MessageId> {
    let message = NewMessage {
        series: Some(id(0x5e, u128::from(number))),
        sitting_at: Some(at(2 * 86_400)),
        ..world::message(1, u128::from(number))
    };
    let key = message.id;
    put(&bench.db, message).await?;
    let tx = bench.db.write().await?;
    let owner = Uuid::from_u128(0xa11ce);
    let claimed = outbox::claim(
        &tx,
        owner,
        1,
        at(1),
        Duration::seconds(60),
        &Pace::default(),
    )
    .await?;
    let claimed = claimed.first().context("nothing claimed")?;
    outbox::mark_past_dot(&tx, claimed, "hash", at(60)).await?;
    outbox::conclude(&tx, claimed, verdict, at(2)).await?;
    done::<anyhow::Error>(tx).await?;
    Ok(key)
}

async fn put(db: &Database, message: NewMessage) -> Result<(), StoreError> {
    let tx = db.write().await?;
    outbox::insert(&tx, SESSION, &[message]).await?;
    done(tx).await
}

fn sent() -> Verdict {
    Verdict::Sent(None)
}

async fn counts(bench: &Bench) -> Result<Counts> {
    let scope = world::officer::<ReadMessages>(DIJON)?;
    Ok(outbox::counts(&bench.db.read(), &scope, &MessageFilter::default()).await?)
}

/// How many the list shows in each state: what it counts.
async fn agree(bench: &Bench) -> Result<Counts> {
    let scope = world::officer::<ReadMessages>(DIJON)?;
    let counted = counts(bench).await?;
    for (state, count) in [
        (State::Ready, counted.ready),
        (State::Sending, counted.sending),
        (State::Sent, counted.sent),
        (State::Doubtful, counted.doubtful),
        (State::Failed, counted.failed),
        (State::Bounced, counted.bounced),
        (State::Settled, counted.settled),
    ] {
        let filter = MessageFilter {
            state: Some(state),
            ..MessageFilter::default()
        };
        let page = delos_persistence::schools::PageRequest {
            limit: 50,
            ..Default::default()
        };
        let listed = outbox::list(&bench.db.read(), &scope, &filter, &page).await?;
        ensure!(
            i64::try_from(listed.total)? == count,
            "{state:?}: {counted:?}"
        );
        ensure!(
            listed.items.iter().all(|one| one.state() == state),
            "{state:?}"
        );
    }
    Ok(counted)
}

pub async fn a_convocation_is_acknowledged_once_and_not_when_another_replaces_it(
    bench: &Bench,
) -> Result<()> {
    world::lay(&bench.db).await?;
    let first = ended(bench, 1, &sent()).await?;
    assert_eq!(agree(bench).await?.unacknowledged, 1);
    let scope = Actor::System.system_scope::<AcknowledgeByLink>(SESSION)?;
    let gesture = async || -> Result<bool> {
        let tx = bench.db.write().await?;
        let marked = outbox::acknowledge(&tx, &scope, first, "link", at(9)).await?;
        Ok(tx.commit(marked).await?.into_inner())
    };
    ensure!(gesture().await? && !gesture().await?, "once");
    assert_eq!(counts(bench).await?.unacknowledged, 0);
    let look = async || outbox::acknowledgeable(&bench.db.read(), first).await;
    let seen = look().await?.context("a convocation")?;
    assert_eq!((seen.acknowledged_at, seen.outdated), (Some(at(9)), false));
    let later = NewMessage {
        series: Some(id(0x5e, 1)),
        revision: 2,
        ..world::message(1, 2)
    };
    put(&bench.db, later).await?;
    ensure!(look().await?.context("a convocation")?.outdated);
    assert_eq!(counts(bench).await?.unacknowledged, 1, "the new one waits");
    Ok(())
}

pub async fn who_has_not_acknowledged_is_reminded_of_and_nobody_else(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let silent = ended(bench, 1, &sent()).await?;
    ended(bench, 2, &Verdict::GiveUp("550".to_owned())).await?;
    ended(bench, 3, &Verdict::DoubtfulEnd("dot".to_owned())).await?;
    let back = ended(bench, 4, &sent()).await?;
    bench
        .text("update outbox_message set bounced_at = created_at where dedup_key = '1/4' returning dedup_key")
        .await?;
    let scope = world::head::<RemindRecipients>(1)?;
    let window = (at(0), at(10 * 86_400));
    let found = outbox::to_remind(&bench.db.read(), &scope, None, window).await?;
    let ids: Vec<_> = found.iter().map(|one| one.id).collect();
    ensure!(ids.contains(&silent) && !ids.contains(&back), "{ids:?}");
    let tx = bench.db.write().await?;
    let held = outbox::hold_to_remind(&tx, &scope, &ids).await?;
    ensure!(held.iter().any(|one| one.record.id == silent));
    let people: Vec<_> = held.iter().map(|one| one.record.identity.id).collect();
    ensure!(
        outbox::reminded_since(&tx, &people, at(0))
            .await?
            .is_empty()
    );
    let reminder = NewMessage {
        id: MessageId(id(0x3e, 99)),
        dedup_key: "reminder:x:d10".to_owned(),
        kind: "reminder".to_owned(),
        created_at: at(100),
        ..world::message(1, 9)
    };
    outbox::insert(&tx, SESSION, &[reminder]).await?;
    assert_eq!(outbox::reminded_since(&tx, &people, at(50)).await?.len(), 1);
    ensure!(
        outbox::reminded_since(&tx, &people, at(100))
            .await?
            .is_empty()
    );
    let keys = ["reminder:x:d10", "reminder:x:d3"].map(str::to_owned);
    assert_eq!(outbox::existing_keys(&tx, &keys).await?.len(), 1);
    done::<anyhow::Error>(tx).await?;
    let other = world::head::<RemindRecipients>(2)?;
    let found = outbox::to_remind(&bench.db.read(), &other, None, window).await?;
    ensure!(found.is_empty(), "another school's");
    Ok(())
}

pub async fn what_did_not_arrive_is_settled_or_sent_again_in_the_knowledge_of_the_risk(
    bench: &Bench,
) -> Result<()> {
    world::lay(&bench.db).await?;
    let failed = ended(bench, 1, &Verdict::GiveUp("550".to_owned())).await?;
    let doubtful = ended(bench, 2, &Verdict::DoubtfulEnd("dot".to_owned())).await?;
    let fine = ended(bench, 3, &sent()).await?;
    let all = [failed, doubtful, fine];
    let before = agree(bench).await?;
    assert_eq!((before.failed, before.doubtful, before.sent), (1, 1, 1));
    let near = (at(0), at(10 * 86_400));
    let reading = world::officer::<ReadUnreached>(DIJON)?;
    let unreached = outbox::unreached(&bench.db.read(), &reading, at(20), near).await?;
    assert_eq!(unreached.len(), 2);

    let again = world::head::<ResendMessage>(1)?;
    let reader = bench.db.read();
    let sure = outbox::to_send_again(&reader, &again, &all, false).await?;
    assert_eq!(
        sure.iter().map(|one| one.record.id).collect::<Vec<_>>(),
        [failed]
    );
    let risky = outbox::to_send_again(&reader, &again, &all, true).await?;
    assert_eq!(risky.len(), 2, "what arrived is not sent again");
    drop(reader);

    let correcting = world::head::<CorrectAddress>(1)?;
    let tx = bench.db.write().await?;
    outbox::supersede(&tx, &correcting, failed, at(20)).await?;
    let scope = world::head::<SettleMessage>(1)?;
    let other = world::head::<SettleMessage>(2)?;
    ensure!(
        outbox::settle(&tx, &other, &all, "phoned", None, at(20))
            .await?
            .is_empty()
    );
    let settled = outbox::settle(&tx, &scope, &all, "phoned", None, at(20)).await?;
    assert_eq!(
        settled,
        [doubtful],
        "what arrived, and what was replaced, stay as they are"
    );
    ensure!(
        outbox::settle(&tx, &scope, &all, "phoned", None, at(21))
            .await?
            .is_empty()
    );
    done::<anyhow::Error>(tx).await?;
    let after = agree(bench).await?;
    assert_eq!((after.failed, after.doubtful, after.settled), (0, 0, 1));
    let unreached = outbox::unreached(&bench.db.read(), &reading, at(20), near).await?;
    ensure!(unreached.is_empty());
    Ok(())
}

pub async fn a_link_is_signed_for_one_message_under_one_master_key(bench: &Bench) -> Result<()> {
    let key = AcknowledgementKey::of(&bench.db.read());
    let (one, two) = (id(0x3e, 1), id(0x3e, 2));
    let signature = key.sign(one);
    assert_eq!(signature.len(), 32, "128 bits");
    ensure!(key.verifies(one, &signature) && !key.verifies(two, &signature));
    let mut forged = signature.clone();
    forged.replace_range(..1, if forged.starts_with('0') { "1" } else { "0" });
    for bad in [
        forged.as_str(),
        "",
        "zz",
        &signature[..30],
        "é".repeat(16).as_str(),
        &format!("{signature}00"),
    ] {
        ensure!(!key.verifies(one, bad), "{bad}");
    }
    Ok(())
}
