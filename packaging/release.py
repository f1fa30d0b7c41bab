#!/usr/bin/env python3
"""Makes what a release consists of.

    packaging/release.py build [--target TRIPLE] [--binary FILE] [--only KINDS] DIR
    packaging/release.py join [--url URL] DIR

`build` writes the files of one platform: an archive with completions and manual pages, the Spin plugin's package, the wheel (by maturin)
and the npm package that carries the binary. `join` is run once for the files of all platforms, collected in one folder: it writes the
plugin's manifest, the npm package that finds its platform's, and SHA256SUMS. Needs Python 3.11; equal binaries make equal archives.
"""

import argparse
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
VERSION = PACKAGE["version"]
LICENSES = ["LICENSE-APACHE", "LICENSE-MIT"]

# How Spin's plugins and npm call each platform.
PLATFORMS = {
    "x86_64-unknown-linux-gnu": {"spin": ("linux", "amd64"), "npm": ("linux", "x64")},
    "aarch64-unknown-linux-gnu": {"spin": ("linux", "aarch64"), "npm": ("linux", "arm64")},
    "x86_64-apple-darwin": {"spin": ("macos", "amd64"), "npm": ("darwin", "x64")},
    "aarch64-apple-darwin": {"spin": ("macos", "aarch64"), "npm": ("darwin", "arm64")},
    "x86_64-pc-windows-msvc": {"spin": ("windows", "amd64"), "npm": ("win32", "x64")},
}


def host():
    lines = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout.splitlines()
    return next(line.removeprefix("host: ") for line in lines if line.startswith("host: "))


