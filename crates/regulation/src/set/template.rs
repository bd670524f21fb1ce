//! `[[templates]]`: how many candidates on each day of a period.

use delos_domain::regulation::{DayRules, PeriodTemplate, TemplateDay};

use crate::reader::{Item, Table};

pub(super) fn read(item: &Item<'_>, day: Option<&DayRules>) -> Option<Vec<PeriodTemplate>> {
    let tables: Vec<_> = item
        .filled_list()?
        .iter()
        .map(Item::table)
        .collect::<Option<_>>()?;
    let codes: Vec<_> = tables
        .iter()
        .map(|table| table.item("code").and_then(|code| code.code()))
        .collect();
    super::refuse_doubles(tables.iter().zip(&codes));
    tables
        .into_iter()
        .zip(codes)
        .map(|(table, code)| template(table, code, day))
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}

fn template(
    table: Table<'_>,
    code: Option<String>,
    day: Option<&DayRules>,
) -> Option<PeriodTemplate> {
    table.source();
    let name = table.text("name");
    let days_item = table.item("days");
    let days: Option<Vec<_>> = days_item.as_ref().and_then(|item| {
        let days: Vec<_> = item
            .filled_list()?
            .iter()
            .map(|item| template_day(item, day))
            .collect();
        days.into_iter().collect()
    });
    if let (Some(item), Some(days)) = (&days_item, &days)
        && days.iter().all(|day: &TemplateDay| day.max == 0)
    {
        item.fault("personne n’est interrogé aucun de ces jours");
    }
    table.finish();
    Some(PeriodTemplate {
        code: code?,
        name: name?,
        days: days?,
    })
}

/// A day with `max = 0` is the preparation half-day alone.
fn template_day(item: &Item<'_>, day: Option<&DayRules>) -> Option<TemplateDay> {
    let table = item.table()?;
    let preparation_item = table.item("preparation");
    let preparation = preparation_item.as_ref().and_then(Item::boolean);
    let max_item = table.item("max");
    let max = max_item.as_ref().and_then(|item| item.number(0..=50));
    let hard_max_item = table.item("hard_max");
    let hard_max = hard_max_item.as_ref().and_then(|item| item.number(0..=50));
    if let (Some(item), Some(true), Some(0)) = (
        &preparation_item,
        preparation,
        day.map(|day| day.preparation),
    ) {
        item.fault("cette épreuve n’a pas de demi-journée de préparation (day.preparation vaut 0)");
    }
    if let (Some(item), Some(0), Some(false)) = (&max_item, max, preparation) {
        item.fault("un jour sans préparation reçoit au moins un candidat");
    }
    if let (Some(item), Some(max), Some(hard_max)) = (&hard_max_item, max, hard_max) {
        if hard_max < max {
            item.fault(format!("doit être au moins égal à max ({max})"));
        } else if max == 0 && hard_max > 0 {
            item.fault("personne n’est interrogé un jour de préparation seule");
        }
    }
    table.finish();
    Some(TemplateDay {
        preparation: preparation?,
        max: max?,
        hard_max: hard_max?,
    })
}
