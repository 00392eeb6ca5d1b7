//! The platform's database, opened from outside, against two lists of what must stand in it: the board's ledger and the plan.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, OpenFlags, Row};
use serde_json::Value;

use super::plan::{FORGED, Person, Plan};
use super::verdicts::Chain;
use super::world::{Published, World};

/// What should not be so.
#[derive(Debug, Default)]
pub struct Findings {
    /// What was acknowledged and is not there, or not where it belongs.
    pub lost: Vec<String>,
    /// What is there, or was told, more than once.
    pub doubled: Vec<String>,
    /// What the board never signed and left a trace all the same.
    pub forged: Vec<String>,
}

impl Findings {
    /// Whether every promise was kept.
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty() && self.forged.is_empty()
    }

    /// `wanted` against `found`, of something that is counted.
    fn count(&mut self, what: impl Fn() -> String, found: i64, wanted: i64) {
        let note = || format!("{}: {found}, wanted {wanted}", what());
        if found < wanted {
            self.lost.push(note());
        }
        if found > wanted {
            self.doubled.push(note());
        }
    }
}

/// An application with its candidate, and what was told of it.
struct Application {
    connection: i64,
    board_posting: String,
    board_candidate: Option<String>,
    job: i64,
    stage: String,
    times: i64,
    name: String,
    email: String,
    told: i64,
    told_again: i64,
    told_opened: i64,
}

impl Application {
    const SQL: &'static str = "
        SELECT a.connection_id, p.board_posting, a.board_candidate, a.job_id, a.stage, a.times, c.contact,
               (SELECT count(*) FROM notices n WHERE n.candidate_id = c.id AND n.kind = 'application'),
               (SELECT count(*) FROM notices n WHERE n.candidate_id = c.id AND n.kind = 'application-again'),
               (SELECT count(*) FROM notices n WHERE n.candidate_id = c.id AND n.kind = 'contact-opened')
        FROM applications a JOIN candidates c ON c.id = a.candidate_id LEFT JOIN postings p ON p.id = a.posting_id";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let contact: String = row.get(6)?;
        let contact: Value = serde_json::from_str(&contact).unwrap_or_default();
        let said = |field: &str| {
            let value = contact[field]["value"].as_str();
            value.unwrap_or_default().to_owned()
        };
        Ok(Self {
            connection: row.get(0)?,
            board_posting: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
            board_candidate: row.get(2)?,
            job: row.get(3)?,
            stage: row.get(4)?,
            times: row.get(5)?,
            name: said("full_name"),
            email: said("email"),
            told: row.get(7)?,
            told_again: row.get(8)?,
            told_opened: row.get(9)?,
        })
    }
}

pub(super) fn audit(
    world: &World,
    plan: &Plan,
    chains: &[Chain],
    ledger: &Value,
    database: &Path,
) -> Result<Findings> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut findings = Findings::default();
    agree(world, plan, ledger)?;
    applications(world, plan, &database, &mut findings)?;
    verdicts(world, chains, ledger, &database, &mut findings)?;
    unknown(world, plan, &database, &mut findings)?;
    refused(ledger, &mut findings)?;
    Ok(findings)
}

