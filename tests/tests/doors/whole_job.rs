//! From the files to the mailboxes: two authorities, their schools, every candidate convoked once.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use delos_tests::files::{hand_in, import, of_academy};
use delos_tests::house::{Engine, House, REGULATION, sample};
use delos_tests::http::Visitor;
use delos_tests::people::{administrator, heads, officer};
use delos_tests::plans::{Published, check, job};
use delos_tests::post;
use serde_json::json;

use super::mailboxes::{self, until_sent};
use super::{own_exam, perimeter};

/// Code and academy of the authorities of the samples.
pub const AUTHORITIES: [(&str, &str); 2] = [("07", "Dijon"), ("28", "La Réunion")];
/// The school whose candidates come from Cyclades, handed in by its head.
const OF_CYCLADES: &str = "0213430P";

/// Under the regulation of the sample session.
pub fn every_candidate_is_convoked_once(engine: Engine) -> Result<()> {
    whole_job(engine, "whole-job", REGULATION, "E5")
}

/// Under the regulation whose épreuve has another name.
pub fn every_candidate_is_convoked_once_under_another_regulation(engine: Engine) -> Result<()> {
    whole_job(engine, "whole-job-2026", "bts-sio-2026-e6", "E6")
}

fn whole_job(engine: Engine, name: &str, regulation: &str, exam: &str) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open(engine, name, regulation)? else {
        return Ok(());
    };
    let mut staff = Staff::enter(&house)?;
    let plans = staff.plan_everything()?;
    for plan in &plans {
        check(&house, plan)?;
    }
    for officer in staff.officers.values_mut() {
        until_sent(officer)?;
    }
    mailboxes::check(&house, &plans, exam)?;
    for (authority, number, address) in [
        ("07", "2210005814", "maelys.dalembert.814@eleve.example"),
        ("28", "2210006293", "mael.ruiz.293@eleve.example"),
    ] {
        let sitting = mailboxes::sitting_of(&plans, number)?;
        own_exam::check(&house, authority, number, address, &sitting)?;
    }
    let of = |uai: &str| {
        plans
            .iter()
            .find(|plan| plan.owner[1] == uai)
            .context("a plan")
    };
    let head = staff.heads.get_mut(OF_CYCLADES).context("the head")?;
    for other in ["0717061P", "9747185S", "07"] {
        perimeter::check(head, of(OF_CYCLADES)?, of(other)?)?;
    }
    let mail = post::to(&house, "maelys.dalembert.814@eleve.example", 1)?;
    perimeter::check_code_is_hidden(head, &mail)?;
    Ok(())
}

/// Who works here, once the files are in.
pub struct Staff {
    pub officers: BTreeMap<String, Visitor>,
    pub heads: BTreeMap<String, Visitor>,
}

impl Staff {
    /// Accounts, then files: an officer hands in what is his academy's, a head his own Cyclades list.
    pub fn enter(house: &House) -> Result<Self> {
        let mut admin = administrator(house)?;
        let mut officers = BTreeMap::new();
        let mut all_heads = BTreeMap::new();
        for (code, academy) in AUTHORITIES {
            let mut officer = officer(house, &mut admin, code)?;
            for (kind, name) in [
                ("schools", "etablissements.csv"),
                ("examiners", "examinateurs.csv"),
                ("candidates", "candidats.csv"),
            ] {
                let own = of_academy(name, academy)?;
                let written = import(&mut officer, kind, (name, &own), None)?;
                assert_eq!(written, own.lines().count() as u64 - 1, "{academy}, {name}");
            }
            all_heads.extend(heads(house, &mut officer)?);
            officers.insert(code.to_owned(), officer);
        }
        let list = std::fs::read_to_string(sample("candidats-cyclades.csv"))?;
        let complement = std::fs::read_to_string(sample("complements.csv"))?;
        let head = all_heads.get_mut(OF_CYCLADES).context("the head")?;
        let written = import(
            head,
            "candidates",
            ("candidats-cyclades.csv", &list),
            Some(("complements.csv", &complement)),
        )?;
        assert_eq!(written, 26);
        let another = hand_in(
            all_heads.get_mut("0717061P").context("another head")?,
            "candidates",
            ("candidats-cyclades.csv", &list),
            Some(("complements.csv", &complement)),
        )?;
        assert_eq!(another["staged"], json!(null), "another school's list");
        Ok(Self {
            officers,
            heads: all_heads,
        })
    }

    /// Every head in CCF, every officer in the ponctuelle form.
    pub fn plan_everything(&mut self) -> Result<Vec<Published>> {
        let mut plans = Vec::new();
        for (uai, head) in &mut self.heads {
            plans.push(job(head, "CCF", ["--school", uai])?);
        }
        for (code, officer) in &mut self.officers {
            plans.push(job(officer, "PONCTUELLE", ["--authority", code])?);
        }
        Ok(plans)
    }
}
