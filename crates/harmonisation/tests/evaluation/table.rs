//! The figures as a small table, for people.

use std::fmt::{Display, Formatter, Result, Write as _};

use super::{Evaluation, Share, mean};

impl Display for Evaluation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "commissions           {:>8}", self.commissions)?;
        writeln!(f, "not estimated         {:>8}", self.missing)?;
        writeln!(f, "RMSE of v (points)    {:>8.4}", self.rmse)?;
        writeln!(
            f,
            "  of which mean error {:>8.4} (without it {:.4})",
            self.bias,
            spread(self)
        )?;
        writeln!(
            f,
            "  with what all share {:>8.4} (median of v {:.3})",
            self.rmse_absolute, self.shared
        )?;
        writeln!(f, "r with the truth      {:>8.4}", self.correlation)?;
        writeln!(f, "coverage              {:>8}", percent(self.coverage))?;
        writeln!(
            f,
            "  with what all share {:>8}",
            percent(self.coverage_absolute)
        )?;
        writeln!(
            f,
            "coverage, planted     {:>8} of {}",
            percent(self.coverage_planted),
            self.planted
        )?;
        writeln!(f, "flagged               {:>8}", self.flagged)?;
        writeln!(
            f,
            "false flags (|v| < 1) {:>8} of {}",
            percent(self.false_flags),
            self.flagged
        )?;
        writeln!(
            f,
            "power (|v| > 1)       {:>8} of {}",
            percent(self.power),
            self.beyond
        )?;
        writeln!(f, "habits: low infit     {:>8}", percent(self.habit_power))?;
        writeln!(f, "habits: wrongly       {:>8}", percent(self.habit_false))?;
        writeln!(f, "planted kind → habit named")?;
        for (kind, named) in &self.confusion {
            write!(f, "  {kind:<8}")?;
            for (habit, count) in named {
                write!(f, "  {habit} {count}")?;
            }
            writeln!(f)?;
        }
        match &self.grid {
            None => writeln!(f, "severity of the grid: not identified"),
            Some(grid) => {
                writeln!(
                    f,
                    "severity of the grid, {} commissions in {} parts",
                    grid.commissions, grid.parts
                )?;
                writeln!(f, "  RMSE (logits)       {:>8.4}", grid.rmse)?;
                writeln!(f, "  r with the truth    {:>8.4}", grid.correlation)?;
                writeln!(f, "  coverage            {:>8}", percent(grid.coverage))?;
                writeln!(f, "  mean standard error {:>8.4}", grid.mean_se)
            }
        }
    }
}

/// Standard deviation of the errors: the root mean square less the mean error.
fn spread(figures: &Evaluation) -> f64 {
    libm::sqrt((figures.rmse * figures.rmse - figures.bias * figures.bias).max(0.0))
}

fn percent(share: Share) -> String {
    share.map_or_else(
        || "none".to_owned(),
        |share| format!("{:.1} %", 100.0 * share),
    )
}

/// Mean of each figure over sessions, with the least and the greatest.
pub fn summary(all: &[Evaluation]) -> String {
    let mut text = format!("{} sessions: mean (least – greatest)\n", all.len());
    let mut line = |name: &str, values: Vec<f64>| {
        if values.is_empty() {
            return;
        }
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let _ = writeln!(
            text,
            "{name:<22}{:.4} ({least:.4} – {greatest:.4})",
            mean(values.iter().copied())
        );
    };
    let shares = |figure: fn(&Evaluation) -> Share| all.iter().filter_map(figure).collect();
    line("RMSE of v", all.iter().map(|e| e.rmse).collect());
    line("  without mean error", all.iter().map(spread).collect());
    line(
        "  with what all share",
        all.iter().map(|e| e.rmse_absolute).collect(),
    );
    line("r", all.iter().map(|e| e.correlation).collect());
    line("coverage", shares(|e| e.coverage));
    line("  with what all share", shares(|e| e.coverage_absolute));
    line("coverage, planted", shares(|e| e.coverage_planted));
    line("false flags", shares(|e| e.false_flags));
    line("power", shares(|e| e.power));
    line("habits: low infit", shares(|e| e.habit_power));
    line("habits: wrongly", shares(|e| e.habit_false));
    line("grid: RMSE", shares(|e| e.grid.map(|g| g.rmse)));
    line("grid: r", shares(|e| e.grid.map(|g| g.correlation)));
    line(
        "grid: coverage",
        shares(|e| e.grid.and_then(|g| g.coverage)),
    );
    text
}
