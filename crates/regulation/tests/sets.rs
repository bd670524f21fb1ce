//! The sets shipped, and a third épreuve that is data and not code.

use delos_domain::candidate::{ExamOption, Form};
use delos_domain::regulation::AbsenceConsequence::{Absent, NewDate, ZeroDiplomaPossible};
use delos_domain::regulation::{AbsenceKind, Course, ExtraTime, OfOption, Regulation, Rounding};
use delos_regulation::{check, ids, load, parse, shipped};

fn set(id: &str) -> Regulation {
    load(id).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// (code, minutes, margin, and who is busy: the candidate, the commission, an environment; `~` floats)
fn outline(course: &Course) -> Vec<(&str, u16, u16, String)> {
    course
        .phases
        .iter()
        .map(|phase| {
            let busy = [
                (phase.candidate, "candidate"),
                (phase.commission, "commission"),
                (phase.environment, "environment"),
                (phase.floating, "~"),
            ];
            let busy: Vec<_> = busy
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, name)| *name)
                .collect();
            (
                phase.code.as_str(),
                phase.minutes,
                phase.margin,
                busy.join(" "),
            )
        })
        .collect()
}

#[test]
fn every_set_shipped_loads_under_its_own_identifier() {
    assert_eq!(
        ids().collect::<Vec<_>>(),
        [
            "bts-sio-2024-e5",
            "bts-sio-2026-e6",
            "bts-sio-2026-e5-support"
        ]
    );
    for id in ids() {
        assert_eq!(set(id).id, id);
        assert_eq!(shipped(id).unwrap().file, format!("{id}.toml"));
    }
}

#[test]
fn a_set_that_is_not_shipped_is_told_with_those_that_are() {
    let faults = load("bts-sio-2031-e9").unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        "bts-sio-2031-e9.toml:1: aucun jeu de règles ne porte l’identifiant « bts-sio-2031-e9 » ; \
         jeux connus : bts-sio-2024-e5, bts-sio-2026-e6, bts-sio-2026-e5-support"
    );
}

#[test]
fn the_course_of_2024_is_that_of_annexe_9_4() {
    let set = set("bts-sio-2024-e5");
    assert_eq!(
        outline(&set.course),
        [
            ("T", 30, 0, "candidate".to_owned()),
            ("E1", 20, 0, "candidate commission".to_owned()),
            ("R", 60, 10, "candidate environment".to_owned()),
            ("E2", 20, 0, "candidate commission environment".to_owned()),
            ("H", 10, 0, "commission ~".to_owned()),
        ]
    );
    let extra: Vec<_> = set.course.phases.iter().map(|p| p.extra_time).collect();
    assert_eq!(
        extra,
        [
            ExtraTime::Preparation,
            ExtraTime::Interview,
            ExtraTime::Preparation,
            ExtraTime::Interview,
            ExtraTime::None
        ]
    );
    for phase in &set.course.phases {
        assert_eq!(
            phase.explanation.is_empty(),
            !phase.candidate,
            "{}",
            phase.code
        );
    }
    let day = &set.day;
    assert_eq!((day.grid, day.open, day.close), (5, 480, 1020));
    assert_eq!((day.lunch, day.lunch_window), (60, (660, 840)));
    assert_eq!(
        (day.preparation, day.environments, day.arrival),
        (180, 2, 20)
    );
}

#[test]
fn both_templates_of_2024_are_offered() {
    let set = set("bts-sio-2024-e5");
    let templates: Vec<_> = set
        .templates
        .iter()
        .map(|template| {
            let days: Vec<_> = template
                .days
                .iter()
                .map(|day| (day.preparation, day.max, day.hard_max))
                .collect();
            (template.code.as_str(), days)
        })
        .collect();
    assert_eq!(
        templates,
        [
            ("9-4", vec![(true, 3, 3), (false, 5, 6)]),
            (
                "lot-de-dix",
                vec![(true, 0, 0), (false, 5, 5), (false, 5, 5)]
            ),
        ]
    );
}

