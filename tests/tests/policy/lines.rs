//! The lines of `policy.csv`.

use anyhow::{Context as _, Result, bail};
use delos_domain::mandate::Role;
use delos_domain::policy::{Asker, OperationName, Relation};
use delos_domain::tracks::Phase;

/// What the policy answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Allow,
    /// The role never does this: told so.
    Role,
    /// Not to this, or not now: told like what does not exist.
    Hidden,
}

/// A line.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// What is asked.
    pub operation: OperationName,
    /// By whom.
    pub asker: Asker,
    /// How what is asked about stands to him.
    pub relation: Relation,
    /// Where the candidate stands, when it is about one.
    pub phase: Option<Phase>,
    /// What the committed table says.
    pub answer: Answer,
}

/// Every line of the committed table.
pub fn all() -> Result<Vec<Line>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/domain/policy.csv");
    let text = std::fs::read_to_string(file)?;
    text.lines()
        .skip(1)
        .map(|line| read(line).with_context(|| line.to_owned()))
        .collect()
}

fn read(line: &str) -> Result<Line> {
    let cells: Vec<&str> = line.split(';').collect();
    let [operation, asker, relation, phase, answer] = cells[..] else {
        bail!("not five cells");
    };
    Ok(Line {
        operation: OperationName::from_name(operation).context("an operation")?,
        asker: match asker {
            "system" => Asker::System,
            role => Asker::Person(Role::from_code(role).context("a role")?),
        },
        relation: Relation::ALL
            .into_iter()
            .find(|(_, code)| *code == relation)
            .context("a relation")?
            .0,
        phase: match phase {
            "-" => None,
            code => Some(Phase::from_code(code).context("a phase")?),
        },
        answer: match answer {
            "allow" => Answer::Allow,
            "deny:role" => Answer::Role,
            "deny:relation" | "deny:phase" => Answer::Hidden,
            _ => bail!("no answer"),
        },
    })
}
