# SPDX-License-Identifier: Apache-2.0
"""What dpkg knows of a Debian: its packages, what they need, and under which licences they are."""

import functools
import pathlib
import re
import subprocess

# Debian's short names that are not SPDX's own.
SPDX_NAMES = {"Expat": "MIT", "BSL-1": "BSL-1.0", "BSL-1.0": "BSL-1.0", "GPL-2+": "GPL-2.0-or-later",
              "GPL-3+": "GPL-3.0-or-later", "GPL-2": "GPL-2.0-only", "GPL-3": "GPL-3.0-only",
              "LGPL-2.1+": "LGPL-2.1-or-later", "LGPL-2.1": "LGPL-2.1-only", "LGPL-2+": "LGPL-2.0-or-later",
              "LGPL-3+": "LGPL-3.0-or-later", "Apache-2": "Apache-2.0", "Apache-2.0": "Apache-2.0",
              "BSD-3-clause": "BSD-3-Clause", "BSD-2-clause": "BSD-2-Clause", "MIT": "MIT",
              "curl": "curl", "Zlib": "Zlib", "public-domain": None}
# Packages whose copyright file no machine can read.
BY_HAND = {
    **dict.fromkeys(["gcc-12-base", "libgcc-s1", "libstdc++6"], "GPL-3.0-or-later WITH GCC-exception-3.1"),
    **dict.fromkeys(["libc6", "libcrypt1", "libgcrypt20", "librtmp1", "libtasn1-6"], "LGPL-2.1-or-later"),
    **dict.fromkeys(["libgssapi-krb5-2", "libk5crypto3", "libkrb5-3", "libkrb5support0"], "MIT"),
    **dict.fromkeys(["libhiredis0.14", "libpcre3", "libssh2-1"], "BSD-3-Clause"),
    "libc-ares2": "MIT", "libselinux1": "libselinux-1.0", "libsqlite3-0": "blessing", "libssl3": "Apache-2.0"}
OURS = "Apache-2.0"


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def is_ours(name):
    return name == "code-executor" or name.startswith("code-executor-")


def names_in(provides):
    return re.findall(r"([a-z0-9][a-z0-9+.-]*)(?: \([^)]*\))?", provides)


def clauses(fields):
    """Names that may stand for each dependency, the preferred one first."""
    for name in ("Pre-Depends", "Depends"):
        for clause in filter(None, (part.strip() for part in fields.get(name, "").split(","))):
            yield [re.match(r"\s*([a-z0-9][a-z0-9+.-]*)", alternative).group(1) for alternative in clause.split("|")]


class System:
    """The packages of the Debian below `root`: this machine's, or those of a tree that was unpacked."""

    def __init__(self, root="/"):
        self._root = pathlib.Path(root)

    @functools.cached_property
    def packages(self):
        """{name: package} of all that is installed."""
        form = "\t".join(f"${{{field}}}" for field in
                         ("db:Status-Status", "Package", "Version", "Architecture", "Pre-Depends", "Depends",
                          "Provides")) + "\n"
        found = {}
        for line in run("dpkg-query", f"--admindir={self._root}/var/lib/dpkg", "-W", "-f", form).splitlines():
            state, package, version, architecture, before, needs, provides = line.split("\t")
            if state == "installed":
                found[package] = {"name": package, "version": version, "arch": architecture,
                                  "fields": {"Pre-Depends": before, "Depends": needs, "Provides": provides}}
        return dict(sorted(found.items()))

    @functools.cached_property
    def _providers(self):
        """Virtual names, and the installed package that stands for each."""
        found = {}
        for package in self.packages.values():
            for name in names_in(package["fields"]["Provides"]):
                found.setdefault(name, package)
        return found

    def find(self, name):
        """An installed package, or one that provides the name, or None."""
        return self.packages.get(name) or self._providers.get(name)

    @functools.lru_cache(maxsize=None)
    def licence_of(self, name):
        """An SPDX expression, or None where no machine can tell."""
        if is_ours(name):
            return OURS
        if name in BY_HAND:
            return BY_HAND[name]
        path = self._root / "usr/share/doc" / name / "copyright"
        found = set()
        if path.exists():
            for short in re.findall(r"^License:\s*(\S+)", path.read_text(errors="replace"), re.MULTILINE):
                known = SPDX_NAMES.get(short)
                if known:
                    found.add(known)
        return " AND ".join(sorted(found)) or None

    @functools.cached_property
    def distribution(self):
        """(id, version) of the system, such as ("debian", "12")."""
        lines = (self._root / "etc/os-release").read_text().splitlines()
        release = dict(line.split("=", 1) for line in lines if "=" in line)
        return release["ID"].strip('"'), release.get("VERSION_ID", "").strip('"')
