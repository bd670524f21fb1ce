//! Furnishes the demonstration: the same commands and acts as a user's, in the order of a real season.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chrono::{Datelike, NaiveDate};
use delos_application::accounts::{CreateAccountInput, Grant, create_account};
use delos_application::import::ImportKind;
use delos_application::init_house::{InitHouseInput, init_house};
use delos_application::sign_in::{FirstAccess, Login, Person, first_access, resume, sign_in};
use delos_application::{Context, convoke, plan_commands, views};
use delos_domain::actor::Actor;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::email::EmailAddress;
use delos_domain::ids::PlanId;
use delos_domain::mandate::Role;
use delos_persistence::examiners::ExaminerRecord;
use uuid::Uuid;

use super::{Line, SESSION};
use crate::commands::import::{import_file, read};
use crate::commands::{session, worker};
use crate::french::{self, sentence};
use crate::house::House;
use crate::reading;

/// Password of every account of the demonstration: it guards invented people on this machine.
const PASSWORD: &str = "quatre mots au hasard";
/// The school whose first commission has accounts: the others' are left to whoever looks.
const WITH_EXAMINERS: &str = "0213430P";
const ADMIN: &str = "admin@delos.example";

/// What the demonstration is made of.
pub struct Furnishing {
    /// Folder of the files.
    pub samples: PathBuf,
    /// Regulation set.
    pub regulation: String,
    /// Import only: leave planning and convoking to whoever looks.
    pub only_imported: bool,
}

impl Furnishing {
    /// Furnishes a house that is empty; the accounts that can be used.
    pub async fn furnish(&self, house: &House) -> anyhow::Result<Vec<Line>> {
        let context = &house.context;
        let admin = EmailAddress::parse(ADMIN).context("adresse de l’administrateur")?;
        let input = InitHouseInput {
            admin_email: admin,
            session: SESSION.to_owned(),
            regulation: self.regulation.clone(),
        };
        let laid = init_house(context, &input).await.map_err(sentence)?;
        let admin = enter(context, FirstAccess::Link { token: laid.token }).await?;
        let mut lines = vec![Line {
            role: "administrateur de la plateforme".to_owned(),
            login: ADMIN.to_owned(),
            secret: PASSWORD.to_owned(),
        }];

        let dates = self.samples.join("session-2027.toml");
        let text = reading::text(&dates)?.replace("bts-sio-2024-e5", &self.regulation);
        session::apply(context, SESSION, &session::read(&dates, &text)?).await?;

        let file = |name: &str| read(&self.samples.join(name));
        let import = async |kind, name: &str, complement: Option<&str>| -> anyhow::Result<()> {
            let complement = complement.map(file).transpose()?;
            let report =
                import_file(context, laid.session, kind, file(name)?, complement, false).await?;
            if report.is_clean() {
                Ok(())
            } else {
                bail!("{name} : {} faute(s)", report.errors.len())
            }
        };
        import(ImportKind::Schools, "etablissements.csv", None).await?;
        import(ImportKind::Examiners, "examinateurs.csv", None).await?;
        import(ImportKind::Candidates, "candidats.csv", None).await?;
        import(
            ImportKind::Candidates,
            "candidats-cyclades.csv",
            Some("complements.csv"),
        )
        .await?;

        let until =
            NaiveDate::from_ymd_opt(context.today().year() + 1, 12, 31).context("date de fin")?;
        let admin_actor = actor(&admin)?;
        for authority in views::session::all_authorities(context)
            .await
            .map_err(sentence)?
        {
            let (slug, given, family) = match authority.code.as_str() {
                "07" => ("dijon", "Hortense", "Villedieu"),
                "28" => ("reunion", "Loïc", "Payet"),
                _ => continue,
            };
            let email = format!("dec@{slug}.example");
            let officer = self
                .account(
                    context,
                    admin_actor,
                    &email,
                    family,
                    given,
                    Role::AuthorityOfficer,
                    authority.id.0,
                    until,
                    &house.data,
                )
                .await?;
            lines.push(Line {
                role: format!("gestionnaire, {}", authority.name),
                login: email,
                secret: PASSWORD.to_owned(),
            });
            let officer_actor = actor(&officer)?;
            let everything = views::PageRequest {
                limit: 200,
                ..views::PageRequest::default()
            };
            let schools = views::schools::list(context, officer_actor, &everything)
                .await
                .map_err(sentence)?;
            for school in schools
                .items
                .iter()
                .map(|view| &view.school)
                .filter(|one| one.school.ccf_habilitated)
            {
                let (Some(name), Some(email)) = (&school.head_name, &school.head_email) else {
                    continue;
                };
                let (given, family) = name.split_once(' ').unwrap_or(("", name));
                let head = self
                    .account(
                        context,
                        officer_actor,
                        email,
                        family,
                        given,
                        Role::HeadOfSchool,
                        school.school.id.0,
                        until,
                        &house.data,
                    )
                    .await?;
                lines.push(Line {
                    role: format!("chef d’établissement, {}", school.name),
                    login: email.clone(),
                    secret: PASSWORD.to_owned(),
                });
                // One school is left to whoever looks: his candidates wait for their plan.
                if !self.only_imported && school.school.uai.as_str() != "0717061P" {
                    let plan = job(context, actor(&head)?, Form::Ccf).await?;
                    if school.school.uai.as_str() == WITH_EXAMINERS {
                        let people = members(context, actor(&head)?, plan).await?;
                        for one in people {
                            lines.push(self.examiner(house, actor(&head)?, &one, until).await?);
                        }
                    }
                }
            }
            if !self.only_imported && slug == "reunion" {
                job(context, officer_actor, Form::Ponctuelle).await?;
            }
        }
        if !self.only_imported {
            lines.extend(candidates(context, &house.data).await?);
        }
        Ok(lines)
    }

