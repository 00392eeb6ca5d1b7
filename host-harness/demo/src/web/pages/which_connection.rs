//! Which connection a page is about.

use crate::application::AppError;
use crate::domain::id::ConnectionId;
use crate::web::door::Call;

/// The one that the address or the form names; without a name, the only one there is.
pub(super) async fn named_or_only(call: &Call) -> Result<ConnectionId, AppError> {
    const NONE: AppError = AppError::NoSuch("connection");
    if let Some(named) = call.either("connection") {
        return named.parse().map(ConnectionId).map_err(|_| NONE);
    }
    match call.platform.connections(&call.user).await?.as_slice() {
        [only] => Ok(only.connection.id),
        _ => Err(NONE),
    }
}
