//! `delos worker`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use delos_application::Context;
use delos_domain::delivery::{Pace, PausePolicy, QuietHours, Rates};
use delos_domain::email::EmailAddress;
use delos_notifier::{BadDkim, Dkim, Relay, Sender, Tls, Worker as Loop, WorkerSettings};
use tokio_util::sync::CancellationToken;

use super::serve::stop_signal;
use crate::configuration::{Configuration, MailSettings, Place};
use crate::french::{self, fault};
use crate::house::{self, House};

/// Fait partir le courrier et les tâches, sans le site
#[derive(Args)]
pub struct Worker {
    #[command(flatten)]
    place: Place,
}

impl Worker {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let house = house::open_checked(&self.place, None, in_service).await?;
        tracing::info!("the worker begins");
        work(&house, stop_signal())?.await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Refuses to work for a house in service whose mail nobody chose not to send.
fn in_service(configuration: &Configuration) -> anyhow::Result<()> {
    let faults = [
        configuration.relay_fault(),
        configuration.encryption_fault(),
    ];
    if let Some(fault) = faults.into_iter().flatten().next() {
        return Err(french::fault(fault));
    }
    if let Some(warning) = configuration.relay_warning() {
        tracing::warn!("{warning}");
    }
    Ok(())
}

/// The worker's loop over a house, until `stop`.
pub fn work(
    house: &House,
    stop: CancellationToken,
) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let (relay, settings) = post(&house.configuration, &house.data)?;
    let worker = Loop::new(house.context.clone(), relay, settings);
    Ok(async move { worker.run(stop).await })
}

/// Who takes the mail, and how it is spoken to.
///
/// # Errors
/// A setting of `[mail]` that cannot be read.
pub fn post(configuration: &Configuration, data: &Path) -> anyhow::Result<(Relay, WorkerSettings)> {
    let mail = &configuration.mail;
    let password = match &mail.password_file {
        Some(file) => Some(
            std::fs::read_to_string(file)
                .map_err(|error| french::unread(file, &error))?
                .trim()
                .to_owned(),
        ),
        None => None,
    };
    let relay = Relay::from_setting(&configuration.relay(data)).map_err(|_| {
        fault(
            "mail.relay (DELOS_MAIL__RELAY) s’écrit « smtp://hôte:port », « smtps://hôte:port » ou « folder:DOSSIER » ; \
             le compte et son mot de passe s’écrivent à part (mail.username, mail.password_file)",
        )
    })?;
    Ok((relay, settings(mail, password)?))
}

fn settings(mail: &MailSettings, password: Option<String>) -> anyhow::Result<WorkerSettings> {
    Ok(WorkerSettings {
        sender: Sender {
            address: mail.from.clone(),
            name: mail.from_name.clone(),
            host: mail.host.clone(),
        },
        tls: Tls::from_setting(&mail.tls).ok_or_else(|| {
            fault("mail.tls (DELOS_MAIL__TLS) s’écrit « none », « opportunistic » ou « required »")
        })?,
        credentials: mail.username.clone().zip(password),
        connections: mail.connections,
        connect_timeout: Duration::from_secs(mail.connect_timeout),
        command_timeout: Duration::from_secs(mail.command_timeout),
        dot_timeout: Duration::from_secs(mail.dot_timeout),
        retry_base: Duration::from_secs(mail.retry_base),
        pace: pace(mail)?,
        bounce_domain: bounce_domain(mail)?,
        dkim: dkim(mail)?,
        roots: match &mail.ca_file {
            Some(file) => {
                let pem = std::fs::read(file).map_err(|error| french::unread(file, &error))?;
                delos_notifier::roots(&pem).map_err(|_| {
                    fault(format!(
                        "{} (mail.ca_file) ne contient pas de certificat en PEM",
                        file.display()
                    ))
                })?
            }
            None => Vec::new(),
        },
    })
}

