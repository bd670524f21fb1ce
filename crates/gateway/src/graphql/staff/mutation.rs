//! What staff ask to be done: each field calls one command.

use async_graphql::{Context, ID, Object};
use delos_application::accounts::{
    self as account_commands, CreateAccountInput as NewAccount, Grant,
};
use delos_application::invite_examiners::invite_examiners;
use delos_application::set_session_dates::{
    DatesRecord, SetSessionDatesInput as NewDates, set_session_dates,
};
use delos_application::views::TaskRecord;
use delos_application::{
    CommandError, convoke, correct_address, import, lift_pause, plan_commands, proposal, remind,
    renew_candidate_code, resend_failed, second_factor, settle_message, texts, views,
};
use delos_domain::candidate;
use delos_domain::ids::{AccountId, MessageId, PlanId};

use super::accounts::{AccountResult, CreateAccountInput, GrantMandateInput, InviteResult};
use super::delivery::PauseLifted;
use super::messages::{ResendResult, Resent, SettleResult, Settled, TaskResult};
use super::people::Form;
use super::plans::{AddCommissionInput, ConvokeResult, Convoked, PlanResult};
use super::session::{SessionDatesInput, SetSessionDatesResult};
use super::texts::{EditTextForm, EditTextResult, MailTexts};
use super::{actor, house, id};
use crate::graphql::refusal::{error, outcome};

/// What staff ask to be done, within the active mandate's perimeter.
#[derive(Default)]
pub struct Mutation;

#[Object(name = "HouseMutation")]
impl Mutation {
    /// Gives the session its dates.
    async fn set_session_dates(
        &self,
        ctx: &Context<'_>,
        input: SessionDatesInput,
    ) -> async_graphql::Result<SetSessionDatesResult> {
        let (house, actor) = (house(ctx)?, actor(ctx)?);
        let authority = input.authority.as_ref().map(id).transpose()?;
        let version = input.version;
        let session = actor
            .mandate()
            .map(|mandate| mandate.session)
            .ok_or_else(|| error(CommandError::Forbidden))?;
        let dates = match input.dates() {
            Ok(dates) => dates,
            Err(refusal) => return Ok(SetSessionDatesResult::Refusal(refusal.into())),
        };
        let new = NewDates {
            session,
            version: Some(version),
            records: vec![DatesRecord { authority, dates }],
            regulation: None,
        };
        match outcome(set_session_dates(house, actor, &new).await)? {
            Ok(()) => {
                let view = views::session::session(house, actor).await.map_err(error)?;
                Ok(SetSessionDatesResult::Session(Box::new(view.into())))
            }
            Err(refusal) => Ok(SetSessionDatesResult::Refusal(refusal)),
        }
    }

    /// Creates an account with its first mandate and sends its one-time link.
    async fn create_account(
        &self,
        ctx: &Context<'_>,
        input: CreateAccountInput,
    ) -> async_graphql::Result<AccountResult> {
        let new = NewAccount {
            email: input.email,
            family_name: input.family_name,
            given_names: input.given_names,
            grant: Grant {
                role: input.role.into(),
                perimeter: id(&input.perimeter)?,
                valid_until: input.valid_until,
            },
        };
        account_result(
            ctx,
            account_commands::create_account(house(ctx)?, actor(ctx)?, &new).await,
        )
        .await
    }

    /// A new one-time link for somebody who lost his or never signed in.
    async fn renew_access(
        &self,
        ctx: &Context<'_>,
        account: ID,
    ) -> async_graphql::Result<AccountResult> {
        let account: AccountId = id(&account)?;
        account_result(
            ctx,
            account_commands::renew_access(house(ctx)?, actor(ctx)?, account).await,
        )
        .await
    }

