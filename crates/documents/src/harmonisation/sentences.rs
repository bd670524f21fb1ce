//! The French of every code of the report: one table a kind, and nothing else says them.

/// Cautions.
pub const WARNINGS: [(&str, &str); 16] = [
    (
        "few_candidates",
        "Effectif trop faible : moins de cinq candidats. La ligne est en gris et n’est jamais signalée pour cet écart seul.",
    ),
    (
        "one_candidate",
        "Un seul candidat : aucune dispersion ne peut être mesurée.",
    ),
    (
        "ccf_confounded",
        "En CCF, commission et établissement se confondent : seule la cohérence note/profil est comparable.",
    ),
    (
        "mixed_modes",
        "La commission a entendu des candidats en CCF et d’autres en épreuve ponctuelle.",
    ),
    (
        "mixed_options",
        "La commission a entendu des candidats de plusieurs options.",
    ),
    ("equal_notes", "Toutes ses notes sont identiques."),
    (
        "no_grid",
        "Aucune grille n’est remplie : ses notes sont comparées sans leur profil.",
    ),
    (
        "confounded_column",
        "Deux caractères du fichier disent la même chose (chaque option a son propre mode, par exemple) : un seul est resté dans le modèle.",
    ),
    (
        "one_commission",
        "Le fichier ne contient qu’une commission : il n’y a rien à comparer.",
    ),
    (
        "no_profile",
        "Le fichier n’a pas de colonnes de grille : les notes sont comparées sans leur profil, ce qui compare les candidats autant que les commissions.",
    ),
    (
        "no_variance",
        "Les commissions ne diffèrent pas plus que le hasard ne l’explique.",
    ),
    (
        "no_model",
        "Toutes les notes sont identiques, ou les candidats sont trop peu nombreux : aucun écart ne peut être estimé.",
    ),
    (
        "between_within_differ",
        "La note ne suit pas le profil de la même façon d’une commission à l’autre et au sein d’une commission : une part des grilles porte sans doute sa propre sévérité, ou les candidats diffèrent d’une commission à l’autre.",
    ),
    (
        "separated_item",
        "Certains niveaux d’une ligne de la grille ne sont jamais utilisés : ses seuils sont bornés, à lire avec prudence.",
    ),
    (
        "partly_linked",
        "Les dossiers communs ne relient qu’une partie des commissions : la sévérité de grille n’est comparable qu’à l’intérieur de chaque partie.",
    ),
    (
        "ccf_session",
        "Tous les candidats sont en CCF : commission, établissement et niveau des candidats se confondent. Seule la cohérence entre la note et le profil est comparée.",
    ),
];

/// Signatures: code, name, what it means when it is high, when it is low.
pub const SIGNATURES: [(&str, &str, &str, &str); 11] = [
    (
        "infit",
        "Régularité",
        "niveaux irréguliers, difficiles à prévoir",
        "niveaux trop réguliers",
    ),
    (
        "top_use",
        "Niveau le plus haut",
        "utilise souvent « Excellente maitrise »",
        "utilise rarement « Excellente maitrise »",
    ),
    (
        "bottom_use",
        "Niveau le plus bas",
        "utilise souvent « Non maitrisé »",
        "utilise rarement « Non maitrisé »",
    ),
    (
        "extreme_use",
        "Niveaux extrêmes",
        "utilise souvent les deux extrêmes",
        "utilise rarement les deux extrêmes",
    ),
    (
        "spread",
        "Étendue",
        "sépare beaucoup ses candidats",
        "sépare peu ses candidats",
    ),
    (
        "modal_share",
        "Niveau dominant",
        "remplit chaque grille avec un seul niveau",
        "varie beaucoup les niveaux d’une grille",
    ),
    (
        "note_slope",
        "Pente",
        "la note suit fortement le profil",
        "la note suit peu le profil",
    ),
    (
        "noise",
        "Dispersion",
        "notes dispersées à profil égal",
        "notes très proches de celles que donne le profil",
    ),
    (
        "not_evaluated",
        "Non évalué",
        "beaucoup de cases « Non évalué »",
        "presque aucune case « Non évalué »",
    ),
    (
        "digit_preference",
        "Notes rondes",
        "préfère les notes 8, 10 et 12",
        "évite les notes 8, 10 et 12",
    ),
    (
        "drift",
        "Dérive",
        "plus sévère à la fin qu’au début",
        "moins sévère à la fin qu’au début",
    ),
];

/// Habits: code, badge, sentence.
pub const HABITS: [(&str, &str, &str); 3] = [
    (
        "avoids_top",
        "évite Excellente",
        "Évite « Excellente maitrise » : ce niveau manque, même là où le reste de la grille le laisse attendre.",
    ),
    (
        "halo",
        "halo",
        "Halo : une impression d’ensemble semble remplir toute la grille.",
    ),
    (
        "central_tendency",
        "tendance centrale",
        "Tendance centrale : s’en tient aux niveaux du milieu.",
    ),
];

