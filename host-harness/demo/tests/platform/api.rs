//! The API's own promises: sessions, tenants, files, the webhook endpoint.

use job_board_demo::http::table::ENDPOINTS;
use job_board_host::contract::connection::ConnectionState;
use job_board_host::contract::events::PostingState;
use job_board_host::contract::types::Disposition;
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{Server, read, token_of};
use crate::support::*;
use crate::world::*;

#[tokio::test]
async fn signing_in_and_out() {
    let server = Server::start().await;
    let tenant = server.world.owner.tenant;
    let (_, password) = server
        .world
        .platform
        .add_user(
            tenant,
            "lan",
            "Nguyễn Thị Lan",
            job_board_demo::Role::Recruiter,
        )
        .await
        .unwrap();
    let login = |login: &str, password: &str| {
        let body = json!({ "login": login, "password": password });
        server.send_as("", Method::POST, "/api/login", Some(body))
    };
    for (name, word) in [("lan", "wrong"), ("nobody", password.as_str())] {
        let (status, answer) = read(login(name, word).await).await;
        assert_eq!(status.as_u16(), 401);
        assert_eq!(answer["error"]["code"], "wrong-credentials");
    }
    let response = login("lan", &password).await;
    assert!(response.headers().get("set-cookie").is_none());
    let (_, answer) = read(response).await;
    let token = answer["token"].as_str().unwrap();
    let me = || server.send_as(token, Method::GET, "/api/me", None);
    let (_, who) = read(me().await).await;
    assert_eq!(
        (&who["login"], &who["role"]),
        (&json!("lan"), &json!("recruiter"))
    );
    let out = server
        .send_as(token, Method::POST, "/api/logout", None)
        .await;
    assert_eq!(out.status().as_u16(), 204);
    assert_eq!(me().await.status().as_u16(), 401);
}

