# SPDX-License-Identifier: Apache-2.0
"""A server of the benchmark's own, and clients of it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """code-executord on a free port of the loopback interface, in a folder that goes with it."""

    def __init__(self, build, settings):
        self.folder = tempfile.TemporaryDirectory(prefix="cex-bench-")
        os.chmod(self.folder.name, 0o755)
        command = [f"{build}/bin/code-executord", "--listen", "127.0.0.1:0",
                   "--data-dir", f"{self.folder.name}/state"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                        text=True, env={**os.environ, **settings})
        self.port = self._wait_for_port()
        # Somebody must go on reading, or the server stops when the pipe is full.
        self.log = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)

    def _wait_for_port(self):
        said = []
        for line in self.process.stderr:
            said.append(line)
            if '"message":"listening"' in line:
                return int(json.loads(line)["address"].rsplit(":", 1)[1])
        sys.exit("the server did not start:\n" + "".join(said))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)
        self.log.wait(60)
        self.folder.cleanup()

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("GET", path)
        document = json.loads(connection.getresponse().read())
        connection.close()
        return document

    def run(self, job):
        """One job over a connection of its own; its result and the seconds from request to answer."""
        body = json.dumps(job)
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request("POST", "/v1/jobs?wait=60", body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        result = json.loads(reply.read())
        while reply.status == 202 or result.get("finished_at") is None and "id" in result:
            connection.request("GET", f"/v1/jobs/{result['id']}?wait=60")
            reply = connection.getresponse()
            result = json.loads(reply.read())
        took = time.perf_counter() - started
        connection.close()
        return result, took

    def wait_for_layers(self):
        """Until nothing is being built any more; what could not be built is told."""
        while True:
            checks = {check["name"]: check for check in self.get("/readyz")["checks"]}
            warm = checks.get("warm-up")
            if warm is None:
                return
            layers = [layer for language in self.get("/v1/languages")["languages"]
                      for layer in language["warm_up"]["layers"]]
            busy = "to do" in warm["detail"] or any(one["state"] == "building" for one in layers)
            if layers and not busy:
                for layer in layers:
                    if layer["state"] == "failed":
                        print(f"  layer {layer['id']} failed: {layer.get('reason', '')}")
                return
            time.sleep(0.5)

    def wait_for_rest(self):
        """Until nothing is being made, and of each kind that is wanted ahead there is one."""
        def rests():
            slots = self.get("/readyz")["slots"]
            kinds = [one for language in self.get("/v1/languages")["languages"]
                     for one in language["warm_up"]["preboots"]]
            return (slots["ready"] + slots["preboots"] == slots["total"] and
                    all(one["waiting"] > 0 for one in kinds if one["wanted"] > 0))
        while not rests():
            time.sleep(0.02)

    def resident_mib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
        return 0.0

    def cpu_seconds(self):
        """Of the server process alone, without launchers and boxes."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK
