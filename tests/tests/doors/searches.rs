//! A plan searched as long work: to its end, stopped, refused, overtaken by a change; and what is told of it.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use delos_tests::files::{import, import_academy};
use delos_tests::house::{Engine, House, REGULATION, SESSION, sample, text};
use delos_tests::http::Visitor;
use delos_tests::people::{administrator, officer};
use delos_tests::plans::{self, check, open, search, searched, version, view};
use delos_tests::post;

/// Dijon's officer, with the people and candidates of the samples and an open plan.
fn opened(engine: Engine, name: &str) -> Result<Option<(House, Visitor, Value)>> {
    if !post::readers() {
        return Ok(None);
    }
    let Some(house) = House::open(engine, name, REGULATION)? else {
        return Ok(None);
    };
    let dates = sample("session-2027.toml");
    house.run(&["session", "set", text(&dates)?, "--session", SESSION])?;
    let mut admin = administrator(&house)?;
    let mut officer = officer(&house, &mut admin, "07")?;
    import_academy(&mut officer, "Dijon")?;
    let plan = open(&mut officer, "PONCTUELLE")?;
    Ok(Some((house, officer, plan)))
}

fn ask(officer: &mut Visitor, plan: &Value, version: i64, seconds: i64) -> Result<Value> {
    let asked = json!({"plan": plan, "version": version, "seconds": seconds});
    Ok(officer.staff("SearchPlan", &asked)?["searchPlan"].take())
}

fn report(officer: &mut Visitor, plan: &Value) -> Result<Value> {
    Ok(officer.staff("PlanReport", &json!({"id": plan}))?["planReport"].take())
}

fn proposal(officer: &mut Visitor, plan: &Value) -> Result<Value> {
    Ok(officer.staff("PlanProposal", &json!({"id": plan}))?["planProposal"].take())
}