    /// The account of an examiner, given by the head of his school.
    async fn examiner(
        &self,
        house: &House,
        head: &Actor,
        one: &ExaminerRecord,
        until: NaiveDate,
    ) -> anyhow::Result<Line> {
        let email = one.identity.email.as_ref().context("aucune adresse")?;
        let email = email.to_string();
        self.account(
            &house.context,
            head,
            &email,
            &one.identity.family_name,
            &one.identity.given_names,
            Role::Examiner,
            one.id.0,
            until,
            &house.data,
        )
        .await?;
        Ok(Line {
            role: format!("examinateur, {}", one.identity.full_name()),
            login: email,
            secret: PASSWORD.to_owned(),
        })
    }

    /// An account made by its grantor, whose one-time link is read from the mail that was put for it.
    #[expect(
        clippy::too_many_arguments,
        reason = "the members of one form of the screen"
    )]
    async fn account(
        &self,
        context: &Context,
        grantor: &Actor,
        email: &str,
        family_name: &str,
        given_names: &str,
        role: Role,
        perimeter: Uuid,
        valid_until: NaiveDate,
        data: &Path,
    ) -> anyhow::Result<Person> {
        let input = CreateAccountInput {
            email: email.to_owned(),
            family_name: family_name.to_owned(),
            given_names: given_names.to_owned(),
            grant: Grant {
                role,
                perimeter,
                valid_until,
            },
        };
        create_account(context, grantor, &input)
            .await
            .map_err(sentence)?;
        worker::deliver_now(context, data).await?;
        let text = mailbox(data, email)?;
        let token = text
            .split("/premier-acces#")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
            .context("aucun lien dans le courrier")?;
        enter(
            context,
            FirstAccess::Link {
                token: token.to_owned(),
            },
        )
        .await
    }
}

