//! A slot is given once, however many want it at once.

use anyhow::{Result, ensure};
use delos_domain::ids::SittingId;
use delos_domain::scope::Convoke;
use delos_persistence::plans::{self, CommissionRecord};
use delos_persistence::sittings::{self, DatedSitting, SittingFilter};
use delos_persistence::{Database, StoreError};
use uuid::Uuid;

use super::bench::{Bench, done};
use super::perimeters::commission;
use super::world::{self, SESSION, candidate_id, day, head, id, plan_id, school_id};

/// How many times two want it.
const RACES: u128 = 1_000;

/// A seat of the commission for a candidate of the first school.
fn seat(commission: &CommissionRecord, candidate: u128, race: u128) -> DatedSitting {
    let plan = world::plan(1);
    DatedSitting {
        id: SittingId(id(0x60 + candidate, race)),
        plan: plan.id,
        session: SESSION,
        authority: plan.authority,
        school: plan.school,
        centre: school_id(1),
        commission: commission.id,
        commission_day: commission.days[0].id,
        number: commission.number,
        candidate: candidate_id(1, candidate),
        day: day(),
        starts: vec![720, 750],
        environment: Some(1),
        revision: 0,
        series: Uuid::from_u128(race),
        version: 1,
    }
}

/// What a command does that gives a seat: reads the plan, looks whether the seat is free, writes it, moves the plan on; read
/// again after a conflict. Whether it was given.
async fn give(db: &Database, wanted: &DatedSitting) -> Result<bool> {
    let scope = head::<Convoke>(1)?;
    loop {
        let tx = db.write().await?;
        let plan = plans::one(&tx, &scope, plan_id(1)).await?;
        let plan = plan.ok_or_else(|| anyhow::anyhow!("no plan"))?;
        let held = sittings::list(&tx, &scope, &SittingFilter::default()).await?;
        if held.iter().any(|one| one.starts == wanted.starts) {
            return Ok(false);
        }
        let outcome: Result<(), StoreError> = async {
            sittings::insert(&tx, wanted).await?;
            plans::touch(&tx, &scope, &plan, None).await?;
            done(tx).await
        }
        .await;
        match outcome {
            Ok(()) => return Ok(true),
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other.into()),
        }
    }
}

/// Two candidates want one slot, from two processes, a thousand times: one of them has it, each time.
pub async fn one_slot_is_given_once(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let other = bench.another().await?;
    let scope = head::<Convoke>(1)?;
    let one = commission(1, 1);
    let tx = bench.db.write().await?;
    plans::touch(&tx, &scope, &world::plan(1), Some(1)).await?;
    plans::insert_commission(&tx, &world::plan(1), &one).await?;
    done::<anyhow::Error>(tx).await?;
    let mut wins = [0, 0];
    for race in 1..=RACES {
        let wanted = [seat(&one, 1, race), seat(&one, 2, race)];
        let (first, second) = tokio::join!(give(&bench.db, &wanted[0]), give(&other, &wanted[1]));
        let given = [first?, second?];
        ensure!(given[0] != given[1], "race {race}: {given:?}");
        ensure!(bench.rows("sitting").await? == 1, "race {race}");
        let winner = usize::from(given[1]);
        wins[winner] += 1;
        let tx = bench.db.write().await?;
        sittings::take_back(&tx, &wanted[winner]).await?;
        done::<anyhow::Error>(tx).await?;
    }
    println!(
        "{RACES} races for one slot: given {} times, never twice",
        wins[0] + wins[1]
    );
    Ok(())
}