    /// Gives a mandate one level down.
    async fn grant_mandate(
        &self,
        ctx: &Context<'_>,
        input: GrantMandateInput,
    ) -> async_graphql::Result<AccountResult> {
        let account: AccountId = id(&input.account)?;
        let grant = Grant {
            role: input.role.into(),
            perimeter: id(&input.perimeter)?,
            valid_until: input.valid_until,
        };
        account_result(
            ctx,
            account_commands::grant_mandate(house(ctx)?, actor(ctx)?, account, &grant).await,
        )
        .await
    }

    /// Gives the members of a published plan's commissions their accounts; who has one keeps it.
    async fn invite_examiners(
        &self,
        ctx: &Context<'_>,
        plan: ID,
    ) -> async_graphql::Result<InviteResult> {
        let done = invite_examiners(house(ctx)?, actor(ctx)?, id(&plan)?).await;
        Ok(match outcome(done)? {
            Ok(told) => InviteResult::Invited(told.into()),
            Err(refusal) => InviteResult::Refusal(refusal),
        })
    }

    /// Takes a mandate back at once.
    async fn revoke_mandate(
        &self,
        ctx: &Context<'_>,
        mandate: ID,
    ) -> async_graphql::Result<AccountResult> {
        account_result(
            ctx,
            account_commands::revoke_mandate(house(ctx)?, actor(ctx)?, id(&mandate)?).await,
        )
        .await
    }

    /// Writes what the dry run of a staged file showed.
    async fn confirm_import(
        &self,
        ctx: &Context<'_>,
        staged: ID,
    ) -> async_graphql::Result<TaskResult> {
        task_result(import::confirm(house(ctx)?, actor(ctx)?, id(&staged)?).await)
    }

    /// Asks that the second factor of somebody who lost it be taken away: another person confirms.
    async fn ask_factor_reset(
        &self,
        ctx: &Context<'_>,
        account: ID,
    ) -> async_graphql::Result<AccountResult> {
        let account: AccountId = id(&account)?;
        account_result(
            ctx,
            second_factor::ask_reset(house(ctx)?, actor(ctx)?, account).await,
        )
        .await
    }

    /// Takes a second factor away, as somebody else has asked.
    async fn confirm_factor_reset(
        &self,
        ctx: &Context<'_>,
        account: ID,
    ) -> async_graphql::Result<AccountResult> {
        let account: AccountId = id(&account)?;
        account_result(
            ctx,
            second_factor::confirm_reset(house(ctx)?, actor(ctx)?, account).await,
        )
        .await
    }

    /// Opens the draft of the plan of one's own form, or gives the existing one.
    async fn open_plan(&self, ctx: &Context<'_>, form: Form) -> async_graphql::Result<PlanResult> {
        let form: candidate::Form = form.into();
        plan_result(
            ctx,
            plan_commands::open(house(ctx)?, actor(ctx)?, form).await,
        )
        .await
    }

    /// Searches a plan for so many seconds, as a task (proposer); what it finds takes the place of what the draft holds but
    /// the commissions made by hand.
    async fn search_plan(
        &self,
        ctx: &Context<'_>,
        plan: ID,
        version: i64,
        seconds: i64,
    ) -> async_graphql::Result<TaskResult> {
        let asked = proposal::ask(house(ctx)?, actor(ctx)?, id(&plan)?, version, seconds).await;
        task_result(asked)
    }

    /// Stops the search of a plan: the best plan found is kept.
    async fn stop_search(&self, ctx: &Context<'_>, plan: ID) -> async_graphql::Result<TaskResult> {
        task_result(proposal::stop(house(ctx)?, actor(ctx)?, id(&plan)?).await)
    }

    /// Proposer, at once: places whoever is not placed, beside the commissions made by hand.
    async fn propose_plan(
        &self,
        ctx: &Context<'_>,
        plan: ID,
        version: i64,
    ) -> async_graphql::Result<PlanResult> {
        plan_result(
            ctx,
            plan_commands::propose(house(ctx)?, actor(ctx)?, id(&plan)?, version).await,
        )
        .await
    }

