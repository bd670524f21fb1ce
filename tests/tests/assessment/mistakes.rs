//! A phase begun by mistake is taken back.

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, Duration, NaiveDateTime};
use delos_application::absence::{self, About, NewAbsence};
use delos_application::assessment::{self, NewEvent};
use delos_application::views::commission_day;
use delos_application::views::day::{LineState, table};
use delos_domain::actor::Actor;
use delos_domain::calendar::at_minute;
use delos_domain::regulation::AbsenceKind;
use delos_persistence::{journal, phase_events};
use uuid::Uuid;

use super::chain::{fill, start};
use super::world::{World, refused};

/// The preparation, which no commission attends, and the first interview.
const T: usize = 0;
const E1: usize = 1;
const R: usize = 2;

/// That an event was a mistake.
fn mistake(event: NewEvent, at: NaiveDateTime) -> NewEvent {
    NewEvent {
        key: Uuid::now_v7(),
        takes_back: Some(event.key),
        at,
        ..event
    }
}

/// What became of each gesture.
async fn said(
    world: &World,
    who: &Actor,
    sitting: usize,
    events: &[NewEvent],
) -> Result<Vec<String>> {
    let id = world.sittings[sitting].id;
    let told = assessment::record_phases(&world.context, who, id, events).await?;
    let code = |one: Option<delos_application::Refusal>| {
        one.map_or_else(|| "done".to_owned(), |refusal| refusal.code.to_owned())
    };
    Ok(told.into_iter().map(code).collect())
}

/// Where the candidate of a sitting stands.
async fn standing(world: &World, sitting: usize) -> Result<String> {
    let id = world.sittings[sitting].candidate;
    let reader = world.context.db.read();
    let person = delos_persistence::candidates::named(&reader, &[id]).await?;
    Ok(person
        .into_iter()
        .next()
        .context("somebody")?
        .states
        .sitting)
}

/// What the head of school sees of a sitting: where it stands, and whether an absence can be recorded.
async fn line(world: &World, sitting: usize) -> Result<(LineState, bool)> {
    let one = &world.sittings[sitting];
    let table = table(&world.context, &world.head, one.day).await?;
    let line = table
        .lines
        .into_iter()
        .find(|line| line.sitting.id == one.id);
    let line = line.context("his line")?;
    Ok((line.state, line.recordable))
}

async fn declare_absent(
    world: &World,
    sitting: usize,
) -> Result<(), delos_application::CommandError> {
    let about = About::Sitting(world.sittings[sitting].id);
    // Of an absence without a reason nothing is recorded before its hour, which may be later that day.
    let kind = AbsenceKind::Justified;
    let preview = absence::preview(&world.context, &world.head, about, kind).await?;
    let new = NewAbsence {
        about,
        kind,
        confirmed: preview.consequence,
        reason: None,
        piece: None,
        seat: None,
    };
    absence::record(&world.context, &world.head, &new)
        .await
        .map(drop)
}

