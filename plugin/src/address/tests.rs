//! Held against the `url` crate, with which the host reads the same texts.

use url::{Host, Url};

use super::*;

/// What is accepted means the same to `url`.
fn agrees(text: &str) -> bool {
    let Some(address) = Address::parse(text) else {
        return false;
    };
    same(text, &address, &Url::parse(text).unwrap());
    true
}

fn same(text: &str, address: &Address, url: &Url) {
    assert_eq!(address.scheme().name(), url.scheme(), "{text}");
    match url.host() {
        // There, the longest run of zeros becomes `::`.
        Some(Host::Ipv6(ip)) => {
            let inner = address.host().trim_matches(['[', ']']);
            assert_eq!(inner.parse::<Ipv6Addr>(), Ok(ip), "{text}");
        }
        _ => assert_eq!(Some(address.host()), url.host_str(), "{text}"),
    }
    assert_eq!(address.port(), url.port(), "{text}");
    assert_eq!(address.path(), url.path(), "{text}");
    assert_eq!(address.query(), url.query(), "{text}");
    assert!(url.username().is_empty() && url.password().is_none());
    // What is sent is read as itself again, here and there.
    let sent = address.to_string();
    assert_eq!(Address::parse(&sent).as_ref(), Some(address), "{text}");
    let mut url = url.clone();
    url.set_fragment(None);
    assert_eq!(Url::parse(&sent).unwrap(), url, "{text}");
}

#[test]
fn plain_addresses_are_read_as_the_host_reads_them() {
    for text in [
        "https://topcv.vn",
        "HTTPS://WWW.TopCV.vn/Viec-Lam/1.html?a=b#c",
        "http://127.0.0.1:4000/",
        "http://localhost:8080/hook?x",
        "https://topcv.vn:443/x",
        "http://topcv.vn:80",
        "http://topcv.vn:443",
        "https://topcv.vn:0443/",
        "http://[::1]:4000/x",
        "http://[2001:DB8:0:0:0:0:0:1]/",
        "https://topcv.vn?",
        "https://topcv.vn/?a=%zz&b=%41'\"<>|{}",
        "https://topcv.vn#x?y/z",
        "https://topcv.vn/a/./b/../c/..",
        "https://topcv.vn/../../etc/.",
        "https://topcv.vn/a//b",
        "https://topcv.vn/.../..a/a..",
        "https://topcv.vn/cv/Nguyễn.pdf?tên=Văn",
        "https://topcv.vn/a\"b<c>d`e{f}g^h|i[j]k:l@m;n,o!p$q&r'(s)*+=t~%",
        "https://topcv.vn/https://evil.example/@x",
        "https://a-b.c-.d3.example",
        "https://4you.example/",
        "http://0.0.0.0",
    ] {
        assert!(agrees(text), "{text}");
    }
}

#[test]
fn whatever_could_be_read_in_two_ways_is_refused() {
    for text in [
        "",
        "topcv.vn",
        "//topcv.vn/",
        "/x",
        "https:",
        "https:topcv.vn",
        "https:/topcv.vn",
        "https://",
        "https:///topcv.vn",
        "https://?x",
        "ftp://topcv.vn",
        "file:///etc/passwd",
        "javascript://topcv.vn/%0aalert(1)",
        "data:text/html,x",
        "blob:https://topcv.vn/x",
        "view-source:https://topcv.vn",
        " https://topcv.vn",
        "https://topcv.vn ",
        "https://topcv.vn/a b",
        "https://top\tcv.vn/",
        "https://topcv.vn/\r\nX-Evil:1",
        "https://topcv.vn/\u{7f}",
        "https://topcv.vn/\u{85}",
        "https://topcv.vn\\@evil.example/",
        "https:\\\\topcv.vn",
        "https://user@topcv.vn/",
        "https://user:pass@topcv.vn/",
        "https://@topcv.vn/",
        "https://topcv.vn@evil.example/",
        "https://topcv.vn:/",
        "https://topcv.vn:65536/",
        "https://topcv.vn:-1/",
        "https://topcv.vn:+1/",
        "https://topcv.vn:4 3/",
        "https://topcv.vn:80:80/",
        "https://topcv.vn./",
        "https://.topcv.vn/",
        "https://top..vn/",
        "https://.../",
        "https://top_cv.vn/",
        "https://top%63v.vn/",
        "https://tópcv.vn/",
        "https://topcv。vn/",
        "https://ｔopcv.vn/",
        "https://xn--tpcv-1qa.vn/",
        "https://a.XN--tpcv-1qa.vn/",
        "https://topcv.vn%2f.evil.example/",
        "https://top*cv.vn/",
        "http://127.1/",
        "http://127.0.0.01/",
        "http://0x7f.0.0.1/",
        "http://127.0.0.0x1/",
        "http://2130706433/",
        "http://256.0.0.1/",
        "http://1.2.3.4.5/",
        "http://127.0.0.1./",
        "http://topcv.vn.1/",
        "http://[::1/",
        "http://::1/",
        "http://[]/",
        "http://[::1]x/",
        "http://[::1%25eth0]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[v1.x]/",
        "http://x[::1]/",
        "https://topcv.vn/%2e%2E/x",
        "https://topcv.vn/a/.%2e",
        "https://topcv.vn/%2e",
        "https://topcv.vn/a//../x",
        "https://topcv.vn/c|/..",
    ] {
        assert_eq!(Address::parse(text), None, "{text:?}");
    }
    let long = format!("https://{}.vn/", "a".repeat(251));
    assert_eq!(Address::parse(&long), None);
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn text(&mut self, pieces: &[&str], most: usize) -> String {
        (0..self.below(most + 1))
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }
}

