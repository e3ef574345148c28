#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The conformance matrix: sample programs of each language, for real, through a server's REST API.

Usage: matrix.py BUILD_DIR [--languages ID,ID] [--all] [--warm-up MODE] [--write FILE]

A plugin's folder has samples/ (samples/LANGUAGE/ where it offers several) with one program
for each case, by the name of the case. `hello` is the manifest's own. samples/expect.json says what
`error` must show, and what a language cannot do ("without": {"exit": "why"}); also an input for all
cases ("stdin"), and options of a case.
A language whose toolchain is not installed is passed over; with --all that is told but no failure
either, unless its folder lists Debian packages that would bring it. Exit status 1 if something failed.
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ["hello", "echo", "exit", "error", "loop", "unicode"]
INPUT = "first line\nsecond line: ünï 世界\n"
UNICODE = "Grüße, 世界 🌍\n"
FACTOR = max(1, int(os.environ.get("CEX_TEST_TIME_FACTOR", "1")))
PATIENCE = 120 * FACTOR


class Failure(Exception):
    """What a case did instead of what it should."""


class Server:
    def __init__(self, build, folder, warm_up):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = pathlib.Path(folder, "server.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [f"{build}/bin/code-executord", "--listen", f"127.0.0.1:{self.port}",
                 "--data-dir", f"{folder}/state"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "CODE_EXECUTOR_WARM_UP_MODE": warm_up})

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def languages(self):
        """The catalogue, as soon as the server is ready for jobs."""
        deadline = time.monotonic() + 3 * PATIENCE
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"the server did not get ready:\n{self.log.read_text()[-4000:]}")
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    return self.ask("GET", "/v1/languages")[1]["languages"]
            except OSError:
                pass
            time.sleep(0.1)

    def run(self, job):
        status, answer = self.ask("POST", "/v1/jobs?wait=60", job)
        while status in (200, 202) and answer["state"] not in ("finished", "cancelled"):
            status, answer = self.ask("GET", f"/v1/jobs/{answer['id']}")
            time.sleep(0.2)
        if status != 200:
            raise Failure(f"HTTP {status}: {json.dumps(answer)}")
        return answer

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


def samples_of(language):
    """Folder of a language's samples, by the manifest that offers it."""
    for manifest in sorted(ROOT.glob("plugins/*/plugin.json")):
        offered = json.loads(manifest.read_text())["languages"]
        ids = [item["id"] if isinstance(item, dict) else item for item in offered]
        if language in ids:
            folder = manifest.parent / "samples"
            return folder / language if (folder / language).is_dir() else folder
    raise Failure("no folder below plugins/ offers it")


def packages_of(folder):
    """What brings a language: its plugin's packages.debian, and packages.LANGUAGE.debian of one of several."""
    one_of_several = folder.name != "samples"
    plugin = folder.parent.parent if one_of_several else folder.parent
    lists = [plugin / "packages.debian"] + ([plugin / f"packages.{folder.name}.debian"] if one_of_several else [])
    return [name for listed in lists if listed.exists() for name in listed.read_text().split()]


def program(folder, case):
    found = sorted(path for path in folder.glob(f"{case}.*") if path.stem == case)
    if len(found) != 1:
        raise Failure(f"{len(found)} files {folder.relative_to(ROOT)}/{case}.*, there must be one")
    return found[0].read_text()


def shown(job):
    """What a reader of a failure wants to see of a job."""
    kept = ("status", "exit_code", "signal", "stdout", "stderr", "diagnostics")
    steps = [job.get("compile"), *job.get("runs", [])]
    brief = [{key: step[key] for key in kept if step.get(key) not in (None, "", [])}
             for step in steps if step]
    return json.dumps({"status": job["status"], "message": job.get("message"), "steps": brief},
                      ensure_ascii=False)[:1500]


def expect(job, condition, wanted):
    if not condition:
        raise Failure(f"wanted {wanted}, got {shown(job)}")


def stdout_of(job):
    return job["runs"][0]["stdout"] if job["runs"] else ""


def check_printed(job, text):
    expect(job, job["status"] == "ok" and stdout_of(job) == text, f"stdout {text!r}")


def check_error(job, wanted, default_file):
    if "line" in wanted:
        found = [(item["file"], item["line"]) for item in job["compile"]["diagnostics"]]
        expect(job, job["status"] == "compile_error" and (default_file, wanted["line"]) in found,
               f"a compile error in line {wanted['line']} of {default_file}")
    else:
        status = wanted.get("status", "runtime_error")
        text = job["runs"][0]["stderr"] + (stdout_of(job) if wanted.get("stdout") else "") \
            if job["runs"] else ""
        expect(job, job["status"] == status and wanted["stderr"] in text,
               f"{status} and {wanted['stderr']!r} on stderr")