pub async fn the_wrong_candidate(world: World) -> Result<()> {
    let [one, other] = &world.members[..] else {
        anyhow::bail!("{} members", world.members.len());
    };
    let sitting = &world.sittings[0];
    let at = |minute: i64| at_minute(sitting.day, 8 * 60) + Duration::minutes(minute);

    // His preparation alone says nothing of him; « Démarrer E1 » does.
    let (prepared, begun) = (start(T, at(0)), start(E1, at(30)));
    ensure!(said(&world, one, 0, &[prepared]).await? == ["done"]);
    ensure!(standing(&world, 0).await? == "convoked");
    ensure!(said(&world, one, 0, &[begun]).await? == ["done"]);
    ensure!(standing(&world, 0).await? == "sat");
    ensure!(line(&world, 0).await? == (LineState::Under(E1), true));
    let code = refused(declare_absent(&world, 0).await)?;
    ensure!(code == "sitting_already_sat", "{code}");

    // The other member sees what was begun, and takes it back.
    ensure!(said(&world, other, 0, &[mistake(begun, at(34))]).await? == ["done"]);
    ensure!(standing(&world, 0).await? == "convoked");
    ensure!(said(&world, one, 0, &[mistake(prepared, at(35))]).await? == ["done"]);
    ensure!(line(&world, 0).await?.1);

    // Nothing is erased: both events are there, with who took them back and when.
    let reader = world.context.db.read();
    let kept = phase_events::of_sittings(&reader, &[sitting.id]).await?;
    let kept = &kept[&sitting.id];
    let back: Vec<_> = kept
        .iter()
        .filter_map(|event| event.taken_back.as_ref().map(|back| (back.at, back.by)))
        .collect();
    ensure!(kept.len() == 2 && kept[1].by == one.account(), "{kept:?}");
    ensure!(
        back == [(at(35), one.account()), (at(34), other.account())],
        "{back:?}"
    );
    ensure!(journal::count(&reader, "RecordPhase").await? == 4);
    let told = commission_day::events(&world.context, one, sitting.id).await?;
    ensure!(told.len() == 2 && told.iter().all(|event| event.taken_back));

    // He did not come.
    declare_absent(&world, 0).await?;
    ensure!(standing(&world, 0).await? == "new_sitting_due");

    // Of the right one the interview begins, is taken back for its hour, and begins again.
    let (early, late) = (start(E1, at(31)), start(E1, at(33)));
    let gestures = [early, mistake(early, at(32)), late];
    ensure!(said(&world, one, 1, &gestures).await? == ["done", "done", "done"]);
    ensure!(standing(&world, 1).await? == "sat");
    ensure!(line(&world, 1).await?.0 == LineState::Under(E1));
    Ok(())
}

pub async fn keys_and_races(world: World) -> Result<()> {
    let [one, other] = &world.members[..] else {
        anyhow::bail!("{} members", world.members.len());
    };
    let day = world.sittings[0].day;
    let at = |minute: i64| at_minute(day, 8 * 60) + Duration::minutes(minute);
    let begun = start(E1, at(0));
    let back = mistake(begun, at(5));

    // Both leave together after an hour without network, and again because the answer was lost.
    for _ in 0..2 {
        let told = said(&world, one, 0, &[begun, back]).await?;
        ensure!(told == ["done", "done"], "{told:?}");
        ensure!(standing(&world, 0).await? == "convoked");
    }
    let told = said(&world, other, 0, &[begun, mistake(begun, at(6))]).await?;
    ensure!(told == ["done", "phase_taken_back"], "{told:?}");
    ensure!(standing(&world, 0).await? == "convoked");

    // Two members at once: one wins, the other is told.
    let begun = start(E1, at(10));
    ensure!(said(&world, one, 0, &[begun]).await? == ["done"]);
    let (first, second) = ([mistake(begun, at(11))], [mistake(begun, at(11))]);
    let (first, second) = tokio::join!(
        said(&world, one, 0, &first),
        said(&world, other, 0, &second)
    );
    let mut both = [first?.concat(), second?.concat()];
    both.sort_unstable();
    ensure!(both == ["done", "phase_taken_back"], "{both:?}");

    // One goes on while the other takes back: whichever comes first, what stands could have been recorded.
    let begun = start(E1, at(12));
    ensure!(said(&world, one, 0, &[begun]).await? == ["done"]);
    let (on, back) = ([start(R, at(20))], [mistake(begun, at(20))]);
    let (on, back) = tokio::join!(said(&world, one, 0, &on), said(&world, other, 0, &back));
    let (on, back) = (on?.concat(), back?.concat());
    ensure!(
        on == "done" && ["done", "phase_not_the_last"].contains(&&*back),
        "{on} {back}"
    );
    let held = commission_day::events(&world.context, one, world.sittings[0].id).await?;
    let stand = held.iter().filter(|event| !event.taken_back).count();
    ensure!(stand == if back == "done" { 1 } else { 2 });

    // The clock of a post is judged as for any other hour; somebody else's candidate is nobody's.
    let last = start(T, at(30));
    ensure!(said(&world, one, 1, &[last]).await? == ["done"]);
    let gestures = [
        mistake(last, at(29)),
        mistake(last, at_minute(day + Days::new(1), 480)),
        mistake(last, at_minute(day, 23 * 60 + 50)),
        mistake(start(T, at(30)), at(31)),
    ];
    let told = said(&world, one, 1, &gestures).await?;
    let expected = [
        "phase_earlier_than_the_last",
        "phase_another_day",
        "phase_ahead_of_the_clock",
        "phase_event_unknown",
    ];
    ensure!(told == expected, "{told:?}");
    let (id, back) = (world.sittings[1].id, [mistake(last, at(31))]);
    for (who, code) in [(&world.stranger, "not_found"), (&world.head, "forbidden")] {
        let told = assessment::record_phases(&world.context, who, id, &back).await;
        ensure!(refused(told)? == code);
    }
    Ok(())
}

