//! Every sample file, read as it is.

use crate::samples::{
    candidate_context, candidates, examiner_context, sample, school_context, schools, told,
    with_candidates,
};
use delos_domain::candidate::{CandidateStatus, ExamOption, Form};
use delos_domain::ratio::TimeRatio;
use delos_domain::school::SchoolKind;
use delos_imports::{
    Change, Encoding, Separator, Source, read_candidates, read_examiners, read_schools,
};

#[test]
fn the_seven_schools_are_created() {
    let import = schools();
    let report = &import.report;
    assert_eq!((report.rows, report.created, report.in_error), (7, 7, 0));
    assert_eq!(told(&report.errors), []);
    assert_eq!(told(&report.warnings), []);
    assert_eq!(report.ignored_columns, [""; 0]);
    assert_eq!(report.encoding, Some(Encoding::Utf8));
    assert_eq!(report.separator, Some(Separator::Semicolon));
    let island = &import.rows[5];
    assert_eq!(island.line, 7);
    assert_eq!(island.value.uai.as_str(), "9747185S");
    assert_eq!(island.value.authority, "28");
    assert_eq!(island.value.environments, 6);
    assert_eq!(import.rows[2].value.kind, SchoolKind::PrivateUnderContract);
    assert!(import.rows[0].value.ccf_habilitated && !import.rows[3].value.ccf_habilitated);
}

#[test]
fn the_thirty_six_examiners_are_created() {
    let bytes = sample("examinateurs.csv");
    let source = Source::new("examinateurs.csv", &bytes);
    let import = read_examiners(&source, &examiner_context());
    let report = &import.report;
    assert_eq!((report.rows, report.created, report.in_error), (36, 36, 0));
    assert_eq!(told(&report.errors), []);
    assert_eq!(told(&report.warnings), []);
    let second = &import.rows[1].value;
    assert_eq!(second.options, [ExamOption::Sisr, ExamOption::Slam]);
    assert_eq!(second.unavailable.len(), 2);
    assert_eq!(second.max_periods, Some(3));
    let professionals: Vec<_> = import
        .rows
        .iter()
        .filter(|row| row.value.professional)
        .collect();
    assert_eq!(professionals.len(), 2);
    assert_eq!(professionals[1].value.authority, "28");
    assert_eq!(professionals[1].value.school, None);
}

#[test]
fn the_hundred_and_twelve_plain_candidates_are_created() {
    let import = candidates(&sample("candidats.csv"));
    let report = &import.report;
    assert_eq!(
        (report.rows, report.created, report.in_error),
        (112, 112, 0)
    );
    assert_eq!(told(&report.errors), []);
    assert_eq!(told(&report.warnings), []);
    let count = |form| {
        import
            .rows
            .iter()
            .filter(|row| row.value.form == form)
            .count()
    };
    assert_eq!((count(Form::Ccf), count(Form::Ponctuelle)), (72, 40));
    let alone: Vec<_> = import
        .rows
        .iter()
        .filter(|row| row.value.school.is_none())
        .collect();
    assert_eq!(alone.len(), 4);
    assert!(alone.iter().all(|row| matches!(
        row.value.status,
        CandidateStatus::Individual | CandidateStatus::Distance
    )));
    let thirds = import
        .rows
        .iter()
        .filter(|row| row.value.accommodation.preparation == TimeRatio::THIRD_MORE);
    assert_eq!(thirds.count(), 7);
    assert_eq!(
        import
            .rows
            .iter()
            .filter(|row| row.value.keeps_mark)
            .count(),
        1
    );
}

#[test]
fn the_twenty_six_candidates_of_the_cyclades_list_are_joined_with_their_complement() {
    let (list, second) = (sample("candidats-cyclades.csv"), sample("complements.csv"));
    let import = read_candidates(
        &Source::new("candidats-cyclades.csv", &list),
        Some(&Source::new("complements.csv", &second)),
        &candidate_context(),
    );
    let report = &import.report;
    assert_eq!((report.rows, report.created, report.in_error), (26, 26, 0));
    assert_eq!(told(&report.errors), []);
    assert_eq!(told(&report.warnings), []);
    assert_eq!(report.encoding, Some(Encoding::Utf8Bom));
    assert_eq!(
        report.complement.as_ref().map(|second| second.rows),
        Some(26)
    );
    let first = &import.rows[0];
    // Eight lines of preamble, and the header.
    assert_eq!(first.line, 10);
    assert_eq!(first.value.family_name, "D'ALEMBERT");
    assert_eq!(first.value.usage_name, None);
    assert_eq!(first.value.option, ExamOption::Sisr);
    assert_eq!(first.value.status, CandidateStatus::Scolaire);
    assert_eq!(first.value.form, Form::Ccf);
    let email = first.value.email.as_ref().map(ToString::to_string);
    assert_eq!(email.as_deref(), Some("maelys.dalembert.814@eleve.example"));
    let of = |number: &str| {
        let found = import
            .rows
            .iter()
            .find(|row| row.value.number.as_str() == number);
        &found.expect("the number is in the list").value
    };
    assert_eq!(
        of("2210005845").accommodation.interview,
        TimeRatio::THIRD_MORE
    );
    assert_eq!(of("2210005899").accommodation.interview, TimeRatio::ONE);
    assert!(of("2210005856").needs_access);
    assert_eq!(of("2210005912").option, ExamOption::Slam);
}

#[test]
fn the_fourteen_planted_faults_are_told_and_no_other() {
    let expected = String::from_utf8(sample("candidats-fautifs.attendu.csv")).expect("UTF-8");
    let expected: Vec<(u64, &str)> = expected
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split(';');
            let number = cells
                .next()
                .and_then(|cell| cell.parse().ok())
                .expect("a line");
            (number, cells.next().expect("a column"))
        })
        .collect();
    let import = candidates(&sample("candidats-fautifs.csv"));
    let found: Vec<(u64, &str)> = import
        .report
        .errors
        .iter()
        .map(|fault| (fault.line, fault.column.as_str()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 14);
    assert_eq!(told(&import.report.warnings), []);
    assert_eq!(import.report.rows, 40);
    assert_eq!((import.report.created, import.report.in_error), (26, 14));
}

#[test]
fn a_file_read_twice_changes_nothing_the_second_time() {
    let bytes = sample("candidats.csv");
    let first = candidates(&bytes);
    let again = read_candidates(
        &Source::new("candidats.csv", &bytes),
        None,
        &with_candidates(&first),
    );
    assert_eq!(again.report.unchanged, 112);
    assert_eq!(told(&again.report.warnings), []);
    assert!(again.rows.iter().all(|row| row.change == Change::Unchanged));

    let mut context = school_context();
    context.existing = schools()
        .rows
        .into_iter()
        .map(|row| (row.value.uai.clone(), row.value))
        .collect();
    let bytes = sample("etablissements.csv");
    let report = read_schools(&Source::new("etablissements.csv", &bytes), &context).report;
    assert_eq!((report.unchanged, report.updates.len()), (7, 0));

    let bytes = sample("examinateurs.csv");
    let source = Source::new("examinateurs.csv", &bytes);
    let mut context = examiner_context();
    let first = read_examiners(&source, &context);
    context.existing = first
        .rows
        .into_iter()
        .map(|row| (row.value.identifier.clone(), row.value))
        .collect();
    let report = read_examiners(&source, &context).report;
    assert_eq!((report.unchanged, report.updates.len()), (36, 0));
}
