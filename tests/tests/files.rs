//! What can go wrong with an applicant's file, cell by cell: the applicant stays, the state says why, and whether another try can help.
//!
//! Through the real component against the simulated board; time is the platform's clock.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::TcpListener;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use job_board_cli::walk::{Api, Posted, World};
use job_board_demo::{Demo, DemoConfig};
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_secs(3_600);
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const FRESH: &[u8] =
    b"%PDF-1.4\n% fresh\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

struct Cell {
    world: World,
    posted: Posted,
}

/// An applicant with a file of these bytes under this name.
fn applicant(file_name: &str, content: &[u8]) -> Value {
    json!({
        "name": "Trần Thị Bích",
        "email": "bich@example.com",
        "phone": "0987654321",
        "candidate_id": 501,
        "cv": { "file_name": file_name, "content_base64": STANDARD.encode(content) },
    })
}

impl Cell {
    async fn new() -> Self {
        let world = system_tests::world().await;
        world.configure().await.unwrap();
        let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
        Self { world, posted }
    }

    /// With a download that goes wrong, once.
    async fn with_fault(kind: &str, more: Value) -> Self {
        let cell = Self::new().await;
        cell.world
            .board
            .fault("download", kind, more)
            .await
            .unwrap();
        cell.apply("CV.pdf", PDF).await;
        cell
    }

    async fn apply(&self, file_name: &str, content: &[u8]) -> Value {
        let board = &self.world.board;
        let someone = applicant(file_name, content);
        let applied = board.apply_answered(&self.posted.board, someone, 200).await;
        applied.unwrap()
    }

    /// Tries what is due; answers how many that were.
    async fn fetch(&self) -> Value {
        self.world.fetch_cvs().await.unwrap()["tried"].clone()
    }

    /// The applicant's files: the applicant stands in the first stage, whatever became of them.
    async fn files(&self) -> Vec<Value> {
        let applicant = self.world.only_applicant(self.posted.job).await.unwrap();
        assert_eq!(
            applicant["candidate"]["contact"]["full_name"]["value"],
            "Trần Thị Bích"
        );
        applicant["application"]["cvs"].as_array().unwrap().clone()
    }

    async fn only_file(&self) -> Value {
        let mut files = self.files().await;
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }

    async fn expect_failed(&self, code: &str, retry: bool) {
        let file = self.only_file().await;
        assert_eq!(file["state"], "failed", "{file}");
        assert_eq!(file["code"], code, "{file}");
        assert_eq!(file["retry"], retry, "{file}");
        assert_eq!(file["next_try_at"].is_null(), !retry, "{file}");
        for language in ["vi", "en"] {
            let message = file["message"][language].as_str().unwrap();
            assert!(message.len() > 20, "{file}");
        }
    }

    async fn expect_stored(&self, content: &[u8]) {
        let applicant = self.world.only_applicant(self.posted.job).await.unwrap();
        let file = self.only_file().await;
        assert_eq!(file["state"], "stored", "{file}");
        let bytes = self.world.download(&applicant, &file).await.unwrap();
        assert_eq!(bytes, content);
    }

    async fn downloads(&self) -> u64 {
        let world = &self.world;
        world
            .board
            .count(&world.employer, "downloads")
            .await
            .unwrap()
    }

