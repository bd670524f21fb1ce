//! `delos render`: every paper of its example, as readers that are not ours see it; and what is handed in that is no paper.

/// What the tests share.
mod render {
    pub mod paper;
}

use std::path::Path;

use anyhow::{Context as _, Result};
use delos_tests::post;
use serde_json::{Value, json};

use self::render::paper::{example, found, root, texts};
use delos_tests::desk::Desk;

/// A desk with a folder of its own; nothing when there is no binary.
fn desk(name: &str) -> Result<Option<Desk>> {
    let name = format!("render-{name}");
    Desk::new(env!("CARGO_TARGET_TMPDIR"), &name)
}

#[test]
fn the_list_is_one_line_a_kind_and_each_example_is_a_tagged_archive_twice_the_same() -> Result<()> {
    let Some(desk) = desk("list")? else {
        return Ok(());
    };
    if !post::readers() {
        return Ok(());
    }
    let list = desk.run(&["render", "--list"])?;
    list.ends(0, &[]);
    assert!(list.err.is_empty(), "{}", list.err);
    let kinds: Vec<(&str, &str)> = list
        .out
        .lines()
        .map(|line| line.split_once(' ').context("KIND PATH"))
        .collect::<Result<_>>()?;
    let names: Vec<&str> = kinds.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(
        names,
        [
            "convocation",
            "convocation-examinateur",
            "non-joints",
            "grille",
            "appreciation",
            "bordereau",
            "accuse-transmission",
        ]
    );
    for (kind, path) in kinds {
        let path = root().join(path).display().to_string();
        let (first, second) = (desk.path("first.pdf"), desk.path("second.pdf"));
        desk.run(&["render", kind, "--data", &path, "--out", &first])?
            .ends(0, &[]);
        desk.run(&["render", kind, "--data", &path, "--out", &second])?
            .ends(0, &[]);
        let bytes = std::fs::read(&first)?;
        assert!(bytes.starts_with(b"%PDF-"), "{kind}");
        assert!(bytes == std::fs::read(&second)?, "{kind}: other bytes");
        let seen = look(&first)?;
        sound(kind, &seen);
        let pages = match kind {
            "grille" | "accuse-transmission" | "non-joints" => 2,
            _ => 1,
        };
        assert_eq!(seen["pages"], pages, "{kind}");
    }
    Ok(())
}

/// What every paper declares and holds.
#[track_caller]
fn sound(name: &str, seen: &Value) {
    assert_eq!(seen["pdfa"], "2A", "{name}: {seen}");
    assert_eq!(seen["pdfua"], "1", "{name}: {seen}");
    assert_eq!(seen["language"], "fr", "{name}: {seen}");
    assert_eq!(seen["marked"], true, "{name}: {seen}");
    assert_eq!(seen["embedded"], true, "{name}: {seen}");
    assert_eq!(seen["scripts"], false, "{name}: {seen}");
    assert!(seen["tags"]["H1"].as_u64() >= Some(1), "{name}: {seen}");
    assert!(
        seen["title"]
            .as_str()
            .is_some_and(|title| !title.is_empty()),
        "{name}: {seen}"
    );
}

fn look(pdf: &str) -> Result<Value> {
    let seen: Value = serde_json::from_str(&post::python("python/paper.py", &[pdf])?)?;
    seen.get(0).cloned().context("a file")
}

