//! Sparkplug B 3.0, of which this is the host's side: births, data, deaths and commands over MQTT, without MQTT.
//!
//! ```text
//! spBv1.0/{group}/{NBIRTH|NDATA|NDEATH|NCMD}/{node}            payload: protobuf (payload.rs)
//! spBv1.0/{group}/{DBIRTH|DDATA|DDEATH|DCMD}/{node}/{device}
//! spBv1.0/STATE/{host}                                         payload: {"online":true,"timestamp":1700000000000}
//! ```
//!
//! [`Host`] is told each message with the moment of its arrival, and tells readings in the words of the device's family, what is wrong, who came and who went, and what
//! to publish. It is strict in what it sends and tolerant in what it reads: the nodes that were tried break the specification in a dozen ways
//! (`docs/protocols/sparkplug.md`). [`EdgeNode`] is the other side, as the specification wants it, for the simulator and the tests.
//!
//! Deliberately absent: sockets, clocks, writing to devices. The only command that is ever sent asks a node to tell everything again.

mod host;
mod metrics;
mod node;
mod payload;
mod topic;

pub use host::{Host, HostSettings, Publish, Told, Watched};
pub use metrics::{Metrics, Side};
pub use node::EdgeNode;
pub use payload::{DataType, Metric, Payload, Value, Wire, decode, encode};
pub use topic::{Address, Topic, Verb, is_id};
