//! One connection of the plugin in the runtime, without a platform: for what an export does with bad input.

use std::collections::BTreeMap;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use job_board_cli::walk::{Board, Employer};
use job_board_host::contract::deliveries::{Delivery, Outcome};
use job_board_host::contract::postings::{Job, Posting};
use job_board_host::contract::types::{NamedValue, Value};
use job_board_host::{
    AddressPolicy, AllowList, Connection, ConnectionId, EncryptedSecrets, Grants, KeyRing,
    ManualClock, MasterKey, MemoryStorage, Storage, WebClient,
};
use sha2::Sha256;
use topcv_simulator::{Simulator, SimulatorConfig};

use crate::plugin;

/// The moment at which everything stands still: 2026-03-02 09:00 in Vietnam.
pub const START_MS: u64 = job_board_cli::walk::START_MS;

/// Where the host says that deliveries arrive.
const WEBHOOK_URL: &str = "http://127.0.0.1:9/hooks/rig";

/// A configured connection with one published posting, a simulated board, and everything that is stored in reach of the test.
pub struct Rig {
    /// The connection.
    pub connection: Connection,
    /// The simulated board.
    pub board: Board,
    /// The account at the board.
    pub employer: Employer,
    /// The published posting.
    pub posting: Posting,
    /// The job behind it, complete.
    pub job: Job,
    /// The values with which it was published.
    pub values: Vec<NamedValue>,
    records: [Arc<MemoryStorage>; 2],
    _simulator: Simulator,
}

/// All that is stored for the connection: values and versions by key, records and secrets.
pub type Snapshot = BTreeMap<String, (Vec<u8>, String)>;

impl Rig {
    /// Starts a board, configures the connection and publishes a job.
    ///
    /// # Panics
    /// When any of that fails.
    pub async fn start() -> Self {
        let simulator = Simulator::start(SimulatorConfig {
            start_ms: Some(START_MS),
            ..SimulatorConfig::default()
        })
        .await
        .expect("the simulator starts");
        let board = Board::new(&simulator.url()).unwrap();
        let employer = board.employer("Công ty An").await.unwrap();
        let records = [MemoryStorage::new(), MemoryStorage::new()].map(Arc::new);
        let connection = plugin().connection(
            ConnectionId::new("rig").unwrap(),
            grants(&records, &simulator.url()),
        );
        let protocol = serde_json::json!({ "base_url": simulator.url() }).to_string();
        let settings = [
            text("access-token", &employer.access_token),
            text("secret-key", &employer.secret_key),
            named("protocol", Value::Json(protocol)),
        ];
        connection
            .configure(&settings, WEBHOOK_URL, false)
            .await
            .unwrap()
            .expect("the credentials are accepted");
        let job = complete_job();
        let form = connection.prepare_job(&job, None).await.unwrap().unwrap();
        let values: Vec<_> = form
            .fields
            .into_iter()
            .filter_map(|field| Some(named(&field.id, field.value?)))
            .collect();
        let posting = connection
            .publish_job("rig-0001", &job.id, &values, false)
            .await
            .unwrap()
            .expect("the job is published");
        Self {
            connection,
            board,
            employer,
            posting,
            job,
            values,
            records,
            _simulator: simulator,
        }
    }

    /// Everything that is stored.
    pub async fn snapshot(&self) -> Snapshot {
        let scope = self.connection.id();
        let mut all = Snapshot::new();
        for (map, storage) in ["records", "secrets"].iter().zip(&self.records) {
            let mut cursor = None;
            loop {
                let page = storage
                    .list_keys(scope, "", cursor.as_deref(), 1_000)
                    .await
                    .unwrap();
                for key in page.keys {
                    let entry = storage.get(scope, &key).await.unwrap().unwrap();
                    all.insert(format!("{map}/{key}"), (entry.value, entry.version));
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        all
    }

    /// How many requests of a kind the board has seen: `requests`, `writes`, ...
    pub async fn asked(&self, what: &str) -> u64 {
        self.board.count(&self.employer, what).await.unwrap()
    }

    /// Hands a body to the plugin, as a POST.
    pub async fn deliver(&self, body: Vec<u8>) -> Outcome {
        self.deliver_by("POST", body).await
    }

    /// Hands a request to the plugin.
    pub async fn deliver_by(&self, method: &str, body: Vec<u8>) -> Outcome {
        let delivery = Delivery {
            method: method.to_owned(),
            headers: Vec::new(),
            body,
            received_at: START_MS,
        };
        self.connection.handle_webhook(&delivery).await.unwrap()
    }

    /// The board's signature over this text.
    pub fn signature(&self, signed: &str) -> String {
        signed_with(&self.employer.secret_key, signed)
    }
}

/// Lowercase hexadecimal HMAC-SHA256.
pub fn signed_with(key: &str, signed: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// A text under a name.
pub fn text(name: &str, value: &str) -> NamedValue {
    named(name, Value::Text(value.to_owned()))
}

/// A value under a name.
pub fn named(name: &str, value: Value) -> NamedValue {
    NamedValue {
        name: name.to_owned(),
        value,
    }
}

fn grants(records: &[Arc<MemoryStorage>; 2], board: &str) -> Grants {
    let keys = KeyRing::new(MasterKey::generate().unwrap());
    let secrets = EncryptedSecrets::new(Arc::clone(&records[1]) as Arc<dyn Storage>, keys);
    let client = WebClient::new(AddressPolicy::AllowLoopback).unwrap();
    let mut grants = Grants::new(
        Arc::clone(&records[0]) as Arc<dyn Storage>,
        Arc::new(secrets),
        Arc::new(client),
    );
    grants.clock = Arc::new(ManualClock::new(START_MS));
    grants.with_allow(AllowList::parse(&[board]).unwrap())
}

/// A job that leaves nothing to ask.
fn complete_job() -> Job {
    let details = [
        ("description", "<p>Thiết kế và phát triển dịch vụ.</p>"),
        ("requirements", "<p>Thành thạo Rust.</p>"),
        ("benefits", "<p>Lương tháng 13.</p>"),
        ("city", "Hà Nội"),
        ("category", "Công nghệ thông tin"),
        ("job-type", "Toàn thời gian"),
        ("level", "Nhân viên"),
        ("experience", "2 năm"),
        ("gender", "Không yêu cầu"),
        ("deadline", "2026-03-31"),
        ("contact-name", "Chị Bình"),
        ("contact-phone", "0912 345 678"),
    ];
    let mut details: Vec<_> = details
        .iter()
        .map(|(name, value)| text(name, value))
        .collect();
    details.extend([
        named("skills", Value::Texts(vec!["Rust".to_owned()])),
        named("salary-from", Value::Integer(20_000_000)),
        named("salary-to", Value::Integer(30_000_000)),
        named("quantity", Value::Integer(2)),
        named(
            "contact-email",
            Value::Texts(vec!["tuyendung@example.com".to_owned()]),
        ),
    ]);
    Job {
        id: "7".to_owned(),
        title: "Kỹ sư Rust".to_owned(),
        details,
    }
}
