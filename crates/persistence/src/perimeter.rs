//! A scope as an SQL condition; `Scope::allows` in the domain is the same thing over facts.

use delos_domain::scope::{Operation, Reach, Scope};
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::entities::commission_member;

/// The perimeter columns of a table.
pub(crate) struct Columns<C> {
    /// `session_id`
    pub session: C,
    /// `authority_id`
    pub authority: C,
    /// `school_id`
    pub school: C,
    /// The candidate's id, in tables that hold one.
    pub candidate: Option<C>,
    /// The centre's id, in tables of what takes place somewhere.
    pub centre: Option<C>,
    /// The commission's id, in tables of what a commission hears.
    pub commission: Option<C>,
}

/// The rows that the scope reaches.
pub(crate) fn condition<O: Operation, C: ColumnTrait>(
    scope: &Scope<O>,
    columns: &Columns<C>,
) -> Condition {
    let all = Condition::all().add(columns.session.eq(scope.session().0));
    match scope.reach() {
        Reach::Session => all,
        Reach::Authority {
            authority,
            own,
            schools,
        } => {
            let all = all.add(columns.authority.eq(authority.0));
            match (own, schools) {
                (true, true) => all,
                (true, false) => all.add(columns.school.is_null()),
                (false, true) => all.add(columns.school.is_not_null()),
                (false, false) => nothing(),
            }
        }
        Reach::School {
            school,
            authority,
            own,
            hosted,
        } => {
            let all = all.add(columns.authority.eq(authority.0));
            let mine = own.then(|| columns.school.eq(school.0));
            let here = columns.centre.filter(|_| hosted);
            let here = here.map(|centre| columns.school.is_null().and(centre.eq(school.0)));
            match (mine, here) {
                (None, None) => nothing(),
                (mine, here) => all.add(Condition::any().add_option(mine).add_option(here)),
            }
        }
        Reach::Candidate { candidate, .. } => match columns.candidate {
            Some(column) => all.add(column.eq(candidate.0)),
            None => nothing(),
        },
        Reach::Examiner { examiner } => match columns.commission {
            Some(column) => {
                let his = commission_member::Entity::find()
                    .select_only()
                    .column(commission_member::Column::CommissionId)
                    .filter(commission_member::Column::ExaminerId.eq(examiner.0))
                    .into_query();
                all.add(column.in_subquery(his))
            }
            None => nothing(),
        },
        Reach::Nothing => nothing(),
    }
}

fn nothing() -> Condition {
    Condition::all().add(SimpleExpr::from(1).eq(0))
}

/// The perimeter columns of an entity that has all three.
macro_rules! columns {
    ($entity:ident) => {
        $crate::perimeter::Columns {
            session: $entity::Column::SessionId,
            authority: $entity::Column::AuthorityId,
            school: $entity::Column::SchoolId,
            candidate: None,
            centre: None,
            commission: None,
        }
    };
    ($entity:ident, $candidate:ident) => {
        $crate::perimeter::Columns {
            session: $entity::Column::SessionId,
            authority: $entity::Column::AuthorityId,
            school: $entity::Column::SchoolId,
            candidate: Some($entity::Column::$candidate),
            centre: None,
            commission: None,
        }
    };
    ($entity:ident, $candidate:ident, $centre:ident) => {
        $crate::perimeter::Columns {
            session: $entity::Column::SessionId,
            authority: $entity::Column::AuthorityId,
            school: $entity::Column::SchoolId,
            candidate: Some($entity::Column::$candidate),
            centre: Some($entity::Column::$centre),
            commission: None,
        }
    };
    ($entity:ident, $candidate:ident, $centre:ident, $commission:ident) => {
        $crate::perimeter::Columns {
            session: $entity::Column::SessionId,
            authority: $entity::Column::AuthorityId,
            school: $entity::Column::SchoolId,
            candidate: Some($entity::Column::$candidate),
            centre: Some($entity::Column::$centre),
            commission: Some($entity::Column::$commission),
        }
    };
}
pub(crate) use columns;
