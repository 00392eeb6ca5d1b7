//! A simulated board, the platform with the real component, and a browser in front of them.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use job_board_cli::walk::{Board, Employer};
use job_board_demo::{Demo, DemoConfig, FieldValue, Values};
use serde_json::json;
use system_tests::component;
use tempfile::TempDir;
use tokio::sync::Mutex;
use topcv_simulator::{Simulator, SimulatorConfig};

use crate::browser::Browser;
use crate::driver::{Driver, programs};

/// In which language a person reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    Vi,
    En,
}

impl Lang {
    pub fn t<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }
}

/// Both sides and the browser.
pub struct Site {
    pub browser: Browser,
    pub board: Board,
    pub employer: Employer,
    pub lang: Lang,
    platform: Option<Demo>,
    address: SocketAddr,
    passwords: BTreeMap<String, String>,
    simulator: Simulator,
    data: TempDir,
}

/// One browser at a time: two of them would only wait for each other.
static TURN: Mutex<()> = Mutex::const_new(());

/// Runs a test with a site of its own.
pub async fn with_site(name: &str, script: bool, test: impl AsyncFnOnce(&mut Site) -> Result<()>) {
    let Some((browser, driver)) = programs() else {
        if std::env::var_os("REQUIRE_BROWSER").is_some_and(|value| value == "1") {
            panic!("{name}: chromium and chromedriver are required and were not found");
        }
        // Not with println!, which is shown for failures only.
        let _ = writeln!(std::io::stderr(), "skipped: {name}: chromium not found");
        return;
    };
    let _turn = TURN.lock().await;
    let driver = Driver::start(&driver).await.expect("the driver starts");
    let browser = Browser::open(&driver, &browser, script)
        .await
        .expect("the browser opens");
    let mut site = Site::start(browser).await.expect("both sides start");
    let outcome = test(&mut site).await;
    if outcome.is_err() {
        site.keep_picture(name).await;
    }
    site.stop().await;
    if let Err(error) = outcome {
        panic!("{name}: {error:#}");
    }
}

impl Site {
    async fn start(browser: Browser) -> Result<Self> {
        let simulator = Simulator::start(SimulatorConfig::default()).await?;
        let data = tempfile::tempdir()?;
        lend_compiled(data.path())?;
        let board = Board::new(&simulator.url())?;
        let employer = board.employer("Công ty Cổ phần Minh An").await?;
        let mut site = Self {
            browser,
            board,
            employer,
            lang: Lang::Vi,
            platform: None,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            passwords: BTreeMap::new(),
            simulator,
            data,
        };
        site.start_platform().await?;
        Ok(site)
    }

    /// Starts the platform, or starts it again where it was.
    pub async fn start_platform(&mut self) -> Result<()> {
        let simulator = self.simulator.url();
        let protocol = json!({ "base_url": simulator }).to_string();
        let config = DemoConfig {
            bind: self.address,
            allow: vec![simulator],
            allow_loopback: true,
            operator_settings: Values::from([("protocol".to_owned(), FieldValue::Json(protocol))]),
            ..DemoConfig::new(self.data.path(), component())
        };
        let platform = Demo::start(config).await?;
        self.address = platform
            .url()
            .trim_start_matches("http://")
            .parse()
            .context("the platform's address")?;
        for credential in platform.credentials() {
            if let Some(password) = &credential.password {
                self.passwords
                    .insert(credential.login.clone(), password.clone());
            }
        }
        self.platform = Some(platform);
        Ok(())
    }

    /// Stops the platform; its data stay.
    pub async fn stop_platform(&mut self) {
        if let Some(platform) = self.platform.take() {
            platform.stop().await;
        }
    }

    async fn stop(mut self) {
        let _ = self.browser.quit().await;
        if let Some(platform) = self.platform.take() {
            platform.stop().await;
        }
        self.simulator.stop().await;
    }

