//! The plan that every cell follows: prepare, be killed at one effect, start again twice on the same folder, press again, look.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::bench::{Bench, LONG_MS};
use super::cell::Cell;
use crate::doom::Side;
use crate::host::Host;

/// Long enough for a process that was killed to be seen as dead; only cells whose effect does not come wait for it.
const DEATH: Duration = Duration::from_secs(20);

/// A second process is killed too, at one of its first effects.
const MOST_SECOND: usize = 5;

/// Whether every cell is repeated with every second kill. The shorter run takes one second kill for every other cell.
pub fn is_full() -> bool {
    std::env::var_os("CRASH_MATRIX_FULL").is_some()
}

/// An effect's number, and the side of it.
type Fatal = (usize, Side);

/// With which second kills a cell is repeated.
fn second_kills((number, side): Fatal) -> Vec<Option<Fatal>> {
    let all = (0..MOST_SECOND).flat_map(|number| Side::BOTH.map(|side| Some((number, side))));
    let mut chosen = vec![None];
    if is_full() {
        chosen.extend(all);
    } else if side == Side::Before {
        chosen.push(Some((number % MOST_SECOND, Side::BOTH[number % 2])));
    }
    chosen
}

/// What was seen in all cells of a matrix.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many cells there were.
    pub cells: usize,
    /// The effects of an undisturbed run.
    pub effects: Vec<String>,
    /// What each cell ended with, in the check's own words.
    pub ends: Vec<&'static str>,
}

impl Tally {
    /// How many cells ended so.
    pub fn count(&self, end: &str) -> usize {
        self.ends.iter().filter(|other| **other == end).count()
    }
}

/// One matrix: every effect of `act`, before and after it.
pub struct Matrix<'a> {
    /// Where the cells stand.
    pub bench: &'a Bench,
    /// For messages.
    pub name: &'static str,
}

impl Matrix<'_> {
    /// Runs it. `prepare` comes before anything is counted, `act` is what is killed and repeated, `check` looks at the end of a cell and says in a
    /// word how it ended.
    ///
    /// # Errors
    /// Names the cell that failed.
    pub async fn run<P>(
        &self,
        prepare: impl AsyncFn(&mut Cell<'_>, &Host) -> Result<P>,
        act: impl AsyncFn(&Cell<'_>, &Host, &P) -> Result<()>,
        check: impl AsyncFn(&Cell<'_>, &Host, &P) -> Result<&'static str>,
    ) -> Result<Tally> {
        let effects = self.effects(&prepare, &act).await?;
        ensure!(!effects.is_empty(), "{}: nothing happens at all", self.name);
        let mut tally = Tally::default();
        let every = (0..effects.len()).flat_map(|number| Side::BOTH.map(|side| (number, side)));
        for fatal in every {
            for second in second_kills(fatal) {
                let kills = [Some(fatal), second];
                let end = self.cell(kills, &prepare, &act, &check).await;
                let (number, side) = fatal;
                tally.ends.push(end.with_context(|| {
                    format!(
                        "{}: killed {} effect {number} ({}) of {}, then {second:?}",
                        self.name,
                        side.word(),
                        effects[number],
                        effects.len()
                    )
                })?);
                tally.cells += 1;
            }
        }
        tally.effects = effects;
        Ok(tally)
    }

    async fn effects<P>(
        &self,
        prepare: &impl AsyncFn(&mut Cell<'_>, &Host) -> Result<P>,
        act: &impl AsyncFn(&Cell<'_>, &Host, &P) -> Result<()>,
    ) -> Result<Vec<String>> {
        let mut cell = self.bench.cell().await?;
        let mut host = cell.host(false).await?;
        let prepared = prepare(&mut cell, &host).await?;
        host.doom(None).await?;
        act(&cell, &host, &prepared).await?;
        let effects = host.effects().await?;
        host.kill().await?;
        Ok(effects)
    }

    async fn cell<P>(
        &self,
        [first, second]: [Option<Fatal>; 2],
        prepare: &impl AsyncFn(&mut Cell<'_>, &Host) -> Result<P>,
        act: &impl AsyncFn(&Cell<'_>, &Host, &P) -> Result<()>,
        check: &impl AsyncFn(&Cell<'_>, &Host, &P) -> Result<&'static str>,
    ) -> Result<&'static str> {
        let mut cell = self.bench.cell().await?;
        let mut doomed = cell.host(false).await?;
        let prepared = prepare(&mut cell, &doomed).await?;
        doomed.doom(first).await?;
        act(&cell, &doomed, &prepared).await?;
        ensure!(doomed.died(DEATH).await, "the host lives");
        if second.is_some() {
            // When nothing is leased any more, so that it has work to do. It may have less than that.
            self.bench.pass(LONG_MS).await?;
            let mut doomed = cell.host(false).await?;
            doomed.doom(second).await?;
            act(&cell, &doomed, &prepared).await?;
            doomed.kill().await?;
        }

        // Two hosts on the same folder, at the same time; what the dead one had leased is leased still.
        let (one, other) = tokio::try_join!(cell.host(true), cell.host(true))?;
        let both =
            async || tokio::try_join!(act(&cell, &one, &prepared), act(&cell, &other, &prepared));
        both().await?;
        self.bench.pass(LONG_MS).await?;
        both().await?;
        // Of two at the same time one may have been told to come back.
        self.bench.pass(LONG_MS).await?;
        act(&cell, &one, &prepared).await?;
        let end = check(&cell, &one, &prepared).await?;
        tokio::try_join!(one.kill(), other.kill())?;
        Ok(end)
    }
}
