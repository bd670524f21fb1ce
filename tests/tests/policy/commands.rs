//! What the system does for itself: each command with its operation, and the lines about it on the command line.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use delos_domain::policy::OperationName as Op;
use delos_domain::policy::Relation;
use delos_persistence::MasterKey;
use delos_tests::services;
use uuid::Uuid;

use super::lines::{Answer, Line};
use super::matters::SCHOOLS;
use super::surfaces::{Behind, check};
use super::world::{OTHER_YEAR, World};
use Behind::{Open, Operations};
use delos_tests::house::{REGULATION, SESSION, sample, text};

/// A year that the house has no session of.
const NO_YEAR: &str = "2031";

/// Subcommands of `delos`.
const COMMANDS: &[(&str, Behind)] = &[
    (
        "serve",
        Operations(&[
            Op::RunTask,
            Op::DeliverMessage,
            Op::SendReminders,
            Op::AcknowledgeByLink,
            Op::Reschedule,
        ]),
    ),
    (
        "worker",
        Operations(&[
            Op::RunTask,
            Op::DeliverMessage,
            Op::SendReminders,
            Op::Reschedule,
        ]),
    ),
    ("bounce", Operations(&[Op::RecordBounce])),
    (
        "migrate",
        Open("changes the schema, never a row of anybody's"),
    ),
    ("init", Operations(&[Op::InitHouse])),
    ("session set", Operations(&[Op::SetSessionDates])),
    (
        "demo",
        Open("lays a house of its own, in which its people act by the commands of everybody"),
    ),
    (
        "import schools",
        Operations(&[Op::ImportSchools, Op::RunTask]),
    ),
    (
        "import examiners",
        Operations(&[Op::ImportExaminers, Op::RunTask]),
    ),
    (
        "import candidates",
        Operations(&[Op::ImportCandidates, Op::RunTask]),
    ),
    (
        "plan day",
        Open("computes from its arguments; it opens no house"),
    ),
    ("plan export", Operations(&[Op::ExportPlan])),
    ("regulation check", Open("reads the file that it is given")),
    (
        "render",
        Open("prints the data of a file that it is given; it opens no house"),
    ),
    ("schema staff", Open("prints what is committed")),
    ("schema candidate", Open("prints what is committed")),
    ("schema report", Open("prints what is committed")),
    (
        "plan session",
        Open("reads the file that it is given; it opens no house"),
    ),
    (
        "plan compare",
        Open("reads the files that it is given; it opens no house"),
    ),
    (
        "harmonise",
        Open("reads the files that it is given; it opens no house"),
    ),
    (
        "doctor",
        Open("says how the house is, and nothing of what is in it"),
    ),
];

/// A subcommand without an entry, or an entry without a subcommand.
pub fn every_command_has_an_entry_and_every_entry_is_one() -> Result<()> {
    if services::binary().is_none() {
        services::skip("no binary");
        return Ok(());
    }
    let mut there = BTreeSet::new();
    for one in subcommands(&[])? {
        let below = subcommands(&[&one])?;
        if below.is_empty() {
            there.insert(one);
        } else {
            there.extend(below.into_iter().map(|two| format!("{one} {two}")));
        }
    }
    check("delos --help", &there, COMMANDS)
}

