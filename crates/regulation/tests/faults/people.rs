//! Commissions, absences and penalties.

use crate::{at, base, faults, line_of, only, with};

#[test]
fn a_commission_has_no_more_of_a_kind_than_members() {
    for (from, to, key, reason) in [
        (
            "of_option = 1",
            "of_option = 3",
            "ccf.of_option",
            "doit être compris entre 0 et 2 (ici 3)",
        ),
        (
            "of_option = \"all\"",
            "of_option = \"half\"",
            "ponctuelle.of_option",
            "« half » n’est pas connu ; valeurs possibles : all",
        ),
        (
            "teachers_min = 1 # lecture : un",
            "teachers_min = 3 # lecture : un",
            "ponctuelle.teachers_min",
            "doit être compris entre 0 et 2 (ici 3)",
        ),
    ] {
        let set = with(from, to);
        assert_eq!(
            at(&set, to),
            only(&format!("composition.{key}"), reason),
            "{to}"
        );
    }
    let set = base().replace("professionals_min = 0", "professionals_min = 2");
    let found: Vec<_> = faults(&set)
        .into_iter()
        .map(|f| (f.key, f.reason))
        .collect();
    let reason =
        "il faut plus de professeurs et de professionnels qu’il n’y a de membres".to_owned();
    assert_eq!(
        found,
        [
            ("composition.ponctuelle".to_owned(), reason.clone()),
            ("composition.ccf".to_owned(), reason)
        ]
    );
}

#[test]
fn every_form_has_its_sentences_and_its_absences() {
    // Without the ponctuelle's commission, its sentences and its absences are about nobody.
    let text = base();
    let start = text.find("[composition.ponctuelle]").unwrap();
    let end = text.find("[composition.ccf]").unwrap();
    let set = format!("{}{}", &text[..start], &text[end..]);
    let keys: Vec<_> = faults(&set).into_iter().map(|f| f.key).collect();
    assert_eq!(
        keys,
        [
            "convocation.absence.ponctuelle",
            "convocation.tell.ponctuelle",
            "absences[5].form",
            "absences[6].form",
            "absences[7].form",
            "absences[8].form",
        ]
    );
    let set = text.replacen(
        "ccf = \"En cas d’empêchement",
        "autre = \"En cas d’empêchement",
        1,
    );
    let found: Vec<_> = faults(&set).into_iter().map(|f| f.key).collect();
    assert_eq!(found, ["convocation.tell.ccf", "convocation.tell.autre"]);
}

#[test]
fn the_table_of_absences_is_whole_and_without_doubles() {
    let set = with(
        "kind = \"justified\"\nconsequence = \"new_date\"",
        "kind = \"unjustified\"\nconsequence = \"new_date\"",
    );
    let found: Vec<_> = faults(&set)
        .into_iter()
        .map(|f| (f.line, f.key, f.reason))
        .collect();
    let first = line_of(&set, "[[absences]]");
    assert_eq!(
        found,
        [
            (
                first,
                "absences".to_owned(),
                "il manque la ligne « ccf, justified »".to_owned()
            ),
            (
                line_of(
                    &set,
                    "[[absences]]\nform = \"ccf\"\nkind = \"unjustified\"\nconsequence = \"absent\""
                ),
                "absences[2]".to_owned(),
                "la ligne « ccf, unjustified » est déjà écrite plus haut".to_owned()
            ),
        ]
    );
    let set = with("consequence = \"new_date\"", "consequence = \"rattrapage\"");
    assert_eq!(
        at(&set, "rattrapage"),
        only(
            "absences[1].consequence",
            "« rattrapage » n’est pas connu ; valeurs possibles : new_date, absent, zero_diploma_possible"
        )
    );
}

#[test]
fn penalties_hold_together() {
    for (from, to, near, key, reason) in [
        (
            "points = 10",
            "points = 0",
            "points = 0",
            "[1].points",
            "doit être compris entre 1 et 20 (ici 0)",
        ),
        (
            "points = 20",
            "points = 21",
            "points = 21",
            "[2].points",
            "doit être compris entre 1 et 20 (ici 21)",
        ),
        (
            "points = 10",
            "points = 2.5",
            "points = 2.5",
            "[1].points",
            "valeur attendue : un nombre entier ; valeur trouvée : une autre écriture",
        ),
        (
            "points = [1, 15]",
            "points = [15, 1]",
            "points = [15, 1]",
            "[3].points",
            "le moins dépasse le plus",
        ),
        (
            "points = [1, 15]",
            "points = [15]",
            "points = [15]",
            "[3].points",
            "un nombre de points est attendu, ou deux : le moins et le plus",
        ),
        (
            "excludes = [\"one_realisation_missing\"]",
            "excludes = [\"both_realisations_missing\"]",
            "points = 20\nexcludes",
            "[2].excludes[1]",
            "une pénalité ne s’exclut pas elle-même",
        ),
        (
            "excludes = [\"one_realisation_missing\"]",
            "excludes = [\"other\"]",
            "excludes = [\"other\"]",
            "[2].excludes[1]",
            "aucune pénalité ne porte le code « other »",
        ),
        (
            "code = \"environment_not_conforming\"",
            "code = \"both_realisations_missing\"",
            "[[mark.penalties]]\ncode = \"both_realisations_missing\"\nlabel = \"Env",
            "[3]",
            "le code « both_realisations_missing » est déjà pris plus haut",
        ),
        (
            "\"up-then-penalties\"",
            "\"nearest\"",
            "nearest",
            "",
            "« nearest » n’est pas connu ; valeurs possibles : up-then-penalties",
        ),
    ] {
        let set = with(from, to);
        let key = if key.is_empty() {
            "mark.rounding".to_owned()
        } else {
            format!("mark.penalties{key}")
        };
        let near = if near.starts_with("points = 20\n") {
            "excludes = [\"both_realisations_missing\"]\n\n[[mark.penalties]]\ncode = \"environment"
        } else {
            near
        };
        assert_eq!(at(&set, near), only(&key, reason), "{to}");
    }
}
