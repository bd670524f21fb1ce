//! What people typed, as the fonts of the house can print it.
//!
//! PDF/A and PDF/UA refuse a file that shows a character without a glyph, and a name may hold any of Unicode's 150 000. What no
//! embedded font has is therefore written out, « [U+1F600] »: somebody reads that there was a sign, and which, and the paper
//! comes out. What changes the order of reading without being seen (U+202E) is written out too; what is merely invisible
//! prints nothing.

use std::fmt::Write as _;

use serde_json::Value;

use crate::pdf;

/// How much of Unicode is trusted to the typesetter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// What one of the embedded fonts has.
    Fonts,
    /// Latin letters: a character may have its glyph and not combine with its neighbours.
    Latin,
    /// What every font has.
    Ascii,
}

/// Every text of a value. `broken` also lets the words that no line holds be broken.
pub(crate) fn texts(value: &mut Value, trust: Trust, broken: bool) {
    match value {
        Value::String(text) if !(text.len() < SHORT && text.bytes().all(plain)) => {
            *text = printed(text, trust);
            if broken {
                *text = breakable(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|one| texts(one, trust, broken)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|one| texts(one, trust, broken)),
        _ => {}
    }
}

fn plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n')
}

/// A text of which everything prints.
pub(crate) fn printed(text: &str, trust: Trust) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\r' if signs.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push(' '),
            // Zero-width, and variation selectors: nothing is seen of them, and some fonts have no glyph of them.
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0100}'..='\u{e01ef}' => {}
            ' '..='~' => out.push(sign),
            _ if trusted(sign, trust) => out.push(sign),
            _ => {
                // A String takes whatever is written to it.
                let _ = write!(out, "[U+{:04X}]", u32::from(sign));
            }
        }
    }
    out
}

fn trusted(sign: char, trust: Trust) -> bool {
    // Controls, bidirectional embeddings, overrides and isolates, private use, what is no character.
    let unsafe_sign = sign.is_control()
        || matches!(sign,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..);
    !unsafe_sign
        && match trust {
            Trust::Ascii => false,
            Trust::Latin => {
                matches!(sign,
                    '\u{a0}'..='\u{24f}' | '\u{2bb}' | '\u{2bc}' | '\u{1e00}'..='\u{1eff}'
                    | '\u{2010}'..='\u{2022}' | '\u{2026}' | '\u{202f}' | '\u{20ac}')
                    && pdf::has_glyph(sign)
            }
            Trust::Fonts => pdf::has_glyph(sign),
        }
}

/// A text shorter than this holds no word to break.
const SHORT: usize = 28;
/// Signs after which a longer word may be broken.
const STEP: usize = 12;

/// The same text, where a word that is longer than any French one may be broken: else it would run off the paper. (Typst breaks
/// at spaces and hyphens alone. A zero-width space prints nothing.)
fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive([' ', '\n']) {
        if piece.chars().count() <= SHORT {
            out.push_str(piece);
            continue;
        }
        let mut since = 0;
        for sign in piece.chars() {
            // Never between a letter and what combines with it.
            let combines = matches!(sign,
                '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}'
                | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}');
            if since >= STEP && !combines {
                out.push('\u{200b}');
                since = 0;
            }
            out.push(sign);
            since += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_is_left_alone_and_the_rest_is_written_out() {
        for (given, expected) in [
            (
                "Œillet, Ÿ, ʻOkina, Nguyễn, Yıldız",
                "Œillet, Ÿ, ʻOkina, Nguyễn, Yıldız",
            ),
            (
                "#panic() *_$x$_* \\ @x `raw`",
                "#panic() *_$x$_* \\ @x `raw`",
            ),
            ("a\r\nb\rc\u{2028}d\te", "a\nb\nc\nd e"),
            ("a\0b\u{7}c", "a[U+0000]b[U+0007]c"),
            ("\u{202e}live\u{202c}", "[U+202E]live[U+202C]"),
            ("zé\u{200b}ro\u{feff}\u{ad}", "zéro"),
            ("😀", "[U+1F600]"),
            ("\u{e000}\u{fffd}", "[U+E000][U+FFFD]"),
        ] {
            assert_eq!(printed(given, Trust::Fonts), expected);
        }
        assert_eq!(printed("é…Ω", Trust::Latin), "é…[U+03A9]");
        assert_eq!(printed("é", Trust::Ascii), "[U+00E9]");
    }

    #[test]
    fn a_word_that_no_line_holds_may_be_broken_and_a_french_one_is_not() {
        let long = "x".repeat(30);
        assert_eq!(breakable(&long).matches('\u{200b}').count(), 2);
        assert_eq!(breakable(&long).replace('\u{200b}', ""), long);
        let word = "anticonstitutionnellement, dit-il";
        assert_eq!(breakable(word), word);
        let accents = "e\u{301}".repeat(40);
        assert!(!breakable(&accents).contains("\u{200b}\u{301}"));
    }
}
