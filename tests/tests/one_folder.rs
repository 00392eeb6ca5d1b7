//! Two platform processes on one data folder: starting, publishing and looking after a connection at the same time.
#![allow(clippy::unwrap_used, reason = "a panic is the test's failure")]

use system_tests::House;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_platforms_may_start_at_once_on_an_empty_folder() {
    let house = House::new().await;
    let (first, second) = tokio::join!(house.start(), house.start_another());
    let known = first.credentials().iter().chain(second.credentials());
    let passwords = known.filter(|who| who.password.is_some()).count();
    assert_eq!(passwords, 3, "one of them made the company");
    first.stop().await;
    second.stop().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_job_pressed_at_two_platforms_at_once_is_created_once() {
    for ids in [["request-a", "request-a"], ["request-a", "request-b"]] {
        let house = House::new().await;
        let first = house.start().await;
        let second = house.start_another().await;
        let here = house.people(&first).await;
        let there = house.people(&second).await;
        house.configure(&here).await;
        let job = here.add_job("Kỹ sư Rust").await;
        let values = here.values(job).await;
        let (one, two) = tokio::join!(
            here.press_publish(job, &values, ids[0]),
            there.press_publish(job, &values, ids[1])
        );
        assert!(one.status == 201 || two.status == 201, "{one}\n{two}");
        assert_eq!(house.count("creates").await, 1, "{one}\n{two}");
        assert_eq!(house.count("credits_spent").await, 1);
        // Pressed again at both, one after the other, as people do.
        for (people, id) in [(&here, ids[0]), (&there, ids[1])] {
            people.press_publish(job, &values, id).await;
        }
        assert_eq!(house.count("creates").await, 1);
        let postings = there.postings(job).await;
        assert_eq!(postings.len(), 1, "{postings:?}");
        assert_eq!(postings[0]["state"], "pending-review");
        assert_eq!(here.postings(job).await, postings);
        first.stop().await;
        second.stop().await;
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_platforms_that_configure_and_look_after_a_connection_at_once_keep_it_working() {
    let house = House::new().await;
    let first = house.start().await;
    let second = house.start_another().await;
    let here = house.people(&first).await;
    let there = house.people(&second).await;
    house.configure(&here).await;
    let job = here.add_job("Kỹ sư Rust").await;
    let posting = here.publish(job, "request-a").await;
    first.platform().run_errands().await.unwrap();
    house.pass(std::time::Duration::from_secs(8 * 3_600)).await;
    let (one, two, status) = tokio::join!(
        first.platform().run_errands(),
        second.platform().run_errands(),
        house.configure(&there)
    );
    assert_eq!(one.unwrap() + two.unwrap(), 2, "each errand once");
    assert_eq!(status["state"], "configured");
    let board = posting["board_posting"].as_str().unwrap();
    let told = house.board.approve(board).await.unwrap();
    assert_eq!(told["status"], 200);
    assert_eq!(here.told(&here.owner).await, ["posting-approved"]);
    first.stop().await;
    second.stop().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_platform_that_starts_beside_another_takes_nothing_of_its_work_for_abandoned() {
    let house = House::new().await;
    let first = house.start().await;
    let here = house.people(&first).await;
    house.configure(&here).await;
    let job = here.add_job("Kỹ sư Rust").await;
    let values = here.values(job).await;
    let slow = serde_json::json!({ "params": { "ms": 2_000 } });
    house.board.fault("create", "delay", slow).await.unwrap();
    let (made, second) = tokio::join!(
        here.press_publish(job, &values, "request-a"),
        house.start_another()
    );
    assert_eq!(made.status, 201, "{made}");
    assert_eq!(house.count("creates").await, 1);
    assert_eq!(here.log().await, ["publish"]);
    first.stop().await;
    second.stop().await;
    house.close().await;
}
