//! The empirical null: what is unusual is unusual among the commissions themselves (Efron 2004, JASA 99:96, with median and MAD).

/// MAD of a normal distribution times this is its standard deviation.
const MAD_TO_SD: f64 = 1.482_602_218_505_602;
/// Fewer figures than this say nothing of their own spread: the theoretical null N(0, 1) is used.
pub const ENOUGH: usize = 10;

/// Centre and scale of the figures of ordinary commissions.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Null {
    /// Median.
    pub centre: f64,
    /// 1.4826·MAD; 1 where it would be zero or where there are too few figures.
    pub scale: f64,
}

impl Null {
    /// Of raw z-values whose theoretical null is N(0, 1).
    pub fn of(values: &[f64]) -> Self {
        let theoretical = Self {
            centre: 0.0,
            scale: 1.0,
        };
        if values.len() < ENOUGH {
            return theoretical;
        }
        let Some(centre) = median(values.to_vec()) else {
            return theoretical;
        };
        let gaps = values.iter().map(|value| (value - centre).abs()).collect();
        let scale = median(gaps).map_or(1.0, |mad| mad * MAD_TO_SD);
        Self {
            centre,
            scale: if scale > 1e-9 { scale } else { 1.0 },
        }
    }

    /// (value − centre)/scale.
    pub fn z(&self, value: f64) -> f64 {
        (value - self.centre) / self.scale
    }
}

/// Median; absent for no value.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        Some(upper)
    } else {
        Some(0.5 * (values[middle - 1] + upper))
    }
}
