//! The command line, as somebody types it: what it answers, what it leaves behind, with what exit code.

/// The desk, and what is tried from it.
mod command_line {
    mod demonstration;
    mod in_service;
}

use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;

use delos_tests::desk::{Desk, mode, sample};

/// A desk with a folder of its own; nothing when there is no binary.
fn desk(name: &str) -> Result<Option<Desk>> {
    let name = format!("command-line-{name}");
    Desk::new(env!("CARGO_TARGET_TMPDIR"), &name)
}

#[test]
fn an_init_that_fails_leaves_nothing_and_the_next_one_decides() -> Result<()> {
    let Some(desk) = desk("init")? else {
        return Ok(());
    };
    let house = desk.folder.join("house");
    desk.init(&["--database", "sqlite:/nonexistent/delos.sqlite"])?
        .ends(1, &["/nonexistent", "n’existe pas"]);
    assert!(!house.exists(), "a failed init left its folder");
    desk.init_session("deux mille", &[])?
        .ends(2, &["deux mille", "quatre chiffres"]);
    assert!(!house.exists(), "a refused init left its folder");

    let url = format!("sqlite:{}", desk.path("house/base.sqlite"));
    desk.init(&["--database", &url])?
        .ends(0, &["premier-acces#"]);
    assert!(house.join("base.sqlite").exists());
    desk.run(&[
        "session",
        "set",
        &sample("session-2027.toml"),
        "--session",
        "2027",
    ])?
    .ends(0, &[]);
    assert!(
        !house.join("delos.sqlite").exists(),
        "another database was opened"
    );

    // The house has its database: another one is refused, the same one is not.
    let other = format!("sqlite:{}", desk.path("house/other.sqlite"));
    desk.init_session("2028", &["--database", &other])?
        .ends(2, &["a déjà sa base"]);
    assert!(!house.join("other.sqlite").exists());
    desk.init_session("2028", &["--database", &url])?
        .ends(0, &[]);
    desk.init_session("2029", &[])?.ends(0, &[]);
    desk.init_session("2029", &[])?
        .ends(1, &["2029", "déjà ouverte"]);
    for file in ["data.key", "delos.toml", "base.sqlite"] {
        assert!(house.join(file).exists(), "a refused init took {file} away");
    }
    Ok(())
}

#[test]
fn a_base_of_another_key_is_not_opened_with_a_new_one() -> Result<()> {
    let Some(desk) = desk("key")? else {
        return Ok(());
    };
    desk.init(&[])?.ends(0, &[]);
    let key = desk.folder.join("house/data.key");
    std::fs::remove_file(&key)?;
    desk.init_session("2028", &[])?
        .ends(1, &["autre clé", "data.key"]);
    assert!(!key.exists());
    assert!(desk.folder.join("house/delos.sqlite").exists());
    Ok(())
}

