//! People who apply: who they are, how often, and their files.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::check::{each, list, members, same, text};
use super::platform::sha256;
use super::world::World;

/// A file that is a PDF by its first bytes, and different for each `what`.
pub(super) fn pdf(what: &str) -> Vec<u8> {
    format!("%PDF-1.4\n% {what}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        .into_bytes()
}

/// Somebody who applies with this file.
pub(super) fn person(name: &str, phone: &str, candidate_id: u64, file: &[u8]) -> Value {
    json!({
        "name": name,
        "email": "ung.vien@example.com",
        "phone": phone,
        "candidate_id": candidate_id,
        "cv": { "file_name": format!("CV {name}.pdf"), "content_base64": STANDARD.encode(file) },
    })
}

/// The files of an applicant in the pipeline.
pub(super) fn cvs(applicant: &Value) -> Result<&Vec<Value>> {
    list(&applicant["application"], "cvs")
}

/// A candidate applies: notification, first stage, the file stored with the right bytes.
pub async fn a_candidate_arrives_in_the_first_stage_with_the_cv(
    world: &mut World,
) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let file = pdf("Bích");
    let someone = person("Trần Thị Bích", "0987 654 321", 501, &file);
    world
        .board
        .apply_answered(&posted.board, someone, 200)
        .await?;
    let notices = world
        .expect_notices(&["posting-approved", "application"])
        .await?;
    let told = text(&notices[1]["text"], "vi")?;
    same(
        "notification",
        told.as_str(),
        "Trần Thị Bích vừa ứng tuyển “Kỹ sư Rust” trên TopCV.",
    )?;

    let applicant = world.only_applicant(posted.job).await?;
    members(
        "the applicant",
        &applicant,
        &[
            ("candidate.contact.full_name.value", json!("Trần Thị Bích")),
            ("candidate.contact.full_name.signed", json!(false)),
            ("candidate.contact.phone.value", json!("0987 654 321")),
            ("candidate.contact.phone.normalised", json!("+84987654321")),
            ("candidate.contact.phone.signed", json!(true)),
            (
                "candidate.contact.email.value",
                json!("ung.vien@example.com"),
            ),
            ("application.verified", json!(true)),
            ("application.applied_at", json!(world.now())),
            ("application.basis.code", json!("own-application")),
            ("application.basis.at", json!(world.now())),
            ("application.source.vi", json!("TopCV (CV ứng tuyển)")),
            ("application.cvs.0.state", json!("pending")),
        ],
    )?;
    let round = world.fetch_cvs().await?;
    members(
        "the round of fetching",
        &round,
        &[("tried", json!(1)), ("stored", json!(1))],
    )?;
    let applicant = world.only_applicant(posted.job).await?;
    let cv = &cvs(&applicant)?[0];
    members(
        "the stored file",
        cv,
        &[
            ("state", json!("stored")),
            ("sha256", json!(sha256(&file))),
            ("bytes", json!(file.len())),
            ("media_type", json!("application/pdf")),
            ("name", json!("CV Trần Thị Bích.pdf")),
        ],
    )?;
    let bytes = world.download(&applicant, cv).await?;
    same("downloaded bytes", sha256(&bytes), sha256(&file))?;
    let sources = world
        .owner
        .get(&format!("/api/jobs/{}/sources", posted.job))
        .await?;
    let counted = list(&sources, "sources")?;
    same("sources", counted.len(), 1)?;
    members("the source", &counted[0], &[("applications", json!(1))])?;
    Ok(format!(
        "{told} First stage; CV of {} bytes, sha256 {}…",
        bytes.len(),
        &sha256(&bytes)[..12]
    ))
}

