//! `delos bounce`: what the mail system runs for each mail that comes back.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use delos_application::CommandError;
use delos_application::record_bounce::{Recorded, record_bounce};
use delos_imports::bounce::LARGEST;

use crate::configuration::Place;
use crate::terminal::say;
use crate::{french, house};

/// Exit code for a mail to be given again later (`EX_TEMPFAIL` of sysexits.h): any other fault makes a mail system
/// throw it away.
const LATER: u8 = 75;

/// Lit un courrier revenu, sur l’entrée standard ou dans un fichier, et inscrit le message qui n’est pas arrivé
#[derive(Args)]
pub struct Bounce {
    /// Fichier du courrier [par défaut : l’entrée standard]
    #[arg(value_name = "FICHIER")]
    file: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// Adresse à laquelle le courrier est revenu, si ses en-têtes ne la disent pas
    #[arg(long, value_name = "ADRESSE")]
    recipient: Option<String>,
}

impl Bounce {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut mail = match &self.file {
            Some(file) => {
                let opened = File::open(file).map_err(|error| french::unread(file, &error))?;
                bytes(opened).map_err(|error| french::unread(file, &error))?
            }
            None => bytes(std::io::stdin().lock()).map_err(|error| {
                anyhow::anyhow!(
                    "l’entrée standard ne se lit pas : {}",
                    french::cause(&error)
                )
            })?,
        };
        if let Some(recipient) = self.recipient.filter(|_| !mail.is_empty()) {
            let plain: String = recipient.chars().filter(|c| !c.is_control()).collect();
            mail.splice(0..0, format!("Delivered-To: {plain}\r\n").into_bytes());
        }
        let house = match house::open_quietly(&self.place).await {
            Ok(house) => house,
            Err(error) => {
                crate::terminal::complain(&format!("delos : {error:#}"));
                return Ok(ExitCode::from(LATER));
            }
        };
        match record_bounce(&house.context, &mail).await {
            Ok(recorded) => {
                say!("{}", told(recorded))?;
                Ok(ExitCode::SUCCESS)
            }
            Err(error @ (CommandError::Store(_) | CommandError::Conflict | CommandError::Busy)) => {
                crate::terminal::complain(&format!("delos : {:#}", french::sentence(error)));
                Ok(ExitCode::from(LATER))
            }
            Err(error) => Err(french::sentence(error)),
        }
    }
}

/// All of it, or one byte more than the largest mail: what is too large is known to be, and fills no memory.
fn bytes(from: impl Read) -> std::io::Result<Vec<u8>> {
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    let mut mail = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut mail)?;
    Ok(mail)
}

fn told(recorded: Recorded) -> &'static str {
    match recorded {
        Recorded::Marked => "Le message est inscrit parmi ceux qui ne sont pas arrivés.",
        Recorded::Already => {
            "Ce message était déjà inscrit, ou n’est pas parti : rien n’est écrit."
        }
        Recorded::StillTried => "Le serveur du destinataire essaie encore : rien n’est écrit.",
        Recorded::Arrived => "Le message est arrivé : rien n’est écrit.",
        Recorded::Answer => "C’est une réponse, pas un avis de non-remise : rien n’est écrit.",
    }
}
