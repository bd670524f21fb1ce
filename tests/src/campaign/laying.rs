//! A house with convocations to send, laid by the doors that people use: `delos init`, `delos session set`,
//! `delos import`, then the commands of each head of school: open, propose, publish, convoke.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use delos_application::attempts::Attempts;
use delos_application::lanes::Lanes;
use delos_application::{
    Clock, CommandError, Context, Entropy, Ids, Settings, convoke, plan_commands,
};
use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::ids::{AccountId, MandateId, SessionId};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::scope::EditPlan;
use delos_persistence::schools::SchoolRecord;
use delos_persistence::{Database, DatabaseAddress, MasterKey, plans, schools, sessions};
use delos_signals::Signals;

use super::workers::Recipe;
use crate::services;

/// Candidates of one school: a few commissions of a few days.
const CANDIDATES_A_SCHOOL: usize = 24;
const TEACHERS_A_SCHOOL: usize = 6;
/// Candidates of one file: less than what one may hold.
const CANDIDATES_A_FILE: usize = 24_000;

/// Where schools are put, in turn: an academy and a prefix of its school codes. One is eleven hours away.
const ACADEMIES: [(&str, u32); 8] = [
    ("Dijon", 21),
    ("Lyon", 69),
    ("Lille", 59),
    ("Bordeaux", 33),
    ("Nantes", 44),
    ("Rennes", 35),
    ("Toulouse", 31),
    ("La Réunion", 974),
];

/// A house whose outbox is full.
pub struct Laid {
    /// Its database.
    pub database: Database,
    /// Its session.
    pub session: SessionId,
    /// How its workers start.
    pub recipe: Recipe,
}

/// Where a house is laid, and what its workers are told.
pub struct Ground<'a> {
    /// The database's address.
    pub url: String,
    /// The house's folder.
    pub data: &'a Path,
    /// Where everything else of the campaign goes.
    pub folder: &'a Path,
    /// Settings of the workers.
    pub environment: Vec<(&'static str, String)>,
}

/// The address of an embedded file in a house's folder.
pub fn sqlite_in(data: &Path) -> String {
    format!("sqlite:{}", data.join("delos.sqlite").display())
}

/// Lays a house with at least `messages` convocations that wait.
///
/// # Errors
/// Whatever `delos` or a command refuses.
pub async fn house(ground: Ground<'_>, messages: usize) -> Result<Laid> {
    let Ground {
        url,
        data,
        folder,
        environment,
    } = ground;
    let recipe = Recipe {
        binary: services::binary().context("DELOS_TEST_BINARY is not set")?,
        data: data.to_owned(),
        environment,
        log: folder.join("workers.log"),
    };

    let today = Utc::now().date_naive();
    let first = today + Days::new(60);
    let year = first.year().to_string();
    let place = data.to_str().context("a folder whose name is text")?;
    let year_and_place = ["--session", &year, "--data", place];
    let regulation = [
        "--regulation",
        "bts-sio-2024-e5",
        "--admin-email",
        "admin@delos.example",
    ];
    recipe.run(
        &[
            &["init", "--database", &url][..],
            &regulation,
            &year_and_place,
        ]
        .concat(),
    )?;

    let files = folder.join("files");
    std::fs::create_dir_all(&files)?;
    let count = messages.div_ceil(CANDIDATES_A_SCHOOL);
    for (verb, name, text) in [
        (&["session", "set"][..], "session.toml", session_file(first)),
        (
            &["import", "schools"],
            "etablissements.csv",
            schools_file(count),
        ),
        (
            &["import", "examiners"],
            "examinateurs.csv",
            examiners_file(count),
        ),
    ] {
        hand_in(
            &recipe,
            &files,
            (verb, name, text.as_str()),
            &year_and_place,
        )?;
    }
    let all: Vec<usize> = (0..count * CANDIDATES_A_SCHOOL).collect();
    for (number, part) in all.chunks(CANDIDATES_A_FILE).enumerate() {
        let (name, text) = (
            format!("candidats-{}.csv", number + 1),
            candidates_file(part, first),
        );
        let verb = &["import", "candidates"][..];
        hand_in(
            &recipe,
            &files,
            (verb, name.as_str(), text.as_str()),
            &year_and_place,
        )?;
    }

    let address = DatabaseAddress::parse(&url).context("an address of a database")?;
    let database = Database::open(&address, master_key(data)?, false).await?;
    let context = context(database.clone())?;
    let session = sessions::by_code(&database.read(), &year)
        .await?
        .context("the session")?;
    for school in schools::of_session(&database.read(), session.id).await? {
        let head = head_of(&school, session.id, today);
        convoke_school(&context, &head)
            .await
            .with_context(|| format!("school {}", school.school.uai))?;
    }
    Ok(Laid {
        database,
        session: session.id,
        recipe,
    })
}

