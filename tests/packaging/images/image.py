#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is in an image, read with other people's tools: image.py ARCHIVE SBOM BUNDLE

BUNDLE gets the unpacked image, as a container runtime takes it, but for its configuration, which is unpacked.json."""

import json
import pathlib
import stat
import subprocess
import sys
import tempfile

from container import check

NAMES = "org.opencontainers.image."


def ask(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def is_described(archive):
    """The name by which it is found in its archive."""
    config = json.loads(ask("skopeo", "inspect", "--config", f"oci-archive:{archive}"))
    settings = config["config"]
    check(config["os"] == "linux" and config["architecture"] == "amd64", "it is for this machine")
    check(settings["User"] == "10001:10001", f"not root: {settings['User']}")
    check(settings["Entrypoint"] == ["/usr/bin/code-executord"], "it starts the server")
    check(list(settings["Volumes"]) == ["/var/lib/code-executor"], "data lies on a volume")
    manifest = json.loads(ask("skopeo", "inspect", "--raw", f"oci-archive:{archive}"))
    check(len(manifest["layers"]) == 1, "one layer")
    check(manifest["annotations"][f"{NAMES}title"] == settings["Labels"][f"{NAMES}title"], "it says what it is")
    return settings["Labels"][f"{NAMES}version"]


def unpack(archive, bundle):
    with tempfile.TemporaryDirectory() as folder:
        # Skopeo holds each blob against its digest while it copies.
        ask("skopeo", "copy", "--quiet", f"oci-archive:{archive}", f"oci:{folder}/layout:image")
        ask("umoci", "unpack", "--image", f"{folder}/layout:image", str(bundle))
    bundle.chmod(0o755)  # a way in for the container's user, who is a plain one
    (bundle / "config.json").rename(bundle / "unpacked.json")


def is_tidy(root):
    packages = ask("dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "-f",
                   "${db:Status-Abbrev} ${Package}\n").splitlines()
    check(all(line.startswith("ii ") for line in packages), f"all packages are configured: {packages}")
    names = {line.split()[1] for line in packages}
    check({"code-executor-server", "code-executor-cli"} <= names, "the server and its command are in it")
    without = sorted(name for name in names if not (root / "usr/share/doc" / name / "copyright").exists())
    check(not without, f"each package has its copyright file: {without}")
    check(not any((root / place).exists() for place in ("usr/share/man/man1", "usr/bin/apt", "etc/apt/sources.list")),
          "neither manual pages nor apt, nor where packages came from")
    found = [path for path in root.rglob("*")
             if not path.is_symlink() and path.is_file() and path.stat().st_mode & (stat.S_ISUID | stat.S_ISGID)]
    check(not found, f"nothing gains rights by being started: {found}")
    return names


def is_listed(sbom, names):
    listed = {part["name"] for part in json.loads(sbom.read_text())["components"] if part["type"] == "library"}
    check(listed == names, f"the bill of materials lists what is installed: {listed ^ names}")


def main():
    archive, sbom, bundle = map(pathlib.Path, sys.argv[1:4])
    version = is_described(archive)
    unpack(archive, bundle)
    names = is_tidy(bundle / "rootfs")
    is_listed(sbom, names)
    print(f"version {version}, {len(names)} packages, {archive.stat().st_size >> 20} MiB")


if __name__ == "__main__":
    main()
