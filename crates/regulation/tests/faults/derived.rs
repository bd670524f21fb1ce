//! Sets based on others.

use std::borrow::Cow;

use delos_regulation::{Source, check, shipped};

/// Sets that only exist in these tests.
fn known(id: &str) -> Option<Source> {
    let text = match id {
        "a" => "id = \"a\"\nbased_on = \"b\"",
        "b" => "id = \"b\"\nbased_on = \"a\"",
        "liar" => "id = \"someone-else\"\nbased_on = \"liar\"",
        "broken" => "id = \"broken\"\nbased_on = \"bts-sio-2024-e5\"\n[day",
        "wrong" => {
            "id = \"wrong\"\nsource = \"x\"\nbased_on = \"bts-sio-2024-e5\"\n\n[day]\narrival = 500"
        }
        _ => return shipped(id),
    };
    Some(Source {
        file: format!("{id}.toml"),
        text: Cow::Borrowed(text),
    })
}

fn derived(base: &str) -> Vec<String> {
    let set = format!("id = \"x\"\nsource = \"y\"\n\nbased_on = \"{base}\"");
    check(&set, "x.toml", &known)
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn a_set_is_based_on_one_that_exists_and_not_on_itself() {
    assert_eq!(derived("bts-sio-2024-e5"), [""; 0]);
    assert_eq!(derived("bts-sio-2026-e6"), [""; 0]);
    assert_eq!(
        derived("nowhere"),
        ["x.toml:4: based_on : aucun jeu de règles ne porte l’identifiant « nowhere »"]
    );
    assert_eq!(
        derived("x"),
        ["x.toml:4: based_on : le jeu « x » est fondé sur lui-même"]
    );
    assert_eq!(
        derived("a"),
        ["b.toml:2: based_on : le jeu « a » est fondé sur lui-même"]
    );
    assert_eq!(
        derived("liar"),
        ["liar.toml:2: based_on : le jeu « liar » est fondé sur lui-même"]
    );
    assert_eq!(
        derived("broken"),
        ["broken.toml:3: écriture TOML incorrecte : crochet fermant manquant"]
    );
    assert_eq!(
        check("based_on = 3", "x.toml", &known)[0].to_string(),
        "x.toml:1: based_on : l’identifiant d’un jeu de règles est attendu, entre guillemets"
    );
}

#[test]
fn a_fault_of_the_base_is_told_in_the_base() {
    assert_eq!(
        derived("wrong"),
        ["wrong.toml:6: day.arrival : doit être compris entre 0 et 120 (ici 500)"]
    );
    let set = "id = \"x\"\nsource = \"y\"\nbased_on = \"wrong\"\n\n[day]\narrival = 15";
    assert_eq!(check(set, "x.toml", &known), []);
}

#[test]
fn a_derived_set_says_itself_what_it_is_and_where_it_comes_from() {
    let keys: Vec<_> = check("based_on = \"bts-sio-2024-e5\"", "x.toml", &shipped)
        .into_iter()
        .map(|f| (f.file, f.line, f.key))
        .collect();
    assert_eq!(
        keys,
        [
            ("x.toml".to_owned(), 1, "id".to_owned()),
            ("x.toml".to_owned(), 1, "source".to_owned())
        ]
    );
}

#[test]
fn what_a_derived_set_writes_wrong_is_told_in_it() {
    let set = "id = \"x\"\nsource = \"y\"\nbased_on = \"bts-sio-2024-e5\"\n\n[day]\narival = 15\n\n[annexes]\ngrille = 5";
    let found: Vec<_> = check(set, "x.toml", &shipped)
        .into_iter()
        .map(|f| (f.file, f.line, f.key))
        .collect();
    assert_eq!(
        found,
        [
            ("x.toml".to_owned(), 6, "day.arival".to_owned()),
            ("x.toml".to_owned(), 9, "annexes.grille".to_owned())
        ]
    );
}
