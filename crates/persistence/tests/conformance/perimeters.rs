//! `Scope::allows` of the domain and the condition of the store are the same thing, over every actor and every row.

use anyhow::{Result, ensure};
use delos_domain::ids::{ExaminerId, SchoolId};
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::scope::{
    Convoke, EditPlan, Facts, ImportCandidates, Operation, PublishPlan, ReadCandidates,
    ReadConvocation, ReadMessages, ReadOwnExam, ReadPlan, ReadSchools, ReadSession,
    RenewCandidateCode, ResendMessage,
};
use delos_persistence::{candidates, outbox, plans};
use uuid::Uuid;

use super::bench::Bench;
use super::world::{
    self, CANDIDATES, DIJON, REUNION, SESSION, authority_of, candidate_id, plan_id, school_id,
};

/// Every school of the small session, and the two authorities' own matters (11 and 13).
const OWNERS: [u128; 6] = [1, 2, 3, 4, 11, 13];

/// Every perimeter that somebody of the session can have, and two of people of nowhere.
fn perimeters() -> Vec<Perimeter> {
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
