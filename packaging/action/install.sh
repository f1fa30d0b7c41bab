#!/usr/bin/env bash
# Puts a release of spinlint on the PATH of the job, after its checksum has been compared.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
version=${SPINLINT_VERSION:-$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml" | head -1)}
version=${version#v}
case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) target=x86_64-unknown-linux-gnu ;;
    Linux-ARM64) target=aarch64-unknown-linux-gnu ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) echo "::error::there is no spinlint for $RUNNER_OS on $RUNNER_ARCH" && exit 2 ;;
esac
url=${SPINLINT_RELEASES:-https://github.com/spinlint/spinlint/releases/download}/v$version
name=spinlint-$version-$target
folder=$RUNNER_TEMP/spinlint
mkdir -p "$folder" && cd "$folder"
curl --fail --silent --show-error --location --retry 3 --remote-name "$url/$name.tar.gz" --remote-name "$url/SHA256SUMS" ||
    { echo "::error::cannot download $url/$name.tar.gz" && exit 2; }
# Neither sum program is everywhere.
sum=$( (sha256sum "$name.tar.gz" 2>/dev/null || shasum -a 256 "$name.tar.gz") | cut -d ' ' -f 1)
grep -qF "$sum  $name.tar.gz" SHA256SUMS || { echo "::error::$name.tar.gz is not the file whose checksum was published" && exit 2; }
tar -xzf "$name.tar.gz"
echo "$folder/$name" >> "$GITHUB_PATH"
