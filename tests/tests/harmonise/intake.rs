//! What is read, what is left out and said, what is refused.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};

use super::files::{commission, desk, drawn, harmonise, report};

#[test]
fn the_least_is_three_columns() -> Result<()> {
    let Some(desk) = desk("least")? else {
        return Ok(());
    };
    let rows: Vec<String> = (0..40)
        .map(|one| format!("{one},K{},{}", one % 4, 8 + (one * 7) % 9))
        .collect();
    let file = desk.write(
        "least.csv",
        format!("candidate,commission,note\n{}\n", rows.join("\n")),
    )?;
    harmonise(&desk, &file, &[])?.ends(0, &["4 commissions"]);
    let written = report(&desk)?;
    assert_eq!(
        written["commissions"]
            .as_array()
            .context("commissions")?
            .len(),
        4
    );
    assert!(written["model"]["components"]["academy"].is_null());
    assert!(written["model"]["components"]["centre"].is_null());
    assert!(written["model"]["fixed"]["S"].is_null(), "no grid, no S");
    assert!(written["items"].as_array().context("items")?.is_empty());
    Ok(())
}

#[test]
fn french_headers_semicolons_and_decimal_commas_are_the_same_file() -> Result<()> {
    let Some(desk) = desk("french")? else {
        return Ok(());
    };
    let english = drawn(8, 9);
    let file = desk.write("english.csv", english.join("\n"))?;
    harmonise(&desk, &file, &["--permutations", "19"])?.ends(0, &[]);
    let first = std::fs::read(desk.folder.join("report.json"))?;
    let mut french =
        vec!["Candidat;Académie;Centre;Commission;G_A1;G_A2;G_B1;Note proposée".to_owned()];
    french.extend(
        english
            .iter()
            .skip(1)
            .map(|line| format!("{},0", line.replace(',', ";"))),
    );
    // The encoding of a French spreadsheet.
    let bytes: Vec<u8> = french
        .join("\r\n")
        .chars()
        .map(|one| u8::try_from(u32::from(one)))
        .collect::<Result<_, _>>()?;
    let file = desk.write("french.csv", bytes)?;
    harmonise(&desk, &file, &["--permutations", "19"])?.ends(0, &[]);
    let second = std::fs::read(desk.folder.join("report.json"))?;
    assert!(first == second, "the same grades gave another report");
    Ok(())
}

#[test]
fn a_bad_row_is_told_by_its_line_and_the_others_are_read() -> Result<()> {
    let Some(desk) = desk("rows")? else {
        return Ok(());
    };
    let mut lines = drawn(6, 8);
    lines.push("x1,A0,E00,K00,1,1,1,21".to_owned());
    lines.push("x2,A0,E00,K00,7,1,1,12".to_owned());
    lines.push("x3,A0,E00,K00,1,1,1,douze".to_owned());
    lines.push("x4,A0,E00,,1,1,1,12".to_owned());
    lines.push("x5,A0,E00,K00,1,1".to_owned());
    lines.push("c00-00,A0,E00,K00,1,1,1,12".to_owned());
    lines.push("x6,A0,E00,K00,1,1,1,AB".to_owned());
    let file = desk.write("rows.csv", lines.join("\n"))?;
    let said = harmonise(&desk, &file, &["--permutations", "19"])?;
    for line in 50..=55 {
        ensure!(
            said.err.contains(&format!("rows.csv:{line}: ")),
            "{line}: {}",
            said.err
        );
    }
    said.ends(0, &["48 candidats"]);
    let written = report(&desk)?;
    assert_eq!(written["input"]["candidates"], 48);
    let rejected: BTreeSet<u64> = written["input"]["rejected"]
        .as_array()
        .context("rejected")?
        .iter()
        .filter_map(|one| one["line"].as_u64())
        .collect();
    assert_eq!(rejected, (50..=55).collect());
    Ok(())
}

