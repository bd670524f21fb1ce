//! The small files of grades, and what several tests ask of them.

use delos_imports::{
    Fault, GradeCompetence, GradeFile, GradeGrid, GradeItem, GridColumns, read_grades,
};

/// The bytes of a small file.
pub fn sample(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/../../tests/data/grades/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(&path).expect("the file is in tests/data/grades")
}

/// Grades whose headers name their grids.
pub fn grades(bytes: &[u8]) -> GradeFile {
    read_grades(bytes, &GridColumns::Headers).expect("it can be read")
}

/// Line, column and code of each fault.
pub fn told(faults: &[Fault]) -> Vec<(u64, &str, &str)> {
    faults
        .iter()
        .map(|fault| (fault.line, fault.column.as_str(), &*fault.code))
        .collect()
}

/// A regulation of one grid of three lines in two blocks.
pub fn regulation() -> GridColumns {
    let competence = |code: &str| GradeCompetence {
        code: code.to_owned(),
        label: format!("Compétence {code}"),
    };
    let item = |code: &str, competence| GradeItem {
        code: code.to_owned(),
        label: format!("Ligne {code}"),
        competence,
    };
    GridColumns::Known(vec![GradeGrid {
        code: "UNIQUE".to_owned(),
        competences: vec![competence("p"), competence("q")],
        items: vec![item("p1", 0), item("p2", 0), item("q1", 1)],
    }])
}

/// A national session: 18 000 candidates, 900 commissions, both grids.
pub fn national(rows: u32) -> Vec<u8> {
    let mut text = String::from("candidate,academy,centre,commission,option,mode");
    for (grid, blocks) in [
        ("SISR", [("C", 6), ("I", 6), ("E", 5)]),
        ("SLAM", [("C", 11), ("M", 5), ("D", 4)]),
    ] {
        for (block, lines) in blocks {
            for line in 1..=lines {
                text.push_str(&format!(",{grid}_{block}{line}"));
            }
        }
    }
    text.push_str(",note,penalty,note_final\n");
    for row in 0..rows {
        let commission = row / 20;
        let slam = commission % 2 == 1;
        text.push_str(&format!(
            "C{row:06},A{:02},E{:04},K{commission:04},{},{}",
            commission / 30,
            commission / 3,
            if slam { "SLAM" } else { "SISR" },
            if commission % 3 == 0 {
                "CCF"
            } else {
                "ponctuel"
            },
        ));
        for line in 0..37_u32 {
            text.push(',');
            let level = (row * 7 + line * 13) % 5;
            if (line >= 17) == slam && level < 4 {
                text.push(char::from(b'0' + u8::try_from(level).expect("a digit")));
            }
        }
        text.push_str(&format!(",{},0,{}\n", row % 21, row % 21));
    }
    text.into_bytes()
}
