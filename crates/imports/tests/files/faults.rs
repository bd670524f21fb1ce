//! Each fault: where it stands, and what does not follow from it.

use delos_domain::candidate::Form;
use delos_domain::uai::Uai;
use delos_imports::{
    Change, Import, ImportedCandidate, ImportedSchool, Source, read_candidates, read_examiners,
    read_schools,
};

use crate::samples::{
    candidate_context, candidates, examiner_context, examiners, school_context, told,
    with_candidates,
};

pub const HEADER: &str = "Numéro;Nom;Prénoms;Naissance;INE;Courriel;Option;Statut;Forme;UAI;Académie;Tiers temps préparation;Tiers temps entretien;PMR;Note conservée;Fin de formation";
const GOOD: &str = "2210005915;Île-Perrot;Amélie;19/12/2006;007391314AL;a@eleve.example;SISR;scolaire;ccf;0717061P;;;;;;30/06/2027";

/// The good row with some of its cells replaced.
pub fn row(changes: &[(&str, &str)]) -> String {
    let mut cells: Vec<&str> = GOOD.split(';').collect();
    for (column, value) in changes {
        let index = HEADER.split(';').position(|header| header == *column);
        cells[index.expect("a column of the header")] = value;
    }
    cells.join(";")
}

pub fn rows(rows: &[String]) -> Import<ImportedCandidate> {
    candidates(format!("{HEADER}\r\n{}\r\n", rows.join("\r\n")).as_bytes())
}

/// Column and code.
type Told = Vec<(String, String)>;

/// Errors and warnings of the good row with some of its cells replaced.
fn of(changes: &[(&str, &str)]) -> (Told, Told) {
    let report = rows(&[row(changes)]).report;
    let tell = |faults: &[delos_imports::Fault]| {
        faults
            .iter()
            .map(|fault| (fault.column.clone(), fault.code.to_string()))
            .collect::<Vec<_>>()
    };
    (tell(&report.errors), tell(&report.warnings))
}

fn errors(changes: &[(&str, &str)], expected: &[(&str, &str)]) {
    let (errors, warnings) = of(changes);
    let expected: Vec<_> = expected
        .iter()
        .map(|(c, k)| ((*c).to_owned(), (*k).to_owned()))
        .collect();
    assert_eq!((errors, warnings), (expected, vec![]), "{changes:?}");
}

fn warnings(changes: &[(&str, &str)], expected: &[(&str, &str)]) {
    let (errors, warnings) = of(changes);
    let expected: Vec<_> = expected
        .iter()
        .map(|(c, k)| ((*c).to_owned(), (*k).to_owned()))
        .collect();
    assert_eq!((errors, warnings), (vec![], expected), "{changes:?}");
}

#[test]
fn one_wrong_cell_gives_one_fault() {
    for (column, value, code) in [
        ("Numéro", "", "required"),
        ("Numéro", "12345", "number_shape"),
        ("Numéro", "2,21E+09", "number_shape"),
        ("Nom", "", "required"),
        ("Nom", " - ", "required"),
        ("Nom", "Du\u{7}pont", "control_character"),
        ("Nom", "Du\u{202e}pont", "control_character"),
        ("Nom", "Du\tpont", "control_character"),
        ("Nom", "\"Dupont\r\nBcc: x@y.fr\"", "control_character"),
        ("Nom", "Du\u{fffd}ont", "unreadable_character"),
        ("Prénoms", "", "required"),
        ("Naissance", "", "required"),
        ("Naissance", "31/02/2005", "date_impossible"),
        ("Naissance", "2005", "date_unreadable"),
        ("Naissance", "19/12/2026", "birth_date_implausible"),
        ("INE", "\"00739\n1314AL\"", "control_character"),
        ("Courriel", "pas une adresse", "email_invalid"),
        ("Courriel", "a@b", "email_invalid"),
        ("Option", "SIRS", "option_unknown"),
        ("Option", "", "required"),
        ("Statut", "autre", "status_unknown"),
        ("Forme", "oral", "form_unknown"),
        ("UAI", "0717061V", "uai_checksum"),
        ("UAI", "717061P", "uai_shape"),
        ("UAI", "0219998D", "uai_unknown"),
        ("Académie", "Atlantide", "academy_unknown"),
        ("Tiers temps préparation", "un peu", "ratio_unreadable"),
        ("Tiers temps entretien", "1/3", "ratio_out_of_bounds"),
        ("PMR", "peut-être", "yes_no_unknown"),
        ("Note conservée", "12", "yes_no_unknown"),
        ("Fin de formation", "2027-13-01", "date_impossible"),
    ] {
        errors(&[(column, value)], &[(column, code)]);
    }
}

