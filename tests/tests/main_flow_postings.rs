//! Forms and postings: what must be seen working, a test a step.

system_tests::story! {
    Postings:
    the_form_is_prefilled_and_lists_what_is_missing,
    every_field_error_comes_at_once_and_nothing_is_sent,
    publishing_goes_through_review_to_one_notification,
    one_request_id_creates_one_posting,
    a_lost_answer_is_looked_up_not_sent_again,
    two_rejections_and_an_approval_are_three_notifications,
    an_update_keeps_what_only_the_board_knows,
    an_edit_at_the_board_is_a_conflict_that_shows_both,
    an_update_without_difference_sends_nothing,
    a_stale_version_is_refused,
    closing_and_reopening_happen_once,
    a_posting_expires_at_midnight_in_vietnam,
    postings_are_linked_by_id_and_by_url,
    foreign_and_taken_postings_are_not_linked,
    unlinking_leaves_the_posting_at_the_board,
    the_posted_jobs_log_tells_what_happened,
}
