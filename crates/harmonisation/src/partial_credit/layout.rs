//! Free parameters of the joined lines as one vector.

use nalgebra::DVector;

use super::{Line, PartialCredit, Standing};

/// Where each free `Δ_jm` (m ≥ 1) stands in the vector of parameters.
pub(super) struct Layout {
    pub(super) items: Vec<usize>,
    pub(super) categories: Vec<usize>,
    starts: Vec<usize>,
    pub(super) size: usize,
}

impl Layout {
    pub(super) fn of(items: &[usize], categories: &[usize]) -> Self {
        let categories: Vec<usize> = items.iter().map(|item| categories[*item]).collect();
        let mut size = 0;
        let starts = categories
            .iter()
            .map(|count| {
                let start = size;
                size += count - 1;
                start
            })
            .collect();
        Self {
            items: items.to_vec(),
            categories,
            starts,
            size,
        }
    }

    pub(super) fn index(&self, place: usize, level: usize) -> Option<usize> {
        level.checked_sub(1).map(|step| self.starts[place] + step)
    }

    pub(super) fn value(&self, values: &DVector<f64>, place: usize, level: usize) -> f64 {
        self.index(place, level).map_or(0.0, |index| values[index])
    }

    /// The lines that these parameters are, centred; lines outside the layout are absent.
    pub(super) fn model(
        &self,
        values: &DVector<f64>,
        bounded: &[bool],
        items: usize,
        log_likelihood: f64,
    ) -> PartialCredit {
        let mut lines = vec![Line::absent(); items];
        for (place, item) in self.items.iter().enumerate() {
            lines[*item] = Line {
                standing: if bounded[place] {
                    Standing::Bounded
                } else {
                    Standing::Estimated
                },
                cumulative: (0..self.categories[place])
                    .map(|level| self.value(values, place, level))
                    .collect(),
            };
        }
        PartialCredit {
            lines,
            log_likelihood,
        }
        .centred()
    }

    /// Direction of the gauge that is fixed: Σ `Δ_M`.
    pub(super) fn tops(&self) -> DVector<f64> {
        let mut tops = DVector::zeros(self.size);
        for (place, count) in self.categories.iter().enumerate() {
            if let Some(index) = self.index(place, count - 1) {
                tops[index] = 1.0;
            }
        }
        tops
    }
}