/// Ways of adjusting: code, name, what it does.
pub const WAYS: [(&str, &str, &str); 5] = [
    (
        "none",
        "Aucun ajustement",
        "Les notes restent celles des commissions.",
    ),
    (
        "full_up",
        "Entier, hausses seules",
        "L’écart estimé des seules commissions signalées plus sévères leur est rendu ; personne ne baisse.",
    ),
    (
        "full",
        "Entier",
        "L’écart estimé des commissions signalées leur est rendu ou repris.",
    ),
    (
        "soft",
        "Au-delà de la tolérance",
        "Seule la part de l’écart qui dépasse la tolérance est rendue ou reprise.",
    ),
    (
        "academy",
        "Retour à la moyenne de l’académie",
        "Chaque commission signalée est ramenée à la moyenne de son académie.",
    ),
];

/// Coefficients of the model: the names that they may have, and what they say.
pub const COEFFICIENTS: [(&[&str], &str); 4] = [
    (&["intercept", "(intercept)", "constant", "1"], "Constante"),
    (
        &["score", "s", "profile", "profil"],
        "Profil (score de 0 à 20)",
    ),
    (&["slam", "option"], "Option SLAM"),
    (&["ccf", "mode"], "CCF"),
];

/// Caveats that the president must be told, verbatim (harmonisation.md §2.10).
pub mod caveats {
    /// Panels 1 and 3.
    pub const SEVERITY: &str = "Cet écart compare la note au profil que la même commission a rempli. Il ne dit pas si la grille elle-même a été remplie sévèrement.";
    /// Panel 7.
    pub const APPARENT: &str = "Niveau apparent des candidats : mélange du niveau réel et de la sévérité de grille. Sans dossier commun ni répartition au hasard, aucune méthode ne peut les séparer.";
    /// Wherever a commission is in CCF.
    pub const CCF: &str = "En CCF, commission et établissement se confondent : seule la cohérence note/profil est comparable.";
    /// Panel 2, for n candidates and so many points.
    pub fn detectable(n: &str, points: &str) -> String {
        format!(
            "Avec n = {n} candidats, un écart inférieur à {points} n’est pas distinguable du hasard."
        )
    }
}

/// The sentence of a caution; an unknown code is shown itself.
pub fn warning(code: &str) -> String {
    WARNINGS
        .iter()
        .find(|(known, _)| *known == code)
        .map_or_else(|| code.to_owned(), |(_, sentence)| (*sentence).to_owned())
}

/// The name of a signature.
pub fn signature(code: &str) -> String {
    SIGNATURES
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or_else(|| code.to_owned(), |(_, name, ..)| (*name).to_owned())
}

/// What a signature means on that side of the others.
pub fn signature_reading(code: &str, z: f64) -> &'static str {
    SIGNATURES
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or(
            "inhabituel",
            |(.., high, low)| if z < 0.0 { low } else { high },
        )
}

/// The badge of a habit.
pub fn habit(code: &str) -> String {
    HABITS
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or_else(|| code.to_owned(), |(_, badge, _)| (*badge).to_owned())
}

/// The name of a way of adjusting, and what it does.
pub fn way(code: &str) -> (String, &'static str) {
    WAYS.iter().find(|(known, ..)| *known == code).map_or_else(
        || (code.to_owned(), ""),
        |(_, name, what)| ((*name).to_owned(), *what),
    )
}

/// What a coefficient is called.
pub fn coefficient(name: &str) -> String {
    let lower = name.to_lowercase();
    COEFFICIENTS
        .iter()
        .find(|(names, _)| names.contains(&lower.as_str()))
        .map_or_else(|| name.to_owned(), |(_, words)| (*words).to_owned())
}

/// « ponctuelle » or « CCF ».
pub fn mode(code: &str) -> String {
    match code {
        "ponctuel" => "ponctuelle".to_owned(),
        "ccf" => "CCF".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_sentence_once() {
        let all = WARNINGS
            .iter()
            .map(|(code, _)| *code)
            .chain(SIGNATURES.iter().map(|(code, ..)| *code))
            .chain(HABITS.iter().map(|(code, ..)| *code))
            .chain(WAYS.iter().map(|(code, ..)| *code));
        let codes: Vec<&str> = all.collect();
        for code in &codes {
            assert_eq!(
                codes.iter().filter(|other| *other == code).count(),
                1,
                "{code}"
            );
            assert!(
                code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{code}"
            );
        }
        for code in [
            "few_candidates",
            "one_candidate",
            "ccf_confounded",
            "mixed_modes",
            "mixed_options",
            "equal_notes",
            "no_grid",
            "confounded_column",
            "one_commission",
            "no_profile",
            "no_variance",
            "no_model",
            "between_within_differ",
            "separated_item",
            "partly_linked",
            "ccf_session",
        ] {
            assert_ne!(warning(code), code);
        }
        for code in [
            "infit",
            "top_use",
            "bottom_use",
            "extreme_use",
            "spread",
            "modal_share",
            "note_slope",
            "noise",
            "not_evaluated",
            "digit_preference",
            "drift",
        ] {
            assert_ne!(signature(code), code);
            assert_ne!(signature_reading(code, 3.0), signature_reading(code, -3.0));
        }
        for code in ["avoids_top", "halo", "central_tendency"] {
            assert!(
                HABITS
                    .iter()
                    .any(|(known, badge, _)| *known == code && habit(code) == *badge)
            );
        }
        for code in ["none", "full_up", "full", "soft", "academy"] {
            assert_ne!(way(code).0, code);
        }
        assert_eq!(warning("a_code_of_tomorrow"), "a_code_of_tomorrow");
    }
}
