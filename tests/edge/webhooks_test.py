#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Webhooks: real receivers over HTTP and HTTPS on loopback, a real name server, the real daemon.

webhooks_test.py DAEMON [TEST]...
"""

import contextlib
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from harness import Authority, Daemon, NameServer, Receiver, eventually, main, need, run_once, secret_file

SECRET = "0123456789abcdef0123456789abcdef"
HELLO = {"language": "python", "source": "print('hello')"}


def verify(request, secret=SECRET):
    """What a receiver does, written from the documentation alone."""
    parts = dict(part.split("=", 1) for part in request.headers["X-Cex-Signature"].split(","))
    expected = hmac.new(secret.encode(), parts["t"].encode() + b"." + request.body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(expected, parts["v1"]), "the signature is wrong"
    assert abs(time.time() - int(parts["t"])) < 600
    return json.loads(request.body)


class Setup:
    """A daemon that may call the given receivers."""

    def __init__(self, program, hosts, more="", permit='"127.0.0.1"', tenants="", folder=None):
        self.owned = None if folder else tempfile.TemporaryDirectory(prefix="cex-hooks-")
        self.folder = folder or self.owned.name
        os.chmod(self.folder, 0o777)
        secret = secret_file(self.folder, "secret", SECRET + "\n")
        allow = ", ".join(f'"{host}"' for host in hosts)
        config = (f"[webhooks]\nallow = [{allow}]\npermit_addresses = [{permit}]\nretry_delay_ms = 50\n"
                  f"{more}\n[tenants.default]\nwebhook_secret_file = \"{secret}\"\n{tenants}")
        self.daemon = Daemon(program, config, folder=self.folder)

    def __enter__(self):
        self.daemon.__enter__()
        return self.daemon

    def __exit__(self, kind, *rest):
        self.daemon.__exit__(kind, *rest)
        if self.owned:
            self.owned.cleanup()


def ok(request):
    request.reply(200, b"thanks")


def tried(daemon, result):
    return daemon.metrics().get(f'cex_webhook_tries_total{{result="{result}"}}', 0)


def a_finished_job_is_told_and_signed(program):
    with Receiver(ok) as receiver:
        host = f"127.0.0.1:{receiver.port}"
        with Setup(program, [host], "allow_http = true") as daemon:
            job = daemon.run({**HELLO, "callback_url": f"http://{host}/done?x=1"})
            eventually(lambda: tried(daemon, "delivered") == 1, "a delivery")
            eventually(lambda: daemon.metrics()["cex_webhooks_waiting"] == 0, "an empty queue")
            assert len(receiver.requests) == 1
            request = receiver.requests[0]
            assert verify(request) == job == daemon.ask("GET", f"/v1/jobs/{job['id']}").json()
            assert request.path == "/done?x=1" and request.command == "POST"
            assert request.headers["Host"] == host
            assert request.headers["Content-Type"] == "application/json"
            assert request.headers["X-Cex-Job"] == job["id"]
            assert request.headers["X-Cex-Attempt"] == "1"
            # Nothing of it is in the job: what a receiver says is nobody's business but the operator's.
            assert "callback" not in json.dumps(job) and host not in json.dumps(job)
            # A cancelled job has ended, too.
            waiting = [daemon.ask("POST", "/v1/jobs", {"language": "python",
                                                       "source": "import time; time.sleep(600)",
                                                       "limits": {"wall_ms": 60000}}).json()["id"]
                       for _ in range(2)]
            queued = daemon.ask("POST", "/v1/jobs", {**HELLO, "max_queue_ms": 1,
                                                     "callback_url": f"http://{host}/"}).json()
            eventually(lambda: len(receiver.requests) == 2, "the news of the cancelled job")
            told = verify(receiver.requests[1])
            assert told["id"] == queued["id"] and told["state"] == "cancelled", told
            for other in waiting:
                assert daemon.ask("DELETE", f"/v1/jobs/{other}").status == 204


def batches_are_told_job_by_job(program):
    with Receiver(ok) as receiver:
        host = f"127.0.0.1:{receiver.port}"
        with Setup(program, [host], "allow_http = true") as daemon:
            jobs = [{**HELLO, "callback_url": f"http://{host}/{i}"} for i in range(5)]
            made = daemon.ask("POST", "/v1/jobs/batch", {"jobs": jobs}).json()["jobs"]
            eventually(lambda: len(receiver.requests) == 5, "five deliveries")
            told = {request.path: verify(request)["id"] for request in receiver.requests}
            assert told == {f"/{i}": job["id"] for i, job in enumerate(made)}
            refused = daemon.ask("POST", "/v1/jobs/batch",
                                 {"jobs": [jobs[0], {**HELLO, "callback_url": "http://other.example/"}]})
            assert refused.status == 403, refused.body
            assert refused.json()["errors"][0]["pointer"] == "/jobs/1/callback_url"


def only_what_the_operator_permits_can_be_named(program):
    with Setup(program, ["hooks.example:443", "*.below.example:8443"]) as daemon:
        for url, status in {
                "https://hooks.example/x": 202, "https://a.below.example:8443/": 202,
                "http://hooks.example:443/": 403, "https://hooks.example:444/": 403,
                "https://below.example:8443/": 403, "https://other.example/": 403,
                "https://127.0.0.1/": 403, "https://user@hooks.example/": 400,
                "https://hooks.example/#x": 400, "https://2130706433/": 400, "ftp://hooks.example/": 400,
                "hooks.example": 400, "https://hooks.example\\@evil.example/": 400}.items():
            answer = daemon.ask("POST", "/v1/jobs", {**HELLO, "callback_url": url})
            assert answer.status == status, (url, answer.status, answer.body)
            if status != 202:
                assert answer.json()["errors"][0]["pointer"] == "/callback_url", answer.body
        assert daemon.ask("POST", "/v1/jobs", {**HELLO, "callback_url": 1}).status == 400
    with Daemon(program) as daemon:
        answer = daemon.ask("POST", "/v1/jobs", {**HELLO, "callback_url": "https://hooks.example/"})
        assert answer.status == 403 and "no webhooks" in answer.json()["detail"], answer.body


def a_tenant_without_a_secret_has_no_webhooks(program):
    config = '[webhooks]\nallow = ["hooks.example:443"]\n'
    with Daemon(program, config) as daemon:
        answer = daemon.ask("POST", "/v1/jobs", {**HELLO, "callback_url": "https://hooks.example/"})
        assert answer.status == 403 and "secret" in answer.json()["detail"], answer.body


def a_secret_that_others_may_read_refuses_the_start(program):
    with tempfile.TemporaryDirectory() as folder:
        path = secret_file(folder, "secret", SECRET)
        os.chmod(path, 0o644)
        code, said = run_once(program, f'[tenants.default]\nwebhook_secret_file = "{path}"\n')
        assert code == 78 and "chmod 600" in said and SECRET not in said, said
        os.chmod(path, 0o600)
        code, said = run_once(program, '[tenants.default]\nwebhook_secret_file = "hook"\n')
        assert code == 78 and "CREDENTIALS_DIRECTORY" in said, said


def tls_is_verified_for_the_name(program):
    with tempfile.TemporaryDirectory() as folder, \
            NameServer({"good.example": [["127.0.0.1"]], "bad.example": [["127.0.0.1"]]}) as names:
        os.chmod(folder, 0o755)
        authority = Authority(folder)
        with Receiver(ok, authority.server_context("good", "DNS:good.example")) as receiver:
            hosts = [f"{name}.example:{receiver.port}" for name in ("good", "bad")]
            more = (f'ca_file = "{authority.certificate}"\nmax_tries = 1\n'
                    f'[network]\ndns_servers = ["{names.address}"]')
            with Setup(program, hosts, more) as daemon:
                job = daemon.run({**HELLO, "callback_url": f"https://{hosts[0]}/"})
                eventually(lambda: tried(daemon, "delivered") == 1, "a delivery")
                assert verify(receiver.requests[0])["id"] == job["id"]
                daemon.run({**HELLO, "callback_url": f"https://{hosts[1]}/"})
                line = eventually(lambda: daemon.log("webhook given up"), "the refusal of the certificate")
                assert "certificate" in line[0]["reason"] or "SSL" in line[0]["reason"], line
                assert len(receiver.requests) == 1
            # Without the authority nobody is believed.
            with Setup(program, hosts, more.split("\n", 1)[1]) as daemon:
                daemon.run({**HELLO, "callback_url": f"https://{hosts[0]}/"})
                eventually(lambda: daemon.log("webhook given up"), "the refusal of the certificate")
                assert len(receiver.requests) == 1


def a_redirect_leads_nowhere(program):
    with Receiver(ok) as other:
        def redirect(request):
            request.reply(307, b"", {"Location": f"http://127.0.0.1:{other.port}/"})

        with Receiver(redirect) as receiver:
            hosts = [f"127.0.0.1:{receiver.port}", f"127.0.0.1:{other.port}"]
            with Setup(program, hosts, "allow_http = true") as daemon:
                daemon.run({**HELLO, "callback_url": f"http://{hosts[0]}/"})
                line = eventually(lambda: daemon.log("webhook given up"), "the end of the tries")
                assert "redirect" in line[0]["reason"]
                assert len(receiver.requests) == 3 and not other.requests


def private_addresses_are_refused_unless_listed(program):
    with Receiver(ok) as receiver, NameServer({"inner.example": [["127.0.0.1"]],
                                               "mixed.example": [["127.0.0.1", "10.0.0.1"]]}) as names:
        hosts = [f"{name}.example:{receiver.port}" for name in ("inner", "mixed")]
        more = f'allow_http = true\nmax_tries = 1\n[network]\ndns_servers = ["{names.address}"]'
        with Setup(program, hosts, more, permit="") as daemon:
            daemon.run({**HELLO, "callback_url": f"http://{hosts[0]}/"})
            line = eventually(lambda: daemon.log("webhook given up"), "the refusal")
            assert "loopback" in line[0]["reason"], line
        with Setup(program, hosts, more) as daemon:  # 127.0.0.1 is listed, 10.0.0.1 is not
            daemon.run({**HELLO, "callback_url": f"http://{hosts[1]}/"})
            line = eventually(lambda: daemon.log("webhook given up"), "the refusal")
            assert "10.0.0.1" in line[0]["reason"], line
        assert not receiver.requests


def a_name_that_changes_its_address_is_checked_at_every_try(program):
    first = threading.Event()

    def fail_once(request):
        request.reply(200 if first.is_set() else 503)
        first.set()

    with Receiver(fail_once) as receiver, \
            NameServer({"turns.example": [["127.0.0.1"], ["169.254.169.254"]]}) as names:
        host = f"turns.example:{receiver.port}"
        more = f'allow_http = true\nmax_tries = 2\n[network]\ndns_servers = ["{names.address}"]'
        with Setup(program, [host], more) as daemon:
            daemon.run({**HELLO, "callback_url": f"http://{host}/"})
            line = eventually(lambda: daemon.log("webhook given up"), "the refusal of the second try")
            assert "metadata" in line[0]["reason"], line
            assert len(receiver.requests) == 1
            # One question a try: what was checked is what was connected to.
            assert sum(1 for name, kind in names.asked if name == "turns.example" and kind == 1) == 2


def the_environments_proxy_is_ignored(program):
    with Receiver(ok) as receiver, Receiver(ok) as proxy:
        host = f"127.0.0.1:{receiver.port}"
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            os.environ[name] = f"http://127.0.0.1:{proxy.port}"
        try:
            with Setup(program, [host], "allow_http = true") as daemon:
                daemon.run({**HELLO, "callback_url": f"http://{host}/"})
                eventually(lambda: len(receiver.requests) == 1, "a delivery")
                assert not proxy.requests
        finally:
            for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
                del os.environ[name]


def tries_are_three_and_each_is_signed_anew(program):
    with Receiver(lambda request: request.reply(500)) as receiver:
        host = f"127.0.0.1:{receiver.port}"
        with Setup(program, [host], "allow_http = true") as daemon:
            job = daemon.run({**HELLO, "callback_url": f"http://{host}/"})
            eventually(lambda: daemon.log("webhook given up"), "the end of the tries")
            assert [request.headers["X-Cex-Attempt"] for request in receiver.requests] == ["1", "2", "3"]
            assert {verify(request)["id"] for request in receiver.requests} == {job["id"]}
            metrics = daemon.metrics()
            assert metrics['cex_webhook_tries_total{result="failed"}'] == 3
            assert metrics["cex_webhooks_given_up_total"] == 1
            assert metrics["cex_webhooks_waiting"] == 0


def slow_and_huge_receivers_cost_jobs_nothing(program):
    release = threading.Event()

    def hang(request):
        if request.path == "/hang":
            release.wait(120)
            request.reply(200)
        elif request.path == "/huge":
            request.send_response(200)
            request.end_headers()
            try:
                while not release.is_set():
                    request.wfile.write(b"x" * 65536)
            except OSError:
                pass
            request.close_connection = True
        else:
            request.send_response(200)
            request.send_header("Content-Length", "1000000")
            request.end_headers()
            try:
                while not release.wait(0.1):
                    request.wfile.write(b"x")
                    request.wfile.flush()
            except OSError:
                pass
            request.close_connection = True

    with Receiver(hang) as receiver, Receiver(ok) as healthy:
        hosts = [f"127.0.0.1:{receiver.port}", f"127.0.0.1:{healthy.port}"]
        with Setup(program, hosts, "allow_http = true\nthreads = 3\nmax_per_tenant = 3\nmax_per_host = 2\n"
                                   "timeout_ms = 600000\nmax_tries = 1") as daemon:
            for _ in range(20):
                daemon.ask("POST", "/v1/jobs", {**HELLO, "callback_url": f"http://{hosts[0]}/hang"})
            # All of the host's deliveries hang until this test lets go; jobs and other hosts do not wait.
            for i in range(3):
                job = daemon.run({**HELLO, "callback_url": f"http://{hosts[1]}/{i}"})
                assert job["status"] == "ok"
            eventually(lambda: len(healthy.requests) == 3, "deliveries to the healthy host")
            assert len(receiver.requests) <= 2
            release.set()
            eventually(lambda: daemon.metrics()["cex_webhooks_waiting"] == 0, "an empty queue")
            release.clear()
            before = tried(daemon, "delivered")
            # Their status is known with their head; nobody waits for the rest.
            for path in ("/huge", "/slow"):
                daemon.run({**HELLO, "callback_url": f"http://{hosts[0]}{path}"})
            eventually(lambda: tried(daemon, "delivered") >= before + 1, "the huge one")
            release.set()
            eventually(lambda: tried(daemon, "delivered") == before + 2, "the slow one")


def deliveries_survive_the_death_of_the_server(program):
    with tempfile.TemporaryDirectory(prefix="cex-hooks-") as folder:
        answers = [503]
        with Receiver(lambda request: request.reply(answers[0])) as receiver:
            host = f"127.0.0.1:{receiver.port}"
            more = "allow_http = true"
            setup = Setup(program, [host], more, folder=folder)
            jobs = [setup.daemon.run({**HELLO, "callback_url": f"http://{host}/{i}"})["id"] for i in range(2)]
            eventually(lambda: receiver.requests, "a first try")
            setup.daemon.kill()
            answers[0] = 200
            seen = len(receiver.requests)
            with Setup(program, [host], more, folder=folder) as daemon:
                eventually(lambda: daemon.metrics()["cex_webhooks_waiting"] == 0, "an empty queue")
                told = {verify(request)["id"] for request in receiver.requests[seen:]}
                assert told == set(jobs), (told, jobs)
                # A forgotten job is told to nobody, and an operator's change of mind counts.
                answers[0] = 503
                job = daemon.run({**HELLO, "callback_url": f"http://{host}/forget"})
                assert daemon.ask("DELETE", f"/v1/jobs/{job['id']}").status == 204
                eventually(lambda: daemon.metrics()["cex_webhooks_waiting"] == 0, "an empty queue")


def nodes_deliver_for_one_another(program):
    need("redis-server")
    answers = [ok]
    with tempfile.TemporaryDirectory(prefix="cex-hooks-") as folder, \
            Receiver(lambda request: answers[0](request)) as receiver:
        os.chmod(folder, 0o777)
        door = f"127.0.0.1:{receiver.port}"
        redis = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", f"{folder}/redis", "--unixsocketperm",
                                  "777", "--save", "", "--dir", folder], stdout=subprocess.DEVNULL)
        try:
            eventually(lambda: os.path.exists(f"{folder}/redis"), "Redis")
            secret = secret_file(folder, "secret", SECRET + "\n")
            queue = f'[queue]\nbackend = "redis"\n[queue.redis]\naddress = "unix:{folder}/redis"\nheartbeat_ms = 1000\n'
            hooks = (f'[webhooks]\nallow = ["{door}"]\npermit_addresses = ["127.0.0.1"]\nallow_http = true\n'
                     f'timeout_ms = 1000\n[tenants.default]\nwebhook_secret_file = "{secret}"\n')
            with Daemon(program, 'roles = ["worker"]\n' + queue), contextlib.ExitStack() as at_the_end:
                front = Daemon(program, 'roles = ["api"]\n' + queue + hooks)
                at_the_end.callback(front.kill)
                eventually(lambda: front.ask("GET", "/v1/languages/python").status == 200, "a worker")
                job = front.run({**HELLO, "callback_url": f"http://{door}/shared"})
                eventually(lambda: receiver.requests, "a delivery")
                assert verify(receiver.requests[0]) == job
                eventually(lambda: front.metrics()["cex_webhooks_waiting"] == 0, "an empty queue")
                # What one node was about to deliver when it died, another delivers.
                answers[0] = lambda request: (time.sleep(0.5), request.reply(503))
                seen = len(receiver.requests)
                second = front.run({**HELLO, "callback_url": f"http://{door}/again"})
                eventually(lambda: len(receiver.requests) > seen, "a first try")
                front.kill()
                answers[0] = ok
                with Daemon(program, 'roles = ["api"]\n' + queue + hooks) as other:
                    eventually(lambda: other.metrics()["cex_webhooks_waiting"] == 0, "an empty queue")
                    assert verify(receiver.requests[-1])["id"] == second["id"]
        finally:
            redis.kill()
            redis.wait()


def secrets_are_each_tenants_own(program):
    with tempfile.TemporaryDirectory(prefix="cex-hooks-") as folder, Receiver(ok) as receiver:
        os.chmod(folder, 0o777)
        own = secret_file(folder, "own", "another secret that is long enough")
        host = f"127.0.0.1:{receiver.port}"
        with Setup(program, [host], "allow_http = true", folder=folder,
                   tenants=f'[tenants.local]\nwebhook_secret_file = "{own}"\n') as daemon:
            daemon.run({**HELLO, "callback_url": f"http://{host}/"})
            eventually(lambda: receiver.requests, "a delivery")
            verify(receiver.requests[0], "another secret that is long enough")


if __name__ == "__main__":
    sys.exit(main([
        a_finished_job_is_told_and_signed, batches_are_told_job_by_job,
        only_what_the_operator_permits_can_be_named, a_tenant_without_a_secret_has_no_webhooks,
        a_secret_that_others_may_read_refuses_the_start, tls_is_verified_for_the_name, a_redirect_leads_nowhere,
        private_addresses_are_refused_unless_listed, a_name_that_changes_its_address_is_checked_at_every_try,
        the_environments_proxy_is_ignored, tries_are_three_and_each_is_signed_anew,
        slow_and_huge_receivers_cost_jobs_nothing, deliveries_survive_the_death_of_the_server,
        nodes_deliver_for_one_another, secrets_are_each_tenants_own]))
