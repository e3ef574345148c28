#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bills of materials are valid, say what is needed, and are the same twice: sbom_test.py PROJECT FOLDER

FOLDER keeps the validators between two runs. Besides packages made here those of build-package/ are looked at.
Skips where the validators cannot be had, unless CI says that they must be."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
PACKAGES = {
    "code-executor-core": "Architecture: amd64\nDepends: libc6, libstdc++6\nProvides: code-executor-plugin-abi-1 (= 1.0)",
    "code-executor-plugin-sample": "Architecture: all\nDepends: code-executor-plugin-abi-1 (>= 1.0),\n"
                                   " no-such-compiler | no-such-interpreter",
}
# A system of its own, as in an image: what is installed there counts, whatever this machine has.
INSTALLED = {
    "code-executor-server": "Version: 0.1.0\nDepends: a-library (>= 1), a-virtual-name, not-installed | a-library",
    "a-library": "Version: 1:2.0-1\nProvides: a-virtual-name",
    "gone": "Version: 1"}


def skip(text):
    print(f"skipped: {text}")
    sys.exit(1 if os.environ.get("CI") == "true" else 77)


def check(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")


def validators(folder):
    """The Python that has the validators."""
    wanted = (HERE / "requirements.txt").read_text()
    python, done = folder / "bin/python", folder / "requirements.done"
    if not done.exists() or done.read_text() != wanted:
        for command in ([sys.executable, "-m", "venv", "--clear", folder],
                        [python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"]):
            made = subprocess.run(command, capture_output=True, text=True)
            if made.returncode != 0:
                skip(f"no validators: {made.stderr.strip()[-400:] or made.stdout.strip()[-400:]}")
        done.write_text(wanted)
    return python


def make_packages(folder):
    for name, fields in PACKAGES.items():
        tree = folder / name
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(
            f"Package: {name}\nVersion: 0.1.0+b~1\n{fields}\nMaintainer: Nobody <nobody@localhost>\nDescription: x\n")
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, folder / f"{name}.deb"], check=True,
                       stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.deb"))


def make(project, debs, out):
    subprocess.run([sys.executable, "-B", project / "packaging/sbom/make_sbom.py", *debs, "--out", out], check=True)
    return {path.name: path for path in out.iterdir()}


def make_image(project, root, out):
    """Of a tree with three packages, one of which was removed, and one is called as the image is."""
    folder = root / "var/lib/dpkg"
    (folder / "info").mkdir(parents=True)
    (folder / "updates").mkdir()
    (folder / "status").write_text("\n".join(
        f"Package: {name}\nStatus: {'deinstall ok config-files' if name == 'gone' else 'install ok installed'}\n"
        f"Architecture: amd64\nMaintainer: Nobody <nobody@localhost>\nDescription: x\n{fields}\n"
        for name, fields in INSTALLED.items()))
    (root / "etc").mkdir()
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="99"\n')
    (root / "usr/share/doc/a-library").mkdir(parents=True)
    (root / "usr/share/doc/a-library/copyright").write_text("License: Expat\n")
    subprocess.run([sys.executable, "-B", project / "packaging/sbom/make_sbom.py", "--image", "code-executor-server", "--version",
                    "0.1.0", "--digest", "0123456789abcdef" * 4, "--root", root, "--out", out], check=True)
    return {path.name: path for path in out.iterdir()}


def says_what_is_in_the_image(made):
    image = json.loads(made["code-executor-server_0.1.0_amd64.oci.cdx.json"].read_text())
    main = image["metadata"]["component"]
    check(main["type"] == "container" and main["purl"].startswith("pkg:oci/code-executor-server@sha256%3A0123"),
          f"it is about an image: {main}")
    parts = {part["name"]: part for part in image["components"] if part["type"] == "library"}
    check(set(parts) == {"code-executor-server", "a-library"}, f"all that is installed, and no more: {set(parts)}")
    check(parts["a-library"]["purl"] == "pkg:deb/debian/a-library@1%3A2.0-1?arch=amd64&distro=debian-99",
          f"of the image's own system: {parts['a-library']}")
    check(parts["a-library"]["licenses"] == [{"license": {"id": "MIT"}}], "with the licences that it tells itself")
    edges = {edge["ref"]: edge["dependsOn"] for edge in image["dependencies"]}
    check(edges[parts["code-executor-server"]["purl"]] == [parts["a-library"]["purl"]], f"who needs whom: {edges}")
    check(len(edges[main["purl"]]) == 2, "the image has them all")
    check(image["compositions"][0]["aggregate"] == "complete", "nothing is missing in the list")


def validate(python, *paths):
    return subprocess.run([python, HERE / "validate.py", *paths], capture_output=True, text=True)


def says_what_is_needed(made):
    core = json.loads(made["code-executor-core.cdx.json"].read_text())
    needed = {part["name"]: part for part in core["components"]}
    check({"libc6", "libstdc++6", "libgcc-s1"} <= set(needed), f"libraries, also those of libraries: {set(needed)}")
    check(all("version" in part for part in needed.values()), "what is installed has a version")
    check(core["compositions"][0]["aggregate"] == "complete", "and then the list is complete")
    plugin = json.loads(made["code-executor-plugin-sample.cdx.json"].read_text())
    needed = {part["name"]: part for part in plugin["components"]}
    check(needed["code-executor-core"].get("version") == "0.1.0+b~1", "a virtual name is what provides it")
    check("version" not in needed["no-such-compiler"], "what is not installed has no version")
    check(plugin["compositions"][0]["aggregate"] == "incomplete", "and then the list says so")


def faults_are_found(python, made, folder):
    """A validator that finds nothing wrong in these would find nothing anywhere."""
    def spoil(name, change):
        document = json.loads(made[name].read_text())
        change(document)
        path = folder / f"spoilt-{name}"
        path.write_text(json.dumps(document))
        done = validate(python, path)
        check(done.returncode == 1, f"a spoilt {name} is refused: {done.stdout}{done.stderr}")

    cyclonedx, spdx = "code-executor-core.cdx.json", "code-executor-core.spdx.json"
    spoil(cyclonedx, lambda d: d["metadata"]["component"].update(licenses=[{"license": {"id": "Apache-2"}}]))
    spoil(cyclonedx, lambda d: d.update(serialNumber="1"))
    spoil(cyclonedx, lambda d: d["components"][0].pop("name"))
    spoil(spdx, lambda d: d["packages"][0].update(licenseDeclared="Apache-2"))
    spoil(spdx, lambda d: d["relationships"][1].update(relatedSpdxElement="SPDXRef-Package-nobody"))
    spoil(spdx, lambda d: d["packages"][0].pop("downloadLocation"))


def main():
    project, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    python = validators(folder)
    with tempfile.TemporaryDirectory() as temporary:
        place = pathlib.Path(temporary)
        debs = make_packages(place)
        made = make(project, debs, place / "sbom")
        done = validate(python, *made.values())
        check(done.returncode == 0, f"valid: {done.stdout}{done.stderr}")
        says_what_is_needed(made)
        of_image = make_image(project, place / "root", place / "image")
        done = validate(python, *of_image.values())
        check(done.returncode == 0, f"valid: {done.stdout}{done.stderr}")
        says_what_is_in_the_image(of_image)
        again = make(project, debs, place / "again")
        check(all(path.read_bytes() == again[name].read_bytes() for name, path in made.items()), "the same twice")
        faults_are_found(python, made, place)
    packaged = sorted((project / "build-package/sbom").glob("*.json"))
    if packaged:
        done = validate(python, *packaged)
        check(done.returncode == 0, f"valid: {done.stdout}{done.stderr}")
    print(f"valid: {len(made) + len(of_image)} made here, {len(packaged)} of build-package/")


if __name__ == "__main__":
    main()
