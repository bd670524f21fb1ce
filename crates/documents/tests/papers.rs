//! Every paper of its example, and of what nobody should write: a PDF or a refusal, never a panic.

use std::path::{Path, PathBuf};

use delos_documents::DocumentError;
use delos_documents::assessment::{
    Appreciation, Bordereau, Grid, Receipt, appreciation, bordereau, grid, receipt,
};
use delos_documents::kinds::Kind;
use delos_documents::{examples as invented, limits, paper, pdf};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::Value;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn example(name: &str) -> Value {
    let file = examples().join(format!("{name}.json"));
    let text = std::fs::read_to_string(file).expect("an example");
    serde_json::from_str(&text).expect("an example is JSON")
}

/// Where papers are left for somebody's eyes.
fn keep(name: &str, pdf: &[u8]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("papers");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(format!("{name}.pdf")), pdf).expect("a file written");
}

/// What `delos render` does of a value that it has read.
fn print(kind: Kind, value: Value) -> Result<Vec<u8>, DocumentError> {
    match kind {
        Kind::Convocation => pdf::candidate(&serde_json::from_value(value)?),
        Kind::ExaminerConvocation => pdf::examiner(&serde_json::from_value(value)?),
        Kind::Unreached => paper::unreached(&serde_json::from_value(value)?),
        Kind::Grid => grid::grid(&serde_json::from_value::<Grid>(value)?),
        Kind::Appreciation => {
            appreciation::appreciation(&serde_json::from_value::<Appreciation>(value)?)
        }
        Kind::Bordereau => bordereau::bordereau(&serde_json::from_value::<Bordereau>(value)?),
        Kind::Receipt => receipt::receipt(&serde_json::from_value::<Receipt>(value)?),
    }
}

/// The kind whose name a file of the examples begins with, the longest first.
fn kind_of(file: &str) -> Kind {
    let mut kinds = Kind::ALL;
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.name().len()));
    kinds
        .into_iter()
        .find(|kind| file.starts_with(kind.name()))
        .expect("a file of examples begins with the name of its kind")
}

#[test]
fn every_example_is_printed_and_twice_the_same() {
    let mut seen = Vec::new();
    for file in std::fs::read_dir(examples()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let kind = kind_of(&name);
        let first = print(kind, example(&name)).unwrap();
        assert!(first.starts_with(b"%PDF-"), "{name}");
        assert!(print(kind, example(&name)).unwrap() == first, "{name}");
        keep(&name, &first);
        seen.push(name);
    }
    for kind in Kind::ALL {
        assert!(
            seen.iter().any(|name| name == kind.name()),
            "{}",
            kind.name()
        );
    }
}

#[test]
fn the_examples_of_convocations_are_those_of_the_mails() {
    assert_eq!(
        serde_json::to_value(invented::candidate()).unwrap(),
        example("convocation")
    );
    assert_eq!(
        serde_json::to_value(invented::examiner()).unwrap(),
        example("convocation-examinateur")
    );
}

/// Replaces the text at a number among all the texts of a value.
fn replace(value: &mut Value, place: &mut usize, text: &str) {
    match value {
        Value::String(old) => {
            if *place == 0 {
                text.clone_into(old);
            }
            *place = place.wrapping_sub(1);
        }
        Value::Array(items) => items.iter_mut().for_each(|one| replace(one, place, text)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|one| replace(one, place, text)),
        _ => {}
    }
}

fn texts(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(items) => items.iter().map(texts).sum(),
        Value::Object(members) => members.values().map(texts).sum(),
        _ => 0,
    }
}

/// Texts that have broken typesetters.
const HOSTILE: &[&str] = &[
    "#panic() #import \"/etc/passwd\" #eval(\"1\") *gras* _penché_ $x^2$ `raw` \\ @x <y> = titre // rien /* rien */",
    "\u{0}\u{1}\u{7}\u{8}\u{b}\u{1b}[31m\u{7f}\u{85}\u{9f}",
    "Ÿ ʻOkina Nguyễn Yıldız Wałęsa Ōta Ž ŐŰ ĲĳŁł ẞ",
    "محمد بن عبد الله שלום \u{202e}gauche\u{202c} \u{2066}isolé\u{2069}",
    "😀👩‍👩‍👧‍👦🇫🇷❤️ ☒☐ 漢字 ไทย देवनागरी",
    "\u{200b}\u{200c}\u{200d}\u{feff}\u{2060}\u{ad}zéro\u{fe0f}",
    "e\u{301}\u{327}\u{489}\u{20dd} Z\u{351}\u{36b}\u{343}alg\u{489}o \u{301}\u{301}",
    "\u{e000}\u{f8ff}\u{fffd}\u{fffe}\u{ffff}\u{10ffff}\u{fdd0}\u{f0000}",
    "",
    " ",
    "\n\n\r\n\r",
    "fi ffl \u{fb01} \u{1f1eb} \u{3164} \u{2028} \u{2029}",
];

