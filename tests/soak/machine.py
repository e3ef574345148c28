# SPDX-License-Identifier: Apache-2.0
"""The server of a soak as a process, and the machine around it: what a server, its launchers and its
jobs could leave behind."""

import ctypes
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

PR_SET_CHILD_SUBREAPER = 36
STORE_FILES = re.compile(r"jobs\.db(-wal|-shm)?|lock")
AUDIT_FILES = re.compile(r"audit-\d{6}\.jsonl|head\.json|key\.pem|key\.pub|lock|\.lock")


def become_reaper():
    """Orphans of a killed server come to us: where pid 1 reaps nobody they would stay as zombies."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def read(path):
    try:
        return pathlib.Path(path).read_bytes().decode(errors="replace")
    except OSError:
        return ""


def stat_of(pid):
    """(parent, moment of birth), or None. The name in it may hold anything, so read from its end."""
    stat = read(f"/proc/{pid}/stat")
    fields = stat[stat.rfind(")") + 2:].split()
    return (int(fields[1]), int(fields[19])) if len(fields) > 19 else None


def processes():
    """pid -> parent, of everything alive (zombies too)."""
    found = {int(entry): stat_of(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    return {pid: stat[0] for pid, stat in found.items() if stat}


def descendants(ancestor):
    """pid -> moment of birth: numbers are used again."""
    parents, found = processes(), {}
    for pid in parents:
        at = pid
        while at in parents and at != ancestor:
            at = parents[at]
        stat = stat_of(pid)
        if at == ancestor and pid != ancestor and stat:
            found[pid] = stat[1]
    return found


def processes_with(word):
    """Processes whose arguments hold `word`; an emptied or reaped one has none."""
    mine = str(os.getpid())
    return [int(e) for e in os.listdir("/proc")
            if e.isdigit() and e != mine and word in read(f"/proc/{e}/cmdline")]


def wait_until(condition, seconds):
    """The first true answer of `condition`, or the last one when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.1)


class Server:
    """One life of code-executord on a port of the kernel's choice."""

    def __init__(self, program, arguments, data_dir, log_path, settings):
        self.log_path = log_path
        self.port = None
        self._log = open(log_path, "ab")
        environment = {**os.environ, **settings}
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--data-dir", data_dir, *arguments],
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment)
        self.pid = self.process.pid
        self.started = time.monotonic()
        self._listening = threading.Event()
        threading.Thread(target=self._copy_log, daemon=True).start()
        if not self._listening.wait(120) or self.port is None:
            self.process.kill()
            raise RuntimeError(f"the server does not listen; see {log_path}")
        self.groups = self._cgroups()

    def _copy_log(self):
        for line in self.process.stderr:
            self._log.write(line)
            self._log.flush()
            if self.port is None and b'"listening"' in line:
                self.port = int(json.loads(line)["address"].rsplit(":", 1)[1])
                self._listening.set()
        self._listening.set()

    def launchers(self):
        """Those alive: a dead one waits, as a zombie without arguments, to be missed."""
        return sorted(pid for pid, parent in processes().items()
                      if parent == self.pid and "cex-launcher" in read(f"/proc/{pid}/cmdline"))

    def _cgroups(self):
        """The folders of this instance, found by the groups that its boxes are in."""
        mounts = {}
        for line in read("/proc/self/mounts").splitlines():
            _, where, kind, options = line.split()[:4]
            if kind in ("cgroup", "cgroup2"):
                for name in options.split(",") if kind == "cgroup" else [""]:
                    mounts.setdefault(name, where)

        def look():
            found = set()
            for pid in descendants(self.pid):
                for line in read(f"/proc/{pid}/cgroup").splitlines():
                    _, names, path = line.split(":", 2)
                    match = re.search(r"^.*/code-executor/[0-9a-f]+", path)
                    where = mounts.get(names.split(",")[0])
                    if match and where:
                        found.add(where + match.group(0))
            return found
        return wait_until(look, 20) or set()

    def resident_kib(self):
        match = re.search(r"VmRSS:\s+(\d+)", read(f"/proc/{self.pid}/status"))
        return int(match.group(1)) if match else None

    def descriptors(self):
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        except OSError:
            return 0

    def kill(self):
        """kill -9; returns all that lived below it."""
        below = descendants(self.pid)
        self.process.kill()
        self.process.wait()
        return below

    def stop(self):
        """SIGTERM; returns the exit status, or None if it did not end in time."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None


class Outside:
    """What may not be left behind, by the marks that everything of this soak carries."""

    def __init__(self, tag, data_dir, uid_base):
        self.tag, self.data_dir, self.uid_base = tag, pathlib.Path(data_dir), uid_base
        self.mounts_before = self._mounts()

    def _ours(self, uid):
        return self.uid_base is not None and self.uid_base <= uid < self.uid_base + 4096

    def _mounts(self):
        return sum("code-executor" in line or "cex-" in line
                   for line in read("/proc/self/mountinfo").splitlines())

    def reap(self, server_pid):
        """Children that came to us as orphans."""
        for pid, parent in processes().items():
            if parent == os.getpid() and pid != server_pid:
                try:
                    os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:
                    pass

    def _strangers(self):
        """Processes, files and IPC objects that only a box of ours can have made."""
        for pid in processes_with(self.tag):
            yield f"process {pid} {read(f'/proc/{pid}/cmdline')[:80]!r}"
        for entry in os.listdir("/proc"):
            match = re.search(r"^Uid:\s+(\d+)", read(f"/proc/{entry}/status"), re.M) \
                if entry.isdigit() else None
            if match and self._ours(int(match.group(1))):
                yield f"process {entry} of uid {match.group(1)}"
        for folder in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"):
            for item in pathlib.Path(folder).glob("*"):
                try:
                    if self.tag in item.name or self._ours(item.lstat().st_uid):
                        yield f"file {item}"
                except OSError:
                    continue
        for kind, column in (("shm", 7), ("sem", 4), ("msg", 7)):
            for line in read(f"/proc/sysvipc/{kind}").splitlines()[1:]:
                if self._ours(int(line.split()[column])):
                    yield f"System V {kind} {line.split()[1]}"
        if self._mounts() > self.mounts_before:
            yield "a mount"

    def left_behind(self, below, patience=30):
        """Waits for everything of a dead server (and all `below` it) to go; returns what did not."""
        def look():
            self.reap(None)
            found = [f"process {pid} of the server's" for pid, born in below.items()
                     if (stat_of(pid) or (0, 0))[1] == born]
            return found + list(self._strangers())
        found = []

        def gone():
            found[:] = look()
            return not found
        wait_until(gone, patience)
        return found

    def odd_files(self):
        """Files in the data folder that are neither of the audit log, the store, sealed layers nor kept answers."""
        layers = self.data_dir / "layers"
        return [str(path) for path in self.data_dir.rglob("*")
                if path.is_file() and path != self.data_dir / "probes" and layers / "content" not in path.parents and
                layers / "seals" not in path.parents and
                not (path.parent.name == "jobs" and STORE_FILES.fullmatch(path.name)) and
                not (path.parent.name == "audit" and AUDIT_FILES.fullmatch(path.name))]
