//! `delos harmonise`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use delos_application::reports::harmonisation::{self, Intake, RefusedFile, Step};
use delos_harmonisation::report::Settings;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::files;
use crate::french::fault;
use crate::terminal::{complain, say};

/// Compressed or not, a file of grades beyond this is none: a national session has 2 MB.
const LARGEST: u64 = 64 * 1024 * 1024;
/// Faults that are told on the terminal; all of them stand in the report.
const TOLD: usize = 20;
/// The most threads that can be asked for.
const THREADS: u64 = 64;

/// Compare les commissions d’après un fichier de notes, ou dit ce qu’un projet de double notation permettra de voir
#[derive(Args)]
pub struct Harmonise {
    /// Les notes, une ligne par candidat : CSV, compressé ou non
    #[arg(
        long,
        value_name = "FICHIER",
        required_unless_present = "design",
        requires = "out"
    )]
    grades: Option<PathBuf>,
    /// Les dossiers communs, une ligne par dossier et par commission
    #[arg(long, value_name = "FICHIER", requires = "grades")]
    anchors: Option<PathBuf>,
    /// Le règlement dont les grilles sont celles du fichier
    #[arg(long, value_name = "ID", requires = "grades")]
    regulation: Option<String>,
    /// Où écrire le rapport, en JSON ; un fichier de ce nom est remplacé
    #[arg(long, value_name = "FICHIER")]
    out: Option<PathBuf>,
    /// Où écrire le rapport à lire, une page HTML qui se suffit
    #[arg(long, value_name = "FICHIER", requires = "grades")]
    html: Option<PathBuf>,
    /// Où écrire les tableaux, un classeur XLSX
    #[arg(long, value_name = "FICHIER", requires = "grades")]
    xlsx: Option<PathBuf>,
    /// Graine des tirages au sort [par défaut : 1]
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Tirages derrière chaque distance [par défaut : 999]
    #[arg(long, value_name = "N", default_value_t = 999, value_parser = clap::value_parser!(u32).range(1..=99_999))]
    permutations: u32,
    /// Écart qui n’importe à personne, en points [par défaut : 1]
    #[arg(long, value_name = "POINTS", default_value = "1")]
    tolerance: String,
    /// Part des signalements qui peuvent l’être à tort [par défaut : 0,05]
    #[arg(long, value_name = "PART", default_value = "0,05")]
    false_discovery: String,
    /// Fils d’exécution [par défaut : ceux de la machine]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=THREADS))]
    threads: Option<u64>,
    /// Un projet de double notation, une ligne par dossier et par commission
    #[arg(long, value_name = "FICHIER", conflicts_with = "grades")]
    design: Option<PathBuf>,
}

impl Harmonise {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if let Some(design) = &self.design {
            return planned(design, self.out.as_deref());
        }
        let (Some(grades), Some(out)) = (&self.grades, &self.out) else {
            return Err(fault("il manque --grades ou --out"));
        };
        if let Some(threads) = self.threads {
            let threads = usize::try_from(threads).unwrap_or(1);
            // It fails only when threads were already begun, which nothing does before.
            let _ = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build_global();
        }
        let settings = Settings {
            tolerance: number("--tolerance", &self.tolerance, 20.0)?,
            false_discovery: number("--false-discovery", &self.false_discovery, 1.0)?,
            permutations: self.permutations,
            seed: self.seed,
            regulation: self.regulation.clone(),
        };
        let regulation = self
            .regulation
            .as_deref()
            .map(|id| {
                delos_regulation::load(id).map_err(|_| {
                    let known: Vec<&str> = delos_regulation::ids().collect();
                    fault(format!(
                        "le règlement « {id} » n’est pas connu de cette installation. Règlements connus : {}",
                        known.join(", ")
                    ))
                })
            })
            .transpose()?;

        let bar = progress();
        bar.set_message("lecture");
        let intake = read(grades, self.anchors.as_deref(), regulation.as_ref())?;
        bar.inc(1);
        tell(&bar, grades, self.anchors.as_deref(), &intake);
        let report = harmonisation::report(&intake, settings, &|step| {
            bar.set_message(french(step));
            bar.inc(1);
        });
        bar.set_message("écriture");
        files::replace(out, &harmonisation::json(&report)?)?;
        if let Some(html) = &self.html {
            files::replace(html, harmonisation::page(&report)?.as_bytes())?;
        }
        if let Some(xlsx) = &self.xlsx {
            files::replace(xlsx, &harmonisation::workbook(&report)?)?;
        }
        bar.finish_and_clear();
        for line in harmonisation::summary(&report) {
            say!("{line}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read(
    grades: &Path,
    anchors: Option<&Path>,
    regulation: Option<&delos_domain::regulation::Regulation>,
) -> anyhow::Result<Intake> {
    let bytes = |file: &Path| {
        files::bounded(
            file,
            LARGEST,
            "ce fichier a plus de 64 Mo : vérifiez que c’est le bon",
        )
    };
    let grade_bytes = bytes(grades)?;
    let anchor_bytes = anchors.map(bytes).transpose()?;
    harmonisation::read(&grade_bytes, anchor_bytes.as_deref(), regulation).map_err(
        |RefusedFile {
             anchors: second,
             reason,
         }| {
            let file = anchors.filter(|_| second).unwrap_or(grades);
            fault(format!("{} : {reason}", file.display()))
        },
    )
}

/// Says the lines that were left out, above the bar.
fn tell(bar: &ProgressBar, grades: &Path, anchors: Option<&Path>, intake: &Intake) {
    let faults = intake.faults();
    bar.suspend(|| {
        for fault in faults.iter().take(TOLD) {
            let file = anchors.filter(|_| fault.anchors).unwrap_or(grades);
            complain(&format!(
                "{}:{}: {}",
                file.display(),
                fault.line,
                fault.sentence
            ));
        }
        if faults.len() > TOLD {
            complain(&format!(
                "… et {} autres lignes laissées de côté ; le rapport les dit toutes.",
                faults.len() - TOLD
            ));
        }
    });
}

/// A number as people write it, above 0 and at most `most`.
fn number(option: &str, typed: &str, most: f64) -> anyhow::Result<f64> {
    typed
        .trim()
        .replace(',', ".")
        .parse::<f64>()
        .ok()
        .filter(|value| *value > 0.0 && *value <= most)
        .ok_or_else(|| {
            fault(format!(
                "« {typed} » n’est pas une valeur de {option} : il faut un nombre au-dessus de 0, {most} au plus"
            ))
        })
}

/// A bar on the standard error; nothing where nobody looks.
fn progress() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(
        Some(Step::ALL.len() as u64 + 1),
        ProgressDrawTarget::stderr(),
    );
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn french(step: Step) -> &'static str {
    match step {
        Step::Notes => "notes à profil égal",
        Step::Profiles => "profils",
        Step::Distances => "distances",
        Step::Links => "dossiers communs",
        Step::WhatIf => "effets d’un ajustement",
    }
}

/// What a design of double grading will allow to see.
fn planned(design: &Path, out: Option<&Path>) -> anyhow::Result<ExitCode> {
    let bytes = files::bounded(
        design,
        LARGEST,
        "ce fichier a plus de 64 Mo : vérifiez que c’est le bon",
    )?;
    let plan = harmonisation::design(&bytes)
        .map_err(|refused| fault(format!("{} : {}", design.display(), refused.reason)))?;
    for (line, sentence) in plan.faults() {
        complain(&format!("{}:{line}: {sentence}", design.display()));
    }
    if let Some(out) = out {
        files::replace(out, &plan.json()?)?;
    }
    for line in plan.sentences() {
        say!("{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}
