#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bills of materials: make_sbom.py DEB... --out FOLDER

For each package a CycloneDX 1.5 and an SPDX 2.3 document that name the package, its files' hash, and what
it needs at run time as far as it is installed here (the shared libraries that it was built against are).
The same packages give the same bytes: the time is SOURCE_DATE_EPOCH or the changelog's, the serial number
a hash of the content.
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
BY_HAND = {"libc6": "LGPL-2.1-or-later", "libstdc++6": "GPL-3.0-or-later WITH GCC-exception-3.1",
           "libgcc-s1": "GPL-3.0-or-later WITH GCC-exception-3.1", "libssl3": "Apache-2.0",
           "libsqlite3-0": "blessing", "libc-ares2": "MIT"}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@functools.lru_cache(maxsize=None)
def installed(name):
    """Version, architecture and source of an installed package, or None."""
    asked = subprocess.run(["dpkg-query", "-W", "-f",
                            "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${db:Status-Status}\n",
                            name], capture_output=True, text=True)
    for line in asked.stdout.splitlines():
        package, version, architecture, source, state = line.split("\t")
        if state == "installed":
            return {"name": package, "version": version, "arch": architecture, "source": source}
    return None


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
    wanted = ["Package", "Version", "Architecture", "Depends", "Description"]
    text = run("dpkg-deb", "-f", str(deb), *wanted)
    fields = {}
    for line in text.splitlines():
        if line[:1] != " ":
            name, _, value = line.partition(": ")
            fields[name] = value
    return fields


def needs_of(fields):
    """The first alternative that is installed here, of each dependency."""
    found = []
    for clause in filter(None, (part.strip() for part in fields.get("Depends", "").split(","))):
        for alternative in clause.split("|"):
            name = re.match(r"\s*([a-z0-9][a-z0-9+.-]*)", alternative).group(1)
            package = installed(name)
            if package:
                found.append(package)
                break
    return sorted({package["name"]: package for package in found}.values(), key=lambda p: p["name"])


def purl(name, version, arch):
    quote = version.replace("+", "%2B").replace(":", "%3A").replace("~", "%7E")
    return f"pkg:deb/debian/{name.replace('+', '%2B')}@{quote}?arch={arch}"


def timestamp():
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def cyclonedx(fields, digest, needs):
    def component(kind, name, version, arch, licence):
        made = {"type": kind, "bom-ref": purl(name, version, arch), "name": name, "version": version,
                "purl": purl(name, version, arch)}
        if licence:
            single = " " not in licence
            made["licenses"] = [{"license": {"id": licence}} if single else {"expression": licence}]
        return made

    main = component("application", fields["Package"], fields["Version"], fields["Architecture"], LICENCE)
    main["hashes"] = [{"alg": "SHA-256", "content": digest}]
    parts = [component("library", p["name"], p["version"], p["arch"], licence_of(p["name"])) for p in needs]
    return {"bomFormat": "CycloneDX", "specVersion": "1.5",
            "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}", "version": 1,
            "metadata": {"timestamp": timestamp(), "component": main},
            "components": parts,
            "dependencies": [{"ref": main["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]},
                             *({"ref": part["bom-ref"], "dependsOn": []} for part in parts)]}


def spdx(fields, digest, needs):
    def package(identity, name, version, arch, licence):
        return {"SPDXID": identity, "name": name, "versionInfo": version, "downloadLocation": "NOASSERTION",
                "filesAnalyzed": False, "licenseConcluded": licence or "NOASSERTION",
                "licenseDeclared": licence or "NOASSERTION", "copyrightText": "NOASSERTION",
                "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                  "referenceLocator": purl(name, version, arch)}]}

    def identity(name):
        return "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name.replace("+", "plus"))

    main = package(identity(fields["Package"]), fields["Package"], fields["Version"],
                   fields["Architecture"], LICENCE)
    main["checksums"] = [{"algorithm": "SHA256", "checksumValue": digest}]
    parts = [package(identity(p["name"]), p["name"], p["version"], p["arch"], licence_of(p["name"]))
             for p in needs]
    name = f"{fields['Package']}_{fields['Version']}"
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
            "documentNamespace": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, 'spdx' + digest)}",
            "creationInfo": {"created": timestamp(), "creators": ["Tool: code-executor-make-sbom"]},
            "packages": [main, *parts],
            "relationships": [
                {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                 "relatedSpdxElement": main["SPDXID"]},
                *({"spdxElementId": main["SPDXID"], "relationshipType": "DEPENDS_ON",
                   "relatedSpdxElement": part["SPDXID"]} for part in parts)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("debs", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for deb in options.debs:
        fields = fields_of(deb)
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        needs = needs_of(fields)
        for ending, document in (("cdx.json", cyclonedx(fields, digest, needs)),
                                 ("spdx.json", spdx(fields, digest, needs))):
            path = options.out / f"{deb.stem}.{ending}"
            path.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
