//! What a commission hears is reached by its members and nobody else: `Scope::allows` and the condition of the store say the
//! same, over commissions that have members.

use anyhow::{Result, ensure};
use delos_domain::ids::{ExaminerId, IdentityId};
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::scope::{
    EditAssessment, GiveVisa, Operation, ReadAssessment, ReadCommissionDay, RecordPhase,
    ReopenAssessment,
};
use delos_persistence::sittings::{self, SittingFilter};
use delos_persistence::{Transaction, examiners};

use super::bench::Bench;
use super::counts::examiner;
use super::perimeters::{Placed, lay_days};
use super::world::{self, COHORT, DIJON, REUNION, authority_of, day, id, school_id};

/// The first sits in the first of seven commissions, the second in it and in the next, and so on; the last in none.
const EXAMINERS: u128 = 9;

fn examiner_id(number: u128) -> ExaminerId {
    ExaminerId(id(0xe0, number))
}

/// The members of a commission of the days.
pub fn members(commission: u16) -> Vec<ExaminerId> {
    let first = u128::from(commission);
    vec![examiner_id(first), examiner_id(first + 1)]
}

/// Everybody who sits in one, and somebody who does not.
pub async fn lay_examiners(tx: &Transaction) -> Result<()> {
    let mut all = Vec::new();
    for number in 1..=EXAMINERS {
        let mut one = examiner()?;
        one.id = examiner_id(number);
        one.identity.id = IdentityId(id(0xe1, number));
        one.identifier = format!("EX{number:04}");
        all.push(one);
    }
    Ok(examiners::insert(tx, COHORT, &all).await?)
}

/// Asks one operation, of everybody, for every sitting: how many were allowed to members, and how many to others.
async fn agree<O: Operation>(bench: &Bench, placed: &[Placed]) -> Result<(usize, usize)> {
    let reader = bench.db.read();
    let (mut as_member, mut otherwise) = (0, 0);
    let mut perimeters = vec![Perimeter::Session, Perimeter::Authority(DIJON)];
    perimeters
        .extend((1..=4).map(|owner| Perimeter::School(school_id(owner), authority_of(owner))));
    for number in 1..=EXAMINERS {
        // Whatever authority gave him his mandate, it is his commissions that count.
        let authority = [DIJON, REUNION][usize::from(number % 2 == 0)];
        perimeters.push(Perimeter::Examiner(examiner_id(number), authority));
    }
    for (role, name) in Role::ALL {
        for perimeter in &perimeters {
            let Ok(scope) = world::scope::<O>(role, *perimeter) else {
                continue;
            };
            let ahead = sittings::list(&reader, &scope, &SittingFilter::default()).await?;
            let over = sittings::past(&reader, &scope, day()).await?;
            let dates = sittings::dates(&reader, &scope).await?;
            let sat: i64 = dates.iter().map(|(_, count)| count).sum();
            let of = || format!("{} of {name} over {perimeter:?}", O::NAME.name());
            ensure!(usize::try_from(sat)? == ahead.len(), "{}: dates", of());
            for place in placed {
                let allows = scope.allows(&place.facts);
                let one = sittings::one(&reader, &scope, place.ahead).await?;
                let in_list = ahead.iter().any(|x| x.id == place.ahead);
                let in_past = over.iter().any(|x| x.sitting.id == place.over);
                ensure!(
                    [one.is_some(), in_list, in_past] == [allows; 3],
                    "{}: {:?}, not {allows}",
                    of(),
                    place.facts
                );
                if matches!(perimeter, Perimeter::Examiner(..)) {
                    as_member += usize::from(allows);
                } else {
                    otherwise += usize::from(allows);
                }
            }
        }
    }
    Ok((as_member, otherwise))
}

pub async fn what_a_commission_hears_is_reached_by_its_members_and_no_other(
    bench: &Bench,
) -> Result<()> {
    let placed = lay_days(bench).await?;
    macro_rules! each {
        ($($operation:ident: $otherwise:expr),+ $(,)?) => {
            $(let found = agree::<$operation>(bench, &placed).await?;
            // Seven commissions of two members each.
            ensure!(
                found == (14, $otherwise),
                "{}: {found:?}", stringify!($operation)
            );)+
        };
    }
    // The head of a school keeps its own and what it hosts.
    each!(
        ReadCommissionDay: 0,
        ReadAssessment: 7,
        EditAssessment: 0,
        RecordPhase: 0,
        GiveVisa: 0,
        ReopenAssessment: 7,
    );
    Ok(())
}
