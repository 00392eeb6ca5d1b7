//! A real small PDF: one page with the candidate's name, readable by any viewer.

use unicode_normalization::UnicodeNormalization;

/// A CV as PDF. The built-in fonts have no Vietnamese letters, so the page shows the name without marks;
/// the document's title has it in full.
pub(crate) fn cv_pdf(name: &str) -> Vec<u8> {
    let page_text = format!(
        "BT /F1 20 Tf 72 760 Td (CURRICULUM VITAE) Tj 0 -36 Td ({}) Tj ET",
        escaped(&without_marks(name))
    );
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{page_text}\nendstream",
            page_text.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Title <{}> >>", utf16_hex(&format!("CV {name}"))),
    ];
    let mut out = format!("%PDF-1.4\n% {}\n", name.replace(['\r', '\n'], " ")).into_bytes();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let table_at = out.len();
    let count = objects.len() + 1;
    let mut tail = format!("xref\n0 {count}\n0000000000 65535 f \n");
    for offset in offsets {
        tail.push_str(&format!("{offset:010} 00000 n \n"));
    }
    tail.push_str(&format!(
        "trailer\n<< /Size {count} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{table_at}\n%%EOF\n"
    ));
    out.extend_from_slice(tail.as_bytes());
    out
}

fn without_marks(name: &str) -> String {
    name.replace('đ', "d")
        .replace('Đ', "D")
        .nfd()
        .filter(|c| (' '..='~').contains(c))
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('(', "\\(")
        .replace(')', "\\)")
}

/// UTF-16 with its byte order mark, as hex: the form of a PDF text that is not ASCII.
fn utf16_hex(text: &str) -> String {
    let mut out = String::from("FEFF");
    for unit in text.encode_utf16() {
        out.push_str(&format!("{unit:04X}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_points_at_its_object() {
        let pdf = cv_pdf("Đặng Thị (Hòa) \\ Ân");
        let text = String::from_utf8_lossy(&pdf);
        let find = |needle: &str| text.find(needle).unwrap();
        let table_at: usize = text[find("startxref\n") + 10..]
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(pdf[table_at..].starts_with(b"xref\n0 7\n"));
        let rows = text[text.find("65535 f \n").unwrap() + 9..].lines();
        for (index, row) in rows.take(6).enumerate() {
            let offset: usize = row[..10].parse().unwrap();
            let head = format!("{} 0 obj\n", index + 1);
            assert!(pdf[offset..].starts_with(head.as_bytes()), "{row}");
        }
        assert!(text.contains("(Dang Thi \\(Hoa\\) \\\\ An)"));
        assert!(text.contains("Đặng Thị"));
    }
}
