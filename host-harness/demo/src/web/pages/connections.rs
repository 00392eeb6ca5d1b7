//! Thiết lập mã truy cập mạng tuyển dụng: a card for each account at a board.

use job_board_host::contract::connection::ConnectionState;
use maud::{Markup, html};

use crate::application::AppError;
use crate::application::connections::ConnectionView;
use crate::application::reconcile::Reconciled;
use crate::board::PluginError;
use crate::domain::id::ConnectionId;
use crate::web::door::{Answer, Call};
use crate::web::lang::Lang;
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// `GET /connections`
pub async fn list(call: Call) -> Result<Answer, AppError> {
    let views = call.platform.connections(&call.user).await?;
    let title = call.t(
        "Thiết lập mã truy cập mạng tuyển dụng",
        "Job boards: access codes",
    );
    let administers = call.user.role.administers();
    let body = html! {
        h1 { (title) }
        p.lead { (call.t("Mỗi thẻ là một tài khoản nhà tuyển dụng của công ty tại một mạng tuyển dụng.", "Each card is one of your company's employer accounts at a job board.")) }
        @if !administers {
            div.banner { p { (call.t("Bạn xem được trạng thái. Việc thay đổi mã truy cập do quản trị tuyển dụng làm.", "You see how things stand. Access codes are changed by an administrator.")) } }
        }
        @if views.is_empty() {
            (parts::empty(call.t("Chưa có kết nối nào", "There are no connections"), call.t("Thêm kết nối rồi nhập mã truy cập.", "Add one, then enter its access code."), None))
        }
        div.connections #connections data-live { @for view in &views { (card(&call, view)) } }
        @if administers {
            details.notes {
                summary { (call.t("Thêm một tài khoản khác", "Add another account")) }
                form.row method="post" action="/connections" {
                    (parts::csrf(&call.csrf))
                    div.field.grow {
                        label for="name" { (call.t("Tên để phân biệt", "A name to tell it from others")) }
                        input #name name="name" required maxlength="100" autocomplete="off";
                    }
                    button { (call.t("Thêm kết nối", "Add a connection")) }
                }
            }
        }
    };
    Ok(Page::new(Section::Connections, title, body).into())
}

/// `POST /connections`
pub async fn create(call: Call) -> Result<Answer, AppError> {
    let board = call.platform.manifest().board_name.clone();
    let name: String = call
        .given("name")
        .unwrap_or(&board)
        .chars()
        .take(100)
        .collect();
    let id = call.platform.create_connection(&call.user, &name).await?;
    Ok(Answer::Go(format!(
        "/connections/{}/credentials?done=connection-added",
        id.0
    )))
}

/// Whether there is an access code, in Base's own words, and what is wrong with it.
pub fn state(lang: Lang, view: &ConnectionView) -> Markup {
    let (tone, label) = match &view.status {
        Ok(status) => match status.state {
            ConnectionState::NotConfigured => ("idle", lang.t("Chưa cấu hình", "Not configured")),
            ConnectionState::Configured => ("good", lang.t("Đã cấu hình", "Configured")),
            ConnectionState::Broken => (
                "bad",
                lang.t("Đã cấu hình, nhưng bị từ chối", "Configured, but refused"),
            ),
        },
        Err(_) => (
            "bad",
            lang.t("Không đọc được trạng thái", "Status unavailable"),
        ),
    };
    html! { span class={ "state is-" (tone) } { (label) } }
}

/// Whether credentials are stored.
pub fn is_configured(view: &ConnectionView) -> bool {
    view.status
        .as_ref()
        .is_ok_and(|status| status.state != ConnectionState::NotConfigured)
}

