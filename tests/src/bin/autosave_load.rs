//! Commissions that save what they type, all at once, through HTTP.
//!
//!     autosave-load --database sqlite|postgres --folder DIR [--commissions N] [--seconds S]
//!
//! Each commission has a member who saves an entry or several every two seconds, as the front does, and another who now and
//! then writes in the same lines. At the end everything is read back from the database: what was accepted last must stand
//! there, whoever it was. Then: saves, latencies (median, 99th percentile, longest), lost values, conflicts, and those among
//! the conflicts that nobody was told of.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Days, Utc};
use delos_domain::actor::Actor;
use delos_domain::calendar::at_minute;
use delos_domain::ids::{AccountId, ExaminerId, IdentityId, MandateId};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::scope::{ReadAssessment, ReadDay};
use delos_persistence::accounts::{self, AccountRecord, WebSession};
use delos_persistence::identities::IdentityRecord;
use delos_persistence::sittings::{self, DatedSitting, SittingFilter};
use delos_persistence::{Database, assessments, envelope, plans, schools};
use delos_tests::campaign::laying::{self, Ground, Laid};
use delos_tests::http::Visitor;
use delos_tests::services;
use serde_json::{Value, json};
use uuid::Uuid;

/// How often a post saves: what the front does while somebody types.
const EVERY: Duration = Duration::from_secs(2);
/// Candidates of a school laid for the campaign; it has two commissions or more.
const CANDIDATES_A_SCHOOL: usize = 24;

struct Options {
    sqlite: bool,
    folder: PathBuf,
    commissions: usize,
    seconds: u64,
}

impl Options {
    fn read() -> Result<Self> {
        let mut options = Self {
            sqlite: false,
            folder: PathBuf::new(),
            commissions: 300,
            seconds: 120,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let value = words
                .next()
                .with_context(|| format!("{word} needs a value"))?;
            match (word.as_str(), value.as_str()) {
                ("--database", "sqlite") => options.sqlite = true,
                ("--database", "postgres") => options.sqlite = false,
                ("--folder", folder) => options.folder = folder.into(),
                ("--commissions", number) => {
                    options.commissions = number.parse().context("--commissions")?;
                }
                ("--seconds", number) => options.seconds = number.parse().context("--seconds")?,
                _ => bail!("unexpected {word} {value}"),
            }
        }
        if options.folder.as_os_str().is_empty() {
            bail!("--folder is missing");
        }
        Ok(options)
    }
}

/// A member at his post.
struct Post {
    visitor: Visitor,
    account: AccountId,
    sitting: DatedSitting,
    fields: Vec<&'static str>,
    /// How long after the others it saves, so that they do not all save in the same instant.
    offset: Duration,
    number: usize,
}

/// What one post saw.
#[derive(Default)]
struct Seen {
    latencies: Vec<Duration>,
    /// Values that were accepted, each with the version that it made, by sitting and field.
    accepted: Vec<(Uuid, String, i64, String)>,
    conflicts: usize,
    /// Conflicts whose answer did not show the other's value.
    untold: usize,
    failures: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let options = Options::read()?;
    if options.folder.exists() {
        std::fs::remove_dir_all(&options.folder)?;
    }
    let data = options.folder.join("house");
    std::fs::create_dir_all(&data)?;
    let url = if options.sqlite {
        laying::sqlite_in(&data)
    } else {
        services::postgres_database()
            .await?
            .context("no PostgreSQL")?
    };
    let ground = Ground {
        url: url.clone(),
        data: &data,
        folder: &options.folder,
        environment: Vec::new(),
    };
    // A school has two commissions at least.
    let schools = options.commissions.div_ceil(2);
    let laid = laying::house(ground, schools * CANDIDATES_A_SCHOOL).await?;
    let all = commissions(&laid, options.commissions).await?;
    if all.len() < options.commissions {
        bail!("{} commissions only", all.len());
    }
    let day = all.iter().map(|(one, _)| one.day).min().context("a day")?;
    let at = at_minute(day, 8 * 60).and_utc();
    let port = delos_tests::house::port()?;
    let mut served = serve(&data, &url, port, at, &options.folder)?;
    let outcome = run(&laid.database, &all, port, at, &options).await;
    let _ = served.kill();
    let _ = served.wait();
    outcome
}

