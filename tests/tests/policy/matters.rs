//! What is asked about: a school's, an authority's, a session's, and what stands outside each asker's perimeter.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use delos_tests::http::Visitor;
use delos_tests::plans::view;

/// An id that nothing has.
pub const NOWHERE: &str = "01a20ed9-7fb4-778c-b782-e76144ff75db";
/// The schools of the samples that have a plan, in the order of [`Whose`].
pub const SCHOOLS: [&str; 3] = ["0213430P", "0717061P", "9747185S"];
/// A code that no school has, though it could, and an academy that there is not.
const NO_SCHOOL: &str = "0750001U";
const NO_ACADEMY: &str = "Nulle-Part";
/// The schools of the samples whose candidates their authority hears: an authority's own matter.
pub const WITHOUT_CCF: [&str; 2] = ["0212333X", "9745856X"];

/// A file with a school and an academy that do not exist in the place of those that do.
fn elsewhere(text: String) -> String {
    let schools = SCHOOLS.iter().chain(&WITHOUT_CCF);
    let text = schools.fold(text, |text, school| text.replace(school, NO_SCHOOL));
    ["Dijon", "La Réunion"].iter().fold(text, |text, academy| {
        text.replace(&format!(";{academy};"), &format!(";{NO_ACADEMY};"))
    })
}

/// Whose a matter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// The school of the heads of school who ask: Joséphine-Baker, of Dijon.
    School,
    /// Another of the same authority: Val de Saône.
    SisterSchool,
    /// One of another authority: Bras-Fusil Nord, of La Réunion.
    FarSchool,
    /// The authority of those who ask: Dijon.
    Authority,
    /// Another: La Réunion.
    FarAuthority,
    /// What the authority of those who ask has in their school, as the exam's centre.
    Hosted,
    /// What a commission of that school hears in which the examiner who asks does not sit.
    OtherCommission,
    /// The session itself: what no authority owns.
    Session,
    /// Another session of the same house.
    OtherSession,
}

