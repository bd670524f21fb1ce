//! What a house in service needs, and who says that something is missing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Result;
use delos_tests::relay::Relay;
use delos_tests::services;

use crate::desk;
use delos_tests::desk::said;

/// Longest wait for a house to open.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_house_in_service_has_a_public_address_and_a_relay() -> Result<()> {
    let Some(desk) = desk("service")? else {
        return Ok(());
    };
    desk.init(&[])?.ends(0, &[]);
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    desk.run(&["worker"])?.ends(2, &["mail.relay", "folder:"]);
    let clear = [
        ("DELOS_PUBLIC_URL", "http://delos.rectorat.example"),
        ("DELOS_MAIL__RELAY", "folder:/tmp/mail"),
    ];
    desk.run_with(&serve, &clear)?
        .ends(2, &["DELOS_PUBLIC_URL", "https://"]);
    desk.run_with(&["doctor"], &clear)?
        .ends(1, &["À CORRIGER : public_url", "À VÉRIFIER : le courrier"]);
    Ok(())
}

/// The site opens, says that the mail waits, and ends cleanly when it is told to.
#[test]
fn a_house_without_a_relay_opens_and_lets_its_mail_wait() -> Result<()> {
    let Some(desk) = desk("no-relay")? else {
        return Ok(());
    };
    desk.init(&[])?.ends(0, &[]);
    let log = desk.folder.join("serve.log");
    let file = std::fs::File::create(&log)?;
    let mut served = desk
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .stdout(file.try_clone()?)
        .stderr(file)
        .spawn()?;
    let start = Instant::now();
    let open = loop {
        let said = std::fs::read_to_string(&log)?;
        let open = said.contains("the house is open");
        if open || served.try_wait()?.is_some() || start.elapsed() > PATIENCE {
            break open && said.contains("mail.relay");
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let told = Command::new("kill").arg(served.id().to_string()).status()?;
    let status = served.wait()?;
    let said = std::fs::read_to_string(&log)?;
    assert!(
        open && told.success() && status.success(),
        "{status}: {said}"
    );
    assert!(
        !desk.folder.join("house/mail").exists(),
        "mail was kept in a folder"
    );
    Ok(())
}

#[test]
fn the_doctor_looks_and_changes_nothing() -> Result<()> {
    let Some(desk) = desk("doctor")? else {
        return Ok(());
    };
    desk.init(&[])?.ends(0, &[]);
    let relay = [("DELOS_MAIL__RELAY", "folder:/tmp/mail")];
    desk.run_with(&["doctor"], &relay)?
        .ends(0, &["schéma", "à jour", "Mo libres"]);
    if let Some(post) = Relay::start(&desk.folder.join("relay"), &[])? {
        let url = post.url();
        desk.run_with(&["doctor"], &[("DELOS_MAIL__RELAY", url.as_str())])?
            .ends(0, &[&format!("{url} répond")]);
    } else {
        services::skip("no SMTP relay");
    }
    // Nobody listens there.
    let deaf = [("DELOS_MAIL__RELAY", "smtp://127.0.0.1:1")];
    desk.run_with(&["doctor"], &deaf)?
        .ends(1, &["courrier     À CORRIGER", "127.0.0.1:1"]);

    let file = desk.folder.join("house/delos.sqlite");
    forget_a_migration(&file)?;
    for _ in 0..2 {
        desk.run_with(&["doctor"], &relay)?
            .ends(1, &["schéma       À CORRIGER", "delos migrate"]);
    }
    std::fs::remove_file(&file)?;
    desk.run_with(&["doctor"], &relay)?
        .ends(1, &["n’existe pas"]);
    assert!(!file.exists(), "the doctor made a database");
    Ok(())
}

fn forget_a_migration(file: &Path) -> Result<()> {
    use delos_persistence::{Database, DatabaseAddress, MasterKey};
    let address = DatabaseAddress::Sqlite(file.to_owned());
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let db = Database::open(&address, MasterKey::new([0; 32]), false).await?;
            let last = "delete from seaql_migrations where version = (select max(version) from seaql_migrations)";
            db.execute_for_test(last).await?;
            Ok(())
        })
}

#[test]
fn a_reader_who_leaves_ends_nothing_with_a_panic() -> Result<()> {
    let Some(desk) = desk("pipe")? else {
        return Ok(());
    };
    for arguments in [
        &["schema", "staff"][..],
        &["plan", "day", "--candidates", "5"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe()?;
        drop(reader);
        let mut command = desk.command(arguments);
        let output = command.stdout(writer).stderr(Stdio::piped()).spawn()?;
        drop(command);
        said(output.wait_with_output()?)?.ends(0, &[]);
    }
    Ok(())
}

#[test]
fn the_examples_of_the_infrastructure_are_settings() -> Result<()> {
    let Some(desk) = desk("examples")? else {
        return Ok(());
    };
    desk.init(&[])?.ends(0, &[]);
    let infra = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra");
    let example = std::fs::read_to_string(infra.join("systemd/delos.env.example"))?;
    let variables: Vec<(&str, &str)> = example
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        // Those two would be called: they are read all the same.
        .filter(|(name, _)| !["DELOS_DATABASE__URL", "DELOS_REDIS__URL"].contains(name))
        .collect();
    let named = |name: &str| variables.iter().any(|(known, _)| *known == name);
    assert!(named("DELOS_PUBLIC_URL") && named("DELOS_TRUSTED_HOPS") && named("DELOS_MAIL__RELAY"));
    desk.run_with(&["migrate"], &variables)?
        .ends(0, &["à jour"]);
    let compose = std::fs::read_to_string(infra.join("compose.yaml"))?;
    for name in [
        "DELOS_PUBLIC_URL",
        "DELOS_TRUSTED_HOPS",
        "DELOS_MAIL__RELAY",
    ] {
        assert!(compose.contains(&format!("{name}: ${{{name}:?")), "{name}");
    }
    Ok(())
}
