//! What lists are searched by: names as people type them, without capitals, accents or punctuation that one forgets.
//!
//! Invariant: `search` columns hold [`fold`] of the row's words, written with them; SQLite's `lower` knows ASCII only.

use sea_orm::sea_query::{ExprTrait, LikeExpr, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
};
use unicode_normalization::UnicodeNormalization as _;

use crate::database::{Access, Transaction};
use crate::entities::{identity, school};
use crate::error::StoreError;

/// Rows folded at once.
const CHUNK: u64 = 1_000;

/// A text in lower case without accents, ligatures undone, every apostrophe straight, blanks single.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            '’' | '‘' | 'ʼ' => folded.push('\''),
            blank if blank.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            other => folded.push(other),
        }
    }
    folded.trim().to_owned()
}

/// Rows whose `search` column holds this text.
pub(crate) fn holds(column: impl ColumnTrait, text: &str) -> SimpleExpr {
    sea_orm::sea_query::Expr::col(column.as_column_ref()).like(pattern(&fold(text)))
}

/// The pattern of `contains`, with the wildcards of the text escaped.
pub(crate) fn pattern(text: &str) -> LikeExpr {
    let text = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    LikeExpr::new(format!("%{text}%")).escape('\\')
}

/// What a person is searched by: names in either order, as on a list and as one says them.
pub(crate) fn of_person(family: &str, usage: Option<&str>, given: &str) -> String {
    let usage = usage.unwrap_or_default();
    fold(&format!("{family} {usage} {given} {family} {usage}"))
}

/// What a school is searched by.
pub(crate) fn of_school(name: &str, city: &str, uai: &str) -> String {
    fold(&format!("{name} {city} {uai}"))
}

/// Gives the rows written before the columns were what they are searched by.
pub(crate) async fn fill(tx: &Transaction) -> Result<(), StoreError> {
    loop {
        let rows = identity::Entity::find()
            .filter(identity::Column::Search.is_null())
            .limit(CHUNK)
            .all(tx.connection())
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let search = of_person(
                &row.family_name,
                row.usage_name.as_deref(),
                &row.given_names,
            );
            let row = identity::ActiveModel {
                id: Set(row.id),
                search: Set(Some(search)),
                ..Default::default()
            };
            row.update(tx.connection()).await?;
        }
    }
    loop {
        let rows = school::Entity::find()
            .filter(school::Column::Search.is_null())
            .limit(CHUNK)
            .all(tx.connection())
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let search = of_school(&row.name, &row.city, &row.uai);
            let row = school::ActiveModel {
                id: Set(row.id),
                search: Set(Some(search)),
                ..Default::default()
            };
            row.update(tx.connection()).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_people_type_it() {
        assert_eq!(fold("  ÉCOLE  d’Œnologie "), "ecole d'oenologie");
        assert_eq!(fold("Noël-Ançelin ÿ"), "noel-ancelin y");
        assert_eq!(
            of_person("LE GOFF", None, "Zoé"),
            "le goff zoe le goff".to_owned()
        );
    }
}
