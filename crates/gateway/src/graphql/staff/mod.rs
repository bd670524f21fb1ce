//! The staff's schema.

mod accounts;
mod consignment;
mod day;
mod delivery;
mod exam;
mod messages;
mod mutation;
mod people;
mod plan_report;
mod plans;
mod query;
mod session;
mod texts;
mod worker;

pub use people::CandidateCounts;

use async_graphql::{Context, ID, MergedObject};
use delos_application::sign_in::Person;
use delos_application::views::PageRequest;
use delos_application::{CommandError, Context as House};
use delos_domain::actor::Actor;

use crate::graphql::refusal::{error, invalid};

/// What staff read.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct Query(
    query::Query,
    day::DayQuery,
    exam::ExamQuery,
    consignment::ConsignmentQuery,
);

/// What staff ask to be done.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutation(
    mutation::Mutation,
    day::DayMutation,
    exam::ExamMutation,
    consignment::ConsignmentMutation,
);

/// The house's context.
fn house<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a House> {
    ctx.data::<House>()
}

/// The person of the request.
fn person<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Person> {
    ctx.data::<Person>()
}

/// Who acts; an error without an active mandate.
fn actor<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Actor> {
    person(ctx)?
        .actor
        .as_ref()
        .ok_or_else(|| error(CommandError::Forbidden))
}

/// An id of ours.
fn id<T: std::str::FromStr>(id: &ID) -> async_graphql::Result<T> {
    id.parse().map_err(|_| error(CommandError::NotFound))
}

/// Most rows of a page: a page costs the same statements whatever its length.
const MOST_ROWS: i32 = 1_000;

/// Most rows that a page may come after: more than a session has, and a number that every database reads.
const FURTHEST_ROW: u64 = 1_000_000;
/// Most characters that are searched for: more than any name has.
const LONGEST_SEARCH: usize = 200;

/// Which page is asked for; the cursor is opaque to the client.
fn page(
    first: i32,
    after: Option<&str>,
    search: Option<String>,
) -> async_graphql::Result<PageRequest> {
    let offset = match after {
        Some(cursor) => cursor
            .strip_prefix('c')
            .and_then(|n| n.parse::<u64>().ok())
            .filter(|n| *n < FURTHEST_ROW)
            .map(|n| n + 1)
            .ok_or_else(|| error(CommandError::NotFound))?,
        None => 0,
    };
    let limit = u64::try_from(first.clamp(1, MOST_ROWS)).unwrap_or(1);
    Ok(PageRequest {
        offset,
        limit,
        search: search.map(|text| searched(&text)).transpose()?.flatten(),
    })
}

/// What is searched for; none for blanks.
fn searched(text: &str) -> async_graphql::Result<Option<String>> {
    let text = text.trim();
    if text.chars().count() > LONGEST_SEARCH {
        return Err(invalid(
            "search_too_long",
            "Cette recherche est trop longue : 200 caractères au plus.",
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(
            "control_characters",
            "Cette recherche contient un caractère invisible : retapez-la à la main.",
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Where a page stands in its list.
#[derive(async_graphql::SimpleObject)]
pub struct PageInfo {
    has_next_page: bool,
    has_previous_page: bool,
    start_cursor: Option<String>,
    end_cursor: Option<String>,
}

/// A connection and its edge over a node, with the place of each row as its opaque cursor.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty) => {
        #[doc = "A page of a list."]
        #[derive(async_graphql::SimpleObject)]
        pub struct $connection {
            edges: Vec<$edge>,
            page_info: $crate::graphql::staff::PageInfo,
            #[doc = "Rows in all, within the perimeter and the filter."]
            total_count: i64,
        }

        #[doc = "A row of a page."]
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            cursor: String,
            node: $node,
        }

        impl $connection {
            #[doc = "The page that a view answered."]
            pub fn new<T>(
                page: delos_application::views::Page<T>,
                node: impl Fn(T) -> $node,
            ) -> Self {
                let offset = page.offset;
                let edges: Vec<$edge> = (offset..)
                    .zip(page.items)
                    .map(|(place, item)| $edge {
                        cursor: format!("c{place}"),
                        node: node(item),
                    })
                    .collect();
                let end = offset + edges.len() as u64;
                Self {
                    page_info: $crate::graphql::staff::PageInfo {
                        has_next_page: end < page.total,
                        has_previous_page: offset > 0,
                        start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                        end_cursor: edges.last().map(|edge| edge.cursor.clone()),
                    },
                    total_count: i64::try_from(page.total).unwrap_or(i64::MAX),
                    edges,
                }
            }
        }
    };
}
pub(crate) use connection;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_bounded_whatever_is_asked() {
        assert_eq!(page(50, Some("c9"), None).unwrap().offset, 10);
        assert_eq!(page(50, Some("c999999"), None).unwrap().offset, 1_000_000);
        for cursor in [
            "c1000000",
            "c9223372036854775807",
            "c18446744073709551615",
            "c-1",
            "c",
            "9",
        ] {
            assert!(page(50, Some(cursor), None).is_err(), "{cursor}");
        }
    }

    #[test]
    fn a_search_is_a_text_that_every_database_reads() {
        let asked = |text: &str| page(50, None, Some(text.to_owned())).map(|page| page.search);
        assert_eq!(asked("  École ").unwrap(), Some("École".to_owned()));
        assert_eq!(asked("  ").unwrap(), None);
        assert!(asked(&"é".repeat(200)).is_ok());
        assert!(asked(&"é".repeat(201)).is_err());
        assert!(asked("a\0b").is_err() && asked("a\nb").is_err());
    }
}
