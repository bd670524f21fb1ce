//! Any bytes: no panic, every fault on a line that the file has, every row accounted for.

use std::io::Write;
use std::time::{Duration, Instant};

use delos_imports::{GradeFile, GradesRefused, GridColumns, read_anchors, read_grades};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use crate::samples::{regulation, sample};

fn lines(bytes: &[u8]) -> u64 {
    1 + bytes.iter().filter(|b| matches!(b, b'\r' | b'\n')).count() as u64
}

fn holds(bytes: &[u8], read: Result<GradeFile, GradesRefused>) -> Result<(), TestCaseError> {
    let file = match read {
        Ok(file) => file,
        Err(refused) => {
            prop_assert!(!refused.message.is_empty() && !refused.remedy.is_empty());
            prop_assert!(!refused.message.chars().any(char::is_control));
            return Ok(());
        }
    };
    let last = if file.compressed {
        u64::MAX
    } else {
        lines(bytes)
    };
    for fault in file.faults.iter().chain(&file.warnings) {
        prop_assert!((1..=last).contains(&fault.line), "{fault:?}");
        prop_assert!(fault.value.chars().count() <= 80);
        prop_assert!(!fault.value.chars().any(char::is_control));
        prop_assert!(!fault.message.is_empty() && !fault.remedy.is_empty());
    }
    prop_assert!(file.faults.is_sorted_by_key(|fault| fault.line));
    prop_assert_eq!(
        file.rows.len() as u64 + file.left_out + file.without_note.total(),
        file.rows_read
    );
    prop_assert!(file.left_out <= file.faults.len() as u64 + file.faults_untold);
    for row in &file.rows {
        prop_assert!(!file.candidates[row.candidate as usize].is_empty());
        prop_assert!(!file.commissions[row.commission as usize].code.is_empty());
        prop_assert!(
            row.option
                .is_none_or(|option| (option as usize) < file.options.len())
        );
        prop_assert!(row.note.is_none_or(|note| (0.0..=20.0).contains(&note)));
        let levels = file.levels(row);
        let lines = row
            .grid
            .map_or(0, |grid| file.grids[grid as usize].items.len());
        prop_assert_eq!(levels.len(), lines);
        prop_assert!(levels.iter().flatten().all(|level| *level <= 3));
        prop_assert_eq!(row.option.is_some(), file.presence.option);
        prop_assert_eq!(row.form.is_some(), file.presence.mode);
    }
    for one in &file.commissions {
        prop_assert_eq!(one.academy.is_some(), file.presence.academy);
        prop_assert_eq!(one.centre.is_some(), file.presence.centre);
    }
    Ok(())
}

fn read_all(bytes: &[u8]) -> Result<(), TestCaseError> {
    for columns in [GridColumns::Headers, regulation()] {
        holds(bytes, read_grades(bytes, &columns))?;
        holds(bytes, read_anchors(bytes, &columns))?;
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

const SAMPLES: [&str; 5] = [
    "francais.csv",
    "english.csv",
    "minimal.tsv",
    "ancres.csv",
    "fautes.csv",
];

/// What breaks readers: quotes, separators, line ends, nulls, marks, halves of characters, numbers that are none.
const SHARDS: [&[u8]; 20] = [
    b"\"",
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    b"\xe9",
    b"=1+1",
    b"-",
    b"1e400",
    b"NaN",
    b"20,0000000001",
    b"4",
    b"\xe2\x80\xae",
    b"NV",
    b"",
];

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let cut = (any::<prop::sample::Index>(), 0_usize..30, 0..SHARDS.len());
    (0..SAMPLES.len(), prop::collection::vec(cut, 1..12)).prop_map(|(which, cuts)| {
        let mut bytes = sample(SAMPLES[which]);
        for (at, length, shard) in cuts {
            let start = at.index(bytes.len());
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, SHARDS[shard].iter().copied());
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes)?;
        read_all(&[b"\x1f\x8b", &bytes[..]].concat())?;
        read_all(&gzip(&bytes))?;
    }

    #[test]
    fn any_rows_below_a_good_header_are_read_without_panic(rows in "[0-9a-zéNV;\"\r\n =@/\t,.-]{0,300}") {
        read_all(format!("Candidat;Commission;Note\n{rows}").as_bytes())?;
        read_all(format!("Candidat;Commission;Centre;Option;Mode;p1;q1;SISR_C1;SLAM_C1;Note;Pénalité;Date;Heure;Ordre\n{rows}").as_bytes())?;
    }

    #[test]
    fn any_header_above_good_rows_is_read_without_panic(header in "[a-zA-Z0-9é_;\" ]{0,120}") {
        read_all(format!("Candidat;Commission;Note;{header}\n1;K;12;1;2;3\n").as_bytes())?;
        read_all(format!("{header}\nCandidat;Commission;Note\n1;K;12\n").as_bytes())?;
    }

    #[test]
    fn any_damage_to_a_file_is_told_within_it(bytes in mutated()) {
        read_all(&bytes)?;
    }

    #[test]
    fn any_damage_to_a_compressed_file_is_refused_or_read(bytes in mutated(), at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut held = gzip(&bytes);
        let at = at.index(held.len());
        held[at] = value;
        read_all(&held)?;
    }
}

#[test]
fn a_bomb_is_refused_within_seconds() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let piece = vec![b'0'; 1 << 20];
    for _ in 0..300 {
        encoder.write_all(&piece).expect("memory");
    }
    let bomb = encoder.finish().expect("memory");
    let start = Instant::now();
    let refused = read_grades(&bomb, &GridColumns::Headers).expect_err("refused");
    assert_eq!(refused.code, "file_too_large");
    assert_eq!(refused.message, "Ce fichier dépasse 256 Mo.");
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn files_made_to_be_slow_are_not() {
    let head = "candidat;commission;note\n";
    let same = head.to_owned() + &"1;K;12\n".repeat(200_000);
    let quotes = head.to_owned() + &"\"a\"\"b;".repeat(400_000);
    let blanks = "\n".repeat(4 << 20);
    let headless = "x;y;z\n".repeat(1_000_000);
    let wide = format!(
        "candidat;commission;note{}\n{}",
        ";L".repeat(190),
        ";".repeat(4 << 20)
    );
    for text in [same, quotes, blanks, headless, wide] {
        let start = Instant::now();
        let _ = read_grades(text.as_bytes(), &GridColumns::Headers);
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{:?}",
            start.elapsed()
        );
    }
}
