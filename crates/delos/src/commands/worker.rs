//! `delos worker`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use delos_application::Context;
use delos_notifier::{Relay, Sender, Tls, Worker as Loop, WorkerSettings};
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
    if let Some(fault) = configuration.relay_fault() {
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
    })
}

/// Delivers to the folder of mail what is due now: for the demonstration, which reads it like a person would.
pub async fn deliver_now(context: &Context, data: &Path) -> anyhow::Result<()> {
    let (relay, settings) = post(&Configuration::default(), data)?;
    Loop::new(context.clone(), relay, settings)
        .deliver_due()
        .await;
    Ok(())
}
