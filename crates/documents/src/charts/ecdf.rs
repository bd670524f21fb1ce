//! Shares at or below each value: one group over another, with the band in which it would lie by chance.

use super::numbers::{fixed, percent};
use super::scale::Scale;
use super::svg::{Anchor, Drawing, Path};
use super::text::fitted;
use super::{Caption, Mark, count};

/// A value and how many have it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Step {
    /// The value.
    pub value: f64,
    /// How many.
    pub count: usize,
}

/// A small drawing of one group.
#[derive(Clone, PartialEq, Debug)]
pub struct Ecdf {
    /// What it is called.
    pub label: String,
    /// A few words below its name.
    pub note: String,
    /// Its values, ascending.
    pub steps: Vec<Step>,
    /// Those it is compared with (itself among them), ascending; empty for none.
    pub others: Vec<Step>,
    /// Ends of the axis.
    pub bounds: (f64, f64),
    /// How it stands out.
    pub mark: Mark,
}

const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 168.0;

impl Ecdf {
    /// The drawing: one size for every page, which sets as many side by side as it has room for.
    pub fn draw(&self, caption: &Caption) -> String {
        let (left, right, top, foot) = (30.0, 10.0, 38.0, 20.0);
        let across = Scale::new(self.bounds.0, self.bounds.1, left, WIDTH - right);
        let up = Scale::new(0.0, 1.0, HEIGHT - foot, top);
        let mut drawing = Drawing::new();
        let name = fitted(&self.label, WIDTH - 8.0);
        drawing.text(
            (0.0, 12.0),
            Anchor::Start,
            if self.mark == Mark::Faint {
                "g gras"
            } else {
                "gras"
            },
            &name,
        );
        drawing.text(
            (0.0, 27.0),
            Anchor::Start,
            "g",
            &fitted(&self.note, WIDTH - 8.0),
        );
        let mut rules = Path::new();
        for share in [0.0, 0.5, 1.0] {
            let y = up.at(share);
            rules.segment((left, y), (WIDTH - right, y));
            drawing.text(
                (left - 4.0, y + 4.0),
                Anchor::End,
                "g",
                &fixed(share * 100.0, 0),
            );
        }
        drawing.path(&rules, "axe");
        for value in across.steps(2) {
            let at = (across.at(value), HEIGHT - 5.0);
            drawing.text(at, Anchor::Middle, "g", &fixed(value, across.decimals(2)));
        }
        let size: usize = self
            .steps
            .iter()
            .fold(0, |sum, step| sum.saturating_add(step.count));
        let band = envelope(&self.others, size);
        if !band.is_empty() {
            drawing.path(&ribbon(&band, self.bounds, &across, &up), "bande");
        }
        drawing.path(&stairs(&self.others, &across, &up), "lim");
        let class = if self.mark == Mark::Flagged {
            "courbe hors"
        } else {
            "courbe"
        };
        drawing.path(&stairs(&self.steps, &across, &up), class);
        drawing.finish(caption, (WIDTH, HEIGHT), None)
    }
}

/// The band as one outline: its upper stairs forwards, its lower ones back.
fn ribbon(band: &[(f64, f64, f64)], bounds: (f64, f64), across: &Scale, up: &Scale) -> Path {
    let mut path = Path::whole();
    path.move_to((across.at(bounds.0), up.at(0.0)));
    let mut at = 0.0;
    for (value, _, high) in band.iter().filter(|(_, _, high)| *high > 0.0) {
        if *high > at {
            path.across(across.at(*value));
            path.down(up.at(*high));
            at = *high;
        }
    }
    path.across(across.at(bounds.1));
    // Back along the lower stairs: at each value the share falls to what it was before.
    let mut lower: Vec<(f64, f64)> = Vec::new();
    for (value, low, _) in band {
        if lower.last().map_or(0.0, |(_, at)| *at) < *low {
            lower.push((*value, *low));
        }
    }
    if let Some((_, last)) = lower.last() {
        path.down(up.at(*last));
    }
    for index in (0..lower.len()).rev() {
        path.across(across.at(lower[index].0));
        path.down(up.at(if index > 0 { lower[index - 1].1 } else { 0.0 }));
    }
    path.close();
    path
}