/// The members of the first commission of each option of a plan.
async fn members(
    context: &Context,
    head: &Actor,
    plan: PlanId,
) -> anyhow::Result<Vec<ExaminerRecord>> {
    let view = views::plans::one(context, head, plan)
        .await
        .map_err(sentence)?
        .context("le planning a disparu")?;
    let mut people: Vec<ExaminerRecord> = Vec::new();
    for option in [ExamOption::Sisr, ExamOption::Slam] {
        let mut commissions = view.commissions.iter();
        let first = commissions.find(|one| one.option == option);
        for member in first.into_iter().flat_map(|one| &one.members) {
            if !people.iter().any(|one| one.id == member.examiner.id) {
                people.push(member.examiner.clone());
            }
        }
    }
    Ok(people)
}

/// Plans, publishes, convokes.
async fn job(context: &Context, actor: &Actor, form: Form) -> anyhow::Result<PlanId> {
    let plan = plan_commands::open(context, actor, form)
        .await
        .map_err(sentence)?;
    let version = async || -> anyhow::Result<i64> {
        let view = views::plans::one(context, actor, plan)
            .await
            .map_err(sentence)?;
        Ok(view.context("le planning a disparu")?.record.version)
    };
    plan_commands::propose(context, actor, plan, version().await?)
        .await
        .map_err(sentence)?;
    plan_commands::publish(context, actor, plan, version().await?)
        .await
        .map_err(sentence)?;
    convoke::convoke(context, actor, plan, version().await?)
        .await
        .map_err(sentence)?;
    Ok(plan)
}

/// Two candidates who have used their code, one of each authority.
async fn candidates(context: &Context, data: &Path) -> anyhow::Result<Vec<Line>> {
    worker::deliver_now(context, data).await?;
    let mut lines = Vec::new();
    for (email, authority, number, place) in [
        (
            "maelys.dalembert.814@eleve.example",
            "07",
            "2210005814",
            "Dijon",
        ),
        (
            "mael.ruiz.293@eleve.example",
            "28",
            "2210006293",
            "La Réunion",
        ),
    ] {
        let text = mailbox(data, email)?;
        let code = text
            .split("qui sert une fois : ")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
            .context("aucun code dans le courrier")?;
        let proof = FirstAccess::Code {
            authority: authority.to_owned(),
            number: number.to_owned(),
            code: code.to_owned(),
        };
        enter(context, proof).await?;
        let login = Login::Candidate {
            authority: authority.to_owned(),
            number: number.to_owned(),
        };
        sign_in(context, &login, PASSWORD.to_owned())
            .await
            .map_err(sentence)?;
        lines.push(Line {
            role: format!("candidat, {place}"),
            login: number.to_owned(),
            secret: PASSWORD.to_owned(),
        });
    }
    Ok(lines)
}

async fn enter(context: &Context, proof: FirstAccess) -> anyhow::Result<Person> {
    let signed = first_access(context, &proof, PASSWORD.to_owned())
        .await
        .map_err(sentence)?;
    resume(context, &signed.token)
        .await
        .map_err(sentence)?
        .context("la session n’a pas commencé")
}

fn actor(person: &Person) -> anyhow::Result<&Actor> {
    person.actor.as_ref().context("aucun mandat")
}

/// The text of the last mail to an address, its soft line breaks undone.
fn mailbox(data: &Path, address: &str) -> anyhow::Result<String> {
    let folder = data.join("mail");
    let wanted = format!("To: {address}").to_lowercase();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| french::unread(&folder, &error))? {
        let path = entry?.path();
        let text = String::from_utf8_lossy(&std::fs::read(&path)?).replace("\r\n", "\n");
        if text.to_lowercase().contains(&wanted) {
            found.push((path, text));
        }
    }
    found.sort();
    let (_, text) = found
        .pop()
        .with_context(|| format!("aucun courrier pour {address}"))?;
    Ok(text
        .replace("=\n", "")
        .replace("=3D", "=")
        .replace("=C2=A0", " ")
        .replace("=20", " "))
}
