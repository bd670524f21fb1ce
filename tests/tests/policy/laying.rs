//! How the house is laid: files, appointments, plans, another session, by the same acts as a user's.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::database::Store;
use super::matters::{Matter, SCHOOLS, WITHOUT_CCF, Whose, all, ask, words};
use super::world::{
    FAR_HEAD, FAR_OFFICER, OTHER_ADMIN, OTHER_OFFICER, OTHER_YEAR, OWNERS, People, SISTER_HEAD,
    SUBSTITUTE, World,
};
use delos_tests::files::{ended, hand_in, import, of_academy};
use delos_tests::house::{Engine, House, REGULATION, sample};
use delos_tests::http::Visitor;
use delos_tests::people::{PASSWORD, account, administrator, heads, officer};
use delos_tests::plans::{commissions_at, job, open, propose, search};
use delos_tests::post;

/// What can be handed in, with the name of its sample.
pub const KINDS: [(&str, &str); 3] = [
    ("schools", "etablissements.csv"),
    ("examiners", "examinateurs.csv"),
    ("candidates", "candidats.csv"),
];

/// Lays it. Nothing when this machine lacks a service.
pub fn lay(engine: Engine) -> Result<Option<World>> {
    if !post::readers() {
        return Ok(None);
    }
    let Some(house) = House::open(engine, "policy", REGULATION)? else {
        return Ok(None);
    };
    let store = Store::open(&house)?;
    let mut people = People::new();
    let mut admin = administrator(&house)?;
    let mut near = officer(&house, &mut admin, "07")?;
    let mut far = officer(&house, &mut admin, "28")?;
    for (officer, academy) in [(&mut near, "Dijon"), (&mut far, "La Réunion")] {
        for (kind, name) in KINDS {
            import(officer, kind, (name, &of_academy(name, academy)?), None)?;
        }
    }
    let mut all_heads = heads(&house, &mut near)?;
    all_heads.extend(heads(&house, &mut far)?);
    for (who, uai) in ["head_of_school", SISTER_HEAD, FAR_HEAD]
        .into_iter()
        .zip(SCHOOLS)
    {
        people.insert(who, all_heads.remove(uai).context("a head")?);
    }
    let session = words(&ask(&mut admin, "{ session { id } }", &json!({}))?["session"]["id"]);
    people.insert("platform_administrator", admin);
    people.insert("authority_officer", near);
    people.insert(FAR_OFFICER, far);

    let mut world = World {
        house,
        store,
        people,
        matters: BTreeMap::new(),
        session,
        other_session: String::new(),
    };
    world.name_matters()?;
    world.appoint()?;
    world.plan()?;
    world.lay_other_session()?;
    world.hand_files_in()?;
    world.read_accounts()?;
    world.derive()?;
    Ok(Some(world))
}

impl World {
    /// Authorities, schools, examiners and rows of files, by owner.
    fn name_matters(&mut self) -> Result<()> {
        let admin = self.person("platform_administrator")?;
        let authorities = ask(admin, "{ authorities { id code } }", &json!({}))?;
        let of_code = |code: &str| {
            let all = authorities["authorities"].as_array().into_iter().flatten();
            all.into_iter()
                .find(|one| one["code"] == code)
                .map(|one| words(&one["id"]))
                .context("an authority")
        };
        for (whose, owner) in OWNERS {
            let near = matches!(owner, "authority_officer" | "head_of_school" | SISTER_HEAD);
            let (code, academy) = if near {
                ("07", "Dijon")
            } else {
                ("28", "La Réunion")
            };
            let uai = match whose {
                Whose::School => Some(SCHOOLS[0]),
                Whose::SisterSchool => Some(SCHOOLS[1]),
                Whose::FarSchool => Some(SCHOOLS[2]),
                _ => None,
            };
            let named = uai.unwrap_or(WITHOUT_CCF[usize::from(!near)]);
            let officer = if near {
                "authority_officer"
            } else {
                FAR_OFFICER
            };
            let schools = all(self.person(officer)?, "schools", "id uai")?;
            let school = schools.iter().find(|one| one["uai"] == named);
            let school = words(&school.context("a school")?["id"]);
            let examiners = all(self.person(officer)?, "examiners", "id school { uai }")?;
            let own = |one: &&Value| match uai {
                Some(uai) => one["school"]["uai"] == uai,
                None => one["school"].is_null(),
            };
            let examiner = words(&examiners.iter().find(own).context("an examiner")?["id"]);
            let authority = of_code(code)?;
            let perimeter = if uai.is_some() {
                school.clone()
            } else {
                authority.clone()
            };
            let row = match uai {
                Some(uai) => format!(";{uai};"),
                None => format!(";;{academy};"),
            };
            let candidates = if whose == Whose::School {
                let read = |name| std::fs::read_to_string(sample(name));
                vec![
                    ("file", read("candidats-cyclades.csv")?),
                    ("complement", read("complements.csv")?),
                ]
            } else {
                vec![("file", pick("candidats.csv", &row)?)]
            };
            let matter = Matter {
                dated: if uai.is_some() {
                    json!(school)
                } else {
                    json!(authority)
                },
                form: if uai.is_some() { "CCF" } else { "PONCTUELLE" },
                files: [
                    vec![("file", pick("etablissements.csv", &format!("{named};"))?)],
                    vec![("file", pick("examinateurs.csv", &row)?)],
                    candidates,
                ],
                authority,
                perimeter,
                school,
                examiner,
                ..Matter::default()
            };
            self.matters.insert(whose, matter);
        }
        Ok(())
    }

