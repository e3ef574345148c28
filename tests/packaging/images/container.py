# SPDX-License-Identifier: Apache-2.0
"""A container of an image, run by runc with the options that docs/images.md names, or without some of them."""

import copy
import json
import os
import pathlib
import subprocess
import sys
import time

USER = 10001
PATIENCE_S = 120 if os.environ.get("VM_RUN") != "1" else 600
# With systemd's driver, as engines use it on v2, the runtime gives the container's group to the container's user.
RUNC = ["runc"] if not os.path.exists("/run/systemd/system") else ["runc", "--systemd-cgroup"]
CONTROLLERS = ("memory", "pids", "cpu", "cpuacct")


def check(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")


def wait_until(what, holds):
    end = time.monotonic() + PATIENCE_S
    while not holds():
        check(time.monotonic() < end, f"not within {PATIENCE_S} s: {what}")
        time.sleep(0.2)


def is_v2():
    return pathlib.Path("/sys/fs/cgroup/cgroup.controllers").exists()


def as_documented(unpacked, seccomp, data, environment):
    """The runtime's configuration from that of the unpacked image: what docs/images.md asks an engine for."""
    config = copy.deepcopy(unpacked)
    process, linux = config["process"], config["linux"]
    process["terminal"] = False
    process["noNewPrivileges"] = True
    process["capabilities"] = {}
    process["rlimits"] = []  # as they are here
    process["env"] += environment
    config["root"]["readonly"] = True
    tmpfs = ["nosuid", "nodev", "mode=1777", "size=64m"]
    config["mounts"] = [mount for mount in config["mounts"] if mount["destination"] != "/sys/fs/cgroup"]
    config["mounts"] += [
        {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
         "options": ["nosuid", "noexec", "nodev", "relatime", "rw"]},
        {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": tmpfs},
        {"destination": "/run", "type": "tmpfs", "source": "tmpfs", "options": tmpfs},
        {"destination": "/var/lib/code-executor", "type": "bind", "source": str(data), "options": ["bind", "rw"]}]
    # Nobody else's resolver, and no network at all but loopback.
    config["mounts"] = [mount for mount in config["mounts"] if mount["destination"] != "/etc/resolv.conf"]
    linux["maskedPaths"] = []
    linux["readonlyPaths"] = []
    linux["namespaces"] = [{"type": kind} for kind in ("pid", "ipc", "uts", "mount", "network", "cgroup")]
    linux["seccomp"] = json.loads(seccomp.read_text())
    for rule in linux["seccomp"]["syscalls"]:
        rule.pop("comment", None)  # which is for readers, and not of the runtime's format
    return config


class Container:
    def __init__(self, bundle, name, config):
        self._bundle = pathlib.Path(bundle)
        self._name = name
        self._log = self._bundle / f"{name}.log"
        self._group = f"{name}-{os.getpid()}"
        self._config = copy.deepcopy(config)
        path = f"system.slice:cex-image:{self._group}" if len(RUNC) > 1 else f"/{self._group}"
        self._config["linux"]["cgroupsPath"] = path
        self.running = False

    def run(self, *words):
        """(exit status, stdout, stderr) of the image's program, or of others in its place."""
        self._write(words)
        done = subprocess.run([*RUNC, "run", "--bundle", self._bundle, self._name], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE_S, check=False)
        self._remove_groups()
        return done.returncode, done.stdout, done.stderr

    def start(self):
        self._write([])
        with open(self._log, "wb") as log:
            subprocess.run([*RUNC, "run", "--detach", "--bundle", self._bundle, self._name], check=True,
                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.running = True

    def execute(self, *words):
        return subprocess.run([*RUNC, "exec", self._name, *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE_S, check=False)

    def state(self):
        return json.loads(subprocess.run([*RUNC, "state", self._name], check=True, capture_output=True,
                                         text=True).stdout)

    def ask(self, path, key=None, body=None, options=()):
        """The answer to a request from within the container's network; empty where there is none."""
        command = ["nsenter", "--target", str(self.state()["pid"]), "--net", "curl", "-sS", "--max-time",
                   str(PATIENCE_S), "--noproxy", "*", f"http://127.0.0.1:8080{path}", *options]
        if key:
            command += ["-H", f"Authorization: Bearer {key}"]
        if body:
            command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def wait_until_ready(self):
        def ready():
            check(self.state()["status"] == "running", "the server runs")
            return self.ask("/readyz", options=["--fail"]) != {}
        wait_until("the server is ready", ready)

    def stop(self):
        subprocess.run([*RUNC, "kill", self._name, "TERM"], check=True)
        wait_until("the container has ended", lambda: self.state()["status"] == "stopped")
        self.end()

    def end(self):
        subprocess.run([*RUNC, "delete", "--force", self._name], check=False, stderr=subprocess.DEVNULL)
        self.running = False
        self._remove_groups()

    def log(self):
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _write(self, words):
        if words:
            self._config["process"]["args"] = list(words)
        (self._bundle / "config.json").write_text(json.dumps(self._config))
        if not is_v2():
            # No runtime does that on v1.
            for folder in self._groups():
                folder.mkdir(exist_ok=True)
                os.chown(folder, USER, USER)

    def _groups(self):
        """Of v1: the container's folder in each hierarchy."""
        return sorted({pathlib.Path("/sys/fs/cgroup", name).resolve() / self._group for name in CONTROLLERS})

    def _remove_groups(self):
        if is_v2():
            return
        for folder in self._groups():
            for below, _, _ in os.walk(folder, topdown=False):
                os.rmdir(below)
