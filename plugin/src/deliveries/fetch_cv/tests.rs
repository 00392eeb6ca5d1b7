use std::cell::RefCell;
use std::rc::Rc;

use serde_json::json;

use super::file_type::zip_of;
use super::*;
use crate::contract::http::Reach;
use crate::testing::{TestHost, json as json_answer, lost};

const LINK: &str = "https://www.topcv.vn/cv/1?token=abc";
const PAGE: &str = "https://www.topcv.vn/xem-cv/1";
const PDF: &[u8] = b"%PDF-1.4\nxyz";

fn attachment(url: &str, fallback: Option<&str>) -> Attachment {
    Attachment {
        id: "a".into(),
        application_id: "b".into(),
        kind: "cv".into(),
        url: url.into(),
        fallback_url: fallback.map(str::to_owned),
        expires_at: None,
        signed: false,
    }
}

type Answer = Result<Response, HttpError>;

#[allow(
    clippy::unnecessary_wraps,
    reason = "it is what a board's closure returns"
)]
fn respond(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    Ok(Response {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| Header {
                name: (*name).into(),
                value: (*value).into(),
            })
            .collect(),
        body: body.to_vec(),
    })
}

fn pdf() -> Answer {
    respond(
        200,
        &[("content-disposition", "attachment; filename=\"CV An.pdf\"")],
        PDF,
    )
}

fn html(status: u16) -> Answer {
    respond(
        status,
        &[("content-type", "text/html; charset=utf-8")],
        b"<!DOCTYPE html><title>Just a moment</title>",
    )
}

fn gone() -> Answer {
    json_answer(422, &json!({ "message": "CV không còn khả dụng" }))
}

/// What a single answer to the link leads to.
fn after(answer: impl Fn() -> Answer + 'static) -> Result<File, Failure> {
    let host = TestHost::new();
    host.board(move |_| answer());
    let result = fetch_cv(host.ports(), &attachment(LINK, None));
    assert_eq!(host.requests.borrow().len(), 1, "a link is asked once");
    result
}

fn failed(answer: impl Fn() -> Answer + 'static) -> (Disposition, String) {
    let failure = after(answer).unwrap_err();
    (failure.disposition, failure.code.clone())
}

#[test]
fn a_file_comes_with_name_type_and_digest_and_without_credentials() {
    let host = TestHost::new();
    host.board(|_| pdf());
    let file = fetch_cv(host.ports(), &attachment(LINK, Some(PAGE))).unwrap();
    assert_eq!(file.name, "CV An.pdf");
    assert_eq!(file.media_type, "application/pdf");
    assert_eq!(file.content, PDF);
    assert_eq!(file.sha256, digest::of_bytes(PDF));
    let requests = host.requests.borrow();
    assert_eq!(requests.len(), 1, "the fallback is not touched");
    assert_eq!(requests[0].method, "GET");
    assert_eq!(requests[0].url, LINK);
    assert_eq!(requests[0].body, None);
    assert!(requests[0].max_response_bytes <= 10 * 1024 * 1024);
    let names: Vec<_> = requests[0]
        .headers
        .iter()
        .map(|header| header.name.as_str())
        .collect();
    assert_eq!(names, ["Accept"]);
}

#[test]
fn it_sends_no_credentials_when_there_are_some() {
    let host = TestHost::configured();
    host.board(|_| pdf());
    fetch_cv(host.ports(), &attachment(LINK, None)).unwrap();
    let requests = host.requests.borrow();
    let names: Vec<_> = requests[0]
        .headers
        .iter()
        .map(|header| header.name.as_str())
        .collect();
    assert_eq!(names, ["Accept"]);
}

