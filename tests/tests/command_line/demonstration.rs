//! The demonstration, interrupted and run again.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::desk;

#[test]
fn a_demonstration_is_whole_or_begun_again_and_says_its_accounts_each_time() -> Result<()> {
    let Some(desk) = desk("demo")? else {
        return Ok(());
    };
    let house = desk.folder.join("house");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples");
    let samples = samples.display().to_string();
    let arguments = [
        "demo",
        "--only-imported",
        "--listen",
        "127.0.0.1:0",
        "--samples",
        &samples,
    ];
    // Ended while it furnishes: at once, and the next run begins again.
    let mut first = desk.command(&arguments).stdout(Stdio::null()).spawn()?;
    wait(|| Ok(house.join("demo.part").exists()))?;
    let asked = Instant::now();
    Command::new("kill")
        .arg("-INT")
        .arg(first.id().to_string())
        .status()?;
    assert_eq!(first.wait()?.code(), Some(130));
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "{:?}",
        asked.elapsed()
    );
    assert!(!house.join("demo.json").exists());

    let mut printed = Vec::new();
    for run in ["second", "third"] {
        let log = desk.folder.join(run);
        let mut demo = desk
            .command(&arguments)
            .stdout(std::fs::File::create(&log)?)
            .spawn()?;
        wait(|| Ok(std::fs::read_to_string(&log)?.contains("Ctrl+C")))?;
        Command::new("kill").arg(demo.id().to_string()).status()?;
        assert!(demo.wait()?.success());
        let text = std::fs::read_to_string(&log)?;
        let accounts: Vec<String> = text
            .lines()
            .filter(|line| line.starts_with("  "))
            .map(str::to_owned)
            .collect();
        assert!(accounts.len() > 5, "{text}");
        assert!(
            accounts
                .iter()
                .all(|line| line.contains("quatre mots au hasard"))
        );
        printed.push(accounts);
    }
    assert_eq!(printed[0], printed[1]);
    Ok(())
}

fn wait(done: impl Fn() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !done()? {
        if start.elapsed() > Duration::from_mins(3) {
            bail!("too long");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
