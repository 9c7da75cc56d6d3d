//! Secrets that must be used again are kept sealed, with a key that is not in the database: a copy of it
//! holds nothing that opens anything (S72).

use crate::{Fault, random};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

/// The name of the file that holds the key, in the data folder.
pub const FILE: &str = "recado.key";

#[derive(Clone)]
pub struct Vault(Arc<LessSafeKey>);

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    pub fn of(key: [u8; 32]) -> Result<Vault, Fault> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| Fault::new("that is no key for a vault"))?;
        Ok(Vault(Arc::new(LessSafeKey::new(key))))
    }

    /// With the key in this folder, which is made when it is not there: for the user of this program alone.
    pub fn in_folder(folder: &Path) -> Result<Vault, Fault> {
        let path = folder.join(FILE);
        let cannot = |why: std::io::Error| Fault::new(format!("the key {} cannot be used: {why}", path.display()));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                file.write_all(random::token()?.as_bytes()).and_then(|()| file.sync_all()).map_err(cannot)?;
            }
            Err(why) if why.kind() == ErrorKind::AlreadyExists => {}
            Err(why) => return Err(cannot(why)),
        }
        Vault::of_file(&path)
    }

    /// With the key in this file, which is there.
    pub fn of_file(path: &Path) -> Result<Vault, Fault> {
        let cannot = |why: std::io::Error| Fault::new(format!("the key {} cannot be used: {why}", path.display()));
        #[cfg(unix)]
        {
            let about = std::fs::metadata(path).map_err(cannot)?;
            if std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077 != 0 {
                return Err(Fault::new(format!(
                    "the key {0} is open to others on this machine: run `chmod 600 {0}` first",
                    path.display()
                )));
            }
        }
        let text = std::fs::read_to_string(path).map_err(cannot)?;
        let key = random::unhex(text.trim()).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        Vault::of(key.ok_or_else(|| Fault::new(format!("the key {} is not 64 hex digits", path.display())))?)
    }

    /// Vaults a secret for this use; it opens for no other.
    pub fn close(&self, secret: &[u8], of: &str) -> Result<String, Fault> {
        let nonce: [u8; NONCE_LEN] = random::bytes()?;
        let mut sealed = secret.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(of.as_bytes()), &mut sealed)
            .map_err(|_| Fault::new("a secret could not be sealed"))?;
        Ok(random::hex(&[&nonce[..], &sealed].concat()))
    }

    pub fn open(&self, sealed: &str, of: &str) -> Result<Vec<u8>, Fault> {
        let wrong = || Fault::new(format!("a secret was sealed with another key than the one in {FILE}"));
        let bytes = random::unhex(sealed).ok_or_else(wrong)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>().ok_or_else(wrong)?;
        let mut secret = sealed.to_vec();
        let length = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(of.as_bytes()), &mut secret)
            .map_err(|_| wrong())?
            .len();
        secret.truncate(length);
        Ok(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_with_its_key_and_for_its_use_only() {
        let (vault, other) = (Vault::of([1; 32]).unwrap(), Vault::of([2; 32]).unwrap());
        let sealed = vault.close(b"a secret", "identity k1").unwrap();

        assert_eq!(vault.open(&sealed, "identity k1").unwrap(), b"a secret");
        assert!(other.open(&sealed, "identity k1").is_err());
        assert!(vault.open(&sealed, "identity k2").is_err());
        assert_ne!(sealed, vault.close(b"a secret", "identity k1").unwrap(), "the same twice looks the same");
        for odd in ["", "00", "zz", &sealed[2..], &format!("{sealed}00")] {
            assert!(vault.open(odd, "identity k1").is_err(), "{odd}");
        }
    }

    #[test]
    fn the_key_is_made_once_and_for_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = Vault::in_folder(folder.path()).unwrap().close(b"a secret", "x").unwrap();

        assert_eq!(Vault::in_folder(folder.path()).unwrap().open(&sealed, "x").unwrap(), b"a secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = folder.path().join(FILE);
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(Vault::in_folder(folder.path()).unwrap_err().to_string().contains("chmod 600"));
        }
    }
}
