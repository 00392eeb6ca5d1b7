//! A candidate who tries to be more than text.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::site::with_site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_candidate_shows_as_text() {
    with_site("a_hostile_candidate_shows_as_text", true, async |site| {
        site.connected().await?;
        let posting = site.publish(1).await?;
        // What the board says in its own words passes the plugin as it is.
        let page = site.browser.url().await?;
        site.board.reject(&posting, "<b>sai</b> \u{202e}gpj.exe\u{7}").await?;
        site.browser.goto(&page).await?;
        site.browser.see("<b>sai</b> \u{fffd}gpj.exe\u{fffd}").await?;
        site.board.approve(&posting).await?;
        let name = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script> \u{202e}nA\u{7}";
        let person = json!({ "name": name, "email": "\"><b>x</b>@example.com", "phone": "0912345678" });
        site.board.apply_answered(&posting, person, 200).await?;
        for path in ["/jobs/1", "/candidates/1", "/notifications", "/jobs"] {
            site.open(path).await?;
            shows_text_only(site, path).await?;
        }
        site.open("/candidates/1").await?;
        let text = site.browser.text().await?;
        ensure!(text.contains("<img src=x onerror=") && text.contains("<script>"), "shown as it is:\n{text}");
        ensure!(!text.contains('\u{202e}') && !text.contains('\u{7}'), "nothing turns the line round");
        Ok(())
    })
    .await;
}

/// Markup that would change the page's title, and ends an attribute first.
const SCRIPT: &str =
    "\"'><img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_board_and_hostile_jobs_show_as_text() {
    with_site(
        "a_hostile_board_and_hostile_jobs_show_as_text",
        true,
        async |site| {
            let always = json!({ "times": 0 });
            site.connected().await?;
            // Somebody in the house writes a job.
            site.open("/jobs/new").await?;
            site.browser
                .fill("[name='v:text:title']", &format!("Kế toán {SCRIPT}"))
                .await?;
            site.browser.press("Tạo tin").await?;
            site.browser.see("Đã tạo tin tuyển dụng").await?;
            let job = site.browser.url().await?;
            let job = job.split('?').next().unwrap_or_default().to_owned();
            for path in ["", "/edit", "/postings"] {
                let page = format!("{job}{path}");
                site.browser.goto(&page).await?;
                shows_text_only(site, &page).await?;
            }
            // A posting with a title of that kind, made at the board by hand, to be linked.
            let there = json!({ "title": format!("Tin {SCRIPT}") });
            site.board.post_by_hand(&site.employer, there).await?;
            // Lists, titles and messages of the board: categories, skills, cities, refusals.
            for operation in ["metadata", "list", "detail"] {
                site.board
                    .fault(operation, "hostile_texts", always.clone())
                    .await?;
            }
            for path in ["/jobs/1/publish?connection=1", "/jobs/1/link?connection=1"] {
                site.open(path).await?;
                shows_text_only(site, path).await?;
                let text = site
                    .browser
                    .run("return document.documentElement.textContent", json!([]))
                    .await?;
                ensure!(
                    text.to_string().contains("onerror="),
                    "{path} shows nothing of the board's"
                );
            }
            Ok(())
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_refusals_reasons_and_file_names_show_as_text() {
    with_site(
        "hostile_refusals_reasons_and_file_names_show_as_text",
        true,
        async |site| {
            site.connected().await?;
            // A refusal that names a field, in the board's words.
            let refusal = json!({ "params": { "errors": { "title": [SCRIPT] } } });
            site.board
                .fault("create", "validation_422", refusal)
                .await?;
            site.open("/jobs/1/publish?connection=1").await?;
            site.browser.press("Đăng tin").await?;
            site.browser.see("onerror=").await?;
            shows_text_only(site, "a refusal").await?;
            // A reason, and an applicant whose file is called so.
            let posting = site.publish(1).await?;
            let page = site.browser.url().await?;
            site.board
                .reject(&posting, &format!("Sai {SCRIPT}"))
                .await?;
            site.browser.goto(&page).await?;
            site.browser.see("onerror=").await?;
            shows_text_only(site, "a reason").await?;
            site.board.approve(&posting).await?;
            let person = json!({
                "name": "Lê Hòa", "email": "hoa@example.com", "phone": "0912345678",
                "cv": { "file_name": format!("CV {SCRIPT}.pdf"), "content_base64": "JVBERi0xLjQK" },
            });
            site.board.apply_answered(&posting, person, 200).await?;
            // Fetched in the background, and called by what is left of its name.
            site.open("/candidates/1").await?;
            site.browser.see("script_.pdf").await?;
            for path in [
                "/candidates/1",
                "/jobs",
                "/postings",
                "/postings/log",
                "/notifications",
                "/deliveries",
            ] {
                site.open(path).await?;
                shows_text_only(site, path).await?;
            }
            Ok(())
        },
    )
    .await;
}

async fn shows_text_only(site: &crate::site::Site, path: &str) -> Result<()> {
    let script = "return [document.title, document.querySelectorAll('main img, main script, main b').length]";
    let found = site.browser.run(script, json!([])).await?;
    ensure!(found[0] != "taken" && found[1] == 0, "{path}: {found}");
    Ok(())
}
