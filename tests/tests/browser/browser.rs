//! One browser: what a person does with it, as small steps that wait until the page is ready.

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use job_board_cli::walk::Api;
use reqwest::Method;
use serde_json::{Value, json};

use crate::driver::Driver;

/// The longest wait for anything: for a machine that is busy with other things, not for the page.
const PATIENCE: Duration = Duration::from_secs(90);

/// The name under which WebDriver gives an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser window with its tabs.
pub struct Browser {
    api: Api,
    session: String,
}

impl Browser {
    /// Opens one. Without `script` no page can run any.
    pub async fn open(driver: &Driver, program: &Path, script: bool) -> Result<Self> {
        let profile = driver
            .home
            .path()
            .join(if script { "with" } else { "without" });
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-default-apps",
            "--hide-scrollbars",
            "--lang=vi",
            "--window-size=1280,900",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let javascript = if script { 1 } else { 2 };
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "pageLoadStrategy": "normal",
            "goog:chromeOptions": {
                "binary": program,
                "args": arguments,
                "prefs": { "profile.default_content_setting_values.javascript": javascript },
            },
        } } });
        let made = driver.api.post("/session", &wanted).await?;
        let session = made["value"]["sessionId"]
            .as_str()
            .context("the driver opened no session")?
            .to_owned();
        Ok(Self {
            api: driver.api.clone(),
            session,
        })
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let path = format!("/session/{}{path}", self.session);
        Ok(self.api.post(&path, &body).await?["value"].take())
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let path = format!("/session/{}{path}", self.session);
        Ok(self.api.get(&path).await?["value"].take())
    }

    /// Ends it.
    pub async fn quit(self) -> Result<()> {
        let path = format!("/session/{}", self.session);
        self.api
            .send(Method::DELETE, &path, &Value::Null)
            .await?
            .ok()
            .map(drop)
    }

    /// Opens an address.
    pub async fn goto(&self, url: &str) -> Result<()> {
        self.post("/url", json!({ "url": url })).await.map(drop)
    }

    /// Loads the page again.
    pub async fn reload(&self) -> Result<()> {
        self.post("/refresh", json!({})).await.map(drop)
    }

    /// Goes back.
    pub async fn back(&self) -> Result<()> {
        self.post("/back", json!({})).await.map(drop)
    }

    /// Where it is.
    pub async fn url(&self) -> Result<String> {
        let url = self.get("/url").await?;
        Ok(url.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script's body in the page; `arguments` is what it is given.
    pub async fn run(&self, script: &str, arguments: Value) -> Result<Value> {
        self.post(
            "/execute/sync",
            json!({ "script": script, "args": arguments }),
        )
        .await
    }

    /// As [`Browser::run`]; the script calls its last argument with the answer.
    pub async fn run_async(&self, script: &str, arguments: Value) -> Result<Value> {
        self.post(
            "/execute/async",
            json!({ "script": script, "args": arguments }),
        )
        .await
    }

    /// What a person reads on the page.
    pub async fn text(&self) -> Result<String> {
        let text = self
            .run("return document.body.innerText", json!([]))
            .await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// A picture of what is seen, as PNG in base64.
    pub async fn picture(&self) -> Result<String> {
        let picture = self.get("/screenshot").await?;
        Ok(picture.as_str().unwrap_or_default().to_owned())
    }

    /// Changes the window's size.
    pub async fn size(&self, width: u32, height: u32) -> Result<()> {
        self.post("/window/rect", json!({ "width": width, "height": height }))
            .await
            .map(drop)
    }

    /// The tab in front.
    pub async fn tab(&self) -> Result<String> {
        let tab = self.get("/window").await?;
        Ok(tab.as_str().unwrap_or_default().to_owned())
    }

    /// Opens a tab and brings it to the front.
    pub async fn new_tab(&self) -> Result<String> {
        let made = self.post("/window/new", json!({ "type": "tab" })).await?;
        let tab = made["handle"].as_str().context("no new tab")?.to_owned();
        self.to_tab(&tab).await?;
        Ok(tab)
    }

    /// Brings a tab to the front.
    pub async fn to_tab(&self, tab: &str) -> Result<()> {
        self.post("/window", json!({ "handle": tab }))
            .await
            .map(drop)
    }

    /// Looks until there is an answer.
    pub async fn until<T, F>(&self, what: &str, mut look: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<Option<T>>>,
    {
        let started = Instant::now();
        let mut last = None;
        while started.elapsed() < PATIENCE {
            match look().await {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => {}
                // A page that is just being left: look again.
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let url = self.url().await.unwrap_or_default();
        let text = self.text().await.unwrap_or_default();
        bail!("waited in vain for {what} at {url} ({last:?}):\n{text}")
    }

    /// Waits until the page says this.
    pub async fn see(&self, text: &str) -> Result<()> {
        self.until(&format!("the text “{text}”"), async || {
            Ok(self.text().await?.contains(text).then_some(()))
        })
        .await
    }

    async fn all(&self, using: &str, value: &str) -> Result<Vec<String>> {
        let found = self
            .post("/elements", json!({ "using": using, "value": value }))
            .await?;
        let found = found.as_array().context("no list of elements")?;
        Ok(found
            .iter()
            .filter_map(|element| element[ELEMENT].as_str().map(str::to_owned))
            .collect())
    }

    /// The first element that is shown.
    async fn shown(&self, using: &str, value: &str) -> Result<String> {
        self.until(value, async || {
            for element in self.all(using, value).await? {
                if self.get(&format!("/element/{element}/displayed")).await? == true {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        })
        .await
    }

    /// How many elements there are, shown or not.
    pub async fn count(&self, css: &str) -> Result<usize> {
        Ok(self.all("css selector", css).await?.len())
    }

    /// Clicks the first element that is shown and fits.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.until(css, async || {
            let element = self.shown("css selector", css).await?;
            self.post(&format!("/element/{element}/click"), json!({}))
                .await?;
            Ok(Some(()))
        })
        .await
    }

    /// Clicks the link, button or menu that is called so.
    pub async fn press(&self, name: &str) -> Result<()> {
        let path =
            format!("//*[self::a or self::button or self::summary][normalize-space(.)=\"{name}\"]");
        self.until(name, async || {
            let element = self.shown("xpath", &path).await?;
            self.post(&format!("/element/{element}/click"), json!({}))
                .await?;
            Ok(Some(()))
        })
        .await
    }

    /// Types into an emptied field, key by key.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let element = self.shown("css selector", css).await?;
        self.post(&format!("/element/{element}/clear"), json!({}))
            .await?;
        self.post(
            &format!("/element/{element}/value"),
            json!({ "text": text }),
        )
        .await
        .map(drop)
    }

    /// Chooses an option, or sets a day: what a keyboard does in a way of its own on every system.
    pub async fn choose(&self, css: &str, value: &str) -> Result<()> {
        self.shown("css selector", css).await?;
        let script = "const e = document.querySelector(arguments[0]); e.value = arguments[1]; e.dispatchEvent(new Event('change', { bubbles: true })); return e.value";
        let set = self.run(script, json!([css, value])).await?;
        ensure!(set == value, "{css} does not take “{value}” but {set}");
        Ok(())
    }

    /// A property of an element.
    pub async fn property(&self, css: &str, name: &str) -> Result<String> {
        self.shown("css selector", css).await?;
        let script = "return String(document.querySelector(arguments[0])[arguments[1]])";
        let value = self.run(script, json!([css, name])).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }
}
