//! From an absence to the new convocation: recorded on the day's table, ruled on, another date found, everybody told.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use delos_tests::house::Engine;
use delos_tests::http::Part;
use delos_tests::plans::{commissions_at, job};
use delos_tests::post::{self, calendar_after, events};
use serde_json::{Value, json};

use super::letters::each;
use super::school_day::{Day, SCHOOL, text};

/// The sequence of a mail's calendar.
fn sequence(mail: &Value) -> i64 {
    let found = events(mail).into_iter().next();
    found
        .and_then(|event| event["sequence"].as_i64())
        .unwrap_or(-1)
}

/// Justified: the worker proposes, the head confirms, and the same calendar series moves to the new day.
pub fn a_justified_absence_leads_to_a_new_convocation(engine: Engine) -> Result<()> {
    let Some(mut day) = Day::open(engine, "absence", false)? else {
        return Ok(());
    };
    let lines = day.lines()?;
    let line = lines.first().context("a line")?.clone();
    let number = text(&line["candidate"]["number"]);
    let address = day.address(&number)?;
    let first = post::calendar_after(&day.house, &address, -1)?;

    let asked = json!({"sitting": line["id"], "kind": "JUSTIFIED"});
    let preview = day.head.staff("AbsencePreview", &asked)?;
    let preview = &preview["absencePreview"];
    assert_eq!(preview["consequence"], "NEW_DATE", "{preview}");
    assert!(text(&preview["sentence"]).contains("autre date"));

    // What was confirmed is no longer what follows: nothing is written.
    let refused = day
        .record(&line, "JUSTIFIED", "ABSENT")?
        .expect_err("another consequence");
    assert_eq!(refused["code"], "consequence_changed");

    // A piece that is none, then one.
    let part = |bytes| {
        [Part {
            name: "file",
            file: "certificat médical.pdf",
            bytes,
        }]
    };
    let bad = day
        .head
        .upload("/absences/pieces", &part(b"MZ not a paper"))?;
    assert_eq!(bad.status, 422, "{:?}", String::from_utf8_lossy(&bad.body));
    let kept = day
        .head
        .upload("/absences/pieces", &part(b"%PDF-1.7 papers"))?
        .expect(200)?
        .json()?;
    let input = json!({
        "sitting": line["id"], "kind": "JUSTIFIED", "confirmed": "NEW_DATE",
        "reason": "Convocation au tribunal", "piece": kept["staged"],
    });
    day.head.must("RecordAbsence", &json!({"input": input}))?;
    let again = day.record(&line, "JUSTIFIED", "NEW_DATE");
    assert!(again.is_err(), "the sitting is over: {again:?}");

    let waiting = day.searched()?;
    let proposed = &waiting[0]["proposed"];
    assert_eq!(waiting.len(), 1);
    assert!(text(&proposed["date"]) > day.date, "{waiting:?}");
    assert_eq!(day.sittings(&number)?, "1");

    let decision = post::saying(&day.house, &address, "autre date", 1)?;
    let said = text(&decision["text"]);
    assert!(
        said.contains("autre date") && !said.contains("tribunal"),
        "{said}"
    );

    day.head
        .must("ConfirmSeat", &json!({"sitting": proposed["sitting"]}))?;
    // What he was told of his absence may leave after it: only the convocation has a calendar.
    let new = post::calendar_after(&day.house, &address, sequence(&first))?;
    let (before, after) = (events(&first), events(&new));
    assert_eq!(before[0]["uid"], after[0]["uid"], "one series");
    assert!(after[0]["sequence"].as_i64() > before[0]["sequence"].as_i64());
    assert_ne!(before[0]["date"], after[0]["date"]);
    assert_eq!(after[0]["date"], proposed["date"]);
    assert_eq!(day.sittings(&number)?, "1");

    // The day keeps its history; the paper is read by whoever may, and the reading is noted.
    let line = day
        .lines()?
        .into_iter()
        .find(|one| one["candidate"]["number"] == number.as_str());
    let line = line.context("the line")?;
    assert_eq!(
        (&line["state"], &line["sinceConvoked"]),
        (&json!("ABSENT"), &json!(true))
    );
    let papers = day
        .head
        .staff("AbsencePapers", &json!({"absence": line["absence"]["id"]}))?;
    assert_eq!(papers["absencePapers"]["reason"], "Convocation au tribunal");
    let piece = day
        .head
        .get(&text(&papers["absencePapers"]["href"]))?
        .expect(200)?;
    assert_eq!(piece.body, b"%PDF-1.7 papers");
    // He is convoked anew: another date is not due a second time.
    let absence = json!({"absence": line["absence"]["id"]});
    let input =
        json!({"absence": absence["absence"], "kind": "JUSTIFIED", "confirmed": "NEW_DATE"});
    let twice = day.head.act("RecordAbsence", &json!({"input": input}))?;
    assert_eq!(twice.expect_err("followed")["code"], "absence_followed");

    // He was there after all: his sitting counts, and the other date is taken out of his calendar.
    day.head.must("WithdrawAbsence", &absence)?;
    let last = calendar_after(&day.house, &address, sequence(&new))?;
    let gone = events(&last);
    assert_eq!(gone[0]["uid"], after[0]["uid"], "{last}");
    assert_eq!(gone[0]["status"], "CANCELLED", "{last}");
    assert!(gone[0]["sequence"].as_i64() > after[0]["sequence"].as_i64());
    assert_eq!(day.sittings(&number)?, "1");
    assert_eq!(day.state(&number)?, "convoked none");
    let line = day.line(&number)?;
    assert_eq!(
        (&line["state"], &line["absence"]),
        (&json!("UNDER_WAY"), &Value::Null)
    );
    Ok(())
}

