//! Transmissions and suspicions: one a place and form, what stands in them sealed, and a perimeter that is the policy's.

use anyhow::{Context as _, Result, ensure};
use delos_domain::candidate::Form;
use delos_domain::fraud::Outcome;
use delos_domain::ids::{SittingId, SuspicionId, TransmissionId};
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::scope::{
    Facts, Operation, ReadBordereau, ReadTransmissions, RuleOnFraud, SuspectFraud, TransmitToJury,
};
use delos_domain::sealed::Sealed;
use delos_persistence::suspicions::{self, Ruling, SuspicionRecord};
use delos_persistence::transmissions::{self, Counts, SheetRecord, TransmissionRecord};
use delos_persistence::{StoreError, envelope};

use super::bench::{Bench, done};
use super::perimeters::perimeters;
use super::world::{self, SESSION, at, authority_of, candidate_id, id, school_id};

/// Whose the matter is, and the school whose head answers for it.
const PLACES: [(u128, u128); 7] = [(1, 1), (2, 2), (3, 3), (4, 4), (11, 1), (11, 2), (13, 3)];

fn facts((owner, centre): (u128, u128)) -> Facts {
    Facts {
        session: SESSION,
        authority: authority_of(owner),
        school: (owner < 10).then(|| school_id(owner)),
        centre: Some(school_id(centre)),
        members: Vec::new(),
        candidate: None,
        phase: None,
    }
}

fn transmission(number: u128, place: (u128, u128)) -> TransmissionRecord {
    let facts = facts(place);
    TransmissionRecord {
        id: TransmissionId(id(0x71, number)),
        session: SESSION,
        authority: facts.authority,
        school: facts.school,
        centre: school_id(place.1),
        form: if facts.school.is_some() {
            Form::Ccf
        } else {
            Form::Ponctuelle
        },
        number: format!("T-{number}"),
        made_by: None,
        made_at: at(0),
        due: None,
        late: true,
        counts: Counts {
            candidates: 3,
            proposed: 1,
            absent: 2,
            ..Counts::default()
        },
        receipt: b"what was said".to_vec(),
        hmac: "ab".repeat(32),
    }
}

fn suspicion(number: u128, place: (u128, u128)) -> SuspicionRecord {
    let facts = facts(place);
    SuspicionRecord {
        id: SuspicionId(id(0x72, number)),
        session: SESSION,
        authority: facts.authority,
        school: facts.school,
        centre: school_id(place.1),
        candidate: candidate_id(place.0, if place.1 == 2 { 2 } else { 1 }),
        sitting: SittingId(id(0x73, number)),
        reason: "Un téléphone allumé".to_owned(),
        raised_by: None,
        raised_at: at(0),
        ruling: None,
    }
}

