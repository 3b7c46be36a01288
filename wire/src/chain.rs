//! The hash chain over entries: what makes rewritten history show.
//!
//! An entry is kept and sent as its protobuf body, byte for byte as it was first written, and its hash is the
//! SHA-256 of these bytes. The body itself says which epoch it belongs to, which number it has and what the hash of
//! its predecessor is, so whoever holds a run of bodies can check it without the database they came from, and without
//! knowing any event:
//!
//! ```text
//!   genesis(epoch)         body 1                    body 2
//!   +-----------+        +--------------------+     +--------------------+
//!   | seq 0     |<--prev-| seq 1, epoch, at,  |<-+  | seq 2, epoch, at,  |
//!   | hash      |        | event              |  +--| prev, event        |
//!   +-----------+        +--------------------+     +--------------------+
//!                          SHA-256(body 1) = prev of body 2
//! ```
//!
//! It promises: a body that was changed, left out, put in or moved is found, and [`Break`] says which and where.
//!
//! **A chain does not protect its last line.** Who can write the store can cut entries off its end, and the shorter
//! chain is whole. Only a copy of the head elsewhere shows it: the hub's acknowledgement (it keeps the hash), and to a
//! lesser degree a [`SignedHead`] that was printed or carried away.
//!
//! It deliberately does not know events, does no I/O, and draws no random numbers: epochs and keys come from outside.

use std::{fmt, str::FromStr};

use ed25519_dalek::{Signature, Signer};
pub use ed25519_dalek::{SigningKey, VerifyingKey};
use prost::Message;
use sha2::{Digest, Sha256};

/// The SHA-256 of an entry's body as it stands; shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of an entry's body.
    pub fn of(body: &[u8]) -> Hash {
        Hash(Sha256::digest(body).into())
    }
}

/// One life of a journal: 16 random bytes drawn when a journal is begun anew; shown as 32 hexadecimal digits.
///
/// A checkpoint whose disk was replaced or restored begins a new epoch, so numbers that were given twice never meet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub [u8; 16]);

/// The end of a chain: the number and the hash of the last entry of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// The epoch that the chain belongs to.
    pub epoch: Epoch,
    /// The last entry's number; 0 before the first entry.
    pub seq: u64,
    /// The last entry's hash; before the first entry, the epoch's genesis hash.
    pub hash: Hash,
}

impl Head {
    /// The head of an epoch that has no entry yet. The first entry has the number 1.
    pub fn genesis(epoch: Epoch) -> Head {
        let hash = Sha256::new().chain_update(GENESIS_DOMAIN).chain_update(epoch.0).finalize();
        Head { epoch, seq: 0, hash: Hash(hash.into()) }
    }

    /// The head after `body`, if `body` is the very next entry.
    ///
    /// The number, the epoch and the predecessor's hash are read from the body itself: no caller can vouch for them.
    pub fn follow(&self, body: &[u8]) -> Result<Head, Break> {
        let link = Link::read(body)?;
        let hash = Hash::of(body);
        if link.epoch != self.epoch {
            return Err(Break::OtherEpoch {
                seq: link.seq,
                expected: self.epoch,
                found: link.epoch,
            });
        }
        if link.seq > self.seq.saturating_add(1) {
            return Err(Break::Gap { expected: self.seq.saturating_add(1), found: link.seq });
        }
        if link.seq < self.seq {
            return Err(Break::Behind { head: self.seq, found: link.seq });
        }
        if link.seq == self.seq {
            return Err(if hash == self.hash {
                Break::Repeated { seq: link.seq }
            } else {
                Break::Fork { seq: link.seq, ours: self.hash, theirs: hash }
            });
        }
        if link.prev != self.hash {
            return Err(Break::WrongPrevious {
                seq: link.seq,
                expected: self.hash,
                found: link.prev,
            });
        }
        Ok(Head { epoch: self.epoch, seq: link.seq, hash })
    }
}

/// What a body says about its own place: the four fields of `Entry` that never change their number or meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The epoch that the entry was written in.
    pub epoch: Epoch,
    /// The entry's number; the first is 1.
    pub seq: u64,
    /// The hash of the entry before it.
    pub prev: Hash,
    /// When it happened, in microseconds since 1970-01-01T00:00:00Z.
    pub at_us: i64,
}

