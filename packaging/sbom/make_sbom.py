#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bills of materials: make_sbom.py DEB... --out FOLDER
                    make_sbom.py --image NAME --version VERSION --digest SHA256 --root FOLDER --out FOLDER

For each package a CycloneDX 1.6 and an SPDX 2.3 document that name the package, its hash, and all that it needs
at run time, down to the last library, in the versions that are installed here: those that it was built against.
What is not installed here (compilers of other languages) is named without a version. For an image: all packages of
the Debian in the folder, which needs its dpkg database, /etc/os-release and copyright files only. The same packages
on the same machine give the same bytes: the time is SOURCE_DATE_EPOCH, the serial number a hash of the content.

Exit status 1 if the licence of something that the server needs is unknown: BY_HAND in debian.py wants a line then.
"""

import argparse
import hashlib
import json
import pathlib
import re
import sys

from debian import System, clauses, names_in, run
from documents import Documents


def fields_of(deb):
    """Fields of a control file, each on one line."""
    text = run("dpkg-deb", "-f", str(deb), "Package", "Version", "Architecture", "Pre-Depends", "Depends", "Provides")
    return dict(line.partition(": ")[::2] for line in re.sub(r"\n +", " ", text).splitlines())


class World:
    """What names of packages mean: those that were built, else those that are installed."""

    def __init__(self, system, built):
        self._system = system
        self._built = {fields["Package"]: {"name": fields["Package"], "version": fields["Version"],
                                           "arch": fields["Architecture"], "fields": fields}
                       for fields in built}
        for package in list(self._built.values()):
            for provided in names_in(package["fields"].get("Provides", "")):
                self._built.setdefault(provided, package)

    def find(self, name):
        return self._built.get(name) or self._system.find(name)

    def needs(self, package):
        """The packages that `package` names as its dependencies."""
        for names in clauses(package["fields"]):
            needed = next(filter(None, map(self.find, names)), None)
            yield needed or {"name": names[0], "version": None, "arch": None, "fields": {}}

    def closure(self, root):
        """All packages that `root` needs, and which of them needs which: ({name: package}, {name: [name]})."""
        packages, edges, waiting = {}, {}, [root]
        while waiting:
            package = waiting.pop()
            found = list(self.needs(package))
            for needed in found:
                if needed["name"] not in packages and needed["name"] != root["name"]:
                    packages[needed["name"]] = needed
                    waiting.append(needed)
            edges[package["name"]] = sorted({needed["name"] for needed in found} - {package["name"]})
        return dict(sorted(packages.items())), edges


def write(documents, folder, stem):
    for ending, document in (("cdx.json", documents.cyclonedx()), ("spdx.json", documents.spdx())):
        (folder / f"{stem}.{ending}").write_text(json.dumps(document, indent=1) + "\n")


def describe_packages(debs, out):
    system = System()
    fields = {deb: fields_of(deb) for deb in debs}
    world = World(system, fields.values())
    unknown = set()
    for deb in debs:
        root = world.find(fields[deb]["Package"])
        packages, edges = world.closure(root)
        # A plugin's closure is that of a whole toolchain, which comes from its distribution as it is there.
        if not root["name"].startswith("code-executor-plugin-"):
            unknown |= {package["name"] for package in packages.values()
                        if package["version"] and not system.licence_of(package["name"])}
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        write(Documents(system, root, digest, packages, edges), out, deb.stem)
    if unknown:
        sys.exit("make_sbom: no licence known, BY_HAND wants a line for: " + ", ".join(sorted(unknown)))


def describe_image(name, version, digest, root, out):
    system = System(root)
    world = World(system, [])
    image = {"name": name, "version": version, "arch": "amd64", "image": f"image-of-{name}"}
    edges = {package["name"]: sorted({needed["name"] for needed in world.needs(package)
                                      if needed["version"]} - {package["name"]})
             for package in system.packages.values()}
    edges[image["image"]] = list(system.packages)
    write(Documents(system, image, digest, system.packages, edges), out, f"{name}_{version}_amd64.oci")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("debs", nargs="*", type=pathlib.Path)
    parser.add_argument("--image", metavar="NAME")
    parser.add_argument("--version")
    parser.add_argument("--digest", metavar="SHA256", help="of the image's manifest")
    parser.add_argument("--root", type=pathlib.Path, help="the image's files")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    of_image = [options.version, options.digest, options.root]
    if bool(options.image) == bool(options.debs) or (options.image and not all(of_image)):
        parser.error("either packages, or --image with --version, --digest and --root")
    options.out.mkdir(parents=True, exist_ok=True)
    if options.image:
        describe_image(options.image, options.version, options.digest, options.root, options.out)
    else:
        describe_packages(options.debs, options.out)


if __name__ == "__main__":
    main()
