//! What boards sent: deliveries with what became of them, the quarantine, and events that wait for a posting.

use maud::{Markup, html};

use super::job::display_name;
use super::posting::path as posting_path;
use super::unmatched;
use crate::application::AppError;
use crate::application::traffic::{Arrival, Arrived};
use crate::domain::delivery::DeliveryState;
use crate::domain::id::{ConnectionId, DeliveryId};
use crate::web::door::{Answer, Call};
use crate::web::format;
use crate::web::layout::{Page, Section};
use crate::web::parts;

const TABS: [(&str, &str, &str); 3] = [
    ("", "Tất cả", "All"),
    ("quarantine", "Cách ly", "Quarantine"),
    ("unmatched", "Chưa khớp tin", "Unmatched"),
];

/// `GET /deliveries`
pub async fn show(call: Call) -> Result<Answer, AppError> {
    let tab = call.asked("show").unwrap_or_default().to_owned();
    let connection = call.asked_number("connection").map(ConnectionId);
    let views = call.platform.connections(&call.user).await?;
    let count = |tab: &str| -> u64 {
        let counters = views.iter().map(|view| &view.counters);
        match tab {
            "quarantine" => counters.map(|counters| counters.quarantined).sum(),
            "unmatched" => counters.map(|counters| counters.unmatched).sum(),
            _ => 0,
        }
    };
    let of_connection = connection.map(|id| format!("connection={}", id.0));
    let address = |tab: &str| {
        let mut query: Vec<String> = Vec::new();
        if !tab.is_empty() {
            query.push(format!("show={tab}"));
        }
        query.extend(of_connection.clone());
        if query.is_empty() {
            "/deliveries".to_owned()
        } else {
            format!("/deliveries?{}", query.join("&"))
        }
    };
    let title = call.t("Dữ liệu nhận về", "Deliveries");
    let list = if tab == "unmatched" {
        unmatched::list(&call, connection, &address(&tab)).await?
    } else {
        let quarantined = tab == "quarantine";
        let found = call
            .platform
            .arrivals(&call.user, connection, quarantined, call.rows())
            .await?;
        html! {
            @if quarantined { (quarantine_head(&call, &views.iter().map(|view| (view.connection.id, view.connection.name.clone(), view.counters.quarantined)).collect::<Vec<_>>())) }
            (deliveries(&call, &address(&tab), &found, quarantined))
        }
    };
    let body = html! {
        h1 { (title) }
        p.lead { (call.t("Mọi thứ mạng tuyển dụng gửi về, kể cả lần bị từ chối. Không có gì bị bỏ đi mà bạn không thấy.", "Everything that job boards sent, also what was refused. Nothing is dropped without your seeing it.")) }
        nav.tabs aria-label=(call.t("Lọc", "Filter")) {
            ul {
                @for (word, vi, en) in TABS {
                    li { a href=(address(word)) aria-current=[(tab == word).then_some("page")] {
                        (call.t(vi, en))
                        @if count(word) > 0 { " " span.count { (count(word)) } }
                    } }
                }
            }
        }
        div #traffic data-live { (list) }
    };
    Ok(Page::new(Section::Traffic, title, body).into())
}

fn quarantine_head(call: &Call, connections: &[(ConnectionId, String, u64)]) -> Markup {
    html! {
        p.help { (call.t("Dữ liệu bị từ chối được giữ lại một thời gian. Sau khi sửa thiết lập, hãy xử lý lại: ứng viên vào đúng chỗ với thời điểm ban đầu.", "What was refused is kept for some time. After a setting was mended, process it again: applicants come in with their original time.")) }
        @for (id, name, count) in connections {
            @if *count > 0 {
                form.inline method="post" action="/deliveries/reprocess" data-slow=(call.t("Đang xử lý lại…", "Processing…")) {
                    (parts::csrf(&call.csrf))
                    input type="hidden" name="connection" value=(id.0);
                    button.primary { (call.t("Xử lý lại tất cả", "Process all again")) " (" (parts::plain(name)) ": " (count) ")" }
                }
            }
        }
    }
}

fn deliveries(call: &Call, path: &str, found: &[Arrival], quarantined: bool) -> Markup {
    html! {
        @if found.is_empty() {
            @if quarantined {
                (parts::empty(call.t("Không có gì bị cách ly", "Nothing is in quarantine"), call.t("Mọi dữ liệu nhận được đều đã xử lý xong.", "Everything that came in was dealt with."), None))
            } @else {
                (parts::empty(
                    call.t("Chưa nhận được gì", "Nothing has arrived yet"),
                    call.t("Hãy dán API Endpoint vào tài khoản của bạn tại mạng tuyển dụng.", "Paste the API Endpoint into your account at the job board."),
                    Some(("/connections", call.t("Đến phần thiết lập", "To the settings"))),
                ))
            }
        }
        ul.rows.joined { @for arrival in found { (delivery(call, arrival)) } }
        (parts::older(call.lang, path, found.last().map(|arrival| arrival.line.id.0), found.len()))
    }
}

