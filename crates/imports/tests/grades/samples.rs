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
    let blocks = [
        ("SISR", [("C", 6), ("I", 6), ("E", 5)]),
        ("SLAM", [("C", 11), ("M", 5), ("D", 4)]),
    ];
    let lines: Vec<String> = blocks
        .iter()
        .flat_map(|(grid, blocks)| blocks.iter().map(move |block| (grid, block)))
        .flat_map(|(grid, (block, lines))| {
            (1..=*lines).map(move |line| format!("{grid}_{block}{line}"))
        })
        .collect();
    let head = format!(
        "candidate,academy,centre,commission,option,mode,{},note,penalty,note_final\n",
        lines.join(",")
    );
    let row = |row: u32| {
        let commission = row / 20;
        let slam = commission % 2 == 1;
        let levels: Vec<String> = (0..37)
            .map(|line| (line, (row * 7 + line * 13) % 5))
            .map(|(line, level)| match level {
                0..4 if (line >= 17) == slam => level.to_string(),
                _ => String::new(),
            })
            .collect();
        format!(
            "C{row:06},A{:02},E{:04},K{commission:04},{},{},{},{note},0,{note}\n",
            commission / 30,
            commission / 3,
            if slam { "SLAM" } else { "SISR" },
            if commission.is_multiple_of(3) {
                "CCF"
            } else {
                "ponctuel"
            },
            levels.join(","),
            note = row % 21,
        )
    };
    std::iter::once(head)
        .chain((0..rows).map(row))
        .collect::<String>()
        .into_bytes()
}
