//! The figures of the tables beside those of the dossier.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{between, plain};
use crate::harmonisation::{page, sample};

/// Cells of one table with what the head says of their column.
struct Table {
    fields: Vec<Option<String>>,
    rows: Vec<(String, Vec<String>)>,
}

fn tables(html: &str) -> Vec<Table> {
    let cells = |row: &str| -> Vec<String> {
        row.replace("<th scope=\"row\"", "<td")
            .split("<td")
            .skip(1)
            .map(str::to_owned)
            .collect()
    };
    between(html, "<table", "</table>")
        .into_iter()
        .map(|table| {
            let (head, body) = table.split_once("<tbody>").unwrap();
            Table {
                fields: head
                    .split("<th scope=\"col\"")
                    .skip(1)
                    .map(|th| {
                        between(th, "data-field=\"", "\"")
                            .first()
                            .map(|field| (*field).to_owned())
                    })
                    .collect(),
                rows: body
                    .split("<tr")
                    .skip(1)
                    .map(|row| (row.split('>').next().unwrap().to_owned(), cells(row)))
                    .collect(),
            }
        })
        .collect()
}

/// The report's figure of that name.
fn figure<'a>(commission: &'a Value, field: &str) -> Option<&'a Value> {
    let found = |list: &str, key: &str, code: &str| {
        commission[list]
            .as_array()
            .and_then(|all| all.iter().find(|one| one[key] == *code).cloned())
    };
    if let Some(code) = field
        .strip_prefix("items.")
        .and_then(|rest| rest.strip_suffix(".excess"))
    {
        let place = commission["items"]
            .as_array()?
            .iter()
            .position(|one| one["item"] == *code)?;
        return commission.pointer(&format!("/items/{place}/excess"));
    }
    if let Some((code, member)) = field
        .strip_prefix("signatures.")
        .and_then(|rest| rest.rsplit_once('.'))
    {
        let _ = found;
        let place = commission["signatures"]
            .as_array()?
            .iter()
            .position(|one| one["name"] == *code)?;
        return commission.pointer(&format!("/signatures/{place}/{member}"));
    }
    commission.pointer(&format!("/{}", field.replace('.', "/")))
}

/// « −1,25 » or « 12,5 % » read back, with the half of its last digit.
fn read(words: &str) -> Option<(f64, f64)> {
    let share = words.contains('%');
    let number: String = words
        .chars()
        .filter_map(|c| match c {
            '−' => Some('-'),
            ',' => Some('.'),
            '0'..='9' => Some(c),
            _ => None,
        })
        .collect();
    let decimals = number.split_once('.').map_or(0, |(_, rest)| rest.len());
    let value: f64 = number.parse().ok()?;
    let half = 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap());
    Some(if share {
        (value / 100.0, half / 100.0)
    } else {
        (value, half)
    })
}

#[test]
fn every_figure_of_a_commission_is_the_reports_own_rounded() {
    for dossier in [sample::academy(), sample::jury(), sample::least()] {
        let html = page(&dossier);
        let mut seen: BTreeSet<(usize, String)> = BTreeSet::new();
        for table in tables(&html) {
            for (attributes, cells) in &table.rows {
                let Some(place) = between(attributes, "data-row=\"", "\"")
                    .first()
                    .map(|place| place.parse::<usize>().unwrap())
                else {
                    continue;
                };
                let commission = serde_json::to_value(&dossier.commissions[place]).unwrap();
                assert!(attributes.contains(&format!(
                    "data-commission=\"{}\"",
                    dossier.commissions[place].commission
                )));
                assert_eq!(cells.len(), table.fields.len(), "{attributes}");
                for (field, cell) in table.fields.iter().zip(cells) {
                    let Some(field) = field.as_deref().filter(|field| {
                        !matches!(
                            *field,
                            "signatures.value" | "signatures.z" | "signatures.p_adjusted"
                        )
                    }) else {
                        continue;
                    };
                    let given = between(cell, "data-value=\"", "\"")
                        .first()
                        .map(|value| value.parse::<f64>().unwrap());
                    let kept = figure(&commission, field).and_then(Value::as_f64);
                    assert_eq!(given, kept, "{field} of {attributes}");
                    if let Some(value) = kept {
                        let words = plain(&format!("<td{}", cell.split("<br>").next().unwrap()));
                        let (shown, half) = read(words.trim_end_matches('!')).unwrap();
                        assert!(
                            (shown - value).abs() <= half + 1e-9,
                            "{field}: {words} for {value}"
                        );
                        seen.insert((place, field.to_owned()));
                    }
                }
            }
        }
        for (place, commission) in dossier.commissions.iter().enumerate() {
            let mut fields = vec![
                "n",
                "mean_note",
                "severity.estimate",
                "severity.se",
                "severity.lower",
                "severity.upper",
                "severity.p_within_tolerance",
                "severity.p_wrong_sign",
                "blup.estimate",
                "funnel.value",
                "funnel.se",
                "funnel.z",
                "adjustment.full",
                "adjustment.academy",
            ];
            if commission.mean_score.is_some() {
                fields.extend([
                    "mean_score",
                    "slope.estimate",
                    "levels.observed.0",
                    "levels.expected.3",
                    "levels.not_evaluated",
                    "signatures.infit.z",
                    "penalties.rate",
                    "blup_in_academy.estimate",
                ]);
            }
            if commission.distance.is_some() {
                fields.extend([
                    "distance.others",
                    "distance.wasserstein.value",
                    "distance.wasserstein.null_q95",
                    "distance.energy.p",
                    "distance.kolmogorov.value",
                ]);
            }
            for field in fields {
                assert!(
                    seen.contains(&(place, field.to_owned())),
                    "{field} of commission {place} is nowhere"
                );
            }
            for item in commission.items.iter().filter(|item| item.excess.is_some()) {
                assert!(seen.contains(&(place, format!("items.{}.excess", item.item))));
            }
        }
    }
}
