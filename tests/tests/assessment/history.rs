//! Twenty writers of one grid at once, and a checker of what they were told.
//!
//! The checker knows nothing of how saves are merged. It takes what each writer sent, what he had seen and what he was
//! answered, and what is kept at the end: each accepted value must have been put in the place of one that its writer had
//! seen (or of the same), in one order; none may be missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Result, ensure};
use delos_application::CommandError;
use delos_application::assessment::EntryAnswer;
use delos_domain::actor::Actor;
use uuid::Uuid;

use super::world::World;

/// Writers, and what each types.
const WRITERS: usize = 20;

fn edits() -> usize {
    std::env::var("DELOS_TEST_HISTORY_EDITS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(25)
}

/// A value that was accepted.
#[derive(Clone, Debug)]
struct Accepted {
    field: String,
    value: String,
    /// The version that its writer had seen.
    seen: i64,
    /// The version that it made.
    made: i64,
}

/// What is wrong with a history: values that were replaced by somebody who had not seen them, and those that are missing.
///
fn faults(accepted: &[Accepted], last: &BTreeMap<String, (String, i64)>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fields: BTreeMap<&str, Vec<&Accepted>> = BTreeMap::new();
    for one in accepted {
        fields.entry(&one.field).or_default().push(one);
    }
    for (field, mut all) in fields {
        all.sort_by_key(|one| one.made);
        for pair in all.windows(2) {
            let (former, later) = (pair[0], pair[1]);
            if later.seen < former.made {
                faults.push(format!(
                    "{field}: {} of version {} was replaced by {}, whose writer had seen version {}",
                    former.value, former.made, later.value, later.seen
                ));
            }
        }
        let kept = last.get(field).map(|(value, _)| value.as_str());
        if all.last().map(|one| one.value.as_str()) != kept {
            faults.push(format!(
                "{field}: {kept:?} is kept, not the last that was accepted"
            ));
        }
    }
    faults
}

/// Types for one writer. A careful one says what he has seen; a careless one claims to have seen everything: that is what
/// the house would do if it compared no versions.
async fn write(
    world: Arc<World>,
    who: Actor,
    number: usize,
    careful: bool,
) -> Result<Vec<Accepted>> {
    let fields = ["note", "inspected", "extended_why", "text.appreciation"];
    let mut accepted = Vec::new();
    let mut seen = 0;
    for edit in 0..edits() {
        let field = fields[(number + edit) % fields.len()];
        let value = format!("{number}/{edit}");
        let base = if careful { seen } else { i64::MAX };
        let saved = loop {
            let key = Uuid::now_v7();
            match world.save_as(&who, 0, key, &[(field, &value, base)]).await {
                Ok(saved) => break saved,
                // Too many at once: the post sends it again.
                Err(CommandError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        };
        match &saved.entries[..] {
            [EntryAnswer::Saved] => accepted.push(Accepted {
                field: field.to_owned(),
                value,
                seen,
                made: saved.version,
            }),
            [EntryAnswer::Conflict] => ensure!(careful, "a conflict with everything seen"),
            other => anyhow::bail!("{other:?}"),
        }
        // Now and then one looks away for a while.
        if edit % 3 != 2 {
            seen = world.view(&who, 0).await?.version;
        }
    }
    Ok(accepted)
}

async fn run(world: &Arc<World>, careful: bool) -> Result<(Vec<Accepted>, Vec<String>)> {
    let mut tasks = Vec::new();
    for number in 0..WRITERS {
        let who = world.members[number % world.members.len()].clone();
        tasks.push(tokio::spawn(write(world.clone(), who, number, careful)));
    }
    let mut accepted = Vec::new();
    for task in tasks {
        accepted.extend(task.await??);
    }
    let view = world.view(&world.members[0], 0).await?;
    let last = view
        .fields
        .iter()
        .map(|one| (one.field.clone(), (one.value.clone(), one.version)))
        .collect();
    let values: BTreeSet<&str> = accepted.iter().map(|one| one.value.as_str()).collect();
    ensure!(values.len() == accepted.len(), "values are unique");
    let faults = faults(&accepted, &last);
    Ok((accepted, faults))
}

pub async fn twenty_writers(world: World) -> Result<()> {
    let world = Arc::new(world);
    let (accepted, found) = run(&world, true).await?;
    println!(
        "{WRITERS} writers, {} edits each: {} accepted, {} faults",
        edits(),
        accepted.len(),
        found.len()
    );
    ensure!(accepted.len() > WRITERS, "too few edits were accepted");
    ensure!(found.is_empty(), "{}", found.join("\n"));
    // The checker sees what happens when versions are not compared.
    let (accepted, found) = run(&world, false).await?;
    println!(
        "without the comparison of versions: {} accepted, {} faults",
        accepted.len(),
        found.len()
    );
    ensure!(!found.is_empty(), "the checker sees nothing");
    Ok(())
}
