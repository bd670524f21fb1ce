//! Worlds that differ in what is sealed, asked the same.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, Days, TimeDelta, Utc};
use delos_application::{delivery, remind};
use delos_domain::delivery::Pace;
use delos_persistence::{Database, DatabaseAddress, MasterKey};
use delos_tests::house::Engine;
use delos_tests::http::Visitor;
use delos_tests::people::PASSWORD;
use delos_tests::streams::{Heard, Stream};
use serde_json::json;
use uuid::Uuid;

use super::asking::Transcript;
use super::ground::{Base, Counted, Moved, signals};
use super::histories::History;
use super::people::{instant, told};
use super::situations::{Situations, lay};

/// Worlds at each instant where nobody says otherwise: what a minute of CI allows.
const WORLDS: u64 = 2;
/// Acts of a history before it is first asked, at most.
const ACTS: usize = 40;

/// What one world answered.
struct World {
    /// Two runs through everything, more being sealed between them.
    runs: Vec<Transcript>,
    /// What a stream told while its candidate's commission was at work.
    stream: Option<Vec<String>>,
    /// Messages that stand, and letters that would leave.
    mails: String,
    /// Statements of the first run, by their text; known on PostgreSQL alone.
    statements: Option<BTreeMap<String, usize>>,
    done: BTreeMap<&'static str, usize>,
}

/// Every world answers as the one where nothing was entered.
pub async fn answer_alike(engine: Engine) -> Result<()> {
    let Some(situations) = Box::pin(lay(engine, "worlds")).await? else {
        return Ok(());
    };
    let count = std::env::var("DELOS_TEST_WORLDS").ok();
    let count = count.and_then(|text| text.parse().ok()).unwrap_or(WORLDS);
    let start = std::time::Instant::now();
    let (mut worlds, mut answers, mut done) = (0, 0, BTreeMap::<&str, usize>::new());
    for (name, now) in [
        ("noon", instant(situations.first, 750)),
        (
            "the next evening",
            instant(situations.first + Days::new(1), 1_200),
        ),
    ] {
        let name = name.replace(' ', "-");
        let model = situations.at(&name, now).await?;
        let nothing = world(&situations, &model, (&format!("{name}-0"), now), None).await?;
        let covered = nothing.runs[0].must_cover().context("the first world")?;
        for number in 1..=count {
            let seed = number + now.timestamp().unsigned_abs();
            let copy = format!("{name}-{number}");
            let one = world(&situations, &model, (&copy, now), Some(seed)).await?;
            let which = || {
                format!(
                    "{engine:?}, {name}, world {number}, seed {seed}: {:?}",
                    one.done
                )
            };
            one.compare(&nothing).with_context(which)?;
            ensure!(one.runs[0].must_cover().with_context(which)? == covered);
            ensure!(
                one.done.contains_key("save"),
                "nothing was entered: {}",
                which()
            );
            worlds += one.runs.len();
            answers += one.runs.iter().map(|run| run.all.len()).sum::<usize>();
            for (what, times) in one.done {
                *done.entry(what).or_default() += times;
            }
        }
        println!(
            "{engine:?}, {name}: {covered} fields and routes answered with data in each world; {} candidates; {} statements a run",
            situations.cases.len(),
            nothing.statements.map_or_else(
                || "untraced".to_owned(),
                |all| all.values().sum::<usize>().to_string()
            ),
        );
    }
    println!(
        "{engine:?}: {worlds} worlds, {answers} answers alike in {:?}; sealed: {done:?}",
        start.elapsed()
    );
    for what in [
        "save",
        "validation",
        "visa",
        "reopening",
        "consigned",
        "transmitted",
        "taken back",
    ] {
        ensure!(done.contains_key(what), "no world has a {what}: {done:?}");
    }
    Ok(())
}

