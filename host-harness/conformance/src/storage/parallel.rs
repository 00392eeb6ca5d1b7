//! Many callers in one process.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, Barrier};

use job_board_host::contract::storage::{Precondition, StorageError, Version};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::StorageUnderTest;
use super::expect::{Part, Stop, Verdict, done, equal, open};

const THREADS: usize = 8;

/// Runs the task on eight threads of the operating system, which begin at the same moment.
async fn on_threads<T, F>(task: impl Fn(usize) -> F) -> Verdict<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(THREADS));
    let running: Vec<_> = (0..THREADS)
        .map(|number| {
            let (sender, receiver) = oneshot::channel();
            let (task, start, handle) = (task(number), start.clone(), Handle::current());
            std::thread::spawn(move || {
                start.wait();
                // Nobody listens any more when the case has failed.
                let _ = sender.send(handle.block_on(task));
            });
            receiver
        })
        .collect();
    let mut answers = Vec::new();
    for answer in running {
        let panicked = |_| Stop::failed("an answer on each thread", "a panic");
        answers.push(answer.await.map_err(panicked)?);
    }
    Ok(answers)
}

pub(super) async fn handles_see_each_other(under_test: &dyn StorageUnderTest) -> Verdict {
    const NAME: &str = "handles-see-each-other";
    let one = Part::open(under_test, NAME).await?;
    let two = Part {
        storage: open(under_test, NAME).await?,
        scope: one.scope.clone(),
    };
    for round in 0..50_u8 {
        let (writer, reader) = if round % 2 == 0 {
            (&one, &two)
        } else {
            (&two, &one)
        };
        let version = writer.write("a", &[round]).await?;
        let entry = reader.present("a").await?;
        equal("through the other handle", &entry.value, &vec![round])?;
        equal(
            "as the version through the other handle",
            &entry.version,
            &version,
        )?;
        if round % 10 == 9 {
            done("a delete", writer.delete("a", Precondition::Any).await)?;
            equal("through the other handle", &reader.read("a").await?, &None)?;
        }
    }
    Ok(())
}

pub(super) async fn one_winner(under_test: &dyn StorageUnderTest) -> Verdict {
    let part = Arc::new(Part::open(under_test, "one-winner-of-8-threads").await?);
    for round in 0..25 {
        let key = format!("race/{round}");
        race_to_write(&part, &key, &Precondition::Absent).await?;
        let version = part.present(&key).await?.version;
        race_to_write(&part, &key, &Precondition::Version(version)).await?;
        let version = part.present(&key).await?.version;
        race_to_delete(&part, &key, version).await?;
    }
    Ok(())
}

async fn race_to_write(part: &Arc<Part>, key: &str, precondition: &Precondition) -> Verdict {
    let answers = on_threads(|racer| {
        let (part, key, precondition) = (part.clone(), key.to_owned(), precondition.clone());
        async move { part.put(&key, &[racer as u8], precondition).await }
    })
    .await?;
    let winner = only_winner(&answers, &format!("a put under {precondition:?}"))?;
    let entry = part.present(key).await?;
    equal("as the winner's value", &entry.value, &vec![winner as u8])?;
    equal(
        "as the winner's version",
        &Ok(entry.version),
        &answers[winner],
    )
}

async fn race_to_delete(part: &Arc<Part>, key: &str, version: Version) -> Verdict {
    let answers = on_threads(|_| {
        let (part, key) = (part.clone(), key.to_owned());
        let precondition = Precondition::Version(version.clone());
        async move { part.delete(&key, precondition).await }
    })
    .await?;
    only_winner(&answers, "a delete under the version")?;
    equal("after the delete", &part.read(key).await?, &None)
}

/// The one that succeeded; all others found that the precondition did not hold.
fn only_winner<T>(answers: &[Result<T, StorageError>], what: &str) -> Verdict<usize> {
    let mut winners = Vec::new();
    for (racer, answer) in answers.iter().enumerate() {
        match answer {
            Ok(_) => winners.push(racer),
            Err(StorageError::PreconditionFailed) => {}
            Err(other) => {
                return Err(Stop::failed(
                    "PreconditionFailed for those that were too late",
                    format!("{other:?}"),
                ));
            }
        }
    }
    match winners[..] {
        [winner] => Ok(winner),
        _ => Err(Stop::failed(
            format!("{what} to succeed for one of {}", answers.len()),
            format!("success for {}", winners.len()),
        )),
    }
}

pub(super) async fn no_lost_update(under_test: &dyn StorageUnderTest) -> Verdict {
    const TURNS: u64 = 25;
    let part = Arc::new(Part::open(under_test, "no-lost-update-of-8-threads").await?);
    part.write("n", &0_u64.to_be_bytes()).await?;
    let runs = on_threads(|_| {
        let part = part.clone();
        async move { raise(&part, "n", TURNS, |_| ()).await }
    })
    .await?;
    let mut versions = BTreeSet::new();
    for run in runs {
        for version in run? {
            let fresh = versions.insert(version.clone());
            equal(
                &format!("as whether {version:?} went to one writer only"),
                &fresh,
                &true,
            )?;
        }
    }
    equal(
        "as the sum of all turns",
        &part.present("n").await?.value,
        &(THREADS as u64 * TURNS).to_be_bytes().to_vec(),
    )
}

/// Raises a counter by version so many times, reading again whenever somebody else was faster. Answers the versions it wrote, and tells each at once.
pub(super) async fn raise(
    part: &Part,
    key: &str,
    turns: u64,
    tell: impl Fn(&Version),
) -> Verdict<Vec<Version>> {
    let mut written = Vec::new();
    while (written.len() as u64) < turns {
        let entry = part.present(key).await?;
        let bytes = <[u8; 8]>::try_from(entry.value.as_slice())
            .map_err(|_| Stop::failed("a counter of 8 bytes", format!("{:?}", entry.value)))?;
        let next = (u64::from_be_bytes(bytes) + 1).to_be_bytes();
        match part
            .put(key, &next, Precondition::Version(entry.version))
            .await
        {
            Ok(version) => {
                tell(&version);
                written.push(version);
            }
            Err(StorageError::PreconditionFailed) => {}
            Err(other) => {
                return Err(Stop::failed(
                    "a put by version to succeed or to find a newer version",
                    format!("{other:?}"),
                ));
            }
        }
    }
    Ok(written)
}
