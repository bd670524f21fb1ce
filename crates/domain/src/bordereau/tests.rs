//! Every state in which a candidate can be has its line; what a slip says and when it goes, by tables and by properties.

use uuid::Uuid;

use super::*;
use crate::tracks::dossier::NotValidReason;
use crate::tracks::sitting::Standing;
use crate::tracks::{Columns, mark};

const NOW: ContentDigest = ContentDigest([1; 32]);
const BEFORE: ContentDigest = ContentDigest([2; 32]);

fn member(n: u128) -> ExaminerId {
    ExaminerId(Uuid::from_u128(n))
}

fn visa(n: u128, content: ContentDigest) -> Visa {
    Visa {
        member: member(n),
        content,
    }
}

/// Every course's end that columns can say.
fn every() -> Vec<Tracks> {
    let dossiers = [
        dossier::State::Awaited,
        dossier::State::Deposited,
        dossier::State::Compliant,
        dossier::State::NotValid(NotValidReason::NoDossier),
        dossier::State::NotValid(NotValidReason::Late),
    ];
    let mut all = Vec::new();
    for dossier in dossiers {
        for (sitting, _) in sitting::State::ALL {
            for (assessment, _) in assessment::State::ALL {
                for (mark, _) in mark::State::ALL {
                    for (keeps_mark, withheld) in
                        [(false, false), (true, false), (false, true), (true, true)]
                    {
                        let standing = Standing::new(sitting, 1).or(Standing::new(sitting, 0));
                        let columns = standing.map(|sitting| Columns {
                            dossier,
                            sitting,
                            assessment,
                            mark,
                            keeps_mark,
                            withheld,
                        });
                        all.extend(columns.and_then(|columns| Tracks::new(columns).ok()));
                    }
                }
            }
        }
    }
    all
}

/// Everything that may be known beside the tracks.
fn known(tracks: Tracks, run: impl Fn(&Known<'_>)) {
    let members = [member(1), member(2)];
    let visas = [
        vec![],
        vec![visa(1, NOW)],
        vec![visa(1, NOW), visa(2, NOW)],
        vec![visa(1, NOW), visa(2, BEFORE)],
    ];
    for of in [&members[..], &[]] {
        for visas in &visas {
            for final_mark in [None, Some(0), Some(14)] {
                for appreciation in [false, true] {
                    for as_consigned in [None, Some(true), Some(false)] {
                        run(&Known {
                            tracks,
                            final_mark,
                            appreciation,
                            content: Some(NOW),
                            members: of,
                            visas,
                            as_consigned,
                        });
                    }
                }
            }
        }
    }
}

#[test]
fn a_line_goes_when_its_candidate_was_settled_or_what_is_kept_is_whole() {
    let all = every();
    assert!(all.len() > 50, "{}", all.len());
    let (mut free, mut held) = (0, 0);
    for tracks in all {
        known(tracks, |known| {
            let line = line(known);
            let settled = tracks.dossier().is_not_valid()
                || tracks.keeps_mark()
                || matches!(
                    tracks.sitting().state(),
                    sitting::State::DeclaredAbsent | sitting::State::ForceMajeure
                );
            let whole = tracks.sitting().state() == sitting::State::Sat
                && matches!(
                    tracks.assessment(),
                    assessment::State::Consigned | assessment::State::Transmitted
                )
                && known.as_consigned == Some(true)
                && known.appreciation
                && known.final_mark.is_some()
                && known.visas == [visa(1, NOW), visa(2, NOW)]
                && known.members.len() == 2;
            assert_eq!(
                line.blocking.is_empty(),
                settled || whole,
                "{known:?} {line:?}"
            );
            assert_eq!(line.withheld, tracks.is_withheld());
            if line.outcome == Outcome::Missing {
                assert!(!line.blocking.is_empty(), "{known:?}");
            }
            if settled {
                assert!(!matches!(line.outcome, Outcome::Proposed(_)));
                assert!(!line.grid && !line.sheet);
            }
            assert!(line.visas <= line.members);
        });
        known(tracks, |_| {});
        let one = line(&Known {
            tracks,
            final_mark: Some(14),
            appreciation: true,
            content: Some(NOW),
            members: &[member(1)],
            visas: &[visa(1, NOW)],
            as_consigned: Some(true),
        });
        if one.blocking.is_empty() {
            free += 1;
        } else {
            held += 1;
        }
    }
    assert!(free > 5 && held > 5, "{free} {held}");
}

/// A candidate who was interrogated, his assessment being in a state.
fn sat(assessment: assessment::State) -> Tracks {
    let mark = match assessment {
        assessment::State::Open => mark::State::None,
        _ => mark::State::Proposed,
    };
    Tracks::new(Columns {
        dossier: dossier::State::Compliant,
        sitting: Standing::new(sitting::State::Sat, 1).unwrap(),
        assessment,
        mark,
        keeps_mark: false,
        withheld: false,
    })
    .unwrap()
}

/// Where an assessment stands, its visas, whether its appreciation is written, whether its content is as consigned; what it
/// lacks.
type Case<'a> = (
    assessment::State,
    &'a [Visa],
    bool,
    Option<bool>,
    &'a [Blocking],
);

