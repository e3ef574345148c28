# SPDX-License-Identifier: Apache-2.0
"""One list of parts in two languages: CycloneDX 1.6 and SPDX 2.3.

`root` and each of `packages` ({name: package}) has name, version (None where unknown) and arch; `edges` is
{name: [names]}. A root that is an image has "image": the name that it has in `edges`, since a package may be called as
it is. `digest` is the SHA-256 of what is described."""

import datetime
import functools
import os
import re
import urllib.parse
import uuid

from debian import is_ours

quote = functools.partial(urllib.parse.quote, safe="")


def key(package):
    return package.get("image") or package["name"]


def timestamp():
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Documents:
    def __init__(self, system, root, digest, packages, edges):
        self._system = system
        self._root = root
        self._digest = digest
        self._packages = packages
        self._edges = edges

    def _purl(self, package):
        name, version = self._system.distribution
        if package.get("image"):
            return (f"pkg:oci/{quote(package['name'])}@{quote('sha256:' + self._digest)}"
                    f"?arch={package['arch']}&tag={quote(package['version'])}")
        made = f"pkg:deb/{'code-executor' if is_ours(package['name']) else name}/{quote(package['name'])}"
        if package["version"]:
            made += f"@{quote(package['version'])}?arch={package['arch']}&distro={name}-{version}"
        return made

    def _licence(self, package):
        # An image is under the licences of its parts.
        return None if package.get("image") else self._system.licence_of(package["name"])

    def cyclonedx(self):
        def component(kind, package):
            made = {"type": kind, "bom-ref": self._purl(package), "name": package["name"], "purl": self._purl(package)}
            if package["version"]:
                made["version"] = package["version"]
            known = self._licence(package)
            if known:
                made["licenses"] = [{"expression": known}] if " " in known else [{"license": {"id": known}}]
            return made

        everything = {key(self._root): self._root, **self._packages}
        main = component("container" if self._root.get("image") else "application", self._root)
        main["hashes"] = [{"alg": "SHA-256", "content": self._digest}]
        name, version = self._system.distribution
        # Scanners take the system whose advisories they read from this component.
        system = {"type": "operating-system", "bom-ref": f"{name}-{version}", "name": name, "version": version}
        whole = all(package["version"] for package in self._packages.values())
        return {"bomFormat": "CycloneDX", "specVersion": "1.6",
                "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, self._digest)}", "version": 1,
                "metadata": {"timestamp": timestamp(), "component": main},
                "components": [system, *(component("library", package) for package in self._packages.values())],
                "dependencies": [{"ref": self._purl(everything[name]),
                                  "dependsOn": [self._purl(everything[n]) for n in needs]}
                                 for name, needs in sorted(self._edges.items())],
                "compositions": [{"aggregate": "complete" if whole else "incomplete",
                                  "dependencies": [main["bom-ref"]]}]}

    def spdx(self):
        def identity(name):
            return "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name.replace("+", "plus"))

        def described(package):
            known = self._licence(package) or "NOASSERTION"
            # Debian's copyright files are about whole source packages: that is declared, nobody has concluded it.
            concluded = known if is_ours(package["name"]) else "NOASSERTION"
            made = {"SPDXID": identity(key(package)), "name": package["name"], "downloadLocation": "NOASSERTION",
                    "filesAnalyzed": False, "licenseConcluded": concluded, "licenseDeclared": known,
                    "copyrightText": "NOASSERTION",
                    "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                      "referenceLocator": self._purl(package)}]}
            if package["version"]:
                made["versionInfo"] = package["version"]
            return made

        main = described(self._root)
        main["checksums"] = [{"algorithm": "SHA256", "checksumValue": self._digest}]
        if self._root.get("image"):
            main["primaryPackagePurpose"] = "CONTAINER"
        return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
                "name": f"{self._root['name']}_{self._root['version']}",
                "documentNamespace": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, 'spdx' + self._digest)}",
                "creationInfo": {"created": timestamp(), "creators": ["Tool: code-executor-make-sbom"]},
                "packages": [main, *(described(package) for package in self._packages.values())],
                "relationships": [
                    {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                     "relatedSpdxElement": main["SPDXID"]},
                    *({"spdxElementId": identity(name), "relationshipType": "DEPENDS_ON",
                       "relatedSpdxElement": identity(needed)}
                      for name, needs in sorted(self._edges.items()) for needed in needs)]}
