//! `Scope::allows` of the domain and the condition of the store are the same thing, over every actor and every row.

use anyhow::{Result, ensure};
use delos_domain::candidate::ExamOption;
use delos_domain::ids::{
    AbsenceId, ClosureId, CommissionDayId, CommissionId, ExaminerId, SchoolId, SittingId,
};
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::regulation::{AbsenceConsequence, AbsenceKind};
use delos_domain::scope::{
    CloseCentre, Convoke, EditPlan, EstablishForceMajeure, Facts, ImportCandidates, Operation,
    PublishPlan, ReadAbsencePiece, ReadCandidates, ReadConvocation, ReadDay, ReadMessages,
    ReadOwnExam, ReadPlan, ReadSchools, ReadSession, RecordAbsence, RenewCandidateCode,
    ResendMessage,
};
use delos_persistence::absences::{self, AbsenceRecord, AbsenceState};
use delos_persistence::closures::{self, ClosureRecord};
use delos_persistence::plans::{CommissionRecord, DayRecord};
use delos_persistence::sittings::{self, DatedSitting, Ended, SittingFilter};
use delos_persistence::waiting::{self, WaitingRecord};
use delos_persistence::{Transaction, candidates, outbox, plans};
use uuid::Uuid;

use super::bench::Bench;
use super::world::{
    self, CANDIDATES, DIJON, REUNION, SESSION, at, authority_of, candidate_id, day, id, plan_id,
    school_id,
};

/// Every school of the small session, and the two authorities' own matters (11 and 13).
const OWNERS: [u128; 6] = [1, 2, 3, 4, 11, 13];

/// Every perimeter that somebody of the session can have, and two of people of nowhere.
pub fn perimeters() -> Vec<Perimeter> {
    let mut all = vec![Perimeter::Session];
    all.extend([DIJON, REUNION].map(Perimeter::Authority));
    for owner in OWNERS {
        let authority = authority_of(owner);
        if owner < 10 {
            all.push(Perimeter::School(school_id(owner), authority));
        }
        all.push(Perimeter::Candidate(candidate_id(owner, 1), authority));
    }
    all.push(Perimeter::School(SchoolId(Uuid::from_u128(0x404)), DIJON));
    all.push(Perimeter::Examiner(
        ExaminerId(Uuid::from_u128(0x404)),
        REUNION,
    ));
    all
}

fn facts(owner: u128) -> Facts {
    Facts {
        session: SESSION,
        authority: authority_of(owner),
        school: (owner < 10).then(|| school_id(owner)),
        centre: None,
        members: Vec::new(),
        candidate: None,
        phase: None,
    }
}

/// Asks one operation, of everybody, for every candidate, plan and message by its id: how often it was allowed.
async fn agree<O: Operation>(bench: &Bench) -> Result<usize> {
    let reader = bench.db.read();
    let mut allowed = 0;
    for (role, name) in Role::ALL {
        for perimeter in perimeters() {
            let Ok(scope) = world::scope::<O>(role, perimeter) else {
                continue;
            };
            for owner in OWNERS {
                let plan = scope.allows(&facts(owner));
                let row = plans::one(&reader, &scope, plan_id(owner)).await?;
                ensure!(
                    row.is_some() == plan,
                    "{} of {name} over {perimeter:?}: plan {owner}",
                    O::NAME.name()
                );
                allowed += usize::from(plan);
                for number in 1..=CANDIDATES {
                    let id = candidate_id(owner, number);
                    let own = scope.allows(&Facts {
                        candidate: Some(id),
                        ..facts(owner)
                    });
                    let row = candidates::one(&reader, &scope, id).await?;
                    ensure!(
                        row.is_some() == own,
                        "{} of {name} over {perimeter:?}: candidate {owner}/{number}",
                        O::NAME.name()
                    );
                    allowed += usize::from(own);
                }
                let message = world::message(owner, 1);
                let row = outbox::one(&reader, &scope, message.id).await?;
                let own = scope.allows(&Facts {
                    candidate: message.about.candidate,
                    ..facts(owner)
                });
                ensure!(
                    row.is_some() == own,
                    "{} of {name} over {perimeter:?}: the message of {owner}",
                    O::NAME.name()
                );
                allowed += usize::from(own);
            }
        }
    }
    Ok(allowed)
}

