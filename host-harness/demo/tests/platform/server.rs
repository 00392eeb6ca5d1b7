//! The router on a loopback port, and a client that says as much as a test needs.

use std::sync::Once;

use job_board_demo::domain::user::User;
use job_board_demo::http::router;
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use crate::world::World;

pub struct Server {
    pub world: World,
    pub url: String,
    pub client: reqwest::Client,
    pub token: String,
}

impl Server {
    /// Signed in as the operator, who may do everything.
    pub async fn start() -> Self {
        static TLS: Once = Once::new();
        // The client is built with TLS although it never meets any here.
        TLS.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let world = World::new().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = router(world.platform.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let token = token_of(&world, &world.operator).await;
        Self {
            world,
            url,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            token,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        self.send_as(&self.token, method, path, body).await
    }

    pub async fn send_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Response {
        let request = self.request(method, path).bearer_auth(token);
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(body.to_string()),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// The JSON of an answer that must be a success.
    pub async fn json(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let response = self.send(method, path, body).await;
        let (status, json) = read(response).await;
        assert!(status.is_success(), "{path}: {status} {json}");
        json
    }

    /// Everything that is stored, except who is signed in.
    pub fn state(&self) -> String {
        let path = self.world.folder.path().join("platform.db");
        let db = rusqlite::Connection::open(path).unwrap();
        let mut tables = db
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'sessions' ORDER BY name")
            .unwrap();
        let names: Vec<String> = tables
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let mut state = String::new();
        for name in names {
            let mut statement = db.prepare(&format!("SELECT * FROM {name}")).unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                for column in 0..columns {
                    let value: rusqlite::types::Value = row.get(column).unwrap();
                    state.push_str(&format!("{name}:{value:?};"));
                }
            }
        }
        state
    }
}

pub async fn token_of(world: &World, user: &User) -> String {
    let session = world.platform.begin_session(user.clone(), false).await;
    session.unwrap().token
}

pub async fn read(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}
