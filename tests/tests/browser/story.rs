//! The whole story by clicks, in both languages.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::site::{Lang, Site, with_site};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_story_by_clicks_in_vietnamese() {
    with_site(
        "the_whole_story_by_clicks_in_vietnamese",
        true,
        async |site| story(site).await,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_story_by_clicks_in_english() {
    with_site("the_whole_story_by_clicks_in_english", true, async |site| {
        site.open("/").await?;
        site.browser.press("English").await?;
        site.browser.see("Password").await?;
        site.lang = Lang::En;
        story(site).await
    })
    .await;
}

async fn story(site: &mut Site) -> Result<()> {
    configure(site).await?;
    let posting = publish_with_missing_fields(site).await?;
    reject_and_correct(site, &posting).await?;
    approve_and_apply(site, &posting).await?;
    close_and_reopen(site, &posting).await?;
    link(site).await?;
    disconnect(site).await
}

async fn configure(site: &Site) -> Result<()> {
    let browser = &site.browser;
    site.sign_in("minh").await?;
    browser
        .press(site.t("Mạng tuyển dụng", "Job boards"))
        .await?;
    browser
        .see(site.t("Chưa cấu hình", "Not configured"))
        .await?;
    browser
        .press(site.t("Thêm mã truy cập", "Add an access code"))
        .await?;

    // A wrong key: told, and nothing of it is written into the page.
    browser
        .fill(
            "[name='v:secret:access-token']",
            &site.employer.access_token,
        )
        .await?;
    browser
        .fill("[name='v:secret:secret-key']", "not-the-secret-key")
        .await?;
    browser.press(site.t("Lưu lại", "Save")).await?;
    browser
        .until("a refusal", async || {
            Ok((browser.count("[role=alert]").await? > 0).then_some(()))
        })
        .await?;
    ensure!(
        browser
            .property("[name='v:secret:secret-key']", "value")
            .await?
            .is_empty()
    );

    browser
        .fill(
            "[name='v:secret:access-token']",
            &site.employer.access_token,
        )
        .await?;
    browser
        .fill("[name='v:secret:secret-key']", &site.employer.secret_key)
        .await?;
    browser.press(site.t("Lưu lại", "Save")).await?;
    browser
        .see(site.t("Cập nhật mã truy cập", "Update the access code"))
        .await?;
    ensure!(
        browser
            .property("[name='v:secret:secret-key']", "value")
            .await?
            .is_empty()
    );

    let endpoint = browser.property("#endpoint-1", "value").await?;
    site.board
        .set(&site.employer, json!({ "webhook_url": endpoint }))
        .await?;
    browser
        .press(site.t("Thử địa chỉ này", "Try this address"))
        .await?;
    browser
        .see(site.t("Địa chỉ dẫn đúng về đây.", "The address leads here."))
        .await?;
    browser.press(site.t("Quay lại", "Back")).await?;
    browser.see(site.t("Đã cấu hình", "Configured")).await?;
    browser
        .press(site.t("Kiểm tra kết nối", "Check the connection"))
        .await?;
    browser
        .see(site.t("Kết nối hoạt động", "The connection works"))
        .await?;
    site.sign_out().await
}

/// Fills in what the page lists first, knowing nothing but the kinds of the fields.
const FILL_IN: &str = r#"
    const day = new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10);
    for (const e of document.querySelectorAll(".first-of-all :is(input, select, textarea)")) {
        if (e.type === "hidden" || e.type === "search" || e.value && e.type !== "checkbox") continue;
        const name = e.name;
        if (e.tagName === "SELECT") e.value = [...e.options].find((o) => o.value).value;
        else if (e.type === "date") e.value = day;
        else if (e.tagName === "TEXTAREA") e.value = "Có kinh nghiệm bán hàng.";
        else if (name.includes("emails")) e.value = "tuyendung@minhan.example";
        else if (name.includes("phone")) e.value = "0912 345 678";
        else if (e.type === "text") e.value = "Nguyễn Thị Lan";
    }
    return document.querySelectorAll(".first-of-all .field").length;