const STARTS: [&str; 10] = [
    "https://topcv.vn",
    "https://",
    "http://",
    "HTTP://",
    "https://a.",
    "http://127.0.0.1",
    "http://[::1]",
    "https:",
    "//",
    "",
];

#[rustfmt::skip]
const PIECES: [&str; 62] = [
    "topcv", "vn", "www", "a", "b-c", "Z", "xn--", "0", "1", "9", "127", "0x", "ff", ".", ".", ".", "..", "-", "--", "_",
    "/", "/", "/", "//", "/.", "/..", "/../", "/./", "\\", ":", ":", ":80", ":443", ":4000", ":0", "@", "?", "?", "#", "%",
    "%2e", "%2F", "%41", "%C3", "[", "]", "::", "::1", "é", "\u{301}", "。", "\u{ad}", " ", "\t", "\n", "\0", "'", "\"",
    "<", "^", "{", "|",
];

#[test]
fn every_accepted_text_means_the_same_to_the_host() {
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    let mut accepted = 0;
    for _ in 0..200_000 {
        let start = STARTS[numbers.below(STARTS.len())];
        accepted += usize::from(agrees(&format!("{start}{}", numbers.text(&PIECES, 7))));
    }
    // Otherwise the loop would prove nothing.
    assert!(accepted > 10_000, "{accepted}");
}

#[test]
fn a_redirect_leads_where_the_host_would_go() {
    let base = "https://topcv.vn:8443/a/b/c.pdf?d=e";
    for (location, there) in [
        ("https://www.topcv.vn/x", "https://www.topcv.vn/x"),
        ("HTTP://evil.example#y", "http://evil.example/"),
        ("//cdn.topcv.vn:99/x?y", "https://cdn.topcv.vn:99/x?y"),
        ("/x/../y", "https://topcv.vn:8443/y"),
        ("/", "https://topcv.vn:8443/"),
        ("x", "https://topcv.vn:8443/a/b/x"),
        ("./x/", "https://topcv.vn:8443/a/b/x/"),
        ("../x?y#z", "https://topcv.vn:8443/a/x?y"),
        ("..", "https://topcv.vn:8443/a/"),
        ("../../../../x", "https://topcv.vn:8443/x"),
        ("?y", "https://topcv.vn:8443/a/b/c.pdf?y"),
        ("x?u=https://z/", "https://topcv.vn:8443/a/b/x?u=https://z/"),
    ] {
        let joined = Address::parse(base).unwrap().join(location).unwrap();
        assert_eq!(joined.to_string(), there, "{location}");
        same(
            location,
            &joined,
            &Url::parse(base).unwrap().join(location).unwrap(),
        );
    }
}

#[test]
fn a_redirect_that_is_not_plain_leads_nowhere() {
    let base = Address::parse("https://topcv.vn/a/b").unwrap();
    for location in [
        "",
        "#top",
        "https:x",
        "https:/x",
        "https:///evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "file:x",
        "a:b",
        "//user@evil.example",
        "//",
        "x y",
        " /x",
        "/\t/evil.example",
    ] {
        assert_eq!(base.join(location), None, "{location:?}");
    }
}

#[test]
fn every_redirect_means_the_same_to_the_host() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let mut accepted = 0;
    for _ in 0..200_000 {
        let base = format!("https://topcv.vn/{}", numbers.text(&PIECES, 4));
        let location = numbers.text(&PIECES, 5);
        let Some(address) = Address::parse(&base) else {
            continue;
        };
        if let Some(joined) = address.join(&location) {
            let url = Url::parse(&base).unwrap().join(&location).unwrap();
            same(&format!("{base} + {location}"), &joined, &url);
            accepted += 1;
        }
    }
    assert!(accepted > 10_000, "{accepted}");
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    let origin = |text: &str| {
        let address = Address::parse(text).unwrap();
        let (scheme, host, port) = address.origin();
        (scheme, host.to_owned(), port)
    };
    assert_eq!(
        origin("https://TopCV.vn:443/a"),
        origin("https://topcv.vn?b")
    );
    for other in [
        "http://topcv.vn",
        "https://topcv.vn:444",
        "https://a.topcv.vn",
    ] {
        assert_ne!(origin(other), origin("https://topcv.vn"));
    }
}

#[test]
fn percent_encoding_goes_both_ways() {
    assert_eq!(encoded("aZ0-._~"), "aZ0-._~");
    assert_eq!(encoded("12/../3 ễ%"), "12%2F..%2F3%20%E1%BB%85%25");
    assert_eq!(decoded(&encoded("12/../3 ễ%")), "12/../3 ễ%".as_bytes());
    assert_eq!(decoded("%4a%4B%zz%4%"), b"JK%zz%4%");
}
