//! Faults of TOML itself, in French: what the parser says in English to programmers.

/// The French of a message of the TOML parser; what is rarer than these is said in one general sentence.
pub fn french(message: &str) -> String {
    // The parser goes on with what it would have expected, in its own words.
    let message = message
        .split_once(", expected")
        .map_or(message, |(what, _)| what);
    let known = match message {
        "duplicate key" => "cette clé est écrite deux fois",
        "string values must be quoted" => {
            "une valeur manque, ou un texte n’est pas entre guillemets droits"
        }
        "missing opening quote" => "guillemet manquant",
        "invalid basic string" | "invalid literal string" => {
            "guillemet fermant manquant, ou caractère interdit dans un texte"
        }
        "missing escaped value" | "too few unicode value digits" => {
            "la barre oblique inverse annonce un caractère qui manque"
        }
        "missing assignment between key-value pairs" | "key with no value" => {
            "il manque « = » après la clé"
        }
        "missing value" | "missing value for key" | "invalid value" => {
            "il manque une valeur après « = »"
        }
        "unquoted keys cannot be empty" | "invalid unquoted key" => {
            "une clé s’écrit avec des lettres sans accent, des chiffres, « - » et « _ »"
        }
        "extra `=`" | "extra assignment between key-value pairs" | "unexpected `=` in array" => {
            "« = » de trop"
        }
        "unclosed table" | "unclosed array table" => "crochet fermant manquant",
        "unclosed array" => "liste sans crochet fermant",
        "unclosed inline table" => "accolade fermante manquante",
        "missing comma between array elements" | "missing comma between key-value pairs" => {
            "virgule manquante"
        }
        "extra comma in array" | "extra comma in inline table" => "virgule de trop",
        "unexpected key or value" | "unexpected content" => "la ligne devrait finir ici",
        "unexpected leading zero" => "un nombre ne commence pas par zéro",
        "cannot recurse further; max recursion depth met" => "trop de niveaux imbriqués",
        _ => "cette écriture ne peut pas être lue",
    };
    format!("écriture TOML incorrecte : {known}")
}
