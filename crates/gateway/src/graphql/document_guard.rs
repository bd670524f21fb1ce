//! Measures a request before any parser that recurses sees it.
//!
//! The GraphQL parser overflows its stack on nested brackets and its limits expand fragments without a memo; both are
//! measured here on the raw text, in linear time. In production only trusted documents are read; this protects the
//! development mode, and the JSON of every mode.

use std::collections::HashMap;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// Most bytes of a document.
const LONGEST: usize = 16 * 1024;
/// Deepest nesting of brackets.
const DEEPEST: usize = 24;
/// Most directives.
const MOST_DIRECTIVES: usize = 10;
/// Most selections once fragments are expanded.
const MOST_SELECTIONS: u64 = 400;

/// The document or the body is too large, too deep, or goes round in circles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// Refuses a body whose brackets nest deeper than any of ours, strings left aside.
pub fn check_nesting(body: &[u8]) -> Result<(), TooLarge> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in body {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{' | b'(') => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(TooLarge);
                }
            }
            (false, b']' | b'}' | b')') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Refuses a document that is too long, too deep, too decorated, or that expands too far.
pub fn check(document: &str) -> Result<(), TooLarge> {
    // Strings count too here: a bracket inside one is no reason to trust the parser with it.
    let deep = document
        .bytes()
        .try_fold(0_usize, |depth, byte| match byte {
            b'[' | b'{' | b'(' if depth >= DEEPEST => None,
            b'[' | b'{' | b'(' => Some(depth + 1),
            b']' | b'}' | b')' => Some(depth.saturating_sub(1)),
            _ => Some(depth),
        });
    let directives = document.bytes().filter(|byte| *byte == b'@').count();
    if document.len() > LONGEST || deep.is_none() || directives > MOST_DIRECTIVES {
        return Err(TooLarge);
    }
    // What does not parse is for the executor to refuse.
    let Ok(parsed) = parse_query(document) else {
        return Ok(());
    };
    let mut sizes = HashMap::new();
    let mut total = 0_u64;
    for (_, operation) in parsed.operations.iter() {
        let size = expanded(
            &parsed,
            &operation.node.selection_set.node,
            &mut sizes,
            &mut Vec::new(),
        )?;
        total = total.saturating_add(size);
    }
    if total > MOST_SELECTIONS {
        Err(TooLarge)
    } else {
        Ok(())
    }
}

/// Selections of a set once every fragment is expanded; each fragment is counted once, then remembered.
fn expanded<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    sizes: &mut HashMap<&'a str, u64>,
    path: &mut Vec<&'a str>,
) -> Result<u64, TooLarge> {
    let mut total = 0_u64;
    for selection in &set.items {
        let size = match &selection.node {
            Selection::Field(field) => {
                1 + expanded(document, &field.node.selection_set.node, sizes, path)?
            }
            Selection::InlineFragment(fragment) => {
                expanded(document, &fragment.node.selection_set.node, sizes, path)?
            }
            Selection::FragmentSpread(spread) => {
                let name = spread.node.fragment_name.node.as_str();
                if path.contains(&name) {
                    return Err(TooLarge);
                }
                match (sizes.get(name), document.fragments.get(name)) {
                    (Some(size), _) => *size,
                    (None, None) => 0,
                    (None, Some(fragment)) => {
                        path.push(name);
                        let size =
                            expanded(document, &fragment.node.selection_set.node, sizes, path)?;
                        path.pop();
                        sizes.insert(name, size);
                        size
                    }
                }
            }
        };
        total = total.saturating_add(size);
        if total > MOST_SELECTIONS {
            return Err(TooLarge);
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kills_the_parser_never_reaches_it() {
        assert_eq!(
            check(&format!(
                "{{ me(x: {}{}) }}",
                "[".repeat(2_000),
                "]".repeat(2_000)
            )),
            Err(TooLarge)
        );
        assert_eq!(check_nesting("[".repeat(2_000).as_bytes()), Err(TooLarge));
        assert_eq!(
            check_nesting(br#"{"query":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}"#),
            Ok(())
        );
    }

    #[test]
    fn fragments_that_double_are_counted_without_expanding_them() {
        let mut document = "{ ...f0 } fragment f24 on Query { __typename }".to_owned();
        for level in 0..24 {
            let spread = format!("...f{} ", level + 1).repeat(6);
            let fragment = format!(" fragment f{level} on Query {{ {spread} }}");
            document.push_str(&fragment);
        }
        assert_eq!(check(&document), Err(TooLarge));
    }

    #[test]
    fn circles_aliases_and_directives_are_refused() {
        assert_eq!(
            check("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"),
            Err(TooLarge)
        );
        let aliases: Vec<_> = (0..1_000).map(|n| format!("a{n}: __typename")).collect();
        let document = format!("{{ {} }}", aliases.join(" "));
        assert_eq!(check(&document), Err(TooLarge));
        assert_eq!(
            check(&format!("{{ me {} }}", "@skip(if: false) ".repeat(50))),
            Err(TooLarge)
        );
        assert_eq!(check(&" ".repeat(20_000)), Err(TooLarge));
        assert_eq!(check("{ me { name } }"), Ok(()));
    }
}
