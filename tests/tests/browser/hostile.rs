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

async fn shows_text_only(site: &crate::site::Site, path: &str) -> Result<()> {
    let script = "return [document.title, document.querySelectorAll('main img, main script, main b').length]";
    let found = site.browser.run(script, json!([])).await?;
    ensure!(found[0] != "taken" && found[1] == 0, "{path}: {found}");
    Ok(())
}
