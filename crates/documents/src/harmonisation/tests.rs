use std::collections::BTreeSet;

use serde_json::Value;

use super::{Dossier, page, sample};

mod figures;
use crate::charts::tests::is_sound;

fn all() -> Vec<Dossier> {
    vec![
        sample::academy(),
        sample::jury(),
        sample::least(),
        sample::lone(),
        Dossier::default(),
    ]
}

/// What stands between two marks, each time.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start)
        .skip(1)
        .filter_map(|rest| rest.split(end).next())
        .collect()
}

/// The text of a piece of HTML.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.trim().to_owned()
}

/// Heads, drawings and tables in their order.
fn outline(html: &str) -> String {
    let mut lines = String::new();
    for piece in html.split('<').skip(1) {
        let Some((tag, words)) = piece.split_once('>') else {
            continue;
        };
        let name = tag.split(' ').next().unwrap_or_default();
        let wide = name == "title" && tag.contains("w-t");
        if matches!(name, "h1" | "h2" | "h3" | "h4" | "caption" | "summary") || wide {
            let words = if words.trim().is_empty() {
                "…"
            } else {
                words.trim()
            };
            crate::charts::put!(lines, "{name}: {words}\n");
        }
    }
    lines
}

#[test]
fn a_page_has_its_nine_panels_in_their_order() {
    let given = outline(&page(&sample::academy()));
    let kept = include_str!("../../tests/snapshots/harmonisation.txt");
    assert_eq!(given, kept, "{given}");
    for dossier in all() {
        let html = page(&dossier);
        let heads: Vec<&str> = between(&html, "<h2 id=\"p", "\"");
        assert_eq!(heads, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        for section in html.split("<section class=\"panneau\"").skip(1).take(9) {
            assert!(section.contains("<p class=\"amorce\">"), "{section}");
            let full = section.contains("<svg class=\"ample\"")
                || section.contains("<svg class=\"petit\"");
            assert!(full || section.contains("class=\"avis vide\""), "{section}");
            assert!(
                !full || section.contains("<table"),
                "a drawing without its table: {section}"
            );
        }
    }
}

#[test]
fn nothing_comes_from_elsewhere_and_nothing_runs() {
    for dossier in all() {
        let html = page(&dossier);
        for word in [
            "<script",
            "http:",
            "https:",
            "//",
            "@import",
            "url(",
            "src=",
            "<link",
            "<iframe",
            "javascript:",
            " onload",
            "style=\"",
        ] {
            assert!(!html.contains(word), "{word}");
        }
        assert!(html.starts_with("<!doctype html>\n<html lang=\"fr\">"));
        assert_eq!(
            html.matches("href=\"").count(),
            html.matches("href=\"#").count()
        );
    }
}

#[test]
fn ids_are_single_links_lead_somewhere_and_drawings_are_sound() {
    for dossier in all().into_iter().chain([sample::national()]) {
        let html = page(&dossier);
        let ids = between(&html, " id=\"", "\"");
        let set: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), set.len());
        for anchor in between(&html, "href=\"#", "\"") {
            assert!(set.contains(anchor), "#{anchor}");
        }
        for labels in between(&html, "aria-labelledby=\"", "\"") {
            assert!(labels.split(' ').all(|id| set.contains(id)), "{labels}");
        }
        for svg in html
            .split("<svg")
            .skip(1)
            .filter_map(|rest| rest.split("</svg>").next())
        {
            assert_eq!(is_sound(&format!("<svg{svg}</svg>")), Ok(()));
        }
        for word in ["NaN", ">inf<", ">-inf<", "Infinity"] {
            assert!(!html.contains(word), "{word}");
        }
    }
}

#[test]
fn heads_go_down_one_step_at_a_time() {
    for dossier in all() {
        let html = page(&dossier);
        let mut last = 0;
        for line in outline(&html).lines() {
            let Some(level) = line
                .strip_prefix('h')
                .and_then(|rest| rest[..1].parse::<u32>().ok())
            else {
                continue;
            };
            assert!(level <= last + 1, "{line}");
            last = level;
        }
    }
}

#[test]
fn a_hostile_name_stays_text() {
    let names = [
        "</title><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "\u{202e}txet neddih",
        "לשכת הבחינות",
        "\u{0}\u{1}\u{8}",
        "",
        "   ",
        "R&D <b>",
    ];
    for name in names
        .into_iter()
        .map(str::to_owned)
        .chain(["Commission ".repeat(200)])
    {
        let mut dossier = sample::jury();
        dossier.title = Some(name.clone());
        dossier.settings.regulation = Some(name.clone());
        dossier.warnings.push(name.clone());
        dossier.input.rejected[0].column = Some(name.clone());
        dossier.input.rejected[0].sentence.clone_from(&name);
        dossier.model.fixed.insert(
            name.clone(),
            super::dossier::Effect {
                estimate: 1.0,
                se: 0.1,
            },
        );
        dossier.items[0].label.clone_from(&name);
        dossier.items[1].item.clone_from(&name);
        dossier.items[1].grid.clone_from(&name);
        dossier
            .competences
            .insert("concevoir".to_owned(), name.clone());
        dossier.grid_severity[0].commission.clone_from(&name);
        dossier.what_if[1].way.clone_from(&name);
        for (index, c) in dossier.commissions.iter_mut().enumerate() {
            c.commission.clone_from(&name);
            c.academy = (index % 2 == 0).then(|| name.clone());
            c.centre = Some(name.clone());
            c.option = Some(name.clone());
            c.mode = Some(name.clone());
            c.habit = Some(name.clone());
            c.warnings = vec![name.clone()];
            c.signatures[0].name.clone_from(&name);
            c.items[0].item.clone_from(&name);
        }
        let html = page(&dossier);
        for word in [
            "<script",
            "<img",
            "onerror=alert(1)>",
            "<b>\"",
            "\u{202e}",
            "\u{0}",
            "\u{8}",
        ] {
            assert!(!html.contains(word), "{word:?} by {name:?}");
        }
        for svg in html
            .split("<svg")
            .skip(1)
            .filter_map(|rest| rest.split("</svg>").next())
        {
            assert_eq!(is_sound(&format!("<svg{svg}</svg>")), Ok(()));
        }
        let open = html.matches("<section").count();
        assert_eq!(open, html.matches("</section>").count());
        assert_eq!(
            html.matches("<table").count(),
            html.matches("</table>").count()
        );
    }
}

