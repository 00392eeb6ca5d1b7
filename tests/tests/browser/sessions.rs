//! Who gets in, and what is left after a restart.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::site::with_site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_sign_in_nothing_opens() {
    with_site("without_a_sign_in_nothing_opens", true, async |site| {
        for path in ["/", "/jobs", "/jobs/1", "/jobs/1/publish?connection=1", "/postings", "/candidates/1", "/candidates/1/cvs/1", "/notifications", "/connections", "/connections/1/credentials", "/deliveries", "/nowhere"] {
            site.open(path).await?;
            let url = site.browser.url().await?;
            ensure!(url.contains("/login"), "{path} leads to {url}");
            site.browser.see("Mật khẩu").await?;
        }
        // The sign-in leads on to where somebody wanted to go, and never to another site.
        site.open("/jobs/1").await?;
        site.sign_in("lan").await?;
        ensure!(site.browser.url().await?.ends_with("/jobs/1"));
        site.sign_out().await?;
        site.open("/login?next=//example.com/").await?;
        site.sign_in("lan").await?;
        ensure!(site.browser.url().await?.starts_with(&site.url("/jobs")));

        // What a recruiter may not do is not done, whatever is sent.
        site.open("/connections/1/credentials").await?;
        site.browser.see("Vai trò của bạn không được làm việc này.").await?;
        // A form without the token changes nothing.
        let script = r#"
            const done = arguments[arguments.length - 1];
            const body = new URLSearchParams({ title: "x", "v:text:title": "x", csrf: "0".repeat(64) });
            fetch("/jobs/new", { method: "POST", body }).then((answer) => done(answer.status), (error) => done(String(error)));
        "#;
        let answered = site.browser.run_async(script, json!([])).await?;
        ensure!(answered == 403, "{answered}");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_goes_on_after_the_server_restarted() {
    with_site(
        "the_page_goes_on_after_the_server_restarted",
        true,
        async |site| {
            site.connected().await?;
            let posting = site.publish(1).await?;
            site.open("/notifications").await?;
            site.stop_platform().await;
            site.start_platform().await?;
            // The open page finds the server again by itself, and is told.
            site.board.approve(&posting).await?;
            site.browser.see("đã được TopCV duyệt và đăng").await?;
            // The session holds, and so does the token in a form that was shown before.
            site.browser.press("Đánh dấu đã đọc tất cả").await?;
            site.browser.see("Đã đánh dấu là đã đọc.").await
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_matters_works_without_script() {
    with_site(
        "everything_that_matters_works_without_script",
        false,
        async |site| {
            site.connected().await?;
            let posting = site.publish(1).await?;
            site.board.approve(&posting).await?;
            let person =
                json!({ "name": "Lê Hòa", "email": "hoa@example.com", "phone": "0912345678" });
            site.board.apply_answered(&posting, person, 200).await?;
            site.open("/jobs/1").await?;
            site.browser.see("Lê Hòa").await?;
            site.browser
                .click("select[name=stage] option[value=hired]")
                .await?;
            site.browser.click(".candidate-card .move button").await?;
            site.browser.see("Đã chuyển giai đoạn.").await?;
            site.browser.press("English").await?;
            site.browser.see("Hiring").await
        },
    )
    .await;
}

/// Not a promise of the page alone: the platform's own policy is what keeps a page from being framed or scripted from elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_stops_inline_script() -> Result<()> {
    with_site("the_policy_stops_inline_script", true, async |site| {
        site.sign_in("lan").await?;
        let script = r#"
            const s = document.createElement("script");
            s.textContent = "document.title = 'taken'";
            document.body.append(s);
            return document.title;
        "#;
        let title = site.browser.run(script, json!([])).await?;
        ensure!(title != "taken", "an inline script ran");
        Ok(())
    })
    .await;
    Ok(())
}
