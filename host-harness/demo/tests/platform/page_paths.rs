//! The ways on from a page: nothing that came in, ended or failed is a dead end.

use job_board_demo::board::PluginError;
use job_board_demo::domain::erasure::Reason;
use job_board_demo::domain::user::User;
use job_board_host::contract::connection::{ConnectionState, ConnectionStatus};
use job_board_host::contract::events::{Application, Happening, PostingState};
use job_board_host::contract::types::{Disposition, FieldProblem, NamedValue, Value};

use crate::page::Browser;
use crate::support::{
    application, applied, event, failure, masked, phone, plain_failure, posting, rejection, said,
    status, text,
};
use crate::world::{PAGE, World};

const UNMATCHED: &str = "applicants-unmatched";

/// Somebody who applied, by a delivery that tells the posting's title.
fn applicant(id: &str, name: &str) -> Application {
    Application {
        extra: vec![NamedValue {
            name: "job_title".into(),
            value: Value::Text("KẾ TOÁN".into()),
        }],
        ..application(id, name)
    }
}

async fn kinds(world: &World, user: &User) -> Vec<String> {
    let notices = world.platform.notices(user, true, PAGE).await.unwrap();
    notices.into_iter().map(|notice| notice.kind).collect()
}

fn refused() -> ConnectionStatus {
    ConnectionStatus {
        problem: Some(plain_failure(Disposition::SignInAgain, "keys-refused")),
        ..status(ConnectionState::Broken)
    }
}

async fn as_recruiter(browser: Browser) -> Browser {
    let owner = browser.server.world.owner.clone();
    Browser::of(browser.server, &owner).await
}

#[tokio::test]
async fn who_applied_to_an_unlinked_posting_is_told_of_named_and_linked() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let (first, second) = (
        applicant("a1", "<i>Nguyễn An</i>"),
        applicant("a2", "Lê Bình"),
    );
    world.happen("1", vec![applied("e1", "77", first)]).await;
    world.happen("2", vec![applied("e2", "77", second)]).await;
    assert_eq!(kinds(world, &world.admin).await, [UNMATCHED]);
    assert!(kinds(world, &world.owner).await.is_empty());

    let connection = world.connection.0;
    let list = format!("/deliveries?show=unmatched&amp;connection={connection}");
    assert!(browser.text("/notifications").await.contains(&list));
    let html = browser.text("/deliveries?show=unmatched").await;
    assert!(html.contains("&lt;i&gt;Nguyễn An&lt;/i&gt;") && html.contains("Lê Bình"));
    assert!(html.contains("KẾ TOÁN"));
    let choose =
        format!("/deliveries/link?connection={connection}&amp;board_posting=77&amp;title=");
    assert!(html.contains(&choose), "{html}");

    let choose = format!(
        "/deliveries/link?connection={connection}&board_posting=77&title=k%E1%BA%BF+to%C3%A1n"
    );
    let html = browser.text(&choose).await;
    assert!(html.contains("cùng tiêu đề"), "{html}");
    let job = world.job.0;
    let link = format!("/jobs/{job}/link?connection={connection}&amp;board_posting=77");
    assert!(html.contains(&link), "{html}");
    let html = browser.text(&link.replace("&amp;", "&")).await;
    assert!(
        html.contains(r#"name="board_posting" value="77""#),
        "{html}"
    );

    let linked = posting("r1", world.job, Some("77"), PostingState::Live);
    world
        .board
        .with(|script| script.postings.push_back(Ok(linked)));
    let form = [
        ("csrf", browser.csrf.as_str()),
        ("request", "r1"),
        ("board_posting", "77"),
    ];
    let answer = browser.post(&format!("/jobs/{job}/link"), &form, &[]).await;
    assert_eq!(answer.status().as_u16(), 303);
    assert_eq!(world.candidates().await.len(), 2);
    assert!(kinds(world, &world.admin).await.is_empty());
}

