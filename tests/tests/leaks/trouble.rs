//! What goes wrong around one person's application, and what strangers are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use job_board_cli::walk::{Api, Reply, World};
use job_board_demo::http::table::ENDPOINTS;
use job_board_demo::{Demo, DemoConfig, Watch};
use job_board_host::contract::storage::{Entry, KeyPage, Precondition, StorageError, Version};
use job_board_host::{ConnectionId, Grants, Limits, Storage};
use reqwest::Method;
use serde_json::{Value, json};

use crate::needles::Needles;
use crate::places::{PLATFORM_FILES, PLUGIN_FILES, look_into, look_into_columns};

const WRONG_TOKEN: &str = "sai-ma-truy-cap-0123456789";
const WRONG_KEY: &str = "sai-khoa-bi-mat-0123456789";
const WRONG_PASSWORD: &str = "mat-khau-go-nham-0123";

/// How the plugin's storage behaves.
#[derive(Clone, Copy)]
enum Mood {
    Fails = 1,
    Panics = 2,
}

/// A platform whose plugin has trouble.
struct Troubled {
    mood: Arc<AtomicU8>,
    limits: Limits,
}

impl Watch for Troubled {
    fn grants(&self, grants: Grants) -> Grants {
        Grants {
            storage: Arc::new(Moody {
                inner: Arc::clone(&grants.storage),
                mood: Arc::clone(&self.mood),
            }),
            limits: self.limits.clone(),
            ..grants
        }
    }
}

struct Moody {
    inner: Arc<dyn Storage>,
    mood: Arc<AtomicU8>,
}

impl Moody {
    fn check(&self) -> Result<(), StorageError> {
        match self.mood.load(Ordering::SeqCst) {
            mood if mood == Mood::Fails as u8 => {
                Err(StorageError::Unavailable("disk I/O error".to_owned()))
            }
            mood if mood == Mood::Panics as u8 => panic!("the storage has gone mad"),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Storage for Moody {
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError> {
        self.check()?;
        self.inner.get(scope, key).await
    }

    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        self.check()?;
        self.inner.put(scope, key, value, precondition).await
    }

    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        self.check()?;
        self.inner.delete(scope, key, precondition).await
    }

    async fn list_keys(
        &self,
        scope: &ConnectionId,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KeyPage, StorageError> {
        self.check()?;
        self.inner.list_keys(scope, prefix, cursor, limit).await
    }
}

/// Plays it, and answers secrets and people.
pub(crate) async fn everything_that_goes_wrong() -> Needles {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    let someone = json!({
        "name": "Đặng Thị Mỹ Duyên", "email": "My.Duyen.Dang@Example.com", "phone": "0935.246.813",
        "candidate_id": 777,
    });
    let applied = world
        .board
        .apply_answered(&posted.board, someone, 200)
        .await
        .unwrap();
    let delivery = &applied["deliveries"][0];
    let [mut secrets, mut people] = [Needles::default(), Needles::default()];
    secrets.add_world(&world);
    secrets.add_board(&world, &mut people).await;
    for (what, secret) in [
        ("access token", WRONG_TOKEN),
        ("secret key", WRONG_KEY),
        ("password", WRONG_PASSWORD),
    ] {
        secrets.add(what, secret);
    }
    let all = secrets.clone().and(&people);
    let check = |what: &str, reply: &Reply| {
        let found = all.found_in(&reply.bytes);
        assert!(found.is_empty(), "{what}: {found:#?}");
    };

    let body = delivery["body"].as_str().unwrap();
    let url = delivery["url"].as_str().unwrap();
    let hook = url[url.find("/hooks/").unwrap()..].to_owned();
    for (number, reply) in bad_input(&world, &hook, body).await.iter().enumerate() {
        assert!(reply.status >= 400, "{number}: {reply}");
        check(&format!("bad input {number}"), reply);
    }
    for reply in strangers(&world).await {
        assert!(matches!(reply.status, 401 | 404 | 422), "{reply}");
        check("a stranger", &reply);
    }

    // The same delivery at a platform whose plugin fails, panics in the host, or is stopped at its limits.
    let tight = Limits {
        memory_bytes: 1 << 17,
        ..Limits::default()
    };
    let few = Limits {
        transfer_bytes: 64,
        ..Limits::default()
    };
    for (mood, limits) in [
        (Mood::Fails as u8, Limits::default()),
        (Mood::Panics as u8, Limits::default()),
        (0, tight),
        (0, few),
    ] {
        let mood_now = Arc::new(AtomicU8::new(0));
        let watch = Troubled {
            mood: Arc::clone(&mood_now),
            limits,
        };
        let config = DemoConfig {
            watch: Some(Arc::new(watch)),
            ..world.config().clone()
        };
        let second = Demo::start(config).await.unwrap();
        mood_now.store(mood, Ordering::SeqCst);
        let stranger = Api::new(second.url()).unwrap();
        let bytes = body.as_bytes().to_vec();
        let reply = stranger
            .send_bytes(Method::POST, &hook, bytes)
            .await
            .unwrap();
        assert_eq!(reply.status, 503, "{reply}");
        check("a plugin in trouble", &reply);
        second.stop().await;
    }
    look_into(&world, &PLUGIN_FILES, &all);
    look_into(&world, &PLATFORM_FILES, &secrets);
    look_into_columns(&world, &people);
    world.stop().await;
    all
}

/// What people and attackers get wrong.
async fn bad_input(world: &World, hook: &str, body: &str) -> Vec<Reply> {
    let stranger = Api::new(world.url()).unwrap();
    let mut replies = Vec::new();
    let mut forged: Value = serde_json::from_str(body).unwrap();
    forged["candidate_phone"] = json!("0935246814");
    let doubled = body.replacen('{', "{\"candidate_name\":\"x\",", 1);
    let cut = body[..body.len() - 2].to_owned();
    let elsewhere = format!("{hook}x");
    for (path, body) in [
        (hook, forged.to_string()),
        (hook, doubled),
        (hook, cut),
        (elsewhere.as_str(), body.to_owned()),
        (
            "/api/login",
            json!({ "login": "minh", "password": WRONG_PASSWORD }).to_string(),
        ),
        (
            "/api/login",
            format!("{{\"login\":\"minh\",\"password\":\"{WRONG_PASSWORD}\""),
        ),
        (
            "/api/login",
            json!({ "login": "minh", "password": { "$": WRONG_PASSWORD } }).to_string(),
        ),
    ] {
        let bytes = body.into_bytes();
        replies.push(
            stranger
                .send_bytes(Method::POST, path, bytes)
                .await
                .unwrap(),
        );
    }
    for (token, key) in [
        (json!(WRONG_TOKEN), json!(WRONG_KEY)),
        (json!(WRONG_TOKEN.repeat(1_000)), json!(WRONG_KEY)),
        (json!([WRONG_TOKEN]), json!({ "$json": WRONG_KEY })),
    ] {
        let settings = json!({ "access-token": token, "secret-key": key });
        replies.push(world.save_settings(settings, false).await.unwrap());
    }
    replies
}

/// Every endpoint without a session, and with one that nobody began.
async fn strangers(world: &World) -> Vec<Reply> {
    let nobody = Api::new(world.url()).unwrap();
    let mut replies = Vec::new();
    for endpoint in ENDPOINTS {
        let path = endpoint.path.replace("{id}", "1").replace("{cv}", "1");
        for stranger in [nobody.clone(), nobody.signed_in(&"0".repeat(64))] {
            let reply = stranger
                .send(endpoint.method.clone(), &path, &json!({}))
                .await;
            replies.push(reply.unwrap());
        }
    }
    replies
}
