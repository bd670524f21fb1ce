//! How messages follow one another: what leaves first, what waits, and for how long.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Duration, Utc};
use delos_domain::delivery::{Blame, Pace, PausePolicy, QuietHours, Rates, Tally};
use delos_domain::ids::MessageId;
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::scope::{LiftPause, ReadMessages, RecordBounce};
use delos_persistence::outbox::pause::{self, PauseRecord, Probed};
use delos_persistence::outbox::{self, Claimed, NewMessage, Verdict};
use delos_persistence::{Database, StoreError};
use futures_util::future::join_all;
use uuid::Uuid;

use super::bench::{Bench, done};
use super::world::{self, SESSION, at, id};

const ALICE: Uuid = Uuid::from_u128(0xa11ce);
const BOB: Uuid = Uuid::from_u128(0xb0b);

fn message(number: u128) -> NewMessage {
    world::message(1, number)
}

async fn put(bench: &Bench, messages: &[NewMessage]) -> Result<()> {
    let tx = bench.db.write().await?;
    outbox::insert(&tx, SESSION, messages).await?;
    done(tx).await
}

async fn claim(
    db: &Database,
    owner: Uuid,
    most: u64,
    now: DateTime<Utc>,
    pace: &Pace,
) -> Result<Vec<Claimed>, StoreError> {
    let tx = db.write().await?;
    let claimed = outbox::claim(&tx, owner, most, now, Duration::seconds(60), pace).await?;
    Ok(tx.commit(claimed).await?.into_inner())
}

/// Numbers of the messages claimed.
async fn numbers(bench: &Bench, most: u64, now: DateTime<Utc>, pace: &Pace) -> Result<Vec<u128>> {
    let claimed = claim(&bench.db, ALICE, most, now, pace).await?;
    Ok(claimed.iter().map(|one| number(one.id)).collect())
}

fn number(id: MessageId) -> u128 {
    id.0.as_u128() & 0xffff_ffff
}

async fn due(bench: &Bench, now: DateTime<Utc>, pace: &Pace) -> Result<Option<DateTime<Utc>>> {
    Ok(outbox::next_due(&bench.db.read(), now, pace).await?)
}

/// A change for tomorrow, put last and of the least priority, leaves before a bulk mail.
pub async fn a_near_sitting_leaves_first(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let now = at(0);
    let table = [
        (1, 5, None),
        (2, 0, None),
        (3, 5, Some(now + Duration::days(30))),
        (4, 9, Some(now + Duration::hours(72))),
        (5, 9, Some(now + Duration::hours(20))),
        (6, 5, Some(now - Duration::days(2))),
    ];
    let messages: Vec<_> = table
        .into_iter()
        .map(|(number, priority, sitting_at)| NewMessage {
            priority,
            sitting_at,
            ..message(number)
        })
        .collect();
    put(bench, &messages).await?;
    let pace = Pace::default();
    assert_eq!(numbers(bench, 2, now, &pace).await?, [4, 5]);
    assert_eq!(numbers(bench, 9, now, &pace).await?, [2, 1, 3, 6]);
    Ok(())
}

pub async fn quiet_hours_hold_what_does_not_press(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let quiet = QuietHours::parse("21:00-07:00", chrono_tz::Europe::Paris)?;
    let pace = Pace {
        quiet: Some(quiet),
        ..Pace::default()
    };
    // 23:00 in Paris, in winter.
    let night: DateTime<Utc> = "2027-03-04T22:00:00Z".parse()?;
    let morning: DateTime<Utc> = "2027-03-05T06:00:00Z".parse()?;
    let messages: Vec<_> = [
        (1, 5, None),
        (2, 0, None),
        (3, 5, Some(night + Duration::hours(47))),
        (4, 5, Some(night + Duration::hours(60))),
    ]
    .into_iter()
    .map(|(number, priority, sitting_at)| NewMessage {
        priority,
        sitting_at,
        not_before: night,
        ..message(number)
    })
    .collect();
    put(bench, &messages).await?;
    assert_eq!(due(bench, night, &pace).await?, Some(night));
    assert_eq!(numbers(bench, 9, night, &pace).await?, [3, 2]);
    let sent =
        "update outbox_message set status = 'sent', sent_at = not_before where status = 'sending'";
    bench.db.execute_for_test(sent).await?;
    assert_eq!(due(bench, night, &pace).await?, Some(morning));
    assert_eq!(
        numbers(bench, 9, morning - Duration::seconds(1), &pace).await?,
        []
    );
    assert_eq!(numbers(bench, 9, morning, &pace).await?, [4, 1]);
    Ok(())
}

