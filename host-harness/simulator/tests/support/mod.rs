//! A small HTTP client and a webhook receiver for the tests.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod browser;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use topcv_simulator::{Simulator, SimulatorConfig};

/// 2026-03-01 08:00 in Vietnam.
pub const START_MS: u64 = 1_772_326_800_000;
pub const DAY_MS: u64 = 86_400_000;

pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// A simulator with one employer that is signed in.
pub struct World {
    pub simulator: Simulator,
    pub client: Client,
    pub employer: u64,
    pub access_token: String,
    pub secret: String,
    pub session: String,
}

pub fn client() -> Client {
    // A second call finds it installed, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap()
}

pub fn address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

impl World {
    pub async fn start() -> World {
        let simulator = Simulator::start(SimulatorConfig {
            bind: address(),
            start_ms: Some(START_MS),
            ..SimulatorConfig::default()
        })
        .await
        .unwrap();
        let mut world = World {
            simulator,
            client: client(),
            employer: 0,
            access_token: String::new(),
            secret: String::new(),
            session: String::new(),
        };
        let made = world
            .post("/control/employers", json!({"name": "Công ty An"}))
            .await;
        world.employer = made["employer_id"].as_u64().unwrap();
        world.access_token = made["access_token"].as_str().unwrap().to_owned();
        world.secret = made["secret_key"].as_str().unwrap().to_owned();
        world.connect().await;
        world
    }

    pub async fn connect(&mut self) {
        let body = json!({"employer_api_key": self.access_token}).to_string();
        let headers = [("Secret-Key", self.secret.as_str()), JSON];
        let reply = self
            .send(Method::POST, "/api/connect", &headers, body)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let token = reply.json()["data"]["access_token"].clone();
        self.session = token.as_str().unwrap().to_owned();
    }

    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Result<Reply, reqwest::Error> {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.simulator.url())
        };
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await?;
        Ok(Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            bytes: response.bytes().await?.to_vec(),
        })
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    /// A control call that must succeed.
    pub async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = self.send(method, path, &[], body).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.control(Method::POST, path, body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.control(Method::GET, path, Value::Null).await
    }

    pub async fn patch_employer(&self, body: Value) -> Value {
        let path = format!("/control/employers/{}", self.employer);
        self.control(Method::PATCH, &path, body).await
    }

    pub async fn ledger(&self) -> Value {
        self.get(&format!("/control/ledger?employer_id={}", self.employer))
            .await
    }

    pub async fn fault(&self, operation: &str, kind: &str, more: Value) -> Value {
        let mut body = json!({"operation": operation, "kind": kind});
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        self.post("/control/faults", body).await
    }

    /// A partner call with the session's credentials.
    pub async fn try_api(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<Reply, reqwest::Error> {
        let bearer = format!("Bearer {}", self.session);
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Secret-Key", self.secret.as_str()),
            JSON,
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.try_send(method, path, &headers, body).await
    }

    pub async fn api(&self, method: Method, path: &str, body: Value) -> Reply {
        self.try_api(method, path, body).await.unwrap()
    }

    pub async fn create(&self) -> u64 {
        let reply = self.api(Method::POST, "/api/jobs", posting()).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["data"]["job_id"].as_u64().unwrap()
    }

    pub async fn detail(&self, job_id: u64) -> Value {
        let reply = self
            .api(Method::GET, &format!("/api/jobs/{job_id}"), Value::Null)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["data"].clone()
    }

    pub async fn apply(&self, job_id: u64, body: Value) -> Value {
        self.post(&format!("/control/postings/{job_id}/apply"), body)
            .await
    }

    /// Pastes the receiver's URL at TopCV.
    pub async fn listen(&self) -> Receiver {
        let receiver = Receiver::start().await;
        self.patch_employer(json!({"webhook_url": receiver.url}))
            .await;
        receiver
    }
}

pub const JSON: (&str, &str) = ("Content-Type", "application/json");

/// A body with all 25 keys.
pub fn posting() -> Value {
    json!({
        "title": "Kỹ sư Rust", "position_title": "Kỹ sư", "main_category": 10_015, "skills": [201],
        "locations": [1, 2], "salary_level": 0, "salary_from": 20_000_000, "salary_to": "30000000",
        "salary_currency": "VND", "job_type": 1, "employee_level": 1, "experience": "2-0",
        "quantity": 3, "gender": "0", "job_description": "<p>Viết mã</p>",
        "job_requirement": "<ul><li>Rust</li></ul>", "job_benefit": "<p>Thưởng</p>",
        "deadline": "2026-03-31", "contact_name": "Chị Bình", "contact_phone": "0912 345 678",
        "contact_email": ["hr@example.com"], "publish_request_days": 30, "job_tag_ids": [],
        "recruitment_campaign_id": 0, "create_recruitment_campaign": 1,
    })
}

pub fn applicant() -> Value {
    json!({"name": "Trần Thị Bích", "email": "bich@example.com", "phone": "0987654321"})
}

/// Records what it is sent, and answers 200 unless told otherwise.
pub struct Receiver {
    pub url: String,
    inner: Arc<Inbox>,
}

#[derive(Default)]
struct Inbox {
    bodies: Mutex<Vec<Vec<u8>>>,
    answers: Mutex<VecDeque<u16>>,
}

impl Receiver {
    pub async fn start() -> Receiver {
        let inner = Arc::new(Inbox::default());
        let router = Router::new().fallback(receive).with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind(address()).await.unwrap();
        let url = format!("http://{}/hooks/x", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Receiver { url, inner }
    }

    pub fn answer_next(&self, status: u16) {
        self.inner.answers.lock().unwrap().push_back(status);
    }

    pub fn texts(&self) -> Vec<String> {
        let bodies = self.inner.bodies.lock().unwrap();
        bodies
            .iter()
            .map(|body| String::from_utf8_lossy(body).into_owned())
            .collect()
    }

    pub fn events(&self) -> Vec<Value> {
        self.texts()
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect()
    }

    pub fn kinds(&self) -> Vec<String> {
        let events = self.events();
        events
            .iter()
            .map(|e| e["event_type"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn receive(State(inbox): State<Arc<Inbox>>, body: Bytes) -> (StatusCode, &'static str) {
    inbox.bodies.lock().unwrap().push(body.to_vec());
    let status = inbox.answers.lock().unwrap().pop_front().unwrap_or(200);
    (StatusCode::from_u16(status).unwrap(), "received")
}

/// Waits for a condition; fails after a generous time.
pub async fn eventually<F: AsyncFnMut() -> bool>(what: &str, mut condition: F) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while !condition().await {
        assert!(
            tokio::time::Instant::now() < deadline,
            "never happened: {what}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
