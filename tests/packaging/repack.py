# SPDX-License-Identifier: Apache-2.0
"""Another version of a package, as its next release would be: repack.py VERSION DEB...

Called as a program it prints the paths of the new packages, which lie in the folder repacked/."""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PLUGIN = "usr/share/code-executor/plugins/*/plugin.json"


def _write_checksums(tree):
    conffiles = tree / "DEBIAN/conffiles"
    left_out = {line.strip().lstrip("/") for line in conffiles.read_text().splitlines()} if conffiles.exists() else set()
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink() and
                   "DEBIAN" not in path.parts and str(path.relative_to(tree)) not in left_out)
    (tree / "DEBIAN/md5sums").write_text("".join(
        f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}\n" for path in files))


def _field(deb, name):
    return subprocess.run(["dpkg-deb", "-f", deb, name], check=True, capture_output=True, text=True).stdout.strip()


def repack(deb, version, abi=None, change=lambda tree: None):
    """The path of a new package in the folder repacked/, with `version` in its control file and, of a declarative plugin,
    in its manifest. Packages that need each other in one version still do. With `abi` it needs that major version of
    the plugin ABI; `change` may do more to its files."""
    old = _field(deb, "Version")
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder, "tree")
        subprocess.run(["dpkg-deb", "--raw-extract", deb, tree], check=True)
        control = tree / "DEBIAN/control"
        text = re.sub(r"(?m)^Version: .*", f"Version: {version}", control.read_text())
        text = re.sub(rf"(code-executor-(?:core|server|cli)) \(= {re.escape(old)}\)", rf"\1 (= {version})", text)
        if abi:
            text = re.sub(r"code-executor-plugin-abi-\d+ \(>= \d+", f"code-executor-plugin-abi-{abi} (>= {abi}", text)
        control.write_text(text)
        for manifest in tree.glob(PLUGIN):
            content = json.loads(manifest.read_text())
            content["version"] = version
            manifest.write_text(json.dumps(content, indent=2) + "\n")
        change(tree)
        _write_checksums(tree)
        name, architecture = _field(deb, "Package"), _field(deb, "Architecture")
        path = pathlib.Path("repacked", f"{name}_{version}_{architecture}.deb").absolute()
        path.parent.mkdir(exist_ok=True)
        # Quickly: it is unpacked once.
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, path], check=True,
                       stdout=subprocess.DEVNULL)
        return str(path)


if __name__ == "__main__":
    for package in sys.argv[2:]:
        print(repack(package, sys.argv[1]))
