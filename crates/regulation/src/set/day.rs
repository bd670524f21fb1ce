//! `[day]`: the geometry of a commission's day.

use delos_domain::regulation::DayRules;

use crate::reader::{Item, Table};

pub(super) fn read(table: Table<'_>) -> Option<DayRules> {
    table.source();
    let grid = table.item("grid").and_then(|item| grid(&item));
    let on_grid = |item: &Item<'_>, minutes: u16| super::course::on_grid(item, minutes, grid);

    let open_item = table.item("open");
    let open = open_item
        .as_ref()
        .and_then(|item| on_grid(item, item.time()?));
    let close_item = table.item("close");
    let close = close_item
        .as_ref()
        .and_then(|item| on_grid(item, item.time()?));
    if let (Some(item), Some(open), Some(close)) = (&close_item, open, close)
        && open >= close
    {
        item.fault("la fermeture doit venir après l’ouverture");
    }

    let lunch = table
        .item("lunch")
        .and_then(|item| on_grid(&item, item.number(0..=180)?));
    let window_item = table.item("lunch_window");
    let window = window_item.as_ref().and_then(|item| window(item, &on_grid));
    if let (Some(item), Some((start, end))) = (&window_item, window) {
        if start >= end {
            item.fault("la fin doit venir après le début");
        } else {
            if lunch.is_some_and(|lunch| lunch > end - start) {
                item.fault("la pause n’y tient pas");
            }
            if open.is_some_and(|open| start < open) || close.is_some_and(|close| end > close) {
                item.fault("doit se trouver entre l’ouverture et la fermeture");
            }
        }
    }

    let preparation_item = table.item("preparation");
    let preparation = preparation_item
        .as_ref()
        .and_then(|item| on_grid(item, item.number(0..=480)?));
    if let (Some(item), Some(length), Some(open), Some(close)) =
        (&preparation_item, preparation, open, close)
        && open < close
        && length > close - open
    {
        item.fault("la préparation ne tient pas dans la journée");
    }

    let environments = table
        .item("environments")
        .and_then(|item| item.number(0..=DayRules::MOST_ENVIRONMENTS));
    let arrival = table.item("arrival").and_then(|item| item.number(0..=120));
    table.finish();
    Some(DayRules {
        grid: grid?,
        open: open?,
        close: close?,
        lunch: lunch?,
        lunch_window: window?,
        preparation: preparation?,
        environments: environments?,
        arrival: arrival?,
    })
}

fn grid(item: &Item<'_>) -> Option<u16> {
    let grid = item.number(1..=60)?;
    if 60 % grid != 0 {
        item.fault(format!(
            "doit diviser une heure (60 minutes), et {grid} ne la divise pas"
        ));
        return None;
    }
    Some(grid)
}

fn window(item: &Item<'_>, on_grid: &impl Fn(&Item<'_>, u16) -> Option<u16>) -> Option<(u16, u16)> {
    let items = item.list()?;
    let [start, end] = items.as_slice() else {
        item.fault("deux heures sont attendues : le début et la fin");
        return None;
    };
    let start = start.time().and_then(|minutes| on_grid(start, minutes));
    let end = end.time().and_then(|minutes| on_grid(end, minutes));
    Some((start?, end?))
}