#[test]
fn the_commission_and_the_absences_of_2024_differ_by_form() {
    let set = set("bts-sio-2024-e5");
    let ponctuelle = set.composition[&Form::Ponctuelle];
    assert_eq!(ponctuelle.members_min, 2);
    assert_eq!(ponctuelle.of_option, OfOption::All);
    assert!(!ponctuelle.own_school);
    let ccf = set.composition[&Form::Ccf];
    assert_eq!((ccf.members_min, ccf.of_option), (2, OfOption::AtLeast(1)));
    assert!(ccf.own_school);

    let consequence = |form, kind, previous| {
        delos_domain::absence::decide(form, kind, previous, &set.absences)
            .unwrap()
            .consequence
    };
    assert_eq!(consequence(Form::Ccf, AbsenceKind::Justified, 0), NewDate);
    assert_eq!(consequence(Form::Ccf, AbsenceKind::Justified, 1), Absent);
    assert_eq!(consequence(Form::Ccf, AbsenceKind::Unjustified, 0), Absent);
    assert_eq!(
        consequence(Form::Ponctuelle, AbsenceKind::Justified, 0),
        Absent
    );
    assert_eq!(
        consequence(Form::Ponctuelle, AbsenceKind::ForceMajeure, 0),
        ZeroDiplomaPossible
    );
    for rule in &set.absences {
        assert!(!rule.source.is_empty() && !rule.sentence.is_empty());
    }
}

#[test]
fn the_penalties_of_2024_are_those_of_annexe_9_5() {
    let mark = set("bts-sio-2024-e5").mark;
    assert_eq!(mark.rounding, Rounding::UpThenPenalties);
    let lines: Vec<_> = mark
        .penalties
        .iter()
        .map(|p| (p.code.as_str(), p.label.as_str(), p.points, p.reason))
        .collect();
    assert_eq!(
        lines,
        [
            (
                "one_realisation_missing",
                "Absence d’une réalisation professionnelle",
                (10, 10),
                false
            ),
            (
                "both_realisations_missing",
                "Absence des deux réalisations professionnelles",
                (20, 20),
                false
            ),
            (
                "environment_not_conforming",
                "Environnement technologique mis en œuvre non conforme à l’annexe II.E",
                (1, 15),
                true
            ),
        ]
    );
    assert_eq!(mark.penalties[0].excludes, ["both_realisations_missing"]);
    assert_eq!(mark.penalties[1].excludes, ["one_realisation_missing"]);
}

#[test]
fn the_set_of_2026_changes_codes_and_numbers_and_nothing_else() {
    let (old, new) = (set("bts-sio-2024-e5"), set("bts-sio-2026-e6"));
    assert_eq!((new.exam_code.as_str(), new.unit.as_str()), ("E6", "U6"));
    assert_eq!(new.annexes["fiche-descriptive"], "VII-1");
    assert_eq!(new.annexes["grille"], "VII-5");
    assert_eq!(new.annexes["environnement"], "VII-7");
    assert_eq!(
        old.annexes.keys().collect::<Vec<_>>(),
        new.annexes.keys().collect::<Vec<_>>()
    );
    assert_eq!(
        new.options[&ExamOption::Sisr],
        old.options[&ExamOption::Sisr]
    );
    assert!(new.source.contains("2026"));
    let as_of_2024 = Regulation {
        id: old.id.clone(),
        source: old.source.clone(),
        exam_code: old.exam_code.clone(),
        unit: old.unit.clone(),
        annexes: old.annexes.clone(),
        assessment: old.assessment.clone(),
        ..new.clone()
    };
    assert_eq!(as_of_2024, old);

    // The forms are the same but for what is composed of the codes and numbers.
    let printed = |text: &str| {
        text.replace("VII-5-", "9-5-")
            .replace("VII-6", "9-6")
            .replace("Épreuve E6", "Épreuve E5")
            .replace(": E6 ", ": E5 ")
    };
    assert_eq!(
        printed(&format!("{:?}", new.assessment)).replace("VII-7", "10"),
        format!("{:?}", old.assessment)
    );
    let grid = new.assessment.grid(ExamOption::Slam).unwrap();
    assert_eq!(grid.annex, "VII-5-B");
    assert_eq!(
        grid.front.title,
        "ANNEXE VII-5-B : Grille d’aide à l’évaluation (recto)"
    );
    assert_eq!(
        grid.back.title,
        "ANNEXE VII-5-B : E6 – (option SLAM) - Grille d’aide à l’évaluation (verso)"
    );
    assert_eq!(
        grid.head.exams,
        ["Épreuve E6 - Conception et développement d’applications (option SLAM)"]
    );
    assert_eq!(
        new.assessment.appreciation.title,
        "ANNEXE VII-6 : Fiche d’appréciation destinée à la personne candidate"
    );
}

