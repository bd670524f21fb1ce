//! The grids and the appreciation sheet.

use crate::{at, base, faults, line_of, only, with};

/// Replaces the first `from` after `near`.
fn after(near: &str, from: &str, to: &str) -> String {
    let text = base();
    let at = text.find(near).unwrap_or_else(|| panic!("no « {near} »"));
    assert!(text[at..].contains(from), "« {from} » after « {near} »");
    format!("{}{}", &text[..at], text[at..].replacen(from, to, 1))
}

#[test]
fn a_code_is_given_once_whatever_the_grid() {
    for (from, to, key, code) in [
        (
            "code = \"SISR_C2\"",
            "code = \"SISR_C1\"",
            "assessment.grids[1].blocks[1].lines[2]",
            "SISR_C1",
        ),
        (
            "code = \"SLAM_D4\"",
            "code = \"SISR_E5\"",
            "assessment.grids[2].blocks[3].lines[4]",
            "SISR_E5",
        ),
    ] {
        let set = with(from, to);
        let found = faults(&set);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].key, key);
        assert_eq!(
            found[0].reason,
            format!("le code « {code} » est déjà pris plus haut")
        );
        // The line of the second, not of the first.
        let second = line_of(&base(), from);
        assert_eq!(found[0].line, second);
    }
    let set = with("code = \"SLAM_M\"", "code = \"SLAM_C\"");
    let found = faults(&set);
    assert_eq!(found[0].key, "assessment.grids[2].blocks[2]");
    assert_eq!(
        found[0].reason,
        "le code « SLAM_C » est déjà pris plus haut"
    );
    let set = with("\ncode = \"SLAM\"\n", "\ncode = \"SISR\"\n");
    let found = faults(&set);
    assert_eq!(found[0].key, "assessment.grids[2]");
    assert_eq!(found[0].reason, "le code « SISR » est déjà pris plus haut");
    let set = with("code = \"none_presented\"", "code = \"one_missing\"");
    assert_eq!(faults(&set)[0].key, "assessment.appreciation.boxes[2]");
    let set = with("code = \"phase2\"", "code = \"phase1\"");
    assert_eq!(faults(&set)[0].key, "assessment.appreciation.parts[2]");
}

#[test]
fn a_word_that_is_missing_is_told_where_it_lacks() {
    for (from, to, key) in [
        (
            "label = \"Modéliser une solution applicative\"",
            "label = \"\"",
            "assessment.grids[2].blocks[1].lines[3].label",
        ),
        (
            "label = \"Gérer les données\"",
            "label = \"\"",
            "assessment.grids[2].blocks[3].label",
        ),
        (
            "\"Des alertes adaptées à la criticité du service sont générées.\"",
            "\"\"",
            "assessment.grids[1].blocks[3].indicators[14]",
        ),
        (
            "\"le rapport de tests est rédigé ;\"",
            "\"\"",
            "assessment.grids[1].blocks[2].indicators[7].details[3]",
        ),
        (
            "penalties_title = \"Liste des pénalités retenues\"",
            "penalties_title = \"\"",
            "assessment.front.penalties_title",
        ),
        (
            "session = \"SESSION\"",
            "session = \"\"",
            "assessment.head.session",
        ),
        (
            "visas = \"Visa des membres de la commission d’interrogation\"",
            "visas = \"\"",
            "assessment.appreciation.visas",
        ),
    ] {
        let set = with(from, to);
        let line = line_of(&base(), from);
        let found = faults(&set);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(
            (found[0].line, found[0].key.as_str()),
            (line, key),
            "{found:?}"
        );
        assert_eq!(found[0].reason, "ce texte est vide");
    }
    for (gone, key) in [
        (
            "report = \"Note à reporter sur la fiche d’appréciation destinée à la personne candidate\"\n",
            "assessment.front.report",
        ),
        (
            "levels = \"Niveaux de maîtrise\"\n",
            "assessment.back.levels",
        ),
        (
            "demanded = \"competences\"\n",
            "assessment.coverage.demanded",
        ),
        (
            "penalty_up_to = \"(jusqu’à {points} points de pénalité)\"\n",
            "assessment.front.penalty_up_to",
        ),
        ("source = \"Annexe 9-5-A\"\n", "assessment.grids[1].source"),
    ] {
        let found = faults(&with(gone, ""));
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(
            (found[0].key.as_str(), found[0].reason.as_str()),
            (key, "cette clé manque")
        );
    }
}

