//! `delos plan`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use delos_application::session_file::named;
use delos_application::{reports, views};
use delos_planning::day::{DayQuestion, EnvironmentReading, report};

use super::sentence;
use crate::configuration::Place;
use crate::house;

/// Timetables and plans.
#[derive(Subcommand)]
pub enum Plan {
    /// The best timetable of one day of a commission.
    Day(Day),
    /// Writes the problem and the plan of an owner in the exchange format.
    Export(Export),
}

/// One day.
#[derive(Args)]
pub struct Day {
    /// Candidates in all.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    candidates: u16,
    /// Among them, those with a third more on preparations.
    #[arg(long, value_name = "K", default_value_t = 0)]
    extra_time_preparation: u16,
    /// Among them, those with a third more on preparations and interviews.
    #[arg(long, value_name = "K", default_value_t = 0)]
    extra_time_all: u16,
    /// After the preparation half-day.
    #[arg(long)]
    after_preparation: bool,
    /// How long the environment is held: `RE2`, `R` or `E1RE2`; as the regulation says by default.
    #[arg(long, value_name = "READING", value_parser = ["RE2", "R", "E1RE2"])]
    environment: Option<String>,
    /// Regulation set.
    #[arg(long, value_name = "ID", default_value = "bts-sio-2024-e5")]
    regulation: String,
    /// The answer as JSON.
    #[arg(long)]
    json: bool,
}

/// The plan of an owner.
#[derive(Args)]
pub struct Export {
    /// Year of the session.
    #[arg(long, value_name = "S")]
    session: String,
    /// The authority whose ponctuelle plan it is (name or code, its own or an academy's).
    #[arg(
        long,
        value_name = "A",
        conflicts_with = "school",
        required_unless_present = "school"
    )]
    authority: Option<String>,
    /// The school whose CCF plan it is.
    #[arg(long, value_name = "UAI")]
    school: Option<String>,
    /// Where to write the problem.
    #[arg(long, value_name = "FILE")]
    instance: PathBuf,
    /// Where to write the plan.
    #[arg(long, value_name = "FILE")]
    solution: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Plan {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Day(day) => day.run(),
            Self::Export(export) => export.run().await,
        }
    }
}

impl Day {
    fn run(self) -> anyhow::Result<ExitCode> {
        let regulation = delos_regulation::load(&self.regulation).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            anyhow::anyhow!(faults.join("\n"))
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
            .context("plus de tiers temps que de candidats")?;
        if self.json {
            println!("{}", serde_json::to_string(&answer)?);
            return Ok(ExitCode::SUCCESS);
        }
        let Some(day) = answer.timetable() else {
            println!("Aucun emploi du temps ne tient dans la journée.");
            return Ok(ExitCode::SUCCESS);
        };
        let hour = |minute: u16| format!("{:>2} h {:02}", minute / 60, minute % 60);
        if let Some(start) = day.preparation {
            println!("Préparation à {}", hour(start));
        }
        println!("Pause à {}, fin à {}", hour(day.lunch), hour(day.end));
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
            println!("{:>3}  {}{environment}", place + 1, phases.join("  "));
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
                    named(&all, name)
                        .with_context(|| format!("aucune autorité ne s’appelle {name}"))?,
                    None,
                )
            }
            (None, Some(uai)) => {
                let found = views::schools::by_uai(&house.context, session, uai)
                    .await
                    .map_err(sentence)?;
                let school =
                    found.with_context(|| format!("aucun établissement n’a le code {uai}"))?;
                (school.school.authority, Some(school.school.id))
            }
            (None, None) => bail!("--authority ou --school"),
        };
        let (instance, solution) = reports::plan_export(&house.context, session, authority, school)
            .await
            .map_err(sentence)?;
        std::fs::write(&self.instance, instance)
            .with_context(|| format!("{} ne peut pas être écrit", self.instance.display()))?;
        std::fs::write(&self.solution, solution)
            .with_context(|| format!("{} ne peut pas être écrit", self.solution.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
