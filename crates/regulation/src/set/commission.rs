//! `[composition.FORM]`: who sits in a commission.

use std::collections::BTreeMap;

use delos_domain::candidate::Form;
use delos_domain::regulation::{Composition, OfOption};

use crate::reader::{Item, Table};

pub(super) fn read(table: Table<'_>) -> Option<BTreeMap<Form, Composition>> {
    super::by_key(table, &Form::ALL, |item| composition(&item))
}

fn composition(item: &Item<'_>) -> Option<Composition> {
    let table = item.table()?;
    table.source();
    let members_min = table
        .item("members_min")
        .and_then(|item| item.number(1..=10));
    // No more of a kind than there are members.
    let at_most = 0..=members_min.unwrap_or(10);
    let of_option = table.item("of_option").and_then(|item| {
        if item.is_text() {
            item.one_of(&[(OfOption::All, "all")])
        } else {
            item.number(at_most.clone()).map(OfOption::AtLeast)
        }
    });
    let teachers_min = table
        .item("teachers_min")
        .and_then(|item| item.number(at_most.clone()));
    let professionals_min = table
        .item("professionals_min")
        .and_then(|item| item.number(at_most.clone()));
    if let (Some(members), Some(teachers), Some(professionals)) =
        (members_min, teachers_min, professionals_min)
        && teachers + professionals > members
    {
        table.fault("il faut plus de professeurs et de professionnels qu’il n’y a de membres");
    }
    let own_school = table.item("own_school").and_then(|item| item.boolean());
    table.finish();
    Some(Composition {
        members_min: members_min?,
        of_option: of_option?,
        teachers_min: teachers_min?,
        professionals_min: professionals_min?,
        own_school: own_school?,
    })
}
