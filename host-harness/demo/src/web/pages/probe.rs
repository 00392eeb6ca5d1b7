//! "Thử địa chỉ này": calls the connection's own webhook address and looks whether the call came in.
//!
//! It proves that the address leads here. It cannot prove that the board gets through: that shows with the board's first delivery.

use std::time::Duration;

use job_board_host::{AddressPolicy, HttpClient, Method, OutboundRequest, WebClient};
use maud::{Markup, html};
use url::{Host, Url};

use crate::application::AppError;
use crate::domain::id::{ConnectionId, DeliveryId};
use crate::store::Page as Rows;
use crate::web::door::{Answer, Call};
use crate::web::layout::{Page, Section};
use crate::web::parts;

const TIMEOUT: Duration = Duration::from_secs(10);
const MOST_BYTES: u64 = 64 * 1024;

/// What was found.
enum Found {
    /// The call came in here.
    Arrived,
    /// Somebody answered, and it was not this platform.
    AnsweredElsewhere(u16),
    /// Nobody answered.
    NoAnswer,
}

/// `POST /connections/{id}/probe`
pub async fn run(call: Call) -> Result<Answer, AppError> {
    if !call.user.role.administers() {
        return Err(AppError::Forbidden(None));
    }
    let id = ConnectionId(call.id("id")?);
    let view = call.platform.connection_view(&call.user, id).await?;
    let url = Url::parse(&view.webhook_url).ok();
    let here_only = url.as_ref().is_some_and(is_this_machine);
    let before = newest(&call, id).await?;
    let answered = match url {
        Some(url) => ask(url, here_only).await,
        None => None,
    };
    let arrived = newest(&call, id).await? > before;
    let found = match answered {
        Some(_) if arrived => Found::Arrived,
        Some(status) => Found::AnsweredElsewhere(status),
        None => Found::NoAnswer,
    };
    let title = call.t("Thử địa chỉ nhận dữ liệu", "Trying the webhook address");
    let board = &call.platform.manifest().board_name;
    let body = html! {
        (parts::crumbs(call.lang, &[(call.t("Mạng tuyển dụng", "Job boards"), "/connections".to_owned())]))
        h1 { (title) }
        (verdict(&call, &found))
        @if here_only {
            div.banner.is-wait { p {
                (call.t("Địa chỉ này chỉ dùng được trên chính máy này. ", "This address works on this very machine only. "))
                (board)
                (call.t(" thật không gọi tới được: người vận hành cần đặt một địa chỉ https công khai.", " itself cannot reach it: the operator has to set a public https address."))
            } }
        } @else {
            p { (call.t("Phép thử này do máy chủ tự gọi chính nó. Nó chưa chứng minh rằng ", "The server called itself. That does not prove yet that ")) (board) (call.t(" gọi tới được từ Internet; điều đó chỉ thấy được khi có dữ liệu đầu tiên.", " gets through from the Internet; only its first delivery shows that.")) }
        }
        p {
            (call.t("Dữ liệu gần nhất nhận từ mạng tuyển dụng: ", "Last delivery accepted from the job board: "))
            @match view.counters.last_delivery_at { Some(at) => { (parts::moment(at)) }, None => { (call.t("chưa có", "none yet")) } }
        }
        p { a.button href="/connections" { (call.t("Quay lại", "Back")) } }
    };
    Ok(Page::new(Section::Connections, title, body).into())
}

fn verdict(call: &Call, found: &Found) -> Markup {
    html! {
        @match found {
            Found::Arrived => {
                div.banner.is-good role="status" { p { strong { (call.t("Địa chỉ dẫn đúng về đây.", "The address leads here.")) } } }
            },
            Found::AnsweredElsewhere(status) => {
                div.banner.is-bad role="alert" { p {
                    strong { (call.t("Có nơi khác trả lời, không phải hệ thống này", "Somebody else answered, not this platform")) " (HTTP " (status) ")." }
                    " " (call.t("Hãy kiểm tra proxy hoặc tên miền.", "Look at the proxy or the domain.")) } }
            },
            Found::NoAnswer => {
                div.banner.is-bad role="alert" { p {
                    strong { (call.t("Không có ai trả lời ở địa chỉ này.", "Nobody answers at this address.")) }
                    " " (call.t("Hãy kiểm tra tên miền, chứng chỉ và proxy; địa chỉ trong mạng nội bộ không được thử.", "Look at the domain, the certificate and the proxy; addresses inside a private network are not tried.")) } }
            },
        }
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

async fn newest(call: &Call, connection: ConnectionId) -> Result<Option<DeliveryId>, AppError> {
    let rows = Rows {
        before: None,
        limit: 1,
    };
    let found = call
        .platform
        .deliveries(&call.user, Some(connection), false, rows)
        .await?;
    Ok(found.first().map(|line| line.id))
}

/// The status of the answer. The address is the operator's own; nothing that a user types decides where this goes.
async fn ask(url: Url, here_only: bool) -> Option<u16> {
    let policy = if here_only {
        AddressPolicy::AllowLoopback
    } else {
        AddressPolicy::PublicOnly
    };
    let request = OutboundRequest {
        method: Method::Get,
        url,
        headers: Vec::new(),
        body: None,
        timeout: TIMEOUT,
        max_response_bytes: MOST_BYTES,
    };
    let client = WebClient::new(policy).ok()?;
    let answer = client.send(request).await.ok()?;
    Some(answer.status)
}
