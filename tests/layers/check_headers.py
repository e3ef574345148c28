#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each header must compile alone.

Usage: check_headers.py COMPILER ROOT BUILD_FOLDER

A header that is the first #include of some source file is proved by the ordinary build; only the
others are compiled here.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys


FIRST_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def proved_by_the_build(root):
    for top in ("core", "server", "cli", "plugins"):
        for path in (root / top).rglob("*.cpp"):
            first = FIRST_INCLUDE.search(path.read_text(encoding="utf-8"))
            if first:
                yield first.group(1)


def headers(root):
    for top in ("core", "server", "cli", "plugins"):
        for path in sorted((root / top).rglob("*.hpp")):
            yield path.relative_to(root).as_posix(), "c++20"
    for path in sorted((root / "plugin-api" / "include").rglob("*.hpp")):
        yield path.relative_to(root).as_posix(), "c++17"


def compile_alone(compiler, root, build, header, standard):
    folders = [root, root / "plugin-api/include", root / "plugin-api/testkit/include",
               build / "server/generated", build / "cli/generated"]
    command = [compiler, "-x", "c++", f"-std={standard}", "-fsyntax-only", "-Werror=return-type"]
    command += [f"-I{folder}" for folder in folders] + ["-"]
    # Through an #include, so that #pragma once is not in a main file.
    text = f'#include "{root / header}"\n'
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    return header, done.returncode, done.stderr


def main():
    compiler, root, build = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    proved = set(proved_by_the_build(root))
    failed = count = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(compile_alone, compiler, root, build, header, standard)
                for header, standard in headers(root) if header not in proved]
        for job in concurrent.futures.as_completed(jobs):
            header, status, text = job.result()
            count += 1
            if status != 0:
                failed += 1
                print(f"{header} does not compile alone:\n{text[:2000]}")
    print(f"{len(proved)} headers proved by the build, {count} compiled, {failed} do not stand alone")
    return 1 if failed or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