fn to(domain: &str, number: u128) -> NewMessage {
    NewMessage {
        address: Some(format!("candidat@{domain}")),
        ..message(number)
    }
}

/// A domain that has had its share holds nobody else up, and receives again in its time.
pub async fn a_full_bucket_holds_its_own_domain_only(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let pace = Pace {
        rates: Rates::parse(0, "slow.example=60")?,
        ..Pace::default()
    };
    let many = (1..=30).map(|number| to("slow.example", number));
    let messages: Vec<_> = many.chain([to("other.example", 31)]).collect();
    put(bench, &messages).await?;
    // Ten seconds' worth at once.
    assert_eq!(numbers(bench, 16, at(1), &pace).await?.len(), 10);
    assert_eq!(numbers(bench, 16, at(1), &pace).await?, [31]);
    assert_eq!(numbers(bench, 16, at(1), &pace).await?, []);
    let free = Pace::default();
    let leases = at(1) + Duration::seconds(60);
    assert_eq!(due(bench, at(1), &pace).await?, Some(at(2)));
    assert_eq!(
        due(bench, at(1), &free).await?,
        Some(at(0)).min(Some(leases))
    );
    assert_eq!(numbers(bench, 16, at(2), &pace).await?.len(), 1);
    assert_eq!(numbers(bench, 16, at(4), &pace).await?.len(), 2);
    // A clock set back a day empties no bucket for a day.
    let yesterday = at(4) - Duration::days(1);
    let pace_then = Pace {
        longest_wait: Duration::hours(4),
        ..pace.clone()
    };
    ensure!(due(bench, yesterday, &pace_then).await?.is_some());
    let rate = pace.rates.of("slow.example").context("a rate")?;
    ensure!(rate.next(Some(at(14)), yesterday) <= yesterday + Duration::seconds(1));
    Ok(())
}

/// Eight workers together give a domain no more than its share.
pub async fn workers_share_a_bucket(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let pace = Pace {
        rates: Rates::parse(120, "")?,
        ..Pace::default()
    };
    let messages: Vec<_> = (1..=200)
        .map(|number| {
            to(
                if number % 2 == 0 {
                    "a.example"
                } else {
                    "b.example"
                },
                number,
            )
        })
        .collect();
    put(bench, &messages).await?;
    let mut workers = Vec::new();
    for worker in 1..=8 {
        let (db, pace) = (bench.another().await?, pace.clone());
        workers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            for _ in 0..10 {
                mine.extend(claim(&db, id(8, worker), 7, at(1), &pace).await?);
            }
            Ok::<_, StoreError>(mine)
        }));
    }
    let mut given: HashMap<String, u32> = HashMap::new();
    for worker in join_all(workers).await {
        for claimed in worker?? {
            *given.entry(claimed.address).or_default() += 1;
        }
    }
    // Two a second, ten seconds' worth.
    for domain in ["candidat@a.example", "candidat@b.example"] {
        assert_eq!(given.get(domain), Some(&20), "{domain}");
    }
    Ok(())
}

fn tally(taken: u64, refused: u64) -> Tally {
    let many = |blame, n| (0..n).map(move |_| blame);
    many(Blame::Nobody, taken)
        .chain(many(Blame::Relay, refused))
        .fold(Tally::default(), Tally::and)
}

async fn tell(
    bench: &Bench,
    number: u128,
    tries: Tally,
    now: DateTime<Utc>,
) -> Result<Option<PauseRecord>> {
    let tx = bench.db.write().await?;
    let begun = pause::add_tries(
        &tx,
        id(0x7a, number),
        ALICE,
        tries,
        "dot: 554 5.7.1 No",
        now,
        PausePolicy::default(),
    )
    .await?;
    Ok(tx.commit(begun).await?.into_inner())
}

async fn say(bench: &Bench, owner: Uuid, said: Probed, now: DateTime<Utc>) -> Result<bool> {
    let tx = bench.db.write().await?;
    let over = pause::probed(&tx, owner, said, now, PausePolicy::default()).await?;
    Ok(tx.commit(over).await?.into_inner())
}

