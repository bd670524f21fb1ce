//! A file against the base: what the caller may name, what the base holds, and the rules that need both.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use delos_domain::actor::Actor;
use delos_domain::email::EmailAddress;
use delos_domain::ids::{AuthorityId, SchoolId, SessionId};
use delos_domain::scope::{ImportCandidates, ImportExaminers, ImportSchools, Reach, Scope};
use delos_domain::tracks::sitting::State;
use delos_domain::uai::Uai;
use delos_imports::{
    Academy, CandidateContext, Change, ExaminerContext, Fault, Import, ImportedCandidate,
    ImportedExaminer, ImportedSchool, KnownSchool, Report, SchoolContext, Source, read_candidates,
    read_examiners, read_schools,
};
use delos_persistence::authorities::{self, AuthorityRecord};
use delos_persistence::candidates::{self, CandidateFilter, CandidateRecord};
use delos_persistence::examiners::{self, ExaminerRecord};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::{Access, sessions};

use super::{Handed, ImportKind};
use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// A file read against the base, with the rows of the base that it speaks of.
pub enum Read {
    Schools {
        import: Import<ImportedSchool>,
        existing: Vec<SchoolRecord>,
        scope: Scope<ImportSchools>,
    },
    Examiners {
        import: Import<ImportedExaminer>,
        existing: Vec<ExaminerRecord>,
        scope: Scope<ImportExaminers>,
    },
    Candidates {
        import: Import<ImportedCandidate>,
        existing: Vec<CandidateRecord>,
        scope: Scope<ImportCandidates>,
    },
}

impl Read {
    /// The report alone.
    pub fn report(self) -> Report {
        match self {
            Self::Schools { import, .. } => import.report,
            Self::Examiners { import, .. } => import.report,
            Self::Candidates { import, .. } => import.report,
        }
    }
}

