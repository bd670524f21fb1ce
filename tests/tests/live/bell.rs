//! From the commit to the claim: how long a message waits for one of two workers, with Redis as the bell and without.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use delos_tests::house::{Engine, House};
use delos_tests::services;

use super::people::{People, authority, invite, lay};

/// Messages with the bell, and between two of them.
const RUNG: (usize, Duration) = (60, Duration::from_millis(120));
/// Messages without it, and between two of them: over several of the workers' own looks.
const UNHEARD: (usize, Duration) = (24, Duration::from_millis(1_700));
/// A worker looks by itself at least so often.
const LOOK: f64 = 15.0;

/// Two gateways' worth of processes: a gateway without a worker, two workers, PostgreSQL. The wait is that of the rows:
/// from when the message was decided, just before its commit, to the beginning of its first try.
pub fn the_bell_shortens_the_wait() -> Result<()> {
    let Some(redis) = services::redis() else {
        services::skip("no Redis");
        return Ok(());
    };
    let Some((mut house, mut people)) = lay(Engine::Postgres, "live-bell")? else {
        return Ok(());
    };
    let with = [("DELOS_REDIS__URL", redis.as_str())];
    let rung = waits(&mut house, &mut people, &with, "rung", RUNG)?;
    let unheard = waits(&mut house, &mut people, &[], "unheard", UNHEARD)?;
    for (name, waits) in [("with Redis", &rung), ("without Redis", &unheard)] {
        println!(
            "commit to claim, {name}: median {:.0} ms, 9 of 10 within {:.0} ms, longest {:.0} ms ({} messages, 2 workers)",
            at(waits, 0.5)? * 1000.0,
            at(waits, 0.9)? * 1000.0,
            at(waits, 1.0)? * 1000.0,
            waits.len()
        );
    }
    ensure!(at(&rung, 0.5)? < 1.0, "the bell is not heard: {rung:?}");
    ensure!(
        at(&unheard, 1.0)? < LOOK + 3.0,
        "a look was late: {unheard:?}"
    );
    Ok(())
}

/// The waits, in seconds, the shortest first.
fn waits(
    house: &mut House,
    people: &mut People,
    settings: &[(&str, &str)],
    name: &str,
    (count, apart): (usize, Duration),
) -> Result<Vec<f64>> {
    house.reopen(&["--no-worker"], settings)?;
    let _workers = [
        house.worker(&format!("worker-1-{name}"), settings)?,
        house.worker(&format!("worker-2-{name}"), settings)?,
    ];
    let of_dijon = authority(&mut people.admin, "07")?;
    // Both have looked once, and wait.
    std::thread::sleep(Duration::from_secs(3));
    for number in 0..count {
        invite(
            &mut people.admin,
            &of_dijon,
            &format!("{name}.{number}@academie.example"),
        )?;
        std::thread::sleep(apart);
    }
    let of_these = format!("from outbox_message where address like '{name}.%'");
    let begun = Instant::now();
    let left = format!("select count(*)::text {of_these} and first_tried_at is null");
    while house.read(&left)? != "0" {
        ensure!(
            begun.elapsed() < Duration::from_mins(1),
            "a message is not claimed"
        );
        std::thread::sleep(Duration::from_millis(250));
    }
    let all = house.read(&format!(
        "select string_agg(extract(epoch from first_tried_at - created_at)::text, ' ') {of_these}"
    ))?;
    let mut waits = all
        .split(' ')
        .map(|word| word.parse().context("a number"))
        .collect::<Result<Vec<f64>>>()?;
    ensure!(waits.len() == count, "{} of {count}", waits.len());
    waits.sort_by(f64::total_cmp);
    Ok(waits)
}

/// The wait that this share of them do not exceed.
fn at(waits: &[f64], share: f64) -> Result<f64> {
    let last = waits.len().checked_sub(1).context("no wait")?;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of some tens"
    )]
    let place = (last as f64 * share).round() as usize;
    Ok(waits[place])
}