impl World {
    fn compare(&self, other: &Self) -> Result<()> {
        for (place, (one, two)) in self.runs.iter().zip(&other.runs).enumerate() {
            if let Some(difference) = one.difference(two) {
                bail!("run {place}: {difference}");
            }
        }
        ensure!(
            self.stream == other.stream,
            "streams: {:?} and {:?}",
            self.stream,
            other.stream
        );
        if self.mails != other.mails {
            let mut lines = self.mails.lines().zip(other.mails.lines());
            bail!("mails: {:?}", lines.find(|(one, two)| one != two));
        }
        ensure!(
            self.statements == other.statements,
            "statements: {:?}",
            difference(self.statements.as_ref(), other.statements.as_ref())
        );
        Ok(())
    }
}

fn difference(
    one: Option<&BTreeMap<String, usize>>,
    two: Option<&BTreeMap<String, usize>>,
) -> Vec<String> {
    let (Some(one), Some(two)) = (one, two) else {
        return vec!["one of them was not traced".to_owned()];
    };
    let all = one.keys().chain(two.keys());
    let mut differ: Vec<String> = all
        .filter(|text| one.get(*text) != two.get(*text))
        .map(|text| format!("{:?} and {:?}: {text}", one.get(text), two.get(text)))
        .collect();
    differ.dedup();
    differ
}

async fn world(
    situations: &Situations,
    model: &Base,
    (name, now): (&str, DateTime<Utc>),
    seed: Option<u64>,
) -> Result<World> {
    let base = model.copy(name).await?;
    let mut history = History::new(situations, &base, seed.unwrap_or(0), now).await?;
    let acts = seed.map_or(0, |seed| 5 + usize::try_from(seed).unwrap_or(0) % ACTS);
    history.act(acts).await?;
    if seed.is_some() {
        history.most().await?;
    }
    let log = trace(&base).await?;
    let gateway = base.serve(now)?;
    let before = log.as_ref().map(|log| statements(log, &base)).transpose()?;
    let mut runs = vec![Transcript::of(gateway.port, situations)?];
    let after = log.as_ref().map(|log| statements(log, &base)).transpose()?;
    let statements = after.zip(before).map(|(mut after, before)| {
        for (text, times) in before {
            after.entry(text).and_modify(|all| *all -= times);
        }
        after.retain(|_, times| *times > 0);
        after
    });
    history.act(acts).await?;
    runs.push(Transcript::of(gateway.port, situations)?);
    let stream = listen(situations, gateway.port, &mut history, seed.is_some()).await?;
    drop(gateway);
    let mails = mails(&base, instant(situations.next - Days::new(5), 600)).await?;
    Ok(World {
        runs,
        stream,
        mails,
        statements,
        done: history.done,
    })
}

/// A candidate listens while his commission works; then something of his own changes. All that he was told.
async fn listen(
    situations: &Situations,
    port: u16,
    history: &mut History<'_>,
    sealed: bool,
) -> Result<Option<Vec<String>>> {
    let Some(signals) = signals()? else {
        return Ok(None);
    };
    history.signal_by(signals);
    let case = &situations.cases[2];
    let login = json!({
        "authority": situations.authority_code, "number": case.number, "password": PASSWORD,
    });
    let mut visitor = Visitor::new(port);
    visitor.post("/auth/candidate", &login)?.expect(200)?;
    let document = json!({"query": "subscription { myExamChanged }"});
    let stream = Stream::ask(&visitor, "/graphql/candidate/live", &document)?;
    // Until this process is heard there.
    let mut tries = 0;
    loop {
        history.tell_exam(case.candidate);
        tokio::time::sleep(Duration::from_millis(100)).await;
        if stream.next(Duration::from_millis(200)).is_some() {
            break;
        }
        tries += 1;
        ensure!(tries < 50, "the stream hears nothing");
    }
    while stream.next(Duration::from_millis(400)).is_some() {}
    if sealed {
        let one = history
            .come()
            .into_iter()
            .find(|one| one.candidate == case.candidate);
        history.whole(&one.context("his sitting")?).await?;
        history.act(5).await?;
    }
    history.tell_exam(case.candidate);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut heard = Vec::new();
    while let Some(said) = stream.next(Duration::from_millis(500)) {
        heard.push(match said {
            Heard::Next(value) => value.to_string(),
            other => format!("{other:?}"),
        });
    }
    ensure!(heard.len() == 1, "one thing changed: {heard:?}");
    Ok(Some(heard))
}

