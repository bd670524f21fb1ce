//! The columns of each kind of file, under every name that people give them.

use std::collections::HashMap;

/// A column that we read, by its place in its layout.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Field(pub usize);

/// A column that we read.
pub(crate) struct Column {
    /// Its name in our models.
    pub label: &'static str,
    /// Names that it goes by, without case, accents, spaces nor marks; the first one found wins.
    pub names: &'static [&'static str],
}

/// A kind of file.
pub(crate) struct Layout {
    pub columns: &'static [Column],
    /// The fields that every row must have.
    pub required: &'static [Field],
}

/// A header that a layout knows.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    pub field: Field,
    /// Its rank among the names of the field.
    pub rank: usize,
}

impl Layout {
    /// Headers by squashed name.
    pub fn index(&self) -> HashMap<&'static str, Known> {
        let mut index = HashMap::new();
        for (place, column) in self.columns.iter().enumerate() {
            for (rank, name) in column.names.iter().enumerate() {
                index.entry(*name).or_insert(Known {
                    field: Field(place),
                    rank,
                });
            }
        }
        index
    }

    /// The name of a field in our models.
    pub fn label(&self, field: Field) -> &'static str {
        self.columns[field.0].label
    }
}

/// A column, for the tables of the layouts.
pub(crate) const fn column(label: &'static str, names: &'static [&'static str]) -> Column {
    Column { label, names }
}

#[cfg(test)]
mod tests {
    use crate::{candidates, examiners, grades, schools, words::squash};

    #[test]
    fn a_name_is_squashed_and_stands_for_one_field_only() {
        for layout in [
            &schools::LAYOUT,
            &examiners::LAYOUT,
            &candidates::LAYOUT,
            &grades::LAYOUT,
        ] {
            let all: usize = layout.columns.iter().map(|column| column.names.len()).sum();
            assert_eq!(layout.index().len(), all);
            for column in layout.columns {
                assert_eq!(column.names[0], squash(column.label));
                assert!(column.names.iter().all(|name| *name == squash(name)));
            }
        }
    }
}
