//! Random histories of a directory and a service: changes, lost answers, refusals, outages, changes by hand in the
//! service, restarts in the middle of a pass. In the end the service has what the directory has. The plugins are
//! the real ones, called in this process and over HTTP; the test sets the clock, so nothing waits.
//!
//! `ORGSYNC_HISTORIES` says how many are tried of each target type, `ORGSYNC_FIRST_HISTORY` from which number on, and
//! `ORGSYNC_HISTORY` is the number of the only one to try. One that goes wrong is made as short as it can be, and shown.

mod chance;
mod crm;
mod plugin;
mod stand_in;
mod step;
mod support;
mod vendor;
mod world;

use chance::Chance;
use stand_in::Service;
use step::Step;
use world::World;

/// How many are tried where nobody says.
const USUAL: u64 = 60;
/// How many share a database.
const TOGETHER: u64 = 40;

async fn try_histories<S: Service>() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let range = match number("ORGSYNC_HISTORY") {
        Some(only) => only..only + 1,
        None => number("ORGSYNC_FIRST_HISTORY").unwrap_or(0)..number("ORGSYNC_HISTORIES").unwrap_or(USUAL),
    };
    let mut world = World::new().await;
    for history in range.clone() {
        if history % TOGETHER == TOGETHER - 1 {
            world = World::new().await;
        }
        let (setting, steps) = made_up(history);
        if let Err(reason) = world.live::<S>(setting, &steps).await {
            let (steps, reason) = shorten::<S>(&mut world, setting, steps, reason).await;
            let steps: Vec<String> = steps.iter().map(|step| format!("  {step:?}")).collect();
            panic!(
                "history {history} of {} goes wrong: {reason}\n{}\n{}",
                S::TYPE,
                S::describe(setting),
                steps.join("\n")
            );
        }
    }
    println!("{} histories of {}", range.end - range.start, S::TYPE);
}

/// A history: what the service is like, and what happens.
fn made_up(history: u64) -> (u64, Vec<Step>) {
    let mut chance = Chance::new(history);
    let setting = chance.next();
    let length = 4 + chance.below(28);
    let mut steps: Vec<Step> = (0..length).map(|_| Step::made_up(&mut chance)).collect();
    steps.push(Step::end(&mut chance));
    (setting, steps)
}

/// The history without the steps that have nothing to do with what goes wrong.
async fn shorten<S: Service>(
    world: &mut World,
    setting: u64,
    mut steps: Vec<Step>,
    mut reason: String,
) -> (Vec<Step>, String) {
    let mut at = 0;
    while at + 1 < steps.len() {
        let mut fewer = steps.clone();
        fewer.remove(at);
        match world.live::<S>(setting, &fewer).await {
            Err(still) => (steps, reason) = (fewer, still),
            Ok(()) => at += 1,
        }
    }
    (steps, reason)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_history_ends_with_the_directory_in_the_webhook() {
    try_histories::<crm::Crm>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_history_ends_with_the_directory_in_the_scim_service() {
    try_histories::<vendor::Vendor>().await;
}
