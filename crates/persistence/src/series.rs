//! Revisions of one convocation, in one order whichever the database: a revision passes the dot before the next is
//! decided, or never; the next waits until what passed the dot has ended.
//!
//! Invariant: whoever decides a revision, and whoever takes one past the dot, first holds the row of the older.

use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::entities::outbox_message as outbox;
use crate::error::StoreError;
use crate::outbox::NewMessage;

/// Holds, until the transaction ends, the messages that these may overtake.
pub(crate) async fn hold_older(
    connection: &impl ConnectionTrait,
    messages: &[NewMessage],
) -> Result<(), StoreError> {
    let series: Vec<_> = messages.iter().filter_map(|one| one.series).collect();
    if series.is_empty() {
        return Ok(());
    }
    outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .filter(outbox::Column::Series.is_in(series))
        .filter(outbox::Column::Status.is_in(["ready", "sending"]))
        .order_by_asc(outbox::Column::Id)
        .lock_exclusive()
        .into_tuple::<uuid::Uuid>()
        .all(connection)
        .await?;
    Ok(())
}

/// Takes off a person's list what certainly never left and a later revision replaces.
pub(crate) async fn drop_overtaken(
    connection: &impl ConnectionTrait,
    messages: &[NewMessage],
) -> Result<(), StoreError> {
    let later = messages.iter().filter(|one| one.revision > 1);
    let series: Vec<_> = later.filter_map(|one| one.series).collect();
    if series.is_empty() {
        return Ok(());
    }
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Status, Expr::value("cancelled"))
        .filter(outbox::Column::Series.is_in(series))
        .filter(outbox::Column::Status.eq("failed"))
        .filter(outbox::Column::Ambiguous.eq(false))
        .filter(is_latest().not())
        .exec(connection)
        .await?;
    Ok(())
}

/// Whether a later revision was decided.
pub(crate) async fn is_overtaken(
    connection: &impl ConnectionTrait,
    row: &outbox::Model,
) -> Result<bool, StoreError> {
    let Some(series) = row.series else {
        return Ok(false);
    };
    let later = outbox::Entity::find()
        .filter(outbox::Column::Series.eq(series))
        .filter(outbox::Column::IdentityId.eq(row.identity_id))
        .filter(outbox::Column::Revision.gt(row.revision))
        .count(connection)
        .await?;
    Ok(later > 0)
}

/// No older revision is between its dot and the relay's answer.
pub(crate) fn is_free() -> SimpleExpr {
    let (mut older, of) = others_of_the_series();
    older
        .and_where(of(outbox::Column::Revision).lt(this(outbox::Column::Revision)))
        .and_where(of(outbox::Column::Status).eq("sending"))
        .and_where(of(outbox::Column::PastDot).eq(true));
    Expr::exists(older).not()
}

/// No later revision was decided.
pub(crate) fn is_latest() -> SimpleExpr {
    let (mut later, of) = others_of_the_series();
    later.and_where(of(outbox::Column::Revision).gt(this(outbox::Column::Revision)));
    Expr::exists(later).not()
}

fn this(column: outbox::Column) -> Expr {
    Expr::col((outbox::Entity, column))
}

/// Messages of the same series to the same person, and how to name their columns.
fn others_of_the_series() -> (SelectStatement, impl Fn(outbox::Column) -> Expr) {
    let other = Alias::new("other");
    let name = other.clone();
    let of = move |column| Expr::col((name.clone(), column));
    let mut query = Query::select();
    query
        .expr(Expr::value(1))
        .from_as(outbox::Entity, other)
        .and_where(of(outbox::Column::Series).eq(this(outbox::Column::Series)))
        .and_where(of(outbox::Column::IdentityId).eq(this(outbox::Column::IdentityId)));
    (query, of)
}
