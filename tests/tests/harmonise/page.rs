//! The page says what the report says.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};

use super::files::{commission, desk, drawn, harmonise, report};

#[test]
fn the_pages_numbers_are_the_reports() -> Result<()> {
    let Some(desk) = desk("page")? else {
        return Ok(());
    };
    let mut lines = drawn(9, 12);
    let mut few = String::new();
    for candidate in 0..3 {
        write!(few, "few-{candidate},A1,E99,K99,2,1,2,{}", 9 + candidate)?;
        lines.push(std::mem::take(&mut few));
    }
    let file = desk.write("page.csv", lines.join("\n"))?;
    let page = desk.path("page.html");
    harmonise(&desk, &file, &["--permutations", "99", "--html", &page])?.ends(0, &[]);
    let written = report(&desk)?;
    let page = std::fs::read_to_string(page)?;
    for code in ["K00", "K04", "K99"] {
        let one = commission(&written, code);
        for name in ["estimate", "lower", "upper"] {
            let value = one["severity"][name].as_f64().context("severity")?;
            ensure!(
                page.contains(&in_french(value)),
                "{code}: {name} {value} is not on the page"
            );
        }
    }
    ensure!(page.contains("effectif trop faible"));
    for outside in ["src=\"http", "href=\"http", "url(http", "@import", "<link"] {
        ensure!(!page.contains(outside), "{outside}");
    }
    Ok(())
}

/// Two decimals, the comma, the true minus.
fn in_french(value: f64) -> String {
    format!("{value:.2}").replace('.', ",").replace('-', "−")
}
