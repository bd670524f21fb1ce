//! The day, the course and the templates.

use crate::{at, base, faults, only, with};

#[test]
fn the_day_holds_together() {
    for (from, to, key, reason) in [
        (
            "grid = 5",
            "grid = 0",
            "day.grid",
            "doit être compris entre 1 et 60 (ici 0)",
        ),
        (
            "grid = 5",
            "grid = 61",
            "day.grid",
            "doit être compris entre 1 et 60 (ici 61)",
        ),
        (
            "grid = 5",
            "grid = -5",
            "day.grid",
            "doit être compris entre 1 et 60 (ici -5)",
        ),
        (
            "open = 08:00:00",
            "open = 08:02:00",
            "day.open",
            "doit être un multiple de la grille (5 minutes)",
        ),
        (
            "lunch = 60",
            "lunch = 58",
            "day.lunch",
            "doit être un multiple de la grille (5 minutes)",
        ),
        (
            "lunch = 60",
            "lunch = 185",
            "day.lunch",
            "doit être compris entre 0 et 180 (ici 185)",
        ),
        (
            "lunch_window = [11:00:00, 14:00:00]",
            "lunch_window = [14:00:00, 11:00:00]",
            "day.lunch_window",
            "la fin doit venir après le début",
        ),
        (
            "lunch_window = [11:00:00, 14:00:00]",
            "lunch_window = [11:00:00, 11:55:00]",
            "day.lunch_window",
            "la pause n’y tient pas",
        ),
        (
            "lunch_window = [11:00:00, 14:00:00]",
            "lunch_window = [07:55:00, 14:00:00]",
            "day.lunch_window",
            "doit se trouver entre l’ouverture et la fermeture",
        ),
        (
            "lunch_window = [11:00:00, 14:00:00]",
            "lunch_window = [11:00:00, 17:05:00]",
            "day.lunch_window",
            "doit se trouver entre l’ouverture et la fermeture",
        ),
        (
            "lunch_window = [11:00:00, 14:00:00]",
            "lunch_window = [11:00:00]",
            "day.lunch_window",
            "deux heures sont attendues : le début et la fin",
        ),
        (
            "preparation = 180",
            "preparation = 485",
            "day.preparation",
            "doit être compris entre 0 et 480 (ici 485)",
        ),
        (
            "arrival = 20",
            "arrival = 121",
            "day.arrival",
            "doit être compris entre 0 et 120 (ici 121)",
        ),
        (
            "environments = 2",
            "environments = 5",
            "day.environments",
            "doit être compris entre 0 et 4 (ici 5)",
        ),
    ] {
        let set = with(from, to);
        assert_eq!(at(&set, to), only(key, reason), "{to}");
    }
    let set = with("close = 17:00:00", "close = 08:00:00");
    let found: Vec<_> = faults(&set)
        .into_iter()
        .map(|f| (f.key, f.reason))
        .collect();
    assert_eq!(
        found[0],
        (
            "day.close".to_owned(),
            "la fermeture doit venir après l’ouverture".to_owned()
        )
    );
}

#[test]
fn the_course_holds_together() {
    for (from, to, near, key, reason) in [
        (
            "minutes = 60",
            "minutes = 0",
            "minutes = 0",
            "course.phases[3].minutes",
            "doit être compris entre 1 et 480 (ici 0)",
        ),
        (
            "minutes = 60",
            "minutes = 62",
            "minutes = 62",
            "course.phases[3].minutes",
            "doit être un multiple de la grille (5 minutes)",
        ),
        (
            "margin = 10",
            "margin = 3",
            "margin = 3",
            "course.phases[3].margin",
            "doit être un multiple de la grille (5 minutes)",
        ),
        (
            "code = \"E2\"",
            "code = \"E1\"",
            "[[course.phases]]\ncode = \"E1\"\nname = \"Recette",
            "course.phases[4]",
            "le code « E1 » est déjà pris plus haut",
        ),
        (
            "name = \"Harmonisation\"",
            "explanation = \"Bonjour.\"\nname = \"Harmonisation\"",
            "explanation = \"Bonjour.\"",
            "course.phases[5].explanation",
            "le candidat n’est pas présent à cette phase : rien à lui expliquer",
        ),
        (
            "floating = true",
            "floating = true\nmargin = 5",
            "[[course.phases]]\ncode = \"H\"",
            "course.phases[5]",
            "une phase flottante n’a pas de marge",
        ),
        (
            "floating = true",
            "floating = true\nextra_time = \"interview\"",
            "[[course.phases]]\ncode = \"H\"",
            "course.phases[5]",
            "le temps majoré est celui du candidat : il doit être présent",
        ),
        (
            "floating = true",
            "floating = true\nenvironment = true",
            "[[course.phases]]\ncode = \"H\"",
            "course.phases[5]",
            "seule une phase de la commission seule, sans environnement, peut flotter",
        ),
        (
            "commission = true\nfloating = true",
            "floating = true",
            "[[course.phases]]\ncode = \"H\"",
            "course.phases[5]",
            "ni le candidat ni la commission n’est présent à cette phase",
        ),
        (
            "minutes = 60",
            "minutes = 455",
            "[[course.phases]]",
            "course.phases",
            "le parcours dure 545 minutes et ne tient pas dans la journée",
        ),
    ] {
        let set = with(from, to);
        assert_eq!(at(&set, near), only(key, reason), "{to}");
    }
    let set = with("minutes = 60", "minutes = 450");
    assert_eq!(faults(&set), [], "a course may fill the day");
}

