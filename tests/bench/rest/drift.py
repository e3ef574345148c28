#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many Python jobs through one server: does it get slower, does it grow?

Usage: drift.py BUILD_DIR [--jobs N] [--clients N] [--write FILE]
Starts a server of its own and stops it at the end; each client keeps its connection."""

import argparse
import concurrent.futures
import http.client
import json
import sys
import threading
import time

import server

BLOCKS = 20


class Clients:
    def __init__(self, port):
        self.port, self.own = port, threading.local()

    def run(self, number):
        """Seconds from the request to the answer of one job; its text is nobody else's."""
        if not hasattr(self.own, "connection"):
            self.own.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        body = json.dumps({"language": "python", "source": f"print({number})\n"})
        began = time.perf_counter()
        self.own.connection.request("POST", "/v1/jobs?wait=60", body,
                                    {"Content-Type": "application/json"})
        result = json.loads(self.own.connection.getresponse().read())
        took = time.perf_counter() - began
        if result.get("status") != "ok" or result["runs"][0]["stdout"] != f"{number}\n":
            sys.exit(f"unexpected answer: {str(result)[:500]}")
        return took


def part(times, share):
    return sorted(times)[int((len(times) - 1) * share)] * 1000


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("build")
    options.add_argument("--jobs", type=int, default=100_000)
    options.add_argument("--clients", type=int, default=4)
    options.add_argument("--write", metavar="FILE")
    wanted = options.parse_args()
    host = server.Server(wanted.build, {})
    blocks, each = [], max(1, wanted.jobs // BLOCKS)
    try:
        host.wait_for_layers()
        host.wait_for_rest()
        clients = Clients(host.port)
        with concurrent.futures.ThreadPoolExecutor(wanted.clients) as pool:
            for block in range(BLOCKS):
                began = time.perf_counter()
                times = list(pool.map(clients.run, range(block * each, (block + 1) * each)))
                seconds = time.perf_counter() - began
                blocks.append({"jobs": (block + 1) * each, "p50_ms": round(part(times, 0.5), 2),
                               "p99_ms": round(part(times, 0.99), 2),
                               "jobs_per_second": round(each / seconds, 1),
                               "server_mib": round(host.resident_mib(), 1)})
                print("  " + "  ".join(f"{k} {v:>8}" for k, v in blocks[-1].items()), flush=True)
    finally:
        host.stop()
    if wanted.write:
        with open(wanted.write, "w", encoding="utf-8") as file:
            json.dump({"command": " ".join(sys.argv[1:]), "clients": wanted.clients,
                       "blocks": blocks}, file, indent=1)
            file.write("\n")


main()
