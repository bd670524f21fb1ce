use chrono::Duration;
use proptest::prelude::*;

use super::super::tests::{E1, E2, R, T, at, course, day, event, morning};
use super::super::{Act, Event, Passage, Refused as Clock};
use super::{Case, Recorded, Refused, standing};
use crate::candidate::Accommodation;
use crate::ids::AccountId;
use crate::regulation::AbsenceConsequence;
use crate::tracks::{self, Tracks, sitting::State};

const H: usize = 4;

fn convoked() -> Tracks {
    Tracks::NEW.plan().and_then(Tracks::convoke).unwrap()
}

fn sat() -> Tracks {
    convoked().sit().unwrap()
}

/// What was recorded, each with whether it was taken back since.
fn recorded(all: &[(Event, bool)]) -> Vec<Recorded> {
    let of = |(event, taken_back): &(Event, bool)| Recorded {
        event: *event,
        taken_back: *taken_back,
    };
    all.iter().map(of).collect()
}

/// Takes the last one back at half past nine.
fn last(all: &[(Event, bool)], tracks: Tracks, blank: bool) -> Result<State, Refused> {
    let course = course();
    let all = recorded(all);
    let case = Case {
        course: &course,
        day: day(),
        recorded: &all,
        tracks,
        blank,
    };
    let after = case.take_back(all.len().checked_sub(1), at(570))?;
    assert!(after == tracks || after.sit() == Ok(tracks));
    Ok(after.sitting().state())
}

#[test]
fn what_is_taken_back_is_the_last_that_stands_and_stands_no_more() {
    let course = course();
    let all = recorded(&[
        (event(T, Act::Start, 480), false),
        (event(E1, Act::Start, 512), false),
        (event(R, Act::Start, 530), true),
    ]);
    let case = Case {
        course: &course,
        day: day(),
        recorded: &all,
        tracks: sat(),
        blank: true,
    };
    for (place, told) in [
        (None, Err(Refused::Unknown)),
        (Some(3), Err(Refused::Unknown)),
        (Some(2), Err(Refused::Already)),
        (Some(1), Ok(convoked())),
        (Some(0), Err(Refused::NotTheLast)),
    ] {
        assert_eq!(case.take_back(place, at(540)), told, "{place:?}");
    }
    let stands = [event(T, Act::Start, 480), event(E1, Act::Start, 512)];
    assert_eq!(standing(&all), stands);
}

#[test]
fn it_is_taken_back_on_the_day_and_not_before_it_happened() {
    let course = course();
    let all = recorded(&[(event(E1, Act::Start, 512), false)]);
    let case = Case {
        course: &course,
        day: day(),
        recorded: &all,
        tracks: sat(),
        blank: true,
    };
    let take = |at| case.take_back(Some(0), at);
    assert_eq!(take(at(511)), Err(Clock::EarlierThanTheLast.into()));
    assert_eq!(take(at(512)), Ok(convoked()));
    let another = Err(Clock::AnotherDay.into());
    assert_eq!(take(at(540) + Duration::days(1)), another);
    assert_eq!(take(at(540) - Duration::days(1)), another);
}

#[test]
fn whoever_is_no_longer_said_to_be_heard_is_convoked_as_before() {
    let start = |phase, minute| (event(phase, Act::Start, minute), false);
    let stop = |phase, minute| (event(phase, Act::Stop, minute), false);
    let gone = |phase, minute| (event(phase, Act::Start, minute), true);
    let (sat, convoked) = (sat(), convoked());
    for (all, tracks, state) in [
        (vec![start(E1, 512)], sat, State::Convoked),
        (vec![start(T, 480), start(E1, 512)], sat, State::Convoked),
        // An interrogation that was taken back before says nothing any more.
        (vec![gone(E1, 500), start(E1, 512)], sat, State::Convoked),
        (vec![start(H, 512)], sat, State::Convoked),
        // It still stands that he was heard.
        (vec![start(E1, 512), start(R, 530)], sat, State::Sat),
        (vec![start(E1, 512), start(E2, 530)], sat, State::Sat),
        (vec![start(E1, 512), stop(E1, 530)], sat, State::Sat),
        // That he was heard came from elsewhere, or of nothing.
        (vec![start(T, 512)], sat, State::Sat),
        (vec![start(R, 512)], sat, State::Sat),
        (vec![start(T, 512)], convoked, State::Convoked),
        (vec![start(E1, 512)], convoked, State::Convoked),
    ] {
        assert_eq!(last(&all, tracks, true), Ok(state), "{all:?}");
    }
}

