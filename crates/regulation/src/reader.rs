//! Reading a tree key by key: whatever is missing, unknown or out of bounds is reported where it stands, and reading goes
//! on, so that all faults are told at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::fault::Fault;
use crate::node::{Node, Place, Value};

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Report {
    faults: RefCell<Vec<Fault>>,
}

impl Report {
    pub(crate) fn add(&self, place: &Place, key: &str, reason: String) {
        self.faults.borrow_mut().push(Fault {
            file: place.file.to_string(),
            line: place.line,
            key: key.to_owned(),
            reason,
        });
    }

    /// The faults of the file asked about first, then those of the sets that it is based on, each by line.
    pub(crate) fn into_faults(self, file: &str) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by(|a, b| (a.file != file, a).cmp(&(b.file != file, b)));
        faults.dedup();
        faults
    }
}

/// `text` with every `{name}` replaced by its value.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    // Piece by piece, so that a value that holds braces is not filled in again.
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let found = after
            .split_once('}')
            .and_then(|(name, after)| Some((values.iter().find(|(n, _)| *n == name)?.1, after)));
        if let Some((value, after)) = found {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// A value under its path.
pub(crate) struct Item<'a> {
    node: &'a Node,
    path: String,
    report: &'a Report,
}

/// A table being read: it knows which of its keys were asked for.
pub(crate) struct Table<'a> {
    place: &'a Place,
    entries: &'a BTreeMap<String, Node>,
    path: String,
    report: &'a Report,
    known: RefCell<BTreeSet<&'static str>>,
}

/// Longest text of a set, in characters: a sentence or two, never a page.
const LONGEST: usize = 600;

impl<'a> Item<'a> {
    /// The whole document.
    pub(crate) fn document(node: &'a Node, report: &'a Report) -> Self {
        Self {
            node,
            path: String::new(),
            report,
        }
    }

    /// Says what is wrong with it.
    pub(crate) fn fault(&self, reason: impl Into<String>) {
        self.report.add(&self.node.place, &self.path, reason.into());
    }

    fn expected<T>(&self, what: &str) -> Option<T> {
        let found = match &self.node.value {
            Value::Text(_) => "un texte",
            Value::Integer(_) => "un nombre entier",
            Value::Boolean(_) => "true ou false",
            Value::Time(_) => "une heure",
            Value::List(_) => "une liste",
            Value::Table(_) => "une table",
            Value::Foreign => "une autre écriture",
        };
        self.fault(format!(
            "valeur attendue : {what} ; valeur trouvée : {found}"
        ));
        None
    }

    /// A text of one line, not empty.
    pub(crate) fn text(&self) -> Option<String> {
        let Value::Text(text) = &self.node.value else {
            return self.expected("un texte entre guillemets");
        };
        if text.trim().is_empty() {
            self.fault("ce texte est vide");
        } else if text.chars().any(char::is_control) {
            self.fault("ce texte contient un saut de ligne ou un caractère de commande");
        } else if text.trim() != text {
            self.fault("ce texte commence ou finit par une espace");
        } else if text.chars().count() > LONGEST {
            self.fault(format!("ce texte dépasse {LONGEST} caractères"));
        } else {
            return Some(text.clone());
        }
        None
    }

