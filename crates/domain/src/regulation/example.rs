//! Forms for tests: two grids and a sheet, with invented words.

use std::collections::BTreeMap;

use super::{
    AppreciationBox, AppreciationPart, AppreciationSheet, AssessmentForms, Block, Coverage,
    FormHead, Grid, GridBack, GridFront, Line, Scale,
};
use crate::candidate::ExamOption;

/// SISR has blocks A (two lines) and B (one); SLAM has block C in one row and D, which stands apart.
pub(crate) fn forms(coverage: Coverage) -> AssessmentForms {
    AssessmentForms {
        grids: vec![
            grid(
                ExamOption::Sisr,
                vec![
                    block("A", false, false, &["A1", "A2"]),
                    block("B", false, false, &["B1"]),
                ],
            ),
            grid(
                ExamOption::Slam,
                vec![
                    block("C", true, false, &["C"]),
                    block("D", false, true, &["D1"]),
                ],
            ),
        ],
        appreciation: AppreciationSheet {
            annex: String::new(),
            title: String::new(),
            head: head(),
            parts: vec![part("phase1", true), part("phase2", false)],
            appreciation: String::new(),
            required: true,
            boxes: vec![tick("one_missing", "one"), tick("none", "both")],
            visas: String::new(),
        },
        coverage,
    }
}

fn grid(option: ExamOption, blocks: Vec<Block>) -> Grid {
    let none = String::new;
    Grid {
        code: option.code().to_owned(),
        options: vec![option],
        annex: none(),
        head: head(),
        front: GridFront {
            title: none(),
            members: none(),
            proposal: none(),
            proposal_notices: Vec::new(),
            penalties_title: none(),
            penalty_notices: Vec::new(),
            penalties: Vec::new(),
            final_mark: none(),
            report: none(),
            references: Vec::new(),
        },
        scale: Scale {
            title: none(),
            labels: std::array::from_fn(|_| none()),
            descriptors: Vec::new(),
        },
        back: GridBack {
            title: none(),
            levels: none(),
            competences: None,
            indicators: none(),
            blocks,
        },
    }
}

fn block(code: &str, boxes: bool, apart: bool, lines: &[&str]) -> Block {
    let line = |code: &&str| Line {
        code: (*code).to_owned(),
        label: format!("Ligne {code}"),
        sub_lines: Vec::new(),
    };
    Block {
        code: code.to_owned(),
        label: format!("Bloc {code}"),
        boxes,
        apart,
        lines: lines.iter().map(line).collect(),
        indicators: Vec::new(),
    }
}

fn part(code: &str, required: bool) -> AppreciationPart {
    AppreciationPart {
        code: code.to_owned(),
        title: String::new(),
        observations: String::new(),
        phase: String::new(),
        required,
    }
}

fn tick(code: &str, penalty: &str) -> AppreciationBox {
    AppreciationBox {
        code: code.to_owned(),
        label: String::new(),
        penalty: penalty.to_owned(),
    }
}

fn head() -> FormHead {
    let none = String::new;
    FormHead {
        session: none(),
        exams: Vec::new(),
        name: none(),
        candidate_number: none(),
        date: none(),
        commission: none(),
        forms: BTreeMap::new(),
        options: BTreeMap::new(),
        mark: none(),
        out_of: none(),
    }
}
