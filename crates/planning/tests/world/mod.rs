//! Problems that the tests of sessions and of seats start from.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::calendar::is_working_day;
use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::regulation::{Composition, OfOption, PeriodTemplate, TemplateDay};
use delos_planning::session::{
    Candidate, Centre, Examiner, Point, Problem, Taken, Weights, periods_of,
};

/// A date.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A problem without anybody: one centre of four environments, the period of the samples.
pub fn problem(form: Form) -> Problem {
    let ccf = form == Form::Ccf;
    Problem {
        form,
        course: crate::annex::course(),
        rules: crate::annex::rules(),
        templates: vec![
            PeriodTemplate {
                code: "9-4".to_owned(),
                name: String::new(),
                days: vec![
                    TemplateDay {
                        preparation: true,
                        max: 3,
                        hard_max: 3,
                    },
                    TemplateDay {
                        preparation: false,
                        max: 5,
                        hard_max: 6,
                    },
                ],
            },
            PeriodTemplate {
                code: "lot-de-dix".to_owned(),
                name: String::new(),
                days: vec![
                    TemplateDay {
                        preparation: true,
                        max: 0,
                        hard_max: 0,
                    },
                    TemplateDay {
                        preparation: false,
                        max: 5,
                        hard_max: 5,
                    },
                    TemplateDay {
                        preparation: false,
                        max: 5,
                        hard_max: 5,
                    },
                ],
            },
        ],
        composition: Composition {
            members_min: 2,
            of_option: if ccf {
                OfOption::AtLeast(1)
            } else {
                OfOption::All
            },
            teachers_min: if ccf { 2 } else { 0 },
            professionals_min: 0,
            own_school: ccf,
        },
        periods: periods_of(day("2027-04-19"), day("2027-05-07"), is_working_day),
        centres: vec![Centre {
            key: 0,
            zone: 0,
            at: Point::default(),
            environments: 4,
            accessible: true,
            closed: BTreeSet::new(),
        }],
        examiners: Vec::new(),
        candidates: Vec::new(),
        fixed: Vec::new(),
        taken: Taken::default(),
        own_centre: true,
        sixth: false,
        reserve: 0.0,
        weights: Weights::default(),
    }
}

/// An examiner who can always.
pub fn examiner(key: usize, school: Option<usize>, options: &[ExamOption]) -> Examiner {
    Examiner {
        key,
        zone: 0,
        at: Point::default(),
        school,
        professional: school.is_none(),
        options: options.to_vec(),
        unavailable: BTreeSet::new(),
        max_periods: None,
        conflicts: BTreeSet::new(),
    }
}

/// A candidate without extra time.
pub fn candidate(key: usize, school: Option<usize>, option: ExamOption) -> Candidate {
    Candidate {
        key,
        zone: 0,
        at: Point::default(),
        school,
        option,
        accommodation: Accommodation::NONE,
        needs_access: false,
        displaced: false,
        teachers: BTreeSet::new(),
        unavailable: BTreeSet::new(),
    }
}
