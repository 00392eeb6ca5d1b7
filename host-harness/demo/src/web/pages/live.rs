//! News as they happen: one stream of server-sent events for each open page. Without it, a reload shows the same.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;
use tokio::sync::watch;

use super::notices::{gather, title_of};
use crate::application::sign_in::Proof;
use crate::application::{AppError, Platform};
use crate::domain::id::TenantId;
use crate::domain::user::User;
use crate::http::endpoint::COOKIE;
use crate::store::Page;
use crate::web::door::cookie;
use crate::web::lang::Lang;

/// What comes in one after the other is told together.
const GATHER: Duration = Duration::from_millis(400);

/// A stream ends after this time and the browser asks again: so a session that is over, or a server that stops, keeps none.
const LONGEST: Duration = Duration::from_secs(240);

/// How often a quiet stream looks whether it is to end.
const LOOK: Duration = Duration::from_secs(1);

/// What a page compares with what it was told before.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Standing {
    /// Of the tenant's data: when it differs, parts of the page may have changed.
    revision: u64,
    /// How many notifications are unread.
    unread: usize,
    /// The newest one's number.
    newest: i64,
}

struct Listener {
    platform: Platform,
    token: String,
    lang: Lang,
    changes: watch::Receiver<HashMap<TenantId, u64>>,
    told: Option<Standing>,
    until: tokio::time::Instant,
}

/// `GET /live`
pub async fn stream(State(platform): State<Platform>, headers: HeaderMap) -> Response {
    let Some(token) = cookie(&headers, COOKIE) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let listener = Listener {
        changes: platform.changes(),
        lang: Lang::of_request(&headers),
        told: None,
        until: tokio::time::Instant::now() + LONGEST,
        platform,
        token,
    };
    match listener.who().await {
        Ok(Some(_)) => {}
        // 204 tells the browser not to ask again.
        Ok(None) => return StatusCode::NO_CONTENT.into_response(),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

impl Listener {
    async fn who(&self) -> Result<Option<User>, AppError> {
        let proof = Proof::Cookie {
            token: self.token.clone(),
            csrf: None,
            reads: true,
        };
        self.platform.identify(proof).await
    }

    /// The next news; nothing when the stream is to end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.told.is_some() {
                tokio::select! {
                    changed = self.changes.changed() => changed.ok()?,
                    () = tokio::time::sleep(LOOK) => {
                        let over = self.platform.is_ending() || tokio::time::Instant::now() >= self.until;
                        if over {
                            return None;
                        }
                        continue;
                    }
                }
                tokio::time::sleep(GATHER).await;
            }
            self.changes.borrow_and_update();
            let user = self.who().await.ok()??;
            let (state, text) = self.look(&user).await.ok()?;
            if self.told == Some(state) {
                continue;
            }
            self.told = Some(state);
            // What is new to a page is for the page to know: it may have seen earlier news from another stream.
            let Standing {
                revision,
                unread,
                newest,
            } = state;
            let data =
                json!({ "revision": revision, "unread": unread, "newest": newest, "text": text });
            return Some(Event::default().event("news").data(data.to_string()));
        }
    }

    /// How things stand, and what to say about the newest notification.
    async fn look(&self, user: &User) -> Result<(Standing, String), AppError> {
        let revision = self.platform.revision(user.tenant);
        let rows = Page {
            before: None,
            limit: 100,
        };
        let notices = self.platform.notices(user, true, rows).await?;
        let newest = notices.first().map_or(0, |notice| notice.id.0);
        let jobs = self.platform.jobs(user).await?;
        let lines = gather(&notices);
        let text = lines
            .first()
            .map(|line| line.text(self.lang, |id| title_of(&jobs, id)))
            .unwrap_or_default();
        let state = Standing {
            revision,
            unread: lines.len(),
            newest,
        };
        Ok((state, text))
    }
}
