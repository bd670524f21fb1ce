//! `delos serve`.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, FixedOffset};
use clap::Args;
use delos_gateway::{GatewaySettings, Traffic};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::worker;
use crate::configuration::{Configuration, Place};
use crate::french;
use crate::house::{self, House};
use crate::sources::RehearsalClock;

/// Sert le site et, dans le même processus, fait partir le courrier
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Adresse d’écoute [par défaut : celle de la configuration, 127.0.0.1:8080]
    #[arg(long, value_name = "ADRESSE")]
    listen: Option<String>,
    /// Laisse le courrier et les tâches à un autre processus (delos worker)
    #[arg(long)]
    no_worker: bool,
    /// Développement : tout document GraphQL est lu, avec ses garde-fous ; les cookies passent sans TLS
    #[arg(long)]
    development: bool,
    /// Répétition, avec --development : l’horloge de la maison part de cet instant, par exemple
    /// 2027-04-05T08:00:00+02:00
    #[arg(long, value_name = "INSTANT", requires = "development")]
    at: Option<DateTime<FixedOffset>>,
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut house = house::open_checked(&self.place, self.listen, |configuration| {
            if self.development {
                Ok(())
            } else {
                in_service(configuration, !self.no_worker)
            }
        })
        .await?;
        if let Some(at) = self.at {
            tracing::warn!(%at, "a rehearsal: the clock of the house is not the machine's");
            house.context.clock = Arc::new(RehearsalClock::starting_at(at.to_utc()));
        }
        let listener = listen(&house).await?;
        tracing::info!(address = %listener.local_addr()?, "the house is open");
        run(
            house,
            listener,
            self.development,
            !self.no_worker,
            stop_signal(),
        )
        .await
    }
}

/// Takes the address of the configuration.
pub async fn listen(house: &House) -> anyhow::Result<TcpListener> {
    let address = &house.configuration.listen;
    TcpListener::bind(address).await.map_err(|error| {
        anyhow::anyhow!(
            "l’adresse {address} ne s’ouvre pas : {}",
            french::cause(&error)
        )
    })
}

/// Takes the address at which machines read the house in numbers, if there is one.
async fn numbers(house: &House) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = &house.configuration.metrics.listen else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address).await.map_err(|error| {
        anyhow::anyhow!(
            "l’adresse des mesures {address} ne s’ouvre pas : {}",
            french::cause(&error)
        )
    })?;
    tracing::info!(address = %listener.local_addr()?, "the house in numbers");
    Ok(Some(listener))
}

/// Refuses to put in service a house that nobody can sign in to; says loudly what is odd.
fn in_service(configuration: &Configuration, with_worker: bool) -> anyhow::Result<()> {
    if let Some(fault) = configuration.public_fault() {
        return Err(french::fault(fault));
    }
    if let Some(warning) = configuration.public_warning() {
        tracing::warn!("{warning}");
    }
    // Mail that would cross a network in clear stops a house that sends it: nobody chose that.
    if with_worker && let Some(fault) = configuration.encryption_fault() {
        return Err(french::fault(fault));
    }
    let relay = || {
        configuration
            .relay_fault()
            .or_else(|| configuration.relay_warning())
    };
    if with_worker && let Some(warning) = relay() {
        tracing::warn!("{warning}");
    }
    Ok(())
}

/// Serves until `stop`, then ends the worker and the requests in hand.
pub async fn run(
    house: House,
    listener: TcpListener,
    development: bool,
    with_worker: bool,
    stop: CancellationToken,
) -> anyhow::Result<ExitCode> {
    let public = house.context.settings.public_url.clone();
    let settings = GatewaySettings {
        development,
        secure_cookies: public.starts_with("https://"),
        origins: origins(public, listener.local_addr()?),
        trusted_hops: house.configuration.trusted_hops,
        traffic: Traffic::default(),
    };
    let numbers = numbers(&house).await?;
    let working = if !with_worker {
        None
    } else if development || house.configuration.relay_fault().is_none() {
        Some(tokio::spawn(worker::work(&house, stop.clone())?))
    } else {
        // Mail that nobody chose to keep in a folder waits: a message is never told as sent to nobody.
        let context = house.context.clone();
        Some(tokio::spawn(delos_notifier::run_tasks(
            context,
            stop.clone(),
        )))
    };
    let context = house.context.clone();
    delos_gateway::serve(context, settings, listener, numbers, stop.clone()).await;
    stop.cancel();
    if let Some(working) = working {
        working.await.context("le travail de fond s’est arrêté")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Origins of the house's own pages: the public address, and this machine's where that is where it listens. Nobody else
/// can serve a page from there.
fn origins(public: String, listening: SocketAddr) -> Vec<String> {
    let mut origins = vec![public];
    if listening.ip().is_loopback() {
        origins.push(format!("http://{listening}"));
        origins.push(format!("http://localhost:{}", listening.port()));
    }
    origins
}

/// Cancelled by Ctrl+C or SIGTERM.
pub fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        let interrupted = tokio::signal::ctrl_c();
        let terminated = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupted => {}
            () = terminated => {}
        }
        tracing::info!("asked to stop");
        told.cancel();
    });
    stop
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_opened_on_this_machine_is_ours_where_the_house_listens_there() -> anyhow::Result<()> {
        let public = || "https://delos.example".to_owned();
        assert_eq!(
            origins(public(), "127.0.0.1:8080".parse()?),
            [
                "https://delos.example",
                "http://127.0.0.1:8080",
                "http://localhost:8080"
            ]
        );
        assert_eq!(origins(public(), "10.0.0.9:8080".parse()?), [public()]);
        assert_eq!(origins(public(), "0.0.0.0:8080".parse()?), [public()]);
        Ok(())
    }
}