/// Every message that stands, and the letters of the reminders that the house would send by itself.
async fn mails(base: &Base, now: DateTime<Utc>) -> Result<String> {
    let row = "kind || ' ' || address || ' ' || subject || ' ' || revision || ' ' || status || ' ' || attempt || ' ' || not_before \
               || ' ' || created_at || ' ' || coalesce(cast(sent_at as text), '') || ' ' || coalesce(cast(acknowledged_at as text), '')";
    let sql = match base.engine {
        Engine::Sqlite => format!(
            "select group_concat(one, char(10)) from (select hex(id) || ' ' || hex(payload) || ' ' || {row} as one from outbox_message order by id)"
        ),
        Engine::Postgres => format!(
            "select string_agg(id::text || ' ' || encode(payload, 'hex') || ' ' || {row}, chr(10) order by id) from outbox_message"
        ),
    };
    let mut all = base.read(&sql).await?;
    let mut context = base.context(Moved::at(now)).await?;
    context.ids = Counted::new();
    let reminders = remind::send_reminders(&context).await.map_err(told)?;
    ensure!(reminders > 0, "nobody is reminded");
    let lease = TimeDelta::minutes(5);
    let claimed = delivery::claim(&context, Uuid::nil(), 500, lease, &Pace::default()).await;
    let mut letters = Vec::new();
    for one in claimed.map_err(told)? {
        let letter = delivery::compose(&context, &one).await.map_err(told)?;
        let letter = letter.map_err(|error| anyhow::anyhow!("{error}"))?;
        letters.push(format!("\n{} {} {letter:?}", one.id, one.address));
    }
    ensure!(letters.len() == reminders, "{} letters", letters.len());
    letters.sort();
    all.extend(letters);
    Ok(all)
}

/// Has the server write every statement of this base from here on; the file that it writes them to.
async fn trace(base: &Base) -> Result<Option<std::ffi::OsString>> {
    if base.engine == Engine::Sqlite {
        return Ok(None);
    }
    let log = std::env::var_os("DELOS_TEST_POSTGRES_LOG").context("no log of PostgreSQL")?;
    let server = std::env::var("DELOS_TEST_POSTGRES")?;
    let address = DatabaseAddress::parse(&server).context("an address")?;
    let door = Database::open(&address, MasterKey::new([0; 32]), false).await?;
    let order = format!("alter database {} set log_statement = 'all'", name(base)?);
    door.execute_for_test(&order).await?;
    Ok(Some(log))
}

fn name(base: &Base) -> Result<&str> {
    base.url.rsplit('/').next().context("a base")
}

/// Statements that the server has run in a base so far. The driver's own question whether a connection lives is none.
fn statements(log: &std::ffi::OsStr, base: &Base) -> Result<BTreeMap<String, usize>> {
    let of = format!("] {} LOG:  ", name(base)?);
    let text = std::fs::read(log)?;
    let mut all = BTreeMap::new();
    for line in String::from_utf8_lossy(&text).lines() {
        let Some((_, said)) = line.split_once(&of) else {
            continue;
        };
        let is_one = said.starts_with("execute ") || said.starts_with("statement: ");
        if let Some((_, sql)) = said.split_once(": ")
            && is_one
            && !sql.contains("SQLx ping")
        {
            *all.entry(sql.to_owned()).or_default() += 1;
        }
    }
    Ok(all)
}
