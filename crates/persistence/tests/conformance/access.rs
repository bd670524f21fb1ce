//! Logins, what opens the door and no longer does, and how often a task was tried.

use anyhow::{Context as _, Result};
use chrono::Duration;
use delos_domain::ids::{AccountId, IdentityId, TaskId};
use delos_persistence::accounts::{self, AccessCode, AccountRecord, WebSession};
use delos_persistence::identities::IdentityRecord;
use delos_persistence::tasks;

use super::bench::{Bench, done};
use super::claims;
use super::world::{self, COHORT, at, id};

pub async fn account(bench: &Bench, login: &str) -> Result<AccountId> {
    let record = AccountRecord {
        id: AccountId(id(0xac, 1)),
        login: login.to_owned(),
        identity: IdentityRecord {
            id: IdentityId(id(0x1d, 1)),
            family_name: "Dupont".to_owned(),
            usage_name: None,
            given_names: "Zoé".to_owned(),
            birth_date: None,
            national_number: None,
            email: None,
        },
        candidate: None,
        password_hash: None,
        disabled: false,
        failures: 0,
        failed_at: None,
        version: 1,
    };
    let tx = bench.db.write().await?;
    world::ground(&tx).await?;
    accounts::insert(&tx, COHORT, &record).await?;
    done::<anyhow::Error>(tx).await?;
    Ok(record.id)
}

/// An address is typed as people like; a candidate's login is made by us.
pub async fn a_login_is_the_same_in_capitals(bench: &Bench) -> Result<()> {
    let one = account(bench, "Zoe.Dupont@lycee.example").await?;
    for typed in [
        "zoe.dupont@lycee.example",
        "Zoe.Dupont@lycee.example",
        "ZOE.DUPONT@LYCEE.EXAMPLE",
    ] {
        let found = accounts::by_login(&bench.db.read(), typed).await?;
        assert_eq!(found.map(|found| found.id), Some(one), "{typed}");
    }
    let other = accounts::by_login(&bench.db.read(), "zoe@lycee.example").await?;
    assert_eq!(other, None);
    Ok(())
}

pub async fn what_no_longer_opens_anything_is_swept(bench: &Bench) -> Result<()> {
    let one = account(bench, "zoe@lycee.example").await?;
    let tx = bench.db.write().await?;
    for (number, created_at, seen_at) in [(1, 0, 100), (2, 0, 199), (3, 100, 200), (4, 300, 300)] {
        let session = WebSession {
            id: id(0x5e, number),
            token_hash: format!("token {number}"),
            account: one,
            mandate: None,
            created_at: at(created_at),
            seen_at: at(seen_at),
            strong_at: None,
        };
        accounts::insert_session(&tx, &session).await?;
    }
    // The first is used up by the second, which expires before the third is made.
    for (number, expires) in [(1, 900), (2, 350), (3, 900)] {
        let code = AccessCode {
            id: id(0xc0, number),
            account: one,
            hash: format!("code {number}"),
            created_at: at(0),
            expires_at: at(expires),
        };
        accounts::insert_codes(&tx, &[code]).await?;
    }
    let swept = accounts::sweep(&tx, at(200), at(100), at(400)).await?;
    done::<anyhow::Error>(tx).await?;
    assert_eq!(swept, 4);
    let left = accounts::session_by_hash(&bench.db.read(), "token 3").await?;
    assert_eq!(left.map(|session| session.id), Some(id(0x5e, 3)));
    assert_eq!(bench.rows("web_session").await?, 2);
    assert_eq!(bench.rows("access_code").await?, 1);
    let tx = bench.db.write().await?;
    let opened = accounts::use_code(&tx, "code 3", None, at(400)).await?;
    assert_eq!(opened, Some(one));
    Ok(())
}

pub async fn a_task_is_counted_and_postponed(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    tasks::insert(&tx, &claims::task(1)).await?;
    done::<anyhow::Error>(tx).await?;
    let mut tries = 0;
    let mut now = at(100);
    while tries < 3 {
        let tx = bench.db.write().await?;
        let claimed =
            tasks::claim(&tx, tasks::Wanted::Any, now, now + Duration::minutes(10)).await?;
        let claimed = claimed.context("a task that waits")?;
        tries += 1;
        assert_eq!(tasks::tries(&tx, claimed.id).await?, tries);
        tasks::postpone(&tx, &claimed, now + Duration::seconds(30)).await?;
        done::<anyhow::Error>(tx).await?;
        // Not before it is over: the next turn has it a second later.
        for later in [29, 30] {
            let tx = bench.db.write().await?;
            let then = now + Duration::seconds(later);
            let found = tasks::claim(&tx, tasks::Wanted::Any, then, then).await?;
            assert_eq!(found, None, "{later} s");
            done::<anyhow::Error>(tx).await?;
        }
        now += Duration::seconds(31);
    }
    let nobody = tasks::tries(&bench.db.read(), TaskId(id(0xff, 1))).await?;
    assert_eq!(nobody, 0);
    Ok(())
}
