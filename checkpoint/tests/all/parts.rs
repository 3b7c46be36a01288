//! What a page can tell of consignments that were split or merged: each names what it became and what it came from (art. 4.1(48)).

use checkpoint::ids::{ConsignmentNo, VisitId};

use crate::world::World;

#[test]
fn a_whole_names_its_parts_and_a_part_its_whole() {
    let mut world = World::new();
    world.tell(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000 5000
         08:02 bekov: present 1 1
         08:03 bekov: present 1 2
         08:04 bekov: split 1 1 2
         08:05 bekov: merge 1 2 3",
    );
    let view = world.state.visit(VisitId(1), &world.rules.edition).unwrap();
    let numbers = |of: &[ConsignmentNo]| of.iter().map(|one| one.0).collect::<Vec<_>>();
    let told: Vec<_> = view
        .consignments
        .iter()
        .map(|one| (one.number.0, numbers(&one.from), numbers(&one.into)))
        .collect();
    assert_eq!(
        told,
        [
            (1, vec![], vec![3, 4]),
            (2, vec![], vec![5]),
            (3, vec![1], vec![5]),
            (4, vec![1], vec![]),
            (5, vec![2, 3], vec![]),
        ]
    );
    // A page that loads the state from a snapshot reads the same.
    world.keep();
}
