#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Switches off one defence of the box at a time and looks whether a test notices.

Usage: mutations.py BUILD_DIR [--quick] [NAME...]

Each entry of mutations.json is one switch: a text of one source file and what stands there without the
defence. The changed copy is compiled with the very command of the build, linked into a launcher or a
test program of its own in a temporary folder, and the named tests are run: at least one must fail. The
product's sources hold no switch of any kind. Exit status 1 if a mutation survives, or if a text is no
longer found where the table says.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TESTS = {"corpus": ["cex-corpus-tests", str(HERE / "corpus")], "box": ["cex-box-tests"]}
# Long enough for the slowest of the named tests; a mutated box may well hang, and that is a finding too.
PATIENCE_S = 120


def mutate(text, mutation):
    for old, new in [(mutation["old"], mutation["new"]), *mutation.get("also", [])]:
        # However a formatter breaks the lines.
        found = re.compile(r"\s*".join(map(re.escape, re.findall(r"\w+|[^\w\s]", old))))
        text, count = found.subn(lambda _, new=new: new, text)
        if count != 1:
            sys.exit(f"{mutation['name']}: {mutation['file']} has this {count} times, not once:\n{old}")
    return text


class Build:
    """Repeats single commands of an existing build with other inputs."""

    def __init__(self, folder):
        self.folder = folder
        entries = json.loads((folder / "compile_commands.json").read_text())
        self.compilations = {os.path.relpath(entry["file"], ROOT): entry for entry in reversed(entries)}

    def compile(self, source, include_first, output):
        entry = self.compilations[source]
        command = shlex.split(entry["command"])
        original = command[command.index("-o") + 1]
        command[command.index("-o") + 1] = str(output)
        changed = include_first / source
        if changed.exists():
            command[command.index(entry["file"])] = str(changed)
        # Ahead of the project's own folder, for headers.
        first = 2 if "ccache" in command[0] else 1
        command[first:first] = [f"-I{include_first}", "-w"]
        subprocess.run(command, cwd=entry["directory"], check=True)
        return original

    def link(self, target, replaced, output):
        """`replaced`: object of the build -> object to take instead (or, for an archive's, as well)."""
        lines = subprocess.run(["ninja", "-C", str(self.folder), "-t", "commands", target], check=True,
                               capture_output=True, text=True).stdout.splitlines()
        command = next(line for line in reversed(lines) if f"-o bin/{target}" in line)
        command = re.search(r"&& (.*? -o bin/.*?) && :", command).group(1)
        words = shlex.split(command)
        for old, new in replaced.items():
            if old in words:
                words[words.index(old)] = str(new)
            else:
                # Defined before its archive is looked at, so the archive's member is never taken.
                words.insert(words.index("-o"), str(new))
        words[words.index("-o") + 1] = str(output)
        subprocess.run(words, cwd=self.folder, check=True)


def run_tests(folder, mutation):
    program, *args = TESTS[mutation.get("binary", "corpus")]
    command = [str(folder / program), *args, "--gtest_brief=1", f"--gtest_filter={mutation['tests']}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return True, ["(hung)"]
    failed = sorted(set(re.findall(r"FAILED  \] (\S+)", done.stdout)))
    if not failed and done.returncode != 0:
        failed = ["(does not start: " + done.stderr.strip().splitlines()[-1][:60] + ")"]
    ran = re.search(r"\] (\d+) tests? from", done.stdout)
    if not failed and (ran is None or ran.group(1) == "0"):
        sys.exit(f"{mutation['name']}: {mutation['tests']} names no test")
    return bool(failed), failed


def try_out(build, mutation):
    with tempfile.TemporaryDirectory(prefix="cex-mutation-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        sources = folder / "src"
        programs = folder / "bin"
        programs.mkdir()
        changed = sources / mutation["file"]
        changed.parent.mkdir(parents=True)
        changed.write_text(mutate((ROOT / mutation["file"]).read_text(), mutation))
        replaced = {}
        for number, source in enumerate(mutation.get("used_by", [mutation["file"]])):
            output = folder / f"{number}.o"
            replaced[build.compile(source, sources, output)] = output
        in_launcher = mutation["file"].startswith("core/launcher/")
        program = TESTS[mutation.get("binary", "corpus")][0]
        for target in ("cex-launcher", program):
            if in_launcher == (target == "cex-launcher"):
                build.link(target, replaced, programs / target)
            else:
                shutil.copy(build.folder / "bin" / target, programs / target)
        # What the programs look for beside themselves.
        shutil.copy(build.folder / "bin" / "cex-victim", programs / "cex-victim")
        shutil.copytree(build.folder / "plugins", folder / "plugins")
        return run_tests(programs, mutation)


def check_without_mutation(build, chosen):
    """A program that fails anyway would seem to notice everything."""
    for binary in sorted({mutation.get("binary", "corpus") for mutation in chosen}):
        first = next(mutation for mutation in chosen if mutation.get("binary", "corpus") == binary)
        broken, failed = run_tests(build.folder / "bin", first)
        if broken:
            sys.exit(f"{TESTS[binary][0]} fails without any mutation: {' '.join(failed)}")


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    build = Build(pathlib.Path(sys.argv[1]).resolve())
    quick = "--quick" in sys.argv[2:]
    names = [word for word in sys.argv[2:] if not word.startswith("-")]
    table = json.loads((HERE / "mutations.json").read_text())
    unknown = set(names) - {entry["name"] for entry in table}
    if unknown:
        sys.exit("no such mutation: " + " ".join(sorted(unknown)))
    chosen = [entry for entry in table if not names or entry["name"] in names]
    chosen = [entry for entry in chosen if not quick or entry.get("quick")]
    check_without_mutation(build, chosen)
    survivors = []
    for mutation in chosen:
        caught, failed = try_out(build, mutation)
        print(f"{mutation['name']:28} {'caught' if caught else 'SURVIVED':9} {' '.join(failed)[:110]}", flush=True)
        if not caught:
            survivors.append(mutation["name"])
    if survivors:
        sys.exit("no test noticed: " + " ".join(survivors))


if __name__ == "__main__":
    main()
