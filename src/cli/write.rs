//! Writes a fixed manifest so that an interruption leaves the old bytes or the new ones, never half of them.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file's content through a temporary file in the same folder. A link stays a link: its target is written.
/// Permissions stay as they are.
pub(super) fn replace(path: &Path, content: &str) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let permissions = fs::File::open(&target)?.metadata()?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is write-protected"));
    }
    let mut temporary = tempfile::Builder::new().prefix(".spinlint.").suffix(".tmp").tempfile_in(folder)?;
    temporary.write_all(content.as_bytes())?;
    temporary.as_file().set_permissions(permissions)?;
    temporary.as_file().sync_all()?;
    temporary.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file, or replaces the one that is there, in the same way.
pub(super) fn create(path: &Path, content: &str) -> io::Result<()> {
    // The new file has the permissions that any other would get.
    if let Err(error) = fs::File::create_new(path)
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        return Err(error);
    }
    replace(path, content)
}
