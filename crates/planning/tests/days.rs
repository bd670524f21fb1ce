//! The timetables of a day: the values proved elsewhere, other readings against a brute force, and a checker of rules.

mod annex;

use delos_domain::candidate::Accommodation;
use delos_domain::ratio::TimeRatio;
use delos_domain::regulation::{Course, DayRules, ExtraTime};
use delos_planning::day::{DayQuestion, EnvironmentReading, report, solve};
use proptest::prelude::*;

use annex::{course, phase, rules};

fn end(candidates: u16, preparation: u16, all: u16, after: bool) -> Option<u16> {
    let question = DayQuestion {
        candidates,
        extra_time_preparation: preparation,
        extra_time_all: all,
        after_preparation: after,
        reading: None,
    };
    report(&course(), &rules(), question)
        .expect("a question of the annex")
        .timetable()
        .map(|day| day.end)
}

#[test]
fn the_42_values_proved_for_the_annex_are_found() {
    let table: [(u16, [u16; 6]); 7] = [
        (1, [630, 660, 680, 870, 900, 920]),
        (2, [660, 670, 690, 900, 910, 930]),
        (3, [740, 740, 740, 980, 980, 980]),
        (4, [780, 780, 920, 1020, 1020, 0]),
        (5, [970, 970, 970, 0, 0, 0]),
        (6, [1010, 1010, 0, 0, 0, 0]),
        (7, [0, 0, 0, 0, 0, 0]),
    ];
    for (n, expected) in table {
        let found = [
            end(n, 0, 0, false),
            end(n, 1, 0, false),
            end(n, 0, 1, false),
            end(n, 0, 0, true),
            end(n, 1, 0, true),
            end(n, 0, 1, true),
        ];
        assert_eq!(
            found.map(|end| end.unwrap_or(0)),
            expected,
            "{n} candidates"
        );
    }
}

#[test]
fn the_first_day_with_three_is_the_one_printed() {
    let day = solve(&course(), &rules(), &[Accommodation::NONE; 3], true).unwrap();
    assert_eq!((day.preparation, day.lunch, day.end), (Some(480), 660, 980));
    let starts: Vec<_> = day
        .slots
        .iter()
        .map(|slot| (slot.starts[0], slot.environment))
        .collect();
    assert_eq!(starts, [(720, Some(1)), (760, Some(2)), (830, Some(1))]);
}

#[test]
fn too_many_candidates_are_refused_at_once() {
    for n in [8, 12, 50, 400] {
        assert_eq!(end(n, 0, 0, false), None);
        assert_eq!(end(n, n / 2, n / 2, true), None);
    }
}

#[test]
fn more_extra_time_than_candidates_is_no_question() {
    let question = DayQuestion {
        candidates: 1,
        extra_time_preparation: 1,
        extra_time_all: 1,
        after_preparation: false,
        reading: None,
    };
    assert_eq!(report(&course(), &rules(), question), None);
}

#[test]
fn the_report_is_written_as_asked() {
    let question = DayQuestion {
        candidates: 1,
        extra_time_preparation: 0,
        extra_time_all: 0,
        after_preparation: false,
        reading: Some(EnvironmentReading::RE2),
    };
    let json = serde_json::to_string(&report(&course(), &rules(), question).unwrap()).unwrap();
    assert_eq!(
        json,
        r#"{"feasible":true,"end":630,"lunch":660,"prep":null,"slots":[{"candidate":1,"T":480,"E1":510,"R":530,"E2":600,"H":620,"env":1}]}"#
    );
    let question = DayQuestion {
        candidates: 9,
        ..question
    };
    assert_eq!(
        serde_json::to_string(&report(&course(), &rules(), question).unwrap()).unwrap(),
        r#"{"feasible":false}"#
    );
}

