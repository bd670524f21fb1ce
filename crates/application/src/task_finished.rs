//! The mail that says that a long task has ended, to whoever asked for it and no longer waits before the screen.

use chrono::Duration;
use delos_documents::convocation::Words;
use delos_documents::mail::{Payload, TaskFinished};
use delos_domain::ids::{MessageId, StagedFileId};
use delos_persistence::outbox::{self, About, NewMessage};
use delos_persistence::tasks::TaskRecord;
use delos_persistence::{Transaction, accounts, sessions, staged};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::import::ImportKind;
use crate::outgoing::Outgoing;
use crate::proposal;

/// Whoever asked waits so long before a screen that shows the end; later he is told by mail.
const WAITED: Duration = Duration::minutes(1);
/// Priority of what somebody waits for, after what concerns a sitting.
const PRIORITY: i64 = 2;

/// How a task ended.
pub(crate) enum End {
    /// So many rows are written, or candidates placed; so many are not.
    Done {
        /// Those that are.
        done: u64,
        /// Those that are not.
        failed: u64,
    },
    /// Nothing is.
    Failed,
}

/// Tells whoever asked for a task how it ended, in the transaction that ends it; nobody, when it was short, when the
/// system asked, or when he has no address.
pub(crate) async fn tell(
    context: &Context,
    tx: &Transaction,
    task: &TaskRecord,
    end: End,
) -> CommandResult<()> {
    let now = context.now();
    let Some(account) = task.account else {
        return Ok(());
    };
    if now - task.created_at < WAITED {
        return Ok(());
    }
    let Some(account) = accounts::by_id(tx, account).await? else {
        return Ok(());
    };
    let Some(address) = account.identity.email.as_ref() else {
        return Ok(());
    };
    let session = sessions::by_id(tx, task.session)
        .await?
        .ok_or(CommandError::NotFound)?;
    let id = MessageId(context.ids.next());
    let (done, failed, nothing) = match end {
        End::Done { done, failed } => (done, failed, false),
        End::Failed => (0, 0, true),
    };
    let link = match proposal::plan_of(task).filter(|_| task.kind == proposal::TASK_KIND) {
        Some(plan) => format!("{}/planning/{plan}", context.settings.public_url),
        None => format!("{}/import", context.settings.public_url),
    };
    let mut payload = Payload::TaskFinished(TaskFinished {
        name: account.identity.full_name(),
        session: session.code,
        what: what(tx, task).await?.to_owned(),
        done,
        failed,
        nothing,
        link,
        words: Words::default(),
    });
    let outgoing = Outgoing::load(context, tx, task.authority).await?;
    outgoing.freeze(&mut payload, id);
    let message = NewMessage {
        id,
        about: About {
            session: Some(task.session),
            authority: task.authority,
            school: task.school,
            account: Some(account.id),
            ..About::default()
        },
        dedup_key: format!("task:{}", task.id),
        kind: payload.kind().to_owned(),
        identity: account.identity.id,
        address: Some(address.to_string()),
        subject: payload.subject(),
        payload: payload.to_bytes(),
        series: None,
        revision: 0,
        priority: PRIORITY,
        not_before: now,
        created_at: now,
        references: None,
        sitting_at: None,
    };
    outbox::insert(tx, task.session, &[message]).await?;
    Ok(())
}

/// What was asked, as the screens call it. The task of an import bears the id of its file.
async fn what(tx: &Transaction, task: &TaskRecord) -> CommandResult<&'static str> {
    if task.kind == proposal::TASK_KIND {
        return Ok("Proposition d’un planning");
    }
    let file = staged::head(tx, StagedFileId(task.id.0), task.account).await?;
    let kind = file.and_then(|file| ImportKind::from_code(&file.kind));
    Ok(match kind {
        Some(ImportKind::Schools) => "Import d’établissements",
        Some(ImportKind::Examiners) => "Import d’examinateurs",
        Some(ImportKind::Candidates) => "Import de candidats",
        None => "Import",
    })
}
