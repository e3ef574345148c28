#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the real daemon's answers against the schemas of its own openapi.json.

contract_test.py DAEMON: starts it, asks everything that the document describes (and what must fail),
and validates each answer: status documented, content type documented, body valid, no field that the
document does not know.
"""

import asyncio
import contextlib
import copy
import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

import jsonschema
import websockets

FACTOR = max(1, int(os.environ.get("CEX_TEST_TIME_FACTOR", "1")))
UNUSED_ID = "0" * 32
# Headers that are documented and depend on the request.
SOMETIMES = {"Retry-After", "Location", "Idempotency-Replayed"}


class Daemon:
    def __init__(self, program):
        self.dir = tempfile.TemporaryDirectory(prefix="cex-contract-")
        os.chmod(self.dir.name, 0o777)
        arguments = [program, "--listen", "127.0.0.1:0", "--data-dir", self.dir.name + "/state"]
        arguments += shlex.split(os.environ.get("CEX_TEST_DAEMON_ARGS", ""))
        environment = {**os.environ, "CODE_EXECUTOR_WARM_UP_MODE": "off"}
        self.process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True,
                                        env=environment)
        self.port = self.wait_for_port()
        # Somebody must go on reading, or the daemon blocks when the pipe is full.
        self.log = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)

    def wait_for_port(self):
        said = []
        for line in self.process.stderr:
            said.append(line)
            if '"message":"listening"' in line:
                return int(json.loads(line)["address"].rsplit(":", 1)[1])
        sys.exit("the daemon does not listen; it said:\n" + "".join(said))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60 * FACTOR)
        self.log.wait(timeout=60)
        self.dir.cleanup()
        return code


def closed(schema):
    """The schema with every object of listed properties closed: an undocumented field is a finding."""
    if isinstance(schema, dict):
        out = {key: closed(value) for key, value in schema.items()}
        if "properties" in schema and "additionalProperties" not in schema:
            out["additionalProperties"] = False
        return out
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    return schema


class Contract:
    def __init__(self, port):
        self.port = port
        self.checked = set()
        self.failures = []
        status, _, body = self.send("GET", "/openapi.json")
        assert status == 200
        self.document = json.loads(body)
        self.components = closed(copy.deepcopy(self.document["components"]))

    def send(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120 * FACTOR)
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, response.headers, data

    def validator(self, schema):
        full = {"$schema": "https://json-schema.org/draft/2020-12/schema", **closed(schema),
                "components": self.components}
        return jsonschema.Draft202012Validator(full)

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def template_of(self, path):
        for template in self.document["paths"]:
            if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path):
                return template
        return None

    def ask(self, method, target, body=None, headers=None, expect=None):
        status, answer_headers, data = self.send(method, target, body, headers)
        where = f"{method} {target} -> {status}"
        template = self.template_of(target.split("?")[0])
        operation = self.document["paths"].get(template, {}).get(method.lower())
        if expect is not None and status != expect:
            self.failures.append(f"{where}: expected {expect}: {data[:300]!r}")
        if operation is None:
            response = self.resolve({"$ref": "#/components/responses/Problem"})
        elif str(status) in operation["responses"]:
            response = self.resolve(operation["responses"][str(status)])
        else:
            self.failures.append(f"{where}: the status is not documented")
            return None
        for name in response.get("headers", {}):
            if name not in SOMETIMES and name not in answer_headers:
                self.failures.append(f"{where}: the header {name} is missing")
        self.checked.add((method, template, status))
        if "content" not in response:
            if data:
                self.failures.append(f"{where}: a body where none is documented")
            return None
        kind = answer_headers.get("Content-Type", "")
        if kind.startswith("text/plain;"):
            kind = "text/plain"
        if kind not in response["content"]:
            self.failures.append(f"{where}: the content type {kind!r} is not documented")
            return None
        if kind == "text/plain":
            return data.decode()
        if not kind.endswith("json"):
            self.check_stream(where, data.decode())
            return data.decode()
        value = json.loads(data)
        self.check(where, response["content"][kind]["schema"], value)
        return value

    def check(self, where, schema, value):
        for error in self.validator(schema).iter_errors(value):
            path = "/".join(str(part) for part in error.absolute_path)
            self.failures.append(f"{where}: /{path}: {error.message[:300]}")

    def check_stream(self, where, text):
        last = None
        for block in filter(None, text.split("\n\n")):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if fields.get("event") in ("state", "stdout", "stderr", "result", "error"):
                last = fields
                json.loads(fields["data"])
            elif fields:
                self.failures.append(f"{where}: unknown event {fields}")
        if last is None or last["event"] not in ("result", "error"):
            self.failures.append(f"{where}: the stream does not end with result or error")
        elif last["event"] == "result":
            self.check(where, {"$ref": "#/components/schemas/Job"}, json.loads(last["data"]))

    def finished(self, job):
        deadline = time.monotonic() + 120 * FACTOR
        while job["state"] in ("queued", "running") and time.monotonic() < deadline:
            time.sleep(0.05)
            job = self.ask("GET", "/v1/jobs/" + job["id"], expect=200)
        return job


def jobs_of(contract):
    """Job requests that bring out every shape of an answer, for what is usable here."""
    usable = {entry["id"] for entry in contract.ask("GET", "/v1/languages", expect=200)["languages"]
              if entry["usable"]}
    jobs = []
    if "python" in usable:
        jobs += [
            {"language": "python", "source": "print(1)", "labels": {"a": "b"}},
            {"language": "python", "source": "x = = 1"},
            {"language": "python", "source": "import os; os.write(1, b'\\xff'); os.kill(os.getpid(), 9)"},
            {"language": "python", "source": "while True: print('x' * 1000)", "limits": {"output_bytes": 10}},
            {"language": "python", "source": "open('f','w').write('x')", "artifacts": ["*"]},
            {"language": "python", "source": "print(input())",
             "tests": [{"stdin": "1", "expected_stdout": "1"}, {"stdin": "1", "expected_stdout": "2"},
                       {"stdin": "1"}]},
        ]
    if "c" in usable:
        jobs += [{"language": "c", "source": "int main(void) { return 0; }"},
                 {"language": "c", "source": "int main(void) { return x; }"},
                 {"language": "c", "source": "int main(void) { int unused; return 0; }",
                  "compile": {"args": ["-Wall"]}}]
    request_schema = contract.validator({"$ref": "#/components/schemas/JobRequest"})
    for job in jobs:
        request_schema.validate(job)
    return jobs


def exercise(contract):
    contract.ask("GET", "/healthz", expect=200)
    contract.ask("GET", "/readyz", expect=200)
    contract.ask("GET", "/openapi.json", expect=200)
    contract.ask("GET", "/v1/plugins", expect=200)
    contract.ask("GET", "/metrics", expect=200)
    contract.ask("GET", "/v1/audit?since=yesterday", expect=400)
    contract.ask("GET", "/v1/languages/python", expect=200)
    contract.ask("GET", "/v1/languages/none", expect=404)
    jobs = jobs_of(contract)
    for job in jobs:
        answer = contract.ask("POST", "/v1/jobs?wait=60", job)
        contract.finished(answer)
    if jobs:
        job = contract.ask("POST", "/v1/jobs", jobs[0], expect=202)
        contract.finished(job)
        stream = contract.ask("POST", "/v1/jobs?stream=1", jobs[0], expect=200)
        contract.ask("GET", f"/v1/jobs/{job['id']}/events", expect=200)
        ids = re.findall(r"^id: (\d+)$", stream, re.MULTILINE)
        contract.ask("GET", f"/v1/jobs/{job['id']}/events", headers={"Last-Event-ID": "1000000"}, expect=204)
        if [int(number) for number in ids] != list(range(1, len(ids) + 1)):
            contract.failures.append(f"event ids do not rise by one: {ids}")
        contract.ask("GET", "/v1/jobs?limit=2", expect=200)
        contract.ask("DELETE", f"/v1/jobs/{job['id']}", expect=204)
        key = {"Idempotency-Key": f"contract-{os.getpid()}"}
        batch = contract.ask("POST", "/v1/jobs/batch", {"jobs": jobs[:2]}, key, expect=202)
        for made in batch["jobs"]:
            contract.finished(made)
        contract.ask("POST", "/v1/jobs/batch", {"jobs": jobs[:2]}, key, expect=202)
        contract.ask("POST", "/v1/jobs/batch", {"jobs": jobs[:1]}, key, expect=409)
    page = contract.ask("GET", "/v1/audit?limit=3", expect=200)
    contract.ask("GET", f"/v1/audit?limit=1000&cursor={page['next_cursor']}", expect=200)
    contract.ask("POST", "/v1/jobs", {"language": "python", "source": "", "callback_url": "https://example.org/"},
                 expect=403)
    contract.ask("POST", "/v1/jobs/batch", {"jobs": []}, expect=400)
    contract.ask("GET", "/v1/jobs?limit=x", expect=400)
    contract.ask("GET", f"/v1/jobs/{UNUSED_ID}", expect=404)
    contract.ask("GET", f"/v1/jobs/{UNUSED_ID}/events", expect=404)
    contract.ask("DELETE", f"/v1/jobs/{UNUSED_ID}", expect=404)
    contract.ask("POST", "/v1/jobs", "{", expect=400)
    contract.ask("POST", "/v1/jobs", {"language": "x", "source": "", "sauce": 1}, expect=400)
    contract.ask("POST", "/v1/jobs", {"language": "klingon", "source": ""}, expect=422)
    contract.ask("POST", "/v1/jobs", "{}", {"Content-Type": "text/plain"}, expect=415)
    contract.ask("POST", "/v1/jobs", "{}", {"Origin": "http://evil.example"}, expect=403)
    contract.ask("POST", "/v1/jobs", "{}", {"Content-Length": str(1 << 40)}, expect=413)
    contract.ask("GET", "/nowhere", expect=404)
    contract.ask("PUT", "/v1/jobs", "{}", expect=405)


async def speak(contract):
    """A dialogue by a WebSocket client that others wrote; every message of both sides is held
    against the document."""
    job = contract.ask("POST", "/v1/jobs", {"language": "python", "interactive": {"pty": True, "rows": 20},
                                            "source": "print('you said', input())"}, expect=202)
    target = f"/v1/jobs/{job['id']}/io"
    said = [{"type": "resize", "rows": 30, "cols": 40}, {"type": "stdin", "data": "aGkK", "encoding": "base64"},
            {"type": "eof"}]
    heard = []
    async with websockets.connect(f"ws://127.0.0.1:{contract.port}{target}") as socket:
        contract.checked.add(("GET", contract.template_of(target), 101))
        for message in said:
            contract.check("io request", {"$ref": "#/components/schemas/IoRequest"}, message)
            await socket.send(json.dumps(message))
        async for text in socket:
            heard.append(json.loads(text))
        if socket.close_code != 1000:
            contract.failures.append(f"the WebSocket was closed with {socket.close_code}")
    other = contract.ask("POST", "/v1/jobs", {"language": "python", "interactive": True, "source": "input()"},
                         expect=202)
    async with websockets.connect(f"ws://127.0.0.1:{contract.port}/v1/jobs/{other['id']}/io") as socket:
        await socket.send('{"type":"shrug"}')
        with contextlib.suppress(websockets.ConnectionClosedError):  # it is not closed as usual
            while True:
                heard.append(json.loads(await socket.recv()))
    if heard[-1]["type"] != "error":
        contract.failures.append(f"a message that is none was answered with {heard[-1]}")
    for message in heard:
        contract.check("io event", {"$ref": "#/components/schemas/IoEvent"}, message)
    if "you said hi" not in "".join(message.get("data", "") for message in heard):
        contract.failures.append(f"no dialogue: {heard}")
    contract.ask("GET", target, expect=426)
    contract.ask("GET", f"/v1/jobs/{UNUSED_ID}/io", expect=404)


def main():
    daemon = Daemon(sys.argv[1])
    try:
        contract = Contract(daemon.port)
        exercise(contract)
        asyncio.run(speak(contract))
    except BaseException:
        daemon.process.kill()
        raise
    for template, item in contract.document["paths"].items():
        for method in item:
            if method != "parameters" and not any(
                    entry[:2] == (method.upper(), template) for entry in contract.checked):
                contract.failures.append(f"{method.upper()} {template} was never asked")
    code = daemon.stop()
    if code != 0:
        contract.failures.append(f"the daemon ended with {code}")
    for failure in contract.failures:
        print("FAILED:", failure)
    print(f"{len(contract.checked)} kinds of answers checked, {len(contract.failures)} failures")
    return 1 if contract.failures else 0


if __name__ == "__main__":
    sys.exit(main())