#[test]
fn every_fault_of_a_row_is_told() {
    errors(
        &[
            ("Fin de formation", "bientôt"),
            ("Numéro", "1"),
            ("Nom", ""),
            ("Courriel", "@"),
            ("UAI", "0717061V"),
        ],
        &[
            ("Numéro", "number_shape"),
            ("Nom", "required"),
            ("Courriel", "email_invalid"),
            ("UAI", "uai_checksum"),
            ("Fin de formation", "date_unreadable"),
        ],
    );
}

#[test]
fn ccf_is_refused_where_the_school_or_the_status_does_not_allow_it() {
    errors(&[("UAI", "0212333X")], &[("Forme", "ccf_not_habilitated")]);
    errors(
        &[("UAI", ""), ("Académie", "Dijon"), ("Statut", "individuel")],
        &[("Forme", "ccf_without_school")],
    );
    errors(&[("Statut", "à distance")], &[("Forme", "ccf_status")]);
    // Formation continue is in CCF in a public school (the good row's), not in a private one.
    errors(
        &[("UAI", "0896572K"), ("Statut", "formation continue")],
        &[("Forme", "ccf_status")],
    );
    warnings(&[("Statut", "formation continue")], &[]);
    // What the form depends on is wrong: nothing is said of the form.
    errors(&[("UAI", "0212333V")], &[("UAI", "uai_checksum")]);
    errors(&[("Statut", "?")], &[("Statut", "status_unknown")]);
}

#[test]
fn an_habilitated_cfa_examines_its_apprentices_and_nobody_else() {
    let mut context = candidate_context();
    let cfa = Uai::parse("0584784K").expect("a UAI of the samples");
    context
        .schools
        .get_mut(&cfa)
        .expect("the CFA of the samples")
        .ccf_habilitated = true;
    let read = |status, form| {
        let changes = [("UAI", "0584784K"), ("Statut", status), ("Forme", form)];
        let file = format!("{HEADER}\r\n{}\r\n", row(&changes));
        read_candidates(
            &Source::new("candidats.csv", file.as_bytes()),
            None,
            &context,
        )
    };
    for (status, form) in [
        ("apprentissage", Form::Ccf),
        ("scolaire", Form::Ponctuelle),
        ("formation continue", Form::Ponctuelle),
    ] {
        let derived = read(status, "");
        assert_eq!(told(&derived.report.errors), [], "{status}");
        assert_eq!(derived.rows[0].value.form, form, "{status}");
        let asked = read(status, "ccf");
        let faults = &asked.report.errors;
        if form == Form::Ccf {
            assert_eq!(told(faults), [], "{status}");
        } else {
            assert_eq!(faults.len(), 1, "{status}");
            assert_eq!(
                (faults[0].column.as_str(), faults[0].code.to_string()),
                ("Forme", "ccf_status".to_owned()),
                "{status}"
            );
        }
    }
}

#[test]
fn a_form_left_out_follows_from_the_school_and_the_status() {
    for (changes, form) in [
        (&[][..], Form::Ccf),
        (&[("UAI", "0212333X")], Form::Ponctuelle),
        (&[("Statut", "individuel")], Form::Ponctuelle),
        (&[("UAI", "0896572K")], Form::Ccf),
        (
            &[("UAI", "0896572K"), ("Statut", "formation continue")],
            Form::Ponctuelle,
        ),
        (
            &[("UAI", "0896572K"), ("Statut", "apprentissage")],
            Form::Ccf,
        ),
        (
            &[("UAI", ""), ("Académie", "07"), ("Statut", "à distance")],
            Form::Ponctuelle,
        ),
    ] {
        let mut changes = changes.to_vec();
        changes.push(("Forme", ""));
        let import = rows(&[row(&changes)]);
        assert_eq!(told(&import.report.errors), [], "{changes:?}");
        assert_eq!(import.rows[0].value.form, form, "{changes:?}");
    }
    // The ponctuelle form is open to everybody.
    warnings(&[("Forme", "ponctuelle")], &[]);
}

