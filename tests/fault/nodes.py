# SPDX-License-Identifier: Apache-2.0
"""The fault test with several servers on one Redis: servers, workers, launchers and Redis are killed."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import fault

# What a node does, by its place: one that only takes requests, one that does both, workers.
ROLES = ["api", "api:worker"]


class Redis:
    def __init__(self, folder):
        self.folder, self.socket = folder, f"{folder}/redis.sock"
        self.start()

    def start(self):
        # Each write is on the disk before it is answered: what is lost then is lost by us.
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "777",
             "--dir", self.folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
             "--maxmemory-policy", "noeviction", "--logfile", f"{self.folder}/redis.log"],
            stdin=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start()

    def stop(self):
        self.process.terminate()
        self.process.wait(fault.PATIENCE)


class Node(fault.Server):
    def __init__(self, build, folder, place, redis):
        self.roles, self.redis = ROLES[place] if place < len(ROLES) else "worker", redis
        os.mkdir(folder, 0o755)
        super().__init__(build, folder)

    def settings(self):
        return {**super().settings(), "CODE_EXECUTOR_ROLES": self.roles,
                "CODE_EXECUTOR_QUEUE_BACKEND": "redis",
                "CODE_EXECUTOR_QUEUE_REDIS_ADDRESS": f"unix:{self.redis.socket}",
                "CODE_EXECUTOR_QUEUE_REDIS_HEARTBEAT_MS": "1000"}

    def takes_requests(self):
        return "api" in self.roles


class Nodes:
    """All of them, where the tests for one server expect that one."""

    def __init__(self, build, folder, count, redis):
        self.all = [Node(build, f"{folder}/node{i}", i, redis) for i in range(count)]
        self.doors = [node for node in self.all if node.takes_requests()]

    @property
    def revived(self):
        return sum(node.revived for node in self.all)

    def revive(self):
        for node in self.all:
            node.revive()

    def wait_for_workers(self, key):
        """Until each door knows from a worker that there is Python: a language that nobody has is refused."""
        deadline = time.monotonic() + fault.PATIENCE
        for door in self.doors:
            while fault.ask(door.port, "GET", "/v1/languages/python", key)[0] != 200:
                if time.monotonic() > deadline:
                    sys.exit("no worker is heard of")
                time.sleep(0.05)

    def make_keys(self):
        first = pathlib.Path(self.doors[0].folder, "state")
        before = set(first.iterdir())
        keys = {}
        for name in fault.TENANTS:
            made = subprocess.run([f"{self.doors[0].build}/bin/cex", "key", "create", "--tenant", name,
                                   "--data-dir", str(first)],
                                  capture_output=True, text=True, check=True)
            keys[name] = made.stdout.strip()
        # Nodes that take requests share their keys: the files are copied as they are.
        for node in self.doors[1:]:
            for file in set(first.iterdir()) - before:
                if not file.is_file():
                    continue
                copy = pathlib.Path(node.folder, "state", file.name)
                shutil.copy2(file, copy)
                os.chown(copy, file.stat().st_uid, file.stat().st_gid)
        return keys


class Tenant(fault.Tenant):
    """Asks now this node, now that."""

    def __init__(self, name, key, doors, count, marker, seed):
        self.doors, self.dice = doors, random.Random(seed)
        super().__init__(name, key, None, count, marker)

    @property
    def port(self):
        return self.dice.choice(self.doors).port

    @port.setter
    def port(self, _):
        pass


def kill_one(nodes, redis, dice, kills):
    kind = dice.choice(["redis", "launcher", "node", "node"])
    if kind == "redis":
        redis.kill()
    elif kind == "launcher":
        victims = [pid for node in nodes.all for pid in node.launchers()]
        try:
            os.kill(dice.choice(victims), signal.SIGKILL)
        except (ProcessLookupError, IndexError):
            return
    else:
        node = dice.choice(nodes.all)
        kind = "server" if node.roles == "api" else "worker"
        node.kill()
        node.start()
    kills[kind] += 1


def main(options):
    seed = options.seed if options.seed is not None else random.randrange(1 << 30)
    dice = random.Random(seed)
    build = os.path.abspath(options.build)
    marker = f"cex-fault-{os.getpid()}"
    complaints = []
    kills = {"server": 0, "worker": 0, "launcher": 0, "redis": 0}
    with tempfile.TemporaryDirectory(prefix="cex-fault-") as folder:
        os.chmod(folder, 0o755)
        redis = Redis(folder)
        nodes = Nodes(build, folder, options.nodes, redis)
        keys = nodes.make_keys()
        nodes.wait_for_workers(keys[fault.TENANTS[0]])
        begun = time.monotonic()
        tenants = [Tenant(name, keys[name], nodes.doors, options.jobs // len(fault.TENANTS), marker,
                          dice.random())
                   for name in fault.TENANTS]
        for tenant in tenants:
            tenant.start()
        while sum(kills.values()) < options.kills:
            time.sleep(dice.uniform(0.3, 2.0))
            nodes.revive()
            kill_one(nodes, redis, dice, kills)
        for tenant in tenants:
            while tenant.is_alive():
                nodes.revive()
                tenant.join(0.1)
        for tenant in tenants:
            tenant.check(complaints, nodes)
        took = time.monotonic() - begun
        for node in nodes.all:
            node.stop()
        redis.stop()
        abandoned, twice = fault.check_audit(build, [node.folder for node in nodes.all], tenants,
                                             complaints)
        left = fault.alive(marker)
        if left:
            complaints.append(f"processes of jobs are alive: {left}")
        figures = {"jobs": sum(len(tenant.accepted) for tenant in tenants), "nodes": options.nodes,
                   "kills": kills, "ended_by_itself": nodes.revived, "attempts_abandoned": abandoned,
                   "audited_twice": twice, "seconds": round(took, 1), "seed": seed,
                   "complaints": len(complaints)}
        if complaints:
            for node in nodes.all:
                os.system(f"tail -c 2000 {node.folder}/server.log >&2")
    for complaint in complaints[:50]:
        print("COMPLAINT:", complaint)
    print(json.dumps(figures))
    if options.write:
        pathlib.Path(options.write).write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(1 if complaints else 0)