#[test]
fn figures_that_are_no_numbers_are_dashes() {
    let mut dossier = sample::academy();
    for c in &mut dossier.commissions {
        c.mean_note = f64::NAN;
        c.mean_score = Some(f64::INFINITY);
        if let Some(s) = &mut c.severity {
            s.estimate = f64::NAN;
            s.upper = 1e308;
            s.lower = f64::NEG_INFINITY;
        }
        if let Some(point) = &mut c.funnel {
            point.value = 1e300;
        }
    }
    dossier.settings.tolerance = f64::NAN;
    dossier.links.sizes = vec![usize::MAX, 2];
    let html = page(&dossier);
    assert!(!html.contains("NaN") && !html.contains("inf<"));
}

#[test]
fn the_island_says_how_many_are_to_be_read_again() {
    let mut dossier = sample::jury();
    assert!(page(&dossier).contains("Trois commissions sur 24 notent à plus de 1\u{a0}point de ce que leurs propres grilles laissent attendre."));
    assert!(page(&dossier).contains("9 à 15 grilles en tout"));
    for c in &mut dossier.commissions {
        if let Some(s) = &mut c.severity {
            s.flagged = false;
        }
    }
    let html = page(&dossier);
    assert!(html.contains("Aucune des 24 commissions n’est signalée"));
    assert!(html.contains("n’est pas une preuve d’accord"));
    assert!(page(&sample::lone()).contains("qu’une commission\u{a0}: il n’y a rien à comparer"));
}

#[test]
fn what_the_president_must_be_told_stands_word_for_word() {
    use super::sentences::caveats;
    let html = page(&sample::jury());
    for sentence in [caveats::SEVERITY, caveats::APPARENT, caveats::CCF] {
        assert!(
            html.contains(&format!("«\u{a0}{sentence}\u{a0}»")),
            "{sentence}"
        );
    }
    assert!(html.contains(
        "Avec n = 20 candidats, un écart inférieur à 1,8 point n’est pas distinguable du hasard."
    ));
    let mut bare = sample::jury();
    bare.model.detectable.clear();
    assert!(page(&bare).contains(
        "Avec n = 8 candidats, un écart inférieur à 2 points n’est pas distinguable du hasard."
    ));
}

#[test]
fn few_candidates_are_grey_and_said_to_be_few() {
    let dossier = sample::academy();
    let few: Vec<usize> = dossier
        .commissions
        .iter()
        .enumerate()
        .filter(|(_, c)| c.n < 5)
        .map(|(index, _)| index)
        .collect();
    assert_eq!(few, [3]);
    let html = page(&dossier);
    assert!(
        html.contains("id=\"c3\" class=\"pale\"") && !html.contains("id=\"c2\" class=\"pale\"")
    );
    assert!(html.contains("effectif trop faible"));
}

#[test]
fn a_ccf_session_compares_only_note_and_profile() {
    let mut dossier = sample::academy();
    dossier.warnings = vec!["ccf_session".to_owned()];
    for c in &mut dossier.commissions {
        c.mode = Some("ccf".to_owned());
        c.distance = None;
    }
    let html = page(&dossier);
    let six = html
        .split("id=\"p6\"")
        .nth(1)
        .unwrap()
        .split("</section>")
        .next()
        .unwrap();
    assert!(
        six.contains("seule la cohérence note/profil est comparable") && !six.contains("<table")
    );
}

#[test]
fn order_is_the_dossiers_and_never_that_of_the_severities() {
    let dossier = sample::jury();
    let html = page(&dossier);
    let rows: Vec<usize> = between(&html, "<tr data-commission=", ">")
        .iter()
        .filter(|row| row.contains(" id=\"c"))
        .map(|row| between(row, "data-row=\"", "\"")[0].parse().unwrap())
        .collect();
    assert_eq!(rows, (0..24).collect::<Vec<usize>>());
}

#[test]
fn a_national_page_stays_light_and_the_same_dossier_gives_the_same_bytes() {
    let dossier = sample::national();
    let html = page(&dossier);
    assert!(html.len() < 6_600_000, "{}", html.len());
    assert_eq!(html, page(&dossier));
    assert!(html.matches("<details class=\"academie\"").count() >= 30 * 4);
}

#[test]
fn a_report_read_as_json_is_a_dossier() {
    let dossier = sample::jury();
    let mut json = serde_json::to_value(&dossier).unwrap();
    json["format"] = Value::from("delos-harmonisation/1");
    json.as_object_mut().unwrap().remove("title");
    json.as_object_mut().unwrap().remove("competences");
    let read: Dossier = serde_json::from_value(json).unwrap();
    assert_eq!(read.commissions, dossier.commissions);
    assert!(read.title.is_none() && read.competences.is_empty());
}