/// A sitting of each commission, with the commission's members.
async fn commissions(laid: &Laid, wanted: usize) -> Result<Vec<(DatedSitting, Vec<ExaminerId>)>> {
    let reader = laid.database.read();
    let mut all: BTreeMap<Uuid, (DatedSitting, Vec<ExaminerId>)> = BTreeMap::new();
    for school in schools::of_session(&reader, laid.session).await? {
        let today = Utc::now().date_naive();
        let head = laying::head_of(&school, laid.session, today);
        let scope = head
            .scope::<ReadDay>(today)
            .map_err(|_| anyhow::anyhow!("forbidden"))?;
        let sittings = sittings::list(&reader, &scope, &SittingFilter::default()).await?;
        let Some(plan) = sittings.first().map(|one| one.plan) else {
            continue;
        };
        let commissions = plans::commissions(&reader, plan).await?;
        for one in sittings {
            let of = commissions.iter().find(|of| of.id == one.commission);
            let members = of.context("its commission")?.members.clone();
            all.entry(one.commission.0).or_insert((one, members));
        }
        if all.len() >= wanted {
            break;
        }
    }
    Ok(all.into_values().take(wanted).collect())
}

fn serve(
    data: &std::path::Path,
    url: &str,
    port: u16,
    at: DateTime<Utc>,
    folder: &std::path::Path,
) -> Result<Child> {
    let log = std::fs::File::create(folder.join("served.log"))?;
    let served = Command::new(services::binary().context("DELOS_TEST_BINARY is not set")?)
        .args(["serve", "--development", "--no-worker"])
        .args(["--at", &at.to_rfc3339()])
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .arg("--data")
        .arg(data)
        .env("DELOS_DATABASE__URL", url)
        .stdout(Stdio::from(log.try_clone()?))
        .stderr(Stdio::from(log))
        .spawn()?;
    let start = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        if start.elapsed() > Duration::from_mins(1) {
            bail!("the house does not open");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(served)
}

async fn run(
    database: &Database,
    all: &[(DatedSitting, Vec<ExaminerId>)],
    port: u16,
    at: DateTime<Utc>,
    options: &Options,
) -> Result<ExitCode> {
    let mut posts = Vec::new();
    for (number, (sitting, members)) in all.iter().enumerate() {
        for (place, member) in members.iter().take(2).enumerate() {
            // The second looks at one commission of ten, and writes in the same fields.
            if place == 1 && number % 10 != 0 {
                continue;
            }
            let (account, visitor) = sign_in(database, sitting, *member, port, at).await?;
            posts.push(Post {
                visitor,
                account,
                sitting: sitting.clone(),
                fields: vec!["note", "inspected", "text.appreciation", "mark"],
                offset: EVERY.mul_f64(f64::from(u32::try_from(number).unwrap_or(0) % 97) / 97.0),
                number: number * 2 + place,
            });
        }
    }
    println!(
        "{} commissions, {} posts, {} s, a save every {EVERY:?} each",
        all.len(),
        posts.len(),
        options.seconds
    );
    let owners: BTreeMap<Uuid, Actor> = posts
        .iter()
        .map(|post| (post.sitting.id.0, actor_of(post, at)))
        .collect();
    let stop = Arc::new(AtomicBool::new(false));
    let begun = Instant::now();
    let threads: Vec<_> = posts
        .into_iter()
        .map(|post| {
            let stop = stop.clone();
            std::thread::spawn(move || type_away(post, &stop))
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(options.seconds)).await;
    stop.store(true, Ordering::Relaxed);
    let mut seen = Seen::default();
    for thread in threads {
        let one = thread
            .join()
            .map_err(|_| anyhow::anyhow!("a post ended by a panic"))?;
        seen.latencies.extend(one.latencies);
        seen.accepted.extend(one.accepted);
        seen.conflicts += one.conflicts;
        seen.untold += one.untold;
        seen.failures.extend(one.failures);
    }
    let lost = lost(database, &seen.accepted, &owners, at).await?;
    report(&mut seen, lost, begun.elapsed());
    Ok(
        if lost == 0 && seen.untold == 0 && seen.failures.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        },
    )
}

fn report(seen: &mut Seen, lost: usize, took: Duration) {
    seen.latencies.sort();
    let at = |part: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let place = ((seen.latencies.len() as f64 * part) as usize)
            .min(seen.latencies.len().saturating_sub(1));
        seen.latencies.get(place).copied().unwrap_or_default()
    };
    println!(
        "{} saves in {:.0} s: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        seen.latencies.len(),
        took.as_secs_f64(),
        at(0.5).as_secs_f64() * 1e3,
        at(0.99).as_secs_f64() * 1e3,
        at(1.0).as_secs_f64() * 1e3,
    );
    println!(
        "lost {lost}, conflicts {}, unseen conflicts {}, failures {}",
        seen.conflicts,
        seen.untold,
        seen.failures.len()
    );
    for failure in seen.failures.iter().take(5) {
        println!("  {failure}");
    }
}