pub async fn what_a_scope_allows_is_what_its_condition_finds(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    let messages: Vec<_> = OWNERS
        .iter()
        .map(|owner| world::message(*owner, 1))
        .collect();
    outbox::insert(&tx, SESSION, &messages).await?;
    super::bench::done::<anyhow::Error>(tx).await?;

    macro_rules! each {
        ($($operation:ident),+) => {
            $(let allowed = agree::<$operation>(bench).await?;
            ensure!(allowed > 0, "nobody may {}", stringify!($operation));)+
        };
    }
    each!(
        ReadSession,
        ReadSchools,
        ReadCandidates,
        ImportCandidates,
        ReadPlan,
        EditPlan,
        PublishPlan,
        ReadConvocation,
        Convoke,
        ReadMessages,
        ResendMessage,
        RenewCandidateCode,
        ReadOwnExam
    );
    Ok(())
}

/// Whose a sitting is and the school where it takes place: each school's own, and the authorities' in schools of theirs.
const PLACES: [(u128, u128); 7] = [(1, 1), (2, 2), (3, 3), (4, 4), (11, 1), (11, 2), (13, 3)];

/// Of a place: a sitting that is ahead, one that is over with its absence and who waits since, a closure.
pub struct Placed {
    pub facts: Facts,
    pub ahead: SittingId,
    pub over: SittingId,
    absence: AbsenceId,
    closure: ClosureId,
}

/// Whom the place is about: three candidates of an owner, of whom the first two sit and the last waits.
async fn place(
    tx: &Transaction,
    number: u16,
    (owner, centre): (u128, u128),
    commission: &CommissionRecord,
) -> Result<Placed> {
    let plan = world::plan(owner);
    let key = u128::from(number);
    let centre = school_id(centre);
    let sitting = |kind: u128, candidate: u128| DatedSitting {
        id: SittingId(id(kind, key)),
        plan: plan.id,
        session: SESSION,
        authority: plan.authority,
        school: plan.school,
        centre,
        commission: commission.id,
        commission_day: commission.days[0].id,
        number,
        candidate: candidate_id(owner, candidate),
        day: day(),
        starts: vec![720, 750],
        environment: Some(1),
        revision: 1,
        series: id(kind + 1, key),
        version: 1,
    };
    let ahead = sitting(0x51, 1 + u128::from(owner == 11 && centre == school_id(2)));
    sittings::insert(tx, &ahead).await?;
    let over = sitting(0x53, CANDIDATES);
    sittings::insert(tx, &over).await?;
    sittings::end(tx, &over, Ended::Absent, "absence", at(0)).await?;
    let absence = AbsenceRecord {
        id: AbsenceId(id(0x55, key)),
        session: SESSION,
        authority: plan.authority,
        school: plan.school,
        centre,
        candidate: over.candidate,
        sitting: over.id,
        day: over.day,
        kind: AbsenceKind::Justified,
        ruled_as: AbsenceKind::Justified,
        consequence: AbsenceConsequence::NewDate,
        state: AbsenceState::Standing,
        piece: None,
        recorded_by: None,
        recorded_at: at(0),
        version: 1,
    };
    absences::insert(tx, &absence, None, None).await?;
    let waits = WaitingRecord {
        candidate: over.candidate,
        session: SESSION,
        authority: plan.authority,
        school: plan.school,
        plan: plan.id,
        cause: "absence".to_owned(),
        reasons: String::new(),
        searched_at: at(0),
    };
    waiting::put(tx, &waits).await?;
    let closure = ClosureRecord {
        id: ClosureId(id(0x56, key)),
        session: SESSION,
        authority: plan.authority,
        school: plan.school,
        centre,
        first: day(),
        last: day(),
        reason: "Inondation".to_owned(),
        cancelled: 0,
        decided_by: None,
        decided_at: at(0),
    };
    closures::insert(tx, &closure).await?;
    Ok(Placed {
        facts: Facts {
            centre: Some(centre),
            members: commission.members.clone(),
            candidate: Some(over.candidate),
            ..facts(owner)
        },
        ahead: ahead.id,
        over: over.id,
        absence: absence.id,
        closure: closure.id,
    })
}

/// Lays a published plan an owner, with a commission a place.
pub async fn lay_days(bench: &Bench) -> Result<Vec<Placed>> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    super::commissions::lay_examiners(&tx).await?;
    let mut placed = Vec::new();
    for owner in OWNERS {
        let of_owner = (1..).zip(PLACES).filter(|(_, (one, _))| *one == owner);
        let of_owner: Vec<(u16, (u128, u128))> = of_owner.collect();
        let commissions: Vec<CommissionRecord> = of_owner
            .iter()
            .map(|(number, (_, centre))| CommissionRecord {
                members: super::commissions::members(*number),
                ..commission(*number, *centre)
            })
            .collect();
        let plan = world::plan(owner);
        plans::replace_content(&tx, &plan, &commissions, &[]).await?;
        if let Some(school) = plan.school {
            let perimeter = Perimeter::School(school, plan.authority);
            let scope = world::scope::<PublishPlan>(Role::HeadOfSchool, perimeter)?;
            plans::touch(&tx, &scope, &plan, Some(1)).await?;
        } else {
            let scope = world::officer::<PublishPlan>(plan.authority)?;
            plans::touch(&tx, &scope, &plan, Some(1)).await?;
        }
        for ((number, where_), commission) in of_owner.iter().zip(&commissions) {
            placed.push(place(&tx, *number, *where_, commission).await?);
        }
    }
    super::bench::done::<anyhow::Error>(tx).await?;
    Ok(placed)
}