#[test]
fn every_text_of_a_form_is_in_its_text_layer() -> Result<()> {
    let Some(desk) = desk("texts")? else {
        return Ok(());
    };
    if !post::readers() {
        return Ok(());
    }
    for (kind, name, pages, rows, least) in [
        ("grille", "grille-sisr-vierge", 2, 17, 95),
        ("grille", "grille-slam-vierge", 2, 20, 95),
        ("grille", "grille-support-vierge", 2, 7, 110),
        ("grille", "grille", 2, 20, 95),
        ("appreciation", "appreciation-vierge", 1, 0, 10),
        ("appreciation", "appreciation-support-vierge", 1, 0, 10),
        ("appreciation", "appreciation", 1, 0, 15),
        ("bordereau", "bordereau", 1, 0, 60),
        ("accuse-transmission", "accuse-transmission", 2, 0, 50),
    ] {
        let value = example(name)?;
        let pdf = desk.path(&format!("{name}.pdf"));
        let data = root().join(format!("crates/documents/examples/{name}.json"));
        let data = data.display().to_string();
        desk.run(&["render", kind, "--data", &data, "--out", &pdf])?
            .ends(0, &[]);
        let layer = found(&pdf)?;
        let mut expected = Vec::new();
        texts(&value, &mut expected);
        assert!(expected.len() >= least, "{name}: {}", expected.len());
        for text in expected {
            let squeezed: String = text.split_whitespace().collect();
            assert!(layer.contains(&squeezed), "{name}: {text}");
        }
        let seen = look(&pdf)?;
        sound(name, &seen);
        assert_eq!(seen["pages"], pages, "{name}");
        // Five boxes a line, one for each penalty, and the two forms of assessment (and two options where there are some).
        if kind == "grille" {
            let boxes = layer.matches(['☐', '☒']).count();
            let penalties = value["penalties"].as_array().context("penalties")?.len();
            let options = value["identity"]["options"].as_array().map_or(0, Vec::len);
            assert_eq!(boxes, rows * 5 + penalties + 2 + options, "{name}");
            assert!(seen["tags"]["TH"].as_u64() >= Some(12), "{name}: {seen}");
        }
    }
    // The filled grid: 17 lines of 20 bear a cross, one penalty and one form do.
    let layer = found(&desk.path("grille.pdf"))?;
    assert_eq!(layer.matches('☒').count(), 17 + 1 + 1);
    assert!(
        layer.contains("Retenue:3points.Motif:Ligne3.1-4"),
        "{layer}"
    );
    // What the slip says of everybody: no number stands for NV or AB.
    let layer = found(&desk.path("bordereau.pdf"))?;
    for said in [
        "24candidats:21notesproposées,1NV,1AB,1noteconservée.",
        "Piècesjointes:21grilles,21fichesd’appréciation.",
        "NV––Dépôtdudossierhorsdélai",
        "noteconservée12",
        "EnAUCUNCAS,lanoteproposéen’estcommuniquéeàlapersonnecandidate.",
    ] {
        assert!(layer.contains(said), "{said}: {layer}");
    }
    Ok(())
}

#[test]
fn a_slip_of_many_pages_bears_its_head_on_each() -> Result<()> {
    let Some(desk) = desk("pages")? else {
        return Ok(());
    };
    if !post::readers() {
        return Ok(());
    }
    let mut value = example("bordereau")?;
    let rows = value["rows"].as_array().context("rows")?.clone();
    value["rows"] = rows.iter().cycle().take(120).cloned().collect();
    let data = desk.write("data.json", serde_json::to_vec(&value)?)?;
    let pdf = desk.path("slip.pdf");
    desk.run(&["render", "bordereau", "--data", &data, "--out", &pdf])?
        .ends(0, &[]);
    let seen = look(&pdf)?;
    let pages = seen["pages"].as_u64().context("pages")?;
    assert!(pages >= 4, "{seen}");
    let layer = found(&pdf)?;
    let heads = layer.matches("N°candidatNom,prénomOption").count() as u64;
    assert!(heads >= pages - 1, "{heads} heads on {pages} pages");
    for page in 1..=pages {
        assert!(layer.contains(&format!("{page}/{pages}")), "page {page}");
    }
    assert!(layer.contains("120candidats:"), "{layer}");
    Ok(())
}

#[test]
fn hostile_text_prints_as_text() -> Result<()> {
    let Some(desk) = desk("hostile")? else {
        return Ok(());
    };
    if !post::readers() {
        return Ok(());
    }
    let mut value = example("appreciation")?;
    let long = "zyxw ".repeat(2_000) + "fin.";
    value["identity"]["name"] =
        "#import \"x\" *a* _b_ $c$ \\ @x <y> ʻOkina Ÿ 😀 \u{202e}\u{7}".into();
    value["appreciation"] = long.clone().into();
    value["parts"][0]["observations"] = "x".repeat(10_000).into();
    let data = desk.write("data.json", serde_json::to_vec(&value)?)?;
    let pdf = desk.path("hostile.pdf");
    desk.run(&["render", "appreciation", "--data", &data, "--out", &pdf])?
        .ends(0, &[]);
    let seen = look(&pdf)?;
    sound("hostile", &seen);
    assert!(seen["pages"].as_u64() >= Some(3), "{seen}");
    let layer = found(&pdf)?;
    let name = "#import\"x\"*a*_b_$c$\\@x<y>ʻOkinaŸ[U+1F600][U+202E][U+0007]";
    assert!(layer.contains(name), "{layer}");
    // Nothing of 10 000 characters is cut, though the page's foot stands between some of them.
    assert_eq!(layer.matches("zyxw").count(), 2_000);
    assert!(layer.contains("zyxwfin."));
    assert!(layer.matches('x').count() >= 10_000);
    Ok(())
}

