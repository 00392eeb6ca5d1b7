//! CV links: no credentials, a token in the path, gone after one use or 24 hours.

use super::execute::Refused;
use super::{Answer, Call, Executed};
use crate::state::{Cv, World};

/// What a used, expired or unknown link answers (evidence: the message and the status).
pub(crate) fn gone() -> Answer {
    Answer::error(422, "cv_gone", "CV không còn khả dụng")
}

/// The file, once.
pub(super) fn download(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    let now = world.now_ms();
    let link = world.links.get_mut(&call.target).ok_or_else(gone)?;
    if link.used || now >= link.until_ms {
        return Err(gone().into());
    }
    link.used = link.one_time;
    Ok(Executed::done(file_answer(&link.cv)))
}

fn file_answer(cv: &Cv) -> Answer {
    let disposition = format!(
        "attachment; filename=\"{}\"; filename*=UTF-8''{}",
        ascii_name(&cv.file_name),
        percent_encoded(&cv.file_name)
    );
    Answer::raw(
        200,
        media_type(&cv.content).unwrap_or("application/octet-stream"),
        cv.content.clone(),
    )
    .header("content-disposition", disposition)
    .header("cache-control", "no-store")
}

/// The plain fallback of RFC 6266: what is not a harmless ASCII character becomes an underscore.
fn ascii_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .-_()".contains(c);
    name.chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect()
}

/// The extended value of RFC 5987: only its attribute characters stay.
fn percent_encoded(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The type of a CV by its first bytes; none when it is none that TopCV takes (assumed).
pub(crate) fn media_type(content: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 6] = [
        (b"%PDF-", "application/pdf"),
        (
            b"PK\x03\x04",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"\xd0\xcf\x11\xe0", "application/msword"),
        (b"{\\rtf", "application/rtf"),
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
    ];
    kinds
        .iter()
        .find(|(magic, _)| content.starts_with(magic))
        .map(|(_, media)| *media)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_sent_in_both_forms() {
        assert_eq!(ascii_name("CV Ân\"\r\n.pdf"), "CV _n___.pdf");
        assert_eq!(percent_encoded("CV Ân.pdf"), "CV%20%C3%82n.pdf");
    }
}
