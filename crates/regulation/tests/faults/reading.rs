//! Reading: kinds of values, keys, texts, TOML itself.

use crate::{at, base, faults, line_of, only, with};

#[test]
fn a_fault_is_printed_with_file_line_key_and_reason() {
    let set = with("grid = 5", "grid = 7");
    let fault = &faults(&set)[0];
    assert_eq!(
        fault.to_string(),
        format!(
            "essai.toml:{}: day.grid : doit diviser une heure (60 minutes), et 7 ne la divise pas",
            line_of(&set, "grid = 7")
        )
    );
}

#[test]
fn an_unknown_key_is_refused_on_its_line() {
    for (table, key) in [("[day]", "day"), ("[mark]", "mark"), ("[course]", "course")] {
        let set = with(&format!("{table}\n"), &format!("{table}\nsurprise = 1\n"));
        let found = at(&set, "surprise");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, format!("{key}.surprise"));
        assert!(
            found[0]
                .1
                .starts_with("clé inconnue ; clés possibles ici : "),
            "{}",
            found[0].1
        );
    }
    let set = with("[day]\n", "[jour]\nx = 1\n\n[day]\n");
    assert_eq!(at(&set, "[jour]")[0].0, "jour");
    let set = with("[options.SLAM]", "[options.SIRS]");
    let found = at(&set, "[options.SIRS]");
    assert_eq!(
        found,
        only(
            "options.SIRS",
            "clé inconnue ; clés possibles ici : SISR, SLAM"
        )
    );
}

#[test]
fn a_missing_key_is_told_on_the_line_of_its_table() {
    for (gone, key, table) in [
        ("close = 17:00:00\n", "day.close", "[day]"),
        (
            "rounding = \"up-then-penalties\"\n",
            "mark.rounding",
            "[mark]",
        ),
        (
            "code = \"R\"\n",
            "course.phases[3].code",
            "[[course.phases]]\nname = \"Réalisation\"",
        ),
        ("inspection = ", "convocation.inspection", "[convocation]"),
        (
            "diploma = \"BTS Services informatiques aux organisations\"\n",
            "diploma",
            "# BTS",
        ),
    ] {
        let text = base();
        let start = text.find(gone).unwrap();
        let end = start + text[start..].find('\n').unwrap() + 1;
        let set = format!("{}{}", &text[..start], &text[end..]);
        assert_eq!(at(&set, table), only(key, "cette clé manque"), "{key}");
    }
}

