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
    subprocess.run([sys.executable, project / "packaging/sbom/make_sbom.py", *debs, "--out", out], check=True)
    return {path.name: path for path in out.iterdir()}


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
        again = make(project, debs, place / "again")
        check(all(path.read_bytes() == again[name].read_bytes() for name, path in made.items()), "the same twice")
        faults_are_found(python, made, place)
    packaged = sorted((project / "build-package/sbom").glob("*.json"))
    if packaged:
        done = validate(python, *packaged)
        check(done.returncode == 0, f"valid: {done.stdout}{done.stderr}")
    print(f"valid: {len(made)} made here, {len(packaged)} of build-package/")


if __name__ == "__main__":
    main()
