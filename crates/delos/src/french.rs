//! What the command line says in French: refusals, failures of the store, files that cannot be read or written.
//!
//! Invariant: every refusal that a command of this binary can meet has its sentence in [`SENTENCES`]; a test holds the
//! table against the code.

use std::io::{self, ErrorKind};
use std::path::Path;

use delos_application::{CommandError, Refusal};
use delos_persistence::StoreError;

/// Something is wrong in a file or in what was typed: the exit code is 2, and 1 for all other ends.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

/// A [`Fault`] as an error.
pub fn fault(text: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Fault(text.into()))
}

/// Whether an error is a [`Fault`], whatever was said around it.
pub fn is_fault(error: &anyhow::Error) -> bool {
    error.chain().any(<dyn std::error::Error>::is::<Fault>)
}

/// Whose fault a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Of what was typed, or of the file: exit code 2.
    Input,
    /// Of the house as it is: exit code 1.
    House,
}

use Whose::{House, Input};

/// Code, whose fault it is, sentence. `{name}` is the refusal's value of that name.
const SENTENCES: &[(&str, Whose, &str)] = &[
    (
        "unknown_regulation",
        Input,
        "le règlement « {regulation} » n’est pas connu de cette installation. Règlements connus : {known}.",
    ),
    (
        "session_code",
        Input,
        "« {session} » n’est pas l’année d’une session : écrivez quatre chiffres, par exemple 2027.",
    ),
    (
        "session_exists",
        House,
        "la session {session} est déjà ouverte dans cette maison : il n’y a rien à refaire. Pour en ouvrir une autre, \
         donnez une autre année.",
    ),
    (
        "unknown_session",
        House,
        "la session {session} n’est pas ouverte dans cette maison. Vérifiez l’année et le dossier (--data), ou ouvrez-la \
         par « delos init ».",
    ),
    (
        "unknown_authority",
        Input,
        "aucune autorité ni aucune académie ne s’appelle « {name} ». Écrivez son nom (« Dijon ») ou son code (« 07 »).",
    ),
    (
        "bad_email",
        Input,
        "« {email} » n’est pas une adresse électronique. Écrivez une seule adresse, de la forme nom@domaine.fr.",
    ),
    (
        "conflict",
        House,
        "quelqu’un d’autre a modifié ces données au même moment, rien n’a été écrit. Recommencez.",
    ),
    (
        "ccf_backwards",
        Input,
        "la période de CCF finit avant de commencer. Corrigez l’une des deux dates (ccf_period).",
    ),
    (
        "cut_off_inside_period",
        Input,
        "la date limite de rattrapage (cut_off) tombe avant la fin de la période de CCF. Reculez-la.",
    ),
    (
        "ponctuelle_order",
        Input,
        "les jours d’une période ponctuelle se suivent du premier au dernier, sans répétition (ponctuelle_periods).",
    ),
    (
        "ponctuelle_overlap",
        Input,
        "un même jour figure dans deux périodes ponctuelles. Gardez-le dans une seule (ponctuelle_periods).",
    ),
    (
        "steps_order",
        Input,
        "les étapes ne sont pas dans l’ordre : dépôt, passages, transmission, harmonisation, délibération, résultats.",
    ),
    (
        "no_working_day",
        Input,
        "le {day} n’est pas un jour ouvré : choisissez un autre jour pour la période ponctuelle.",
    ),
    (
        "import_faults",
        Input,
        "le fichier ne peut plus être importé tel quel : {count} faute(s) depuis le contrôle. Contrôlez-le de nouveau \
         avec --dry-run.",
    ),
    (
        "file_too_large",
        Input,
        "ce fichier dépasse 20 Mo. Vérifiez que c’est le bon, ou découpez-le.",
    ),
    (
        "bounce_unread",
        Input,
        "ce n’est pas un courrier : l’entrée standard est vide, ou n’a pas d’en-têtes. Rien n’est écrit.",
    ),
    (
        "bounce_too_large",
        Input,
        "ce courrier dépasse 4 Mo : ce n’est pas un avis de non-remise d’un message de Délos. Rien n’est écrit.",
    ),
    (
        "bounce_unknown",
        Input,
        "ce courrier ne désigne aucun message parti d’ici, ou sa marque est fausse. Rien n’est écrit.",
    ),
    (
        "no_plan",
        House,
        "il n’y a pas encore de planning à exporter. Proposez-en un dans Délos, puis recommencez.",
    ),
    (
        "not_writable",
        House,
        "ce planning ne s’écrit pas dans le format d’échange, qui ne connaît que les phases T, E1, R, E2 et H et des \
         commissions dont les jours sont d’une même période.",
    ),
];

