#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules that hold for every file: a licence line on top, at most 600 lines, no loose ends.

Usage: check_files.py ROOT
"""

import pathlib
import re
import sys

MAX_LINES = 600
SPDX = "SPDX-License-Identifier: Apache-2.0"
TOPS = ("core", "server", "cli", "plugins", "plugin-api", "tests", "cmake", "docs", "packaging")
CODE = {".cpp", ".hpp", ".h", ".c", ".py", ".sh", ".cmake"}
LOOSE_END = re.compile(r"\b(TODO(?!\(#\d+\))|FIXME|XXX)\b")


def files(root):
    for name in ("dev", ".ci/run", "CMakeLists.txt", ".clang-tidy"):
        yield root / name
    for top in TOPS:
        for path in sorted((root / top).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                if path.relative_to(root).parts[2:3] == ("samples",):
                    continue  # programs as users write them; their lines are counted
                if path.suffix in CODE or path.name == "CMakeLists.txt":
                    yield path


def check(path, root):
    name = path.relative_to(root).as_posix()
    lines = path.read_text(encoding="utf-8").splitlines()
    if not any(SPDX in line for line in lines[:2]):
        yield f"{name}: has no '{SPDX}' in its first two lines"
    if len(lines) > MAX_LINES:
        yield f"{name}: has {len(lines)} lines, more than {MAX_LINES}; split it"
    if path.name == "check_files.py":
        return
    for number, line in enumerate(lines, 1):
        if LOOSE_END.search(line):
            yield f"{name}:{number}: a loose end without an issue's number"


def main():
    root = pathlib.Path(sys.argv[1])
    breaches, count = [], 0
    for path in files(root):
        count += 1
        breaches.extend(check(path, root))
    for breach in breaches:
        print(breach)
    print(f"{count} files, {len(breaches)} breaches")
    return 1 if breaches or count < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
