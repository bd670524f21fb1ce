//! What is sealed has no name in the candidates' schema: what is not in it cannot leak from it.

use anyhow::Result;

/// What a candidate never reads before the jury has adopted it.
const SEALED: [&str; 12] = [
    "grid",
    "grille",
    "level",
    "niveau",
    "propos",
    "penalt",
    "severity",
    "sévérité",
    "appreciation",
    "appréciation",
    "note",
    "mark",
];

/// Every line, descriptions included, of the schema as committed and as served.
pub fn the_candidates_schema_has_no_word_for_what_is_sealed() -> Result<()> {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/gateway/schema/candidate.graphql"
    );
    let committed = std::fs::read_to_string(file)?;
    assert_eq!(
        committed,
        delos_gateway::candidate_sdl(),
        "candidate.graphql is stale: `cargo xtask schema`"
    );
    assert_eq!(sealed(&committed), Vec::<&str>::new());
    // The reader of words reads: it finds them where they are.
    assert_eq!(
        sealed("finalMark: Int\nadopted mark\nMa NOTE\nname: String\nAppréciation"),
        ["finalMark: Int", "Ma NOTE", "Appréciation"]
    );
    Ok(())
}

fn sealed(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| {
            let line = line.to_lowercase();
            SEALED.iter().any(|word| line.contains(word)) && !line.contains("adopted")
        })
        .collect()
}
