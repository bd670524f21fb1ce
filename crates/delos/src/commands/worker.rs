//! `delos worker`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use delos_application::Context;
use delos_notifier::{Relay, Sender, Tls, Worker as Loop, WorkerSettings};
use tokio_util::sync::CancellationToken;

use super::serve::stop_signal;
use crate::configuration::{Configuration, MailSettings, Place};
use crate::house::{self, House};

/// Runs the worker alone.
#[derive(Args)]
pub struct Worker {
    #[command(flatten)]
    place: Place,
}

impl Worker {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let house = house::open(&self.place).await?;
        tracing::info!("the worker begins");
        work(&house, stop_signal())?.await;
        Ok(ExitCode::SUCCESS)
    }
}

/// The worker's loop over a house, until `stop`.
pub fn work(
    house: &House,
    stop: CancellationToken,
) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mail = &house.configuration.mail;
    let relay = mail
        .relay
        .clone()
        .unwrap_or_else(|| format!("folder:{}", house.data.join("mail").display()));
    let password = match &mail.password_file {
        Some(file) => Some(
            std::fs::read_to_string(file)
                .with_context(|| format!("{} ne se lit pas", file.display()))?
                .trim()
                .to_owned(),
        ),
        None => None,
    };
    let relay = Relay::from_setting(&relay).context(
        "mail.relay est « smtp://hôte:port », « smtps://hôte:port » ou « folder:DOSSIER »",
    )?;
    let worker = Loop::new(house.context.clone(), relay, settings(mail, password)?);
    Ok(async move { worker.run(stop).await })
}

fn settings(mail: &MailSettings, password: Option<String>) -> anyhow::Result<WorkerSettings> {
    Ok(WorkerSettings {
        sender: Sender {
            address: mail.from.clone(),
            name: mail.from_name.clone(),
            host: mail.host.clone(),
        },
        tls: Tls::from_setting(&mail.tls)
            .context("mail.tls est « none », « opportunistic » ou « required »")?,
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
    let folder = format!("folder:{}", data.join("mail").display());
    let relay = Relay::from_setting(&folder).context("le dossier du courrier")?;
    let mail = Configuration::default().mail;
    Loop::new(context.clone(), relay, settings(&mail, None)?)
        .deliver_due()
        .await;
    Ok(())
}
