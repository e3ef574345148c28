# SPDX-License-Identifier: Apache-2.0
"""A packaged server, started by hand: a pristine Debian in a folder has no init."""

import json
import os
import pwd
import subprocess
import sys
import time
import urllib.error
import urllib.request

URL = "http://127.0.0.1:8080"
PATIENCE_S = 60
LOG = "/root/code-executord.log"


class Daemon:
    def __init__(self):
        self._process = None

    def start(self):
        with open(LOG, "ab") as log:
            self._process = subprocess.Popen(["/usr/bin/code-executord"], stdout=log, stderr=log, cwd="/")
        self._wait("the server is ready", lambda: self._get("/readyz")[0] == 200)

    def stop(self):
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait(timeout=PATIENCE_S)
        self._process = None

    def show_log(self):
        if os.path.exists(LOG):
            with open(LOG, errors="replace") as log:
                sys.stderr.write("".join(log.readlines()[-40:]))

    def user(self):
        """Who answers: the process that was started, after it gave root up."""
        return pwd.getpwuid(os.stat(f"/proc/{self._process.pid}").st_uid).pw_name

    def languages(self):
        answer = self._get("/v1/languages")[1]
        return {language["id"] for language in answer["languages"]}

    def wait_for_languages(self, wanted):
        self._wait(f"the languages are {sorted(wanted)}", lambda: self.languages() == wanted, self.languages)

    def plugin_version(self, name):
        plugins = self._get("/v1/plugins")[1]["plugins"]
        return next((p["version"] for p in plugins if p["id"] == f"org.code-executor.{name}"), None)

    def wait_for_version(self, name, wanted):
        self._wait(f"the plugin {name} has version {wanted}", lambda: self.plugin_version(name) == wanted,
                   lambda: self.plugin_version(name))

    def submit(self, language, source):
        body = json.dumps({"language": language, "source": source}).encode()
        return self._ask(urllib.request.Request(f"{URL}/v1/jobs?wait=60", body,
                                                {"Content-Type": "application/json"}))

    def job(self, number):
        return self._get(f"/v1/jobs/{number}")[1]

    def run(self, language, source):
        return self.submit(language, source)[1]

    def _wait(self, what, holds, now=lambda: ""):
        end = time.monotonic() + PATIENCE_S
        while not holds():
            if self._process.poll() is not None:
                sys.exit(f"FAILED: the server ended with {self._process.returncode}")
            if time.monotonic() > end:
                sys.exit(f"FAILED: not within {PATIENCE_S} s: {what}; now: {now()}")
            time.sleep(0.2)

    def _get(self, path):
        return self._ask(urllib.request.Request(URL + path))

    @staticmethod
    def _ask(request):
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")
        except OSError:
            return 0, {}