#[test]
fn a_candidate_reads_no_annex_number_of_another_session() {
    for id in ids() {
        let texts = set(id).convocation;
        let all: Vec<&String> = texts
            .bring
            .iter()
            .chain(&texts.forbidden)
            .chain([&texts.inspection, &texts.lateness])
            .chain(texts.absence.values())
            .chain(texts.tell.values())
            .chain(&texts.examiner)
            .collect();
        for text in all {
            assert!(!text.contains("nnexe"), "{text}");
            assert!(text.ends_with('.'), "{text}");
        }
    }
}

#[test]
fn another_epreuve_is_data() {
    let set = set("bts-sio-2026-e5-support");
    assert_eq!(
        outline(&set.course),
        [
            ("P1", 10, 0, "candidate commission".to_owned()),
            ("P2", 30, 0, "candidate commission".to_owned()),
            ("H", 10, 0, "commission".to_owned()),
        ]
    );
    assert_eq!((set.day.preparation, set.day.environments), (0, 0));
    for form in [Form::Ponctuelle, Form::Ccf] {
        let composition = set.composition[&form];
        assert_eq!(composition.members_min, 2);
        assert_eq!(composition.of_option, OfOption::AtLeast(0));
        assert_eq!(
            (composition.teachers_min, composition.professionals_min),
            (1, 1)
        );
    }
    let penalties: Vec<_> = set
        .mark
        .penalties
        .iter()
        .map(|p| (p.code.as_str(), p.points, p.reason))
        .collect();
    assert_eq!(
        penalties,
        [
            ("portfolio_inaccessible", (10, 10), false),
            ("summary_missing", (2, 2), false)
        ]
    );
    assert_eq!(
        set.options[&ExamOption::Sisr].exam,
        set.options[&ExamOption::Slam].exam
    );
}

#[test]
fn a_set_may_have_one_form_and_one_option() {
    let text = shipped("bts-sio-2026-e5-support").unwrap().text;
    let without = |text: &str, start: &str, end: &str| {
        let from = text.find(start).unwrap();
        let to = from + text[from..].find(end).unwrap();
        format!("{}{}", &text[..from], &text[to..])
    };
    let mut text = without(&text, "[options.SLAM]", "[annexes]");
    text = without(&text, "[composition.ccf]", "# -----");
    text = text.replacen("options = [\"SISR\", \"SLAM\"]", "options = [\"SISR\"]", 1);
    while text.contains("form = \"ccf\"") {
        let at = text.find("form = \"ccf\"").unwrap();
        let start = text[..at].rfind("[[absences]]").unwrap();
        let end = at + text[at..].find("[[absences]]").unwrap();
        text = format!("{}{}", &text[..start], &text[end..]);
    }
    let ccf: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("ccf = "))
        .collect();
    assert_eq!(
        ccf.len(),
        3,
        "of the head of the forms, of absence and of tell"
    );
    let text: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("ccf = ") || line.contains("Contrôle"))
        .collect();
    let text = text.join("\n");
    assert_eq!(check(&text, "essai.toml", &shipped), []);
    let set = parse(&text, "essai.toml", &shipped).unwrap();
    assert_eq!(
        set.composition.keys().collect::<Vec<_>>(),
        [&Form::Ponctuelle]
    );
    assert_eq!(set.options.keys().collect::<Vec<_>>(), [&ExamOption::Sisr]);
    let grid = set.assessment.grid(ExamOption::Sisr).unwrap();
    assert!(grid.head.options.is_empty(), "nothing is left to tick");
    assert_eq!(set.assessment.grid(ExamOption::Slam), None);
}
