use super::*;
use crate::examples;

/// Each kind, with a code where there can be one, and the convocations that have changed.
fn every_kind() -> Vec<(&'static str, Payload)> {
    let mut all: Vec<_> = examples::every_kind()
        .into_iter()
        .map(|payload| (payload.kind(), payload))
        .collect();
    for (_, payload) in &mut all {
        if let Payload::CandidateConvocation(value) = payload {
            value.code = Some("ABCDE-FGH23".to_owned());
        }
    }
    let changed = Payload::CandidateConvocation(Box::new(examples::changed()));
    let examiner = Payload::ExaminerConvocation(Box::new(examples::examiner_changed()));
    let mut nothing = examples::task_finished();
    (nothing.done, nothing.failed, nothing.nothing) = (0, 0, true);
    all.push(("candidate_convocation_changed", changed));
    all.push(("task_failed", Payload::TaskFinished(nothing)));
    all.push(("examiner_convocation_changed", examiner));
    for (name, event) in [
        ("second_factor_recovery", FactorEvent::RecoveryUsed),
        ("second_factor_renewed", FactorEvent::CodesRenewed),
        ("second_factor_reset_asked", FactorEvent::ResetAsked),
        ("second_factor_reset", FactorEvent::Reset),
    ] {
        let value = SecondFactor {
            event,
            ..examples::second_factor()
        };
        all.push((name, Payload::SecondFactor(value)));
    }
    all
}

#[test]
fn the_kinds_are_those_of_the_list() {
    let kinds: Vec<_> = examples::every_kind().iter().map(Payload::kind).collect();
    assert_eq!(kinds, Payload::KINDS.map(|(kind, _)| kind));
}

#[test]
fn a_payload_stored_before_convocations_could_change_still_reads() {
    let old = |payload: &Payload| {
        let mut json: serde_json::Value = serde_json::from_slice(&payload.to_bytes()).unwrap();
        let value = json["value"].as_object_mut().unwrap();
        for later in ["changed", "acknowledge", "words", "removed"] {
            value.remove(later);
        }
        Payload::from_bytes(json.to_string().as_bytes()).unwrap()
    };
    for kind in [
        "candidate_convocation",
        "examiner_convocation",
        "account_invitation",
        "candidate_code",
    ] {
        let all = examples::every_kind();
        let payload = all.iter().find(|one| one.kind() == kind).unwrap();
        let read = old(payload);
        assert_eq!(read.kind(), kind);
        compose(&read).unwrap();
    }
}

#[test]
fn what_changes_an_examiner_s_days_withdraws_each_day_that_has_gone() {
    let all = every_kind();
    let named = |name| compose(&all.iter().find(|one| one.0 == name).unwrap().1).unwrap();
    let changed = named("examiner_convocation_changed");
    let names: Vec<_> = changed
        .attachments
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "convocation-E5-2027-EX0003.pdf",
            "convocation-E5-2027-EX0003.ics",
            "convocation-E5-2027-EX0003-annulation-2027-04-08-2.ics"
        ]
    );
    let gone = named("examiner_cancellation");
    assert_eq!(gone.attachments.len(), 2);
    for file in changed.attachments.iter().skip(2).chain(&gone.attachments) {
        let ics = String::from_utf8(file.bytes.clone()).unwrap();
        assert!(
            ics.contains("METHOD:CANCEL\r\n") && ics.contains("SEQUENCE:1\r\n"),
            "{ics}"
        );
        assert_eq!(ics.matches("BEGIN:VEVENT").count(), 1);
        assert_eq!(
            file.content_type,
            "text/calendar; method=CANCEL; charset=utf-8"
        );
    }
}

#[test]
fn every_kind_reads_back_and_composes_the_same_bytes_twice() {
    for (_, payload) in every_kind() {
        assert_eq!(Payload::from_bytes(&payload.to_bytes()).unwrap(), payload);
        let composed = compose(&payload).unwrap();
        assert!(!composed.text.trim().is_empty() && composed.html.contains("<html lang=\"fr\">"));
        assert_eq!(compose(&payload).unwrap(), composed);
    }
}

#[test]
fn the_texts_are_those_of_the_snapshots() {
    for (name, payload) in every_kind() {
        let composed = compose(&payload).unwrap();
        let text = format!(
            "{}\n\n{}\n{}",
            composed.subject, composed.text, composed.html
        );
        crate::pdf::tests::assert_snapshot(&format!("{name}.mail"), &text);
    }
}

#[test]
fn hostile_names_are_data() {
    let mut value = examples::candidate();
    value.name = "<script>alert(1)</script>\r\nBcc: tous@ecole.example {{ c.number }}".to_owned();
    let composed = compose(&Payload::CandidateConvocation(Box::new(value))).unwrap();
    assert!(!composed.html.contains("<script>"));
    assert!(!composed.subject.contains(['\r', '\n']));
    assert!(composed.text.contains("{{ c.number }}"));
    assert!(!composed.text.contains('\r'));
}

#[test]
fn secrets_are_hidden_from_other_eyes() {
    for (name, payload) in every_kind() {
        let seen = compose(&payload.clone().for_other_eyes()).unwrap();
        for secret in ["ABCDE", "#secret", "accuse-reception"] {
            assert!(
                !seen.text.contains(secret) && !seen.html.contains(secret),
                "{name}: {}",
                seen.text
            );
        }
        // Of a message that has ended, the code is blanked; the link still says whose convocation is acknowledged.
        let kept = compose(&payload.without_secrets()).unwrap();
        assert!(
            !kept.text.contains("ABCDE") && !kept.text.contains("#secret"),
            "{name}"
        );
    }
}

#[test]
fn what_the_authority_adds_stands_around_what_the_house_says_and_is_data() {
    for (name, mut payload) in every_kind() {
        let words = payload.words_mut();
        words.intro = "Avant <b>tout</b>.\n\nDeuxième {{ c.name }} paragraphe.".to_owned();
        words.closing = "Après tout.".to_owned();
        let composed = compose(&payload).unwrap();
        let text = &composed.text;
        let before = text.find("Avant <b>tout</b>.").unwrap();
        let after = text.find("Après tout.").unwrap();
        assert!(before < after, "{name}");
        assert!(text.contains("{{ c.name }}"));
        assert!(!composed.html.contains("<b>tout"), "{name}");
        assert!(
            composed
                .html
                .contains("Avant &lt;b&gt;tout&lt;&#x2f;b&gt;."),
            "{name}"
        );
    }
}