#[test]
fn without_a_school_the_academy_is_obligatory() {
    errors(
        &[("UAI", ""), ("Statut", "individuel"), ("Forme", "")],
        &[("Académie", "academy_required")],
    );
    warnings(
        &[("UAI", ""), ("Académie", "Dijon"), ("Forme", "")],
        &[("UAI", "school_missing")],
    );
    warnings(
        &[("Académie", "La Réunion")],
        &[("Académie", "academy_differs")],
    );
}

#[test]
fn what_deserves_a_look_stops_nothing() {
    warnings(&[("INE", "12")], &[("INE", "ine_shape")]);
    warnings(&[("Courriel", "")], &[("Courriel", "email_missing")]);
    warnings(
        &[("Fin de formation", "30/06/2127")],
        &[("Fin de formation", "end_of_training_implausible")],
    );
}

#[test]
fn a_number_that_comes_again_is_told_where_it_comes_again() {
    let other = row(&[("Nom", "Dupont"), ("INE", "")]);
    let import = rows(&[row(&[]), other.clone(), row(&[("Nom", "")]), other]);
    assert_eq!(
        told(&import.report.errors),
        [
            (3, "Numéro", "number_duplicate"),
            (4, "Numéro", "number_duplicate"),
            (4, "Nom", "required"),
            (5, "Numéro", "number_duplicate"),
        ]
    );
    assert!(import.report.errors[0].message.contains("ligne 2"));
}

#[test]
fn two_authorities_may_use_one_number() {
    let island = row(&[("UAI", "9747185S"), ("Nom", "Payet"), ("INE", "")]);
    assert_eq!(told(&rows(&[row(&[]), island]).report.errors), []);
    // While the school is unknown, so is the authority.
    let unknown = row(&[("UAI", "0219998D"), ("Nom", "Payet"), ("INE", "")]);
    assert_eq!(
        told(&rows(&[row(&[]), unknown]).report.errors),
        [(3, "Numéro", "number_duplicate"), (3, "UAI", "uai_unknown")]
    );
}

#[test]
fn a_person_under_two_numbers_is_a_warning() {
    let again = row(&[("Numéro", "2210005916"), ("Nom", "ILE PERROT"), ("INE", "")]);
    let same_ine = row(&[("Numéro", "2210005917"), ("Prénoms", "Amélie Rose")]);
    let import = rows(&[row(&[]), again.clone(), same_ine]);
    assert_eq!(told(&import.report.errors), []);
    assert_eq!(
        told(&import.report.warnings),
        [(3, "Nom", "person_twice"), (4, "Nom", "person_twice")]
    );
    assert!(import.report.warnings[0].message.contains("2210005915"));

    let context = with_candidates(&rows(&[row(&[])]));
    let bytes = format!("{HEADER}\n{again}");
    let source = Source::new("candidats.csv", bytes.as_bytes());
    let report = read_candidates(&source, None, &context).report;
    assert_eq!(told(&report.warnings), [(2, "Nom", "person_twice")]);
}

fn against_the_base(changes: &[(&str, &str)]) -> Import<ImportedCandidate> {
    let context = with_candidates(&rows(&[row(&[])]));
    let bytes = format!("{HEADER}\n{}", row(changes));
    read_candidates(
        &Source::new("candidats.csv", bytes.as_bytes()),
        None,
        &context,
    )
}

