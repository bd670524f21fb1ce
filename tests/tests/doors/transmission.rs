//! The slip and its routes through the front door: closed without a second factor, closed to whoever is no head, kind to what
//! nobody types. The whole chain to the jury is `tests/transmission.rs`.

use anyhow::{Context as _, Result};
use delos_tests::house::Engine;
use delos_tests::http::Visitor;
use delos_tests::papers::{letters, text_layer};
use serde_json::{Value, json};

use super::school_day::Day;

/// The code of the first error of an answer.
fn error(visitor: &mut Visitor, operation: &str, variables: &Value) -> Result<String> {
    let answer = visitor.document("staff", operation, variables)?;
    let code = &answer["errors"][0]["extensions"]["code"];
    Ok(code.as_str().context("no error")?.to_owned())
}

/// A slip is read by the head alone, once his second factor is shown; nothing goes before its time, and nobody forges.
pub fn a_slip_is_the_heads_and_goes_when_it_is_whole(engine: Engine) -> Result<()> {
    let Some(mut day) = Day::open(engine, "slip", false)? else {
        return Ok(());
    };
    let form = json!({"form": "CCF"});
    assert_eq!(
        error(&mut day.head, "Consignment", &form)?,
        "second_factor_needed"
    );
    assert_eq!(day.head.get("/bordereau/ccf.pdf")?.status, 403);
    day.head.strong()?;

    let slip = day.head.staff("Consignment", &form)?["consignment"].take();
    let lines = slip["lines"].as_array().context("lines")?;
    assert!(!lines.is_empty() && slip["transmission"].is_null());
    for line in lines {
        assert_eq!(line["blocking"], json!(["not_interrogated"]), "{line}");
        assert_eq!(line["outcome"], "non proposée");
    }
    let paper = day
        .head
        .get("/bordereau/ccf.pdf")?
        .expect(200)?
        .body
        .clone();
    let text = text_layer(&paper)?;
    let table = day
        .head
        .get("/bordereau/ccf.csv")?
        .expect(200)?
        .body
        .clone();
    let table = String::from_utf8(table)?;
    assert!(table.starts_with('\u{feff}') && table.lines().count() == lines.len() + 1);
    for line in lines {
        let (number, name) = (line["number"].as_str(), line["name"].as_str());
        let (number, name) = (number.context("a number")?, name.context("a name")?);
        assert!(
            text.contains(number) && text.contains(&letters(name)),
            "{name}"
        );
        assert!(table.contains(number));
    }
    assert!(text.contains("Documentdetravail"), "{text}");
    let table = day
        .head
        .get("/bordereau/ponctuelle.csv")?
        .expect(200)?
        .body
        .clone();
    assert_eq!(String::from_utf8(table)?.lines().count(), 1);

    let mut code = |operation: &str, variables: &Value| -> Result<String> {
        let refusal = day
            .head
            .act(operation, variables)?
            .err()
            .context("it was done")?;
        Ok(refusal["code"].as_str().context("a code")?.to_owned())
    };
    let send = json!({"input": {"form": "CCF", "confirmation": "2027"}});
    assert_eq!(code("Transmit", &send)?, "transmission_incomplete");
    let send = json!({"input": {"form": "PONCTUELLE", "confirmation": "2027"}});
    assert_eq!(code("Transmit", &send)?, "transmission_empty");
    assert_eq!(
        code("Consign", &json!({"form": "CCF", "candidate": null}))?,
        "nothing_to_consign"
    );
    let receipt = json!({"number": "T-0717061P-2027-CCF", "code": "0000 0000 0000 0000"});
    let checked = day.head.staff("CheckReceipt", &receipt)?;
    assert_eq!(checked["checkReceipt"]["code"], "receipt_unknown");
    for nowhere in [
        "/transmissions/01900000-0000-7000-8000-000000000000/receipt.pdf",
        "/transmissions/un/receipt.pdf",
        "/sittings/un/grid-filled.pdf",
        "/sittings/01900000-0000-7000-8000-000000000000/appreciation-filled.pdf",
    ] {
        assert_eq!(day.head.get(nowhere)?.status, 404, "{nowhere}");
    }

    // The authority reads who has transmitted, and no slip.
    let seen = day.officer.staff("Transmissions", &json!({}))?;
    let seen = &seen["transmissions"];
    assert_eq!(seen["made"], json!([]));
    let awaited = seen["awaited"].as_array().context("awaited")?;
    assert!(awaited.iter().any(|one| one["uai"] == "0717061P"), "{seen}");
    assert_eq!(error(&mut day.officer, "Consignment", &form)?, "forbidden");
    assert_eq!(day.officer.get("/bordereau/ccf.pdf")?.status, 403);
    let none = day.officer.staff("Suspicions", &json!({}))?;
    assert_eq!(none["suspicions"], json!([]));
    assert_eq!(error(&mut day.head, "Suspicions", &json!({}))?, "forbidden");
    assert_eq!(day.house.visitor().get("/bordereau/ccf.pdf")?.status, 401);
    Ok(())
}
