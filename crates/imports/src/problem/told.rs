//! What people read of each fault: what is wrong, and what to do about it.

use std::borrow::Cow;

use super::Problem;

impl Problem {
    /// What is wrong, and what to do about it.
    pub fn told(&self) -> (Cow<'static, str>, Cow<'static, str>) {
        let (message, remedy): (Cow<'static, str>, &'static str) = match self {
            Self::Grade(problem) => return problem.told(),
            // Whoever read the file stopped there: how much more it holds is not known.
            Self::FileTooLarge { most } => (
                format!("Ce fichier dépasse {} Mo.", most / (1024 * 1024)).into(),
                "Vérifiez que c’est le bon, ou découpez-le en plusieurs.",
            ),
            Self::NotCsv { kind } => (
                format!("Ce fichier n’est pas un fichier CSV : c’est {kind}.").into(),
                "Ouvrez-le dans votre tableur et enregistrez-le au format CSV.",
            ),
            Self::EmptyFile => (
                "Ce fichier est vide.".into(),
                "Exportez le fichier à nouveau et vérifiez qu’il contient des lignes.",
            ),
            Self::MissingColumns { missing } => (
                format!(
                    "Colonnes obligatoires introuvables : {}.",
                    missing.join(", ")
                )
                .into(),
                "Ajoutez ces colonnes, ou corrigez leurs en-têtes ; l’ordre, la casse et les accents sont libres.",
            ),
            Self::TooManyColumns => (
                "Ce fichier a plus de 200 colonnes.".into(),
                "Ne gardez que les colonnes du modèle.",
            ),
            Self::NoRows => (
                "Ce fichier a un en-tête mais aucune ligne.".into(),
                "Ajoutez des lignes sous l’en-tête.",
            ),
            Self::TooManyRows { most } => (
                format!("Ce fichier a plus de {most} lignes.").into(),
                "Découpez le fichier en plusieurs.",
            ),
            Self::DuplicateColumn => (
                "Cette colonne figure deux fois ; seule la première est lue.".into(),
                "Supprimez la colonne en trop, ou renommez-la.",
            ),
            Self::MissingEmailColumn => (
                "Ce fichier n’a pas de colonne Courriel : personne ne pourra être convoqué par courriel."
                    .into(),
                "Ajoutez une colonne Courriel, ou complétez les adresses avant de convoquer.",
            ),
            Self::UnclosedQuote => (
                "Un guillemet ouvre cette cellule et n’est jamais refermé.".into(),
                "Supprimez le guillemet, ou refermez-le.",
            ),
            Self::TooManyCells { expected, found } => (
                format!("Cette ligne a {found} cellules ; l’en-tête en a {expected}.").into(),
                "Une cellule contient sans doute le séparateur : entourez-la de guillemets.",
            ),
            Self::TooFewCells { expected, found } => (
                format!("Cette ligne a {found} cellules ; l’en-tête en a {expected}.").into(),
                "Complétez la ligne : il y manque des cellules obligatoires.",
            ),
            Self::ForbiddenCharacter => (
                "Cette cellule contient un caractère interdit (saut de ligne, tabulation ou caractère invisible)."
                    .into(),
                "Effacez la cellule et saisissez-la de nouveau, sur une seule ligne.",
            ),
            Self::UnreadableCharacter => (
                "Cette cellule contient un caractère illisible : elle n’a pas le même encodage que le reste du fichier, ou le caractère est perdu."
                    .into(),
                "Saisissez la cellule de nouveau, ou choisissez un autre encodage.",
            ),
            Self::TooLong { most } => (
                format!("Cette cellule dépasse {most} caractères.").into(),
                "Raccourcissez-la.",
            ),
            Self::Required => (
                "Cette cellule est obligatoire.".into(),
                "Complétez-la.",
            ),
            Self::DateUnreadable => (
                "Ce n’est pas une date que l’on sait lire.".into(),
                "Écrivez jj/mm/aaaa, par exemple 30/06/2027.",
            ),
            Self::DateImpossible => (
                "Cette date n’existe pas.".into(),
                "Vérifiez le jour et le mois ; écrivez jj/mm/aaaa.",
            ),
            Self::EmailInvalid => (
                "Ce n’est pas une adresse de courriel valable.".into(),
                "Écrivez une seule adresse, de la forme nom@domaine.fr, sans accent ni espace.",
            ),
            Self::YesNoUnknown => (
                "Cette cellule doit contenir oui ou non.".into(),
                "Écrivez oui ou non.",
            ),
            Self::UaiShape => (
                "Un code UAI a sept chiffres et une lettre.".into(),
                "Vérifiez le code ; un tableur a pu effacer le zéro du début.",
            ),
            Self::UaiChecksum { expected } => (
                format!("La lettre de ce code UAI est fausse : ses chiffres appellent {expected}.")
                    .into(),
                "Vérifiez le code auprès de l’établissement : un chiffre ou la lettre est mal saisi.",
            ),
            Self::UaiUnknown => (
                "Aucun établissement de votre périmètre n’a ce code UAI.".into(),
                "Vérifiez le code, ou importez d’abord l’établissement.",
            ),
            Self::UaiDuplicate { first } => (
                format!("Ce code UAI figure déjà à la ligne {first}.").into(),
                "Ne gardez qu’une ligne par établissement.",
            ),
            Self::UaiTaken => (
                "Cet établissement est déjà inscrit par une autre autorité.".into(),
                "Vérifiez le code UAI, ou rapprochez-vous de l’autre autorité.",
            ),
            Self::UaiOtherAcademy { academy } => (
                format!("Le début de ce code UAI n’est pas celui de l’académie {academy}.").into(),
                "Vérifiez le code UAI et l’académie.",
            ),
            Self::UaiSeveral { named } => (
                format!("Cette liste nomme plusieurs établissements ({named}) : on ne sait pas duquel sont les candidats.")
                    .into(),
                "Exportez une liste par établissement, ou donnez le code UAI de chaque candidat dans le fichier complémentaire.",
            ),
            Self::AcademyRequired => (
                "Sans établissement, l’académie est obligatoire.".into(),
                "Écrivez le code UAI de l’établissement ou, à défaut, l’académie.",
            ),
            Self::AcademyUnknown => (
                "Aucune académie de votre périmètre n’a ce nom ni ce code.".into(),
                "Écrivez le nom de l’académie (Dijon) ou son code (07).",
            ),
            Self::AcademyDiffers { academy } => (
                format!("L’établissement est de l’académie {academy} : c’est elle qui compte.").into(),
                "Corrigez l’académie, ou laissez la cellule vide.",
            ),
            Self::KindUnknown => (
                "Ce statut d’établissement est inconnu.".into(),
                "Écrivez public, privé sous contrat, privé hors contrat, CFA, formation continue ou distance.",
            ),
            Self::EnvironmentsNumber => (
                "Le nombre d’environnements est un entier de 0 à 999.".into(),
                "Écrivez un nombre entier, ou laissez la cellule vide.",
            ),
            Self::PostalCode => (
                "Un code postal a cinq chiffres.".into(),
                "Vérifiez le code ; un tableur a pu effacer le zéro du début.",
            ),
            Self::CentreWithoutEnvironment => (
                "Ce centre d’examen n’a aucun environnement : aucune commission ne pourra y siéger."
                    .into(),
                "Indiquez combien d’environnements il peut préparer à la fois.",
            ),
            Self::HabilitationImpossible => (
                "Un établissement de ce statut n’évalue pas en CCF : l’habilitation reste sans effet."
                    .into(),
                "Vérifiez le statut et l’habilitation.",
            ),
            Self::SchoolInUse => (
                "Cet établissement changerait d’autorité, alors qu’il a des candidats, des examinateurs, un planning ou un chef qui agit pour lui."
                    .into(),
                "Vérifiez le code UAI et l’académie : l’établissement reste à son autorité jusqu’à la fin de la session.",
            ),
            Self::IdentifierDuplicate { first } => (
                format!("Cet identifiant figure déjà à la ligne {first}.").into(),
                "Donnez à chaque examinateur son propre identifiant.",
            ),
            Self::IdentifierTaken => (
                "Cet identifiant est déjà celui d’un examinateur d’une autre autorité.".into(),
                "Choisissez un autre identifiant.",
            ),
            Self::IdentifierOtherPerson { known_as } => (
                format!("Cet identifiant est déjà celui de {known_as} : son nom et son prénom seraient remplacés.")
                    .into(),
                "Vérifiez que c’est bien la même personne.",
            ),
            Self::QualityUnknown => (
                "Cette qualité est inconnue.".into(),
                "Écrivez professeur ou professionnel.",
            ),
            Self::PeriodsNumber => (
                "Le nombre de périodes est un entier de 1 à 99.".into(),
                "Écrivez un nombre entier, ou laissez la cellule vide.",
            ),
            Self::UnavailableOutsideSession => (
                "Une de ces dates n’est pas de l’année de la session.".into(),
                "Vérifiez l’année.",
            ),
            Self::ProfessionalWithSchool => (
                "Un professionnel n’enseigne pas dans un établissement.".into(),
                "Vérifiez la qualité, ou laissez le code UAI vide et indiquez l’académie.",
            ),
            Self::NumberShape => (
                "Un numéro de candidat a dix chiffres.".into(),
                "Vérifiez le numéro ; un tableur a pu l’arrondir ou effacer le zéro du début.",
            ),
            Self::NumberDuplicate { first } => (
                format!("Ce numéro figure déjà à la ligne {first}.").into(),
                "Ne gardez qu’une ligne par candidat, ou corrigez le numéro.",
            ),
            Self::NumberOtherPerson { known_as } => (
                format!("Ce numéro est déjà celui de {known_as}.").into(),
                "Vérifiez le numéro, le nom et la date de naissance.",
            ),
            Self::IdentityCorrected { known_as } => (
                format!("Ce numéro et cet INE sont ceux de {known_as} : son identité serait corrigée.")
                    .into(),
                "Vérifiez que c’est bien la même personne.",
            ),
            Self::PersonTwice { number } => (
                format!("Cette personne figure déjà sous le numéro {number}.").into(),
                "Vérifiez que ce n’est pas deux fois le même candidat.",
            ),
            Self::BirthDateImplausible => (
                "Cette date de naissance n’est pas vraisemblable pour un candidat de la session.".into(),
                "Vérifiez l’année.",
            ),
            Self::OptionUnknown => (
                "Cette option est inconnue.".into(),
                "Écrivez SISR ou SLAM.",
            ),
            Self::StatusUnknown => (
                "Ce statut de candidat est inconnu.".into(),
                "Écrivez scolaire, apprentissage, formation continue, individuel, à distance ou expérience.",
            ),
            Self::FormUnknown => (
                "Cette forme d’évaluation est inconnue.".into(),
                "Écrivez ccf ou ponctuelle, ou laissez la cellule vide.",
            ),
            Self::CcfNotHabilitated => (
                "L’établissement n’est pas habilité au CCF.".into(),
                "Écrivez ponctuelle, ou corrigez d’abord l’habilitation de l’établissement.",
            ),
            Self::CcfWithoutSchool => (
                "Un candidat sans établissement ne peut pas être évalué en CCF.".into(),
                "Écrivez ponctuelle, ou indiquez le code UAI de l’établissement.",
            ),
            Self::CcfStatus => (
                "Un candidat de ce statut n’est pas évalué en CCF dans un établissement de cette nature.".into(),
                "Écrivez ponctuelle, ou corrigez le statut du candidat ou celui de l’établissement.",
            ),
            Self::SchoolMissing => (
                "Un candidat de ce statut est d’ordinaire inscrit par un établissement.".into(),
                "Indiquez le code UAI de l’établissement, ou corrigez le statut.",
            ),
            Self::RatioUnreadable => (
                "Ce n’est pas un rapport que l’on sait lire.".into(),
                "Écrivez un rapport comme 4/3, ou oui pour le tiers habituel.",
            ),
            Self::RatioOutOfBounds => (
                "Ce rapport n’est pas compris entre 1 et 3.".into(),
                "Pour un tiers de temps en plus, écrivez 4/3.",
            ),
            Self::IneShape => (
                "Un INE a neuf chiffres et deux lettres, ou dix chiffres et une lettre.".into(),
                "Vérifiez l’INE.",
            ),
            Self::EndOfTrainingImplausible => (
                "Cette fin de formation est à plus de cinq ans de la session.".into(),
                "Vérifiez l’année : la durée de conservation des documents en dépend.",
            ),
            Self::EmailMissing => (
                "Sans adresse, cette personne ne pourra pas être convoquée par courriel.".into(),
                "Ajoutez son adresse, ici ou avant de convoquer.",
            ),
            Self::ComplementMissing => (
                "Ce candidat n’a pas de ligne dans le fichier complémentaire : ni adresse, ni aménagement."
                    .into(),
                "Ajoutez sa ligne au fichier complémentaire, ou complétez sa fiche.",
            ),
            Self::NumberNotInList => (
                "Aucun candidat de la liste n’a ce numéro.".into(),
                "Vérifiez le numéro, ou supprimez la ligne.",
            ),
            Self::RegistrationState => (
                "Ce candidat n’est pas à l’état « Inscrit » dans Cyclades ; il est importé quand même."
                    .into(),
                "Supprimez la ligne s’il ne passe pas l’examen.",
            ),
            Self::NumberElsewhere => (
                "Ce numéro est déjà celui d’un candidat d’un autre établissement.".into(),
                "Vérifiez le numéro, ou demandez à votre service des examens.",
            ),
            Self::AlreadyPlanned => (
                "Ce candidat a une date d’épreuve : son planning repose sur cette information, qu’un import ne change plus."
                    .into(),
                "Laissez la valeur en place, ou demandez d’abord à qui a publié le planning d’annuler ou de déplacer sa date.",
            ),
            Self::LeavesDraft => (
                "Ce candidat a une place dans un planning en préparation, qui ne tiendrait plus : il en sera retiré."
                    .into(),
                "Après l’import, proposez de nouveau ce planning avant de le publier.",
            ),
        };
        (message, remedy.into())
    }
}