fn stairs(steps: &[Step], across: &Scale, up: &Scale) -> Path {
    let mut path = Path::whole();
    let total: usize = steps
        .iter()
        .fold(0, |sum, step| sum.saturating_add(step.count));
    if total == 0 {
        return path;
    }
    path.move_to((across.at(across.from()), up.at(0.0)));
    let mut done = 0_usize;
    for step in steps.iter().filter(|step| step.count > 0) {
        done = done.saturating_add(step.count);
        path.across(across.at(step.value));
        path.down(up.at(count(done) / count(total)));
    }
    path.across(across.at(across.to()));
    path
}

/// Where 95 % of the shares of `size` candidates drawn at random from `others` lie, at each value: (value, low, high).
///
/// It is the exact law of a permutation reference (harmonisation.md §2.6), value by value: the number of the drawn at or
/// below x is hypergeometric, so that no permutation need be made to draw it.
pub fn envelope(others: &[Step], size: usize) -> Vec<(f64, f64, f64)> {
    let all: usize = others
        .iter()
        .fold(0, |sum, step| sum.saturating_add(step.count));
    if size == 0 || all < size || all > 10_000_000 {
        return Vec::new();
    }
    let mut below = 0_usize;
    others
        .iter()
        .map(|step| {
            below += step.count;
            let (low, high) = central(all, below, size);
            (
                step.value,
                count(low) / count(size),
                count(high) / count(size),
            )
        })
        .collect()
}

/// 2.5 % and 97.5 % quantiles of the number of marked among `size` drawn of `all`, of whom `marked` are.
fn central(all: usize, marked: usize, size: usize) -> (usize, usize) {
    let least = (size + marked).saturating_sub(all);
    let most = size.min(marked);
    // Weights from the mode outwards by their ratios: none overflows, and their sum gives the scale.
    let mode = ((count(size) + 1.0) * (count(marked) + 1.0) / (count(all) + 2.0)).floor();
    let mode = (least..=most).find(|k| count(*k) >= mode).unwrap_or(most);
    let ratio = |k: usize| {
        // p(k+1)/p(k); all − marked − size + k + 1 is kept above zero by k ≥ least.
        count(marked - k) * count(size - k) / (count(k + 1) * count(all + k + 1 - marked - size))
    };
    let mut weights = vec![0.0; most - least + 1];
    weights[mode - least] = 1.0;
    for k in mode..most {
        weights[k + 1 - least] = weights[k - least] * ratio(k);
    }
    for k in (least..mode).rev() {
        weights[k - least] = weights[k + 1 - least] / ratio(k);
    }
    let total: f64 = weights.iter().sum();
    let quantile = |share: f64| {
        let mut done = 0.0;
        for (index, weight) in weights.iter().enumerate() {
            done += weight / total;
            if done >= share {
                return least + index;
            }
        }
        most
    };
    (quantile(0.025), quantile(0.975))
}

/// « 95 % » of the band, for a key.
pub fn band_name() -> String {
    percent(0.95, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_that_of_a_draw_without_putting_back() {
        // 10 of whom 5 are marked, 4 drawn: P(0) = P(4) = 5/210 = 2.38 %, P(1) = P(3) = 50/210.
        assert_eq!(central(10, 5, 4), (1, 3));
        assert_eq!(central(10, 10, 4), (4, 4));
        assert_eq!(central(10, 0, 4), (0, 0));
        assert_eq!(central(4, 2, 4), (2, 2));
        // scipy.stats.hypergeom(600, 180, 20).ppf([.025, .975])
        assert_eq!(central(600, 180, 20), (2, 10));
    }

    #[test]
    fn nobody_and_everybody_have_a_band_too() {
        let all = [
            Step {
                value: 8.0,
                count: 3,
            },
            Step {
                value: 12.0,
                count: 2,
            },
        ];
        assert!(envelope(&all, 0).is_empty());
        assert!(envelope(&[], 3).is_empty());
        assert_eq!(envelope(&all, 5), [(8.0, 0.6, 0.6), (12.0, 1.0, 1.0)]);
    }
}
