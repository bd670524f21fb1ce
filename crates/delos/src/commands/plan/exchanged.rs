//! Files of the exchange format, read and refused in French.

use std::path::Path;

use delos_imports::inflate::{NotPlain, inflate};
use delos_planning::exchange::{Reading, Unreadable, read};
use delos_planning::session::Plan;

use crate::files;
use crate::french::fault;

/// Beyond this a file is no session: the nation's has 6 MB.
const LARGEST: usize = 256 * 1024 * 1024;

/// The problem of a file.
pub fn problem(file: &Path) -> anyhow::Result<Reading> {
    let bytes = plain(file)?;
    read::problem(&bytes).map_err(|why| refused(file, &why))
}

/// The plan of a file, of a problem that was read.
pub fn plan(file: &Path, reading: &Reading) -> anyhow::Result<Plan> {
    let bytes = plain(file)?;
    read::plan(&bytes, reading).map_err(|why| refused(file, &why))
}

fn plain(file: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = files::bounded(
        file,
        LARGEST as u64,
        "plus de 256 Mo, ce n’est pas un problème de session",
    )?;
    match inflate(&bytes, LARGEST) {
        Ok(plain) => Ok(plain.into_owned()),
        Err(NotPlain::TooLarge) => Err(fault(format!(
            "{} : plus de 256 Mo une fois décompressé",
            file.display()
        ))),
        Err(NotPlain::Damaged) => Err(fault(format!(
            "{} : ce fichier compressé (gzip) est incomplet ou abîmé",
            file.display()
        ))),
    }
}

fn refused(file: &Path, why: &Unreadable) -> anyhow::Error {
    let said = match why {
        Unreadable::Json { line, column } => {
            format!(
                "ligne {line}, colonne {column} : ce n’est pas ce que le format demande à cet endroit"
            )
        }
        Unreadable::Format(format) => format!("le format attendu est « {format} »"),
        Unreadable::Parameter(name) => {
            format!("le paramètre « {name} » (params) a une valeur que Délos ne sait pas planifier")
        }
        Unreadable::Twice { list, id } => format!("{} {id} figure deux fois", named(list)),
        Unreadable::Unknown { list, id } => {
            format!("{} {id} est cité et n’existe pas", named(list))
        }
        Unreadable::Value { list, id } => format!("{} {id} a une valeur impossible", named(list)),
    };
    fault(format!("{} : {said}", file.display()))
}

fn named(list: &str) -> &str {
    match list {
        "zone" => "la zone",
        "day" => "le jour",
        "date" => "la date du jour",
        "period" => "la période",
        "establishment" => "l’établissement",
        "examiner" => "l’examinateur",
        "candidate" => "le candidat",
        "commission" => "la commission",
        other => other,
    }
}
