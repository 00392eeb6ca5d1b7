//! The ledger: what the partner API was asked and what came of it.

use axum::extract::State;
use serde::Serialize;

use super::deliveries;
use super::http::{Answered, OfEmployer, ok};
use super::views::DeliveryView;
use crate::app::App;
use crate::ledger::{Entry, Outcome, Tally};
use crate::partner::Operation;
use crate::state::{Application, World};

/// What the ledger tells of one employer, or of all.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    /// Effects that took place.
    #[serde(flatten)]
    pub(crate) tally: Tally,
    /// Requests that arrived, whatever became of them.
    pub(crate) requests: usize,
    /// Requests that arrived to create, edit, publish or stop.
    pub(crate) writes: usize,
    pub(crate) metadata: usize,
    pub(crate) details: usize,
    pub(crate) lists: usize,
    pub(crate) downloads: usize,
    pub(crate) entries: Vec<&'a Entry>,
    deliveries: Vec<DeliveryView>,
    applications: Vec<&'a Application>,
}

/// `GET /control/ledger?employer_id=`.
pub(crate) async fn show(State(app): State<App>, OfEmployer(employer_id): OfEmployer) -> Answered {
    app.with(|world| {
        if let Some(id) = employer_id {
            world.employer(id)?;
        }
        ok(&view(world, employer_id))
    })
}

/// The ledger of one employer, or of all.
pub(crate) fn view(world: &World, employer_id: Option<u64>) -> View<'_> {
    let mine = |id: u64| employer_id.is_none_or(|wanted| wanted == id);
    let mut tally = Tally::default();
    for employer in world.employers.values().filter(|e| mine(e.id)) {
        tally.add(employer.tally);
    }
    let entries: Vec<&Entry> = world.ledger.of(employer_id).collect();
    // A late create was counted when it arrived.
    let arrived = |wanted: &dyn Fn(Operation) -> bool| {
        let late = |entry: &&&Entry| entry.outcome != Outcome::DoneLate;
        let entries = entries.iter().filter(late);
        entries.filter(|entry| wanted(entry.operation)).count()
    };
    View {
        tally,
        requests: arrived(&|_| true),
        writes: arrived(&Operation::writes),
        metadata: arrived(&|operation| operation == Operation::Metadata),
        details: arrived(&|operation| operation == Operation::Detail),
        lists: arrived(&|operation| operation == Operation::List),
        downloads: arrived(&|operation| operation == Operation::Download),
        deliveries: deliveries::of(world, employer_id),
        applications: world
            .applications
            .values()
            .filter(|application| mine(application.employer_id))
            .collect(),
        entries,
    }
}