#[tokio::test]
async fn nobody_is_told_of_somebody_who_was_erased_while_waiting() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let reachable = |id: &str| Application {
        phone: phone("0912345678"),
        ..applicant(id, "Nguyễn An")
    };
    world.publish("r1", "76").await;
    world
        .happen("1", vec![applied("e1", "76", reachable("a1"))])
        .await;
    world
        .happen("2", vec![applied("e2", "77", reachable("a2"))])
        .await;
    assert_eq!(kinds(world, &world.admin).await, [UNMATCHED]);
    let candidate = world.candidates().await[0].candidate.id;
    let forgotten = world
        .platform
        .forget(&world.admin, candidate, Reason::Request);
    forgotten.await.ok().unwrap();
    assert!(kinds(world, &world.admin).await.is_empty());
    let html = browser.text("/deliveries?show=unmatched").await;
    assert!(!html.contains("Nguyễn An"));
}

#[tokio::test]
async fn an_ended_connection_says_so_wherever_its_postings_are_shown() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let job = world.job.0;
    let pages = [
        "/postings/r1".to_owned(),
        "/postings".to_owned(),
        format!("/jobs/{job}/postings"),
        format!("/jobs/{job}"),
    ];
    for page in &pages {
        assert!(
            !browser.text(page).await.contains("Kết nối đã ngắt"),
            "{page}"
        );
    }
    let ended = status(ConnectionState::NotConfigured);
    world.board.with(|script| script.status = Some(ended));
    let mend = format!("/connections/{}/credentials", world.connection.0);
    for page in &pages {
        let html = browser.text(page).await;
        assert!(
            html.contains("Kết nối đã ngắt") && html.contains(&mend),
            "{page}: {html}"
        );
        assert!(!html.contains("/postings/r1/update"), "{page}");
    }
    let browser = as_recruiter(browser).await;
    let html = browser.text("/postings/r1").await;
    assert!(
        html.contains("Hãy báo người quản trị") && !html.contains(&mend),
        "{html}"
    );
}

#[tokio::test]
async fn before_a_form_is_filled_in_it_says_that_nothing_can_be_sent() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let job = world.job.0;
    world.board.with(|script| script.status = Some(refused()));
    let pages = [
        format!("/jobs/{job}/publish"),
        format!("/jobs/{job}/link"),
        "/postings/r1/update".to_owned(),
    ];
    for page in &pages[..2] {
        let html = browser.text(page).await;
        assert!(
            html.contains("Mã truy cập đang bị từ chối"),
            "{page}: {html}"
        );
    }
    let formless = failure(Disposition::SignInAgain, "keys-refused");
    world.board.with(|script| script.formless = Some(formless));
    for page in [&pages[0], &pages[2]] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status().as_u16(), 409, "{page}");
        let html = answer.text().await.unwrap();
        assert!(html.contains("Mã truy cập đang bị từ chối") && html.contains("/credentials"));
    }
    let browser = as_recruiter(browser).await;
    let html = browser.get(&pages[0]).await.text().await.unwrap();
    assert!(html.contains("Hãy báo người quản trị") && !html.contains("/credentials"));
}

#[tokio::test]
async fn a_delivery_says_whom_and_which_posting_it_was_about() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    world
        .happen(
            "1",
            vec![applied("e1", "77", application("a1", "Nguyễn An"))],
        )
        .await;
    world
        .happen("2", vec![event("e2", "77", rejection("sai"))])
        .await;
    world
        .happen("3", vec![applied("e3", "78", application("a3", "Lê Bình"))])
        .await;
    world.deliver("a check").await;
    let html = browser.text("/deliveries").await;
    let candidate = world.candidates().await[0].candidate.id.0;
    for wanted in [
        &format!(r#"<a href="/candidates/{candidate}"><bdi>Nguyễn An</bdi></a>"#),
        r#"<a href="/postings/r1">"#,
        "Tin bị từ chối",
        "chưa khớp tin",
        "Không mang theo ứng viên",
    ] {
        assert!(html.contains(wanted), "{wanted}: {html}");
    }
    assert!(
        !html.contains("Lê Bình"),
        "who waits is not named in the trace"
    );
    // Erased people leave the trace without a name.
    let id = world.candidates().await[0].candidate.id;
    world
        .platform
        .forget(&world.admin, id, Reason::Request)
        .await
        .ok()
        .unwrap();
    assert!(!browser.text("/deliveries").await.contains("Nguyễn An"));
}

