//! `[[absences]]`: what an absence entails; one line for each form and kind, and no other.

use delos_domain::candidate::Form;
use delos_domain::regulation::{AbsenceConsequence, AbsenceKind, AbsenceRule};

use crate::reader::Item;

pub(super) fn read(item: &Item<'_>, forms: Option<&[Form]>) -> Option<Vec<AbsenceRule>> {
    let mut seen = Vec::new();
    let mut rules = Vec::new();
    for line in item.filled_list()? {
        let rule = rule(&line, forms);
        if let Some((form, kind, _)) = rule {
            if seen.contains(&(form, kind)) {
                line.fault(format!(
                    "la ligne « {}, {} » est déjà écrite plus haut",
                    form.code(),
                    kind.code()
                ));
            }
            seen.push((form, kind));
        }
        rules.push(rule.and_then(|(_, _, rule)| rule));
    }
    if rules.iter().all(Option::is_some) {
        for &form in forms.unwrap_or_default() {
            for (kind, code) in AbsenceKind::ALL {
                if !seen.contains(&(form, kind)) {
                    item.fault(format!("il manque la ligne « {}, {code} »", form.code()));
                }
            }
        }
    }
    rules.into_iter().collect()
}

fn rule(
    item: &Item<'_>,
    forms: Option<&[Form]>,
) -> Option<(Form, AbsenceKind, Option<AbsenceRule>)> {
    let table = item.table()?;
    let form_item = table.item("form");
    let form = form_item.as_ref().and_then(|item| item.one_of(&Form::ALL));
    if let (Some(item), Some(form), Some(forms)) = (&form_item, form, forms)
        && !forms.contains(&form)
    {
        item.fault(format!(
            "aucune commission n’est prévue pour cette forme (composition.{})",
            form.code()
        ));
    }
    let kind = table
        .item("kind")
        .and_then(|item| item.one_of(&AbsenceKind::ALL));
    let consequence = table
        .item("consequence")
        .and_then(|item| item.one_of(&AbsenceConsequence::ALL));
    let sentence = table.text("sentence");
    let source = table.text("source");
    table.finish();
    let (form, kind) = (form?, kind?);
    let rule = || {
        Some(AbsenceRule {
            form,
            kind,
            consequence: consequence?,
            sentence: sentence?,
            source: source?,
        })
    };
    Some((form, kind, rule()))
}
