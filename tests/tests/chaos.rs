//! A small chaos, and proof that its audit can fail. The large one is `cargo xtask chaos`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use system_tests::chaos::{Break, Options, play};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_forged_and_the_audit_would_have_seen_it() {
    let options = Options {
        deliveries: 150,
        kills: 3,
        seed: 7,
    };
    let aftermath = play(options)
        .await
        .unwrap_or_else(|error| panic!("{error:#}"));
    let findings = aftermath.audit().await.unwrap();
    assert!(findings.is_clean(), "{findings:#?}");
    assert!(aftermath.summary.deliveries >= 150);
    assert_eq!(aftermath.summary.kills, 3);
    assert!(
        aftermath.summary.answered_5xx > 0,
        "no delivery has met a full disk"
    );

    for (how, found) in [
        (Break::Lose, [true, false, false]),
        (Break::LoseVerdict, [true, false, false]),
        (Break::Double, [false, true, false]),
        (Break::DoubleApplication, [false, true, false]),
        (Break::Forge, [false, false, true]),
        (Break::ForgeContact, [false, false, true]),
    ] {
        let findings = aftermath.audit_broken(how).await.unwrap();
        let seen = [&findings.lost, &findings.doubled, &findings.forged];
        for (list, expected) in seen.into_iter().zip(found) {
            assert!(
                !expected || !list.is_empty(),
                "{how:?} was not seen: {findings:#?}"
            );
        }
        assert!(!findings.is_clean(), "{how:?}");
    }
}