#[test]
fn what_is_no_file_of_grades_is_refused_in_french_and_writes_nothing() -> Result<()> {
    let Some(desk) = desk("refused")? else {
        return Ok(());
    };
    for (name, bytes, why) in [
        ("empty.csv", &b""[..], "vide"),
        ("columns.csv", b"candidate,note\n1,12\n", "commission"),
        (
            "picture.png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "picture.png",
        ),
        ("header.csv", b"candidate,commission,note\n", "header.csv"),
    ] {
        let file = desk.write(name, bytes)?;
        harmonise(&desk, &file, &[])?.ends(2, &[why]);
        assert!(!desk.folder.join("report.json").exists(), "{name}");
    }
    harmonise(&desk, &desk.path("absent.csv"), &[])?.ends(1, &["absent.csv", "n’existe pas"]);
    let file = desk.write("drawn.csv", drawn(2, 3).join("\n"))?;
    for (more, why) in [
        (&["--regulation", "bts-1999"][..], "bts-1999"),
        (&["--tolerance", "0"], "--tolerance"),
        (&["--false-discovery", "deux"], "--false-discovery"),
        (&["--permutations", "0"], "--permutations"),
    ] {
        harmonise(&desk, &file, more)?.ends(2, &[why]);
    }
    Ok(())
}

#[test]
fn the_order_of_the_rows_changes_nothing_and_a_constant_moves_the_intercept_alone() -> Result<()> {
    let Some(desk) = desk("order")? else {
        return Ok(());
    };
    let lines = drawn(12, 10);
    let file = desk.write("drawn.csv", lines.join("\n"))?;
    harmonise(&desk, &file, &["--permutations", "99"])?.ends(0, &[]);
    let bytes = std::fs::read(desk.folder.join("report.json"))?;
    let straight = report(&desk)?;

    let mut backwards = vec![lines[0].clone()];
    backwards.extend(lines.iter().skip(1).rev().cloned());
    let file = desk.write("backwards.csv", backwards.join("\n"))?;
    harmonise(&desk, &file, &["--permutations", "99"])?.ends(0, &[]);
    assert!(
        bytes == std::fs::read(desk.folder.join("report.json"))?,
        "the order of the rows changed the report"
    );

    let mut higher = vec![lines[0].clone()];
    for line in lines.iter().skip(1) {
        let (start, note) = line.rsplit_once(',').context("a note")?;
        // A quarter: nothing is clipped at 20, and the same places stay equal.
        higher.push(format!("{start},{}", note.parse::<f64>()? * 0.5 + 5.25));
    }
    let mut lower = vec![lines[0].clone()];
    for line in lines.iter().skip(1) {
        let (start, note) = line.rsplit_once(',').context("a note")?;
        lower.push(format!("{start},{}", note.parse::<f64>()? * 0.5));
    }
    let file = desk.write("lower.csv", lower.join("\n"))?;
    harmonise(&desk, &file, &["--permutations", "99"])?.ends(0, &[]);
    let low = report(&desk)?;
    let file = desk.write("higher.csv", higher.join("\n"))?;
    harmonise(&desk, &file, &["--permutations", "99"])?.ends(0, &[]);
    let high = report(&desk)?;
    let intercept = |report: &serde_json::Value| {
        report["model"]["fixed"]["intercept"]["estimate"]
            .as_f64()
            .context("intercept")
    };
    ensure!((intercept(&high)? - intercept(&low)? - 5.25).abs() < 1e-8);
    for code in ["K00", "K05", "K11"] {
        for name in ["estimate", "lower", "upper", "p_within_tolerance"] {
            let of = |report| {
                commission(report, code)["severity"][name]
                    .as_f64()
                    .context("severity")
            };
            ensure!((of(&high)? - of(&low)?).abs() < 1e-7, "{code} {name}");
        }
    }
    assert!(
        commission(&straight, "K00")["severity"]["estimate"]
            .as_f64()
            .context("estimate")?
            > 1.0,
        "three points were taken from every note of K00"
    );
    Ok(())
}

