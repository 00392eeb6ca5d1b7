//! Errors on demand: which operation fails, how, how often, and whether it happened first.

mod answers;
mod kind;

use serde::Serialize;

pub(crate) use answers::{canned, disturbed};
pub(crate) use kind::Kind;

use crate::partner::Operation;
use crate::state::World;

/// Whether the operation takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum When {
    /// The fault comes first: the operation does not happen.
    Before,
    /// The operation happens, then the fault.
    After,
}

/// One fault that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) id: u64,
    /// None: every employer's calls.
    pub(crate) employer_id: Option<u64>,
    /// None: every operation.
    pub(crate) operation: Option<Operation>,
    pub(crate) kind: Kind,
    pub(crate) when: When,
    /// None: until it is cleared.
    pub(crate) left: Option<u32>,
    pub(crate) used: u64,
}

impl Fault {
    fn meets(&self, operation: Operation, employer_id: Option<u64>) -> bool {
        self.left != Some(0)
            && self.operation.is_none_or(|wanted| wanted == operation)
            && (self.employer_id.is_none() || self.employer_id == employer_id)
    }
}

impl World {
    /// The oldest fault that meets the call; it is used up by one.
    pub(crate) fn take_fault(
        &mut self,
        operation: Operation,
        employer_id: Option<u64>,
    ) -> Option<(Kind, When)> {
        let fault = self
            .faults
            .iter_mut()
            .find(|fault| fault.meets(operation, employer_id))?;
        fault.used += 1;
        fault.left = fault.left.map(|left| left.saturating_sub(1));
        Some((fault.kind.clone(), fault.when))
    }
}
