#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""TLS of the server: Python's ssl, curl and openssl against the real daemon.

tls_test.py DAEMON [TEST]...
"""

import asyncio
import contextlib
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import websockets

from harness import FACTOR, Authority, Daemon, eventually, main, need, run_once

HELLO = {"language": "python", "source": "print('hello')"}


class Setup:
    """A daemon with a certificate for localhost."""

    def __init__(self, program, more="", environment=None):
        self.owned = tempfile.TemporaryDirectory(prefix="cex-tls-")
        self.folder = self.owned.name
        os.chmod(self.folder, 0o777)
        self.authority = Authority(self.folder)
        self.certificate, self.key = self.authority.issue("localhost", "DNS:localhost", "IP:127.0.0.1")
        self.client = ssl.create_default_context(cafile=self.authority.certificate)
        self.config = f'[server]\ntls_certificate = "{self.certificate}"\ntls_key = "{self.key}"\n{more}'
        self.daemon = Daemon(program, self.config, folder=self.folder, tls=self.client,
                             environment=environment)

    def connect(self, context=None):
        raw = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=60 * FACTOR)
        return (context or self.client).wrap_socket(raw, server_hostname="localhost")

    def __enter__(self):
        self.daemon.__enter__()
        return self

    def __exit__(self, kind, *rest):
        self.daemon.__exit__(kind, *rest)
        self.owned.cleanup()


def read_all(connection):
    data = b""
    while True:
        block = connection.recv(65536)
        if not block:
            return data
        data += block


def jobs_run_and_large_answers_come_whole(program):
    with Setup(program) as setup:
        assert setup.daemon.run(HELLO)["runs"][0]["stdout"] == "hello\n"
        large = {"language": "python", "source": "import sys\nfor i in range(1000): print('x' * 1000)",
                 "limits": {"output_bytes": 4 << 20}}
        done = setup.daemon.run(large)
        assert len(done["runs"][0]["stdout"]) == 1001000, done["status"]
        again = setup.daemon.ask("GET", "/v1/jobs/" + done["id"]).json()
        assert again["runs"] == done["runs"]
        # A body of many records, too.
        source = "# " + "y" * 3_000_000 + "\nprint(1)"
        assert setup.daemon.run({**HELLO, "source": source})["runs"][0]["stdout"] == "1\n"


def connections_are_kept_and_pipelining_is_understood(program):
    with Setup(program) as setup, setup.connect() as connection:
        request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for _ in range(3):
            connection.sendall(request)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(request + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert read_all(connection).count(b"HTTP/1.1 200") == 2


def a_body_is_asked_for_through_tls(program):
    with Setup(program) as setup, setup.connect() as connection:
        body = json.dumps(HELLO).encode()
        connection.sendall(b"POST /v1/jobs?wait=60 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                           b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert connection.recv(4096).startswith(b"HTTP/1.1 100")
        connection.sendall(body)
        assert b'"status":"ok"' in read_all(connection)


def streams_come_event_by_event_and_end_in_order(program):
    with Setup(program) as setup, setup.connect() as connection:
        body = json.dumps({"language": "python", "source":
                           "import time\nfor i in range(5):\n  print(i, flush=True)\n  time.sleep(0.2)\n"}).encode()
        connection.sendall(b"POST /v1/jobs?stream=1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(body) + body)
        seen, blocks = b"", 0
        while b"event: result" not in seen:
            block = connection.recv(65536)
            assert block, seen
            seen += block
            blocks += 1
        rest = read_all(connection)  # close_notify and end: not a cut connection
        text = (seen + rest).decode()
        assert [f'"data":"{i}\\n"' in text for i in range(5)] == [True] * 5, text
        assert blocks > 3


def a_client_that_goes_away_cancels_its_stream(program):
    with Setup(program) as setup:
        connection = setup.connect()
        body = json.dumps({"language": "python", "source": "import time\nprint(1, flush=True)\ntime.sleep(60)",
                           "limits": {"wall_ms": 60000}}).encode()
        connection.sendall(b"POST /v1/jobs?stream=1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(body) + body)
        seen = b""
        while b"event: stdout" not in seen:
            seen += connection.recv(65536)
        connection.close()
        jobs = eventually(lambda: [job for job in setup.daemon.ask("GET", "/v1/jobs").json()["jobs"]
                                   if job["state"] == "cancelled"], "the cancellation")
        assert len(jobs) == 1


def many_streams_at_once_get_everything(program):
    with Setup(program) as setup:
        job = setup.daemon.ask("POST", "/v1/jobs", {
            "language": "python", "source": "import time\nfor i in range(20):\n  print('z' * 5000, flush=True)\n"
                                            "  time.sleep(0.05)\n"}).json()
        found = []

        def follow():
            answer = setup.daemon.ask("GET", f"/v1/jobs/{job['id']}/events")
            found.append(answer.body.count(b"z"))

        threads = [threading.Thread(target=follow) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # Each sees the output once in events and once in the result.
        assert found == [200_000] * 30, found


def old_versions_and_weak_ciphers_are_refused(program):
    with Setup(program) as setup:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.create_default_context(cafile=setup.authority.certificate)
            context.minimum_version = context.maximum_version = version
            with setup.connect(context) as connection:
                assert connection.version() == version.name.replace("_", ".")
        context = ssl.create_default_context(cafile=setup.authority.certificate)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that this is old is the point
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        try:
            setup.connect(context)
            raise AssertionError("TLS 1.1 was taken")
        except ssl.SSLError as error:
            assert "PROTOCOL_VERSION" in str(error), error  # the server's word, not the client's
        for cipher in ("AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "NULL", "aNULL"):
            context = ssl.create_default_context(cafile=setup.authority.certificate)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(cipher + ":@SECLEVEL=0")
            try:
                setup.connect(context)
                raise AssertionError(cipher + " was taken")
            except (ssl.SSLError, ConnectionError):
                pass


def curl_is_content_and_plain_http_is_told_so(program):
    need("curl")
    with Setup(program) as setup:
        port = setup.daemon.port

        def curl(*arguments):
            return subprocess.run(["curl", "-sS", *arguments], capture_output=True, text=True, check=False,
                                  timeout=60 * FACTOR)

        good = curl("--cacert", setup.authority.certificate, f"https://localhost:{port}/healthz")
        assert good.returncode == 0 and json.loads(good.stdout), good
        assert curl(f"https://localhost:{port}/healthz").returncode == 60  # nobody vouches for it
        wrong = curl("-w", "%{http_code}", f"http://localhost:{port}/healthz")
        assert wrong.stdout.endswith("400") and "https://" in wrong.stdout, wrong


def slow_and_broken_handshakes_cost_a_bounded_time(program):
    with Setup(program, "header_timeout_ms = 700\nmax_connections = 4\n") as setup:
        silent = [socket.create_connection(("127.0.0.1", setup.daemon.port)) for _ in range(4)]
        for i, connection in enumerate(silent):
            connection.sendall(b"\x16\x03\x01\x02\x00\x01" if i % 2 else b"\x16")
        # All threads are in handshakes that do not come to an end; the next client is served anyhow.
        assert setup.daemon.ask("GET", "/healthz").status == 200
        for connection in silent:
            connection.settimeout(60 * FACTOR)
            with contextlib.suppress(ConnectionError):
                assert connection.recv(100) == b""
            connection.close()
        for junk in (os.urandom(512), b"\0" * 512, b"\x16\x03\x01\x00\x05hello", b"SSH-2.0-x\r\n"):
            with socket.create_connection(("127.0.0.1", setup.daemon.port)) as connection:
                connection.sendall(junk)
                connection.settimeout(60 * FACTOR)
                with contextlib.suppress(ConnectionError):
                    while connection.recv(4096):
                        pass
        # A head that comes byte by byte after a good handshake is cut, too.
        begun = time.monotonic()
        with setup.connect() as connection:
            with contextlib.suppress(OSError):
                for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 1000:
                    connection.sendall(bytes([byte]))
                    time.sleep(0.05)
                raise AssertionError("a head of 50 s was waited for")
        assert time.monotonic() - begun < 45 * FACTOR
        assert setup.daemon.ask("GET", "/healthz").status == 200


def the_gate_holds_through_tls(program):
    with Setup(program) as setup:
        for head, status in ((b"GET /healthz HTTP/1.1\r\n\r\n", b"400"),
                             (b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n", b"505"),
                             (b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked"
                              b"\r\n\r\n", b"400")):
            with setup.connect() as connection:
                connection.sendall(head)
                answer = read_all(connection)
                assert answer.startswith(b"HTTP/1.1 " + status), (head, answer)


def keys_must_be_private_and_match(program):
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(folder)
        certificate, key = authority.issue("one", "DNS:one")
        _, other = authority.issue("two", "DNS:two")

        def said(certificate, key):
            code, text = run_once(program, f'[server]\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n')
            assert code == 78, (code, text)
            return text

        os.chmod(key, 0o640)
        assert "chmod 600" in said(certificate, key)
        os.chmod(key, 0o600)
        said(certificate, other)
        said(certificate, folder + "/none")
        said(folder + "/none", key)
        said(key, key)
        assert "server.tls_key" in said(certificate, "")
        assert "CREDENTIALS_DIRECTORY" in said(certificate, "key")


def a_certificate_is_renewed_by_a_signal(program):
    with Setup(program) as setup:
        def shown():
            with setup.connect() as connection:
                return connection.getpeercert()["serialNumber"]

        def signal_and_wait(message):
            setup.daemon.process.send_signal(signal.SIGHUP)
            eventually(lambda: setup.daemon.log(message), message)

        first = shown()
        setup.authority.issue("localhost", "DNS:localhost", "IP:127.0.0.1")
        # Root's own key is out of reach by now; one of the server's user is not.
        os.chown(setup.key, os.stat(setup.daemon.state).st_uid, -1)
        assert shown() == first
        open_before = setup.connect()
        signal_and_wait("certificate read again")
        second = shown()
        assert second != first
        open_before.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert read_all(open_before).startswith(b"HTTP/1.1 200")
        pathlib.Path(setup.key).write_text("no key", encoding="utf-8")
        signal_and_wait("certificate not read again; the one before still holds")
        assert shown() == second


def a_key_may_be_a_credential(program):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        authority = Authority(folder)
        certificate, key = authority.issue("localhost", "DNS:localhost", "IP:127.0.0.1")
        os.rename(key, folder + "/server-key")
        client = ssl.create_default_context(cafile=authority.certificate)
        with Daemon(program, f'[server]\ntls_certificate = "{certificate}"\ntls_key = "server-key"\n', tls=client,
                    environment={"CREDENTIALS_DIRECTORY": folder}) as daemon:
            assert daemon.ask("GET", "/healthz").status == 200


def a_dialogue_is_held_through_tls(program):
    with Setup(program) as setup:
        async def speak():
            job = setup.daemon.ask("POST", "/v1/jobs", {
                "language": "python", "interactive": True,
                "source": "import sys\nprint(len(sys.stdin.read()))"}).json()
            heard = []
            async with websockets.connect(f"wss://localhost:{setup.daemon.port}/v1/jobs/{job['id']}/io",
                                          ssl=setup.client) as talk:
                # Many small records and large ones: what TLS decrypts ahead must not be left lying.
                for size in [1] * 500 + [16_000] * 30 + [60_000] * 20:
                    await talk.send(json.dumps({"type": "stdin", "data": "x" * size}))
                await talk.send('{"type":"eof"}')
                async for text in talk:
                    heard.append(json.loads(text))
            assert heard[-1]["job"]["runs"][0]["stdout"] == f"{500 + 30 * 16_000 + 20 * 60_000}\n", heard[-1]
        asyncio.run(asyncio.wait_for(speak(), 60 * FACTOR))


def cex_trusts_the_certificate_that_it_is_given(program):
    cex = pathlib.Path(program).parent / "cex"
    with Setup(program) as setup:
        source = pathlib.Path(setup.folder) / "hello.py"
        source.write_text(HELLO["source"])
        command = [str(cex), "submit", str(source), "--wait", "--server", f"https://localhost:{setup.daemon.port}"]
        good = subprocess.run([*command, "--ca-file", setup.authority.certificate], capture_output=True, text=True)
        assert (good.returncode, good.stdout) == (0, "hello\n"), good
        unknown = subprocess.run(command, capture_output=True, text=True)
        assert unknown.returncode == 69 and "https://localhost" in unknown.stderr, unknown
        other = [part.replace("localhost", "127.0.0.2") for part in command]
        stranger = subprocess.run([*other, "--ca-file", setup.authority.certificate], capture_output=True, text=True)
        assert stranger.returncode == 69, stranger


if __name__ == "__main__":
    sys.exit(main([
        jobs_run_and_large_answers_come_whole, connections_are_kept_and_pipelining_is_understood, a_body_is_asked_for_through_tls,
        streams_come_event_by_event_and_end_in_order, a_client_that_goes_away_cancels_its_stream,
        many_streams_at_once_get_everything, old_versions_and_weak_ciphers_are_refused,
        curl_is_content_and_plain_http_is_told_so, slow_and_broken_handshakes_cost_a_bounded_time,
        the_gate_holds_through_tls, a_dialogue_is_held_through_tls, cex_trusts_the_certificate_that_it_is_given,
        keys_must_be_private_and_match, a_certificate_is_renewed_by_a_signal, a_key_may_be_a_credential]))
