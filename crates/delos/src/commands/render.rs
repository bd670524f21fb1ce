//! `delos render`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use delos_documents::kinds::Kind;
use delos_documents::{DocumentError, assessment, paper, pdf};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::files;
use crate::french::fault;
use crate::reading::{NOT_UTF8, line_at, misfit};
use crate::terminal::say;

/// A file of data beyond this is no paper: 5 000 lines of a slip take a fifth of it.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Met un papier en PDF, d’après un fichier de données
#[derive(Args)]
pub struct Render {
    /// Le papier : « delos render --list » les nomme
    #[arg(value_name = "PAPIER", required_unless_present = "list", requires_all = ["data", "out"])]
    kind: Option<String>,
    /// Ce qu’il dit, en JSON
    #[arg(long, value_name = "FICHIER")]
    data: Option<PathBuf>,
    /// Où écrire le PDF ; un fichier de ce nom est remplacé
    #[arg(long, value_name = "FICHIER")]
    out: Option<PathBuf>,
    /// Nomme chaque papier et le fichier de son exemple
    #[arg(long, conflicts_with_all = ["kind", "data", "out"])]
    list: bool,
}

impl Render {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (Some(kind), Some(data), Some(out)) = (self.kind, self.data, self.out) else {
            for kind in Kind::ALL {
                say!("{} {}", kind.name(), kind.example())?;
            }
            return Ok(ExitCode::SUCCESS);
        };
        let kind = Kind::of(&kind).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::name).join(", ");
            fault(format!(
                "« {kind} » n’est pas un papier. Papiers possibles : {known}"
            ))
        })?;
        let pdf = printed(kind, &data)?;
        files::replace(&out, &pdf)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn printed(kind: Kind, file: &Path) -> anyhow::Result<Vec<u8>> {
    let data = Data {
        file,
        value: json(file)?,
    };
    let done = match kind {
        Kind::Convocation => pdf::candidate(&data.read()?),
        Kind::ExaminerConvocation => pdf::examiner(&data.read()?),
        Kind::Unreached => paper::unreached(&data.read()?),
        Kind::Grid => assessment::grid::grid(&data.read()?),
        Kind::Appreciation => assessment::appreciation::appreciation(&data.read()?),
        Kind::Bordereau => assessment::bordereau::bordereau(&data.read()?),
        Kind::Receipt => assessment::receipt::receipt(&data.read()?),
    };
    done.map_err(|error| match error {
        DocumentError::TooLong { place, most, unit } => {
            let what = match unit {
                "items" => format!("cette liste a plus de {most} lignes"),
                _ => format!("plus de {most} caractères"),
            };
            let place = if place.is_empty() {
                "l’ensemble".to_owned()
            } else {
                place
            };
            fault(format!(
                "{} : {place} : {what}. Rien n’est coupé sur un papier : raccourcissez ce texte",
                file.display()
            ))
        }
        other => anyhow::anyhow!(
            "{} : ce papier ne se met pas en page. Détail technique : {other}",
            file.display()
        ),
    })
}

/// A value, and the file that it was read in.
struct Data<'a> {
    file: &'a Path,
    value: Value,
}

impl Data<'_> {
    /// The value as what a paper is made of; what fits no field is a fault that names it.
    fn read<T: DeserializeOwned + Serialize>(&self) -> anyhow::Result<T> {
        let wrong = |what: String| fault(format!("{} : {what}", self.file.display()));
        if !self.value.is_object() {
            return Err(wrong(
                "ce fichier doit contenir un objet : { … }, comme l’exemple que donne « delos render --list »".to_owned(),
            ));
        }
        let read: T = figment::Figment::from(figment::providers::Serialized::defaults(&self.value))
            .extract()
            .map_err(|error| wrong(misfit(error, None, None).to_string()))?;
        // The payloads of mails take fields of later versions; a file that somebody writes by hand has none.
        match unknown(&self.value, &serde_json::to_value(&read)?, "") {
            Some(place) => Err(wrong(format!("{place} : cette clé n’est pas connue"))),
            None => Ok(read),
        }
    }
}

/// The first member of `given` that reading has left aside.
fn unknown(given: &Value, read: &Value, place: &str) -> Option<String> {
    let below = |name: &str| {
        if place.is_empty() {
            name.to_owned()
        } else {
            format!("{place}.{name}")
        }
    };
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => given.iter().find_map(|(name, value)| {
            read.get(name).map_or_else(
                || Some(below(name)),
                |read| unknown(value, read, &below(name)),
            )
        }),
        (Value::Array(given), Value::Array(read)) => given
            .iter()
            .zip(read)
            .enumerate()
            .find_map(|(index, (given, read))| unknown(given, read, &below(&index.to_string()))),
        _ => None,
    }
}

fn json(file: &Path) -> anyhow::Result<Value> {
    let bytes = files::bounded(
        file,
        LARGEST,
        "ce fichier a plus de 8 Mo : ce ne sont pas les données d’un papier",
    )?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = line_at(&bytes, error.valid_up_to());
        fault(format!("{}:{line}: {NOT_UTF8}", file.display()))
    })?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        fault(format!(
            "{}:{}: ce n’est pas du JSON : il y a une faute à la colonne {}, ou juste avant",
            file.display(),
            error.line(),
            error.column()
        ))
    })
}
