use super::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn dates_are_read_as_people_and_spreadsheets_write_them() {
    for text in [
        "05/06/2007",
        "5/6/2007",
        "05-06-2007",
        "05.06.2007",
        "2007-06-05",
        "2007/06/05",
        "2007-06-05 00:00:00",
        "2007-06-05T00:00:00Z",
        "05/06/2007 00:00",
    ] {
        assert_eq!(date(text), Ok(day(2007, 6, 5)), "{text}");
    }
    for text in [
        "",
        "5 juin 2007",
        "05/06/07",
        "39238",
        "05/06",
        "05/06/2007/1",
        "05/06/2007 14:30",
        "١/٢/٢٠٠٧",
        "+5/06/2007",
    ] {
        assert_eq!(date(text), Err(Problem::DateUnreadable), "{text}");
    }
    for text in [
        "31/02/2005",
        "2027-13-01",
        "29/02/2027",
        "00/01/2027",
        "01/00/2027",
        "01/01/0000",
    ] {
        assert_eq!(date(text), Err(Problem::DateImpossible), "{text}");
    }
    assert_eq!(date("29/02/2028"), Ok(day(2028, 2, 29)));
}

#[test]
fn a_candidate_is_fourteen_to_ninety_nine() {
    assert!(birth_date("31/12/2013", 2027).is_ok());
    assert!(birth_date("01/01/1928", 2027).is_ok());
    for text in ["01/01/2014", "19/12/2026", "31/12/1927", "06/10/1005"] {
        assert_eq!(
            birth_date(text, 2027),
            Err(Problem::BirthDateImplausible),
            "{text}"
        );
    }
}

#[test]
fn several_dates_are_read_in_order_and_once() {
    let both = Ok(vec![day(2027, 5, 13), day(2027, 5, 14)]);
    for text in [
        "13/05/2027,14/05/2027",
        "14/05/2027 ; 13/05/2027",
        "13/05/2027 et 14/05/2027",
        "2027-05-13 2027-05-14",
        "13/05/2027|13/05/2027, 14/05/2027,",
        "2027-05-13 00:00:00, 2027-05-14 00:00:00",
    ] {
        assert_eq!(dates(text), both, "{text}");
    }
    assert_eq!(
        dates("13/05/2027, 32/05/2027"),
        Err(Problem::DateImpossible)
    );
    assert_eq!(dates("jamais"), Err(Problem::DateUnreadable));
}

#[test]
fn an_option_is_known_by_its_code_or_its_title() {
    for (text, expected) in [
        ("SISR", ExamOption::Sisr),
        ("slam", ExamOption::Slam),
        ("Option SLAM", ExamOption::Slam),
        ("BTS SIO option A SISR", ExamOption::Sisr),
        (
            "SERVICES INFORMATIQUES AUX ORGANISATIONS ; OPTION SISR",
            ExamOption::Sisr,
        ),
        (
            "Solutions d'infrastructure, systèmes et réseaux",
            ExamOption::Sisr,
        ),
        (
            "Solutions logicielles et applications métiers (SLAM)",
            ExamOption::Slam,
        ),
    ] {
        assert_eq!(option(text), Ok(expected), "{text}");
    }
    for text in [
        "",
        "SIRS",
        "SISR SLAM",
        "SISR/SLAM",
        "pas SISR",
        "32600",
        "SERVICES INFORMATIQUES AUX ORGANISATIONS",
    ] {
        assert_eq!(option(text), Err(Problem::OptionUnknown), "{text}");
    }
}

#[test]
fn an_examiner_has_one_option_or_both() {
    let both = Ok(vec![ExamOption::Sisr, ExamOption::Slam]);
    for text in [
        "SISR,SLAM",
        "SISR et SLAM",
        "SLAM/SISR",
        "SISR, SLAM",
        "sisr;slam",
        "SISR + SLAM",
        "les deux",
    ] {
        assert_eq!(options(text), both, "{text}");
    }
    assert_eq!(options("SLAM"), Ok(vec![ExamOption::Slam]));
    for text in ["", "SIRS", "SISR,SIRS", "et"] {
        assert_eq!(options(text), Err(Problem::OptionUnknown), "{text}");
    }
}