/// Refusals of several workers make one pause, in which nothing leaves; one message then tells.
pub async fn the_queue_pauses_and_one_message_ends_it(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let messages: Vec<_> = (1..=6).map(message).collect();
    put(bench, &messages).await?;
    let pace = Pace::default();
    ensure!(tell(bench, 1, tally(40, 2), at(0)).await?.is_none(), "5 %");
    ensure!(tell(bench, 2, tally(30, 0), at(1)).await?.is_none());
    let begun = tell(bench, 3, tally(0, 3), at(2))
        .await?
        .context("no pause")?;
    assert_eq!(
        (begun.since, begun.until, begun.share, begun.tries),
        (at(2), at(602), 66, 75)
    );
    assert_eq!(begun.cause, "dot: 554 5.7.1 No");
    assert_eq!(pause::current(&bench.db.read()).await?, Some(begun.clone()));
    ensure!(
        tell(bench, 4, tally(0, 50), at(3)).await?.is_none(),
        "one is enough"
    );
    assert_eq!(numbers(bench, 9, at(601), &pace).await?, []);
    assert_eq!(due(bench, at(3), &pace).await?, Some(at(602)));

    // One message, by one worker; the other waits until its lease has run out.
    let probe = claim(&bench.db, ALICE, 9, at(602), &pace).await?;
    assert_eq!(probe.len(), 1);
    ensure!(probe[0].probe);
    ensure!(
        pause::current(&bench.db.read())
            .await?
            .is_some_and(|pause| pause.probing)
    );
    ensure!(claim(&bench.db, BOB, 9, at(603), &pace).await?.is_empty());
    // A minute's lease: until then nobody looks again, and no domain is charged for a look.
    assert_eq!(due(bench, at(603), &pace).await?, Some(at(662)));
    // Refused: twice as long.
    ensure!(
        !say(bench, BOB, Probed::Refused, at(604)).await?,
        "not his to say"
    );
    ensure!(!say(bench, ALICE, Probed::Refused, at(605)).await?);
    let longer = pause::current(&bench.db.read()).await?.context("a pause")?;
    assert_eq!((longer.until, longer.probing), (at(605 + 1200), false));
    // Not told: the next worker asks once the lease is over.
    assert_eq!(claim(&bench.db, ALICE, 9, at(1805), &pace).await?.len(), 1);
    ensure!(claim(&bench.db, BOB, 9, at(1806), &pace).await?.is_empty());
    assert_eq!(claim(&bench.db, BOB, 9, at(1866), &pace).await?.len(), 1);
    ensure!(!say(bench, BOB, Probed::Nothing, at(1867)).await?);
    assert_eq!(claim(&bench.db, BOB, 9, at(1868), &pace).await?.len(), 1);
    ensure!(say(bench, BOB, Probed::Well, at(1869)).await?);
    assert_eq!(pause::current(&bench.db.read()).await?, None);
    ensure!(!claim(&bench.db, BOB, 9, at(1870), &pace).await?.is_empty());
    // What was refused before the end says nothing of what comes after.
    ensure!(tell(bench, 5, tally(30, 1), at(1871)).await?.is_none());
    Ok(())
}

pub async fn a_person_lifts_a_pause(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(bench, &[message(1), message(2)]).await?;
    let scope = world::scope::<LiftPause>(Role::PlatformAdministrator, Perimeter::Session)?;
    let lift = async |now| -> Result<bool> {
        let tx = bench.db.write().await?;
        let lifted = pause::lift(&tx, &scope, scope.account(), now).await?;
        Ok(tx.commit(lifted).await?.into_inner())
    };
    ensure!(!lift(at(0)).await?, "there is none");
    tell(bench, 1, tally(0, 20), at(1))
        .await?
        .context("no pause")?;
    ensure!(numbers(bench, 9, at(2), &Pace::default()).await?.is_empty());
    ensure!(lift(at(3)).await?);
    assert_eq!(numbers(bench, 9, at(4), &Pace::default()).await?.len(), 2);
    let by = "select cast(count(*) as text) from mail_pause where ended_by is not null";
    assert_eq!(bench.text(by).await?, "1");
    Ok(())
}

/// No clock that was wrong for a while holds a message, a pause or a lease until the time that it showed.
pub async fn a_clock_set_back_holds_nothing(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(bench, &[message(1), message(2), message(3)]).await?;
    let pace = Pace::default();
    let ahead = at(0) + Duration::days(1);
    // Tomorrow's clock: one message dies with its worker, one is put off, the queue pauses.
    let lost = claim(&bench.db, ALICE, 2, ahead, &pace).await?;
    assert_eq!(lost.len(), 2);
    let tx = bench.db.write().await?;
    let off = Verdict::Retry(ahead + Duration::minutes(5), "451".to_owned());
    outbox::conclude(&tx, &lost[1], &off, ahead).await?;
    done::<anyhow::Error>(tx).await?;
    tell(bench, 1, tally(0, 20), ahead)
        .await?
        .context("no pause")?;
    // The right one again.
    let probe = claim(&bench.db, BOB, 9, at(10), &pace).await?;
    assert_eq!(probe.len(), 1, "a pause of tomorrow holds nothing today");
    ensure!(say(bench, BOB, Probed::Well, at(11)).await?);
    let mut all: Vec<_> = numbers(bench, 9, at(12), &pace).await?;
    all.push(number(probe[0].id));
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3]);
    Ok(())
}