#[test]
fn nothing_is_taken_back_of_an_interrogation_that_left_something() {
    let heard = [(event(E1, Act::Start, 512), false)];
    let on = [heard[0], (event(R, Act::Start, 530), false)];
    let proposed = sat().propose_mark().unwrap();
    let suspected = sat().suspect_fraud().unwrap();
    let ended = proposed.validate_assessment().unwrap();
    let [one, other] = [1, 2].map(|number| AccountId(uuid::Uuid::from_u128(number)));
    let reopened = ended.reopen_assessment([one, other], "Une ligne").unwrap();
    for (tracks, blank, told) in [
        (sat(), false, Refused::Assessed),
        (proposed, true, Refused::Assessed),
        (reopened, true, Refused::Assessed),
        (suspected, true, Refused::Suspected),
    ] {
        assert_eq!(last(&heard, tracks, blank), Err(told), "{tracks:?}");
        // The phases after it are hours, and nothing else.
        assert_eq!(last(&on, tracks, blank), Ok(State::Sat));
    }
    let locked = [
        ended,
        ended.complete_visas().unwrap(),
        convoked()
            .miss()
            .and_then(|absent| absent.rule_absence(AbsenceConsequence::Absent))
            .unwrap(),
    ];
    for tracks in locked {
        assert_eq!(last(&heard, tracks, true), Err(Refused::Ended));
        assert_eq!(last(&on, tracks, true), Err(Refused::Ended));
    }
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let mut codes = [
        Refused::Unknown,
        Refused::Already,
        Refused::NotTheLast,
        Refused::Ended,
        Refused::Assessed,
        Refused::Suspected,
    ]
    .map(Refused::code);
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "phase_assessed",
            "phase_assessment_ended",
            "phase_event_unknown",
            "phase_fraud_suspected",
            "phase_not_the_last",
            "phase_taken_back",
        ]
    );
    let clock = Refused::Clock(Clock::AnotherDay);
    assert_eq!(clock.code(), Clock::AnotherDay.code());
    let other = tracks::Refused::NotInterrogated;
    assert_eq!(Refused::Tracks(other).code(), other.code());
}

proptest! {
    /// Whatever a commission records and takes back, what stands could have been recorded as it is, and taking back is the
    /// exact contrary of recording.
    #[test]
    fn taking_back_undoes_the_last_and_nothing_else(
        acts in prop::collection::vec((0..6_usize, any::<bool>(), 0..3_usize, 0..30_u16), 1..40),
    ) {
        let course = course();
        let times = morning(&course, Accommodation::NONE);
        let blank = Passage::new(&course, &times[0], Some(1));
        let mut all: Vec<Recorded> = Vec::new();
        let mut tracks = convoked();
        // The passage and the tracks before each event that stands.
        let mut before: Vec<(usize, Passage<'_>, Tracks)> = Vec::new();
        let mut minute = 480;
        for (phase, start, back, after) in acts {
            minute += after;
            let now = blank.clone().replayed(&standing(&all)).unwrap();
            let case = Case { course: &course, day: day(), recorded: &all, tracks, blank: true };
            if back == 0 {
                // Of all that was recorded, the last that stands alone can be.
                let stands = all.iter().rposition(|one| !one.taken_back);
                let can: Vec<usize> = (0..=all.len())
                    .filter(|place| case.take_back(Some(*place), at(minute)).is_ok())
                    .collect();
                prop_assert_eq!(&can, &stands.into_iter().collect::<Vec<_>>());
                let Some((place, former, then)) = before.pop() else { continue };
                prop_assert_eq!(can, [place]);
                tracks = case.take_back(Some(place), at(minute)).unwrap();
                all[place].taken_back = true;
                prop_assert_eq!(blank.clone().replayed(&standing(&all)), Ok(former));
                prop_assert_eq!(tracks, then);
                continue;
            }
            let said = event(phase, if start { Act::Start } else { Act::Stop }, minute);
            if now.clone().replayed(&[said]).is_ok() {
                before.push((all.len(), now, tracks));
                if tracks == convoked() && case.interrogates(said) {
                    tracks = tracks.sit().unwrap();
                }
                all.push(Recorded { event: said, taken_back: false });
            }
            let heard = standing(&all).into_iter().any(|one| one.act == Act::Start && course.phases[one.phase].commission);
            prop_assert_eq!(tracks.sitting().state() == State::Sat, heard);
        }
    }
}