#[test]
fn what_is_no_paper_is_refused_by_its_place_and_nothing_is_written() -> Result<()> {
    let Some(desk) = desk("refused")? else {
        return Ok(());
    };
    let out = desk.write("old.pdf", "the paper of before")?;
    let with = |name: &str, change: &dyn Fn(&mut Value)| -> Result<String> {
        let mut value = example(name)?;
        change(&mut value);
        let number = std::fs::read_dir(&desk.folder)?.count();
        desk.write(&format!("{number}.json"), serde_json::to_vec(&value)?)
    };
    let cases: Vec<(&str, String, Vec<&str>)> = vec![
        (
            "grille",
            desk.write("no.json", "{\n  \"form\": ,\n}")?,
            vec!["no.json:2", "JSON"],
        ),
        ("grille", desk.write("empty.json", "")?, vec!["JSON"]),
        (
            "grille",
            desk.write("list.json", "[1, 2]")?,
            vec!["un objet"],
        ),
        (
            "grille",
            desk.write("latin.json", b"{\"a\": \"\xe9\"}")?,
            vec!["UTF-8"],
        ),
        (
            "grille",
            desk.write("deep.json", "[".repeat(100_000))?,
            vec!["JSON"],
        ),
        (
            "grille",
            desk.write("bare.json", "{}")?,
            vec!["form", "manque"],
        ),
        (
            "grille",
            with("grille", &|value| {
                value["identity"]["prenom"] = json!("Ada");
            })?,
            vec!["identity.prenom", "n’est pas connue", "number"],
        ),
        (
            "convocation",
            with("convocation", &|value| value["centre"]["etage"] = json!(2))?,
            vec!["centre.etage", "n’est pas connue"],
        ),
        (
            "grille",
            with("grille", &|value| {
                value["blocks"][0]["lines"][1]["ticked"] = json!(7);
            })?,
            vec!["blocks.0.lines.1.ticked", "ne convient pas"],
        ),
        (
            "grille",
            with("grille", &|value| value["penalties"] = json!("dix"))?,
            vec!["penalties", "une liste"],
        ),
        (
            "bordereau",
            with("bordereau", &|value| {
                value["rows"][3]["outcome"] = json!("zéro");
            })?,
            vec!["rows.3.outcome", "zéro", "nv"],
        ),
        (
            "bordereau",
            with("bordereau", &|value| value["drawn_at"] = json!("hier"))?,
            vec!["drawn_at", "ne convient pas"],
        ),
        (
            "accuse-transmission",
            with("accuse-transmission", &|value| {
                value["whole"] = json!("abc");
            })?,
            vec!["whole", "ne convient pas"],
        ),
        (
            "appreciation",
            with("appreciation", &|value| {
                value["appreciation"] = json!("x".repeat(20_001));
            })?,
            vec!["appreciation : plus de 20000 caractères"],
        ),
        (
            "grille",
            desk.path("nowhere.json"),
            vec!["nowhere.json", "n’existe pas"],
        ),
        (
            "annexe",
            desk.write("a.json", "{}")?,
            vec!["annexe", "accuse-transmission"],
        ),
    ];
    for (kind, data, words) in cases {
        let said = desk.run(&["render", kind, "--data", &data, "--out", &out])?;
        let code = if data.ends_with("nowhere.json") { 1 } else { 2 };
        said.ends(code, &words);
        assert_eq!(std::fs::read_to_string(&out)?, "the paper of before");
    }
    let good = root().join("crates/documents/examples/grille.json");
    let good = good.display().to_string();
    let folder = desk.folder.display().to_string();
    desk.run(&["render", "grille", "--data", &good, "--out", &folder])?
        .ends(1, &["c’est un dossier"]);
    desk.run(&[
        "render",
        "grille",
        "--data",
        &good,
        "--out",
        &desk.path("no/where.pdf"),
    ])?
    .ends(1, &["n’existe pas"]);
    desk.run(&["render", "grille", "--data", &good])?
        .ends(2, &["il manque --out"]);
    desk.run(&["render"])?.ends(2, &["il manque"]);
    desk.run(&["render", "grille", "--data", &good, "--out", &out])?
        .ends(0, &[]);
    assert!(std::fs::read(&out)?.starts_with(b"%PDF-"));
    let left: Vec<_> = std::fs::read_dir(&desk.folder)?
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "part"))
        .collect();
    assert!(left.is_empty(), "drafts are left: {left:?}");
    Ok(())
}
