//! The house with everybody in it: somebody of every role, what each may ask about, and what he may not.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use delos_domain::tracks::Phase;
use serde_json::{Value, json};

use super::database::Store;
use super::matters::{Matter, Whose, all, ask, words};
use delos_tests::house::House;
use delos_tests::http::Visitor;

/// Who asks, by the code of his role; and a few who own what others ask about.
pub type People = BTreeMap<&'static str, Visitor>;

/// The officer of the far authority, the heads of the other schools.
pub const FAR_OFFICER: &str = "far officer";
pub const SISTER_HEAD: &str = "sister head";
pub const FAR_HEAD: &str = "far head";
/// A head of school who is an officer as well: the only one whom a file of schools of his own can be refused.
pub const SUBSTITUTE: &str = "substitute";
/// The administrator and an officer of the other session.
pub const OTHER_ADMIN: &str = "other administrator";
pub const OTHER_OFFICER: &str = "other officer";
/// A member of a commission of the authority that sits in the school of those who ask.
pub const HOSTED_EXAMINER: &str = "hosted examiner";
/// The other session's year.
pub const OTHER_YEAR: &str = "2028";

/// A house with everything in it.
pub struct World {
    pub house: House,
    pub store: Store,
    pub people: People,
    pub matters: BTreeMap<Whose, Matter>,
    /// The session of those who ask, and the other.
    pub session: String,
    pub other_session: String,
}

/// Each owner's somebody who answers for it.
pub const OWNERS: [(Whose, &str); 5] = [
    (Whose::School, "head_of_school"),
    (Whose::SisterSchool, SISTER_HEAD),
    (Whose::FarSchool, FAR_HEAD),
    (Whose::Authority, "authority_officer"),
    (Whose::FarAuthority, FAR_OFFICER),
];

impl World {
    /// Somebody.
    pub fn person(&mut self, who: &str) -> Result<&mut Visitor> {
        self.people.get_mut(who).with_context(|| who.to_owned())
    }

    /// A matter that there is.
    pub fn matter(&self, whose: Whose) -> Result<&Matter> {
        self.matters
            .get(&whose)
            .with_context(|| format!("{whose:?}"))
    }

    /// The file of schools that the substitute handed in.
    pub fn own_schools_file(&self) -> Result<&str> {
        Ok(&self.matter(Whose::Session)?.staged[0])
    }

    /// Id of the account of an address in the session, and of its first mandate.
    pub fn account_of(&mut self, address: &str) -> Result<(String, String)> {
        find_account(self.person("platform_administrator")?, address)
    }

    /// Reads whose account each owner is asked about by.
    pub fn read_accounts(&mut self) -> Result<()> {
        for (whose, address) in [
            (Whose::School, "centre-staff@delos.example"),
            (Whose::SisterSchool, "chef.0717061p@ecole.example"),
            (Whose::FarSchool, "chef.9747185s@ecole.example"),
            (Whose::Authority, "jury-member@delos.example"),
            (Whose::FarAuthority, "dec28@academie.example"),
        ] {
            let (account, mandate) = self.account_of(address)?;
            let matter = self.matters.get_mut(&whose).context("a matter")?;
            (matter.account, matter.mandate) = (account, mandate);
        }
        Ok(())
    }

    /// What is the sessions' own: beside it, what the far authority has.
    pub fn derive(&mut self) -> Result<()> {
        let far = self.matter(Whose::FarAuthority)?.clone();
        let own_file = self.own_schools_file()?.to_owned();
        let (account, mandate) = self.account_of("national-reader@delos.example")?;
        let session = Matter {
            dated: Value::Null,
            perimeter: self.session.clone(),
            message: self.store.message_to("national-reader@delos.example")?,
            staged: [own_file, far.staged[1].clone(), far.staged[2].clone()],
            account,
            mandate,
            ..far.clone()
        };
        self.matters.insert(Whose::Session, session);

        let address = "dec07-2028@academie.example";
        let (account, mandate) = find_account(self.person(OTHER_ADMIN)?, address)?;
        let officer = self.person(OTHER_OFFICER)?;
        let schools = all(officer, "schools", "id")?;
        let tasks = ask(officer, "{ tasks { id } }", &json!({}))?;
        let other = Matter {
            dated: json!(self.other_session),
            perimeter: self.other_session.clone(),
            school: words(&schools.first().context("a school")?["id"]),
            message: self.store.message_to(address)?,
            task: words(&tasks["tasks"][0]["id"]),
            account,
            mandate,
            ..far
        };
        self.matters.insert(Whose::OtherSession, other);
        Ok(())
    }

    /// Reads the plans that were still changing again.
    pub fn read_plans(&mut self) -> Result<()> {
        for (whose, owner) in OWNERS {
            let owner = self.people.get_mut(owner).context("an owner")?;
            self.matters
                .get_mut(&whose)
                .context("a matter")?
                .read_plan(owner)?;
        }
        self.derive()
    }

    /// Waits until everything is sent, then has some of it fail.
    pub fn read_messages(&mut self) -> Result<()> {
        for officer in ["authority_officer", FAR_OFFICER] {
            let officer = self.person(officer)?;
            let start = std::time::Instant::now();
            loop {
                let page = officer.staff("Messages", &json!({}))?;
                let counts = &page["messages"]["counts"];
                if counts["ready"] == 0 && counts["sending"] == 0 {
                    assert!(counts["sent"].as_i64() > Some(0), "{counts}");
                    break;
                }
                anyhow::ensure!(start.elapsed().as_secs() < 60, "the outbox does not empty");
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        }
        let others = self
            .matters
            .values()
            .flat_map(|matter| matter.others.clone());
        self.store.fail_messages(&others.collect::<Vec<_>>())?;
        for (whose, owner) in OWNERS {
            let owner = self.people.get_mut(owner).context("an owner")?;
            self.matters
                .get_mut(&whose)
                .context("a matter")?
                .read_messages(owner)?;
        }
        self.derive()
    }

    /// Moves the candidates who are asked about to a phase.
    pub fn put_in_phase(&self, phase: Phase) -> Result<()> {
        let numbers = self.matters.values().map(|matter| matter.number.clone());
        self.store.put_in_phase(&numbers.collect::<Vec<_>>(), phase)
    }
}

fn find_account(admin: &mut Visitor, address: &str) -> Result<(String, String)> {
    let accounts = all(admin, "accounts", "id email mandates { id }")?;
    let one = accounts.iter().find(|one| one["email"] == address);
    let one = one.with_context(|| format!("no account of {address}"))?;
    Ok((words(&one["id"]), words(&one["mandates"][0]["id"])))
}
