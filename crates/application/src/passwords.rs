//! Whether a password is one of those that attackers try first (ASVS 5.0, 6.2.4), as `zxcvbn` counts guesses: known
//! passwords, names, dates, repeats, walks on a keyboard, and what people make of them (docs/decisions).

/// Words of the house and what French speakers type, which the estimator does not know.
const OURS: &str = include_str!("../data/common-passwords.txt");
/// Fewest guesses, as a power of ten, that a password must be worth. What is drawn by chance in twelve characters is worth
/// a hundred times more; a known password with a year behind it a hundred times less.
const LEAST_GUESSES: f64 = 10.0;
/// Fewest letters of a word that is known about a person.
const PIECE: usize = 3;

/// Whether a password is easy to guess for somebody who knows these words about its owner.
pub fn is_easy(password: &str, about: &[&str]) -> bool {
    let folded: Vec<String> = about
        .iter()
        .flat_map(|text| {
            let words: Vec<String> = text
                .split(|c: char| !c.is_alphanumeric())
                .map(delos_persistence::search::fold)
                .filter(|word| word.chars().count() >= PIECE)
                .collect();
            let together = words.concat();
            words.into_iter().chain([together])
        })
        .collect();
    let known: Vec<&str> = OURS
        .lines()
        .filter(|word| !word.is_empty())
        .chain(about.iter().copied())
        .chain(folded.iter().map(String::as_str))
        .collect();
    let as_typed = zxcvbn::zxcvbn(password, &known).guesses_log10();
    let without_accents = delos_persistence::search::fold(password);
    as_typed < LEAST_GUESSES
        || zxcvbn::zxcvbn(&without_accents, &known).guesses_log10() < LEAST_GUESSES
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
            "btssio2027btssio2027",
            "987654321098",
            "1qaz2wsx3edc",
            "unbelievable",
            "administrator",
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
            "0123456789!!",
            "anneelise2010",
            "ÀnneÉlise2010",
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
}
