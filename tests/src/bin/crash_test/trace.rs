//! The order of facts as the database saw it: which message passed the dot, which was withdrawn or overtaken, and when
//! each was committed. Triggers write it, so that nothing of the product can forget to.

use anyhow::{Result, bail};
use serde_json::Value;

use delos_tests::campaign::outbox::{Outbox, hexadecimal};

/// A fact of the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The message, 32 hexadecimal digits.
    pub message: String,
    /// What was committed of it.
    pub what: What,
}

/// What may be committed of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// From here on the relay may have it.
    PastDot,
    /// It was withdrawn, or a later revision of its series was decided.
    Withdrawn,
}

const SQLITE: &[&str] = &[
    "create table campaign_ballast (content blob)",
    "create table campaign_trace (position integer primary key autoincrement, message blob not null, what text not null)",
    "create trigger campaign_a_dot after update on outbox_message when new.past_dot and not old.past_dot \
     begin insert into campaign_trace (message, what) values (new.id, 'past_dot'); end",
    "create trigger campaign_a_withdrawal after update on outbox_message \
     when new.status = 'cancelled' and old.status in ('ready', 'sending') \
     begin insert into campaign_trace (message, what) values (new.id, 'withdrawn'); end",
    "create trigger campaign_a_revision after insert on outbox_message when new.series is not null and new.revision > 1 \
     begin insert into campaign_trace (message, what) select older.id, 'withdrawn' from outbox_message older \
     where older.series = new.series and older.identity_id = new.identity_id and older.revision < new.revision; end",
];

const POSTGRES: &[&str] = &[
    "create table campaign_ballast (content text)",
    "create table campaign_trace (position bigserial primary key, message uuid not null, what text not null)",
    "create function campaign_a_dot() returns trigger language plpgsql as $$ begin \
     insert into campaign_trace (message, what) values (new.id, 'past_dot'); return null; end $$",
    "create trigger campaign_a_dot after update on outbox_message for each row \
     when (new.past_dot and not old.past_dot) execute function campaign_a_dot()",
    "create function campaign_a_withdrawal() returns trigger language plpgsql as $$ begin \
     insert into campaign_trace (message, what) values (new.id, 'withdrawn'); return null; end $$",
    "create trigger campaign_a_withdrawal after update on outbox_message for each row \
     when (new.status = 'cancelled' and old.status in ('ready', 'sending')) execute function campaign_a_withdrawal()",
    "create function campaign_a_revision() returns trigger language plpgsql as $$ begin \
     insert into campaign_trace (message, what) select older.id, 'withdrawn' from outbox_message older \
     where older.series = new.series and older.identity_id = new.identity_id and older.revision < new.revision; \
     return null; end $$",
    "create trigger campaign_a_revision after insert on outbox_message for each row \
     when (new.series is not null and new.revision > 1) execute function campaign_a_revision()",
];

/// Puts the triggers.
pub async fn begin(outbox: &Outbox) -> Result<()> {
    let statements = if outbox.is_sqlite() { SQLITE } else { POSTGRES };
    for statement in statements {
        outbox.database.execute_for_test(statement).await?;
    }
    Ok(())
}

/// Every fact, in the order of the commits: SQLite has one writer, PostgreSQL says when each transaction was committed
/// (`track_commit_timestamp`), whatever the order in which its statements ran.
pub async fn read(outbox: &Outbox) -> Result<Vec<Fact>> {
    let sql = if outbox.is_sqlite() {
        "select cast(coalesce(json_group_array(json_array(hex(message), what)), '[]') as text) \
         from (select message, what from campaign_trace order by position)"
    } else {
        let undated = "select cast(count(*) as text) from campaign_trace where pg_xact_commit_timestamp(xmin) is null";
        let undated = outbox.text(undated).await?;
        if undated != "0" {
            bail!("{undated} commits without a date: is track_commit_timestamp on?");
        }
        "select cast(coalesce(json_agg(json_build_array(message, what) \
         order by pg_xact_commit_timestamp(xmin), position), '[]') as text) from campaign_trace"
    };
    let facts: Vec<(Value, String)> = serde_json::from_str(&outbox.text(sql).await?)?;
    Ok(facts
        .into_iter()
        .map(|(message, what)| Fact {
            message: hexadecimal(&message),
            what: if what == "past_dot" {
                What::PastDot
            } else {
                What::Withdrawn
            },
        })
        .collect())
}
