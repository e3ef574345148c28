#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""REST round trips against the bare tool, interleaved in one run: rest_bench.py BUILD_DIR.

Starts a server of its own on a free port of the loopback interface and stops it at the end."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 60
HELLO = "print('Hello, world!')\n"


def start(build, data_dir):
    command = [f"{build}/bin/code-executord", "--listen", "127.0.0.1:0", "--data-dir", data_dir]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        try:
            entry = json.loads(line)
        except ValueError:
            sys.stderr.write(line)
            continue
        if entry.get("message") == "listening":
            host, port = entry["address"].rsplit(":", 1)
            return server, host, int(port)
    sys.exit("the server did not start")


def round_trip(connection, body):
    started = time.perf_counter()
    connection.request("POST", "/v1/jobs?wait=60", body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    job = json.loads(reply.read())
    took = time.perf_counter() - started
    if job.get("status") != "ok":
        sys.exit(f"unexpected answer: {job}")
    return took, job


def bare(path):
    started = time.perf_counter()
    subprocess.run(["/usr/bin/python3", path], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def main():
    build = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="cex-rest-bench-") as folder:
        os.chmod(folder, 0o755)
        server, host, port = start(build, f"{folder}/state")
        try:
            idle = resident_kib(server.pid)
            program = f"{folder}/hello.py"
            with open(program, "w", encoding="ascii") as source:
                source.write(HELLO)
            body = json.dumps({"language": "python", "source": HELLO})
            bare_times, rest_times, run_times = [], [], []
            for index in range(ROUNDS + 5):
                # Each round trip has its connection, as most clients have.
                connection = http.client.HTTPConnection(host, port, timeout=70)
                took, job = round_trip(connection, body)
                connection.close()
                bare_took = bare(program)
                if index >= 5:  # the first ones fill caches on both sides
                    rest_times.append(took * 1000)
                    bare_times.append(bare_took * 1000)
                    run_times.append(job["runs"][0]["wall_ms"])
        finally:
            server.terminate()
            server.wait(60)
    bare_p50 = statistics.median(bare_times)
    rest_p50 = statistics.median(rest_times)
    print(f"Python hello, {ROUNDS} rounds each, interleaved")
    print(f"  {'bare python3':28} {bare_p50:10.2f} ms")
    print(f"  {'in the box (wall_ms)':28} {statistics.median(run_times):10.2f} ms")
    print(f"  {'REST round trip':28} {rest_p50:10.2f} ms   {rest_p50 / bare_p50:.2f} times bare")
    print(f"server, idle: {idle / 1024:.1f} MiB resident")


main()
