//! Every fault that reading can find: its stable code, its sentence and its remedy, in one place.
//!
//! Invariant: a code, once published, keeps its meaning.

mod grades;
mod told;

pub(crate) use grades::GradeProblem;

/// What is wrong with a cell, a row or a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Problem {
    // The file as a whole.
    FileTooLarge { most: usize },
    NotCsv { kind: &'static str },
    EmptyFile,
    MissingColumns { missing: Vec<&'static str> },
    TooManyColumns,
    NoRows,
    TooManyRows { most: u64 },
    DuplicateColumn,
    MissingEmailColumn,
    // The row as a whole.
    UnclosedQuote,
    TooManyCells { expected: usize, found: usize },
    TooFewCells { expected: usize, found: usize },
    // Any cell.
    ForbiddenCharacter,
    UnreadableCharacter,
    TooLong { most: usize },
    Required,
    DateUnreadable,
    DateImpossible,
    EmailInvalid,
    YesNoUnknown,
    // Places.
    UaiShape,
    UaiChecksum { expected: char },
    UaiUnknown,
    UaiDuplicate { first: u64 },
    UaiTaken,
    UaiOtherAcademy { academy: String },
    UaiSeveral { named: String },
    AcademyRequired,
    AcademyUnknown,
    AcademyDiffers { academy: String },
    // Schools.
    KindUnknown,
    EnvironmentsNumber,
    PostalCode,
    CentreWithoutEnvironment,
    HabilitationImpossible,
    SchoolInUse,
    // Examiners.
    IdentifierDuplicate { first: u64 },
    IdentifierTaken,
    IdentifierOtherPerson { known_as: String },
    QualityUnknown,
    PeriodsNumber,
    UnavailableOutsideSession,
    ProfessionalWithSchool,
    // Candidates.
    NumberShape,
    NumberDuplicate { first: u64 },
    NumberOtherPerson { known_as: String },
    IdentityCorrected { known_as: String },
    PersonTwice { number: String },
    BirthDateImplausible,
    OptionUnknown,
    StatusUnknown,
    FormUnknown,
    CcfNotHabilitated,
    CcfWithoutSchool,
    CcfStatus,
    SchoolMissing,
    RatioUnreadable,
    RatioOutOfBounds,
    IneShape,
    EndOfTrainingImplausible,
    EmailMissing,
    ComplementMissing,
    NumberNotInList,
    RegistrationState,
    NumberElsewhere,
    AlreadyPlanned,
    LeavesDraft,
    // Grades.
    Grade(GradeProblem),
}

impl Problem {
    /// Whether nothing of the row may be written while it stands.
    pub fn blocks(&self) -> bool {
        if let Self::Grade(problem) = self {
            return problem.blocks();
        }
        !matches!(
            self,
            Self::DuplicateColumn
                | Self::MissingEmailColumn
                | Self::UaiOtherAcademy { .. }
                | Self::AcademyDiffers { .. }
                | Self::PostalCode
                | Self::CentreWithoutEnvironment
                | Self::HabilitationImpossible
                | Self::IdentifierOtherPerson { .. }
                | Self::UnavailableOutsideSession
                | Self::ProfessionalWithSchool
                | Self::IdentityCorrected { .. }
                | Self::PersonTwice { .. }
                | Self::SchoolMissing
                | Self::IneShape
                | Self::EndOfTrainingImplausible
                | Self::EmailMissing
                | Self::ComplementMissing
                | Self::RegistrationState
                | Self::LeavesDraft
        )
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FileTooLarge { .. } => "file_too_large",
            Self::NotCsv { .. } => "not_csv",
            Self::EmptyFile => "file_empty",
            Self::MissingColumns { .. } => "columns_missing",
            Self::TooManyColumns => "columns_too_many",
            Self::NoRows => "rows_missing",
            Self::TooManyRows { .. } => "rows_too_many",
            Self::DuplicateColumn => "column_duplicate",
            Self::MissingEmailColumn => "email_column_missing",
            Self::UnclosedQuote => "quote_unclosed",
            Self::TooManyCells { .. } => "cells_too_many",
            Self::TooFewCells { .. } => "cells_too_few",
            Self::ForbiddenCharacter => "control_character",
            Self::UnreadableCharacter => "unreadable_character",
            Self::TooLong { .. } => "too_long",
            Self::Required => "required",
            Self::DateUnreadable => "date_unreadable",
            Self::DateImpossible => "date_impossible",
            Self::EmailInvalid => "email_invalid",
            Self::YesNoUnknown => "yes_no_unknown",
            Self::UaiShape => "uai_shape",
            Self::UaiChecksum { .. } => "uai_checksum",
            Self::UaiUnknown => "uai_unknown",
            Self::UaiDuplicate { .. } => "uai_duplicate",
            Self::UaiTaken => "uai_taken",
            Self::UaiOtherAcademy { .. } => "uai_other_academy",
            Self::UaiSeveral { .. } => "uai_several",
            Self::AcademyRequired => "academy_required",
            Self::AcademyUnknown => "academy_unknown",
            Self::AcademyDiffers { .. } => "academy_differs",
            Self::KindUnknown => "school_kind_unknown",
            Self::EnvironmentsNumber => "environments_number",
            Self::PostalCode => "postal_code",
            Self::CentreWithoutEnvironment => "centre_without_environment",
            Self::HabilitationImpossible => "habilitation_impossible",
            Self::SchoolInUse => "school_in_use",
            Self::IdentifierDuplicate { .. } => "identifier_duplicate",
            Self::IdentifierTaken => "identifier_taken",
            Self::IdentifierOtherPerson { .. } => "identifier_other_person",
            Self::QualityUnknown => "quality_unknown",
            Self::PeriodsNumber => "periods_number",
            Self::UnavailableOutsideSession => "unavailable_outside_session",
            Self::ProfessionalWithSchool => "professional_with_school",
            Self::NumberShape => "number_shape",
            Self::NumberDuplicate { .. } => "number_duplicate",
            Self::NumberOtherPerson { .. } => "number_other_person",
            Self::IdentityCorrected { .. } => "identity_corrected",
            Self::PersonTwice { .. } => "person_twice",
            Self::BirthDateImplausible => "birth_date_implausible",
            Self::OptionUnknown => "option_unknown",
            Self::StatusUnknown => "status_unknown",
            Self::FormUnknown => "form_unknown",
            Self::CcfNotHabilitated => "ccf_not_habilitated",
            Self::CcfWithoutSchool => "ccf_without_school",
            Self::CcfStatus => "ccf_status",
            Self::SchoolMissing => "school_missing",
            Self::RatioUnreadable => "ratio_unreadable",
            Self::RatioOutOfBounds => "ratio_out_of_bounds",
            Self::IneShape => "ine_shape",
            Self::EndOfTrainingImplausible => "end_of_training_implausible",
            Self::EmailMissing => "email_missing",
            Self::ComplementMissing => "complement_missing",
            Self::NumberNotInList => "number_not_in_list",
            Self::RegistrationState => "registration_state",
            Self::NumberElsewhere => "number_elsewhere",
            Self::AlreadyPlanned => "already_planned",
            Self::LeavesDraft => "leaves_draft",
            Self::Grade(problem) => problem.code(),
        }
    }
}