/// The plan and the board's own list of applications are the same; else the chaos itself is broken.
fn agree(world: &World, plan: &Plan, ledger: &Value) -> Result<()> {
    let known: BTreeSet<(String, String)> = ledger["applications"]
        .as_array()
        .context("the ledger lists no applications")?
        .iter()
        .map(|one| {
            (
                one["job_id"].to_string(),
                one["name"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let planned: BTreeSet<(String, String)> = plan
        .people
        .iter()
        .map(|person| {
            (
                world.postings[person.posting].board.clone(),
                person.name.clone(),
            )
        })
        .collect();
    ensure!(
        known == planned,
        "the board's ledger and the plan name other people"
    );
    Ok(())
}

fn applications(
    world: &World,
    plan: &Plan,
    database: &Connection,
    findings: &mut Findings,
) -> Result<()> {
    let mut statement = database.prepare(Application::SQL)?;
    let rows = statement.query_map([], Application::read)?;
    let mut found: BTreeMap<String, Vec<Application>> = BTreeMap::new();
    for row in rows {
        let row = row?;
        found.entry(row.name.clone()).or_default().push(row);
    }
    for person in &plan.people {
        let posting = &world.postings[person.posting];
        match found.remove(&person.name).as_deref() {
            None => findings
                .lost
                .push(format!("the application of {}", person.name)),
            Some([only]) => compare(world, posting, person, only, findings),
            Some(several) => findings.doubled.push(format!(
                "{} has {} applications",
                person.name,
                several.len()
            )),
        }
    }
    for (name, rows) in found {
        findings.forged.push(format!(
            "{} applications of `{name}`, who never applied",
            rows.len()
        ));
    }
    // Somebody without any application is a trace as well.
    let orphans: i64 = database.query_row(
        "SELECT count(*) FROM candidates WHERE id NOT IN (SELECT candidate_id FROM applications)",
        [],
        |row| row.get(0),
    )?;
    findings.count(
        || "candidates without an application".to_owned(),
        orphans,
        0,
    );
    Ok(())
}

fn compare(
    world: &World,
    posting: &Published,
    person: &Person,
    row: &Application,
    findings: &mut Findings,
) {
    let name = &person.name;
    let connection = world.accounts[posting.account].connection.cast_signed();
    let candidate = person.candidate.map(|id| id.to_string());
    let place = (
        row.connection,
        row.board_posting.as_str(),
        row.job,
        row.stage.as_str(),
    );
    let right = (
        connection,
        posting.board.as_str(),
        posting.job.cast_signed(),
        "receive",
    );
    if place != right || row.board_candidate != candidate {
        findings
            .lost
            .push(format!("{name} stands at {place:?} instead of {right:?}"));
    }
    if row.email != person.email {
        findings
            .forged
            .push(format!("the contact of {name} was changed"));
    }
    findings.count(|| format!("times of {name}"), row.times, person.times());
    findings.count(|| format!("notifications of {name}"), row.told, 1);
    let again = person.times() - 1;
    findings.count(
        || format!("notifications that {name} applied again"),
        row.told_again,
        again,
    );
    // The open contact may have come first.
    if row.told_opened > i64::from(person.is_masked_first()) {
        findings.doubled.push(format!(
            "{} notifications of the contact of {name}",
            row.told_opened
        ));
    }
}

fn verdicts(
    world: &World,
    chains: &[Chain],
    ledger: &Value,
    database: &Connection,
    findings: &mut Findings,
) -> Result<()> {
    let mut told =
        database.prepare("SELECT count(*) FROM notices WHERE request_id = ?1 AND kind = ?2")?;
    let mut stands = database.prepare(
        "SELECT state, json_extract(facts, '$.review_round') FROM postings WHERE request_id = ?1",
    )?;
    for (posting, chain) in world.postings.iter().zip(chains) {
        for (kind, approved) in [("posting-approved", true), ("posting-rejected", false)] {
            let found = told.query_row((&posting.request, kind), |row| row.get(0))?;
            let what = || format!("`{kind}` of posting {}", posting.board);
            findings.count(what, found, chain.ended(approved));
        }
        let (state, round): (String, i64) =
            stands.query_row([&posting.request], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if (state.as_str(), round) != (chain.final_state(), chain.rounds()) {
            findings.lost.push(format!(
                "posting {} is {state} in round {round}, wanted {} in round {}",
                posting.board,
                chain.final_state(),
                chain.rounds()
            ));
        }
    }
    // Nobody pressed twice: what the board was brought to do, each for once.
    let paid = ledger["creates"].as_i64().context("no creates")?;
    findings.count(|| "creates".to_owned(), paid, world.postings.len() as i64);
    let edits = ledger["edits"].as_i64().context("no edits")?;
    let wanted: i64 = chains.iter().map(|chain| chain.rounds() - 1).sum();
    findings.count(|| "corrections at the board".to_owned(), edits, wanted);
    let rows: i64 = database.query_row("SELECT count(*) FROM postings", [], |row| row.get(0))?;
    findings.count(|| "postings".to_owned(), rows, world.postings.len() as i64);
    Ok(())
}

/// Taken once, told in the log once, nothing done.
fn unknown(
    world: &World,
    plan: &Plan,
    database: &Connection,
    findings: &mut Findings,
) -> Result<()> {
    let mut logged = database.prepare(
        "SELECT count(*) FROM posted_jobs WHERE what = 'other' AND request_id = ?1 AND en LIKE '%: ' || ?2 || '.%'",
    )?;
    for (kind, posting) in plan.unknown() {
        let request = &world.postings[posting].request;
        let found = logged.query_row((request, &kind), |row| row.get(0))?;
        findings.count(|| format!("log lines of the event {kind}"), found, 1);
    }
    let waiting: i64 =
        database.query_row("SELECT count(*) FROM unmatched", [], |row| row.get(0))?;
    findings.count(|| "events that wait for a posting".to_owned(), waiting, 0);
    let forged: i64 = database.query_row(
        "SELECT count(*) FROM notices WHERE vi LIKE '%' || ?1 || '%'",
        [FORGED],
        |row| row.get(0),
    )?;
    if forged > 0 {
        findings
            .forged
            .push(format!("{forged} notifications of what nobody signed"));
    }
    Ok(())
}

/// Everything that the board sent under a wrong signature was answered with 4xx, every time.
fn refused(ledger: &Value, findings: &mut Findings) -> Result<()> {
    let deliveries = ledger["deliveries"].as_array();
    for delivery in deliveries.context("the ledger lists no deliveries")? {
        let attempts = delivery["attempts"].as_array();
        let statuses: Vec<u64> = attempts
            .into_iter()
            .flatten()
            .filter_map(|attempt| attempt["status"].as_u64())
            .collect();
        let taken = statuses.iter().any(|status| (200..300).contains(status));
        let refused = statuses.iter().any(|status| (400..500).contains(status));
        if taken && refused {
            findings.forged.push(format!(
                "delivery {} was refused, and taken as well",
                delivery["id"]
            ));
        }
        if !taken && !refused {
            findings
                .lost
                .push(format!("delivery {} was never answered", delivery["id"]));
        }
    }
    Ok(())
}
