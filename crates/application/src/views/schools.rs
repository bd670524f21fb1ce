//! Schools and examiners of the perimeter.

use std::collections::HashMap;

use delos_domain::actor::Actor;
use delos_domain::ids::SchoolId;
use delos_domain::scope::{ReadCandidates, ReadExaminers, ReadSchools};
use delos_persistence::examiners::{self, ExaminerRecord};
use delos_persistence::schools::{self, Page, PageRequest, SchoolRecord};
use delos_persistence::{Access, candidates};

use crate::context::Context;
use crate::error::CommandResult;

/// A school with the number of its candidates.
#[derive(Clone, Debug)]
pub struct SchoolView {
    /// The school.
    pub school: SchoolRecord,
    /// Candidates in the perimeter who are trained there.
    pub candidates: i64,
}

/// An examiner with his school.
#[derive(Clone, Debug)]
pub struct ExaminerView {
    /// The examiner.
    pub examiner: ExaminerRecord,
    /// His school.
    pub school: Option<SchoolRecord>,
}

/// Schools of the perimeter.
pub async fn list(
    context: &Context,
    actor: &Actor,
    page: &PageRequest,
) -> CommandResult<Page<SchoolView>> {
    let scope = actor.scope::<ReadSchools>(context.today())?;
    let reader = context.db.read();
    let found = schools::list(&reader, &scope, page).await?;
    let ids: Vec<_> = found.items.iter().map(|school| school.school.id).collect();
    let counts: HashMap<_, _> = match actor.scope::<ReadCandidates>(context.today()) {
        Ok(scope) => candidates::count_by_school(&reader, &scope, &ids)
            .await?
            .into_iter()
            .collect(),
        Err(_) => HashMap::new(),
    };
    let items = found
        .items
        .into_iter()
        .map(|school| SchoolView {
            candidates: counts.get(&school.school.id).copied().unwrap_or(0),
            school,
        })
        .collect();
    Ok(Page {
        items,
        total: found.total,
        offset: found.offset,
    })
}

/// Examiners of the perimeter.
pub async fn examiners(
    context: &Context,
    actor: &Actor,
    page: &PageRequest,
) -> CommandResult<Page<ExaminerView>> {
    let scope = actor.scope::<ReadExaminers>(context.today())?;
    let reader = context.db.read();
    let found = examiners::list(&reader, &scope, page).await?;
    let items = with_schools(&reader, found.items).await?;
    Ok(Page {
        items,
        total: found.total,
        offset: found.offset,
    })
}

/// Examiners with their schools, in two questions.
pub(crate) async fn with_schools(
    access: &impl Access,
    found: Vec<ExaminerRecord>,
) -> CommandResult<Vec<ExaminerView>> {
    let schools = by_id(access, found.iter().filter_map(|examiner| examiner.school)).await?;
    Ok(found
        .into_iter()
        .map(|examiner| ExaminerView {
            school: examiner.school.and_then(|id| schools.get(&id).cloned()),
            examiner,
        })
        .collect())
}

/// Schools of these ids, each once.
pub(crate) async fn by_id(
    access: &impl Access,
    ids: impl IntoIterator<Item = SchoolId>,
) -> CommandResult<HashMap<SchoolId, SchoolRecord>> {
    let mut ids: Vec<_> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(schools::by_ids(access, &ids)
        .await?
        .into_iter()
        .map(|school| (school.school.id, school))
        .collect())
}

/// Candidates of the perimeter trained in each of these schools; a school without any is left out.
pub async fn candidate_counts(
    context: &Context,
    actor: &Actor,
    schools: &[SchoolId],
) -> CommandResult<HashMap<SchoolId, i64>> {
    let scope = actor.scope::<ReadCandidates>(context.today())?;
    let counts = candidates::count_by_school(&context.db.read(), &scope, schools).await?;
    Ok(counts.into_iter().collect())
}

/// A school of a session by its code: for the command line.
pub async fn by_uai(
    context: &Context,
    session: delos_domain::ids::SessionId,
    uai: &str,
) -> CommandResult<Option<SchoolRecord>> {
    let all = schools::of_session(&context.db.read(), session).await?;
    Ok(all
        .into_iter()
        .find(|one| one.school.uai.as_str().eq_ignore_ascii_case(uai)))
}
