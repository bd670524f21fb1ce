//! Opens the house: its key, its database, its regulation sets.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use delos_application::attempts::Attempts;
use delos_application::lanes::Lanes;
use delos_application::{Context, Settings};
use delos_persistence::{Database, DatabaseAddress, MasterKey};
use delos_signals::Signals;

use crate::configuration::{Configuration, KeySettings, LogFormat, LogSettings, Place};
use crate::logs;
use crate::sources::{SystemClock, SystemEntropy, TimeOrderedIds};

/// A house that is open.
pub struct House {
    /// Its configuration.
    pub configuration: Configuration,
    /// Its folder.
    pub data: PathBuf,
    /// What commands are given.
    pub context: Context,
}

/// Opens a house that `delos init` laid.
///
/// # Errors
/// No folder, no key, a database that cannot be opened or whose settings are unsafe.
pub async fn open(place: &Place) -> anyhow::Result<House> {
    open_listening(place, None).await
}

/// Opens a house that will listen at this address.
///
/// # Errors
/// As [`open`].
pub async fn open_listening(place: &Place, listen: Option<String>) -> anyhow::Result<House> {
    let mut configuration = Configuration::read(place)?;
    if let Some(listen) = listen {
        configuration.listen = listen;
    }
    logs::begin(&configuration.log);
    open_existing(place, configuration).await
}

/// Opens a house for a command whose standard output is read by a program: logs say warnings only.
///
/// # Errors
/// As [`open`].
pub async fn open_quietly(place: &Place) -> anyhow::Result<House> {
    let configuration = Configuration::read(place)?;
    logs::begin(&LogSettings {
        format: LogFormat::Pretty,
        level: "warn".to_owned(),
    });
    open_existing(place, configuration).await
}

async fn open_existing(place: &Place, configuration: Configuration) -> anyhow::Result<House> {
    if !place.data.is_dir() {
        bail!(
            "{} n’existe pas : commencez par « delos init »",
            place.data.display()
        );
    }
    let key = read_key(&configuration.key, &place.data)?;
    open_with(configuration, place.data.clone(), key, true).await
}

/// Opens a house with this key.
///
/// # Errors
/// As [`open`].
pub async fn open_with(
    configuration: Configuration,
    data: PathBuf,
    key: MasterKey,
    migrate: bool,
) -> anyhow::Result<House> {
    let url = configuration.database_url(&data);
    let address = DatabaseAddress::parse(&url)
        .context("l’adresse de la base n’est ni sqlite: ni postgres://")?;
    let db = Database::open(&address, key, migrate)
        .await
        .context("la base de données ne s’ouvre pas")?;
    let signals = match &configuration.redis.url {
        Some(url) => Signals::redis(url).context("l’adresse de Redis ne se lit pas")?,
        None => Signals::local(),
    };
    let mut regulations = std::collections::BTreeMap::new();
    for id in delos_regulation::ids() {
        let regulation = delos_regulation::load(id).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("le règlement {id} est fautif :\n{}", faults.join("\n"))
        })?;
        regulations.insert(id.to_owned(), regulation);
    }
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let context = Context {
        db,
        clock: Arc::new(SystemClock),
        ids: Arc::new(TimeOrderedIds),
        entropy: Arc::new(SystemEntropy),
        regulations: Arc::new(regulations),
        signals,
        lanes: Lanes::new(processors),
        attempts: Attempts::default(),
        settings: Arc::new(Settings {
            public_url: configuration.public_url(),
        }),
    };
    Ok(House {
        configuration,
        data,
        context,
    })
}

/// The key given by the environment or a file.
fn read_key(settings: &KeySettings, data: &Path) -> anyhow::Result<MasterKey> {
    let text = if let Some(hex) = &settings.hex {
        hex.clone()
    } else {
        let file = settings
            .file
            .clone()
            .unwrap_or_else(|| data.join("data.key"));
        std::fs::read_to_string(&file)
            .with_context(|| format!("la clé des données ne se lit pas dans {}", file.display()))?
    };
    parse_key(text.trim()).context("la clé des données n’est pas faite de 64 chiffres hexadécimaux")
}

fn parse_key(text: &str) -> Option<MasterKey> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0_u8; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(MasterKey::new(bytes))
}

/// The key given, or a new one in a file that only its owner reads.
///
/// # Errors
/// The file cannot be written, or holds something else.
pub fn read_or_make_key(settings: &KeySettings, data: &Path) -> anyhow::Result<MasterKey> {
    let file = settings
        .file
        .clone()
        .unwrap_or_else(|| data.join("data.key"));
    if settings.hex.is_some() || file.exists() {
        return read_key(settings, data);
    }
    let mut bytes = [0_u8; 32];
    delos_application::Entropy::fill(&SystemEntropy, &mut bytes);
    write_private(
        &file,
        &format!("{}\n", delos_application::secrets::hex(&bytes)),
    )?;
    Ok(MasterKey::new(bytes))
}

/// Writes a new file that only its owner reads.
///
/// # Errors
/// The file exists, or cannot be written.
pub fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options
        .open(file)
        .with_context(|| format!("{} ne peut pas être écrit", file.display()))?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    Ok(())
}
