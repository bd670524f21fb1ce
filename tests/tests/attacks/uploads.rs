//! Files that nobody should hand in, by HTTP and on the command line: a clear French answer, nothing kept to write,
//! nothing half-written, and the process stands.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use delos_tests::files::{import, of_academy};
use delos_tests::house::{Engine, House, Mode, REGULATION, SESSION, text};
use delos_tests::http::{Answer, Part, Visitor};
use delos_tests::people::{administrator, officer};
use delos_tests::plans::list;
use delos_tests::post;
use serde_json::{Value, json};

/// Size of the file that is too large.
const HUGE: usize = 200 * 1024 * 1024;
/// Longest wait for its refusal.
const QUICK: Duration = Duration::from_secs(5);
/// Most memory that refusing it may take, in megabytes: what one file may hold, twice while it grows.
const MOST_GROWTH: u64 = 80;
/// The sentence of its refusal.
const TOO_LARGE: &str = "Ce fichier dépasse 20 Mo. Découpez-le, ou vérifiez que c’est le bon.";

const HEADING: &str = "Numéro;Nom;Prénoms;Naissance;INE;Courriel;Option;Statut;Forme;UAI;Académie;Tiers temps \
     préparation;Tiers temps entretien;PMR;Note conservée;Fin de formation\n";

/// A file and the fault that is told first.
struct Bad {
    name: &'static str,
    bytes: Vec<u8>,
    code: &'static str,
    line: u64,
    column: &'static str,
    message: &'static str,
}

fn row(number: &str, name: &str, email: &str) -> String {
    format!(
        "{number};{name};Amélie;19/12/2006;;{email};SISR;scolaire;ccf;0717061P;;;;;;30/06/2027\n"
    )
}

fn bad_files() -> Result<Vec<Bad>> {
    let good = row("2210005915", "Île-Perrot", "amelie@eleve.example");
    // The second row as an older Excel writes it: one byte a letter.
    let mut mixed = format!("{HEADING}{good}").into_bytes();
    for letter in row("2210005919", "Quéré", "beatrice@eleve.example").chars() {
        mixed.push(u8::try_from(u32::from(letter))?);
    }
    let mut garbage: Vec<u8> = b"\x89PNG\r\n\x1a\n".to_vec();
    let noise = (0..4_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]);
    garbage.extend(noise.clone());
    let injected = row("2210005915", "Île-Perrot", "\"a@b.fr\r\nBcc: x@y.fr\"");
    let injected_name = row(
        "2210005915",
        "\"Île\r\nBcc: x@y.fr\"",
        "amelie@eleve.example",
    );
    Ok(vec![
        Bad {
            name: "vide.csv",
            bytes: Vec::new(),
            code: "file_empty",
            line: 1,
            column: "",
            message: "Ce fichier est vide.",
        },
        Bad {
            name: "../../x",
            bytes: b"Nom;Commune\nX;Dijon\n".to_vec(),
            code: "columns_missing",
            line: 1,
            column: "",
            message: "Colonnes obligatoires introuvables : Numéro, Prénoms, Naissance, Option, Statut, UAI ou Académie.",
        },
        Bad {
            name: "mixte.csv",
            bytes: mixed,
            code: "unreadable_character",
            line: 3,
            column: "Nom",
            message: "Cette cellule contient un caractère illisible : elle n’a pas le même encodage que le reste du \
                      fichier, ou le caractère est perdu.",
        },
        Bad {
            name: "image.csv",
            bytes: garbage,
            code: "not_csv",
            line: 1,
            column: "",
            message: "Ce fichier n’est pas un fichier CSV : c’est une image.",
        },
        Bad {
            name: "bruit.csv",
            bytes: noise.collect(),
            code: "not_csv",
            line: 1,
            column: "",
            message: "Ce fichier n’est pas un fichier CSV : c’est un fichier binaire.",
        },
        Bad {
            name: "adresse.csv",
            bytes: format!("{HEADING}{injected}").into_bytes(),
            code: "control_character",
            line: 2,
            column: "Courriel",
            message: "Cette cellule contient un caractère interdit (saut de ligne, tabulation ou caractère invisible).",
        },
        Bad {
            name: "nom.csv",
            bytes: format!("{HEADING}{injected_name}").into_bytes(),
            code: "control_character",
            line: 2,
            column: "Nom",
            message: "Cette cellule contient un caractère interdit (saut de ligne, tabulation ou caractère invisible).",
        },
    ])
}

