//! `[assessment.head]`: what every form opens with.

use std::collections::BTreeMap;

use delos_domain::candidate::{ExamOption, Form};
use delos_domain::regulation::FormHead;

use super::Rest;
use crate::reader::Table;

/// The head before it is that of one form.
pub(super) struct Head {
    exams: BTreeMap<ExamOption, String>,
    all: FormHead,
}

impl Head {
    /// The head of a form that serves these options.
    pub(super) fn of(&self, options: &[ExamOption]) -> FormHead {
        let mut exams: Vec<String> = Vec::new();
        for exam in options.iter().filter_map(|option| self.exams.get(option)) {
            if !exams.contains(exam) {
                exams.push(exam.clone());
            }
        }
        // One option alone is in the title: nothing is left to tick.
        let boxes = self.all.options.iter().filter(|_| options.len() > 1);
        FormHead {
            exams,
            options: boxes
                .filter(|(option, _)| options.contains(option))
                .map(|(option, label)| (*option, label.clone()))
                .collect(),
            ..self.all.clone()
        }
    }

    /// The head of a form that serves every option.
    pub(super) fn of_all(&self) -> FormHead {
        let options: Vec<ExamOption> = self.exams.keys().copied().collect();
        self.of(&options)
    }
}

pub(super) fn read(table: Table<'_>, rest: &Rest<'_>) -> Option<Head> {
    let session = table.text("session");
    let exam = table.item("exam");
    let exams = exam.and_then(|item| {
        let exams = rest.options?.iter().map(|(option, titles)| {
            let text = item.filled_in(&[
                ("epreuve", rest.exam_code),
                ("intitule", Some(&titles.exam)),
                ("option", Some(option.code())),
            ])?;
            Some((*option, text))
        });
        exams.collect::<Option<BTreeMap<_, _>>>()
    });
    let name = table.text("name");
    let candidate_number = table.text("candidate_number");
    let date = table.text("date");
    let commission = table.text("commission");
    let forms: Vec<_> = Form::ALL
        .iter()
        .map(|(form, code)| (*form, table.text(code)))
        .collect();
    let boxes = super::super::table(&table, "options")
        .and_then(|table| super::super::by_key(table, &ExamOption::ALL, |item| item.text()));
    let mark = table.text("mark");
    let out_of = table.text("out_of");
    table.finish();
    Some(Head {
        exams: exams?,
        all: FormHead {
            session: session?,
            exams: Vec::new(),
            name: name?,
            candidate_number: candidate_number?,
            date: date?,
            commission: commission?,
            forms: forms
                .into_iter()
                .map(|(form, label)| Some((form, label?)))
                .collect::<Option<_>>()?,
            options: boxes?,
            mark: mark?,
            out_of: out_of?,
        },
    })
}
