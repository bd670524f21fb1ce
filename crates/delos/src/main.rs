//! The binary: configuration, wiring, subcommands.
//!
//! Invariant: the only place that reads the environment, the clock and randomness; everything below is handed them.

mod commands;
mod configuration;
mod house;
mod logs;
mod sources;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Délos: a national oral exam, from the list of candidates to the mark that the jury adopts.
#[derive(Parser)]
#[command(name = "delos", version, about)]
struct Delos {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    // One provider of cryptography for TLS to the database, Redis and the relay.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let asked = Delos::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(4 * 1024 * 1024)
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("delos: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(asked.command.run());
    runtime.shutdown_timeout(std::time::Duration::from_secs(10));
    match code {
        Ok(code) => code,
        Err(error) => {
            // The whole chain, once: each error's Display leaves its source to it.
            eprintln!("delos: {error:#}");
            ExitCode::FAILURE
        }
    }
}
