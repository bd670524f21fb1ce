//! Who asks: a person under one mandate, or the system doing a named operation.

use crate::ids::AccountId;
use crate::mandate::Mandate;

/// Who asks for an operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    /// A person, acting under one mandate.
    Person {
        /// The account.
        account: AccountId,
        /// The mandate acted under.
        mandate: Mandate,
        /// Whether a second factor was shown since signing in: what is sealed opens to nobody without it.
        strong: bool,
    },
    /// The worker or the command line.
    System,
}

impl Actor {
    /// The account, when a person acts.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Person { account, .. } => Some(*account),
            Self::System => None,
        }
    }

    /// The mandate, when a person acts.
    pub fn mandate(&self) -> Option<&Mandate> {
        match self {
            Self::Person { mandate, .. } => Some(mandate),
            Self::System => None,
        }
    }
}
