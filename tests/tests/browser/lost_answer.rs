//! The answer to a paid call is lost: the page explains, and offers what to do.

use anyhow::ensure;
use serde_json::json;

use crate::site::with_site;

/// How long the board takes without anybody hearing of it.
const LATE_MS: u64 = 12_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_leads_to_a_page_with_ways_on() {
    with_site(
        "a_lost_answer_leads_to_a_page_with_ways_on",
        true,
        async |site| {
            site.connected().await?;
            // Nobody answers, and the posting comes into being while everybody wonders.
            let late = json!({ "params": { "ms": LATE_MS } });
            site.board.fault("create", "create_late", late).await?;
            site.open("/jobs/1/publish?connection=1").await?;
            site.browser.press("Đăng tin").await?;
            site.browser
                .see("Chưa rõ tin đã được đăng hay chưa")
                .await?;
            site.browser
                .see("để bạn không phải trả tiền hai lần")
                .await?;
            site.browser.see("Không có tin nào").await?;
            // Publishing the same job anew is refused while nobody knows.
            let posting = site.browser.url().await?;
            site.open("/jobs/1/publish?connection=1").await?;
            site.browser.press("Đăng tin").await?;
            site.browser
                .until("a refusal", async || {
                    Ok((site.browser.count("[role=alert]").await? > 0).then_some(()))
                })
                .await?;
            ensure!(site.board.count(&site.employer, "creates").await? <= 1);
            // Asked again, the board knows: what was made is found, and nothing is made anew.
            site.browser
                .until("the posting at the board", async || {
                    site.browser.goto(&posting).await?;
                    if site.browser.text().await?.contains("Chờ duyệt") {
                        return Ok(Some(()));
                    }
                    site.browser.press("Hỏi lại mạng tuyển dụng").await?;
                    Ok(None)
                })
                .await?;
            ensure!(site.board.count(&site.employer, "creates").await? == 1);
            Ok(())
        },
    )
    .await;
}