def archive(path, files):
    """Writes a .tar.gz of (name, bytes, mode), the same for the same files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content, mode in files:
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), mode
            tar.addfile(info, io.BytesIO(content))
    with open(path, "wb") as out, gzip.GzipFile("", "wb", mtime=0, fileobj=out) as compressed:
        compressed.write(raw.getvalue())


def suffix(target):
    return ".exe" if "windows" in target else ""


def license_text():
    return b"\n".join((ROOT / name).read_bytes() for name in LICENSES)


def make_archive(target, binary, folder):
    name = f"spinlint-{VERSION}-{target}"
    files = [(f"{name}/spinlint{suffix(target)}", binary.read_bytes(), 0o755)]
    files += [(f"{name}/{file}", (ROOT / file).read_bytes(), 0o644) for file in ["README.md", "CHANGELOG.md", *LICENSES]]
    # What the program says of itself can only be asked where it runs.
    if target == host():
        for shell, file in {"bash": "spinlint.bash", "zsh": "_spinlint", "fish": "spinlint.fish"}.items():
            script = subprocess.run([binary, "completions", shell], capture_output=True, check=True).stdout
            files.append((f"{name}/completions/{file}", script, 0o644))
        with tempfile.TemporaryDirectory() as pages:
            subprocess.run([binary, "man", "--all", pages], check=True)
            files += [(f"{name}/man/{page.name}", page.read_bytes(), 0o644) for page in sorted(Path(pages).iterdir())]
    archive(folder / f"{name}.tar.gz", files)


def plugin_package(target):
    return f"lint-{VERSION}-{'-'.join(PLATFORMS[target]['spin'])}.tar.gz"


def make_plugin(target, binary, folder):
    # Spin runs the executable that has the plugin's name.
    files = [(f"lint{suffix(target)}", binary.read_bytes(), 0o755), ("lint.license", license_text(), 0o644)]
    archive(folder / plugin_package(target), files)


def make_wheel(target, _, folder):
    command = ["maturin", "build", "--release", "--locked", "--target", target, "--target-dir", ROOT / "target", "--out", folder.resolve()]
    # The host's own build is where cargo has it without a name for its target.
    if target == host():
        command = [word for word in command if word not in ("--target", target)]
    subprocess.run(command, cwd=ROOT / "packaging/pypi", check=True, stdout=sys.stderr)


def npm_name(target):
    return f"@spinlint/{'-'.join(PLATFORMS[target]['npm'])}"


def npm_pack(package, files, folder):
    """Packs as `npm pack` does, whose archives have everything below `package`."""
    about = {"version": VERSION, "license": PACKAGE["license"], "repository": PACKAGE["repository"], "description": PACKAGE["description"]}
    content = [("package/package.json", (json.dumps({**package, **about}, indent=2) + "\n").encode(), 0o644)]
    content += [(f"package/{name}", bytes_, mode) for name, bytes_, mode in files]
    content += [(f"package/{name}", (ROOT / name).read_bytes(), 0o644) for name in ["README.md", *LICENSES]]
    name = package["name"].removeprefix("@").replace("/", "-")
    archive(folder / f"{name}-{VERSION}.tgz", content)


def make_npm(target, binary, folder):
    system, cpu = PLATFORMS[target]["npm"]
    package = {"name": npm_name(target), "os": [system], "cpu": [cpu]}
    if system == "linux":
        package["libc"] = ["glibc"]
    npm_pack(package, [(f"bin/spinlint{suffix(target)}", binary.read_bytes(), 0o755)], folder)


# The wheel comes first: its build is the one that the other packages carry.
MAKERS = {"wheel": make_wheel, "archive": make_archive, "plugin": make_plugin, "npm": make_npm}


def build(arguments):
    target = arguments.target or host()
    if target not in PLATFORMS:
        sys.exit(f"release.py: there is no platform {target}; there are {', '.join(PLATFORMS)}")
    binary = arguments.binary or ROOT / "target" / ("" if target == host() else target) / "release" / f"spinlint{suffix(target)}"
    if not binary.is_file():
        sys.exit(f"release.py: {binary} is not built: `cargo build --release --locked` makes it")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for kind in arguments.only:
        MAKERS[kind](target, binary, arguments.folder)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def join(arguments):
    folder = arguments.folder
    url = (arguments.url or f"{PACKAGE['repository']}/releases/download/v{VERSION}").rstrip("/")
    present = {target: folder / plugin_package(target) for target in PLATFORMS if (folder / plugin_package(target)).is_file()}
    if present:
        packages = [
            {"os": PLATFORMS[target]["spin"][0], "arch": PLATFORMS[target]["spin"][1], "url": f"{url}/{path.name}", "sha256": digest(path)}
            for target, path in present.items()
        ]
        plugin = {
            "name": "lint",
            "description": PACKAGE["description"],
            "homepage": PACKAGE["repository"],
            "version": VERSION,
            "spinCompatibility": ">=2.0",
            "license": PACKAGE["license"],
            "packages": packages,
        }
        (folder / "lint.json").write_text(json.dumps(plugin, indent=2) + "\n")
    carriers = [target for target in PLATFORMS if (folder / f"{npm_name(target)[1:].replace('/', '-')}-{VERSION}.tgz").is_file()]
    if carriers:
        package = {
            "name": "spinlint",
            "bin": {"spinlint": "bin/spinlint.js"},
            "optionalDependencies": {npm_name(target): VERSION for target in carriers},
            "engines": {"node": ">=18"},
        }
        npm_pack(package, [("bin/spinlint.js", (ROOT / "packaging/npm/spinlint.js").read_bytes(), 0o755)], folder)
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    (folder / "SHA256SUMS").write_text("".join(f"{digest(path)}  {path.name}\n" for path in files))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    builder = commands.add_parser("build", help="make the files of one platform")
    builder.add_argument("--target", help="the platform; this machine's if absent")
    builder.add_argument("--binary", type=Path, help="the program; the one in `target` if absent")
    builder.add_argument("--only", type=lambda text: text.split(","), default=list(MAKERS), help=", ".join(MAKERS))
    builder.add_argument("folder", type=Path)
    builder.set_defaults(run=build)
    joiner = commands.add_parser("join", help="make what names the files of all platforms")
    joiner.add_argument("--url", help="where the files will be")
    joiner.add_argument("folder", type=Path)
    joiner.set_defaults(run=join)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
