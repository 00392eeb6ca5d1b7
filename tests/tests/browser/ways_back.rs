//! Nobody is led astray: the other language, back to what was entered, and pages that follow what happens.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::site::{Site, with_site};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_changes_on_a_page_that_answered_a_form() {
    with_site(
        "the_language_changes_on_a_page_that_answered_a_form",
        true,
        async |site| {
            site.connected().await?;
            site.publish(1).await?;
            site.board
                .fault("detail", "drop_connection", json!({}))
                .await?;
            site.browser.press("Hỏi lại trạng thái").await?;
            site.browser.see("Chưa làm được").await?;
            site.browser.press("English").await?;
            site.browser.see("Pending review").await?;
            site.board.mend().await?;

            // Where nothing was entered, nothing is asked; what was entered is not thrown away without a word.
            let page = site.browser.url().await?;
            site.browser.goto(&format!("{page}/update")).await?;
            site.browser
                .fill("[name='v:text:title']", "Entered and not sent")
                .await?;
            site.browser
                .run(
                    "window.asked = 0; window.confirm = () => { window.asked += 1; return false; }",
                    json!([]),
                )
                .await?;
            site.browser.press("Tiếng Việt").await?;
            let asked = site.browser.run("return window.asked", json!([])).await?;
            ensure!(asked == 1, "asked {asked} times");
            let title = site
                .browser
                .property("[name='v:text:title']", "value")
                .await?;
            ensure!(title == "Entered and not sent", "{title}");
            Ok(())
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_preview_leads_back_to_what_was_entered() {
    with_site(
        "the_preview_leads_back_to_what_was_entered",
        true,
        async |site| {
            site.connected().await?;
            site.publish(1).await?;
            let page = site.browser.url().await?;
            let page = page.split('?').next().unwrap_or_default().to_owned();
            site.browser.goto(&format!("{page}/update")).await?;
            site.browser
                .fill("[name='v:text:title']", "Kế toán tổng hợp, bản mới")
                .await?;
            site.browser.press("Xem thay đổi").await?;
            site.browser.see("Xem lại thay đổi").await?;
            site.browser.press("Quay lại sửa").await?;
            site.browser.see("Xem thay đổi").await?;
            let title = site
                .browser
                .property("[name='v:text:title']", "value")
                .await?;
            ensure!(title == "Kế toán tổng hợp, bản mới", "{title}");
            ensure!(site.board.count(&site.employer, "edits").await? == 0);
            site.browser.press("Xem thay đổi").await?;
            site.browser.press("Gửi thay đổi").await?;
            site.browser.see("Kế toán tổng hợp, bản mới").await?;
            ensure!(site.board.count(&site.employer, "edits").await? == 1);
            Ok(())
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colleagues_page_follows_what_happens_without_a_notification() {
    with_site(
        "a_colleagues_page_follows_what_happens_without_a_notification",
        true,
        async |site| {
            site.connected().await?;
            let id = site.publish(1).await?;
            site.sign_out().await?;
            // Not the job's owner: nothing of this is a notification for him.
            site.sign_in("minh").await?;
            site.open("/jobs/1").await?;
            settled(site).await?;
            site.board.approve(&id).await?;
            site.board
                .apply(&id, json!({ "name": "Đỗ Thị Ánh", "email": "anh@example.com", "phone": "0912345678" }))
                .await?;
            site.browser.see("Đỗ Thị Ánh").await?;
            ensure!(site.browser.count("#live:not([hidden])").await? == 0);
            Ok(())
        },
    )
    .await;
}

/// The page listens.
async fn settled(site: &Site) -> Result<()> {
    site.browser.see("Tiếp nhận hồ sơ").await
}
