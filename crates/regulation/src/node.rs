//! A TOML document as a tree whose every node knows its file and line, and how one set is laid over another.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Source;
use crate::reader::Report;
use crate::syntax;

/// Where something is written.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) line: usize,
}

/// A value and its place: that of its key, or its own inside a list.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// What a set can be written with.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// Minutes after midnight.
    Time(u16),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
    /// What no key of a set takes: a decimal number, a date, a number beyond 64 bits, a time with seconds.
    Foreign,
}

/// The tree of `text`, laid over those of the sets that it is based on; none when one of them cannot be read.
pub(crate) fn document(
    text: &str,
    file: &str,
    resolve: &dyn Fn(&str) -> Option<Source>,
    report: &Report,
) -> Option<Node> {
    let mut above = Vec::new();
    let mut layers = vec![layer(text, file, report)?];
    while let Some((place, base)) = based_on(layers.last()?, report).ok()? {
        let refuse = |reason: String| {
            report.add(&place, "based_on", reason);
            None
        };
        above.extend(own_id(layers.last()?));
        if above.contains(&base) {
            return refuse(format!("le jeu « {base} » est fondé sur lui-même"));
        }
        let Some(source) = resolve(&base) else {
            return refuse(format!(
                "aucun jeu de règles ne porte l’identifiant « {base} »"
            ));
        };
        // A set found under an identifier that is not its own would escape the test above for ever.
        above.push(base);
        layers.push(layer(&source.text, &source.file, report)?);
    }
    layers.into_iter().rev().reduce(lay_over)
}

/// The tree of one text, without what it is based on.
fn layer(text: &str, file: &str, report: &Report) -> Option<Node> {
    let lines = Lines::new(text, file);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let place = lines.place(error.span().unwrap_or_default());
        report.add(&place, "", syntax::french(error.message()));
    }
    errors.is_empty().then(|| Node {
        place: lines.place(0..0),
        value: tree(table.into_inner(), &lines),
    })
}

/// The set that this one is based on, with the place where it says so.
///
/// # Errors
/// When that is no text, which is reported.
fn based_on(set: &Node, report: &Report) -> Result<Option<(Place, String)>, ()> {
    let Value::Table(entries) = &set.value else {
        return Ok(None);
    };
    match entries.get("based_on") {
        None => Ok(None),
        Some(Node {
            place,
            value: Value::Text(base),
        }) => Ok(Some((place.clone(), base.clone()))),
        Some(node) => {
            report.add(
                &node.place,
                "based_on",
                "l’identifiant d’un jeu de règles est attendu, entre guillemets".to_owned(),
            );
            Err(())
        }
    }
}

fn own_id(set: &Node) -> Option<String> {
    match &set.value {
        Value::Table(entries) => match &entries.get("id")?.value {
            Value::Text(id) => Some(id.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// `above` laid over `base`: tables key by key, everything else whole. `id` and `source` are never inherited: a derived
/// set says itself what it is and where it comes from.
fn lay_over(mut base: Node, above: Node) -> Node {
    if let Value::Table(entries) = &mut base.value {
        entries.remove("id");
        entries.remove("source");
    }
    merge(base, above)
}

fn merge(base: Node, above: Node) -> Node {
    match (base.value, above.value) {
        (Value::Table(mut entries), Value::Table(own)) => {
            for (key, node) in own {
                let node = match entries.remove(&key) {
                    Some(inherited) => merge(inherited, node),
                    None => node,
                };
                entries.insert(key, node);
            }
            Node {
                place: above.place,
                value: Value::Table(entries),
            }
        }
        (_, value) => Node {
            place: above.place,
            value,
        },
    }
}

fn tree(table: DeTable<'_>, lines: &Lines) -> Value {
    let entries = table.into_iter().map(|(key, value)| {
        let place = lines.place(key.span());
        let value = value_of(value.into_inner(), lines);
        (key.into_inner().into_owned(), Node { place, value })
    });
    Value::Table(entries.collect())
}

fn value_of(value: DeValue<'_>, lines: &Lines) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Foreign, Value::Integer),
        DeValue::Boolean(yes) => Value::Boolean(yes),
        DeValue::Datetime(at) => match (at.date, at.time, at.offset) {
            (None, Some(time), None)
                if time.second.unwrap_or(0) == 0 && time.nanosecond.unwrap_or(0) == 0 =>
            {
                Value::Time(u16::from(time.hour) * 60 + u16::from(time.minute))
            }
            _ => Value::Foreign,
        },
        DeValue::Float(_) => Value::Foreign,
        DeValue::Array(items) => Value::List(
            items
                .into_iter()
                .map(|item: Spanned<DeValue<'_>>| Node {
                    place: lines.place(item.span()),
                    value: value_of(item.into_inner(), lines),
                })
                .collect(),
        ),
        DeValue::Table(table) => tree(table, lines),
    }
}

/// Turns byte offsets into lines.
struct Lines {
    file: Arc<str>,
    ends: Vec<usize>,
}

impl Lines {
    fn new(text: &str, file: &str) -> Self {
        Self {
            file: file.into(),
            ends: text.match_indices('\n').map(|(end, _)| end).collect(),
        }
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place {
            file: self.file.clone(),
            line: self.ends.partition_point(|&end| end < span.start) + 1,
        }
    }
}