/// An absence announced by error: convoked to another date since, he is moved back by one revision of the same series; or
/// declared absent, that date is withdrawn.
pub fn an_error_found_after_the_new_date_moves_the_candidate_back(engine: Engine) -> Result<()> {
    let Some(mut day) = Day::open(engine, "moved back", true)? else {
        return Ok(());
    };
    let early = format!("{}T06:00:00+02:00", day.date);
    day.rewind(&early)?;
    let line = day.lines()?.first().context("a line")?.clone();
    let number = text(&line["candidate"]["number"]);
    let address = day.address(&number)?;
    let first = calendar_after(&day.house, &address, -1)?;
    day.record(&line, "JUSTIFIED", "NEW_DATE")?
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    // The withdrawal, then the new date.
    let gone = calendar_after(&day.house, &address, sequence(&first))?;
    let new = calendar_after(&day.house, &address, sequence(&first) + 1)?;
    assert_eq!(events(&gone)[0]["uid"], events(&new)[0]["uid"]);
    assert_ne!(events(&first)[0]["date"], events(&new)[0]["date"]);
    assert_eq!(day.state(&number)?, "convoked none");

    let line = day.line(&number)?;
    let absence = json!({"absence": line["absence"]["id"]});
    day.head.must("WithdrawAbsence", &absence)?;
    let back = calendar_after(&day.house, &address, sequence(&new))?;
    let (stood, again) = (events(&first), events(&back));
    assert_eq!(stood[0]["uid"], again[0]["uid"], "one series");
    assert_eq!(stood[0]["date"], again[0]["date"], "the date of the first");
    assert_eq!(day.sittings(&number)?, "1");
    assert_eq!(day.state(&number)?, "convoked none");

    // Absent again, and convoked to another date: the hour passes, and the justification turns out to be none.
    let line = day.line(&number)?;
    day.record(&line, "JUSTIFIED", "NEW_DATE")?
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let new = calendar_after(&day.house, &address, sequence(&back) + 1)?;
    let late = format!("{}T18:00:00+02:00", day.date);
    day.rewind(&late)?;
    let line = day.line(&number)?;
    let input = json!({
        "absence": line["absence"]["id"], "kind": "UNJUSTIFIED", "confirmed": "ABSENT",
    });
    day.head.must("RecordAbsence", &json!({"input": input}))?;
    let gone = calendar_after(&day.house, &address, sequence(&new))?;
    let (new, gone) = (events(&new), events(&gone));
    assert_eq!(gone[0]["status"], "CANCELLED", "{gone:?}");
    assert_eq!(gone[0]["date"], new[0]["date"]);
    assert_eq!(day.state(&number)?, "declared_absent closed");
    assert!(day.searched()?.is_empty(), "AB: no date is looked for");
    Ok(())
}