impl Link {
    /// The bytes that a body with this place begins with. The rest of `Entry` is appended to them: protobuf reads the
    /// parts of a message one after the other as one message.
    pub fn encode(&self) -> Vec<u8> {
        let Link { epoch, seq, prev, at_us } = *self;
        Place { seq, epoch: epoch.0.to_vec(), prev: prev.0.to_vec(), at_us }.encode_to_vec()
    }

    /// Reads the place from a body. Everything else in the body is skipped, known or not.
    pub fn read(body: &[u8]) -> Result<Link, Break> {
        let place = Place::decode(body)
            .map_err(|source| Break::Unreadable { reason: source.to_string() })?;
        let epoch = place.epoch.as_slice().try_into().map_err(|_| Break::Unreadable {
            reason: format!("the epoch has {} bytes, not 16", place.epoch.len()),
        })?;
        let prev = place.prev.as_slice().try_into().map_err(|_| Break::Unreadable {
            reason: format!("the previous hash has {} bytes, not 32", place.prev.len()),
        })?;
        if place.seq == 0 {
            return Err(Break::Unreadable { reason: "the number is 0 or missing".to_owned() });
        }
        Ok(Link { epoch: Epoch(epoch), seq: place.seq, prev: Hash(prev), at_us: place.at_us })
    }
}

/// The part of `Entry` (`proto/entry.proto`) that a chain reads. A test holds the two together.
#[derive(Clone, PartialEq, Message)]
struct Place {
    #[prost(uint64, tag = "1")]
    seq: u64,
    #[prost(bytes = "vec", tag = "2")]
    epoch: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    prev: Vec<u8>,
    #[prost(sint64, tag = "4")]
    at_us: i64,
}

/// A body is not the next entry of the chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// The bytes are not an entry.
    #[error("the body is not an entry: {reason}")]
    Unreadable {
        /// What could not be read.
        reason: String,
    },
    /// The entry was written in another life of the journal.
    #[error("entry {seq} belongs to epoch {found}, the chain to epoch {expected}")]
    OtherEpoch {
        /// The entry's number.
        seq: u64,
        /// The chain's epoch.
        expected: Epoch,
        /// The entry's epoch.
        found: Epoch,
    },
    /// Entries are missing between the head and this one.
    #[error("entry {expected} is missing: entry {found} came instead")]
    Gap {
        /// The number that comes next.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The entry is the head itself, once more. It does no harm.
    #[error("entry {seq} is the head already")]
    Repeated {
        /// The head's number.
        seq: u64,
    },
    /// The entry lies before the head; only the store can tell a repetition from a fork.
    #[error("entry {found} lies before the head, which is entry {head}")]
    Behind {
        /// The head's number.
        head: u64,
        /// The entry's number.
        found: u64,
    },
    /// Two different entries bear the head's number.
    #[error("two entries bear the number {seq}: {ours} here, {theirs} there")]
    Fork {
        /// The number.
        seq: u64,
        /// The hash of the head.
        ours: Hash,
        /// The hash of the entry that came.
        theirs: Hash,
    },
    /// The entry follows another history than the one we hold.
    #[error("entry {seq} follows {found}, and not {expected}: what lies before it was rewritten")]
    WrongPrevious {
        /// The entry's number.
        seq: u64,
        /// The hash of the head.
        expected: Hash,
        /// The hash that the entry names as its predecessor's.
        found: Hash,
    },
}

/// A head with its agent's signature: the words "up to here, and nothing else" in a form that can be carried away.
///
/// It names no checkpoint: the key does, and an epoch belongs to one checkpoint only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// What is signed.
    pub head: Head,
    /// When it was signed, in microseconds since 1970-01-01T00:00:00Z.
    pub at_us: i64,
    /// The Ed25519 signature of [`SignedHead::statement`].
    pub signature: [u8; 64],
}

impl SignedHead {
    /// Signs a head.
    pub fn sign(head: Head, at_us: i64, key: &SigningKey) -> SignedHead {
        let signature = key.sign(&statement(&head, at_us)).to_bytes();
        SignedHead { head, at_us, signature }
    }

