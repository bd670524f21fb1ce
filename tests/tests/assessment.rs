//! What a commission enters of its candidates, from the first save to the last visa, on both databases: what is accepted is
//! kept, what is refused is told, and nobody's value is replaced unseen, whoever writes at the same time.

#[path = "assessment/chain.rs"]
mod chain;
#[path = "assessment/history.rs"]
mod history;
#[path = "assessment/world.rs"]
mod world;

use anyhow::Result;
use world::{Engine, World};

macro_rules! cases {
    ($($name:ident: $module:ident::$case:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() -> super::Result<()> {
                let Some(world) = super::World::lay(super::Engine::Sqlite, stringify!($name)).await? else {
                    return Ok(());
                };
                super::$module::$case(world).await
            })+
        }
        mod on_postgresql {
            $(#[tokio::test]
            async fn $name() -> super::Result<()> {
                let Some(world) = super::World::lay(super::Engine::Postgresql, stringify!($name)).await? else {
                    return Ok(());
                };
                super::$module::$case(world).await
            })+
        }
    };
}

cases!(
    a_candidate_is_assessed_from_the_first_save_to_the_last_visa: chain::whole,
    bad_inputs_are_told_and_nothing_is_lost: chain::bad_inputs,
    twenty_writers_of_one_grid_lose_nothing: history::twenty_writers,
);
