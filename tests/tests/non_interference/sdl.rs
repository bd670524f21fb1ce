//! The candidates' schema as it is committed: a document that asks for every field, and which of them answered.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// A field: its name, its type, whether it takes arguments.
type Field = (String, String, bool);

/// Object types and unions of a schema.
pub struct Schema {
    /// Fields of a type.
    objects: BTreeMap<String, Vec<Field>>,
    unions: BTreeMap<String, Vec<String>>,
}

impl Schema {
    /// Reads a schema.
    pub fn read(sdl: &str) -> Result<Self> {
        let (mut objects, mut unions) = (BTreeMap::new(), BTreeMap::new());
        let mut own: Option<(String, Vec<Field>)> = None;
        let mut speaks = false;
        for line in sdl.lines().map(str::trim) {
            if line == "\"\"\"" {
                speaks = !speaks;
            } else if speaks || line.is_empty() {
            } else if let Some(name) = line.strip_prefix("type ") {
                let name = name.split([' ', '{']).next().unwrap_or_default();
                own = Some((name.to_owned(), Vec::new()));
            } else if let Some(union) = line.strip_prefix("union ") {
                let (name, members) = union.split_once('=').context("a union")?;
                let members = members.split('|').map(|one| one.trim().to_owned());
                unions.insert(name.trim().to_owned(), members.collect());
            } else if line == "}" {
                if let Some((name, fields)) = own.take() {
                    objects.insert(name, fields);
                }
            } else if let Some((_, fields)) = &mut own {
                let name = line.split(['(', ':']).next().unwrap_or_default();
                let kind = line.rsplit(':').next().unwrap_or_default();
                let kind = kind.trim().trim_matches(['[', ']', '!']);
                fields.push((name.to_owned(), kind.to_owned(), line.contains('(')));
            }
        }
        Ok(Self { objects, unions })
    }

    /// Every field of every type.
    pub fn fields(&self) -> BTreeSet<String> {
        let of = |(name, fields): (&String, &Vec<Field>)| {
            let fields = fields.iter().map(|(field, ..)| format!("{name}.{field}"));
            fields.collect::<Vec<_>>()
        };
        self.objects.iter().flat_map(of).collect()
    }

    /// Fields of one root, with whether each takes arguments.
    pub fn roots(&self, root: &str) -> Vec<(String, bool)> {
        let all = self.objects.get(root).into_iter().flatten();
        all.map(|(name, _, takes)| (name.clone(), *takes)).collect()
    }

    /// A document that asks for everything below a field of a root.
    pub fn document(
        &self,
        operation: &str,
        root: &str,
        field: &str,
        arguments: &str,
    ) -> Result<String> {
        let all = self.objects.get(root).context("a root")?;
        let (_, kind, _) = all
            .iter()
            .find(|(name, ..)| name == field)
            .context("a field")?;
        let below = self.selection(kind, 0)?;
        Ok(format!("{operation} {{ {field}{arguments}{below} }}"))
    }

    fn selection(&self, kind: &str, depth: usize) -> Result<String> {
        if depth > 8 {
            bail!("{kind} goes round");
        }
        if let Some(members) = self.unions.get(kind) {
            let mut all = " { __typename".to_owned();
            for member in members {
                all.extend([" ... on ", member, &self.selection(member, depth + 1)?]);
            }
            return Ok(all + " }");
        }
        let Some(fields) = self.objects.get(kind) else {
            return Ok(String::new());
        };
        let mut all = " {".to_owned();
        for (name, kind, takes) in fields {
            anyhow::ensure!(!takes, "{name} takes arguments: say which");
            all.extend([" ", name, &self.selection(kind, depth + 1)?]);
        }
        Ok(all + " }")
    }

    /// Notes every field that answered with data below a root.
    pub fn note(&self, root: &str, data: &Value, seen: &mut BTreeSet<String>) {
        let Some(fields) = self.objects.get(root) else {
            return;
        };
        for (name, kind, _) in fields {
            let value = &data[name];
            let is_empty = value.is_null()
                || value.as_array().is_some_and(Vec::is_empty)
                || value.as_str().is_some_and(str::is_empty);
            if is_empty {
                continue;
            }
            seen.insert(format!("{root}.{name}"));
            let one = std::slice::from_ref(value);
            for value in value.as_array().map_or(one, Vec::as_slice) {
                let kind = match value["__typename"].as_str() {
                    Some(member) if self.unions.contains_key(kind) => member,
                    _ => kind,
                };
                self.note(kind, value, seen);
            }
        }
    }
}
