# SPDX-License-Identifier: Apache-2.0
"""Another version of a declarative plugin's package, as its next release would be."""

import hashlib
import json
import pathlib
import re
import subprocess
import tempfile


def _write_checksums(tree):
    files = sorted(path for path in tree.rglob("*") if path.is_file() and "DEBIAN" not in path.parts)
    (tree / "DEBIAN/md5sums").write_text("".join(
        f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}\n" for path in files))


def repack(deb, version, abi=None):
    """The path of a new package in the folder repacked/, with `version` in its control file and its manifest; with `abi` one
    that needs that major version of the plugin ABI."""
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder, "tree")
        subprocess.run(["dpkg-deb", "--raw-extract", deb, tree], check=True)
        control = tree / "DEBIAN/control"
        text = re.sub(r"(?m)^Version: .*", f"Version: {version}", control.read_text())
        if abi:
            text = re.sub(r"code-executor-plugin-abi-\d+ \(>= \d+", f"code-executor-plugin-abi-{abi} (>= {abi}", text)
        control.write_text(text)
        manifest, = tree.glob("usr/share/code-executor/plugins/*/plugin.json")
        content = json.loads(manifest.read_text())
        content["version"] = version
        manifest.write_text(json.dumps(content, indent=2) + "\n")
        _write_checksums(tree)
        path = pathlib.Path("repacked", f"{pathlib.Path(deb).name.split('_')[0]}_{version}_all.deb").absolute()
        path.parent.mkdir(exist_ok=True)
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, path], check=True, stdout=subprocess.DEVNULL)
        return str(path)
