//! Compiled components, kept for the next run.
//!
//! What is kept is native code, which is run without being looked at: so it lies in a folder that only the user can write to, never in the
//! app's, and a folder that others can write to is not used.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::facts::trace::digest;

/// How much is kept at most, in bytes. The oldest goes first.
const LARGEST: u64 = 1 << 30;

/// A folder with compiled components.
#[derive(Clone, Debug)]
pub struct Cache(PathBuf);

/// What compiled code is for: this Wasm, this engine, this machine.
pub(super) struct Key(String);

impl Key {
    /// The key of the Wasm with a digest.
    pub(super) fn of(engine: &Engine, wasm: &str) -> Key {
        // wasmtime's own word for what code may run where: its version, the compiler and its settings.
        let mut known = Known(Vec::new());
        engine.precompile_compatibility_hash().hash(&mut known);
        known.write(wasm.as_bytes());
        Key(digest(&known.0))
    }
}

/// A hasher that takes everything in, and never tells a short number.
struct Known(Vec<u8>);

impl Hasher for Known {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

impl Cache {
    /// Uses a folder, and makes it if it is not there. The error says why it cannot be used.
    pub fn open(folder: &Path) -> Result<Cache, String> {
        let failed = |error: std::io::Error| format!("the cache {} cannot be used: {error}", folder.display());
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
            if !is_private(folder).map_err(failed)? {
                return Err(format!("the cache {} is not used: others may write to it, and it holds native code", folder.display()));
            }
        }
        #[cfg(not(unix))]
        std::fs::create_dir_all(folder).map_err(failed)?;
        Ok(Cache(folder.to_path_buf()))
    }

    /// The folder of the user; none where it is not known.
    pub fn folder_of_user() -> Option<PathBuf> {
        let path = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let base = match std::env::consts::OS {
            "macos" => path("HOME").map(|home| home.join("Library/Caches")),
            "windows" => path("LOCALAPPDATA"),
            _ => path("XDG_CACHE_HOME").filter(|path| path.is_absolute()).or_else(|| path("HOME").map(|home| home.join(".cache"))),
        };
        base.map(|base| base.join("spinlint"))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    #[expect(unsafe_code, reason = "wasmtime runs what is in the file; only this user can write to the folder, and has written it there")]
    pub(super) fn load(&self, engine: &Engine, key: &Key) -> Option<Component> {
        let path = self.path(key);
        if !path.is_file() {
            return None;
        }
        // SAFETY: the file is in a folder that is the user's alone, and was put there whole by `keep`.
        match unsafe { Component::deserialize_file(engine, &path) } {
            Ok(component) => Some(component),
            Err(_) => {
                // Something that another version has left. If it cannot be removed it is only not used.
                let _ = std::fs::remove_file(&path);
                None
            }
        }
    }

    /// Keeps code. What cannot be kept is compiled anew the next time.
    pub(super) fn keep(&self, key: &Key, code: &[u8]) {
        let write = || {
            let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.0)?;
            std::io::Write::write_all(&mut file, code)?;
            file.persist(self.path(key)).map_err(|error| error.error)
        };
        if write().is_ok() {
            self.tidy();
        }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.0.join(&key.0).with_extension("cwasm")
    }

    /// Removes the oldest code when there is too much.
    fn tidy(&self) {
        let entries = ignore::WalkBuilder::new(&self.0).max_depth(Some(1)).standard_filters(false).build().flatten();
        let mut files: Vec<_> = entries
            .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "cwasm"))
            .filter_map(|entry| entry.metadata().ok().map(|metadata| (metadata.modified().ok(), metadata.len(), entry.into_path())))
            .collect();
        files.sort();
        let mut size: u64 = files.iter().map(|(_, size, _)| size).sum();
        for (_, length, path) in files {
            if size <= LARGEST {
                break;
            }
            if std::fs::remove_file(path).is_ok() {
                size -= length;
            }
        }
    }
}

/// Whether nobody else may write to a folder.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "the mode of a folder is nothing that a check reads")]
fn is_private(folder: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(folder)?;
    Ok(metadata.mode() & 0o022 == 0 && metadata.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_that_others_can_write_to_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("deep/spinlint");
        assert!(Cache::open(&own).is_ok() && is_private(&own).unwrap());
        std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Cache::open(&own).unwrap_err().contains("others may write to it"));
    }

    #[test]
    fn broken_code_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        let engine = Engine::default();
        let key = Key::of(&engine, "digest");
        cache.keep(&key, b"no code");
        assert!(cache.path(&key).is_file() && cache.load(&engine, &key).is_none() && !cache.path(&key).is_file());
    }
}