/// The same things of each owner, by id. Of the two sessions themselves, what only a school or an authority has is that
/// of the far authority.
#[derive(Clone, Debug, Default)]
pub struct Matter {
    /// The authority.
    pub authority: String,
    /// What its dates would be written under.
    pub dated: Value,
    /// What a mandate could cover.
    pub perimeter: String,
    /// A school.
    pub school: String,
    /// An examiner.
    pub examiner: String,
    /// CCF of a school, ponctuelle of an authority.
    pub form: &'static str,
    /// The plan.
    pub plan: String,
    /// One of its commissions.
    pub commission: String,
    /// One of its members.
    pub member: String,
    /// A sitting, and whose it is.
    pub sitting: String,
    /// Its day.
    pub day: String,
    /// The sitting of somebody who said that he would not come, its day and centre; his absence.
    pub spare: String,
    pub spare_day: String,
    pub centre: String,
    pub absence: String,
    /// Somebody who waits for another date; in the ponctuelle form there is none after an absence.
    pub waiting: String,
    /// A centre that is closed.
    pub closure: String,
    /// The candidate: his id, number and address.
    pub candidate: String,
    pub number: String,
    pub address: String,
    /// Addresses of others of the plan, and the number of the first.
    pub others: Vec<String>,
    pub other_number: String,
    /// A message to that address.
    pub message: String,
    /// Messages that failed.
    pub failed: Vec<String>,
    /// A task.
    pub task: String,
    /// Somebody's account, and his mandate.
    pub account: String,
    pub mandate: String,
    /// Files that were handed in: schools, examiners, candidates.
    pub staged: [String; 3],
    /// Rows of such files, with their headers.
    pub files: [Vec<(&'static str, String)>; 3],
}

/// A page of everything of a list.
pub fn all(visitor: &mut Visitor, field: &str, of: &str) -> Result<Vec<Value>> {
    let document = format!("{{ {field}(first: 200) {{ edges {{ node {{ {of} }} }} }} }}");
    let data = ask(visitor, &document, &json!({}))?;
    let edges = data[field]["edges"].as_array().context("a page")?;
    Ok(edges.iter().map(|edge| edge["node"].clone()).collect())
}

/// The data of a document that must succeed.
pub fn ask(visitor: &mut Visitor, document: &str, variables: &Value) -> Result<Value> {
    let body = json!({"query": document, "variables": variables});
    let answer = visitor.post("/graphql/staff", &body)?.expect(200)?;
    let mut answer = answer.json()?;
    anyhow::ensure!(answer.get("errors").is_none(), "{document}: {answer}");
    Ok(answer["data"].take())
}

/// A text.
pub fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Matter {
    /// The same questions about what does not exist.
    pub fn nowhere(&self) -> Self {
        let id = || NOWHERE.to_owned();
        Self {
            authority: id(),
            dated: json!(NOWHERE),
            perimeter: id(),
            school: id(),
            examiner: id(),
            plan: id(),
            commission: id(),
            member: id(),
            sitting: id(),
            spare: id(),
            absence: id(),
            candidate: id(),
            message: id(),
            failed: vec![id()],
            task: id(),
            account: id(),
            mandate: id(),
            staged: [id(), id(), id()],
            files: self.files.clone().map(|files| {
                let nowhere = |(name, text)| (name, elsewhere(text));
                files.into_iter().map(nowhere).collect()
            }),
            ..self.clone()
        }
    }

    /// Reads the plan and whom it places, as its owner sees them.
    pub fn read_plan(&mut self, owner: &mut Visitor) -> Result<()> {
        let seen = view(owner, &json!(self.plan))?;
        let people = all(owner, "candidates", "id number email school { id }")?;
        let commissions = seen["commissions"].as_array().context("commissions")?;
        let days = commissions
            .iter()
            .flat_map(|one| one["days"].as_array().into_iter().flatten());
        let sittings: Vec<(&Value, &Value)> = days
            .clone()
            .flat_map(|day| day["sittings"].as_array().into_iter().flatten())
            .filter_map(|one| {
                let id = &one["candidate"]["id"];
                people
                    .iter()
                    .find(|person| person["id"] == *id)
                    .map(|person| (one, person))
            })
            .collect();
        // A candidate whom no school trained is the authority's own.
        let own = |person: &Value| self.form == "CCF" || person["school"].is_null();
        let (sitting, person) = sittings
            .iter()
            .find(|(_, person)| own(person))
            .context("a candidate")?;
        self.sitting = words(&sitting["id"]);
        self.waiting = words(&person["id"]);
        let mut days = days;
        let of_day = |day: &&Value| {
            let all = day["sittings"].as_array().into_iter().flatten();
            all.into_iter().any(|one| one["id"] == sitting["id"])
        };
        self.day = words(&days.find(of_day).context("its day")?["date"]);
        self.candidate = words(&person["id"]);
        self.number = words(&person["number"]);
        self.address = words(&person["email"]);
        // Whoever has a date of which nobody told him has no message to look at; in a draft nobody has.
        let (told, untold): (Vec<_>, Vec<_>) = sittings
            .iter()
            .partition(|(sitting, _)| sitting["revision"] != 0);
        let others: Vec<&Value> = told
            .into_iter()
            .chain(untold)
            .map(|(_, person)| person)
            .filter(|person| person["email"] != self.address.as_str())
            .take(5)
            .collect();
        self.other_number = words(&others.first().context("another")?["number"]);
        self.others = others
            .iter()
            .map(|person| words(&person["email"]))
            .collect();
        let commission = commissions.first().context("a commission")?;
        self.commission = words(&commission["id"]);
        self.member = words(&commission["members"][0]["id"]);
        Ok(())
    }

    /// Reads the messages that went to the plan's candidates, as its owner sees them.
    pub fn read_messages(&mut self, owner: &mut Visitor) -> Result<()> {
        let sent = all(owner, "messages", "id address kind state")?;
        let to = |address: &str| {
            sent.iter()
                .filter(|one| one["kind"] == "candidate_convocation")
                .find(|one| one["address"] == address && one["state"] != "CANCELLED")
                .with_context(|| format!("a message to {address}"))
        };
        self.message = words(&to(&self.address)?["id"]);
        self.failed.clear();
        for address in &self.others {
            let one = to(address)?;
            anyhow::ensure!(one["state"] == "FAILED", "{one}");
            self.failed.push(words(&one["id"]));
        }
        Ok(())
    }
}