    async fn wait_for_downloads(&self, wanted: u64) {
        let waiting = async {
            while self.downloads().await < wanted {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    }

    /// Another try can help, and does.
    async fn then_another_try_helps(mut self, code: &str) {
        assert_eq!(self.fetch().await, 1);
        self.expect_failed(code, true).await;
        assert_eq!(self.fetch().await, 0, "not before its time");
        self.world.advance(HOUR).await.unwrap();
        assert_eq!(self.fetch().await, 1);
        self.expect_stored(PDF).await;
        self.world.stop().await;
    }

    /// The failure looked as if another try could help, but the link was used up: one more try finds that out.
    async fn then_the_link_was_used_up(mut self, code: &str) {
        assert_eq!(self.fetch().await, 1);
        self.expect_failed(code, true).await;
        self.world.advance(HOUR).await.unwrap();
        assert_eq!(self.fetch().await, 1);
        self.then_a_fresh_link_helps("file-expired").await;
    }

    /// No other try can help and none is made; the board's next link takes the dead one's place.
    async fn then_only_a_fresh_link_helps(self, code: &str) {
        assert_eq!(self.fetch().await, 1);
        self.then_a_fresh_link_helps(code).await;
    }

    async fn then_a_fresh_link_helps(mut self, code: &str) {
        self.expect_failed(code, false).await;
        let downloads = self.downloads().await;
        self.world.advance(HOUR * 30).await.unwrap();
        assert_eq!(self.fetch().await, 0);
        assert_eq!(self.downloads().await, downloads);
        self.apply("CV.pdf", FRESH).await;
        assert_eq!(self.fetch().await, 1);
        self.expect_stored(FRESH).await;
        self.world.stop().await;
    }
}

macro_rules! cells {
    ($($name:ident: $kind:literal $more:tt => $end:ident($code:literal);)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                Cell::with_fault($kind, json!($more)).await.$end($code).await;
            }
        )*
    };
}

