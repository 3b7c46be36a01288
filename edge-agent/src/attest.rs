//! Signs the end of the journal with the site's key, so that "up to here, and nothing else" can be proved to somebody who has only a copy.
//!
//! The key is made at the first start, in the folder of the data: `site.key`, which only the agent's user can read, and beside it
//! `site.pub`, 64 hexadecimal digits for people to compare with what the hub shows. A head is signed every [`EVERY`] entries, at every
//! express entry (alarms among them), and for every greeting of the hub.
//!
//! It deliberately keeps nothing from being rewritten by who holds the key: against that stands the hub's copy. It delays nobody:
//! it follows what is durable already.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rand::RngCore;
use tokio::sync::watch;
use wire::chain::{Hash, Head, SignedHead, SigningKey, VerifyingKey};

use crate::clock::Clock;
use crate::journal::{Cause, Errands, JournalError, Reader};
use crate::sync::Shelf;

/// The key with which a checkpoint signs.
pub struct SiteKey(SigningKey);

/// A key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("failed to {step} the key {}", path.display())]
    File {
        /// What was being done.
        step: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{} holds no key: 64 hexadecimal digits would be one", path.display())]
    NoKey {
        /// Which file.
        path: PathBuf,
    },
    /// Somebody else could sign.
    #[error(
        "others than its owner may read or write {} (mode {mode:o}): `chmod 600` it, and begin a new key if somebody may have copied it",
        path.display()
    )]
    Open {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
}

impl SiteKey {
    /// The key in this folder; it is made if there is none.
    pub fn open(folder: &Path) -> Result<SiteKey, KeyError> {
        let path = folder.join(SECRET);
        let key = match fs::read_to_string(&path) {
            Ok(text) => {
                let fail = |source| KeyError::File { step: "look at", path: path.clone(), source };
                let mode = fs::metadata(&path).map_err(fail)?.permissions().mode() & 0o777;
                if mode & 0o077 != 0 {
                    return Err(KeyError::Open { path, mode });
                }
                // The cause is left out: it would show the key.
                let Ok(Hash(bytes)) = text.trim().parse() else {
                    return Err(KeyError::NoKey { path });
                };
                SigningKey::from_bytes(&bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = [0; 32];
                rand::rng().fill_bytes(&mut bytes);
                put(folder, SECRET, &Hash(bytes), 0o600)?;
                SigningKey::from_bytes(&bytes)
            }
            Err(source) => return Err(KeyError::File { step: "read", path, source }),
        };
        let public = Hash(key.verifying_key().to_bytes());
        // It says nothing that the key does not say: a wrong or missing one is made anew.
        if fs::read_to_string(folder.join(PUBLIC)).ok().and_then(|text| text.trim().parse().ok())
            != Some(public)
        {
            put(folder, PUBLIC, &public, 0o644)?;
        }
        Ok(SiteKey(key))
    }

    /// Signs a head.
    pub fn sign(&self, head: Head, now: Timestamp) -> SignedHead {
        SignedHead::sign(head, now.as_microsecond(), &self.0)
    }

    /// The half that everybody may know.
    pub fn public(&self) -> VerifyingKey {
        self.0.verifying_key()
    }
}

impl std::fmt::Debug for SiteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SiteKey").field(&Hash(self.public().to_bytes())).finish()
    }
}

