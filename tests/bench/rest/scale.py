# SPDX-License-Identifier: Apache-2.0
"""What slots and languages cost a server that has them and does not use them."""

import contextlib
import json
import os
import pathlib
import tempfile
import time

import growth
import server

MANIFEST = pathlib.Path(__file__).resolve().parents[3] / "plugin-api/templates/declarative/plugin.json"
OFF = {"CODE_EXECUTOR_WARM_UP_MODE": "off", "CODE_EXECUTOR_CACHE_COMPILE_MAX_BYTES": "0"}


def available_kib():
    with open("/proc/meminfo", encoding="ascii") as info:
        return next(int(line.split()[1]) for line in info if line.startswith("MemAvailable:"))


@contextlib.contextmanager
def started(build, settings):
    """A server and the milliseconds until it was at rest."""
    began = time.perf_counter()
    host = server.Server(build, {**OFF, **settings})
    try:
        host.wait_for_rest()
        yield host, round((time.perf_counter() - began) * 1000, 1)
    finally:
        host.stop()


def hello_ms(host):
    return round(growth.median_of(host, growth.HELLO, 20) * 1000, 2)


def slots(build):
    """Half of them spare. The memory is the machine's, the kernel's share with it."""
    for count in (2, 8, 32, 128):
        before = available_kib()
        with started(build, {"CODE_EXECUTOR_SANDBOX_SLOTS": str(count // 2),
                             "CODE_EXECUTOR_SANDBOX_SPARE_SLOTS": str(count // 2)}) as (host, took):
            memory = round((before - available_kib()) / 1024, 1)
            row = {"slots": count, "ready_ms": took, "machine_mib": memory,
                   "hello_ms": hello_ms(host)}
        yield row


def write_plugins(folder, count):
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    for number in range(count):
        manifest["id"] = f"org.example.bench{number}"
        manifest["languages"][0]["id"] = f"bench-{number}"
        manifest["languages"][0]["default_file"] = f"main{number}.sh"
        home = pathlib.Path(folder) / f"bench{number}"
        home.mkdir()
        (home / "plugin.json").write_text(json.dumps(manifest), encoding="utf-8")


def languages(build):
    for count in (0, 10, 100):
        with tempfile.TemporaryDirectory(prefix="cex-bench-") as folder:
            os.chmod(folder, 0o755)
            write_plugins(folder, count)
            with started(build, {"CODE_EXECUTOR_PLUGINS_PATH": folder}) as (host, took):
                row = {"languages": len(host.get("/v1/languages")["languages"]), "ready_ms": took,
                       "server_mib": round(host.resident_mib(), 1), "hello_ms": hello_ms(host)}
        yield row


def table(title, rows):
    print(title)
    found = []
    for row in rows:
        print("  " + "  ".join(f"{key} {value:>8}" for key, value in row.items()), flush=True)
        found.append(row)
    return {"title": title, "rows": found}


def measure(build):
    return [table("slots, none of them busy", slots(build)),
            table("languages loaded", languages(build))]
