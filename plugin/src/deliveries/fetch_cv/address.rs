//! Where a file may come from.

use crate::address::{Address, Scheme};
use crate::topcv::protocol::Protocol;

/// The hosts of the table's row `cv.hosts`, and the API's own origin.
pub(super) struct Allowed {
    patterns: Vec<String>,
    board: Option<Address>,
}

impl Allowed {
    pub(super) fn of(protocol: &Protocol) -> Self {
        Self {
            patterns: protocol
                .list("cv.hosts")
                .map(str::to_ascii_lowercase)
                .collect(),
            board: Address::parse(protocol.get("base_url")),
        }
    }

    /// Whether the link may be followed. The operator's grant is checked by the host on top of this.
    pub(super) fn permits(&self, link: &Address) -> bool {
        let board = self.board.as_ref().map(Address::origin);
        board == Some(link.origin())
            || (link.scheme() == Scheme::Https
                && link.port().is_none()
                && self
                    .patterns
                    .iter()
                    .any(|pattern| fits(link.host(), pattern)))
    }
}

/// `*.` stands for one or more names before the domain.
fn fits(host: &str, pattern: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(domain) => host
            .strip_suffix(domain)
            .and_then(|rest| rest.strip_suffix('.'))
            .is_some_and(|names| !names.is_empty()),
        None => host == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(link: &str) -> bool {
        let protocol = Protocol::with_overrides(
            [("base_url".to_owned(), "http://127.0.0.1:4000".to_owned())].into(),
        )
        .unwrap();
        Address::parse(link).is_some_and(|link| Allowed::of(&protocol).permits(&link))
    }

    #[test]
    fn the_boards_hosts_over_https_and_its_own_origin() {
        for link in [
            "https://topcv.vn/cv",
            "https://www.topcv.vn/cv?token=1",
            "https://cdn.files.TopCV.vn/x",
            "https://topcv.vn:443/x",
            "http://127.0.0.1:4000/files/1",
        ] {
            assert!(permits(link), "{link}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for link in [
            "http://topcv.vn/cv",
            "https://topcv.vn.evil.example/x",
            "https://eviltopcv.vn/x",
            "https://evil.example/topcv.vn",
            "https://evil.example#.topcv.vn",
            "https://topcv.vn@evil.example/",
            "https://user@topcv.vn/",
            "https://user:pass@www.topcv.vn/",
            "https://topcv.vn:8443/x",
            "https://topcv.vn./x",
            "https://.topcv.vn/x",
            "http://127.0.0.1:4001/files/1",
            "https://127.0.0.1:4000/files/1",
            "http://localhost:4000/",
            "ftp://topcv.vn/x",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:application/pdf,%25PDF-",
            "//topcv.vn/x",
            "/x",
            "",
        ] {
            assert!(!permits(link), "{link}");
        }
    }
}
