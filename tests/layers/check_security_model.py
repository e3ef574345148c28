#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds docs/security-model.md against the tests: check_security_model.py ROOT

Every id of the threat model has a row; every test that a row names exists; every row names one or says
"not done"; every program of the corpus names ids that have a row, and is named by one.
"""

import pathlib
import re
import sys

IDS = {"AR": 6, "FS": 10, "PS": 4, "PR": 9, "MM": 5, "OU": 4, "ID": 4, "NW": 3, "CC": 5, "IN": 5, "HT": 7,
       "AU": 6, "WH": 2, "LG": 3, "RT": 1, "FC": 6}
OTHERS = ["IPC", "RD", "sec-5"]
# Whole CTests and groups of programs that a row may name.
CTESTS = {"launcher-symbols", "soak"}


def rows(text):
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] not in ("id", "---"):
            yield cells


def declared_tests(root):
    found = set()
    pattern = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.MULTILINE)
    for top in ("tests", "core", "server", "cli", "plugins", "plugin-api"):
        for path in (root / top).rglob("*.cpp"):
            found |= {f"{suite}.{name}" for suite, name in pattern.findall(path.read_text())}
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    corpus = root / "tests" / "escape" / "corpus"
    programs = {path.relative_to(corpus).with_suffix("").as_posix(): path
                for path in corpus.rglob("*") if path.suffix in (".c", ".cpp", ".py", ".go", ".java")}
    fuzz = {f"fuzz.{path.name}" for path in (root / "tests" / "fuzz" / "corpus").iterdir()}
    edge = {f"edge.{path.stem.removesuffix('_test')}" for path in (root / "tests" / "edge").glob("*_test.py")}
    known = declared_tests(root) | set(programs) | fuzz | edge | CTESTS
    table = list(rows((root / "docs" / "security-model.md").read_text()))
    wrong = []

    wanted = {f"{group}-{number}" for group, count in IDS.items() for number in range(1, count + 1)} | set(OTHERS)
    have = [cells[0] for cells in table]
    wrong += [f"{name} has no row" for name in sorted(wanted - set(have))]
    wrong += [f"{name} has two rows" for name in sorted(set(have)) if have.count(name) > 1]

    named = set()
    for name, what, _, tests in table:
        words = re.findall(r"`([^`]+)`", tests)
        for word in words:
            if word.endswith("/"):
                named |= {program for program in programs if program.startswith(word)}
            elif word in known:
                named.add(word)
            else:
                wrong.append(f"{name} names {word}, which does not exist")
        if not words and "not done" not in what:
            wrong.append(f"{name} names no test and does not say that it is not done")

    for program, path in sorted(programs.items()):
        line = re.search(r"^(?://|#) requires: (.*)$", path.read_text(), re.MULTILINE)
        if line is None:
            wrong.append(f"{program} does not say which requirement it attacks")
        else:
            wrong += [f"{program} names {word}, which has no row" for word in line.group(1).split() if word not in have]
        if program not in named:
            wrong.append(f"{program} is in no row")
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