pub async fn what_is_left(world: World) -> Result<()> {
    let (context, one) = (&world.context, &world.members[0]);
    let sitting = &world.sittings[0];
    let at = |minute: i64| at_minute(sitting.day, 8 * 60) + Duration::minutes(minute);
    let (begun, next) = (start(E1, at(0)), start(R, at(20)));
    ensure!(said(&world, one, 0, &[begun, next]).await? == ["done", "done"]);

    // In their order, and no other.
    let told = said(&world, one, 0, &[mistake(begun, at(21))]).await?;
    ensure!(told == ["phase_not_the_last"], "{told:?}");

    // Something is entered: his interview took place. Hours after it can be put right, and once everything is taken away so
    // can the interview.
    world.save(one, 0, &[("note", "Une remarque.", 0)]).await?;
    ensure!(said(&world, one, 0, &[mistake(next, at(21))]).await? == ["done"]);
    let told = said(&world, one, 0, &[mistake(begun, at(22))]).await?;
    ensure!(told == ["phase_assessed"], "{told:?}");
    ensure!(standing(&world, 0).await? == "sat");
    let version = world.view(one, 0).await?.version;
    world.save(one, 0, &[("note", "", version)]).await?;
    ensure!(said(&world, one, 0, &[mistake(begun, at(23))]).await? == ["done"]);
    ensure!(standing(&world, 0).await? == "convoked");

    // Ended, it is locked, hours included; opened again, his interview took place.
    let again = start(E1, at(24));
    let on = start(R, at(40));
    ensure!(said(&world, one, 0, &[again, on]).await? == ["done", "done"]);
    let version = fill(&world, one, 0).await?;
    assessment::validate(context, one, sitting.id, version).await?;
    let told = said(&world, one, 0, &[mistake(on, at(41))]).await?;
    ensure!(told == ["phase_assessment_ended"], "{told:?}");
    assessment::ask_reopening(context, one, sitting.id, "Une ligne oubliée.").await?;
    assessment::confirm_reopening(context, &world.head, sitting.id).await?;
    let told = said(
        &world,
        one,
        0,
        &[mistake(on, at(42)), mistake(again, at(43))],
    )
    .await?;
    ensure!(told == ["done", "phase_assessed"], "{told:?}");

    // What is entered is sealed: without a second factor nothing that depends on it is told.
    let Actor::Person {
        account, mandate, ..
    } = one.clone()
    else {
        anyhow::bail!("a person");
    };
    let weak = Actor::Person {
        account,
        mandate,
        strong: false,
    };
    let told =
        assessment::record_phases(context, &weak, sitting.id, &[mistake(again, at(44))]).await;
    ensure!(refused(told)? == "second_factor_needed");
    Ok(())
}
