//! `delos plan`.

mod compare;
mod exchanged;
mod session;
mod told;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use delos_application::session_file::named;
use delos_application::{Refusal, reports, views};
use delos_planning::day::{DayQuestion, EnvironmentReading, report};

use crate::configuration::Place;
use crate::french::{self, fault, sentence};
use crate::house;
use crate::terminal::say;

/// Emplois du temps et plannings
#[derive(Subcommand)]
pub enum Plan {
    /// Le meilleur emploi du temps d’une journée de commission
    Day(Day),
    /// Propose un planning pour un fichier de problème, et dit ce qu’il coûte
    Session(session::Session),
    /// Dit ce qui change d’un planning à un autre, et ce que coûte chacun
    Compare(compare::Compare),
    /// Écrit le problème et le planning d’une autorité ou d’un établissement dans le format d’échange
    Export(Export),
}

/// Le meilleur emploi du temps d’une journée de commission
#[derive(Args)]
pub struct Day {
    /// Candidats en tout
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    candidates: u16,
    /// Parmi eux, ceux qui ont un tiers temps pour les préparations [par défaut : 0]
    #[arg(long, value_name = "K", default_value_t = 0)]
    extra_time_preparation: u16,
    /// Parmi eux, ceux qui ont un tiers temps pour les préparations et les entretiens [par défaut : 0]
    #[arg(long, value_name = "K", default_value_t = 0)]
    extra_time_all: u16,
    /// Après la demi-journée de préparation
    #[arg(long)]
    after_preparation: bool,
    /// Durée d’occupation de l’environnement : RE2, R ou E1RE2 [par défaut : celle du règlement]
    #[arg(long, value_name = "LECTURE", value_parser = ["RE2", "R", "E1RE2"])]
    environment: Option<String>,
    /// Règlement [par défaut : bts-sio-2024-e5]
    #[arg(long, value_name = "ID", default_value = "bts-sio-2024-e5")]
    regulation: String,
    /// Réponse en JSON
    #[arg(long)]
    json: bool,
}

/// Écrit le problème et le planning d’une autorité ou d’un établissement dans le format d’échange
#[derive(Args)]
pub struct Export {
    /// Année de la session
    #[arg(long, value_name = "S")]
    session: String,
    /// L’autorité du planning de la forme ponctuelle : nom ou code, le sien ou d’une de ses académies
    #[arg(
        long,
        value_name = "A",
        conflicts_with = "school",
        required_unless_present = "school"
    )]
    authority: Option<String>,
    /// L’établissement du planning de CCF
    #[arg(long, value_name = "UAI")]
    school: Option<String>,
    /// Où écrire le problème
    #[arg(long, value_name = "FICHIER")]
    instance: PathBuf,
    /// Où écrire le planning
    #[arg(long, value_name = "FICHIER")]
    solution: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Plan {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Day(day) => day.run(),
            Self::Session(session) => session.run().await,
            Self::Compare(compare) => compare.run(),
            Self::Export(export) => export.run().await,
        }
    }
}

impl Day {
    fn run(self) -> anyhow::Result<ExitCode> {
        let regulation = delos_regulation::load(&self.regulation).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            fault(faults.join("\n"))
        })?;
        let question = DayQuestion {
            candidates: self.candidates,
            extra_time_preparation: self.extra_time_preparation,
            extra_time_all: self.extra_time_all,
            after_preparation: self.after_preparation,
            reading: self
                .environment
                .as_deref()
                .and_then(EnvironmentReading::parse),
        };
        let answer = report(&regulation.course, &regulation.day, question)
            .ok_or_else(|| fault("il y a plus de tiers temps que de candidats"))?;
        if self.json {
            say!("{}", serde_json::to_string(&answer)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let Some(day) = answer.timetable() else {
            say!("Aucun emploi du temps ne tient dans la journée.")?;
            return Ok(ExitCode::SUCCESS);
        };
        let hour = |minute: u16| format!("{:>2} h {:02}", minute / 60, minute % 60);
        if let Some(start) = day.preparation {
            say!("Préparation à {}", hour(start))?;
        }
        say!("Pause à {}, fin à {}", hour(day.lunch), hour(day.end))?;
        for (place, slot) in day.slots.iter().enumerate() {
            let phases: Vec<String> = answer
                .codes()
                .iter()
                .zip(&slot.starts)
                .map(|(code, start)| format!("{code} {}", hour(*start)))
                .collect();
            let environment = slot
                .environment
                .map(|number| format!("  env. {number}"))
                .unwrap_or_default();
            say!("{:>3}  {}{environment}", place + 1, phases.join("  "))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Export {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let house = house::open_quietly(&self.place).await?;
        let session = views::session::by_code(&house.context, &self.session)
            .await
            .map_err(sentence)?
            .id;
        let (authority, school) = match (&self.authority, &self.school) {
            (Some(name), _) => {
                let all = views::session::all_authorities(&house.context)
                    .await
                    .map_err(sentence)?;
                (
                    named(&all, name).ok_or_else(|| {
                        sentence(Refusal::new("unknown_authority").with("name", name).into())
                    })?,
                    None,
                )
            }
            (None, Some(uai)) => {
                let found = views::schools::by_uai(&house.context, session, uai)
                    .await
                    .map_err(sentence)?;
                let school = found.ok_or_else(|| {
                    fault(format!(
                        "aucun établissement de la session n’a le code {uai}. Vérifiez ce code UAI, ou importez les \
                         établissements"
                    ))
                })?;
                (school.school.authority, Some(school.school.id))
            }
            (None, None) => return Err(fault("il manque --authority ou --school")),
        };
        let (instance, solution) = reports::plan_export(&house.context, session, authority, school)
            .await
            .map_err(sentence)?;
        std::fs::write(&self.instance, instance)
            .map_err(|error| french::unwritten(&self.instance, &error))?;
        std::fs::write(&self.solution, solution)
            .map_err(|error| french::unwritten(&self.solution, &error))?;
        Ok(ExitCode::SUCCESS)
    }
}
