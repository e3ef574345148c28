#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Jobs of several tenants while the server and its launchers are killed at random moments. Usage:

    fault.py BUILD_DIR [--jobs N] [--kills N] [--nodes N] [--seed N] [--write FILE]

Every job is submitted with an Idempotency-Key and again with the same key until an answer came. At
the end each accepted job must have exactly one result, its own; its audit trail must verify and
name one verdict; no process of a job may be left. Exit status 1 and one line a complaint if not.
With --nodes there are several servers on one Redis, which is killed too (nodes.py).
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

TENANTS = ["ash", "birch", "cedar", "elm"]
EXIT_AGAIN = 75  # its last launcher died
PATIENCE = 60 * max(1, int(os.environ.get("CEX_TEST_TIME_FACTOR", "1")))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, build, folder):
        self.build, self.folder, self.port = build, folder, free_port()
        self.log = open(f"{folder}/server.log", "ab")
        self.process, self.revived = None, 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [f"{self.build}/bin/code-executord", "--listen", f"127.0.0.1:{self.port}",
             "--data-dir", f"{self.folder}/state"],
            stdin=subprocess.DEVNULL, stderr=self.log,
            env={**os.environ, **self.settings()})
        deadline = time.monotonic() + PATIENCE
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"the server did not start again; see {self.folder}/server.log")
            try:
                if ask(self.port, "GET", "/healthz", None)[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)

    def settings(self):
        return {"CODE_EXECUTOR_WARM_UP_MODE": "off", "CODE_EXECUTOR_QUEUE_MAX_JOBS": "100000",
                # Thirty kills within two minutes meet some jobs more than three times.
                "CODE_EXECUTOR_QUEUE_MAX_ATTEMPTS": "20",
                "CODE_EXECUTOR_RESULTS_TTL_S": "86400", "CODE_EXECUTOR_RESULTS_MAX_JOBS": "100000"}

    def launchers(self):
        parents = {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                name, rest = stat.read_text().rsplit(")", 1)
                parents[int(stat.parent.name)] = (int(rest.split()[1]), name.split("(", 1)[1])
            except (OSError, ValueError):
                pass
        return [pid for pid, (parent, name) in parents.items()
                if parent == self.process.pid and name == "cex-launcher"]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def revive(self):
        """Starts it again where it ended by itself, as a service manager does."""
        if self.process.poll() is None:
            return
        if self.process.returncode != EXIT_AGAIN:
            sys.exit(f"the server ended with {self.process.returncode}; see {self.folder}/server.log")
        self.revived += 1
        self.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        self.log.close()


def ask(port, method, path, key, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        headers = dict(headers or {})
        if key:
            headers["Authorization"] = f"Bearer {key}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        data = reply.read()
        return reply.status, json.loads(data) if data[:1] in b"{[" else data
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def until_answered(deadline, *request):
    """The answer, however often the server dies on the way."""
    while True:
        try:
            status, answer = ask(*request)
            if status not in (429, 503):
                return status, answer
        except (OSError, ValueError):
            pass
        if time.monotonic() > deadline:
            return 0, {}
        time.sleep(0.05)


class Tenant(threading.Thread):
    """Submits its share of the jobs, one after the other."""

    def __init__(self, name, key, port, count, marker):
        super().__init__(daemon=True)
        self.name_, self.key, self.port, self.count, self.marker = name, key, port, count, marker
        self.accepted, self.refused = {}, []

    def run(self):
        for i in range(self.count):
            text = f"{self.name_}-{i}"
            job = {"language": "python", "args": [self.marker],
                   "source": f"import time\ntime.sleep({0.2 if i % 7 == 0 else 0})\nprint({text!r})\n"}
            status, answer = until_answered(time.monotonic() + 10 * PATIENCE, self.port, "POST",
                                            "/v1/jobs", self.key, job, {"Idempotency-Key": text})
            if status in (200, 202):
                self.accepted[answer["id"]] = text
            else:
                self.refused.append((status, answer))

    def result_of(self, job_id, server):
        deadline = time.monotonic() + 5 * PATIENCE
        while True:
            server.revive()
            status, job = until_answered(time.monotonic() + 1, self.port, "GET",
                                         f"/v1/jobs/{job_id}", self.key)
            ended = status == 200 and job["finished_at"]
            if ended or status not in (0, 200) or time.monotonic() > deadline:
                return status, job
            time.sleep(0.1)

    def check(self, complaints, server):
        for refusal in self.refused:
            complaints.append(f"{self.name_}: refused: {refusal}")
        if len(self.accepted) + len(self.refused) != self.count:
            complaints.append(f"{self.name_}: two submissions got one job")
        for job_id, text in self.accepted.items():
            status, job = self.result_of(job_id, server)
            got = job["runs"][0]["stdout"] if status == 200 and job["runs"] else None
            if got != text + "\n":
                complaints.append(f"{job_id}: status {status}, {job.get('status')}, stdout {got!r}")


def read_audit(build, folder, finished, complaints):
    """Verifies the log of one server, adds its verdicts by job; how many attempts came to nothing."""
    verified = subprocess.run([f"{build}/bin/cex", "audit", "verify", f"{folder}/state/audit"],
                              capture_output=True, text=True)
    if verified.returncode != 0:
        complaints.append(f"the audit log does not verify: {verified.stdout}{verified.stderr}")
    abandoned = 0
    for file in sorted(pathlib.Path(folder, "state", "audit").glob("audit-*.jsonl")):
        for line in file.read_text().splitlines():
            record = json.loads(line)
            record = record.get("record", record)
            if record.get("event") == "finished":
                finished.setdefault(record["job"], []).append(record["verdict"])
            abandoned += record.get("event") == "abandoned"
    return abandoned


def check_audit(build, folders, tenants, complaints):
    finished = {}
    abandoned = sum(read_audit(build, folder, finished, complaints) for folder in folders)
    twice = 0
    for tenant in tenants:
        for job_id in tenant.accepted:
            verdicts = finished.get(job_id, [])
            # A server that dies between the record and the result runs the job again: two records
            # of two attempts, one result.
            twice += len(verdicts) > 1
            if not verdicts or set(verdicts) != {"ok"}:
                complaints.append(f"{job_id}: verdicts in the audit log: {verdicts}")
    return abandoned, twice


def alive(marker):
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker.encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:
            pass
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("build")
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--write")
    options = parser.parse_args()
    if options.nodes > 1:
        import nodes  # it uses what is here
        nodes.main(options)
    seed = options.seed if options.seed is not None else random.randrange(1 << 30)
    dice = random.Random(seed)
    build = os.path.abspath(options.build)
    marker = f"cex-fault-{os.getpid()}"
    complaints = []
    with tempfile.TemporaryDirectory(prefix="cex-fault-") as folder:
        os.chmod(folder, 0o755)
        server = Server(build, folder)
        keys = {}
        for name in TENANTS:
            made = subprocess.run([f"{build}/bin/cex", "key", "create", "--tenant", name,
                                   "--data-dir", f"{folder}/state"],
                                  capture_output=True, text=True, check=True)
            keys[name] = made.stdout.strip()
        begun = time.monotonic()
        tenants = [Tenant(name, keys[name], server.port, options.jobs // len(TENANTS), marker)
                   for name in TENANTS]
        for tenant in tenants:
            tenant.start()
        kills = {"server": 0, "launcher": 0}
        for _ in range(options.kills):
            time.sleep(dice.uniform(0.3, 2.0))
            server.revive()
            victims = server.launchers()
            if dice.random() < 0.5 and victims:
                try:
                    os.kill(dice.choice(victims), signal.SIGKILL)
                except ProcessLookupError:
                    continue
                kills["launcher"] += 1
            else:
                server.kill()
                server.start()
                kills["server"] += 1
        for tenant in tenants:
            while tenant.is_alive():
                server.revive()
                tenant.join(0.1)
        for tenant in tenants:
            tenant.check(complaints, server)
        took = time.monotonic() - begun
        server.stop()
        abandoned, twice = check_audit(build, [folder], tenants, complaints)
        left = alive(marker)
        if left:
            complaints.append(f"processes of jobs are alive: {left}")
        figures = {"jobs": sum(len(tenant.accepted) for tenant in tenants), "kills": kills,
                   "ended_by_itself": server.revived, "attempts_abandoned": abandoned,
                   "audited_twice": twice,
                   "seconds": round(took, 1), "seed": seed, "complaints": len(complaints)}
        if complaints:
            os.system(f"tail -c 3000 {folder}/server.log >&2")
    for complaint in complaints[:50]:
        print("COMPLAINT:", complaint)
    print(json.dumps(figures))
    if options.write:
        pathlib.Path(options.write).write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
