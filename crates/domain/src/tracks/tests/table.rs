//! Tables of transitions as text: `states | events | what follows`, a refusal being written `!code`.

use std::collections::{BTreeMap, BTreeSet};

/// What follows each event in each state.
pub struct Table {
    cells: BTreeMap<(String, String), String>,
}

impl Table {
    /// Reads a table and holds it against the whole of a machine: each state and event stands in it once. `*` among the
    /// states is every state that says nothing else of the event; `rest` among the events is every event of which
    /// nothing else is said in the state. A line after `#` is for the reader.
    pub fn read(text: &str, states: &[String], events: &[&str]) -> Self {
        let mut table = Self {
            cells: BTreeMap::new(),
        };
        let mut everywhere = Vec::new();
        let mut rest = Vec::new();
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let columns: Vec<&str> = line.split('|').map(str::trim).collect();
            let [in_states, on_events, outcome] = columns[..] else {
                panic!("not three columns: {line}");
            };
            for state in in_states.split_whitespace() {
                for event in on_events.split_whitespace() {
                    match (state, event) {
                        ("*", event) => everywhere.push((event, outcome)),
                        (state, "rest") => rest.push((state, outcome)),
                        (state, event) => table.enter(state, event, outcome),
                    }
                }
            }
        }
        for (event, outcome) in everywhere {
            for state in states {
                table.complete(state, event, outcome);
            }
        }
        for (state, outcome) in rest {
            for event in events {
                table.complete(state, event, outcome);
            }
        }
        for (state, event) in table.cells.keys() {
            assert!(states.contains(state), "no such state: {state}");
            assert!(events.contains(&&**event), "no such event: {event}");
        }
        for state in states {
            for event in events {
                table.says(state, event);
            }
        }
        table
    }

    fn enter(&mut self, state: &str, event: &str, outcome: &str) {
        let key = (state.to_owned(), event.to_owned());
        let before = self.cells.insert(key, outcome.to_owned());
        assert_eq!(before, None, "{state}, {event}: twice in the table");
    }

    fn complete(&mut self, state: &str, event: &str, outcome: &str) {
        self.cells
            .entry((state.to_owned(), event.to_owned()))
            .or_insert_with(|| outcome.to_owned());
    }

    /// What the table says of an event in a state.
    pub fn says(&self, state: &str, event: &str) -> &str {
        let key = (state.to_owned(), event.to_owned());
        self.cells
            .get(&key)
            .unwrap_or_else(|| panic!("{state}, {event}: not in the table"))
    }

    /// The codes of refusal that the table tells.
    pub fn refusals(&self) -> BTreeSet<&str> {
        self.cells
            .values()
            .filter_map(|outcome| outcome.strip_prefix('!'))
            .collect()
    }

    /// The same table, once each of these refusals stands in it and no other.
    pub fn telling(self, refusals: &[&str]) -> Self {
        let known: BTreeSet<&str> = refusals.iter().copied().collect();
        assert_eq!(known.len(), refusals.len(), "two refusals share a code");
        assert_eq!(self.refusals(), known);
        self
    }

    /// Whether no event leaves the state.
    pub fn is_terminal(&self, state: &str) -> bool {
        self.cells
            .iter()
            .filter(|((of, _), _)| of == state)
            .all(|(_, outcome)| outcome.starts_with('!'))
    }
}
