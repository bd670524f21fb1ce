//! Five leaks, each planted in the database of one world as a careless change would make it: a sealed fact copied into what
//! a candidate is shown. The comparison must catch each of them; it is worth nothing otherwise.

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use delos_tests::house::Engine;

use super::asking::Transcript;
use super::ground::Base;
use super::histories::History;
use super::people::instant;
use super::situations::{Situations, lay};

/// A leak: when which rows change, what follows.
struct Leak {
    kind: &'static str,
    /// What is written, and to which table.
    event: &'static str,
    /// On which rows only.
    when: &'static str,
    /// What a candidate is shown changes with it.
    then: &'static str,
}

const LEAKS: [Leak; 5] = [
    Leak {
        kind: "update time",
        event: "insert on journal",
        when: "new.operation = 'EditAssessment'",
        then: "update outbox_message set acknowledged_at = new.at where acknowledged_at is not null",
    },
    Leak {
        kind: "state",
        event: "update on candidate",
        when: "new.assessment_state = 'transmitted' and not new.keeps_mark",
        then: "update candidate set keeps_mark = true where id = new.id",
    },
    Leak {
        kind: "order",
        event: "update on assessment",
        when: "new.version > old.version",
        then: "update outbox_message set revision = revision + 1000 where revision = 1 and kind = 'candidate_convocation'",
    },
    Leak {
        kind: "count",
        event: "insert on assessment_save",
        when: "new.save_key is not null",
        then: "insert into authority (id, code, name) values (new.save_key, NEW_CODE, 'Service des examens')",
    },
    Leak {
        kind: "error",
        event: "insert on visa",
        when: "new.void_at is null",
        then: "update outbox_message set payload = NOTHING where kind = 'candidate_convocation'",
    },
];

impl Leak {
    fn sql(&self, engine: Engine) -> Result<String> {
        let (verb, table) = self.event.split_once(" on ").context("an event")?;
        let (when, then) = (self.when, self.then);
        Ok(match engine {
            Engine::Sqlite => {
                let then = then
                    .replace("NEW_CODE", "hex(new.save_key)")
                    .replace("NOTHING", "x'00'");
                format!(
                    "create trigger leak after {verb} on {table} for each row when {when} begin {then}; end"
                )
            }
            Engine::Postgres => {
                let then = then
                    .replace("NEW_CODE", "new.save_key::text")
                    .replace("NOTHING", "'\\x00'::bytea");
                format!(
                    "create function leak() returns trigger language plpgsql as $$ begin {then}; return null; end $$; \
                     create trigger leak after {verb} on {table} for each row when ({when}) execute function leak()"
                )
            }
        })
    }
}

/// Each of the five is, and the same history without one is not.
pub async fn are_caught(engine: Engine) -> Result<()> {
    let Some(situations) = Box::pin(lay(engine, "leaks")).await? else {
        return Ok(());
    };
    let now = instant(situations.first, 750);
    let model = situations.at("model", now).await?;
    let nothing = run(&situations, &model, ("nothing", now), None, false).await?;
    let honest = run(&situations, &model, ("honest", now), None, true).await?;
    if let Some(difference) = honest.difference(&nothing) {
        anyhow::bail!("without a leak: {difference}");
    }
    let mut caught = Vec::new();
    for leak in &LEAKS {
        let name = leak.kind.replace(' ', "-");
        let leaking = run(&situations, &model, (&name, now), Some(leak), true).await?;
        let difference = leaking.difference(&nothing);
        let difference = difference.with_context(|| format!("not caught: {}", leak.kind))?;
        let first = difference.lines().next().unwrap_or_default();
        let first: String = first.chars().take(90).collect();
        caught.push(format!("{} ({first})", leak.kind));
    }
    ensure!(caught.len() == LEAKS.len());
    println!(
        "{engine:?}: {} of {} leaks caught: {}",
        caught.len(),
        LEAKS.len(),
        caught.join("; ")
    );
    Ok(())
}

async fn run(
    situations: &Situations,
    model: &Base,
    (name, now): (&str, DateTime<Utc>),
    leak: Option<&Leak>,
    sealed: bool,
) -> Result<Transcript> {
    let base = model.copy(name).await?;
    if let Some(leak) = leak {
        base.execute(&leak.sql(base.engine)?).await?;
    }
    if sealed {
        let mut history = History::new(situations, &base, 1, now).await?;
        for one in history.come() {
            history.whole(&one).await?;
        }
        ensure!(history.done.contains_key("visa"), "{:?}", history.done);
    }
    let gateway = base.serve(now)?;
    Transcript::of(gateway.port, situations)
}
