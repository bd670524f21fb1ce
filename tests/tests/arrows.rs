//! The plan of the house, held by `cargo metadata`: which crate may name which, ours and others'.
//!
//! Invariant: everything points down to `domain`; an edge not written here does not exist.
//! Invariant: a third-party library with consequences has one owner, here and in `deny.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The arrows of ARCHITECTURE.md, from the top of the house down.
/// `*` stands for every crate of the house but the development ones.
const ARROWS: &[(&str, &[&str])] = &[
    ("delos-domain", &[]),
    ("delos-regulation", &["delos-domain"]),
    ("delos-planning", &["delos-domain"]),
    ("delos-harmonisation", &["delos-domain"]),
    ("delos-imports", &["delos-domain"]),
    ("delos-documents", &["delos-domain"]),
    ("delos-migrations", &[]),
    ("delos-persistence", &["delos-migrations", "delos-domain"]),
    ("delos-signals", &[]),
    (
        "delos-application",
        &[
            "delos-persistence",
            "delos-signals",
            "delos-imports",
            "delos-planning",
            "delos-harmonisation",
            "delos-documents",
            "delos-regulation",
            "delos-domain",
        ],
    ),
    ("delos-gateway", &["delos-application", "delos-domain"]),
    (
        "delos-notifier",
        &["delos-application", "delos-documents", "delos-domain"],
    ),
    (
        "delos",
        &[
            "delos-gateway",
            "delos-notifier",
            "delos-application",
            "delos-persistence",
            "delos-signals",
            "delos-imports",
            "delos-planning",
            "delos-harmonisation",
            "delos-documents",
            "delos-regulation",
            "delos-domain",
        ],
    ),
    ("delos-tests", &["*"]),
    ("xtask", &[]),
];

/// Third-party libraries with one owner: the only crate of the house that may name them.
/// `delos-tests` may name what it needs to knock at the front door, never what is behind it.
const OWNERS: &[(&str, &str)] = &[
    ("sea-orm", "delos-persistence"),
    ("sea-orm-migration", "delos-migrations"),
    ("object_store", "delos-persistence"),
    ("chacha20poly1305", "delos-persistence"),
    ("redis", "delos-signals"),
    ("axum", "delos-gateway"),
    ("hyper", "delos-gateway"),
    ("hyper-util", "delos-gateway"),
    ("async-graphql", "delos-gateway"),
    ("lettre", "delos-notifier"),
    ("typst", "delos-documents"),
    ("icalendar", "delos-documents"),
    ("rust_xlsxwriter", "delos-documents"),
    ("csv", "delos-imports"),
    ("encoding_rs", "delos-imports"),
    ("mail-parser", "delos-imports"),
    ("ring", "delos-notifier"),
    ("argon2", "delos-application"),
    ("sha1", "delos-application"),
    ("qrcode", "delos-gateway"),
    ("clap", "delos"),
    ("figment", "delos"),
    ("rand", "delos"),
    ("tikv-jemallocator", "delos"),
];

/// What `deny.toml` holds as well, because a transitive dependency could bring it in.
const DENIED_ELSEWHERE: &[&str] = &[
    "sea-orm",
    "sea-orm-migration",
    "redis",
    "axum",
    "async-graphql",
    "lettre",
];

/// Crates whose values depend on nothing but their arguments (ARCHITECTURE.md, "pure").
const PURE: &[&str] = &[
    "delos-domain",
    "delos-regulation",
    "delos-planning",
    "delos-harmonisation",
    "delos-imports",
    "delos-documents",
];

/// Libraries that read a clock, a socket or a disk by themselves.
const IMPURE: &[&str] = &[
    "tokio",
    "tokio-util",
    "tracing",
    "tower",
    "rustls",
    "rand",
    "futures-util",
];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Normal,
    Dev,
    Build,
}

/// One line of a `Cargo.toml` under `[dependencies]`, `[dev-dependencies]` or `[build-dependencies]`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Edge {
    from: String,
    to: String,
    kind: Kind,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ stands in the root")
        .to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every dependency that a package of the workspace declares, and the names of the packages
