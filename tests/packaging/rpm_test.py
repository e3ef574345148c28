#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""RPMs are put together as they should be: rpm_test.py PROJECT

Reads those that `./dev package --rpm` left, and installs some below a folder. There is no Fedora here to resolve
their dependencies against."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile


def skip(text):
    print(f"skipped: {text}")
    sys.exit(77)


def check(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")


def ask(rpm, *question):
    return subprocess.run(["rpm", "-qp", *question, rpm], capture_output=True, text=True, check=True).stdout.split("\n")


def main():
    project = pathlib.Path(sys.argv[1])
    if not shutil.which("rpm"):
        skip("rpm is not installed")
    rpms = {ask(path, "--qf", "%{NAME}")[0]: path for path in (project / "build-rpm/rpms").glob("*.rpm")}
    if not rpms:
        skip("no RPMs; ./dev package --rpm builds them")
    plugins = {path.parent.name: json.loads(path.read_text()) for path in project.glob("plugins/*/plugin.json")}
    wanted = {f"code-executor-{name}" for name in ("core", "server", "cli", "plugin-dev")}
    wanted |= {f"code-executor-plugin-{name}" for name in plugins}
    check(set(rpms) == wanted, f"one for each part and plugin; more or missing: {set(rpms) ^ wanted}")

    owners = {}
    for name, path in rpms.items():
        for file in ask(path, "--qf", "[%{FILEMODES:perms} %{FILENAMES}\n]"):
            if file.startswith("-"):
                owners.setdefault(file.split(" ", 1)[1], []).append(name)
    check(not [file for file, names in owners.items() if len(names) > 1], "no file belongs to two")
    for name, manifest in plugins.items():
        rpm = rpms[f"code-executor-plugin-{name}"]
        native = manifest["kind"] == "native"
        version, architecture = ask(rpm, "--qf", "%{VERSION} %{ARCH}")[0].split()
        check(version == manifest["version"], f"{name} has its manifest's version, not {version}")
        check(architecture == ("x86_64" if native else "noarch"), f"{name} is for {architecture}")
        place = f"/usr/{'lib64' if native else 'share'}/code-executor/plugins/{name}/plugin.json"
        check(place in owners, f"{place} is in a package")
        check(any(line.startswith("code-executor-plugin-abi-1 >=") for line in ask(rpm, "--requires")),
              f"{name} needs the plugin ABI")
    check(any(line.startswith("code-executor-plugin-abi-1 = ") for line in ask(rpms["code-executor-core"], "--provides")),
          "the core provides it")
    check("/etc/code-executor/config.toml" in ask(rpms["code-executor-server"], "--configfiles"),
          "the configuration is kept at upgrades")

    with tempfile.TemporaryDirectory() as root:
        some = [rpms[f"code-executor-{name}"] for name in ("core", "server", "cli", "plugin-python", "plugin-lua")]
        subprocess.run(["rpm", "--root", root, "--nodeps", "--noscripts", "--install", *some], check=True,
                       stderr=subprocess.DEVNULL)  # Debian's rpm warns of itself
        said = subprocess.run([f"{root}/usr/bin/cex", "--version"], capture_output=True, text=True, check=True).stdout
        check(said.startswith("cex "), f"what was installed runs: {said}")
        plugin = f"{root}/usr/lib64/code-executor/plugins/python"
        done = subprocess.run([f"{root}/usr/bin/cex", "plugin", "check", plugin], capture_output=True, text=True)
        check(done.returncode == 0, f"an installed plugin is in order: {done.stdout}{done.stderr}")
    print(f"{len(rpms)} packages, {len(owners)} files")


if __name__ == "__main__":
    main()
