//! Invented people and places: one example of each kind, for tests and previews.

use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use uuid::Uuid;

use crate::convocation::{
    CandidateConvocation, Change, Exam, ExaminerConvocation, ExaminerDay, Issuer, Phase, Place,
    Words,
};
use crate::mail::{
    AbsenceDecision, AccountInvitation, CandidateCancellation, CandidateCode, DayLine, DayNotice,
    ExaminerCancellation, FactorEvent, Payload, Reminder, ReminderDay, SecondFactor, TaskFinished,
    TransmissionReceipt, TransmittedFile,
};

fn exam() -> Exam {
    Exam {
        session: "2027".to_owned(),
        regulation: "bts-sio-2024-e5".to_owned(),
        diploma: "BTS Services informatiques aux organisations".to_owned(),
        option: "SISR – Solutions d’infrastructure, systèmes et réseaux".to_owned(),
        code: "E5".to_owned(),
        title: "Administration des systèmes et des réseaux".to_owned(),
    }
}

fn place() -> Place {
    Place {
        name: "Lycée Joséphine-Baker".to_owned(),
        uai: "0213430P".to_owned(),
        address: "81 rue des Îles".to_owned(),
        postal_code: "21000".to_owned(),
        city: "Dijon".to_owned(),
        room: None,
        zone: chrono_tz::Europe::Paris,
    }
}

fn issuer() -> Issuer {
    Issuer {
        authority: "Rectorat de Dijon".to_owned(),
        signatory: "Victoire Boëlle, cheffe d’établissement".to_owned(),
        contact: "Lycée Joséphine-Baker".to_owned(),
        email: Some("ce.0213430p@ecole.example".to_owned()),
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 4, 8).unwrap_or_default()
}

fn later() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 4, 15).unwrap_or_default()
}

fn issued_at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 3, 8, 9, 30, 0)
        .single()
        .unwrap_or_default()
}

fn overseas() -> Place {
    Place {
        name: "Lycée Paul-Vergès".to_owned(),
        uai: "9740999X".to_owned(),
        address: "12 rue de la Fournaise".to_owned(),
        postal_code: "97400".to_owned(),
        city: "Saint-Denis".to_owned(),
        room: Some("Salle B12".to_owned()),
        zone: chrono_tz::Indian::Reunion,
    }
}

fn examiner_day(date: NaiveDate, series: u128) -> ExaminerDay {
    ExaminerDay {
        date,
        centre: place(),
        commission: 2,
        option: "SISR".to_owned(),
        preparation: Some(480),
        start: 720,
        end: 980,
        candidates: 3,
        others: vec!["Aïcha Müller".to_owned()],
        series: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + series),
    }
}

const LINK: &str = "https://delos.example";
const ACKNOWLEDGE: &str =
    "https://delos.example/accuse-reception/018f0000-0000-7000-8000-000000000001.exemple";
const SERIES: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// A candidate's convocation.
pub fn candidate() -> CandidateConvocation {
    let phase = |name: &str, explanation: &str, start, end| Phase {
        name: name.to_owned(),
        explanation: explanation.to_owned(),
        start,
        end,
    };
    CandidateConvocation {
        exam: exam(),
        form: "contrôle en cours de formation".to_owned(),
        number: "2210005814".to_owned(),
        name: "Anne-Élisabeth de La Roche-Nguyễn".to_owned(),
        centre: place(),
        date: day(),
        arrival: 490,
        start: 510,
        end: 680,
        phases: vec![
            phase("Préparation sur table", "Vous étudiez l’expression des besoins.", 510, 550),
            phase("Premier entretien", "Vous présentez votre analyse et votre démarche.", 550, 570),
            phase("Réalisation", "Vous réalisez la solution sur l’environnement de travail.", 570, 650),
            phase("Recette", "Vous présentez votre solution à la commission.", 660, 680),
        ],
        accommodations: vec!["Temps majoré de 4/3 pour les préparations".to_owned()],
        bring: vec!["Cette convocation.".to_owned(), "Une pièce d’identité avec photographie.".to_owned()],
        forbidden: vec!["Toute communication avec un tiers.".to_owned(), "Les téléphones et objets connectés, même éteints.".to_owned()],
        inspection: "L’ensemble des connexions réalisées peut être contrôlé par la commission.".to_owned(),
        lateness: "En cas de retard, le chef de centre décide ; aucun temps n’est ajouté.".to_owned(),
        absence: "Une absence justifiée donne lieu à une autre date ; une absence injustifiée ou réitérée, à aucune.".to_owned(),
        tell: "Prévenez votre établissement dès que vous le savez.".to_owned(),
        issuer: issuer(),
        revision: 1,
        series: SERIES,
        issued_at: issued_at(),
        code: None,
        link: LINK.to_owned(),
        changed: None,
        acknowledge: Some(ACKNOWLEDGE.to_owned()),
        words: Words::default(),
    }
}

