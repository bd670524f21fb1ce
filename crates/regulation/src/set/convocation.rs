//! `[convocation]`: the sentences of a convocation.

use std::collections::BTreeMap;

use delos_domain::candidate::Form;
use delos_domain::regulation::ConvocationTexts;

use crate::reader::Table;

pub(super) fn read(table: Table<'_>, forms: Option<&[Form]>) -> Option<ConvocationTexts> {
    table.source();
    let bring = super::texts(&table, "bring");
    let forbidden = super::texts(&table, "forbidden");
    let inspection = table.text("inspection");
    let lateness = table.text("lateness");
    let absence = by_form(&table, "absence", forms);
    let tell = by_form(&table, "tell", forms);
    let examiner = super::texts(&table, "examiner");
    table.finish();
    Some(ConvocationTexts {
        bring: bring?,
        forbidden: forbidden?,
        inspection: inspection?,
        lateness: lateness?,
        absence: absence?,
        tell: tell?,
        examiner: examiner?,
    })
}

/// One sentence for each form that has a composition, and none for the others.
fn by_form(
    parent: &Table<'_>,
    key: &'static str,
    forms: Option<&[Form]>,
) -> Option<BTreeMap<Form, String>> {
    let table = parent.item(key)?.table()?;
    let mut sentences = Vec::new();
    for (form, code) in Form::ALL {
        if forms.is_none_or(|forms| forms.contains(&form)) {
            sentences.push((form, table.text(code)));
        }
    }
    table.finish();
    sentences
        .into_iter()
        .map(|(form, sentence)| Some((form, sentence?)))
        .collect()
}
