use proptest::prelude::*;

use super::bars::{self, Bars};
use super::before_after::BeforeAfter;
use super::caterpillar::{self, Caterpillar};
use super::ecdf::{Ecdf, Step};
use super::funnel::{self, Funnel};
use super::heat_map::{self, HeatMap};
use super::levels::{self, Levels};
use super::links::{Matrix, Parts};
use super::scatter::{self, Line, Scatter};
use super::{Caption, Format, Interval, Mark, both};

fn caption(title: &str) -> Caption {
    Caption {
        id: "d<\"1".to_owned(),
        title: title.to_owned(),
        description: title.to_owned(),
    }
}

/// A drawing of each kind from the same values and names.
fn all(values: &[f64], names: &[String], counts: &[usize]) -> Vec<String> {
    let name = |index: usize| {
        names
            .get(index % names.len().max(1))
            .cloned()
            .unwrap_or_default()
    };
    let many = |index: usize| {
        counts
            .get(index % counts.len().max(1))
            .copied()
            .unwrap_or(0)
    };
    let at = |index: usize| {
        values
            .get(index % values.len().max(1))
            .copied()
            .unwrap_or(0.0)
    };
    let mark = |index: usize| [Mark::Plain, Mark::Flagged, Mark::Faint][index % 3];
    let interval = |index: usize| {
        (index % 4 < 3).then(|| Interval {
            estimate: at(index),
            lower: at(index + 1),
            upper: at(index + 2),
        })
    };
    let rows = 0..values.len();
    let caption = caption(&name(0));
    let caterpillar = Caterpillar {
        rows: rows
            .clone()
            .map(|index| caterpillar::Row {
                group: name(index / 3),
                label: name(index),
                note: name(index + 1),
                interval: interval(index),
                tick: Some(at(index)),
                count: Some(many(index)),
                mark: mark(index),
            })
            .collect(),
        band: Some((at(0), name(0))),
        less: name(0),
        more: name(1),
        counted: name(2),
        unit: name(0),
        missing: name(1),
        least: at(1),
    };
    let funnel = Funnel {
        points: rows
            .clone()
            .map(|index| funnel::Point {
                label: name(index),
                count: many(index),
                value: at(index),
                mark: mark(index),
            })
            .collect(),
        target: at(0),
        sigma: at(1),
        tau: at(2),
        upright: name(0),
        level: name(1),
    };
    let scatter = Scatter {
        points: rows
            .clone()
            .map(|index| scatter::Point {
                label: name(index),
                x: at(index),
                y: at(index + 1),
                mark: mark(index),
            })
            .collect(),
        lines: rows
            .clone()
            .map(|index| Line {
                at: at(index),
                slope: at(index + 1),
                band: Some(at(index + 2)),
            })
            .collect(),
        bounds: (0.0, 20.0),
        level: name(0),
        upright: name(1),
    };
    let heat = HeatMap {
        columns: rows
            .clone()
            .map(|index| heat_map::Column {
                block: name(index / 4),
                short: name(index),
                total: index % 4 == 0,
            })
            .collect(),
        rows: rows
            .clone()
            .map(|index| heat_map::Row {
                label: name(index),
                note: name(index + 1),
                mark: mark(index),
                cells: rows
                    .clone()
                    .map(|column| {
                        (column % 3 < 2).then(|| heat_map::Cell {
                            value: at(index + column),
                            hatched: column % 2 == 0,
                        })
                    })
                    .collect(),
            })
            .collect(),
    };
    let levels = Levels {
        rows: rows
            .clone()
            .map(|index| levels::Row {
                group: name(index / 3),
                label: name(index),
                observed: std::array::from_fn(|level| at(index + level)),
                expected: std::array::from_fn(|level| at(index + level + 1)),
                note: name(index),
                count: many(index),
                mark: mark(index),
            })
            .collect(),
    };
    let mut steps: Vec<Step> = rows
        .clone()
        .map(|index| Step {
            value: at(index),
            count: many(index).min(500),
        })
        .collect();
    steps.sort_by(|one, other| one.value.total_cmp(&other.value));
    let ecdf = Ecdf {
        label: name(0),
        note: name(1),
        steps: steps.clone(),
        others: steps.iter().chain(&steps).copied().collect(),
        bounds: (0.0, 20.0),
        mark: mark(1),
    };
    let bars = Bars {
        rows: rows
            .clone()
            .map(|index| bars::Row {
                label: name(index),
                interval: interval(index),
                count: many(index),
                mark: mark(index),
            })
            .collect(),
        band: Some(at(0)),
        less: name(0),
        more: name(1),
        unit: name(2),
        least: at(1),
    };
    let parts = Parts {
        sizes: counts.to_vec(),
        alone: many(0),
        member: (name(0), name(1)),
        alone_words: name(2),
    };
    let matrix = Matrix {
        names: names.to_vec(),
        links: rows
            .clone()
            .map(|index| (many(index), many(index + 1), many(index + 2)))
            .collect(),
    };
    let change = BeforeAfter {
        before: steps.clone(),
        after: steps,
        thresholds: values.to_vec(),
        bounds: (0.0, 20.0),
        unit: name(0),
    };
    let mut drawings = vec![ecdf.draw(&caption), change.draw(&caption)];
    for format in [Format::Wide, Format::Narrow] {
        drawings.extend([
            caterpillar.draw(&caption, format),
            funnel.draw(&caption, format),
            scatter.draw(&caption, format),
            heat.draw(&caption, format),
            levels.draw(&caption, format),
            bars.draw(&caption, format),
            parts.draw(&caption, format),
            matrix.draw(&caption, format),
        ]);
    }
    drawings
}

