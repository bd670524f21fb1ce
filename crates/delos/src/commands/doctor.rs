//! `delos doctor`: whether the house is in order, line by line.

use std::process::ExitCode;

use crate::configuration::Place;
use crate::house;

/// Asks each part; one that does not answer makes the exit code 1.
pub async fn run(place: &Place) -> anyhow::Result<ExitCode> {
    let house = house::open_quietly(place).await?;
    let db = &house.context.db;
    let mut sound = true;
    let mut say = |name: &str, answer: Result<String, String>| match answer {
        Ok(text) => println!("{name:<14} {text}"),
        Err(text) => {
            sound = false;
            println!("{name:<14} À CORRIGER : {text}");
        }
    };
    say(
        "base",
        db.version().await.map_err(|error| error.to_string()),
    );
    if let Some(room) = db.room() {
        let left = format!(
            "{} Mo libres sur {}",
            room.free / 1_000_000,
            room.total / 1_000_000
        );
        // The house still serves: told, not counted as broken.
        let low = if room.is_low() {
            " : presque plein, faites de la place"
        } else {
            ""
        };
        say("disque", Ok(left + low));
    }
    say(
        "intégrité",
        match db.integrity().await {
            Ok(text) if text == "ok" => Ok(text),
            Ok(text) => Err(text),
            Err(error) => Err(error.to_string()),
        },
    );
    say(
        "schéma",
        match db.pending_migrations().await {
            Ok(0) => Ok("à jour".to_owned()),
            Ok(missing) => Err(format!("{missing} migration(s) manquent : delos migrate")),
            Err(error) => Err(error.to_string()),
        },
    );
    say(
        "règlements",
        Ok(house
            .context
            .regulations
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(", ")),
    );
    say(
        "courrier",
        Ok(house
            .configuration
            .mail
            .relay
            .clone()
            .unwrap_or_else(|| format!("folder:{}", house.data.join("mail").display()))),
    );
    say(
        "Redis",
        match house.context.signals.answers().await {
            Some(true) => Ok("répond".to_owned()),
            Some(false) => {
                Err("ne répond pas ; le courrier part quand même, plus lentement".to_owned())
            }
            None => Ok("absent (facultatif)".to_owned()),
        },
    );
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