/// in the order in which the root `Cargo.toml` lists them.
fn edges() -> (Vec<String>, Vec<Edge>) {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .expect("cargo answers");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let mut edges = Vec::new();
    for package in packages {
        for dependency in package["dependencies"]
            .as_array()
            .expect("a list of dependencies")
        {
            edges.push(Edge {
                from: text(&package["name"]),
                to: text(&dependency["name"]),
                kind: match dependency["kind"].as_str() {
                    None => Kind::Normal,
                    Some("dev") => Kind::Dev,
                    Some(_) => Kind::Build,
                },
            });
        }
    }
    let manifest: toml::Table = read("Cargo.toml").parse().expect("Cargo.toml is TOML");
    let members = manifest["workspace"]["members"]
        .as_array()
        .expect("members");
    let order = members
        .iter()
        .map(|member| {
            let folder = member.as_str().expect("a folder");
            let manifest: toml::Table = read(&format!("{folder}/Cargo.toml"))
                .parse()
                .expect("a manifest");
            manifest["package"]["name"]
                .as_str()
                .expect("a name")
                .to_owned()
        })
        .collect();
    (order, edges)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

fn arrows() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let house = ARROWS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| *name != "xtask");
    let all: BTreeSet<_> = house.filter(|name| *name != "delos-tests").collect();
    ARROWS
        .iter()
        .map(|(from, to)| {
            let to = if to.contains(&"*") {
                all.clone()
            } else {
                to.iter().copied().collect()
            };
            (*from, to)
        })
        .collect()
}

/// Everything that can be reached by following the arrows down from `from`.
fn below<'a>(from: &str, arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = arrows[from].iter().copied().collect();
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            open.extend(arrows[name].iter().copied());
        }
    }
    reached
}

/// The faults of a list of edges, in words; empty when the house stands as drawn.
fn faults(edges: &[Edge]) -> Vec<String> {
    let arrows = arrows();
    let mut faults = Vec::new();
    for edge in edges {
        let Edge { from, to, kind } = edge;
        let Some(allowed) = arrows.get(from.as_str()) else {
            faults.push(format!("{from} is not on the map"));
            continue;
        };
        if arrows.contains_key(to.as_str()) {
            let held = match kind {
                Kind::Normal | Kind::Build => allowed.contains(to.as_str()),
                Kind::Dev => below(from, &arrows).contains(to.as_str()),
            };
            if !held {
                faults.push(format!(
                    "{from} → {to} ({kind:?}) is not an arrow of the house"
                ));
            }
        }
        if let Some((_, owner)) = OWNERS.iter().find(|(library, _)| library == to)
            && from != owner
            && !(from == "delos-tests" && matches!(to.as_str(), "axum" | "async-graphql"))
            // Its tests read reference data by themselves: they hold no reader of ours to be right.
            && !(from == "delos-harmonisation" && to == "csv" && *kind == Kind::Dev)
        {
            faults.push(format!("{from} names {to}, which belongs to {owner}"));
        }
        if *kind == Kind::Normal && PURE.contains(&from.as_str()) && IMPURE.contains(&to.as_str()) {
            faults.push(format!("{from} is pure and names {to}"));
        }
    }
    faults
}

#[test]
fn every_edge_of_the_workspace_is_an_arrow_of_the_house() {
    let (_, edges) = edges();
    assert!(
        edges.len() > 50,
        "cargo metadata was read: {} edges",
        edges.len()
    );
    assert_eq!(faults(&edges), Vec::<String>::new());
}

#[test]
fn the_members_are_the_map_in_arrow_order() {
    let (order, _) = edges();
    let map: Vec<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(order, map);
    for (position, (from, _)) in ARROWS.iter().enumerate() {
        for to in &arrows()[from] {
            let below = ARROWS
                .iter()
                .position(|(name, _)| name == to)
                .expect("on the map");
            assert!(below < position, "{from} → {to} points up");
        }
    }
}

