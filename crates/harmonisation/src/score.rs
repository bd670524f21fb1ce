//! The profile score of a grid (harmonisation.md §2.1).

use crate::session::Grid;

/// S = 20·Σ `w_k` `m_k`/3 ÷ Σ `w_k`, 0 to 20 points: `m_k` is the mean level of the evaluated lines of competence k, and only competences
/// with an evaluated line count. A line that is not evaluated is never a zero. None when nothing is evaluated, or what is has no weight.
pub fn profile_score(grid: &Grid, levels: &[Option<u8>]) -> Option<f64> {
    let mut sums = vec![(0.0, 0.0); grid.competences.len()];
    for (item, level) in grid.items.iter().zip(levels) {
        if let (Some(level), Some((sum, count))) = (level, sums.get_mut(item.competence)) {
            *sum += f64::from((*level).min(3));
            *count += 1.0;
        }
    }
    let (mut total, mut weights) = (0.0, 0.0);
    for (competence, (sum, count)) in grid.competences.iter().zip(&sums) {
        let usable = competence.weight > 0.0 && competence.weight.is_finite();
        if usable && *count > 0.0 {
            total += competence.weight * sum / count / 3.0;
            weights += competence.weight;
        }
    }
    (weights > 0.0).then(|| 20.0 * total / weights)
}
