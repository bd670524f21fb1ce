//! What each owner of a plan does: opens it, has it proposed, publishes it, convokes.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::house::{House, SESSION, text};
use crate::http::Visitor;
use crate::post;

/// How long a search of a second may take on a machine that does other things.
const PATIENCE: Duration = Duration::from_mins(2);

/// A plan that was published.
pub struct Published {
    /// Whose it is, as `delos plan export` asks: `--school UAI`, `--authority CODE`.
    pub owner: [String; 2],
    /// As its owner sees it.
    pub view: Value,
    /// The examiners whom its owner sees.
    pub examiners: Vec<Value>,
}

/// Opens the plan of one's own form; its id.
pub fn open(visitor: &mut Visitor, form: &str) -> Result<Value> {
    let opened = visitor.must("OpenPlan", &json!({"form": form}))?;
    Ok(opened["id"].clone())
}

/// Opens the plan of one's own form and has it proposed; its id.
pub fn propose(visitor: &mut Visitor, form: &str) -> Result<Value> {
    let id = open(visitor, form)?;
    let version = version(visitor, &id)?;
    visitor.must("ProposePlan", &json!({"plan": id, "version": version}))?;
    Ok(id)
}

/// Has a plan searched as long work, to its end; what the search told.
pub fn search(visitor: &mut Visitor, id: &Value, seconds: u32) -> Result<Value> {
    let version = version(visitor, id)?;
    visitor.must(
        "SearchPlan",
        &json!({"plan": id, "version": version, "seconds": seconds}),
    )?;
    searched(visitor, id)
}

/// Waits for the end of the search of a plan; what it told.
pub fn searched(visitor: &mut Visitor, id: &Value) -> Result<Value> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let mut seen = visitor.staff("PlanProposal", &json!({"id": id}))?;
        match seen["planProposal"]["task"]["state"].as_str() {
            Some("READY" | "RUNNING") => std::thread::sleep(Duration::from_millis(50)),
            _ => return Ok(seen["planProposal"].take()),
        }
    }
    bail!("the search does not end")
}

/// The whole job of an owner.
pub fn job(visitor: &mut Visitor, form: &str, owner: [&str; 2]) -> Result<Published> {
    let id = propose(visitor, form)?;
    let version_read = version(visitor, &id)?;
    visitor.must("PublishPlan", &json!({"plan": id, "version": version_read}))?;
    let version_read = version(visitor, &id)?;
    let told = visitor.must("Convoke", &json!({"plan": id, "version": version_read}))?;
    let view = view(visitor, &id)?;
    assert_eq!(view["state"], "PUBLISHED");
    assert_eq!(view["leftOut"], json!([]));
    assert_eq!(view["placedCount"], view["candidateCount"]);
    assert_eq!(told["candidates"], view["candidateCount"]);
    assert_eq!(told["withoutAddress"], 0);
    Ok(Published {
        owner: owner.map(str::to_owned),
        examiners: list(visitor, "Examiners", "examiners")?,
        view,
    })
}

/// A plan as its owner sees it, with the phases of the regulation.
pub fn view(visitor: &mut Visitor, id: &Value) -> Result<Value> {
    let mut data = visitor.staff("Plan", &json!({"id": id}))?;
    Ok(data["plan"].take())
}

/// The version that a screen would send back.
pub fn version(visitor: &mut Visitor, id: &Value) -> Result<i64> {
    view(visitor, id)?["version"].as_i64().context("a version")
}

/// Every row of a list, page after page.
pub fn list(visitor: &mut Visitor, operation: &str, field: &str) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = visitor.staff(operation, &json!({"after": after}))?;
        let page = &page[field];
        let edges = page["edges"].as_array().context("a page")?;
        all.extend(edges.iter().map(|edge| edge["node"].clone()));
        if page["pageInfo"]["hasNextPage"] != true {
            assert_eq!(page["totalCount"].as_u64(), Some(all.len() as u64));
            return Ok(all);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The checker that is not ours finds that no rule is broken and nobody is left out.
pub fn check(house: &House, plan: &Published) -> Result<()> {
    let instance = house
        .folder
        .join(format!("{}.instance.json", plan.owner[1]));
    let solution = house
        .folder
        .join(format!("{}.solution.json", plan.owner[1]));
    let (instance, solution) = (text(&instance)?, text(&solution)?);
    let [which, name] = &plan.owner;
    house.run(&[
        "plan",
        "export",
        "--session",
        SESSION,
        which,
        name,
        "--instance",
        instance,
        "--solution",
        solution,
    ])?;
    let verdict = post::python("oracles/check_plan.py", &[instance, solution])?;
    assert!(verdict.contains("hard violations 0 "), "{verdict}");
    let written: Value = serde_json::from_str(&std::fs::read_to_string(solution)?)?;
    let slots = written["commissions"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|one| one["days"].as_array().into_iter().flatten())
        .map(|day| day["slots"].as_array().map_or(0, Vec::len));
    assert_eq!(
        plan.view["placedCount"].as_u64(),
        Some(slots.sum::<usize>() as u64)
    );
    Ok(())
}

/// Opens the authority's plan and makes commissions by hand at a centre: of each option one in the first period of the
/// samples and one in the last, of examiners of other schools. They hold everybody, and keep seats free: what is proposed
/// then is heard there, whatever the engine prefers.
pub fn commissions_at(officer: &mut Visitor, centre: &str) -> Result<()> {
    let id = open(officer, "PONCTUELLE")?;
    let plan = &id;
    let mut examiners = list(officer, "Examiners", "examiners")?;
    examiners.retain(|one| one["school"]["id"] != centre);
    for days in [["2027-05-10", "2027-05-11"], ["2027-05-20", "2027-05-21"]] {
        for option in ["SISR", "SLAM"] {
            let mut input = json!({
                "plan": plan, "version": version(officer, plan)?, "option": option, "centre": centre,
                "template": "9-4", "days": days,
            });
            let mut made = false;
            for (place, one) in examiners.iter().enumerate() {
                for other in &examiners[place + 1..] {
                    input["members"] = json!([one["id"], other["id"]]);
                    made = made
                        || officer
                            .act("AddCommission", &json!({"input": input}))?
                            .is_ok();
                }
            }
            anyhow::ensure!(made, "no two examiners of {option} sit at {centre} then");
        }
    }
    Ok(())
}
