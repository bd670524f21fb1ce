//! Another épreuve through the same doors: a presentation and an exchange, a professional in every commission, no
//! environment. Nothing of the code knows it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use delos_tests::files::import;
use delos_tests::house::{Engine, House};
use delos_tests::papers::{missing, text_layer};
use delos_tests::post;

use super::letters::{check_candidate, each, sittings, words};
use super::mailboxes::{expected_candidates, until_sent};
use super::whole_job::{AUTHORITIES, Staff};

/// Professionals whom each authority hands in besides those of the samples.
const PROFESSIONALS: usize = 6;

/// Every head in CCF and every officer in the ponctuelle form plan, publish and convoke.
pub fn everybody_is_convoked_to_an_epreuve_of_another_kind(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open(engine, "presentation", "bts-sio-2026-e5-support")? else {
        return Ok(());
    };
    let mut staff = Staff::enter(&house)?;
    for (code, academy) in AUTHORITIES {
        let mut file = String::from(
            "Identifiant;Nom;Prénom;Courriel;UAI;Académie;Qualité;Options;Indisponibilités;Périodes au plus\n",
        );
        for n in 0..PROFESSIONALS {
            writeln!(
                file,
                "PR{code}{n};Entreprise;Prénom;pro.{code}.{n}@entreprise.example;;{academy};professionnel;SISR,SLAM;;"
            )?;
        }
        let officer = staff.officers.get_mut(code).context("an officer")?;
        let written = import(officer, "examiners", ("professionnels.csv", &file), None)?;
        assert_eq!(written, PROFESSIONALS as u64);
    }
    let plans = staff.plan_everything()?;
    for officer in staff.officers.values_mut() {
        until_sent(officer)?;
    }
    let mut mails = BTreeMap::new();
    for mail in post::all(&house)? {
        if words(&mail["subject"]).starts_with("Convocation à l’épreuve") {
            let address = words(&mail["to"][0]).to_owned();
            assert!(mails.insert(address, mail).is_none(), "two convocations");
        }
    }
    let mut expected = expected_candidates()?;
    for plan in &plans {
        for commission in each(&plan.view["commissions"]) {
            assert_eq!(each(&commission["members"]).count(), 2, "{commission}");
        }
        for (number, sitting) in sittings(&plan.view)? {
            assert_eq!(sitting.hours.len(), 3, "two phases, and their end");
            let address = expected.remove(&number).context("a candidate")?;
            let mail = mails.remove(&address).context("no convocation")?;
            check_candidate(&mail, &number, &sitting, "E5").with_context(|| number.clone())?;
            let text = words(&mail["text"])
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            for said in [
                "Support et mise à disposition de services informatiques",
                "Présentation du parcours de professionnalisation",
                "Échange avec le jury",
                "L’adresse de votre portfolio",
            ] {
                assert!(text.contains(said), "« {said} » is not said: {text}");
            }
            for silent in ["Préparation sur table", "expression des besoins", "None"] {
                assert!(!text.contains(silent), "« {silent} » is said");
            }
        }
    }
    let plan = plans.first().context("a plan")?;
    let sitting = &plan.view["commissions"][0]["days"][0]["sittings"][0]["id"];
    for (paper, annex) in [("grid", "2026-vi-3"), ("appreciation", "2026-vi-4")] {
        let route = format!("/sittings/{}/{paper}.pdf", words(sitting));
        let mut found = None;
        for officer in staff.officers.values_mut() {
            let answer = officer.get(&route)?;
            if answer.status == 200 {
                found = Some(text_layer(&answer.body)?);
            }
        }
        let text = found.with_context(|| route.clone())?;
        assert_eq!(missing(&text, annex)?, [] as [&str; 0], "{annex}");
    }
    assert_eq!(expected, BTreeMap::new(), "who was not convoked");
    assert!(mails.is_empty(), "who should not have been");
    Ok(())
}