#[test]
fn a_status_is_known_under_many_spellings() {
    use CandidateStatus::{AdultEducation, Apprentice, Distance, Experience, Individual, Scolaire};
    for (text, expected) in [
        ("scolaire", Scolaire),
        ("Voie scolaire", Scolaire),
        ("BTS scolaire", Scolaire),
        ("SCOLAIRE BTS (620)", Scolaire),
        ("Étudiante", Scolaire),
        ("apprentissage", Apprentice),
        ("Apprenti", Apprentice),
        ("APPRENTISSAGE BTS (621)", Apprentice),
        ("formation continue", AdultEducation),
        ("FORMATION PROFESSIONNELLE CONTINUE (3)", AdultEducation),
        ("FC", AdultEducation),
        ("individuel", Individual),
        ("candidat libre", Individual),
        ("à distance", Distance),
        ("a distance", Distance),
        ("Enseignement à distance (CNED)", Distance),
        ("formation à distance", Distance),
        ("scolaire à distance", Distance),
        ("expérience", Experience),
        ("Au titre de l’expérience professionnelle", Experience),
        ("expérience professionnelle (3 ans)", Experience),
        ("formation_continue", AdultEducation),
        ("a_distance", Distance),
    ] {
        assert_eq!(status(text), Ok(expected), "{text}");
    }
    for text in [
        "",
        "autre",
        "scolaire ou apprentissage",
        "pas scolaire",
        "formation",
        "620",
        "ex-scolaire",
    ] {
        assert_eq!(status(text), Err(Problem::StatusUnknown), "{text}");
    }
}

#[test]
fn a_form_is_ccf_or_ponctuelle() {
    for (text, expected) in [
        ("ccf", Form::Ccf),
        ("CCF", Form::Ccf),
        ("Contrôle en cours de formation", Form::Ccf),
        ("ponctuelle", Form::Ponctuelle),
        ("Forme ponctuelle", Form::Ponctuelle),
    ] {
        assert_eq!(form(text), Ok(expected), "{text}");
    }
    assert_eq!(form("oral"), Err(Problem::FormUnknown));
}

#[test]
fn a_kind_of_school_is_known_under_many_spellings() {
    for (text, expected) in [
        ("public", SchoolKind::Public),
        ("PRIVE SOUS CONTRAT", SchoolKind::PrivateUnderContract),
        ("privé hors-contrat", SchoolKind::PrivateOutOfContract),
        ("C.F.A.", SchoolKind::Cfa),
        ("Formation continue", SchoolKind::AdultEducation),
        ("à distance", SchoolKind::Distance),
    ] {
        assert_eq!(school_kind(text), Ok(expected), "{text}");
    }
    for (kind, code) in SchoolKind::ALL {
        assert_eq!(school_kind(code), Ok(kind));
    }
    // Which contract decides on CCF: it is never guessed.
    assert_eq!(school_kind("privé"), Err(Problem::KindUnknown));
}

#[test]
fn yes_and_no_have_few_spellings() {
    for text in ["oui", "Oui", "O", "x", "VRAI", "1"] {
        assert_eq!(yes_no(text), Ok(true), "{text}");
    }
    for text in ["non", "N", "faux", "0"] {
        assert_eq!(yes_no(text), Ok(false), "{text}");
    }
    assert_eq!(yes_no("peut-être"), Err(Problem::YesNoUnknown));
}

#[test]
fn a_whole_number_stays_within_its_bounds() {
    assert_eq!(whole("3", 1..=99), Some(3));
    for text in ["0", "100", "-1", "1,5", "3 ", "", "99999999", "+3"] {
        assert_eq!(whole(text, 1..=99), None, "{text}");
    }
}

#[test]
fn an_ine_has_one_of_two_shapes() {
    assert!(is_ine("007391314AL") && is_ine("0073913141L"));
    for text in [
        "",
        "007391314A",
        "A07391314AL",
        "007391314A1",
        "00739131412",
        "007391314ALX",
        "00739131éL",
    ] {
        assert!(!is_ine(text), "{text}");
    }
}

#[test]
fn a_quality_is_one_of_two() {
    assert_eq!(professional("Professeur"), Ok(false));
    assert_eq!(professional("professionnelle"), Ok(true));
    assert_eq!(professional("retraité"), Err(Problem::QualityUnknown));
}
