//! A day of a school that has convoked: what the tests of a day, and of what follows from it, begin with.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use delos_tests::files::{import, of_academy};
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{PASSWORD, administrator, heads, officer};
use delos_tests::plans::job;
use delos_tests::post;
use serde_json::{Value, json};

use super::letters::each;

/// A public school of Dijon that hears its own candidates.
pub const SCHOOL: &str = "0717061P";
/// Its head.
const HEAD: &str = "chef.0717061p@ecole.example";

/// A house in which one school has convoked, whose clock shows the morning of its first day, an hour after the first
/// sitting began.
pub struct Day {
    pub house: House,
    pub head: Visitor,
    pub officer: Visitor,
    pub date: String,
}

impl Day {
    pub fn open(engine: Engine, name: &str, confirms: bool) -> Result<Option<Self>> {
        Self::open_with(engine, name, confirms, "")
    }

    /// With these candidates more.
    pub fn open_with(
        engine: Engine,
        name: &str,
        confirms: bool,
        more: &str,
    ) -> Result<Option<Self>> {
        if !post::readers() {
            return Ok(None);
        }
        let Some(house) = House::open(engine, name, REGULATION)? else {
            return Ok(None);
        };
        let mut admin = administrator(&house)?;
        let mut officer = officer(&house, &mut admin, "07")?;
        for (kind, file) in [
            ("schools", "etablissements.csv"),
            ("examiners", "examinateurs.csv"),
        ] {
            import(
                &mut officer,
                kind,
                (file, &of_academy(file, "Dijon")?),
                None,
            )?;
        }
        let rows = of_academy("candidats.csv", "Dijon")? + more;
        import(&mut officer, "candidates", ("candidats.csv", &rows), None)?;
        let confirmed = json!({"confirmsItself": confirms, "noticeDays": 5});
        officer.must("SetRescheduling", &confirmed)?;
        let mut head = heads(&house, &mut officer)?
            .remove(SCHOOL)
            .context("a head")?;
        let plan = job(&mut head, "CCF", ["--school", SCHOOL])?;
        let first = plan.view["commissions"][0]["days"][0].clone();
        let date = first["date"].as_str().context("a date")?.to_owned();
        let mut day = Self {
            head: house.visitor(),
            officer: house.visitor(),
            date: date.clone(),
            house,
        };
        day.rewind(&format!("{date}T14:00:00+02:00"))?;
        Ok(Some(day))
    }

    /// Opens the house again at another instant; everybody signs in anew.
    pub fn rewind(&mut self, at: &str) -> Result<()> {
        self.house.reopen(&["--at", at], &[])?;
        self.head = self.sign_in(HEAD)?;
        self.officer = self.sign_in("dec07@academie.example")?;
        Ok(())
    }

    fn sign_in(&self, email: &str) -> Result<Visitor> {
        let mut visitor = self.house.visitor();
        let login = json!({"email": email, "password": PASSWORD});
        visitor.post("/auth/staff", &login)?.expect(200)?;
        Ok(visitor)
    }

    pub fn lines(&mut self) -> Result<Vec<Value>> {
        let day = self.head.staff("Day", &json!({"date": self.date}))?;
        Ok(each(&day["day"]["lines"]).cloned().collect())
    }

    /// What waits, once the worker has looked for seats.
    pub fn searched(&mut self) -> Result<Vec<Value>> {
        let start = Instant::now();
        loop {
            let waiting = self.head.staff("Waiting", &json!({}))?;
            let all: Vec<Value> = each(&waiting["waiting"]).cloned().collect();
            if all.iter().all(|one| one["searched"] == true) {
                return Ok(all);
            }
            anyhow::ensure!(
                start.elapsed() < Duration::from_mins(1),
                "nothing is searched: {all:?}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub fn record(
        &mut self,
        line: &Value,
        kind: &str,
        confirmed: &str,
    ) -> Result<std::result::Result<Value, Value>> {
        let input = json!({"sitting": line["id"], "kind": kind, "confirmed": confirmed});
        self.head.act("RecordAbsence", &json!({"input": input}))
    }

    /// The line of a candidate on the day.
    pub fn line(&mut self, number: &str) -> Result<Value> {
        let found = self
            .lines()?
            .into_iter()
            .find(|one| one["candidate"]["number"] == number);
        found.context("the line")
    }

    /// The states of a candidate's sitting and mark.
    pub fn state(&self, number: &str) -> Result<String> {
        self.house.read(&format!(
            "select sitting_state || ' ' || mark_state from candidate where number = '{number}'"
        ))
    }

    pub fn address(&self, number: &str) -> Result<String> {
        let sql = "select identity.email from candidate join identity on identity.id = candidate.identity_id \
                   where candidate.number = ";
        self.house.read(&format!("{sql}'{number}'"))
    }

    /// How many live convocations a candidate has: a sitting that he is convoked to.
    pub fn sittings(&self, number: &str) -> Result<String> {
        self.house.read(&format!(
            "select cast(count(*) as text) from sitting join candidate on candidate.id = sitting.candidate_id \
             where candidate.number = '{number}'"
        ))
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
