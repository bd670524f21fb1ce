//! `delos plan session`: a plan for a file of the exchange format.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use clap::Args;
use delos_planning::bound::{self, Bound, lower_bound};
use delos_planning::check::{Terms, objective, violations};
use delos_planning::engine::{Budget, Outcome, Progress, Watch, solve};
use delos_planning::exchange::{self, Proof, Reading, Solution};
use delos_planning::helps::helps;
use delos_planning::session::{Plan, Problem, keep_times, lock};

use super::{exchanged, told};
use crate::files;
use crate::french::fault;
use crate::terminal::{complain, say};

/// Propose un planning pour un fichier de problème, et dit ce qu’il coûte
#[derive(Args)]
pub struct Session {
    /// Le problème (e5-planning/1), compressé ou non
    #[arg(long, value_name = "FICHIER")]
    instance: PathBuf,
    /// Où écrire le planning (e5-solution/1) ; un fichier de ce nom est remplacé
    #[arg(long, value_name = "FICHIER")]
    out: PathBuf,
    /// Durée en tout, lecture et écriture comprises
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// Graine des tirages au sort [par défaut : 1]
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Changements essayés [par défaut : ceux que la durée permet à deux cœurs]
    #[arg(long, value_name = "N")]
    changes: Option<u64>,
    /// Ce qui ne bouge pas : un planning (e5-solution/1) dont chaque commission garde son lieu, ses jours, ses membres et ses candidats
    #[arg(long, value_name = "FICHIER")]
    locked: Option<PathBuf>,
    /// L’avancement, une ligne de JSON à la fois, sur la sortie d’erreur
    #[arg(long)]
    json_progress: bool,
}

/// The part of the time asked for in which everything has ended: the rest is the process's own end.
const ENOUGH: f64 = 0.97;

/// Seconds kept for what comes after the plan: checking and writing, which go with the candidates, and the bound, which goes
/// with those of the largest zone (17 s for the 3 500 of SIEC, 1 s for an academy, and half as much again on a machine that
/// is not at rest) and has three tenths of the time at most.
fn afterwards(zones: &[usize], seconds: u32) -> f64 {
    let count = |candidates: usize| f64::from(u32::try_from(candidates).unwrap_or(u32::MAX));
    let largest = count(zones.iter().copied().max().unwrap_or(0));
    let bound = 26.0 * (largest / 3_500.0).powf(1.6);
    let written = 0.1 + count(zones.iter().sum()) / 12_000.0;
    written + bound.min(f64::from(seconds) * 0.3)
}

/// Who watches the engine from the terminal.
struct Terminal {
    begun: Instant,
    stopped: Arc<AtomicBool>,
    json: bool,
    zones: Mutex<BTreeMap<usize, Progress>>,
    all: usize,
}

