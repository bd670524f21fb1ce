//! Each way of breaking the promise, planted.

use super::{Accepted, Fact, Facts, Refused, Row, Verdict, What, judge};

const ID: &str = "0193b7a0c0de7000800000000000000a";

fn row() -> Row {
    Row {
        id: ID.into(),
        status: "sent".into(),
        ambiguous: false,
        first_hash: Some("h".into()),
        address: "someone@ecole.example".into(),
        series: None,
        revision: 1,
    }
}

fn flagged() -> Row {
    Row {
        ambiguous: true,
        ..row()
    }
}

fn ended(status: &str) -> Row {
    Row {
        status: status.into(),
        ..row()
    }
}

fn mail() -> Accepted {
    Accepted {
        number: 1,
        message_id: Some("<0193B7A0-c0de-7000-8000-00000000000a@delos.example>".into()),
        recipients: vec!["someone@ecole.example".into()],
        sha256: "h".into(),
        sha256_given: "g".into(),
        size: 1,
        acknowledged: true,
    }
}

fn fact(what: What) -> Fact {
    Fact {
        message: ID.into(),
        what,
    }
}

/// What is judged of these rows and mails, each mail having passed the dot, with so many doubts.
fn verdict(rows: &[Row], accepted: &[Accepted], doubts: usize) -> Verdict {
    let trace = vec![fact(What::PastDot); accepted.len()];
    judge(&Facts {
        rows,
        accepted,
        refused: &Refused::default(),
        trace: &trace,
        doubts,
    })
}

fn faults(rows: &[Row], accepted: &[Accepted], doubts: usize) -> usize {
    verdict(rows, accepted, doubts).faults.len()
}

fn traced(rows: &[Row], accepted: &[Accepted], trace: &[What], refused: &Refused) -> Verdict {
    let trace: Vec<Fact> = trace.iter().map(|what| fact(*what)).collect();
    judge(&Facts {
        rows,
        accepted,
        refused,
        trace: &trace,
        doubts: 0,
    })
}

#[test]
fn one_mail_a_message_keeps_the_promise() {
    assert_eq!(faults(&[row()], &[mail()], 0), 0);
}

#[test]
fn a_flagged_duplicate_with_the_same_bytes_keeps_the_promise() {
    let verdict = verdict(&[flagged()], &[mail(), mail()], 1);
    assert_eq!(
        (
            verdict.faults.len(),
            verdict.duplicates,
            verdict.doubled,
            verdict.flagged,
            verdict.unflagged
        ),
        (0, 1, 1, 1, 0)
    );
}

#[test]
fn each_way_of_breaking_the_promise_is_one_fault() {
    assert_eq!(faults(&[row()], &[], 0), 1, "lost");
    assert_eq!(
        faults(&[row()], &[mail(), mail()], 1),
        1,
        "a duplicate without a flag"
    );
    assert_eq!(
        faults(&[flagged()], &[mail(), mail()], 0),
        1,
        "a duplicate that nothing explains"
    );
    let other_bytes = Accepted {
        sha256: "other".into(),
        ..mail()
    };
    assert_eq!(
        faults(&[flagged()], &[mail(), other_bytes.clone()], 1),
        1,
        "other bytes"
    );
    assert_eq!(
        faults(&[row()], &[other_bytes], 1),
        1,
        "other bytes than the first try's"
    );
    let other_id = Accepted {
        message_id: Some("<fresh@delos.example>".into()),
        ..mail()
    };
    assert_eq!(
        faults(&[flagged()], &[mail(), other_id], 1),
        1,
        "another Message-ID"
    );
    let unknown = Accepted {
        message_id: Some(format!("<{}@h>", ID.replace('a', "b"))),
        ..mail()
    };
    assert_eq!(
        faults(&[row()], &[mail(), unknown], 1),
        1,
        "a message that nobody decided"
    );
    let crowd = Accepted {
        recipients: vec!["a@b.example".into(), "c@d.example".into()],
        ..mail()
    };
    assert_eq!(faults(&[row()], &[crowd], 0), 1, "two recipients");
    for state in ["sending", "ready", "failed", "cancelled"] {
        assert_eq!(faults(&[ended(state)], &[mail()], 0), 1, "left in {state}");
    }
    let unhashed = Row {
        first_hash: None,
        ..row()
    };
    assert_eq!(faults(&[unhashed], &[mail()], 0), 1, "no hash");
}

#[test]
fn a_cut_after_the_dot_explains_one_duplicate() {
    let cut = Accepted {
        acknowledged: false,
        ..mail()
    };
    assert_eq!(faults(&[flagged()], &[cut, mail()], 0), 0);
}

#[test]
fn what_the_relay_refused_for_good_is_not_lost_and_ends_on_the_list() {
    let by_address = Refused {
        addresses: ["someone@ecole.example".to_owned()].into(),
        ..Refused::default()
    };
    let by_message = Refused {
        message_ids: mail().message_id.into_iter().collect(),
        ..Refused::default()
    };
    for refused in [&by_address, &by_message] {
        let verdict = traced(&[ended("failed")], &[], &[], refused);
        assert_eq!((verdict.refused, verdict.faults.len()), (1, 0));
        let verdict = traced(&[row()], &[], &[], refused);
        assert_eq!(
            (verdict.lost, verdict.faults.len()),
            (1, 1),
            "sent, it says"
        );
    }
}

#[test]
fn a_withdrawal_is_kept_unless_it_came_after_the_dot() {
    use What::{PastDot, Withdrawn};
    let none = Refused::default();
    let verdict = traced(&[ended("cancelled")], &[], &[Withdrawn], &none);
    assert_eq!((verdict.withdrawn, verdict.faults.len()), (1, 0));
    let left_before = traced(&[ended("sent")], &[mail()], &[PastDot, Withdrawn], &none);
    assert_eq!(left_before.faults.len(), 0);
    let left_after = traced(&[ended("sent")], &[mail()], &[Withdrawn, PastDot], &none);
    assert_eq!(
        (left_after.past_after_withdrawal, left_after.faults.len()),
        (1, 1)
    );
    let without_the_dot = traced(&[ended("sent")], &[mail()], &[], &none);
    assert_eq!(without_the_dot.faults.len(), 1, "never past the dot");
}

#[test]
fn a_revision_never_arrives_before_the_end_of_the_one_it_replaces() {
    let of = |revision, id: &str| Row {
        id: id.into(),
        series: Some("s".into()),
        revision,
        ..flagged()
    };
    let second = ID.replace('a', "b");
    let rows = [of(1, ID), of(2, &second)];
    let mail_of = |id: &str, number| Accepted {
        message_id: Some(format!("<{id}@h>")),
        number,
        ..mail()
    };
    let order = |mails: &[Accepted]| {
        let trace: Vec<Fact> = mails
            .iter()
            .filter_map(|mail| super::message(mail.message_id.as_deref()?))
            .map(|message| Fact {
                message,
                what: What::PastDot,
            })
            .collect();
        judge(&Facts {
            rows: &rows,
            accepted: mails,
            refused: &Refused::default(),
            trace: &trace,
            doubts: 9,
        })
        .faults
        .len()
    };
    assert_eq!(order(&[mail_of(ID, 1), mail_of(&second, 2)]), 0);
    assert_eq!(order(&[mail_of(ID, 2), mail_of(&second, 1)]), 1);
    let late = [mail_of(ID, 1), mail_of(&second, 2), mail_of(ID, 3)];
    assert_eq!(order(&late), 1);
}
