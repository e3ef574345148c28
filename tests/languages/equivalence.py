#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bare, cold and warm: the same program says the same three times.

Usage: equivalence.py BUILD_DIR [--languages ID,ID]

Each sample of each language that is usable here is run
- bare: the commands of `cex plan`, as a person would type them, in a folder called /box, with the
  plan's environment and without a box of ours (bubblewrap gives the folder its name);
- cold: through a server that makes nothing ahead;
- warm: through a server with layers and preboots, when those of the language are there.
Exit codes, standard output and standard error of compiler and program must not differ. Exit status
1 if they do.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import matrix

CASES = [case for case in matrix.CASES if case != "loop"]  # what a limit ends is not said by a program
# By lot, by address or by clock.
BY_LOT = re.compile(r"/tmp/cc[A-Za-z0-9]{6}|0x[0-9a-f]+|goroutine [0-9]+|\bpid [0-9]+")
SEEN = ["/usr", "/etc", "/opt", "/var/lib/ghc"]


def bubblewrap(folder, step):
    """The command line that runs a plan's step in `folder`, which it sees as /box."""
    line = ["bwrap", "--die-with-parent", "--unshare-pid", "--clearenv"]
    for path in SEEN:
        line += ["--ro-bind-try", path, path]
    for name in ("bin", "sbin", "lib", "lib64"):
        line += ["--symlink", f"usr/{name}", f"/{name}"]
    line += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", folder, "/box",
             "--chdir", step["cwd"]]
    for variable in step["env"]:
        line += ["--setenv", *variable.split("=", 1)]
    return line + ["--", *step["argv"]]


def clean(text):
    return BY_LOT.sub("...", text)


def ended(code):
    """An exit code as a shell has it, of which 128 + N stands for a signal."""
    return code if code >= 0 else 128 - code


class Bare:
    """What the plan's commands say without any box."""

    def __init__(self, build, folder):
        self.build, self.folder, self.number = build, folder, 0

    def plan(self, source, language, options):
        line = [f"{self.build}/bin/cex", "plan", str(source), "--language", language,
                "--plugin-dir", f"{self.build}/plugins", "--data-dir", f"{self.folder}/cex"]
        for name, value in options.items():
            line += ["--option", f"{name}={value}"]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise matrix.Failure(f"cex plan: {done.stderr}")
        return [step for step in json.loads(done.stdout) if not step.get("attempt")]

    def run(self, job, default_file):
        self.number += 1
        box = pathlib.Path(self.folder, f"bare-{self.number}")
        box.mkdir()
        source = box / default_file
        source.write_text(job["source"])
        steps = self.plan(source, job["language"], job.get("compile", {}).get("options", {}))
        if any(step.get("files") for step in steps):
            return None  # a file of the plugin's own, which a person would not have
        said = {"compile": ["", "", 0], "run": None}
        for step in steps:
            running = step["profile"] == "run"
            done = subprocess.run(bubblewrap(str(box), step), capture_output=True, check=False,
                                  input=job["stdin"].encode() if running else b"")
            out, err = (clean(text.decode(errors="replace")) for text in (done.stdout, done.stderr))
            if running:
                said["run"] = [out, err, ended(done.returncode)]
                continue
            said["compile"] = [said["compile"][0] + out, said["compile"][1] + err,
                               ended(done.returncode)]
            if done.returncode != 0:
                break
        return said


def report(step):
    name = step["signal"]
    code = step["exit_code"] if name is None else 128 + signal.Signals[name]
    return [clean(step["stdout"]), clean(step["stderr"]), code]


def boxed(server, job):
    answer = server.run(job)
    compiled = answer.get("compile")
    return {"compile": report(compiled) if compiled else ["", "", 0],
            "run": report(answer["runs"][0]) if answer["runs"] else None}


def wait_until_warm(server, job):
    """Until the layers of the job's language are made and a program waits for each kind of step."""
    deadline = time.monotonic() + matrix.PATIENCE
    ask_at = time.monotonic() + 1
    while True:
        warm = server.ask("GET", f"/v1/languages/{job['language']}")[1]["warm_up"]
        ready = all(layer["state"] == "ready" for layer in warm["layers"]) and all(
            boot["waiting"] > 0 for boot in warm["preboots"])
        if ready:
            return
        if time.monotonic() > deadline:
            raise matrix.Failure(f"it does not get warm: {json.dumps(warm)}")
        if time.monotonic() > ask_at:
            # Of more languages than may wait together, those that were asked for last do.
            boxed(server, job)
            ask_at = time.monotonic() + 5
        time.sleep(0.05)


def compare(ways, case):
    """What is wrong, in words."""
    first, *others = ways.items()
    for name, said in others:
        if said != first[1]:
            yield (f"{case}: {name} is not {first[0]}:\n"
                   f"    {first[0]:5} {json.dumps(first[1], ensure_ascii=False)[:1200]}\n"
                   f"    {name:5} {json.dumps(said, ensure_ascii=False)[:1200]}")


def check(language, bare, cold, warm):
    """(what is wrong, cases without a bare run)"""
    folder = matrix.samples_of(language["id"])
    listed = folder / "expect.json"
    expected = json.loads(listed.read_text()) if listed.exists() else {}
    wrong, without_bare = [], []
    for case in CASES:
        if case in expected.get("without", {}):
            continue
        job = matrix.job_of(language, folder, case, expected)
        ways = {"bare": bare.run(job, language["default_file"]), "cold": boxed(cold, job)}
        wait_until_warm(warm, job)
        ways["warm"] = boxed(warm, job)
        if ways["bare"] is None:
            without_bare.append(case)
            del ways["bare"]
        wrong += compare(ways, case)
    return wrong, without_bare


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--languages", help="only these, with commas between them")
    options = parser.parse_args()
    if not shutil.which("bwrap"):
        print("bubblewrap is not installed: nothing to compare with")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    wanted = set(options.languages.split(",")) if options.languages else None
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        servers = []
        try:
            for mode in ("off", "full"):
                place = pathlib.Path(folder, mode)
                place.mkdir(0o755)
                servers.append(matrix.Server(options.build, place, mode))
            cold, warm = servers
            warm.languages()
            bare = Bare(options.build, folder)
            for language in cold.languages():
                if not language["usable"] or (wanted and language["id"] not in wanted):
                    continue
                try:
                    wrong, without_bare = check(language, bare, cold, warm)
                except (matrix.Failure, KeyError, OSError) as problem:
                    wrong, without_bare = [f"{type(problem).__name__}: {problem}"], []
                failed += bool(wrong)
                note = f" (cold and warm only: {', '.join(without_bare)})" if without_bare else ""
                print(f"{'differs' if wrong else 'same':8} {language['id']}{note}")
                for text in wrong:
                    print(f"  {text}")
                sys.stdout.flush()
        finally:
            for server in servers:
                server.stop()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
