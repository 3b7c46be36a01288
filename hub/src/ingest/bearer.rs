//! Who holds the other end of a line with certificates: an agent reports under the name in its own certificate, and under no other.
//!
//! The authority of the certificates vouches for every checkpoint. Without this check the key of one would be good for all, and one stolen
//! computer could write the history of every post.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use tonic::Status;
use tonic::transport::CertificateDer;
use webpki::EndEntityCert;

/// The certificates of an agent, its own first; the line has checked that the authority signed them.
#[derive(Debug, Clone)]
pub(super) struct Bearer(pub(super) Arc<Vec<CertificateDer<'static>>>);

impl Bearer {
    /// Refuses a name for which the certificate was not made. Names of checkpoints are DNS labels, so they stand among its DNS names.
    pub(super) fn may_report_as(&self, checkpoint: &str) -> Result<(), Status> {
        let own = self.0.first().and_then(|own| EndEntityCert::try_from(own).ok());
        let name = ServerName::try_from(checkpoint).ok();
        match (own, name) {
            (Some(own), Some(name)) if own.verify_is_valid_for_subject_name(&name).is_ok() => {
                Ok(())
            }
            _ => Err(Status::permission_denied(format!(
                "the agent's certificate was not made for `{checkpoint}`: its subjectAltName must hold DNS:{checkpoint}"
            ))),
        }
    }
}
