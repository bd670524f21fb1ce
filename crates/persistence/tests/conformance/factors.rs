//! Second factors: what is kept of them, and what is spent once.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use delos_domain::ids::AccountId;
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::scope::ResetSecondFactor;
use delos_persistence::accounts::{self, WebSession};
use delos_persistence::second_factor::{self, ResetRecord};
use delos_persistence::{Database, MasterKey, StoreError};
use tokio::sync::Barrier;

use super::access::account;
use super::bench::{Bench, done};
use super::world::{self, at, id};

/// How many show one code at once.
const RACERS: usize = 20;
const SECRET: &[u8] = b"twenty secret bytes.";

/// An account with a confirmed factor, whose first step is spent.
async fn enrolled(bench: &Bench) -> Result<AccountId> {
    let one = account(bench, "zoe@lycee.example").await?;
    let tx = bench.db.write().await?;
    second_factor::begin(&tx, one, b"another one", at(1)).await?;
    second_factor::begin(&tx, one, SECRET, at(2)).await?;
    let factor = second_factor::held(&tx, one).await?.context("a factor")?;
    ensure!(factor.confirmed_at.is_none());
    second_factor::confirm(&tx, &factor, at(3)).await?;
    ensure!(second_factor::spend(&tx, one, 10).await?);
    done::<anyhow::Error>(tx).await?;
    Ok(one)
}

pub async fn a_secret_is_enveloped_and_confirmed_once(bench: &Bench) -> Result<()> {
    let one = enrolled(bench).await?;
    let reader = bench.db.read();
    ensure!(
        second_factor::enrolled(&reader, &[one])
            .await?
            .contains(&one)
    );
    let kept = if bench.db.is_sqlite() {
        "select hex(secret) from second_factor"
    } else {
        "select upper(encode(secret, 'hex')) from second_factor"
    };
    let plain: String = SECRET
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02X}"));
    ensure!(
        !bench.text(kept).await?.contains(&plain),
        "it stands in clear"
    );

    let tx = bench.db.write().await?;
    let factor = second_factor::held(&tx, one).await?.context("a factor")?;
    assert_eq!(factor.secret(&tx)?, SECRET);
    assert_eq!((factor.confirmed_at, factor.last_step), (Some(at(3)), 10));
    let again = second_factor::confirm(&tx, &factor, at(4)).await;
    ensure!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    tx.rollback().await?;
    // A confirmed one is not begun again: its row stands in the way.
    let tx = bench.db.write().await?;
    let again = second_factor::begin(&tx, one, b"a thief's", at(4)).await;
    ensure!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    tx.rollback().await?;

    let stranger = Database::open(&bench.address, MasterKey::new([8; 32]), false).await?;
    let tx = stranger.write().await?;
    let factor = second_factor::held(&tx, one).await?.context("a factor")?;
    ensure!(factor.secret(&tx).is_err(), "another master key opens it");
    tx.rollback().await?;
    Ok(())
}

pub async fn a_step_is_spent_once(bench: &Bench) -> Result<()> {
    let one = enrolled(bench).await?;
    let mut houses = Vec::new();
    for _ in 0..RACERS {
        houses.push(bench.another().await?);
    }
    let start = Arc::new(Barrier::new(RACERS));
    let mut racers = Vec::new();
    for db in houses {
        let start = start.clone();
        racers.push(tokio::spawn(async move {
            start.wait().await;
            let tx = db.write().await?;
            let factor = second_factor::held(&tx, one).await?.context("a factor")?;
            let spent = second_factor::spend(&tx, one, 11).await?;
            // Whoever holds the row sees what those before him spent.
            ensure!(spent == (factor.last_step < 11));
            done::<anyhow::Error>(tx).await?;
            Ok(spent)
        }));
    }
    let mut spent = 0;
    for racer in racers {
        spent += usize::from(racer.await??);
    }
    assert_eq!(spent, 1);
    let tx = bench.db.write().await?;
    for step in [9, 10, 11] {
        ensure!(!second_factor::spend(&tx, one, step).await?, "{step}");
    }
    second_factor::count_failure(&tx, one, at(20)).await?;
    second_factor::count_failure(&tx, one, at(21)).await?;
    let factor = second_factor::held(&tx, one).await?.context("a factor")?;
    assert_eq!((factor.failures, factor.failed_at), (2, Some(at(21))));
    ensure!(second_factor::spend(&tx, one, 12).await?);
    let factor = second_factor::held(&tx, one).await?.context("a factor")?;
    assert_eq!((factor.failures, factor.last_step), (0, 12));
    done::<anyhow::Error>(tx).await
}