/// Hands in a file as somebody on the command line would.
fn hand_in(
    recipe: &Recipe,
    files: &Path,
    (verb, name, text): (&[&str], &str, &str),
    year_and_place: &[&str],
) -> Result<()> {
    let file = files.join(name);
    std::fs::write(&file, text)?;
    let file = file.to_str().context("a folder whose name is text")?;
    recipe.run(&[verb, &[file], year_and_place].concat())?;
    Ok(())
}

/// What a head of school does once his candidates are in.
async fn convoke_school(context: &Context, head: &Actor) -> Result<()> {
    let plan = plan_commands::open(context, head, Form::Ccf)
        .await
        .map_err(told)?;
    let version = || async {
        let scope = head
            .scope::<EditPlan>(context.today())
            .map_err(|_| anyhow::anyhow!("forbidden"))?;
        let found = plans::one(&context.db.read(), &scope, plan)
            .await?
            .context("the plan")?;
        anyhow::Ok(found.version)
    };
    plan_commands::propose(context, head, plan, version().await?)
        .await
        .map_err(told)?;
    plan_commands::publish(context, head, plan, version().await?)
        .await
        .map_err(told)?;
    let convoked = convoke::convoke(context, head, plan, version().await?)
        .await
        .map_err(told)?;
    if convoked.candidates != CANDIDATES_A_SCHOOL {
        bail!("{convoked:?} of {CANDIDATES_A_SCHOOL}");
    }
    Ok(())
}

fn told(error: CommandError) -> anyhow::Error {
    match error {
        CommandError::Refused(refusal) => anyhow::anyhow!("refused: {refusal:?}"),
        other => other.into(),
    }
}

/// A head of this school, without an account that could sign in.
pub fn head_of(school: &SchoolRecord, session: SessionId, today: NaiveDate) -> Actor {
    let account = AccountId(TimeOrdered.next());
    let mandate = Mandate {
        id: MandateId(TimeOrdered.next()),
        account,
        role: Role::HeadOfSchool,
        perimeter: Perimeter::School(school.school.id, school.school.authority),
        session,
        valid_from: today,
        valid_until: today + Days::new(300),
        revoked: false,
    };
    Actor::Person {
        account,
        mandate,
        strong: true,
    }
}

/// The key of a house, from its folder.
///
/// # Errors
/// When the folder holds none.
pub fn master_key(data: &Path) -> Result<MasterKey> {
    let text = std::fs::read_to_string(data.join("data.key")).context("no data key")?;
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(text.trim().as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair)?, 16)
            .context("a data key in hexadecimal")?;
    }
    Ok(MasterKey::new(key))
}

/// What commands run with, on the clock and the randomness of this machine.
///
/// # Errors
/// A regulation that cannot be read.
pub fn context(db: Database) -> Result<Context> {
    let mut regulations = std::collections::BTreeMap::new();
    for id in delos_regulation::ids() {
        let regulation =
            delos_regulation::load(id).map_err(|faults| anyhow::anyhow!("{id}: {faults:?}"))?;
        regulations.insert(id.to_owned(), regulation);
    }
    Ok(Context {
        db,
        clock: Arc::new(Now),
        ids: Arc::new(TimeOrdered),
        entropy: Arc::new(System),
        regulations: Arc::new(regulations),
        signals: Signals::local(),
        lanes: Lanes::new(2),
        attempts: Attempts::default(),
        settings: Arc::new(Settings {
            public_url: "https://delos.example".to_owned(),
        }),
    })
}