/// The list, then what is too large, then what is no form at all.
pub fn a_bad_file_is_answered_clearly_and_nothing_is_kept_to_write() -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(mut house) = House::open_as(Mode::Production, Engine::Sqlite, "uploads", REGULATION)?
    else {
        return Ok(());
    };
    let mut officer = officer(&house, &mut administrator(&house)?, "07")?;
    let schools = of_academy("etablissements.csv", "Dijon")?;
    import(
        &mut officer,
        "schools",
        ("etablissements.csv", &schools),
        None,
    )?;
    let before = house.relay.accepted()?.len();

    // The wrong list altogether: of schools, where candidates are asked for.
    let mut files = bad_files()?;
    files.push(Bad {
        name: "etablissements.csv",
        bytes: schools.into_bytes(),
        code: "columns_missing",
        line: 1,
        column: "",
        message: "Colonnes obligatoires introuvables : Numéro, Prénoms, Naissance, Option.",
    });
    for bad in &files {
        let parts = [Part {
            name: "file",
            file: bad.name,
            bytes: &bad.bytes,
        }];
        let answer = officer
            .upload("/imports/candidates", &parts)?
            .expect(200)?
            .json()?;
        assert_eq!(answer["staged"], json!(null), "{}", bad.name);
        let name = bad.name.rsplit('/').next().unwrap_or_default();
        assert_eq!(answer["report"]["file"], name, "a name is no path");
        told(bad, &answer["report"])?;
        on_the_command_line(&house, bad)?;
    }

    too_large(&house, &officer)?;
    for (name, body) in [
        (
            "no boundary that closes",
            &b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nNum"[..],
        ),
        ("no part", b"--b--\r\n"),
        (
            "another part",
            b"--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--b--\r\n",
        ),
        ("no form", b"\0\0\0\0"),
        (
            "one part twice",
            b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n\
              --b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\ny\r\n--b--\r\n",
        ),
    ] {
        let answer = officer.send("POST", "/imports/candidates", &FORM, body)?;
        refused(&answer, 400, "Choisissez un fichier, puis recommencez.").context(name)?;
    }

    assert_eq!(
        list(&mut officer, "Candidates", "candidates")?,
        Vec::<Value>::new()
    );
    assert_eq!(
        officer.staff("Todo", &json!({}))?["todo"]
            .as_array()
            .map(Vec::is_empty),
        Some(false)
    );
    assert_eq!(
        house.relay.accepted()?.len(),
        before,
        "nobody was written to"
    );
    assert!(house.is_alive()?);
    Ok(())
}

const FORM: [(&str, &str); 2] = [
    ("content-type", "multipart/form-data; boundary=b"),
    ("x-delos", "1"),
];

/// A file of 200 MB that says its size, one that does not, and a form that never comes to its file.
fn too_large(house: &House, officer: &Visitor) -> Result<()> {
    let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n";
    let piece = vec![b'x'; 1024 * 1024];
    let chunked = [&FORM[..], &[("transfer-encoding", "chunked")]].concat();
    let length = HUGE.to_string();
    let announced = [&FORM[..], &[("content-length", length.as_str())]].concat();
    let chunk = |bytes: &[u8]| {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        chunk
    };
    let (first, next) = (chunk(head), chunk(&piece));
    let endless = chunk(b"--b\r\nContent-Disposition: form-data; name=\"");
    let pieces = HUGE / piece.len();
    let times =
        |one: &'static str, first: &[u8], next: &[u8], headers: &[(&str, &str)]| -> Result<()> {
            house.forget_peak()?;
            let before = house.peak_memory()?;
            let start = Instant::now();
            let body = std::iter::once(first).chain(std::iter::repeat_n(next, pieces));
            let answer = officer
                .clone()
                .pour("POST", "/imports/candidates", headers, body)?;
            let took = start.elapsed();
            refused(&answer, 413, TOO_LARGE).context(one)?;
            let grown = house.peak_memory()? - before;
            println!(
                "200 MB, {one}: refused in {} ms, the process grew by {grown} MB",
                took.as_millis()
            );
            assert!(took < QUICK, "{one}: {took:?}");
            assert!(grown <= MOST_GROWTH, "{one}: {grown} MB");
            Ok(())
        };
    times("announced", head, &piece, &announced)?;
    times("not announced", &first, &next, &chunked)?;
    times(
        "without an end to its first line",
        &endless,
        &next,
        &chunked,
    )?;

    let file = house.folder.join("huge.csv");
    std::fs::File::create(&file)?.set_len(HUGE as u64)?;
    let start = Instant::now();
    let report = report(house, text(&file)?)?;
    assert!(start.elapsed() < QUICK);
    let first = &report["errors"][0];
    assert_eq!(first["code"], "file_too_large", "{report}");
    assert_eq!(first["message"], "Ce fichier dépasse 20 Mo.");
    Ok(())
}

/// The same file by `delos import`: the same fault, JSON alone on standard output, and the code of a file with faults.
fn on_the_command_line(house: &House, bad: &Bad) -> Result<()> {
    let folder = house.folder.join("handed/in");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(bad.name);
    std::fs::write(&file, &bad.bytes)?;
    told(bad, &report(house, text(&file)?)?)
}

fn report(house: &House, file: &str) -> Result<Value> {
    let arguments = [
        "import",
        "candidates",
        file,
        "--session",
        SESSION,
        "--dry-run",
        "--json",
    ];
    let output = house.ended(&arguments)?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{file}: {errors}");
    serde_json::from_slice(&output.stdout).context("JSON alone")
}

fn told(bad: &Bad, report: &Value) -> Result<()> {
    let fault = report["errors"]
        .get(0)
        .with_context(|| format!("{}: no fault: {report}", bad.name))?;
    let seen = (
        &fault["code"],
        &fault["line"],
        &fault["column"],
        &fault["message"],
    );
    let expected = (
        &json!(bad.code),
        &json!(bad.line),
        &json!(bad.column),
        &json!(bad.message),
    );
    assert_eq!(seen, expected, "{}", bad.name);
    assert!(
        fault["remedy"]
            .as_str()
            .is_some_and(|remedy| remedy.ends_with('.')),
        "{fault}"
    );
    Ok(())
}

fn refused(answer: &Answer, status: u16, sentence: &str) -> Result<()> {
    let said = answer.json()?;
    assert_eq!(
        (answer.status, said["message"].as_str()),
        (status, Some(sentence)),
        "{said}"
    );
    Ok(())
}