/// The same person applies to two jobs: two applications, shown as alike, never merged.
pub async fn one_person_at_two_jobs_is_two_applications(world: &mut World) -> Result<String> {
    world.configure().await?;
    let first = world.publish_live("Kỹ sư Rust").await?;
    let second = world.publish_live("Kỹ sư Java").await?;
    for posted in [&first, &second] {
        let someone = person("Trần Thị Bích", "0987654321", 501, &pdf("Bích"));
        world
            .board
            .apply_answered(&posted.board, someone, 200)
            .await?;
    }
    let one = world.only_applicant(first.job).await?;
    let two = world.only_applicant(second.job).await?;
    ensure!(
        one["application"]["id"] != two["application"]["id"],
        "one application stands in two jobs: {one}"
    );
    let profile = world
        .owner
        .get(&format!("/api/candidates/{}", one["candidate"]["id"]))
        .await?;
    let alike: Vec<_> = list(&profile, "alike")?
        .iter()
        .map(|other| &other["id"])
        .collect();
    same("shown as alike", alike, vec![&two["candidate"]["id"]])?;
    Ok(
        "2 applications in 2 pipelines; each is shown as perhaps the same person as the other"
            .to_owned(),
    )
}

/// The same delivery three times: one candidate, one notification.
pub async fn one_delivery_three_times_is_one_application(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let mut someone = person("Trần Thị Bích", "0987654321", 501, &pdf("Bích"));
    someone["count"] = json!(3);
    let applied = world.board.apply(&posted.board, someone).await?;
    let deliveries = list(&applied, "deliveries")?;
    let statuses: Vec<_> = deliveries.iter().map(|one| one["status"].clone()).collect();
    same("answers", statuses, vec![json!(200); 3])?;
    let applicant = world.only_applicant(posted.job).await?;
    same("files", cvs(&applicant)?.len(), 1)?;
    same("times", applicant["application"]["times"].clone(), 1)?;
    world
        .expect_notices(&["posting-approved", "application"])
        .await?;
    Ok("3 deliveries answered 200, 1 candidate, 1 notification".to_owned())
}

/// Two people without a candidate id are two; the same one again is not a third.
pub async fn two_people_without_candidate_id_are_two(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let people = [
        ("Lê Hòa", "0912345678"),
        ("Nguyễn Văn An", "0923456789"),
        ("Lê Hòa", "+84 912 345 678"),
    ];
    for (name, phone) in people {
        let mut someone = person(name, phone, 0, &pdf(name));
        if let Some(members) = someone.as_object_mut() {
            members.remove("candidate_id");
            members.insert("omit_candidate_id".to_owned(), json!(true));
        }
        world
            .board
            .apply_answered(&posted.board, someone, 200)
            .await?;
    }
    let found = world.first_stage(posted.job).await?;
    let mut names: Vec<_> = found
        .iter()
        .map(|one| text(&one["candidate"]["contact"]["full_name"], "value"))
        .collect::<Result<_>>()?;
    names.sort();
    same("applicants", names, ["Lê Hòa", "Nguyễn Văn An"])?;
    Ok("3 deliveries without candidate id, one phone spelled in two ways: 2 candidates".to_owned())
}

/// The same candidate again with a new time and a new file: one candidate, two files, told so.
pub async fn applying_again_adds_a_cv_to_the_same_candidate(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let (old, new) = (pdf("bản cũ"), pdf("bản mới"));
    let first = person("Trần Thị Bích", "0987654321", 501, &old);
    world
        .board
        .apply_answered(&posted.board, first, 200)
        .await?;
    world.fetch_cvs().await?;
    world.advance(std::time::Duration::from_secs(3_600)).await?;
    let second = person("Trần Thị Bích", "0987654321", 501, &new);
    world
        .board
        .apply_answered(&posted.board, second, 200)
        .await?;
    world.fetch_cvs().await?;

    let applicant = world.only_applicant(posted.job).await?;
    let mut stored = each(cvs(&applicant)?, "sha256");
    let mut wanted = [sha256(&old), sha256(&new)];
    stored.sort_unstable();
    wanted.sort_unstable();
    same(
        "stored files",
        &stored,
        &wanted.each_ref().map(String::as_str).to_vec(),
    )?;
    same("times", applicant["application"]["times"].clone(), 2)?;
    let kinds = ["posting-approved", "application", "application-again"];
    let notices = world.expect_notices(&kinds).await?;
    let told = text(&notices[2]["text"], "vi")?;
    Ok(format!("1 candidate, 2 CVs; {told}"))
}

