//! `delos plan session`, as somebody types it: judged by the format's own checker, locked, stopped, refused.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use anyhow::{Context as _, Result};
use delos_tests::desk::{Desk, said};
use delos_tests::{post, services};
use serde_json::Value;

fn desk(name: &str) -> Result<Option<Desk>> {
    Desk::new(env!("CARGO_TARGET_TMPDIR"), &format!("plans-{name}"))
}

/// A delivered instance, as it comes.
fn instance(name: &str) -> String {
    format!(
        "{}/data/planning/{name}-3.json.gz",
        env!("CARGO_MANIFEST_DIR")
    )
}

/// The same, not compressed, on the desk.
fn plain(desk: &Desk, name: &str) -> Result<String> {
    let script = "import gzip,sys;sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())";
    let python = services::python().context("no Python")?;
    let read = std::process::Command::new(python)
        .args(["-c", script, &instance(name)])
        .output()?;
    desk.write("instance.json", read.stdout)
}

/// The objective that the format's checker finds in a plan that breaks no rule and leaves nobody out.
fn judged(plain: &str, plan: &str) -> Result<f64> {
    let said: Value = serde_json::from_str(&post::python(
        "oracles/check_plan.py",
        &[plain, plan, "--json"],
    )?)?;
    assert_eq!(said["errors"], 0, "{said}");
    said["objective"].as_f64().context("an objective")
}

#[test]
fn a_file_is_planned_within_every_rule_and_the_same_again() -> Result<()> {
    let Some(desk) = desk("rules")? else {
        return Ok(());
    };
    if services::python().is_none() {
        services::skip("no Python");
        return Ok(());
    }
    for (name, changes, most) in [
        ("commission", "20000", 321.6),
        ("mini", "200000", 1_420.0),
        ("academy", "600000", 12_900.0),
    ] {
        let file = plain(&desk, name)?;
        for seed in ["1", "2", "3"] {
            let (out, again) = (desk.path("plan.json"), desk.path("again.json"));
            for (threads, out) in [("1", &out), ("2", &again)] {
                let arguments = [
                    "plan",
                    "session",
                    "--instance",
                    &instance(name),
                    "--out",
                    out,
                    "--seconds",
                    "50",
                    "--seed",
                    seed,
                    "--changes",
                    changes,
                ];
                desk.run_with(&arguments, &[("RAYON_NUM_THREADS", threads)])?
                    .ends(0, &["0 sans place", "redonnent ce planning", "objectif"]);
            }
            let objective = judged(&file, &out)?;
            assert!(objective <= most, "{name}, seed {seed}: {objective}");
            assert_eq!(
                std::fs::read(&out)?,
                std::fs::read(&again)?,
                "{name}, seed {seed}"
            );
        }
    }
    Ok(())
}

#[test]
fn what_is_locked_stays_in_the_file() -> Result<()> {
    let Some(desk) = desk("locks")? else {
        return Ok(());
    };
    let (first, second) = (desk.path("first.json"), desk.path("second.json"));
    let file = instance("mini");
    let planned = |out: &str, seed: &str, more: &[&str]| {
        let mut arguments = vec![
            "plan",
            "session",
            "--instance",
            &file,
            "--out",
            out,
            "--seconds",
            "20",
            "--seed",
            seed,
            "--changes",
            "50000",
        ];
        arguments.extend(more);
        desk.run(&arguments)
    };
    planned(&first, "1", &[])?.ends(0, &[]);
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&first)?)?;
    let commissions = kept["commissions"].as_array_mut().context("commissions")?;
    commissions.truncate(3);
    let slots: Vec<Value> = commissions
        .iter()
        .flat_map(|one| one["days"].as_array().into_iter().flatten())
        .map(|day| day["slots"].clone())
        .collect();
    let locked = desk.write("locked.json", serde_json::to_vec(&kept)?)?;
    planned(&second, "9", &["--locked", &locked])?.ends(0, &["0 sans place"]);
    let after: Value = serde_json::from_slice(&std::fs::read(&second)?)?;
    let there: Vec<&Value> = after["commissions"]
        .as_array()
        .context("commissions")?
        .iter()
        .flat_map(|one| one["days"].as_array().into_iter().flatten())
        .map(|day| &day["slots"])
        .collect();
    for one in &slots {
        assert!(
            there.iter().any(|day| contains(day, one)),
            "{one} is not in the plan"
        );
    }
    // What changes from one to the other is told; nobody of those who were locked moves.
    let compared = desk.run(&[
        "plan",
        "compare",
        "--instance",
        &file,
        "--before",
        &first,
        "--after",
        &second,
        "--json",
    ])?;
    compared.ends(0, &[]);
    let told: Value = serde_json::from_str(&compared.out)?;
    let keys = |name: &str| -> Vec<u64> {
        let all = told[name].as_array().into_iter().flatten();
        all.filter_map(Value::as_u64).collect()
    };
    assert_eq!((keys("placed"), keys("lost")), (vec![], vec![]));
    let stay: Vec<u64> = slots
        .iter()
        .flat_map(|day| day.as_array().into_iter().flatten())
        .filter_map(|slot| slot["candidate"].as_u64())
        .collect();
    assert!(!stay.is_empty() && !keys("moved").iter().any(|key| stay.contains(key)));
    let all = told["kept"].as_u64().unwrap_or(0);
    let moved = keys("moved").len() + keys("retimed").len();
    assert_eq!(all + u64::try_from(moved)?, 60);
    // What contradicts a rule is said, and nothing is written.
    kept["commissions"][0]["members"] = serde_json::json!([
        kept["commissions"][0]["members"][0],
        kept["commissions"][0]["members"][0]
    ]);
    let wrong = desk.write("wrong.json", serde_json::to_vec(&kept)?)?;
    let third = desk.path("third.json");
    planned(&third, "1", &["--locked", &wrong])?.ends(2, &["M1", "--locked"]);
    assert!(!std::path::Path::new(&third).exists());
    Ok(())
}

