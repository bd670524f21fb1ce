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
use crate::french::{self, fault};
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
    open_checked(place, None, |_| Ok(())).await
}

/// Opens a house that will listen at this address, if `check` finds its configuration fit: before anything is touched.
///
/// # Errors
/// As [`open`], or what `check` refuses.
pub async fn open_checked(
    place: &Place,
    listen: Option<String>,
    check: impl FnOnce(&Configuration) -> anyhow::Result<()>,
) -> anyhow::Result<House> {
    let mut configuration = Configuration::read(place)?;
    if let Some(listen) = listen {
        configuration.listen = listen;
    }
    logs::begin(&configuration.log);
    check(&configuration)?;
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
    is_laid(place)?;
    let key = read_key(&configuration.key, &place.data)?;
    open_with(configuration, place.data.clone(), key, true).await
}

/// Whether there is a house at all.
///
/// # Errors
/// No folder.
pub fn is_laid(place: &Place) -> anyhow::Result<()> {
    if place.data.is_dir() {
        Ok(())
    } else {
        bail!(
            "{} n’existe pas : commencez par « delos init »",
            place.data.display()
        )
    }
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
    let db = open_database(&configuration, &data, key, migrate).await?;
    let signals = match &configuration.redis.url {
        Some(url) => {
            let process = delos_application::Ids::next(&TimeOrderedIds);
            Signals::redis(url, process).context("l’adresse de Redis ne se lit pas")?
        }
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

/// Opens the database of a configuration.
///
/// # Errors
/// An address that is none, a database that does not open: said with its address, without its password.
pub async fn open_database(
    configuration: &Configuration,
    data: &Path,
    key: MasterKey,
    migrate: bool,
) -> anyhow::Result<Database> {
    let url = configuration.database_url(data);
    let address = DatabaseAddress::parse(&url).ok_or_else(|| {
        fault(format!(
            "l’adresse de la base est « {} » : écrivez sqlite:FICHIER ou postgres://COMPTE:MOT-DE-PASSE@HÔTE/BASE \
             (--database, ou database.url)",
            french::without_password(&url)
        ))
    })?;
    if let DatabaseAddress::Sqlite(file) = &address
        && let Some(folder) = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        && !folder.is_dir()
    {
        bail!(
            "la base {} ne s’ouvre pas : le dossier {} n’existe pas. Créez-le, ou donnez une autre adresse",
            file.display(),
            folder.display()
        );
    }
    Database::open(&address, key, migrate)
        .await
        .map_err(|error| french::store(&error))
        .with_context(|| format!("la base {} ne s’ouvre pas", french::without_password(&url)))
}

/// The file of the key, unless the environment gives the key itself.
pub fn key_file(settings: &KeySettings, data: &Path) -> Option<PathBuf> {
    settings.hex.is_none().then(|| {
        settings
            .file
            .clone()
            .unwrap_or_else(|| data.join("data.key"))
    })
}

/// The key given by the environment or a file.
///
/// # Errors
/// No key, something else than a key, or a key that every account of the machine reads.
pub fn read_key(settings: &KeySettings, data: &Path) -> anyhow::Result<MasterKey> {
    let text = match key_file(settings, data) {
        None => settings.hex.clone().unwrap_or_default(),
        Some(file) => {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| french::unread(&file, &error))
                .context("la clé des données manque")?;
            let mode = mode(&file);
            if mode & 0o007 != 0 {
                bail!(
                    "la clé des données {} peut être lue par n’importe quel compte de cette machine (mode {mode:04o}). \
                     Tapez : chmod 600 {}",
                    file.display(),
                    file.display()
                );
            }
            if mode & 0o070 != 0 {
                tracing::warn!(mode = format!("{mode:04o}"), "a group reads the data key");
            }
            text
        }
    };
    parse_key(text.trim()).ok_or_else(|| {
        fault("la clé des données n’est pas faite de 64 chiffres hexadécimaux (data.key, key.file ou DELOS_KEY__HEX)")
    })
}

/// Rights of a file or folder; none when it cannot be looked at.
pub fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).map_or(0, |about| about.permissions().mode() & 0o7777)
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
    let Some(file) = key_file(settings, data).filter(|file| !file.exists()) else {
        return read_key(settings, data);
    };
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
    options
        .open(file)
        .and_then(|mut out| {
            out.write_all(text.as_bytes())?;
            out.sync_all()
        })
        .map_err(|error| french::unwritten(file, &error))
}
