#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Completes debian/ in an unpacked source tree: complete.py TREE

One package for each folder below plugins/, so that adding a language is adding a folder: control gets its
paragraph, and beside it come its list of files and its version, which is the manifest's own.
"""

import json
import pathlib
import re
import subprocess
import sys
import textwrap

# Tools of ./dev that are named in control.in for what they are there, or come with debhelper.
NOT_LIBRARIES = {"cmake", "ninja-build", "g++", "pkg-config", "libboost-dev"}
PREFIX = "code-executor-plugin-"


def build_depends(tree):
    listed = re.search(r"BUILD_PACKAGES=\((.*?)\)", (tree / "dev").read_text(), re.DOTALL)
    return sorted(set(listed.group(1).split()) - NOT_LIBRARIES)


def is_essential(package):
    """Part of every Debian (bash, sed): policy forbids to depend on it."""
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Essential}", package], capture_output=True, text=True)
    return asked.stdout == "yes"


def packages_in(path):
    return [name for name in path.read_text().split() if not is_essential(name)]


def toolchains(folder):
    """The packages that all languages of the plugin need; none where Debian has no toolchain."""
    path = folder / "packages.debian"
    return packages_in(path) if path.exists() else []


def suggested(folder):
    """What one language of several needs besides: packages.LANGUAGE.debian."""
    return sorted({name for path in folder.glob("packages.*.debian") for name in packages_in(path)})


def paragraph(folder, manifest):
    native = manifest["kind"] == "native"
    names = [language["name"] if isinstance(language, dict) else language
             for language in manifest["languages"]]
    # A declarative plugin has no ABI of its own; what reads it came with the first.
    abi = manifest.get("abi", {"major": 1, "minor": 0})
    needs = [f"code-executor-plugin-abi-{abi['major']} (>= {abi['major']}.{abi['minor']})"]
    needs += toolchains(folder)
    needs += ["${misc:Depends}"] + (["${shlibs:Depends}"] if native else [])
    what = manifest.get("description", ", ".join(names))
    about = textwrap.wrap(f"{what}. A running server offers the language once this package is there, "
                          "and no longer once it is gone; no restart is needed.", 78)
    suggests = suggested(folder)
    return "\n".join([
        f"Package: {PREFIX}{folder.name}",
        f"Architecture: {'amd64' if native else 'all'}",
        "Depends: " + ",\n         ".join(needs),
        *(["Suggests: " + ", ".join(suggests)] if suggests else []),
        "Enhances: code-executor-server, code-executor-cli",
        f"Description: {textwrap.shorten(', '.join(names), 50)} for Code Executor",
        *(f" {line}" for line in about)])


def main():
    tree = pathlib.Path(sys.argv[1])
    debian = tree / "debian"
    control = (debian / "control.in").read_text().replace(
        "@BUILD_DEPENDS@", ",\n               ".join(build_depends(tree)) + ",")
    versions = {}
    for path in sorted((tree / "plugins").glob("*/plugin.json")):
        manifest, folder = json.loads(path.read_text()), path.parent
        native = manifest["kind"] == "native"
        control += "\n" + paragraph(folder, manifest) + "\n"
        place = "usr/lib/*" if native else "usr/share"
        (debian / f"{PREFIX}{folder.name}.install").write_text(
            f"{place}/code-executor/plugins/{folder.name}\n")
        versions.setdefault(manifest["version"], []).append(f"{PREFIX}{folder.name}")
    (debian / "control").write_text(control)
    (debian / "plugin-versions").write_text(
        "".join(f"{version} {' '.join(packages)}\n" for version, packages in sorted(versions.items())))
    (debian / "control.in").unlink()


if __name__ == "__main__":
    main()