"#;

async fn publish_with_missing_fields(site: &Site) -> Result<String> {
    let browser = &site.browser;
    site.sign_in("lan").await?;
    browser
        .press("Nhân viên kinh doanh thị trường miền Nam")
        .await?;
    browser.press(site.t("Tạo nguồn", "Add a source")).await?;
    browser
        .press(site.t(
            "Đăng tin mới tại mạng tuyển dụng TopCV",
            "Publish a new posting at TopCV",
        ))
        .await?;
    browser
        .see(site.t("Cần bạn bổ sung hoặc xem lại", "Needs your input"))
        .await?;
    // Sent as it is: every problem at once, beside its field, and nothing at the board.
    browser.press(site.t("Đăng tin", "Publish")).await?;
    browser
        .until("problems beside their fields", async || {
            Ok((browser
                .count(".has-problem [aria-invalid=true][aria-describedby]")
                .await?
                >= 3)
                .then_some(()))
        })
        .await?;
    ensure!(site.board.count(&site.employer, "creates").await? == 0);

    let filled = browser.run(FILL_IN, json!([])).await?;
    ensure!(
        filled.as_u64() >= Some(3),
        "only {filled} fields are asked for first"
    );
    browser.press(site.t("Đăng tin", "Publish")).await?;
    browser.see(site.t("Chờ duyệt", "Pending review")).await?;
    ensure!(site.board.count(&site.employer, "creates").await? == 1);
    site.board_id().await
}

async fn reject_and_correct(site: &Site, posting: &str) -> Result<()> {
    let browser = &site.browser;
    site.board
        .reject(posting, "Mô tả công việc chứa số điện thoại")
        .await?;
    // The page hears of it by itself.
    browser.see(site.t("Bị từ chối", "Rejected")).await?;
    browser.see("Mô tả công việc chứa số điện thoại").await?;
    browser
        .press(site.t("Sửa và gửi duyệt lại", "Correct and send again"))
        .await?;
    browser
        .fill(
            "[name='v:markup:job_description']",
            "Chăm sóc đại lý tại Bình Dương.",
        )
        .await?;
    browser
        .press(site.t("Xem thay đổi", "Look at the changes"))
        .await?;
    browser.see("Chăm sóc đại lý tại Bình Dương.").await?;
    ensure!(
        browser.count(".differences tbody tr").await? == 1,
        "one field was changed"
    );
    browser
        .press(site.t("Gửi thay đổi", "Send the changes"))
        .await?;
    browser
        .see(site.t("duyệt lại", "reviews the posting again"))
        .await?;
    browser.see(site.t("Chờ duyệt", "Pending review")).await
}

