use crate::workers::Recipe;
use anyhow::Result;
use delos_persistence::Database;
use std::path::Path;
pub struct House {
    pub database: Database,
    pub recipe: Recipe,
}
pub async fn house(_: &str, _: &Path, _: usize, _: &str) -> Result<House> {
    todo!()
}
