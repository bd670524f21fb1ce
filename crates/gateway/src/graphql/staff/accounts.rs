//! Who is signed in, accounts and mandates.

use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use delos_application::invite_examiners;
use delos_application::views::accounts::{AccountView, GrantableRole as GrantableView};
use delos_application::views::me::{MandateView, MeView};
use delos_application::views::todo;
use delos_domain::mandate;

use super::connection;
use crate::graphql::refusal::Refusal;

/// What somebody may be in a session.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "mandate::Role")]
pub enum Role {
    /// Administrateur de la plateforme.
    PlatformAdministrator,
    /// Gestionnaire du rectorat ou du SIEC.
    AuthorityOfficer,
    /// Chef d'établissement.
    HeadOfSchool,
    /// Membre de la commission de conformité.
    ConformityOfficer,
    /// Examinateur.
    Examiner,
    /// Personne ressource, surveillant.
    CentreStaff,
    /// Président de jury.
    JuryPresident,
    /// Membre du jury.
    JuryMember,
    /// Inspecteur général.
    NationalReader,
    /// Candidat.
    Candidate,
}

/// Who is signed in.
#[derive(SimpleObject)]
pub struct Me {
    name: String,
    email: String,
    mandates: Vec<Mandate>,
    /// The mandate acted under.
    active: Option<Mandate>,
    /// Operations that the active mandate allows, by stable name.
    may: Vec<String>,
    second_factor: OwnFactor,
}

/// One's own second factor.
#[derive(SimpleObject)]
pub struct OwnFactor {
    /// Whether there is one.
    enrolled: bool,
    /// Whether it was shown since signing in.
    strong: bool,
    /// Recovery codes that still serve.
    recovery_codes: i64,
}

/// The second factor of somebody else's account.
#[derive(SimpleObject)]
pub struct AccountFactor {
    /// Whether there is one.
    enrolled: bool,
    /// The reset that waits for a second person.
    reset: Option<FactorReset>,
}

/// A reset that waits for a second person.
#[derive(SimpleObject)]
pub struct FactorReset {
    asked_by: String,
    asked_at: DateTime<Utc>,
    /// Whether it is oneself who asks: somebody else confirms.
    own: bool,
}

/// What somebody may do, where and until when.
#[derive(SimpleObject, Clone)]
pub struct Mandate {
    id: ID,
    role: Role,
    /// What it covers, in words.
    perimeter: String,
    session: String,
    valid_until: NaiveDate,
    revoked: bool,
}

/// One thing to do: the front words it after its code.
#[derive(SimpleObject)]
pub struct TodoLine {
    code: String,
    count: i64,
    deadline: Option<NaiveDate>,
    /// Where to go.
    target: String,
}

/// Somebody who signs in.
#[derive(SimpleObject)]
pub struct Account {
    id: ID,
    name: String,
    email: String,
    /// Whether a password has been set.
    active: bool,
    mandates: Vec<Mandate>,
    /// Its second factor; none for whoever may not reset it.
    second_factor: Option<AccountFactor>,
}

/// A role that can be given.
#[derive(SimpleObject)]
pub struct GrantableRole {
    role: Role,
    perimeters: Vec<PerimeterChoice>,
}

/// Something that a mandate can cover.
#[derive(SimpleObject)]
pub struct PerimeterChoice {
    id: ID,
    label: String,
}

/// A new account with its first mandate.
#[derive(InputObject)]
pub struct CreateAccountInput {
    pub email: String,
    pub family_name: String,
    pub given_names: String,
    pub role: Role,
    pub perimeter: ID,
    pub valid_until: NaiveDate,
}

/// A mandate to give.
#[derive(InputObject)]
pub struct GrantMandateInput {
    pub account: ID,
    pub role: Role,
    pub perimeter: ID,
    pub valid_until: NaiveDate,
}

/// The account as it is now, or why not.
#[derive(Union)]
pub enum AccountResult {
    Account(Account),
    Refusal(Refusal),
}

connection!(AccountConnection, AccountEdge, Account);

impl From<MandateView> for Mandate {
    fn from(view: MandateView) -> Self {
        Self {
            id: ID(view.id.to_string()),
            role: view.role.into(),
            perimeter: view.perimeter,
            session: view.session,
            valid_until: view.valid_until,
            revoked: view.revoked,
        }
    }
}

impl From<MeView> for Me {
    fn from(view: MeView) -> Self {
        let active = view
            .mandates
            .iter()
            .find(|mandate| Some(mandate.id) == view.active)
            .cloned()
            .map(Into::into);
        Self {
            name: view.name,
            email: view.login,
            active,
            mandates: view.mandates.into_iter().map(Into::into).collect(),
            may: view.may.into_iter().map(ToOwned::to_owned).collect(),
            second_factor: OwnFactor {
                enrolled: view.second_factor.enrolled,
                strong: view.second_factor.strong,
                recovery_codes: i64::try_from(view.second_factor.codes_left).unwrap_or_default(),
            },
        }
    }
}

impl From<todo::TodoLine> for TodoLine {
    fn from(line: todo::TodoLine) -> Self {
        Self {
            code: line.code.to_owned(),
            count: line.count,
            deadline: line.deadline,
            target: line.target.to_owned(),
        }
    }
}

impl From<AccountView> for Account {
    fn from(view: AccountView) -> Self {
        Self {
            id: ID(view.id.to_string()),
            name: view.name,
            email: view.login,
            active: view.active,
            mandates: view.mandates.into_iter().map(Into::into).collect(),
            second_factor: view.second_factor.map(|factor| AccountFactor {
                enrolled: factor.enrolled,
                reset: factor.reset.map(|reset| FactorReset {
                    asked_by: reset.by,
                    asked_at: reset.at,
                    own: reset.own,
                }),
            }),
        }
    }
}

impl From<GrantableView> for GrantableRole {
    fn from(view: GrantableView) -> Self {
        let perimeters = view
            .perimeters
            .into_iter()
            .map(|(id, label)| PerimeterChoice {
                id: ID(id.to_string()),
                label,
            })
            .collect();
        Self {
            role: view.role.into(),
            perimeters,
        }
    }
}

/// What became of the members of a plan's commissions.
#[derive(SimpleObject)]
pub struct Invited {
    /// To whom a link has left.
    sent: i32,
    /// Who had an account for it.
    already: i32,
    /// Who has no address.
    without_address: i32,
    /// To whom the active mandate can give none.
    others: i32,
}

impl From<invite_examiners::Invited> for Invited {
    fn from(told: invite_examiners::Invited) -> Self {
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            sent: count(told.sent),
            already: count(told.already),
            without_address: count(told.without_address),
            others: count(told.others),
        }
    }
}

/// Who was invited, or why nobody was.
#[derive(Union)]
pub enum InviteResult {
    /// Done.
    Invited(Invited),
    /// Refused.
    Refusal(Refusal),
}