/// How a command ended, for the terminal.
pub fn sentence(error: CommandError) -> anyhow::Error {
    match error {
        CommandError::Refused(refusal) => refused(&refusal),
        CommandError::Forbidden | CommandError::SecondFactor => {
            anyhow::anyhow!("cette opération n’est pas permise à la ligne de commande")
        }
        CommandError::NotFound => {
            anyhow::anyhow!("ce qui est demandé n’existe pas dans cette maison")
        }
        CommandError::Conflict => refused(&Refusal::new("conflict")),
        CommandError::Busy => {
            anyhow::anyhow!("trop de travail attend déjà : réessayez dans un instant")
        }
        CommandError::Store(error) => store(&error),
        CommandError::Broken(what) => anyhow::anyhow!(
            "Délos s’est contredit, rien n’a été écrit : c’est une faute du programme, à signaler ({what})"
        ),
    }
}

/// Why a task of this house did not do its work, from the code that it left.
pub fn task_failure(code: &str) -> anyhow::Error {
    let facts = |refusal: Refusal| refused(&refusal);
    match SENTENCES.iter().find(|(known, ..)| *known == code) {
        Some((known, ..)) => facts(Refusal::new(known)),
        None => match code {
            "busy" => sentence(CommandError::Busy),
            "unavailable" => anyhow::anyhow!(
                "la base de données n’a pas pu écrire l’import : rien n’est écrit. Voyez « delos doctor », puis recommencez"
            ),
            other => anyhow::anyhow!("l’import ne s’est pas fait ({other}) : rien n’est écrit"),
        },
    }
}

