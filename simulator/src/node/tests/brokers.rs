//! Two brokers, and a host that is at one of them, at both, or at none: where the node speaks, and what it says before it leaves.

use super::*;

/// One of the brokers, and the host that may be there.
struct Broker {
    host: Host,
    /// The last state of the host, which the broker keeps.
    state: Option<Publish>,
}

struct Brokers {
    brokers: [Broker; 2],
    node: Node,
    /// Where the node is.
    place: usize,
    told: Vec<String>,
}

impl Brokers {
    fn new() -> Brokers {
        let mut node = Node::new(devices(), "beket", MS);
        node.set_to(Hosts::Primary);
        let broker = || Broker { host: host(), state: None };
        let mut brokers =
            Brokers { brokers: [broker(), broker()], node, place: 0, told: Vec::new() };
        brokers.connects(0);
        brokers
    }

    fn connects(&mut self, s: u64) {
        self.node.will(moment(s).1);
        assert_eq!(self.node.connected(moment(s)), [], "nobody is there to hear it");
        self.told.push(format!("{s} is at broker {}", self.place));
        let kept = self.brokers[self.place].state.clone();
        self.hears(s, kept);
    }

    /// The host says of itself at a broker whether it is there, and the broker keeps it.
    fn state(&mut self, s: u64, place: usize, online: bool) {
        let broker = &mut self.brokers[place];
        let mut will = broker.host.will(moment(s).1);
        if online {
            let mut told = broker.host.connected(moment(s).0).into_iter();
            let birth = told.find_map(|told| {
                let Told::Publish(birth) = told else { return None };
                birth.topic.contains("STATE").then_some(birth)
            });
            will = birth.unwrap();
        }
        broker.state = Some(will.clone());
        if self.place == place {
            self.hears(s, Some(will));
        }
    }

    fn hears(&mut self, s: u64, state: Option<Publish>) {
        let Some(state) = state else { return };
        let births = self.node.hears(&state.topic, &state.payload, moment(s));
        self.arrive(s, births);
    }

    fn arrive(&mut self, s: u64, published: Vec<Publish>) {
        for message in published {
            let verb = message.topic.split('/').nth(2).unwrap().to_owned();
            let host = &mut self.brokers[self.place].host;
            let told = host.message(moment(s).0, &message.topic, &message.payload, false);
            let faults = told.iter().filter(|told| matches!(told, Told::Fault(..))).count();
            assert_eq!(faults, 0, "{verb}");
            self.told.push(format!("{s} says {verb} at {}", self.place));
        }
    }

    fn passes(&mut self, from_s: u64, to_s: u64) {
        for s in from_s..to_s {
            if self.node.leaves_at().is_some_and(|at| at <= moment(s).0) {
                let goodbye = self.node.goodbye(moment(s).1);
                self.arrive(s, goodbye.into_iter().collect());
                self.place = 1 - self.place;
                self.connects(s);
            }
        }
    }
}

#[test]
fn a_node_speaks_where_its_primary_host_is_and_walks_to_the_other_broker_when_it_is_gone() {
    let mut brokers = Brokers::new();
    // Nobody is anywhere: it looks at one broker, and at the other. What it has to say is kept.
    let seal = br#"{"v":1,"seal":"KZ1","state":{"locked":true}}"#;
    assert_eq!(brokers.node.says("seal-1", seal, moment(1)), []);
    brokers.passes(0, 5);
    brokers.state(5, 1, true);
    brokers.state(6, 0, true);
    brokers.passes(5, 10);
    // An old will of the host, delivered late, makes nobody walk.
    let old = br#"{"online":false,"timestamp":1}"#;
    assert_eq!(brokers.node.hears("spBv1.0/STATE/beket", old, moment(10)), []);
    assert_eq!(brokers.node.hears("spBv1.0/STATE/beket", b"OFFLINE", moment(10)), []);
    assert_eq!(brokers.node.hears("spBv1.0/STATE/another", old, moment(10)), []);
    brokers.passes(10, 15);
    // At this broker the host goes; at the other it is.
    brokers.state(15, 1, false);
    brokers.passes(15, 20);
    // It goes there too, and comes back first where the node came from.
    brokers.state(20, 0, false);
    brokers.passes(20, 22);
    brokers.state(22, 1, true);
    brokers.passes(22, 30);
    expect![[r#"
        0 is at broker 0
        3 is at broker 1
        5 says NBIRTH at 1
        5 says DBIRTH at 1
        5 says DBIRTH at 1
        5 says DDATA at 1
        15 says NDEATH at 1
        15 is at broker 0
        15 says NBIRTH at 0
        15 says DBIRTH at 0
        15 says DBIRTH at 0
        20 says NDEATH at 0
        20 is at broker 1
        21 is at broker 0
        22 is at broker 1
        22 says NBIRTH at 1
        22 says DBIRTH at 1
        22 says DBIRTH at 1
    "#]]
    .assert_eq(&(brokers.told.join("\n") + "\n"));
}

#[test]
fn a_node_without_a_primary_host_speaks_at_once_and_stays() {
    let mut node = Node::new(devices(), "beket", MS);
    node.will(MS);
    assert_eq!(node.connected(moment(0)).len(), 3);
    assert_eq!((node.host_state(), node.leaves_at()), (None, None));
}
