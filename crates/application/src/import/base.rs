//! What the base holds of what a file speaks of: what the caller may name, and the rows that are compared.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use delos_domain::actor::Actor;
use delos_domain::email::EmailAddress;
use delos_domain::ids::{AuthorityId, SchoolId, SessionId};
use delos_domain::scope::{ImportCandidates, ImportExaminers, ImportSchools, Reach, Scope};
use delos_domain::tracks::sitting::State;
use delos_domain::uai::Uai;
use delos_imports::{
    Academy, CandidateContext, CandidateKey, ExaminerContext, ImportedCandidate, ImportedExaminer,
    ImportedSchool, KnownSchool, SchoolContext,
};
use delos_persistence::authorities::{self, AuthorityRecord};
use delos_persistence::candidates::{self, CandidateFilter, CandidateRecord};
use delos_persistence::examiners::{self, ExaminerRecord};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::{Access, drafts, sessions};

use super::ImportKind;
use crate::academies;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// What the base holds, of one kind: `known` for who reads the file, `existing` for who writes it.
pub struct Held<K, R, O> {
    pub known: Arc<K>,
    pub existing: Vec<R>,
    pub scope: Scope<O>,
}

impl<K: PartialEq, R: PartialEq, O> Held<K, R, O> {
    /// Whether a file read on the one would be read and written in the same way on the other.
    pub fn is_same(&self, other: &Self) -> bool {
        self.known == other.known && self.existing == other.existing
    }
}

/// Of schools.
pub type HeldSchools = Held<SchoolContext, SchoolRecord, ImportSchools>;
/// Of examiners.
pub type HeldExaminers = Held<ExaminerContext, ExaminerRecord, ImportExaminers>;
/// Of candidates.
pub type HeldCandidates = Held<CandidateContext, CandidateRecord, ImportCandidates>;

/// What the base holds.
pub enum Base {
    Schools(HeldSchools),
    Examiners(HeldExaminers),
    Candidates(HeldCandidates),
}

/// Loads what the base holds of what the actor may import.
pub async fn load(
    context: &Context,
    access: &impl Access,
    actor: &Actor,
    session: SessionId,
    kind: ImportKind,
) -> CommandResult<Base> {
    let today = context.today();
    let session_code = sessions::by_id(access, session)
        .await?
        .ok_or(CommandError::NotFound)?
        .code;
    let session_year = session_code.parse().unwrap_or_default();
    let all_authorities = authorities::all(access).await?;
    let all_schools = schools::of_session(access, session).await?;
    let ground = |reach| Ground::new(&all_authorities, &all_schools, reach);
    Ok(match kind {
        ImportKind::Schools => {
            let scope = actor.scope_in::<ImportSchools>(session, today)?;
            Base::Schools(held_schools(access, session, &ground(scope.reach()), scope).await?)
        }
        ImportKind::Examiners => {
            let scope = actor.scope_in::<ImportExaminers>(session, today)?;
            let ground = ground(scope.reach());
            Base::Examiners(held_examiners(access, session_year, &ground, scope).await?)
        }
        ImportKind::Candidates => {
            let scope = actor.scope_in::<ImportCandidates>(session, today)?;
            let ground = ground(scope.reach());
            Base::Candidates(held_candidates(access, session_year, &ground, scope).await?)
        }
    })
}

async fn held_schools(
    access: &impl Access,
    session: SessionId,
    ground: &Ground<'_>,
    scope: Scope<ImportSchools>,
) -> CommandResult<HeldSchools> {
    let in_use = schools::in_use(access, session).await?;
    let (existing, elsewhere): (Vec<_>, Vec<_>) = ground
        .schools
        .iter()
        .partition(|one| ground.reaches(one.school.authority, Some(one.school.id)));
    let known = SchoolContext {
        academies: ground.academies()?,
        existing: existing
            .iter()
            .map(|one| (one.school.uai.clone(), ground.school(one)))
            .collect(),
        taken_elsewhere: elsewhere
            .into_iter()
            .map(|one| one.school.uai.clone())
            .collect(),
        in_use: in_use.iter().filter_map(|id| ground.uai(*id)).collect(),
    };
    Ok(Held {
        known: Arc::new(known),
        existing: existing.into_iter().cloned().collect(),
        scope,
    })
}