#[test]
fn every_kind_of_document_by_its_bytes_whatever_it_was_called() {
    for (body, extension) in [
        (PDF.to_vec(), "pdf"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest".to_vec(), "doc"),
        (
            zip_of(&["[Content_Types].xml", "word/document.xml"], true),
            "docx",
        ),
        (b"{\\rtf1}".to_vec(), "rtf"),
        (b"\x89PNG\r\n\x1A\nrest".to_vec(), "png"),
        (b"\xFF\xD8\xFF\xE0rest".to_vec(), "jpg"),
    ] {
        let file = after(move || {
            respond(
                200,
                &[
                    ("Content-Type", "text/html"),
                    ("Content-Disposition", "attachment; filename=cv.exe"),
                ],
                &body,
            )
        })
        .unwrap();
        assert_eq!(file.name, format!("cv.exe.{extension}"));
    }
}

#[test]
fn what_is_no_document_is_refused_for_good() {
    for body in [
        &b"MZ\x90\x00"[..],
        b"just text",
        b"GIF89a",
        b" %PDF-1.4",
        b"{\"a\":1}",
        b"[1]",
    ] {
        assert_eq!(
            failed(move || respond(200, &[], body)),
            (Disposition::FixInput, "file-type-refused".into())
        );
    }
    let archive = zip_of(&["a.txt"], true);
    assert_eq!(
        failed(move || respond(200, &[], &archive)).1,
        "file-type-refused"
    );
    assert_eq!(
        failed(|| respond(200, &[], b"")),
        (Disposition::FixInput, "file-empty".into())
    );
}

#[test]
fn size_is_bounded_by_the_host_and_again_here() {
    let too_large = || {
        Err(HttpError {
            code: ErrorCode::ResponseTooLarge,
            reach: Reach::MaybeSent,
            detail: String::new(),
        })
    };
    assert_eq!(
        failed(too_large),
        (Disposition::FixInput, "file-too-large".into())
    );
    let mut body = PDF.to_vec();
    body.resize(10 * 1024 * 1024 + 1, b' ');
    assert_eq!(failed(move || respond(200, &[], &body)).1, "file-too-large");
}

#[test]
fn pages_instead_of_files_mean_later() {
    for status in [200, 403, 429, 503] {
        assert_eq!(
            failed(move || html(status)),
            (Disposition::RetryLater, "board-challenge".into()),
            "{status}"
        );
    }
    assert_eq!(
        failed(|| respond(200, &[], b"\n <html><script>")).1,
        "board-challenge"
    );
    assert_eq!(failed(|| respond(403, &[], b"")).1, "board-challenge");
}

#[test]
fn a_page_for_people_is_no_file_and_no_try_changes_that() {
    const PROFILE: &[u8] = "<!DOCTYPE html><html><head><title>Hồ sơ</title></head><body><h1>Trần Thị Bình</h1></body></html>".as_bytes();
    let page = |body: &'static [u8]| move || respond(200, &[("content-type", "text/html")], body);
    assert_eq!(
        failed(page(PROFILE)),
        (Disposition::FixInput, "file-is-page".into())
    );
    // What the CDN says with 403, 429 or 503 is its own, whatever the words; and so is what only a script fills.
    for status in [403, 429, 503] {
        assert_eq!(
            failed(move || respond(status, &[("content-type", "text/html")], PROFILE)).1,
            "board-challenge",
            "{status}"
        );
    }
    for challenge in [
        &b"<html><title>Just a moment...</title><body>www.topcv.vn</body></html>"[..],
        "<html><body>Đang kiểm tra trình duyệt của bạn</body></html>".as_bytes(),
        b"<html><body><div id=\"cf-chl-widget\">topcv</div></body></html>",
        b"<html><body><script>location.reload()</script></body></html>",
    ] {
        assert_eq!(
            failed(page(challenge)),
            (Disposition::RetryLater, "board-challenge".into())
        );
    }
    let mitigated = || {
        respond(
            200,
            &[("content-type", "text/html"), ("CF-Mitigated", "challenge")],
            PROFILE,
        )
    };
    assert_eq!(failed(mitigated).1, "board-challenge");
    // A link that is dead tells more than the page beside it.
    assert_eq!(both(gone, page(PROFILE)).unwrap_err().code, "file-expired");
    assert_eq!(
        both(page(PROFILE), page(PROFILE)).unwrap_err().code,
        "file-is-page"
    );
}

#[test]
fn the_board_being_down_means_later() {
    for status in [500, 502, 503, 504, 408] {
        assert_eq!(
            failed(move || respond(status, &[], b"")),
            (Disposition::RetryLater, "board-down".into())
        );
    }
    assert_eq!(failed(lost), (Disposition::RetryLater, "board-down".into()));
    let failure = after(|| respond(429, &[("Retry-After", "30")], b"{}")).unwrap_err();
    assert_eq!(
        (
            failure.disposition,
            failure.code.as_str(),
            failure.retry_after_ms
        ),
        (Disposition::RetryLater, "rate-limited", Some(30_000))
    );
}

#[test]
fn used_and_expired_links_mean_never() {
    assert_eq!(failed(gone), (Disposition::NotFound, "file-expired".into()));
    assert_eq!(
        failed(|| json_answer(200, &json!({ "message": "CV không còn khả dụng" }))),
        (Disposition::NotFound, "file-expired".into())
    );
    assert_eq!(
        failed(|| json_answer(200, &json!({ "error_name": "INVALID_TOKEN" }))).1,
        "file-expired"
    );
    assert_eq!(
        failed(|| json_answer(403, &json!({ "message": "expired" }))).1,
        "file-expired"
    );
    for status in [401, 404, 410, 422] {
        assert_eq!(
            failed(move || respond(status, &[], b"")).1,
            "file-expired",
            "{status}"
        );
    }
    assert_eq!(failed(|| html(404)).1, "file-expired");
}

#[test]
fn links_elsewhere_are_refused_without_a_request() {
    for link in [
        "http://www.topcv.vn/cv",
        "https://evil.example/cv",
        "https://topcv.vn.evil.example/",
        "file:///etc/passwd",
        "không phải link",
        "",
    ] {
        let host = TestHost::new();
        let failure = fetch_cv(host.ports(), &attachment(link, None)).unwrap_err();
        assert_eq!(
            (failure.disposition, failure.code.as_str()),
            (Disposition::FixInput, "url-refused")
        );
        assert!(host.requests.borrow().is_empty());
    }
}

#[test]
fn redirects_are_followed_by_hand_and_each_is_checked() {
    let host = TestHost::new();
    host.board(|request| match request.url.as_str() {
        LINK => respond(302, &[("Location", "/files/1#top")], b""),
        "https://www.topcv.vn/files/1" => respond(
            307,
            &[("location", "https://cdn.topcv.vn/f/Nguy%E1%BB%85n.pdf")],
            b"",
        ),
        _ => respond(200, &[], PDF),
    });
    let file = fetch_cv(host.ports(), &attachment(LINK, None)).unwrap();
    assert_eq!(file.name, "Nguyễn.pdf");
    assert_eq!(host.requests.borrow().len(), 3);

    for target in [
        "https://evil.example/1",
        "http://www.topcv.vn/1",
        "//evil.example",
        "https://127.0.0.1/",
        "javascript:1",
        LINK,
    ] {
        let host = TestHost::new();
        host.board(move |_| respond(302, &[("Location", target)], b""));
        assert_eq!(
            fetch_cv(host.ports(), &attachment(LINK, None))
                .unwrap_err()
                .code,
            "url-refused",
            "{target}"
        );
        assert_eq!(host.requests.borrow().len(), 1, "{target}");
    }
}

#[test]
fn redirects_come_to_an_end() {
    let host = TestHost::new();
    let count = Rc::new(RefCell::new(0));
    let counted = Rc::clone(&count);
    host.board(move |_| {
        *counted.borrow_mut() += 1;
        let target = format!("https://www.topcv.vn/{}", counted.borrow());
        respond(302, &[("Location", &target)], b"")
    });
    assert_eq!(
        fetch_cv(host.ports(), &attachment(LINK, None))
            .unwrap_err()
            .code,
        "url-refused"
    );
    assert_eq!(*count.borrow(), 6);
    assert_eq!(
        failed(|| respond(302, &[], b"")),
        (Disposition::RetryLater, "board-down".into())
    );
}

/// What comes of one answer to the link and another to the fallback.
fn both(
    first: impl Fn() -> Answer + 'static,
    second: impl Fn() -> Answer + 'static,
) -> Result<File, Failure> {
    let host = TestHost::new();
    host.board(move |request| {
        if request.url == LINK {
            first()
        } else {
            second()
        }
    });
    let result = fetch_cv(host.ports(), &attachment(LINK, Some(PAGE)));
    assert_eq!(host.calls(), ["GET /cv/1?token=abc", "GET /xem-cv/1"]);
    result
}

#[test]
fn the_fallback_is_tried_last_and_once() {
    assert!(both(gone, pdf).is_ok());
    assert!(both(|| html(403), pdf).is_ok());
    // A page behind the fallback is what it always is: the first link's failure counts.
    assert_eq!(both(gone, || html(200)).unwrap_err().code, "file-expired");
    assert_eq!(
        both(|| html(200), gone).unwrap_err().code,
        "board-challenge"
    );
    assert_eq!(
        both(gone, lost).unwrap_err().disposition,
        Disposition::RetryLater
    );

    let host = TestHost::new();
    host.board(|_| gone());
    let _ = fetch_cv(host.ports(), &attachment(LINK, Some(LINK)));
    assert_eq!(host.requests.borrow().len(), 1);
}

#[test]
fn a_host_that_is_not_granted_is_the_operators_to_settle() {
    let denied = || {
        Err(HttpError {
            code: ErrorCode::Denied,
            reach: Reach::NotSent,
            detail: String::new(),
        })
    };
    assert_eq!(
        failed(denied),
        (Disposition::FixSettings, "host-not-granted".into())
    );
}

#[test]
fn the_link_is_never_logged() {
    let host = TestHost::new();
    host.board(|_| gone());
    let _ = fetch_cv(host.ports(), &attachment(LINK, Some(PAGE)));
    let lines = host.lines.borrow().join("\n");
    assert!(
        lines.contains("file-expired") && !lines.contains("abc") && !lines.contains("topcv.vn")
    );
}

#[test]
fn the_boards_own_origin_is_allowed_for_a_simulator() {
    let host = TestHost::new();
    ConnectionRecord::modify(host.ports(), |connection| {
        connection
            .protocol
            .insert("base_url".into(), "http://127.0.0.1:4000".into());
        true
    })
    .unwrap();
    host.board(|_| pdf());
    assert!(
        fetch_cv(
            host.ports(),
            &attachment("http://127.0.0.1:4000/files/1", None)
        )
        .is_ok()
    );
    assert!(
        fetch_cv(
            host.ports(),
            &attachment("http://127.0.0.1:4001/files/1", None)
        )
        .is_err()
    );
}