/// Waits until the search has a plan.
fn begun(officer: &mut Visitor, plan: &Value) -> Result<Value> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_mins(1) {
        let seen = proposal(officer, plan)?;
        if seen["progress"].is_object() {
            return Ok(seen);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("the search has no plan")
}

/// A search ends by itself: the draft holds what it found, its cost is the sum of its terms, and its distance from the best
/// possible is told until the plan is changed.
pub fn a_search_is_saved_and_measured(engine: Engine) -> Result<()> {
    let Some((house, mut officer, plan)) = opened(engine, "search")? else {
        return Ok(());
    };
    let told = search(&mut officer, &plan, 1)?;
    assert_eq!(told["task"]["state"], "DONE", "{told}");
    let found = &told["found"];
    assert_eq!(found["placed"], found["candidates"]);
    assert_eq!(
        (&found["stopped"], &found["change"]),
        (&json!(false), &Value::Null)
    );

    let placed = view(&mut officer, &plan)?;
    assert_eq!(placed["leftOut"], json!([]));
    assert_eq!(placed["placedCount"], found["placed"]);
    let seen = report(&mut officer, &plan)?;
    assert_eq!(seen["problems"], json!([]));
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let terms = seen["terms"].as_array().context("terms")?;
    let sum: f64 = terms.iter().map(|one| number(&one["points"])).sum();
    let total = number(&seen["total"]);
    assert!((sum - total).abs() < 1e-6, "{sum} and {total}");
    let bound = number(&seen["gap"]["bound"]);
    assert!(0.0 < bound && bound <= total + 1e-6, "{bound} and {total}");
    let gap = (total / bound - 1.0) * 100.0;
    assert!((number(&seen["gap"]["percent"]) - gap).abs() < 1e-6);
    let heard = |list: &Value| -> i64 {
        let all = list.as_array().into_iter().flatten();
        all.filter_map(|one| one["candidates"].as_i64()).sum()
    };
    assert_eq!(json!(heard(&seen["centres"])), found["placed"]);
    assert_eq!(
        seen["links"].as_array().map(Vec::len),
        Some(2),
        "one an option"
    );
    check(
        &house,
        &plans::Published {
            owner: ["--authority".to_owned(), "07".to_owned()],
            view: placed,
            examiners: Vec::new(),
        },
    )?;

    // Published, it is the same plan; emptied, nothing is known of it.
    let read = version(&mut officer, &plan)?;
    officer.must("PublishPlan", &json!({"plan": plan, "version": read}))?;
    assert_eq!(report(&mut officer, &plan)?["gap"], seen["gap"]);
    let refused = ask(&mut officer, &plan, read + 1, 1)?;
    assert_eq!(refused["code"], "plan_published");
    Ok(())
}

/// A search is stopped: the best plan found by then is kept. Meanwhile no other begins, and odd numbers are refused.
pub fn a_search_is_stopped_and_the_best_is_kept(engine: Engine) -> Result<()> {
    let Some((_house, mut officer, plan)) = opened(engine, "stopped")? else {
        return Ok(());
    };
    let read = version(&mut officer, &plan)?;
    for (seconds, version, code) in [
        (0, read, "proposal_seconds"),
        (-1, read, "proposal_seconds"),
        (601, read, "proposal_seconds"),
        (i64::from(i32::MAX), read, "proposal_seconds"),
        (10, read + 1, "conflict"),
    ] {
        assert_eq!(ask(&mut officer, &plan, version, seconds)?["code"], code);
    }
    assert_eq!(ask(&mut officer, &plan, read, 600)?["__typename"], "Task");
    let seen = begun(&mut officer, &plan)?;
    assert_eq!(seen["progress"]["candidates"], seen["progress"]["placed"]);
    let other = ask(&mut officer, &plan, read, 600)?;
    assert_eq!(other["code"], "proposal_running");
    // Nothing is written before the end.
    assert_eq!(view(&mut officer, &plan)?["placedCount"], 0);

    let stop = json!({"plan": plan});
    officer.must("StopSearch", &stop)?;
    let start = Instant::now();
    let told = searched(&mut officer, &plan)?;
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(told["task"]["state"], "DONE");
    assert_eq!(told["found"]["stopped"], true);
    let placed = view(&mut officer, &plan)?;
    assert_eq!(placed["placedCount"], placed["candidateCount"]);
    // Once more: it is over, and stays as it ended.
    officer.must("StopSearch", &stop)?;
    assert_eq!(proposal(&mut officer, &plan)?["found"], told["found"]);

    // Another search says what it changes of the plan before.
    let again = search(&mut officer, &plan, 1)?;
    let change = &again["found"]["change"];
    assert_eq!((&change["placed"], &change["lost"]), (&json!(0), &json!(0)));
    ensure!(change["before"].as_f64() > Some(0.0), "{again}");
    Ok(())
}

/// Whoever changes the draft during a search keeps his change.
pub fn a_change_during_a_search_stays(engine: Engine) -> Result<()> {
    let Some((_house, mut officer, plan)) = opened(engine, "overtaken")? else {
        return Ok(());
    };
    search(&mut officer, &plan, 1)?;
    let read = version(&mut officer, &plan)?;
    ask(&mut officer, &plan, read, 600)?;
    begun(&mut officer, &plan)?;
    officer.must("ClearPlan", &json!({"plan": plan, "version": read}))?;
    officer.must("StopSearch", &json!({"plan": plan}))?;
    let told = searched(&mut officer, &plan)?;
    assert_eq!(
        (&told["task"]["state"], &told["task"]["detail"]),
        (&json!("FAILED"), &json!("plan_changed"))
    );
    assert_eq!(view(&mut officer, &plan)?["placedCount"], 0);
    // It is over: another begins, and nothing of the plan before is told.
    let told = search(&mut officer, &plan, 1)?;
    assert_eq!(told["task"]["state"], "DONE");
    assert_eq!(told["found"]["change"], Value::Null);
    Ok(())
}

/// The process that searches is killed: another goes on, from the beginning before the draft was saved, from the measure
/// after.
pub fn a_search_outlives_whoever_searches(engine: Engine) -> Result<()> {
    let Some((mut house, mut officer, plan)) = opened(engine, "killed")? else {
        return Ok(());
    };
    let read = version(&mut officer, &plan)?;
    ask(&mut officer, &plan, read, 600)?;
    begun(&mut officer, &plan)?;
    house.reopen(&[], &[])?;
    let told = proposal(&mut officer, &plan)?;
    assert_eq!(told["task"]["state"], "RUNNING");
    assert_eq!(view(&mut officer, &plan)?["placedCount"], 0);
    // The minute passes after which whoever said nothing is taken for dead.
    let silent = "update task set state = 'running', ended_at = null, lease_until = created_at \
                  where kind = 'proposal'";
    house.write(silent)?;
    officer.must("StopSearch", &json!({"plan": plan}))?;
    let told = searched(&mut officer, &plan)?;
    assert_eq!(told["task"]["state"], "DONE", "{told}");
    assert_eq!(told["found"]["stopped"], true);
    assert_eq!(
        house.read("select cast(max(tries) as text) from task where kind = 'proposal'")?,
        "2"
    );
    assert_eq!(version(&mut officer, &plan)?, read + 1);
    let placed = view(&mut officer, &plan)?;
    assert_eq!(placed["placedCount"], placed["candidateCount"]);
    let measured = report(&mut officer, &plan)?;
    assert!(measured["gap"].is_object(), "{measured}");

    // Killed between the two.
    let outcome = house.read("select outcome from plan_proposal")?;
    let mut outcome: Value = serde_json::from_str(&outcome)?;
    ensure!(outcome["bound"].take().is_number(), "{outcome}");
    house.write(&format!("update plan_proposal set outcome = '{outcome}'"))?;
    assert_eq!(report(&mut officer, &plan)?["gap"], Value::Null);
    house.write(silent)?;
    assert_eq!(searched(&mut officer, &plan)?["task"]["state"], "DONE");
    assert_eq!(report(&mut officer, &plan)?, measured);
    assert_eq!(version(&mut officer, &plan)?, read + 1);
    Ok(())
}

/// Where somebody has no place, what is told to help does help.
pub fn what_would_help_is_told(engine: Engine) -> Result<()> {
    let Some((house, mut officer, plan)) = opened(engine, "helps")? else {
        return Ok(());
    };
    house.write("update examiner set slam = false")?;
    let told = search(&mut officer, &plan, 1)?;
    assert_eq!(told["task"]["state"], "DONE", "{told}");
    let placed = view(&mut officer, &plan)?;
    let left = placed["leftOut"].as_array().context("left out")?;
    ensure!(
        !left.is_empty() && left.iter().all(|one| one["candidate"]["option"] == "SLAM"),
        "{left:?}"
    );
    let seen = report(&mut officer, &plan)?;
    assert_eq!(seen["gap"], Value::Null);
    let change = &seen["helps"][0]["changes"][0];
    assert_eq!(
        (&change["kind"], &change["option"]),
        (&json!("EXAMINERS"), &json!("SLAM"))
    );
    let count = usize::try_from(change["count"].as_u64().context("a number")?)?;

    // As many examiners come, free when it is said: everybody has a place.
    let mut list =
        "Identifiant;Nom;Prénom;Courriel;UAI;Académie;Qualité;Options;Indisponibilités;Périodes au plus\n"
            .to_owned();
    for number in 0..count {
        writeln!(
            list,
            "EX9{number:03};Renfort;Numéro {number};renfort{number}@prof.example;;Dijon;professeur;SLAM;;"
        )?;
    }
    import(&mut officer, "examiners", ("renforts.csv", &list), None)?;
    let told = search(&mut officer, &plan, 1)?;
    assert_eq!(told["found"]["placed"], told["found"]["candidates"]);
    assert_eq!(told["found"]["change"]["placed"], json!(left.len()));
    assert_eq!(report(&mut officer, &plan)?["helps"], json!([]));
    Ok(())
}