/// An examiner's convocation.
pub fn examiner() -> ExaminerConvocation {
    ExaminerConvocation {
        exam: exam(),
        form: "contrôle en cours de formation".to_owned(),
        identifier: "EX0003".to_owned(),
        name: "Maël Noël".to_owned(),
        days: vec![examiner_day(day(), 2)],
        notes: vec![
            "Les dossiers des candidats vous sont ouverts à la réunion d’entente.".to_owned(),
        ],
        issuer: issuer(),
        revision: 1,
        issued_at: issued_at(),
        link: LINK.to_owned(),
        removed: Vec::new(),
        changed: None,
        acknowledge: Some(ACKNOWLEDGE.to_owned()),
        words: Words::default(),
    }
}

/// An invitation of staff.
pub fn invitation() -> AccountInvitation {
    AccountInvitation {
        name: "Victoire Boëlle".to_owned(),
        role: "chef d’établissement".to_owned(),
        session: "2027".to_owned(),
        link: "https://delos.example/premier-acces#secret".to_owned(),
        expires_on: day(),
        words: Words::default(),
    }
}

/// The same candidate's convocation once it has changed.
pub fn changed() -> CandidateConvocation {
    CandidateConvocation {
        date: later(),
        revision: 2,
        changed: Some(Change {
            former_date: day(),
            former_start: 510,
            former_centre: place(),
            reason: "Le centre est fermé ce jour-là.".to_owned(),
        }),
        ..candidate()
    }
}

/// An examiner's convocation once a day has gone and another has come.
pub fn examiner_changed() -> ExaminerConvocation {
    ExaminerConvocation {
        days: vec![examiner_day(later(), 3)],
        removed: vec![examiner_day(day(), 2)],
        changed: Some("Le centre est fermé ce jour-là.".to_owned()),
        revision: 2,
        ..examiner()
    }
}

/// The withdrawal of the candidate's convocation.
pub fn cancellation() -> CandidateCancellation {
    CandidateCancellation {
        exam: exam(),
        form: "contrôle en cours de formation".to_owned(),
        number: "2210005814".to_owned(),
        name: "Anne-Élisabeth de La Roche-Nguyễn".to_owned(),
        centre: place(),
        date: day(),
        start: 510,
        reason: "Le centre est fermé ce jour-là.".to_owned(),
        next: "Une nouvelle date est recherchée ; vous recevrez une nouvelle convocation."
            .to_owned(),
        issuer: issuer(),
        revision: 2,
        series: SERIES,
        issued_at: issued_at(),
        link: LINK.to_owned(),
        words: Words::default(),
    }
}

/// The withdrawal of all of an examiner's days.
pub fn examiner_cancellation() -> ExaminerCancellation {
    ExaminerCancellation {
        exam: exam(),
        form: "contrôle en cours de formation".to_owned(),
        identifier: "EX0003".to_owned(),
        name: "Maël Noël".to_owned(),
        removed: vec![examiner_day(day(), 2), examiner_day(later(), 3)],
        reason: "Un autre examinateur vous remplace.".to_owned(),
        issuer: issuer(),
        revision: 2,
        issued_at: issued_at(),
        link: LINK.to_owned(),
        words: Words::default(),
    }
}

/// What an absence entails.
pub fn absence_decision() -> AbsenceDecision {
    AbsenceDecision {
        exam: exam(),
        number: "2210005814".to_owned(),
        name: "Anne-Élisabeth de La Roche-Nguyễn".to_owned(),
        date: day(),
        consequence: "Aucune date de remplacement ; vous êtes déclaré(e) absent(e) et le diplôme ne peut être délivré.".to_owned(),
        next: "Vous pouvez présenter un justificatif à votre établissement.".to_owned(),
        issuer: issuer(),
        issued_at: issued_at(),
        link: LINK.to_owned(),
        words: Words::default(),
    }
}