    /// Checks the signature, strictly: one head has one signature per key, and weak keys sign nothing.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), ForgedHead> {
        key.verify_strict(&self.statement(), &Signature::from_bytes(&self.signature))
            .map_err(|_| ForgedHead { seq: self.head.seq, epoch: self.head.epoch })
    }

    /// The 80 bytes that are signed: `"beket head v1\0\0\0"`, epoch, number, hash, time; numbers with the highest
    /// byte first.
    pub fn statement(&self) -> [u8; STATEMENT_BYTES] {
        statement(&self.head, self.at_us)
    }
}

/// A head bears a signature that its key did not make.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature of head {seq} of epoch {epoch} does not fit the key")]
pub struct ForgedHead {
    seq: u64,
    epoch: Epoch,
}

fn statement(head: &Head, at_us: i64) -> [u8; STATEMENT_BYTES] {
    let mut bytes = [0; STATEMENT_BYTES];
    bytes[..16].copy_from_slice(HEAD_DOMAIN);
    bytes[16..32].copy_from_slice(&head.epoch.0);
    bytes[32..40].copy_from_slice(&head.seq.to_be_bytes());
    bytes[40..72].copy_from_slice(&head.hash.0);
    bytes[72..].copy_from_slice(&at_us.to_be_bytes());
    bytes
}

