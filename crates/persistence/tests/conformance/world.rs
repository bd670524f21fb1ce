//! A small session: two authorities, two schools each, candidates, plans, and messages to them.

use anyhow::{Context as _, Result};
use chrono::{DateTime, NaiveDate, Utc};
use delos_domain::actor::Actor;
use delos_domain::candidate::{
    Accommodation, Candidate, CandidateNumber, CandidateStatus, ExamOption, Form,
};
use delos_domain::email::EmailAddress;
use delos_domain::ids::{
    AccountId, AuthorityId, CandidateId, CohortId, IdentityId, MandateId, MessageId, PlanId,
    SchoolId, SessionId,
};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::school::{School, SchoolKind};
use delos_domain::scope::{Operation, Scope};
use delos_domain::uai::Uai;
use delos_persistence::authorities::{self, AcademyRecord, AuthorityRecord};
use delos_persistence::candidates::{self, CandidateRecord, TrackCodes};
use delos_persistence::identities::IdentityRecord;
use delos_persistence::outbox::{About, NewMessage};
use delos_persistence::plans::{self, PlanRecord};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::sessions::{self, SessionRecord};
use delos_persistence::{Database, Transaction, envelope};
use uuid::Uuid;

use super::bench::done;

/// The session.
pub const SESSION: SessionId = SessionId(Uuid::from_u128(0x5e));
/// Its cohort.
pub const COHORT: CohortId = CohortId(Uuid::from_u128(0xc0));
/// Two authorities.
pub const DIJON: AuthorityId = AuthorityId(Uuid::from_u128(0xa1));
pub const REUNION: AuthorityId = AuthorityId(Uuid::from_u128(0xa2));
/// Candidates of each school, and of each authority without a school.
pub const CANDIDATES: u128 = 3;

/// The id of this number among those of a kind.
pub fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(kind << 64 | number)
}

/// Some seconds into the morning on which everything happens.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_804_147_200 + seconds, 0).unwrap_or_default()
}

/// The day of that morning, and of the exam.
pub fn day() -> NaiveDate {
    at(0).date_naive()
}

/// A school's id: 1 and 2 are Dijon's, 3 and 4 La Réunion's.
pub fn school_id(number: u128) -> SchoolId {
    SchoolId(id(0x5c, number))
}

/// A candidate's id: `number` of a school, or of an authority's own (schools 11 and 13).
pub fn candidate_id(school: u128, number: u128) -> CandidateId {
    CandidateId(id(0xca, school << 16 | number))
}

/// The plan of a school, or of the authority itself (11 and 13).
pub fn plan_id(school: u128) -> PlanId {
    PlanId(id(0x91, school))
}

/// Whose school, or whose own candidates.
pub fn authority_of(school: u128) -> AuthorityId {
    if school % 10 < 3 { DIJON } else { REUNION }
}

/// Lays the whole session.
pub async fn lay(db: &Database) -> Result<()> {
    let tx = db.write().await?;
    ground(&tx).await?;
    for number in 1..=4 {
        schools::insert(&tx, &[school(number)?]).await?;
    }
    for school in [1, 2, 3, 4, 11, 13] {
        let records: Vec<_> = (1..=CANDIDATES)
            .map(|number| candidate(school, number))
            .collect::<Result<_>>()?;
        candidates::insert(&tx, COHORT, &records).await?;
        plans::insert(&tx, &plan(school)).await?;
    }
    done(tx).await
}

/// Lays what everything else stands on: the session, its key, the authorities.
pub async fn ground(tx: &Transaction) -> Result<()> {
    let record = SessionRecord {
        id: SESSION,
        code: "2027".to_owned(),
        regulation: "bts-sio-2024-e5".to_owned(),
        version: 1,
    };
    sessions::insert(tx, &record).await?;
    envelope::create_cohort(tx, SESSION.0, COHORT, [9; 32], at(0)).await?;
    for (id, code, timezone) in [
        (DIJON, "Dijon", chrono_tz::Europe::Paris),
        (REUNION, "La Réunion", chrono_tz::Indian::Reunion),
    ] {
        let record = AuthorityRecord {
            id,
            code: code.to_owned(),
            name: format!("Rectorat de {code}"),
            contact_email: None,
            confirms_itself: false,
            notice_days: 5,
            academies: vec![AcademyRecord {
                code: code.to_owned(),
                name: code.to_owned(),
                timezone,
            }],
        };
        authorities::insert(tx, &record).await?;
    }
    Ok(())
}

