//! What no candidate may ever see: the proposed mark, the levels, the comments of a commission.
//!
//! Annexe 9: « En AUCUN CAS, la note proposée n’est communiquée à la personne candidate ».
//! Invariant: [`Sealed`] has neither `Debug` nor a serialisation, and opens with the scope of an operation that the policy
//! allows to no candidate; so nothing that a candidate is answered can hold it by oversight.

use crate::scope::{OpensSealed, Scope};

/// A sealed value.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed<T>(T);

impl<T> Sealed<T> {
    /// Seals a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for who may see it.
    pub fn open<O: OpensSealed>(&self, _: &Scope<O>) -> &T {
        &self.0
    }

    /// The value itself, for who may see it.
    pub fn into_open<O: OpensSealed>(self, _: &Scope<O>) -> T {
        self.0
    }
}
