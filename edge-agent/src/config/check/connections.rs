//! The broker, the hub, and where the agent listens.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use firmware_protocols::sparkplug::is_id;
use toml::Spanned;

use super::Look;
use crate::config::{Hub, Mqtt, written};

pub(super) fn broker(look: &mut Look, written: written::Mqtt, folder: &Path) -> Option<Mqtt> {
    let address =
        written.broker.get_ref().strip_prefix("mqtt://").and_then(|rest| rest.rsplit_once(':'));
    let address =
        address.and_then(|(host, port)| Some((host.to_owned(), port.parse::<u16>().ok()?)));
    let Some((host, port)) = address.filter(|(host, port)| !host.is_empty() && *port > 0) else {
        let said = written.broker.get_ref();
        look.at(&written.broker, format!("mqtt.broker: {said:?}"), "such as \"mqtt://127.0.0.1:1883\"; the broker of a checkpoint stands in its own network");
        return None;
    };
    if written.client_id.get_ref().is_empty() {
        look.at(
            &written.client_id,
            "mqtt.client_id is empty",
            "a name that stays the same, so that the broker keeps what we have not taken",
        );
    }
    let sparkplug_host = written.sparkplug_host_id.as_ref().unwrap_or(&written.client_id);
    if written.sparkplug_host_id.is_some() && !is_id(sparkplug_host.get_ref()) {
        let said = sparkplug_host.get_ref();
        look.at(
            sparkplug_host,
            format!("mqtt.sparkplug_host_id: {said:?}"),
            "a name without /, + and #, which is the same in the settings of the nodes",
        );
    }
    let sparkplug_host = sparkplug_host.get_ref().clone();
    let login = match (written.username, written.password_file) {
        (None, None) => None,
        (Some(username), Some(file)) => {
            match std::fs::read_to_string(folder.join(file.get_ref())) {
                Ok(password) => Some((username.into_inner(), password.trim_end().to_owned())),
                Err(error) => {
                    let shown = file.get_ref().display();
                    look.at(
                        &file,
                        format!("mqtt.password_file: {shown} cannot be read: {error}"),
                        "a file that holds the password and that only the agent may read",
                    );
                    None
                }
            }
        }
        (Some(username), None) => {
            look.at(&username, "mqtt.username without password_file", "both or neither");
            None
        }
        (None, Some(file)) => {
            look.at(&file, "mqtt.password_file without username", "both or neither");
            None
        }
    };
    Some(Mqtt {
        host,
        port,
        protocol: written.protocol,
        client_id: written.client_id.into_inner(),
        sparkplug_host,
        login,
    })
}

pub(super) fn hub(look: &mut Look, written: written::Hub, folder: &Path) -> Option<Hub> {
    let url = written.url.get_ref();
    if !url.starts_with("http://") && !url.starts_with("https://") {
        look.at(
            &written.url,
            format!("hub.url: {url:?}"),
            "such as \"https://hub.example.org:8491\", or http:// on one machine",
        );
    }
    let mut file = |key: &str, path: Option<Spanned<PathBuf>>| {
        path.map(|path| {
            let full = folder.join(path.get_ref());
            if !full.is_file() {
                let shown = path.get_ref().display();
                look.at(
                    &path,
                    format!("hub.{key}: there is no file {shown}"),
                    "a file in PEM form, relative to this one",
                );
            }
            full
        })
    };
    let ca = file("ca", written.ca);
    let certificate = file("certificate", written.certificate);
    let key = file("key", written.key);
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            look.at(&written.url, "hub: certificate and key belong together", "both or neither");
            None
        }
    };
    let directive_key = written.directive_key.and_then(|key| {
        let parsed = key.get_ref().parse::<wire::chain::Hash>();
        if parsed.is_err() {
            look.at(
                &key,
                "hub.directive_key is no key",
                "64 hexadecimal digits, as `hub directive key` prints them at the hub",
            );
        }
        Some(parsed.ok()?.to_string())
    });
    Some(Hub { url: written.url.into_inner(), ca, identity, directive_key })
}

pub(super) fn listen(look: &mut Look, key: &str, address: &Spanned<String>) -> Option<SocketAddr> {
    let parsed = address.get_ref().parse::<SocketAddr>();
    if parsed.is_err() {
        let said = address.get_ref();
        look.at(
            address,
            format!("{key}: {said:?}"),
            "an address and a port, such as \"127.0.0.1:8480\"",
        );
    }
    parsed.ok()
}