/// Unjustified: AB, which a justification that comes later replaces, and an error withdraws.
pub fn an_unjustified_absence_has_no_other_date_until_a_justification_comes(
    engine: Engine,
) -> Result<()> {
    let Some(mut day) = Day::open(engine, "unjustified", false)? else {
        return Ok(());
    };
    // Before the hour nobody is absent without a reason.
    let early = format!("{}T06:00:00+02:00", day.date);
    day.rewind(&early)?;
    let line = day.lines()?.first().context("a line")?.clone();
    let refused = day
        .record(&line, "UNJUSTIFIED", "ABSENT")?
        .expect_err("early");
    assert_eq!(refused["code"], "absence_before_the_hour");
    let late = format!("{}T14:00:00+02:00", day.date);
    day.rewind(&late)?;

    let refused = day
        .record(&line, "REPEATED", "ABSENT")?
        .expect_err("a first one");
    assert_eq!(refused["code"], "absence_not_repeated");
    let refused = day.record(&line, "FORCE_MAJEURE", "ZERO_DIPLOMA_POSSIBLE");
    assert!(
        refused.is_err(),
        "force majeure is the authority's: {refused:?}"
    );
    day.record(&line, "UNJUSTIFIED", "ABSENT")?
        .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let number = text(&line["candidate"]["number"]);
    assert!(
        day.searched()?.is_empty(),
        "an AB candidate never waits for a date"
    );
    assert_eq!(day.state(&number)?, "declared_absent closed");

    // The justification comes.
    let line = day
        .lines()?
        .into_iter()
        .find(|one| one["id"] == line["id"])
        .context("the line")?;
    let absence = line["absence"]["id"].clone();
    let input = json!({"absence": absence, "kind": "JUSTIFIED", "confirmed": "NEW_DATE"});
    day.head.must("RecordAbsence", &json!({"input": input}))?;
    assert_eq!(day.searched()?.len(), 1);

    // It was an error after all: he was there.
    let line = day
        .lines()?
        .into_iter()
        .find(|one| one["candidate"]["number"] == number.as_str())
        .context("the line")?;
    day.head.must(
        "WithdrawAbsence",
        &json!({"absence": line["absence"]["id"]}),
    )?;
    assert_eq!(day.state(&number)?, "convoked none");
    assert!(day.searched()?.is_empty());
    assert_eq!(day.sittings(&number)?, "1");

    // Force majeure, by the authority, of another.
    let other = day
        .lines()?
        .into_iter()
        .find(|one| one["candidate"]["number"] != number.as_str() && one["recordable"] == true);
    let other = other.context("another line")?;
    // The authority sees that it may; that the rest is the school's; and the school that it may not.
    let seen = day.officer.staff("Day", &json!({"date": day.date}))?;
    let seen = each(&seen["day"]["lines"]).find(|one| one["id"] == other["id"]);
    let seen = seen.context("the authority's line")?;
    assert_eq!(
        (&seen["recordable"], &seen["establishable"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(other["establishable"], false);
    let input = json!({"sitting": other["id"], "kind": "FORCE_MAJEURE", "confirmed": "ZERO_DIPLOMA_POSSIBLE"});
    day.officer
        .must("RecordAbsence", &json!({"input": input}))?;
    let other = text(&other["candidate"]["number"]);
    assert_eq!(day.state(&other)?, "force_majeure proposed");
    let mail = post::to(&day.house, &day.address(&other)?, 2)?;
    let said = text(&mail["text"]);
    assert!(
        said.contains("force majeure") && !said.contains("zéro"),
        "{said}"
    );

    // What the authority established the school neither rules on anew nor withdraws; the authority does.
    let line = day
        .lines()?
        .into_iter()
        .find(|one| one["candidate"]["number"] == other.as_str())
        .context("the line")?;
    let absence = line["absence"]["id"].clone();
    let input = json!({"absence": absence, "kind": "JUSTIFIED", "confirmed": "NEW_DATE"});
    let refused = day.head.act("RecordAbsence", &json!({"input": input}))?;
    assert_eq!(
        refused.expect_err("established")["code"],
        "absence_not_established"
    );
    let refused = day
        .head
        .act("WithdrawAbsence", &json!({"absence": absence}))?;
    assert_eq!(
        refused.expect_err("established")["code"],
        "absence_not_established"
    );
    day.officer
        .must("WithdrawAbsence", &json!({"absence": absence}))?;
    let states = day.house.read(&format!(
        "select sitting_state || ' ' || mark_state from candidate where number = '{other}'"
    ))?;
    assert_eq!(states, "convoked none");
    Ok(())
}

/// A closed centre: every sitting of the days is cancelled at once, and has another date or a reason.
pub fn a_closed_centre_has_every_sitting_moved_or_listed(engine: Engine) -> Result<()> {
    let Some(mut day) = Day::open(engine, "closed-centre", true)? else {
        return Ok(());
    };
    let dates = day.head.staff("DayDates", &json!({}))?;
    let days: Vec<(String, i64)> = each(&dates["dayDates"])
        .map(|one| {
            (
                text(&one["date"]),
                one["sittings"].as_i64().unwrap_or_default(),
            )
        })
        .collect();
    let (first, last) = (days[0].0.clone(), days[days.len().min(2) - 1].0.clone());
    day.rewind(&format!("{}T08:00:00+01:00", two_weeks_before(&first)?))?;
    day.date.clone_from(&first);
    let reached: i64 = days
        .iter()
        .filter(|(date, _)| *date <= last)
        .map(|(_, count)| count)
        .sum();
    let schools = day.head.staff("Schools", &json!({}))?;
    let centre = schools["schools"]["edges"][0]["node"]["id"].clone();
    let input =
        json!({"centre": centre, "first": first, "last": last, "reason": "Coupure d’électricité"});
    let preview = day.head.staff("ClosurePreview", &json!({"input": input}))?;
    assert_eq!(preview["closurePreview"]["sittings"], reached, "{preview}");
    let wrong = json!({"centre": centre, "first": last, "last": "2027-01-01", "reason": "x"});
    let refused = day
        .head
        .act("CloseCentre", &json!({"input": wrong}))?
        .expect_err("backwards");
    assert_eq!(refused["code"], "closure_days");

    let moved: Vec<String> = day
        .lines()?
        .iter()
        .map(|one| text(&one["candidate"]["number"]))
        .collect();
    let closed = day.head.must("CloseCentre", &json!({"input": input}))?;
    assert_eq!(closed["count"], reached);
    let waiting = day.searched()?;
    for number in &moved {
        let placed = day.sittings(number)?;
        let listed = waiting
            .iter()
            .find(|one| one["candidate"]["number"] == number.as_str());
        assert!(
            (placed == "1")
                != listed.is_some_and(|one| !each(&one["reasons"]).collect::<Vec<_>>().is_empty()),
            "{number}: {placed} sittings, {listed:?}"
        );
    }
    let inside = day.house.read(&format!(
        "select cast(count(*) as text) from sitting where day between '{first}' and '{last}'"
    ))?;
    assert_eq!(inside, "0", "nobody sits in a closed centre");
    // Each of them has one message that withdraws, and one that convokes anew; the later has the later sequence.
    let number = moved
        .iter()
        .find(|number| day.sittings(number).is_ok_and(|count| count == "1"))
        .context("somebody is placed")?;
    let mail = post::to(&day.house, &day.address(number)?, 2)?;
    assert!(
        text(&mail["subject"]).contains("modifiée") || text(&mail["subject"]).contains("nnul"),
        "{}",
        mail["subject"]
    );
    Ok(())
}

/// The ponctuelle form: the authority closes a centre; its head is told, and each candidate has a seat elsewhere or a reason.
pub fn a_centre_of_the_other_form_is_closed_by_the_authority(engine: Engine) -> Result<()> {
    const HOST: &str = "0213430P";
    let Some(mut day) = Day::open(engine, "closed-host", false)? else {
        return Ok(());
    };
    day.rewind(&format!("{}T08:00:00+01:00", two_weeks_before(&day.date)?))?;
    let schools = day.officer.staff("Schools", &json!({}))?;
    let centre = each(&schools["schools"]["edges"])
        .find(|one| one["node"]["uai"] == HOST)
        .context("the school")?["node"]["id"]
        .clone();
    commissions_at(&mut day.officer, centre.as_str().context("an id")?)?;
    job(&mut day.officer, "PONCTUELLE", ["--authority", "07"])?;
    let here =
        format!("from sitting where centre_id = (select id from school where uai = '{HOST}')");
    let count = |sql: &str| -> Result<i64> { Ok(day.house.read(sql)?.trim().parse()?) };
    let sittings = count(&format!("select cast(count(*) as text) {here}"))?;
    anyhow::ensure!(sittings > 0, "nobody is heard at {HOST}");
    let first = day
        .house
        .read(&format!("select cast(min(day) as text) {here}"))?;
    let last = day
        .house
        .read(&format!("select cast(max(day) as text) {here}"))?;
    let input = json!({"centre": centre, "first": first, "last": last, "reason": "Inondation"});
    let preview = day
        .officer
        .staff("ClosurePreview", &json!({"input": input}))?;
    assert_eq!(preview["closurePreview"]["sittings"], sittings, "{preview}");
    let closed = day.officer.must("CloseCentre", &json!({"input": input}))?;
    assert_eq!(closed["count"], sittings);
    let notices = "select cast(count(*) as text) from outbox_message where kind = 'day_notice'";
    assert_eq!(count(notices)?, 1, "its head is told, once");
    assert_eq!(
        count(&format!(
            "select cast(count(*) as text) {here} and day between '{first}' and '{last}'"
        ))?,
        0,
        "nobody is expected there"
    );
    let start = Instant::now();
    loop {
        let left = count("select cast(count(*) as text) from unplaced where reasons = ''")?;
        let tasks =
            "select cast(count(*) as text) from task where kind = 'reschedule' and state <> 'done'";
        if left == 0 && count(tasks)? == 0 {
            break;
        }
        anyhow::ensure!(
            start.elapsed() < Duration::from_mins(1),
            "{left} are not looked for"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    // Each has another date elsewhere, or a reason.
    let lost = "select cast(count(*) as text) from past_sitting where outcome = 'cancelled'";
    assert_eq!(count(lost)?, sittings);
    let placed = count(
        "select cast(count(*) as text) from sitting where candidate_id in (select candidate_id from past_sitting)",
    )?;
    let listed = count("select cast(count(*) as text) from unplaced")?;
    assert_eq!(
        placed + listed,
        sittings,
        "{placed} placed, {listed} listed"
    );
    Ok(())
}

/// Forty sittings and more of a closed centre: each is moved to a day that is left, or listed with what refuses each seat.
pub fn forty_sittings_of_a_closed_centre_are_moved_or_listed(engine: Engine) -> Result<()> {
    let mut more = String::new();
    for place in 0..24 {
        let option = if place % 2 == 0 { "SISR" } else { "SLAM" };
        write!(
            more,
            "\n22100990{place:02};Éluard;Zoé;{:02}/03/2007;;zoe.{place}@eleve.example;{option};scolaire;ccf;{SCHOOL};;;;;;\
             30/06/2027",
            place + 1
        )?;
    }
    let Some(mut day) = Day::open_with(engine, "forty", true, &more)? else {
        return Ok(());
    };
    let count = |day: &Day, sql: &str| -> Result<i64> { Ok(day.house.read(sql)?.trim().parse()?) };
    let here =
        format!("from sitting where centre_id = (select id from school where uai = '{SCHOOL}')");
    let first = day
        .house
        .read(&format!("select cast(min(day) as text) {here}"))?;
    let first: chrono::NaiveDate = first.trim().parse()?;
    let before = two_weeks_before(&first.to_string())?;
    day.rewind(&format!("{before}T08:00:00+01:00"))?;
    let mut last = first;
    let lost = loop {
        let until = format!("select cast(count(*) as text) {here} and day <= '{last}'");
        let found = count(&day, &until)?;
        if found >= 40 {
            break found;
        }
        last = last + chrono::Days::new(1);
        anyhow::ensure!(
            last < first + chrono::Days::new(60),
            "{found} sittings at most"
        );
    };
    let schools = day.officer.staff("Schools", &json!({}))?;
    let centre = each(&schools["schools"]["edges"])
        .find(|one| one["node"]["uai"] == SCHOOL)
        .context("the school")?["node"]["id"]
        .clone();
    let input = json!({
        "centre": centre, "first": first.to_string(), "last": last.to_string(), "reason": "Inondation",
    });
    let closed = day.head.must("CloseCentre", &json!({"input": input}))?;
    assert_eq!(closed["count"], lost);
    let waiting = day.searched()?;
    let placed = count(
        &day,
        &format!(
            "select cast(count(*) as text) {here} and candidate_id in (select candidate_id from past_sitting)"
        ),
    )?;
    let listed = i64::try_from(waiting.len())?;
    println!("{lost} sittings lost their day: {placed} moved, {listed} listed");
    assert_eq!(placed + listed, lost, "{waiting:?}");
    assert!(placed > 0);
    assert!(
        waiting
            .iter()
            .all(|one| each(&one["reasons"]).next().is_some()),
        "each has its reasons"
    );
    let between =
        format!("select cast(count(*) as text) {here} and day between '{first}' and '{last}'");
    assert_eq!(count(&day, &between)?, 0, "nobody is expected there");
    Ok(())
}

/// A member who falls ill is replaced, or the commission's sittings are given other dates.
pub fn a_member_who_falls_ill_is_replaced(engine: Engine) -> Result<()> {
    let Some(mut day) = Day::open(engine, "replaced", true)? else {
        return Ok(());
    };
    let before = format!("{}T08:00:00+01:00", two_weeks_before(&day.date)?);
    day.rewind(&before)?;
    let plans = day.head.staff("Plans", &json!({}))?;
    let view = delos_tests::plans::view(&mut day.head, &plans["plans"][0]["id"])?;
    let commission = &view["commissions"][0];
    let member = &commission["members"][0];
    let asked = json!({"commission": commission["id"], "member": member["id"]});
    let found = day.head.staff("Substitutes", &asked)?;
    let mut input = asked.clone();
    if let Some(by) = each(&found["substitutes"]).next() {
        input["by"] = by["id"].clone();
        day.head.must("ReplaceMember", &input)?;
        let again = day.head.act("ReplaceMember", &input)?.expect_err("gone");
        assert_eq!(again["code"], "not_a_member");
        let mail = day.house.read(
            "select cast(count(*) as text) from outbox_message where kind = 'examiner_cancellation' or revision > 1",
        )?;
        assert_ne!(mail, "0", "the former member and the others are told");
    }
    let other = &view["commissions"]
        .as_array()
        .and_then(|all| all.last())
        .context("a commission")?;
    let lost = json!({"commission": other["id"], "member": other["members"][1]["id"]});
    let count = day.head.must("ReplaceMember", &lost)?["count"].as_i64();
    assert!(count > Some(0));
    day.searched()?;
    Ok(())
}

/// In the middle of a period: those who sat keep the day that has begun, the substitute has those that are ahead.
pub fn a_member_replaced_in_the_middle_keeps_the_days_that_he_sat(engine: Engine) -> Result<()> {
    let Some(mut day) = Day::open(engine, "mid period", true)? else {
        return Ok(());
    };
    let plans = day.head.staff("Plans", &json!({}))?;
    let plan = plans["plans"][0]["id"].clone();
    let view = delos_tests::plans::view(&mut day.head, &plan)?;
    let begun = |one: &&Value| {
        let dates: Vec<_> = each(&one["days"]).map(|d| text(&d["date"])).collect();
        dates.contains(&day.date) && dates.len() > 1
    };
    let before = each(&view["commissions"]).find(begun).context("begun")?;
    let ids = |one: &Value| -> Vec<String> {
        each(&one["members"])
            .map(|member| text(&member["id"]))
            .collect()
    };
    // Who cannot on the day that has begun takes those that are ahead.
    let unavailable = format!("update examiner set unavailable = '{}'", day.date);
    day.house.write(&unavailable)?;
    let (member, input, by) = each(&before["members"])
        .find_map(|member| {
            let input = json!({"commission": before["id"], "member": member["id"]});
            let found = day.head.staff("Substitutes", &input).ok()?;
            let by = each(&found["substitutes"]).next()?["id"].clone();
            Some((text(&member["id"]), input, text(&by)))
        })
        .context("a substitute")?;
    let mut input = input;
    input["by"] = json!(by);
    day.head.must("ReplaceMember", &input)?;

    let view = delos_tests::plans::view(&mut day.head, &plan)?;
    let of = |date: &str, heard: &[String]| -> Result<Value> {
        let found = each(&view["commissions"])
            .find(|one| ids(one) == *heard && each(&one["days"]).any(|day| day["date"] == date));
        found
            .cloned()
            .with_context(|| format!("no commission on {date}"))
    };
    let heard = ids(before);
    let new: Vec<String> = heard
        .iter()
        .map(|id| {
            if *id == member {
                by.clone()
            } else {
                id.clone()
            }
        })
        .collect();
    for date in each(&before["days"]).map(|day| text(&day["date"])) {
        let one = of(&date, if date == day.date { &heard } else { &new })?;
        let days = each(&one["days"]).filter(|day| day["date"] == date.as_str());
        let sittings = |days: Vec<&Value>| -> usize {
            days.iter().map(|day| each(&day["sittings"]).count()).sum()
        };
        let stood = each(&before["days"]).filter(|day| day["date"] == date.as_str());
        assert_eq!(
            sittings(days.collect()),
            sittings(stood.collect()),
            "{date}"
        );
    }
    Ok(())
}

fn two_weeks_before(date: &str) -> Result<String> {
    let date: chrono::NaiveDate = date.parse()?;
    Ok((date - chrono::Days::new(14)).to_string())
}
