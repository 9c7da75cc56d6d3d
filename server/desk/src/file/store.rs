//! Where files lie: one folder beside the database, one file a name, readable by this program alone.
//!
//! A file begins in `arriving`, and moves up once its row is kept. A start finds there what a crash
//! left: what has a row moves up, the rest was never told to anybody and goes.

use crate::backup::{ARRIVING, is_file_id};
use crate::{Answer, Fault, random};
use domain::Refusal;
use std::path::{Path, PathBuf};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt;

#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    pub async fn open(folder: &Path) -> Result<Store, Fault> {
        let store = Store { folder: folder.into() };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        builder.mode(0o700);
        builder.create(store.arriving()).await.map_err(|why| fault("the folder was not made", &why))?;
        Ok(store)
    }

    /// The names of what had not moved up when we stopped.
    pub async fn left(&self) -> Result<Vec<String>, Fault> {
        let cannot = |why: std::io::Error| fault("the folder does not read", &why);
        let mut names = Vec::new();
        let mut entries = fs::read_dir(self.arriving()).await.map_err(cannot)?;
        while let Some(entry) = entries.next_entry().await.map_err(cannot)? {
            names.extend(entry.file_name().into_string());
        }
        Ok(names)
    }

    /// Removes what did not move up.
    pub async fn remove(&self, name: &str) {
        if let Err(why) = fs::remove_file(self.arriving().join(name)).await {
            tracing::warn!("what was left of an upload was not removed: {why}");
        }
    }

    /// A new and empty file, which goes when it is let go of before it is kept.
    pub async fn begin(&self) -> Result<(Draft, File), Fault> {
        let name = random::hex(&random::bytes::<16>()?);
        let draft = Draft { path: self.arriving().join(&name), name, goes: true };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&draft.path).await.map_err(|why| fault("a file was not made", &why))?;
        Ok((draft, file))
    }

    /// Room for what is only looked at, up to so many bytes.
    pub async fn receive(&self, limit: u32) -> Result<Incoming, Fault> {
        let (draft, file) = self.begin().await?;
        Ok(Incoming { draft, file, size: 0, limit })
    }

    /// The entry of a new file outlives a power cut.
    pub async fn sync(&self) -> Result<(), Fault> {
        let cannot = |why: std::io::Error| fault("the folder was not made durable", &why);
        File::open(self.arriving()).await.map_err(cannot)?.sync_all().await.map_err(cannot)
    }

    /// Moves a kept file up. Should that fail, it is found where it is, and moves at the next start.
    pub async fn settle(&self, name: &str) {
        if let Err(why) = fs::rename(self.arriving().join(name), self.folder.join(name)).await {
            tracing::warn!("a kept file did not move up: {why}");
        }
    }

    /// Removes a kept file for ever; whether it is gone.
    pub async fn erase(&self, name: &str) -> bool {
        if !is_file_id(name) {
            tracing::warn!("an erased file was not removed: it is not called as files are");
            return false;
        }
        for path in [self.folder.join(name), self.arriving().join(name)] {
            match fs::remove_file(path).await {
                Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
                    tracing::warn!("an erased file was not removed: {why}");
                    return false;
                }
                _ => {}
            }
        }
        true
    }

    pub async fn read(&self, name: &str) -> Result<File, Fault> {
        if !is_file_id(name) {
            return Err(Fault::new("a file is not called as files are: nothing outside their folder is read"));
        }
        match File::open(self.folder.join(name)).await {
            Ok(file) => Ok(file),
            Err(_) => File::open(self.arriving().join(name)).await.map_err(|why| fault("a file is missing", &why)),
        }
    }

    fn arriving(&self) -> PathBuf {
        self.folder.join(ARRIVING)
    }
}

/// What comes in pieces, for as long as it is looked at. Dropped, it leaves nothing behind.
pub struct Incoming {
    draft: Draft,
    file: File,
    size: u32,
    limit: u32,
}

impl Incoming {
    /// The next piece. The first byte over the limit ends it (S32).
    pub async fn write(&mut self, piece: &[u8]) -> Answer<()> {
        let size = u32::try_from(piece.len()).ok().and_then(|more| self.size.checked_add(more));
        self.size = size.filter(|size| *size <= self.limit).ok_or(Refusal::TooBig { limit: self.limit })?;
        Ok(self.file.write_all(piece).await.map_err(|why| fault("a file was not written", &why))?)
    }

    /// All of it, under a path for as long as the draft is held.
    pub async fn whole(mut self) -> Result<Draft, Fault> {
        self.file.flush().await.map_err(|why| fault("a file was not written", &why))?;
        Ok(self.draft)
    }
}

/// A file that is not kept yet.
#[derive(Debug)]
pub struct Draft {
    pub name: String,
    pub path: PathBuf,
    goes: bool,
}

impl Draft {
    /// From now on it stays, under this name.
    pub fn stay(mut self) -> String {
        self.goes = false;
        std::mem::take(&mut self.name)
    }

    pub async fn size(&self) -> Result<u32, Fault> {
        let about = fs::metadata(&self.path).await.map_err(|why| fault("a file does not read", &why))?;
        u32::try_from(about.len()).map_err(|_| Fault::new("a file has become too big"))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.goes
            && let Err(why) = std::fs::remove_file(&self.path)
        {
            tracing::warn!("what was left of an upload was not removed: {why}");
        }
    }
}

/// The kind of the error says enough; its path would only be noise.
pub fn fault(what: &str, why: &std::io::Error) -> Fault {
    Fault::new(format!("in the folder of files: {what}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_outside_its_folder_is_read_or_erased() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("files")).await.unwrap();
        let (key, kept) = (folder.path().join("recado.key"), folder.path().join("files/0badc0de"));
        std::fs::write(&key, "a secret").unwrap();
        std::fs::write(&kept, "a file").unwrap();

        for name in ["../recado.key", key.to_str().unwrap(), "arriving/../../recado.key", ""] {
            assert!(store.read(name).await.is_err(), "{name}");
            assert!(!store.erase(name).await, "{name}");
        }

        assert!(key.exists() && store.read("0badc0de").await.is_ok());
        assert!(store.erase("0badc0de").await && !kept.exists());
    }
}