#[tokio::test]
async fn a_history_says_what_happened_and_how_a_doubt_ended() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let mut wrong = plain_failure(Disposition::FixInput, "invalid");
    wrong.message = text("Hãy sửa các trường được đánh dấu");
    wrong.problems = vec![FieldProblem {
        field: "title".into(),
        code: "bad".into(),
        message: text("sai"),
        values: Vec::new(),
    }];
    let mut unknown = posting("r1", world.job, None, PostingState::Unknown);
    unknown.board_posting = Some("77".into());
    world.board.with(|script| {
        script
            .postings
            .push_back(Err(PluginError::Failure(Box::new(wrong))));
    });
    let update = world
        .platform
        .update(&world.owner, "r1", "v1".into(), Default::default());
    assert!(update.await.is_err());
    let html = browser.text("/postings/r1").await;
    assert!(
        html.contains("Chưa cập nhật được: còn 1 mục chưa hợp lệ"),
        "{html}"
    );
    assert!(!html.contains("Hãy sửa các trường"));

    world
        .board
        .with(|script| script.known.insert("r1".into(), unknown));
    assert!(browser.text("/postings/r1").await.contains("Chưa rõ"));
    let live = posting("r1", world.job, Some("77"), PostingState::Live);
    world
        .board
        .with(|script| script.known.insert("r1".into(), live));
    let csrf = ("csrf", browser.csrf.as_str());
    browser.post("/postings/r1/refresh", &[csrf], &[]).await;
    browser.post("/postings/r1/refresh", &[csrf], &[]).await;
    let html = browser.text("/postings/r1").await;
    let told = html
        .matches("Đã hỏi lại và rõ kết quả: Đang hiển thị")
        .count();
    assert_eq!(told, 1, "{html}");
}

#[tokio::test]
async fn an_empty_pipeline_names_the_posting_that_is_there() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let page = format!("/jobs/{}", world.job.0);
    assert!(
        browser
            .text(&page)
            .await
            .contains("Chọn Tạo nguồn để đăng tin này")
    );
    world.publish("r1", "77").await;
    let html = browser.text(&page).await;
    assert!(
        html.contains("Tin đang chờ mạng tuyển dụng duyệt"),
        "{html}"
    );
    assert!(
        html.contains(r#"href="/postings/r1""#) && !html.contains("Chọn Tạo nguồn để đăng tin này")
    );
}

