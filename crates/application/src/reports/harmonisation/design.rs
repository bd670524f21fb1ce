//! A plan of double grading: what it will allow to see, before anybody grades.

use std::fmt::Write as _;

use delos_harmonisation::design::{Design as Gradings, Planned};
use delos_harmonisation::links::GRADING_SD;
use delos_imports::{GradeFile, read_design};
use serde::Serialize;

use super::intake::RefusedFile;

/// A plan that was read, and what it allows.
pub struct Design {
    commissions: Vec<String>,
    planned: Planned,
    faults: Vec<(u64, String)>,
}

/// Reads a plan: one row a commission and a dossier, columns `commission` and `dossier`; `académie` and `centre` tell
/// commissions of the same code apart, `option` says who could grade the same dossiers.
///
/// # Errors
/// The file as a whole cannot be read.
pub fn design(bytes: &[u8]) -> Result<Design, RefusedFile> {
    let file = read_design(bytes).map_err(|refused| RefusedFile {
        anchors: false,
        reason: refused.to_string(),
    })?;
    let commissions = names(&file);
    let mut groups = vec![None; commissions.len()];
    let mut gradings = Vec::with_capacity(file.rows.len());
    for row in &file.rows {
        let commission = row.commission as usize;
        let dossier = file.candidates.get(row.candidate as usize);
        let option = row
            .option
            .and_then(|option| file.options.get(option as usize));
        gradings.push((
            commission,
            dossier.map(ToString::to_string).unwrap_or_default(),
        ));
        if let Some(group) = groups.get_mut(commission) {
            *group = group.take().or_else(|| option.map(ToString::to_string));
        }
    }
    let planned = Gradings {
        commissions: commissions.clone(),
        groups,
        gradings,
        named: Vec::new(),
    }
    .plan(GRADING_SD);
    Ok(Design {
        commissions,
        planned,
        faults: file
            .faults
            .iter()
            .map(|fault| (fault.line, format!("{} {}", fault.message, fault.remedy)))
            .collect(),
    })
}

/// Each commission under its code, with its place before it where the file has places.
fn names(file: &GradeFile) -> Vec<String> {
    file.commissions
        .iter()
        .map(|one| {
            [
                one.academy.as_deref(),
                one.centre.as_deref(),
                Some(&*one.code),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" / ")
        })
        .collect()
}

/// As it is written.
#[derive(Serialize)]
struct Written<'a> {
    format: &'a str,
    commissions: Vec<Place<'a>>,
    components: usize,
    sizes: &'a [usize],
    dossiers: usize,
    comparable_pairs: f64,
    grading_sd: f64,
    median_contrast_se: Option<f64>,
    q90_contrast_se: Option<f64>,
    with_more: &'a [delos_harmonisation::report::MoreDossiers],
}

#[derive(Serialize)]
struct Place<'a> {
    commission: &'a str,
    component: usize,
}

impl Design {
    /// The rows that were left out: line and sentence.
    pub fn faults(&self) -> &[(u64, String)] {
        &self.faults
    }

    /// The answer as JSON.
    ///
    /// # Errors
    /// Never in practice.
    pub fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let planned = &self.planned;
        let mut bytes = serde_json::to_vec_pretty(&Written {
            format: "delos-design/1",
            commissions: self
                .commissions
                .iter()
                .zip(&planned.component)
                .map(|(commission, component)| Place {
                    commission,
                    component: *component,
                })
                .collect(),
            components: planned.components,
            sizes: &planned.sizes,
            dossiers: planned.dossiers,
            comparable_pairs: planned.comparable_pairs,
            grading_sd: GRADING_SD,
            median_contrast_se: planned.contrasts.map(|found| found.median),
            q90_contrast_se: planned.contrasts.map(|found| found.q90),
            with_more: &planned.with_more,
        })?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The answer in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let planned = &self.planned;
        let mut lines = vec![format!(
            "{} commissions, {} dossiers communs ; {}.",
            self.commissions.len(),
            planned.dossiers,
            match planned.components {
                1 => "toutes sont comparables entre elles".to_owned(),
                parts => format!("{parts} groupes qui ne se comparent pas entre eux"),
            }
        )];
        if let Some(found) = planned.contrasts {
            lines.push(format!(
                "{} % des paires de commissions sont comparables ; erreur type de l’écart entre deux d’entre elles : {} point \
                 en médiane, {} au plus pour neuf paires sur dix.",
                french(planned.comparable_pairs * 100.0, 0),
                french(found.median, 2),
                french(found.q90, 2),
            ));
        } else {
            lines.push(
                "Aucune paire de commissions n’est comparable : aucun dossier n’est commun."
                    .to_owned(),
            );
        }
        for more in &planned.with_more {
            let (plural, groups) = (
                if more.dossiers > 1 { "s" } else { "" },
                if more.components > 1 {
                    "groupes"
                } else {
                    "groupe"
                },
            );
            let mut line = format!(
                "Avec {} dossier{plural} commun{plural} de plus",
                more.dossiers
            );
            // Writing to a text does not fail.
            let _ = write!(
                line,
                " : {} {groups}, erreur type {} point en médiane.",
                more.components,
                french(more.median_contrast_se, 2)
            );
            lines.push(line);
        }
        lines
    }
}

/// A number with a decimal comma.
fn french(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('.', ",")
}