struct Now;

impl Clock for Now {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

struct TimeOrdered;

impl Ids for TimeOrdered {
    fn next(&self) -> uuid::Uuid {
        uuid::Uuid::now_v7()
    }
}

/// The first bytes of random ids: enough for codes that nobody will type.
struct System;

impl Entropy for System {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let random = uuid::Uuid::new_v4();
            chunk.copy_from_slice(&random.as_bytes()[8..][..chunk.len()]);
        }
    }
}

fn session_file(first: NaiveDate) -> String {
    let day = |days| first + Days::new(days);
    format!(
        "[dates]\ndeposit = {}\nccf_period = {{ first = {first}, last = {}, cut_off = {} }}\ntransmission = {}\n\
         harmonisation = {}\ndeliberation = {}\nresults = {}\n",
        first - Days::new(2),
        day(60),
        day(65),
        day(70),
        day(80),
        day(90),
        day(95),
    )
}

/// The `number`-th invented school's code.
fn uai(number: usize) -> String {
    let (_, department) = ACADEMIES[number % ACADEMIES.len()];
    let digits = if department > 100 {
        format!("{department}{:04}", number / ACADEMIES.len())
    } else {
        format!("0{department}{:04}", number / ACADEMIES.len())
    };
    let letter = b"ABCDEFGHJKLMNPRSTUVWXYZ"[digits.parse::<usize>().unwrap_or(0) % 23];
    format!("{digits}{}", char::from(letter))
}

fn schools_file(count: usize) -> String {
    let mut text = "UAI;Nom;Adresse;Code postal;Commune;Académie;Statut;Habilité CCF;Centre d'examen;Environnements;\
                    Accessible;Courriel;Chef d'établissement;Courriel du chef\n"
        .to_owned();
    for school in 0..count {
        let (academy, _) = ACADEMIES[school % ACADEMIES.len()];
        let uai = uai(school);
        let _ = writeln!(
            text,
            "{uai};Lycée de l'Île n° {school};{school} rue des Îles;21000;Dijon;{academy};public;oui;oui;8;oui;\
             ce.{uai}@ecole.example;Zoé Éluard;chef.{uai}@ecole.example"
        );
    }
    text
}

const FAMILY_NAMES: [&str; 8] = [
    "Quéré",
    "O'Brien",
    "Île-Perrot",
    "Boëlle",
    "d'Alembert",
    "Şahin",
    "N'Diaye",
    "Noël",
];
const GIVEN_NAMES: [&str; 6] = ["Amélie", "Ilyès", "Béatrice", "Maël", "Zoé", "Théo"];

fn examiners_file(count: usize) -> String {
    let mut text = "Identifiant;Nom;Prénom;Courriel;UAI;Qualité;Options\n".to_owned();
    for teacher in 0..count * TEACHERS_A_SCHOOL {
        let (family, given) = (FAMILY_NAMES[teacher % 8], GIVEN_NAMES[teacher % 6]);
        let uai = uai(teacher / TEACHERS_A_SCHOOL);
        let _ = writeln!(
            text,
            "EX{teacher:06};{family};{given};examinateur{teacher}@prof.example;{uai};professeur;SISR,SLAM"
        );
    }
    text
}

fn candidates_file(candidates: &[usize], first: NaiveDate) -> String {
    let mut text =
        "Numéro;Nom;Prénoms;Naissance;Courriel;Option;Statut;Forme;UAI;Fin de formation\n"
            .to_owned();
    for &candidate in candidates {
        let (family, given) = (FAMILY_NAMES[candidate % 8], GIVEN_NAMES[candidate % 6]);
        let option = if candidate % 3 == 0 { "SLAM" } else { "SISR" };
        let uai = uai(candidate / CANDIDATES_A_SCHOOL);
        let _ = writeln!(
            text,
            "{:010};{family};{given};{:02}/{:02}/{};candidat{candidate}@eleve.example;{option};scolaire;ccf;{uai};30/06/{}",
            2_210_000_000_u64 + candidate as u64,
            1 + candidate % 28,
            1 + candidate % 12,
            first.year() - 20,
            first.year(),
        );
    }
    text
}