    /// Somebody of every role, each appointed by whom the rules say: one level down.
    fn appoint(&mut self) -> Result<()> {
        let school = self.matter(Whose::School)?.clone();
        let authority = self.matter(Whose::Authority)?.authority.clone();
        for (who, by, role, perimeter) in [
            (
                "national_reader",
                "platform_administrator",
                "NATIONAL_READER",
                &self.session.clone(),
            ),
            (
                "conformity_officer",
                "authority_officer",
                "CONFORMITY_OFFICER",
                &authority,
            ),
            (
                "jury_president",
                "authority_officer",
                "JURY_PRESIDENT",
                &authority,
            ),
            (
                "jury_member",
                "authority_officer",
                "JURY_MEMBER",
                &authority,
            ),
            (
                SUBSTITUTE,
                "authority_officer",
                "HEAD_OF_SCHOOL",
                &school.school,
            ),
            (
                "centre_staff",
                "head_of_school",
                "CENTRE_STAFF",
                &school.school,
            ),
            ("examiner", "head_of_school", "EXAMINER", &school.examiner),
        ] {
            let house = &self.house;
            let grantor = self.people.get_mut(by).context("a grantor")?;
            let address = format!("{}@delos.example", who.replace('_', "-"));
            let person = account(
                house,
                grantor,
                role,
                &json!(perimeter),
                &address,
                ("Rôle", who),
            )?;
            self.people.insert(who, person);
        }
        Ok(())
    }

    /// What is published and convoked, and what is only proposed: the lines of planning go on from there.
    fn plan(&mut self) -> Result<()> {
        let list = std::fs::read_to_string(sample("candidats-cyclades.csv"))?;
        let complement = std::fs::read_to_string(sample("complements.csv"))?;
        let head = self.person("head_of_school")?;
        let complement = ("complements.csv", complement.as_str());
        import(
            head,
            "candidates",
            ("candidats-cyclades.csv", &list),
            Some(complement),
        )?;
        // The authority sits in the school of those who ask: what a school only hosts is asked about too.
        let host = self.matter(Whose::School)?.school.clone();
        commissions_at(self.person("authority_officer")?, &host)?;
        for (whose, owner) in OWNERS {
            let form = self.matter(whose)?.form;
            let owner = self.people.get_mut(owner).context("an owner")?;
            // Each plan has had its search, which its readers see.
            let draft = open(owner, form)?;
            search(owner, &draft, 1)?;
            let id = if matches!(whose, Whose::SisterSchool | Whose::FarAuthority) {
                propose(owner, form)?
            } else {
                job(owner, form, ["", ""])?.view["id"].clone()
            };
            let matter = self.matters.get_mut(&whose).context("a matter")?;
            matter.plan = words(&id);
            matter.read_plan(owner)?;
        }
        let address = self.matter(Whose::School)?.address.clone();
        let number = self.matter(Whose::School)?.number.clone();
        let mail = post::to(&self.house, &address, 1)?;
        let code = post::word_after(&mail, "qui sert une fois :")?;
        let first = json!({
            "kind": "candidate", "authority": "07", "number": number, "code": code, "password": PASSWORD,
        });
        let mut candidate = self.house.visitor();
        candidate.post("/auth/first-access", &first)?.expect(200)?;
        self.people.insert("candidate", candidate);
        Ok(())
    }

