//! Who is inside when the attacks come: an officer of La Réunion, and a candidate whom she convoked.

use anyhow::{Context as _, Result};
use delos_tests::files::{import, of_academy, rows};
use delos_tests::house::{Engine, House, Mode, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{PASSWORD, administrator, officer};
use delos_tests::plans::{propose, version, view};
use delos_tests::post;
use serde_json::json;

/// A house with people in it.
pub struct Inside {
    pub house: House,
    pub officer: Visitor,
    pub candidate: Visitor,
}

impl Inside {
    /// Opens one. Nothing when this machine lacks a service.
    pub fn open(mode: Mode, name: &str) -> Result<Option<Self>> {
        if !post::readers() {
            return Ok(None);
        }
        let name = format!("{name}-{mode:?}").to_lowercase();
        let Some(house) = House::open_as(mode, Engine::Sqlite, &name, REGULATION)? else {
            return Ok(None);
        };
        let mut officer = officer(&house, &mut administrator(&house)?, "28")?;
        for (kind, name) in [
            ("schools", "etablissements.csv"),
            ("examiners", "examinateurs.csv"),
            ("candidates", "candidats.csv"),
        ] {
            let own = of_academy(name, "La Réunion")?;
            import(&mut officer, kind, (name, &own), None)?;
        }
        let plan = propose(&mut officer, "PONCTUELLE")?;
        for operation in ["PublishPlan", "Convoke"] {
            let version = version(&mut officer, &plan)?;
            officer.must(operation, &json!({"plan": plan, "version": version}))?;
        }
        let convoked = view(&mut officer, &plan)?;
        let number = &convoked["commissions"][0]["days"][0]["sittings"][0]["candidate"]["number"];
        let person = rows("candidats.csv")?
            .into_iter()
            .find(|row| row["Numéro"].as_str() == number.as_str().unwrap_or_default())
            .context("a candidate of the file")?;
        let mail = post::to(&house, &person["Courriel"], 1)?;
        let code = post::word_after(&mail, "qui sert une fois :")?;
        let mut candidate = house.visitor();
        let first = json!({"kind": "candidate", "authority": "28", "number": number, "code": code, "password": PASSWORD});
        candidate.post("/auth/first-access", &first)?.expect(200)?;
        Ok(Some(Self {
            house,
            officer,
            candidate,
        }))
    }
}