async fn held_examiners(
    access: &impl Access,
    session_year: i32,
    ground: &Ground<'_>,
    scope: Scope<ImportExaminers>,
) -> CommandResult<HeldExaminers> {
    let existing = examiners::all(access, &scope).await?;
    let own: HashSet<&str> = existing.iter().map(|one| one.identifier.as_str()).collect();
    let all = examiners::identifiers(access, scope.session()).await?;
    let known = ExaminerContext {
        session_year,
        academies: ground.academies()?,
        schools: ground.known_schools(),
        taken_elsewhere: all
            .into_iter()
            .map(|(identifier, _)| identifier)
            .filter(|one| !own.contains(one.as_str()))
            .collect(),
        existing: existing
            .iter()
            .map(|one| (one.identifier.clone(), ground.examiner(one)))
            .collect(),
    };
    Ok(Held {
        known: Arc::new(known),
        existing,
        scope,
    })
}

async fn held_candidates(
    access: &impl Access,
    session_year: i32,
    ground: &Ground<'_>,
    scope: Scope<ImportCandidates>,
) -> CommandResult<HeldCandidates> {
    let existing = candidates::all(access, &scope, &CandidateFilter::default()).await?;
    let in_drafts = drafts::placed(access, scope.session()).await?;
    let holds = |one: &&CandidateRecord| {
        // A state that this version does not know is no reason to move somebody.
        State::from_code(&one.states.sitting).is_none_or(State::holds_the_candidate)
    };
    let mut taken_elsewhere = HashSet::new();
    // A head of school sees his own candidates alone; the others of his authority keep their numbers.
    if let Reach::School { authority, .. } = scope.reach() {
        let code = ground.authority_code(authority);
        let own: HashSet<_> = existing.iter().map(|one| &one.candidate.number).collect();
        let all = candidates::numbers(access, scope.session(), authority).await?;
        let others = all.into_iter().filter(|number| !own.contains(number));
        taken_elsewhere.extend(others.map(|number| (code.clone(), number)));
    }
    let known = CandidateContext {
        session_year,
        academies: ground.academies()?,
        schools: ground.known_schools(),
        existing: existing
            .iter()
            .map(|one| (ground.key(one), ground.candidate(one)))
            .collect(),
        placed: existing
            .iter()
            .filter(holds)
            .map(|one| ground.key(one))
            .collect(),
        drafted: existing
            .iter()
            .filter(|one| in_drafts.contains(&one.candidate.id))
            .map(|one| ground.key(one))
            .collect(),
        taken_elsewhere,
    };
    Ok(Held {
        known: Arc::new(known),
        existing,
        scope,
    })
}

/// What a file may name, within a reach.
struct Ground<'a> {
    authorities: &'a [AuthorityRecord],
    schools: &'a [SchoolRecord],
    uais: HashMap<SchoolId, &'a Uai>,
    codes: HashMap<AuthorityId, &'a str>,
    reach: Reach,
}

impl<'a> Ground<'a> {
    fn new(authorities: &'a [AuthorityRecord], schools: &'a [SchoolRecord], reach: Reach) -> Self {
        Self {
            authorities,
            schools,
            uais: schools
                .iter()
                .map(|one| (one.school.id, &one.school.uai))
                .collect(),
            codes: authorities
                .iter()
                .map(|one| (one.id, one.code.as_str()))
                .collect(),
            reach,
        }
    }

    fn reaches(&self, authority: AuthorityId, school: Option<SchoolId>) -> bool {
        match self.reach {
            Reach::Session => true,
            Reach::Authority { authority: own, .. } => authority == own,
            Reach::School { school: own, .. } => school == Some(own),
            Reach::Candidate { .. } | Reach::Examiner { .. } | Reach::Nothing => false,
        }
    }