/// A text that is not a hash or an epoch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}: {digits} hexadecimal digits would be")]
pub struct NotHex {
    text: String,
    what: &'static str,
    digits: usize,
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl FromStr for Hash {
    type Err = NotHex;

    fn from_str(text: &str) -> Result<Hash, NotHex> {
        read_hex(text, "hash").map(Hash)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl FromStr for Epoch {
    type Err = NotHex;

    fn from_str(text: &str) -> Result<Epoch, NotHex> {
        read_hex(text, "epoch").map(Epoch)
    }
}

fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

fn read_hex<const N: usize>(text: &str, what: &'static str) -> Result<[u8; N], NotHex> {
    // A text may be as long as whoever sent it likes; the message is not.
    let refused = || NotHex { text: text.chars().take(2 * N + 1).collect(), what, digits: 2 * N };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return Err(refused());
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let digit = |c: &u8| char::from(*c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (Some(high), Some(low)) = (digit(high), digit(low)) else { return Err(refused()) };
        *byte = high << 4 | low;
    }
    Ok(bytes)
}

/// Keeps a genesis hash from being the hash of any body: an entry begins with a field number, not with this text.
const GENESIS_DOMAIN: &[u8] = b"beket epoch v1\0";
/// Keeps a signature of a head from being a signature of anything else that the same key might sign.
const HEAD_DOMAIN: &[u8; 16] = b"beket head v1\0\0\0";
const STATEMENT_BYTES: usize = 80;

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const EPOCH: Epoch = Epoch([7; 16]);

    fn body(epoch: Epoch, seq: u64, prev: Hash) -> Vec<u8> {
        Place { seq, epoch: epoch.0.to_vec(), prev: prev.0.to_vec(), at_us: 1_700_000_000_000_000 }
            .encode_to_vec()
    }

    /// A chain of three entries, and its head.
    fn chain() -> (Vec<Vec<u8>>, Head) {
        let mut head = Head::genesis(EPOCH);
        let mut bodies = Vec::new();
        for seq in 1..=3 {
            let body = body(EPOCH, seq, head.hash);
            head = head.follow(&body).unwrap();
            bodies.push(body);
        }
        (bodies, head)
    }

    fn check(next: &[u8], expected: Expect) {
        let (_, head) = chain();
        match head.follow(next) {
            Ok(head) => expected.assert_eq(&format!("followed, the head is {}", head.seq)),
            Err(broken) => expected.assert_eq(&broken.to_string()),
        }
    }

    #[test]
    fn what_follows_and_what_does_not() {
        let (bodies, head) = chain();
        check(&body(EPOCH, 4, head.hash), expect!["followed, the head is 4"]);
        check(&body(EPOCH, 5, head.hash), expect!["entry 4 is missing: entry 5 came instead"]);
        check(&bodies[2], expect!["entry 3 is the head already"]);
        check(&bodies[1], expect!["entry 2 lies before the head, which is entry 3"]);
        check(
            &body(EPOCH, 3, Hash([1; 32])),
            expect![
                "two entries bear the number 3: 9e2037e6a5636ab79c5e36cbd8f43b7d99ae9f462e4bd6c3e18133239ac564b6 here, 1c65d003c262c4c7dc243fe00ab7b8e281b16efa77a8fca9df3d58a57c1b4b88 there"
            ],
        );
        check(
            &body(EPOCH, 4, Hash([1; 32])),
            expect![
                "entry 4 follows 0101010101010101010101010101010101010101010101010101010101010101, and not 9e2037e6a5636ab79c5e36cbd8f43b7d99ae9f462e4bd6c3e18133239ac564b6: what lies before it was rewritten"
            ],
        );
        check(
            &body(Epoch([8; 16]), 4, head.hash),
            expect![
                "entry 4 belongs to epoch 08080808080808080808080808080808, the chain to epoch 07070707070707070707070707070707"
            ],
        );
        check(
            b"\xff\xff",
            expect!["the body is not an entry: failed to decode Protobuf message: invalid varint"],
        );
        check(&[], expect!["the body is not an entry: the epoch has 0 bytes, not 16"]);
        check(
            &body(EPOCH, 0, head.hash),
            expect!["the body is not an entry: the number is 0 or missing"],
        );
    }

    #[test]
    fn a_field_of_the_future_is_hashed_and_skipped() {
        let (_, head) = chain();
        let mut next = body(EPOCH, 4, head.hash);
        next.extend_from_slice(&[0xfa, 0x07, 0x03, b'n', b'e', b'w']); // field 127, three bytes
        assert_eq!(head.follow(&next).unwrap().hash, Hash::of(&next));
    }

    #[test]
    fn every_flipped_bit_breaks_the_chain() {
        let (bodies, _) = chain();
        for place in 0..bodies[1].len() * 8 {
            let mut bodies = bodies.clone();
            bodies[1][place / 8] ^= 1 << (place % 8);
            let mut head = Head::genesis(EPOCH);
            let whole = bodies.iter().all(|body| head.follow(body).map(|next| head = next).is_ok());
            assert!(!whole, "bit {place} of the second body was flipped, and nobody saw it");
        }
    }

    #[test]
    fn epochs_begin_differently() {
        assert_ne!(Head::genesis(EPOCH).hash, Head::genesis(Epoch([8; 16])).hash);
        expect!["ea1d04c8245f3d3eaf8dfd118840b5b5cbe29c396dc138a797a8f9309a2ca7a8"]
            .assert_eq(&Head::genesis(EPOCH).hash.to_string());
    }

    #[test]
    fn a_signed_head_holds_every_part_of_what_it_says() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let (_, head) = chain();
        let signed = SignedHead::sign(head, 42, &key);
        assert_eq!(signed.verify(&key.verifying_key()), Ok(()));

        let forgeries = [
            ("another key", signed, SigningKey::from_bytes(&[4; 32])),
            ("another time", SignedHead { at_us: 43, ..signed }, key.clone()),
            ("another number", SignedHead { head: Head { seq: 2, ..head }, ..signed }, key.clone()),
            (
                "another hash",
                SignedHead { head: Head { hash: Hash([0; 32]), ..head }, ..signed },
                key.clone(),
            ),
            (
                "another epoch",
                SignedHead { head: Head { epoch: Epoch([8; 16]), ..head }, ..signed },
                key.clone(),
            ),
            ("no signature", SignedHead { signature: [0; 64], ..signed }, key),
        ];
        for (name, forged, key) in forgeries {
            assert!(forged.verify(&key.verifying_key()).is_err(), "{name}");
        }
    }

    #[test]
    fn hashes_and_epochs_are_read_back_from_their_text() {
        let (_, head) = chain();
        assert_eq!(head.hash.to_string().parse(), Ok(head.hash));
        assert_eq!(EPOCH.to_string().parse(), Ok(EPOCH));
        for text in
            ["", "07", "0707070707070707070707070707070g", "é7070707070707070707070707070707"]
        {
            assert!(text.parse::<Epoch>().is_err(), "{text}");
        }
        expect!["`07` is no epoch: 32 hexadecimal digits would be"]
            .assert_eq(&"07".parse::<Epoch>().unwrap_err().to_string());
    }
}
