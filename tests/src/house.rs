//! A platform that can be stopped, started again, copied and run twice, beside a simulated board that goes on.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use job_board_cli::walk::{Api, Board, Employer, Reply, START_MS};
use job_board_demo::{Demo, DemoConfig, FieldValue, Role, Values};
use job_board_host::{Clock, ManualClock};
use reqwest::Method;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use topcv_simulator::{Simulator, SimulatorConfig};

use crate::{component, plugin};

/// The number of the connection that every platform begins with.
const CONNECTION: u64 = 1;

/// The simulated board with one employer, and a data folder for platforms.
pub struct House {
    /// The board.
    pub board: Board,
    /// The employer's account there.
    pub employer: Employer,
    /// The clock of every platform.
    pub clock: Arc<ManualClock>,
    control: Api,
    address: SocketAddr,
    simulator: Simulator,
    folder: TempDir,
}

/// Who is signed in at one platform.
pub struct People {
    /// A recruiter.
    pub owner: Api,
    /// An administrator.
    pub admin: Api,
}

impl House {
    /// Starts the board.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn new() -> Self {
        let simulator = Simulator::start(SimulatorConfig {
            start_ms: Some(START_MS),
            ..SimulatorConfig::default()
        })
        .await
        .unwrap();
        let board = Board::new(&simulator.url()).unwrap();
        let employer = board.employer("Công ty Cổ phần Minh An").await.unwrap();
        // The platform keeps its address from start to start, as the webhook URL at the board does.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            employer,
            clock: Arc::new(ManualClock::new(START_MS)),
            control: Api::new(&simulator.url()).unwrap(),
            address: free.local_addr().unwrap(),
            board,
            simulator,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The platforms' data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A place beside the data folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts the platform, at its usual address. Nothing happens in the background.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(&self) -> Demo {
        self.try_start(self.address).await.unwrap()
    }

    /// Starts the platform with another build of the plugin: at its usual address, or as another process beside it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_build(&self, plugin: PathBuf, beside: bool) -> Demo {
        let bind = if beside {
            SocketAddr::from(([127, 0, 0, 1], 0))
        } else {
            self.address
        };
        let config = DemoConfig {
            plugin_path: plugin,
            ..self.config(bind)
        };
        Demo::start(config).await.unwrap()
    }

    /// Starts another process' worth of platform on the same data, at any address.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_another(&self) -> Demo {
        self.try_start(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .unwrap()
    }

    /// Starts a platform at this address.
    ///
    /// # Errors
    /// When the platform says why it does not start.
    ///
    /// # Panics
    /// When the compiled plugin cannot be lent.
    pub async fn try_start(&self, bind: SocketAddr) -> Result<Demo, job_board_demo::DemoError> {
        Demo::start(self.config(bind)).await
    }

    fn config(&self, bind: SocketAddr) -> DemoConfig {
        lend_compiled(&self.data());
        let protocol = json!({ "base_url": self.board.url() }).to_string();
        DemoConfig {
            bind,
            public_base_url: Some(format!("http://{}", self.address)),
            allow: vec![self.board.url().to_owned()],
            allow_loopback: true,
            operator_settings: Values::from([("protocol".to_owned(), FieldValue::Json(protocol))]),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            background: false,
            ..DemoConfig::new(self.data(), component())
        }
    }

    /// Signs in, also after time has passed.
    ///
    /// # Panics
    /// When somebody is missing.
    pub async fn people(&self, demo: &Demo) -> People {
        let users = demo.platform().all_users().await.unwrap();
        let mut found = Vec::new();
        for role in [Role::Recruiter, Role::Administrator] {
            let user = users.iter().find(|user| user.role == role).unwrap();
            let session = demo.platform().begin_session(user.clone(), false).await;
            let api = Api::new(demo.url()).unwrap();
            found.push(api.signed_in(&session.unwrap().token));
        }
        let admin = found.pop().unwrap();
        let owner = found.pop().unwrap();
        People { owner, admin }
    }

    /// Moves the clocks of both sides.
    ///
    /// # Panics
    /// When the board does not answer.
    pub async fn pass(&self, by: Duration) {
        self.clock.advance(by);
        let now = json!({ "set_ms": self.clock.now() });
        self.control.post("/control/clock", &now).await.unwrap();
    }

    /// Enters the employer's credentials, and pastes the webhook URL at the board.
    ///
    /// # Panics
    /// When the board or the platform refuses.
    pub async fn configure(&self, people: &People) -> Value {
        let settings = json!({ "settings": {
            "access-token": self.employer.access_token,
            "secret-key": self.employer.secret_key,
        }});
        let path = format!("/api/connections/{CONNECTION}/settings");
        let status = people.admin.put(&path, &settings).await.unwrap();
        let url = people.connection().await["webhook_url"].clone();
        let pasted = json!({ "webhook_url": url });
        self.board.set(&self.employer, pasted).await.unwrap();
        status
    }

    /// One count of the board's ledger.
    ///
    /// # Panics
    /// When the board does not answer.
    pub async fn count(&self, what: &str) -> u64 {
        self.board.count(&self.employer, what).await.unwrap()
    }

    /// Ends the board.
    pub async fn close(self) {
        self.simulator.stop().await;
    }
}