/// A masked contact is completed when it is opened, and stays open when it arrives masked again.
pub async fn a_masked_contact_is_completed_and_stays_open(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let file = pdf("Bích");
    let shown = async |masked: bool| -> Result<Value> {
        let mut someone = person("Trần Thị Bích", "0987654321", 501, &file);
        someone["masked"] = json!(masked);
        world
            .board
            .apply_answered(&posted.board, someone, 200)
            .await?;
        world.only_applicant(posted.job).await
    };
    let hidden = shown(true).await?;
    members(
        "the masked applicant",
        &hidden,
        &[
            ("candidate.contact.full_name.masked", json!(true)),
            ("candidate.contact.phone.masked", json!(true)),
            ("candidate.contact.email.masked", json!(true)),
        ],
    )?;
    let open = [
        ("candidate.contact.full_name.value", json!("Trần Thị Bích")),
        ("candidate.contact.full_name.masked", json!(false)),
        ("candidate.contact.phone.normalised", json!("+84987654321")),
        (
            "candidate.contact.email.value",
            json!("ung.vien@example.com"),
        ),
    ];
    members("the opened applicant", &shown(false).await?, &open)?;
    let again = shown(true).await?;
    members("the applicant after another masked delivery", &again, &open)?;
    same(
        "the same candidate",
        again["candidate"]["id"].clone(),
        hidden["candidate"]["id"].clone(),
    )?;
    world.fetch_cvs().await?;
    let applicant = world.only_applicant(posted.job).await?;
    let stored = cvs(&applicant)?.iter().filter(|cv| cv["state"] == "stored");
    same("stored files of the same bytes", stored.count(), 1)?;
    world
        .expect_notices(&["posting-approved", "application", "contact-opened"])
        .await?;
    Ok("masked, opened, masked again: 1 candidate with the open contact, told once".to_owned())
}

/// A one-time link answered by a challenge page: the candidate is there, the file is marked and fetched later.
pub async fn a_challenged_cv_link_is_retried_later(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let file = pdf("Bích");
    world
        .board
        .fault("download", "challenge_403", json!({}))
        .await?;
    world
        .board
        .fault("download", "cv_html_200", json!({}))
        .await?;
    let someone = person("Trần Thị Bích", "0987654321", 501, &file);
    world
        .board
        .apply_answered(&posted.board, someone, 200)
        .await?;
    for attempts in 1..=2 {
        world.fetch_cvs().await?;
        let applicant = world.only_applicant(posted.job).await?;
        members(
            "the file behind the challenge",
            &cvs(&applicant)?[0],
            &[
                ("state", json!("failed")),
                ("code", json!("board-challenge")),
                ("retry", json!(true)),
                ("attempts", json!(attempts)),
            ],
        )?;
        let early = world.fetch_cvs().await?;
        same("links tried before their time", early["tried"].clone(), 0)?;
        world.advance(std::time::Duration::from_secs(3_600)).await?;
    }
    world.fetch_cvs().await?;
    let applicant = world.only_applicant(posted.job).await?;
    let cv = cvs(&applicant)?.first().context("the file is gone")?;
    members(
        "the file",
        cv,
        &[("state", json!("stored")), ("sha256", json!(sha256(&file)))],
    )?;
    same(
        "downloads",
        world.board.count(&world.employer, "downloads").await?,
        3,
    )?;
    Ok("candidate there at once; 2 challenge pages, then the file: stored on the 3rd of 3 downloads".to_owned())
}
