# SPDX-License-Identifier: Apache-2.0
"""What the tests of the server's edges share: a real daemon, clients, certificates, a small test runner.

Everything talks to this machine's loopback only.
"""

import contextlib
import http.client
import http.server
import json
import os
import re
import shlex
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

FACTOR = max(1, int(os.environ.get("CEX_TEST_TIME_FACTOR", "1")))
SKIPPED = 77  # what CTest takes for "skipped"


class Skip(Exception):
    """The test cannot run here; the reason is its text."""


def eventually(happened, what, seconds=60):
    """Waits until `happened()` gives something true, and gives that."""
    deadline = time.monotonic() + seconds * FACTOR
    while True:
        value = happened()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen in time: {what}")
        time.sleep(0.02)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Daemon:
    """The real code-executord with a configuration of the test's own, on a port of the kernel's choice."""

    def __init__(self, program, config="", arguments=(), environment=None, folder=None, tls=None):
        self.owned = None if folder else tempfile.TemporaryDirectory(prefix="cex-edge-")
        self.folder = folder or self.owned.name
        os.chmod(self.folder, 0o777)
        self.state = self.folder + "/state"
        self.tls = tls
        with open(self.folder + "/config.toml", "w", encoding="utf-8") as file:
            file.write(config)
        command = [program, "--listen", "127.0.0.1:0", "--data-dir", self.state, "--slots", "2",
                   "--config", self.folder + "/config.toml", *arguments]
        command += shlex.split(os.environ.get("CEX_TEST_DAEMON_ARGS", ""))
        env = {**os.environ, "CODE_EXECUTOR_WARM_UP_MODE": "off", **(environment or {})}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env)
        self.lines = []
        self.changed = threading.Condition()
        self.ended = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        with self.changed:
            self.changed.wait_for(lambda: self.ended or self._address(), timeout=60 * FACTOR)
        address = self._address()
        if not address:
            self.process.kill()
            raise AssertionError("the daemon does not listen; it said:\n" + "\n".join(self.lines))
        self.port = int(address.rsplit(":", 1)[1])

    def _read(self):
        for line in self.process.stderr:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def _address(self):
        for line in self.lines:
            if '"message":"listening"' in line:
                return json.loads(line)["address"]
        return None

    def log(self, message):
        """The log lines with this message so far."""
        with self.changed:
            lines = list(self.lines)
        found = []
        for line in lines:
            with contextlib.suppress(ValueError):
                value = json.loads(line)
                if isinstance(value, dict) and value.get("message") == message:
                    found.append(value)
        return found

    def connection(self, timeout=120):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout * FACTOR,
                                               context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout * FACTOR)

    def ask(self, method, target, body=None, headers=None):
        connection = self.connection()
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def run(self, job, headers=None):
        """The finished job."""
        answer = self.ask("POST", "/v1/jobs?wait=60", job, headers)
        assert answer.status in (200, 202), (answer.status, answer.body)
        value = answer.json()
        while value["state"] in ("queued", "running"):
            time.sleep(0.05)
            value = self.ask("GET", "/v1/jobs/" + value["id"], headers=headers).json()
        return value

    def metrics(self):
        """Every sample of /metrics: {'name{labels}': value}."""
        answer = self.ask("GET", "/metrics")
        assert answer.status == 200, answer.body
        return samples_of(answer.body.decode())

    def audit(self):
        """Every audit record that is written by now, in order."""
        records = []
        for name in sorted(os.listdir(self.state + "/audit")):
            if re.fullmatch(r"audit-\d+\.jsonl", name):
                with open(f"{self.state}/audit/{name}", encoding="utf-8") as file:
                    records += [json.loads(line) for line in file if line.endswith("\n")]
        return records

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60 * FACTOR)
        self.reader.join()
        if self.owned:
            self.owned.cleanup()
        assert code == 0, f"the daemon ended with {code}:\n" + "\n".join(self.lines[-20:])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            told = [line for line in self.lines if '"message":"request"' not in line]
            print("\n".join(told[-40:]), file=sys.stderr)
            self.kill()
            if self.owned:
                self.owned.cleanup()


def samples_of(text):
    samples = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            samples[name] = float(value)
    return samples


