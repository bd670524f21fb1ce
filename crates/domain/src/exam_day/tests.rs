use chrono::{Duration, NaiveDate, NaiveDateTime};
use proptest::prelude::*;

use super::{Act, Event, Expected, Passage, Refused, Stands, forecast};
use crate::calendar::at_minute;
use crate::candidate::Accommodation;
use crate::ratio::TimeRatio;
use crate::regulation::{Course, DayRules, ExtraTime, Phase};
use crate::sitting::SittingTimes;

pub(super) const T: usize = 0;
pub(super) const E1: usize = 1;
pub(super) const R: usize = 2;
pub(super) const E2: usize = 3;

/// Annexe 9-4.
pub(super) fn course() -> Course {
    let phase = |code: &str, minutes, who: (bool, bool, bool), margin| Phase {
        code: code.to_owned(),
        name: code.to_owned(),
        explanation: String::new(),
        minutes,
        margin,
        extra_time: if who.1 {
            ExtraTime::Interview
        } else {
            ExtraTime::Preparation
        },
        candidate: who.0,
        commission: who.1,
        environment: who.2,
        floating: code == "H",
    };
    Course {
        phases: vec![
            phase("T", 30, (true, false, false), 0),
            phase("E1", 20, (true, true, false), 0),
            phase("R", 60, (true, false, true), 10),
            phase("E2", 20, (true, true, false), 0),
            phase("H", 10, (false, true, false), 0),
        ],
    }
}

fn rules() -> DayRules {
    DayRules {
        grid: 5,
        open: 480,
        close: 1080,
        lunch: 60,
        lunch_window: (690, 840),
        preparation: 0,
        environments: 2,
        arrival: 15,
    }
}

pub(super) fn day() -> NaiveDate {
    "2027-04-08".parse().unwrap()
}

pub(super) fn at(minute: u16) -> NaiveDateTime {
    at_minute(day(), minute)
}

/// Two candidates side by side, as the annex prints a morning.
pub(super) fn morning(course: &Course, accommodation: Accommodation) -> [SittingTimes; 2] {
    [[480, 510, 530, 600, 620], [510, 540, 560, 630, 650]]
        .map(|starts| SittingTimes::new(course, &rules(), day(), accommodation, &starts))
}

fn passages<'a>(course: &'a Course, times: &'a [SittingTimes; 2]) -> Vec<Passage<'a>> {
    vec![
        Passage::new(course, &times[0], Some(1)),
        Passage::new(course, &times[1], Some(2)),
    ]
}

pub(super) fn event(phase: usize, act: Act, minute: u16) -> Event {
    Event {
        phase,
        act,
        at: at(minute),
    }
}

fn starts(of: &[Expected]) -> Vec<i64> {
    of.iter()
        .map(|one| (one.start - at(0)).num_minutes())
        .collect()
}

#[test]
fn until_something_happens_what_is_expected_is_the_plan() {
    let course = course();
    let times = morning(&course, Accommodation::NONE);
    let expected = forecast(&passages(&course, &times), at(470));
    assert_eq!(starts(&expected[0]), [480, 510, 530, 600, 620]);
    assert_eq!(starts(&expected[1]), [510, 540, 560, 630, 650]);
    assert!(
        expected
            .iter()
            .flatten()
            .all(|one| one.stands == Stands::Ahead)
    );
}

#[test]
fn the_margin_takes_up_a_small_delay_and_the_rest_moves_everybody_after() {
    let course = course();
    let times = morning(&course, Accommodation::NONE);
    let mut all = passages(&course, &times);
    // Ten minutes late: the margin of the realisation is there for it.
    all[0].record(event(E1, Act::Start, 520)).unwrap();
    let expected = forecast(&all, at(521));
    assert_eq!(starts(&expected[0]), [480, 520, 540, 600, 620]);
    assert_eq!(starts(&expected[1]), [510, 540, 560, 630, 650]);
    assert_eq!(expected[0][T].stands, Stands::NotRecorded);
    assert_eq!(expected[0][E1].left(at(521)), Duration::minutes(19));

    // Half an hour: the other candidate waits for the commission, and keeps every minute that he is owed.
    let mut all = passages(&course, &times);
    all[0].record(event(E1, Act::Start, 540)).unwrap();
    let expected = forecast(&all, at(541));
    assert_eq!(starts(&expected[0]), [480, 540, 560, 620, 640]);
    assert_eq!(starts(&expected[1]), [510, 560, 580, 650, 670]);
}

