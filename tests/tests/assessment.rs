//! What a commission enters of its candidates, from the first save to the last visa, on both databases: what is accepted is
//! kept, what is refused is told, and nobody's value is replaced unseen, whoever writes at the same time.

#[path = "assessment/chain.rs"]
mod chain;
#[path = "assessment/history.rs"]
mod history;
#[path = "assessment/mistakes.rs"]
mod mistakes;
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
    whoever_was_begun_by_mistake_is_absent_after_all: mistakes::the_wrong_candidate,
    a_gesture_is_taken_back_once_whoever_asks_and_how_often: mistakes::keys_and_races,
    what_left_something_is_not_taken_back: mistakes::what_is_left,
    twenty_writers_of_one_grid_lose_nothing: history::twenty_writers,
);