pub fn commission(number: u16, centre: u128) -> CommissionRecord {
    let key = u128::from(number);
    CommissionRecord {
        id: CommissionId(id(0xc1, key)),
        number,
        option: ExamOption::Slam,
        centre: school_id(centre),
        template: "9-4".to_owned(),
        by_hand: false,
        members: Vec::new(),
        days: vec![DayRecord {
            id: CommissionDayId(id(0xc2, key)),
            day: day(),
            preparation: Some(480),
            lunch: 660,
            sittings: Vec::new(),
        }],
    }
}

/// Asks one operation, of everybody, for every sitting, absence, wait and closure: how many that a school only hosts were
/// allowed to its people, and how many to anybody.
async fn agree_on_days<O: Operation>(bench: &Bench, placed: &[Placed]) -> Result<(usize, usize)> {
    let reader = bench.db.read();
    let (mut hosted, mut allowed) = (0, 0);
    for (role, name) in Role::ALL {
        for perimeter in perimeters() {
            let Ok(scope) = world::scope::<O>(role, perimeter) else {
                continue;
            };
            let ahead = sittings::list(&reader, &scope, &SittingFilter::default()).await?;
            let over = sittings::past(&reader, &scope, day()).await?;
            let waits = waiting::list(&reader, &scope).await?;
            let closed = closures::list(&reader, &scope).await?;
            let sat: i64 = sittings::dates(&reader, &scope)
                .await?
                .iter()
                .map(|(_, count)| count)
                .sum();
            ensure!(
                usize::try_from(sat)? == ahead.len(),
                "{} of {name} over {perimeter:?}: {sat} sittings in the dates",
                O::NAME.name()
            );
            for one in placed {
                let allows = scope.allows(&one.facts);
                let of_plan = scope.allows(&Facts {
                    centre: None,
                    ..one.facts.clone()
                });
                let sitting = sittings::one(&reader, &scope, one.ahead).await?;
                let absence = absences::one(&reader, &scope, one.absence).await?;
                let papers = absences::papers(&reader, &scope, one.absence).await?;
                let candidate = one.facts.candidate;
                for (what, found, expected) in [
                    ("a sitting", sitting.is_some(), allows),
                    ("a list", ahead.iter().any(|x| x.id == one.ahead), allows),
                    (
                        "a past",
                        over.iter().any(|x| x.sitting.id == one.over),
                        allows,
                    ),
                    ("an absence", absence.is_some(), allows),
                    ("papers", papers.is_some(), allows),
                    (
                        "a closure",
                        closed.iter().any(|x| x.id == one.closure),
                        allows,
                    ),
                    // Who waits is the plan's to place, never the centre's.
                    (
                        "a wait",
                        waits.iter().any(|x| Some(x.candidate) == candidate),
                        of_plan,
                    ),
                ] {
                    ensure!(
                        found == expected,
                        "{} of {name} over {perimeter:?}: {what} of {:?}",
                        O::NAME.name(),
                        one.facts
                    );
                }
                let a_school = matches!(perimeter, Perimeter::School(..));
                hosted += usize::from(allows && a_school && one.facts.school.is_none());
                allowed += usize::from(allows);
            }
        }
    }
    Ok((hosted, allowed))
}

pub async fn what_takes_place_in_a_school_is_reached_by_its_head_and_no_other(
    bench: &Bench,
) -> Result<()> {
    let placed = lay_days(bench).await?;
    macro_rules! each {
        ($($operation:ident: $hosted:expr),+ $(,)?) => {
            $(let (hosted, allowed) = agree_on_days::<$operation>(bench, &placed).await?;
            ensure!(allowed > 0, "nobody may {}", stringify!($operation));
            ensure!(
                hosted == $hosted,
                "{}: {hosted} hosted", stringify!($operation)
            );)+
        };
    }
    // Three sittings are hosted; the table is the staff's of the centre too.
    each!(
        ReadDay: 6,
        RecordAbsence: 3,
        ReadAbsencePiece: 3,
        EstablishForceMajeure: 0,
        CloseCentre: 0,
        Convoke: 0,
    );
    Ok(())
}
