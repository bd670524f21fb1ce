//! The forms of the sets shipped are those of the annexes, word for word, nothing added and nothing forgotten.
//!
//! An extract of the text layer of each annex stands in `tests/data/annexes`. The set's texts must use up its words, all of
//! them and in their order. A page has columns and a text layer has none, so some order is free, and that alone: of a block,
//! the lines come in their order and the indicators in theirs, but a page break may have put some of the ones among the
//! others, never inside a sentence; in the head of a form each label comes once, wherever. Descriptors are read row by row.
//! What a page draws is dropped from the extract: boxes, dotted lines, the marks before the items of a list, page numbers.

#![expect(clippy::unwrap_used, reason = "the extracts are files of the project")]

use std::path::Path;

use delos_domain::candidate::ExamOption;
use delos_domain::regulation::{Block, FormHead, Grid, Regulation};
use delos_regulation::load;

/// Page numbers that the extracts hold, each alone on its line.
const PAGES: [&str; 2] = ["11", "14"];
/// The date that a form leaves blank.
const BLANK_DATE: &str = "...... / ...... /............";

fn extract(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/annexes");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The words of an extract, without what the page draws.
fn words(extract: &str) -> Vec<String> {
    extract
        .lines()
        .map(str::trim)
        .filter(|line| !PAGES.contains(line))
        .filter(|line| !line.chars().all(|c| matches!(c, ' ' | '-' | '.')))
        .map(|line| {
            line.strip_prefix("- ")
                .or_else(|| line.strip_prefix("▪ "))
                .unwrap_or(line)
                .replace(BLANK_DATE, "")
                .replace('▢', "")
        })
        .flat_map(|line| {
            line.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The words of an extract, being used up.
struct Reading {
    words: Vec<String>,
    at: usize,
}

impl Reading {
    fn of(extract: &str) -> Self {
        Self {
            words: words(extract),
            at: 0,
        }
    }

    /// How many of the next words this text is, when it is they.
    fn length(&self, text: &str) -> Option<usize> {
        let text: Vec<&str> = text.split_whitespace().collect();
        let next = &self.words[self.at..];
        (next.len() >= text.len() && next.iter().zip(&text).all(|(a, b)| a == b))
            .then_some(text.len())
    }

    /// Reads queues of texts, each in its order, whichever comes next; of two that could, the longer.
    fn queues(&mut self, queues: Vec<Vec<String>>) -> Result<(), String> {
        let mut queues: Vec<_> = queues
            .into_iter()
            .map(|q| q.into_iter().peekable())
            .collect();
        loop {
            let found = queues
                .iter_mut()
                .enumerate()
                .filter_map(|(place, queue)| {
                    let text = queue.peek()?;
                    Some((self.length(text)?, place))
                })
                .max();
            if let Some((length, place)) = found {
                queues[place].next();
                self.at += length;
                continue;
            }
            let left: Vec<_> = queues.iter_mut().filter_map(Iterator::next).collect();
            if left.is_empty() {
                return Ok(());
            }
            let end = self.words.len().min(self.at + 12);
            return Err(format!(
                "none of {left:?} is what follows: « {} »",
                self.words[self.at..end].join(" ")
            ));
        }
    }

    /// Reads texts in their order.
    fn all<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) -> Result<(), String> {
        self.queues(vec![texts.into_iter().map(str::to_owned).collect()])
    }

    /// Reads each of these texts once, in whatever order.
    fn each<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) -> Result<(), String> {
        self.queues(
            texts
                .into_iter()
                .map(|text| vec![text.to_owned()])
                .collect(),
        )
    }

    fn end(self) -> Result<(), String> {
        if self.at == self.words.len() {
            return Ok(());
        }
        Err(format!(
            "nothing of the set is « {} »",
            self.words[self.at..].join(" ")
        ))
    }

    fn head(&mut self, head: &FormHead) -> Result<(), String> {
        self.all(head.exams.iter().map(String::as_str))?;
        let labels = [
            &head.name,
            &head.candidate_number,
            &head.date,
            &head.commission,
        ];
        self.each(
            labels
                .into_iter()
                .chain(head.forms.values())
                .chain(head.options.values())
                .map(String::as_str),
        )
    }

    fn block(&mut self, block: &Block) -> Result<(), String> {
        self.all([block.label.as_str()])?;
        let mut lines = Vec::new();
        for line in &block.lines {
            if !block.boxes {
                lines.push(line.label.clone());
            }
            lines.extend(line.sub_lines.iter().cloned());
        }
        let mut indicators = Vec::new();
        for indicator in &block.indicators {
            indicators.push(indicator.text.clone());
            indicators.extend(indicator.details.iter().cloned());
        }
        self.queues(vec![lines, indicators])
    }
}

/// The band over every form.
fn band(set: &Regulation, head: &FormHead, year: &str) -> [String; 3] {
    [
        set.diploma.to_uppercase(),
        head.session.clone(),
        year.to_owned(),
    ]
}

/// Whether an extract is this grid and nothing else; `labels_again` when the annex prints the five labels over the verso.
fn is_grid(
    extract: &str,
    set: &Regulation,
    grid: &Grid,
    year: &str,
    labels_again: bool,
) -> Result<(), String> {
    let mut reading = Reading::of(extract);
    let (head, front, back) = (&grid.head, &grid.front, &grid.back);
    reading.all(band(set, head, year).iter().map(String::as_str))?;
    reading.all([front.title.as_str()])?;
    reading.head(head)?;
    reading.all([front.members.as_str(), &front.proposal])?;
    reading.all(front.proposal_notices.iter().map(String::as_str))?;
    reading.all([head.mark.as_str(), &head.out_of, &front.penalties_title])?;
    reading.all(front.penalty_notices.iter().map(String::as_str))?;
    reading.all(front.penalties.iter().map(|line| line.text.as_str()))?;
    reading.all([
        front.final_mark.as_str(),
        &head.out_of,
        &front.report,
        &grid.scale.title,
    ])?;
    reading.all(grid.scale.labels.iter().map(String::as_str))?;
    for row in &grid.scale.descriptors {
        reading.all(row.cells.iter().flatten().map(String::as_str))?;
    }
    reading.all([back.levels.as_str()])?;
    reading.all(back.competences.as_deref())?;
    if labels_again {
        reading.all(grid.scale.labels.iter().map(String::as_str))?;
    }
    reading.all([back.title.as_str(), &back.indicators])?;
    for block in &back.blocks {
        reading.block(block)?;
    }
    reading.end()
}

/// Whether an extract is the appreciation sheet and nothing else.
fn is_sheet(extract: &str, set: &Regulation, year: &str) -> Result<(), String> {
    let mut reading = Reading::of(extract);
    let sheet = &set.assessment.appreciation;
    reading.all(band(set, &sheet.head, year).iter().map(String::as_str))?;
    reading.all([sheet.title.as_str()])?;
    reading.head(&sheet.head)?;
    for part in &sheet.parts {
        reading.all([part.title.as_str(), &part.observations])?;
    }
    reading.all([sheet.appreciation.as_str()])?;
    reading.all(sheet.boxes.iter().map(|one| one.label.as_str()))?;
    reading.all([sheet.head.mark.as_str(), &sheet.head.out_of, &sheet.visas])?;
    reading.end()
}

/// The grid of an option of a shipped set, and the set.
fn grid(id: &str, option: ExamOption) -> (Regulation, Grid) {
    let set = load(id).unwrap();
    let grid = set.assessment.grid(option).unwrap().clone();
    (set, grid)
}

fn codes(grid: &Grid) -> Vec<&str> {
    grid.lines().map(|(_, line)| line.code.as_str()).collect()
}

#[test]
fn the_grid_of_sisr_is_annexe_9_5_a() {
    let (set, grid) = grid("bts-sio-2024-e5", ExamOption::Sisr);
    let annex = extract("2024-9-5-a.txt");
    is_grid(&annex, &set, &grid, "2024", false).unwrap();
    assert_eq!(
        codes(&grid),
        [
            "SISR_C1", "SISR_C2", "SISR_C3", "SISR_C4", "SISR_C5", "SISR_C6", "SISR_I1", "SISR_I2",
            "SISR_I3", "SISR_I4", "SISR_I5", "SISR_I6", "SISR_E1", "SISR_E2", "SISR_E3", "SISR_E4",
            "SISR_E5",
        ]
    );
    assert_eq!(grid.lines().count(), 17);
    assert_eq!(grid.back.blocks[2].indicators.len(), 17);
}

#[test]
fn the_grid_of_slam_is_annexe_9_5_b() {
    let (set, grid) = grid("bts-sio-2024-e5", ExamOption::Slam);
    let annex = extract("2024-9-5-b.txt");
    is_grid(&annex, &set, &grid, "2024", false).unwrap();
    assert_eq!(
        codes(&grid),
        [
            "SLAM_C1", "SLAM_C2", "SLAM_C3", "SLAM_C4", "SLAM_C5", "SLAM_C6", "SLAM_C7", "SLAM_C8",
            "SLAM_C9", "SLAM_C10", "SLAM_C11", "SLAM_M1", "SLAM_M2", "SLAM_M3", "SLAM_M4",
            "SLAM_M5", "SLAM_D1", "SLAM_D2", "SLAM_D3", "SLAM_D4",
        ]
    );
    assert_eq!(grid.lines().count(), 20);
}

#[test]
fn the_sheet_of_2024_is_annexe_9_6() {
    let set = load("bts-sio-2024-e5").unwrap();
    is_sheet(&extract("2024-9-6.txt"), &set, "2024").unwrap();
    let ticks: Vec<_> = set
        .assessment
        .appreciation
        .boxes
        .iter()
        .map(|one| (one.code.as_str(), one.penalty.as_str()))
        .collect();
    assert_eq!(
        ticks,
        [
            ("one_missing", "one_realisation_missing"),
            ("none_presented", "both_realisations_missing")
        ]
    );
}

#[test]
fn the_forms_of_support_are_annexes_vi_3_and_vi_4() {
    let (set, grid) = grid("bts-sio-2026-e5-support", ExamOption::Sisr);
    is_grid(&extract("2026-vi-3.txt"), &set, &grid, "2026", true).unwrap();
    is_sheet(&extract("2026-vi-4.txt"), &set, "2026").unwrap();
    assert_eq!(set.assessment.grid(ExamOption::Slam), Some(&grid));
    assert_eq!(
        codes(&grid),
        [
            "SUP_R", "SUP_P", "SUP_A", "SUP_L", "SUP_M", "SUP_S", "SUP_D"
        ]
    );
    // As many rows of boxes as the annex prints.
    let rows = extract("2026-vi-3.txt").matches("▢ ▢ ▢ ▢ ▢").count();
    assert_eq!(grid.lines().count(), rows);
    assert!(grid.back.blocks.iter().all(|block| block.boxes));
}

#[test]
fn what_a_stale_reference_means_is_known() {
    for (id, expected) in [
        (
            "bts-sio-2024-e5",
            vec![("annexe 7-6", "9-6"), ("annexe 8", "10")],
        ),
        (
            "bts-sio-2026-e6",
            vec![("annexe 7-6", "VII-6"), ("annexe 8", "VII-7")],
        ),
        ("bts-sio-2026-e5-support", vec![("annexe 6-4", "VI-4")]),
    ] {
        let (_, grid) = grid(id, ExamOption::Slam);
        let found: Vec<_> = grid
            .front
            .references
            .iter()
            .map(|one| (one.printed.as_str(), one.annex.as_str()))
            .collect();
        assert_eq!(found, expected, "{id}");
    }
}

/// Planted once, each difference is seen.
#[test]
fn a_word_more_a_word_less_and_another_apostrophe_are_seen() {
    let (set, grid) = grid("bts-sio-2024-e5", ExamOption::Sisr);
    let annex = extract("2024-9-5-a.txt");
    let changed: [fn(&mut Grid); 8] = [
        |grid| drop(grid.back.blocks[2].indicators.pop()),
        |grid| drop(grid.back.blocks[1].lines.remove(2)),
        |grid| grid.back.blocks[0].lines.swap(0, 1),
        |grid| grid.back.blocks[0].indicators[7].details.swap(0, 1),
        |grid| {
            let text = &mut grid.back.blocks[2].indicators[5].text;
            *text = text.replace('\'', "’");
        },
        |grid| grid.scale.labels[1] = "Non maîtrisé".to_owned(),
        |grid| grid.scale.descriptors.swap(1, 2),
        |grid| grid.front.penalties[2].text = grid.front.penalties[2].text.replace("15", "14"),
    ];
    for (i, change) in changed.iter().enumerate() {
        let mut other = grid.clone();
        change(&mut other);
        assert!(is_grid(&annex, &set, &other, "2024", false).is_err(), "{i}");
    }
    for (from, to) in [
        (
            "Niveaux de maîtrise\n",
            "Niveaux de maîtrise\nIndicateurs\n",
        ),
        ("dans les délais prévus.", "dans les délais prévus. Fin"),
        ("Le service fonctionne avec la qualité attendue.", ""),
    ] {
        assert!(annex.contains(from), "{from}");
        let other = annex.replacen(from, to, 1);
        assert!(
            is_grid(&other, &set, &grid, "2024", false).is_err(),
            "{from}"
        );
    }
}
