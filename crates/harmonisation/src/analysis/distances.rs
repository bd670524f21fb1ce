//! Distance of each commission's notes to those of its academy, beside what chance alone gives (harmonisation.md §2.6).
//!
//! Commissions of CCF are left out on both sides: there, commission, school and level of the candidates are one, and a distance
//! between notes would compare pupils.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::places::Places;
use crate::adjustment::moved;
use crate::distances::{Sample, between};
use crate::permutation::{Pool, Reference};
use crate::report::{Distance, Settings};
use crate::session::{Candidate, Mode};

/// The notes of a commission that are compared: none in CCF.
fn compared(one: &Candidate) -> bool {
    one.mode != Some(Mode::Ccf)
}

/// One a commission of the session; absent in CCF, and for the only one of an academy.
pub fn distances(places: &Places, settings: &Settings) -> Vec<Option<Distance>> {
    let notes = notes(places, &[]);
    let pools: Vec<Option<Pool>> = pooled(places, &notes)
        .iter()
        .map(|notes| Pool::new(notes))
        .collect();
    // One reference serves every commission of a size in an academy.
    let sizes: BTreeSet<(usize, usize)> = notes
        .iter()
        .zip(&places.academy_of)
        .map(|(notes, academy)| (*academy, notes.len()))
        .collect();
    let sizes: Vec<(usize, usize)> = sizes.into_iter().collect();
    let references: BTreeMap<(usize, usize), Reference> = sizes
        .par_iter()
        .filter_map(|(academy, n)| {
            let pool = pools[*academy].as_ref()?;
            let mut chance = pool.stream(settings.seed, *n);
            let reference = pool.reference(*n, settings.permutations, &mut chance)?;
            Some(((*academy, *n), reference))
        })
        .collect::<Vec<_>>()
        .into_iter()
        .collect();
    notes
        .iter()
        .zip(&places.academy_of)
        .map(|(notes, academy)| {
            let reference = references.get(&(*academy, notes.len()))?;
            pools[*academy].as_ref()?.compare(notes, reference)
        })
        .collect()
}

/// ∫|F−G| between each commission and the rest of its academy once `points` are added to its notes (none: as given).
pub fn to_academy(places: &Places, points: &[f64]) -> Vec<f64> {
    let notes = notes(places, points);
    let pools = pooled(places, &notes);
    notes
        .par_iter()
        .zip(&places.academy_of)
        .filter_map(|(notes, academy)| {
            let rest = without(&pools[*academy], notes);
            let sample = |values| Sample {
                values,
                weights: None,
            };
            Some(between(sample(notes), sample(&rest))?.wasserstein)
        })
        .collect()
}

/// The notes of each commission that are compared, ascending.
fn notes(places: &Places, points: &[f64]) -> Vec<Vec<f64>> {
    (0..places.session.commissions.len())
        .map(|commission| {
            let points = points.get(commission).copied().unwrap_or(0.0);
            let mut notes: Vec<f64> = places
                .heard(commission)
                .iter()
                .filter(|one| compared(one))
                .map(|one| moved(one.note, points))
                .collect();
            notes.sort_by(f64::total_cmp);
            notes
        })
        .collect()
}

/// The notes of each academy, ascending.
fn pooled(places: &Places, notes: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut pools = vec![Vec::new(); places.academies.len()];
    for (notes, academy) in notes.iter().zip(&places.academy_of) {
        pools[*academy].extend(notes);
    }
    for pool in &mut pools {
        pool.sort_by(f64::total_cmp);
    }
    pools
}

/// What is left of a sorted list without a sorted part of it.
fn without(all: &[f64], part: &[f64]) -> Vec<f64> {
    let mut part = part.iter().peekable();
    all.iter()
        .filter(|value| part.next_if(|one| one.total_cmp(value).is_eq()).is_none())
        .copied()
        .collect()
}
