//! Invented what-ifs.

use crate::harmonisation::dossier::{Commission, Crossing, NoteCount, Scenario};

pub(super) fn scenarios(all: &[Commission]) -> Vec<Scenario> {
    let mut notes: Vec<NoteCount> = Vec::new();
    for value in 0..=20_u32 {
        let note = f64::from(value);
        let many = all
            .iter()
            .flat_map(|c| &c.notes)
            .filter(|given| (given.note - note).abs() < 1e-9)
            .map(|given| given.count)
            .sum();
        notes.push(NoteCount { note, count: many });
    }
    let flagged = all
        .iter()
        .filter(|c| c.severity.is_some_and(|s| s.flagged))
        .count();
    let many: usize = all.iter().map(|c| c.n).sum();
    let moved = |step: usize| {
        let mut after = notes.clone();
        for index in (0..after.len().saturating_sub(1)).rev() {
            let part = after[index].count / 12 * step;
            after[index].count -= part;
            after[index + 1].count += part;
        }
        after
    };
    let crossings = |up: usize, down: usize| {
        [8.0, 10.0, 12.0, 14.0, 16.0]
            .into_iter()
            .map(|threshold| Crossing {
                threshold,
                up,
                down,
            })
            .collect()
    };
    let scenario = |way: &str, commissions, up, down, step, after: f64, sd| Scenario {
        way: way.to_owned(),
        commissions,
        up,
        down,
        crossings: crossings(up / 6, down / 6),
        severity_sd_left: Some(sd),
        mean: [11.62, after],
        median_wasserstein: Some([1.02, 1.02 - (0.67 - sd) * 0.2]),
        notes: moved(step),
    };
    vec![
        scenario("none", 0, 0, 0, 0, 11.62, 0.67),
        scenario("full_up", flagged / 2, many / 30, 0, 1, 11.71, 0.48),
        scenario("full", flagged, many / 30, many / 40, 1, 11.64, 0.36),
        scenario("soft", flagged, many / 40, many / 55, 1, 11.63, 0.52),
        scenario(
            "academy",
            all.len() * 4 / 5,
            many / 3,
            many / 3,
            2,
            11.62,
            0.3,
        ),
    ]
}