    /// Adds a commission by hand.
    async fn add_commission(
        &self,
        ctx: &Context<'_>,
        input: AddCommissionInput,
    ) -> async_graphql::Result<PlanResult> {
        let new = plan_commands::NewCommission {
            plan: id(&input.plan)?,
            version: input.version,
            option: input.option.into(),
            centre: id(&input.centre)?,
            members: input
                .members
                .iter()
                .map(id)
                .collect::<async_graphql::Result<_>>()?,
            days: input.days,
            template: input.template,
        };
        plan_result(
            ctx,
            plan_commands::add_commission(house(ctx)?, actor(ctx)?, &new).await,
        )
        .await
    }

    /// Takes a commission out of the draft.
    async fn remove_commission(
        &self,
        ctx: &Context<'_>,
        commission: ID,
        version: i64,
    ) -> async_graphql::Result<PlanResult> {
        plan_result(
            ctx,
            plan_commands::remove_commission(house(ctx)?, actor(ctx)?, id(&commission)?, version)
                .await,
        )
        .await
    }

    /// Empties the draft.
    async fn clear_plan(
        &self,
        ctx: &Context<'_>,
        plan: ID,
        version: i64,
    ) -> async_graphql::Result<PlanResult> {
        plan_result(
            ctx,
            plan_commands::clear(house(ctx)?, actor(ctx)?, id(&plan)?, version).await,
        )
        .await
    }

    /// Publishes the plan as its next version.
    async fn publish_plan(
        &self,
        ctx: &Context<'_>,
        plan: ID,
        version: i64,
    ) -> async_graphql::Result<PlanResult> {
        plan_result(
            ctx,
            plan_commands::publish(house(ctx)?, actor(ctx)?, id(&plan)?, version).await,
        )
        .await
    }

    /// Convokes candidates and members of a published plan: one message a recipient.
    async fn convoke(
        &self,
        ctx: &Context<'_>,
        plan: ID,
        version: i64,
    ) -> async_graphql::Result<ConvokeResult> {
        let (house, actor) = (house(ctx)?, actor(ctx)?);
        let plan: PlanId = id(&plan)?;
        match outcome(convoke::convoke(house, actor, plan, version).await)? {
            Ok(done) => {
                let view = views::plans::one(house, actor, plan)
                    .await
                    .map_err(error)?
                    .ok_or_else(|| error(CommandError::NotFound))?;
                Ok(ConvokeResult::Convoked(Convoked::new(&done, view)))
            }
            Err(refusal) => Ok(ConvokeResult::Refusal(refusal)),
        }
    }

    /// Sends failed and returned messages again, each as a new message that refers to the former; doubtful ones too when
    /// the person takes the risk that they arrive twice.
    async fn resend_failed(
        &self,
        ctx: &Context<'_>,
        messages: Vec<ID>,
        #[graphql(default)] even_doubtful: bool,
    ) -> async_graphql::Result<ResendResult> {
        let ids: Vec<MessageId> = messages
            .iter()
            .map(id)
            .collect::<async_graphql::Result<_>>()?;
        Ok(
            match outcome(
                resend_failed::resend_failed(house(ctx)?, actor(ctx)?, &ids, even_doubtful).await,
            )? {
                Ok(count) => ResendResult::Resent(Resent::new(count)),
                Err(refusal) => ResendResult::Refusal(refusal),
            },
        )
    }

    /// Reminds those who have not said that they have their convocation: of the perimeter, or of one plan.
    async fn remind_recipients(
        &self,
        ctx: &Context<'_>,
        plan: Option<ID>,
    ) -> async_graphql::Result<ResendResult> {
        let plan: Option<PlanId> = plan.as_ref().map(id).transpose()?;
        Ok(
            match outcome(remind::remind_recipients(house(ctx)?, actor(ctx)?, plan).await)? {
                Ok(count) => ResendResult::Resent(Resent::new(count)),
                Err(refusal) => ResendResult::Refusal(refusal),
            },
        )
    }

