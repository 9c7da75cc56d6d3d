//! A pass opens the files of one conversation for one side of it, and for some minutes (S38). It stands in
//! the address of a picture, where a browser can send nothing else along.

use crate::vault::Vault;
use crate::{Fault, random};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::Time;
use domain::file::PASS;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{AnyPool, Row};

/// Whom a pass is for.
#[derive(Clone, Copy, Debug)]
pub enum Holder<'a> {
    /// The customer of the conversation, whoever he turns out to be: his site may name him while his pass
    /// holds. A frame on somebody else's page has no cookies to tell him by.
    Customer,
    /// By the hash of his session, which must come along.
    Session(&'a str),
}

impl Holder<'_> {
    fn mark(self) -> char {
        match self {
            Holder::Customer => 'c',
            Holder::Session(_) => 's',
        }
    }

    fn name(&self) -> &str {
        match self {
            Holder::Customer => "",
            Holder::Session(name) => name,
        }
    }
}

/// What the vault keeps its key for.
const USE: &str = "passes";

/// What seals passes; the same on every node.
pub struct Seal(Hmac<Sha256>);

/// A pass that was shown: `c.<until>.<mac>`.
pub struct Shown<'a> {
    pub by_session: bool,
    pub until: Time,
    mac: &'a str,
}

impl Seal {
    /// With the key that is kept sealed (S72). One that our vault does not open is replaced: no pass lasts
    /// long enough to be missed.
    pub async fn open(database: &AnyPool, vault: &Vault) -> Result<Seal, Fault> {
        let kept = sqlx::query("select value from settings where name = 'pass-key'").fetch_optional(database).await?;
        let sealed: Option<String> = kept.map(|row| row.try_get(0)).transpose()?;
        let key = match sealed.and_then(|sealed| vault.open(&sealed, USE).ok()) {
            Some(key) => key,
            None => {
                let key = random::bytes::<32>()?.to_vec();
                let sql = "insert into settings (name, value) values ('pass-key', $1)
                     on conflict (name) do update set value = excluded.value";
                sqlx::query(sql).bind(vault.close(&key, USE)?).execute(database).await?;
                key
            }
        };
        let mac = Hmac::new_from_slice(&key).map_err(|_| Fault::new("the key of passes has no length"))?;
        Ok(Seal(mac))
    }

    pub fn write(&self, chat: &str, holder: Holder<'_>, now: Time) -> String {
        let until = now + PASS;
        let mac = self.mac(chat, holder, until).finalize().into_bytes();
        format!("{}.{}.{}", holder.mark(), until.0, random::hex(&mac))
    }

    /// The token with which a frame speaks in the pages of a session about one conversation: the same in all of
    /// them, and made of what only the browser of that session holds.
    pub fn token(&self, session: &str, chat: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(format!("frame {session} {chat}").as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    pub fn is_ours(&self, chat: &str, holder: Holder<'_>, shown: &Shown<'_>) -> bool {
        random::unhex(shown.mac).is_some_and(|mac| self.mac(chat, holder, shown.until).verify_slice(&mac).is_ok())
    }

    fn mac(&self, chat: &str, holder: Holder<'_>, until: Time) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        // No id holds a space: no two passes are told alike.
        mac.update(format!("files {} {} {chat} {}", holder.mark(), holder.name(), until.0).as_bytes());
        mac
    }
}

impl Shown<'_> {
    pub fn read(pass: &str) -> Option<Shown<'_>> {
        let mut parts = pass.splitn(3, '.');
        let by_session = match parts.next()? {
            "c" => false,
            "s" => true,
            _ => return None,
        };
        Some(Shown { by_session, until: Time(parts.next()?.parse().ok()?), mac: parts.next()? })
    }
}
