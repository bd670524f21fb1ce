use super::*;

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn all_levels(count: usize) -> Vec<Census> {
    vec![
        Census {
            filled: 4,
            levels: 4
        };
        count
    ]
}

fn found(headers: &[&str], census: &[Census], known: &GridColumns) -> Lines {
    let columns: Vec<usize> = (0..headers.len()).collect();
    find(&names(headers), &columns, census, known)
}

fn codes(grid: &GradeGrid) -> Vec<(&str, &str)> {
    grid.items
        .iter()
        .map(|item| {
            (
                item.code.as_str(),
                grid.competences[item.competence].code.as_str(),
            )
        })
        .collect()
}

fn known() -> GridColumns {
    let item = |code: &str, competence| GradeItem {
        code: code.to_owned(),
        label: code.to_owned(),
        competence,
    };
    let competence = |code: &str| GradeCompetence {
        code: code.to_owned(),
        label: code.to_owned(),
    };
    GridColumns::Known(vec![
        GradeGrid {
            code: "A".to_owned(),
            competences: vec![competence("k1"), competence("k2")],
            items: vec![item("un", 0), item("deux", 1), item("trois", 1)],
        },
        GradeGrid {
            code: "B".to_owned(),
            competences: vec![competence("k3")],
            items: vec![item("deux", 0)],
        },
    ])
}

#[test]
fn a_header_says_its_grid_its_competence_and_its_line() {
    let headers = ["SISR_C1", "grid_SISR_I2", "SLAM_D10", "sisr_c2"];
    let grids = found(&headers, &all_levels(4), &GridColumns::Headers);
    assert_eq!(grids.grids.len(), 2);
    assert_eq!(
        codes(&grids.grids[0]),
        [
            ("SISR_C1", "SISR_C"),
            ("SISR_I2", "SISR_I"),
            ("SISR_C2", "SISR_C")
        ]
    );
    assert_eq!(codes(&grids.grids[1]), [("SLAM_D10", "SLAM_D")]);
    assert!(grids.told.is_empty() && grids.ignored.is_empty());
}

#[test]
fn headers_without_that_shape_make_one_grid() {
    let grids = found(&["L1", "Rédaction"], &all_levels(2), &GridColumns::Headers);
    assert_eq!(
        codes(&grids.grids[0]),
        [("L1", "grille"), ("Rédaction", "grille")]
    );
}

#[test]
fn what_holds_no_levels_is_no_line_and_is_told() {
    let mut census = all_levels(4);
    census[1] = Census {
        filled: 9,
        levels: 1,
    };
    census[3] = Census::default();
    let headers = ["L1", "Avis", "Sexe", "Vide"];
    let grids = found(&headers, &census, &GridColumns::Headers);
    assert_eq!(codes(&grids.grids[0]), [("L1", "grille")]);
    assert_eq!(grids.ignored, [1, 2, 3]);
    assert_eq!(
        grids.told,
        [(Some(1), Problem::Grade(GradeProblem::ColumnNotGrid))]
    );
    // Beside a grid that names itself, a column that does not is none, whatever it holds.
    let headers = ["SISR_C1", "Place", "note_E5"];
    let mut census = all_levels(3);
    census[2].levels = 1;
    let grids = found(&headers, &census, &GridColumns::Headers);
    assert_eq!((grids.grids.len(), &grids.ignored[..]), (1, &[1, 2][..]));
}

#[test]
fn a_line_is_found_by_its_code_in_the_order_of_the_regulation() {
    let headers = ["trois", "A_deux", "b_deux", "GRID_UN", "A_Z9", "autre"];
    let grids = found(&headers, &all_levels(6), &known());
    assert_eq!(
        codes(&grids.grids[0]),
        [("un", "k1"), ("deux", "k2"), ("trois", "k2")]
    );
    assert_eq!(codes(&grids.grids[1]), [("deux", "k3")]);
    let places: Vec<usize> = grids.columns.iter().map(|one| one.column).collect();
    assert_eq!(places, [3, 1, 0, 2]);
    assert_eq!(grids.ignored, [4, 5]);
    assert_eq!(
        grids.told,
        [(Some(4), Problem::Grade(GradeProblem::ColumnNotInRegulation))]
    );
}

#[test]
fn a_code_of_two_grids_is_no_line_of_either_and_what_is_lacking_is_told() {
    let grids = found(&["deux", "un", "UN"], &all_levels(3), &known());
    assert_eq!(codes(&grids.grids[0]), [("un", "k1")]);
    assert_eq!(grids.ignored, [0, 2]);
    let codes: Vec<_> = grids.told.iter().map(|(_, one)| one.code()).collect();
    assert_eq!(codes, ["column_duplicate", "grid_lines_missing"]);
}