#[test]
fn what_floats_comes_last() {
    let set = with(
        "code = \"E2\"",
        "code = \"V\"\nname = \"V\"\nminutes = 5\ncommission = true\nfloating = true\n\n[[course.phases]]\ncode = \"E2\"",
    );
    assert_eq!(
        at(&set, "[[course.phases]]"),
        only(
            "course.phases",
            "la phase « E2 » suit une phase flottante : les flottantes viennent en dernier"
        )
    );
}

#[test]
fn a_candidate_is_there_somewhere_and_is_told_why() {
    let set = with(
        "explanation = \"Vous étudiez l’expression des besoins qui vous est remise et vous préparez le premier entretien.\"\n",
        "",
    );
    assert_eq!(
        at(&set, "[[course.phases]]"),
        only("course.phases[1].explanation", "cette clé manque")
    );
    let text = base();
    let start = text.find("[[course.phases]]").unwrap();
    let end = text.find("[[course.phases]]\ncode = \"H\"").unwrap();
    let set = format!("{}{}", &text[..start], &text[end..])
        .replace("environments = 2", "environments = 0");
    assert_eq!(
        at(&set, "[[course.phases]]"),
        only("course.phases", "le candidat n’est présent à aucune phase")
    );
    let set = format!("{}{}", &text[..start], &text[text.find("# ---------------------------------------------------------------------------------------------------------------------\n# La journée").unwrap()..])
        .replace("[course]\n", "[course]\nphases = []\n");
    assert_eq!(
        at(&set, "phases = []"),
        only("course.phases", "cette liste est vide")
    );
}

#[test]
fn environments_are_there_exactly_when_a_phase_occupies_one() {
    let set = with("environments = 2", "environments = 0");
    assert_eq!(
        at(&set, "[[course.phases]]"),
        only(
            "course.phases",
            "une phase occupe un environnement, et day.environments vaut 0"
        )
    );
    let set = base().replace("environment = true", "environment = false");
    assert_eq!(
        at(&set, "[[course.phases]]"),
        only(
            "course.phases",
            "aucune phase n’occupe d’environnement, et day.environments n’est pas nul"
        )
    );
}

#[test]
fn templates_hold_together() {
    let second = "{ preparation = false, max = 5, hard_max = 6 }";
    for (to, key, reason) in [
        (
            "{ preparation = false, max = 5, hard_max = 4 }",
            "days[2].hard_max",
            "doit être au moins égal à max (5)",
        ),
        (
            "{ preparation = false, max = 0, hard_max = 0 }",
            "days[2].max",
            "un jour sans préparation reçoit au moins un candidat",
        ),
        (
            "{ preparation = true, max = 0, hard_max = 1 }",
            "days[2].hard_max",
            "personne n’est interrogé un jour de préparation seule",
        ),
        ("{ preparation = false, max = 51, hard_max = 51 }", "", ""),
        (
            "{ preparation = false, max = 5 }",
            "days[2].hard_max",
            "cette clé manque",
        ),
        (
            "5, # ici",
            "days[2]",
            "valeur attendue : une table ; valeur trouvée : un nombre entier",
        ),
    ] {
        let set = with(second, to);
        let found = at(&set, to);
        if reason.is_empty() {
            assert_eq!(found.len(), 2, "both numbers are out of bounds");
        } else {
            assert_eq!(found, only(&format!("templates[1].{key}"), reason), "{to}");
        }
    }
    let set = with("code = \"lot-de-dix\"", "code = \"9-4\"");
    let near = "[[templates]]\nsource = \"Annexe 9 : une";
    assert_eq!(
        at(&set, near),
        only("templates[2]", "le code « 9-4 » est déjà pris plus haut")
    );
    let text = base();
    let days = &text[text
        .find("days = [\n    { preparation = true, max = 3")
        .unwrap()..];
    let days = &days[..days.find("\n]").unwrap() + 2];
    let set = text.replace(
        days,
        "days = [{ preparation = true, max = 0, hard_max = 0 }]",
    );
    assert_eq!(
        at(&set, "days = [{ preparation = true"),
        only(
            "templates[1].days",
            "personne n’est interrogé aucun de ces jours"
        )
    );
    let set = text.replace(days, "days = []");
    assert_eq!(
        at(&set, "days = []"),
        only("templates[1].days", "cette liste est vide")
    );
    let set = text.replace("preparation = 180", "preparation = 0");
    let found = faults(&set);
    assert_eq!(found.len(), 2);
    assert!(
        found[0]
            .reason
            .starts_with("cette épreuve n’a pas de demi-journée de préparation")
    );
}
