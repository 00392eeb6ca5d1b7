//! The page over HTTP, without a browser: who gets in, what a form must prove, what an answer may do, and that no board is known.

use std::path::{Path, PathBuf};

use job_board_demo::board::PluginError;
use job_board_demo::domain::user::User;
use job_board_demo::web::table::DOORS;
use job_board_host::contract::connection::ConnectionState;
use job_board_host::contract::events::PostingState;
use job_board_host::contract::types::{Disposition, NamedValue, Value};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};

use crate::server::Server;
use crate::support::{application, applied, plain_failure, posting, status};

/// Names and values.
type Pairs<'a> = &'a [(&'a str, &'a str)];

/// One person's browser, which follows no redirect by itself.
pub(crate) struct Browser {
    pub(crate) server: Server,
    client: Client,
    cookie: String,
    pub(crate) csrf: String,
}

impl Browser {
    pub(crate) async fn of(server: Server, user: &User) -> Self {
        let session = server
            .world
            .platform
            .begin_session(user.clone(), true)
            .await
            .unwrap();
        let csrf = session.csrf.unwrap();
        Self {
            client: Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .build()
                .unwrap(),
            cookie: format!("session={}; csrf={csrf}", session.token),
            csrf,
            server,
        }
    }

    pub(crate) async fn start() -> Self {
        let server = Server::start().await;
        let user = server.world.admin.clone();
        server
            .world
            .board
            .with(|script| script.status = Some(status(ConnectionState::Configured)));
        Self::of(server, &user).await
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.server.url);
        let request = self.client.get(url).header("cookie", &self.cookie);
        request.header("accept", "text/html").send().await.unwrap()
    }

    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// Sends a form with these headers beside the usual ones.
    pub(crate) async fn post(
        &self,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Response {
        let body: String = url_encoded(form);
        let url = format!("{}{path}", self.server.url);
        let mut request = self.client.post(url).header("cookie", &self.cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap()
    }
}

fn url_encoded(form: &[(&str, &str)]) -> String {
    let encode =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let pairs: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().unwrap()
}

fn filled(path: &str) -> String {
    path.replace("{id}", "1").replace("{cv}", "1")
}

#[tokio::test]
async fn no_page_opens_without_a_session() {
    let browser = Browser {
        cookie: String::new(),
        ..Browser::start().await
    };
    for door in DOORS {
        let path = filled(door.path);
        let answer = if door.method == Method::GET {
            browser.get(&path).await
        } else {
            browser.post(&path, &[("csrf", &browser.csrf)], &[]).await
        };
        assert_eq!(answer.status().as_u16(), 303, "{} {path}", door.method);
        assert!(location(&answer).starts_with("/login"), "{path}");
        assert!(answer.text().await.unwrap().is_empty());
    }
    let live = browser.get("/live").await;
    assert_eq!(live.status().as_u16(), 401);
    let target = browser.get("/jobs/1?sort=newest").await;
    assert_eq!(location(&target), "/login?next=%2Fjobs%2F1%3Fsort%3Dnewest");
}

#[tokio::test]
async fn a_session_ends_on_the_page_too() {
    let browser = Browser::start().await;
    assert_eq!(browser.get("/jobs").await.status().as_u16(), 200);
    browser
        .server
        .world
        .clock
        .advance(std::time::Duration::from_secs(12 * 3_600));
    let answer = browser.get("/jobs").await;
    assert_eq!(location(&answer), "/login?next=%2Fjobs");
    let form = [("csrf", browser.csrf.as_str()), ("all", "1")];
    let answer = browser.post("/notifications/read", &form, &[]).await;
    assert_eq!(location(&answer), "/login?over=1");
}

#[tokio::test]
async fn a_form_changes_nothing_without_its_token_or_from_another_site() {
    let browser = Browser::start().await;
    let title = ("v:text:title", "Kế toán trưởng");
    let good = ("csrf", browser.csrf.as_str());
    let foreign = [("origin", "https://evil.example")];
    let cross = [("sec-fetch-site", "cross-site")];
    let cases: [(Pairs<'_>, Pairs<'_>); 5] = [
        (&[title], &[]),
        (&[("csrf", "00"), title], &[]),
        (&[good, title], &foreign),
        (&[good, title], &cross),
        (&[("csrf", ""), title], &[("sec-fetch-site", "same-origin")]),
    ];
    for (form, headers) in cases {
        let answer = browser.post("/jobs/new", form, headers).await;
        assert_eq!(answer.status().as_u16(), 403, "{form:?} {headers:?}");
    }
    let owner = &browser.server.world.admin;
    assert_eq!(
        browser
            .server
            .world
            .platform
            .jobs(owner)
            .await
            .unwrap()
            .len(),
        1
    );
    let answer = browser.post("/jobs/new", &[good, title], &[]).await;
    assert_eq!(answer.status().as_u16(), 303);
    assert_eq!(
        browser
            .server
            .world
            .platform
            .jobs(owner)
            .await
            .unwrap()
            .len(),
        2
    );
    let large = "x".repeat(300_000);
    let answer = browser
        .post("/jobs/new", &[good, ("v:text:title", &large)], &[])
        .await;
    assert_eq!(answer.status().as_u16(), 413);
}

#[tokio::test]
async fn the_sign_in_sets_cookies_that_scripts_and_other_sites_do_not_get() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let (_, password) = world
        .platform
        .add_user(
            world.owner.tenant,
            "minh",
            "Trần Quang Minh",
            job_board_demo::Role::Administrator,
        )
        .await
        .unwrap();
    let form = [
        ("login", "minh"),
        ("password", password.as_str()),
        ("next", "//evil.example"),
    ];
    let refused = browser
        .post("/login", &form, &[("origin", "https://evil.example")])
        .await;
    assert_eq!(
        refused.status().as_u16(),
        403,
        "nobody is signed in by another site"
    );
    let wrong = browser
        .post("/login", &[("login", "minh"), ("password", "x")], &[])
        .await;
    assert_eq!(wrong.status().as_u16(), 401);
    let answer = browser.post("/login", &form, &[]).await;
    assert_eq!(location(&answer), "/", "the sign-in leads nowhere else");
    let cookies: Vec<&str> = answer
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    assert_eq!(cookies.len(), 2);
    for cookie in cookies {
        for attribute in [
            "HttpOnly",
            "SameSite=Lax",
            "Secure",
            "Max-Age=43200",
            "Path=/",
        ] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
    }
}

