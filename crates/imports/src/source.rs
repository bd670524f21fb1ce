//! A file handed in, and how it is written.

use serde::{Deserialize, Serialize};

/// Most bytes of one file: 20 MB.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
/// Most rows of one file, blank ones and the header not counted.
pub const MAX_ROWS: u64 = 50_000;

/// How the characters of a file are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    #[serde(rename = "UTF-8")]
    Utf8,
    /// UTF-8 with a byte order mark, as Excel and Cyclades write it.
    #[serde(rename = "UTF-8 BOM")]
    Utf8Bom,
    /// Windows-1252, as older Excel writes CSV.
    #[serde(rename = "Windows-1252")]
    Windows1252,
    /// UTF-16, low byte first.
    #[serde(rename = "UTF-16LE")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "UTF-16BE")]
    Utf16Be,
}

/// What stands between two cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Separator {
    /// `;`
    #[serde(rename = ";")]
    Semicolon,
    /// `,`
    #[serde(rename = ",")]
    Comma,
    /// The tab character.
    #[serde(rename = "\t")]
    Tab,
}

impl Separator {
    /// Every separator, in the order of preference when nothing decides.
    pub const ALL: [Self; 3] = [Self::Semicolon, Self::Comma, Self::Tab];

    /// The character.
    pub fn character(self) -> char {
        match self {
            Self::Semicolon => ';',
            Self::Comma => ',',
            Self::Tab => '\t',
        }
    }
}

/// One file handed in; what is not said of it is detected and told in the report.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name, as the report gives it.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
    /// Its encoding, when a person has chosen it.
    pub encoding: Option<Encoding>,
    /// Its separator, when a person has chosen it.
    pub separator: Option<Separator>,
}

impl<'a> Source<'a> {
    /// A file of which nothing is known but its name.
    pub fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            name,
            bytes,
            encoding: None,
            separator: None,
        }
    }
}
