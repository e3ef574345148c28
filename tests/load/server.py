# SPDX-License-Identifier: Apache-2.0
"""The real daemon, configured for one measurement."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

SLOW = max(1, int(os.environ.get("CEX_TEST_TIME_FACTOR", "1")))


class Server:
    def __init__(self, program, config="", folder=None, arguments=()):
        self.program, self.own = pathlib.Path(program), None
        if folder is None:
            self.own = tempfile.TemporaryDirectory(prefix="cex-load-")
            folder = self.own.name
            os.chmod(folder, 0o777)
        self.folder = pathlib.Path(folder)
        path = self.folder / "config.toml"
        path.write_text(config)
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--config", str(path), "--data-dir", str(self.folder / "state"),
             *arguments], stderr=subprocess.PIPE, text=True)
        self.port, self.health_port, self.lines = None, None, []
        for line in self.process.stderr:
            self.lines.append(line)
            if '"message":"listening for health"' in line:
                self.health_port = int(json.loads(line)["address"].rsplit(":", 1)[1])
            if '"message":"listening"' in line:
                self.port = int(json.loads(line)["address"].rsplit(":", 1)[1])
                break
        if self.port is None:
            raise RuntimeError("the server does not listen:\n" + "".join(self.lines))
        self.start_seconds = time.monotonic() - begun
        self.reader = threading.Thread(target=self.read_rest, daemon=True)
        self.reader.start()

    def read_rest(self):
        for _ in self.process.stderr:  # or the daemon blocks when the pipe is full
            pass

    def make_key(self, tenant, role="run"):
        made = subprocess.run(
            [str(self.program.parent / "cex"), "--data-dir", str(self.folder / "state"), "key", "create",
             "--tenant", tenant, "--role", role, "--json"], check=True, capture_output=True, text=True)
        return json.loads(made.stdout)["key"]

    def status(self, name):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        return 0

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60 * SLOW)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60 * SLOW)
        self.reader.join(timeout=10)
        if self.own is not None:
            self.own.cleanup()
