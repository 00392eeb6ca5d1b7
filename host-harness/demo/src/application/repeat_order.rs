//! Asking again for what was cut off.

use super::publish::Order;
use super::{AppError, Platform};
use crate::domain::ordered::Ordered;
use crate::domain::posting::{Posting, PostingState};
use crate::domain::user::User;
use crate::store::postings;

impl Platform {
    /// Asks again for a posting that is on its way, exactly as it was asked for at first. `None`: what was asked for is not known here
    /// any more. A posting with an outcome is answered as it stands.
    pub async fn repeat_order(
        &self,
        user: &User,
        request_id: &str,
    ) -> Result<Option<Posting>, AppError> {
        let (posting, connection) = self.known_posting(user, request_id).await?;
        if posting.state != PostingState::Submitting {
            return Ok(Some(posting));
        }
        let again = Some(request_id.to_owned());
        match self.ordered(user, &posting).await? {
            Some(Ordered::Publish {
                values,
                allow_second,
            }) => {
                let order = Order {
                    connection: connection.id,
                    request_id: again,
                    values,
                    allow_second,
                };
                self.publish(user, posting.job, order).await.map(Some)
            }
            Some(Ordered::Link { board_posting }) => self
                .link(user, posting.job, connection.id, board_posting, again)
                .await
                .map(Some),
            None => Ok(None),
        }
    }

    /// What was asked for, while a posting's outcome is open.
    pub async fn ordered(
        &self,
        user: &User,
        posting: &Posting,
    ) -> Result<Option<Ordered>, AppError> {
        let (tenant, row) = (user.tenant, posting.row);
        self.store()
            .read(move |db| Ok(postings::order(db, tenant, row)?))
            .await
    }
}
