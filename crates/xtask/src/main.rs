//! `cargo xtask`: the development commands of the house, in plain Rust.
//!
//! Invariant: depends on nothing of ours; it runs the binary, as a user would.
//! Invariant: what it starts, it ends, also on Ctrl+C; everything it makes lies under `target/`.

mod arguments;
mod bench;
mod browser;
mod builds;
mod counts;
mod crash_test;
mod demo;
mod deny;
mod lint;
mod mutants;
mod packages;
mod pdftotext;
mod pictures;
mod postgres;
mod process;
mod python;
mod redis;
mod relay;
mod report;
mod schema;
mod services;
mod stop;
mod test;
mod units;
mod web;
mod workspace;

use std::process::ExitCode;

use arguments::Arguments;

const USAGE: &str = "\
cargo xtask COMMAND

  demo [--port N] [--data DIR]     a realistic session in the foreground, until Ctrl+C
  test                             every test: Rust, relay, front, browser, crash test
  services                         the tests' private servers in the foreground, and the variables to export
  lint                             format, clippy, licences and bans, front, generated files, units
  schema                           writes the committed schemas again
  pictures                         takes the pictures of docs/pictures again, from a fresh demonstration
  crash-test [--messages N] [--kills N] [--workers N] [--restarts N] [--seed N] [--database sqlite|postgres|both]
             [--self-check]        kills workers while they send; nothing lost, no unflagged duplicate
  mutants [--jobs N] [--only tracks,policy]
                                   cargo-mutants on the tracks, the policy and the rules: no survivor
  bench                            the measures of BENCHMARKS.md
  bench mail [--messages N] [--database sqlite|postgres]
                                   one worker's convocations a second, beside smtp-source
  bench documents [--documents N] [--beside N]
                                   filled grids a second and a core, and their memory, beside WeasyPrint";

fn main() -> ExitCode {
    if let Err(error) = stop::listen() {
        eprintln!("xtask: {error:#}");
        return ExitCode::FAILURE;
    }
    let mut arguments = Arguments::from_command_line();
    let command = arguments.word();
    let outcome = match command.as_deref() {
        Some("demo") => demo::run(arguments),
        Some("test") => test::run(arguments),
        Some("services") => services::run(arguments),
        Some("lint") => lint::run(arguments),
        Some("schema") => schema::run(arguments),
        Some("pictures") => pictures::run(arguments),
        Some("crash-test") => crash_test::run(arguments),
        Some("mutants") => mutants::run(arguments),
        Some("bench") => bench::run(arguments),
        Some("help" | "--help" | "-h") | None => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Some(other) => Err(anyhow::anyhow!("unknown command {other}\n\n{USAGE}")),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