#[test]
fn what_is_missing_is_said_by_its_name() {
    use Blocking as B;
    use assessment::State as S;
    let both = [visa(1, NOW), visa(2, NOW)];
    let one = [visa(1, NOW)];
    let old = [visa(1, NOW), visa(2, BEFORE)];
    let table: [Case<'_>; 9] = [
        (S::Open, &[], true, None, &[B::NotValidated]),
        (
            S::Open,
            &[],
            false,
            None,
            &[B::NotValidated, B::AppreciationMissing],
        ),
        (S::Validated, &[], true, None, &[B::VisaMissing]),
        (S::Validated, &one, true, None, &[B::VisaMissing]),
        (S::VisasComplete, &both, true, None, &[B::NotConsigned]),
        (S::VisasComplete, &old, true, None, &[B::Altered]),
        (S::Consigned, &both, true, Some(true), &[]),
        (S::Consigned, &both, true, Some(false), &[B::Altered]),
        (S::Consigned, &old, true, Some(true), &[B::Altered]),
    ];
    for (state, visas, appreciation, as_consigned, expected) in table {
        let line = line(&Known {
            tracks: sat(state),
            final_mark: Some(12),
            appreciation,
            content: Some(NOW),
            members: &[member(1), member(2)],
            visas,
            as_consigned,
        });
        assert_eq!(line.blocking, expected, "{state:?} {visas:?}");
    }
}

#[test]
fn a_slip_goes_once_whole_confirmed_and_with_a_reason_when_late() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let whole = line(&Known {
        tracks: sat(assessment::State::Consigned),
        final_mark: Some(12),
        appreciation: true,
        content: Some(NOW),
        members: &[member(1)],
        visas: &[visa(1, NOW)],
        as_consigned: Some(true),
    });
    let missing = Line {
        blocking: vec![Blocking::VisaMissing],
        ..whole.clone()
    };
    let altered = Line {
        blocking: vec![Blocking::Altered],
        ..whole.clone()
    };
    let (due, after) = (day("2027-05-28"), day("2027-05-29"));
    let ask = Request {
        lines: std::slice::from_ref(&whole),
        transmitted: false,
        today: due,
        due: Some(due),
        reason: "",
        typed: "2027",
        code: "2027",
    };
    assert_eq!(may_transmit(&ask), Ok(false));
    assert_eq!(may_transmit(&Request { due: None, ..ask }), Ok(false));
    assert_eq!(
        may_transmit(&Request {
            today: after,
            ..ask
        }),
        Err(Refused::Late)
    );
    let blank = Request {
        today: after,
        reason: "  ",
        ..ask
    };
    assert_eq!(may_transmit(&blank), Err(Refused::Late));
    let said = Request {
        today: after,
        reason: "Panne",
        ..ask
    };
    assert_eq!(may_transmit(&said), Ok(true));
    assert_eq!(
        may_transmit(&Request {
            typed: " 2027 ",
            ..ask
        }),
        Ok(false)
    );
    for typed in ["", "2026", "oui"] {
        assert_eq!(
            may_transmit(&Request { typed, ..ask }),
            Err(Refused::NotConfirmed)
        );
    }
    assert_eq!(
        may_transmit(&Request { lines: &[], ..ask }),
        Err(Refused::Empty)
    );
    let two = [whole.clone(), missing.clone()];
    assert_eq!(
        may_transmit(&Request { lines: &two, ..ask }),
        Err(Refused::Incomplete)
    );
    // Of both the worse is said.
    let three = [missing, altered, whole.clone()];
    assert_eq!(
        may_transmit(&Request {
            lines: &three,
            ..ask
        }),
        Err(Refused::Altered)
    );
    assert_eq!(
        may_transmit(&Request {
            transmitted: true,
            ..said
        }),
        Err(Refused::Already)
    );
}