    /// Takes messages that did not arrive for sure off the list: `phoned`, `handed`, `printed` or `confirmed`.
    async fn settle_messages(
        &self,
        ctx: &Context<'_>,
        messages: Vec<ID>,
        how: String,
    ) -> async_graphql::Result<SettleResult> {
        let ids: Vec<MessageId> = messages
            .iter()
            .map(id)
            .collect::<async_graphql::Result<_>>()?;
        Ok(
            match outcome(
                settle_message::settle_messages(house(ctx)?, actor(ctx)?, &ids, &how).await,
            )? {
                Ok(count) => SettleResult::Settled(Settled::new(count)),
                Err(refusal) => SettleResult::Refusal(refusal),
            },
        )
    }

    /// Puts the address of a message's recipient right, and sends it again.
    async fn correct_address(
        &self,
        ctx: &Context<'_>,
        message: ID,
        address: String,
    ) -> async_graphql::Result<ResendResult> {
        let message: MessageId = id(&message)?;
        Ok(
            match outcome(
                correct_address::correct_address(house(ctx)?, actor(ctx)?, message, &address).await,
            )? {
                Ok(()) => ResendResult::Resent(Resent::new(1)),
                Err(refusal) => ResendResult::Refusal(refusal),
            },
        )
    }

    /// Keeps what the authority adds to a kind of message, as a new version.
    async fn edit_mail_text(
        &self,
        ctx: &Context<'_>,
        input: EditTextForm,
    ) -> async_graphql::Result<EditTextResult> {
        let (house, actor) = (house(ctx)?, actor(ctx)?);
        Ok(
            match outcome(texts::edit_text(house, actor, &input.into()).await)? {
                Ok(()) => {
                    let all = views::texts::texts(house, actor).await.map_err(error)?;
                    EditTextResult::Texts(MailTexts::new(all))
                }
                Err(refusal) => EditTextResult::Refusal(refusal),
            },
        )
    }

    /// Ends the pause of the whole queue of mail, if it pauses.
    async fn lift_pause(&self, ctx: &Context<'_>) -> async_graphql::Result<PauseLifted> {
        let lifted = lift_pause::lift_pause(house(ctx)?, actor(ctx)?).await;
        Ok(lifted.map_err(error)?.into())
    }

    /// A new first-access code for a candidate, sent by mail.
    async fn renew_candidate_code(
        &self,
        ctx: &Context<'_>,
        candidate: ID,
    ) -> async_graphql::Result<ResendResult> {
        Ok(
            match outcome(
                renew_candidate_code::renew_candidate_code(
                    house(ctx)?,
                    actor(ctx)?,
                    id(&candidate)?,
                )
                .await,
            )? {
                Ok(()) => ResendResult::Resent(Resent::new(1)),
                Err(refusal) => ResendResult::Refusal(refusal),
            },
        )
    }
}

async fn account_result(
    ctx: &Context<'_>,
    done: Result<AccountId, CommandError>,
) -> async_graphql::Result<AccountResult> {
    Ok(match outcome(done)? {
        Ok(id) => AccountResult::Account(
            views::accounts::one(house(ctx)?, actor(ctx)?, id)
                .await
                .map_err(error)?
                .into(),
        ),
        Err(refusal) => AccountResult::Refusal(refusal),
    })
}

fn task_result(asked: Result<TaskRecord, CommandError>) -> async_graphql::Result<TaskResult> {
    Ok(match outcome(asked)? {
        Ok(task) => TaskResult::Task(task.into()),
        Err(refusal) => TaskResult::Refusal(refusal),
    })
}

async fn plan_result(
    ctx: &Context<'_>,
    done: Result<PlanId, CommandError>,
) -> async_graphql::Result<PlanResult> {
    Ok(match outcome(done)? {
        Ok(id) => {
            let view = views::plans::one(house(ctx)?, actor(ctx)?, id)
                .await
                .map_err(error)?;
            PlanResult::Plan(Box::new(
                view.ok_or_else(|| error(CommandError::NotFound))?.into(),
            ))
        }
        Err(refusal) => PlanResult::Refusal(refusal),
    })
}