/// Whether a day hears these candidates at least, each in his place.
fn contains(day: &Value, slots: &Value) -> bool {
    let (Some(day), Some(slots)) = (day.as_array(), slots.as_array()) else {
        return false;
    };
    slots
        .iter()
        .all(|slot| day.iter().any(|one| one["candidate"] == slot["candidate"]))
}

#[test]
fn ctrl_c_keeps_the_best_plan_and_the_progress_is_json() -> Result<()> {
    let Some(desk) = desk("stopped")? else {
        return Ok(());
    };
    let out = desk.path("plan.json");
    let mut child = desk
        .command(&[
            "plan",
            "session",
            "--instance",
            &instance("academy"),
            "--out",
            &out,
            "--seconds",
            "3000",
            "--json-progress",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(child.stderr.take().context("stderr")?).lines();
    let first: Value = serde_json::from_str(&lines.next().context("a line")??)?;
    assert_eq!(first["complete"], true, "{first}");
    assert!(first["objective"].as_f64() > Some(10_000.0), "{first}");
    let mut spent = 0.0;
    while spent == 0.0 {
        let line: Value = serde_json::from_str(&lines.next().context("a line")??)?;
        spent = line["spent"].as_f64().context("a part")?;
    }
    let id = child.id().to_string();
    std::process::Command::new("kill")
        .args(["-INT", &id])
        .status()?;
    // What it says besides is read, so that it is not held up.
    let rest =
        std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>().join("\n"));
    let ended = said(child.wait_with_output()?)?;
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert!(
        ended.out.contains("0 sans place") && ended.out.contains("arrêté"),
        "{}",
        ended.out
    );
    assert!(
        rest.join()
            .is_ok_and(|told| told.contains("le meilleur planning trouvé est gardé"))
    );
    assert!(std::fs::metadata(&out)?.len() > 10_000);
    Ok(())
}

#[test]
fn what_is_no_problem_is_refused_in_a_sentence() -> Result<()> {
    let Some(desk) = desk("refused")? else {
        return Ok(());
    };
    if services::python().is_none() {
        services::skip("no Python");
        return Ok(());
    }
    let whole: Value = serde_json::from_slice(&std::fs::read(plain(&desk, "commission")?)?)?;
    let out = desk.path("plan.json");
    let refused = |bytes: &[u8], words: &[&str]| -> Result<()> {
        let file = desk.write("bad.json", bytes)?;
        desk.run(&[
            "plan",
            "session",
            "--instance",
            &file,
            "--out",
            &out,
            "--seconds",
            "1",
        ])?
        .ends(2, words);
        Ok(())
    };
    refused(b"", &["ligne 1, colonne 0"])?;
    refused(b"{\"format\": ", &["ligne 1"])?;
    refused(b"\x1f\x8b\x08\x00", &["gzip"])?;
    let changed = |change: &dyn Fn(&mut Value), words: &[&str]| {
        let mut file = whole.clone();
        change(&mut file);
        refused(&serde_json::to_vec(&file).unwrap_or_default(), words)
    };
    changed(
        &|file| file["format"] = "e5-planning/9".into(),
        &["e5-planning/1"],
    )?;
    changed(&|file| file["params"]["grid"] = 0.into(), &["« grid »"])?;
    changed(
        &|file| file["params"]["env_mode"] = "X".into(),
        &["« env_mode »"],
    )?;
    changed(
        &|file| file["candidates"][1]["id"] = file["candidates"][0]["id"].clone(),
        &["le candidat", "figure deux fois"],
    )?;
    changed(
        &|file| file["candidates"][0]["est"] = 999.into(),
        &["l’établissement 999", "n’existe pas"],
    )?;
    changed(
        &|file| file["candidates"][0]["option"] = "SVT".into(),
        &["le candidat", "impossible"],
    )?;
    changed(
        &|file| file["examiners"][0]["x"] = 1e300.into(),
        &["l’examinateur"],
    )?;
    desk.run(&[
        "plan",
        "session",
        "--instance",
        &desk.path("absent.json"),
        "--out",
        &out,
        "--seconds",
        "1",
    ])?
    .ends(1, &["absent.json"]);
    // Nobody can examine: nobody is placed, each is told why, and the plan is written.
    let mut file = whole.clone();
    file["examiners"] = serde_json::json!([]);
    let file = desk.write("nobody.json", serde_json::to_vec(&file)?)?;
    desk.run(&[
        "plan",
        "session",
        "--instance",
        &file,
        "--out",
        &out,
        "--seconds",
        "1",
    ])?
    .ends(
        1,
        &[
            "10 sans place",
            "trop peu d’examinateurs ont l’option",
            "tout le monde serait placé avec 2 examinateur(s) SISR de plus",
        ],
    );
    Ok(())
}
