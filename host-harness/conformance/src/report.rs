//! What a suite found.

use std::fmt;

/// The results of all cases of a suite, in the order in which they ran.
///
/// `Display` prints one line a case, and for a failed one what was expected and what was seen.
#[derive(Debug, Clone)]
pub struct Report {
    suite: &'static str,
    cases: Vec<CaseReport>,
}

/// The result of one case.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// Its name, such as `versions-never-repeat`.
    pub name: &'static str,
    /// What every implementation does here, in one sentence.
    pub promise: &'static str,
    /// What this one did.
    pub outcome: Outcome,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The implementation keeps the promise.
    Passed,
    /// It does not.
    Failed {
        /// What should have been seen.
        expected: String,
        /// What was seen.
        saw: String,
    },
    /// The case needs what the implementation does not offer.
    NotRun {
        /// What that is.
        reason: String,
    },
}

impl Report {
    pub(crate) fn new(suite: &'static str) -> Self {
        Self {
            suite,
            cases: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, case: CaseReport) {
        self.cases.push(case);
    }

    /// Every case.
    #[must_use]
    pub fn cases(&self) -> &[CaseReport] {
        &self.cases
    }

    /// Whether no case failed. Cases that were not run do not count: look at [`Report::not_run`] before you promise what they would have shown.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The names of the cases that failed.
    pub fn failed(&self) -> impl Iterator<Item = &'static str> {
        self.with(|outcome| matches!(outcome, Outcome::Failed { .. }))
    }

    /// The names of the cases that were not run.
    pub fn not_run(&self) -> impl Iterator<Item = &'static str> {
        self.with(|outcome| matches!(outcome, Outcome::NotRun { .. }))
    }

    fn with(&self, wanted: impl Fn(&Outcome) -> bool) -> impl Iterator<Item = &'static str> {
        self.cases
            .iter()
            .filter(move |case| wanted(&case.outcome))
            .map(|case| case.name)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failed().count();
        let not_run = self.not_run().count();
        let passed = self.cases.len() - failed - not_run;
        for case in &self.cases {
            match &case.outcome {
                Outcome::Passed => writeln!(formatter, "ok       {}", case.name)?,
                Outcome::NotRun { reason } => {
                    writeln!(formatter, "not run  {}: {reason}", case.name)?;
                }
                Outcome::Failed { expected, saw } => {
                    writeln!(formatter, "FAILED   {}: {}", case.name, case.promise)?;
                    writeln!(formatter, "         expected {expected}")?;
                    writeln!(formatter, "         saw      {saw}")?;
                }
            }
        }
        write!(
            formatter,
            "{}: {passed} passed, {failed} failed, {not_run} not run",
            self.suite
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_was_expected_and_seen_and_never_counts_what_did_not_run() {
        let mut report = Report::new("storage");
        for (name, outcome) in [
            ("first", Outcome::Passed),
            (
                "second",
                Outcome::Failed {
                    expected: "one winner".to_owned(),
                    saw: "two".to_owned(),
                },
            ),
            (
                "third",
                Outcome::NotRun {
                    reason: "one process".to_owned(),
                },
            ),
        ] {
            report.add(CaseReport {
                name,
                promise: "one of many wins",
                outcome,
            });
        }
        assert!(!report.passed());
        assert_eq!(report.failed().collect::<Vec<_>>(), ["second"]);
        assert_eq!(report.not_run().collect::<Vec<_>>(), ["third"]);
        assert_eq!(
            report.to_string(),
            "ok       first\n\
             FAILED   second: one of many wins\n\
             \x20        expected one winner\n\
             \x20        saw      two\n\
             not run  third: one process\n\
             storage: 1 passed, 1 failed, 1 not run"
        );
    }
}
