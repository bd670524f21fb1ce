//! Bytes become text: which encoding, and what no encoding explains.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::problem::Problem;
use crate::source::{Encoding, MAX_BYTES, Source};

/// Stands for what cannot be read; a cell that holds it is refused.
pub(crate) const UNREADABLE: char = char::REPLACEMENT_CHARACTER;

/// A file as text.
pub(crate) struct Text<'a> {
    pub text: Cow<'a, str>,
    pub encoding: Encoding,
}

/// Reads the bytes, in the encoding chosen or detected.
///
/// # Errors
/// The file as a whole: too large (told before anything is copied), no text at all.
pub(crate) fn decode<'a>(source: &Source<'a>) -> Result<Text<'a>, Problem> {
    decode_within(source, MAX_BYTES)
}

/// As [`decode`], for files that may have `most` bytes.
pub(crate) fn decode_within<'a>(source: &Source<'a>, most: usize) -> Result<Text<'a>, Problem> {
    let bytes = source.bytes;
    if bytes.len() > most {
        return Err(Problem::FileTooLarge { most });
    }
    if let Some(kind) = other_format(bytes) {
        return Err(Problem::NotCsv { kind });
    }
    let encoding = source.encoding.unwrap_or_else(|| detect(bytes));
    let text = match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => {
            String::from_utf8_lossy(bytes.strip_prefix(UTF8_BOM).unwrap_or(bytes))
        }
        // A person's choice is taken at its word; a guess looks for cells pasted from an UTF-8 file.
        Encoding::Windows1252 if source.encoding.is_some() => {
            WINDOWS_1252.decode_without_bom_handling(bytes).0
        }
        Encoding::Windows1252 => Cow::Owned(windows_1252(bytes)),
        Encoding::Utf16Le => {
            let bytes = bytes.strip_prefix(UTF16LE_BOM).unwrap_or(bytes);
            UTF_16LE.decode_without_bom_handling(bytes).0
        }
        Encoding::Utf16Be => {
            let bytes = bytes.strip_prefix(UTF16BE_BOM).unwrap_or(bytes);
            UTF_16BE.decode_without_bom_handling(bytes).0
        }
    };
    Ok(Text { text, encoding })
}

const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";
const UTF16LE_BOM: &[u8] = b"\xff\xfe";
const UTF16BE_BOM: &[u8] = b"\xfe\xff";

/// What people hand in when they mean a CSV.
fn other_format(bytes: &[u8]) -> Option<&'static str> {
    [
        (&b"PK\x03\x04"[..], "un classeur (XLSX, ODS) ou une archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "un classeur XLS"),
        (b"%PDF-", "un document PDF"),
        (b"\x89PNG", "une image"),
        (b"\xff\xd8\xff", "une image"),
        (b"GIF8", "une image"),
    ]
    .into_iter()
    .find_map(|(magic, kind)| bytes.starts_with(magic).then_some(kind))
    .or_else(|| is_binary(bytes).then_some("un fichier binaire"))
}

/// No heading holds a zero byte, but in UTF-16. One further down is a fault of its cell, told where it stands.
fn is_binary(bytes: &[u8]) -> bool {
    let heading = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next();
    heading.is_some_and(|heading| heading.contains(&0))
        && !matches!(detect(bytes), Encoding::Utf16Le | Encoding::Utf16Be)
}

fn detect(bytes: &[u8]) -> Encoding {
    if bytes.starts_with(UTF8_BOM) {
        return Encoding::Utf8Bom;
    }
    if bytes.starts_with(UTF16LE_BOM) {
        return Encoding::Utf16Le;
    }
    if bytes.starts_with(UTF16BE_BOM) {
        return Encoding::Utf16Be;
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return encoding;
    }
    let (mut utf8, mut other) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        utf8 += chunk.valid().chars().filter(|c| is_written(*c)).count();
        other += chunk.invalid().len();
    }
    if other == 0 || utf8 >= other {
        Encoding::Utf8
    } else {
        Encoding::Windows1252
    }
}

