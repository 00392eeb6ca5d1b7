//! Not a test: makes the README's pictures of the real page. `cargo xtask screenshots` runs it.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::site::{Site, with_site};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "makes docs/images anew; cargo xtask screenshots runs it"]
async fn pictures_for_the_readme() {
    with_site("pictures_for_the_readme", true, async |site| {
        site.browser.size(1200, 860).await?;
        site.sign_in("minh").await?;
        site.connect().await?;
        site.sign_out().await?;
        site.sign_in("lan").await?;

        site.open("/jobs/3/publish?connection=1").await?;
        keep(site, "publish").await?;

        let posting = site.publish(1).await?;
        site.board.approve(&posting).await?;
        let people = [
            ("Trần Thị Ân", "0912345671", "receive"),
            ("Lê Văn Đức", "0912345672", "interview"),
            ("Bùi An", "0912345673", "receive"),
            ("Phạm Quốc Dũng", "0912345674", "receive"),
            ("Nguyễn Hoàng Yến", "0987654321", "offered"),
            ("Đặng Thu Hà", "0356789012", "interview"),
        ];
        for (index, (name, phone, _)) in people.iter().enumerate() {
            let email = format!("ung.vien{index}@example.com");
            let person = json!({ "name": name, "email": email, "phone": phone });
            site.board.apply_answered(&posting, person, 200).await?;
        }
        for (index, (_, _, stage)) in people.iter().enumerate() {
            site.open(&format!("/candidates/{}", index + 1)).await?;
            site.browser.choose("select[name=stage]", stage).await?;
            site.browser.press("Chuyển").await?;
            site.browser.see("Đã chuyển giai đoạn.").await?;
        }
        site.open("/notifications").await?;
        site.browser.press("Đánh dấu đã đọc tất cả").await?;
        site.browser.see("Đã đánh dấu").await?;
        site.open("/jobs/1").await?;
        keep(site, "pipeline").await?;
        site.open("/candidates/1").await?;
        keep(site, "candidate").await
    })
    .await;
}

async fn keep(site: &Site, name: &str) -> Result<()> {
    // The document's viewer and the files come in after the page.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images");
    std::fs::create_dir_all(&folder)?;
    let picture = STANDARD.decode(site.browser.picture().await?)?;
    std::fs::write(folder.join(format!("{name}.png")), picture)?;
    Ok(())
}
