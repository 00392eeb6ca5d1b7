//! The account at the board: what must be seen working, a test a step.

system_tests::story! {
    Connection:
    valid_credentials_configure_the_connection,
    saving_the_form_unchanged_changes_nothing,
    new_credentials_of_the_same_employer_keep_everything,
    another_employer_declined_keeps_the_old_keys,
    another_employer_accepted_marks_old_postings,
    failures_of_signing_in_are_told_apart,
    disconnecting_forgets_the_secrets_and_names_live_postings,
    connecting_again_restores_links_without_doubles,
}
