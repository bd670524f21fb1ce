//! Whatever is written, reading ends with faults and not with a panic.

use proptest::prelude::*;

use delos_regulation::shipped;

use crate::{base, faults};

/// A set with one line lost, doubled, cut, or with a piece replaced.
fn mutated() -> impl Strategy<Value = String> {
    prop_oneof![
        mutation_of(base()),
        mutation_of(
            shipped("bts-sio-2026-e5-support")
                .expect("it is shipped")
                .text
                .into_owned()
        )
    ]
}

fn mutation_of(text: String) -> impl Strategy<Value = String> {
    let lines = text.lines().count();
    let piece = prop_oneof![
        Just("0".to_owned()),
        Just("-1".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("\"\"".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("[[a]]".to_owned()),
        Just("24:00:00".to_owned()),
        Just("1979-05-27T07:32:00Z".to_owned()),
        Just("based_on = \"bts-sio-2024-e5\"".to_owned()),
        ".{0,8}",
    ];
    (0..lines, 0_u8..5, any::<prop::sample::Index>(), piece).prop_map(
        move |(line, how, at, piece)| {
            let mut all: Vec<String> = text.lines().map(str::to_owned).collect();
            let one = all[line].clone();
            let chars: Vec<char> = one.chars().collect();
            let cut = if chars.is_empty() {
                0
            } else {
                at.index(chars.len())
            };
            match how {
                0 => drop(all.remove(line)),
                1 => all.insert(line, one),
                2 => all[line] = chars[..cut].iter().collect(),
                3 => {
                    let (before, after) = chars.split_at(cut);
                    let parts = before.iter().copied().chain(piece.chars());
                    all[line] = parts.chain(after.iter().copied()).collect();
                }
                _ => {
                    let key = one.split('=').next().unwrap_or_default().to_owned();
                    all[line] = format!("{key}= {piece}");
                }
            }
            all.join("\n")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_mutated_set_is_read_or_its_faults_are_told_on_lines_that_exist(set in mutated()) {
        for fault in faults(&set) {
            // A set that says on what it is based (one of the mutations does) may be told a fault of that one.
            let told_on = fault.file.strip_suffix(".toml").and_then(shipped);
            let file = told_on.map_or_else(|| set.clone(), |shipped| shipped.text.into_owned());
            let lines = file.matches('\n').count() + 1;
            prop_assert!((1..=lines).contains(&fault.line), "{fault}");
            prop_assert!(!fault.reason.is_empty());
        }
    }

    #[test]
    fn any_text_at_all_has_its_faults_told(text in "(?s).{0,200}") {
        prop_assert!(!faults(&text).is_empty());
    }
}
