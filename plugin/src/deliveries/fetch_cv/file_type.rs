//! What a file is, by its bytes. What the board or the name says does not count.

/// A kind of file that a CV may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileType {
    /// Without the dot.
    pub(super) extension: &'static str,
    /// For the platform.
    pub(super) media_type: &'static str,
}

const fn file_type(extension: &'static str, media_type: &'static str) -> FileType {
    FileType {
        extension,
        media_type,
    }
}

const SIGNATURES: [(&[u8], FileType); 5] = [
    (b"%PDF-", file_type("pdf", "application/pdf")),
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        file_type("doc", "application/msword"),
    ),
    (b"{\\rtf", file_type("rtf", "application/rtf")),
    (b"\x89PNG\r\n\x1A\n", file_type("png", "image/png")),
    (b"\xFF\xD8\xFF", file_type("jpg", "image/jpeg")),
];

const DOCX: FileType = file_type(
    "docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
);

/// The kind of the file, when it is one of those that a CV may be.
pub(super) fn recognise(content: &[u8]) -> Option<FileType> {
    SIGNATURES
        .iter()
        .find(|(signature, _)| content.starts_with(signature))
        .map(|(_, file_type)| *file_type)
        .or_else(|| is_word_archive(content).then_some(DOCX))
}

/// A ZIP with a Word part in it. The list at the end of the archive counts, since that is what Word reads; the entries
/// themselves are looked at only where there is no such list.
fn is_word_archive(content: &[u8]) -> bool {
    if !content.starts_with(LOCAL) {
        return false;
    }
    match listed(content) {
        Some(names) => has_word_part(&names),
        None => has_word_part(&in_order(content)),
    }
}

fn has_word_part(names: &[&[u8]]) -> bool {
    let has = |wanted: &[u8]| names.contains(&wanted);
    has(b"word/document.xml")
        || (has(b"[Content_Types].xml")
            && names
                .iter()
                .any(|name| name.starts_with(b"word/document") && name.ends_with(b".xml")))
}

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// The end record is 22 bytes and a comment of at most 65,535.
const END_LENGTH: usize = 22;
const MOST_COMMENT: usize = 65_535;

/// More entries than any document has.
const MOST_ENTRIES: usize = 4_096;

/// The names in the archive's list. `None`: it has none that can be read.
fn listed(content: &[u8]) -> Option<Vec<&[u8]>> {
    let last = content.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(MOST_COMMENT);
    let end = (first..=last)
        .rev()
        .find(|at| content[*at..].starts_with(END))?;
    let mut at = number(content, end + 16, 4)?;
    let mut names = Vec::new();
    while content.get(at..)?.starts_with(CENTRAL) && names.len() < MOST_ENTRIES {
        let name = number(content, at + 28, 2)?;
        let extra = number(content, at + 30, 2)?;
        let comment = number(content, at + 32, 2)?;
        names.push(content.get(at + 46..at + 46 + name)?);
        at += 46 + name + extra + comment;
    }
    (!names.is_empty()).then_some(names)
}

/// The names of the entries as they follow each other, as far as that can be told.
fn in_order(content: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    let mut at = 0;
    while names.len() < MOST_ENTRIES {
        let Some((name, next)) = entry(content, at) else {
            break;
        };
        names.push(name);
        at = next;
    }
    names
}

/// The name of the entry at `at`, and where the next one begins.
fn entry(content: &[u8], at: usize) -> Option<(&[u8], usize)> {
    if !content.get(at..)?.starts_with(LOCAL) {
        return None;
    }
    let flags = number(content, at + 6, 2)?;
    let packed = number(content, at + 18, 4)?;
    let name_length = number(content, at + 26, 2)?;
    let data = at + 30 + name_length + number(content, at + 28, 2)?;
    let name = content.get(at + 30..at + 30 + name_length)?;
    // Written as a stream, an entry gives its size after its data: the next one has to be looked for.
    let next = if flags & 8 != 0 && packed == 0 {
        content
            .get(data..)
            .and_then(|rest| rest.windows(4).position(|window| window == LOCAL))
            .map_or(content.len(), |distance| data + distance)
    } else {
        data.saturating_add(packed)
    };
    Some((name, next))
}

