//! Deliveries, candidates and their files: what must be seen working, a test a step.

system_tests::story! {
    Applicants:
    a_candidate_arrives_in_the_first_stage_with_the_cv,
    one_person_at_two_jobs_is_two_applications,
    one_delivery_three_times_is_one_application,
    two_people_without_candidate_id_are_two,
    applying_again_adds_a_cv_to_the_same_candidate,
    events_that_overtake_the_answer_are_matched,
    an_applicant_of_a_posting_linked_later_is_matched,
    a_masked_contact_is_completed_and_stays_open,
    a_wrong_signing_key_setting_loses_nobody,
    a_challenged_cv_link_is_retried_later,
}
