//! Who we are in DTLS handshakes: one certificate for all legs.

use std::fmt;
use std::sync::Arc;

use dimpl::crypto::rust_crypto;
use dimpl::{Config, DtlsCertificate};

/// The certificate with its key, and how we shake hands.
#[derive(Clone)]
pub struct Identity {
    pub(crate) config: Arc<Config>,
    pub(crate) certificate: DtlsCertificate,
}

impl Identity {
    /// Certificate and private key in DER; the text says why they cannot be used.
    pub fn new(certificate: Vec<u8>, private_key: Vec<u8>) -> Result<Self, String> {
        let provider = rust_crypto::default_provider();
        provider.key_provider.load_private_key(&private_key).map_err(|error| error.to_string())?;
        let config =
            Config::builder().with_crypto_provider(provider).build().map_err(|error| error.to_string())?;
        Ok(Self { config: Arc::new(config), certificate: DtlsCertificate { certificate, private_key } })
    }
}

#[cfg(test)]
impl Identity {
    /// A certificate of its own and its fingerprint; what is random of its handshakes comes from the seed, except keys.
    pub(crate) fn made_up(seed: u64) -> (Self, crate::handshake::Fingerprint) {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap().der().to_vec();
        let fingerprint = <sha2::Sha256 as sha2::Digest>::digest(&certificate).into();
        let config = Config::builder()
            .with_crypto_provider(rust_crypto::default_provider())
            .dangerously_set_rng_seed(seed)
            .build()
            .unwrap();
        let certificate = DtlsCertificate { certificate, private_key: key.serialize_der() };
        (Self { config: Arc::new(config), certificate }, fingerprint)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}
