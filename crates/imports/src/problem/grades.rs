//! What can be wrong with a file of grades: codes, sentences, remedies.

use std::borrow::Cow;

/// What is wrong with a cell, a row or a column of a file of grades.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum GradeProblem {
    // The file as a whole.
    GzipDamaged,
    // Cells that every row must have.
    CandidateMissing,
    CommissionMissing,
    AcademyMissing,
    CentreMissing,
    OptionMissing,
    ModeMissing,
    NoteMissing,
    // Cells that say something else than their column.
    NoteUnreadable,
    NoteOutside,
    LevelOutside,
    ModeUnknown,
    PenaltyUnreadable,
    PenaltyOutside,
    PassageUnreadable,
    // The row among the others.
    TwoGrids { first: String, second: String },
    OtherOption { grid: String },
    CandidateTwice { first: u64 },
    CandidateElsewhere { first: u64 },
    // Columns.
    ColumnNotGrid,
    ColumnNotInRegulation,
    LinesMissing { grid: String, lines: String },
}

impl GradeProblem {
    /// Whether the row is left out.
    pub fn blocks(&self) -> bool {
        !matches!(
            self,
            Self::PassageUnreadable
                | Self::OtherOption { .. }
                | Self::ColumnNotGrid
                | Self::ColumnNotInRegulation
                | Self::LinesMissing { .. }
        )
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::GzipDamaged => "gzip_damaged",
            Self::CandidateMissing => "candidate_missing",
            Self::CommissionMissing => "commission_missing",
            Self::AcademyMissing => "academy_missing",
            Self::CentreMissing => "centre_missing",
            Self::OptionMissing => "option_missing",
            Self::ModeMissing => "mode_missing",
            Self::NoteMissing => "note_missing",
            Self::NoteUnreadable => "note_unreadable",
            Self::NoteOutside => "note_outside",
            Self::LevelOutside => "level_outside",
            Self::ModeUnknown => "mode_unknown",
            Self::PenaltyUnreadable => "penalty_unreadable",
            Self::PenaltyOutside => "penalty_outside",
            Self::PassageUnreadable => "passage_unreadable",
            Self::TwoGrids { .. } => "two_grids",
            Self::OtherOption { .. } => "grid_of_other_option",
            Self::CandidateTwice { .. } => "candidate_twice",
            Self::CandidateElsewhere { .. } => "candidate_elsewhere",
            Self::ColumnNotGrid => "column_not_grid",
            Self::ColumnNotInRegulation => "column_not_in_regulation",
            Self::LinesMissing { .. } => "grid_lines_missing",
        }
    }

    /// What is wrong, and what to do about it.
    pub fn told(&self) -> (Cow<'static, str>, Cow<'static, str>) {
        let (message, remedy): (Cow<'static, str>, &'static str) = match self {
            Self::GzipDamaged => (
                "Ce fichier compressé (gzip) est incomplet ou abîmé.".into(),
                "Copiez-le ou compressez-le de nouveau.",
            ),
            Self::CandidateMissing => (
                "Cette ligne ne dit pas de quel candidat il s’agit.".into(),
                "Indiquez le numéro du candidat, ou supprimez la ligne.",
            ),
            Self::CommissionMissing => (
                "Cette ligne ne dit pas quelle commission a noté.".into(),
                "Indiquez la commission.",
            ),
            Self::AcademyMissing => (
                "Cette ligne ne dit pas l’académie, que d’autres lignes donnent.".into(),
                "Indiquez l’académie, ou supprimez la colonne.",
            ),
            Self::CentreMissing => (
                "Cette ligne ne dit pas le centre, que d’autres lignes donnent.".into(),
                "Indiquez le centre, ou supprimez la colonne.",
            ),
            Self::OptionMissing => (
                "Cette ligne ne dit pas l’option, que d’autres lignes donnent.".into(),
                "Indiquez l’option, ou supprimez la colonne.",
            ),
            Self::ModeMissing => (
                "Cette ligne ne dit pas le mode d’évaluation, que d’autres lignes donnent.".into(),
                "Écrivez ponctuel ou ccf, ou supprimez la colonne.",
            ),
            Self::NoteMissing => (
                "Cette ligne n’a pas de note.".into(),
                "Indiquez la note, ou écrivez AB (absent) ou NV (non validé) s’il n’y en a pas.",
            ),
            Self::NoteUnreadable => (
                "Cette note n’est pas un nombre.".into(),
                "Écrivez un nombre de 0 à 20, ou AB (absent), ou NV (non validé).",
            ),
            Self::NoteOutside => (
                "Une note est comprise entre 0 et 20.".into(),
                "Corrigez la note.",
            ),
            Self::LevelOutside => (
                "Un niveau est 0, 1, 2 ou 3.".into(),
                "Corrigez le niveau ; laissez la cellule vide, ou écrivez NE, si la ligne n’est pas évaluée.",
            ),
            Self::ModeUnknown => (
                "Ce mode d’évaluation est inconnu.".into(),
                "Écrivez ponctuel ou ccf.",
            ),
            Self::PenaltyUnreadable => (
                "Cette pénalité n’est pas un nombre.".into(),
                "Écrivez un nombre de points, ou laissez la cellule vide.",
            ),
            Self::PenaltyOutside => (
                "Une pénalité est comprise entre 0 et 100 points.".into(),
                "Corrigez la pénalité ; elle s’écrit sans signe.",
            ),
            Self::PassageUnreadable => (
                "Cette date, cette heure ou cet ordre de passage ne se lit pas ; la ligne est gardée sans place dans l’ordre de passage."
                    .into(),
                "Écrivez la date jj/mm/aaaa, l’heure hh:mm, l’ordre en nombre entier.",
            ),
            Self::TwoGrids { first, second } => (
                format!("Cette ligne remplit deux grilles à la fois : {first} et {second}.").into(),
                "Ne gardez que les niveaux de la grille de ce candidat.",
            ),
            Self::OtherOption { grid } => (
                format!("Cette option n’est pas celle de la grille remplie ({grid}).").into(),
                "Vérifiez l’option et la grille de ce candidat.",
            ),
            Self::CandidateTwice { first } => (
                format!("Ce candidat figure déjà, pour la même commission, à la ligne {first}.").into(),
                "Ne gardez qu’une ligne par candidat.",
            ),
            Self::CandidateElsewhere { first } => (
                format!("Ce candidat figure déjà, pour une autre commission, à la ligne {first}.").into(),
                "Ne gardez que la commission qui l’a entendu ; les dossiers notés par plusieurs commissions ont leur propre fichier.",
            ),
            Self::ColumnNotGrid => (
                "Cette colonne n’est pas lue : ses cellules ne sont pas des niveaux de 0 à 3.".into(),
                "S’il s’agit d’une ligne de grille, écrivez-y des niveaux de 0 à 3.",
            ),
            Self::ColumnNotInRegulation => (
                "Cette colonne n’est pas lue : le règlement n’a pas de ligne de grille de ce code.".into(),
                "Vérifiez le code de la ligne, ou le règlement choisi.",
            ),
            Self::LinesMissing { grid, lines } => (
                format!("Ce fichier n’a pas toutes les lignes de la grille {grid} ; il y manque {lines}.")
                    .into(),
                "Ajoutez ces colonnes si elles existent ; sinon, les profils reposent sur les autres lignes.",
            ),
        };
        (message, remedy.into())
    }
}