#[test]
fn another_course_is_data() {
    let course = Course {
        phases: vec![
            phase("P", 10, 0, ExtraTime::Interview, [true, true, false], false),
            phase("X", 30, 0, ExtraTime::Interview, [true, true, false], false),
        ],
    };
    let rules = DayRules {
        preparation: 0,
        environments: 0,
        ..rules()
    };
    let day = solve(&course, &rules, &[Accommodation::NONE; 5], false).unwrap();
    assert_eq!(
        day.slots
            .iter()
            .map(|slot| slot.starts[0])
            .collect::<Vec<_>>(),
        [480, 520, 560, 600, 640]
    );
    assert!(day.slots.iter().all(|slot| slot.environment.is_none()));
    assert_eq!(
        solve(&course, &rules, &[Accommodation::NONE; 12], false)
            .unwrap()
            .end,
        1020
    );
    assert_eq!(
        solve(&course, &rules, &[Accommodation::NONE; 13], false),
        None
    );
}

/// Every rule of the day, looked at anew.
fn assert_sound(
    course: &Course,
    rules: &DayRules,
    candidates: &[Accommodation],
    preparation: bool,
    day: &delos_planning::day::Timetable,
) {
    let mut commission = vec![(day.lunch, day.lunch + rules.lunch)];
    assert!(day.lunch >= rules.lunch_window.0 && day.lunch + rules.lunch <= rules.lunch_window.1);
    let begin = if preparation {
        rules.open + rules.preparation
    } else {
        rules.open
    };
    if preparation {
        assert_eq!(day.preparation, Some(rules.open));
        commission.push((rules.open, begin));
    }
    assert_eq!(day.slots.len(), candidates.len());
    let mut environments: Vec<(u8, u16, u16)> = Vec::new();
    let mut last = 0;
    for (slot, one) in day.slots.iter().zip(candidates) {
        let mut at = slot.starts[0];
        let mut chain_end = at;
        let mut held: Option<(u16, u16)> = None;
        assert!(at >= begin && at % rules.grid == 0);
        for (phase, &start) in course.phases.iter().zip(&slot.starts) {
            let length = phase.minutes_for(*one, rules.grid);
            if phase.floating {
                assert!(start >= chain_end);
            } else {
                assert_eq!(start, at);
                at = start + length + phase.margin;
                chain_end = start + length;
                if phase.environment {
                    held = Some((
                        held.map_or(start, |(from, _)| from),
                        start + length + phase.margin,
                    ));
                }
            }
            if phase.commission {
                commission.push((start, start + length));
            }
            assert!(start + length <= rules.close);
            last = last.max(start + length);
        }
        assert!(chain_end <= day.lunch || slot.starts[0] >= day.lunch + rules.lunch);
        if let Some((from, to)) = held {
            environments.push((slot.environment.expect("an environment"), from, to));
        }
    }
    assert_eq!(day.end, last);
    commission.sort_unstable();
    assert!(
        commission.windows(2).all(|pair| pair[0].1 <= pair[1].0),
        "{commission:?}"
    );
    environments.sort_unstable();
    assert!(
        environments
            .iter()
            .all(|(number, ..)| (1..=rules.environments).contains(number))
    );
    assert!(
        environments
            .windows(2)
            .all(|pair| pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1),
        "{environments:?}"
    );
}

