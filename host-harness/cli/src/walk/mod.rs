//! The story: what must be seen working, step by step, through the real component over loopback HTTP.
//!
//! Each step begins in a [`World`] of its own, does something at the platform or at the simulated board, and checks what it finds on
//! **both** sides: the platform's own answers, and the board's ledger of what was really asked of it. The system tests and
//! `job-board demo --walk` run the same steps.

pub mod applicants;
pub mod arrivals;
mod board;
mod check;
mod client;
pub mod connection;
pub mod disconnect;
pub mod edits;
pub mod links;
mod platform;
pub mod postings;
mod world;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use anyhow::{Result, bail, ensure};

use crate::signals::Ending;

pub use board::{Board, Employer};
pub use client::{Api, Reply};
pub use platform::Posted;
pub(crate) use world::platform_config;
pub use world::{START_MS, Stage, World};

/// What a step is doing.
pub type Doing<'a> = Pin<Box<dyn Future<Output = Result<String>> + Send + 'a>>;

/// One thing that must be seen working.
#[derive(Clone, Copy)]
pub struct Step {
    /// Which part of the story it belongs to.
    pub topic: Topic,
    /// Its name in words, as the tests are called.
    pub name: &'static str,
    /// Does it, checks it, and answers what came back, in one line.
    pub run: fn(&mut World) -> Doing<'_>,
}

/// A part of the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Credentials, accounts, the end of a connection.
    Connection,
    /// Forms and postings.
    Postings,
    /// Deliveries, candidates, files.
    Applicants,
}

/// Steps from functions of one module; a step is called as its function.
#[rustfmt::skip]
macro_rules! steps {
    ($($topic:ident $module:ident { $($function:ident,)* })*) => {
        &[$($(Step {
            topic: Topic::$topic,
            name: stringify!($function),
            run: |world| Box::pin($module::$function(world)),
        },)*)*]
    };
}

/// The whole story, in the order in which it is told.
pub const STEPS: &[Step] = steps! {
    Connection connection {
        valid_credentials_configure_the_connection,
        saving_the_form_unchanged_changes_nothing,
        new_credentials_of_the_same_employer_keep_everything,
        another_employer_declined_keeps_the_old_keys,
        another_employer_accepted_marks_old_postings,
        failures_of_signing_in_are_told_apart,
    }
    Connection disconnect {
        disconnecting_forgets_the_secrets_and_names_live_postings,
        connecting_again_restores_links_without_doubles,
    }
    Postings postings {
        the_form_is_prefilled_and_lists_what_is_missing,
        every_field_error_comes_at_once_and_nothing_is_sent,
        publishing_goes_through_review_to_one_notification,
        one_request_id_creates_one_posting,
        a_lost_answer_is_looked_up_not_sent_again,
        two_rejections_and_an_approval_are_three_notifications,
    }
    Postings edits {
        an_update_keeps_what_only_the_board_knows,
        an_edit_at_the_board_is_a_conflict_that_shows_both,
        an_update_without_difference_sends_nothing,
        a_stale_version_is_refused,
        closing_and_reopening_happen_once,
        a_posting_expires_at_midnight_in_vietnam,
    }
    Postings links {
        postings_are_linked_by_id_and_by_url,
        foreign_and_taken_postings_are_not_linked,
        unlinking_leaves_the_posting_at_the_board,
    }
    Postings edits {
        the_posted_jobs_log_tells_what_happened,
    }
    Applicants applicants {
        a_candidate_arrives_in_the_first_stage_with_the_cv,
        one_person_at_two_jobs_is_two_applications,
        one_delivery_three_times_is_one_application,
        two_people_without_candidate_id_are_two,
        applying_again_adds_a_cv_to_the_same_candidate,
    }
    Applicants arrivals {
        events_that_overtake_the_answer_are_matched,
        an_applicant_of_a_posting_linked_later_is_matched,
    }
    Applicants applicants {
        a_masked_contact_is_completed_and_stays_open,
    }
    Applicants arrivals {
        a_wrong_signing_key_setting_loses_nobody,
    }
    Applicants applicants {
        a_challenged_cv_link_is_retried_later,
    }
};

/// How many steps came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As they should.
    pub passed: usize,
    /// Otherwise.
    pub failed: usize,
}

/// Runs one step in a world of its own. A panic is left to the caller.
///
/// # Errors
/// When the world does not start, or the step finds something other than it should.
pub async fn run(step: &Step, stage: &Stage) -> Result<String> {
    let mut world = World::start(stage).await?;
    let line = (step.run)(&mut world).await;
    world.stop().await;
    line
}

/// Plays the steps whose name contains `only` (all, when absent) and prints a line for each. All files are in `scratch`. A signal ends it.
///
/// Whoever removes `scratch` ends the asynchronous runtime first: a database that is being written to would come back.
///
/// # Errors
/// When no step is called so, the plugin cannot be used, or a signal came. A step that fails is counted, not an error.
pub async fn play(plugin: &Path, only: Option<&str>, scratch: &Path) -> Result<Tally> {
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| only.is_none_or(|text| step.name.contains(text)))
        .collect();
    ensure!(
        !chosen.is_empty(),
        "no step's name contains `{}`; run `job-board demo --walk` to see them all",
        only.unwrap_or_default()
    );
    let mut ending = Ending::watch()?;
    let stage = Stage::set(plugin, scratch)?;
    let mut tally = Tally::default();
    let mut topic = None;
    for step in chosen {
        if topic.replace(step.topic) != Some(step.topic) {
            println!("{:?}", step.topic);
        }
        let name = step.name.replace('_', " ");
        let outcome = tokio::select! {
            outcome = run(step, &stage) => outcome,
            () = ending.asked() => bail!("the walk was stopped at the step `{name}`"),
        };
        match outcome {
            Ok(line) => {
                tally.passed += 1;
                println!("  ok    {name}\n        {line}");
            }
            Err(error) => {
                tally.failed += 1;
                println!("  FAIL  {name}\n        {error:#}");
            }
        }
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally)
}
