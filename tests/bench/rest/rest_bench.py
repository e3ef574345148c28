#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""REST round trips against the bare tools, interleaved in one run.

Usage: rest_bench.py BUILD_DIR [--rounds N] [--write FOLDER]
Starts servers of its own on free ports of the loopback interface and stops them at the end. With
--write, FOLDER gets rest.json and rest.svg."""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import chart
import growth
import programs
import scale
import server

WAYS = ("bare", "cold", "layers", "full", "cached")
WARM_UP_ROUNDS = 2  # the first ones fill caches on both sides


def percentile(samples, part):
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def summary(samples):
    return {"p50_ms": round(statistics.median(samples) * 1000, 3),
            "p95_ms": round(percentile(samples, 0.95) * 1000, 3), "rounds": len(samples)}


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def job_cpu(result):
    steps = [result["compile"]] if result["compile"] else []
    return sum(step["cpu_ms"] for step in steps + result["runs"]) / 1000


class Comparison:
    """One program: bare, and through servers with nothing, some and all made ahead."""

    def __init__(self, program, tool, hosts):
        self.program, self.hosts = program, hosts
        self.steps = program.steps(tool)
        self.times = {way: [] for way in WAYS}
        self.cpu = {way: [] for way in WAYS}

    def bare(self, folder):
        before = children_cpu()
        started = time.perf_counter()
        programs.run_bare(self.steps, folder)
        return time.perf_counter() - started, children_cpu() - before

    def ours(self, host, source):
        result, took = host.run({"language": self.program.language, "source": source})
        if result.get("status") != "ok":
            sys.exit(f"{self.program.name}: unexpected answer: {result}")
        return took, job_cpu(result)

    def measure(self, rounds):
        same = self.program.fresh("same")
        with tempfile.TemporaryDirectory(prefix="cex-bench-") as folder:
            for number in range(rounds + WARM_UP_ROUNDS):
                fresh = self.program.fresh(number)
                # For the bare tool too: `go build` remembers what it has compiled.
                with open(f"{folder}/{self.program.file}", "w", encoding="ascii") as source:
                    source.write(fresh)
                taken = {}
                for way in WAYS:
                    # What is started ahead for the next job must not be measured with this one.
                    self.hosts["full"].wait_for_rest()
                    taken[way] = self.bare(folder) if way == "bare" else self.ours(
                        self.hosts["full" if way == "cached" else way],
                        same if way == "cached" else fresh)
                if number < WARM_UP_ROUNDS:
                    continue
                for way, (took, cpu) in taken.items():
                    self.times[way].append(took)
                    self.cpu[way].append(cpu)

    def document(self):
        bare = statistics.median(self.times["bare"])
        ways = {}
        for way, samples in self.times.items():
            ways[way] = {**summary(samples),
                         "cpu_ms": round(statistics.median(self.cpu[way]) * 1000, 2),
                         "times_bare": round(statistics.median(samples) / bare, 3)}
        return {"program": self.program.name, "language": self.program.language, "ways": ways}


def compare(hosts, rounds):
    documents = []
    languages = {one["id"]: one for one in hosts["full"].get("/v1/languages")["languages"]}
    print(f"hello, {rounds} rounds each, interleaved: p50 ms (times bare)")
    print(f"  {'':20} {'bare':>9}" + "".join(f" {way:>18}" for way in WAYS[1:]))
    for program in programs.ALL:
        language = languages.get(program.language)
        if not language or not language["usable"]:
            print(f"  {program.name:20} is not usable here")
            continue
        tool = programs.tool_for(program, language["versions"][0]["version"])
        if tool is None:
            print(f"  {program.name:20} the server's tool was not found for a shell")
            continue
        comparison = Comparison(program, tool, hosts)
        comparison.measure(rounds)
        document = comparison.document()
        documents.append(document)
        ways = document["ways"]
        cells = "".join(f" {ways[way]['p50_ms']:9.1f} ({ways[way]['times_bare']:6.2f})"
                        for way in WAYS[1:])
        print(f"  {program.name:20} {ways['bare']['p50_ms']:9.1f}{cells}", flush=True)
    return documents


def machine():
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            cwd=os.path.dirname(os.path.abspath(__file__)), check=False)
    return {"cpus": os.cpu_count(), "kernel": platform.release().partition("-")[0], "load": os.getloadavg()[0],
            "commit": commit.stdout.strip(), "time": time.strftime("%Y-%m-%d %H:%M")}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("build")
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--write", metavar="FOLDER")
    wanted = options.parse_args()
    document = {"command": "./dev bench", "machine": machine()}
    uncached = {"CODE_EXECUTOR_CACHE_COMPILE_MAX_BYTES": "0"}
    hosts = {"cold": server.Server(wanted.build, {"CODE_EXECUTOR_WARM_UP_MODE": "off", **uncached})}
    try:
        document["idle_mib"] = round(hosts["cold"].resident_mib(), 1)
        hosts["layers"] = server.Server(wanted.build,
                                        {"CODE_EXECUTOR_WARM_UP_MODE": "layers", **uncached})
        hosts["full"] = server.Server(wanted.build, growth.SETTINGS)
        print("waiting for layers")
        for way in ("layers", "full"):
            hosts[way].wait_for_layers()
        document["hello"] = compare(hosts, wanted.rounds)
        document["growth"] = growth.measure(hosts["full"])
    finally:
        for host in hosts.values():
            host.stop()
    document["scale"] = scale.measure(wanted.build)
    print(f"server, idle: {document['idle_mib']} MiB resident")
    if wanted.write:
        os.makedirs(wanted.write, exist_ok=True)
        with open(f"{wanted.write}/rest.json", "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2)
            file.write("\n")
        with open(f"{wanted.write}/rest.svg", "w", encoding="utf-8") as file:
            file.write(chart.bars(document))


main()
