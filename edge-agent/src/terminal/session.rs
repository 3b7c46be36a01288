//! Who is signed in: personal accounts that work without a network.
//!
//! A session is a random token in a cookie that no script can read; kept here are only the hashes of tokens, in memory and in one file,
//! so that officers need not sign in again because the agent was restarted. Passwords are argon2id (RFC 9106), checked one after
//! the other, slower after each failure.
//!
//! Deliberately absent: changing passwords and accounts. They are configuration, and later directives of the hub.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use checkpoint::ids::OfficerId;
use jiff::{SignedDuration, Timestamp};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use wire::chain::Hash;

use super::messages::{OfficerListed, Role, SessionView};

/// An officer's account.
#[derive(Clone)]
pub struct Account {
    /// The name in orders and entries.
    pub id: OfficerId,
    /// The name that people read.
    pub name: String,
    /// What the officer may do.
    pub role: Role,
    /// The password's hash as a PHC string of argon2id.
    pub password_hash: String,
}

/// The accounts and the open sessions. A copy is the same.
#[derive(Clone)]
pub struct Sessions(Arc<Inner>);

struct Inner {
    accounts: Vec<Account>,
    file: Option<PathBuf>,
    open: Mutex<HashMap<String, Session>>,
    failures: Mutex<HashMap<OfficerId, u32>>,
    /// One password at a time: argon2 takes tens of megabytes and a quarter of a second.
    checking: Arc<Semaphore>,
    /// Those who wait because they failed before. They are apart: they must not keep others from signing in.
    slowed: Semaphore,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Session {
    officer: OfficerId,
    workplace: String,
    until: Timestamp,
}

/// Why somebody is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// No such officer, or another password; which of the two is not told.
    #[error("officer and password do not fit")]
    Wrong,
    /// Somebody else's password is being checked and others wait already.
    #[error("too many are signing in at this moment")]
    Busy,
}

impl Sessions {
    /// The accounts of the configuration, and the sessions that `file` remembers.
    pub fn new(accounts: Vec<Account>, file: Option<PathBuf>, now: Timestamp) -> Sessions {
        let mut open = file.as_deref().map(remembered).unwrap_or_default();
        open.retain(|_, session| {
            session.until > now && accounts.iter().any(|account| account.id == session.officer)
        });
        Sessions(Arc::new(Inner {
            accounts,
            file,
            open: Mutex::new(open),
            failures: Mutex::new(HashMap::new()),
            checking: Arc::new(Semaphore::new(WAITING)),
            slowed: Semaphore::new(SLOWED),
        }))
    }

    /// The list at sign-in.
    pub fn officers(&self) -> Vec<OfficerListed> {
        let listed = |account: &Account| OfficerListed {
            id: account.id.clone(),
            name: account.name.clone(),
            role: account.role,
        };
        self.0.accounts.iter().map(listed).collect()
    }

    /// What an officer may do, if there is such an officer.
    pub fn role(&self, officer: &OfficerId) -> Option<Role> {
        self.0.accounts.iter().find(|account| account.id == *officer).map(|account| account.role)
    }

    /// Checks a password. Each failure makes the next answer for that officer slower.
    pub async fn check(&self, officer: &OfficerId, password: String) -> Result<(), SignInError> {
        let failed = self.failures().get(officer).copied().unwrap_or(0);
        if failed > 0 {
            let _slowed = self.0.slowed.try_acquire().map_err(|_| SignInError::Busy)?;
            let seconds = failed.min(SLOWEST_S);
            tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
        }
        let permit =
            Arc::clone(&self.0.checking).try_acquire_owned().map_err(|_| SignInError::Busy)?;
        let account = self.0.accounts.iter().find(|account| account.id == *officer);
        // An unknown officer costs as much time as a known one: the hash of another account is checked, and does not count.
        let hash = account.or(self.0.accounts.first()).map(|account| account.password_hash.clone());
        let known = account.is_some();
        let fits = tokio::task::spawn_blocking(move || {
            // Held by the work itself: whoever asks and hangs up at once must not begin more of it than that.
            let _permit = permit;
            hash.is_some_and(|hash| fits(&hash, &password)) && known
        })
        .await
        .unwrap_or(false);
        let mut failures = self.failures();
        if fits {
            failures.remove(officer);
            return Ok(());
        }
        if known {
            *failures.entry(officer.clone()).or_insert(0) += 1;
        }
        Err(SignInError::Wrong)
    }