/// Elements balanced, attributes quoted, no bare markup; every coordinate a finite number.
pub(crate) fn is_sound(svg: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg.trim();
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        if text.contains('>') {
            return Err(format!("bare markup in {text:?}"));
        }
        let end = rest[start..].find('>').ok_or("an element without end")? + start;
        let element = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = element.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes another"));
            }
            continue;
        }
        let name = element.split([' ', '/']).next().unwrap_or_default();
        if element.matches('"').count() % 2 == 1 || element.contains('<') {
            return Err(format!("attributes of {element:?}"));
        }
        for (index, value) in element
            .split('"')
            .enumerate()
            .filter(|(index, _)| index % 2 == 1)
        {
            let attribute = element.split('"').nth(index - 1).unwrap_or_default();
            let is_place = [
                " d=",
                " x=",
                " y=",
                " cx=",
                " cy=",
                " r=",
                " width=",
                " height=",
                " viewBox=",
                " x1=",
                " x2=",
                " y1=",
                " y2=",
                " points=",
                " stroke-width=",
            ]
            .iter()
            .any(|known| attribute.ends_with(known));
            let fits = |c: char| c.is_ascii_digit() || "MLHVZachmlvz .-".contains(c);
            if is_place && !value.chars().all(fits) {
                return Err(format!("{attribute}{value:?}"));
            }
            if attribute.ends_with(" style=") || attribute.contains(" on") {
                return Err(format!("{attribute} is not for a drawing"));
            }
        }
        if !element.ends_with('/') {
            open.push(name);
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(format!("{open:?} never closed"))
    }
}

fn awkward() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -25.0..25.0_f64,
        1 => prop_oneof![
            Just(0.0), Just(-0.0), Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY),
            Just(f64::MAX), Just(f64::MIN), Just(f64::MIN_POSITIVE), Just(1e300), Just(12.0),
        ],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_the_values_and_names_each_drawing_is_sound(
        values in prop::collection::vec(awkward(), 0..14),
        names in prop::collection::vec(prop_oneof![".{0,40}", "[<>&\"'\u{202e}\u{5d0}-\u{5ea}\u{0}-\u{8}]{0,30}"], 0..5),
        counts in prop::collection::vec(prop_oneof![0..60_usize, Just(usize::MAX), Just(4_000)], 0..6),
    ) {
        for svg in all(&values, &names, &counts) {
            prop_assert_eq!(is_sound(&svg), Ok(()), "{}", svg);
            prop_assert!(!svg.contains("NaN") || names.iter().any(|name| name.contains("NaN")));
        }
    }
}

#[test]
fn nothing_one_and_all_equal_are_drawn_too() {
    for values in [vec![], vec![3.0], vec![3.0; 12]] {
        for svg in all(&values, &["A".to_owned()], &[1]) {
            assert_eq!(is_sound(&svg), Ok(()), "{svg}");
            assert!(
                svg.contains("role=\"img\"") && svg.contains("<title") && svg.contains("<desc")
            );
        }
    }
}

#[test]
fn a_name_is_never_markup() {
    let names = [
        "</text><script>alert(1)</script>".to_owned(),
        "\u{202e}ecnatsid".to_owned(),
        String::new(),
    ];
    for svg in all(&[1.0, -2.0, 0.5], &names, &[7, 3]) {
        assert!(
            !svg.contains("<script") && !svg.contains('\u{202e}'),
            "{svg}"
        );
        assert_eq!(is_sound(&svg), Ok(()));
    }
}

#[test]
fn a_drawing_holds_no_colour() {
    for svg in all(&[1.0, -2.0, 0.5, 2.0], &["A".to_owned()], &[7, 3]) {
        for word in ["fill=", "stroke=", "style=", "#", "rgb", "color"] {
            assert!(!svg.contains(word), "{word} in {svg}");
        }
    }
}

#[test]
fn both_formats_have_ids_of_their_own() {
    let chart = Levels { rows: Vec::new() };
    let svg = both(|format| chart.draw(&caption("x"), format));
    let ids: Vec<&str> = svg
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(ids, ["d1w-t", "d1w-d", "d1n-t", "d1n-d"]);
}

#[test]
fn a_flag_has_its_own_shape() {
    let chart = Funnel {
        points: vec![
            funnel::Point {
                label: "A".to_owned(),
                count: 20,
                value: 2.5,
                mark: Mark::Flagged,
            },
            funnel::Point {
                label: "B".to_owned(),
                count: 20,
                value: 0.1,
                mark: Mark::Plain,
            },
        ],
        target: 0.0,
        sigma: 1.0,
        tau: 0.4,
        upright: String::new(),
        level: String::new(),
    };
    let svg = chart.draw(&caption("x"), Format::Wide);
    assert_eq!(svg.matches("pt hors").count(), 1);
    assert_eq!(svg.matches("<circle").count(), 1);
    assert!(svg.contains(">A<") && !svg.contains(">B<"));
}

#[test]
fn the_steps_of_a_heat_map_begin_where_they_are_said_to() {
    let classes: Vec<i8> = [-0.7, -0.6, -0.4, -0.2, -0.1, 0.0, 0.15, 0.35, 0.59, 0.6]
        .into_iter()
        .map(heat_map::class)
        .collect();
    assert_eq!(classes, [-3, -3, -2, -1, 0, 0, 1, 2, 2, 3]);
}
