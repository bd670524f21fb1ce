//! Dates and hours as a French reader expects them, written here a second time on purpose.

use anyhow::Result;
use chrono::{Datelike, NaiveDate};

/// « jeudi 1er avril 2027 ».
pub fn date(iso: &str) -> Result<String> {
    let date: NaiveDate = iso.parse()?;
    let day = match date.weekday() {
        chrono::Weekday::Mon => "lundi",
        chrono::Weekday::Tue => "mardi",
        chrono::Weekday::Wed => "mercredi",
        chrono::Weekday::Thu => "jeudi",
        chrono::Weekday::Fri => "vendredi",
        chrono::Weekday::Sat => "samedi",
        chrono::Weekday::Sun => "dimanche",
    };
    let months =
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre";
    let month = months
        .split(' ')
        .nth(date.month0() as usize)
        .unwrap_or_default();
    let number = match date.day() {
        1 => "1er".to_owned(),
        other => other.to_string(),
    };
    Ok(format!("{day} {number} {month} {}", date.year()))
}

/// « 8 h 10 ».
pub fn hour(minute: u64) -> String {
    format!("{} h {:02}", minute / 60, minute % 60)
}