fn delivery(call: &Call, arrival: &Arrival) -> Markup {
    let Arrival { line, events } = arrival;
    let (tone, word) = match (line.state.as_str(), line.verdict.as_deref()) {
        ("done", Some("no-effect")) => ("idle", call.t("Kiểm tra kết nối", "Just a check")),
        ("done", _) => ("good", call.t("Đã nhận", "Accepted")),
        ("quarantined", _) => ("bad", call.t("Cách ly", "In quarantine")),
        _ => ("wait", call.t("Sẽ thử lại", "To be tried again")),
    };
    html! {
        li.line {
            div.grow {
                p { span class={ "state is-" (tone) } { (word) } " " (parts::moment(line.received_at)) }
                @for event in events { (about(call, event)) }
                @if line.state == "done" && events.is_empty() {
                    p.quiet { (call.t("Không mang theo ứng viên hay trạng thái tin nào.", "It brought no applicant and no posting's state.")) }
                }
                @if let Some(message) = &line.message { p { (call.lang.of(message)) } }
                @if let Some(at) = line.next_try_at { p.meta { (call.t("Thử lại lúc ", "Next try at ")) (parts::moment(at)) } }
                (details(call, arrival))
            }
            @if line.state == "quarantined" {
                form.inline method="post" action={ "/deliveries/" (line.id.0) "/reprocess" } data-slow=(call.t("Đang xử lý lại…", "Processing…")) {
                    (parts::csrf(&call.csrf))
                    button aria-label={ (call.t("Xử lý lại ", "Process again ")) "#" (line.id.0) } { (call.t("Xử lý lại", "Process again")) }
                }
            }
        }
    }
}

/// What one event was about, with a link to the person and to the posting.
fn about(call: &Call, event: &Arrived) -> Markup {
    let taken = &event.taken;
    html! {
        p {
            (unmatched::kind(call, &taken.kind))
            @if let Some(candidate) = &event.candidate {
                ": " a href={ "/candidates/" (candidate.id.0) } { (parts::said(&display_name(call, candidate.contact.full_name.as_ref()))) }
            }
            @match &event.posting {
                Some((posting, title)) => {
                    " · " a href=(posting_path(posting)) { (parts::said(title)) }
                },
                None if taken.kind == "other" => {},
                None => {
                    " · " a href="/deliveries?show=unmatched" { (call.t("chưa khớp tin", "unmatched")) }
                    @if !taken.board_posting.is_empty() { " (" (call.t("mã tin ", "posting id ")) (parts::said(&taken.board_posting)) ")" }
                },
            }
            @if !taken.fresh { " " span.tag { (call.t("đã nhận trước đó", "known before")) } }
        }
    }
}

/// What whoever looks into a trouble with the board's people needs.
fn details(call: &Call, Arrival { line, .. }: &Arrival) -> Markup {
    let mut rows = vec![
        (call.t("Số", "Number"), format!("#{}", line.id.0)),
        (
            call.t("Yêu cầu", "Request"),
            format!("{} {}", line.method, format::size(line.bytes)),
        ),
    ];
    if let Some(status) = line.status {
        rows.push((call.t("Đã trả lời", "Answered"), status.to_string()));
    }
    if let Some(code) = &line.code {
        rows.push((call.t("Mã lý do", "Reason code"), code.clone()));
    }
    if line.attempts > 0 {
        rows.push((call.t("Số lần thử", "Tries"), line.attempts.to_string()));
    }
    let rows: Vec<(&str, &str)> = rows
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    parts::technical(call.lang, &rows)
}

/// `POST /deliveries/{id}/reprocess`
pub async fn reprocess(call: Call) -> Result<Answer, AppError> {
    let id = DeliveryId(call.id("id")?);
    let processed = call.platform.reprocess(&call.user, id).await?;
    Ok(if processed.state == DeliveryState::Done {
        Answer::Go("/deliveries?done=reprocessed".to_owned())
    } else {
        Answer::Go("/deliveries?show=quarantine&done=still-refused".to_owned())
    })
}

/// `POST /deliveries/reprocess`
pub async fn reprocess_all(call: Call) -> Result<Answer, AppError> {
    let connection = call
        .given("connection")
        .and_then(|id| id.parse().ok())
        .map(ConnectionId)
        .ok_or(AppError::NoSuch("connection"))?;
    let (tried, done) = call.platform.reprocess_all(&call.user, connection).await?;
    Ok(if tried == done {
        Answer::Go("/deliveries?done=reprocessed".to_owned())
    } else {
        Answer::Go("/deliveries?show=quarantine&done=still-refused".to_owned())
    })
}
