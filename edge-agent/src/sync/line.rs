//! The address of the hub becomes a channel: plain on one machine, with certificates elsewhere.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};
use wire::sync::HEARTBEAT_EVERY;

use crate::config::Hub;

/// The hub's address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The text is no address.
    #[error(
        "hub.url is {url:?}: an address such as http://127.0.0.1:8491 or https://hub.example:8491 would be right"
    )]
    NoAddress {
        /// The text.
        url: String,
        /// What is wrong with it.
        source: tonic::transport::Error,
    },
    /// Evidence would travel in clear, to whoever answers.
    #[error(
        "hub.url is {url:?}: beyond this machine it must be https://, with hub.ca, hub.certificate and hub.key"
    )]
    Plain {
        /// The address.
        url: String,
    },
    /// Nobody vouches for the hub.
    #[error(
        "hub.url is {url:?}, and hub.ca is not set: name the certificate of the authority that signed the hub's"
    )]
    NoAuthority {
        /// The address.
        url: String,
    },
    /// A certificate or key cannot be read.
    #[error("failed to read {}, which the hub's settings name", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The certificates do not fit together.
    #[error("the certificates that the hub's settings name cannot be used")]
    Certificates {
        /// Why.
        source: tonic::transport::Error,
    },
}

/// The hub's address with all that keeps a dead line from looking alive. Nothing is connected yet.
pub fn endpoint(hub: &Hub) -> Result<Endpoint, AddressError> {
    let no_address = |source| AddressError::NoAddress { url: hub.url.clone(), source };
    let endpoint = Endpoint::from_shared(hub.url.clone())
        .map_err(no_address)?
        .connect_timeout(CONNECT_LIMIT)
        .tcp_nodelay(true)
        .tcp_keepalive(Some(KEEP_ALIVE_IDLE))
        .http2_keep_alive_interval(HEARTBEAT_EVERY)
        .keep_alive_timeout(KEEP_ALIVE_ANSWER)
        .keep_alive_while_idle(true);
    if endpoint.uri().scheme_str() != Some("https") {
        return match endpoint.uri().host() {
            Some(host) if is_this_machine(host) => Ok(endpoint),
            _ => Err(AddressError::Plain { url: hub.url.clone() }),
        };
    }
    let Some(ca) = &hub.ca else {
        return Err(AddressError::NoAuthority { url: hub.url.clone() });
    };
    let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(ca)?));
    if let Some((certificate, key)) = &hub.identity {
        tls = tls.identity(Identity::from_pem(read(certificate)?, read(key)?));
    }
    endpoint.tls_config(tls).map_err(|source| AddressError::Certificates { source })
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn read(path: &Path) -> Result<Vec<u8>, AddressError> {
    fs::read(path).map_err(|source| AddressError::File { path: path.to_owned(), source })
}

/// A hub that does not answer a connection for so long is away.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(10);
const KEEP_ALIVE_IDLE: Duration = Duration::from_secs(15);
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    fn check(url: &str, ca: Option<&str>) -> String {
        let hub =
            Hub { url: url.into(), ca: ca.map(PathBuf::from), identity: None, directive_key: None };
        match endpoint(&hub) {
            Ok(endpoint) => endpoint.uri().to_string(),
            Err(error) => {
                format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default())
            }
        }
    }

    #[test]
    fn an_address_is_an_address_or_is_refused_with_what_would_be_right() {
        assert_eq!(check("http://127.0.0.1:8491", None), "http://127.0.0.1:8491/");
        assert!(
            check("not an address", None)
                .starts_with("hub.url is \"not an address\": an address such as")
        );
        assert_eq!(check("http://localhost:8491", None), "http://localhost:8491/");
        assert_eq!(check("http://[::1]:8491", None), "http://[::1]:8491/");
        for beyond in ["http://10.1.2.3:8491", "http://hub.example:8491", "hub.example:8491"] {
            let refused = check(beyond, None);
            assert!(refused.contains("beyond this machine it must be https://"), "{refused}");
        }
        assert!(check("https://hub.example", None).contains("hub.ca is not set"));
        assert!(
            check("https://hub.example", Some("/nowhere/ca.pem"))
                .starts_with("failed to read /nowhere/ca.pem")
        );
    }
}
