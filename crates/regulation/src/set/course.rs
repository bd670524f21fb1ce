//! `[course]`: the phases of a candidate's course.

use delos_domain::regulation::{Course, DayRules, ExtraTime, Phase};

use crate::reader::{Item, Table};

const EXTRA_TIMES: [(ExtraTime, &str); 3] = [
    (ExtraTime::None, "none"),
    (ExtraTime::Preparation, "preparation"),
    (ExtraTime::Interview, "interview"),
];

/// `minutes` when they lie on the grid: starts do, and phases follow each other without a wait.
pub(super) fn on_grid(item: &Item<'_>, minutes: u16, grid: Option<u16>) -> Option<u16> {
    if let Some(grid) = grid
        && !minutes.is_multiple_of(grid)
    {
        item.fault(format!(
            "doit être un multiple de la grille ({grid} minutes)"
        ));
        return None;
    }
    Some(minutes)
}

pub(super) fn read(table: Table<'_>, day: Option<&DayRules>) -> Option<Course> {
    table.source();
    let item = table.item("phases");
    let tables: Option<Vec<_>> = item
        .as_ref()
        .and_then(Item::filled_list)
        .and_then(|items| items.iter().map(Item::table).collect());
    table.finish();
    let (item, tables) = (item?, tables?);

    let codes: Vec<_> = tables
        .iter()
        .map(|table| table.item("code").and_then(|code| code.code()))
        .collect();
    super::refuse_doubles(tables.iter().zip(&codes));
    let phases: Vec<_> = tables
        .into_iter()
        .zip(codes)
        .map(|(table, code)| phase(table, code, day))
        .collect();

    let mut after_floating = false;
    for phase in phases.iter().flatten() {
        if after_floating && !phase.floating {
            item.fault(format!(
                "la phase « {} » suit une phase flottante : les flottantes viennent en dernier",
                phase.code
            ));
        }
        after_floating |= phase.floating;
    }
    let phases: Vec<Phase> = phases.into_iter().collect::<Option<_>>()?;

    if !phases.iter().any(|phase| phase.candidate) {
        item.fault("le candidat n’est présent à aucune phase");
    }
    if let Some(day) = day {
        let environment = phases.iter().any(|phase| phase.environment);
        if environment && day.environments == 0 {
            item.fault("une phase occupe un environnement, et day.environments vaut 0");
        }
        if !environment && day.environments > 0 {
            item.fault("aucune phase n’occupe d’environnement, et day.environments n’est pas nul");
        }
        let whole: u32 = phases
            .iter()
            .map(|phase| u32::from(phase.minutes) + u32::from(phase.margin))
            .sum();
        if day.open < day.close && whole > u32::from(day.close - day.open) {
            item.fault(format!(
                "le parcours dure {whole} minutes et ne tient pas dans la journée"
            ));
        }
    }
    Some(Course { phases })
}

fn phase(table: Table<'_>, code: Option<String>, day: Option<&DayRules>) -> Option<Phase> {
    let grid = day.map(|day| day.grid);
    let name = table.text("name");
    let minutes = table
        .item("minutes")
        .and_then(|item| on_grid(&item, item.number(1..=480)?, grid));
    let margin_item = table.maybe("margin");
    let margin = margin_item
        .as_ref()
        .map_or(Some(0), |item| on_grid(item, item.number(0..=120)?, grid));
    let extra_time = table
        .maybe("extra_time")
        .map_or(Some(ExtraTime::None), |item| item.one_of(&EXTRA_TIMES));
    let candidate = table.flag("candidate");
    let commission = table.flag("commission");
    let environment = table.flag("environment");
    let floating = table.flag("floating");

    // The sentence is addressed to the candidate: it is there exactly when he is.
    let explanation = match (table.maybe("explanation"), candidate) {
        (Some(item), Some(true)) => item.text(),
        (Some(item), _) => {
            item.fault("le candidat n’est pas présent à cette phase : rien à lui expliquer");
            None
        }
        (None, Some(false)) => Some(String::new()),
        (None, _) => {
            table.item("explanation");
            None
        }
    };
    if (candidate, commission) == (Some(false), Some(false)) {
        table.fault("ni le candidat ni la commission n’est présent à cette phase");
    }
    if floating == Some(true) {
        if candidate == Some(true) || environment == Some(true) {
            table.fault("seule une phase de la commission seule, sans environnement, peut flotter");
        }
        if margin.is_some_and(|margin| margin > 0) {
            table.fault("une phase flottante n’a pas de marge");
        }
    }
    if extra_time.is_some_and(|extra| extra != ExtraTime::None) && candidate == Some(false) {
        table.fault("le temps majoré est celui du candidat : il doit être présent");
    }
    table.finish();
    Some(Phase {
        code: code?,
        name: name?,
        explanation: explanation?,
        minutes: minutes?,
        margin: margin?,
        extra_time: extra_time?,
        candidate: candidate?,
        commission: commission?,
        environment: environment?,
        floating: floating?,
    })
}
