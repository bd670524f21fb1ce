//! Everybody who was decided about has one mail, nobody else has any.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use delos_tests::files::rows;
use delos_tests::house::House;
use delos_tests::http::Visitor;
use delos_tests::plans::Published;
use delos_tests::post;
use serde_json::{Value, json};

use super::letters::{Sitting, check_candidate, check_examiner, days_of, each, sittings, words};

/// Longest wait for the outbox to empty.
const PATIENCE: Duration = Duration::from_mins(3);

/// Waits until nothing of an officer's outbox is left to send; nothing of it failed or is doubtful.
pub fn until_sent(officer: &mut Visitor) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let page = officer.staff("Messages", &json!({}))?;
        let counts = &page["messages"]["counts"];
        if counts["ready"] == 0 && counts["sending"] == 0 {
            for state in ["failed", "doubtful", "withoutAddress"] {
                assert_eq!(counts[state], 0, "{state}");
            }
            assert_eq!(counts["sent"], page["messages"]["totalCount"]);
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("the outbox does not empty")
}

/// The candidates whom the files say to convoke: address by number. One who keeps his mark sits nothing.
pub fn expected_candidates() -> Result<BTreeMap<String, String>> {
    let mut all = rows("candidats.csv")?;
    all.retain(|row| row["Note conservée"].is_empty());
    all.extend(rows("complements.csv")?);
    Ok(all
        .into_iter()
        .map(|row| (row["Numéro"].clone(), row["Courriel"].clone()))
        .collect())
}

/// Reads every mail; each candidate and each member has one a plan, right in every word, and there is no other.
pub fn check(house: &House, plans: &[Published], exam: &str) -> Result<()> {
    let mut mails: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut ids = std::collections::BTreeSet::new();
    let all = post::all(house)?;
    let total = all.len();
    let recipients: Vec<_> = house
        .relay
        .accepted()?
        .into_iter()
        .map(|one| one.recipients)
        .collect();
    for (mail, recipients) in all.into_iter().zip(recipients) {
        assert_eq!(mail["faults"], json!([]), "{mail}");
        assert_eq!(
            mail["to"],
            json!(recipients),
            "the envelope is the letter's"
        );
        assert!(
            ids.insert(words(&mail["id"]).to_owned()),
            "a Message-ID twice"
        );
        mails.entry(recipients[0].clone()).or_default().push(mail);
    }

    let mut expected = expected_candidates()?;
    let mut candidates = 0;
    let mut members = 0;
    for plan in plans {
        for (number, sitting) in sittings(&plan.view)? {
            let address = expected
                .remove(&number)
                .context("a candidate of the files")?;
            let [mail] = &mails.remove(&address).context("no mail")?[..] else {
                bail!("{address} has several mails");
            };
            check_candidate(mail, &number, &sitting, exam).with_context(|| number.clone())?;
            candidates += 1;
        }
    }
    assert_eq!(
        expected,
        BTreeMap::new(),
        "candidates who were not convoked"
    );
    for plan in plans {
        for examiner in &plan.examiners {
            let days = days_of(&plan.view, examiner)?;
            let Some((first, _)) = days.keys().next() else {
                continue;
            };
            // One who sits in two plans has a mail of each owner.
            let own = mails
                .get_mut(words(&examiner["email"]))
                .context("no mail")?;
            let of_this_plan = |mail: &Value| {
                each(&mail["files"]).any(|file| file["events"][0]["date"] == first.as_str())
            };
            let place = own
                .iter()
                .position(of_this_plan)
                .context("no mail of this plan")?;
            check_examiner(
                &own.remove(place),
                words(&examiner["identifier"]),
                &days,
                exam,
            )?;
            members += 1;
        }
    }
    mails.retain(|_, left| !left.is_empty());
    let invitations = mails.len();
    for (address, left) in &mails {
        assert_eq!(left.len(), 1, "{address}");
        assert_eq!(
            left[0]["subject"], "Votre accès à Délos, session 2027",
            "{address}"
        );
    }
    assert_eq!(total, candidates + members + invitations);
    assert!(
        members > 0 && candidates == 137,
        "{members} members, {candidates} candidates"
    );
    Ok(())
}

/// The sitting of a candidate, whoever planned it.
pub fn sitting_of(plans: &[Published], number: &str) -> Result<Sitting> {
    for plan in plans {
        if let Some(sitting) = sittings(&plan.view)?.remove(number) {
            return Ok(sitting);
        }
    }
    bail!("{number} has no sitting")
}
