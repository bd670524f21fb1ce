//! `[assessment]`: the grids and the appreciation sheet.
//!
//! What a set says elsewhere is not typed again: annex numbers, the code of the épreuve, its title in each option, points
//! of penalties and lengths of phases stand in the texts as `{annexe}`, `{epreuve}`, `{intitule}`, `{option}`, `{points}`,
//! `{phase}` and `{minutes}`. A derived set that changes a number changes every form.

mod appreciation;
mod back;
mod front;
mod head;
mod scale;

use std::collections::BTreeMap;

use delos_domain::candidate::ExamOption;
use delos_domain::regulation::{
    AssessmentForms, Course, Coverage, Grid, GridBack, MarkRules, OptionTitles,
};

use crate::reader::{Item, Table};

const COVERAGES: [(Coverage, &str); 3] = [
    (Coverage::Nothing, "nothing"),
    (Coverage::Competences, "competences"),
    (Coverage::Lines, "lines"),
];

/// What the rest of the set says, each part none when it is at fault there.
pub(super) struct Rest<'a> {
    pub(super) exam_code: Option<&'a str>,
    pub(super) options: Option<&'a BTreeMap<ExamOption, OptionTitles>>,
    pub(super) annexes: Option<&'a BTreeMap<String, String>>,
    pub(super) course: Option<&'a Course>,
    pub(super) mark: Option<&'a MarkRules>,
}

impl Rest<'_> {
    /// The annex number of a document; its absence is a fault of `table`.
    fn annex(&self, table: &Table<'_>, document: &str) -> Option<String> {
        let number = self.annexes?.get(document);
        if number.is_none() {
            table.fault(format!(
                "ce document n’a pas de numéro d’annexe (annexes.{document})"
            ));
        }
        number.cloned()
    }
}

pub(super) fn read(table: Table<'_>, rest: &Rest<'_>) -> Option<AssessmentForms> {
    table.source();
    let head = super::table(&table, "head").and_then(|table| head::read(table, rest));
    let front = super::table(&table, "front").and_then(|table| front::read(table, rest));
    let scale = super::table(&table, "scale").and_then(scale::read);
    let back = super::table(&table, "back").and_then(back::read);
    let coverage = super::table(&table, "coverage").and_then(|table| {
        table.source();
        let demanded = table
            .item("demanded")
            .and_then(|item| item.one_of(&COVERAGES));
        table.finish();
        demanded
    });
    let appreciation = super::table(&table, "appreciation")
        .and_then(|table| appreciation::read(table, rest, head.as_ref()));
    let common = Common {
        head,
        front,
        scale,
        back,
    };
    let grids = table
        .item("grids")
        .and_then(|item| grids(&item, rest, &common));
    table.finish();
    Some(AssessmentForms {
        grids: grids?,
        appreciation: appreciation?,
        coverage: coverage?,
    })
}

/// What the grids of a set have in common: the annex prints it once a grid, in the same words.
struct Common {
    head: Option<head::Head>,
    front: Option<front::Front>,
    scale: Option<delos_domain::regulation::Scale>,
    back: Option<back::Back>,
}

fn grids(item: &Item<'_>, rest: &Rest<'_>, common: &Common) -> Option<Vec<Grid>> {
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
    let mut taken = Vec::new();
    let mut seen = back::Seen::default();
    let mut grids = Vec::new();
    for (table, code) in tables.into_iter().zip(codes) {
        let options = table
            .item("options")
            .and_then(|item| grid_options(&item, rest, &mut taken));
        grids.push(grid(table, code, options, rest, common, &mut seen));
    }
    // An option that could not be read is told where it stands; telling that it lacks as well would mislead.
    if grids.iter().all(Option::is_some) {
        for option in rest.options.into_iter().flat_map(BTreeMap::keys) {
            if !taken.contains(option) {
                item.fault(format!("l’option {} n’a pas de grille", option.code()));
            }
        }
    }
    grids.into_iter().collect()
}

fn grid_options(
    item: &Item<'_>,
    rest: &Rest<'_>,
    taken: &mut Vec<ExamOption>,
) -> Option<Vec<ExamOption>> {
    let mut options = Vec::new();
    for item in item.filled_list()? {
        let option = item.one_of(&ExamOption::ALL);
        if let Some(option) = option {
            if rest
                .options
                .is_some_and(|known| !known.contains_key(&option))
            {
                item.fault(format!(
                    "l’épreuve n’existe pas dans l’option {}",
                    option.code()
                ));
            }
            if taken.contains(&option) {
                item.fault(format!("l’option {} a déjà une grille", option.code()));
            }
            taken.push(option);
        }
        options.push(option);
    }
    let mut options: Vec<ExamOption> = options.into_iter().collect::<Option<_>>()?;
    options.sort_unstable();
    Some(options)
}

fn grid(
    table: Table<'_>,
    code: Option<String>,
    options: Option<Vec<ExamOption>>,
    rest: &Rest<'_>,
    common: &Common,
    seen: &mut back::Seen,
) -> Option<Grid> {
    table.source();
    let letter = table
        .maybe("letter")
        .map_or(Some(None), |item| item.code().map(Some));
    let number = rest.annex(&table, "grille");
    let annex = number.zip(letter).map(|(number, letter)| match letter {
        Some(letter) => format!("{number}-{letter}"),
        None => number,
    });
    let title = table.item("back_title").and_then(|item| {
        item.filled_in(&[("annexe", annex.as_deref()), ("epreuve", rest.exam_code)])
    });
    let blocks = table
        .item("blocks")
        .and_then(|item| back::blocks(&item, seen));
    table.finish();
    let (options, annex) = (options?, annex?);
    let (front, back) = (common.front.as_ref()?, common.back.as_ref()?);
    Some(Grid {
        code: code?,
        head: common.head.as_ref()?.of(&options),
        options,
        front: front.of(&annex),
        annex,
        scale: common.scale.clone()?,
        back: GridBack {
            title: title?,
            levels: back.levels.clone(),
            competences: back.competences.clone(),
            indicators: back.indicators.clone(),
            blocks: blocks?,
        },
    })
}