#[test]
fn a_session_in_ccf_is_compared_by_its_coherence_alone_and_says_so() -> Result<()> {
    let Some(desk) = desk("ccf")? else {
        return Ok(());
    };
    let lines: Vec<String> = drawn(10, 9)
        .into_iter()
        .enumerate()
        .map(|(line, text)| format!("{text},{}", if line == 0 { "mode" } else { "CCF" }))
        .collect();
    let file = desk.write("ccf.csv", lines.join("\n"))?;
    let page = desk.path("page.html");
    harmonise(&desk, &file, &["--permutations", "19", "--html", &page])?.ends(0, &[]);
    let written = report(&desk)?;
    ensure!(
        written["warnings"]
            .as_array()
            .context("warnings")?
            .contains(&"ccf_session".into())
    );
    let one = commission(&written, "K03");
    ensure!(one["severity"]["estimate"].is_f64() && one["distance"].is_null());
    let page = std::fs::read_to_string(page)?;
    ensure!(page.contains("En CCF, commission et établissement se confondent"));
    Ok(())
}

#[test]
fn sessions_with_nothing_to_compare_have_a_report_that_says_why() -> Result<()> {
    let Some(desk) = desk("nothing")? else {
        return Ok(());
    };
    let header = "candidate,commission,note";
    for (name, rows, warning) in [
        ("one-commission", "1,K,12\n2,K,13\n3,K,9", "one_commission"),
        ("one-candidate", "1,K,12", "one_commission"),
        ("all-equal", "1,K,12\n2,K,12\n3,L,12\n4,L,12", "no_model"),
        ("alone-each", "1,K,12\n2,L,14\n3,M,11", "no_variance"),
    ] {
        let file = desk.write(&format!("{name}.csv"), format!("{header}\n{rows}\n"))?;
        let page = desk.path("page.html");
        let tables = desk.path("tables.xlsx");
        harmonise(&desk, &file, &["--html", &page, "--xlsx", &tables])?.ends(0, &[]);
        let written = report(&desk)?;
        let warnings = written["warnings"].as_array().context("warnings")?;
        ensure!(warnings.contains(&warning.into()), "{name}: {warnings:?}");
    }
    Ok(())
}

#[test]
fn shared_dossiers_find_their_commission_by_its_code_or_say_that_several_have_it() -> Result<()> {
    let Some(desk) = desk("codes")? else {
        return Ok(());
    };
    let mut lines = drawn(6, 8);
    let grades = desk.write("grades.csv", lines.join("\n"))?;
    let header = "dossier,commission,G_A1,G_A2,G_B1";
    let rows: Vec<String> = (0..6)
        .flat_map(|one| (0..2).map(move |dossier| format!("D{dossier},K{one:02},1,2,{}", one % 3)))
        .collect();
    let anchors = desk.write(
        "anchors.csv",
        format!("{header},note\n{},11\n", rows.join(",11\n")),
    )?;
    harmonise(
        &desk,
        &grades,
        &["--permutations", "19", "--anchors", &anchors],
    )?
    .ends(0, &[]);
    let written = report(&desk)?;
    assert_eq!(written["links"]["components"], 1);
    assert_eq!(
        written["grid_severity"]
            .as_array()
            .context("grid_severity")?
            .len(),
        6
    );

    // A second commission of that code, elsewhere.
    lines.push("x1,A1,E77,K02,1,2,1,12".to_owned());
    let grades = desk.write("grades.csv", lines.join("\n"))?;
    let said = harmonise(
        &desk,
        &grades,
        &["--permutations", "19", "--anchors", &anchors],
    )?;
    ensure!(
        said.err.contains("anchors.csv:6: ") && said.err.contains("Plusieurs commissions"),
        "{}",
        said.err
    );
    said.ends(0, &[]);
    let written = report(&desk)?;
    assert_eq!(
        written["input"]["rejected"]
            .as_array()
            .context("rejected")?
            .len(),
        2
    );
    assert_eq!(
        written["grid_severity"]
            .as_array()
            .context("grid_severity")?
            .len(),
        5
    );
    Ok(())
}