fn problem(call: &Call, view: &ConnectionView) -> Markup {
    let message = match &view.status {
        Ok(status) => status
            .problem
            .as_ref()
            .map(|problem| call.lang.said(&problem.message).to_owned()),
        Err(PluginError::Failure(failure)) => Some(call.lang.said(&failure.message).to_owned()),
        Err(PluginError::Stopped(_)) => Some(
            call.t(
                "Plugin không trả lời. Hãy báo cho người vận hành hệ thống.",
                "The plugin does not answer. Tell the platform's operator.",
            )
            .to_owned(),
        ),
    };
    html! {
        @if let Some(message) = message {
            div.banner.is-bad {
                p { (message) }
                @if let Some(since) = view.connection.broken_since { p.meta { (call.t("Từ ", "Since ")) (parts::moment(since)) } }
            }
        }
    }
}

/// Nothing has come in although something should have.
fn silence(call: &Call, view: &ConnectionView) -> Markup {
    html! {
        @if let Some(since) = view.counters.silent_since {
            div.banner.is-wait {
                p { strong { (call.t("Không nhận được gì từ ", "Nothing has come in since ")) (parts::moment(since)) } }
                p { (call.t("Đang có tin hiển thị nhưng không có dữ liệu nào gửi về. Hãy kiểm tra địa chỉ đã dán ở mạng tuyển dụng, và xem hồ sơ trực tiếp trên trang của họ.", "Postings are live, and nothing arrives. Check the address that was pasted at the job board, and look for applicants there.")) }
            }
        }
    }
}

fn card(call: &Call, view: &ConnectionView) -> Markup {
    let manifest = call.platform.manifest();
    let id = view.connection.id.0;
    let base = format!("/connections/{id}");
    let configured = is_configured(view);
    let administers = call.user.role.administers();
    let counters = &view.counters;
    let has = |feature: &str| manifest.features.iter().any(|known| known == feature);
    html! {
        section.panel.connection aria-labelledby={ "connection-" (id) } {
            div.head {
                div {
                    h2 id={ "connection-" (id) } {
                        (manifest.board_name)
                        @if view.connection.name != manifest.board_name { " · " (parts::said(&view.connection.name)) }
                    }
                    p.meta { (parts::link_out(call.lang, &manifest.board_site, &manifest.board_site)) }
                }
                (state(call.lang, view))
            }
            (problem(call, view))
            (silence(call, view))
            @if configured {
                dl.facts-table {
                    div {
                        dt { (call.t("Tài khoản nhà tuyển dụng", "Employer account")) }
                        dd {
                            (parts::said(&view.connection.name))
                            " " span.quiet { (call.t("(tên đặt ở đây)", "(named here)")) }
                        }
                    }
                    @if let Ok(status) = &view.status && let Some(at) = status.signed_in_at {
                        div { dt { (call.t("Mã truy cập được chấp nhận lúc", "Access code last accepted")) } dd { (parts::moment(at)) } }
                    }
                    div {
                        dt { (call.t("Dữ liệu gần nhất nhận về", "Last delivery accepted")) }
                        dd { @match counters.last_delivery_at { Some(at) => { (parts::moment(at)) }, None => { (call.t("chưa có", "none yet")) } } }
                    }
                    div {
                        dt { (call.t("Đang cách ly", "In quarantine")) }
                        dd { a href={ "/deliveries?show=quarantine&connection=" (id) } { (counters.quarantined) } @if counters.quarantined > 0 { " " span.tag.is-bad { (call.t("cần xem", "please look")) } } }
                    }
                    @if counters.not_kept > 0 {
                        div {
                            dt { (call.t("Bị từ chối và không giữ được", "Refused and not kept")) }
                            dd { (counters.not_kept) " " span.tag.is-bad { (call.t("khu cách ly đã đầy", "the quarantine is full")) } }
                        }
                    }
                    div {
                        dt { (call.t("Chưa khớp tin", "Unmatched")) }
                        dd { a href={ "/deliveries?show=unmatched&connection=" (id) } { (counters.unmatched) } }
                    }
                    @if let Some(line) = &view.reconciled && let Some(at) = line.done_at {
                        div {
                            dt { (call.t("Hỏi lại trạng thái tin lần cuối", "States last asked for")) }
                            dd {
                                (parts::moment(at))
                                @if let Some(trouble) = &line.trouble { " " span.reason { (call.lang.of(&trouble.message)) } }
                            }
                        }
                    }
                }
                // Whoever knows the address can send to it: only those see it who paste it at the board.
                @if administers { (endpoint(call, view)) }
            } @else {
                p { (call.t("Nhập mã truy cập để đăng tin và nhận ứng viên tự động.", "Enter the access code to publish and to receive applicants by themselves.")) }
            }
            @if administers {
                div.actions {
                    a.button.primary[!configured] href={ (base) "/credentials" } {
                        @if configured { (call.t("Cập nhật mã truy cập", "Update the access code")) } @else { (call.t("Thêm mã truy cập", "Add an access code")) }
                    }
                    @if configured {
                        (parts::button(&call.csrf, &format!("{base}/check"), call.t("Kiểm tra kết nối", "Check the connection"), "", &[]))
                        @if has("reconcile") {
                            (parts::button(&call.csrf, &format!("{base}/reconcile"), call.t("Hỏi lại trạng thái mọi tin", "Ask for all postings' states"), "", &[]))
                        }
                        a.button.danger-text href={ (base) "/disconnect" } { (call.t("Ngắt kết nối", "Disconnect")) }
                    }
                }
            }
        }
    }
}

