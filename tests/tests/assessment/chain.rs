//! One candidate after another, by the commands.

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, NaiveDateTime};
use delos_application::assessment::{self, EntryAnswer, NewEvent};
use delos_application::views::commission_day;
use delos_domain::actor::Actor;
use delos_domain::calendar::at_minute;
use delos_domain::exam_day::Act;
use delos_domain::tracks::assessment::State;
use uuid::Uuid;

use super::world::{World, refused};

/// A sheet with which nothing is wrong.
pub async fn fill(world: &World, who: &Actor, sitting: usize) -> Result<i64> {
    let lines = world.lines(sitting).await?;
    let mut entries: Vec<(&str, &str, i64)> = lines
        .iter()
        .zip(["1", "2", "3", "4"].iter().cycle())
        .map(|(line, key)| (line.as_str(), *key, 0))
        .collect();
    entries.extend([
        ("mark", "13,5", 0),
        ("text.appreciation", "Une prestation solide.", 0),
    ]);
    let view = world.view(who, sitting).await?;
    let texts: Vec<String> = view
        .lacking
        .iter()
        .filter(|one| one.code == "appreciation_empty")
        .filter_map(|one| one.facts.first())
        .map(|(_, code)| format!("text.{code}"))
        .collect();
    entries.extend(texts.iter().map(|text| (text.as_str(), "Observé.", 0)));
    let answers = world.save(who, sitting, &entries).await?;
    ensure!(
        answers.iter().all(|one| *one == EntryAnswer::Saved),
        "{answers:?}"
    );
    let view = world.view(who, sitting).await?;
    ensure!(view.lacking.is_empty(), "{:?}", view.lacking);
    Ok(view.version)
}

pub fn start(phase: usize, at: NaiveDateTime) -> NewEvent {
    NewEvent {
        key: Uuid::now_v7(),
        phase,
        act: Act::Start,
        at,
        takes_back: None,
    }
}

pub async fn whole(world: World) -> Result<()> {
    let (context, sitting) = (&world.context, &world.sittings[0]);
    let [one, other] = &world.members[..] else {
        anyhow::bail!("{} members", world.members.len());
    };
    let days = commission_day::dates(context, one).await?;
    ensure!(days.iter().any(|(day, _)| *day == sitting.day), "{days:?}");
    let day = commission_day::day(context, one, sitting.day).await?;
    ensure!(
        day.commissions.len() == 1 && day.commissions[0].passages.len() == world.sittings.len()
    );

    // Nothing was recorded: whoever validates first interrogates all the same, because the day has come.
    let version = fill(&world, one, 0).await?;
    let view = world.view(other, 0).await?;
    let last = view.final_mark.clone().context("a final mark")?;
    ensure!((last.proposed.as_str(), last.rounded, last.value) == ("13,5", 14, 14));
    ensure!(view.fields.iter().all(|field| !field.mine) && view.editable);

    // What the other typed meanwhile is not validated unseen.
    let penalty = "penalty.environment_not_conforming";
    world.save(other, 0, &[(penalty, "4", version)]).await?;
    let code = refused(assessment::validate(context, one, sitting.id, version - 1).await)?;
    ensure!(code == "assessment_changed", "{code}");
    let version = world.view(one, 0).await?.version;
    world.save(other, 0, &[(penalty, "", version)]).await?;
    let version = world.view(one, 0).await?.version;
    assessment::validate(context, one, sitting.id, version).await?;
    let view = world.view(one, 0).await?;
    ensure!(view.state == State::Validated && !view.editable);
    let code = refused(world.save(one, 0, &[("mark", "15", version)]).await)?;
    ensure!(code == "assessment_already_validated", "{code}");

    let content = view.content.context("a content")?;
    let visa = |who, content: String| async move {
        assessment::give_visa(context, who, sitting.id, &content).await
    };
    ensure!(refused(visa(one, "0".repeat(64)).await)? == "visa_content_changed");
    ensure!(refused(visa(one, "œ".to_owned()).await)? == "visa_content_changed");
    ensure!(refused(visa(&world.stranger, content.clone()).await)? == "not_found");
    ensure!(refused(visa(&world.head, content.clone()).await)? == "forbidden");
    visa(one, content.clone()).await?;
    ensure!(refused(visa(one, content.clone()).await)? == "visa_given");

    // Two persons open it again: its visas are void, and the same text does not bring them back.
    let ask = |who, reason: &'static str| async move {
        assessment::ask_reopening(context, who, sitting.id, reason).await
    };
    ensure!(refused(ask(one, "  ").await)? == "assessment_reason_missing");
    let confirm =
        |who| async move { assessment::confirm_reopening(context, who, sitting.id).await };
    ensure!(refused(confirm(other).await)? == "reopening_not_asked");
    ask(one, "Une erreur de saisie de la note.").await?;
    ensure!(refused(confirm(one).await)? == "assessment_one_person_alone");
    confirm(&world.head).await?;
    let view = world.view(one, 0).await?;
    ensure!(view.state == State::Open && view.reopening.is_none());
    ensure!(view.visas.iter().all(|visa| visa.given_at.is_none()));
    assessment::validate(context, other, sitting.id, view.version).await?;
    let view = world.view(one, 0).await?;
    ensure!(
        view.content.as_deref() == Some(&content),
        "the same content"
    );
    ensure!(view.visas.iter().all(|visa| visa.given_at.is_none()));

    visa(one, content.clone()).await?;
    visa(other, content.clone()).await?;
    let view = world.view(&world.head, 0).await?;
    ensure!(view.state == State::VisasComplete && !view.editable);
    ensure!(view.visas.iter().all(|visa| visa.given_at.is_some()));
    ensure!(refused(visa(one, content).await)? == "assessment_visas_already_complete");
    Ok(())
}