#[test]
fn a_number_of_somebody_else_blocks() {
    for changes in [
        &[("Nom", "Dupont"), ("Naissance", "01/01/2005")][..],
        &[("Nom", "Dupont"), ("Prénoms", "Zoé")],
        &[("Nom", "Dupont"), ("INE", "")],
        &[("Naissance", "01/01/2005"), ("INE", "123456789AB")],
        // A twin has everything in common but the given names and the INE.
        &[("Prénoms", "Zoé"), ("INE", "222222222BB")],
        &[("Prénoms", "Zoé"), ("INE", "")],
        &[("INE", "222222222BB")],
        &[("Prénoms", "Amélie, Rose"), ("INE", "222222222BB")],
        &[("Prénoms", "Zoé"), ("Naissance", "01/01/2005")],
    ] {
        let report = against_the_base(changes).report;
        let expected = [(2, "Numéro", "number_other_person")];
        assert_eq!(told(&report.errors), expected, "{changes:?}");
    }
}

#[test]
fn a_correction_of_the_same_person_is_an_update() {
    let import = against_the_base(&[("Naissance", "18/12/2006")]);
    assert_eq!(told(&import.report.errors), []);
    assert_eq!(
        told(&import.report.warnings),
        [(2, "Numéro", "identity_corrected")]
    );
    assert_eq!(import.rows[0].change, Change::Updated);

    for changes in [
        &[("Prénoms", "Zoé")][..],
        &[("Nom", "Dupont")],
        // Second names that the other file leaves out.
        &[("Prénoms", "Amélie, Rose"), ("INE", "")],
        &[("Prénoms", "Amélie Rose")],
    ] {
        let report = against_the_base(changes).report;
        let expected = [(2, "Numéro", "identity_corrected")];
        assert_eq!(told(&report.errors), [], "{changes:?}");
        assert_eq!(told(&report.warnings), expected, "{changes:?}");
    }
    // An INE that has not the shape of one was mistyped.
    let report = against_the_base(&[("INE", "12")]).report;
    assert_eq!(told(&report.errors), []);

    // Capitals are the same name, and still a change that is shown.
    let import = against_the_base(&[("Nom", "ÎLE-PERROT")]);
    assert_eq!(told(&import.report.warnings), []);
    assert_eq!(import.report.updated, 1);
}