    /// Academies of the reach; a head of school names none: his candidates and examiners are those of his school.
    fn academies(&self) -> CommandResult<Vec<Academy>> {
        let prefixes: HashMap<_, _> = academies::published()?
            .into_iter()
            .map(|one| (one.code, one.uai_prefixes))
            .collect();
        Ok(self
            .authorities
            .iter()
            .filter(|one| self.reaches(one.id, None))
            .flat_map(|one| one.academies.iter().map(move |academy| (one, academy)))
            .map(|(authority, academy)| Academy {
                code: academy.code.clone(),
                name: academy.name.clone(),
                authority: authority.code.clone(),
                uai_prefixes: prefixes
                    .get(academy.code.as_str())
                    .into_iter()
                    .flatten()
                    .map(|prefix| (*prefix).to_owned())
                    .collect(),
            })
            .collect())
    }

    fn known_schools(&self) -> HashMap<Uai, KnownSchool> {
        self.schools
            .iter()
            .filter(|one| self.reaches(one.school.authority, Some(one.school.id)))
            .map(|one| {
                let known = KnownSchool {
                    uai: one.school.uai.clone(),
                    kind: one.school.kind,
                    ccf_habilitated: one.school.ccf_habilitated,
                    academy: one.academy.clone(),
                    authority: self.authority_code(one.school.authority),
                };
                (one.school.uai.clone(), known)
            })
            .collect()
    }

    fn authority_code(&self, id: AuthorityId) -> String {
        self.codes
            .get(&id)
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    fn uai(&self, id: SchoolId) -> Option<Uai> {
        self.uais.get(&id).map(|uai| (*uai).clone())
    }

    fn key(&self, one: &CandidateRecord) -> CandidateKey {
        (
            self.authority_code(one.candidate.authority),
            one.candidate.number.clone(),
        )
    }

    fn school(&self, one: &SchoolRecord) -> ImportedSchool {
        let email = |text: &Option<String>| {
            text.as_ref()
                .and_then(|text| EmailAddress::parse(text).ok())
        };
        ImportedSchool {
            uai: one.school.uai.clone(),
            name: one.name.clone(),
            address: one.address.clone(),
            postal_code: one.postal_code.clone(),
            city: one.city.clone(),
            academy: one.academy.clone(),
            authority: self.authority_code(one.school.authority),
            kind: one.school.kind,
            ccf_habilitated: one.school.ccf_habilitated,
            is_centre: one.school.is_centre,
            environments: one.school.environments,
            accessible: one.school.accessible,
            email: email(&one.email),
            head_name: one.head_name.clone(),
            head_email: email(&one.head_email),
        }
    }

    fn examiner(&self, one: &ExaminerRecord) -> ImportedExaminer {
        ImportedExaminer {
            identifier: one.identifier.clone(),
            family_name: one.identity.family_name.clone(),
            given_names: one.identity.given_names.clone(),
            email: one.identity.email.clone(),
            school: one.school.and_then(|id| self.uai(id)),
            academy: one.academy.clone(),
            authority: self.authority_code(one.authority),
            professional: one.professional,
            options: one.options.clone(),
            unavailable: one.unavailable.clone(),
            max_periods: one.max_periods,
        }
    }

    fn candidate(&self, one: &CandidateRecord) -> ImportedCandidate {
        let candidate = &one.candidate;
        ImportedCandidate {
            number: candidate.number.clone(),
            family_name: one.identity.family_name.clone(),
            usage_name: one.identity.usage_name.clone(),
            given_names: one.identity.given_names.clone(),
            birth_date: one.identity.birth_date.unwrap_or_default(),
            national_number: one.identity.national_number.clone(),
            email: one.identity.email.clone(),
            option: candidate.option,
            status: one.status,
            form: candidate.form,
            school: candidate.school.and_then(|id| self.uai(id)),
            academy: one.academy.clone(),
            authority: self.authority_code(candidate.authority),
            accommodation: candidate.accommodation,
            needs_access: candidate.needs_access,
            keeps_mark: candidate.keeps_mark,
            end_of_training: one.end_of_training,
        }
    }
}
