//! Two tabs, double clicks, and the page that follows by itself.

use anyhow::{Result, ensure};

use crate::site::with_site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tabs_show_a_stale_version_as_a_conflict() {
    with_site(
        "two_tabs_show_a_stale_version_as_a_conflict",
        true,
        async |site| {
            site.connected().await?;
            site.publish(1).await?;
            let update = format!(
                "{}/update",
                site.browser
                    .url()
                    .await?
                    .split('?')
                    .next()
                    .unwrap_or_default()
            );
            let first = site.browser.tab().await?;
            site.browser.goto(&update).await?;

            let second = site.browser.new_tab().await?;
            site.browser.goto(&update).await?;
            change_title(site, "Kế toán tổng hợp (tab hai)").await?;
            site.browser.press("Gửi thay đổi").await?;
            site.browser.see("Đã gửi thay đổi").await?;

            site.browser.goto(&update).await?;

            // The first tab still shows what was there before.
            site.browser.to_tab(&first).await?;
            change_title(site, "Kế toán tổng hợp (tab một)").await?;
            site.browser.see("Tin đã được thay đổi ở nơi khác").await?;
            let text = site.browser.text().await?;
            ensure!(
                text.contains("(tab một)") && text.contains("(tab hai)"),
                "both values:\n{text}"
            );
            ensure!(
                site.board.count(&site.employer, "edits").await? == 1,
                "nothing was sent meanwhile"
            );

            site.browser.click("input[value=mine]").await?;
            site.browser.press("Gửi thay đổi").await?;
            site.browser.see("Đã gửi thay đổi").await?;
            ensure!(site.board.count(&site.employer, "edits").await? == 2);

            // Keeping the other side's value sends nothing of one's own.
            site.browser.to_tab(&second).await?;
            change_title(site, "Kế toán tổng hợp (tab hai, lần nữa)").await?;
            site.browser.click("input[value=theirs]").await?;
            site.browser.press("Gửi thay đổi").await?;
            site.browser.see("nên không gửi gì").await?;
            ensure!(site.board.count(&site.employer, "edits").await? == 2);
            Ok(())
        },
    )
    .await;
}

async fn change_title(site: &crate::site::Site, title: &str) -> Result<()> {
    site.browser.fill("[name='v:text:title']", title).await?;
    site.browser.press("Xem thay đổi").await?;
    site.browser.see("Xem lại thay đổi").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_sent_again_publishes_once() {
    with_site("a_form_that_is_sent_again_publishes_once", true, async |site| {
        site.connected().await?;
        site.open("/jobs/1/publish?connection=1").await?;
        // Two of the same form at once, as a double click without script sends them, and once more afterwards.
        let twice = r#"
            const done = arguments[arguments.length - 1];
            const form = document.querySelector("form[action$='/publish']");
            const send = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
            Promise.all([send(), send()]).then(send).then((answer) => done(answer.url), (error) => done(String(error)));
        "#;
        let landed = site.browser.run_async(twice, serde_json::json!([])).await?;
        ensure!(landed.as_str().is_some_and(|url| url.contains("/postings/")), "{landed}");
        site.browser.press("Đăng tin").await?;
        site.browser.see("Chờ duyệt").await?;
        // Going back opens a fresh form: that would be a second posting, and is not made without a word.
            site.browser.back().await?;
            site.browser.press("Đăng tin").await?;
            site.browser
                .until("the question whether a second one is meant", async || {
                    Ok((site.browser.count("button[name=second]").await? == 1).then_some(()))
                })
                .await?;
            ensure!(site.board.count(&site.employer, "creates").await? == 1);
        Ok(())
    })
    .await;
}
