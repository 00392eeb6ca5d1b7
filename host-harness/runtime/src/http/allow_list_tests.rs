//! What a grant lets through, and which patterns are no grant.

use super::*;

fn gate(asked: &[&str], granted: &[&str]) -> Gate {
    Gate::new(
        AllowList::parse(asked).unwrap(),
        AllowList::parse(granted).unwrap(),
    )
}

fn admits(gate: &Gate, url: &str) -> bool {
    gate.admits(&Url::parse(url).unwrap()).is_ok()
}

#[test]
fn both_the_manifest_and_the_operator_must_name_a_host() {
    let both = gate(
        &["api.board.example", "*.files.example"],
        &["api.board.example", "*.files.example"],
    );
    for url in [
        "https://api.board.example/x?y",
        "https://API.board.example",
        "https://api.board.example:443/",
        "https://a.files.example/",
        "https://a.b.files.example/",
    ] {
        assert!(admits(&both, url), "{url}");
    }
    for url in [
        "http://api.board.example/",
        "https://api.board.example:8443/",
        "https://board.example/",
        "https://api.board.example.evil.example/",
        "https://evil-api.board.example/",
        "https://api.board.example./",
        "https://files.example/",
        "https://afiles.example/",
        "https://127.0.0.1/",
        "ftp://api.board.example/",
    ] {
        assert!(!admits(&both, url), "{url}");
    }
    assert_eq!(
        gate(&[], &["api.board.example"]).admits(&Url::parse("https://api.board.example").unwrap()),
        Err(Refusal::NotAskedFor)
    );
    assert_eq!(
        gate(&["api.board.example"], &[]).admits(&Url::parse("https://api.board.example").unwrap()),
        Err(Refusal::NotGranted)
    );
}

#[test]
fn a_simulator_on_this_machine_and_an_origin_marked_as_unasked_count_for_themselves() {
    let simulator = gate(
        &["api.board.example"],
        &["http://127.0.0.1:4000", "unasked:https://test.example"],
    );
    assert!(admits(&simulator, "http://127.0.0.1:4000/api"));
    assert!(
        admits(&simulator, "http://2130706433:4000/api"),
        "another spelling of the same address"
    );
    assert!(admits(&simulator, "https://test.example/api"));
    for url in [
        "http://127.0.0.1:4001/",
        "https://127.0.0.1:4000/",
        "http://127.0.0.2:4000/",
        "http://test.example/",
        "https://test.example:8443/",
        "https://a.test.example/",
    ] {
        assert!(!admits(&simulator, url), "{url}");
    }
    for (granted, url) in [
        ("https://test.example", "https://test.example/"),
        ("test.example", "https://test.example/"),
        ("https://*.test.example", "https://a.test.example/"),
        ("http://10.0.0.1:4000", "http://10.0.0.1:4000/"),
        ("http://0.0.0.0:4000", "http://0.0.0.0:4000/"),
        (
            "http://[::ffff:127.0.0.1]:4000",
            "http://[::ffff:127.0.0.1]:4000/",
        ),
        (
            "http://localhost.example:4000",
            "http://localhost.example:4000/",
        ),
    ] {
        let url = Url::parse(url).unwrap();
        assert_eq!(
            gate(&["api.board.example"], &[granted]).admits(&url),
            Err(Refusal::NotAskedFor),
            "a grant alone: {granted}"
        );
    }
    assert!(
        !admits(&gate(&[], &["127.0.0.1:4000"]), "https://127.0.0.1:4000/"),
        "no scheme, no origin"
    );
    assert!(admits(
        &gate(&[], &["http://[::1]:4000"]),
        "http://[::1]:4000/"
    ));
}

#[test]
fn names_are_compared_in_the_form_of_urls() {
    let gate = gate(&["Tuyển.example"], &["tuyển.EXAMPLE"]);
    assert!(admits(&gate, "https://tuyển.example/"));
    let punycode = Url::parse("https://tuyển.example/").unwrap().to_string();
    assert!(punycode.contains("xn--"));
    assert!(admits(&gate, &punycode));
    assert!(!admits(&gate, "https://tuyen.example/"));
}

#[test]
fn patterns_that_grant_more_than_they_say_are_refused() {
    for pattern in [
        "",
        "*",
        "*.",
        "*.com",
        "*.*.example.com",
        "a.*.example.com",
        "a*.example.com",
        "https://",
        "https://*",
        "ftp://a.example",
        "a.example/path",
        "https://a.example/",
        "https://a.example?x",
        "user@a.example",
        "https://user@a.example",
        "a example",
        "a.example:0",
        "a.example:99999",
        "a.example:",
        "a.example.",
        "*.127.0.0.1",
        "*.[::1]",
        "https:a.example",
        "a\\b.example",
        "a.example\n",
        "http://%61.example",
        "javascript:alert(1)",
        "unasked:",
        "unasked:test.example",
        "unasked:https://*.test.example",
        "unasked:ftp://test.example",
        "unasked:unasked:https://test.example",
        "Unasked:https://test.example",
        "https://unasked:https://test.example",
    ] {
        let parsed = AllowList::parse(&[pattern]);
        assert!(parsed.is_err(), "{pattern:?} became {parsed:?}");
    }
}