cells! {
    a_challenge_page_as_403_is_tried_again: "challenge_403" {} => then_another_try_helps("board-challenge");
    a_challenge_page_as_429_is_tried_again: "challenge_429" {} => then_another_try_helps("board-challenge");
    a_challenge_page_as_503_is_tried_again: "challenge_503" {} => then_another_try_helps("board-challenge");
    a_page_with_status_200_is_tried_again: "cv_html_200" {} => then_another_try_helps("board-challenge");
    an_error_page_as_500_is_tried_again: "status_500" {} => then_another_try_helps("board-challenge");
    an_error_page_as_502_is_tried_again: "status_502" {} => then_another_try_helps("board-challenge");
    an_error_page_as_503_is_tried_again: "status_503" {} => then_another_try_helps("board-challenge");
    too_many_requests_are_tried_again: "rate_limited" {"params": {"retry_after": "90"}} => then_another_try_helps("rate-limited");
    a_connection_dropped_before_the_file_is_tried_again: "drop_connection" {} => then_another_try_helps("board-down");
    a_connection_dropped_after_the_link_was_used_ends_in_expired: "drop_connection" {"when": "after"} => then_the_link_was_used_up("board-down");
    an_expired_link_is_left_alone: "cv_expired_422" {} => then_only_a_fresh_link_helps("file-expired");
    a_program_in_the_place_of_a_document_is_refused: "cv_wrong_magic" {} => then_only_a_fresh_link_helps("file-type-refused");
    a_file_that_is_too_large_is_refused: "huge_answer" {"params": {"bytes": 11_000_000}} => then_only_a_fresh_link_helps("file-too-large");
    a_redirect_to_the_cloud_s_metadata_is_refused: "redirect" {"params": {"to": "http://169.254.169.254/latest/meta-data"}} => then_only_a_fresh_link_helps("url-refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn magic_bytes_at_the_wrong_offset_are_none() {
    let cell = Cell::new().await;
    cell.apply("CV.pdf", &[b"\n  ", PDF].concat()).await;
    cell.then_only_a_fresh_link_helps("file-type-refused").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_zip_named_docx_is_refused() {
    let cell = Cell::new().await;
    cell.world
        .board
        .fault("download", "cv_plain_zip", json!({}))
        .await
        .unwrap();
    cell.apply("CV.docx", PDF).await;
    cell.then_only_a_fresh_link_helps("file-type-refused").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_older_than_a_day_has_expired() {
    let mut cell = Cell::new().await;
    cell.apply("CV.pdf", PDF).await;
    cell.world.advance(HOUR * 25).await.unwrap();
    cell.then_only_a_fresh_link_helps("file-expired").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_one_time_link_that_somebody_else_used_has_expired() {
    let cell = Cell::new().await;
    let applied = cell.apply("CV.pdf", PDF).await;
    let link = applied["download_url"].as_str().unwrap();
    let path = link.strip_prefix(cell.world.board.url()).unwrap();
    let reader = Api::new(cell.world.board.url()).unwrap();
    let used = reader
        .send(reqwest::Method::GET, path, &Value::Null)
        .await
        .unwrap();
    assert_eq!(used.status, 200);
    cell.then_only_a_fresh_link_helps("file-expired").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_drip_is_cut_off_and_the_link_found_used_up() {
    let cell = Cell::with_fault(
        "slow_drip",
        json!({ "when": "after", "params": { "bytes_per_s": 1 } }),
    )
    .await;
    let patience = json!({ "timeout.read_ms": "400" });
    cell.world.correct_protocol(patience).await.unwrap();
    assert_eq!(cell.fetch().await, 1);
    cell.expect_failed("board-down", true).await;
    let usual = json!({ "timeout.read_ms": "15000" });
    cell.world.correct_protocol(usual).await.unwrap();
    let mut cell = cell;
    cell.world.advance(HOUR).await.unwrap();
    assert_eq!(cell.fetch().await, 1);
    cell.then_a_fresh_link_helps("file-expired").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_to_a_permitted_host_is_followed() {
    let cell = Cell::new().await;
    let other = cell.world.publish_live("Kỹ sư Java").await.unwrap();
    let board = &cell.world.board;
    // A link of the board's own that works more than once, and was fetched for its own applicant already.
    let elsewhere = board
        .apply_answered(
            &other.board,
            json!({ "name": "Lê Hòa", "email": "hoa@example.com", "phone": "0912345678", "one_time": false,
                "cv": { "file_name": "CV.pdf", "content_base64": STANDARD.encode(FRESH) } }),
            200,
        )
        .await
        .unwrap();
    cell.world.fetch_cvs().await.unwrap();
    let to = json!({ "params": { "to": elsewhere["download_url"] } });
    board.fault("download", "redirect", to).await.unwrap();
    cell.apply("CV.pdf", PDF).await;
    assert_eq!(cell.fetch().await, 1);
    cell.expect_stored(FRESH).await;
    cell.world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_to_a_forbidden_host_is_refused_and_nobody_is_asked_there() {
    let forbidden = TcpListener::bind("127.0.0.1:0").unwrap();
    forbidden.set_nonblocking(true).unwrap();
    let to = format!("http://{}/cv", forbidden.local_addr().unwrap());
    let cell = Cell::with_fault("redirect", json!({ "params": { "to": to } })).await;
    cell.then_only_a_fresh_link_helps("url-refused").await;
    let asked = forbidden.accept().unwrap_err();
    assert_eq!(asked.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_with_a_user_name_or_to_no_address_of_the_web_is_refused() {
    let cell = Cell::new().await;
    let there = cell
        .world
        .board
        .url()
        .trim_start_matches("http://")
        .to_owned();
    let mut file = 0;
    for to in [
        format!("http://user@{there}/cv"),
        format!("http://{there}:pass@{there}/cv"),
        format!("http://www.topcv.vn@{there}/cv"),
        "javascript:alert(1)".to_owned(),
        "data:application/pdf;base64,JVBERi0=".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://[fe80::1%25lo]/cv".to_owned(),
        "http://[::ffff:169.254.169.254]/cv".to_owned(),
        "https://topcv.vn./cv".to_owned(),
        "https://tоpcv.vn/cv".to_owned(),
    ] {
        let fault = json!({ "params": { "to": to } });
        let board = &cell.world.board;
        board.fault("download", "redirect", fault).await.unwrap();
        cell.apply("CV.pdf", PDF).await;
        assert_eq!(cell.fetch().await, 1, "{to}");
        let files = cell.files().await;
        let last = files.last().unwrap();
        assert_eq!(last["state"], "failed", "{to}: {last}");
        assert_eq!(last["code"], "url-refused", "{to}");
        assert_eq!(last["retry"], false, "{to}");
        file += 1;
        assert!(files.len() <= file, "{to}");
    }
    cell.apply("CV.pdf", FRESH).await;
    assert_eq!(cell.fetch().await, 1);
    let files = cell.files().await;
    assert_eq!(files.last().unwrap()["state"], "stored", "{files:?}");
    cell.world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tries_grow_rarer_for_a_day_and_then_end() {
    let mut cell = Cell::with_fault("challenge_403", json!({ "times": 0 })).await;
    let arrived = cell.world.now();
    let mut waits = Vec::new();
    loop {
        assert_eq!(cell.fetch().await, 1);
        let file = cell.only_file().await;
        let Some(next) = file["next_try_at"].as_u64() else {
            break;
        };
        assert_eq!(cell.fetch().await, 0);
        waits.push(next - cell.world.now());
        cell.world.set_time(next).await.unwrap();
    }
    assert!((8..=20).contains(&waits.len()), "{waits:?}");
    waits.pop();
    assert!(waits.is_sorted(), "{waits:?}");
    assert!(cell.world.now() < arrived + 24 * 3_600_000);
    assert_eq!(cell.downloads().await, waits.len() as u64 + 2);
    cell.world.board.mend().await.unwrap();
    cell.then_a_fresh_link_helps("board-challenge").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stored_file_is_never_replaced_by_a_failure() {
    let mut cell = Cell::new().await;
    cell.apply("CV.pdf", PDF).await;
    assert_eq!(cell.fetch().await, 1);
    cell.expect_stored(PDF).await;
    cell.world
        .board
        .fault("download", "cv_expired_422", json!({}))
        .await
        .unwrap();
    cell.world.advance(HOUR).await.unwrap();
    cell.apply("CV.pdf", FRESH).await;
    assert_eq!(cell.fetch().await, 1);
    let files = cell.files().await;
    let states: Vec<_> = files.iter().map(|file| file["state"].clone()).collect();
    assert_eq!(states, ["stored", "failed"]);
    let applicant = cell.world.only_applicant(cell.posted.job).await.unwrap();
    let bytes = cell.world.download(&applicant, &files[0]).await.unwrap();
    assert_eq!(bytes, PDF);
    cell.world.stop().await;
}

/// A second process on the same data, in a runtime of its own, so that it can be ended between any two steps.
fn in_a_process_of_its_own<T: Send + 'static>(
    config: DemoConfig,
    begin: impl FnOnce(&tokio::runtime::Runtime, Demo) -> T + Send + 'static,
) -> tokio::task::JoinHandle<(tokio::runtime::Runtime, T)> {
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let demo = runtime.block_on(Demo::start(config)).unwrap();
        let begun = begin(&runtime, demo);
        (runtime, begun)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_fetching_and_storing_the_applicant_stays_and_a_fresh_link_helps() {
    let late = json!({ "when": "after", "params": { "ms": 20_000 } });
    let mut cell = Cell::with_fault("delay", late).await;
    let process = in_a_process_of_its_own(cell.world.config().clone(), |runtime, demo| {
        let platform = demo.platform().clone();
        runtime.spawn(async move {
            platform
                .fetch_cvs(None, false)
                .await
                .map(|round| round.tried)
        });
        demo
    });
    let (runtime, demo) = process.await.unwrap();
    // The board has counted the link as used; its answer is on the way.
    cell.wait_for_downloads(1).await;
    runtime.shutdown_background();
    drop(demo);

    assert_eq!(cell.only_file().await["state"], "pending");
    assert_eq!(
        cell.fetch().await,
        0,
        "the claim of the process that was killed"
    );
    cell.world.advance(HOUR).await.unwrap();
    assert_eq!(cell.fetch().await, 1);
    cell.then_a_fresh_link_helps("file-expired").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_stops_finishes_the_file_that_it_is_at() {
    let late = json!({ "params": { "ms": 1_500 } });
    let cell = Cell::with_fault("delay", late).await;
    let config = DemoConfig {
        background: true,
        ..cell.world.config().clone()
    };
    let second = Demo::start(config).await.unwrap();
    cell.wait_for_downloads(1).await;
    second.stop().await;
    cell.expect_stored(PDF).await;
    cell.world.stop().await;
}
