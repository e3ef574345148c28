#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The units stay as closed as they are: exposure_test.py PACKAGING

systemd's own figure for what a unit leaves open, of 10. docs/packaging.md states the same bounds. A change that
opens a unit raises its figure and fails here."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BOUNDS = {"code-executor-rootless.service": 3.5, "code-executor.service": 4.8}
DOCUMENT = "docs/packaging.md"


def exposure(unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", unit], text=True,
                          capture_output=True)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    if not found:
        sys.exit(f"FAILED: systemd-analyze does not judge {unit}: {done.stdout[-400:]}{done.stderr}")
    return float(found.group(1))


def main():
    packaging = pathlib.Path(sys.argv[1])
    if not shutil.which("systemd-analyze"):
        print("skipped: systemd-analyze is not installed")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    told = (packaging.parent / DOCUMENT).read_text()
    for name, bound in BOUNDS.items():
        unit = packaging / "systemd" / name
        found = exposure(unit)
        print(f"{name}: {found}")
        if found > bound:
            sys.exit(f"FAILED: {name} is more exposed than {bound}: {found}")
        if f"| `{name}` | {bound} |" not in told:
            sys.exit(f"FAILED: {DOCUMENT} does not state {bound} for {name}")
        # The test itself: a unit that anybody opened is noticed.
        with tempfile.TemporaryDirectory() as folder:
            opened = pathlib.Path(folder, name)
            opened.write_text(unit.read_text().replace("NoNewPrivileges=yes\n", "").replace("ProtectHome=yes\n", ""))
            if exposure(opened) <= bound:
                sys.exit(f"FAILED: {name} without two of its defences is not noticed")


if __name__ == "__main__":
    main()
