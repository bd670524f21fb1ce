//! Whether a password is one of those that attackers try first (ASVS 5.0, 6.2.4): known ones, words of the house and of
//! the person, walks on the keyboard, and what people make of them to reach a length (docs/decisions).

use std::collections::HashMap;
use std::sync::LazyLock;

/// Known passwords, the commonest first: the first ten thousand of the list of `@zxcvbn-ts/language-common` 4.1.3, and
/// every longer one of it. Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.; (c) 2021 @zxcvbn-ts; MIT licence.
const KNOWN: &str = include_str!("../data/known-passwords.txt");
/// Words of the house and what French speakers type.
const OURS: &str = include_str!("../data/common-passwords.txt");
/// Known passwords of which two in a row are no better than one.
const COMMONEST: usize = 1_000;
/// Fewest characters of a piece that a password is made of.
const PIECE: usize = 4;
/// Fewest different characters.
const DISTINCT: usize = 5;
/// Rows of keyboards, the alphabet and the digits: read either way, from anywhere.
const WALKS: &[&str] = &[
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "1a2z3e4r5t6y7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "a1z2e3r4t5y6u7i8o9p0",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1aqw2zsx3edc4rfv5tgb6yhn",
    "aqwzsxedcrfvtgbyhnujik",
    "qazwsxedcrfvtgbyhnujmik",
];

/// Rank of each known word.
static RANKS: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let ours = OURS.lines().map(|word| (word, 0));
    KNOWN
        .lines()
        .zip(0..)
        .chain(ours)
        .filter(|(word, _)| !word.is_empty())
        .collect()
});

/// Whether a password is easy to guess for somebody who knows these words about its owner.
pub fn is_easy(password: &str, about: &[&str]) -> bool {
    let about: Vec<String> = about
        .iter()
        .flat_map(|text| {
            let words = text.split(|c: char| !c.is_alphanumeric()).map(fold);
            std::iter::once(fold(text)).chain(words)
        })
        .filter(|word| word.chars().count() >= PIECE)
        .collect();
    let plain = fold(password);
    let mut distinct: Vec<char> = plain.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.len() < DISTINCT
        || [plain, fold(&unmasked(password))]
            .iter()
            .any(|form| is_made_up(form, &about))
}

/// Whether it is one of those words or two in a row, whatever digits stand around, or the same thing again and again.
fn is_made_up(form: &str, about: &[String]) -> bool {
    let one = |text: &str| {
        RANKS.contains_key(text) || about.iter().any(|word| word == text) || is_walk(text)
    };
    let common = |text: &str| {
        text.chars().count() >= PIECE
            && (RANKS.get(text).is_some_and(|rank| *rank < COMMONEST)
                || about.iter().any(|word| word == text)
                || is_walk(text))
    };
    let two = |text: &str| {
        text.char_indices()
            .any(|(place, _)| common(&text[..place]) && common(&text[place..]))
    };
    let digit = |c: char| c.is_ascii_digit();
    let first = form.len() - form.trim_start_matches(digit).len();
    let last = form.trim_end_matches(digit).len();
    if last == 0 || is_repeated(form) {
        return true;
    }
    // A known word may end with digits of its own, before those that were added.
    [0, first].iter().any(|start| {
        (last..=form.len()).any(|end| one(&form[*start..end]) || two(&form[*start..end]))
    })
}

/// Whether the whole is a piece said at least twice, the last time perhaps not to its end.
fn is_repeated(form: &str) -> bool {
    let form: Vec<char> = form.chars().collect();
    (1..=form.len() / 2).any(|period| form[period..] == form[..form.len() - period])
}

fn is_walk(text: &str) -> bool {
    let back: String = text.chars().rev().collect();
    text.chars().count() >= PIECE
        && WALKS
            .iter()
            .any(|walk| walk.contains(text) || walk.contains(&back))
}

/// Letters and digits in lower case, without accents.
fn fold(text: &str) -> String {
    delos_persistence::search::fold(text)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// With the letters that digits and signs stand for: `P@ssw0rd`.
fn unmasked(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '@' | '4' => 'a',
            '0' => 'o',
            '1' | '!' => 'i',
            '3' | '€' => 'e',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_is_easy() {
        for easy in [
            "motdepasse123",
            "Password1234",
            "P@ssw0rd2027!!",
            "azertyuiop123",
            "aaaaaaaaaaaaaaa",
            "delosdelosdelos",
            "1212121212121212",
            "Dragon_Monkey_12",
            "btssio2027btssio2027",
            "987654321098",
            "1qaz2wsx3edc",
            "unbelievable",
            "administrator",
            "Azerty-Soleil-2027",
            "202720282029",
        ] {
            assert!(is_easy(easy, &[]), "{easy}");
        }
    }

    #[test]
    fn what_is_known_about_a_person_is_easy() {
        let about = [
            "Le Goff-Péron",
            "Anne-Élise",
            "0123456789",
            "anne.legoff@lycee.example",
        ];
        for easy in [
            "legoffperon2027",
            "Péron-Anne-2001",
            "0123456789!!",
            "anneelise2010",
            "LYCEE.legoff",
            "anne.legoff@lycee.example",
        ] {
            assert!(is_easy(easy, &about), "{easy}");
        }
        assert!(!is_easy("legoffperon2027", &[]));
    }

    #[test]
    fn what_is_said_by_chance_is_not() {
        for sound in [
            "quatre mots au hasard",
            "éléphant-violet-9",
            "agrafe tournesol 7 cuivre",
            "xK9#tT2$vLq8",
        ] {
            assert!(!is_easy(sound, &["Dieudonné", "Marie"]), "{sound}");
        }
    }

    /// ASVS 5.0, 6.2.4: at least the three thousand commonest of those that are long enough.
    #[test]
    fn thousands_of_known_passwords_that_are_long_enough_are_easy() {
        let long = KNOWN.lines().filter(|word| word.len() >= 12);
        let lengthened = KNOWN
            .lines()
            .take(3_000)
            .flat_map(|word| ["2027", "123456789", "0000!"].map(|end| format!("{word}{end}")))
            .filter(|word| word.len() >= 12);
        let all: Vec<String> = long.map(ToOwned::to_owned).chain(lengthened).collect();
        assert!(all.len() > 3_000, "{}", all.len());
        for word in &all {
            assert!(is_easy(word, &[]), "{word}");
        }
    }
}
