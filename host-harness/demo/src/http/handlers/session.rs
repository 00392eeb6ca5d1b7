//! Signing in and out.

use serde_json::json;
use zeroize::Zeroizing;

use crate::application::AppError;
use crate::application::sign_in::SESSION_MS;
use crate::http::endpoint::Call;
use crate::http::reply::Reply;

/// `POST /api/login`
///
/// Answers a bearer token; with `cookie`, a cookie that scripts cannot read and a CSRF token for the header `X-CSRF-Token`.
pub async fn login(call: Call) -> Result<Reply, AppError> {
    let login = call.body.required_text("login")?;
    let password = Zeroizing::new(call.body.required_text("password")?);
    let cookie = call.body.truth("cookie");
    let session = call
        .platform
        .sign_in(login, password, call.sender, cookie)
        .await?;
    if cookie {
        return Ok(Reply::SignedIn {
            json: json!({
                "user": session.user,
                "csrf_token": session.csrf,
                "expires_at": session.expires_at,
            }),
            token: session.token,
            seconds: SESSION_MS / 1_000,
            secure: call.platform.is_public_over_tls(),
        });
    }
    Ok(Reply::Json(json!({
        "user": session.user,
        "token": session.token,
        "expires_at": session.expires_at,
    })))
}

/// `POST /api/logout`
pub async fn logout(call: Call) -> Result<Reply, AppError> {
    if let Some(token) = &call.token {
        call.platform.sign_out(token).await?;
    }
    Ok(Reply::SignedOut)
}

/// `GET /api/me`
pub async fn me(call: Call) -> Result<Reply, AppError> {
    Ok(Reply::Json(json!(call.user()?)))
}