impl People {
    /// The connection, as its page shows it.
    ///
    /// # Panics
    /// When the platform does not show it.
    pub async fn connection(&self) -> Value {
        let path = format!("/api/connections/{CONNECTION}");
        self.admin.get(&path).await.unwrap()
    }

    /// Reconciles on demand, as a recruiter.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn reconcile(&self) -> Value {
        let path = format!("/api/connections/{CONNECTION}/reconcile");
        self.owner.post(&path, &Value::Null).await.unwrap()
    }

    /// A new job that leaves nothing to ask.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn add_job(&self, title: &str) -> u64 {
        let made = self.owner.post("/api/jobs", &job(title)).await.unwrap();
        made["id"].as_u64().unwrap()
    }

    /// What is published of a job whose form is complete.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn values(&self, job: u64) -> Map<String, Value> {
        let asked = json!({ "connection": CONNECTION });
        let path = format!("/api/jobs/{job}/form");
        let form = self.owner.post(&path, &asked).await.unwrap();
        assert_eq!(form["missing"], json!([]), "{form}");
        let fields = form["fields"].as_array().unwrap();
        let given = fields.iter().filter(|field| !field["value"].is_null());
        given
            .map(|field| {
                let id = field["id"].as_str().unwrap().to_owned();
                (id, field["value"].clone())
            })
            .collect()
    }

    /// Presses publish; whatever comes back.
    ///
    /// # Panics
    /// When nothing comes back.
    pub async fn press_publish(
        &self,
        job: u64,
        values: &Map<String, Value>,
        request_id: &str,
    ) -> Reply {
        let body = json!({ "connection": CONNECTION, "values": values, "request_id": request_id });
        let path = format!("/api/jobs/{job}/postings");
        self.owner.send(Method::POST, &path, &body).await.unwrap()
    }

    /// Publishes a job; answers the posting.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn publish(&self, job: u64, request_id: &str) -> Value {
        let values = self.values(job).await;
        let reply = self.press_publish(job, &values, request_id).await;
        reply.ok().unwrap()
    }

    /// The postings of a job.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn postings(&self, job: u64) -> Vec<Value> {
        let path = format!("/api/jobs/{job}/postings");
        let found = self.owner.get(&path).await.unwrap();
        found["postings"].as_array().unwrap().clone()
    }

    /// Everybody in the first stage of a job.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn applicants(&self, job: u64) -> Vec<Value> {
        let path = format!("/api/jobs/{job}/pipeline");
        let found = self.owner.get(&path).await.unwrap();
        let first = &found["stages"][0]["candidates"];
        first.as_array().unwrap().clone()
    }

    /// Kinds of somebody's notifications, oldest first.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn told(&self, who: &Api) -> Vec<String> {
        let found = who.get("/api/notifications").await.unwrap();
        let notices = found["notifications"].as_array().unwrap().iter().rev();
        notices
            .map(|notice| notice["kind"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The posted-jobs log: what was done, oldest first.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn log(&self) -> Vec<String> {
        let found = self.owner.get("/api/posted-jobs").await.unwrap();
        let lines = found["posted_jobs"].as_array().unwrap().iter().rev();
        lines
            .map(|line| line["what"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Spares a platform the compiling.
fn lend_compiled(data: &Path) {
    let digest = plugin().digest();
    let folder = data.join("compiled");
    if folder.exists() {
        return;
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).unwrap();
    for entry in std::fs::read_dir(component().with_file_name("compiled")).unwrap() {
        let name = entry.unwrap().file_name();
        if name.to_string_lossy().starts_with(digest) {
            let from = component().with_file_name("compiled").join(&name);
            std::fs::copy(from, folder.join(&name)).unwrap();
        }
    }
}

fn job(title: &str) -> Value {
    json!({
        "title": title,
        "details": {
            "description": "<p>Thiết kế và phát triển dịch vụ thanh toán.</p>",
            "requirements": "<p>Thành thạo Rust.</p>",
            "benefits": "<p>Lương tháng 13.</p>",
            "city": "Hà Nội",
            "category": "Công nghệ thông tin",
            "skills": ["Rust"],
            "job-type": "Toàn thời gian",
            "level": "Nhân viên",
            "experience": "2 năm",
            "gender": "Không yêu cầu",
            "salary-from": 20_000_000,
            "salary-to": 30_000_000,
            "salary-currency": "VND",
            "quantity": 2,
            "deadline": "2026-04-30",
            "contact-name": "Chị Bình",
            "contact-phone": "0912 345 678",
            "contact-email": ["tuyendung@example.com"],
        },
    })
}
