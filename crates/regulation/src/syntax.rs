//! Faults of TOML itself, in French: what the parser says in English to programmers.

/// The French of a message of the TOML parser; what is rarer than these is said in one general sentence.
pub(crate) fn french(message: &str) -> String {
    let known = match message {
        "duplicate key" => "cette clé est écrite deux fois",
        "string values must be quoted" => "un texte s’écrit entre guillemets droits",
        "missing opening quote" | "invalid basic string" | "invalid literal string" => {
            "guillemet manquant, ou caractère interdit dans un texte"
        }
        "missing assignment between key-value pairs" | "key with no value" => {
            "il manque « = » après la clé"
        }
        "missing value" | "missing value for key" | "invalid value" => {
            "il manque une valeur après « = »"
        }
        "unclosed table" | "unclosed array table" => "crochet fermant manquant",
        "unclosed array" => "liste sans crochet fermant",
        "unclosed inline table" => "accolade fermante manquante",
        "missing comma between array elements" | "missing comma between key-value pairs" => {
            "virgule manquante"
        }
        "extra comma in array" | "extra comma in inline table" => "virgule de trop",
        "unexpected leading zero" => "un nombre ne commence pas par zéro",
        "cannot recurse further; max recursion depth met" => "trop de niveaux imbriqués",
        _ => return format!("écriture TOML incorrecte ({message})"),
    };
    format!("écriture TOML incorrecte : {known}")
}
