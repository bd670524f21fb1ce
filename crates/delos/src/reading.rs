//! TOML files that people write, and the environment: what is wrong is told by file, line and key, in French.

use std::path::Path;

use anyhow::Context as _;
use figment::error::{Actual, Kind};
use toml::de::{DeTable, DeValue};

use crate::french::{self, fault};

/// A file of TOML as people wrote it.
pub struct Written<'a> {
    /// The file.
    pub file: &'a Path,
    /// Its text.
    pub text: &'a str,
}

/// The text of a file that must be UTF-8.
///
/// # Errors
/// The file cannot be read, or is not UTF-8: then a fault with its line.
pub fn text(file: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(file).map_err(|error| french::unread(file, &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = line_at(error.as_bytes(), valid);
        fault(format!("{}:{line}: {NOT_UTF8}", file.display()))
    })
}

/// Why a file that is not UTF-8 cannot be read, and what to do.
pub const NOT_UTF8: &str = "ce n’est pas du texte en UTF-8. Enregistrez le fichier en UTF-8";

/// The line, from 1, of a place in a text.
pub fn line_at(bytes: &[u8], place: usize) -> usize {
    let before = bytes.get(..place).unwrap_or(bytes);
    before.split(|byte| *byte == b'\n').count()
}

impl Written<'_> {
    /// The values; TOML's own dates become texts.
    ///
    /// # Errors
    /// A fault with file and line: the text is no TOML.
    pub fn values(&self) -> anyhow::Result<serde_json::Value> {
        let value: toml::Value = toml::from_str(self.text).map_err(|error| {
            let line = line_at(
                self.text.as_bytes(),
                error.span().map_or(0, |span| span.start),
            );
            fault(format!(
                "{}:{line}: {}",
                self.file.display(),
                delos_regulation::syntax_in_french(error.message())
            ))
        })?;
        Ok(plain(value))
    }

    /// The line of a key, when it stands in the file.
    fn line_of(&self, path: &[String]) -> Option<usize> {
        let table = DeTable::parse(self.text).ok()?;
        let (last, parents) = path.split_last()?;
        let mut here = table.into_inner();
        for name in parents {
            here = match here
                .into_iter()
                .find(|(key, _)| key.get_ref() == name)?
                .1
                .into_inner()
            {
                DeValue::Table(table) => table,
                // Faults inside a list are told at the line of the list.
                _ => return self.line_of(parents),
            };
        }
        let (key, _) = here.into_iter().find(|(key, _)| key.get_ref() == last)?;
        Some(line_at(self.text.as_bytes(), key.span().start))
    }
}

fn plain(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(date) => serde_json::Value::String(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(plain).collect(),
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(key, value)| (key, plain(value)))
            .collect(),
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
    }
}

/// The faults of values that do not fit what they are read into, each at its place: a variable of the environment that
/// begins with `prefix`, else the file.
pub fn misfit(
    error: figment::Error,
    written: Option<&Written<'_>>,
    prefix: Option<&str>,
) -> anyhow::Error {
    let faults: Vec<String> = error
        .into_iter()
        .map(|one| told(&one, written, prefix))
        .collect();
    fault(faults.join("\n"))
}

fn told(error: &figment::Error, written: Option<&Written<'_>>, prefix: Option<&str>) -> String {
    let mut path = error.path.clone();
    let last = match &error.kind {
        Kind::UnknownField(name, _) => Some(name.clone()),
        Kind::MissingField(name) => Some(name.clone().into_owned()),
        Kind::DuplicateField(name) => Some((*name).to_owned()),
        _ => None,
    };
    if let Some(last) = last
        && path.last() != Some(&last)
    {
        path.push(last);
    }
    let key = path.join(".");
    let what = match &error.kind {
        Kind::UnknownField(_, known) => {
            format!(
                "cette clé n’est pas connue ; clés possibles : {}",
                known.join(", ")
            )
        }
        Kind::MissingField(_) => "cette clé manque".to_owned(),
        Kind::DuplicateField(_) => "cette clé est écrite deux fois".to_owned(),
        Kind::UnknownVariant(value, known) => {
            format!(
                "« {value} » ne convient pas ; valeurs possibles : {}",
                known.join(", ")
            )
        }
        Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => {
            let wish = wish(wanted);
            let wish = match written {
                Some(_) => wish.to_owned(),
                // JSON has no dates but texts.
                None => wish.replace(", sans guillemets", ""),
            };
            format!("c’est {} ; il faut {wish}", kind(found))
        }
        Kind::InvalidLength(length, _) => {
            format!("{length} valeurs : ce n’est pas le nombre qu’il faut")
        }
        // What our types read by themselves: dates, numbers in a range, digests.
        Kind::Message(_) if written.is_none() => {
            "cette valeur ne convient pas ; l’exemple que donne « delos render --list » montre ce qu’il faut".to_owned()
        }
        // The only texts that a type of ours reads by itself in TOML are dates.
        Kind::Message(_) => {
            "ce n’est pas une date : écrivez-la AAAA-MM-JJ, sans guillemets".to_owned()
        }
        _ => "cette valeur ne convient pas".to_owned(),
    };
    let variable = prefix.map(|prefix| format!("{prefix}{}", path.join("__").to_uppercase()));
    if let Some(variable) = variable
        && std::env::vars_os()
            .any(|(name, _)| name.to_string_lossy().eq_ignore_ascii_case(&variable))
    {
        return format!("variable {variable} : {what}");
    }
    match written {
        Some(written) => {
            let line = (0..path.len())
                .rev()
                .find_map(|end| written.line_of(&path[..=end]))
                .unwrap_or(1);
            format!("{}:{line}: {key} : {what}", written.file.display())
        }
        None => format!("{key} : {what}"),
    }
}

fn kind(found: &Actual) -> &'static str {
    match found {
        Actual::Bool(_) => "« true » ou « false »",
        Actual::Unsigned(_) | Actual::Signed(_) => "un nombre entier",
        Actual::Float(_) => "un nombre",
        Actual::Char(_) | Actual::Str(_) | Actual::Bytes(_) => "un texte",
        Actual::Seq => "une liste",
        Actual::Map | Actual::Enum | Actual::NewtypeStruct => "une table",
        _ => "autre chose",
    }
}

fn wish(wanted: &str) -> &'static str {
    let has = |word: &str| wanted.contains(word);
    if has("date") {
        "une date (AAAA-MM-JJ, sans guillemets)"
    } else if has("usize") || wanted.starts_with('u') || wanted.starts_with('i') || has("integer") {
        "un nombre entier positif"
    } else if has("sequence") {
        "une liste"
    } else if has("struct") || has("map") {
        "une table"
    } else if has("bool") {
        "« true » ou « false »"
    } else {
        "un texte"
    }
}

/// Reads values of a file into a type.
///
/// # Errors
/// Faults with file, line and key.
pub fn into<T: serde::de::DeserializeOwned>(written: &Written<'_>) -> anyhow::Result<T> {
    figment::Figment::from(figment::providers::Serialized::defaults(written.values()?))
        .extract()
        .map_err(|error| misfit(error, Some(written), None))
        .with_context(|| format!("{} est fautif", written.file.display()))
}