#[test]
fn every_hostile_text_is_printed_wherever_it_stands() {
    for kind in Kind::ALL {
        let value = example(kind.name());
        // The four free texts of a value of about this many; a date or a digest refuses them, and says so.
        let step = (texts(&value) / 4).max(1);
        for (index, hostile) in HOSTILE.iter().enumerate() {
            let mut value = value.clone();
            for place in (index % step..texts(&value)).step_by(step) {
                replace(&mut value, &mut place.clone(), hostile);
            }
            match print(kind, value) {
                Ok(pdf) => assert!(pdf.starts_with(b"%PDF-")),
                Err(DocumentError::Payload(_)) => {}
                Err(error) => panic!("{} with {hostile:?}: {error}", kind.name()),
            }
        }
    }
}

#[test]
fn a_hostile_name_and_a_hostile_appreciation_come_out() {
    for (number, hostile) in HOSTILE.iter().enumerate() {
        let mut value = example("appreciation");
        value["identity"]["name"] = (*hostile).into();
        value["parts"][0]["observations"] = (*hostile).into();
        value["appreciation"] = hostile.repeat(20).into();
        value["visas"][0]["name"] = (*hostile).into();
        match print(Kind::Appreciation, value) {
            Ok(pdf) => keep(&format!("hostile-appreciation-{number}"), &pdf),
            Err(error) => panic!("{hostile:?}: {error}"),
        }
        let mut value = example("grille");
        value["identity"]["name"] = (*hostile).into();
        value["penalties"][2]["reason"] = (*hostile).into();
        value["blocks"][0]["label"] = (*hostile).into();
        value["blocks"][0]["lines"][1]["label"] = (*hostile).into();
        value["form"]["recto"] = (*hostile).into();
        value["form"]["levels"][0] = (*hostile).into();
        match print(Kind::Grid, value) {
            Ok(pdf) => keep(&format!("hostile-grille-{number}"), &pdf),
            Err(error) => panic!("{hostile:?}: {error}"),
        }
    }
}

#[test]
fn a_long_text_flows_and_one_beyond_the_limit_is_refused_by_its_place() {
    let long = [
        "mot ".repeat(2_500),
        "x".repeat(10_000),
        "É".repeat(10_000),
        "\u{0}".repeat(10_000),
        "😀".repeat(10_000),
        "ligne\n".repeat(1_666),
    ];
    for (number, text) in long.iter().enumerate() {
        let mut value = example("appreciation");
        value["appreciation"] = text.clone().into();
        let printed = print(Kind::Appreciation, value).unwrap();
        keep(&format!("long-appreciation-{number}"), &printed);
        let mut value = example("grille");
        value["penalties"][2]["reason"] = text.clone().into();
        value["blocks"][1]["lines"][0]["label"] = text.clone().into();
        value["blocks"][2]["indicators"][0]["text"] = text.clone().into();
        keep(
            &format!("long-grille-{number}"),
            &print(Kind::Grid, value).unwrap(),
        );
        let mut value = example("bordereau");
        value["rows"][0]["name"] = text.clone().into();
        value["rows"][1]["remark"] = text.clone().into();
        keep(
            &format!("long-bordereau-{number}"),
            &print(Kind::Bordereau, value).unwrap(),
        );
    }
    let mut value = example("appreciation");
    value["parts"][1]["observations"] = "x".repeat(limits::LONGEST_TEXT + 1).into();
    match print(Kind::Appreciation, value) {
        Err(DocumentError::TooLong { place, most, unit }) => {
            assert_eq!(
                (place.as_str(), most, unit),
                ("parts.1.observations", limits::LONGEST_TEXT, "characters")
            );
        }
        other => panic!("{:?}", other.map(|pdf| pdf.len())),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Puts any value at a number among all the values below one.
fn put(value: &mut Value, place: &mut usize, any: &Value) {
    if *place == 0 {
        any.clone_into(value);
        *place = usize::MAX;
        return;
    }
    if *place == usize::MAX {
        return;
    }
    *place -= 1;
    match value {
        Value::Array(items) => items.iter_mut().for_each(|one| put(one, place, any)),
        Value::Object(members) => members.values_mut().for_each(|one| put(one, place, any)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(Config { cases: 32, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_text_in_any_place_is_a_paper_or_a_refusal(kind in 0..Kind::ALL.len(), place in 0..400_usize, text in any::<String>()) {
        let kind = Kind::ALL[kind];
        let mut value = example(kind.name());
        let mut place = place % texts(&value);
        replace(&mut value, &mut place, &text);
        match print(kind, value) {
            Ok(pdf) => prop_assert!(pdf.starts_with(b"%PDF-")),
            Err(DocumentError::Payload(_)) => {}
            Err(error) => prop_assert!(false, "{}: {}", kind.name(), error),
        }
    }

    #[test]
    fn any_value_in_any_place_is_a_paper_or_a_refusal(kind in 0..Kind::ALL.len(), place in 0..400_usize, any in any_json()) {
        let kind = Kind::ALL[kind];
        let mut value = example(kind.name());
        put(&mut value, &mut place.clone(), &any);
        match print(kind, value) {
            Ok(pdf) => prop_assert!(pdf.starts_with(b"%PDF-")),
            Err(DocumentError::Payload(_) | DocumentError::TooLong { .. }) => {}
            Err(error) => prop_assert!(false, "{}: {}", kind.name(), error),
        }
    }
}
