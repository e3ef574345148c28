#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bills of materials: make_sbom.py DEB... --out FOLDER

For each package a CycloneDX 1.6 and an SPDX 2.3 document that name the package, its hash, and all that it needs
at run time, down to the last library, in the versions that are installed here: those that it was built against.
What is not installed here (compilers of other languages) is named without a version. The same packages on the
same machine give the same bytes: the time is SOURCE_DATE_EPOCH, the serial number a hash of the content.

Exit status 1 if the licence of something that the server needs is unknown: BY_HAND wants a line then.
"""

import argparse
import datetime
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse
import uuid

LICENCE = "Apache-2.0"
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


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@functools.lru_cache(maxsize=None)
def installed(name):
    """An installed package, or one that provides the name, or None."""
    form = "${Package}\t${Version}\t${Architecture}\t${db:Status-Status}\t${Pre-Depends}\t${Depends}\n"
    asked = subprocess.run(["dpkg-query", "-W", "-f", form, name], capture_output=True, text=True)
    for line in asked.stdout.splitlines():
        package, version, architecture, state, before, needs = line.split("\t")
        if state == "installed":
            return {"name": package, "version": version, "arch": architecture, "ours": False,
                    "fields": {"Pre-Depends": before, "Depends": needs}}
    provider = providers().get(name)
    return installed(provider) if provider else None


@functools.lru_cache(maxsize=None)
def providers():
    """Virtual names, and the installed package that stands for each."""
    found = {}
    for line in run("dpkg-query", "-W", "-f", "${db:Status-Status}\t${Package}\t${Provides}\n").splitlines():
        state, package, provided = line.split("\t")
        if state == "installed":
            for name in re.findall(r"([a-z0-9][a-z0-9+.-]*)(?: \([^)]*\))?", provided):
                found.setdefault(name, package)
    return found


def licence_of(name):
    if name in BY_HAND:
        return BY_HAND[name]
    path = pathlib.Path("/usr/share/doc", name, "copyright")
    found = set()
    if path.exists():
        for short in re.findall(r"^License:\s*(\S+)", path.read_text(errors="replace"), re.MULTILINE):
            known = SPDX_NAMES.get(short)
            if known:
                found.add(known)
    return " AND ".join(sorted(found)) or None


def fields_of(deb):
    """Fields of a control file, each on one line."""
    text = run("dpkg-deb", "-f", str(deb), "Package", "Version", "Architecture", "Pre-Depends", "Depends", "Provides")
    return dict(line.partition(": ")[::2] for line in re.sub(r"\n +", " ", text).splitlines())


def clauses(fields):
    """Names that may stand for each dependency, the preferred one first."""
    for name in ("Pre-Depends", "Depends"):
        for clause in filter(None, (part.strip() for part in fields.get(name, "").split(","))):
            yield [re.match(r"\s*([a-z0-9][a-z0-9+.-]*)", alternative).group(1) for alternative in clause.split("|")]


class World:
    """What names of packages mean: those that were built, else those that are installed."""

    def __init__(self, built):
        self._built = {fields["Package"]: {"name": fields["Package"], "version": fields["Version"],
                                           "arch": fields["Architecture"], "ours": True, "fields": fields}
                       for fields in built}
        for package in list(self._built.values()):
            for provided in re.findall(r"([a-z0-9][a-z0-9+.-]*)(?: \([^)]*\))?", package["fields"].get("Provides", "")):
                self._built.setdefault(provided, package)

    def find(self, name):
        return self._built.get(name) or installed(name)

    def closure(self, root):
        """All packages that `root` needs, and which of them needs which: ({name: package}, {name: [name]})."""
        packages, edges, waiting = {}, {}, [root]
        while waiting:
            package = waiting.pop()
            found = []
            for names in clauses(package["fields"]):
                needed = next(filter(None, map(self.find, names)), None)
                needed = needed or {"name": names[0], "version": None, "arch": None, "ours": False, "fields": {}}
                found.append(needed["name"])
                if needed["name"] not in packages and needed["name"] != root["name"]:
                    packages[needed["name"]] = needed
                    waiting.append(needed)
            edges[package["name"]] = sorted(set(found) - {package["name"]})
        return dict(sorted(packages.items())), edges


@functools.lru_cache(maxsize=None)
def distribution():
    """(id, version) of the system here, such as ("debian", "12")."""
    release = dict(line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return release["ID"].strip('"'), release.get("VERSION_ID", "").strip('"')


def purl(package):
    name, version = distribution()
    quote = functools.partial(urllib.parse.quote, safe="")
    made = f"pkg:deb/{'code-executor' if package['ours'] else name}/{quote(package['name'])}"
    if package["version"]:
        made += f"@{quote(package['version'])}?arch={package['arch']}&distro={name}-{version}"
    return made


def timestamp():
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def licence(package):
    return LICENCE if package["ours"] else licence_of(package["name"])


def cyclonedx(root, digest, packages, edges):
    def component(kind, package):
        made = {"type": kind, "bom-ref": purl(package), "name": package["name"], "purl": purl(package)}
        if package["version"]:
            made["version"] = package["version"]
        known = licence(package)
        if known:
            made["licenses"] = [{"expression": known}] if " " in known else [{"license": {"id": known}}]
        return made

    everything = {root["name"]: root, **packages}
    main = component("application", root)
    main["hashes"] = [{"alg": "SHA-256", "content": digest}]
    name, version = distribution()
    # Scanners take the system whose advisories they read from this component.
    system = {"type": "operating-system", "bom-ref": f"{name}-{version}", "name": name, "version": version}
    whole = all(package["version"] for package in packages.values())
    return {"bomFormat": "CycloneDX", "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}", "version": 1,
            "metadata": {"timestamp": timestamp(), "component": main},
            "components": [system, *(component("library", package) for package in packages.values())],
            "dependencies": [{"ref": purl(everything[name]), "dependsOn": [purl(everything[n]) for n in needs]}
                             for name, needs in sorted(edges.items())],
            "compositions": [{"aggregate": "complete" if whole else "incomplete",
                              "dependencies": [main["bom-ref"]]}]}


def spdx(root, digest, packages, edges):
    def identity(name):
        return "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name.replace("+", "plus"))

    def described(package):
        known = licence(package) or "NOASSERTION"
        # Debian's copyright files are about whole source packages: that is declared, nobody has concluded it.
        concluded = known if package["ours"] else "NOASSERTION"
        made = {"SPDXID": identity(package["name"]), "name": package["name"], "downloadLocation": "NOASSERTION",
                "filesAnalyzed": False, "licenseConcluded": concluded, "licenseDeclared": known,
                "copyrightText": "NOASSERTION",
                "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                  "referenceLocator": purl(package)}]}
        if package["version"]:
            made["versionInfo"] = package["version"]
        return made

    main = described(root)
    main["checksums"] = [{"algorithm": "SHA256", "checksumValue": digest}]
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"{root['name']}_{root['version']}",
            "documentNamespace": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, 'spdx' + digest)}",
            "creationInfo": {"created": timestamp(), "creators": ["Tool: code-executor-make-sbom"]},
            "packages": [main, *(described(package) for package in packages.values())],
            "relationships": [
                {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                 "relatedSpdxElement": main["SPDXID"]},
                *({"spdxElementId": identity(name), "relationshipType": "DEPENDS_ON",
                   "relatedSpdxElement": identity(needed)}
                  for name, needs in sorted(edges.items()) for needed in needs)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("debs", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    fields = {deb: fields_of(deb) for deb in options.debs}
    world = World(fields.values())
    unknown = set()
    for deb in options.debs:
        root = world.find(fields[deb]["Package"])
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        packages, edges = world.closure(root)
        # A plugin's closure is that of a whole toolchain, which comes from its distribution as it is there.
        if not root["name"].startswith("code-executor-plugin-"):
            unknown |= {package["name"] for package in packages.values()
                        if package["version"] and not licence(package)}
        for ending, document in (("cdx.json", cyclonedx(root, digest, packages, edges)),
                                 ("spdx.json", spdx(root, digest, packages, edges))):
            path = options.out / f"{deb.stem}.{ending}"
            path.write_text(json.dumps(document, indent=1) + "\n")
    if unknown:
        sys.exit("make_sbom: no licence known, BY_HAND wants a line for: " + ", ".join(sorted(unknown)))


if __name__ == "__main__":
    main()
