//! Writes a fixed manifest so that an interruption leaves the old bytes or the new ones, never half of them.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

/// Replaces a file's content through a temporary file in the same folder. A link stays a link: its target is written.
/// Permissions stay as they are.
pub(super) fn replace(path: &Path, content: &str) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let metadata = fs::File::open(&target)?.metadata()?;
    let permissions = metadata.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is write-protected"));
    }
    let mut temporary = tempfile::Builder::new().prefix(".spinlint.").suffix(".tmp").tempfile_in(folder)?;
    temporary.write_all(content.as_bytes())?;
    // Who may not give a file away becomes its owner, as with any editor.
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let _ = fchown(temporary.as_file(), None, Some(metadata.gid()));
        let _ = fchown(temporary.as_file(), Some(metadata.uid()), None);
    }
    temporary.as_file().set_permissions(permissions)?;
    temporary.as_file().sync_all()?;
    temporary.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file of JSON with a key of this name, or replaces such a one that is there, in the same way. Any other file is left alone: its name
/// was typed by mistake. What is no file, such as a pipe or a device, is written to.
pub(super) fn create(path: &Path, content: &str, key: &str) -> io::Result<()> {
    match fs::OpenOptions::new().write(true).open(path) {
        Ok(mut known) if !known.metadata()?.is_file() => return known.write_all(content.as_bytes()),
        Ok(_) => {
            let mut old = String::new();
            let is_text = fs::File::open(path)?.read_to_string(&mut old).is_ok();
            let is_own = || serde_json::from_str::<serde_json::Value>(&old).is_ok_and(|old| old.get(key).is_some());
            if !is_text || (!old.is_empty() && !is_own()) {
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is another file, which would be lost"));
            }
        }
        // The new file has the permissions that any other would get.
        Err(error) if error.kind() == io::ErrorKind::NotFound => drop(fs::File::create_new(path)?),
        Err(error) => return Err(error),
    }
    replace(path, content)
}