async fn approve_and_apply(site: &Site, posting: &str) -> Result<()> {
    let browser = &site.browser;
    site.board.approve(posting).await?;
    browser.see(site.t("Đang hiển thị", "Live")).await?;
    for (name, phone) in [
        ("Trần Thị Ân", "0912345671"),
        ("Lê Văn Đức", "0912345672"),
        ("Bùi An", "0912345673"),
        ("Phạm Dũng", "0912345674"),
    ] {
        let person =
            json!({ "name": name, "email": format!("{phone}@example.com"), "phone": phone });
        site.board.apply_answered(posting, person, 200).await?;
    }
    // Told while the page stays open, several together.
    browser
        .see(site.t("4 ứng viên mới cho", "4 new applicants for"))
        .await?;
    browser.press(site.t("Tin tuyển dụng", "Jobs")).await?;
    browser
        .press("Nhân viên kinh doanh thị trường miền Nam")
        .await?;
    let names = "return [...document.querySelectorAll('.column:first-child h3')].map((e) => e.innerText.trim()).join(', ')";
    browser
        .until("all four by given name", async || {
            let shown = browser.run(names, json!([])).await?;
            Ok((shown == "Bùi An, Trần Thị Ân, Phạm Dũng, Lê Văn Đức").then_some(()))
        })
        .await?;

    browser.press("Trần Thị Ân").await?;
    browser.see("0912345671").await?;
    let frame = browser.until("the CV in its frame", async || {
        browser.reload().await?;
        Ok((browser.count("iframe.document").await? == 1).then_some(()))
    });
    frame.await?;
    let look = r#"
        const done = arguments[arguments.length - 1];
        fetch(document.querySelector("iframe.document").src).then(async (answer) => done([
            answer.headers.get("content-type"),
            answer.headers.get("content-security-policy"),
            (await answer.text()).slice(0, 5),
        ]), (error) => done(String(error)));
    "#;
    let cv = browser.run_async(look, json!([])).await?;
    ensure!(cv[0] == "application/pdf" && cv[2] == "%PDF-", "{cv}");
    ensure!(
        cv[1]
            .as_str()
            .is_some_and(|policy| policy.starts_with("default-src 'none'")),
        "{cv}"
    );

    browser.choose("select[name=stage]", "interview").await?;
    browser.press(site.t("Chuyển", "Move")).await?;
    browser
        .see(site.t("Đã chuyển giai đoạn.", "Moved to another stage."))
        .await
}

async fn close_and_reopen(site: &Site, posting: &str) -> Result<()> {
    let browser = &site.browser;
    browser.press(site.t("Tin đã đăng", "Postings")).await?;
    browser
        .press("Nhân viên kinh doanh thị trường miền Nam")
        .await?;
    browser.see(posting).await?;
    browser.press(site.t("Dừng tin", "Close")).await?;
    browser
        .see(site.t("Dừng tin này?", "Close this posting?"))
        .await?;
    browser.click("button.danger").await?;
    browser
        .see(site.t("Đã dừng tin.", "The posting was closed."))
        .await?;
    browser.press(site.t("Mở lại", "Reopen")).await?;
    browser
        .see(site.t("Mở lại tin", "Reopen the posting"))
        .await?;
    browser.click("button.primary").await?;
    browser
        .see(site.t("Đã mở lại tin.", "The posting was reopened."))
        .await
}

async fn link(site: &Site) -> Result<()> {
    let browser = &site.browser;
    let title = "Kế toán trưởng (đăng sẵn)";
    site.board
        .post_by_hand(&site.employer, json!({ "title": title }))
        .await?;
    browser.press(site.t("Tin tuyển dụng", "Jobs")).await?;
    browser.press("Kế toán tổng hợp").await?;
    browser.press(site.t("Tạo nguồn", "Add a source")).await?;
    browser
        .press(site.t("Thêm tin đã đăng", "Add an existing posting"))
        .await?;
    browser.fill("#q", "ke toan truong").await?;
    browser.press(site.t("Tìm", "Search")).await?;
    browser.see(title).await?;
    browser
        .until("a search that finds one", async || {
            Ok((browser.count("ul.rows > li").await? == 1).then_some(()))
        })
        .await?;
    browser.click("ul.rows button").await?;
    browser
        .see(site.t("Đã liên kết tin.", "The posting was linked."))
        .await?;
    browser
        .see(site.t("Liên kết từ tin đã có", "Linked, was there before"))
        .await
}

async fn disconnect(site: &Site) -> Result<()> {
    let browser = &site.browser;
    site.sign_out().await?;
    site.sign_in("minh").await?;
    browser
        .press(site.t("Mạng tuyển dụng", "Job boards"))
        .await?;
    browser.press(site.t("Ngắt kết nối", "Disconnect")).await?;
    browser
        .see("Nhân viên kinh doanh thị trường miền Nam")
        .await?;
    browser.click("button.danger").await?;
    browser.see(site.t("Chưa cấu hình", "Not configured")).await
}