/// Separators, digits and most letters of our files take one byte: in UTF-16 every other byte is null.
fn utf16_without_mark(bytes: &[u8]) -> Option<Encoding> {
    let (pairs, _) = bytes[..bytes.len().min(4096)].as_chunks::<2>();
    if pairs.is_empty() {
        return None;
    }
    let first = pairs.iter().filter(|pair| pair[0] == 0).count();
    let second = pairs.iter().filter(|pair| pair[1] == 0).count();
    let (most, none) = (pairs.len() * 2 / 5, pairs.len() / 20);
    if second > most && first <= none {
        Some(Encoding::Utf16Le)
    } else if first > most && second <= none {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// Characters beyond ASCII that names and addresses hold. Their UTF-8 bytes, read as Windows-1252, are no French
/// (`Ã©`, `â€™`), while a chance pair of Windows-1252 letters hardly ever falls among them.
fn is_written(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '«' | '»' | '°' | '\u{c0}'..='\u{17f}' | '\u{1e00}'..='\u{1eff}'
            | '\u{2010}'..='\u{2027}' | '\u{202f}' | '€'
    )
}

/// Windows-1252, where what is plainly UTF-8 is marked as unreadable.
fn windows_1252(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let read = |text: &mut String, bytes: &[u8]| {
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0);
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_ascii() {
                text.push(c);
            } else if is_written(c) {
                text.push(UNREADABLE);
            } else {
                read(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        read(&mut text, chunk.invalid());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Encoding) {
        let text = decode(&Source::new("f.csv", bytes)).ok().unwrap();
        (text.text.into_owned(), text.encoding)
    }

    #[test]
    fn each_encoding_is_told_from_the_others() {
        let text = "Nom;Prénom\r\nBoëlle;Zoé’s\r\n";
        let wide = |big: bool| -> Vec<u8> {
            text.encode_utf16()
                .flat_map(|unit| {
                    if big {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    }
                })
                .collect()
        };
        let windows = WINDOWS_1252.encode(text).0;
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            ([UTF8_BOM, text.as_bytes()].concat(), Encoding::Utf8Bom),
            (windows.into_owned(), Encoding::Windows1252),
            ([UTF16LE_BOM, &wide(false)].concat(), Encoding::Utf16Le),
            ([UTF16BE_BOM, &wide(true)].concat(), Encoding::Utf16Be),
            (wide(false), Encoding::Utf16Le),
            (wide(true), Encoding::Utf16Be),
        ] {
            assert_eq!(read(&bytes), (text.to_owned(), encoding));
        }
    }

    #[test]
    fn a_stray_byte_among_utf8_is_marked_and_not_guessed() {
        assert_eq!(
            read(b"No\xc3\xabl;Zo\xc3\xa9;No\xebl"),
            ("Noël;Zoé;No\u{fffd}l".to_owned(), Encoding::Utf8)
        );
    }

    #[test]
    fn utf8_pasted_among_windows_1252_is_marked_too() {
        assert_eq!(
            read(b"No\xebl;Zo\xe9;No\xc3\xabl"),
            ("Noël;Zoé;No\u{fffd}l".to_owned(), Encoding::Windows1252)
        );
    }

    #[test]
    fn a_choice_is_taken_at_its_word() {
        let mut source = Source::new("f.csv", b"No\xc3\xabl");
        source.encoding = Some(Encoding::Windows1252);
        assert_eq!(decode(&source).ok().unwrap().text, "NoÃ«l");
    }

    #[test]
    fn a_workbook_is_no_csv() {
        for bytes in [
            &b"PK\x03\x04rest"[..],
            b"%PDF-1.7",
            b"\x89PNG\r\n\x1a\n",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0",
        ] {
            let refused = decode(&Source::new("f.xlsx", bytes)).err();
            assert_eq!(refused.unwrap().code(), "not_csv");
        }
    }
}
