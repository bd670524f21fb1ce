//! What was typed, read by clap and answered in French.

use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _, Parser};

use crate::commands;
use crate::terminal;

/// Délos : une session nationale d’épreuve orale, de la liste des candidats à la note que le jury arrête.
#[derive(Parser)]
#[command(name = "delos", version, about)]
struct Delos {
    #[command(subcommand)]
    command: commands::Command,
}

/// The page of `--help`.
const PAGE: &str = "{about-with-newline}\nEmploi : {usage}\n\n{all-args}";
/// Exit code of what was typed wrong.
const WRONG: u8 = 2;

/// What is asked, or the exit code when it was answered here: help, version, a fault.
pub fn read() -> Result<commands::Command, ExitCode> {
    let mut command = french(Delos::command(), true);
    let asked = command
        .try_get_matches_from_mut(std::env::args_os())
        .and_then(|mut matches| Delos::from_arg_matches_mut(&mut matches))
        .map_err(|error| error.format(&mut command));
    match asked {
        Ok(delos) => Ok(delos.command),
        Err(error) if !error.use_stderr() => {
            let _ = terminal::text(&error.render().to_string());
            Err(ExitCode::SUCCESS)
        }
        Err(error) => {
            terminal::complain(&answer(&error));
            Err(ExitCode::from(WRONG))
        }
    }
}

/// Headings, help and version in French, down to the last subcommand.
fn french(command: Command, first: bool) -> Command {
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help("Affiche cette aide");
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .help("Affiche la version");
    let mut command = command
        .help_template(PAGE)
        .subcommand_help_heading("Commandes")
        .subcommand_value_name("COMMANDE")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(help)
        .mut_subcommands(|one| french(one, false));
    if first {
        command = command.arg(version);
    }
    // Clap says these in English; what matters of them stands in the help of each option.
    command.mut_args(|one| {
        if one.get_action().takes_values() {
            one.hide_env(true)
                .hide_default_value(true)
                .hide_possible_values(true)
        } else {
            one
        }
    })
}

/// What is wrong, then how the command is used.
fn answer(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return format!("delos : il manque une commande.\n\n{}", error.render());
    }
    let mut text = format!("delos : {}", wrong(error));
    if let Some(usage) = of(error, ContextKind::Usage) {
        let usage = usage.trim();
        text.push_str("\n\nEmploi : ");
        text.push_str(usage.strip_prefix("Usage:").unwrap_or(usage).trim());
    }
    text.push_str("\n\nL’option --help en dit plus.");
    text
}

fn of(error: &clap::Error, kind: ContextKind) -> Option<String> {
    error
        .get(kind)
        .map(|value| value.to_string().replace('\n', " "))
        .filter(|text| !text.is_empty())
}

fn wrong(error: &clap::Error) -> String {
    let name = |kind| of(error, kind).unwrap_or_default();
    let among = |kind, title: &str| {
        of(error, kind).map_or_else(String::new, |text| format!(" {title} : {text}."))
    };
    let argument = name(ContextKind::InvalidArg);
    let value = name(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument => format!(
            "« {argument} » n’est pas une option de cette commande.{}",
            among(ContextKind::SuggestedArg, "Peut-être")
        ),
        ErrorKind::InvalidSubcommand => format!(
            "« {} » n’est pas une commande.{}",
            name(ContextKind::InvalidSubcommand),
            among(ContextKind::SuggestedSubcommand, "Peut-être")
        ),
        ErrorKind::MissingSubcommand => format!(
            "il manque une commande après « {} ».{}",
            name(ContextKind::InvalidSubcommand),
            among(ContextKind::ValidSubcommand, "Commandes possibles")
        ),
        ErrorKind::MissingRequiredArgument => format!("il manque {argument}."),
        ErrorKind::InvalidValue if value.is_empty() => {
            format!(
                "il manque une valeur après {argument}.{}",
                among(ContextKind::ValidValue, "Valeurs possibles")
            )
        }
        ErrorKind::InvalidValue => format!(
            "« {value} » n’est pas une valeur de {argument}.{}",
            among(ContextKind::ValidValue, "Valeurs possibles")
        ),
        ErrorKind::ValueValidation => {
            format!(
                "« {value} » n’est pas une valeur de {argument} : il faut un nombre entier qui convienne."
            )
        }
        ErrorKind::ArgumentConflict => {
            let other = name(ContextKind::PriorArg);
            if other.is_empty() || other == argument {
                format!("{argument} est donné deux fois.")
            } else {
                format!("{argument} ne va pas avec {other}.")
            }
        }
        ErrorKind::TooManyValues => format!("« {value} » est de trop après {argument}."),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} n’a pas le nombre de valeurs qu’il faut.")
        }
        ErrorKind::NoEquals => format!("écrivez « = » après {argument}."),
        ErrorKind::InvalidUtf8 => "un argument n’est pas du texte en UTF-8.".to_owned(),
        _ => "ce qui est demandé ne se comprend pas.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(arguments: &[&str]) -> String {
        let typed = std::iter::once(&"delos").chain(arguments);
        let error = french(Delos::command(), true)
            .try_get_matches_from(typed)
            .unwrap_err();
        answer(&error)
    }

    #[test]
    fn what_is_typed_wrong_is_answered_in_french() {
        for (arguments, expected) in [
            (&["servir"][..], "« servir » n’est pas une commande."),
            (&["serv", "--data", "x"], "Peut-être : serve."),
            (&[], "il manque une commande."),
            (&["import"], "il manque une commande"),
            (&["doctor"], "il manque --data <DOSSIER>."),
            (
                &["doctor", "--data"],
                "il manque une valeur après --data <DOSSIER>.",
            ),
            (
                &["doctor", "--data", "x", "--data", "y"],
                "--data <DOSSIER> est donné deux fois.",
            ),
            (&["doctor", "--dat", "x"], "Peut-être : --data."),
            (
                &["plan", "day", "--candidates", "cinq"],
                "« cinq » n’est pas une valeur de --candidates <N>",
            ),
            (
                &["plan", "day", "--candidates", "5", "--environment", "Z"],
                "« Z » n’est pas une valeur de --environment <LECTURE>. Valeurs possibles : RE2, R, E1RE2.",
            ),
            (
                &[
                    "import",
                    "schools",
                    "a.csv",
                    "--complement",
                    "b.csv",
                    "--session",
                    "2027",
                    "--data",
                    "x",
                ],
                "« --complement » n’est pas une option de cette commande.",
            ),
            (
                &[
                    "plan",
                    "export",
                    "--session",
                    "2027",
                    "--authority",
                    "07",
                    "--school",
                    "x",
                    "--instance",
                    "i",
                    "--solution",
                    "s",
                    "--data",
                    "x",
                ],
                "--authority <A> ne va pas avec --school <UAI>.",
            ),
        ] {
            let said = said(arguments);
            assert!(said.contains(expected), "{arguments:?}: {said}");
            for english in [
                "error",
                "Usage",
                "required",
                "tip:",
                "For more",
                "Commands",
                "[default:",
            ] {
                assert!(!said.contains(english), "{arguments:?}: {said}");
            }
        }
    }

    #[test]
    fn every_page_of_help_is_in_french() {
        fn look(command: &mut Command) {
            let page = command.render_long_help().to_string();
            for english in [
                "Usage",
                "Commands",
                "Print",
                "[default:",
                "[env:",
                "[possible",
                " the ",
                " of ",
            ] {
                assert!(!page.contains(english), "{page}");
            }
            for one in command.get_subcommands_mut() {
                look(one);
            }
        }
        let mut command = french(Delos::command(), true);
        command.build();
        look(&mut command);
    }
}
