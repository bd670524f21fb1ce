//! Withdrawals while the mail leaves: a message cancelled before its dot, or overtaken by the next revision of its
//! series, which the product's own command puts.

use anyhow::{Context, Result};
use chrono::Utc;
use delos_domain::actor::Actor;
use delos_domain::ids::{
    AuthorityId, CandidateId, IdentityId, MessageId, PlanId, SchoolId, SessionId,
};
use delos_domain::scope::DeliverMessage;
use delos_persistence::outbox::{self, About, NewMessage};
use delos_tests::campaign::outbox::Outbox;
use serde_json::Value;
use uuid::Uuid;

use crate::dice::Dice;

/// How far from the head of the queue a victim may stand: those that are about to leave are worth withdrawing.
const NEAR: u64 = 48;

/// What was withdrawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Withdrawals {
    /// Cancelled before their dot.
    pub cancelled: usize,
    /// Overtaken by a later revision.
    pub overtaken: usize,
}

impl Withdrawals {
    /// Their sum.
    pub fn total(self) -> usize {
        self.cancelled + self.overtaken
    }

    /// Withdraws one message, if there is one to withdraw. What the database does not commit is not withdrawn.
    pub async fn one(
        &mut self,
        outbox: &Outbox,
        session: SessionId,
        dice: &mut Dice,
    ) -> Result<()> {
        // Two in three are in a worker's hands, where the race is.
        let state = if dice.below(3) < 2 {
            "sending"
        } else {
            "ready"
        };
        let Some(victim) = Victim::find(outbox, state, dice.below(NEAR)).await? else {
            return Ok(());
        };
        if dice.below(2) == 0 {
            self.cancelled += usize::from(victim.cancel(outbox).await);
        } else {
            self.overtaken += usize::from(victim.overtake(outbox, session).await?);
        }
        Ok(())
    }
}

/// A convocation that somebody takes back.
struct Victim {
    row: Value,
}

impl Victim {
    async fn find(outbox: &Outbox, state: &str, from_the_head: u64) -> Result<Option<Self>> {
        let (object, hex) = if outbox.is_sqlite() {
            ("json_object", "hex")
        } else {
            ("json_build_object", "")
        };
        let columns = [
            "id",
            "authority_id",
            "school_id",
            "plan_id",
            "candidate_id",
            "identity_id",
            "series",
        ];
        let ids = columns
            .map(|column| format!("'{column}', {hex}({column})"))
            .join(", ");
        let sql = format!(
            "select cast(coalesce((select {object}({ids}, 'address', address, 'kind', kind, 'subject', subject, \
             'revision', revision, 'priority', priority) from outbox_message this \
             where status = '{state}' and kind = 'candidate_convocation' and series is not null and not exists \
             (select 1 from outbox_message later where later.series = this.series and later.revision > this.revision) \
             order by not_before, id limit 1 offset {from_the_head}), 'null') as text)",
        );
        // PostgreSQL has a type for JSON, and gives it one with the empty answer's.
        let sql = if outbox.is_sqlite() {
            sql
        } else {
            sql.replace("'null')", "'null'::json)")
        };
        let row: Value = serde_json::from_str(&outbox.text(&sql).await?)?;
        Ok((!row.is_null()).then_some(Self { row }))
    }

    fn id(&self, column: &str) -> Result<Uuid> {
        let text = self.row[column].as_str().unwrap_or_default();
        Uuid::parse_str(text).with_context(|| format!("{column} {text}"))
    }

    fn text(&self, column: &str) -> String {
        self.row[column].as_str().unwrap_or_default().to_owned()
    }

    /// Cancels it unless the relay may have it: the row itself tells, held by the statement.
    async fn cancel(&self, outbox: &Outbox) -> bool {
        let Ok(id) = self.id("id") else { return false };
        let id = if outbox.is_sqlite() {
            format!("x'{}'", id.simple())
        } else {
            format!("'{id}'")
        };
        let sql = format!(
            "update outbox_message set status = 'cancelled', lease_until = null, lease_owner = null where id = {id} \
             and (status = 'ready' or (status = 'sending' and not past_dot))"
        );
        outbox.database.execute_for_test(&sql).await.is_ok()
    }

    /// Puts the next revision of its series as a decision does.
    async fn overtake(&self, outbox: &Outbox, session: SessionId) -> Result<bool> {
        let scope = Actor::System
            .system_scope::<DeliverMessage>(session)
            .map_err(|_| anyhow::anyhow!("the system delivers no message"))?;
        let message = MessageId(self.id("id")?);
        let found = outbox::one(&outbox.database.read(), &scope, message).await;
        // The database may be away: nothing is decided then.
        let Ok(Some((_, payload))) = found else {
            return Ok(false);
        };
        let revision = self.row["revision"].as_i64().context("a revision")? + 1;
        let mut payload: Value = serde_json::from_slice(&payload)?;
        payload["value"]["revision"] = revision.into();
        let now = Utc::now();
        let series = self.id("series")?;
        let next = NewMessage {
            id: MessageId(Uuid::now_v7()),
            about: About {
                session: Some(session),
                authority: self.id("authority_id").ok().map(AuthorityId),
                school: self.id("school_id").ok().map(SchoolId),
                plan: self.id("plan_id").ok().map(PlanId),
                candidate: self.id("candidate_id").ok().map(CandidateId),
                ..About::default()
            },
            dedup_key: format!("campaign:{series}:{revision}"),
            kind: self.text("kind"),
            identity: IdentityId(self.id("identity_id")?),
            address: Some(self.text("address")),
            subject: self.text("subject"),
            payload: serde_json::to_vec(&payload)?,
            series: Some(series),
            revision: u32::try_from(revision)?,
            priority: self.row["priority"].as_i64().unwrap_or_default(),
            not_before: now,
            created_at: now,
            references: None,
            sitting_at: None,
        };
        let decided = async {
            let tx = outbox.database.write().await?;
            outbox::insert(&tx, session, &[next]).await?;
            tx.commit(()).await
        };
        Ok(decided.await.is_ok())
    }
}
