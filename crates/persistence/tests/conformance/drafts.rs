//! Who leaves a draft, and what a school is used for.

use anyhow::{Context as _, Result};
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::ids::{CandidateId, CommissionDayId, CommissionId, SittingId};
use delos_domain::scope::{EditPlan, ImportCandidates};
use delos_persistence::plans::{self, CommissionRecord, DayRecord, LeftOutRecord, SittingRecord};
use delos_persistence::{Database, StoreError, candidates, drafts, schools};

use super::bench::{Bench, done};
use super::world::{self, COHORT, SESSION, candidate_id, day, plan_id, school_id};

/// The draft of a school places its first two candidates and leaves out the third.
async fn fill(db: &Database, school: u128) -> Result<()> {
    let sitting = |number| SittingRecord {
        id: SittingId(world::id(0x51, school << 16 | number)),
        candidate: candidate_id(school, number),
        starts: vec![480],
        environment: Some(1),
        revision: 0,
        series: world::id(0x5e, school << 16 | number),
        version: 1,
    };
    let commission = CommissionRecord {
        id: CommissionId(world::id(0xc0, school)),
        number: 1,
        option: ExamOption::Slam,
        centre: school_id(1),
        template: "first".to_owned(),
        by_hand: false,
        members: Vec::new(),
        days: vec![DayRecord {
            id: CommissionDayId(world::id(0xda, school)),
            day: day(),
            preparation: None,
            lunch: 720,
            sittings: vec![sitting(1), sitting(2)],
        }],
    };
    let left = LeftOutRecord {
        candidate: candidate_id(school, 3),
        code: "no_room".to_owned(),
        facts: String::new(),
    };
    let tx = db.write().await?;
    plans::replace_content(&tx, &world::plan(school), &[commission], &[left]).await?;
    done(tx).await
}

async fn withdraw(db: &Database, ids: &[CandidateId]) -> Result<Vec<delos_domain::ids::PlanId>> {
    let tx = db.write().await?;
    let touched = drafts::withdraw(&tx, SESSION, ids).await?;
    done::<anyhow::Error>(tx).await?;
    Ok(touched)
}

/// The version of a school's plan, who has a place in it, and how many it leaves out.
async fn seen(db: &Database, school: u128) -> Result<(i64, Vec<CandidateId>, usize)> {
    let scope = world::head::<EditPlan>(school)?;
    let reader = db.read();
    let plan = plans::one(&reader, &scope, plan_id(school))
        .await?
        .context("the plan")?;
    let days = plans::commissions(&reader, plan.id).await?;
    let placed = days
        .iter()
        .flat_map(|one| &one.days)
        .flat_map(|one| &one.sittings)
        .map(|one| one.candidate)
        .collect();
    let left = plans::left_out(&reader, plan.id).await?.len();
    Ok((plan.version, placed, left))
}

/// Of two drafts, the one that names the candidate lets go of him and is at its next version.
pub async fn a_draft_lets_go_of_whom_it_names(bench: &Bench) -> Result<()> {
    let db = &bench.db;
    world::lay(db).await?;
    for school in [1, 2] {
        fill(db, school).await?;
    }
    assert_eq!(drafts::placed(&db.read(), SESSION).await?.len(), 4);
    let gone = [candidate_id(1, 1), candidate_id(1, 3), candidate_id(3, 1)];
    assert_eq!(withdraw(db, &gone).await?, [plan_id(1)]);
    assert_eq!(seen(db, 1).await?, (2, vec![candidate_id(1, 2)], 0));
    assert_eq!(seen(db, 2).await?.0, 1);
    assert_eq!(drafts::placed(&db.read(), SESSION).await?.len(), 3);
    assert_eq!(withdraw(db, &gone).await?, []);
    Ok(())
}

/// A published plan keeps everybody.
pub async fn a_published_plan_lets_go_of_nobody(bench: &Bench) -> Result<()> {
    let db = &bench.db;
    world::lay(db).await?;
    fill(db, 1).await?;
    let scope = world::head::<EditPlan>(1)?;
    let tx = db.write().await?;
    plans::touch(&tx, &scope, &world::plan(1), Some(1)).await?;
    done::<anyhow::Error>(tx).await?;
    assert_eq!(drafts::placed(&db.read(), SESSION).await?.len(), 0);
    assert_eq!(
        withdraw(db, &[candidate_id(1, 1), candidate_id(1, 3)]).await?,
        []
    );
    let (version, placed, left) = seen(db, 1).await?;
    assert_eq!((version, placed.len(), left), (2, 2, 1));
    Ok(())
}

/// Candidates written again together: all of them at the versions read, within the scope, or none.
pub async fn candidates_are_written_again_together_or_not_at_all(bench: &Bench) -> Result<()> {
    let db = &bench.db;
    world::lay(db).await?;
    let scope = world::officer::<ImportCandidates>(world::DIJON)?;
    let ids: Vec<_> = (1..=3).map(|number| candidate_id(1, number)).collect();
    let read = candidates::by_ids(&db.read(), &scope, &ids).await?;
    let mut changed = read.clone();
    for one in &mut changed {
        one.candidate.form = Form::Ponctuelle;
        "PAYET".clone_into(&mut one.identity.family_name);
    }
    let write = async |records: &[candidates::CandidateRecord]| -> Result<(), StoreError> {
        let tx = db.write().await?;
        candidates::update_many(&tx, &scope, COHORT, records).await?;
        done(tx).await
    };
    write(&changed).await?;
    let now = candidates::by_ids(&db.read(), &scope, &ids).await?;
    for (before, (wanted, after)) in read.iter().zip(changed.iter().zip(&now)) {
        let mut wanted = wanted.clone();
        wanted.version = before.version + 1;
        assert_eq!(*after, wanted);
    }
    assert_eq!(
        bench.rows("candidate").await?,
        6 * u64::try_from(world::CANDIDATES)?
    );

    // One of them was read too early: none is written.
    let mut late = now.clone();
    late[1].version -= 1;
    for one in &mut late {
        one.candidate.needs_access = true;
    }
    assert!(matches!(write(&late).await, Err(StoreError::Conflict)));
    assert_eq!(candidates::by_ids(&db.read(), &scope, &ids).await?, now);

    // Nor is somebody whom the scope does not reach.
    let other = world::officer::<ImportCandidates>(world::REUNION)?;
    let theirs = candidates::by_ids(&db.read(), &other, &[candidate_id(3, 1)]).await?;
    assert_eq!(theirs.len(), 1);
    assert!(matches!(write(&theirs).await, Err(StoreError::Conflict)));
    Ok(())
}

/// A school that something names stays where it is.
pub async fn a_school_is_in_use_when_something_names_it(bench: &Bench) -> Result<()> {
    let db = &bench.db;
    world::lay(db).await?;
    let tx = db.write().await?;
    schools::insert(&tx, &[world::school(5)?]).await?;
    done::<anyhow::Error>(tx).await?;
    let used = schools::in_use(&db.read(), SESSION).await?;
    assert_eq!(used, (1..=4).map(school_id).collect());
    Ok(())
}
