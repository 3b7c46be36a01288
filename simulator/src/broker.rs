//! An MQTT broker for the demo and the default install: rumqttd, loopback only, plain TCP, small segments.
//!
//! It keeps nothing over a restart and knows no rights; a site uses mosquitto. The agent depends on neither's memory.

use std::collections::HashMap;
use std::net::SocketAddr;

use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, ServerSettings};

/// Why the broker does not run.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// It would be open to a network.
    #[error(
        "the embedded broker listens on this machine only: {0} is not a loopback address; use mosquitto for a network"
    )]
    NotLoopback(SocketAddr),
    /// It ended.
    #[error("failed to serve MQTT at {address}: {why}")]
    Serve {
        /// Where.
        address: SocketAddr,
        /// Why, as the broker says it.
        why: String,
    },
}

/// Serves MQTT 3.1.1 at `address` and MQTT 5 at the port above, until the process ends.
pub fn serve(address: SocketAddr) -> Result<(), BrokerError> {
    if !address.ip().is_loopback() {
        return Err(BrokerError::NotLoopback(address));
    }
    let server = |name: &str, listen: SocketAddr| ServerSettings {
        name: name.to_owned(),
        listen,
        tls: None,
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: 10_000,
            max_payload_size: 256 * 1024,
            max_inflight_count: 200,
            auth: None,
            external_auth: None,
            dynamic_filters: true,
        },
    };
    let next = SocketAddr::new(address.ip(), address.port().saturating_add(1));
    let config = Config {
        router: RouterConfig {
            max_connections: 256,
            max_outgoing_packet_count: 200,
            max_segment_size: 1024 * 1024,
            max_segment_count: 10,
            ..RouterConfig::default()
        },
        v4: Some(HashMap::from([("v4".to_owned(), server("v4", address))])),
        v5: Some(HashMap::from([("v5".to_owned(), server("v5", next))])),
        ..Config::default()
    };
    Broker::new(config)
        .start()
        .map_err(|error| BrokerError::Serve { address, why: error.to_string() })
}