#[tokio::test]
async fn every_page_has_a_strict_policy_and_nothing_inline() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    world
        .happen(
            "1",
            vec![applied("e1", "77", application("a1", "Nguyễn An"))],
        )
        .await;
    for path in [
        "/jobs",
        "/jobs/new",
        "/jobs/1",
        "/jobs/1/edit",
        "/jobs/1/postings",
        "/postings",
        "/postings/log",
        "/postings/r1",
        "/postings/r1/close",
        "/postings/r1/reopen",
        "/candidates/1",
        "/notifications",
        "/connections",
        "/connections/1/credentials",
        "/connections/1/disconnect",
        "/deliveries",
        "/deliveries?show=unmatched",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"),
            "{path}: {policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"));
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        let html = answer.text().await.unwrap();
        for inline in [
            " style=",
            " onclick=",
            " onload=",
            " onerror=",
            "javascript:",
            "<style",
        ] {
            assert!(!html.contains(inline), "{path} has {inline}");
        }
        assert_eq!(
            html.matches("<script").count(),
            html.matches("<script src=\"/assets/").count()
        );
        assert_eq!(
            html.matches("<form").count()
                - html.matches("method=\"get\"").count()
                - html.matches("action=\"/language\"").count(),
            html.matches("name=\"csrf\"").count(),
            "{path}: every form that changes something has its token"
        );
    }
}

#[tokio::test]
async fn another_tenants_pages_do_not_exist() {
    let mut browser = Browser::start().await;
    browser.server.world.publish("r1", "77").await;
    browser
        .server
        .world
        .happen(
            "1",
            vec![applied("e1", "77", application("a1", "Nguyễn An"))],
        )
        .await;
    let (_, [_, stranger, _]) = crate::world::add_tenant(&browser.server.world.platform).await;
    browser = Browser::of(browser.server, &stranger).await;
    for path in [
        "/jobs/1",
        "/jobs/1/edit",
        "/jobs/1/postings",
        "/postings/r1",
        "/candidates/1",
        "/candidates/1/cvs/1",
        "/connections/1/credentials",
        "/jobs/0",
        "/jobs/x",
        "/nowhere",
    ] {
        assert_eq!(browser.get(path).await.status().as_u16(), 404, "{path}");
    }
    assert!(!browser.text("/deliveries").await.contains("POST"));
    assert!(!browser.text("/postings").await.contains("/postings/r1"));
}

