//! axe-core finds nothing serious on any page, at a desk's width and at a phone's.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::site::{Site, with_site};

/// Deque's axe-core, MPL-2.0; see `tests/vendor/axe-core`.
const AXE: &str = include_str!("../../vendor/axe-core/axe.min.js");

const RUN: &str = r#"
    const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], iframes: false }).then(
        (found) => done(found.violations
            .filter((one) => one.impact === "serious" || one.impact === "critical")
            .map((one) => one.id + ": " + one.help + ": " + one.nodes.map((node) => node.html.slice(0, 160)).slice(0, 4).join(" | "))),
        (error) => done([String(error)]),
    );
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_free_of_serious_findings() {
    with_site("every_page_is_free_of_serious_findings", true, async |site| {
        look(site, "/login").await?;
        site.connected().await?;
        let posting = site.publish(1).await?;
        let posting_page = site.browser.url().await?;
        let posting_path = posting_page.strip_prefix(&site.url("")).context("the posting's path")?;
        let posting_path = posting_path.split('?').next().unwrap_or_default().to_owned();
        site.board.reject(&posting, "Tiêu đề chưa rõ").await?;
        look(site, &posting_path).await?;
        site.board.approve(&posting).await?;
        for name in ["Trần Thị Ân", "Bùi An"] {
            let person = json!({ "name": name, "email": "an@example.com", "phone": "0912345671", "candidate_id": name.len() });
            site.board.apply(&posting, person).await?;
        }
        for path in ["/jobs", "/jobs/new", "/jobs/1", "/jobs/1/edit", "/jobs/1/postings", "/jobs/2/publish?connection=1", "/jobs/3/publish?connection=1", "/jobs/1/link?connection=1", "/postings", "/postings/log", "/notifications", "/candidates/1", "/connections", "/deliveries", "/deliveries?show=quarantine", "/deliveries?show=unmatched", "/deliveries/link?connection=1&board_posting=1200001&title=x", "/nowhere"] {
            look(site, path).await?;
        }
        for action in ["", "/update", "/close", "/reopen", "/unlink"] {
            look(site, &format!("{posting_path}{action}")).await?;
        }
        // The form with its problems.
        site.open("/jobs/3/publish?connection=1").await?;
        site.browser.press("Đăng tin").await?;
        site.browser.see("bắt buộc").await?;
        check(site, "the form with problems").await?;
        site.sign_out().await?;
        site.sign_in("minh").await?;
        for path in ["/connections", "/connections/1/credentials", "/connections/1/disconnect"] {
            look(site, path).await?;
        }
        Ok(())
    })
    .await;
}

/// At both widths.
async fn look(site: &Site, path: &str) -> Result<()> {
    for width in [1280, 390] {
        site.browser.size(width, 900).await?;
        site.open(path).await?;
        check(site, &format!("{path} at {width}")).await?;
        let wide = "return document.documentElement.scrollWidth - window.innerWidth";
        let over = site.browser.run(wide, json!([])).await?;
        ensure!(
            over.as_i64() <= Some(0),
            "{path} is {over} pixels wider than {width}"
        );
    }
    site.browser.size(1280, 900).await
}

async fn check(site: &Site, what: &str) -> Result<()> {
    site.browser.run(AXE, json!([])).await?;
    let found = site.browser.run_async(RUN, json!([])).await?;
    let found: Vec<String> = found
        .as_array()
        .map(|all| {
            all.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    ensure!(found.is_empty(), "{what}:\n{}", found.join("\n"));
    Ok(())
}