#[test]
fn a_missing_table_and_a_missing_source_are_told() {
    let text = base();
    for (gone, next, key) in [
        ("[mark]", "[assessment]", "mark"),
        ("[assessment]", "", "assessment"),
    ] {
        let start = text.find(gone).unwrap();
        let end = if next.is_empty() {
            text.len()
        } else {
            text.find(next).unwrap()
        };
        let set = format!("{}{}", &text[..start], &text[end..]);
        assert_eq!(at(&set, "# BTS"), only(key, "cette clé manque"));
    }
    let set = text.replacen("source = \"Annexe II.D, épreuve E5, option SISR\"\n", "", 1);
    assert_eq!(
        at(&set, "[options.SISR]"),
        only("options.SISR.source", "cette clé manque")
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_told_in_words() {
    for (from, to, key, reason) in [
        (
            "grid = 5",
            "grid = \"5\"",
            "day.grid",
            "valeur attendue : un nombre entier ; valeur trouvée : un texte",
        ),
        (
            "grid = 5",
            "grid = 5.0",
            "day.grid",
            "valeur attendue : un nombre entier ; valeur trouvée : une autre écriture",
        ),
        (
            "open = 08:00:00",
            "open = 480",
            "day.open",
            "valeur attendue : une heure comme 08:00:00 ; valeur trouvée : un nombre entier",
        ),
        (
            "open = 08:00:00",
            "open = 08:00:30",
            "day.open",
            "valeur attendue : une heure comme 08:00:00 ; valeur trouvée : une autre écriture",
        ),
        (
            "own_school = false",
            "own_school = 0",
            "composition.ponctuelle.own_school",
            "valeur attendue : true ou false ; valeur trouvée : un nombre entier",
        ),
        (
            "exam_code = \"E5\"",
            "exam_code = 5",
            "exam_code",
            "valeur attendue : un texte entre guillemets ; valeur trouvée : un nombre entier",
        ),
        (
            "excludes = [\"both_realisations_missing\"]",
            "excludes = true",
            "mark.penalties[1].excludes",
            "valeur attendue : une liste ; valeur trouvée : true ou false",
        ),
    ] {
        let set = with(from, to);
        assert_eq!(at(&set, to), only(key, reason), "{to}");
    }
}

#[test]
fn a_text_is_one_line_that_says_something() {
    let long = "a".repeat(601);
    for (text, reason) in [
        ("", "ce texte est vide"),
        ("   ", "ce texte est vide"),
        (
            "a\\nb",
            "ce texte contient un saut de ligne ou un caractère de commande",
        ),
        (" a", "ce texte commence ou finit par une espace"),
        (long.as_str(), "ce texte dépasse 600 caractères"),
    ] {
        let set = with("name = \"Réalisation\"", &format!("name = \"{text}\""));
        assert_eq!(
            at(&set, &format!("name = \"{text}\"")),
            only("course.phases[3].name", reason)
        );
    }
    let set = with("exam_code = \"E5\"", "exam_code = \"épreuve 5\"");
    assert_eq!(
        at(&set, "épreuve 5"),
        only(
            "exam_code",
            "un code s’écrit avec des lettres sans accent, des chiffres, « - » et « _ »"
        )
    );
}

#[test]
fn all_faults_are_told_at_once_and_in_the_order_of_the_lines() {
    let set = base()
        .replace("exam_code = \"E5\"", "exam_code = \"\"")
        .replace("minutes = 30", "minutes = 0")
        .replace("arrival = 20", "arrival = 20\nsurprise = true")
        .replace("lateness = ", "retard = ")
        .replace("points = 10", "points = 25");
    let found: Vec<_> = faults(&set).into_iter().map(|f| f.key).collect();
    assert_eq!(
        found,
        [
            "exam_code",
            "course.phases[1].minutes",
            "day.surprise",
            "convocation.lateness",
            "convocation.retard",
            "mark.penalties[1].points"
        ]
    );
}

#[test]
fn toml_that_cannot_be_read_is_told_in_french() {
    for (from, to, near, reason) in [
        (
            "exam_code = \"E5\"",
            "exam_code = E5",
            "exam_code = E5",
            "écriture TOML incorrecte : une valeur manque, ou un texte n’est pas entre guillemets droits",
        ),
        (
            "grid = 5",
            "grid = 5\ngrid = 10",
            "grid = 10",
            "écriture TOML incorrecte : cette clé est écrite deux fois",
        ),
        (
            "lunch = 60",
            "lunch 60",
            "lunch 60",
            "écriture TOML incorrecte : il manque « = » après la clé",
        ),
        (
            "arrival = 20",
            "arrival = 020",
            "arrival = 020",
            "écriture TOML incorrecte : un nombre ne commence pas par zéro",
        ),
    ] {
        let set = with(from, to);
        let found = faults(&set);
        assert!(
            found
                .iter()
                .any(|f| f.line == line_of(&set, near) && f.reason == reason && f.key.is_empty()),
            "{to}: {found:#?}"
        );
    }
    for (text, reason) in [
        ("[day", "crochet fermant manquant"),
        (
            "[",
            "une clé s’écrit avec des lettres sans accent, des chiffres, « - » et « _ »",
        ),
        ("a = 1 b = 2", "la ligne devrait finir ici"),
        ("a = [1", "liste sans crochet fermant"),
        ("a = { b = 1", "accolade fermante manquante"),
        ("a = [\"b\" \"c\"]", "virgule manquante"),
        ("a = [1,, 2]", "virgule de trop"),
        (
            "a = \"x",
            "guillemet fermant manquant, ou caractère interdit dans un texte",
        ),
        (
            "a = \"\\q\"",
            "la barre oblique inverse annonce un caractère qui manque",
        ),
        ("a = = 1", "« = » de trop"),
        (
            "a =",
            "une valeur manque, ou un texte n’est pas entre guillemets droits",
        ),
        ("a = 1__2", "cette écriture ne peut pas être lue"),
    ] {
        let found = faults(text);
        assert!(
            found
                .iter()
                .any(|f| f.reason == format!("écriture TOML incorrecte : {reason}")),
            "{text}: {found:#?}"
        );
    }
}

#[test]
fn an_empty_file_lacks_everything() {
    let found = faults("");
    assert!(
        found
            .iter()
            .all(|f| f.line == 1 && f.reason == "cette clé manque")
    );
    let keys: Vec<_> = found.iter().map(|f| f.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "absences",
            "annexes",
            "assessment",
            "composition",
            "convocation",
            "course",
            "day",
            "diploma",
            "exam_code",
            "id",
            "mark",
            "options",
            "source",
            "templates",
            "unit"
        ]
    );
}
