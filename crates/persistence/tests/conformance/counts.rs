//! What is counted and read for several plans at once.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::ids::{CommissionDayId, CommissionId, ExaminerId, IdentityId, SittingId};
use delos_domain::scope::{ImportCandidates, ReadMessages, ReadPlan, Scope};
use delos_persistence::examiners::{self, ExaminerRecord};
use delos_persistence::outbox::{self, Counts};
use delos_persistence::plans::{
    self, CommissionRecord, DayRecord, Occupancy, PlanCounts, SittingRecord,
};
use delos_persistence::{Database, candidates};

use super::bench::{Bench, done};
use super::world::{
    self, COHORT, DIJON, SESSION, authority_of, candidate, candidate_id, day, id, plan, plan_id,
    school_id,
};

fn importer() -> Result<Scope<ImportCandidates>> {
    world::officer(DIJON)
}

/// An examiner of school 1, without an address.
pub fn examiner() -> Result<ExaminerRecord> {
    let mut identity = candidate(1, 1)?.identity;
    identity.id = IdentityId(id(0xe1, 1));
    identity.email = None;
    Ok(ExaminerRecord {
        id: ExaminerId(id(0xe0, 1)),
        session: SESSION,
        authority: DIJON,
        academy: "Dijon".to_owned(),
        school: Some(school_id(1)),
        identity,
        identifier: "EX0001".to_owned(),
        professional: false,
        options: vec![ExamOption::Slam],
        unavailable: Vec::new(),
        max_periods: None,
        version: 1,
    })
}

/// Two commissions of a school's plan, each hearing one candidate, with the same members.
fn commissions(school: u128, members: &[ExaminerId]) -> Vec<CommissionRecord> {
    (1..=2_u16)
        .map(|number| {
            let place = school << 16 | u128::from(number);
            CommissionRecord {
                id: CommissionId(id(0xc1, place)),
                number,
                option: ExamOption::Slam,
                centre: school_id(school),
                template: "9-4".to_owned(),
                by_hand: false,
                members: members.to_vec(),
                days: vec![DayRecord {
                    id: CommissionDayId(id(0xc2, place)),
                    day: day(),
                    preparation: Some(480),
                    lunch: 660,
                    sittings: vec![SittingRecord {
                        id: SittingId(id(0xc3, place)),
                        candidate: candidate_id(school, u128::from(number)),
                        starts: vec![720, 750],
                        environment: Some(1),
                        revision: 0,
                        series: id(0xc4, place),
                        version: 1,
                    }],
                }],
            }
        })
        .collect()
}

/// Plans of schools 1 and 3 with their content; a candidate of school 1 has no address, and one keeps a mark.
async fn lay(db: &Database) -> Result<()> {
    world::lay(db).await?;
    let tx = db.write().await?;
    let member = examiner()?;
    examiners::insert(&tx, COHORT, std::slice::from_ref(&member)).await?;
    plans::replace_content(&tx, &plan(1), &commissions(1, &[member.id]), &[]).await?;
    plans::replace_content(&tx, &plan(3), &commissions(3, &[]), &[]).await?;
    let mut silent = candidate(1, 2)?;
    silent.identity.email = None;
    candidates::update(&tx, &importer()?, &silent).await?;
    let mut kept = candidate(1, 3)?;
    kept.candidate.keeps_mark = true;
    candidates::update(&tx, &importer()?, &kept).await?;
    for (school, number) in [(1, 1), (1, 2), (3, 1)] {
        outbox::insert(&tx, SESSION, &[world::message(school, number)]).await?;
    }
    done(tx).await
}

pub async fn plans_are_counted_together(bench: &Bench) -> Result<()> {
    lay(&bench.db).await?;
    let reader = bench.db.read();
    let ids = [plan_id(1), plan_id(2), plan_id(3)];
    let counted = plans::counts(&reader, &ids).await?;
    let count = |placed, without_address| PlanCounts {
        placed,
        without_address,
    };
    // The member of two commissions is one person without an address.
    let expected: HashMap<_, _> = [(ids[0], count(2, 2)), (ids[2], count(2, 0))].into();
    assert_eq!(counted, expected);
    let scope = world::officer::<ReadMessages>(DIJON)?;
    let messages = outbox::counts_of_plans(&reader, &scope, &ids).await?;
    let two = Counts {
        ready: 2,
        unacknowledged: 2,
        ..Counts::default()
    };
    assert_eq!(
        messages,
        [(ids[0], two)].into(),
        "another authority's are none of Dijon's"
    );
    Ok(())
}

pub async fn whoever_keeps_a_mark_is_not_to_place(bench: &Bench) -> Result<()> {
    lay(&bench.db).await?;
    let scope = world::officer::<ReadPlan>(DIJON)?;
    let mut rows = plans::to_place(&bench.db.read(), &scope).await?;
    rows.sort_unstable_by_key(|(_, school, ..)| *school);
    assert_eq!(
        rows,
        [
            (DIJON, None, Form::Ponctuelle, 3),
            (DIJON, Some(school_id(1)), Form::Ccf, 2),
            (DIJON, Some(school_id(2)), Form::Ccf, 3),
        ]
    );
    Ok(())
}

pub async fn whoever_a_plan_hears_is_read_whatever_he_became(bench: &Bench) -> Result<()> {
    lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    let mut gone = candidate(1, 1)?;
    gone.candidate.form = Form::Ponctuelle;
    gone.candidate.school = Some(school_id(2));
    candidates::update(&tx, &importer()?, &gone).await?;
    done::<anyhow::Error>(tx).await?;
    let heard = candidates::placed_by(&bench.db.read(), plan_id(1)).await?;
    let ids: Vec<_> = heard.iter().map(|one| one.candidate.id).collect();
    assert_eq!(ids, [candidate_id(1, 1), candidate_id(1, 2)]);
    let first = heard.first().context("a candidate")?;
    assert_eq!(first.candidate.school, Some(school_id(2)));
    Ok(())
}

pub async fn what_other_plans_hold_is_told_once_a_day(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    assert_ne!(authority_of(1), authority_of(3));
    let holds = |resource: &str, days: u64| Occupancy {
        resource: resource.to_owned(),
        day: day() + chrono::Days::new(days),
        tick: 100,
    };
    let later = |one: Occupancy| Occupancy { tick: 101, ..one };
    let tx = bench.db.write().await?;
    let first = [
        holds("environment:1", 0),
        later(holds("environment:1", 0)),
        holds("environment:1", 1),
    ];
    plans::occupy(&tx, plan_id(1), &first).await?;
    plans::occupy(&tx, plan_id(2), &[holds("environment:2", 0)]).await?;
    plans::occupy(&tx, plan_id(3), &[holds("environment:3", 0)]).await?;
    done::<anyhow::Error>(tx).await?;
    let asked = ["environment:1".to_owned(), "environment:2".to_owned()];
    let held = plans::held_by_others(&bench.db.read(), plan_id(2), &asked).await?;
    let tomorrow = day() + chrono::Days::new(1);
    assert_eq!(
        held,
        [(asked[0].clone(), day()), (asked[0].clone(), tomorrow)]
    );
    Ok(())
}
