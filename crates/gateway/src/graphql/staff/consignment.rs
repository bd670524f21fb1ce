//! The slip of a school (C4), what is consigned (C5) and transmitted, suspicions of fraud, in the staff's schema.

mod types;

use async_graphql::{Context, ID, Object};
use delos_application::fraud;
use delos_application::transmission::{self, Transmit};
use delos_application::views::{consignment, transmissions};
use delos_domain::ids::{CandidateId, SittingId, SuspicionId};

use self::types::{
    AuthenticReceipt, CheckReceiptResult, Consignment, ConsignmentResult, FraudOutcome,
    FraudResult, Suspicion, SuspicionNoted, Transmissions, TransmitInput,
};
use super::people::Form;
use super::{actor, house, id};
use crate::graphql::refusal::{error, outcome};

/// What is read of slips and transmissions.
#[derive(Default)]
pub struct ConsignmentQuery;

#[Object]
impl ConsignmentQuery {
    /// The slip of the school (CCF) or of the centre (ponctuelle form) that the person heads; reading it stands in the
    /// journal.
    async fn consignment(
        &self,
        ctx: &Context<'_>,
        form: Form,
    ) -> async_graphql::Result<Consignment> {
        read(ctx, form).await
    }

    /// Who has transmitted, and who has not: never a mark.
    async fn transmissions(&self, ctx: &Context<'_>) -> async_graphql::Result<Transmissions> {
        let view = transmissions::transmissions(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(view.into())
    }

    /// Whether a receipt is authentic.
    async fn check_receipt(
        &self,
        ctx: &Context<'_>,
        number: String,
        code: String,
    ) -> async_graphql::Result<CheckReceiptResult> {
        let done = transmission::check_receipt(house(ctx)?, actor(ctx)?, &number, &code).await;
        Ok(match outcome(done)? {
            Ok(checked) => CheckReceiptResult::AuthenticReceipt(AuthenticReceipt::from(checked)),
            Err(refusal) => CheckReceiptResult::Refusal(refusal),
        })
    }

    /// Suspicions of fraud to rule on, then those that were.
    async fn suspicions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Suspicion>> {
        let all = transmissions::suspicions_of(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(all.into_iter().map(Into::into).collect())
    }
}

/// What is done about them.
#[derive(Default)]
pub struct ConsignmentMutation;

#[Object]
impl ConsignmentMutation {
    /// Takes assessments under the head's responsibility: one candidate's, or all whose visas are complete.
    async fn consign(
        &self,
        ctx: &Context<'_>,
        form: Form,
        candidate: Option<ID>,
    ) -> async_graphql::Result<ConsignmentResult> {
        let candidate = candidate.as_ref().map(id::<CandidateId>).transpose()?;
        let done = transmission::consign(house(ctx)?, actor(ctx)?, form.into(), candidate).await;
        Ok(match outcome(done)? {
            Ok(_) => ConsignmentResult::Consignment(Box::new(read(ctx, form).await?)),
            Err(refusal) => ConsignmentResult::Refusal(refusal),
        })
    }

    /// Sends the slip to the jury, with everything that goes with it.
    async fn transmit(
        &self,
        ctx: &Context<'_>,
        input: TransmitInput,
    ) -> async_graphql::Result<ConsignmentResult> {
        let asked = Transmit {
            form: input.form.into(),
            typed: input.confirmation,
            late_reason: input.late_reason.unwrap_or_default(),
        };
        let done = transmission::transmit(house(ctx)?, actor(ctx)?, &asked).await;
        Ok(match outcome(done)? {
            Ok(_) => ConsignmentResult::Consignment(Box::new(read(ctx, input.form).await?)),
            Err(refusal) => ConsignmentResult::Refusal(refusal),
        })
    }

    /// Says that fraud is suspected: the candidate finishes, his result is withheld.
    async fn suspect_fraud(
        &self,
        ctx: &Context<'_>,
        sitting: ID,
        reason: String,
    ) -> async_graphql::Result<FraudResult> {
        let sitting: SittingId = id(&sitting)?;
        let done = fraud::suspect_fraud(house(ctx)?, actor(ctx)?, sitting, &reason).await;
        Ok(match outcome(done)? {
            Ok(made) => FraudResult::SuspicionNoted(SuspicionNoted {
                id: ID(made.to_string()),
            }),
            Err(refusal) => FraudResult::Refusal(refusal),
        })
    }

    /// Records what the discipline commission decided: the result is no longer withheld.
    async fn rule_on_fraud(
        &self,
        ctx: &Context<'_>,
        suspicion: ID,
        found: FraudOutcome,
        ruling: String,
    ) -> async_graphql::Result<FraudResult> {
        let one: SuspicionId = id(&suspicion)?;
        let done = fraud::rule_on_fraud(house(ctx)?, actor(ctx)?, one, found.into(), &ruling).await;
        Ok(match outcome(done)? {
            Ok(()) => FraudResult::SuspicionNoted(SuspicionNoted { id: suspicion }),
            Err(refusal) => FraudResult::Refusal(refusal),
        })
    }
}

async fn read(ctx: &Context<'_>, form: Form) -> async_graphql::Result<Consignment> {
    let view = consignment::consignment(house(ctx)?, actor(ctx)?, form.into())
        .await
        .map_err(error)?;
    Ok(view.into())
}
