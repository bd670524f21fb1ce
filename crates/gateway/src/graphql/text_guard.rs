//! Refuses texts with control characters before anything reads them: no name, code or search has one, a database may
//! refuse the whole statement for one (PostgreSQL and NUL), and what shows texts may obey them.

/// A text of the request has a control character.
#[derive(Debug, PartialEq, Eq)]
pub struct ControlCharacter;

/// Looks for escapes of control characters in JSON; unescaped ones are no JSON at all. Line ends and tabs pass.
pub fn check_text(body: &[u8]) -> Result<(), ControlCharacter> {
    let mut rest = body;
    while let Some(place) = rest.iter().position(|byte| *byte == b'\\') {
        let (escaped, after) = match rest.get(place + 1) {
            Some(b'u') => {
                let digits = rest.get(place + 2..place + 6).unwrap_or_default();
                let code = std::str::from_utf8(digits)
                    .ok()
                    .and_then(|digits| u32::from_str_radix(digits, 16).ok());
                (code.and_then(char::from_u32), place + 6)
            }
            Some(b'b' | b'f') => return Err(ControlCharacter),
            _ => (None, place + 2),
        };
        if escaped.is_some_and(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(ControlCharacter);
        }
        rest = rest.get(after..).unwrap_or_default();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_character_is_refused_however_it_is_written() {
        for bad in [
            r#"{"search":"a\u0000b"}"#,
            r#"{"search":"\u001F"}"#,
            r#"{"search":"\u007f"}"#,
            r#"{"search":"\u0085"}"#,
            r#"{"search":"a\b"}"#,
            r#"{"search":"\\\f"}"#,
        ] {
            assert_eq!(check_text(bad.as_bytes()), Err(ControlCharacter), "{bad}");
        }
    }

    #[test]
    fn ordinary_escapes_pass() {
        for good in [
            r#"{"query":"{\n\tme{name}\r\n}"}"#,
            r#"{"search":"\u00c9cole \"d’été\" \\u0000 \/"}"#,
            r#"{"search":"\ud83d\ude00"}"#,
            r#"{"search":"\"#,
            r#"{"search":"\u00"#,
            "",
        ] {
            assert_eq!(check_text(good.as_bytes()), Ok(()), "{good}");
        }
    }
}
