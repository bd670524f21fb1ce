//! The plainest estimate of v: what is left of a commission's notes once the profile is taken off.

use delos_harmonisation::session::Commission;

use super::Simulated;
use super::grading::score;

/// For each commission −(mean residual) by the slope within commissions, less the median, and its standard error σ̂/√n.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a session are far below 2⁵³"
)]
pub fn raw_residuals(simulated: &Simulated) -> Vec<(Commission, f64, f64)> {
    let mut groups: Vec<Vec<(f64, f64)>> = vec![Vec::new(); simulated.truth.len()];
    for c in &simulated.session.candidates {
        let score = c
            .grid
            .and_then(|grid| score(&simulated.lines[grid], &c.levels));
        if let Some(score) = score {
            groups[c.commission].push((score, c.note));
        }
    }
    let means: Vec<(f64, f64)> = groups
        .iter()
        .map(|group| {
            let n = group.len().max(1) as f64;
            let (x, y) = group
                .iter()
                .fold((0.0, 0.0), |(x, y), pair| (x + pair.0, y + pair.1));
            (x / n, y / n)
        })
        .collect();
    let (mut xx, mut xy, mut yy, mut freedom) = (0.0, 0.0, 0.0, -1.0);
    for (group, (mx, my)) in groups.iter().zip(&means) {
        for (x, y) in group {
            xx += (x - mx) * (x - mx);
            xy += (x - mx) * (y - my);
            yy += (y - my) * (y - my);
            freedom += 1.0;
        }
        freedom -= 1.0;
    }
    let slope = xy / xx;
    let sigma = libm::sqrt((yy - slope * xy) / freedom);
    let raw: Vec<f64> = means.iter().map(|(mx, my)| slope * mx - my).collect();
    let mut sorted = raw.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    simulated
        .truth
        .iter()
        .zip(raw)
        .map(|(truth, raw)| {
            let se = sigma / libm::sqrt(truth.n as f64);
            (truth.commission.clone(), raw - median, se)
        })
        .collect()
}