    /// The platform's address.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn t<'a>(&self, vi: &'a str, en: &'a str) -> &'a str {
        self.lang.t(vi, en)
    }

    /// Opens a page of the platform.
    pub async fn open(&self, path: &str) -> Result<()> {
        self.browser.goto(&self.url(path)).await
    }

    /// Signs in at the page that is shown, or at the sign-in.
    pub async fn sign_in(&self, login: &str) -> Result<()> {
        let password = self.passwords.get(login).context("nobody has this login")?;
        if !self.browser.url().await?.contains("/login") {
            self.open("/login").await?;
        }
        self.browser.fill("#login", login).await?;
        self.browser.fill("#password", password).await?;
        self.browser.press(self.t("Đăng nhập", "Sign in")).await?;
        self.browser.see(self.t("Tin tuyển dụng", "Jobs")).await
    }

    pub async fn sign_out(&self) -> Result<()> {
        self.browser.click(".account .menu summary").await?;
        self.browser.press(self.t("Đăng xuất", "Sign out")).await?;
        self.browser.see(self.t("Mật khẩu", "Password")).await
    }

    /// Enters the access code by the form, and the webhook URL at the board. Somebody who administers is signed in.
    pub async fn connect(&self) -> Result<()> {
        self.open("/connections/1/credentials").await?;
        let browser = &self.browser;
        browser
            .fill(
                "[name='v:secret:access-token']",
                &self.employer.access_token,
            )
            .await?;
        browser
            .fill("[name='v:secret:secret-key']", &self.employer.secret_key)
            .await?;
        browser.press(self.t("Lưu lại", "Save")).await?;
        browser.see(self.t("Đã cấu hình", "Configured")).await?;
        let endpoint = browser.property("#endpoint-1", "value").await?;
        self.board
            .set(&self.employer, json!({ "webhook_url": endpoint }))
            .await
            .map(drop)
    }

    /// Connects as the administrator, and leaves a recruiter signed in.
    pub async fn connected(&self) -> Result<()> {
        self.sign_in("minh").await?;
        self.connect().await?;
        self.sign_out().await?;
        self.sign_in("lan").await
    }

    /// Publishes a job whose form is complete; answers the board's id.
    pub async fn publish(&self, job: u32) -> Result<String> {
        self.open(&format!("/jobs/{job}/publish?connection=1"))
            .await?;
        self.browser.press(self.t("Đăng tin", "Publish")).await?;
        self.browser
            .see(self.t("Chờ duyệt", "Pending review"))
            .await?;
        self.board_id().await
    }

    /// The board's id of the posting whose page is shown.
    pub async fn board_id(&self) -> Result<String> {
        let url = self.browser.property("a.out", "href").await?;
        let posting = self.browser.text().await?;
        let label = self.t("Mã tin", "Posting id");
        let mut lines = posting.lines().skip_while(|line| !line.contains(label));
        let Some(id) = lines.find_map(|line| {
            let digits: String = line.chars().filter(char::is_ascii_digit).collect();
            (digits.len() >= 6).then_some(digits)
        }) else {
            bail!("the page shows no id of the posting at {url}:\n{posting}");
        };
        Ok(id)
    }

    /// Keeps what was seen when a test failed, beside the build's other output.
    async fn keep_picture(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        if let Ok(picture) = self.browser.picture().await {
            let file = folder.join(format!("{name}.png"));
            let _ = std::fs::write(&file, STANDARD.decode(picture).unwrap_or_default());
            let _ = writeln!(
                std::io::stderr(),
                "{name}: what was seen: {}",
                file.display()
            );
        }
    }
}

/// Gives the platform the plugin as it was compiled for earlier tests, if it was.
fn lend_compiled(data: &Path) -> Result<()> {
    let from: PathBuf = component().with_file_name("compiled");
    // Compiles it when nobody has yet.
    let _ = system_tests::plugin();
    let to = data.join("compiled");
    std::fs::create_dir(&to)?;
    for entry in std::fs::read_dir(from)? {
        let name = entry?.file_name();
        std::fs::copy(
            component().with_file_name("compiled").join(&name),
            to.join(&name),
        )?;
    }
    Ok(())
}
