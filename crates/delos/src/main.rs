//! The binary: configuration, wiring, subcommands.
//!
//! Invariant: the only place that reads the environment, the clock and randomness; everything below is handed them.
//! Invariant: what it creates in the house's folder, nobody but its owner reads.
//! Invariant: exit code 0 when done, 2 for a fault in a file or in what was typed, 1 for all the rest; `bounce` ends with
//! 75 when its mail is to be given again later, as mail systems expect.

mod commands;
mod configuration;
mod files;
mod french;
mod house;
mod logs;
mod reading;
mod sources;
mod terminal;
mod usage;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // One provider of cryptography for TLS to the database, Redis and the relay.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let command = match usage::read() {
        Ok(command) => command,
        Err(code) => return code,
    };
    // Before the first file and the first thread: the database, its journal, mail and keys are their owner's alone.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(4 * 1024 * 1024)
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            terminal::complain(&format!(
                "delos : le système ne donne pas de fils d’exécution ({error})"
            ));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(command.run());
    runtime.shutdown_timeout(std::time::Duration::from_secs(10));
    match code {
        Ok(code) => code,
        Err(error) => {
            // The whole chain, once: each error's Display leaves its source to it.
            terminal::complain(&format!("delos : {error:#}"));
            if french::is_fault(&error) {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}
