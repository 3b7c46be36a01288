//! Settings of a device as a person gives them to a command: JSON where it is typed, or the name of a file that holds it.
//!
//! They are held to what the configuration is held to: a key that the dialect does not read is refused, and so is a dialect without what it
//! cannot do without.

use std::io;
use std::path::PathBuf;

use firmware_protocols::{Dialect, Settings};

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("failed to read the settings in {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The text is no JSON, or has a key that no dialect reads.
    #[error("the settings in {place} are no settings of a device")]
    Json {
        /// Where they stand.
        place: String,
        /// What is wrong, with its line and column.
        #[source]
        source: serde_json::Error,
    },
    /// A key that this dialect does not read.
    #[error("{dialect} reads no setting {key}; {instead}")]
    NotRead {
        /// The dialect.
        dialect: Dialect,
        /// The key.
        key: String,
        /// What it reads.
        instead: String,
    },
    /// With these settings a device of the dialect cannot be understood.
    #[error("the settings of {dialect}: {what}")]
    Unfit {
        /// The dialect.
        dialect: Dialect,
        /// What is wrong.
        what: String,
    },
}

/// Reads settings that were given as text: `{..}` is JSON itself, anything else names a file of JSON.
pub fn settings(given: &str) -> Result<Settings, SettingsError> {
    let (place, json) = if given.trim_start().starts_with('{') {
        ("the command".to_owned(), given.to_owned())
    } else {
        let path = PathBuf::from(given);
        let json = std::fs::read_to_string(&path)
            .map_err(|source| SettingsError::File { path, source })?;
        (given.to_owned(), json)
    };
    serde_json::from_str(&json).map_err(|source| SettingsError::Json { place, source })
}

/// Whether a device of this dialect can be set so.
pub fn check(dialect: Dialect, settings: &Settings) -> Result<(), SettingsError> {
    let known = dialect.settings();
    if let Some(key) = settings.given().into_iter().find(|key| !known.contains(&key.as_str())) {
        let instead = if known.is_empty() {
            "it is the same everywhere".to_owned()
        } else {
            format!("it reads {}", known.join(", "))
        };
        return Err(SettingsError::NotRead { dialect, key, instead });
    }
    settings.check(dialect).map_err(|what| SettingsError::Unfit { dialect, what })
}