    /// Another session of the same house, with an officer of the same authority and the same school.
    fn lay_other_session(&mut self) -> Result<()> {
        let admin = "admin2028@delos.example";
        let printed = self.house.run(&[
            "init",
            "--session",
            OTHER_YEAR,
            "--regulation",
            REGULATION,
            "--admin-email",
            admin,
        ])?;
        let link = printed.split("/premier-acces#").nth(1).context("a link")?;
        let token = link.split_whitespace().next().context("a token")?;
        let mut other = self.house.visitor();
        let first = json!({"kind": "staff", "token": token, "password": PASSWORD});
        other.post("/auth/first-access", &first)?.expect(200)?;
        self.other_session =
            words(&ask(&mut other, "{ session { id } }", &json!({}))?["session"]["id"]);
        let authority = json!(self.matter(Whose::Authority)?.authority);
        let name = ("Service", "Autre");
        let address = "dec07-2028@academie.example";
        let mut officer = account(
            &self.house,
            &mut other,
            "AUTHORITY_OFFICER",
            &authority,
            address,
            name,
        )?;
        let schools = of_academy("etablissements.csv", "Dijon")?;
        import(
            &mut officer,
            "schools",
            ("etablissements.csv", &schools),
            None,
        )?;
        self.people.insert(OTHER_ADMIN, other);
        self.people.insert(OTHER_OFFICER, officer);
        Ok(())
    }

    /// Every owner has files that wait for his confirmation, and a task that is done.
    fn hand_files_in(&mut self) -> Result<()> {
        for (whose, owner) in OWNERS {
            let files = self.matter(whose)?.files.clone();
            let schools_by = match owner {
                "head_of_school" | SISTER_HEAD => "authority_officer",
                FAR_HEAD => FAR_OFFICER,
                own => own,
            };
            for (place, (kind, _)) in KINDS.into_iter().enumerate() {
                let by = if kind == "schools" { schools_by } else { owner };
                let staged = stage(self.person(by)?, kind, &files[place])?;
                self.matters.get_mut(&whose).context("a matter")?.staged[place] = staged;
            }
            let person = self.people.get_mut(owner).context("an owner")?;
            let again = stage(person, "examiners", &files[1])?;
            let confirmed = person.must("ConfirmImport", &json!({"staged": again}))?;
            ended(person, &confirmed["id"])?;
            self.matters.get_mut(&whose).context("a matter")?.task = words(&confirmed["id"]);
        }

        // The substitute hands in schools as an officer, then acts as a head of school again.
        let authority = self.matter(Whose::Authority)?.authority.clone();
        let substitute = self.account_of("substitute@delos.example")?.0;
        let grant = json!({
            "account": substitute, "role": "AUTHORITY_OFFICER",
            "perimeter": authority, "validUntil": "2027-12-31",
        });
        self.person("platform_administrator")?
            .must("GrantMandate", &json!({"input": grant}))?;
        let files = self.matter(Whose::Authority)?.files.clone();
        let person = self.person(SUBSTITUTE)?;
        let me = person.staff("Me", &json!({}))?["me"].clone();
        let head = me["active"]["id"].clone();
        let mandates = me["mandates"].as_array().into_iter().flatten();
        let officer = mandates.map(|one| &one["id"]).find(|id| **id != head);
        let officer = officer.context("a second mandate")?;
        person
            .post("/auth/mandate", &json!({"mandate": officer}))?
            .expect(200)?;
        let own = stage(person, "schools", &files[0])?;
        person
            .post("/auth/mandate", &json!({"mandate": head}))?
            .expect(200)?;
        self.matters.insert(
            Whose::Session,
            Matter {
                staged: [own, String::new(), String::new()],
                ..Matter::default()
            },
        );
        Ok(())
    }
}

/// Hands files in as they are; the id that they are kept under.
pub fn stage(person: &mut Visitor, kind: &str, files: &[(&str, String)]) -> Result<String> {
    let (_, file) = files.first().context("a file")?;
    let complement = files
        .get(1)
        .map(|(_, text)| ("complement.csv", text.as_str()));
    let checked = hand_in(person, kind, ("fichier.csv", file), complement)?;
    let staged = checked["staged"].as_str();
    Ok(staged
        .with_context(|| format!("faults: {checked}"))?
        .to_owned())
}

/// The header of a sample and its first line that holds a text.
fn pick(name: &str, part: &str) -> Result<String> {
    let text = std::fs::read_to_string(sample(name))?;
    let mut lines = text.lines();
    let header = lines.next().context("a header")?;
    let line = lines
        .find(|line| line.contains(part))
        .with_context(|| format!("no {part} in {name}"))?;
    Ok(format!("{header}\n{line}\n"))
}