    /// A text whose `{name}`s are filled in with these values. A value that is none is told to be at fault elsewhere: then
    /// the names alone are looked at.
    pub(crate) fn filled_in(&self, values: &[(&str, Option<&str>)]) -> Option<String> {
        let text = self.text()?;
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once('{') {
            let name = after.split_once('}').map(|(name, _)| name);
            if !name.is_some_and(|name| values.iter().any(|(known, _)| *known == name)) {
                let known: Vec<_> = values
                    .iter()
                    .map(|(known, _)| format!("{{{known}}}"))
                    .collect();
                self.fault(format!(
                    "entre accolades, seuls ces mots sont remplacés ici : {}",
                    known.join(", ")
                ));
                return None;
            }
            rest = after;
        }
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| Some((*name, (*value)?)))
            .collect::<Option<_>>()?;
        Some(fill(&text, &values))
    }

    /// A text that is one of these codes.
    pub(crate) fn one_of<T: Copy>(&self, codes: &[(T, &'static str)]) -> Option<T> {
        let text = self.text()?;
        let found = codes.iter().find(|(_, code)| *code == text);
        if found.is_none() {
            let known: Vec<_> = codes.iter().map(|(_, code)| *code).collect();
            self.fault(format!(
                "« {text} » n’est pas connu ; valeurs possibles : {}",
                known.join(", ")
            ));
        }
        found.map(|(value, _)| *value)
    }

    /// A code: lower- or upper-case letters without accents, digits, `-` and `_`.
    pub(crate) fn code(&self) -> Option<String> {
        let text = self.text()?;
        if text.len() <= 64
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        {
            return Some(text);
        }
        self.fault("un code s’écrit avec des lettres sans accent, des chiffres, « - » et « _ »");
        None
    }

    /// A whole number inside bounds.
    pub(crate) fn number<T>(&self, bounds: RangeInclusive<T>) -> Option<T>
    where
        T: TryFrom<i64> + PartialOrd + Display + Copy,
    {
        let Value::Integer(number) = self.node.value else {
            return self.expected("un nombre entier");
        };
        let inside = T::try_from(number).ok().filter(|n| bounds.contains(n));
        if inside.is_none() {
            self.fault(format!(
                "doit être compris entre {} et {} (ici {number})",
                bounds.start(),
                bounds.end()
            ));
        }
        inside
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        match self.node.value {
            Value::Boolean(yes) => Some(yes),
            _ => self.expected("true ou false"),
        }
    }

    /// A time, in minutes after midnight.
    pub(crate) fn time(&self) -> Option<u16> {
        match self.node.value {
            Value::Time(minutes) => Some(minutes),
            _ => self.expected("une heure comme 08:00:00"),
        }
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.node.value, Value::List(_))
    }

    pub(crate) fn is_empty_text(&self) -> bool {
        matches!(&self.node.value, Value::Text(text) if text.is_empty())
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.node.value, Value::Text(_))
    }

    /// The items of a list.
    pub(crate) fn list(&self) -> Option<Vec<Item<'a>>> {
        let Value::List(nodes) = &self.node.value else {
            return self.expected("une liste");
        };
        let items = nodes.iter().enumerate().map(|(i, node)| Item {
            node,
            path: format!("{}[{}]", self.path, i + 1),
            report: self.report,
        });
        Some(items.collect())
    }

    /// The items of a list that has one at least.
    pub(crate) fn filled_list(&self) -> Option<Vec<Item<'a>>> {
        let items = self.list()?;
        if items.is_empty() {
            self.fault("cette liste est vide");
            return None;
        }
        Some(items)
    }

    pub(crate) fn table(&self) -> Option<Table<'a>> {
        let Value::Table(entries) = &self.node.value else {
            return self.expected("une table");
        };
        Some(Table {
            place: &self.node.place,
            entries,
            path: self.path.clone(),
            report: self.report,
            known: RefCell::default(),
        })
    }
}

impl<'a> Table<'a> {
    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Says what is wrong with the table as a whole.
    pub(crate) fn fault(&self, reason: impl Into<String>) {
        self.report.add(self.place, &self.path, reason.into());
    }

    /// The value of a key that may be left out.
    pub(crate) fn maybe(&self, key: &'static str) -> Option<Item<'a>> {
        self.known.borrow_mut().insert(key);
        self.entries.get(key).map(|node| Item {
            node,
            path: self.path_of(key),
            report: self.report,
        })
    }

    /// The value of a key; its absence is a fault of the table.
    pub(crate) fn item(&self, key: &'static str) -> Option<Item<'a>> {
        let item = self.maybe(key);
        if item.is_none() {
            self.report.add(
                self.place,
                &self.path_of(key),
                "cette clé manque".to_owned(),
            );
        }
        item
    }

    /// The text of a key.
    pub(crate) fn text(&self, key: &'static str) -> Option<String> {
        self.item(key)?.text()
    }

    /// `true` or `false`; left out, it is `false`.
    pub(crate) fn flag(&self, key: &'static str) -> Option<bool> {
        self.maybe(key).map_or(Some(false), |item| item.boolean())
    }

    /// The citation that founds the table: obligatory everywhere, and kept in the file.
    pub(crate) fn source(&self) {
        self.text("source");
    }

    /// Ends the reading: whatever was not asked for is unknown.
    pub(crate) fn finish(self) {
        let known = self.known.borrow();
        for (key, node) in self.entries {
            if !known.contains(key.as_str()) {
                let expected: Vec<_> = known.iter().copied().collect();
                self.report.add(
                    &node.place,
                    &self.path_of(key),
                    format!(
                        "clé inconnue ; clés possibles ici : {}",
                        expected.join(", ")
                    ),
                );
            }
        }
    }
}
