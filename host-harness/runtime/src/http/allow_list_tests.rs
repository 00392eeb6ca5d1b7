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
fn a_whole_origin_counts_for_itself() {
    let simulator = gate(
        &["api.board.example"],
        &["http://127.0.0.1:4000", "https://test.example"],
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
    ] {
        assert!(!admits(&simulator, url), "{url}");
    }
    assert!(
        !admits(
            &gate(&[], &["https://*.test.example"]),
            "https://a.test.example/"
        ),
        "a wildcard is no origin"
    );
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
    ] {
        let parsed = AllowList::parse(&[pattern]);
        assert!(parsed.is_err(), "{pattern:?} became {parsed:?}");
    }
}