/// What `--help` lists under its commands.
fn subcommands(of: &[&str]) -> Result<Vec<String>> {
    let binary = services::binary().context("a binary")?;
    let output = Command::new(binary).args(of).arg("--help").output()?;
    ensure!(
        output.status.success(),
        "delos {of:?} --help: {}",
        output.status
    );
    let help = String::from_utf8(output.stdout)?;
    Ok(help
        .lines()
        .skip_while(|line| *line != "Commandes:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect())
}

/// One line about the system.
pub fn execute(world: &World, line: Line) -> Result<()> {
    match line.answer {
        Answer::Allow => allowed(world, line.operation),
        // There is no command to ask by: the table of commands is the whole of `--help`, its own test says so.
        Answer::Role => {
            let offered = COMMANDS.iter().find(|(_, behind)| match behind {
                Operations(all) => all.contains(&line.operation),
                Open(_) => false,
            });
            ensure!(
                offered.is_none(),
                "the command line offers {}",
                line.operation.name()
            );
            Ok(())
        }
        Answer::Hidden => denied(world, line),
    }
}

/// The command of an operation in a session, and nothing else said.
fn command(world: &World, operation: Op, session: &str) -> Result<Vec<String>> {
    let file = |name: &str| -> Result<String> { Ok(text(&sample(name))?.to_owned()) };
    let own =
        |name: &str| -> Result<String> { Ok(text(&world.house.folder.join(name))?.to_owned()) };
    let words: Vec<String> = match operation {
        Op::InitHouse => {
            let fixed = [
                "init",
                "--regulation",
                REGULATION,
                "--admin-email",
                "third@delos.example",
            ];
            fixed.map(str::to_owned).to_vec()
        }
        Op::SetSessionDates => vec!["session".into(), "set".into(), own("session.toml")?],
        Op::ImportSchools => vec![
            "import".into(),
            "schools".into(),
            file("etablissements.csv")?,
        ],
        // An import puts a task and runs it to its end.
        Op::ImportExaminers | Op::RunTask => {
            vec![
                "import".into(),
                "examiners".into(),
                file("examinateurs.csv")?,
            ]
        }
        Op::ImportCandidates => vec!["import".into(), "candidates".into(), file("candidats.csv")?],
        Op::ExportPlan => {
            let (instance, solution) = (own("instance.json")?, own("solution.json")?);
            vec![
                "plan".into(),
                "export".into(),
                "--instance".into(),
                instance,
                "--solution".into(),
                solution,
            ]
        }
        other => bail!("no command does {}", other.name()),
    };
    Ok([words, vec!["--session".into(), session.into()]].concat())
}

fn allowed(world: &World, operation: Op) -> Result<()> {
    // What only a signed link, or the nearness of a date, sets going has its own tests: `letters` of the doors.
    if matches!(operation, Op::SendReminders | Op::AcknowledgeByLink) {
        return Ok(());
    }
    if operation == Op::Reschedule {
        // Those whose date was taken from them by the lines before have been looked for by the worker of the house.
        let ended = world.house.read(
            "select cast(count(*) as text) from task where kind = 'reschedule' and state = 'done' and account_id is null",
        )?;
        ensure!(ended.trim() != "0", "nobody was given another date");
        return Ok(());
    }
    if operation == Op::DeliverMessage {
        // The worker that the house was opened with has delivered everybody's invitation already.
        ensure!(!world.house.relay.accepted()?.is_empty(), "no mail");
        return Ok(());
    }
    if operation == Op::RecordBounce {
        let report = came_back(world)?;
        let said = run(world, &["bounce".to_owned(), report])?;
        ensure!(said.contains("inscrit"), "{said}");
        return Ok(());
    }
    let session = if operation == Op::InitHouse {
        "2029"
    } else {
        SESSION
    };
    let mut words = command(world, operation, session)?;
    if operation == Op::ExportPlan {
        words.extend(["--school".to_owned(), SCHOOLS[0].to_owned()]);
    }
    run(world, &words).map(drop)
}

/// The report of a message of this house that came back, in a file.
fn came_back(world: &World) -> Result<String> {
    let key = std::fs::read_to_string(world.house.folder.join("house/data.key"))?;
    let key: Vec<u8> = (0..32)
        .map(|place| u8::from_str_radix(&key[2 * place..2 * place + 2], 16))
        .collect::<Result<_, _>>()?;
    let key = MasterKey::new(key.try_into().ok().context("32 bytes")?);
    let hex = if world.house.database().starts_with("sqlite") {
        "lower(hex(id))"
    } else {
        "replace(cast(id as text), '-', '')"
    };
    let id = world.house.read(&format!(
        "select min({hex}) from outbox_message where status = 'sent'"
    ))?;
    let id = Uuid::parse_str(id.trim())?;
    let mark: Vec<String> = key.mark("delos-bounce-v1", id.as_bytes())[..10]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mark = mark.concat();
    let report = format!(
        "From: MAILER-DAEMON@mx.example\r\nDelivered-To: bounce+{}.{mark}@retours.example\r\n\r\n550 5.1.1 Nobody\r\n",
        id.simple()
    );
    let file = world.house.folder.join("came-back.eml");
    std::fs::write(&file, report)?;
    Ok(text(&file)?.to_owned())
}

/// The system acts in the session that it is told; all that is there stands to it as something of the session. Nothing
/// narrower can be said to a command, and what is not of the session is not found in it.
fn denied(world: &World, line: Line) -> Result<()> {
    let mut words = match (line.operation, line.relation) {
        // A worker is told nothing at all: it serves the whole house.
        (Op::RecordBounce, _) => vec!["bounce".to_owned()],
        (
            Op::RunTask
            | Op::DeliverMessage
            | Op::SendReminders
            | Op::AcknowledgeByLink
            | Op::Reschedule,
            _,
        ) => vec!["worker".to_owned()],
        // The one session that cannot be laid is one that there is.
        (Op::InitHouse, Relation::None) => command(world, line.operation, SESSION)?,
        (operation, Relation::None) => command(world, operation, NO_YEAR)?,
        // A plan of another session's is no plan of this school's or authority's.
        (Op::ExportPlan, _) => command(world, line.operation, OTHER_YEAR)?,
        (Op::InitHouse, _) => command(world, line.operation, NO_YEAR)?,
        (operation, _) => command(world, operation, SESSION)?,
    };
    let mut say = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
    match line.relation {
        Relation::Own => say("--candidate", "2210005814"),
        Relation::School => say("--school", SCHOOLS[0]),
        Relation::Centre => say("--centre", SCHOOLS[0]),
        Relation::Commission => say("--commission", "1"),
        Relation::Authority => say("--authority", "07"),
        Relation::AuthoritySchool => {
            say("--authority", "07");
            say("--school", SCHOOLS[0]);
        }
        Relation::None => match line.operation {
            Op::RunTask
            | Op::DeliverMessage
            | Op::SendReminders
            | Op::AcknowledgeByLink
            | Op::Reschedule
            | Op::RecordBounce => {
                say("--session", NO_YEAR);
            }
            Op::ExportPlan => say("--school", SCHOOLS[0]),
            _ => {}
        },
        Relation::Session => bail!("everything of a session is the system's"),
    }
    let refused = match run(world, &words) {
        Ok(said) => bail!("{words:?} was done: {said}"),
        Err(refused) => refused.to_string(),
    };
    let why = [
        "n’est pas une option de cette commande",
        "ne va pas avec",
        "n’est pas ouverte dans cette maison",
        "est déjà ouverte dans cette maison",
        "il n’y a pas encore de planning à exporter",
    ];
    ensure!(
        why.iter().any(|one| refused.contains(one)),
        "refused otherwise: {refused}"
    );
    Ok(())
}

fn run(world: &World, words: &[String]) -> Result<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    world.house.run(&words)
}
