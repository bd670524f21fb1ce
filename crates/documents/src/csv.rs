//! Tables as CSV that French spreadsheets open: UTF-8 with its mark, semicolons, every line ended by CR LF (RFC 4180).

/// A table: its header, then its lines.
///
/// A cell that a spreadsheet would take for a formula is preceded by an apostrophe (OWASP, CSV injection): names and
/// addresses come from files that anybody may have written.
pub fn table(header: &[&str], lines: &[Vec<String>]) -> Vec<u8> {
    let mut text = String::from("\u{feff}");
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        for (place, one) in cells.enumerate() {
            if place > 0 {
                text.push(';');
            }
            push(&mut text, one);
        }
        text.push_str("\r\n");
    };
    line(&mut header.iter().copied());
    for one in lines {
        line(&mut one.iter().map(String::as_str));
    }
    text.into_bytes()
}

fn push(text: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = formula || cell.contains([';', '"', '\n', '\r', '\'']);
    if !quoted {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    for c in cell.chars() {
        if c == '"' {
            text.push('"');
        }
        text.push(c);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_by_a_spreadsheet_and_obeyed_by_none() {
        let lines = vec![
            vec!["=HYPERLINK(\"x\")".to_owned(), "a;b".to_owned()],
            vec!["Élodie".to_owned(), "-1".to_owned()],
        ];
        let text = String::from_utf8(table(&["Nom", "Autre"], &lines)).unwrap();
        assert_eq!(
            text,
            "\u{feff}Nom;Autre\r\n\"'=HYPERLINK(\"\"x\"\")\";\"a;b\"\r\nÉlodie;\"'-1\"\r\n"
        );
    }
}