/// A school.
pub fn school(number: u128) -> Result<SchoolRecord> {
    let authority = authority_of(number);
    let uai = ('A'..='Z')
        .find_map(|letter| Uai::parse(&format!("{number:07}{letter}")).ok())
        .context("a school code")?;
    Ok(SchoolRecord {
        school: School {
            id: school_id(number),
            uai,
            authority,
            kind: SchoolKind::ALL[0].0,
            ccf_habilitated: true,
            is_centre: true,
            environments: 2,
            accessible: true,
        },
        session: SESSION,
        academy: academy(authority).to_owned(),
        name: format!("Lycée n° {number}"),
        address: "1, rue de l’Épreuve".to_owned(),
        postal_code: "21000".to_owned(),
        city: "Dijon".to_owned(),
        email: None,
        head_name: None,
        head_email: Some(format!("proviseur.{number}@lycee.example")),
        version: 1,
    })
}

fn academy(authority: AuthorityId) -> &'static str {
    if authority == DIJON {
        "Dijon"
    } else {
        "La Réunion"
    }
}

/// A candidate.
pub fn candidate(school: u128, number: u128) -> Result<CandidateRecord> {
    let id = candidate_id(school, number);
    let authority = authority_of(school);
    let digits = format!("{:010}", school * 1000 + number);
    Ok(CandidateRecord {
        candidate: Candidate {
            id,
            authority,
            school: (school < 10).then(|| school_id(school)),
            number: CandidateNumber::parse(&digits).context("a number")?,
            option: ExamOption::Slam,
            form: plan(school).form,
            accommodation: Accommodation::NONE,
            needs_access: false,
            keeps_mark: false,
        },
        session: SESSION,
        academy: academy(authority).to_owned(),
        identity: IdentityRecord {
            id: IdentityId(id.0),
            family_name: format!("ÉTÉ-{school}"),
            usage_name: None,
            given_names: format!("Noël {number}"),
            birth_date: None,
            national_number: None,
            email: Some(EmailAddress::parse("candidat@example.fr")?),
        },
        status: CandidateStatus::Scolaire,
        end_of_training: None,
        states: TrackCodes {
            dossier: "deposited".to_owned(),
            sitting: "unplanned".to_owned(),
            assessment: "waiting".to_owned(),
            mark: "none".to_owned(),
            withheld: false,
        },
        version: 1,
    })
}

/// The draft of a school, or of the authority itself.
pub fn plan(school: u128) -> PlanRecord {
    PlanRecord {
        id: plan_id(school),
        session: SESSION,
        authority: authority_of(school),
        school: (school < 10).then(|| school_id(school)),
        form: if school < 10 {
            Form::Ccf
        } else {
            Form::Ponctuelle
        },
        is_published: false,
        published: 0,
        version: 1,
    }
}

/// A convocation to the first candidate of a school.
pub fn message(school: u128, number: u128) -> NewMessage {
    let candidate = candidate_id(school, 1);
    NewMessage {
        id: MessageId(id(0x3e, school << 32 | number)),
        about: About {
            session: Some(SESSION),
            authority: Some(authority_of(school)),
            school: plan(school).school,
            plan: Some(plan_id(school)),
            candidate: Some(candidate),
            ..About::default()
        },
        dedup_key: format!("{school}/{number}"),
        kind: "candidate_convocation".to_owned(),
        identity: IdentityId(candidate.0),
        address: Some("candidat@example.fr".to_owned()),
        subject: "BTS SIO, E5".to_owned(),
        payload: format!("payload of {school}/{number}").into_bytes(),
        series: None,
        revision: 1,
        priority: 1,
        not_before: at(0),
        created_at: at(0),
        references: None,
        sitting_at: None,
    }
}

/// The scope of somebody of this role and perimeter.
pub fn scope<O: Operation>(role: Role, perimeter: Perimeter) -> Result<Scope<O>> {
    let account = AccountId(Uuid::from_u128(0xac));
    let mandate = Mandate {
        id: MandateId(Uuid::from_u128(0x3a)),
        account,
        role,
        perimeter,
        session: SESSION,
        valid_from: day(),
        valid_until: day(),
        revoked: false,
    };
    Ok(Actor::Person {
        account,
        mandate,
        strong: true,
    }
    .scope(day())?)
}

/// The scope of an officer of an authority.
pub fn officer<O: Operation>(authority: AuthorityId) -> Result<Scope<O>> {
    scope(Role::AuthorityOfficer, Perimeter::Authority(authority))
}

/// The scope of the head of a school.
pub fn head<O: Operation>(school: u128) -> Result<Scope<O>> {
    let perimeter = Perimeter::School(school_id(school), authority_of(school));
    scope(Role::HeadOfSchool, perimeter)
}