    /// Begins a session; answers its token, which is told nobody else.
    pub fn open(&self, officer: OfficerId, workplace: String, now: Timestamp) -> String {
        let mut secret = [0; 32];
        rand::rng().fill_bytes(&mut secret);
        let token = Hash(secret).to_string();
        let until = now.checked_add(LASTS).unwrap_or(now);
        let mut open = self.sessions();
        open.retain(|_, session| session.until > now);
        if open.len() >= MOST_SESSIONS
            && let Some(oldest) =
                open.iter().min_by_key(|(_, session)| session.until).map(|(key, _)| key.clone())
        {
            open.remove(&oldest);
        }
        open.insert(key(&token), Session { officer, workplace, until });
        self.remember(&open);
        token
    }

    /// Who holds this token.
    pub fn find(&self, token: &str, now: Timestamp) -> Option<SessionView> {
        let session =
            self.sessions().get(&key(token)).filter(|session| session.until > now).cloned()?;
        let account = self.0.accounts.iter().find(|account| account.id == session.officer)?;
        Some(SessionView {
            officer: session.officer,
            name: account.name.clone(),
            role: account.role,
            workplace: session.workplace,
        })
    }

    /// Ends the session of this token.
    pub fn close(&self, token: &str) {
        let mut open = self.sessions();
        open.remove(&key(token));
        self.remember(&open);
    }

    fn remember(&self, open: &HashMap<String, Session>) {
        let Some(file) = &self.0.file else { return };
        if let Err(error) = write_privately(file, open) {
            // Nobody is shut out by it: officers sign in again after the next restart.
            tracing::warn!(file = %file.display(), %error, "sessions could not be remembered");
        }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<OfficerId, u32>> {
        self.0.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the PHC string of a password, as `edge-agent hash-password` prints it.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    use argon2::PasswordHasher;
    let salt =
        argon2::password_hash::SaltString::generate(&mut argon2::password_hash::rand_core::OsRng);
    // 64 MiB and 3 passes: about a quarter of a second on a small site computer.
    let params = argon2::Params::new(64 * 1024, 3, 1, None)?;
    let argon2 = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    Ok(argon2.hash_password(password.as_bytes(), &salt)?.to_string())
}

fn fits(hash: &str, password: &str) -> bool {
    // The parameters are those of the hash, so raising them later shuts nobody out.
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn key(token: &str) -> String {
    Hash::of(token.as_bytes()).to_string()
}

fn remembered(file: &Path) -> HashMap<String, Session> {
    std::fs::read(file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn write_privately(file: &Path, open: &HashMap<String, Session>) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let draft = file.with_extension("new");
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    out.write_all(&serde_json::to_vec(open)?)?;
    std::fs::rename(draft, file)
}

/// A session ends after a shift of this length.
const LASTS: SignedDuration = SignedDuration::from_hours(12);
/// More sessions end the oldest.
const MOST_SESSIONS: usize = 500;
/// So many may wait for their password to be checked.
const WAITING: usize = 4;
/// So many may wait because of a wrong password.
const SLOWED: usize = 16;
/// The longest that a wrong password makes the next answer wait, in seconds.
const SLOWEST_S: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_guesses_at_one_account_keeps_nobody_else_out() {
        let account = |id: &str| Account {
            id: id.to_owned().try_into().unwrap(),
            name: id.to_owned(),
            role: Role::Officer,
            password_hash: hash_password("right").unwrap(),
        };
        let sessions =
            Sessions::new(vec![account("bekov"), account("kim")], None, Timestamp::UNIX_EPOCH);
        let id = |text: &str| OfficerId::try_from(text.to_owned()).unwrap();
        assert_eq!(sessions.check(&id("kim"), "wrong".to_owned()).await, Err(SignInError::Wrong));
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..SLOWED {
            let (sessions, kim) = (sessions.clone(), id("kim"));
            guesses.spawn(async move { sessions.check(&kim, "wrong".to_owned()).await });
        }
        while sessions.0.slowed.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(sessions.check(&id("kim"), "right".to_owned()).await, Err(SignInError::Busy));
        assert_eq!(sessions.check(&id("bekov"), "right".to_owned()).await, Ok(()));
    }
}