/// Each URL is one that a careless comparison takes for a granted host, or for another one than the client connects to. The second column is the host that
/// the request would really go to; where it is the granted one, the spelling passes.
#[test]
fn spellings_that_look_like_a_granted_host_are_judged_by_where_they_lead() {
    let gate = gate(
        &["api.board.example", "93.184.216.34"],
        &["api.board.example", "93.184.216.34"],
    );
    for (url, host) in [
        // The granted host itself, in other words.
        ("https://api.board.example/", "api.board.example"),
        ("HTTPS://API.Board.EXAMPLE/", "api.board.example"),
        ("https:api.board.example/", "api.board.example"),
        ("https:\\\\api.board.example\\x", "api.board.example"),
        ("https://%61pi.board.example/", "api.board.example"),
        ("https://ａｐｉ.board.example/", "api.board.example"),
        ("https://api。board。example/", "api.board.example"),
        ("https://api.bo\u{ad}ard.example/", "api.board.example"),
        ("https://api.board.exam\nple/", "api.board.example"),
        ("https://api.board.example:0443/", "api.board.example"),
        ("https:///api.board.example/", "api.board.example"),
        ("https://api．board．example/", "api.board.example"),
        (
            "https://api.board.example//evil.example/",
            "api.board.example",
        ),
        ("https://1572395042/", "93.184.216.34"),
        ("https://0x5db8d822/", "93.184.216.34"),
        ("https://0135.0270.0330.042/", "93.184.216.34"),
        ("https://93.12113954/", "93.184.216.34"),
        ("https://93.184.216.34./", "93.184.216.34"),
        // Others.
        ("https://api.board.example./", "api.board.example."),
        ("https://api.board.example@evil.example/", "evil.example"),
        ("https://evil.example#@api.board.example/", "evil.example"),
        ("https://evil.example?@api.board.example/", "evil.example"),
        ("https://evil.example\\@api.board.example/", "evil.example"),
        (
            "https://evil.example/https://api.board.example/",
            "evil.example",
        ),
        ("https://api-board.example/", "api-board.example"),
        ("https://xapi.board.example/", "xapi.board.example"),
        ("https://аpi.board.example/", "xn--pi-6kc.board.example"),
        (
            "https://xn--pi-6kc.board.example/",
            "xn--pi-6kc.board.example",
        ),
        ("https://api.board.examp1e/", "api.board.examp1e"),
        ("https://api.board.example%2e/", "api.board.example."),
        ("https://api.board.example。/", "api.board.example."),
        (
            "https://api.board.example..evil.example/",
            "api.board.example..evil.example",
        ),
        (
            "https://user:api.board.example@evil.example/",
            "evil.example",
        ),
        ("https://0x7f.1/", "127.0.0.1"),
        ("https://017700000001/", "127.0.0.1"),
        ("https://①②⑦.0.0.1/", "127.0.0.1"),
        ("https://[::ffff:5db8:d822]/", "[::ffff:5db8:d822]"),
        ("https://[64:ff9b::5db8:d822]/", "[64:ff9b::5db8:d822]"),
    ] {
        let parsed = Url::parse(url).unwrap();
        assert_eq!(parsed.host_str(), Some(host), "{url}");
        let granted = ["api.board.example", "93.184.216.34"].contains(&host);
        assert_eq!(gate.admits(&parsed).is_ok(), granted, "{url}");
    }
    for url in [
        "https://api.board.example:8443/",
        "http://api.board.example/",
        "http://api.board.example:443/",
        "ws://api.board.example/",
        "file://api.board.example/",
    ] {
        assert!(!admits(&gate, url), "{url}: another scheme or port");
    }
    for url in [
        "https://api.board.example%00.evil.example/",
        "https://api.board.example%2fevil.example/",
        "https://api.board.example:99999/",
        "https://api.board.example:443@/",
        "https://256.256.256.256/",
        "https://[::1/",
        "https://[fe80::1%eth0]/",
        "https://[fe80::1%25eth0]/",
        "https://[api.board.example]/",
        "https://api.board.example:443:80/",
        "https://api.board.example:-1/",
        "https://api.board.example evil.example/",
        "https://api.board.example\0.evil.example/",
        "https://api.board.example^/",
        "https://xn--/",
    ] {
        assert!(Url::parse(url).is_err(), "{url}: no URL at all");
    }
}
