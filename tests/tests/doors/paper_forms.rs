//! The commission's forms on paper: what a school prints beforehand, headed for each candidate of its day; compared line by
//! line with the annexes.

use anyhow::{Context as _, Result};
use delos_domain::candidate::ExamOption;
use delos_tests::house::{Engine, REGULATION};
use delos_tests::papers::{letters, missing, text_layer};
use serde_json::json;

use super::school_day::{Day, text};

/// Grid and sheet say whom they are for, the members, and every word of the regulation's form; another's school has neither.
pub fn each_candidate_of_a_day_has_his_forms_on_paper(engine: Engine) -> Result<()> {
    let Some(mut day) = Day::open(engine, "forms", false)? else {
        return Ok(());
    };
    let regulation = delos_regulation::load(REGULATION)
        .map_err(|faults| anyhow::anyhow!("{REGULATION}: {faults:?}"))?;
    let dates = day.head.staff("DayDates", &json!({}))?;
    let dates = dates["dayDates"].as_array().context("dates")?.clone();
    let mut seen = Vec::new();
    for date in dates {
        day.date = text(&date["date"]);
        for line in day.lines()? {
            let option = text(&line["candidate"]["option"]);
            if seen.contains(&option) {
                continue;
            }
            let grid = regulation
                .assessment
                .grid(ExamOption::from_code(&option).context("an option")?)
                .context("a grid")?;
            let id = text(&line["id"]);
            let mut read = |paper: &str| -> Result<String> {
                let route = format!("/sittings/{id}/{paper}.pdf");
                text_layer(&day.head.get(&route)?.expect(200)?.body)
            };
            let (grid_text, sheet_text) = (read("grid")?, read("appreciation")?);
            let name = letters(&text(&line["candidate"]["name"]));
            let number = text(&line["candidate"]["number"]);
            for paper in [&grid_text, &sheet_text] {
                assert!(paper.contains(&name) && paper.contains(&number), "{paper}");
                assert!(paper.contains("SESSION2027"), "{paper}");
            }
            for (_, one) in grid.lines() {
                assert!(grid_text.contains(&letters(&one.label)), "{}", one.label);
            }
            let annex = if option == "SISR" {
                "2024-9-5-a"
            } else {
                "2024-9-5-b"
            };
            assert_eq!(missing(&grid_text, annex)?, [] as [&str; 0], "{annex}");
            assert_eq!(missing(&sheet_text, "2024-9-6")?, [] as [&str; 0]);
            // What is compared can be missed.
            let planted = grid_text.replace("appréciation", "apréciation");
            assert!(missing(&planted, annex)?.len() > 2);
            for part in &regulation.assessment.appreciation.parts {
                assert!(sheet_text.contains(&letters(&part.title)), "{}", part.title);
            }
            seen.push(option);
        }
    }
    assert_eq!(seen.len(), 2, "both options are looked at: {seen:?}");

    let nowhere = "/sittings/01900000-0000-7000-8000-000000000000/grid.pdf";
    assert_eq!(day.head.get(nowhere)?.status, 404);
    assert_eq!(day.head.get("/sittings/un/appreciation.pdf")?.status, 404);
    Ok(())
}
