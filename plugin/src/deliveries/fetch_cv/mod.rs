//! Fetching an applicant's file: from the board's own hosts only, each link once, believed by its first bytes alone.
//!
//! The links carry their own permission, so no credential goes with the request, and none is needed: it works after disconnect.

mod address;
mod answer;
mod file_name;
mod file_type;

use std::collections::BTreeSet;

use self::address::Allowed;
use self::answer::Step;
use crate::address::Address;
use crate::contract::deliveries::File;
use crate::contract::events::Attachment;
use crate::contract::http::{ErrorCode, Header, HttpError, Request, Response};
use crate::contract::log::Level;
use crate::contract::types::Disposition;
use crate::digest;
use crate::failure::{Failure, failure};
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::topcv::client::protocol_of;
use crate::topcv::errors::BoardError;
use crate::topcv::protocol::Protocol;

/// The largest file that is taken.
const MOST_BYTES: u64 = 10 * 1024 * 1024;

/// The most redirects from one link.
const MOST_REDIRECTS: usize = 5;

/// Fetches the file behind an attachment, and its fallback when the first link gives none.
pub fn fetch_cv(ports: Ports<'_>, attachment: &Attachment) -> Result<File, Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    let mut fetch = Fetch {
        ports,
        protocol: protocol_of(&connection),
        asked: BTreeSet::new(),
    };
    let first = match fetch.from(&attachment.url) {
        Ok(file) => return Ok(file),
        Err(failure) => failure,
    };
    let fallback = attachment
        .fallback_url
        .as_ref()
        .filter(|url| **url != attachment.url)
        .map(|url| fetch.from(url));
    let failure = match fallback {
        Some(Ok(file)) => return Ok(file),
        // The fallback is a page for people: a page instead of a file says nothing about the first link.
        Some(Err(second))
            if second.disposition == Disposition::RetryLater
                && second.code != "board-challenge" =>
        {
            second
        }
        _ => first,
    };
    ports
        .log
        .write(Level::Warn, "fetch-cv.failed", &[("code", &failure.code)]);
    Err(failure)
}

struct Fetch<'a> {
    ports: Ports<'a>,
    protocol: Protocol,
    /// A link may be good for one time only, so none is asked twice in a call.
    asked: BTreeSet<String>,
}

impl Fetch<'_> {
    fn from(&mut self, link: &str) -> Result<File, Failure> {
        let allowed = Allowed::of(&self.protocol);
        let mut url = Address::parse(link);
        for _ in 0..=MOST_REDIRECTS {
            let present = url
                .take()
                .filter(|url| allowed.permits(url))
                .ok_or_else(url_refused)?;
            if !self.asked.insert(present.to_string()) {
                return Err(url_refused());
            }
            let response = self.get(&present)?;
            match answer::read(&response) {
                Step::Content => return file(&present, response),
                Step::Redirect(target) => url = present.join(&target),
                Step::Failed(failure) => return Err(*failure),
            }
        }
        Err(url_refused())
    }

    fn get(&self, url: &Address) -> Result<Response, Failure> {
        let request = Request {
            method: "GET".into(),
            url: url.to_string(),
            headers: vec![Header {
                name: "Accept".into(),
                value: "*/*".into(),
            }],
            body: None,
            timeout_ms: u32::try_from(self.protocol.number("timeout.read_ms")).unwrap_or(u32::MAX),
            max_response_bytes: MOST_BYTES,
        };
        self.ports.http.send(&request).map_err(no_answer)
    }
}

fn no_answer(error: HttpError) -> Failure {
    match error.code {
        ErrorCode::ResponseTooLarge => too_large(),
        ErrorCode::InvalidRequest => url_refused(),
        _ => BoardError::from(error).into_failure(),
    }
}

fn file(url: &Address, response: Response) -> Result<File, Failure> {
    // A host that does not keep to the limit must not make us exceed it.
    if response.body.len() as u64 > MOST_BYTES {
        return Err(too_large());
    }
    if response.body.is_empty() {
        return Err(empty());
    }
    let file_type = file_type::recognise(&response.body).ok_or_else(type_refused)?;
    Ok(File {
        name: file_name::choose(&response.headers, url, file_type.extension),
        media_type: file_type.media_type.into(),
        sha256: digest::of_bytes(&response.body),
        content: response.body,
    })
}

fn url_refused() -> Failure {
    failure(
        Disposition::FixInput,
        "url-refused",
        "Đường dẫn CV không thuộc máy chủ được phép của TopCV nên không được tải. Hãy mở hồ sơ trên TopCV.",
        "The CV's link does not lead to a permitted host of TopCV, so it was not fetched. Open the profile at TopCV.",
    )
}

fn too_large() -> Failure {
    failure(
        Disposition::FixInput,
        "file-too-large",
        "Tệp CV lớn hơn 10 MB nên không được tải. Hãy tải trực tiếp trên TopCV.",
        "The CV is larger than 10 MB, so it was not fetched. Download it at TopCV.",
    )
}

fn empty() -> Failure {
    failure(
        Disposition::FixInput,
        "file-empty",
        "Tệp CV rỗng. Hãy mở hồ sơ trên TopCV.",
        "The CV is an empty file. Open the profile at TopCV.",
    )
}

fn type_refused() -> Failure {
    failure(
        Disposition::FixInput,
        "file-type-refused",
        "Tệp nhận được không phải PDF, DOC, DOCX, RTF, PNG hay JPG nên không được lưu. Hãy mở hồ sơ trên TopCV.",
        "The file is not a PDF, DOC, DOCX, RTF, PNG or JPG, so it was not taken. Open the profile at TopCV.",
    )
}

#[cfg(test)]
mod tests;