/// Every start of every candidate on the plain five-minute grid, floating phases at every place: slow and simple.
fn brute_force(
    course: &Course,
    rules: &DayRules,
    candidates: &[Accommodation],
    preparation: bool,
) -> Option<u16> {
    #[expect(
        clippy::too_many_arguments,
        reason = "the whole state of a search that is written plainly"
    )]
    fn place(
        course: &Course,
        rules: &DayRules,
        left: &[Accommodation],
        busy: &[(u16, u16)],
        held: &[(u16, u16)],
        released: &[u16],
        begin: u16,
        lunch: u16,
        best: &mut Option<u16>,
    ) {
        let Some((one, others)) = left.split_first() else {
            let mut released = released.to_vec();
            released.sort_unstable();
            let length = course
                .phases
                .iter()
                .find(|phase| phase.floating)
                .map_or(0, |phase| phase.minutes);
            let mut busy = busy.to_vec();
            let mut end = released.last().copied().unwrap_or(0);
            for release in released {
                let mut at = release;
                while length > 0
                    && busy
                        .iter()
                        .any(|(from, to)| at < *to && at + length > *from)
                {
                    at += 5;
                }
                busy.push((at, at + length));
                end = end.max(at + length);
            }
            if end <= rules.close && best.is_none_or(|best| end < best) {
                *best = Some(end);
            }
            return;
        };
        let mut start = begin;
        while start < rules.close {
            let (mut at, mut chain_end) = (start, start);
            let (mut mine, mut environment) = (Vec::new(), None::<(u16, u16)>);
            for phase in course.phases.iter().filter(|phase| !phase.floating) {
                let length = phase.minutes_for(*one, rules.grid);
                if phase.commission {
                    mine.push((at, at + length));
                }
                if phase.environment {
                    environment = Some((
                        environment.map_or(at, |(from, _)| from),
                        at + length + phase.margin,
                    ));
                }
                chain_end = at + length;
                at = chain_end + phase.margin;
            }
            let clash = mine
                .iter()
                .any(|(from, to)| busy.iter().any(|(f, t)| from < t && to > f));
            let crosses = start < lunch + rules.lunch && chain_end > lunch;
            let held_now = environment.is_some_and(|(from, to)| {
                (from..to).any(|minute| {
                    held.iter()
                        .filter(|(f, t)| *f <= minute && minute < *t)
                        .count()
                        >= usize::from(rules.environments)
                })
            });
            if !clash
                && !crosses
                && !held_now
                && chain_end <= rules.close
                && best.is_none_or(|best| chain_end < best)
            {
                let busy: Vec<_> = busy.iter().copied().chain(mine).collect();
                let held: Vec<_> = held.iter().copied().chain(environment).collect();
                let released: Vec<_> = released.iter().copied().chain([chain_end]).collect();
                place(
                    course, rules, others, &busy, &held, &released, begin, lunch, best,
                );
            }
            start += 5;
        }
    }
    let begin = if preparation {
        rules.open + rules.preparation
    } else {
        rules.open
    };
    let mut best = None;
    let mut lunch = rules.lunch_window.0;
    while lunch + rules.lunch <= rules.lunch_window.1 {
        if lunch >= begin || !preparation {
            let busy = if preparation {
                vec![(lunch, lunch + rules.lunch), (rules.open, begin)]
            } else {
                vec![(lunch, lunch + rules.lunch)]
            };
            place(
                course,
                rules,
                candidates,
                &busy,
                &[],
                &[],
                begin,
                lunch,
                &mut best,
            );
        }
        lunch += 5;
    }
    best
}

fn accommodation() -> impl Strategy<Value = Accommodation> {
    let ratio = prop_oneof![
        Just(TimeRatio::ONE),
        Just(TimeRatio::THIRD_MORE),
        Just(TimeRatio::new(5, 4).expect("a ratio")),
        Just(TimeRatio::new(3, 2).expect("a ratio"))
    ];
    (ratio.clone(), ratio).prop_map(|(preparation, interview)| Accommodation {
        preparation,
        interview,
    })
}

fn reading() -> impl Strategy<Value = EnvironmentReading> {
    prop_oneof![
        Just(EnvironmentReading::R),
        Just(EnvironmentReading::RE2),
        Just(EnvironmentReading::E1RE2)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_timetable_is_sound(candidates in prop::collection::vec(accommodation(), 1..6), preparation: bool, reading in reading()) {
        let course = reading.applied_to(&course());
        if let Some(day) = solve(&course, &rules(), &candidates, preparation) {
            assert_sound(&course, &rules(), &candidates, preparation, &day);
        }
    }

    #[test]
    fn no_timetable_of_two_ends_earlier(candidates in prop::collection::vec(accommodation(), 1..3), preparation: bool, reading in reading()) {
        let course = reading.applied_to(&course());
        let found = solve(&course, &rules(), &candidates, preparation).map(|day| day.end);
        prop_assert_eq!(found, brute_force(&course, &rules(), &candidates, preparation));
    }
}
