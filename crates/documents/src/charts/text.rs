//! What people typed, made fit for a page: it stays text, and reads in one order.

/// What stands where a name is empty.
const NAMELESS: &str = "(sans nom)";

/// The text without what nobody sees: control characters and those that turn the reading order round become « � ».
/// A name of nothing but spaces gets a word in its place, so that no row is without one.
pub fn clean(text: &str) -> String {
    if text.trim().is_empty() {
        return NAMELESS.to_owned();
    }
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => ' ',
            c if c.is_control() => '\u{fffd}',
            // Direction marks, embeddings, overrides and isolates; zero-width marks; noncharacters that no XML holds.
            '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// [`clean`], then safe inside an element or an attribute between double quotes.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in clean(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// The text cut to about so many units of a font of 12, with an ellipsis; whole if it is short enough. Not yet escaped.
pub fn fitted(text: &str, room: f64) -> String {
    let whole = clean(text);
    if breadth(&whole) <= room {
        return whole;
    }
    let ellipsis = breadth("…");
    let mut used = 0.0;
    let mut cut = String::new();
    for c in whole.chars() {
        used += advance(c);
        if used + ellipsis > room {
            break;
        }
        cut.push(c);
    }
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// About how broad a text is in a system font of 12: no font is at hand here, so a little too much rather than too little.
pub fn breadth(text: &str) -> f64 {
    text.chars().map(advance).sum()
}

fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | ':' | ';' | '\'' | '’' | '|'
        | ' ' | '\u{a0}' | '\u{202f}' | '(' | ')' => 4.2,
        'm' | 'w' | 'M' | 'W' | '@' | '…' | '—' => 11.0,
        'A'..='Z' | '0'..='9' => 7.8,
        // Ideographs, syllables of Korean, full-width forms, pictures.
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{fffd}'
        | '\u{1f000}'..='\u{3ffff}' => 12.5,
        _ => 7.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text_and_what_nobody_sees_is_seen() {
        assert_eq!(
            escape("<b title='x'>\"R&D\""),
            "&lt;b title=&#39;x&#39;&gt;&quot;R&amp;D&quot;"
        );
        assert_eq!(
            clean("a\u{202e}b\u{0}c\u{7f}"),
            "a\u{fffd}b\u{fffd}c\u{fffd}"
        );
        assert_eq!(clean("a\tb\r\nc"), "a b  c");
        assert_eq!(clean(" \t"), NAMELESS);
        assert_eq!(clean(""), NAMELESS);
    }

    #[test]
    fn a_long_name_is_cut_with_an_ellipsis_and_a_short_one_is_whole() {
        assert_eq!(fitted("Dijon", 200.0), "Dijon");
        let cut = fitted(&"Lycée polyvalent ".repeat(20), 120.0);
        assert!(cut.ends_with('…') && breadth(&cut) <= 120.0, "{cut}");
        assert_eq!(fitted("Dijon", 0.0), "…");
    }
}
