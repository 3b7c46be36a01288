//! What the hub signs when it directs: a file, its subject, its number, and for which checkpoint it is meant.
//!
//! The checkpoint's name is in it, so that what was meant for one post moves no terms at another. It deliberately knows no subject and
//! does not say whom to trust: the checkpoint decides that.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::chain::Hash;

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// For whom it is meant.
    pub checkpoint: &'a str,
    /// The hub's number for it at this checkpoint.
    pub number: u64,
    /// What it is about, such as `calendar`.
    pub subject: &'a str,
    /// The file, as it was written.
    pub text: &'a str,
}

/// A signature that was not made by its key over this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// A key has 32 bytes and a signature 64.
    #[error("a key of {key} bytes and a signature of {signature}")]
    Misshapen {
        /// Bytes of the key.
        key: usize,
        /// Bytes of the signature.
        signature: usize,
    },
    /// The signature does not fit.
    #[error("the signature does not fit {key}")]
    Forged {
        /// The key that was named.
        key: Hash,
    },
}

impl Statement<'_> {
    /// Signs it: 64 bytes of Ed25519.
    pub fn sign(&self, key: &SigningKey) -> [u8; 64] {
        key.sign(&self.bytes()).to_bytes()
    }

    /// The key behind a signature, checked strictly.
    pub fn signed_by(&self, signature: &[u8], key: &[u8]) -> Result<Hash, Unsigned> {
        let (Ok(signature), Ok(key)) = (<[u8; 64]>::try_from(signature), <[u8; 32]>::try_from(key))
        else {
            return Err(Unsigned::Misshapen { key: key.len(), signature: signature.len() });
        };
        let fits = VerifyingKey::from_bytes(&key).is_ok_and(|key| {
            key.verify_strict(&self.bytes(), &Signature::from_bytes(&signature)).is_ok()
        });
        if fits { Ok(Hash(key)) } else { Err(Unsigned::Forged { key: Hash(key) }) }
    }

    /// The SHA-256 of the text, by which an answer names it.
    pub fn digest(&self) -> Hash {
        Hash::of(self.text.as_bytes())
    }

    /// `"beket directive1"`, the hash of the checkpoint's name, the number with its highest byte first, the hashes of subject and text.
    fn bytes(&self) -> [u8; STATEMENT_BYTES] {
        let mut bytes = [0; STATEMENT_BYTES];
        bytes[..16].copy_from_slice(DOMAIN);
        bytes[16..48].copy_from_slice(&Hash::of(self.checkpoint.as_bytes()).0);
        bytes[48..56].copy_from_slice(&self.number.to_be_bytes());
        bytes[56..88].copy_from_slice(&Hash::of(self.subject.as_bytes()).0);
        bytes[88..].copy_from_slice(&self.digest().0);
        bytes
    }
}

const DOMAIN: &[u8; 16] = b"beket directive1";
const STATEMENT_BYTES: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_every_part_of_what_it_says() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let public = key.verifying_key().to_bytes();
        let said = Statement { checkpoint: "a", number: 5, subject: "calendar", text: "x = 1" };
        let signature = said.sign(&key);
        assert_eq!(said.signed_by(&signature, &public), Ok(Hash(public)));
        let other = SigningKey::from_bytes(&[4; 32]).verifying_key().to_bytes();
        let forged = [
            ("another checkpoint", Statement { checkpoint: "b", ..said }, public),
            ("another number", Statement { number: 6, ..said }, public),
            ("another subject", Statement { subject: "timetable", ..said }, public),
            ("another text", Statement { text: "x = 2", ..said }, public),
            ("another key", said, other),
        ];
        for (name, said, key) in forged {
            assert_eq!(
                said.signed_by(&signature, &key),
                Err(Unsigned::Forged { key: Hash(key) }),
                "{name}"
            );
        }
        assert_eq!(said.signed_by(&[], &[]), Err(Unsigned::Misshapen { key: 0, signature: 0 }));
    }
}