#[test]
fn what_the_house_keeps_is_its_owner_s_alone() -> Result<()> {
    let Some(desk) = desk("rights")? else {
        return Ok(());
    };
    desk.init(&[])?.ends(0, &[]);
    let house = desk.folder.join("house");
    assert_eq!(mode(&house)?, 0o700);
    for name in ["delos.sqlite", "data.key"] {
        assert_eq!(mode(&house.join(name))?, 0o600, "{name}");
    }
    let key = house.join("data.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644))?;
    desk.run(&["migrate"])?.ends(1, &["data.key", "chmod 600"]);
    desk.run(&["doctor"])?.ends(1, &["À CORRIGER", "chmod 600"]);
    Ok(())
}

#[test]
fn every_refusal_is_a_sentence_in_french_with_its_exit_code() -> Result<()> {
    let Some(desk) = desk("refusals")? else {
        return Ok(());
    };
    desk.init(&[])?.ends(0, &["2027"]);
    let good = sample("session-2027.toml");
    desk.run(&["session", "set", &good, "--session", "2031"])?
        .ends(1, &["la session 2031 n’est pas ouverte"]);
    desk.run(&["session", "set", "/nulle/part.toml", "--session", "2027"])?
        .ends(1, &["/nulle/part.toml ne se lit pas"]);
    let (problem, plan) = (desk.path("i.json"), desk.path("s.json"));
    let export = [
        "plan",
        "export",
        "--session",
        "2027",
        "--instance",
        &problem,
        "--solution",
        &plan,
    ];
    let mut of = export.to_vec();
    of.extend(["--authority", "07"]);
    desk.run(&of)?.ends(1, &["pas encore de planning"]);
    let mut of = export.to_vec();
    of.extend(["--authority", "Atlantide"]);
    desk.run(&of)?.ends(2, &["Atlantide"]);

    let whole = std::fs::read_to_string(&good)?;
    for (name, text, words) in [
        (
            "key.toml",
            whole.replace("results =", "resultats ="),
            &["key.toml:", "dates.resultats", "pas connue", "results"][..],
        ),
        (
            "date.toml",
            whole.replace("deposit = 2027-03-19", "deposit = 2027-03-19T10:00:00"),
            &["date.toml:5:", "dates.deposit", "AAAA-MM-JJ"],
        ),
        (
            "toml.toml",
            whole.replace("deposit = ", "deposit "),
            &["toml.toml:5:", "TOML"],
        ),
        (
            "order.toml",
            whole.replace("deliberation = 2027-06-22", "deliberation = 2027-05-22"),
            &["étapes ne sont pas dans l’ordre"],
        ),
        (
            "authority.toml",
            whole.replace("La Réunion", "Atlantide"),
            &["Atlantide"],
        ),
        (
            "contact.toml",
            whole.replace("dec@reunion.example", "la dec"),
            &["« la dec » n’est pas une adresse"],
        ),
    ] {
        let file = desk.write(name, text)?;
        desk.run(&["session", "set", &file, "--session", "2027"])?
            .ends(2, words);
    }
    let latin = desk.write("latin.toml", b"id = \"a\"\ntitle = \"\xe9preuve\"\n")?;
    desk.run(&["regulation", "check", &latin])?
        .ends(2, &["latin.toml:2:", "UTF-8"]);
    desk.run(&[
        "import",
        "schools",
        &good,
        "--complement",
        &good,
        "--session",
        "2027",
    ])?
    .ends(2, &["--complement"]);
    desk.run(&[
        "init",
        "--admin-email",
        "moi",
        "--session",
        "2028",
        "--regulation",
        "bts-sio-2024-e5",
    ])?
    .ends(2, &["« moi »", "--admin-email"]);
    Ok(())
}

#[test]
fn a_setting_that_cannot_be_read_is_told_by_its_name() -> Result<()> {
    let Some(desk) = desk("settings")? else {
        return Ok(());
    };
    desk.init(&[])?.ends(0, &[]);
    for (name, value, words) in [
        ("DELOS_FOO", "1", &["DELOS_FOO", "pas connue"][..]),
        ("DELOS_MAIL__RELAI", "x", &["DELOS_MAIL__RELAI", "relay"]),
        (
            "DELOS_MAIL__CONNECTIONS",
            "beaucoup",
            &["DELOS_MAIL__CONNECTIONS", "un nombre entier"],
        ),
        (
            "DELOS_LOG__LEVEL",
            "bavard=beaucoup",
            &["DELOS_LOG__LEVEL", "bavard"],
        ),
        (
            "DELOS_LOG__FORMAT",
            "xml",
            &["DELOS_LOG__FORMAT", "pretty, json"],
        ),
        (
            "DELOS_DATABASE__URL",
            "mysql://h/d",
            &["mysql://h/d", "sqlite:FICHIER"],
        ),
    ] {
        desk.run_with(&["migrate"], &[(name, value)])?
            .ends(2, words);
    }
    desk.write(
        "house/delos.toml",
        "listen = \"127.0.0.1:8080\"\n\n[mail]\nrelai = \"x\"\n",
    )?;
    desk.run(&["migrate"])?
        .ends(2, &["delos.toml:4:", "mail.relai", "pas connue"]);
    Ok(())
}

#[test]
fn a_file_too_large_is_not_weighed_and_json_stands_alone() -> Result<()> {
    let Some(desk) = desk("large")? else {
        return Ok(());
    };
    desk.init(&[])?.ends(0, &[]);
    let file = desk.path("large.csv");
    std::fs::File::create(&file)?.set_len(200 * 1024 * 1024)?;
    let arguments = ["import", "schools", &file, "--session", "2027", "--dry-run"];
    desk.run(&arguments)?.ends(2, &["dépasse 20 Mo"]);
    let mut json = arguments.to_vec();
    json.push("--json");
    let said = desk.run(&json)?;
    said.ends(2, &["dépasse 20 Mo"]);
    serde_json::from_str::<serde_json::Value>(&said.out)?;
    Ok(())
}