#[tokio::test]
async fn a_cookie_changes_nothing_without_its_csrf_token() {
    let server = Server::start().await;
    let tenant = server.world.owner.tenant;
    let role = job_board_demo::Role::Administrator;
    let (_, password) = server
        .world
        .platform
        .add_user(tenant, "minh", "Trần Quang Minh", role)
        .await
        .unwrap();
    let body = json!({ "login": "minh", "password": password, "cookie": true });
    let response = server
        .send_as("", Method::POST, "/api/login", Some(body))
        .await;
    let cookie = response.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .to_owned();
    for attribute in [
        "HttpOnly",
        "SameSite=Strict",
        "Secure",
        "Max-Age=43200",
        "Path=/",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let (_, answer) = read(response).await;
    assert!(answer["token"].is_null(), "a script must not see the token");
    let csrf = answer["csrf_token"].as_str().unwrap();

    let with = |method, path: &str, csrf: Option<&str>| {
        let request = server.request(method, path).header("cookie", &cookie);
        let request = match csrf {
            Some(csrf) => request.header("x-csrf-token", csrf),
            None => request,
        };
        let json = request.header("content-type", "application/json");
        json.body(r#"{"title":"Kế toán"}"#).send()
    };
    let status = |response: reqwest::Response| response.status().as_u16();
    assert_eq!(
        status(with(Method::GET, "/api/me", None).await.unwrap()),
        200
    );
    for wrong in [None, Some("wrong")] {
        let answer = with(Method::POST, "/api/jobs", wrong).await.unwrap();
        assert_eq!(status(answer), 401);
    }
    let answer = with(Method::POST, "/api/jobs", Some(csrf)).await.unwrap();
    assert_eq!(status(answer), 201);
    let token = cookie.trim_start_matches("session=");
    let as_bearer = server.send_as(token, Method::GET, "/api/me", None).await;
    assert_eq!(
        status(as_bearer),
        401,
        "a cookie's token is no bearer token"
    );
}

#[tokio::test]
async fn another_tenants_things_do_not_exist() {
    let server = Server::start().await;
    let world = &server.world;
    world.publish("r1", "77").await;
    world
        .happen(
            "1",
            vec![applied("e1", "77", application("a1", "Nguyễn An"))],
        )
        .await;
    world.board.with(|script| {
        script.files.push_back(Ok(file(b"%PDF")));
        script.on_webhook = Some(Box::new(|_| Ok(refused("wrong-signature", 401))));
    });
    world.platform.fetch_cvs(None, false).await.unwrap();
    world.deliver("refused").await;
    let quarantine = server.json(Method::GET, "/api/quarantine", None).await;
    let delivery = quarantine["deliveries"][0]["id"].to_string();
    let owner_token = token_of(world, &world.owner).await;
    let notices = server
        .send_as(&owner_token, Method::GET, "/api/notifications", None)
        .await;
    let notice = read(notices).await.1["notifications"][0]["id"].to_string();

    let (_, [stranger, _, operator]) = add_tenant(&world.platform).await;
    assert_ne!(stranger.tenant, world.owner.tenant);
    let token = token_of(world, &operator).await;
    let before = server.state();
    for endpoint in ENDPOINTS {
        let id = match endpoint.path.split('/').nth(2).unwrap() {
            "connections" => world.connection.0.to_string(),
            "jobs" => world.job.0.to_string(),
            "postings" => "r1".to_owned(),
            "candidates" => "1".to_owned(),
            "notifications" => notice.clone(),
            "quarantine" => delivery.clone(),
            _ => continue,
        };
        let names_a_connection = endpoint.body.iter().any(|field| field.name == "connection");
        if !endpoint.path.contains("{id}") && !names_a_connection {
            continue;
        }
        let path = endpoint.path.replace("{id}", &id).replace("{cv}", "1");
        let body = match endpoint.path.rsplit('/').next().unwrap() {
            "settings" => json!({ "settings": {} }),
            "form" | "reprocess" if names_a_connection => json!({ "connection": world.connection }),
            "postings" => json!({ "connection": world.connection, "values": {} }),
            "links" => json!({ "connection": world.connection, "board_posting": "77" }),
            "stage" => json!({ "stage": "hired" }),
            "resolve" => json!({ "not_created": true }),
            "{id}" if endpoint.method == Method::DELETE => json!({ "reason": "request" }),
            "{id}" if endpoint.method == Method::PUT => {
                json!({ "expected_version": "v1", "values": {} })
            }
            _ => json!({}),
        };
        let body = (endpoint.method != Method::GET).then_some(body);
        let response = server
            .send_as(&token, endpoint.method.clone(), &path, body)
            .await;
        let (status, answer) = read(response).await;
        assert_eq!(status.as_u16(), 404, "{} {path}: {answer}", endpoint.method);
    }
    for list in [
        "connections",
        "jobs",
        "posted-jobs",
        "notifications",
        "deliveries",
        "quarantine",
        "unmatched",
        "erasures",
    ] {
        let response = server
            .send_as(&token, Method::GET, &format!("/api/{list}"), None)
            .await;
        let (status, answer) = read(response).await;
        assert_eq!(status.as_u16(), 200);
        let rows = answer.as_object().unwrap().values().next().unwrap();
        assert_eq!(rows, &json!([]), "{list}");
    }
    let retried = server
        .send_as(&token, Method::POST, "/api/cvs/retry?all=1", None)
        .await;
    assert_eq!(read(retried).await.1["tried"], 0);
    let body = json!({ "title": "Kế toán", "owner": world.owner.id });
    let foreign_owner = server
        .send_as(&token, Method::POST, "/api/jobs", Some(body))
        .await;
    assert_eq!(read(foreign_owner).await.0.as_u16(), 422);
    assert_eq!(server.state(), before);
}

#[tokio::test]
async fn a_job_from_its_form_to_its_candidates() {
    let server = Server::start().await;
    let body = json!({
        "title": "Lập trình viên",
        "details": { "city": "Hà Nội", "skills": ["java"], "salary-from": 10, "extra": {"$json": "{}"} },
    });
    let job = server
        .json(Method::POST, "/api/jobs", Some(body.clone()))
        .await;
    assert_eq!(job["details"], body["details"]);
    let path = format!("/api/jobs/{}", job["id"]);
    let changed = server
        .json(Method::PATCH, &path, Some(json!({ "title": "Kỹ sư" })))
        .await;
    assert_eq!(
        (&changed["title"], &changed["details"]),
        (&json!("Kỹ sư"), &body["details"])
    );

    let connection = json!({ "connection": server.world.connection });
    let form = server
        .json(Method::POST, &format!("{path}/form"), Some(connection))
        .await;
    assert_eq!(form["missing"], json!([]));

    let id = job_board_demo::domain::id::JobId(job["id"].as_i64().unwrap());
    let published = posting("r1", id, Some("77"), PostingState::PendingReview);
    server
        .world
        .board
        .with(|script| script.postings.push_back(Ok(published)));
    let order = json!({ "connection": server.world.connection, "request_id": "r1", "values": { "title": "Kỹ sư" } });
    let published = server
        .json(Method::POST, &format!("{path}/postings"), Some(order))
        .await;
    assert_eq!(published["state"], "pending-review");
    assert_eq!(published["state_label"]["vi"], "Chờ duyệt");

    server
        .world
        .happen(
            "1",
            vec![applied("e1", "77", application("a1", "Nguyễn An"))],
        )
        .await;
    let pipeline = server
        .json(Method::GET, &format!("{path}/pipeline"), None)
        .await;
    let stages = pipeline["stages"].as_array().unwrap();
    assert_eq!(stages.len(), 5);
    assert_eq!(stages[0]["label"]["vi"], "Tiếp nhận hồ sơ");
    let card = &stages[0]["candidates"][0];
    assert_eq!(
        card["candidate"]["contact"]["full_name"]["value"],
        "Nguyễn An"
    );
    assert_eq!(card["application"]["cvs"][0]["state"], "pending");
    let candidate = format!("/api/candidates/{}", card["candidate"]["id"]);
    let moved = json!({ "stage": "interview" });
    let moved = server
        .json(Method::POST, &format!("{candidate}/stage"), Some(moved))
        .await;
    assert_eq!(moved["applications"][0]["stage"]["id"], "interview");

    server
        .world
        .board
        .with(|script| script.files.push_back(Ok(file(b"%PDF-1.7"))));
    let round = server.json(Method::POST, "/api/cvs/retry", None).await;
    assert_eq!(round["stored"], 1);
    let shown = server.json(Method::GET, &candidate, None).await;
    let cv = &shown["applications"][0]["cvs"][0];
    let response = server
        .send(Method::GET, &format!("{candidate}/cvs/{}", cv["id"]), None)
        .await;
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox"));
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"CV Nguy_n An.pdf\"; filename*=UTF-8''CV%20Nguy%E1%BB%85n%20An.pdf"
    );
    assert_eq!(response.bytes().await.unwrap().as_ref(), b"%PDF-1.7");
}

#[tokio::test]
async fn a_connections_page_and_its_operator_settings() {
    let server = Server::start().await;
    server
        .world
        .board
        .with(|script| script.status = Some(status(ConnectionState::Configured)));
    let path = format!("/api/connections/{}", server.world.connection.0);
    let ids = |view: &Value| -> Vec<String> {
        let schema = view["schema"].as_array().unwrap();
        schema
            .iter()
            .map(|setting| setting["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let operator = server.json(Method::GET, &path, None).await;
    assert_eq!(ids(&operator), ["token", "protocol"]);
    assert_eq!(operator["status"]["label"]["vi"], "Đã cấu hình");
    assert_eq!(operator["board"]["name"], BOARD_NAME);
    let url = operator["webhook_url"].as_str().unwrap();
    assert!(
        url.starts_with("https://platform.example/hooks/") && url.len() > 90,
        "{url}"
    );

    let admin = token_of(&server.world, &server.world.admin).await;
    let shown = server.send_as(&admin, Method::GET, &path, None).await;
    assert_eq!(ids(&read(shown).await.1), ["token"]);
    let settings = format!("{path}/settings");
    let body = json!({ "settings": { "protocol": "x" } });
    let refused = server
        .send_as(&admin, Method::PUT, &settings, Some(body))
        .await;
    let (status, answer) = read(refused).await;
    assert_eq!(status.as_u16(), 403);
    assert_eq!(answer["error"]["problems"][0]["field"], "protocol");
    assert_eq!(answer["error"]["problems"][0]["code"], "operator-only");

    let mut limited = plain_failure(Disposition::RetryLater, "rate-limited");
    limited.retry_after_ms = Some(1_500);
    let limited = job_board_demo::board::PluginError::Failure(Box::new(limited));
    server
        .world
        .board
        .with(|script| script.configure.push_back(Err(limited)));
    let body = json!({ "settings": { "token": "t" } });
    let response = server
        .send_as(&admin, Method::PUT, &settings, Some(body))
        .await;
    assert_eq!(response.headers()["retry-after"], "2");
    let (status, answer) = read(response).await;
    assert_eq!(status.as_u16(), 503);
    assert_eq!(answer["error"]["disposition"], "retry-later");
    assert_eq!(answer["error"]["code"], "rate-limited");
}

#[tokio::test]
async fn the_webhook_endpoint() {
    let server = Server::start().await;
    let url = server.world.view().await.webhook_url;
    let path = url
        .strip_prefix("https://platform.example")
        .unwrap()
        .to_owned();
    let send =
        |method: Method, path: &str, body: Vec<u8>| server.request(method, path).body(body).send();
    for method in [Method::GET, Method::HEAD, Method::POST] {
        let response = send(method.clone(), &path, Vec::new()).await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{method}");
    }
    let seen = server.world.board.calls("handle-webhook");
    let nowhere = format!("{path}0");
    let unknown = send(Method::POST, &nowhere, b"{}".to_vec()).await.unwrap();
    assert_eq!(unknown.status().as_u16(), 404);
    let huge = send(Method::POST, &path, vec![b'x'; 512 * 1024 + 1])
        .await
        .unwrap();
    assert_eq!(huge.status().as_u16(), 413);
    // Without a declared length the bytes are counted as they come.
    let chunks = (0..9).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 64 * 1024]));
    let endless = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    let endless = server
        .request(Method::POST, &path)
        .body(endless)
        .send()
        .await;
    // The server may hang up before it has taken everything.
    assert!(endless.is_err() || endless.is_ok_and(|answer| answer.status().as_u16() == 413));
    assert_eq!(server.world.board.calls("handle-webhook"), seen);
    let largest = send(Method::POST, &path, vec![b'x'; 512 * 1024])
        .await
        .unwrap();
    assert_eq!(largest.status().as_u16(), 200);

    let raw = b"\xff\x00 not text".to_vec();
    let binary = server
        .request(Method::POST, &path)
        .header(
            "x-odd",
            reqwest::header::HeaderValue::from_bytes(b"\xe9").unwrap(),
        )
        .body(raw.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(binary.status().as_u16(), 200);
    let delivery = server
        .world
        .board
        .with(|script| script.deliveries_seen.pop())
        .unwrap();
    assert_eq!(delivery.body, raw);
    let odd = delivery
        .headers
        .iter()
        .find(|header| header.name == "x-odd")
        .unwrap();
    assert_eq!(odd.value, "é");
}

#[tokio::test]
async fn unknown_paths_and_methods() {
    let server = Server::start().await;
    let (status, answer) = read(server.send(Method::GET, "/api/nothing", None).await).await;
    assert_eq!(
        (status.as_u16(), &answer["error"]["code"]),
        (404, &json!("no-such-path"))
    );
    let (status, answer) = read(server.send(Method::DELETE, "/api/jobs", None).await).await;
    assert_eq!(
        (status.as_u16(), &answer["error"]["code"]),
        (405, &json!("wrong-method"))
    );
    let health = server
        .request(Method::GET, "/healthz")
        .send()
        .await
        .unwrap();
    assert_eq!(health.status().as_u16(), 200);
    assert_eq!(health.headers()["x-content-type-options"], "nosniff");
}