/// What has changed of a centre's days, overseas.
pub fn day_notice() -> DayNotice {
    DayNotice {
        name: "Victoire Boëlle".to_owned(),
        exam: exam(),
        centre: overseas(),
        lines: vec![
            DayLine {
                date: day(),
                hour: Some(510),
                commission: Some(2),
                candidate: Some("2210005814".to_owned()),
                what: "convocation annulée".to_owned(),
            },
            DayLine {
                date: later(),
                hour: None,
                commission: Some(2),
                candidate: None,
                what: "un examinateur est remplacé".to_owned(),
            },
        ],
        reason: "Un candidat a une nouvelle date.".to_owned(),
        issuer: issuer(),
        issued_at: issued_at(),
        link: LINK.to_owned(),
        words: Words::default(),
    }
}

/// A convocation waits to be acknowledged.
pub fn reminder() -> Reminder {
    Reminder {
        exam: exam(),
        form: "contrôle en cours de formation".to_owned(),
        number: "2210005814".to_owned(),
        name: "Anne-Élisabeth de La Roche-Nguyễn".to_owned(),
        days: vec![ReminderDay {
            date: day(),
            arrival: 490,
            start: 510,
            centre: place(),
        }],
        issuer: issuer(),
        issued_at: issued_at(),
        link: LINK.to_owned(),
        acknowledge: Some(ACKNOWLEDGE.to_owned()),
        words: Words::default(),
    }
}

/// Proof of a transmission.
pub fn transmission_receipt() -> TransmissionReceipt {
    TransmissionReceipt {
        name: "Victoire Boëlle".to_owned(),
        exam: exam(),
        school: "Lycée Joséphine-Baker".to_owned(),
        transmitted_at: day().and_time(chrono::NaiveTime::MIN) + chrono::Duration::minutes(1_055),
        zone: chrono_tz::Europe::Paris,
        hash: HASH.to_owned(),
        files: vec![TransmittedFile {
            name: "bordereau.pdf".to_owned(),
            hash: HASH.to_owned(),
        }],
        issuer: issuer(),
        issued_at: issued_at(),
        link: LINK.to_owned(),
        words: Words::default(),
    }
}

/// A long task has ended.
pub fn task_finished() -> TaskFinished {
    TaskFinished {
        name: "Victoire Boëlle".to_owned(),
        session: "2027".to_owned(),
        what: "Import de candidats".to_owned(),
        done: 118,
        failed: 2,
        nothing: false,
        link: "https://delos.example/taches".to_owned(),
        words: Words::default(),
    }
}

/// A candidate's new code.
pub fn candidate_code() -> CandidateCode {
    CandidateCode {
        name: "Maël Noël".to_owned(),
        number: "2210005814".to_owned(),
        exam_code: "E5".to_owned(),
        authority: "Rectorat de Dijon".to_owned(),
        code: "ABCDE-FGH23".to_owned(),
        link: LINK.to_owned(),
        words: Words::default(),
    }
}

/// A second factor was added.
pub fn second_factor() -> SecondFactor {
    SecondFactor {
        name: "Victoire Boëlle".to_owned(),
        session: "2027".to_owned(),
        event: FactorEvent::Added,
        at: NaiveDate::from_ymd_opt(2027, 4, 2)
            .unwrap_or_default()
            .and_time(chrono::NaiveTime::from_hms_opt(8, 12, 0).unwrap_or_default()),
        words: Words::default(),
    }
}

/// An example of each kind, in the order of [`Payload::KINDS`].
pub fn every_kind() -> Vec<Payload> {
    vec![
        Payload::CandidateConvocation(Box::new(candidate())),
        Payload::CandidateCancellation(Box::new(cancellation())),
        Payload::ExaminerConvocation(Box::new(examiner())),
        Payload::ExaminerCancellation(Box::new(examiner_cancellation())),
        Payload::AbsenceDecision(Box::new(absence_decision())),
        Payload::DayNotice(Box::new(day_notice())),
        Payload::Reminder(Box::new(reminder())),
        Payload::TransmissionReceipt(Box::new(transmission_receipt())),
        Payload::TaskFinished(task_finished()),
        Payload::AccountInvitation(invitation()),
        Payload::CandidateCode(candidate_code()),
        Payload::SecondFactor(second_factor()),
    ]
}