/// Reads a file against the base.
pub async fn read(
    context: &Context,
    access: &impl Access,
    actor: &Actor,
    session: SessionId,
    kind: ImportKind,
    file: &Handed,
    complement: Option<&Handed>,
) -> CommandResult<Read> {
    let today = context.today();
    let session_code = sessions::by_id(access, session)
        .await?
        .ok_or(CommandError::NotFound)?
        .code;
    let session_year = session_code.parse().unwrap_or_default();
    let all_authorities = authorities::all(access).await?;
    let all_schools = schools::of_session(access, session).await?;
    let (file, complement) = (file.clone(), complement.cloned());
    match kind {
        ImportKind::Schools => {
            let scope = actor.scope_in::<ImportSchools>(session, today)?;
            let ground = Ground::new(&all_authorities, &all_schools, scope.reach());
            let existing: Vec<_> = all_schools
                .iter()
                .filter(|one| ground.reaches(one.school.authority, Some(one.school.id)))
                .cloned()
                .collect();
            let taken = all_schools
                .iter()
                .filter(|one| !ground.reaches(one.school.authority, Some(one.school.id)));
            let known = SchoolContext {
                academies: ground.academies(),
                existing: existing
                    .iter()
                    .map(|one| (one.school.uai.clone(), ground.school(one)))
                    .collect(),
                taken_elsewhere: taken.map(|one| one.school.uai.clone()).collect(),
            };
            let import = context
                .lanes
                .long(move || read_schools(&Source::new(&file.name, &file.bytes), &known))
                .await?;
            Ok(Read::Schools {
                import,
                existing,
                scope,
            })
        }
        ImportKind::Examiners => {
            let scope = actor.scope_in::<ImportExaminers>(session, today)?;
            let ground = Ground::new(&all_authorities, &all_schools, scope.reach());
            let existing = examiners::all(access, &scope).await?;
            let own: HashSet<&str> = existing.iter().map(|one| one.identifier.as_str()).collect();
            let all = examiners::identifiers(access, session).await?;
            let known = ExaminerContext {
                session_year,
                academies: ground.academies(),
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
            let import = context
                .lanes
                .long(move || read_examiners(&Source::new(&file.name, &file.bytes), &known))
                .await?;
            Ok(Read::Examiners {
                import,
                existing,
                scope,
            })
        }
        ImportKind::Candidates => {
            let scope = actor.scope_in::<ImportCandidates>(session, today)?;
            let ground = Ground::new(&all_authorities, &all_schools, scope.reach());
            let existing = candidates::all(access, &scope, &CandidateFilter::default()).await?;
            let known = CandidateContext {
                session_year,
                academies: ground.academies(),
                schools: ground.known_schools(),
                existing: existing
                    .iter()
                    .map(|one| {
                        (
                            (
                                ground.authority_code(one.candidate.authority),
                                one.candidate.number.clone(),
                            ),
                            ground.candidate(one),
                        )
                    })
                    .collect(),
            };
            let import = context.lanes.long(move || {
                let second = complement
                    .as_ref()
                    .map(|one| Source::new(&one.name, &one.bytes));
                read_candidates(
                    &Source::new(&file.name, &file.bytes),
                    second.as_ref(),
                    &known,
                )
            });
            let mut import = import.await?;
            planned_stay(&mut import, &existing);
            if let Reach::School { authority, .. } = scope.reach() {
                let taken = candidates::schools_of_numbers(access, session, authority).await?;
                of_other_schools(&mut import, &taken);
            }
            Ok(Read::Candidates {
                import,
                existing,
                scope,
            })
        }
    }
}

/// A candidate who has a date keeps his option, form and school: the plan stands on them.
fn planned_stay(import: &mut Import<ImportedCandidate>, existing: &[CandidateRecord]) {
    let planned: HashMap<_, _> = existing
        .iter()
        .filter(|one| one.states.sitting != State::Unplanned.code())
        .map(|one| (one.candidate.number.clone(), one))
        .collect();
    let mut faults = Vec::new();
    for row in import
        .rows
        .iter()
        .filter(|row| row.change == Change::Updated)
    {
        let Some(before) = planned.get(&row.value.number) else {
            continue;
        };
        let changes = [
            (
                "Option",
                before.candidate.option != row.value.option,
                row.value.option.code(),
            ),
            (
                "Forme",
                before.candidate.form != row.value.form,
                row.value.form.code(),
            ),
        ];
        for (column, changed, value) in changes {
            if changed {
                faults.push(fault(row.line, column, value, "already_planned", "Ce candidat a une date : cette information ne peut plus changer par un import.", "Retirez-le d’abord du planning, ou laissez la valeur en place."));
            }
        }
    }
    refuse(import, faults);
}

/// A number that another school of the authority has already is not a head of school's to take.
fn of_other_schools(
    import: &mut Import<ImportedCandidate>,
    taken: &HashMap<String, Option<SchoolId>>,
) {
    let rows = import.rows.iter().filter(|row| {
        row.change == Change::Created && taken.contains_key(row.value.number.as_str())
    });
    let faults = rows
        .map(|row| {
            fault(
                row.line,
                "Numéro",
                row.value.number.as_str(),
                "number_elsewhere",
                "Ce numéro est déjà celui d’un candidat d’un autre établissement.",
                "Vérifiez le numéro, ou demandez à votre service des examens.",
            )
        })
        .collect();
    refuse(import, faults);
}

fn fault(
    line: u64,
    column: &str,
    value: &str,
    code: &'static str,
    message: &'static str,
    remedy: &'static str,
) -> Fault {
    Fault {
        file: None,
        line,
        column: column.to_owned(),
        value: value.to_owned(),
        code: Cow::Borrowed(code),
        message: Cow::Borrowed(message),
        remedy: Cow::Borrowed(remedy),
    }
}

fn refuse(import: &mut Import<ImportedCandidate>, faults: Vec<Fault>) {
    let lines: HashSet<u64> = faults.iter().map(|fault| fault.line).collect();
    import.report.in_error += lines.len() as u64;
    import.rows.retain(|row| !lines.contains(&row.line));
    import.report.errors.extend(faults);
    import.report.errors.sort_by_key(|fault| fault.line);
}

/// What a file may name, within a reach.
struct Ground<'a> {
    authorities: &'a [AuthorityRecord],
    schools: &'a [SchoolRecord],
    reach: Reach,
}

impl<'a> Ground<'a> {
    fn new(authorities: &'a [AuthorityRecord], schools: &'a [SchoolRecord], reach: Reach) -> Self {
        Self {
            authorities,
            schools,
            reach,
        }
    }

    fn reaches(&self, authority: AuthorityId, school: Option<SchoolId>) -> bool {
        match self.reach {
            Reach::Session => true,
            Reach::Authority { authority: own, .. } => authority == own,
            Reach::School { school: own, .. } => school == Some(own),
            Reach::Candidate { .. } | Reach::Nothing => false,
        }
    }

    /// Academies of the reach; a head of school names none: his candidates and examiners are those of his school.
    fn academies(&self) -> Vec<Academy> {
        self.authorities
            .iter()
            .filter(|one| self.reaches(one.id, None))
            .flat_map(|one| {
                one.academies.iter().map(|academy| Academy {
                    code: academy.code.clone(),
                    name: academy.name.clone(),
                    authority: one.code.clone(),
                    uai_prefixes: Vec::new(),
                })
            })
            .collect()
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
        self.authorities
            .iter()
            .find(|one| one.id == id)
            .map(|one| one.code.clone())
            .unwrap_or_default()
    }

    fn uai(&self, id: SchoolId) -> Option<Uai> {
        self.schools
            .iter()
            .find(|one| one.school.id == id)
            .map(|one| one.school.uai.clone())
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