def run_once(program, config="", arguments=(), environment=None):
    """A daemon that is not to start: its exit status and what it said."""
    with tempfile.TemporaryDirectory(prefix="cex-edge-") as folder:
        os.chmod(folder, 0o777)
        with open(folder + "/config.toml", "w", encoding="utf-8") as file:
            file.write(config)
        done = subprocess.run(
            [program, "--listen", "127.0.0.1:0", "--data-dir", folder + "/state", "--config",
             folder + "/config.toml", *arguments], stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})}, timeout=120 * FACTOR, check=False)
        return done.returncode, done.stderr


class Receiver:
    """An HTTP or HTTPS server on loopback; `handle(request)` gets each request after it was read."""

    def __init__(self, handle, tls=None, address="127.0.0.1"):
        self.requests = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                receiver.requests.append(self)
                handle(self)

            do_GET = do_POST

            def reply(self, status, body=b"", headers=None):
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass  # clients that give up are what these tests are about

            def finish_request(self, request, client_address):
                if tls:
                    request = tls.wrap_socket(request, server_side=True)
                super().finish_request(request, client_address)

        self.server = Server((address, 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class NameServer:
    """A DNS server on loopback: for each name a list of answers (lists of IPv4 addresses); the last repeats."""

    def __init__(self, answers):
        self.answers = {name: list(turns) for name, turns in answers.items()}
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                query, client = self.socket.recvfrom(4096)
            except OSError:
                return
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            question = query[12:at + 5]
            name, kind = ".".join(labels).lower(), query[at + 2]
            self.asked.append((name, kind))
            found = []
            turns = self.answers.get(name)
            if turns and kind == 1:
                found = turns[0] if len(turns) == 1 else turns.pop(0)
            flags = b"\x81\x80" if turns else b"\x81\x83"
            reply = query[:2] + flags + b"\0\1" + len(found).to_bytes(2, "big") + b"\0\0\0\0" + question
            for address in found:
                reply += b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(address)
            self.socket.sendto(reply, client)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Authority:
    """A certificate authority of a test, made by openssl."""

    def __init__(self, folder):
        self.folder = folder
        self.certificate = folder + "/ca.pem"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                      "-keyout", folder + "/ca.key", "-out", self.certificate, "-days", "2", "-subj",
                      "/CN=edge test")
        os.chmod(self.certificate, 0o644)

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def issue(self, name, *alternatives):
        """(certificate, key), files in PEM, for `alternatives` such as "DNS:example" and "IP:127.0.0.1"."""
        base = f"{self.folder}/{name}"
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                      base + ".key", "-out", base + ".csr", "-subj", f"/CN={name}")
        with open(base + ".ext", "w", encoding="utf-8") as file:
            file.write("subjectAltName=" + ",".join(alternatives))
        self._openssl("x509", "-req", "-in", base + ".csr", "-CA", self.certificate, "-CAkey",
                      self.folder + "/ca.key", "-CAcreateserial", "-days", "2", "-extfile", base + ".ext",
                      "-out", base + ".pem")
        os.chmod(base + ".key", 0o600)
        return base + ".pem", base + ".key"

    def server_context(self, name, *alternatives):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name, *alternatives))
        return context


def secret_file(folder, name, text):
    path = f"{folder}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o600)
    return path


def need(program):
    if not shutil.which(program):
        raise Skip(f"{program} is not installed")


def main(tests):
    """Runs the functions, or those that are named behind the program's path; all get that path."""
    program, wanted = sys.argv[1], sys.argv[2:]
    failed = skipped = 0
    chosen = [test for test in tests if not wanted or test.__name__ in wanted]
    for test in chosen:
        begun = time.monotonic()
        try:
            test(program)
            word = "ok"
        except Skip as reason:
            skipped += 1
            word = f"SKIPPED ({reason})"
        except Exception:
            failed += 1
            traceback.print_exc()
            word = "FAILED"
        print(f"{word}: {test.__name__} ({time.monotonic() - begun:.1f} s)", flush=True)
    print(f"{len(chosen)} tests, {failed} failed, {skipped} skipped")
    if failed or not chosen:
        return 1
    return SKIPPED if skipped == len(chosen) else 0