pub async fn a_recovery_code_is_used_once_and_not_kept(bench: &Bench) -> Result<()> {
    let one = enrolled(bench).await?;
    let tx = bench.db.write().await?;
    let codes = |kind| [1, 2].map(|number| (id(kind, number), format!("CODE{kind}{number}")));
    second_factor::replace_codes(&tx, one, &codes(0xd0), at(5)).await?;
    second_factor::replace_codes(&tx, one, &codes(0xd1), at(6)).await?;
    assert_eq!(second_factor::codes_left(&tx, one).await?, 2);
    let (former, code) = (codes(0xd0)[0].1.clone(), codes(0xd1)[0].1.clone());
    ensure!(
        !second_factor::use_code(&tx, one, &former, at(7)).await?,
        "replaced"
    );
    ensure!(second_factor::use_code(&tx, one, &code, at(7)).await?);
    ensure!(
        !second_factor::use_code(&tx, one, &code, at(8)).await?,
        "used"
    );
    let nobody = AccountId(id(0xac, 9));
    let other = codes(0xd1)[1].1.clone();
    ensure!(
        !second_factor::use_code(&tx, nobody, &other, at(8)).await?,
        "another's"
    );
    assert_eq!(second_factor::codes_left(&tx, one).await?, 1);
    done::<anyhow::Error>(tx).await?;
    let kept = bench
        .text("select max(code_hash) from recovery_code")
        .await?;
    ensure!(kept.len() == 64 && !kept.contains("CODE"), "{kept}");
    Ok(())
}

pub async fn what_is_reset_ends_what_was_strong(bench: &Bench) -> Result<()> {
    let one = enrolled(bench).await?;
    let scope = world::scope::<ResetSecondFactor>(Role::PlatformAdministrator, Perimeter::Session)?;
    let tx = bench.db.write().await?;
    let session = |number, strong_at| WebSession {
        id: id(0x5e, number),
        token_hash: format!("token {number}"),
        account: one,
        mandate: None,
        created_at: at(1),
        seen_at: at(1),
        strong_at,
    };
    for (number, strong_at) in [(1, None), (2, None), (3, Some(at(2)))] {
        accounts::insert_session(&tx, &session(number, strong_at)).await?;
    }
    // A proof changes the token, once.
    let second = session(2, None);
    accounts::strengthen(&tx, &second, "token 2 bis", at(3)).await?;
    let again = accounts::strengthen(&tx, &second, "token 2 ter", at(3)).await;
    ensure!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    ensure!(accounts::session_by_hash(&tx, "token 2").await?.is_none());
    let strong = accounts::session_by_hash(&tx, "token 2 bis").await?;
    assert_eq!(strong.and_then(|one| one.strong_at), Some(at(3)));

    second_factor::replace_codes(&tx, one, &[(id(0xd0, 1), "CODE".to_owned())], at(5)).await?;
    let asked = |seconds| ResetRecord {
        account: one,
        asked_by: one,
        asked_at: at(seconds),
    };
    second_factor::ask_reset(&tx, &scope, &asked(6)).await?;
    second_factor::ask_reset(&tx, &scope, &asked(7)).await?;
    let found = second_factor::resets(&tx, &[one]).await?;
    assert_eq!(found.get(&one), Some(&asked(7)));
    second_factor::remove(&tx, &scope, one).await?;
    accounts::end_strong_sessions(&tx, one).await?;
    done::<anyhow::Error>(tx).await?;
    for table in ["second_factor", "recovery_code", "factor_reset"] {
        assert_eq!(bench.rows(table).await?, 0, "{table}");
    }
    assert_eq!(bench.rows("web_session").await?, 1);
    let reader = bench.db.read();
    ensure!(
        accounts::session_by_hash(&reader, "token 1")
            .await?
            .is_some()
    );
    Ok(())
}
