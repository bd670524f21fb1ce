//! A presentation and an exchange (annexe VI-4, session 2026): no preparation, no environment, a professional in every
//! commission. Days and sessions are planned by the same code as the practical épreuve.

mod annex;
mod world;

use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::ratio::TimeRatio;
use delos_domain::regulation::{
    Composition, Course, DayRules, ExtraTime, OfOption, PeriodTemplate, TemplateDay,
};
use delos_planning::check::violations;
use delos_planning::day::solve;
use delos_planning::engine::propose;
use delos_planning::session::Problem;

use annex::phase;
use world::{candidate, examiner, problem};

/// 10 minutes, then 30, then the commission alone, at once: nothing else keeps it busy.
fn course() -> Course {
    let both = [true, true, false];
    Course {
        phases: vec![
            phase("P1", 10, 0, ExtraTime::Interview, both, false),
            phase("P2", 30, 0, ExtraTime::Interview, both, false),
            phase("H", 10, 0, ExtraTime::None, [false, true, false], false),
        ],
    }
}

fn rules() -> DayRules {
    DayRules {
        preparation: 0,
        environments: 0,
        ..annex::rules()
    }
}

const THIRD: Accommodation = Accommodation {
    preparation: TimeRatio::ONE,
    interview: TimeRatio::THIRD_MORE,
};

fn end(plain: usize, with_a_third: usize) -> Option<u16> {
    let mut candidates = vec![Accommodation::NONE; plain];
    candidates.extend(vec![THIRD; with_a_third]);
    solve(&course(), &rules(), &candidates, false).map(|day| day.end)
}

#[test]
fn a_day_holds_eight_and_nine_when_the_authority_decides() {
    // Eight times 50 minutes and the pause, from eight o’clock.
    assert_eq!(end(8, 0), Some(480 + 8 * 50 + 60));
    assert_eq!(end(9, 0), Some(480 + 9 * 50 + 60));
    assert_eq!(end(10, 0), None);
    // A third more of 10 and of 30 minutes, each rounded up to five: 55 minutes and the commission’s ten.
    assert!(end(5, 3).is_some());
    assert!(end(0, 7).is_some());
    assert_eq!(end(0, 8), None);
}

/// A school or an authority of this épreuve, with teachers and professionals.
fn people(form: Form, teachers: usize, professionals: usize, candidates: usize) -> Problem {
    let ccf = form == Form::Ccf;
    let mut problem = problem(form);
    problem.course = course();
    problem.rules = rules();
    let day = TemplateDay {
        preparation: false,
        max: 8,
        hard_max: 9,
    };
    problem.templates = vec![PeriodTemplate {
        code: "deux-jours".to_owned(),
        name: String::new(),
        days: vec![day; 2],
    }];
    problem.composition = Composition {
        members_min: 2,
        of_option: OfOption::AtLeast(0),
        teachers_min: 1,
        professionals_min: 1,
        own_school: ccf,
    };
    for centre in &mut problem.centres {
        centre.environments = 0;
    }
    problem.examiners = (0..teachers)
        .map(|key| examiner(key, Some(if ccf { 0 } else { 9 }), &[ExamOption::Sisr]))
        .chain((0..professionals).map(|n| examiner(teachers + n, None, &[])))
        .collect();
    problem.candidates = (0..candidates)
        .map(|key| {
            let option = if key % 2 == 0 {
                ExamOption::Sisr
            } else {
                ExamOption::Slam
            };
            candidate(key, Some(0), option)
        })
        .collect();
    problem
}

#[test]
fn every_commission_has_a_teacher_and_a_professional() {
    for form in [Form::Ccf, Form::Ponctuelle] {
        let problem = people(form, 3, 2, 40);
        let plan = propose(&problem).plan;
        assert_eq!(plan.left_out, [], "{form:?}");
        assert_eq!(violations(&problem, &plan), [], "{form:?}");
        for commission in &plan.commissions {
            let professionals = commission
                .members
                .iter()
                .filter(|key| problem.examiners[**key].professional);
            assert_eq!((commission.members.len(), professionals.count()), (2, 1));
            for slot in commission.days.iter().flat_map(|day| &day.slots) {
                assert_eq!(slot.environment, None);
            }
        }
    }
}

#[test]
fn without_a_professional_there_is_no_commission() {
    let plan = propose(&people(Form::Ccf, 4, 0, 6)).plan;
    assert!(plan.commissions.is_empty());
    assert_eq!(plan.left_out.len(), 6);
}