/// The public key beside a journal, if there is one.
pub fn public_key_beside(journal: &Path) -> Result<Option<VerifyingKey>, KeyError> {
    let path = journal.with_file_name(PUBLIC);
    match fs::read_to_string(&path) {
        Ok(text) => {
            let bytes = text.trim().parse::<Hash>().ok();
            match bytes.and_then(|Hash(bytes)| VerifyingKey::from_bytes(&bytes).ok()) {
                Some(key) => Ok(Some(key)),
                None => Err(KeyError::NoKey { path }),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(KeyError::File { step: "read", path, source }),
    }
}

/// Signs as long as there is a journal. It signs what is durable, and never more often than that changes.
pub async fn attest(
    key: Arc<SiteKey>,
    reader: Reader,
    errands: Errands,
    mut durable: watch::Receiver<Head>,
    clock: Clock,
) {
    let shelf = Shelf::new(reader);
    let mut signed = durable.borrow_and_update().seq;
    let mut looked = signed;
    while durable.changed().await.is_ok() {
        let head = *durable.borrow_and_update();
        let express = shelf.scan_express(looked.saturating_add(1), 1).await;
        // What became durable since this head was told has a turn of its own. An entry that cannot be read is not express: the client
        // of the hub says that it cannot be read.
        let express = express.is_ok_and(|found| found.iter().any(|found| found.seq() <= head.seq));
        looked = head.seq;
        let due = express || head.seq >= signed.saturating_add(EVERY);
        if !due {
            continue;
        }
        signed = head.seq;
        match errands.keep_signed_head(key.sign(head, clock.now())) {
            // Nobody waits: a signature that a power cut forgets is followed by another.
            Ok(pending) => drop(pending),
            Err(error) => return ended(&error),
        }
    }
}

fn ended(error: &JournalError) {
    if !matches!(error.cause(), Cause::Closed) {
        tracing::error!(%error, "no head is signed any more");
    }
}

/// Puts a file there whole or not at all.
fn put(folder: &Path, name: &str, content: &Hash, mode: u32) -> Result<(), KeyError> {
    let path = folder.join(name);
    let draft = folder.join(format!("{name}.new"));
    let write = || {
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft)?;
        writeln!(file, "{content}")?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|source| KeyError::File { step: "make", path: path.clone(), source })
}

const SECRET: &str = "site.key";
const PUBLIC: &str = "site.pub";
/// So many entries at most stand behind the last signed head: what somebody with the file and without the key could rewrite unseen.
pub const EVERY: u64 = 1000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use wire::Class;
    use wire::chain::{Epoch, Link};

    use super::*;
    use crate::journal::{Entry, Grouping, Journal, Urgency, verify};

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let made = SiteKey::open(folder.path()).unwrap().public();
        let mode = fs::metadata(folder.path().join(SECRET)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(SiteKey::open(folder.path()).unwrap().public(), made);
        let journal = folder.path().join("journal.db");
        assert_eq!(public_key_beside(&journal).unwrap(), Some(made));
        fs::remove_file(folder.path().join(PUBLIC)).unwrap();
        assert_eq!(public_key_beside(&journal).unwrap(), None);
        SiteKey::open(folder.path()).unwrap();
        assert_eq!(public_key_beside(&journal).unwrap(), Some(made));
    }

    #[test]
    fn a_key_that_others_read_and_a_file_that_is_none_are_refused_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        SiteKey::open(folder.path()).unwrap();
        let path = folder.path().join(SECRET);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(SiteKey::open(folder.path()), Err(KeyError::Open { mode: 0o640, .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "my secret").unwrap();
        let error = format!("{:?}", SiteKey::open(folder.path()).unwrap_err());
        assert!(error.starts_with("NoKey") && !error.contains("secret"), "{error}");
    }

    fn entries(mut head: Head, classes: impl IntoIterator<Item = Class>) -> Vec<Entry> {
        let mut next = |class| {
            let link = Link { epoch: head.epoch, seq: head.seq + 1, prev: head.hash, at_us: 1 };
            let entry = Entry::after(&head, class, link.encode()).unwrap();
            head = entry.head();
            entry
        };
        classes.into_iter().map(&mut next).collect()
    }

    #[tokio::test]
    async fn heads_are_signed_at_every_alarm_and_every_so_often() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let key = Arc::new(SiteKey::open(folder.path()).unwrap());
        let (journal, opened) = Journal::open(&path, Epoch([7; 16]), 1..=1).unwrap();
        let (tell, durable) = watch::channel(opened.head);
        let follower = Box::new(move |news: Result<&[Entry], &JournalError>| {
            if let Ok([.., last]) = news {
                tell.send_replace(last.head());
            }
        });
        let reader = journal.reader().unwrap();
        let (mut writer, errands) = journal.start(Grouping::default(), follower).unwrap();
        let attesting =
            tokio::spawn(attest(key.clone(), reader, errands, durable, Clock::new(None)));
        let signed = |wanted: u64| {
            let (path, key) = (path.clone(), key.public());
            async move {
                loop {
                    let verified = verify(&path, Some(&key), &mut |_| {}).unwrap();
                    assert_eq!(verified.damage, []);
                    assert!(verified.signed_heads <= wanted, "{verified:?}");
                    if verified.signed_heads == wanted {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        };
        let mut append = async |classes: Vec<Class>| {
            let entries = entries(writer.head(), classes);
            writer.append(entries, Urgency::AtOnce).unwrap().await.unwrap();
        };
        append(vec![Class::Bulk; 3]).await;
        append(vec![Class::Bulk, Class::Express]).await;
        signed(1).await;
        append(vec![Class::Bulk; 999]).await;
        append(vec![Class::Bulk]).await;
        signed(2).await;
        writer.close().unwrap();
        attesting.await.unwrap();
    }
}