/// Saves every two seconds until told to stop.
fn type_away(mut post: Post, stop: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    let mut version = 0;
    std::thread::sleep(post.offset);
    for turn in 0_usize.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let begun = Instant::now();
        if let Err(error) = save(&mut post, turn, &mut version, &mut seen) {
            seen.failures.push(format!("{error:#}"));
        }
        std::thread::sleep(EVERY.saturating_sub(begun.elapsed()));
    }
    seen
}

fn save(post: &mut Post, turn: usize, version: &mut i64, seen: &mut Seen) -> Result<()> {
    let field = post.fields[turn % post.fields.len()];
    let value = match field {
        "mark" => (turn % 21).to_string(),
        _ => format!("{}/{turn} {}", post.number, "é".repeat(turn % 200)),
    };
    let document = "mutation S($input: SaveAssessmentInput!) { saveAssessment(input: $input) { __typename ... on SavedAssessment { assessment { version fields { field value version } } entries { outcome } } ... on Refusal { code } } }";
    let input = json!({
        "sitting": post.sitting.id.to_string(),
        "key": Uuid::new_v4().to_string(),
        "entries": [{"field": field, "value": value, "base": *version}],
    });
    let begun = Instant::now();
    let answer = post.visitor.post(
        "/graphql/staff",
        &json!({"query": document, "variables": {"input": input}}),
    )?;
    seen.latencies.push(begun.elapsed());
    let body = answer.expect(200)?.json()?;
    let saved = &body["data"]["saveAssessment"];
    let kept = saved["assessment"]["fields"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["field"] == field))
        .cloned()
        .unwrap_or(Value::Null);
    match saved["entries"][0]["outcome"].as_str() {
        Some("SAVED") => {
            let made = kept["version"].as_i64().unwrap_or_default();
            let kept = kept["value"].as_str().unwrap_or_default().to_owned();
            // What is shown is what stands there now: one's own value, or another's that came since.
            seen.accepted
                .push((post.sitting.id.0, field.to_owned(), made, kept));
        }
        Some("CONFLICT") => {
            seen.conflicts += 1;
            seen.untold += usize::from(kept["value"].as_str().is_none_or(|other| other == value));
        }
        _ => bail!("{body}"),
    }
    *version = saved["assessment"]["version"].as_i64().unwrap_or(*version);
    Ok(())
}