/// A little-endian number of at most four bytes.
fn number(content: &[u8], at: usize, length: usize) -> Option<usize> {
    let bytes = content.get(at..at.checked_add(length)?)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| (sum << 8) | usize::from(*byte)),
    )
}

/// Small archives for tests.
#[cfg(test)]
pub(super) fn zip_of(names: &[&str], with_list: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    for name in names {
        let at = u32::try_from(bytes.len()).unwrap();
        let data = b"content";
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let size = u32::try_from(data.len()).unwrap().to_le_bytes();
        bytes.extend(LOCAL);
        bytes.extend([0; 14]);
        bytes.extend(size);
        bytes.extend(size);
        bytes.extend(length);
        bytes.extend([0; 2]);
        bytes.extend(name.as_bytes());
        bytes.extend(data);
        list.extend(CENTRAL);
        list.extend([0; 16]);
        list.extend(size);
        list.extend(size);
        list.extend(length);
        list.extend([0; 12]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    if with_list {
        let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        bytes.extend(&list);
        bytes.extend(END);
        bytes.extend([0; 8]);
        bytes.extend(u32::try_from(list.len()).unwrap().to_le_bytes());
        bytes.extend(at);
        bytes.extend([0; 2]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extension(content: &[u8]) -> Option<&'static str> {
        recognise(content).map(|file_type| file_type.extension)
    }

    #[test]
    fn known_kinds_by_their_first_bytes() {
        assert_eq!(extension(b"%PDF-1.7\n..."), Some("pdf"));
        assert_eq!(
            extension(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1...."),
            Some("doc")
        );
        assert_eq!(extension(b"{\\rtf1\\ansi}"), Some("rtf"));
        assert_eq!(extension(b"\x89PNG\r\n\x1A\n...."), Some("png"));
        assert_eq!(extension(b"\xFF\xD8\xFF\xE0...."), Some("jpg"));
    }

    #[test]
    fn the_signature_has_to_stand_at_the_very_start() {
        for content in [
            &b" %PDF-1.7"[..],
            b"\n%PDF-1.7",
            b"%PD",
            b"MZ\x90\x00",
            b"GIF89a",
            b"plain",
            b"<html>%PDF-",
            b"",
        ] {
            assert_eq!(extension(content), None);
        }
    }

    #[test]
    fn a_docx_is_a_zip_with_a_word_part() {
        for with_list in [true, false] {
            let zip = |names: &[&str]| extension(&zip_of(names, with_list));
            assert_eq!(
                zip(&["[Content_Types].xml", "word/document.xml"]),
                Some("docx")
            );
            assert_eq!(
                zip(&["[Content_Types].xml", "_rels/.rels", "word/document2.xml"]),
                Some("docx")
            );
            assert_eq!(zip(&["[Content_Types].xml", "xl/workbook.xml"]), None);
            assert_eq!(zip(&["a.txt", "word/document.xml.exe"]), None);
            assert_eq!(zip(&["word/media/word/document.xml"]), None);
            assert_eq!(zip(&["a.txt"]), None);
        }
    }

    #[test]
    fn the_words_in_a_files_data_prove_nothing() {
        let mut archive = zip_of(&["a.txt"], true);
        archive.splice(37..37, b"word/document.xml".iter().copied());
        assert_eq!(extension(&archive), None);
    }

    #[test]
    fn entries_written_as_a_stream_are_found() {
        let mut archive = zip_of(&["[Content_Types].xml", "word/document.xml"], false);
        archive[6] = 8;
        archive[18..22].fill(0);
        assert_eq!(extension(&archive), Some("docx"));
    }

    #[test]
    fn broken_archives_are_refused_without_a_panic() {
        let whole = zip_of(&["[Content_Types].xml", "word/document.xml"], true);
        for length in 0..whole.len() {
            let _ = recognise(&whole[..length]);
        }
        for position in 4..whole.len() {
            for byte in [0x00, 0x7F, 0xFF] {
                let mut broken = whole.clone();
                broken[position] = byte;
                let _ = recognise(&broken);
            }
        }
        assert_eq!(extension(b"PK\x03\x04"), None);
        assert_eq!(
            extension(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            None
        );
    }
}