#[test]
fn a_row_of_descriptors_has_a_cell_a_value() {
    let row = "        \"Ne traite pas les erreurs\",\n";
    let set = with(row, "");
    let found = faults(&set);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].key, "assessment.scale.descriptors[4]");
    assert_eq!(
        found[0].reason,
        "5 cellules sont attendues, une par niveau « non évalué » compris (ici 4)"
    );
    // The line of the row, which opens two lines above that cell.
    assert_eq!(found[0].line, line_of(&base(), row) - 2);

    let set = with(", \"Excellente maitrise\"]", "]");
    assert_eq!(
        at(&set, "labels = ["),
        only(
            "assessment.scale.labels",
            "5 valeurs sont attendues, une par niveau « non évalué » compris (ici 4)"
        )
    );
    let set = with("\"Excellente maitrise\"]", "\"Bonne maitrise\"]");
    assert_eq!(
        at(&set, "labels = ["),
        only(
            "assessment.scale.labels[5]",
            "cette valeur est déjà écrite plus haut"
        )
    );
    // The first row has nothing above it that could go on.
    let set = with(
        "\"Sous-compétence non évaluée au travers de la situation retenue\"",
        "\"\"",
    );
    assert_eq!(faults(&set)[0].key, "assessment.scale.descriptors[1][1]");
    let set = with(
        "descriptors = [\n",
        "descriptors = [\n[\"a\", \"b\", \"c\", \"d\", \"e\"],\n[\"\", \"\", \"\", \"\", \"\"],\n",
    );
    assert_eq!(
        at(&set, "[\"\", \"\", \"\", \"\", \"\"]"),
        only(
            "assessment.scale.descriptors[2]",
            "toutes les cellules de cette ligne sont vides"
        )
    );
}

#[test]
fn a_box_is_ticked_by_a_penalty_that_exists() {
    let set = with(
        "penalty = \"one_realisation_missing\"",
        "penalty = \"two_missing\"",
    );
    assert_eq!(
        at(&set, "penalty = \"two_missing\""),
        only(
            "assessment.appreciation.boxes[1].penalty",
            "aucune pénalité ne porte le code « two_missing »"
        )
    );
}

#[test]
fn a_block_has_lines_or_boxes_of_its_own() {
    let text = base();
    let block = text.find("label = \"Gérer les données\"").unwrap();
    let start = block + text[block..].find("lines = [").unwrap();
    let end = start + text[start..].find("]\n").unwrap() + 2;
    let without = format!("{}{}", &text[..start], &text[end..]);
    let emptied = format!("{}lines = []\n{}", &text[..start], &text[end..]);
    for set in [&without, &emptied] {
        assert_eq!(
            at(set, "[[assessment.grids.blocks]]\ncode = \"SLAM_D\""),
            only("assessment.grids[2].blocks[3]", "ce bloc n’a pas de lignes")
        );
    }
    let set = format!("{}boxes = true\n{}", &text[..start], &text[start..]);
    assert_eq!(
        at(&set, "lines = [\n    { code = \"SLAM_D1\""),
        only(
            "assessment.grids[2].blocks[3].lines",
            "les cases de ce bloc sont sur sa propre ligne : ce qui le compose s’écrit dans sub_lines"
        )
    );
    let set = format!("{}sub_lines = [\"a\"]\n{}", &text[..start], &text[start..]);
    assert_eq!(
        at(&set, "sub_lines = [\"a\"]"),
        only(
            "assessment.grids[2].blocks[3].sub_lines",
            "ce bloc n’a pas de cases sur sa propre ligne : ses lignes s’écrivent dans lines"
        )
    );
    // A block's own line takes its code among the lines too.
    let set = format!("{}boxes = true\n{}", &text[..start], &text[end..])
        .replace("code = \"SLAM_D\"", "code = \"SISR_C1\"");
    assert_eq!(
        at(&set, "[[assessment.grids.blocks]]\ncode = \"SISR_C1\""),
        only(
            "assessment.grids[2].blocks[3]",
            "le code « SISR_C1 » est déjà pris plus haut"
        )
    );
}