#[tokio::test]
async fn a_page_of_trouble_says_it_once_and_leads_back() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let mut refused = plain_failure(Disposition::FixSettings, "keys-refused");
    refused.message = text("The keys are refused.");
    let problem = |field: &str| FieldProblem {
        field: field.into(),
        code: "refused".into(),
        message: text("The keys are refused."),
        values: Vec::new(),
    };
    refused.problems = vec![problem("token"), problem("secret")];
    let answer = || Err(PluginError::Failure(Box::new(refused.clone())));
    world.board.with(|script| {
        script.postings.push_back(answer());
        script.postings.push_back(answer());
    });
    let csrf = ("csrf", browser.csrf.as_str());
    let close = browser.post("/postings/r1/close", &[csrf], &[]).await;
    let html = close.text().await.unwrap();
    assert_eq!(html.matches("The keys are refused.").count(), 1, "{html}");
    assert!(
        html.contains(r#"<a class="button" href="/postings/r1">"#),
        "{html}"
    );
    assert!(
        html.contains(r#"href="/postings" aria-current="page""#),
        "{html}"
    );
    assert!(!html.contains("Hãy báo người quản trị"));
    let browser = as_recruiter(browser).await;
    let csrf = ("csrf", browser.csrf.as_str());
    let close = browser.post("/postings/r1/close", &[csrf], &[]).await;
    assert!(
        close
            .text()
            .await
            .unwrap()
            .contains("Hãy báo người quản trị")
    );
}

#[tokio::test]
async fn the_badge_counts_gathered_applicants_once() {
    let browser = as_recruiter(Browser::start().await).await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    for number in ["1", "2", "3"] {
        let person = application(&format!("a{number}"), "Nguyễn An");
        let event = applied(&format!("e{number}"), "77", person);
        world.happen(number, vec![event]).await;
    }
    let html = browser.text("/jobs").await;
    assert!(html.contains(r#"<span class="n">1</span>"#), "{html}");
}

#[tokio::test]
async fn what_only_the_board_understands_is_closed_until_asked_for() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let mut live = posting("r1", world.job, Some("77"), PostingState::Live);
    live.run_status = Some("running-code".into());
    world
        .board
        .with(|script| script.postings.push_back(Ok(live)));
    let order = world.order("r1");
    world
        .platform
        .publish(&world.owner, world.job, order)
        .await
        .ok()
        .unwrap();
    world
        .happen("1", vec![applied("e1", "77", applicant("a1", "Nguyễn An"))])
        .await;
    let candidate = world.candidates().await[0].candidate.id.0;
    for (page, word) in [
        ("/postings/r1".to_owned(), "running-code"),
        (format!("/candidates/{candidate}"), "job_title"),
    ] {
        let html = browser.text(&page).await;
        let (before, _) = html.split_once(word).unwrap();
        let details = before.rfind("<details").unwrap();
        assert!(before[details..].contains("Thông tin kỹ thuật"), "{page}");
        assert!(!before[details..].contains("</details>"), "{page}");
        assert!(!before[details..].starts_with("<details open"), "{page}");
    }
}

#[tokio::test]
async fn whose_word_a_contact_is_and_what_is_hidden_can_be_told_apart() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let hidden = Application {
        full_name: said("Nguyễn An"),
        phone: masked(""),
        email: masked(""),
        ..application("a1", "x")
    };
    world.happen("1", vec![applied("e1", "77", hidden)]).await;
    let html = browser.text(&format!("/jobs/{}", world.job.0)).await;
    for label in ["Điện thoại ", "Email "] {
        let line = format!(r#"<p class="contact-line">{label}"#);
        assert!(html.contains(&line), "{line}: {html}");
    }
    let candidate = world.candidates().await[0].candidate.id.0;
    let html = browser.text(&format!("/candidates/{candidate}")).await;
    assert!(
        html.contains("Sàn Việc chưa xác nhận") && !html.contains("không ký"),
        "{html}"
    );
}

#[tokio::test]
async fn only_who_pastes_the_webhook_url_sees_it_on_the_page() {
    let browser = Browser::start().await;
    let url = browser.server.world.view().await.webhook_url;
    assert!(browser.text("/connections").await.contains(&url));
    let browser = as_recruiter(browser).await;
    assert!(!browser.text("/connections").await.contains(&url));
}

#[tokio::test]
async fn unlinking_promises_visibility_only_of_what_is_visible() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    world
        .happen("1", vec![event("e1", "77", rejection("sai"))])
        .await;
    assert!(
        !browser
            .text("/postings/r1/unlink")
            .await
            .contains("vẫn hiển thị")
    );
    let live = posting("r1", world.job, Some("77"), PostingState::Live);
    world
        .board
        .with(|script| script.known.insert("r1".into(), live));
    world
        .happen("2", vec![event("e2", "77", Happening::PostingApproved)])
        .await;
    assert!(
        browser
            .text("/postings/r1/unlink")
            .await
            .contains("vẫn hiển thị")
    );
}

#[tokio::test]
async fn a_posting_that_is_there_already_is_linked_to() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    world.board.with(|script| {
        let refused = failure(Disposition::Conflict, "already-posted");
        script.postings.push_back(Err(refused));
    });
    let form = [("csrf", browser.csrf.as_str()), ("request", "r2")];
    let publish = format!("/jobs/{}/publish", world.job.0);
    let answer = browser.post(&publish, &form, &[]).await;
    let html = answer.text().await.unwrap();
    assert!(
        html.contains(r#"<a class="button primary" href="/postings/r1">"#),
        "{html}"
    );
    // What pays for a second one is neither the main button nor what the Enter key presses.
    let (before, _) = html.split_once(r#"name="second""#).unwrap();
    assert!(before.ends_with("<button "), "{before}");
    let form = &before[before.rfind("<form").unwrap()..];
    assert!(form.contains("<button>"), "{form}");
    let gone = browser.get("/postings/r2").await;
    assert_eq!(gone.status().as_u16(), 404);
}
