//! What changed on either side since the form was shown.

use super::*;

#[test]
fn a_form_that_comes_back_unchanged_writes_nothing_however_its_texts_are_spelled() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let html = "<p>Viết mã<br>Đọc mã</p><ul><li>Rust</li></ul>";
    publish_job(
        host.ports(),
        "r-1",
        "job-1",
        &with("job_description", html),
        false,
    )
    .unwrap();
    assert_eq!(board.borrow().get(1001, "job_description"), json!(html));
    let job = crate::contract::postings::Job {
        id: "job-1".into(),
        title: "Kỹ sư phần mềm".into(),
        details: Vec::new(),
    };
    let form = prepare_job(host.ports(), &job, Some("r-1")).unwrap();
    let mut filled: Vec<NamedValue> = Vec::new();
    for field in form.fields {
        filled.extend(field.value.map(|it| value(&field.id, it)));
    }
    let lines = named("job_description", "Viết mã\nĐọc mã\n• Rust");
    assert!(filled.contains(&lines), "{filled:?}");
    let (version, before) = (form.version.unwrap(), board.borrow().writes);
    let change = update_job(host.ports(), "r-1", &version, &filled).unwrap();
    assert_eq!(change.changed, Vec::<String>::new());
    for spelling in [html, "<p>Viết mã</p><p>Đọc mã</p><ul><li>Rust</li></ul>"] {
        let values = [named("job_description", spelling)];
        let change = update_job(host.ports(), "r-1", &version, &values).unwrap();
        assert_eq!(change.changed, Vec::<String>::new(), "{spelling}");
    }
    assert_eq!(board.borrow().writes, before, "nothing was sent");
    // Rewritten at the board as the same content: no conflict with a change of ours, and what we did not touch stays as it is there.
    let rewritten = "<p>Viết mã</p>\n<p>Đọc mã</p><ul><li>Rust</li></ul>";
    board
        .borrow_mut()
        .set(1001, "job_description", json!(rewritten));
    let values = [lines, named("title", "Kỹ sư Rust")];
    let change = update_job(host.ports(), "r-1", "1", &values).unwrap();
    assert_eq!(change.changed, ["title"]);
    assert_eq!(
        board.borrow().get(1001, "job_description"),
        json!(rewritten)
    );
}

#[test]
fn a_conflict_shows_long_texts_as_the_form_does() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "job_benefit", json!("<p>Lương<br>Thưởng</p>"));
    let wanted = [named("job_benefit", "Du lịch\n• Biển")];
    let failure = update_job(host.ports(), "r-1", "1", &wanted).unwrap_err();
    assert_eq!(failure.code, "changed-elsewhere");
    for shown in [
        named("board", "Lương\nThưởng"),
        named("wanted", "Du lịch\n• Biển"),
        named("sent", "Lương tháng 13."),
    ] {
        assert!(failure.problems[0].values.contains(&shown), "{shown:?}");
    }
}

#[test]
fn an_update_sends_the_change_and_keeps_what_only_the_board_knows() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let change = update_job(
        host.ports(),
        "r-1",
        &posting.version,
        &with("title", "Kỹ sư phần mềm cao cấp"),
    )
    .unwrap();
    assert_eq!(change.changed, ["title"]);
    assert!(change.review);
    assert_eq!(change.posting.review_round, 2);
    assert_eq!(
        board.borrow().get(1001, "working_time"),
        json!("Thứ 2 - Thứ 6")
    );
    assert_eq!(
        board.borrow().get(1001, "title"),
        json!("Kỹ sư phần mềm cao cấp")
    );
    let failure = update_job(
        host.ports(),
        "r-1",
        &posting.version,
        &with("title", "Khác"),
    )
    .unwrap_err();
    assert_eq!(failure.code, "stale-version");
}

#[test]
fn no_difference_sends_nothing_that_writes() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let before = board.borrow().writes;
    let change = update_job(host.ports(), "r-1", &posting.version, &values()).unwrap();
    assert!(change.changed.is_empty() && !change.review);
    assert_eq!(change.posting.version, posting.version);
    assert_eq!(board.borrow().writes, before);
}

#[test]
fn changed_on_both_sides_is_a_conflict_that_shows_both() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "title", json!("Sửa trên TopCV"));
    let before = board.borrow().writes;
    let failure = update_job(
        host.ports(),
        "r-1",
        &posting.version,
        &with("title", "Sửa ở đây"),
    )
    .unwrap_err();
    assert_eq!(
        (failure.disposition, failure.code.as_str()),
        (Disposition::Conflict, "changed-elsewhere")
    );
    let shown = &failure.problems[0].values;
    assert!(
        shown.contains(&named("board", "Sửa trên TopCV"))
            && shown.contains(&named("wanted", "Sửa ở đây"))
    );
    assert!(shown.contains(&named("sent", "Kỹ sư phần mềm")));
    assert_eq!(board.borrow().writes, before);

    // Another field: the board's title stays.
    let change = update_job(
        host.ports(),
        "r-1",
        &posting.version,
        &[value("quantity", Value::Integer(5))],
    )
    .unwrap();
    assert_eq!(change.changed, ["quantity"]);
    assert_eq!(change.kept, ["title"]);
    assert_eq!(board.borrow().get(1001, "title"), json!("Sửa trên TopCV"));
}

#[test]
fn what_the_form_showed_is_no_conflict() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "title", json!("Sửa trên TopCV"));
    let job = crate::contract::postings::Job {
        id: "job-1".into(),
        title: "Kỹ sư".into(),
        details: Vec::new(),
    };
    let form = prepare_job(host.ports(), &job, Some("r-1")).unwrap();
    let change = update_job(
        host.ports(),
        "r-1",
        &form.version.unwrap(),
        &with("title", "Sửa ở đây"),
    )
    .unwrap();
    assert_eq!(change.changed, ["title"]);
    assert_eq!(board.borrow().get(1001, "title"), json!("Sửa ở đây"));
}