def job_of(language, folder, case, expected):
    """The request for one case of a language's samples."""
    job = {"language": language["id"], "labels": {"case": case}}
    job["source"] = language["hello"] if case == "hello" else program(folder, case)
    job["stdin"] = INPUT if case == "echo" else expected.get("stdin", "")
    if case in expected.get("options", {}):
        job["compile"] = {"options": expected["options"][case]}
    return job


def run_case(server, language, folder, case, expected):
    job = job_of(language, folder, case, expected)
    if case == "loop":
        job["limits"] = {"cpu_ms": 1000 * FACTOR}
    result = server.run(job)
    if case == "hello":
        check_printed(result, "Hello, world!\n")
    elif case == "echo":
        check_printed(result, INPUT)
    elif case == "unicode":
        check_printed(result, UNICODE)
    elif case == "exit":
        expect(result, result["status"] == "runtime_error" and result["runs"][0]["exit_code"] == 3,
               "exit status 3")
    elif case == "loop":
        expect(result, result["status"] == "time_limit", "time_limit")
    else:
        check_error(result, expected["error"], language["default_file"])


def run_language(server, language):
    """The row of one language: case -> "ok", "-" (cannot do it), or what went wrong."""
    folder = samples_of(language["id"])
    path = folder / "expect.json"
    expected = json.loads(path.read_text()) if path.exists() else {}
    without = expected.get("without", {})
    row = {}
    for case in CASES:
        if case in without:
            row[case] = "-"
            continue
        try:
            run_case(server, language, folder, case, expected)
            row[case] = "ok"
        except (Failure, KeyError, OSError) as problem:
            row[case] = f"FAILED: {type(problem).__name__}: {problem}"
    return row


def judge(server, language, everything):
    """(state, row): passed, failed, or absent where there is no toolchain."""
    if not language["usable"]:
        packages = packages_of(samples_of(language["id"]))
        missing = everything and packages
        note = f"{language['reason']}" + (f" although {packages} should bring it" if missing else "")
        return ("failed" if missing else "absent"), {"note": note}
    row = run_language(server, language)
    return ("failed" if any(value.startswith("FAILED") for value in row.values()) else "passed"), row


def say(language, state, row):
    version = language["versions"][0]["version"] if language["versions"] else "-"
    print(f"{state:7} {language['id']:14} {version:12} ", end="")
    print(row["note"] if "note" in row else
          " ".join(f"{case}:{value if value in ('ok', '-') else 'FAILED'}" for case, value in row.items()))
    for case, value in row.items():
        if value.startswith("FAILED"):
            print(f"        {case}: {value}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--languages", help="only these, with commas between them")
    parser.add_argument("--all", action="store_true", help="the toolchains of Debian must be there")
    parser.add_argument("--warm-up", default="off", choices=["off", "layers", "full"])
    parser.add_argument("--write", help="file for the outcome, as JSON")
    options = parser.parse_args()
    wanted = set(options.languages.split(",")) if options.languages else None
    outcome = {}
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        server = Server(options.build, folder, options.warm_up)
        try:
            catalogue = server.languages()
            unknown = (wanted or set()) - {language["id"] for language in catalogue}
            if unknown:
                sys.exit(f"no such languages: {', '.join(sorted(unknown))}")
            chosen = [one for one in catalogue if wanted is None or one["id"] in wanted]
            with concurrent.futures.ThreadPoolExecutor(max(1, (os.cpu_count() or 1))) as pool:
                judged = pool.map(lambda one: judge(server, one, options.all), chosen)
                for language, (state, row) in zip(chosen, judged):
                    say(language, state, row)
                    outcome[language["id"]] = {
                        "state": state, "cases": row, "name": language["name"],
                        "plugin": language["plugin"], "versions": language["versions"],
                        "options": language["options"]}
        finally:
            server.stop()
    if options.write:
        pathlib.Path(options.write).write_text(json.dumps(outcome, indent=1, ensure_ascii=False) + "\n")
    counts = {state: sum(one["state"] == state for one in outcome.values())
              for state in ("passed", "failed", "absent")}
    print(", ".join(f"{count} {state}" for state, count in counts.items()))
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
