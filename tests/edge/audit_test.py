#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The audit log as its readers meet it: the endpoint, `cex audit`, jq, and a disk that is full.

audit_test.py DAEMON CEX [TEST]...
"""

import contextlib
import hashlib
import json
import os
import pwd
import re
import signal
import subprocess
import sys
import tempfile

from harness import FACTOR, Daemon, Skip, eventually, main, need

CEX = sys.argv.pop(2)
HELLO = {"language": "python", "source": "print('hello')"}


def cex(*arguments):
    return subprocess.run([CEX, *arguments], capture_output=True, text=True, check=False, timeout=120 * FACTOR)


def jq(program, value):
    need("jq")
    done = subprocess.run(["jq", "-e", program], input=json.dumps(value), capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, (program, done.stdout, done.stderr, json.dumps(value, indent=1))


def pages(daemon, query):
    records, cursor = [], ""
    while True:
        answer = daemon.ask("GET", "/v1/audit?" + query + cursor)
        assert answer.status == 200, answer.body
        page = answer.json()
        records += page["records"]
        if page["next_cursor"] is None:
            return records
        cursor = "&cursor=" + page["next_cursor"]


def the_endpoint_pages_and_filters(program):
    with Daemon(program) as daemon:
        jobs = [daemon.run(HELLO) for _ in range(3)]
        # The record stands before the answer, so everything is there now.
        everything = pages(daemon, "limit=2")
        assert everything == daemon.audit()
        assert [record["seq"] for record in everything] == list(range(1, len(everything) + 1))
        mine = pages(daemon, f"job={jobs[1]['id']}")
        assert [record["event"] for record in mine] == ["accepted", "finished"], mine
        assert len(pages(daemon, "tenant=local&limit=1")) == 6
        assert pages(daemon, "tenant=nobody") == []
        since = everything[3]["time"]
        assert pages(daemon, "since=" + since)[-1] == everything[-1]
        assert all(record["time"] >= since for record in pages(daemon, "since=" + since))
        assert pages(daemon, "until=" + since) == [r for r in everything if r["time"] < since]
        for query in ("since=yesterday", "cursor=x", "cursor=1-1", "limit=0", "limit=1001", "tennant=x"):
            assert daemon.ask("GET", "/v1/audit?" + query).status == 400, query


def every_field_is_there_and_true(program):
    with tempfile.TemporaryDirectory(prefix="cex-audit-") as folder:
        with Daemon(program, '[network]\nallow = ["nowhere.invalid:443"]\n', folder=folder) as daemon:
            languages = {entry["id"]: entry for entry in daemon.ask("GET", "/v1/languages").json()["languages"]}
            if not languages.get("c", {}).get("usable") or not languages["python"]["usable"]:
                raise Skip("C or Python is not usable here")
            plugins = {entry["id"]: entry for entry in daemon.ask("GET", "/v1/plugins").json()["plugins"]}
            source = ("import urllib.request\ntry:\n  urllib.request.urlopen('https://nowhere.invalid/')\n"
                      "except OSError as e:\n  print('refused')\nsum(range(10 ** 6))\n")
            done = daemon.run({
                "language": "python", "files": [{"path": "main.py", "content": source}], "labels": {"course": "a1"},
                "limits": {"wall_ms": 20000, "memory_bytes": 200 << 20},
                "network": {"allow": ["nowhere.invalid:443"]}},
                {"X-Request-Id": "audit-test-1", "traceparent": "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"})
            compiled = daemon.run({"language": "c", "source": "int main(void) { return 3; }"})
            state = daemon.state
            records = pages(daemon, "")
        by_job = {}
        for record in records:
            by_job.setdefault(record.get("job"), {})[record["event"]] = record
        accepted, finished = by_job[done["id"]]["accepted"], by_job[done["id"]]["finished"]
        plugin = languages["python"]["plugin"]
        for record in (accepted, finished):
            # who, when, from where
            jq('.tenant == "local" and (has("key") | not)', record)
            jq('.request_id == "audit-test-1" and .trace_id == "' + "ab" * 16 + '"', record)
            jq('.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[.][0-9]{3}Z$")', record)
            jq('.peer | test("^127[.]0[.]0[.]1:[0-9]+$")', record)
            # language, toolchain, plugin
            jq(f'.language == "python" and .toolchain_version == "{done["language"]["version"]}"', record)
            jq('.toolchain | length > 0', record)
            jq(f'.plugin == "{plugin}" and .plugin_version == "{plugins[plugin]["version"]}"', record)
            jq('.plugin_sha256 | test("^[0-9a-f]{64}$")', record)
            # sources by hash, never as they are
            digest = hashlib.sha256(source.encode()).hexdigest()
            jq(f'.sources == [{{"path": "main.py", "sha256": "{digest}"}}]', record)
            assert "urllib" not in json.dumps(record)
            # limits, labels, isolation
            jq(f'.run_limits.wall_ms == 20000 and .run_limits.memory_bytes == {200 << 20}', record)
            jq('.run_limits | has("cpu_ms") and has("processes") and has("output_bytes") and has("cpus")', record)
            jq('.compile_limits | has("wall_ms")', record)
            jq('.labels == {"course": "a1"}', record)
            jq('.isolation | (.mode == "root" or .mode == "rootless") and has("cgroup") and has("insecure")', record)
            jq('.network.granted == ["nowhere.invalid:443"]', record)
            jq('(.seq | type == "number") and (.prev | length == 64) and (.hash | length == 64)', record)
        jq('has("verdict") or has("usage") or has("plans") | not', accepted)
        # plan hash, consumption, verdict, network decisions
        jq('.attempt == 1 and .verdict == "ok"', finished)
        jq('(.plans | length == 1) and (.plans[0] | test("^[0-9a-f]{64}$"))', finished)
        jq('.usage | .cpu_ns > 0 and .wall_ns > 0 and .memory_peak_bytes > 0', finished)
        jq('.network.contacts | length == 1 and .[0].host == "nowhere.invalid" and .[0].port == 443 and '
           '.[0].allowed == false', finished)
        # the plugin's hash is that of its files' bytes
        files = [os.path.join(base, name) for base, _, names in os.walk(os.path.dirname(program) + "/../plugins")
                 for name in names]
        hashes = {hashlib.sha256(open(path, "rb").read()).hexdigest() for path in files}
        assert accepted["plugin_sha256"] in hashes, "the plugin's hash is of no file"
        # a compiled one has a plan for each step
        other = by_job[compiled["id"]]["finished"]
        jq('(.plans | length == 2) and .verdict == "runtime_error"', other)
        jq(f'.sources[0].sha256 == "{hashlib.sha256(b"int main(void) { return 3; }").hexdigest()}"', other)
        jq('.event == "started" and .seq == 1', records[0])
        # the chain, by the published rule and not by our own program
        previous = "0" * 64
        for line in open(f"{state}/audit/audit-000001.jsonl", encoding="utf-8"):
            record = json.loads(line)
            digest = record.pop("hash")
            assert record["prev"] == previous
            text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            assert hashlib.sha256((previous + text).encode()).hexdigest() == digest
            previous = digest
        assert cex("audit", "verify", f"{state}/audit").returncode == 0


def export_and_tail_read_what_was_written(program):
    with Daemon(program) as daemon:
        job = daemon.run(HELLO)
        folder = daemon.state + "/audit"
        exported = cex("audit", "export", folder)
        assert exported.returncode == 0, exported.stderr
        assert [json.loads(line) for line in exported.stdout.splitlines()] == daemon.audit()
        one = cex("audit", "export", "--job", job["id"], "--event", "finished", folder)
        assert [json.loads(line)["event"] for line in one.stdout.splitlines()] == ["finished"]
        assert cex("audit", "export", "--since", "2999-01-01T00:00:00Z", folder).stdout == ""
        assert cex("audit", "export", "--since", "tomorrow", folder).returncode == 64
        assert cex("audit", "export", folder + "/none").returncode != 0
        last = cex("audit", "tail", "-n", "2", "--no-follow", folder)
        assert [json.loads(line) for line in last.stdout.splitlines()] == daemon.audit()[-2:]
        with subprocess.Popen([CEX, "audit", "tail", "-n", "1", "--event", "finished", folder],
                              stdout=subprocess.PIPE, text=True) as tail:
            assert json.loads(tail.stdout.readline())["job"] == job["id"]
            later = daemon.run(HELLO)
            assert json.loads(tail.stdout.readline())["job"] == later["id"]
            tail.send_signal(signal.SIGTERM)
            tail.wait(timeout=60 * FACTOR)


def the_head_is_told_to_logs_and_metrics(program):
    with Daemon(program, "[audit]\nhead_interval_s = 1\n") as daemon:
        daemon.run(HELLO)
        last = daemon.audit()[-1]
        line = eventually(lambda: [head for head in daemon.log("audit head") if head["seq"] == last["seq"]],
                          "the head in the log")
        assert line[0]["hash"] == last["hash"]
        metrics = daemon.metrics()
        assert metrics["cex_audit_sequence"] == last["seq"]
        assert metrics["cex_audit_head"] == int(last["hash"][:12], 16)
        eventually(lambda: daemon.metrics()["cex_audit_unsynced_records"] == 0, "the sync")
        assert daemon.metrics()["cex_audit_lag_seconds"] == 0


class SmallDisk:
    """A folder on a small file system."""

    def __init__(self):
        if os.geteuid() != 0:
            raise Skip("mounting needs root")
        self.folder = tempfile.mkdtemp(prefix="cex-audit-")
        os.chmod(self.folder, 0o777)
        os.makedirs(self.folder + "/state/audit")
        user = pwd.getpwnam("nobody")
        os.chown(self.folder + "/state", user.pw_uid, user.pw_gid)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=32m,mode=0700,uid={user.pw_uid}", "cex-test",
                               self.folder + "/state/audit"], check=False)
        if done.returncode != 0:
            os.rmdir(self.folder + "/state/audit")
            raise Skip("mounting is not possible here")

    def fill(self):
        ballast = os.open(self.folder + "/state/audit/ballast", os.O_WRONLY | os.O_CREAT)
        with contextlib.suppress(OSError):
            while True:
                os.write(ballast, b"x" * 4096)
        os.close(ballast)

    def free(self):
        os.unlink(self.folder + "/state/audit/ballast")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", self.folder + "/state/audit"], check=False)
        subprocess.run(["rm", "-rf", self.folder], check=False)


def a_full_disk_refuses_jobs(program):
    with SmallDisk() as disk, Daemon(program, "", ("--user", "nobody"), folder=disk.folder) as daemon:
        daemon.run(HELLO)
        disk.fill()
        answer = eventually(lambda: [a for a in [daemon.ask("POST", "/v1/jobs", HELLO)] if a.status >= 500],
                            "a refusal")[0]
        assert answer.status in (500, 503), answer.body
        ready = daemon.ask("GET", "/readyz")
        assert ready.status == 503 and "audit" in ready.body.decode()
        disk.free()
        assert daemon.ask("POST", "/v1/jobs", HELLO).status >= 500  # until an operator has looked


def a_full_disk_costs_records_where_that_is_wanted(program):
    with SmallDisk() as disk, Daemon(program, '[audit]\non_failure = "degrade"\n', ("--user", "nobody"),
                                     folder=disk.folder) as daemon:
        daemon.run(HELLO)
        disk.fill()
        eventually(lambda: daemon.run(HELLO)["status"] == "ok" and
                   daemon.metrics()["cex_audit_records_lost_total"] > 0, "lost records")
        assert daemon.log("audit record lost, jobs go on as configured")
        ready = daemon.ask("GET", "/readyz")
        assert ready.status == 200 and "degraded" in ready.body.decode(), ready.body
        disk.free()

        def recovered():
            assert daemon.run(HELLO)["status"] == "ok"
            return [r for r in daemon.audit() if "records were lost" in r.get("detail", "")]

        record = eventually(recovered, "the record of the loss")[0]
        lost = int(re.match(r"(\d+) records were lost", record["detail"])[1])
        assert lost == daemon.metrics()["cex_audit_records_lost_total"]
        assert '"audit"' in daemon.ask("GET", "/readyz").body.decode()
        assert cex("audit", "verify", daemon.state + "/audit").returncode == 0


if __name__ == "__main__":
    sys.exit(main([
        the_endpoint_pages_and_filters, every_field_is_there_and_true, export_and_tail_read_what_was_written,
        the_head_is_told_to_logs_and_metrics, a_full_disk_refuses_jobs,
        a_full_disk_costs_records_where_that_is_wanted]))