#[test]
fn what_is_overrun_says_so_and_holds_the_commission() {
    let course = course();
    let times = morning(&course, Accommodation::NONE);
    let mut all = passages(&course, &times);
    all[0].record(event(E1, Act::Start, 510)).unwrap();
    let expected = forecast(&all, at(545));
    assert_eq!(expected[0][E1].left(at(545)), Duration::minutes(-15));
    assert_eq!(expected[0][E1].end, at(545));
    assert_eq!(starts(&expected[1])[E1], 545);
}

#[test]
fn extra_time_is_kept_whatever_the_delay() {
    let course = course();
    let more = Accommodation {
        preparation: TimeRatio::THIRD_MORE,
        interview: TimeRatio::ONE,
    };
    let times = [[480, 520, 540, 630, 650], [560, 600, 620, 710, 730]]
        .map(|starts| SittingTimes::new(&course, &rules(), day(), more, &starts));
    let mut all = passages(&course, &times);
    all[0].record(event(T, Act::Start, 500)).unwrap();
    let expected = forecast(&all, at(501));
    assert_eq!(expected[0][T].due, at(540));
    assert_eq!(
        expected[0][R].due - expected[0][R].start,
        Duration::minutes(80)
    );
}

#[test]
fn to_begin_a_phase_ends_the_one_before() {
    let course = course();
    let times = morning(&course, Accommodation::NONE);
    let one = Passage::new(&course, &times[0], Some(1));
    let one = one
        .replayed(&[event(T, Act::Start, 480), event(E1, Act::Start, 512)])
        .unwrap();
    assert_eq!(one.held()[T], (Some(at(480)), Some(at(512))));
    assert_eq!((one.under_way(), one.next()), (Some(E1), Some(R)));
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let course = course();
    let times = morning(&course, Accommodation::NONE);
    let before = [event(E1, Act::Start, 510), event(R, Act::Start, 531)];
    let yesterday = Event {
        at: at(540) - Duration::days(1),
        ..event(E2, Act::Start, 0)
    };
    for (wrong, refused) in [
        (event(9, Act::Start, 540), Refused::PhaseUnknown),
        (yesterday, Refused::AnotherDay),
        (event(E2, Act::Start, 530), Refused::EarlierThanTheLast),
        (event(R, Act::Start, 540), Refused::PhaseBegun),
        (event(T, Act::Start, 540), Refused::PhaseOver),
        (event(E1, Act::Stop, 540), Refused::PhaseOver),
        (event(E2, Act::Stop, 540), Refused::PhaseNotBegun),
    ] {
        let mut one = Passage::new(&course, &times[0], Some(1))
            .replayed(&before)
            .unwrap();
        let stood = one.clone();
        assert_eq!(one.record(wrong), Err(refused), "{wrong:?}");
        assert_eq!(one, stood, "{}", refused.code());
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_commission_does_one_thing_at_a_time_and_nobody_loses_a_minute(
        acts in prop::collection::vec((0..2_usize, 0..5_usize, any::<bool>(), 0..40_u16), 0..24),
        pause in 0..60_u16,
    ) {
        let course = course();
        let times = morning(&course, Accommodation::NONE);
        let mut all = passages(&course, &times);
        let mut minute = 475;
        for (who, phase, start, after) in acts {
            minute += after;
            let act = if start { Act::Start } else { Act::Stop };
            let _ = all[who].record(event(phase, act, minute));
        }
        let now = at(minute + pause);
        let expected = forecast(&all, now);
        let mut ahead = Vec::new();
        for (one, times) in expected.iter().zip(&times) {
            prop_assert_eq!(one.len(), 5);
            for (place, (found, planned)) in one.iter().zip(&times.phases).enumerate() {
                let owed = Duration::minutes(i64::from(planned.end - planned.start));
                prop_assert_eq!(found.due - found.start, owed);
                if matches!(found.stands, Stands::Ahead | Stands::Assumed) {
                    prop_assert!(found.start >= at(planned.start));
                    prop_assert_eq!(found.start >= now, found.stands == Stands::Ahead);
                    prop_assert!(found.stands == Stands::Ahead || !course.phases[place].commission);
                    prop_assert_eq!(found.end, found.due);
                    if place > 0 {
                        prop_assert!(found.start >= one[place - 1].end);
                    }
                    if course.phases[place].commission {
                        ahead.push((found.start, found.end));
                    }
                }
                if found.stands == Stands::UnderWay && course.phases[place].commission {
                    ahead.push((found.start.min(now), found.end));
                }
            }
        }
        ahead.sort_unstable();
        // Two interviews that were both started are what happened; what is foreseen never overlaps.
        for pair in ahead.windows(2) {
            prop_assert!(pair[0].1 <= pair[1].0 || pair[1].0 <= now, "{:?}", ahead);
        }
    }
}

/// The screens forecast without network by a second writing of this file (`web/src/exam/clock.ts`): both are held to the
/// same cases.
#[test]
fn the_vectors_that_the_screens_share_are_these_decisions() {
    use crate::vectors::{Random, compare, list, quoted};
    let course = course();
    let mut random = Random::new(2);
    let second = |moment: NaiveDateTime| (moment - at(0)).num_seconds();
    let mut cases = Vec::new();
    for number in 0..160 {
        let more = Accommodation {
            preparation: [TimeRatio::ONE, TimeRatio::THIRD_MORE][random.below(2)],
            interview: TimeRatio::ONE,
        };
        let starts: [&[u16]; 4] = [
            &[480, 510, 530, 600, 620],
            &[510, 540, 560, 630, 650],
            &[840, 880, 900, 990, 1010],
            &[600, 640, 660, 750],
        ];
        let times: Vec<SittingTimes> = starts[..=random.below(4)]
            .iter()
            .map(|starts| SittingTimes::new(&course, &rules(), day(), more, starts))
            .collect();
        let environments: Vec<Option<u8>> = (0..times.len())
            .map(|_| [Some(1), Some(2), Some(1), None][random.below(4)])
            .collect();
        let mut all: Vec<Passage<'_>> = times
            .iter()
            .zip(&environments)
            .map(|(times, environment)| Passage::new(&course, times, *environment))
            .collect();
        let mut clock = 470 * 60;
        let events: Vec<String> = (0..random.below(if number < 8 { 1 } else { 14 }))
            .map(|_| {
                clock += i64::try_from(random.below(2400)).unwrap()
                    - if random.below(8) == 0 { 900 } else { 0 };
                let away = match random.below(20) {
                    0 => 86_400,
                    1 => -86_400,
                    _ => 0,
                };
                let who = random.below(all.len());
                let phase = match random.below(3) {
                    0 => random.below(6),
                    1 => all[who].under_way().unwrap_or(0),
                    _ => all[who].next().unwrap_or(4),
                };
                let act = [Act::Start, Act::Start, Act::Stop][random.below(3)];
                let event = Event {
                    phase,
                    act,
                    at: at(0) + Duration::seconds(clock + away),
                };
                let refused = all[who].record(event).err();
                format!(
                    "[{who},{phase},{},{},{}]",
                    quoted(if act == Act::Start { "START" } else { "STOP" }),
                    second(event.at),
                    refused.map_or_else(|| "null".to_owned(), |refused| quoted(refused.code()))
                )
            })
            .collect();
        let now = at(0) + Duration::seconds(clock + i64::try_from(random.below(3000)).unwrap());
        let stands = |one: Stands| match one {
            Stands::Over => "over",
            Stands::UnderWay => "under_way",
            Stands::Ahead => "ahead",
            Stands::Assumed => "assumed",
            Stands::NotRecorded => "not_recorded",
        };
        let expected = list(forecast(&all, now).iter().map(|one| {
            list(one.iter().map(|found| {
                format!(
                    "[{},{},{},{}]",
                    second(found.start),
                    second(found.due),
                    second(found.end),
                    quoted(stands(found.stands))
                )
            }))
        }));
        let place = |place: Option<usize>| {
            place.map_or_else(|| "null".to_owned(), |place| place.to_string())
        };
        cases.push(format!(
            "{{\"now\":{},\"passages\":{},\"events\":{},\"stand\":{},\"forecast\":{expected}}}",
            second(now),
            list(times.iter().zip(&environments).map(|(times, environment)| {
                format!(
                    "[{},{}]",
                    environment.map_or_else(|| "null".to_owned(), |number| number.to_string()),
                    list(
                        times
                            .phases
                            .iter()
                            .map(|one| format!("[{},{}]", one.start, one.end))
                    )
                )
            })),
            list(events.into_iter()),
            list(all.iter().map(|one| format!(
                "[{},{}]",
                place(one.under_way()),
                place(one.next())
            ))),
        ));
    }
    let course = list(course.phases.iter().map(|phase| {
        format!(
            "{{\"commission\":{},\"environment\":{},\"margin\":{}}}",
            phase.commission, phase.environment, phase.margin
        )
    }));
    compare(
        "exam_day",
        &format!(
            "{{\"course\":{course},\n\"cases\":[\n{}\n]}}\n",
            cases.join(",\n")
        ),
    );
}