#[test]
fn an_update_shows_each_field_before_and_after() {
    let import = against_the_base(&[
        ("Courriel", "b@eleve.example"),
        ("Tiers temps préparation", "oui"),
        ("PMR", "oui"),
        ("Fin de formation", ""),
    ]);
    let update = &import.report.updates[0];
    assert_eq!((update.line, update.key.as_str()), (2, "2210005915"));
    let changes: Vec<_> = update
        .changes
        .iter()
        .map(|change| {
            (
                change.column.as_str(),
                change.before.as_str(),
                change.after.as_str(),
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            ("Courriel", "a@eleve.example", "b@eleve.example"),
            ("Tiers temps préparation", "", "4/3"),
            ("PMR", "non", "oui"),
            ("Fin de formation", "30/06/2027", ""),
        ]
    );
}

#[test]
fn a_column_that_the_file_lacks_keeps_what_the_base_holds() {
    let all = rows(&[row(&[
        ("PMR", "oui"),
        ("Tiers temps entretien", "oui"),
        ("Forme", "ponctuelle"),
    ])]);
    let context = with_candidates(&all);
    let bytes = "Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI\n\
        2210005915;Île-Perrot;Amélie;19/12/2006;SISR;scolaire;0717061P";
    let source = Source::new("candidats.csv", bytes.as_bytes());
    let import = read_candidates(&source, None, &context);
    assert_eq!(told(&import.report.errors), []);
    assert_eq!(import.report.unchanged, 1);
    assert_eq!(import.rows[0].value, all.rows[0].value);
    assert_eq!(
        told(&import.report.warnings),
        [(1, "Courriel", "email_column_missing")]
    );
}

const LIST: &str = "Listes simples;;;;;;\nLYCÉE (0717061P);;;;;;\nN° Candidat;N° Inscription;Nom de famille;Prénom(s);Date de Naissance;Catégorie Candidat;Spécialité;Etat\n\
    2210005915;001; ÎLE-PERROT; Amélie;19/12/2006;SCOLAIRE BTS (620);'SIO ; OPTION SISR';Inscrit\n\
    2210005919;002;QUÉRÉ;Béatrice;19/12/2007;SCOLAIRE BTS (620);'SIO ; OPTION SLAM';Démissionnaire\n";

fn joined(complement: &str) -> Import<ImportedCandidate> {
    read_candidates(
        &Source::new("liste.csv", LIST.as_bytes()),
        Some(&Source::new("complements.csv", complement.as_bytes())),
        &candidate_context(),
    )
}

#[test]
fn each_file_has_its_own_faults() {
    let import = joined(
        "Numéro;Courriel;Forme;UAI;Tiers temps préparation\n\
         2210005915;a@b;oral;0717061P;\n\
         2210009999;c@d.fr;ccf;0717061P;\n\
         2210005915;c@d.fr;ccf;0717061P;\n\
         12;;;;\n",
    );
    let errors: Vec<_> = import
        .report
        .errors
        .iter()
        .map(|fault| {
            (
                fault.file.as_deref().unwrap_or("?"),
                fault.line,
                fault.column.as_str(),
                fault.code.as_ref(),
            )
        })
        .collect();
    assert_eq!(
        errors,
        [
            ("complements.csv", 2, "Courriel", "email_invalid"),
            ("complements.csv", 2, "Forme", "form_unknown"),
            ("complements.csv", 3, "Numéro", "number_not_in_list"),
            ("complements.csv", 4, "Numéro", "number_duplicate"),
            ("complements.csv", 5, "Numéro", "number_shape"),
        ]
    );
    assert_eq!(
        told(&import.report.warnings),
        [
            (5, "N° Candidat", "complement_missing"),
            (5, "Etat", "registration_state")
        ]
    );
    // The list names its school: the candidate without complement is there, in CCF.
    assert_eq!((import.report.created, import.report.in_error), (1, 1));
    let value = &import.rows[0].value;
    assert_eq!(value.school.as_ref().map(Uai::as_str), Some("0717061P"));
    assert_eq!((value.form, value.email.as_ref()), (Form::Ccf, None));
}

#[test]
fn a_forbidden_character_of_the_complement_blocks_the_candidate() {
    let import =
        joined("Numéro;Courriel;Remarque\n2210005915;a@b.fr;\"x\ny\"\n2210005919;c@d.fr;\n");
    assert_eq!(
        told(&import.report.errors),
        [(2, "Remarque", "control_character")]
    );
    assert_eq!((import.report.created, import.report.in_error), (1, 1));
}

#[test]
fn a_complement_that_cannot_be_read_stops_everything() {
    for complement in ["", "Courriel;UAI\na@b.fr;0717061P\n", "Numéro;Courriel\n"] {
        let import = joined(complement);
        assert!(!import.report.is_clean(), "{complement:?}");
        assert!(import.rows.is_empty(), "{complement:?}");
        assert_eq!(
            import.report.errors[0].file.as_deref(),
            Some("complements.csv")
        );
    }
}

#[test]
fn two_files_of_one_name_are_told_apart() {
    let complement = "Numéro;Courriel\n2210005915;a@b\n2210005919;c@d.fr\n";
    let import = read_candidates(
        &Source::new("export.csv", LIST.as_bytes()),
        Some(&Source::new("export.csv", complement.as_bytes())),
        &candidate_context(),
    );
    assert_eq!(import.report.file, "export.csv");
    assert_eq!(
        import.report.errors[0].file.as_deref(),
        Some("export.csv (complément)")
    );
}

fn school_rows(rows: &str) -> Import<ImportedSchool> {
    let header = "UAI;Nom;Code postal;Académie;Statut;Habilité CCF;Centre d'examen;Environnements;Courriel;Courriel du chef";
    let bytes = format!("{header}\n{rows}");
    read_schools(
        &Source::new("etablissements.csv", bytes.as_bytes()),
        &school_context(),
    )
}

#[test]
fn faults_of_schools_stand_on_their_cells() {
    let import = school_rows(
        "0213430P;A;21000;Dijon;public;oui;oui;8;a@b.fr;c@d.fr\n\
         0213430P;B;1000;Paris;privé;peut-être;oui;beaucoup;a@b;c\n\
         0717061V;;;;;;;;;\n\
         9747185S;C;97400;Dijon;privé hors contrat;oui;oui;;;\n",
    );
    assert_eq!(
        told(&import.report.errors),
        [
            (3, "UAI", "uai_duplicate"),
            (3, "Académie", "academy_unknown"),
            (3, "Statut", "school_kind_unknown"),
            (3, "Habilité CCF", "yes_no_unknown"),
            (3, "Environnements", "environments_number"),
            (3, "Courriel", "email_invalid"),
            (3, "Courriel du chef", "email_invalid"),
            (4, "UAI", "uai_checksum"),
            (4, "Nom", "required"),
            (4, "Académie", "required"),
            (4, "Statut", "required"),
        ]
    );
    assert_eq!(
        told(&import.report.warnings),
        [
            (3, "Code postal", "postal_code"),
            (5, "UAI", "uai_other_academy"),
            (5, "Habilité CCF", "habilitation_impossible"),
            (5, "Environnements", "centre_without_environment"),
        ]
    );
    let mut context = school_context();
    context
        .taken_elsewhere
        .insert(import.rows[0].value.uai.clone());
    let bytes = "UAI;Nom;Académie;Statut\n0213430P;A;Dijon;public\n";
    let report = read_schools(&Source::new("e.csv", bytes.as_bytes()), &context).report;
    assert_eq!(told(&report.errors), [(2, "UAI", "uai_taken")]);
}

const EXAMINERS: &str = "Identifiant;Nom;Prénom;Courriel;UAI;Académie;Qualité;Options;Indisponibilités;Périodes au plus\n";

#[test]
fn faults_of_examiners_stand_on_their_cells() {
    let import = examiners(
        format!(
            "{EXAMINERS}\
             EX1;Müller;Aïcha;a@b.fr;0213430P;;professeur;SISR;;1\n\
             EX1;;Aloïs;a@b;;;retraité;SIRS;31/02/2027;0\n\
             EX2;Noël;Maël;;0213430P;;professionnel;SISR/SLAM;13/05/2026;\n"
        )
        .as_bytes(),
    );
    assert_eq!(
        told(&import.report.errors),
        [
            (3, "Identifiant", "identifier_duplicate"),
            (3, "Nom", "required"),
            (3, "Courriel", "email_invalid"),
            (3, "Académie", "academy_required"),
            (3, "Qualité", "quality_unknown"),
            (3, "Options", "option_unknown"),
            (3, "Indisponibilités", "date_impossible"),
            (3, "Périodes au plus", "periods_number"),
        ]
    );
    assert_eq!(
        told(&import.report.warnings),
        [
            (4, "Courriel", "email_missing"),
            (4, "UAI", "professional_with_school"),
            (4, "Indisponibilités", "unavailable_outside_session"),
        ]
    );
}

#[test]
fn an_identifier_of_somebody_else_is_told() {
    let mut context = examiner_context();
    let first = format!("{EXAMINERS}EX1;Müller;Aïcha;a@b.fr;0213430P;;professeur;SISR;;1\n");
    let held = read_examiners(&Source::new("e.csv", first.as_bytes()), &context);
    context.existing = held
        .rows
        .into_iter()
        .map(|row| (row.value.identifier.clone(), row.value))
        .collect();
    context.taken_elsewhere.insert("EX9".to_owned());
    let next = format!(
        "{EXAMINERS}EX1;Jégou;Aloïs;a@b.fr;0213430P;;professeur;SISR;;1\n\
         EX9;Noël;Maël;c@d.fr;0213430P;;professeur;SISR;;1\n"
    );
    let report = read_examiners(&Source::new("e.csv", next.as_bytes()), &context).report;
    assert_eq!(
        told(&report.errors),
        [(3, "Identifiant", "identifier_taken")]
    );
    assert_eq!(
        told(&report.warnings),
        [(2, "Identifiant", "identifier_other_person")]
    );
    assert_eq!(report.updated, 1);
}