/// A message given back is as if nobody had taken it.
pub async fn a_message_given_back_was_never_tried(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(bench, &[message(1)]).await?;
    let row = "select status || attempt || coalesce(last_error, '-') || case when first_tried_at is null then '' else 'tried' end from outbox_message";
    let claimed = claim(&bench.db, ALICE, 1, at(1), &Pace::default()).await?;
    assert_eq!(bench.text(row).await?, "sending1-tried");
    let tx = bench.db.write().await?;
    outbox::give_back(&tx, &claimed[0], at(2)).await?;
    done::<anyhow::Error>(tx).await?;
    assert_eq!(bench.text(row).await?, "ready0-");
    // Not when it may have left, nor when it is another's.
    let mine = claim(&bench.db, BOB, 1, at(3), &Pace::default()).await?;
    let tx = bench.db.write().await?;
    outbox::give_back(&tx, &claimed[0], at(3)).await?;
    ensure!(outbox::mark_past_dot(&tx, &mine[0], "hash", at(99)).await?);
    outbox::give_back(&tx, &mine[0], at(4)).await?;
    done::<anyhow::Error>(tx).await?;
    assert_eq!(bench.text(row).await?, "sending1-tried");
    Ok(())
}

/// A failed try about a near sitting presses at once; a mail that comes back marks its row and nothing else.
pub async fn what_presses_and_what_came_back_is_told(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let sitting = |hours| Some(at(0) + Duration::hours(hours));
    let messages = [
        NewMessage {
            sitting_at: sitting(70),
            ..message(1)
        },
        NewMessage {
            sitting_at: sitting(30),
            ..message(2)
        },
        NewMessage {
            sitting_at: sitting(100),
            ..message(3)
        },
    ];
    put(bench, &messages).await?;
    let read = world::officer::<ReadMessages>(world::DIJON)?;
    let elsewhere = world::officer::<ReadMessages>(world::REUNION)?;
    let pressing = async |scope| -> Result<Vec<u128>> {
        let rows = outbox::pressing(&bench.db.read(), scope, at(1), 9).await?;
        Ok(rows.into_iter().map(|row| number(row.id)).collect())
    };
    assert_eq!(pressing(&read).await?, [], "nothing was tried");
    let claimed = claim(&bench.db, ALICE, 9, at(1), &Pace::default()).await?;
    let tx = bench.db.write().await?;
    for one in &claimed {
        ensure!(outbox::mark_past_dot(&tx, one, "hash", at(99)).await?);
        let verdict = Verdict::Retry(at(500), "dot: 451".to_owned());
        outbox::conclude(&tx, one, &verdict, at(2)).await?;
    }
    done::<anyhow::Error>(tx).await?;
    assert_eq!(pressing(&read).await?, [2, 1]);
    assert_eq!(pressing(&elsewhere).await?, []);

    let system = delos_domain::actor::Actor::System.system_scope::<RecordBounce>(SESSION)?;
    let bounce = async |number, now| -> Result<bool> {
        let tx = bench.db.write().await?;
        let id = message(number).id;
        let marked = outbox::record_bounce(&tx, &system, id, "5.1.1 Nobody", now).await?;
        Ok(tx.commit(marked).await?.into_inner())
    };
    let row = "select status || attempt || case when ambiguous then '?' else '' end || coalesce(bounce, '-') from outbox_message where dedup_key = '1/1'";
    assert_eq!(bench.text(row).await?, "ready1-");
    ensure!(bounce(1, at(600)).await?);
    ensure!(!bounce(1, at(601)).await?, "known already");
    ensure!(!bounce(77, at(602)).await?, "no such message");
    assert_eq!(bench.text(row).await?, "ready15.1.1 Nobody");
    put(bench, &[message(4)]).await?;
    ensure!(!bounce(4, at(603)).await?, "it never left");
    let session = outbox::session_of(&bench.db.read(), message(1).id).await?;
    assert_eq!(session, Some(SESSION));
    assert_eq!(
        outbox::session_of(&bench.db.read(), message(77).id).await?,
        None
    );
    Ok(())
}
