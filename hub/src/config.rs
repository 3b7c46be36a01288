//! What the site of a hub sets: where to listen, where to store, whom to hear. Read once, into values that cannot be wrong.
//!
//! `config/hub.example.toml` documents every key with the value that holds when it is left out; a test reads it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use checkpoint::ids::CheckpointId;
use serde::Deserialize;

use crate::store::Database;

/// A hub's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the screens and the interface are served.
    pub listen: SocketAddr,
    /// Where edges connect.
    pub ingest: SocketAddr,
    /// Certificates of the ingest; without them it is plain, for a loopback or a tunnel.
    pub tls: Option<Tls>,
    /// The checkpoints that are heard; any if none is named.
    pub checkpoints: BTreeSet<CheckpointId>,
    /// Files with editions of the law beside the built-in one.
    pub editions: Vec<PathBuf>,
    /// Where entries are stored.
    pub database: Database,
    /// The key with which directives are signed; beside the database's file if none is named.
    pub directive_key: Option<PathBuf>,
}

/// Certificates, as files in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The hub's own certificate with its chain.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Who signed the edges' certificates. An edge without one is refused.
    pub client_ca: PathBuf,
}

/// A file of settings that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("failed to read the settings of the hub in {}: {problem}", file.display())]
pub struct ConfigError {
    file: PathBuf,
    problem: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    web: Web,
    ingest: Ingest,
    law: Law,
    store: StoreTable,
    directives: Directives,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Directives {
    key: Option<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Law {
    editions: Vec<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Web {
    listen: SocketAddr,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ingest {
    listen: SocketAddr,
    checkpoints: BTreeSet<CheckpointId>,
    tls: Option<TlsTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TlsTable {
    certificate: PathBuf,
    key: PathBuf,
    client_ca: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StoreTable {
    database: String,
}

impl Default for Web {
    fn default() -> Web {
        Web { listen: SocketAddr::from(([127, 0, 0, 1], 8490)) }
    }
}

impl Default for Ingest {
    fn default() -> Ingest {
        Ingest {
            listen: SocketAddr::from(([127, 0, 0, 1], 8491)),
            checkpoints: BTreeSet::new(),
            tls: None,
        }
    }
}

impl Default for StoreTable {
    fn default() -> StoreTable {
        StoreTable { database: "hub.db".to_owned() }
    }
}

impl Config {
    /// Reads a file of settings. Paths in it are relative to it.
    pub fn load(file: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|source| ConfigError {
            file: file.to_owned(),
            problem: format!("it cannot be read: {source}"),
        })?;
        Config::parse(&text, file)
    }

    /// The settings that hold when nothing is set; the database lies in `folder`.
    pub fn shipped(folder: &Path) -> Config {
        Config {
            listen: Web::default().listen,
            ingest: Ingest::default().listen,
            tls: None,
            checkpoints: BTreeSet::new(),
            editions: Vec::new(),
            database: Database::File(folder.join(StoreTable::default().database)),
            directive_key: None,
        }
    }

    fn parse(text: &str, file: &Path) -> Result<Config, ConfigError> {
        let refused = |problem: String| ConfigError { file: file.to_owned(), problem };
        // The message of `toml` names line and column, shows the line, and lists the keys that would be right.
        let read: File = toml::from_str(text).map_err(|error| refused(error.to_string()))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let database = match read.store.database.parse() {
            Ok(Database::File(path)) => Database::File(folder.join(path)),
            Ok(server @ Database::Postgres(_)) => server,
            Err(error) => return Err(refused(format!("store.database: {error}"))),
        };
        let (listen, ingest) = (read.web.listen, read.ingest.listen);
        if listen == ingest && listen.port() != 0 {
            return Err(refused(format!(
                "web.listen and ingest.listen are both {listen}: give each its own port, such as 8490 and 8491"
            )));
        }
        if read.ingest.tls.is_none() && !ingest.ip().is_loopback() {
            return Err(refused(format!(
                "ingest.listen is {ingest}, which others can reach, and there is no [ingest.tls]: name certificate, key and \
                 client_ca, or listen on 127.0.0.1"
            )));
        }
        let tls = read.ingest.tls.map(|tls| Tls {
            certificate: folder.join(tls.certificate),
            key: folder.join(tls.key),
            client_ca: folder.join(tls.client_ca),
        });
        for (key, path) in tls.iter().flat_map(|tls| {
            [("certificate", &tls.certificate), ("key", &tls.key), ("client_ca", &tls.client_ca)]
        }) {
            if !path.is_file() {
                return Err(refused(format!(
                    "ingest.tls.{key}: there is no file {}; a file in PEM would be right",
                    path.display()
                )));
            }
        }
        let editions: Vec<PathBuf> =
            read.law.editions.iter().map(|path| folder.join(path)).collect();
        if let Some(missing) = editions.iter().find(|path| !path.is_file()) {
            return Err(refused(format!(
                "law.editions: there is no file {}; an edition such as law/kz-2010.toml would be right",
                missing.display()
            )));
        }
        let directive_key = read.directives.key.map(|path| folder.join(path));
        let checkpoints = read.ingest.checkpoints;
        Ok(Config { listen, ingest, tls, checkpoints, editions, database, directive_key })
    }

    /// Where the key is with which directives are signed; none if the database is on a server and nothing names a file.
    pub fn directive_key_file(&self) -> Option<PathBuf> {
        self.directive_key.clone().or_else(|| match &self.database {
            Database::File(path) => Some(path.with_file_name("directive.key")),
            Database::Postgres(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let shown = match Config::parse(text, Path::new("etc/hub.toml")) {
            Ok(config) => format!("{config:#?}"),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn an_empty_file_gives_what_is_shipped() {
        let read = Config::parse("", Path::new("etc/hub.toml")).unwrap();
        assert_eq!(read, Config::shipped(Path::new("etc")));
    }

    #[test]
    fn the_example_says_what_is_shipped() {
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../config/hub.example.toml"));
        assert_eq!(Config::load(file).unwrap(), Config::shipped(file.parent().unwrap()));
    }

    #[test]
    fn what_cannot_be_used_is_named_with_what_would_be_right() {
        check(
            "[web]\nlisten = \"8490\"",
            expect![[r#"
            failed to read the settings of the hub in etc/hub.toml: TOML parse error at line 2, column 10
              |
            2 | listen = "8490"
              |          ^^^^^^
            invalid socket address syntax
        "#]],
        );
        check(
            "[web]\nlissten = \"127.0.0.1:8490\"",
            expect![[r#"
            failed to read the settings of the hub in etc/hub.toml: TOML parse error at line 2, column 1
              |
            2 | lissten = "127.0.0.1:8490"
              | ^^^^^^^
            unknown field `lissten`, expected `listen`
        "#]],
        );
        check(
            "[store]\ndatabase = \"mysql://x\"",
            expect![[
                r#"failed to read the settings of the hub in etc/hub.toml: store.database: "mysql://x" is no database: write the path of a file, or `postgres://user@host:port/database`"#
            ]],
        );
        check(
            "[web]\nlisten = \"127.0.0.1:8491\"",
            expect![
                "failed to read the settings of the hub in etc/hub.toml: web.listen and ingest.listen are both 127.0.0.1:8491: give each its own port, such as 8490 and 8491"
            ],
        );
        check(
            "[ingest]\nlisten = \"0.0.0.0:8491\"",
            expect![
                "failed to read the settings of the hub in etc/hub.toml: ingest.listen is 0.0.0.0:8491, which others can reach, and there is no [ingest.tls]: name certificate, key and client_ca, or listen on 127.0.0.1"
            ],
        );
        check(
            "[ingest]\ncheckpoints = [\"Nur Zholy\"]",
            expect![[r#"
            failed to read the settings of the hub in etc/hub.toml: TOML parse error at line 2, column 15
              |
            2 | checkpoints = ["Nur Zholy"]
              |               ^^^^^^^^^^^^^
            "Nur Zholy" is no name: use 1 to 40 small letters, digits and hyphens, beginning with a letter or digit
        "#]],
        );
        check(
            "[ingest.tls]\ncertificate = \"no.pem\"\nkey = \"no.key\"\nclient_ca = \"no.ca\"",
            expect![
                "failed to read the settings of the hub in etc/hub.toml: ingest.tls.certificate: there is no file etc/no.pem; a file in PEM would be right"
            ],
        );
    }
}