fn refused(refusal: &Refusal) -> anyhow::Error {
    let Some((_, whose, text)) = SENTENCES.iter().find(|(code, ..)| *code == refusal.code) else {
        // Codes that only the screens meet have their sentence there.
        return anyhow::anyhow!("cette demande est refusée par une règle ({})", refusal.code);
    };
    let known: Vec<&str> = delos_regulation::ids().collect();
    let mut text = text.replace("{known}", &known.join(", "));
    for (name, value) in &refusal.facts {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    match whose {
        Input => fault(text),
        House => anyhow::Error::msg(text),
    }
}

/// A failure of the store. What the driver says is English, and stands apart.
pub fn store(error: &StoreError) -> anyhow::Error {
    match error {
        StoreError::Conflict => refused(&Refusal::new("conflict")),
        StoreError::Unavailable(detail) => anyhow::anyhow!(
            "la base de données ne répond pas, est pleine ou occupée ; rien n’a été écrit. Détail technique : {}",
            without_password(&detail.to_string())
        ),
        StoreError::Corrupt(detail) => anyhow::anyhow!(
            "la base de données n’est pas celle qu’il faut, ou ses réglages ne sont pas sûrs. Détail technique : {detail}"
        ),
    }
}

/// An address of a database as it may be shown: without its password.
pub fn without_password(text: &str) -> String {
    match (text.find("://"), text.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => {
            format!("{}…{}", &text[..scheme + 3], &text[at..])
        }
        _ => text.to_owned(),
    }
}

/// A file or folder that cannot be read.
pub fn unread(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!("{} ne se lit pas : {}", path.display(), cause(error))
}

/// A file or folder that cannot be written.
pub fn unwritten(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!("{} ne s’écrit pas : {}", path.display(), cause(error))
}

/// What an error of a file means, and what to do.
pub fn cause(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "il n’existe pas, ou son dossier n’existe pas. Vérifiez le chemin".to_owned(),
        ErrorKind::PermissionDenied => {
            "ce compte n’en a pas le droit. Vérifiez le propriétaire et les droits du fichier et de son dossier".to_owned()
        }
        ErrorKind::IsADirectory => "c’est un dossier. Donnez un fichier".to_owned(),
        ErrorKind::NotADirectory => "un nom du chemin est un fichier, pas un dossier. Vérifiez le chemin".to_owned(),
        ErrorKind::AlreadyExists => "il existe déjà. Déplacez-le ou choisissez un autre nom".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "il n’y a plus de place. Libérez de l’espace, puis recommencez".to_owned()
        }
        ErrorKind::ReadOnlyFilesystem => "le disque est en lecture seule".to_owned(),
        ErrorKind::InvalidData => "ce n’est pas du texte en UTF-8. Enregistrez-le en UTF-8".to_owned(),
        ErrorKind::AddrInUse => {
            "un autre programme y écoute déjà. Arrêtez-le, ou donnez une autre adresse (--listen)".to_owned()
        }
        ErrorKind::AddrNotAvailable => "cette adresse n’est pas de cette machine".to_owned(),
        ErrorKind::InvalidInput => "ce n’est pas une adresse. Écrivez par exemple 127.0.0.1:8080".to_owned(),
        _ => format!("le système répond « {error} »"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What the commands of this binary run, but `demo`, whose refusals would be faults of the demonstration.
    const FILES: [&str; 11] = [
        "init_house.rs",
        "record_bounce.rs",
        "session_file.rs",
        "set_session_dates.rs",
        "set_authority_contact.rs",
        "reports/plan.rs",
        "tasks.rs",
        "import.rs",
        "import/reading.rs",
        "import/writing.rs",
        "views/session.rs",
    ];

    /// Codes written in these files as `Refusal::new("…")`.
    fn written() -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../application/src");
        FILES
            .iter()
            .flat_map(|file| {
                let text = std::fs::read_to_string(folder.join(file)).unwrap();
                text.split("Refusal::new(")
                    .skip(1)
                    .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
                    .map(|(code, _)| code.to_owned())
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn every_refusal_that_a_command_can_meet_has_its_sentence_and_no_other() {
        use delos_domain::session::DatesFault as Dates;
        let mut met = written();
        assert!(met.contains("unknown_session") && met.contains("no_plan"));
        for dates in [
            Dates::CcfBackwards,
            Dates::CutOffInsidePeriod,
            Dates::PonctuelleOrder,
            Dates::PonctuelleOverlap,
            Dates::StepsOrder,
        ] {
            met.insert(dates.code().to_owned());
        }
        let told: BTreeSet<String> = SENTENCES
            .iter()
            .map(|(code, ..)| (*code).to_owned())
            .collect();
        assert_eq!(told.len(), SENTENCES.len(), "a code stands twice");
        assert_eq!(told, met);
    }

    #[test]
    fn a_sentence_names_its_values_and_never_its_code() {
        let refusal = Refusal::new("unknown_session").with("session", "2031");
        let said = sentence(refusal.into());
        assert!(!said.is::<Fault>());
        let said = said.to_string();
        assert!(
            said.contains("2031") && !said.contains("unknown_session"),
            "{said}"
        );
        let refusal = Refusal::new("unknown_regulation").with("regulation", "bac");
        let said = sentence(refusal.into());
        assert!(said.is::<Fault>());
        assert!(said.to_string().contains("bts-sio-2024-e5"), "{said}");
        for (code, _, text) in SENTENCES {
            assert!(!text.contains(code), "{code}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (given, shown) in [
            ("postgres://delos:se@cret@h/d", "postgres://…@h/d"),
            (
                "sqlite:/var/lib/delos/delos.sqlite",
                "sqlite:/var/lib/delos/delos.sqlite",
            ),
            ("postgres://h/d", "postgres://h/d"),
        ] {
            assert_eq!(without_password(given), shown);
        }
    }
}