#[test]
fn a_wrong_edge_is_seen() {
    let edge = |from: &str, to: &str, kind| Edge {
        from: from.into(),
        to: to.into(),
        kind,
    };
    let planted = [
        edge("delos-gateway", "delos-persistence", Kind::Normal),
        edge("delos-domain", "delos-regulation", Kind::Dev),
        edge("xtask", "delos-domain", Kind::Build),
        edge("delos-application", "sea-orm", Kind::Normal),
        edge("delos-notifier", "redis", Kind::Dev),
        edge("delos-tests", "lettre", Kind::Normal),
        edge("delos-domain", "tokio", Kind::Normal),
        edge("delos-helpers", "delos-domain", Kind::Normal),
    ];
    for planted in planted {
        assert_eq!(
            faults(std::slice::from_ref(&planted)).len(),
            1,
            "{planted:?}"
        );
    }
    let fine = [
        edge("delos-gateway", "delos-persistence", Kind::Dev),
        edge("delos-tests", "delos-persistence", Kind::Normal),
        edge("delos-persistence", "sea-orm", Kind::Normal),
    ];
    assert_eq!(faults(&fine), Vec::<String>::new());
}

#[test]
fn deny_toml_holds_the_same_owners() {
    let deny: toml::Table = read("deny.toml").parse().expect("deny.toml is TOML");
    let owned: BTreeMap<&str, Vec<&str>> = deny["bans"]["deny"]
        .as_array()
        .expect("a list of bans")
        .iter()
        .filter_map(|ban| {
            let wrappers = ban.get("wrappers")?.as_array()?;
            let ours = wrappers.iter().filter_map(toml::Value::as_str);
            let ours = ours.filter(|name| name.starts_with("delos")).collect();
            Some((ban["crate"].as_str()?, ours))
        })
        .collect();
    let written: BTreeMap<&str, Vec<&str>> = OWNERS
        .iter()
        .filter(|(library, _)| DENIED_ELSEWHERE.contains(library))
        .map(|(library, owner)| (*library, vec![*owner]))
        .collect();
    assert_eq!(owned, written);
}

#[test]
fn no_crate_or_module_is_named_after_nothing() {
    let vague = [
        "core", "common", "utils", "util", "helpers", "helper", "shared", "misc",
    ];
    let mut open = vec![
        root().join("crates"),
        root().join("migrations"),
        root().join("tests"),
    ];
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = entry.path();
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if ["node_modules", "data", "target"].contains(&name.as_str()) {
                continue;
            }
            seen += 1;
            assert!(
                !vague.contains(&name.as_str()),
                "{} says nothing",
                path.display()
            );
            if entry.file_type().expect("a type").is_dir() {
                open.push(path);
            }
        }
    }
    assert!(seen > 50, "the sources were walked: {seen} entries");
}

#[test]
fn only_three_packages_are_let_off_the_clock_the_environment_and_the_dice() {
    let banned: toml::Table = read("clippy.toml").parse().expect("clippy.toml is TOML");
    let paths: BTreeSet<&str> = banned["disallowed-methods"]
        .as_array()
        .expect("a list of methods")
        .iter()
        .filter_map(|method| method["path"].as_str())
        .collect();
    for path in [
        "std::env::var",
        "std::env::var_os",
        "std::time::SystemTime::now",
        "chrono::Utc::now",
        "chrono::Local::now",
        "uuid::Uuid::now_v7",
        "uuid::Uuid::new_v4",
        "rand::rng",
    ] {
        assert!(paths.contains(path), "clippy.toml lets {path} through");
    }
    let (order, _) = edges();
    let manifest: toml::Table = read("Cargo.toml").parse().expect("Cargo.toml is TOML");
    let members = manifest["workspace"]["members"]
        .as_array()
        .expect("members");
    let let_off: Vec<_> = members
        .iter()
        .zip(order)
        .filter(|(folder, _)| {
            let own = root().join(folder.as_str().expect("a folder"));
            own.join("clippy.toml").exists() || own.join(".clippy.toml").exists()
        })
        .map(|(_, name)| name)
        .collect();
    assert_eq!(let_off, ["delos", "delos-tests", "xtask"]);
}
