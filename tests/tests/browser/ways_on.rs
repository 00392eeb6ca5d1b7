//! What nobody expected: an applicant of a posting that is linked with no job, a posting that is posted again, a connection that has ended.

use anyhow::ensure;
use serde_json::json;

use crate::site::with_site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_applicant_without_a_job_finds_one_by_clicks() {
    with_site(
        "an_applicant_without_a_job_finds_one_by_clicks",
        true,
        async |site| {
            site.sign_in("minh").await?;
            site.connect().await?;
            let fields = json!({ "title": "Kế toán trưởng", "approval_status": "approved" });
            let made = site.board.post_by_hand(&site.employer, fields).await?;
            let board = made["job_id"].to_string();
            let person = json!({ "name": "Trần Thị Bích", "email": "bich@example.com", "phone": "0987654321" });
            site.board.apply_answered(&board, person, 200).await?;

            let browser = &site.browser;
            site.open("/notifications").await?;
            browser.click(".notice a").await?;
            browser.see("Trần Thị Bích").await?;
            browser.click("a[href*='/deliveries/link']").await?;
            browser.see("Tin này thuộc tin tuyển dụng nào?").await?;
            browser.click("a[href^='/jobs/2/link']").await?;
            let filled = browser.property("#board_posting", "value").await?;
            ensure!(filled == board, "{filled}");
            browser.click("form.panel button.primary").await?;
            browser.see("Đã liên kết tin.").await?;
            site.open("/jobs/2").await?;
            browser.see("Trần Thị Bích").await?;
            site.open("/deliveries").await?;
            site.open("/deliveries?show=unmatched").await?;
            browser.see("Không có gì đang chờ").await?;
            site.open("/candidates/1").await?;
            // Nobody is waited for: what was told is taken back.
            site.open("/notifications").await?;
            ensure!(!browser.text().await?.contains("chưa liên kết với tin tuyển dụng nào"));
            Ok(())
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_posting_is_posted_again_as_it_was_corrected() {
    with_site(
        "a_closed_posting_is_posted_again_as_it_was_corrected",
        true,
        async |site| {
            site.connected().await?;
            let posting = site.publish(1).await?;
            site.board.approve(&posting).await?;
            let browser = &site.browser;
            let page = browser.url().await?;
            let corrected = json!({ "title": "Kế toán tổng hợp (đã sửa)" });
            site.board.edit(&posting, corrected).await?;
            // A second one of the same job is not what the main button does.
            site.open("/jobs/1/publish?connection=1").await?;
            browser.press("Đăng tin").await?;
            browser.see("Tin đã đăng của tin tuyển dụng này").await?;
            browser.click(".panel.attention a.button.primary").await?;
            browser.press("Dừng tin").await?;
            browser.click("main button.danger").await?;
            browser.see("Đã dừng").await?;
            browser.press("Đăng lại thành tin mới").await?;
            browser.see("Đăng lại thành tin mới tại").await?;
            browser.see("như tin trước").await?;
            let title = browser.property("[name='v:text:title']", "value").await?;
            ensure!(title == "Kế toán tổng hợp (đã sửa)", "{title}");
            browser.press("Đăng tin").await?;
            browser.see("Chờ duyệt").await?;
            ensure!(browser.url().await? != page);
            ensure!(site.board.count(&site.employer, "creates").await? == 2);
            site.open("/jobs/1").await?;

            site.sign_out().await?;
            site.sign_in("minh").await?;
            site.open("/connections").await?;
            site.open("/connections/1/disconnect").await?;
            browser.click("main button.danger").await?;
            browser.see("Đã ngắt kết nối").await?;
            site.open("/postings").await?;
            browser.see("lúc ngắt kết nối").await?;
            site.open("/jobs/1").await?;
            browser.see("Kết nối đã ngắt").await?;
            site.open("/jobs/1/publish?connection=1").await?;
            browser.see("chưa gửi gì đi được").await?;
            Ok(())
        },
    )
    .await;
}
