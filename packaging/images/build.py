#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""OCI images from the packages, without a daemon: build.py --packages FOLDER --out FOLDER [FAMILY...]

For each family of families.toml (all, where none is named) an oci-archive in images/ of the second folder, and its bills
of materials in sbom/. Needs mmdebstrap, and root or user namespaces. The same packages, ours and Debian's, give the same
bytes."""

import argparse
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib

import oci_archive

HERE = pathlib.Path(__file__).resolve().parent
# The server, and cex, without which nobody could make a key. What a webhook's or a job's certificate is held against.
# systemd itself would come for its sysusers alone.
BASE = ["systemd-standalone-sysusers", "ca-certificates"]
OUR_BASE = ["core", "server", "cli"]
SETTINGS = {
    "User": "10001:10001",
    "Entrypoint": ["/usr/bin/code-executord"],
    "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
            "CODE_EXECUTOR_DATA_DIR=/var/lib/code-executor", "CODE_EXECUTOR_SERVER_LISTEN=0.0.0.0:8080"],
    "ExposedPorts": {"8080/tcp": {}},
    "Volumes": {"/var/lib/code-executor": {}},
    "WorkingDir": "/",
    "StopSignal": "SIGTERM"}
SBOM_NEEDS = ("var/lib/dpkg/", "usr/share/doc/", "etc/os-release", "usr/lib/os-release")


def die(text):
    sys.exit(f"images: {text}")


def ask(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def our_package(folder, name):
    found = sorted(folder.glob(f"code-executor-{name}_*.deb"))
    if len(found) != 1:
        die(f"{folder} has {len(found)} packages code-executor-{name}, needed is one")
    return str(found[0].resolve())


def codename():
    lines = pathlib.Path("/etc/os-release").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["VERSION_CODENAME"].strip('"')


def sources():
    """Where apt here gets Debian from, and nothing else that it may know."""
    listed = ask("apt-get", "indextargets", "--format", "deb $(SITE) $(RELEASE) $(COMPONENT)",
                 "Identifier: Packages", "Origin: Debian", "Architecture: amd64")
    lines = sorted(set(listed.splitlines()))
    if not lines:
        die("apt here has no Debian to take packages from (apt-get update?)")
    return "\n".join(lines) + "\n"


def apt_settings():
    """How apt here reaches it: proxies and certificates."""
    wanted = ("acquire::http", "acquire::https", "acquire::retries")
    return "".join(f"{line}\n" for line in ask("apt-config", "dump").splitlines()
                   if line.lower().startswith(wanted) and not line.endswith(' "";'))


def make_root(family, packages, folder, stage, time):
    """The image's root as a tar. mmdebstrap shows packages to the new system where they are here: in /tmp, which it
    empties afterwards."""
    tar = folder / "root.tar"
    (folder / "sources.list").write_text(sources())
    (folder / "apt.conf").write_text(apt_settings())
    include = BASE + family.get("packages", [])
    for name in OUR_BASE + [f"plugin-{name}" for name in family["plugins"]]:
        include.append(shutil.copy(our_package(packages, name), stage))
    command = ["mmdebstrap", "--variant=essential", "--format=tar", "--quiet", "--skip=output/dev",
               "--keyring=/usr/share/keyrings/debian-archive-keyring.gpg",
               "--hook-dir=/usr/share/mmdebstrap/hooks/file-mirror-automount",
               f"--aptopt={folder / 'apt.conf'}", f"--dpkgopt={HERE / 'dpkg.cfg'}",
               # The folder for manual pages: a JDK's links to its own are made there whether or not there are any.
               "--essential-hook=mkdir -p \"$1/etc/sysusers.d\" \"$1/usr/share/man/man1\"",
               f"--essential-hook=upload {HERE / 'sysusers.conf'} /etc/sysusers.d/code-executor.conf",
               f"--customize-hook={HERE / 'finish.sh'} \"$1\"",
               *(f"--include={name}" for name in include),
               codename(), str(tar), str(folder / "sources.list")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if done.returncode != 0:
        die(f"mmdebstrap ended with {done.returncode}:\n{done.stdout[-4000:]}")
    # Without device nodes, which engines make; with the place for them, since a root that is read-only gets none later.
    with tarfile.open(tar, "a") as layer:
        place = tarfile.TarInfo("./dev")
        place.type, place.mode, place.mtime = tarfile.DIRTYPE, 0o755, time
        layer.addfile(place)
    return tar


def describe(name, version, digest, tar, folder, out):
    root = folder / "described"
    with tarfile.open(tar) as layer:
        for entry in layer:
            entry.name = entry.name.removeprefix("./")
            if entry.name.startswith(SBOM_NEEDS) and (entry.isdir() or entry.isfile() or entry.issym()):
                layer.extract(entry, root, set_attrs=False)
    subprocess.run([sys.executable, "-B", HERE.parent / "sbom/make_sbom.py", "--image", name, "--version", version,
                    "--digest", digest, "--root", root, "--out", out], check=True)


def build(title, family, options, time):
    name = f"code-executor-{title}"
    version = ask("dpkg-deb", "-f", our_package(options.packages, "server"), "Version").strip()
    created = datetime.datetime.fromtimestamp(time, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {"org.opencontainers.image.title": name, "org.opencontainers.image.version": version,
              "org.opencontainers.image.created": created,
              "org.opencontainers.image.description": f"Code Executor: {family['about']}"}
    with (tempfile.TemporaryDirectory(prefix="cex-image-") as temporary,
          tempfile.TemporaryDirectory(prefix="cex-image-", dir="/tmp") as stage):
        folder = pathlib.Path(temporary)
        for place in (temporary, stage):
            os.chmod(place, 0o755)
        tar = make_root(family, options.packages, folder, stage, time)
        path = options.out / "images" / f"{name}_{version}_amd64.oci.tar"
        digest = oci_archive.write(path, tar, {**SETTINGS, "Labels": labels}, name=f"localhost/{name}",
                                   tag=version.replace("~", "-").replace("+", "-"), created=created, time=time,
                                   annotations=labels)
        describe(name, version, digest, tar, folder, options.out / "sbom")
        print(f"{path.name}: {path.stat().st_size >> 20} MiB, unpacked {tar.stat().st_size >> 20} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--packages", type=pathlib.Path, required=True, help="where the .deb files are")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--families", type=pathlib.Path, default=HERE / "families.toml")
    parser.add_argument("family", nargs="*")
    options = parser.parse_args()
    families = tomllib.loads(options.families.read_text())
    for name in options.family:
        if name not in families:
            die(f"no family {name}; there are: {', '.join(families)}")
    time = os.environ.get("SOURCE_DATE_EPOCH") or die("SOURCE_DATE_EPOCH must say of when the images are")
    for folder in ("images", "sbom"):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    for name in options.family or families:
        build(name, families[name], options, int(time))


if __name__ == "__main__":
    main()
