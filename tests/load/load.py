#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Load on the real server: latency and throughput by clients, overload, fair shares, a long queue.

load.py DAEMON [--short] [--only NAME,...] prints JSON. Exit status 1 where something is wrong that is no
matter of time: an answer of 5xx, no 429 beyond capacity, a share far from its weight, a lost job. --short is
for every test run; figures come from the long form.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time

from client import Client, hammer, percentile, rounded
from server import Server

PROGRAM = {"language": "python", "source": "print(1)"}
FAILURES = []


def expect(good, text):
    if not good:
        FAILURES.append(text)


def no_server_errors(where, statuses):
    wrong = {status: count for status, count in statuses.items() if status == 0 or status >= 500}
    expect(not wrong, f"{where}: {wrong}")


def throughput(options):
    """Jobs with `wait=`, one after the other in each of so many clients."""
    server = Server(options.daemon, "[server]\nmax_connections_per_address = 4096\n")
    rows = []
    try:
        asyncio.run(hammer(server.port, 4, 2, "POST", "/v1/jobs?wait=60", PROGRAM))  # warm
        for clients in (1, 8, 64) if options.short else (1, 4, 16, 64, 128, 256, 512):
            tally = asyncio.run(hammer(server.port, clients, options.seconds, "POST", "/v1/jobs?wait=60", PROGRAM))
            no_server_errors(f"throughput, {clients} clients", tally.statuses)
            rows.append({"clients": clients, **tally.report(), "rss_mib": server.status("VmRSS") // 1024})
        return {"jobs": rows, "wrk": wrk(server.port, options)}
    finally:
        server.stop()


def wrk(port, options):
    """Requests without a job, by a client that others wrote."""
    if shutil.which("wrk") is None:
        return None
    rows = []
    for clients in (1, 16, 64, 256):
        said = subprocess.run(
            ["wrk", "-t2" if clients > 1 else "-t1", f"-c{clients}", f"-d{options.seconds}s", "--latency",
             f"http://127.0.0.1:{port}/healthz"], capture_output=True, text=True).stdout
        rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
        tail = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
        scale = {"us": 0.001, "ms": 1, "s": 1000}
        rows.append({"clients": clients, "requests_per_second": float(rate[1]) if rate else None,
                     "p99_ms": round(float(tail[1]) * scale[tail[2]], 2) if tail else None,
                     "bad": bool(re.search(r"Non-2xx|Socket errors", said))})
    return rows


def overload(options):
    """Far more than it can take: it says 429 and goes on answering."""
    server = Server(options.daemon, '[server]\nmax_connections = 300\nhealth_listen = "127.0.0.1:0"\n'
                                    "[queue]\nmax_jobs = 200\n")
    clients = 64 if options.short else 512
    before = server.status("VmRSS")

    async def run():
        flood = asyncio.create_task(hammer(server.port, clients, options.seconds, "POST", "/v1/jobs", PROGRAM))
        health = asyncio.create_task(hammer(server.port, 2, options.seconds, "GET", "/healthz", pause=0.01))
        door = asyncio.create_task(hammer(server.health_port, 2, options.seconds, "GET", "/healthz", pause=0.01))
        most = before
        while not flood.done():
            most = max(most, server.status("VmRSS"))
            await asyncio.sleep(0.2)
        return await flood, await health, await door, most

    try:
        flood, health, door, most = asyncio.run(run())
        no_server_errors("overload", flood.statuses)
        no_server_errors("overload, healthz", health.statuses)
        no_server_errors("overload, healthz at its own address", door.statuses)
        expect(flood.statuses.get(429, 0) > 0, f"nothing was shed: {flood.statuses}")
        expect(flood.statuses.get(202, 0) > 0, f"nothing was taken: {flood.statuses}")
        return {"clients": clients, "jobs": flood.report(), "healthz": health.report(),
                "healthz_at_its_own_address": door.report(), "rss_mib": {"before": before // 1024, "most": most // 1024}}
    finally:
        server.stop()


def shares(options):
    """Three tenants, one of which floods; the slots' time goes by weight all the same."""
    weights = {"flood": 1, "steady": 1, "heavy": 2}
    config = "[queue]\nmax_jobs = 5000\n" + "".join(
        f"[tenants.{name}]\nweight = {weight}\n" for name, weight in weights.items())
    server = Server(options.daemon, config)
    keys = {name: server.make_key(name) for name in weights}
    clients = {"flood": 24 if options.short else 64, "steady": 8, "heavy": 8}
    seconds = options.seconds * 2

    async def run():
        admin = Client(server.port, server.make_key("admin", "auditor"))
        while (await admin.request("GET", "/metrics"))[0] != 200:  # keys are looked at once a second
            await asyncio.sleep(0.1)
        return await asyncio.gather(*(
            # What waits at the end is the flood's, and would go when nobody else asks any more.
            hammer(server.port, count, seconds, "POST", "/v1/jobs?wait=60", PROGRAM, keys[name], late=False)
            for name, count in clients.items()))

    try:
        tallies = dict(zip(clients, asyncio.run(run())))
        done = {name: tally.statuses.get(200, 0) for name, tally in tallies.items()}
        for name, tally in tallies.items():
            no_server_errors(f"shares, {name}", tally.statuses)
        all_done, all_weights = sum(done.values()), sum(weights.values())
        rows = {}
        for name, weight in weights.items():
            due = weight / all_weights
            got = done[name] / max(all_done, 1)
            rows[name] = {"clients": clients[name], "weight": weight, "jobs": done[name],
                          "share": round(got, 3), "due": round(due, 3), "off_percent": round(100 * (got / due - 1), 1)}
            expect(0.65 * due < got < 1.35 * due, f"share of {name}: {got:.2f} of {due:.2f}")
        return rows
    finally:
        server.stop()


def long_queue(options):
    """A hundred thousand jobs that wait: what taking one more, beginning one, and starting costs."""
    total = 3000 if options.short else 100_000
    config = (f"[queue]\nmax_jobs = {total + 1000}\nmax_bytes = \"1 GiB\"\n[sandbox]\nslots = 1\n"
              '[warm_up]\nmode = "off"\n[limits.run.max]\nwall_ms = 3600000\n')
    empty = Server(options.daemon, config)
    start_empty = empty.start_seconds
    sleeper = {"language": "python", "source": "import time; time.sleep(3000)", "limits": {"wall_ms": 3_000_000}}

    async def fill():
        client = Client(empty.port)
        status, _, body = await client.request("POST", "/v1/jobs", sleeper)
        assert status == 202, body
        blocker = json.loads(body)["id"]
        rows, times, queued = [], [], 0
        while queued < total:
            begun = time.monotonic()
            status, _, body = await client.request("POST", "/v1/jobs/batch", {"jobs": [PROGRAM] * 100})
            times.append((time.monotonic() - begun) * 10)  # ms a job
            expect(status == 202, f"enqueue at {queued}: {status} {body[:200]}")
            queued += 100
            if queued % (total // 10) == 0:
                rows.append({"waiting": queued, "enqueue_ms": rounded(percentile(times, 0.5)),
                             "p99_ms": rounded(percentile(times, 0.99))})
                times = []
        return blocker, rows

    async def drain(port, seconds):
        """How fast it goes through them with the queue at its longest."""
        client = Client(port)
        before = json.loads((await client.request("GET", "/readyz"))[2])["jobs"]["queued"]
        begun = time.monotonic()
        await asyncio.sleep(seconds)
        after = json.loads((await client.request("GET", "/readyz"))[2])["jobs"]["queued"]
        return round((before - after) / (time.monotonic() - begun), 1), after

    try:
        blocker, rows = asyncio.run(fill())
        rss = empty.status("VmRSS") // 1024
        asyncio.run(Client(empty.port).request("DELETE", f"/v1/jobs/{blocker}"))
        rate, _ = asyncio.run(drain(empty.port, options.seconds))
        empty.kill()
        again = Server(options.daemon, config, folder=empty.folder)
        start_full = again.start_seconds
        rate_again, left = asyncio.run(drain(again.port, options.seconds))
        expect(left > 0, "the queue was lost")
        again.kill()
        return {"jobs": total, "enqueue": rows, "jobs_per_second": rate, "rss_mib": rss,
                "start_seconds": {"empty": round(start_empty, 2), "full": round(start_full, 2)},
                "after_restart": {"waiting": left, "jobs_per_second": rate_again}}
    finally:
        if empty.process.poll() is None:
            empty.kill()
        empty.own.cleanup()


PARTS = {"throughput": throughput, "overload": overload, "shares": shares, "long_queue": long_queue}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("daemon")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seconds", type=int, default=0, help="of one measurement")
    parser.add_argument("--only", default=",".join(PARTS))
    options = parser.parse_args()
    options.seconds = options.seconds or (3 if options.short else 10)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    report = {"cpus": os.cpu_count(), "load_before": [round(value, 1) for value in os.getloadavg()]}
    for name in options.only.split(","):
        report[name] = PARTS[name](options)
    report["load_after"] = [round(value, 1) for value in os.getloadavg()]
    report["failures"] = FAILURES
    print(json.dumps(report, indent=1))
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