async fn put(bench: &Bench, record: &TransmissionRecord) -> Result<(), StoreError> {
    let school = Perimeter::School(record.centre, record.authority);
    let scope = world::scope::<TransmitToJury>(Role::HeadOfSchool, school)
        .map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let tx = bench.db.write().await?;
    let key = envelope::session_key(&tx, SESSION.0).await?;
    let sheet = SheetRecord {
        candidate: candidate_id(1, 1),
        line_id: id(0x74, record.id.0.as_u128() & 0xffff),
        line: Sealed::new(b"a mark of 13".to_vec()),
        hmac: "cd".repeat(32),
    };
    transmissions::insert(&tx, &scope, &key, record, &[sheet]).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

async fn lay(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    for (number, place) in (1..).zip(PLACES) {
        put(bench, &transmission(number, place)).await?;
        let tx = bench.db.write().await?;
        suspicions::insert(&tx, &suspicion(number, place)).await?;
        done::<anyhow::Error>(tx).await?;
    }
    Ok(())
}

/// Asks one operation, of everybody, for every transmission and suspicion: how many answers there were.
async fn agree<O: Operation>(bench: &Bench) -> Result<usize> {
    let reader = bench.db.read();
    let mut allowed = 0;
    for (role, name) in Role::ALL {
        for perimeter in perimeters() {
            let Ok(scope) = world::scope::<O>(role, perimeter) else {
                continue;
            };
            let sent = transmissions::list(&reader, &scope).await?;
            let suspected = suspicions::list(&reader, &scope).await?;
            for (number, place) in (1..).zip(PLACES) {
                let allows = scope.allows(&facts(place));
                let one = transmission(number, place);
                let other = suspicion(number, place);
                let by_number = transmissions::by_number(&reader, &scope, &one.number).await?;
                let of_place =
                    transmissions::of_place(&reader, &scope, one.centre, one.form).await?;
                for (what, found) in [
                    ("a list", sent.iter().any(|x| x.id == one.id)),
                    (
                        "one",
                        transmissions::one(&reader, &scope, one.id).await?.is_some(),
                    ),
                    ("a number", by_number.is_some()),
                    ("a place", of_place.is_some()),
                    ("suspicions", suspected.iter().any(|x| x.id == other.id)),
                    (
                        "a suspicion",
                        suspicions::one(&reader, &scope, other.id).await?.is_some(),
                    ),
                ] {
                    ensure!(
                        found == allows,
                        "{} of {name} over {perimeter:?}: {what} of {place:?}",
                        O::NAME.name()
                    );
                }
                allowed += usize::from(allows);
            }
        }
    }
    Ok(allowed)
}

pub async fn a_transmission_and_a_suspicion_are_of_the_perimeter_that_the_policy_says(
    bench: &Bench,
) -> Result<()> {
    lay(bench).await?;
    ensure!(agree::<ReadTransmissions>(bench).await? > 0);
    ensure!(agree::<RuleOnFraud>(bench).await? > 0);
    ensure!(agree::<ReadBordereau>(bench).await? > 0);
    ensure!(agree::<SuspectFraud>(bench).await? > 0);
    Ok(())
}

pub async fn a_place_transmits_a_form_once_and_reads_back_what_it_sent(
    bench: &Bench,
) -> Result<()> {
    lay(bench).await?;
    let again = TransmissionRecord {
        id: TransmissionId(id(0x71, 99)),
        number: "T-99".to_owned(),
        ..transmission(1, PLACES[0])
    };
    ensure!(matches!(
        put(bench, &again).await,
        Err(StoreError::Conflict)
    ));
    let school = Perimeter::School(school_id(1), authority_of(1));
    let scope = world::scope::<ReadBordereau>(Role::HeadOfSchool, school)?;
    let reader = bench.db.read();
    let kept = transmissions::of_place(&reader, &scope, school_id(1), Form::Ccf).await?;
    ensure!(kept.as_ref() == Some(&transmission(1, PLACES[0])));
    let sheets = transmissions::sheets(&reader, kept.context("one")?.id).await?;
    ensure!(sheets.len() == 1 && sheets[0].line.open(&scope) == b"a mark of 13");
    // Neither stands in clear.
    for (column, table) in [
        ("line", "transmitted_sheet"),
        ("receipt", "transmission"),
        ("reason", "suspicion"),
    ] {
        let sql = format!("select cast(length({column}) as text) from {table} limit 1");
        let length: usize = bench.db.text_for_test(&sql).await?.trim().parse()?;
        ensure!(length > 40, "{table}.{column}: {length} bytes");
    }
    Ok(())
}

pub async fn a_suspicion_is_ruled_on_once(bench: &Bench) -> Result<()> {
    lay(bench).await?;
    let scope = world::officer::<RuleOnFraud>(authority_of(1))?;
    let tx = bench.db.write().await?;
    let twice = suspicions::insert(
        &tx,
        &SuspicionRecord {
            id: SuspicionId(id(0x72, 99)),
            ..suspicion(1, PLACES[0])
        },
    )
    .await;
    ensure!(matches!(twice, Err(StoreError::Conflict)));
    drop(tx);
    let record = suspicion(1, PLACES[0]);
    let ruling = Ruling {
        outcome: Outcome::NoFraud,
        text: "Relaxe".to_owned(),
        by: None,
        at: at(5),
    };
    let tx = bench.db.write().await?;
    suspicions::rule(&tx, &record, id(0x75, 1), &ruling).await?;
    done::<anyhow::Error>(tx).await?;
    let kept = suspicions::one(&bench.db.read(), &scope, record.id).await?;
    let kept = kept.context("the suspicion")?;
    ensure!(kept.reason == record.reason && kept.ruling.as_ref() == Some(&ruling));
    let tx = bench.db.write().await?;
    let again = suspicions::rule(&tx, &record, id(0x75, 2), &ruling).await;
    ensure!(matches!(again, Err(StoreError::Conflict)));
    Ok(())
}
