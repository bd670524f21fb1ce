//! Comparing and showing texts that people typed.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::report::MAX_VALUE;

/// A cell's text: without the white space around it, composed (NFC).
pub(crate) fn tidy(text: Cow<'_, str>) -> Cow<'_, str> {
    let trimmed = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    if is_nfc_quick(trimmed.chars()) == IsNormalized::Yes {
        trimmed
    } else {
        Cow::Owned(trimmed.nfc().collect())
    }
}

/// The text without accents, in lower case; ligatures opened.
fn fold(text: &str) -> impl Iterator<Item = char> {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        // `İ` gives `i` and a dot above, which is a mark too.
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(|c| {
            let (first, second) = match c {
                'œ' => ('o', Some('e')),
                'æ' => ('a', Some('e')),
                'ß' => ('s', Some('s')),
                'ı' => ('i', None),
                other => (other, None),
            };
            std::iter::once(first).chain(second)
        })
}

/// Letters and digits alone, without accents nor case: two texts that people take for the same give the same.
pub(crate) fn squash(text: &str) -> String {
    if text.is_ascii() {
        return text
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect();
    }
    fold(text).filter(|c| c.is_alphanumeric()).collect()
}

/// The words of a text, without accents nor case.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded: String = fold(text).collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a character has no place in a cell: it would break a mail header or a line of a table, or hide what is
/// written (reliability.md §3.2: a display name that holds a line break takes a mail library down).
pub(crate) fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// A value as a report tells it: forbidden characters made visible, 80 characters at most.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::new();
    let mut count = 0;
    let mut left = text.chars();
    while let Some(c) = left.next() {
        if count + 1 == MAX_VALUE && !left.as_str().is_empty() {
            shown.push('…');
            break;
        }
        count += 1;
        shown.push(match c {
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('␣'),
            '\u{7f}' => '␡',
            c if is_forbidden(c) => '␣',
            c => c,
        });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_take_for_the_same_is_the_same() {
        for (a, b) in [
            ("Chef d'établissement", "CHEF D’ETABLISSEMENT"),
            ("Prénom(s)", "prenoms"),
            ("N° Candidat", "n candidat"),
            ("Zoé-Martin", "ZOE MARTIN"),
            ("Rœderer", "ROEDERER"),
            ("Yıldız", "YILDIZ"),
            ("İnönü", "inonu"),
            ("Académie*", "academie"),
        ] {
            assert_eq!(squash(a), squash(b), "{a} {b}");
        }
        assert_ne!(squash("Dupont"), squash("Dupond"));
        assert_eq!(words("À distance (CNED)"), ["a", "distance", "cned"]);
    }

    #[test]
    fn a_value_told_hides_nothing_and_stays_short() {
        assert_eq!(visible("Dupont\r\nBcc: x"), "Dupont␍␊Bcc: x");
        assert_eq!(visible("a\u{202e}b\u{7f}"), "a␣b␡");
        assert_eq!(visible(&"é".repeat(80)), "é".repeat(80));
        let long = visible(&"é".repeat(81));
        assert_eq!((long.chars().count(), long.ends_with('…')), (80, true));
    }

    #[test]
    fn a_text_is_trimmed_and_composed() {
        assert_eq!(tidy("\u{a0} Noe\u{308}l ".into()), "Noël");
        assert_eq!(tidy("=1+1".into()), "=1+1");
    }
}
