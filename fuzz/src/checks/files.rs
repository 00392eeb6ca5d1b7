//! Any file behind any link: only the board's hosts are asked, a file is what its bytes say, and its name is safe on every system.
//!
//! The first three lines are the link, a `Location` (empty: the file is at the link itself) and a `Content-Disposition`; the rest is the file.

use topcv_plugin::contract::deliveries::File;
use topcv_plugin::contract::events::Attachment;
use topcv_plugin::contract::http::{Header, Response};
use topcv_plugin::deliveries::fetch_cv;
use topcv_plugin::digest;

use super::input::check_failure;
use crate::testing::TestHost;

/// See the module.
pub fn run(data: &[u8]) {
    let mut parts = data.splitn(4, |byte| *byte == b'\n');
    let mut line = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (link, location, disposition) = (line(), line(), line());
    let content = parts.next().unwrap_or_default();
    let file = fetch(&link, &location, &disposition, content);
    if let Some(file) = &file {
        check(file, content);
    }
    // Whatever link and bytes are, with these the header's name and the bytes alone decide.
    if let Some(file) = fetch("https://www.topcv.vn/cv/1", "", &disposition, b"%PDF-1.7") {
        check(&file, b"%PDF-1.7");
    }
}

fn fetch(link: &str, location: &str, disposition: &str, content: &[u8]) -> Option<File> {
    let host = TestHost::new();
    let (location, disposition, content) = (
        location.to_owned(),
        disposition.to_owned(),
        content.to_vec(),
    );
    let mut asked = 0;
    host.board(move |_| {
        asked += 1;
        let redirects = asked == 1 && !location.is_empty();
        let header = |name: &str, value: &str| Header {
            name: name.into(),
            value: value.into(),
        };
        Ok(Response {
            status: if redirects { 302 } else { 200 },
            headers: vec![if redirects {
                header("location", &location)
            } else {
                header("content-disposition", &disposition)
            }],
            body: content.clone(),
        })
    });
    let attachment = Attachment {
        id: "a".into(),
        application_id: "b".into(),
        kind: "cv".into(),
        url: link.to_owned(),
        fallback_url: None,
        expires_at: None,
        signed: false,
    };
    let result = fetch_cv(host.ports(), &attachment);
    for request in host.requests.borrow().iter() {
        let Ok(url) = url::Url::parse(&request.url) else {
            panic!("{} is no URL", request.url);
        };
        let name = url.host_str().unwrap_or("");
        let ours = matches!(name, "topcv.vn") || name.ends_with(".topcv.vn");
        assert!(
            ours && url.scheme() == "https" && url.port().is_none(),
            "asked {url}"
        );
        assert!(
            request.headers.iter().all(|header| header.name == "Accept"),
            "a credential went along"
        );
    }
    result.inspect_err(|failure| check_failure(failure)).ok()
}

fn check(file: &File, content: &[u8]) {
    assert!(file.content == content);
    assert_eq!(file.sha256, digest::of_bytes(content));
    let (extension, magic): (&str, &[u8]) = match file.media_type.as_str() {
        "application/pdf" => ("pdf", b"%PDF-"),
        "application/msword" => ("doc", b"\xD0\xCF\x11\xE0"),
        "application/rtf" => ("rtf", b"{\\rtf"),
        "image/png" => ("png", b"\x89PNG\r\n\x1A\n"),
        "image/jpeg" => ("jpg", b"\xFF\xD8\xFF"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => {
            assert!(
                content.windows(13).any(|window| window == b"word/document"),
                "no Word part"
            );
            ("docx", b"PK\x03\x04")
        }
        other => panic!("`{other}` is no type of a CV"),
    };
    assert!(content.starts_with(magic));
    check_name(&file.name, extension);
}

/// What Windows, macOS and Linux all take, and what looks like what it is.
pub fn check_name(name: &str, extension: &str) {
    let Some(stem) = name
        .strip_suffix(extension)
        .and_then(|rest| rest.strip_suffix('.'))
    else {
        panic!("{name:?} does not end with .{extension}");
    };
    assert!(
        !stem.is_empty() && name.len() <= 240 && name.chars().count() <= 120,
        "{name:?}"
    );
    assert!(
        !name.contains(['/', '\\', '<', '>', ':', '"', '|', '?', '*']),
        "{name:?}"
    );
    assert!(!name.contains(char::is_control), "{name:?}");
    let turns_text = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    assert!(!name.contains(turns_text), "{name:?}");
    assert!(
        !name.starts_with(['.', ' ']) && !stem.ends_with(['.', ' ']),
        "{name:?}"
    );
    let device = stem
        .split('.')
        .next()
        .unwrap_or("")
        .trim_end()
        .to_ascii_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|port| {
        device
            .strip_prefix(port)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    });
    assert!(
        !numbered && !["CON", "PRN", "AUX", "NUL"].contains(&device.as_str()),
        "{name:?}"
    );
}
