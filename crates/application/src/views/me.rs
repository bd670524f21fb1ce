//! Who is signed in, the mandates that he holds and what the active one allows.

use std::collections::HashMap;

use chrono::NaiveDate;
use delos_domain::actor::Actor;
use delos_domain::ids::{MandateId, SchoolId};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::policy::{Asker, OperationName, relations};
use delos_persistence::{Access, authorities, schools, second_factor, sessions};

use crate::context::Context;
use crate::error::CommandResult;
use crate::sign_in::Person;

/// A mandate in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MandateView {
    /// Its id.
    pub id: MandateId,
    /// Role.
    pub role: Role,
    /// What it covers.
    pub perimeter: String,
    /// Year of its session.
    pub session: String,
    /// Last day.
    pub valid_until: NaiveDate,
    /// Taken back.
    pub revoked: bool,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct MeView {
    /// Full name.
    pub name: String,
    /// What he signs in with.
    pub login: String,
    /// Mandates that hold today.
    pub mandates: Vec<MandateView>,
    /// The one acted under.
    pub active: Option<MandateId>,
    /// Operations that it allows.
    pub may: Vec<&'static str>,
    /// His second factor.
    pub second_factor: OwnFactor,
}

/// One's own second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnFactor {
    /// Whether there is one.
    pub enrolled: bool,
    /// Whether it was shown in this session.
    pub strong: bool,
    /// Recovery codes that still serve.
    pub codes_left: u64,
}

/// Who is signed in.
pub async fn me(context: &Context, person: &Person) -> CommandResult<MeView> {
    let reader = context.db.read();
    let mandates = in_words(&reader, &person.mandates).await?;
    let account = person.account.id;
    let enrolled = second_factor::enrolled(&reader, &[account])
        .await?
        .contains(&account);
    let codes_left = if enrolled {
        second_factor::codes_left(&reader, account).await?
    } else {
        0
    };
    let active = person.actor.as_ref().and_then(Actor::mandate);
    let may = active.map_or_else(Vec::new, |mandate| {
        OperationName::ALL
            .iter()
            .filter(|(operation, _)| !relations(*operation, Asker::Person(mandate.role)).is_empty())
            .map(|(_, name)| *name)
            .collect()
    });
    Ok(MeView {
        name: person.account.identity.full_name(),
        login: person.account.login.clone(),
        mandates,
        active: active.map(|mandate| mandate.id),
        may,
        second_factor: OwnFactor {
            enrolled,
            strong: person.strong,
            codes_left,
        },
    })
}

/// Mandates with the names of what they cover.
pub(crate) async fn in_words(
    access: &impl Access,
    mandates: &[Mandate],
) -> CommandResult<Vec<MandateView>> {
    let sessions: HashMap<_, _> = sessions::all(access)
        .await?
        .into_iter()
        .map(|session| (session.id, session.code))
        .collect();
    let authorities: HashMap<_, _> = authorities::all(access)
        .await?
        .into_iter()
        .map(|authority| (authority.id, authority.name))
        .collect();
    let school_ids: Vec<SchoolId> = mandates
        .iter()
        .filter_map(|mandate| match mandate.perimeter {
            Perimeter::School(school, _) => Some(school),
            _ => None,
        })
        .collect();
    let schools: HashMap<_, _> = schools::by_ids(access, &school_ids)
        .await?
        .into_iter()
        .map(|school| (school.school.id, school.name))
        .collect();
    Ok(mandates
        .iter()
        .map(|mandate| MandateView {
            id: mandate.id,
            role: mandate.role,
            perimeter: match mandate.perimeter {
                Perimeter::Session => "Toute la session".to_owned(),
                Perimeter::Authority(id)
                | Perimeter::Examiner(_, id)
                | Perimeter::Candidate(_, id) => authorities.get(&id).cloned().unwrap_or_default(),
                Perimeter::School(id, _) => schools.get(&id).cloned().unwrap_or_default(),
            },
            session: sessions.get(&mandate.session).cloned().unwrap_or_default(),
            valid_until: mandate.valid_until,
            revoked: mandate.revoked,
        })
        .collect())
}
