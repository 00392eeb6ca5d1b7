//! Any pattern with any address, and any address of the internet: see docs/fuzzing.md.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use proptest::test_runner::Config;

use super::{AddressPolicy, AllowList, granted};

fn cases(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}

fn host() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "api.board.example",
        "API.Board.example",
        "board.example",
        "a.api.board.example",
        "evilboard.example",
        "board.example.evil.example",
        "example",
        "127.0.0.1",
        "2130706433",
        "10.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "tuyển.example",
        "xn--tuyn-1w5a.example",
    ])
}

fn port() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", ":443", ":80", ":4000", ":0443"])
}

fn pattern() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec![
        "",
        "",
        "https://",
        "http://",
        "unasked:https://",
        "unasked:http://",
        "ftp://",
    ]);
    let written = (scheme, prop::sample::select(vec!["", "*."]), host(), port())
        .prop_map(|(scheme, below, host, port)| format!("{scheme}{below}{host}{port}"));
    prop_oneof![6 => written, 1 => "[a-z*.:/@\\[\\]%-]{0,16}"]
}

fn address() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["https://", "http://", "https://"]);
    let user = prop::sample::select(vec!["", "", "", "api.board.example@", "a:b@"]);
    let path = prop::sample::select(vec![
        "",
        "/",
        "/x?y",
        "\\@board.example/",
        "#@board.example",
        "?@board.example",
    ]);
    (scheme, user, host(), port(), path)
        .prop_map(|(scheme, user, host, port, path)| format!("{scheme}{user}{host}{port}{path}"))
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn what_passes_is_what_a_person_reads_in_the_pattern(address in address(), patterns in prop::collection::vec(pattern(), 0..4)) {
        granted::run(format!("{address}\n\n{}", patterns.join("\n")).as_bytes());
    }

    #[test]
    fn any_text_is_a_pattern_or_an_error_that_shows_it(text in any::<String>()) {
        if let Err(error) = AllowList::parse(&[&text]) {
            prop_assert!(error.to_string().contains(&text));
        }
        granted::run(text.as_bytes());
    }

    #[test]
    fn no_address_that_the_standard_library_calls_special_is_public(bits in any::<u32>(), low in any::<u128>()) {
        let four = Ipv4Addr::from_bits(bits);
        if AddressPolicy::PublicOnly.permits(IpAddr::V4(four)) {
            prop_assert!(!(four.is_private() || four.is_loopback() || four.is_link_local() || four.is_multicast()), "{four}");
            prop_assert!(!(four.is_unspecified() || four.is_broadcast() || four.is_documentation()), "{four}");
        }
        // The forms in which a version 6 address carries one of version 4: mapped, NAT64, 6to4, and the plain old one.
        let carried = u128::from(bits);
        for six in [carried, 0xffff_0000_0000 | carried, (0x0064_ff9b << 96) | carried, (0x2002 << 112) | (carried << 80), low >> 3] {
            let six = Ipv6Addr::from_bits(six);
            prop_assert!(!AddressPolicy::PublicOnly.permits(IpAddr::V6(six)), "{six}");
        }
    }
}