/// Values that were shown as kept last and do not stand in the database.
async fn lost(
    database: &Database,
    accepted: &[(Uuid, String, i64, String)],
    owners: &BTreeMap<Uuid, Actor>,
    at: DateTime<Utc>,
) -> Result<usize> {
    let mut last: BTreeMap<(Uuid, &str), (i64, &str)> = BTreeMap::new();
    for (sitting, field, version, value) in accepted {
        let one = last.entry((*sitting, field)).or_insert((*version, value));
        if *version > one.0 {
            *one = (*version, value);
        }
    }
    let reader = database.read();
    let mut lost = 0;
    for (id, who) in owners {
        let scope = who
            .scope::<ReadAssessment>(at.date_naive())
            .map_err(|_| anyhow::anyhow!("forbidden"))?;
        let sitting = delos_domain::ids::SittingId(*id);
        let kept = assessments::of_sittings(&reader, &[sitting]).await?;
        let sheet = kept.get(&sitting).map(|one| one.sheet.open(&scope));
        for ((_, field), (version, value)) in last.range((*id, "")..=(*id, "\u{10ffff}")) {
            let found = sheet.and_then(|sheet| {
                let mut fields = sheet.fields.iter();
                fields.find(|(one, _)| one.to_string() == *field)
            });
            let stands = found.is_some_and(|(_, kept)| {
                kept.version > *version || kept.version == *version && kept.value == *value
            });
            lost += usize::from(!stands);
        }
    }
    Ok(lost)
}

/// An account whose second factor was shown, signed in.
async fn sign_in(
    database: &Database,
    sitting: &DatedSitting,
    examiner: ExaminerId,
    port: u16,
    at: DateTime<Utc>,
) -> Result<(AccountId, Visitor)> {
    let tx = database.write().await?;
    let key = envelope::session_key(&tx, sitting.session.0).await?;
    let id = AccountId(Uuid::now_v7());
    let account = AccountRecord {
        id,
        login: format!("{id}@prof.example"),
        identity: IdentityRecord {
            id: IdentityId(Uuid::now_v7()),
            family_name: "Membre".to_owned(),
            usage_name: None,
            given_names: "Un".to_owned(),
            birth_date: None,
            national_number: None,
            email: None,
        },
        candidate: None,
        password_hash: None,
        disabled: false,
        failures: 0,
        failed_at: None,
        version: 1,
    };
    accounts::insert(&tx, key.id, &account).await?;
    let mandate = mandate(id, examiner, sitting, at);
    accounts::insert_mandates(&tx, std::slice::from_ref(&mandate), None).await?;
    let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let session = WebSession {
        id: Uuid::now_v7(),
        token_hash: delos_application::secrets::token_hash(&token),
        account: id,
        mandate: Some(mandate.id),
        created_at: at,
        seen_at: at,
        strong_at: Some(at),
    };
    accounts::insert_session(&tx, &session).await?;
    tx.commit(()).await?.into_inner();
    Ok((id, Visitor::with_token(port, &token)))
}

fn mandate(
    account: AccountId,
    examiner: ExaminerId,
    sitting: &DatedSitting,
    at: DateTime<Utc>,
) -> Mandate {
    Mandate {
        id: MandateId(Uuid::now_v7()),
        account,
        role: Role::Examiner,
        perimeter: Perimeter::Examiner(examiner, sitting.authority),
        session: sitting.session,
        valid_from: at.date_naive() - Days::new(10),
        valid_until: at.date_naive() + Days::new(10),
        revoked: false,
    }
}

/// Who reads back at the end: as somebody of the commission would.
fn actor_of(post: &Post, at: DateTime<Utc>) -> Actor {
    // Records are read by id; the scope only has to open what is sealed.
    let nobody = ExaminerId(Uuid::nil());
    Actor::Person {
        account: post.account,
        mandate: mandate(post.account, nobody, &post.sitting, at),
        strong: true,
    }
}
