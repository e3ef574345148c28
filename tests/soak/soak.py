#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A soak: the real server under a mix of good and hostile jobs, with cancels, clients that hang up, and
kill -9 of launchers and of the server itself.

Usage: soak.py BUILD_DIR [--minutes N] [--slots N] [--clients N] [--kill-every SECONDS]
               [--seed N] [--json FILE]

Exit status 0 if no good job got a wrong answer, nothing was left behind after any of the server's ends,
its memory stayed flat, and the audit log verifies.
"""

import argparse
import collections
import itertools
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import clients
import machine
import programs

SAMPLE_SECONDS = 5
WARM_UP_SECONDS = 240      # of each life of a server: caches, pools and kept results find their size
MIN_SLOPE_SECONDS = 900    # less than that says nothing about a slope
MAX_SLOPE_KIB_PER_HOUR = 64 * 1024
MAX_RESIDENT_KIB = 512 * 1024
# In turn. A server has three launchers; some peace in a life shows whether its memory stays flat.
KILLS = ("launcher", "launcher", "server", "launcher", None, "launcher", None, "server")
# Results go soon, so that memory is in a steady state within the warm-up.
SETTINGS = {"CODE_EXECUTOR_RESULTS_TTL_S": "60", "CODE_EXECUTOR_RESULTS_MAX_TTL_S": "60",
            "CODE_EXECUTOR_RESULTS_MAX_JOBS": "500", "CODE_EXECUTOR_RESULTS_MAX_BYTES": str(32 << 20),
            "CODE_EXECUTOR_AUDIT_SYNC": "interval", "CODE_EXECUTOR_SANDBOX_SLOT_IDLE_S": "2",
            "CODE_EXECUTOR_QUEUE_MAX_JOBS": "50",
            "CODE_EXECUTOR_LIMITS_RUN_MAX_WALL_MS": str(programs.PATIENCE["wall_ms"]),
            "CODE_EXECUTOR_LIMITS_COMPILE_MAX_WALL_MS": str(programs.COMPILE_PATIENCE["wall_ms"])}


class Soak:
    """The world that clients live in, and what is done to it."""

    def __init__(self, options):
        self.options = options
        self.build = os.path.realpath(options.build)
        self.rng = random.Random(options.seed)
        self.tag = "cexsoak" + secrets.token_hex(4)
        self.folder = tempfile.mkdtemp(prefix="cex-soak-")
        os.chmod(self.folder, 0o755)
        self.data_dir = os.path.join(self.folder, "state")
        self.uid_base = 1_700_000_000 + self.rng.randrange(1000) * 10_000 if os.geteuid() == 0 else None
        self.outside = machine.Outside(self.tag, self.data_dir, self.uid_base)
        self.tally = clients.Tally()
        self.ready, self.over = threading.Event(), threading.Event()
        self.server, self.languages, self.launcher_deaths = None, [], []
        self.lives, self.events = [], collections.Counter()

    def start(self):
        settings = dict(SETTINGS)
        if self.uid_base is not None:
            settings["CODE_EXECUTOR_SANDBOX_UID_BASE"] = str(self.uid_base)
        extra = os.environ.get("CEX_TEST_DAEMON_ARGS", "").split()
        self.server = machine.Server(
            f"{self.build}/bin/code-executord", ["--slots", str(self.options.slots), *extra],
            self.data_dir, os.path.join(self.folder, "server.log"), settings)
        self.ask_until_ready()
        slots = self.wait_at_rest()
        if not slots:
            raise RuntimeError("the server's slots do not get ready")
        self.lives.append({"samples": [], "slots_at_rest": slots,
                           "descriptors_at_rest": self.server.descriptors()})
        self.ready.set()

    def ask_until_ready(self):
        client = clients.Client(self, -1, 0)

        def usable():
            try:
                status, _ = client.ask(self.server.port, "GET", "/readyz")
                return status == 200
            except OSError:
                return False
        if not machine.wait_until(usable, 120):
            raise RuntimeError("the server does not get ready")
        _, answer = client.ask(self.server.port, "GET", "/v1/languages")
        self.languages = [one["id"] for one in answer["languages"] if one["usable"]]

    def wait_at_rest(self, most_slots=None):
        """Idle slots are given up, the others have their next box, no job runs, and nobody but us is
        connected. Returns how many slots are left: programs that wait for jobs hold some, and those
        that nobody asked for again go after a minute."""
        client = clients.Client(self, -1, 0)

        def rests():
            _, state = client.ask(self.server.port, "GET", "/readyz")
            # A layer that is being built holds a slot, and ends of its pipes.
            if any("to do" in check["detail"] for check in state["checks"]):
                return False
            _, answer = client.ask(self.server.port, "GET", "/v1/languages")
            if any(layer["state"] == "building" for language in answer["languages"]
                   for layer in language["warm_up"]["layers"]):
                return False
            if any(kind["waiting"] < kind["wanted"] for language in answer["languages"]
                   for kind in language["warm_up"]["preboots"]):
                return False
            slots = state["slots"]
            resting = slots["ready"] == self.options.slots and not any(state["jobs"].values()) and \
                slots["ready"] + slots["preboots"] == slots["total"]
            return slots["total"] if resting and slots["total"] <= (most_slots or 1024) else False
        slots = machine.wait_until(rests, 300)  # layers are built first
        time.sleep(0.5)  # our own connection closes
        return slots

    def check_left_behind(self, below, when):
        for thing in self.outside.left_behind(below):
            self.tally.complain(f"left behind after {when}: {thing}")
        for path in self.outside.odd_files():
            self.tally.complain(f"left behind after {when}: {path}")

    def check_groups(self, groups, when):
        """A killed server cannot remove its cgroups; the next one does."""
        if not machine.wait_until(lambda: not any(map(os.path.isdir, groups)), 30):
            self.tally.complain(f"cgroups left behind after {when}: {sorted(groups)}")

    def verify_audit(self, when):
        done = subprocess.run([f"{self.build}/bin/cex", "audit", "verify", f"{self.data_dir}/audit"],
                              capture_output=True, text=True, check=False)
        self.events["audit verified"] += 1
        if done.returncode != 0:
            self.tally.complain(f"the audit log does not verify {when}: {done.stdout}{done.stderr}")

    def kill_server(self):
        groups = self.server.groups
        self.ready.clear()
        below = self.server.kill()
        self.events["server killed"] += 1
        self.check_left_behind(below, "kill -9 of the server")
        self.verify_audit("after kill -9 of the server")
        self.start()  # the new one sweeps what only the kernel kept
        self.check_groups(groups, "the next start")

    def kill_launcher(self):
        alive = self.server.launchers()
        if len(alive) < 2:
            return
        self.launcher_deaths.append(time.monotonic())
        os.kill(self.rng.choice(alive), 9)
        self.launcher_deaths.append(time.monotonic() + 15)  # its jobs fail a little later
        self.events["launcher killed"] += 1

    def disturb(self, end):
        """Kills, one after the other, and looks at the server in between."""
        pause = self.options.kill_every or min(150.0, max(10.0, self.options.minutes * 60 / 6))
        kills = itertools.cycle(KILLS)
        sample_at, next_kill = 0.0, time.monotonic() + pause
        while time.monotonic() < end:
            now = time.monotonic()
            if self.server.process.poll() is not None:
                self.tally.complain(f"the server ended by itself: {self.server.process.returncode}")
                self.ready.clear()
                self.start()
            if now >= sample_at:
                sample_at = now + SAMPLE_SECONDS
                self.lives[-1]["samples"].append((now - self.server.started, self.server.resident_kib()))
                self.outside.reap(self.server.pid)
            if now >= next_kill and end - now > 10:
                kill = next(kills)
                if kill == "server":
                    self.kill_server()
                elif kill == "launcher":
                    self.kill_launcher()
                next_kill = time.monotonic() + pause
            time.sleep(0.2)

    def run(self):
        self.start()
        end = time.monotonic() + self.options.minutes * 60
        workers = [clients.Client(self, n, self.rng.random()) for n in range(self.options.clients)]
        for worker in workers:
            worker.start()
        self.disturb(end)
        self.over.set()
        for worker in workers:
            worker.join(clients.JOB_PATIENCE)
            if worker.is_alive():
                self.tally.complain(f"{worker.name} still waits for an answer")
        self.rest()

    def rest(self):
        """Without a client, everything but the audit log goes back to where it was."""
        if not self.wait_at_rest(self.lives[-1]["slots_at_rest"]):
            self.tally.complain("the server's slots do not get ready again")
        before, after = self.lives[-1]["descriptors_at_rest"], self.server.descriptors()
        self.lives[-1]["descriptors_at_end"] = after
        if after > before:
            self.tally.complain(f"descriptors at rest: {before} at first, {after} at last")
        left = machine.processes_with(self.tag)
        if left:
            self.tally.complain(f"processes of jobs while the server rests: {left}")
        groups, below = self.server.groups, machine.descendants(self.server.pid)
        status = self.server.stop()
        if status != 0:
            self.tally.complain(f"the server's exit status is {status}")
        self.check_left_behind(below, "the end")
        self.check_groups(groups, "the end")
        self.verify_audit("at the end")

    def log_counts(self):
        """How often the server said what, of what an operator should read."""
        counts = collections.Counter()
        with open(os.path.join(self.folder, "server.log"), encoding="utf-8", errors="replace") as log:
            for line in log:
                entry = json.loads(line) if line.startswith("{") else {"level": "raw", "message": line}
                if entry.get("level") != "info":
                    counts[f"{entry.get('level')}: {entry.get('message')}"] += 1
        return counts

    def slope(self):
        """KiB an hour over all lives together, each with a level of its own; None if there is too little."""
        above, below, seconds = 0.0, 0.0, 0.0
        for life in self.lives:
            points = [(t, kib) for t, kib in life["samples"] if kib and t >= WARM_UP_SECONDS]
            if len(points) < 3:
                continue
            mean_t = sum(t for t, _ in points) / len(points)
            mean_kib = sum(kib for _, kib in points) / len(points)
            above += sum((t - mean_t) * (kib - mean_kib) for t, kib in points)
            below += sum((t - mean_t) ** 2 for t, _ in points)
            seconds += points[-1][0] - points[0][0]
        return above / below * 3600 if seconds >= MIN_SLOPE_SECONDS else None

    def report(self):
        tally = self.tally
        highest = max((kib or 0 for life in self.lives for _, kib in life["samples"]), default=0)
        slope = self.slope()
        if highest > MAX_RESIDENT_KIB:
            tally.complain(f"the server used {highest} KiB")
        if slope is not None and slope > MAX_SLOPE_KIB_PER_HOUR:
            tally.complain(f"the server's memory grows by {slope:.0f} KiB an hour")
        jobs = sum(sum(statuses.values()) for statuses in tally.by_name.values())
        print(f"\n{'program':<30} {'jobs':>6}  {'p50 ms':>8} {'p99 ms':>8}  how they ended")
        for name, statuses in sorted(tally.by_name.items(), key=lambda item: item[0] not in tally.times):
            times = sorted(tally.times.get(name, []))
            shown = [f"{times[int(len(times) * p)] * 1000:8.0f}" if times else f"{'-':>8}" for p in (0.5, 0.99)]
            ends = ", ".join(f"{status} {count}" for status, count in sorted(statuses.items()))
            print(f"{name:<30} {sum(statuses.values()):>6}  {' '.join(shown)}  {ends}")
        print(f"\n{jobs} jobs judged; " + "; ".join(f"{k}: {v}" for k, v in sorted(
            {**tally.counts, **self.events}.items())))
        said = self.log_counts()
        print("server's log: " + ("; ".join(f"{k}: {v}" for k, v in sorted(said.items())) or "only info"))
        shown = "too short a time to tell" if slope is None else f"{slope:+.0f} KiB an hour"
        print(f"server memory: at most {highest} KiB, slope {shown}")
        print(f"{len(tally.complaints)} complaints")
        document = {"minutes": self.options.minutes, "slots": self.options.slots,
                    "clients": self.options.clients, "seed": self.options.seed, "jobs": jobs,
                    "languages": self.languages, "by_program": tally.by_name,
                    "counts": {**tally.counts, **self.events}, "resident_kib_highest": highest,
                    "resident_kib_slope_per_hour": slope, "lives": self.lives, "log": said,
                    "complaints": tally.complaints}
        with open(self.options.json or f"{self.build}/soak.json", "w", encoding="utf-8") as out:
            json.dump(document, out, indent=1)
        return 1 if tally.complaints else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--slots", type=int, default=max(4, os.cpu_count() or 1))
    parser.add_argument("--clients", type=int, default=0, help="default: three for each slot")
    parser.add_argument("--kill-every", type=float, default=0, metavar="SECONDS",
                        help="default: a sixth of the time, at most 150")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    parser.add_argument("--json", help="where the figures go (default: BUILD_DIR/soak.json)")
    options = parser.parse_args()
    options.clients = options.clients or 3 * options.slots
    if not 0 < options.minutes <= 24 * 60:
        parser.error("--minutes must lie between 0 and 1440")
    machine.become_reaper()
    soak = Soak(options)
    print(f"soak of {options.minutes:g} minutes, {options.slots} slots, {options.clients} clients, seed "
          f"{options.seed}; server log: {soak.folder}/server.log", flush=True)
    try:
        soak.run()
        status = soak.report()
    finally:
        if soak.server and soak.server.process.poll() is None:
            soak.server.process.kill()
            soak.server.process.wait()
    if status == 0:
        shutil.rmtree(soak.folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