impl Watch for Terminal {
    fn stops(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    fn progress(&self, progress: Progress) {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        let known = zones.insert(progress.zone, progress).is_some();
        let objective: f64 = zones.values().map(|one| one.objective).sum();
        let waiting: usize = zones.values().map(|one| one.waiting).sum();
        let whole = zones.len() == self.all;
        if self.json {
            complain(&format!(
                "{}",
                serde_json::json!({
                    "seconds": (self.seconds() * 1000.0).round() / 1000.0,
                    "zone": progress.zone,
                    "spent": progress.spent,
                    "zone_objective": progress.objective,
                    "objective": objective,
                    "unassigned": waiting,
                    "complete": whole && waiting == 0,
                })
            ));
        } else if whole && !known {
            complain(&format!(
                "{:.1} s : un premier planning, objectif {objective:.1}, sans place : {waiting}",
                self.seconds()
            ));
        }
    }
}

impl Session {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let begun = Instant::now();
        let stopped = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stopped);
        tokio::spawn(async move {
            // A second Ctrl+C ends the process as ever.
            if tokio::signal::ctrl_c().await.is_ok() {
                asked.store(true, Ordering::Relaxed);
                complain("Arrêt demandé : le meilleur planning trouvé est gardé.");
            }
        });
        tokio::task::spawn_blocking(move || self.planned(begun, stopped)).await?
    }

    fn planned(&self, begun: Instant, stopped: Arc<AtomicBool>) -> anyhow::Result<ExitCode> {
        let mut reading = exchanged::problem(&self.instance)?;
        let locked = match &self.locked {
            Some(file) => {
                let locked = exchanged::plan(file, &reading)?;
                lock(&mut reading.problem, &locked);
                Some(locked)
            }
            None => None,
        };
        let mut zones: BTreeMap<usize, usize> = BTreeMap::new();
        for one in &reading.problem.candidates {
            *zones.entry(one.zone).or_default() += 1;
        }
        let sizes: Vec<usize> = zones.into_values().collect();
        let seconds =
            (f64::from(self.seconds) * ENOUGH - afterwards(&sizes, self.seconds)).max(0.2);
        let mut budget = Budget::within(self.seed, seconds, &sizes);
        if let Some(changes) = self.changes {
            budget.changes = changes;
        }
        let watch = Terminal {
            begun,
            stopped,
            json: self.json_progress,
            zones: Mutex::default(),
            all: sizes.len(),
        };
        let Outcome {
            mut plan, whole, ..
        } = solve(&reading.problem, &budget, &watch);
        if let Some(locked) = &locked {
            keep_times(&mut plan, locked);
        }
        self.told(&reading, &plan, whole, budget.changes, &watch)
    }

    /// Checks the plan, writes it and says what it costs.
    fn told(
        &self,
        reading: &Reading,
        plan: &Plan,
        whole: bool,
        changes: u64,
        watch: &Terminal,
    ) -> anyhow::Result<ExitCode> {
        let problem = &reading.problem;
        let faults = violations(problem, plan);
        if let Some(first) = faults.first() {
            let told = format!(
                "une règle n’est pas tenue ({}), {} faute(s) en tout",
                first.code,
                faults.len()
            );
            return Err(if self.locked.is_some() {
                fault(format!(
                    "{told} : ce qui est gardé (--locked) la contredit. Rien n’est écrit"
                ))
            } else {
                anyhow::anyhow!("{told}. Rien n’est écrit : signalez-le avec ce fichier")
            });
        }
        let solution = exchange::solution(problem, &reading.names, plan)?;
        write(&self.out, &solution)?;
        let terms = objective(problem, plan);
        let placed = problem.candidates.len() - terms.unassigned;
        say!(
            "{} commissions, {placed} candidats placés, {} sans place",
            terms.commission,
            terms.unassigned
        )?;
        for line in told::terms(&problem.weights, &terms) {
            say!("{line}")?;
        }
        for line in told::left_out(plan) {
            say!("{line}")?;
        }
        say!(
            "{changes} changements essayés en {:.1} s ; {}",
            watch.seconds(),
            if whole {
                "la même graine et le même nombre redonnent ce planning"
            } else {
                "arrêté ou pressé par l’heure : une autre exécution peut donner un autre planning"
            }
        )?;
        self.proved(problem, plan, solution, &terms, watch)?;
        Ok(if terms.unassigned == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// Proves a bound in what is left of the time, says how far from the best the plan may be, and writes it beside it; or
    /// says what would give everybody a place.
    fn proved(
        &self,
        problem: &Problem,
        plan: &Plan,
        mut solution: Solution,
        terms: &Terms,
        watch: &Terminal,
    ) -> anyhow::Result<()> {
        let end = f64::from(self.seconds) * ENOUGH;
        let stops = || watch.stops() || watch.seconds() > end;
        let bound = lower_bound(problem, bound::Budget::default(), &stops);
        for line in told::bound(&bound, terms) {
            say!("{line}")?;
        }
        if terms.unassigned > 0 {
            for line in told::helps(&helps(problem, plan, &stops)) {
                say!("{line}")?;
            }
        }
        if let Some(total) = bound.total.filter(|_| terms.unassigned == 0) {
            solution.proof = Some(proof(&bound, total, terms.total));
            write(&self.out, &solution)?;
        }
        Ok(())
    }
}

fn proof(bound: &Bound, total: f64, objective: f64) -> Proof {
    Proof {
        objective,
        bound: total,
        gap: bound::gap(objective, total),
        settled: bound.zones.iter().all(|zone| zone.settled),
        leaves_out: bound.leaves_out.iter().map(ToString::to_string).collect(),
    }
}

fn write(out: &Path, solution: &Solution) -> anyhow::Result<()> {
    files::replace(out, &serde_json::to_vec(solution)?)
}