fn pace(mail: &MailSettings) -> anyhow::Result<Pace> {
    let rates = Rates::parse(mail.rate, &mail.domain_rates).map_err(|_| {
        fault(
            "mail.rate (DELOS_MAIL__RATE) est un nombre de messages par minute et par domaine, de 0 (sans limite) à 60000 ; \
                 mail.domain_rates (DELOS_MAIL__DOMAIN_RATES) s’écrit « gmail.com=60,orange.fr=120 »",
        )
    })?;
    let quiet = if mail.quiet.trim().is_empty() {
        None
    } else {
        let zone = mail.quiet_zone.parse().map_err(|_| {
            fault("mail.quiet_zone (DELOS_MAIL__QUIET_ZONE) est le nom d’un fuseau, par exemple « Europe/Paris »")
        })?;
        Some(
            QuietHours::parse(&mail.quiet, zone)
                .map_err(|_| fault("mail.quiet (DELOS_MAIL__QUIET) s’écrit « 21:00-07:00 »"))?,
        )
    };
    let first = i64::try_from(mail.pause_first)
        .ok()
        .and_then(chrono::Duration::try_seconds)
        .filter(|first| *first <= chrono::Duration::days(1))
        .ok_or_else(|| {
            fault("mail.pause_first (DELOS_MAIL__PAUSE_FIRST) est un nombre de secondes, d’un jour au plus")
        })?;
    Ok(Pace {
        rates,
        quiet,
        pause: PausePolicy {
            share: u64::from(mail.pause_share) * 10,
            least: u64::from(mail.pause_least),
            first,
            ..PausePolicy::default()
        },
        ..Pace::default()
    })
}

/// A domain that mail can come back to.
fn bounce_domain(mail: &MailSettings) -> anyhow::Result<Option<String>> {
    let Some(domain) = &mail.bounce_domain else {
        return Ok(None);
    };
    EmailAddress::parse(&format!("x@{domain}")).map_err(|_| {
        fault("mail.bounce_domain (DELOS_MAIL__BOUNCE_DOMAIN) est un domaine qui reçoit du courrier, par exemple « retours.rectorat.example »")
    })?;
    Ok(Some(domain.clone()))
}

fn dkim(mail: &MailSettings) -> anyhow::Result<Option<Arc<Dkim>>> {
    let (domain, selector, file) = match (
        &mail.dkim.domain,
        &mail.dkim.selector,
        &mail.dkim.key_file,
    ) {
        (None, None, None) => return Ok(None),
        (Some(domain), Some(selector), Some(file)) => (domain, selector, file),
        _ => {
            return Err(fault(
                "mail.dkim.domain, mail.dkim.selector et mail.dkim.key_file vont ensemble : donnez les trois, ou aucun",
            ));
        }
    };
    // Whoever reads this key writes in our name.
    let mode = house::mode(file);
    if mode & 0o007 != 0 {
        return Err(fault(format!(
            "la clé {} (mail.dkim.key_file) peut être lue par n’importe quel compte de cette machine (mode {mode:04o}). \
             Tapez : chmod 640 {}",
            file.display(),
            file.display()
        )));
    }
    let pem = std::fs::read(file).map_err(|error| french::unread(file, &error))?;
    let signer = Dkim::new(domain, selector, &pem).map_err(|bad| {
        fault(match bad {
            BadDkim::Name => {
                "mail.dkim.domain et mail.dkim.selector sont faits de lettres, de chiffres, de tirets et de points".to_owned()
            }
            BadDkim::Key => format!(
                "{} (mail.dkim.key_file) n’est pas une clé RSA d’au moins 2048 bits ni une clé Ed25519, en PEM",
                file.display()
            ),
        })
    })?;
    Ok(Some(Arc::new(signer)))
}

/// Delivers to the folder of mail what is due now: for the demonstration, which reads it like a person would.
pub async fn deliver_now(context: &Context, data: &Path) -> anyhow::Result<()> {
    let (relay, settings) = post(&Configuration::default(), data)?;
    Loop::new(context.clone(), relay, settings)
        .deliver_due()
        .await;
    Ok(())
}