pub async fn bad_inputs(world: World) -> Result<()> {
    let (context, one) = (&world.context, &world.members[0]);
    let lines = world.lines(0).await?;
    let line = lines[0].as_str();
    let other = if line.contains("SISR") {
        "level.SLAM_C1"
    } else {
        "level.SISR_C1"
    };
    let answers = world
        .save(
            one,
            0,
            &[
                (line, "3", 0),
                (line, "7", 0),
                (other, "2", 0),
                ("mark", "12,5,5", 0),
                ("penalty.environment_not_conforming", "7,5", 0),
                ("note", "Reste.", 0),
            ],
        )
        .await?;
    let codes: Vec<&str> = answers
        .iter()
        .map(|answer| match answer {
            EntryAnswer::Saved => "saved",
            EntryAnswer::Conflict => "conflict",
            EntryAnswer::Refused(refusal) => refusal.code,
        })
        .collect();
    let expected = [
        "saved",
        "level_unknown",
        "line_unknown",
        "mark_unreadable",
        "penalty_not_whole_points",
        "saved",
    ];
    ensure!(codes == expected, "{codes:?}");
    let view = world.view(one, 0).await?;
    let kept: Vec<&str> = view
        .fields
        .iter()
        .map(|field| field.value.as_str())
        .collect();
    ensure!(view.version == 1 && kept.contains(&"3") && kept.contains(&"Reste."));

    // The answer was lost, the save is sent again: it is answered alike, and what came since stays.
    let key = Uuid::now_v7();
    let entries: &[(&str, &str, i64)] = &[("mark", "12", 1), (line, "2", 0)];
    let first = world.save_as(one, 0, key, entries).await?.entries;
    ensure!(
        first == [EntryAnswer::Saved, EntryAnswer::Conflict],
        "{first:?}"
    );
    world
        .save(&world.members[1], 0, &[("mark", "14", 2)])
        .await?;
    let again = world.save_as(one, 0, key, entries).await?.entries;
    ensure!(again == first, "{again:?}");
    let mark = world.view(one, 0).await?.final_mark.context("a mark")?;
    ensure!(mark.proposed == "14", "{}", mark.proposed);

    // Nobody else reaches it; without a second factor nobody does.
    ensure!(refused(world.save(&world.stranger, 0, &[("note", "x", 0)]).await)? == "not_found");
    ensure!(refused(world.save(&world.head, 0, &[("note", "x", 0)]).await)? == "forbidden");
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
    ensure!(refused(world.save(&weak, 0, &[("note", "x", 0)]).await)? == "second_factor_needed");

    // An incomplete sheet is not validated, and says what lacks.
    let version = world.view(one, 0).await?.version;
    let code = refused(assessment::validate(context, one, world.sittings[0].id, version).await)?;
    ensure!(code == "assessment_incomplete", "{code}");
    ensure!(!world.view(one, 0).await?.lacking.is_empty());

    // A post whose clock is wrong by a day, by an hour; a phase that the course does not have; an end before a start.
    let sitting = &world.sittings[0];
    let at = at_minute(sitting.day, 8 * 60);
    let tomorrow = at + Days::new(1);
    let far = at_minute(sitting.day, 23 * 60 + 50);
    let end = NewEvent {
        act: Act::Stop,
        ..start(2, at)
    };
    let events = [
        start(0, tomorrow),
        start(0, far),
        start(40, at),
        end,
        start(0, at),
        start(0, at),
    ];
    let told = assessment::record_phases(context, one, sitting.id, &events).await?;
    let codes: Vec<&str> = told
        .iter()
        .map(|one| one.as_ref().map_or("done", |refusal| refusal.code))
        .collect();
    ensure!(
        codes
            == [
                "phase_another_day",
                "phase_ahead_of_the_clock",
                "phase_unknown",
                "phase_not_begun",
                "done",
                "phase_begun"
            ],
        "{codes:?}"
    );
    // The same event twice is one event.
    let told = assessment::record_phases(context, one, sitting.id, &events[4..5]).await?;
    ensure!(told == [None], "{told:?}");
    let held = commission_day::events(context, one, sitting.id).await?;
    ensure!(held.len() == 1);
    Ok(())
}
