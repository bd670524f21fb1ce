//! What there is to ask about days: somebody absent, a centre closed, a sitting that a school only hosts.

use anyhow::{Context as _, Result};
use serde_json::json;

use super::asks::Ask;
use super::days::{FAR_NOTICE, IDLE, absence_of, close, record, set_rescheduling};
use super::matters::{Matter, SCHOOLS, Whose, ask, words};
use super::world::{FAR_OFFICER, OWNERS, World};
use delos_tests::http::Visitor;
use delos_tests::plans::view;

impl World {
    /// Everybody has somebody who said that he would not come, and a centre that is closed in the holidays; what the
    /// authority has in the school of those who ask is a matter of its own.
    pub fn lay_days(&mut self) -> Result<()> {
        let host = self.matter(Whose::School)?.school.clone();
        let mut hosted = self.matter(Whose::Authority)?.clone();
        for (whose, owner) in OWNERS {
            let person = self.people.get_mut(owner).context("an owner")?;
            let matter = self.matters.get_mut(&whose).context("a matter")?;
            matter.read_spare(person, None, "")?;
            matter.lay_day(person)?;
        }
        let spare = self.matter(Whose::Authority)?.spare.clone();
        let person = self.person("authority_officer")?;
        hosted.school.clone_from(&host);
        hosted.read_spare(person, Some(&host), &spare)?;
        anyhow::ensure!(
            hosted.centre == host,
            "no sitting of the authority is hosted by {}",
            SCHOOLS[0]
        );
        hosted.lay_day(person)?;
        self.matters.insert(Whose::Hosted, hosted);
        set_rescheduling(FAR_NOTICE).of(self.person(FAR_OFFICER)?)?;
        self.derive()
    }
}

impl Matter {
    /// Chooses who will be absent: neither whom the plan is asked about by nor those whose messages fail; the last one,
    /// of a centre if one is given, but this one.
    fn read_spare(&mut self, owner: &mut Visitor, host: Option<&str>, but: &str) -> Result<()> {
        let seen = view(owner, &json!(self.plan))?;
        let mut all = Vec::new();
        for one in seen["commissions"].as_array().context("commissions")? {
            for day in one["days"].as_array().into_iter().flatten() {
                for sitting in day["sittings"].as_array().into_iter().flatten() {
                    let there = host.is_none_or(|host| one["centre"]["id"] == host);
                    if sitting["id"] != self.sitting.as_str() && there {
                        all.push((one, &day["date"], sitting));
                    }
                }
            }
        }
        let mut others = all.iter().rev();
        let other = others.find(|(_, _, sitting)| sitting["id"] != but);
        let (commission, day, sitting) = other.context("another sitting")?;
        self.spare = words(&sitting["id"]);
        self.spare_day = words(day);
        self.centre = words(&commission["centre"]["id"]);
        if self.form == "CCF" {
            self.waiting = words(&sitting["candidate"]["id"]);
        }
        Ok(())
    }

    fn lay_day(&mut self, owner: &mut Visitor) -> Result<()> {
        let kept = Ask::Piece.of(owner)?;
        let piece = words(&kept.json()["staged"]);
        let reply = record(self, "sitting", &self.spare, "JUSTIFIED", Some(&piece)).of(owner)?;
        anyhow::ensure!(reply.succeeds(), "{}", reply.shown());
        self.absence = absence_of(owner, self)?;
        let reply = close(&self.school, IDLE, IDLE).of(owner)?;
        anyhow::ensure!(reply.succeeds(), "{}", reply.shown());
        let seen = ask(owner, "{ closures { id } }", &json!({}))?;
        self.closure = words(&seen["closures"][0]["id"]);
        Ok(())
    }
}
