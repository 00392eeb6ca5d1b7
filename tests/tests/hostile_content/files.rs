//! An applicant's file, by its bytes and by its name: bombs, scripts, two formats at once, names that lie.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use job_board_cli::walk::{Posted, World};
use serde_json::{Value, json};

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// One entry of an archive, as its two headers claim it to be.
struct Entry {
    name: &'static str,
    data: Vec<u8>,
    /// What is said to come out when it is unpacked.
    claimed: u32,
    /// Zip64's own sizes, in the directory.
    wide: Option<u64>,
    /// Where it is said to begin; `None`: where it does.
    at: Option<u32>,
}

fn entry(name: &'static str, data: &[u8]) -> Entry {
    Entry {
        name,
        data: data.to_vec(),
        claimed: u32::try_from(data.len()).unwrap(),
        wide: None,
        at: None,
    }
}

fn archive(entries: &[Entry]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let at = entry.at.unwrap_or(u32::try_from(bytes.len()).unwrap());
        let name = u16::try_from(entry.name.len()).unwrap().to_le_bytes();
        let packed = u32::try_from(entry.data.len()).unwrap().to_le_bytes();
        let extra: Vec<u8> = entry.wide.map_or_else(Vec::new, |size| {
            [&[1, 0, 16, 0][..], &size.to_le_bytes(), &size.to_le_bytes()].concat()
        });
        let sizes = [packed, entry.claimed.to_le_bytes()].concat();
        // Version, flags, method 8 (deflate), time, date, checksum.
        let common = [
            &[45, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &sizes,
            &name,
        ]
        .concat();
        bytes.extend(
            [
                b"PK\x03\x04",
                &common[..],
                &[0, 0],
                entry.name.as_bytes(),
                &entry.data,
            ]
            .concat(),
        );
        let length = u16::try_from(extra.len()).unwrap().to_le_bytes();
        directory.extend(
            [
                b"PK\x01\x02\x2d\0",
                &common[..],
                &length,
                &[0; 10],
                &at.to_le_bytes(),
            ]
            .concat(),
        );
        directory.extend([entry.name.as_bytes(), &extra].concat());
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let (size, at) = (directory.len() as u32, bytes.len() as u32);
    bytes.extend(directory);
    bytes.extend(
        [
            b"PK\x05\x06\0\0\0\0",
            &count[..],
            &count,
            &size.to_le_bytes(),
            &at.to_le_bytes(),
            &[0, 0],
        ]
        .concat(),
    );
    bytes
}

fn of_word(document: Entry) -> Vec<u8> {
    archive(&[entry("[Content_Types].xml", b"x"), document])
}

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// Files that are taken, with the type under which they are served: by their bytes, and never opened.
fn taken() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let bomb = Entry {
        claimed: u32::MAX - 1,
        ..entry("word/document.xml", &[0x4b; 4_000])
    };
    let inner = archive(&[entry("a", &[0; 1_000])]);
    let nested = archive(&[entry("b", &inner)]);
    let shared = Entry {
        at: Some(0),
        ..entry("word/document.xml", b"x")
    };
    let wide = Entry {
        claimed: u32::MAX,
        wide: Some(u64::MAX),
        ..entry("word/document.xml", b"x")
    };
    let beyond = Entry {
        at: Some(u32::MAX),
        ..entry("word/document.xml", b"x")
    };
    let pdf = |more: &str| [PDF, more.as_bytes()].concat();
    vec![
        ("four gigabytes in four kilobytes", of_word(bomb), WORD),
        (
            "archives in archives",
            of_word(entry("word/document.xml", &nested)),
            WORD,
        ),
        ("two entries in one place", of_word(shared), WORD),
        ("sizes beyond all files, by Zip64", of_word(wide), WORD),
        ("an entry behind the end", of_word(beyond), WORD),
        (
            "script in a PDF",
            pdf("2 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"),
            "application/pdf",
        ),
        (
            "a program that a PDF starts",
            pdf("2 0 obj<</S/Launch/F(cmd.exe)>>endobj"),
            "application/pdf",
        ),
        (
            "a PDF that is a page too",
            pdf("<html><script>alert(1)</script></html>"),
            "application/pdf",
        ),
        (
            "a PDF that is an archive too",
            [PDF, &of_word(entry("word/document.xml", b"x"))].concat(),
            "application/pdf",
        ),
        (
            "an object in RTF",
            b"{\\rtf1{\\object\\objocx{\\*\\objdata 0105}}}".to_vec(),
            "application/rtf",
        ),
        (
            "a picture that is a page too",
            b"\x89PNG\r\n\x1a\n<script>alert(1)</script>".to_vec(),
            "image/png",
        ),
    ]
}

/// Files that are none of the kinds that a CV may be. A page is not told from the board's challenge, so it is tried again.
fn refused() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (
            "a picture that is a script",
            b"GIF89a/*\x01\x00*/=1;alert(1)".to_vec(),
        ),
        ("a page before a PDF", [b"<html>", PDF].concat()),
        (
            "a drawing with script",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
        ),
        ("a program", b"MZ\x90\0\x03\0\0\0".to_vec()),
        ("a script", b"#!/bin/sh\nrm -rf ~\n".to_vec()),
        ("a link of Windows", b"L\0\0\0\x01\x14\x02\0".to_vec()),
        (
            "an archive with a document's name in it only",
            archive(&[entry("x/word/document.xml", b"x")]),
        ),
        (
            "an archive of another kind of document",
            archive(&[
                entry("[Content_Types].xml", b"x"),
                entry("xl/workbook.xml", b"x"),
            ]),
        ),
        (
            "an archive before a document",
            [archive(&[entry("a.exe", b"MZ")]), vec![0; 22]].concat(),
        ),
        (
            "only the end of an archive",
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(),
        ),
    ]
}