#[tokio::test]
async fn the_language_is_one_click_away_and_stays() {
    let browser = Browser::start().await;
    assert!(browser.text("/jobs").await.contains("<html lang=\"vi\""));
    let answer = browser
        .post("/language", &[("to", "en"), ("next", "/jobs?x=1")], &[])
        .await;
    assert_eq!(location(&answer), "/jobs?x=1");
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("lang=en;"));
    let browser = Browser {
        cookie: format!("{}; lang=en", browser.cookie),
        ..browser
    };
    assert!(browser.text("/jobs").await.contains("<html lang=\"en\""));
}

#[tokio::test]
async fn a_rejected_posting_says_why_and_what_to_do() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let rejected = crate::support::event(
        "e1",
        "77",
        crate::support::rejection("<b>số điện thoại</b>"),
    );
    world.happen("1", vec![rejected]).await;
    let html = browser.text("/postings/r1").await;
    assert!(html.contains(&PostingState::Rejected.label_vi()));
    assert!(html.contains("&lt;b&gt;số điện thoại&lt;/b&gt;"));
    assert!(html.contains("/postings/r1/update"));
}

#[tokio::test]
async fn what_stands_at_the_board_already_can_be_linked_or_published_beside() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let mut similar = plain_failure(Disposition::Conflict, "similar-at-board");
    let found = r#"[{"id":"88","title":"<b>Kế toán</b>","url":"https://board.example/88"}]"#;
    similar.extra = vec![NamedValue {
        name: "candidates".into(),
        value: Value::Json(found.into()),
    }];
    world.board.with(|script| {
        let refused = PluginError::Failure(Box::new(similar));
        script.postings.push_back(Err(refused));
    });
    let connection = world.connection.0.to_string();
    let publish = format!("/jobs/{}/publish", world.job.0);
    let form = [
        ("csrf", browser.csrf.as_str()),
        ("connection", &connection),
        ("request", "r1"),
    ];
    let answer = browser.post(&publish, &form, &[]).await;
    assert_eq!(answer.status().as_u16(), 409);
    let html = answer.text().await.unwrap();
    assert!(html.contains("&lt;b&gt;Kế toán&lt;/b&gt;"), "{html}");
    assert!(html.contains(r#"name="board_posting" value="88""#));
    assert!(html.contains(r#"name="second" value="1""#));
}

#[tokio::test]
async fn what_publishing_costs_stands_above_the_form() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let html = browser
        .text(&format!("/jobs/{}/publish", world.job.0))
        .await;
    assert!(html.contains("Chi phí: "), "{html}");
    assert!(html.contains("one credit &lt;each&gt;"), "{html}");
}

#[tokio::test]
async fn what_is_bought_at_the_board_is_not_looked_for_in_the_settings() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let publish = format!("/jobs/{}/publish", world.job.0);
    for (disposition, code, leads) in [
        (Disposition::NotEntitled, "no-credit", false),
        (Disposition::NotEntitled, "service-not-open", false),
        (Disposition::SignInAgain, "credentials-refused", true),
    ] {
        let refused = PluginError::Failure(Box::new(plain_failure(disposition, code)));
        world
            .board
            .with(|script| script.postings.push_back(Err(refused)));
        let form = [("csrf", browser.csrf.as_str()), ("request", code)];
        let html = browser.post(&publish, &form, &[]).await.text().await;
        let html = html.unwrap();
        assert!(html.contains(r#"role="alert""#), "{html}");
        assert_eq!(html.contains("Mở thiết lập mã truy cập"), leads, "{code}");
    }
}

#[tokio::test]
async fn a_reopening_in_doubt_is_for_a_person_to_settle() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let mut doubtful = posting("r1", world.job, Some("77"), PostingState::Closed);
    doubtful.extra = vec![NamedValue {
        name: "reopening".into(),
        value: Value::Text("in-doubt".into()),
    }];
    world
        .board
        .with(|script| script.known.insert("r1".into(), doubtful));
    let csrf = ("csrf", browser.csrf.as_str());
    let answer = browser.post("/postings/r1/refresh", &[csrf], &[]).await;
    assert_eq!(answer.status().as_u16(), 303);
    let html = browser.text("/postings/r1").await;
    assert!(html.contains(r#"name="adopt" value="77""#), "{html}");
    assert!(html.contains(r#"name="not_created" value="1""#));
}

#[tokio::test]
async fn what_was_cut_off_is_finished_with_one_click() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let stopped = PluginError::Stopped("killed".into());
    world
        .board
        .with(|script| script.postings.push_back(Err(stopped)));
    let publish = format!("/jobs/{}/publish", world.job.0);
    let csrf = ("csrf", browser.csrf.as_str());
    // Without a connection's name the only one is meant.
    let answer = browser
        .post(&publish, &[csrf, ("request", "r1")], &[])
        .await;
    assert_eq!(answer.status().as_u16(), 303);
    let html = browser.text("/postings/r1").await;
    assert!(html.contains(r#"action="/postings/r1/finish""#), "{html}");
    let created = posting("r1", world.job, Some("77"), PostingState::PendingReview);
    world
        .board
        .with(|script| script.postings.push_back(Ok(created)));
    let answer = browser.post("/postings/r1/finish", &[csrf], &[]).await;
    assert_eq!(answer.headers()["location"], "/postings/r1?done=published");
    assert_eq!(world.board.calls("publish-job"), 2);
}

#[tokio::test]
async fn a_page_for_one_of_several_connections_needs_its_name() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let link = format!("/jobs/{}/link", world.job.0);
    let publish = format!("/jobs/{}/publish", world.job.0);
    for page in [&link, &publish] {
        let only = browser.get(page).await;
        assert_ne!(only.status().as_u16(), 404, "{page}");
    }
    let csrf = ("csrf", browser.csrf.as_str());
    browser.post("/connections", &[csrf], &[]).await;
    for page in [&link, &publish] {
        assert_eq!(browser.get(page).await.status().as_u16(), 404, "{page}");
    }
}

#[tokio::test]
async fn another_account_is_confirmed_without_typing_its_codes_again() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let other = || {
        let failure = plain_failure(Disposition::Conflict, "other-account");
        Err(PluginError::Failure(Box::new(failure)))
    };
    world.board.with(|script| {
        script.configure.push_back(other());
        script.configure.push_back(other());
    });
    let path = format!("/connections/{}/credentials", world.connection.0);
    let csrf = ("csrf", browser.csrf.as_str());
    let code = "another-employers-code";
    let form = [csrf, ("v:secret:token", code)];
    let ask = async || {
        let answer = browser.post(&path, &form, &[]).await;
        assert_eq!(answer.status().as_u16(), 409);
        let html = answer.text().await.unwrap();
        assert!(
            !html.contains(code) && html.contains("/postings/r1"),
            "{html}"
        );
        let (_, rest) = html.split_once(r#"name="entered" value=""#).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let entered = ask().await;
    let configured = || world.board.calls("configure");
    let before = configured();

    // Changed, or after the time to decide: nothing is sent.
    let mut changed = entered.clone();
    changed.replace_range(40..41, if &entered[40..41] == "0" { "1" } else { "0" });
    let answer = browser
        .post(&path, &[csrf, ("entered", &changed)], &[])
        .await;
    assert!(
        answer.headers()["location"]
            .to_str()
            .unwrap()
            .ends_with("done=too-late")
    );
    world.clock.advance(std::time::Duration::from_secs(601));
    let answer = browser
        .post(&path, &[csrf, ("entered", &entered)], &[])
        .await;
    assert!(
        answer.headers()["location"]
            .to_str()
            .unwrap()
            .ends_with("done=too-late")
    );
    assert_eq!(configured(), before);

    let entered = ask().await;
    let answer = browser
        .post(&path, &[csrf, ("entered", &entered)], &[])
        .await;
    assert!(
        answer.headers()["location"]
            .to_str()
            .unwrap()
            .ends_with("done=configured")
    );
    let seen = world.board.with(|script| script.settings_seen.clone());
    assert_eq!(seen.last(), seen.get(seen.len() - 2));
    let codes = seen
        .last()
        .unwrap()
        .iter()
        .filter(|given| matches!(&given.value, Value::Text(text) if text == code));
    assert_eq!(codes.count(), 1);
}

trait LabelVi {
    fn label_vi(&self) -> String;
}

impl LabelVi for PostingState {
    fn label_vi(&self) -> String {
        job_board_demo::board::convert::state(*self).label().vi
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Names of fields are the board's, too: the form is shown from its data alone.
#[test]
fn the_page_knows_no_board() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src/web"), &mut files);
    sources(&root.join("assets"), &mut files);
    assert!(files.len() > 30);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap().to_lowercase();
        for word in [
            "topcv",
            "main_category",
            "job_description",
            "employer_api_key",
            "access-token",
            "secret-key",
            "salary_level",
        ] {
            assert!(!text.contains(word), "{} says `{word}`", file.display());
        }
    }
}
