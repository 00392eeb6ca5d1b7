//! Many processes, and the end of one.

use std::collections::{BTreeMap, BTreeSet};

use job_board_host::contract::storage::Precondition;

use super::StorageUnderTest;
use super::expect::{Part, Stop, Verdict, done, ensure, equal};
use super::worker::{Task, Worker, number_of, slot};

const PROCESSES: u8 = 4;

/// Starts the workers, lets all begin together, and answers what each said.
async fn together(
    under_test: &dyn StorageUnderTest,
    store: &str,
    task: impl Fn(u8) -> Task,
) -> Verdict<Vec<Vec<String>>> {
    let mut workers = Vec::new();
    for number in 0..PROCESSES {
        workers.push(Worker::start(under_test, store, &task(number)).await?);
    }
    for worker in &mut workers {
        worker.go().await?;
    }
    let mut said = Vec::new();
    for worker in workers {
        said.push(worker.rest().await?);
    }
    Ok(said)
}

pub(super) async fn one_winner(under_test: &dyn StorageUnderTest) -> Verdict {
    const NAME: &str = "one-winner-of-processes";
    const ROUNDS: u32 = 100;
    let said = together(under_test, NAME, |name| Task::Race {
        rounds: ROUNDS,
        name,
    })
    .await?;
    let mut winners: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (name, lines) in (0..PROCESSES).zip(said) {
        for round in lines.iter().filter_map(|line| line.strip_prefix("won ")) {
            winners
                .entry(format!("race/{round}"))
                .or_default()
                .push(name);
        }
    }
    let part = Part::open(under_test, NAME).await?;
    for round in 0..ROUNDS {
        let key = format!("race/{round}");
        let won = winners.remove(&key).unwrap_or_default();
        ensure(
            won.len() == 1,
            || format!("one of {PROCESSES} processes to write {key}"),
            || format!("{} that did", won.len()),
        )?;
        equal(
            "as the winner's value",
            &part.present(&key).await?.value,
            &won,
        )?;
    }
    Ok(())
}

pub(super) async fn no_lost_update(under_test: &dyn StorageUnderTest) -> Verdict {
    const NAME: &str = "no-lost-update-of-processes";
    const TURNS: u64 = 50;
    let part = Part::open(under_test, NAME).await?;
    let first = part.write("n", &0_u64.to_be_bytes()).await?;
    let said = together(under_test, NAME, |_| Task::Raise { turns: TURNS }).await?;
    let mut versions = BTreeSet::from([format!("wrote {first}")]);
    for line in said.into_iter().flatten() {
        let fresh = versions.insert(line.clone());
        equal(
            &format!("as whether only one process {line}"),
            &fresh,
            &true,
        )?;
    }
    equal(
        "as the sum of all turns",
        &part.present("n").await?.value,
        &(u64::from(PROCESSES) * TURNS).to_be_bytes().to_vec(),
    )
}

pub(super) async fn see_each_other(under_test: &dyn StorageUnderTest) -> Verdict {
    const NAME: &str = "processes-see-each-other";
    let part = Part::open(under_test, NAME).await?;
    let mut early = Worker::start(under_test, NAME, &Task::Look).await?;
    for round in 0..20_u8 {
        let expected = if round % 5 == 4 {
            done("a delete", part.delete("seen", Precondition::Any).await)?;
            "saw nothing".to_owned()
        } else {
            format!("saw {}", part.write("seen", &[round]).await?)
        };
        early.go().await?;
        let saw = early.line().await?;
        equal("in a process that was there", &saw, &Some(expected.clone()))?;
        if round % 5 >= 3 {
            let mut late = Worker::start(under_test, NAME, &Task::Look).await?;
            late.go().await?;
            let saw = late.line().await?;
            equal("in a process that has just started", &saw, &Some(expected))?;
        }
    }
    Ok(())
}

/// What a killed worker had told: for each slot the last number and its version.
#[derive(Default)]
struct Acknowledged {
    last: BTreeMap<String, (u64, String)>,
    versions: BTreeMap<String, BTreeSet<String>>,
    highest: u64,
}

impl Acknowledged {
    fn take(&mut self, line: &str) -> Verdict {
        let told = line
            .split_once(' ')
            .and_then(|(number, version)| Some((number.parse().ok()?, version.to_owned())));
        let Some((number, version)) = told else {
            return Err(Stop::failed("a number and a version", line));
        };
        let key = slot(number);
        let fresh = self
            .versions
            .entry(key.clone())
            .or_default()
            .insert(version.clone());
        equal(
            &format!("as whether version {version:?} of {key} is new"),
            &fresh,
            &true,
        )?;
        self.highest = number;
        self.last.insert(key, (number, version));
        Ok(())
    }

    async fn check(&self, part: &Part) -> Verdict {
        for (key, (number, version)) in &self.last {
            let entry = part.present(key).await?;
            let Some(found) = number_of(&entry.value) else {
                return Err(Stop::failed(
                    format!("a whole record under {key}"),
                    format!("{} bytes that are none", entry.value.len()),
                ));
            };
            // The write that was running when the process was killed may have happened.
            let running = self.highest + 1;
            ensure(
                found == *number || (found == running && slot(running) == *key),
                || {
                    format!(
                        "record {number} under {key}, which was acknowledged, or the one that was being written"
                    )
                },
                || format!("record {found}"),
            )?;
            if found == *number {
                equal("as the acknowledged version", &entry.version, version)?;
            }
        }
        Ok(())
    }
}

pub(super) async fn killed_writer(under_test: &dyn StorageUnderTest) -> Verdict {
    const NAME: &str = "killed-writer";
    const ROUNDS: u64 = 6;
    let mut told = Acknowledged::default();
    for round in 0..ROUNDS {
        // One number is left out after each kill: the running write's.
        let first = told.highest + 2;
        let mut worker = Worker::start(under_test, NAME, &Task::Write { first }).await?;
        worker.go().await?;
        // At another point of its work each time, and never at its rest: the next write has begun when the line is read.
        for _ in 0..(7 + 13 * round) {
            match worker.line().await? {
                Some(line) => told.take(&line)?,
                None => {
                    return Err(Stop::failed(
                        "a worker that writes until it is killed",
                        "its end",
                    ));
                }
            }
        }
        for line in worker.kill().await? {
            told.take(&line)?;
        }
        let part = Part::open(under_test, NAME).await?;
        told.check(&part).await?;
    }
    Ok(())
}
