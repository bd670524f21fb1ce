//! Invented people and places: one example of each kind, for tests and previews.

use chrono::{NaiveDate, TimeZone as _, Utc};
use uuid::Uuid;

use crate::convocation::{
    CandidateConvocation, Exam, ExaminerConvocation, ExaminerDay, Issuer, Phase, Place,
};
use crate::mail::AccountInvitation;

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
        series: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
        issued_at: Utc.with_ymd_and_hms(2027, 3, 8, 9, 30, 0).single().unwrap_or_default(),
        code: None,
        link: "https://delos.example".to_owned(),
    }
}

/// An examiner's convocation.
pub fn examiner() -> ExaminerConvocation {
    ExaminerConvocation {
        exam: exam(),
        form: "contrôle en cours de formation".to_owned(),
        identifier: "EX0003".to_owned(),
        name: "Maël Noël".to_owned(),
        days: vec![ExaminerDay {
            date: day(),
            centre: place(),
            commission: 2,
            option: "SISR".to_owned(),
            preparation: Some(480),
            start: 720,
            end: 980,
            candidates: 3,
            others: vec!["Aïcha Müller".to_owned()],
            series: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002),
        }],
        notes: vec![
            "Les dossiers des candidats vous sont ouverts à la réunion d’entente.".to_owned(),
        ],
        issuer: issuer(),
        revision: 1,
        issued_at: Utc
            .with_ymd_and_hms(2027, 3, 8, 9, 30, 0)
            .single()
            .unwrap_or_default(),
        link: "https://delos.example".to_owned(),
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
    }
}