/// The address that the employer pastes at the board, with a button to copy it and one to try it.
pub fn endpoint(call: &Call, view: &ConnectionView) -> Markup {
    let id = view.connection.id.0;
    let field = format!("endpoint-{id}");
    html! {
        div.field.endpoint {
            label for=(field) { "API Endpoint" }
            p.help id={ (field) "-help" } {
                (call.t("Sao chép địa chỉ này và dán vào ô Webhook URL trong phần kết nối API của tài khoản nhà tuyển dụng tại ", "Copy this address and paste it as the webhook URL into the API connection of your employer account at "))
                (call.platform.manifest().board_name) "."
            }
            div.with-button {
                input id=(field) readonly value=(view.webhook_url) aria-describedby={ (field) "-help" } data-select;
                button type="button" data-copy=(field) data-copied=(call.t("Đã sao chép", "Copied")) hidden { (call.t("Sao chép", "Copy")) }
            }
            @if call.user.role.administers() {
                (parts::button(&call.csrf, &format!("/connections/{id}/probe"), call.t("Thử địa chỉ này", "Try this address"), "small", &[]))
            }
        }
    }
}

/// `POST /connections/{id}/check`
pub async fn check(call: Call) -> Result<Answer, AppError> {
    let id = ConnectionId(call.id("id")?);
    let status = call.platform.check(&call.user, id).await?;
    let done = match status.state {
        ConnectionState::Configured => "checked",
        _ => "refused",
    };
    Ok(Answer::Go(format!("/connections?done={done}")))
}

/// `POST /connections/{id}/reconcile`
pub async fn reconcile(call: Call) -> Result<Answer, AppError> {
    let id = ConnectionId(call.id("id")?);
    let Reconciled { events, new, notes } = call.platform.reconcile(&call.user, id).await?;
    let title = call.t("Đã hỏi lại trạng thái", "States asked for");
    let body = html! {
        (parts::crumbs(call.lang, &[(call.t("Mạng tuyển dụng", "Job boards"), "/connections".to_owned())]))
        h1 { (title) }
        p {
            (call.t("Số tin có trạng thái: ", "Postings with a state: ")) strong { (events) } ". "
            (call.t("Thay đổi chưa biết trước đây: ", "Changes that were not known: ")) strong { (new) } "."
        }
        @for note in &notes { p.quiet { (call.lang.of(note)) } }
        p { a.button href="/postings" { (call.t("Xem tin đã đăng", "Look at the postings")) } }
    };
    Ok(Page::new(Section::Connections, title, body).into())
}
