//! Row ids that cannot be mistaken for one another.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    )+};
}

ids! {
    /// A customer of the platform. Every query names one; another tenant's rows do not exist for it.
    TenantId,
    /// A person who signs in.
    UserId,
    /// A tenant's account at a board.
    ConnectionId,
    /// A vacancy of the platform.
    JobId,
    /// A posting's row. The contract names a posting by its request id instead.
    PostingRow,
    /// A person who applied.
    CandidateId,
    /// One person's application to one job.
    ApplicationId,
    /// One file of an application.
    CvId,
    /// One arrival of a webhook.
    DeliveryId,
    /// One message to one user.
    NoticeId,
    /// One erasure of a person.
    ErasureId,
}
