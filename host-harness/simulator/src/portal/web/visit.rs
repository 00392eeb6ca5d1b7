//! One request of a person: their language, what they typed, and how the answer is made.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

use super::guard::TOKEN_FIELD;
use super::{Form, Gate, Lang, layout, notices, problems};
use crate::app::App;
use crate::input::InputError;
use crate::state::World;

/// A request on its way to a page.
pub(crate) struct Visit {
    pub(crate) lang: Lang,
    pub(crate) path: String,
    /// What was typed; empty when a page is only opened. A refused form shows it again.
    pub(crate) form: Form,
    token: String,
    query: String,
    problem: Option<InputError>,
}

impl Visit {
    /// A request that did not pass the gate: its answer holds no form.
    pub(super) fn stranger(parts: &Parts) -> Visit {
        Visit {
            lang: Lang::of(&parts.headers),
            path: parts.uri.path().to_owned(),
            form: Form::default(),
            token: String::new(),
            query: parts.uri.query().unwrap_or("").to_owned(),
            problem: None,
        }
    }

    /// The text in the visitor's language.
    pub(crate) fn t(&self, vi: &'static str, en: &'static str) -> &'static str {
        self.lang.t(vi, en)
    }

    /// A parameter of the page's address, as it is written there; ours need no escapes.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let pairs = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs
            .into_iter()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// A form that posts to `action`, with its token.
    pub(crate) fn form(&self, action: &str, content: &Markup) -> Markup {
        html! {
            form method="post" action=(action) {
                (self.token_field())
                (content)
            }
        }
    }

    /// The hidden field without which no form is accepted.
    pub(crate) fn token_field(&self) -> Markup {
        html! { input type="hidden" name=(TOKEN_FIELD) value=(self.token); }
    }

    /// A button that is a form of its own.
    pub(crate) fn button(&self, action: &str, label: &str, class: &str) -> Markup {
        self.form(
            action,
            &html! { button type="submit" class=(class) { (label) } },
        )
    }

    /// What stands above the page: what was just done, or why it was not.
    pub(super) fn messages(&self) -> Markup {
        let done = self.query("done").and_then(notices::find);
        html! {
            @if let Some((vi, en)) = done.filter(|_| self.problem.is_none()) {
                p class="message done" role="status" { (self.t(vi, en)) }
            }
            @if let Some(problem) = &self.problem {
                (problems::alert(self.lang, problem))
            }
        }
    }

    /// A page, or the reason why there is none.
    pub(crate) fn answer(self, page: Result<Markup, InputError>) -> Response {
        match page {
            Err(error) => self.refused(error),
            Ok(page) => {
                let status = self.problem.as_ref().map_or(200, |problem| problem.status);
                respond(status, page)
            }
        }
    }

    /// After an action: on to a page that says so, or the form's page again with what was wrong.
    pub(crate) fn after<T>(
        mut self,
        app: &App,
        outcome: Result<T, InputError>,
        (notice, to): (&'static str, String),
        page: impl FnOnce(&mut World, &Visit) -> Result<Markup, InputError>,
    ) -> Response {
        debug_assert!(notices::find(notice).is_some(), "{notice}");
        match outcome {
            Ok(_) => {
                let location = [(header::LOCATION, format!("{to}?done={notice}"))];
                (StatusCode::SEE_OTHER, location).into_response()
            }
            Err(error) => {
                self.problem = Some(error);
                // An action has no page of its own to come back to.
                self.path = to;
                let page = app.with(|world| {
                    world.settle();
                    page(world, &self)
                });
                self.answer(page)
            }
        }
    }

    /// A page that only says what was wrong.
    pub(crate) fn refused(mut self, error: InputError) -> Response {
        let status = error.status;
        self.problem = Some(error);
        let title = self.t("Không mở được", "Not available");
        let content = html! {
            p { a href="/portal" { (self.t("Về trang chọn nhà tuyển dụng", "Back to the employers")) } }
        };
        respond(status, layout::plain_page(&self, title, &content))
    }
}

fn respond(status: u16, page: Markup) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Html(page.into_string())).into_response()
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visit, Response> {
        let visit = Visit::stranger(parts);
        let (gate, form) = (
            parts.extensions.get::<Gate>(),
            parts.extensions.get::<Form>(),
        );
        match (gate, form) {
            (Some(gate), Some(form)) => Ok(Visit {
                token: gate.token().to_owned(),
                form: form.clone(),
                ..visit
            }),
            // A route outside the gate would be a mistake of this crate; it is shut.
            _ => Err(visit.refused(InputError::new(
                403,
                "foreign_host",
                "request",
                "this page stands outside the portal's gate",
            ))),
        }
    }
}

/// The ids in a page's path: the employer's, and the one of a posting, application, delivery or fault.
pub(crate) struct At {
    pub(crate) employer: u64,
    /// 0 where the path has none.
    pub(crate) item: u64,
}

impl<S: Send + Sync> FromRequestParts<S> for At {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At, Response> {
        let params = RawPathParams::from_request_parts(parts, state).await.ok();
        let number = |name: &str| -> Option<Option<u64>> {
            let found = params.as_ref()?.iter().find(|(key, _)| *key == name);
            Some(
                found
                    .map(|(_, value)| value.parse().ok())
                    .unwrap_or(Some(0)),
            )
        };
        match (number("employer").flatten(), number("item").flatten()) {
            (Some(employer), Some(item)) => Ok(At { employer, item }),
            _ => Err(Visit::stranger(parts).refused(InputError::new(
                404,
                "not_found",
                "path",
                "the path's id is not a number",
            ))),
        }
    }
}