#[test]
fn each_option_has_one_grid() {
    let text = base();
    let start = text
        .find("[[assessment.grids]]\nsource = \"Annexe 9-5-B\"")
        .unwrap();
    let end = text.find("# lecture : chaque texte de la fiche").unwrap();
    let set = format!("{}{}", &text[..start], &text[end..]);
    assert_eq!(
        at(&set, "[[assessment.grids]]"),
        only("assessment.grids", "l’option SLAM n’a pas de grille")
    );
    let set = with("options = [\"SLAM\"]", "options = [\"SLAM\", \"SISR\"]");
    assert_eq!(
        at(&set, "options = [\"SLAM\", \"SISR\"]"),
        only(
            "assessment.grids[2].options[2]",
            "l’option SISR a déjà une grille"
        )
    );
    let set = with("options = [\"SLAM\"]", "options = [\"SIRS\"]");
    assert_eq!(
        at(&set, "options = [\"SIRS\"]"),
        only(
            "assessment.grids[2].options[1]",
            "« SIRS » n’est pas connu ; valeurs possibles : SISR, SLAM"
        )
    );
    let start = text.find("[options.SLAM]").unwrap();
    let end = text.find("# Le numéro de l’annexe").unwrap();
    let set = format!("{}{}", &text[..start], &text[end..]);
    assert_eq!(
        at(&set, "options = [\"SLAM\"]"),
        only(
            "assessment.grids[2].options[1]",
            "l’épreuve n’existe pas dans l’option SLAM"
        )
    );
}

#[test]
fn what_stands_in_braces_is_known() {
    for (near, from, to, key, known) in [
        (
            "[assessment.front]",
            "title = \"ANNEXE {annexe}",
            "title = \"ANNEXE {anexe}",
            "assessment.front.title",
            "{annexe}",
        ),
        (
            "[assessment.head]",
            "{intitule}",
            "{titre}",
            "assessment.head.exam",
            "{epreuve}, {intitule}, {option}",
        ),
        (
            "[assessment.front]",
            "({points} points",
            "({points points",
            "assessment.front.penalty_fixed",
            "{points}",
        ),
        (
            "source = \"Annexe 9-5-A\"",
            "{epreuve} -",
            "{option} -",
            "assessment.grids[1].back_title",
            "{annexe}, {epreuve}",
        ),
        (
            "code = \"phase1\"",
            "{minutes}",
            "{}",
            "assessment.appreciation.parts[1].title",
            "{phase}, {minutes}",
        ),
    ] {
        let set = after(near, from, to);
        assert_eq!(
            at(&set, to),
            only(
                key,
                &format!("entre accolades, seuls ces mots sont remplacés ici : {known}")
            )
        );
    }
}

#[test]
fn a_form_has_an_annex_number_a_part_its_phase_and_a_reference_its_words() {
    let set = with("grille = \"9-5\"\n", "");
    let found: Vec<_> = faults(&set)
        .into_iter()
        .map(|f| (f.key, f.reason))
        .collect();
    let reason = "ce document n’a pas de numéro d’annexe (annexes.grille)".to_owned();
    assert_eq!(
        found,
        [
            ("assessment.grids[1]".to_owned(), reason.clone()),
            ("assessment.grids[2]".to_owned(), reason)
        ]
    );
    let set = after("code = \"phase2\"", "phase = \"E2\"", "phase = \"E3\"");
    assert_eq!(
        at(&set, "phase = \"E3\""),
        only(
            "assessment.appreciation.parts[2].phase",
            "aucune phase ne porte le code « E3 »"
        )
    );
    let set = with("code = \"phase2\"", "code = \"appreciation\"");
    assert_eq!(
        at(
            &set,
            "[[assessment.appreciation.parts]]\ncode = \"appreciation\""
        ),
        only(
            "assessment.appreciation.parts[2]",
            "ce code est celui de l’appréciation elle-même"
        )
    );
    let set = with("printed = \"annexe 8\"", "printed = \"annexe 12\"");
    assert_eq!(
        at(&set, "printed = \"annexe 12\""),
        only(
            "assessment.front.references[2].printed",
            "aucun paragraphe du recto ne porte ces mots"
        )
    );
    let set = with("document = \"environnement\"", "document = \"bordereau\"");
    assert_eq!(
        at(&set, "document = \"bordereau\""),
        only(
            "assessment.front.references[2]",
            "ce document n’a pas de numéro d’annexe (annexes.bordereau)"
        )
    );
}
