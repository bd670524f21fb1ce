//! Authorities: where their candidates write.

use anyhow::{Context as _, Result, ensure};
use delos_domain::email::EmailAddress;
use delos_domain::ids::AuthorityId;
use delos_persistence::authorities;
use uuid::Uuid;

use super::bench::{Bench, done};
use super::world::{self, DIJON, REUNION};

pub async fn a_contact_is_written_for_one_authority_and_taken_back(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let address = EmailAddress::parse("dec@dijon.example")?;
    let contact = async |id: AuthorityId| -> Result<Option<String>> {
        let all = authorities::all(&bench.db.read()).await?;
        let found = all.into_iter().find(|one| one.id == id);
        Ok(found.context("the authority")?.contact_email)
    };
    for (email, read) in [(Some(&address), Some("dec@dijon.example")), (None, None)] {
        let tx = bench.db.write().await?;
        ensure!(authorities::set_contact(&tx, DIJON, email).await?);
        done::<anyhow::Error>(tx).await?;
        assert_eq!(contact(DIJON).await?.as_deref(), read);
        assert_eq!(contact(REUNION).await?, None);
    }
    let tx = bench.db.write().await?;
    let nobody = AuthorityId(Uuid::from_u128(0xdead));
    ensure!(!authorities::set_contact(&tx, nobody, Some(&address)).await?);
    Ok(tx.rollback().await?)
}
