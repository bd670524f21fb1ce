//! What staff read.

use async_graphql::{Context, ID, Object};
use delos_application::views::{self, CandidateFilter as Filter};
use delos_domain::ids::{MessageId, PlanId, SittingId, TaskId};

use super::accounts::{AccountConnection, GrantableRole, Me, TodoLine};
use super::messages::{MessageConnection, MessageContent, MessageFilter, Task, UnreachedCentre};
use super::people::{CandidateConnection, CandidateFilter, ExaminerConnection, SchoolConnection};
use super::plan_report::{PlanProposal, PlanReport};
use super::plans::{Plan, PlanChoices};
use super::session::{Authority, Session};
use super::texts::{MailTexts, PreviewResult};
use super::worker::MailService;
use super::{actor, house, id, page, person};
use crate::graphql::refusal::{error, outcome};

/// What staff read, within the active mandate's perimeter.
#[derive(Default)]
pub struct Query;

#[Object(name = "HouseQuery")]
impl Query {
    /// Who is signed in, and under which mandate.
    async fn me(&self, ctx: &Context<'_>) -> async_graphql::Result<Me> {
        views::me::me(house(ctx)?, person(ctx)?)
            .await
            .map(Into::into)
            .map_err(error)
    }

    /// What waits for this person (À faire): five lines at most.
    async fn todo(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TodoLine>> {
        let lines = views::todo::todo(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(lines.into_iter().map(Into::into).collect())
    }

    /// The session of the active mandate, with the dates that hold for its authority.
    async fn session(&self, ctx: &Context<'_>) -> async_graphql::Result<Session> {
        views::session::session(house(ctx)?, actor(ctx)?)
            .await
            .map(Into::into)
            .map_err(error)
    }

    /// Authorities of the session (rectorats, SIEC).
    async fn authorities(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Authority>> {
        let all = views::session::authorities_of(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(all.into_iter().map(Into::into).collect())
    }

    /// Accounts of the perimeter, with their mandates.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50)] first: i32,
        after: Option<String>,
        search: Option<String>,
    ) -> async_graphql::Result<AccountConnection> {
        let page = page(first, after.as_deref(), search)?;
        let found = views::accounts::list(house(ctx)?, actor(ctx)?, &page)
            .await
            .map_err(error)?;
        Ok(AccountConnection::new(found, Into::into))
    }

    /// What the active mandate may grant, one level down.
    async fn grantable(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<GrantableRole>> {
        let all = views::accounts::grantable(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(all.into_iter().map(Into::into).collect())
    }

    /// Schools of the perimeter (établissements).
    async fn schools(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50)] first: i32,
        after: Option<String>,
        search: Option<String>,
    ) -> async_graphql::Result<SchoolConnection> {
        let page = page(first, after.as_deref(), search)?;
        let found = views::schools::list(house(ctx)?, actor(ctx)?, &page)
            .await
            .map_err(error)?;
        Ok(SchoolConnection::new(found, Into::into))
    }

    /// Examiners of the perimeter.
    async fn examiners(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50)] first: i32,
        after: Option<String>,
        search: Option<String>,
    ) -> async_graphql::Result<ExaminerConnection> {
        let page = page(first, after.as_deref(), search)?;
        let found = views::schools::examiners(house(ctx)?, actor(ctx)?, &page)
            .await
            .map_err(error)?;
        Ok(ExaminerConnection::new(found, Into::into))
    }

    /// Candidates of the perimeter.
    async fn candidates(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50)] first: i32,
        after: Option<String>,
        filter: Option<CandidateFilter>,
    ) -> async_graphql::Result<CandidateConnection> {
        let asked = filter.unwrap_or_default();
        let page = page(first, after.as_deref(), asked.search)?;
        let filter = Filter {
            option: asked.option.map(Into::into),
            form: asked.form.map(Into::into),
            school: asked.school.as_ref().map(id).transpose()?,
            sitting_state: asked.sitting_state,
        };
        let found = views::candidates::list(house(ctx)?, actor(ctx)?, &filter, &page)
            .await
            .map_err(error)?;
        Ok(CandidateConnection::new(found, Into::into))
    }

    /// Plans of the perimeter: one an owner, a school in CCF, the authority in the ponctuelle form.
    async fn plans(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Plan>> {
        // A list shows counts; the content is read for whoever asks for it.
        let asked = ctx.look_ahead();
        let content = ["commissions", "leftOut", "warnings"]
            .iter()
            .any(|field| asked.field(field).exists());
        let all = if content {
            views::plans::all(house(ctx)?, actor(ctx)?).await
        } else {
            views::plans::summaries(house(ctx)?, actor(ctx)?).await
        };
        let all = all.map_err(error)?;
        Ok(all.into_iter().map(Into::into).collect())
    }

    /// One plan of the perimeter.
    async fn plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id")] plan: ID,
    ) -> async_graphql::Result<Option<Plan>> {
        let plan: PlanId = id(&plan)?;
        views::plans::one(house(ctx)?, actor(ctx)?, plan)
            .await
            .map(|view| view.map(Into::into))
            .map_err(error)
    }

    /// What a plan of the perimeter costs and asks of each (bilan du planning).
    async fn plan_report(
        &self,
        ctx: &Context<'_>,
        plan: ID,
    ) -> async_graphql::Result<Option<PlanReport>> {
        let plan: PlanId = id(&plan)?;
        views::plan_report::report(house(ctx)?, actor(ctx)?, plan)
            .await
            .map(|view| view.map(Into::into))
            .map_err(error)
    }

    /// The latest search of a plan of the perimeter; none where nobody asked for one.
    async fn plan_proposal(
        &self,
        ctx: &Context<'_>,
        plan: ID,
    ) -> async_graphql::Result<Option<PlanProposal>> {
        let plan: PlanId = id(&plan)?;
        views::plan_report::proposal(house(ctx)?, actor(ctx)?, plan)
            .await
            .map(|view| view.map(Into::into))
            .map_err(error)
    }

    /// What can be chosen when a commission is added to the plan by hand.
    async fn plan_choices(
        &self,
        ctx: &Context<'_>,
        plan: ID,
    ) -> async_graphql::Result<Option<PlanChoices>> {
        let plan: PlanId = id(&plan)?;
        views::plans::choices(house(ctx)?, actor(ctx)?, plan)
            .await
            .map(|view| view.map(Into::into))
            .map_err(error)
    }

    /// Messages of the outbox (boîte d'envoi).
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50)] first: i32,
        after: Option<String>,
        filter: Option<MessageFilter>,
    ) -> async_graphql::Result<MessageConnection> {
        let asked = filter.unwrap_or_default();
        let page = page(first, after.as_deref(), asked.search.clone())?;
        let asked = asked.asked();
        let (found, counts) = views::messages::list(house(ctx)?, actor(ctx)?, &asked, &page)
            .await
            .map_err(error)?;
        Ok(MessageConnection::new(found, counts))
    }

    /// A message recomposed from its outbox row.
    async fn message(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id")] message: ID,
    ) -> async_graphql::Result<Option<MessageContent>> {
        let one: MessageId = id(&message)?;
        let found = views::messages::one(house(ctx)?, actor(ctx)?, one)
            .await
            .map_err(error)?;
        Ok(found.map(|view| {
            MessageContent::new(view, |place, _| {
                format!("/messages/{one}/attachments/{place}")
            })
        }))
    }

    /// Candidates whom no mail has reached for sure and whose sitting is near, by centre.
    async fn unreached(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<UnreachedCentre>> {
        let centres = views::unreached::unreached(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(centres.into_iter().map(Into::into).collect())
    }

    /// What the authority adds to each kind of message.
    async fn mail_texts(&self, ctx: &Context<'_>) -> async_graphql::Result<MailTexts> {
        let texts = views::texts::texts(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(MailTexts::new(texts))
    }

    /// A kind of message as it would be sent with these words, about invented people.
    async fn mail_text_preview(
        &self,
        ctx: &Context<'_>,
        kind: String,
        intro: String,
        closing: String,
    ) -> async_graphql::Result<PreviewResult> {
        let made = views::texts::preview(house(ctx)?, actor(ctx)?, &kind, &intro, &closing).await;
        Ok(match outcome(made)? {
            Ok(content) => PreviewResult::Content(Box::new(MessageContent::example(content))),
            Err(refusal) => PreviewResult::Refusal(refusal),
        })
    }

    /// The convocation as it would leave, for one sitting of a plan.
    async fn convocation_preview(
        &self,
        ctx: &Context<'_>,
        sitting: ID,
    ) -> async_graphql::Result<Option<MessageContent>> {
        let one: SittingId = id(&sitting)?;
        let found = delos_application::convoke::preview(house(ctx)?, actor(ctx)?, one)
            .await
            .map_err(error)?;
        Ok(found.map(|view| {
            MessageContent::new(view, |_, name| {
                let kind = match name.rsplit_once('.') {
                    Some((_, "pdf")) => "pdf",
                    _ => "ics",
                };
                format!("/sittings/{one}/convocation.{kind}")
            })
        }))
    }

    /// One task of the perimeter.
    async fn task(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id")] task: ID,
    ) -> async_graphql::Result<Option<Task>> {
        let task: TaskId = id(&task)?;
        views::tasks::one(house(ctx)?, actor(ctx)?, task)
            .await
            .map(|record| record.map(Into::into))
            .map_err(error)
    }

    /// How the mail service is, with the queue of the perimeter.
    async fn mail_service(&self, ctx: &Context<'_>) -> async_graphql::Result<MailService> {
        views::worker::worker(house(ctx)?, actor(ctx)?)
            .await
            .map(Into::into)
            .map_err(error)
    }

    /// The latest tasks of the perimeter.
    async fn tasks(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Task>> {
        let all = views::tasks::latest(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(all.into_iter().map(Into::into).collect())
    }
}
