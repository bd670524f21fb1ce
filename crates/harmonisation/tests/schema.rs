//! The schema that is committed is that of the types.

#[test]
fn the_committed_schema_is_the_types_own() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/report.json");
    let committed = std::fs::read_to_string(file).expect("it is committed");
    assert!(
        committed == delos_harmonisation::report::schema(),
        "stale: run `cargo xtask schema` and commit it"
    );
}