/// Somebody applies with this file; answers the applicant with the file's state.
async fn applied(world: &World, posted: &Posted, number: u64, name: &str, content: &[u8]) -> Value {
    let someone = json!({
        "name": format!("Ứng viên {number}"), "phone": format!("09870000{number:02}"), "candidate_id": number,
        "email": format!("uv{number}@example.com"),
        "cv": { "file_name": name, "content_base64": STANDARD.encode(content) },
    });
    let answered = world
        .board
        .apply_answered(&posted.board, someone, 200)
        .await;
    answered.unwrap();
    world.fetch_cvs().await.unwrap();
    let everybody = world.first_stage(posted.job).await.unwrap();
    let name = format!("Ứng viên {number}");
    let found = everybody
        .into_iter()
        .find(|one| one["candidate"]["contact"]["full_name"]["value"] == name);
    found.expect("the applicant stays, whatever the file is")
}

/// The file as the platform hands it out: its headers, and the bytes.
async fn handed_out(world: &World, applicant: &Value) -> (Vec<(String, String)>, Vec<u8>) {
    let path = format!(
        "{}/api/candidates/{}/cvs/{}",
        world.url(),
        applicant["candidate"]["id"],
        applicant["application"]["cvs"][0]["id"]
    );
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(path).bearer_auth(world.owner.bearer().unwrap());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    (headers, answer.bytes().await.unwrap().to_vec())
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    let found = headers.iter().find(|(known, _)| known == name);
    &found.unwrap_or_else(|| panic!("no {name}")).1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_with_bombs_and_scripts_are_kept_as_bytes_and_served_as_nothing_else() {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    for (number, (what, content, media_type)) in taken().into_iter().enumerate() {
        let applicant = applied(&world, &posted, number as u64 + 1, "CV.html", &content).await;
        let cv = &applicant["application"]["cvs"][0];
        assert_eq!(cv["state"], "stored", "{what}: {cv}");
        let (headers, bytes) = handed_out(&world, &applicant).await;
        assert!(bytes == content, "{what}: other bytes came back");
        assert_eq!(header(&headers, "content-type"), media_type, "{what}");
        assert_eq!(
            header(&headers, "x-content-type-options"),
            "nosniff",
            "{what}"
        );
        let policy = header(&headers, "content-security-policy");
        assert!(
            policy.starts_with("sandbox; default-src 'none'"),
            "{what}: {policy}"
        );
        let disposition = header(&headers, "content-disposition");
        assert!(
            disposition.starts_with("attachment; "),
            "{what}: {disposition}"
        );
        assert!(
            !disposition.contains(".html;") && !disposition.ends_with(".html"),
            "{what}: {disposition}"
        );
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_no_document_are_refused_by_their_bytes_and_the_applicant_stays() {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    for (number, (what, content)) in refused().into_iter().enumerate() {
        let applicant = applied(&world, &posted, number as u64 + 1, "CV.pdf", &content).await;
        let cv = &applicant["application"]["cvs"][0];
        assert_eq!(cv["state"], "failed", "{what}: {cv}");
        let page = content.starts_with(b"<html");
        let code = if page {
            "board-challenge"
        } else {
            "file-type-refused"
        };
        assert_eq!(cv["code"], code, "{what}");
        assert_eq!(cv["retry"], page, "{what}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_lie_are_made_honest_before_anybody_sees_them() {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    let longest = "ê".repeat(250) + ".pdf";
    for (number, (name, shown)) in [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\Windows\\win.ini", "win.ini.pdf"),
        ("..", "cv.pdf"),
        ("CON", "_CON.pdf"),
        ("com1.txt", "_com1.txt.pdf"),
        ("cv.pdf...   ", "cv.pdf"),
        ("\u{202e}gnp.fdp", "gnp.fdp.pdf"),
        ("cv\u{202e}fdp.exe", "cvfdp.exe.pdf"),
        ("cv.pdf\u{200b}.exe", "cv.pdf.exe.pdf"),
        ("😀👩\u{200d}💻.pdf", "😀👩💻.pdf"),
        (
            "Nguye\u{302}\u{303}n Va\u{306}n An.pdf",
            "Nguyễn Văn An.pdf",
        ),
        (
            "cv\".pdf\"; filename=evil.exe",
            "cv_.pdf_; filename=evil.exe.pdf",
        ),
        ("<script>alert(1)</script>.pdf", "script_.pdf"),
        ("%2e%2e%2fpasswd.pdf", "%2e%2e%2fpasswd.pdf"),
        (longest.as_str(), ""),
    ]
    .into_iter()
    .enumerate()
    {
        let applicant = applied(&world, &posted, number as u64 + 1, name, PDF).await;
        let cv = &applicant["application"]["cvs"][0];
        assert_eq!(cv["state"], "stored", "{name:?}: {cv}");
        let kept = cv["name"].as_str().unwrap();
        if shown.is_empty() {
            assert!(kept.len() <= 240 && kept.ends_with("ê.pdf"), "{kept}");
        } else {
            assert_eq!(kept, shown, "{name:?}");
        }
        let (headers, _) = handed_out(&world, &applicant).await;
        let disposition = header(&headers, "content-disposition");
        assert!(
            disposition.is_ascii() && disposition.ends_with(".pdf"),
            "{disposition}"
        );
        // One name for old readers, one for others, and nothing that ends the quotes.
        assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
    }
    world.stop().await;
}
