//! Every story of `tests/scenarios`, told in virtual time.

use std::path::PathBuf;

use firmware_protocols::portal::daily::recorded_lines;
use stories::post::repository;
use stories::{World, WorldError};

fn check(story: &str) -> Result<(), WorldError> {
    check_at("config/demo/checkpoint.toml", story)
}

fn check_at(config: &str, story: &str) -> Result<(), WorldError> {
    let config = repository().join(config);
    let mut world = World::new(&config)?;
    let surprises = world.tell(&repository().join("tests/scenarios").join(story), &config)?;
    let surprises: Vec<String> = surprises.iter().map(ToString::to_string).collect();
    assert!(surprises.is_empty(), "{story} went otherwise:\n{}", surprises.join("\n"));
    Ok(())
}

#[test]
fn a_lorry_sets_the_portal_off_is_too_heavy_has_papers_missing_is_decided_and_released()
-> Result<(), WorldError> {
    check("lorry-with-potassium.txt")
}

#[test]
fn three_hours_pass_and_nothing_is_detained() -> Result<(), WorldError> {
    check("three-hours-pass.txt")
}

#[test]
fn the_traffic_of_the_demo_goes_as_it_is_told() -> Result<(), WorldError> {
    check("demo.txt")
}

#[test]
fn a_portal_and_three_scales_that_are_asked_tell_of_their_vehicles() -> Result<(), WorldError> {
    check_at("tests/scenarios/asked/checkpoint.toml", "asked/portal-and-three-scales.txt")
}

/// The recordings, through everything between the cable and the board: an alarm for each vehicle with the load, none for the others.
#[test]
fn recorded_portals_ring_exactly_where_the_recorded_vehicles_carried_a_load()
-> Result<(), WorldError> {
    let cases = [("S2-C0-NONE.csv", 15, 0), ("S2-C3-NORM2.csv", 15, 15)];
    for (file, vehicles, alarms) in cases {
        let path = recordings().join(file);
        if !path.exists() {
            println!("skipped: {} is not at hand", path.display());
            continue;
        }
        let config = repository().join("config/demo/checkpoint.toml");
        let mut world = World::new(&config)?;
        for recorded in recorded_lines(&std::fs::read(&path)?, None) {
            let recorded = recorded.map_err(|fault| anyhow::anyhow!("{file}: {fault}"))?;
            world.hears("portal-1", recorded.at, &recorded.live());
        }
        let told = world.told();
        assert_eq!(
            (told.screened, told.radiation_alarms, told.device_faults),
            (vehicles, alarms, 0),
            "{file}"
        );
        assert!(
            told.disagreements.is_empty(),
            "{file}: the portal and the agent agree, but for {:?}",
            told.disagreements
        );
    }
    Ok(())
}

fn recordings() -> PathBuf {
    simulator::recording::folder_from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"))
}
