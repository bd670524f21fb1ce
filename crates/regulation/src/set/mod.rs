//! A tree read as a `Regulation`, table by table.

mod absence;
mod assessment;
mod commission;
mod convocation;
mod course;
mod day;
mod mark;
mod template;

use std::collections::BTreeMap;

use delos_domain::candidate::{ExamOption, Form};
use delos_domain::regulation::{OptionTitles, Regulation};

use crate::node::Node;
use crate::reader::{Item, Report, Table};

/// Documents by their function; each may bear an annex number.
const DOCUMENTS: [&str; 12] = [
    "appreciation",
    "bordereau",
    "controle-de-conformite",
    "convocation",
    "deroulement",
    "emargement",
    "emploi-du-temps",
    "environnement",
    "expression-des-besoins",
    "fiche-descriptive",
    "grille",
    "proces-verbal",
];

/// The regulation of a document; none when something in it is at fault, which the report then holds.
pub(crate) fn read(document: &Node, report: &Report) -> Option<Regulation> {
    let root = Item::document(document, report).table()?;
    root.maybe("based_on");
    let id = root.item("id").and_then(|item| item.code());
    let source = root.text("source");
    let diploma = root.text("diploma");
    let exam_code = root.item("exam_code").and_then(|item| item.code());
    let unit = root.item("unit").and_then(|item| item.code());
    let options = table(&root, "options").and_then(options);
    let annexes = table(&root, "annexes").and_then(annexes);

    let day = table(&root, "day").and_then(day::read);
    let course = table(&root, "course").and_then(|table| course::read(table, day.as_ref()));
    let templates = root
        .item("templates")
        .and_then(|item| template::read(&item, day.as_ref()));

    let composition = table(&root, "composition").and_then(commission::read);
    let forms: Option<Vec<Form>> = composition
        .as_ref()
        .map(|map| map.keys().copied().collect());
    let convocation =
        table(&root, "convocation").and_then(|table| convocation::read(table, forms.as_deref()));
    let absences = root
        .item("absences")
        .and_then(|item| absence::read(&item, forms.as_deref()));
    let mark = table(&root, "mark").and_then(mark::read);
    let rest = assessment::Rest {
        exam_code: exam_code.as_deref(),
        options: options.as_ref(),
        annexes: annexes.as_ref(),
        course: course.as_ref(),
        mark: mark.as_ref(),
    };
    let assessment = table(&root, "assessment").and_then(|table| assessment::read(table, &rest));
    root.finish();

    Some(Regulation {
        id: id?,
        source: source?,
        diploma: diploma?,
        exam_code: exam_code?,
        unit: unit?,
        options: options?,
        annexes: annexes?,
        course: course?,
        day: day?,
        templates: templates?,
        composition: composition?,
        convocation: convocation?,
        absences: absences?,
        mark: mark?,
        assessment: assessment?,
    })
}

fn table<'a>(parent: &Table<'a>, key: &'static str) -> Option<Table<'a>> {
    parent.item(key)?.table()
}

fn options(table: Table<'_>) -> Option<BTreeMap<ExamOption, OptionTitles>> {
    let titles = by_key(table, &ExamOption::ALL, |item| {
        let table = item.table()?;
        table.source();
        let (option, exam) = (table.text("option"), table.text("exam"));
        table.finish();
        Some(OptionTitles {
            option: option?,
            exam: exam?,
        })
    })?;
    Some(titles)
}

fn annexes(table: Table<'_>) -> Option<BTreeMap<String, String>> {
    table.source();
    let numbers: Vec<_> = DOCUMENTS
        .iter()
        .filter_map(|&document| Some((document, table.maybe(document)?.text())))
        .collect();
    table.finish();
    numbers
        .into_iter()
        .map(|(document, number)| Some((document.to_owned(), number?)))
        .collect()
}

/// The texts of a list that has one at least.
fn texts(table: &Table<'_>, key: &'static str) -> Option<Vec<String>> {
    all_texts(&table.item(key)?)
}

fn all_texts(item: &Item<'_>) -> Option<Vec<String>> {
    let texts: Vec<_> = item.filled_list()?.iter().map(Item::text).collect();
    texts.into_iter().collect()
}

/// A table whose keys are codes, one at least; none when a value cannot be read.
fn by_key<'a, K: Ord + Copy, V>(
    table: Table<'a>,
    codes: &[(K, &'static str)],
    read: impl Fn(Item<'a>) -> Option<V>,
) -> Option<BTreeMap<K, V>> {
    let values: Vec<_> = codes
        .iter()
        .filter_map(|&(key, code)| Some((key, read(table.maybe(code)?))))
        .collect();
    if values.is_empty() {
        table.fault("cette table est vide");
    }
    table.finish();
    let map: BTreeMap<K, V> = values
        .into_iter()
        .map(|(key, value)| Some((key, value?)))
        .collect::<Option<_>>()?;
    (!map.is_empty()).then_some(map)
}

/// Says which codes stand twice; `what` is what they are the codes of.
fn refuse_doubles<'t>(codes: impl IntoIterator<Item = (&'t Table<'t>, &'t Option<String>)>) {
    let mut seen: Vec<&str> = Vec::new();
    for (table, code) in codes {
        let Some(code) = code else { continue };
        if seen.contains(&code.as_str()) {
            table.fault(format!("le code « {code} » est déjà pris plus haut"));
        }
        seen.push(code);
    }
}
