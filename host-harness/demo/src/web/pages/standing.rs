//! Whether a connection still hears from its board: said wherever a posting's state is shown or something is about to be sent.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use job_board_host::contract::connection::ConnectionState;
use maud::{Markup, html};

use crate::application::AppError;
use crate::application::connections::ConnectionView;
use crate::board::PluginError;
use crate::domain::id::ConnectionId;
use crate::domain::posting::{Posting, PostingState};
use crate::web::door::Call;
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// How a connection stands, as far as pages about postings care.
#[derive(Clone, PartialEq, Eq)]
pub enum Standing {
    /// It works, as far as is known.
    Works,
    /// There are no credentials: nothing can be sent, and what was posted is not heard of.
    Ended,
    /// The board refuses the credentials, in the plugin's words.
    Refused(String),
}

impl Standing {
    fn of(call: &Call, view: &ConnectionView) -> Self {
        match &view.status {
            Ok(status) => match status.state {
                ConnectionState::Configured => Self::Works,
                ConnectionState::NotConfigured => Self::Ended,
                ConnectionState::Broken => {
                    let problem = status.problem.as_ref();
                    let said = problem.map(|problem| call.lang.said(&problem.message).to_owned());
                    Self::Refused(said.unwrap_or_default())
                }
            },
            Err(PluginError::Failure(failure)) => {
                Self::Refused(call.lang.said(&failure.message).to_owned())
            }
            // What a plugin that does not answer thinks of its credentials is not known.
            Err(PluginError::Stopped(_)) => Self::Works,
        }
    }

    /// Whether something that is sent now could reach the board.
    pub fn works(&self) -> bool {
        *self == Self::Works
    }
}

/// All of the tenant's connections.
pub struct Standings(BTreeMap<ConnectionId, Standing>);

impl Standings {
    /// Asks the plugins; no board is asked.
    pub async fn look(call: &Call) -> Result<Self, AppError> {
        let views = call.platform.connections(&call.user).await?;
        let all = views
            .iter()
            .map(|view| (view.connection.id, Standing::of(call, view)));
        Ok(Self(all.collect()))
    }

    /// One of them.
    pub fn of(&self, id: ConnectionId) -> &Standing {
        self.0.get(&id).unwrap_or(&Standing::Works)
    }

    /// Whether the state that is shown is the one at which the connection ended.
    pub fn is_frozen(&self, posting: &Posting) -> bool {
        *self.of(posting.connection) == Standing::Ended && can_move(posting.state)
    }

    /// What is said above postings: a banner for each connection that no longer hears of one of them.
    pub fn banners<'a>(
        &self,
        call: &Call,
        postings: impl IntoIterator<Item = &'a Posting>,
    ) -> Markup {
        let mut concerned: Vec<ConnectionId> = postings
            .into_iter()
            .filter(|posting| can_move(posting.state))
            .map(|posting| posting.connection)
            .collect();
        concerned.sort_unstable();
        concerned.dedup();
        html! {
            @for id in concerned {
                @match self.of(id) {
                    Standing::Works => {},
                    Standing::Ended => {
                        (banner(call, id, call.t(
                            "Kết nối đã ngắt: trạng thái tin là lúc ngắt, và ứng viên mới không về.",
                            "Disconnected: the state of postings is that of when it ended, and new applicants do not arrive.",
                        ), ""))
                    },
                    Standing::Refused(why) => {
                        (banner(call, id, call.t(
                            "Mã truy cập đang bị từ chối: trạng thái tin có thể đã cũ, và ứng viên mới có thể không về.",
                            "The access code is being refused: the state of postings may be out of date, and new applicants may not arrive.",
                        ), why))
                    },
                }
            }
        }
    }

    /// What is said above a form whose content is to be sent, before anybody fills it in.
    pub fn before_sending(&self, call: &Call, id: ConnectionId) -> Markup {
        html! {
            @match self.of(id) {
                Standing::Works => {},
                Standing::Ended => {
                    (banner(call, id, call.t(
                        "Chưa có mã truy cập cho kết nối này: chưa gửi gì đi được.",
                        "This connection has no access code: nothing can be sent yet.",
                    ), ""))
                },
                Standing::Refused(why) => {
                    (banner(call, id, call.t(
                        "Mã truy cập đang bị từ chối: những gì bạn nhập dưới đây chưa gửi đi được.",
                        "The access code is being refused: what you enter below cannot be sent.",
                    ), why))
                },
            }
        }
    }
}

impl Standings {
    /// The page of a form that cannot be shown, since the board cannot be asked for it.
    pub fn instead_of_form(
        &self,
        call: &Call,
        section: Section,
        heading: &str,
        trail: &[(String, String)],
        id: ConnectionId,
    ) -> Page {
        let crumbs: Vec<(&str, String)> = trail
            .iter()
            .map(|(label, href)| (label.as_str(), href.clone()))
            .collect();
        let body = html! {
            (parts::crumbs(call.lang, &crumbs))
            h1 { (heading) }
            p.lead { (call.t("Biểu mẫu được lập cùng mạng tuyển dụng, nên chưa mở được.", "The form is made together with the job board, so it cannot be opened yet.")) }
            (self.before_sending(call, id))
            @if let Some((_, back)) = trail.last() { p { a.button href=(back) { (call.t("Quay lại", "Back")) } } }
        };
        Page::new(section, heading, body).with_status(StatusCode::CONFLICT)
    }
}

/// Whether the board could still change the posting's state, or be asked to.
fn can_move(state: PostingState) -> bool {
    !matches!(state, PostingState::Unlinked | PostingState::OtherAccount)
}

/// With the way to mend it for who may, and whom to tell for everybody else.
fn banner(call: &Call, id: ConnectionId, text: &str, why: &str) -> Markup {
    html! {
        div.banner.is-bad role="status" {
            p { strong { (text) } @if !why.is_empty() { " " (why) } }
            @if call.user.role.administers() {
                p { a href={ "/connections/" (id.0) "/credentials" } { (call.t("Thêm hoặc cập nhật mã truy cập", "Add or update the access code")) } }
            } @else {
                p { (call.t("Hãy báo người quản trị tuyển dụng để cập nhật mã truy cập.", "Tell an administrator to update the access code.")) }
            }
        }
    }
}
